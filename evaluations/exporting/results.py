"""The approved results of a region and year as plain data (docs/schema/results-1.json, results-2.json).

`results/2` adds to `results/1` what the reviewer gave (`reviewed`) and the day of publication; the first form
is published and stays as it is. Scores come from the snapshot that was approved, 复核分 from the log of its
approval with the reasons of their rows, so the same approvals give the same data whatever has been renamed
since. Decimals are strings, amounts 元; null is 未填, never 0.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from evaluations import rescoring
from evaluations.models import DECIDED, Evaluation, Event, Region, ReviewedScore, Snapshot, State
from indicators.engine.values import plain

#: Each form that is published, and its schema in docs/schema.
SCHEMAS = {"results/1": "results-1.json", "results/2": "results-2.json"}
NEWEST = "results/2"
AMOUNTS = ("opening", "adjustment", "executed")


@dataclass(frozen=True, slots=True)
class Review:
    """What approvals were given on: 复核分 as text by reference and indicator, and their reasons likewise."""

    points: Mapping[str, Mapping[str, str]]
    reasons: Mapping[str, Mapping[str, str]]


def schema(name: str = NEWEST) -> bytes:
    """The JSON Schema of a form as published."""
    return (Path(settings.BASE_DIR) / "docs" / "schema" / SCHEMAS[name]).read_bytes()


def approved(region: Region, year: int) -> QuerySet[Evaluation]:
    """The approved evaluations of departments of the region and all below it, by reference.

    `projects_evaluated`: how many projects each has.
    """
    found = Evaluation.objects.whole().filter(
        state__in=DECIDED, fiscal_year__year=year, department__region__code__startswith=region.prefix
    )
    counted = found.annotate(projects_evaluated=Count("projects", filter=~Q(projects__state=State.VOIDED)))
    return counted.order_by("reference").select_related("department").defer("sheet")


def collect(region: Region, year: int, schema: str = NEWEST) -> dict[str, Any]:
    """All results in the form `schema`, a key of `SCHEMAS`. Four queries at most, whatever their number."""
    evaluations = {one.pk: one for one in approved(region, year)}
    snapshots = Snapshot.objects.filter(evaluation__in=evaluations.keys())
    newest = {(one.evaluation_id, one.version): one for one in snapshots.iterator(chunk_size=50)}
    results = [_result(one, newest[pk, one.version]) for pk, one in evaluations.items()]
    if schema != "results/1":
        review = _review(evaluations)
        for one, (pk, evaluation) in zip(results, evaluations.items(), strict=True):
            _add_review(one, evaluation, newest[pk, evaluation.version].content, review)
    return {
        "schema": schema,
        "region": {"code": region.code, "name": region.name},
        "year": year,
        "results": results,
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


def _review(evaluations: Collection[int]) -> Review:
    """The last approval of each report, and the reasons of what was given. Two queries."""
    points: dict[str, Mapping[str, str]] = {}
    approvals = Event.objects.filter(evaluation__in=evaluations, action="approve").order_by(
        "evaluation", "id"
    )
    last = dict(approvals.values_list("evaluation_id", "detail"))
    for detail in last.values():
        points |= detail.get("reviewed", {})
    reasons: dict[str, dict[str, str]] = defaultdict(dict)
    rows = ReviewedScore.objects.filter(evaluation__reference__in=points)
    for reference, code, reason in rows.values_list("evaluation__reference", "code", "reason"):
        reasons[reference][code] = reason
    return Review(points, reasons)


def _add_review(
    result: dict[str, Any], evaluation: Evaluation, content: Mapping[str, Any], review: Review
) -> None:
    published = evaluation.published_at
    result["published_on"] = timezone.localdate(published).isoformat() if published else None
    result["reviewed"] = _reviewed(content, review)
    for project, part in zip(result["projects"], content["projects"], strict=True):
        project["reviewed"] = _reviewed(part, review)


def _reviewed(content: Mapping[str, Any], review: Review) -> dict[str, Any] | None:
    """The official total and grade with the 复核分 that make them, in the order of the indicators."""
    reference = content["evaluation"]["reference"]
    given = review.points.get(reference)
    if not given:
        return None
    sheet = rescoring.sheet_of(content, {code: Decimal(points) for code, points in given.items()})
    return {
        "total": None if sheet.total is None else sheet.total_text,
        "grade": sheet.grade,
        "indicators": [
            {
                "code": line.code,
                "points": given[line.code],
                "reason": review.reasons.get(reference, {}).get(line.code, ""),
            }
            for line in sheet.lines
            if line.code in given
        ],
        "adjustments": [{"label": one.label, "amount": plain(one.amount)} for one in sheet.adjustments],
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
