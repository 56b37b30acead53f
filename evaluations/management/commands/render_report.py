"""`render_report REF --output FILE [--format pdf|html|json] [--version N]`: the report as a file."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404

from evaluations import reviewing
from evaluations.documents import building, fonts, html, pdf
from evaluations.documents.model import Document
from evaluations.management.output import JsonCommand

FORMATS = ("pdf", "docx", "xlsx", "html", "json")
LATER = {"docx": "Word（docx）", "xlsx": "Excel（xlsx）"}


class Command(JsonCommand):
    """Exit 0; exit 1 when the PDF could not be made; exit 2 for a wrong reference, version, format or
    path."""

    help = "把一份自评的报告输出为文件：草稿按目前的内容，已送审的按定稿。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("reference", metavar="REF", help="自评编号，例如 2017-baojing-zgh")
        parser.add_argument("--output", metavar="FILE", required=True, help="输出文件")
        parser.add_argument("--format", choices=FORMATS, default="pdf", help="格式，默认 pdf")
        parser.add_argument(
            "--version", dest="frozen", metavar="N", default="", help="送审的第几版，默认最新"
        )

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        """Django's own `--version` makes way for the version of the report."""
        return super().create_parser(prog_name, subcommand, conflict_handler="resolve", **kwargs)

    def handle(self, *, reference: str, output: str, format: str, frozen: str, **options: Any) -> None:
        if format in LATER:
            self.fail(f"还不能输出 {LATER[format]}格式，请用 --format pdf、html 或 json。")
        evaluation = self.evaluation(reference)
        try:
            chosen = reviewing.choose(evaluation, frozenset({"read"}), frozen)
            data = self._data(building.build(chosen.content), format)
        except Http404:
            self.fail(
                f"“{reference}”没有第 {frozen} 版。" if frozen else f"“{reference}”还没有送审过的版本。"
            )
        except building.TooLong as limit:
            self.fail(str(limit))
        except pdf.RenderFailed as failure:
            self.fail(str(failure), code=1)
        try:
            Path(output).write_bytes(data)
        except OSError as error:
            self.fail(f"无法写入文件“{output}”（{error.strerror}），请检查路径和权限。")
        if notice := fonts.notice():
            self.stderr.write(notice)

    def _data(self, document: Document, format: str) -> bytes:
        if format == "json":
            return json.dumps(plain(document), ensure_ascii=False, indent=2).encode()
        if format == "html":
            stylesheet = (Path(settings.BASE_DIR) / "static" / "print.css").read_text("utf-8")
            return html.render(document, stylesheet).encode()
        return pdf.render(html.render(document))


def plain(part: Any) -> Any:
    """The view model as plain data; every block says its `kind`, which is no field of it."""
    if isinstance(part, tuple):
        return [plain(one) for one in part]
    if not is_dataclass(part):
        return part
    kind = {"kind": part.kind} if hasattr(part, "kind") else {}
    return kind | {field.name: plain(getattr(part, field.name)) for field in fields(part)}
