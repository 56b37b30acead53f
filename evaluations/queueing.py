"""The reviewer's queue (待审): the reports that were sent and wait for a decision, the longest waiting first.

Every list is a handful of queries, however many departments there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from . import access, listing, points
from .models import UNDER_REVIEW, Evaluation, Region, State, Thread, User

PERMISSION = "evaluations.review"
#: A report that has waited more days than these is late (逾期).
LONGEST_WAIT = 15
#: From as many findings that ask for an explanation on, a report has many.
MANY = 10

#: The tabs in their order; `second` is of use where reports are reviewed in two steps.
TABS = {"waiting": "待审核", "again": "重报", "late": "逾期", "mine": "我的", "second": "待复核"}

#: How far a report is, as the filter asks for it.
STEPS = {
    "unopened": "还没有开始审核",
    "opened": "已开始审核",
    "passed": "初审通过",
    "asked": "单位申请退回",
}
FINDINGS = {
    "none": "没有需说明的",
    "some": f"有需说明的，不到 {MANY} 条",
    "many": f"{MANY} 条以上",
    "points": "有未办结的意见",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One report of the queue. `days`: since it was sent; `points`: open 审核意见, projects' with them.

    `opens`: nobody has begun with it yet, so that 审核 is the transition of beginning. `decides`: whether the
    reader may bring it further.
    """

    evaluation: Evaluation
    days: int
    points: int
    mine: bool
    opens: bool
    decides: bool

    @property
    def late(self) -> bool:
        return self.days > LONGEST_WAIT

    @property
    def again(self) -> bool:
        """Whether it was returned before."""
        return self.evaluation.returned_version > 0


@dataclass(frozen=True, slots=True)
class Choices:
    """What the queue's reports can be narrowed by: (value, label) pairs."""

    regions: tuple[tuple[str, str], ...]
    years: tuple[int, ...]
    templates: tuple[tuple[str, str], ...]
    grades: tuple[str, ...]


def waiting(user: User) -> QuerySet[Evaluation]:
    """The departments' reports that wait for a decision where `user` reviews."""
    places = listing.regions(user, PERMISSION)
    return Evaluation.objects.whole().filter(state__in=UNDER_REVIEW, department__region__in=places)


def choices(user: User) -> Choices:
    """Of the reports that wait, and the regions around them as far as `user` reviews. Two queries."""
    columns = ("department__region", "fiscal_year__year", "template__code", "template__title")
    found = set(waiting(user).values_list(*columns, "grade", "reviewed_grade").distinct())
    codes = {row[0] for row in found}
    regions = tuple(
        (region.code, region.name)
        for region in listing.regions(user, PERMISSION)
        if any(code.startswith(region.prefix) for code in codes)
    )
    return Choices(
        regions,
        tuple(sorted({row[1] for row in found}, reverse=True)),
        tuple(sorted({row[2]: row[3] for row in found}.items())),
        tuple(sorted({row[5] or row[4] for row in found if row[5] or row[4]})),
    )


def narrow(found: QuerySet[Evaluation], wanted: Mapping[str, Any]) -> QuerySet[Evaluation]:
    """The reports that fit a filter: `region` with all below, `year`, `state` (of `STEPS`), `template`,
    `grade` (the official one), `findings` (of `FINDINGS`), `text` in the department's name or code."""
    for name, value in wanted.items():
        if value:
            found = found.filter(_NARROW[name](value))
    return found


def counts(user: User, found: QuerySet[Evaluation]) -> dict[str, int]:
    """How many of these reports each tab has; one query."""
    wanted = {tab: Count("pk", filter=_tab(user, tab)) for tab in TABS}
    return found.order_by().aggregate(**wanted)


def of_tab(user: User, found: QuerySet[Evaluation], tab: str) -> QuerySet[Evaluation]:
    """The reports of a tab, with what a line shows."""
    return access.with_relations(found.filter(_tab(user, tab))).select_related("reviewer")


def lines(user: User, evaluations: Iterable[Evaluation]) -> list[Line]:
    """One line each; one query."""
    evaluations = list(evaluations)
    open_points = points.counts(one.pk for one in evaluations)
    today = timezone.localdate()
    found = []
    for one in evaluations:
        actions = access.allowed(user, one)
        found.append(
            Line(
                one,
                days=(today - timezone.localdate(one.submitted_at)).days,
                points=open_points[one.pk],
                mine=one.reviewer_id == user.pk,
                opens="open" in actions,
                decides=bool(actions & {"approve", "pass_first"}),
            )
        )
    return found


def _tab(user: User, tab: str) -> Q:
    """Every tab narrows the reports that wait."""
    if tab == "again":
        return Q(returned_version__gt=0)
    if tab == "late":
        last = timezone.localdate() - timedelta(days=LONGEST_WAIT)
        return Q(submitted_at__lt=timezone.make_aware(datetime.combine(last, time.min)))
    if tab == "mine":
        return Q(reviewer=user)
    if tab == "second":
        return Q(state=State.PASSED_FIRST)
    return Q(pk__isnull=False)


def _step(step: str) -> Q:
    return {
        "unopened": Q(opened_at=None, state=State.SUBMITTED),
        "opened": Q(opened_at__isnull=False, state=State.SUBMITTED),
        "passed": Q(state=State.PASSED_FIRST),
        "asked": ~Q(return_asked=""),
    }[step]


def _findings(amount: str) -> Q:
    return {
        "none": Q(to_explain=0),
        "some": Q(to_explain__gt=0, to_explain__lt=MANY),
        "many": Q(to_explain__gte=MANY),
        "points": Exists(
            Thread.objects.filter(Q(evaluation=OuterRef("pk")) | Q(evaluation__parent=OuterRef("pk"))).open()
        ),
    }[amount]


_NARROW = {
    "region": lambda code: Q(department__region__code__startswith=Region(code=code).prefix),
    "year": lambda year: Q(fiscal_year__year=year),
    "state": _step,
    "template": lambda code: Q(template__code=code),
    "grade": lambda grade: Q(reviewed_grade=grade) | Q(reviewed_grade="", grade=grade),
    "findings": _findings,
    "text": lambda text: listing.named(text, "department__"),
}
