"""The PDF of 保靖 2017: our warm worker against a bare WeasyPrint rendering of the same HTML and style sheet.

The floor runs in this process, with its style sheet and fonts warm as well, but without our patches
(justified lines, 22 × 28 grid), limits, tags or guard. The CPU time of the worker, another process, is read
from the system.
"""

from __future__ import annotations

import os
import time
from itertools import count
from pathlib import Path

from django.conf import settings

if settings.FONTCONFIG_FILE:  # before Pango reads its configuration
    os.environ["FONTCONFIG_FILE"] = str(settings.FONTCONFIG_FILE)

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from evaluations import assessing, snapshots
from evaluations.documents import building, html, pdf
from evaluations.models import Evaluation

from .measure import REFERENCE, Measurement, interleaved


def measure(rounds: int) -> list[Measurement]:
    evaluation = Evaluation.objects.select_related("template", "fiscal_year", "department__region").get(
        reference=REFERENCE
    )
    content = snapshots.content_of(evaluation, assessing.assess(evaluation))
    page = html.render(building.build(content))
    fonts = FontConfiguration()
    css = CSS(string=(Path(settings.BASE_DIR) / "static" / "print.css").read_text("utf-8"), font_config=fonts)
    number = count()

    def ours() -> bytes:
        return pdf.render_anew(page, f"{next(number):032x}")

    def floor() -> bytes:
        return HTML(string=page).write_pdf(stylesheets=[css], font_config=fonts)

    ours()
    rows = interleaved("warm PDF / bare WeasyPrint", ours, floor, goal=1.15, rounds=min(rounds, 7), cpu=_both)
    rows += interleaved(
        "view model and HTML / bare WeasyPrint",
        lambda: html.render(building.build(content)),
        floor,
        goal=None,
        rounds=2,
    )
    return rows


def _both() -> float:
    """CPU seconds of this process and of the worker."""
    return time.process_time() + _cpu_of(pdf._WORKER.pid)


def _cpu_of(pid: int | None) -> float:
    if pid is None:
        return 0.0
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
