"""Approve many at once: first what stands in the way of each, then each by itself, just as it was shown."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from . import access, listing, points, queueing, workflow
from .errors import ServiceError
from .models import Evaluation, User

#: As many reports are approved at once.
MOST = 50
#: What an approval is given to; besides what `lock` reads.
SHOWN = ("total", "grade", "reviewed_total", "reviewed_grade")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A report that is to be approved, and what stands in the way; `mark` names what was shown of it."""

    evaluation: Evaluation
    obstacles: tuple[str, ...]
    points: int
    mark: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one report; `name` as the department is called, "" for who may not know it."""

    reference: str
    name: str
    done: bool
    sentence: str


def mark_of(evaluation: Evaluation) -> str:
    """What an approval rests on, in 16 hex digits: another version, state or score gives another one."""
    told = [evaluation.version, evaluation.state, *(getattr(evaluation, name) for name in SHOWN)]
    return hashlib.sha256("|".join(map(str, told)).encode()).hexdigest()[:16]


def candidates(user: User, references: Collection[str]) -> list[Candidate]:
    """Those of the reports that `user` reviews, the longest waiting first; a constant number of queries."""
    known = [one for one in references if "\x00" not in one]  # PostgreSQL has no such character
    places = listing.regions(user, queueing.PERMISSION)
    found = access.visible_to(user).whole().filter(reference__in=known, department__region__in=places)
    evaluations = list(found.select_related("reviewer").order_by("submitted_at", "id")[:MOST])
    standing = workflow.obstacles("approve", evaluations, user)
    open_points = points.counts(one.pk for one in evaluations)
    return [Candidate(one, standing[one.pk], open_points[one.pk], mark_of(one)) for one in evaluations]


def approve(
    user: User, shown: Iterable[tuple[str, str]], *, request: HttpRequest | None = None
) -> list[Outcome]:
    """Approve each report (reference, mark) that is still as it was shown, each in a transaction of its own.

    What changed since, or may not be approved, is left out and told; a second click finds all approved.
    """
    return [_outcome(user, reference, mark, request) for reference, mark in shown]


def _outcome(user: User, reference: str, mark: str, request: HttpRequest | None) -> Outcome:
    try:
        evaluation = access.get_evaluation(user, reference, "read_submitted")
    except Http404 as absent:
        return Outcome("", "", False, f"{absent}")
    except PermissionDenied as refusal:  # with the department again; whoever reviews there knows its name
        return Outcome("", reference, False, str(refusal))
    name = f"{evaluation.department.name} {evaluation.fiscal_year.year} 年度"
    try:
        workflow.perform(
            "approve", evaluation, user, unless=lambda current: _changed(current, mark), request=request
        )
    except (ServiceError, PermissionDenied) as refusal:
        return Outcome(reference, name, False, str(refusal))
    return Outcome(reference, name, True, f"已批准第 {evaluation.version} 版。")


def _changed(current: Evaluation, mark: str) -> str:
    """Under its lock, what is not as it was shown; "" when all is."""
    current.refresh_from_db(fields=SHOWN)
    if mark_of(current) == mark:
        return ""
    now = f"第 {current.version} 版，{current.get_state_display()}，得分 {_told(current.total)}"
    now += f"，复核分 {_told(current.reviewed_total)}"
    return f"您查看以后，这份报告有了变化（现为{now}），没有批准；请重新查看后再办。"


def _told(score: object) -> str:
    return "未定" if score is None else str(score)
