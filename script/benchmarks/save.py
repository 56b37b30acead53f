"""Saving a section over HTTP (in process) against a bare versioned update with the same session and CSRF.

CPU includes PostgreSQL's process that serves the connection. Both views lock a row, write JSON under
`WHERE revision = …` and redirect; ours also reads every box, logs the changes, computes and stores scores.
"""

from __future__ import annotations

import itertools
import os
import re
import time
from collections.abc import Callable
from html import unescape
from pathlib import Path

from django.contrib.auth.decorators import login_required
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import include, path

from evaluations.models import Evaluation, SectionData, User

from .measure import REFERENCE, Measurement, interleaved

STEP = "ch1-1"
_FRAME = re.compile("BEGIN|COMMIT|SAVEPOINT|RELEASE")


@login_required
def bare(request: HttpRequest, number: int) -> HttpResponse:
    """The floor: lock, versioned update, redirect."""
    with transaction.atomic():
        row = SectionData.objects.select_for_update().get(pk=number)
        values = {name: text for name, text in request.POST.items() if name != "csrfmiddlewaretoken"}
        content = row.content | {"raw": {"bare": values}}
        written = SectionData.objects.filter(pk=row.pk, revision=row.revision).update(
            content=content, revision=row.revision + 1
        )
    return redirect(f"/bare/{number}/" if written else "/")


urlpatterns = [path("bare/<int:number>/", bare), path("", include("config.urls"))]


@override_settings(ROOT_URLCONF="benchmarks.save", ALLOWED_HOSTS=["testserver"])
def measure(rounds: int) -> list[Measurement]:
    evaluation = Evaluation.objects.get(reference=REFERENCE)
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.get(username="kuaiji"), "evaluations.access.RoleBackend")
    address = f"/evaluations/{evaluation.reference}/sections/{STEP}/"
    page = client.get(address).content.decode()
    boxes = _boxes(page)
    token = client.cookies["csrftoken"].value
    section = SectionData.objects.get(evaluation=evaluation, code=STEP)
    other = SectionData.objects.exclude(code=STEP).filter(evaluation=evaluation).first()
    numbers = itertools.count(14)

    def post(to: str, extra: dict[str, str]) -> None:
        response = client.post(to, boxes | extra, headers={"X-CSRFToken": token})
        if response.status_code != 302:
            raise AssertionError(f"{to}: {response.status_code}")

    def ours() -> None:
        section.refresh_from_db(fields=["revision"])
        post(address, {"staff_quota": str(next(numbers)), "revision": str(section.revision), "do": "save"})

    def floor() -> None:
        section.refresh_from_db(fields=["revision"])
        post(f"/bare/{other.pk}/", {"staff_quota": str(next(numbers))})

    with CaptureQueriesContext(connection) as queries:
        ours()
    counted = (
        sum(not _FRAME.match(query["sql"]) for query in queries) - 1
    )  # less our own look at the revision
    vendor = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connection.vendor]
    rows = interleaved(
        f"section save / bare versioned update, {vendor}",
        ours,
        floor,
        goal=2.5,
        rounds=rounds,
        repeat=20,
        cpu=cpu(),
    )
    return [*rows, Measurement(f"queries of a section save, {vendor}", counted, goal=14, met=counted <= 14)]


def _boxes(page: str) -> dict[str, str]:
    """What a browser would send of the page's form (text boxes and text areas)."""
    found = dict(re.findall(r'<input type="(?:text|hidden)" name="([^"]+)" value="([^"]*)"', page))
    found |= dict(re.findall(r'<textarea name="([^"]+)"[^>]*>\n?(.*?)</textarea>', page, re.S))
    return {name: unescape(text) for name, text in found.items() if name != "csrfmiddlewaretoken"}


def cpu() -> Callable[[], float]:
    """CPU seconds of this process and, on PostgreSQL, of the server process behind our connection."""
    if connection.vendor != "postgresql":
        return time.process_time
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        stat = Path(f"/proc/{cursor.fetchone()[0]}/stat")

    def both() -> float:
        fields = stat.read_text().rpartition(")")[2].split()
        return time.process_time() + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    return both
