"""The approved results of a region and year as plain data (`results/1`, docs/schema/results-1.json).

Everything but the day of approval comes from the snapshot that was approved, so the same approvals give the
same data whatever has been renamed since. Decimals are strings, amounts 元; null is 未填, never 0.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from evaluations.models import DECIDED, Evaluation, Region, Snapshot, State
from indicators.engine.values import plain

SCHEMA = "results/1"
SCHEMA_FILE = "results-1.json"
AMOUNTS = ("opening", "adjustment", "executed")


def schema() -> bytes:
    """The JSON Schema as published."""
    return (Path(settings.BASE_DIR) / "docs" / "schema" / SCHEMA_FILE).read_bytes()


def approved(region: Region, year: int) -> QuerySet[Evaluation]:
    """The approved evaluations of departments of the region and all below it, by reference.

    `projects_evaluated`: how many projects each has.
    """
    found = Evaluation.objects.whole().filter(
        state__in=DECIDED, fiscal_year__year=year, department__region__code__startswith=region.prefix
    )
    counted = found.annotate(projects_evaluated=Count("projects", filter=~Q(projects__state=State.VOIDED)))
    return counted.order_by("reference").select_related("department").defer("sheet")


def collect(region: Region, year: int) -> dict[str, Any]:
    """All results; two queries, whatever their number."""
    evaluations = {one.pk: one for one in approved(region, year)}
    snapshots = Snapshot.objects.filter(evaluation__in=evaluations.keys())
    newest = {(one.evaluation_id, one.version): one for one in snapshots.iterator(chunk_size=50)}
    return {
        "schema": SCHEMA,
        "region": {"code": region.code, "name": region.name},
        "year": year,
        "results": [_result(one, newest[pk, one.version]) for pk, one in evaluations.items()],
    }


def as_json(data: Mapping[str, Any]) -> bytes:
    """The same data, the same bytes."""
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode()


def _result(evaluation: Evaluation, snapshot: Snapshot) -> dict[str, Any]:
    content = snapshot.content
    frozen, department = content["evaluation"], content["evaluation"]["department"]
    return {
        "reference": frozen["reference"],
        "version": snapshot.version,
        "snapshot_hash": snapshot.content_hash,
        "submitted_on": frozen["submitted_on"],
        "approved_on": timezone.localdate(evaluation.decided_at).isoformat(),
        "department": {name: department[name] for name in ("code", "name", "short_name")},
        "region": {name: frozen["region"][name] for name in ("code", "name")},
        **_scored(content),
        "projects": [
            {"reference": part["evaluation"]["reference"], "name": part["evaluation"]["project"]}
            | _scored(part)
            for part in content.get("projects", ())
        ],
    }


def _scored(content: Mapping[str, Any]) -> dict[str, Any]:
    """What the evaluation of a department and that of a project have alike."""
    template, sheet = content["template"], content["sheet"]
    return {
        "template": {
            "code": template["code"],
            "version": template["version"],
            "title": template["content"]["title"],
            "hash": template["hash"],
        },
        "total": sheet["total"],
        "grade": sheet["grade"],
        "budget": _budget(content["lines"]),
        "indicators": [
            {name: line[name] for name in ("code", "name", "weight", "score", "status")}
            for line in sheet["lines"]
        ],
        "adjustments": [{name: one[name] for name in ("label", "amount")} for one in sheet["adjustments"]],
    }


def _budget(lines: Iterable[Mapping[str, Any]]) -> dict[str, str | None]:
    """Sums of the budget lines: 年初预算数, 调整数, 全年预算数, 执行数."""
    listed = list(lines)
    sums = {name: _sum(line[name] for line in listed) for name in AMOUNTS}
    sums["final"] = _sum((sums["opening"], sums["adjustment"]))
    return sums


def _sum(amounts: Iterable[str | None]) -> str | None:
    known = [Decimal(amount) for amount in amounts if amount is not None]
    return plain(sum(known, Decimal(0))) if known else None
