"""One row for each department of a year: what the bureau may know of it, and what its report lost and showed.

Of a report that is still with its department (not begun, 草稿, 待签, 已退回) only existence and state are
known; figures are those of what was sent. Queries do not grow with the number of departments.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import F

from indicators.models import IndicatorTemplate

from .. import access, creating, deadlines, listing, rescoring
from ..models import Department, Evaluation, FiscalYear, Region, ReviewedScore, Snapshot, State, User
from .bands import RATES, SCORES, band_of

PERMISSION = "evaluations.view_boards"
NOT_BEGUN = "not_begun"
NO_GRADE = "none"
#: The states that a board counts, in the order in which a report passes through them, and their names.
STATES: dict[str, str] = {NOT_BEGUN: "还没有开始"} | {
    state.value: state.label for state in State if state != State.VOIDED
}
#: What everybody who opens the board may read as it stands, and in which states at least the version sent.
READABLE, OPENABLE = (
    frozenset.intersection(*(access.TABLE[role][action] for role in access.PERMISSIONS[PERMISSION]))
    - {State.VOIDED}
    for action in ("read", "read_submitted")
)


@dataclass(frozen=True, slots=True)
class Row:
    """A department in a year. Amounts are 元, rates percent; figures are None while they may not be seen.

    `state`: a key of `STATES`. `due_on` with what was extended; `late`: days past it while nothing was sent.
    `total` is 自评分, `reviewed` 复核分 (None: none given), `score` and `grade` are the official ones. `pk`
    of the evaluation, None where there is none; `reference` where it opens.
    """

    code: str
    name: str
    region: str
    region_name: str
    state: str
    due_on: date | None
    late: int
    pk: int | None = None
    reference: str = ""
    template: str = ""
    template_title: str = ""
    readable: bool = False
    total: Decimal | None = None
    reviewed: Decimal | None = None
    grade: str = ""
    final: Decimal | None = None
    executed: Decimal | None = None
    rate: Decimal | None = None

    @property
    def score(self) -> Decimal | None:
        """What counts: 复核分 where there is one."""
        return self.total if self.reviewed is None else self.reviewed

    @property
    def rescored(self) -> bool:
        """Whether 复核分 make the score."""
        return self.reviewed is not None

    @property
    def state_label(self) -> str:
        return STATES[self.state]


@dataclass(frozen=True, slots=True)
class Overview:
    """All rows of one year (None: no year has been opened), ordered by region and code; `years` to choose."""

    years: tuple[int, ...]
    year: int | None
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Loss:
    """Points that a report lost at an indicator of a template; those of an open group are taken together."""

    template: str
    code: str
    points: Decimal


@dataclass(frozen=True, slots=True)
class Noted:
    """A check of which a report has `count` findings."""

    code: str
    title: str
    severity: str
    count: int


@dataclass(frozen=True, slots=True)
class Details:
    """By evaluation: lost points and findings; `names` of the indicators by (template, code)."""

    losses: Mapping[int, tuple[Loss, ...]]
    findings: Mapping[int, tuple[Noted, ...]]
    names: Mapping[tuple[str, str], str]


def overview(user: User, asked: str = "") -> Overview:
    """The year that is `asked` for (as typed), else the newest. Four queries."""
    here = listing.regions(user, PERMISSION)
    prefixes = [one.prefix for one in access.held(user) if one.role in access.PERMISSIONS[PERMISSION]]
    set_up = [
        year
        for year in FiscalYear.objects.select_related("region")
        if any(year.region.prefix.startswith(one) or one.startswith(year.region.prefix) for one in prefixes)
    ]
    years = tuple(sorted({one.year for one in set_up}, reverse=True))
    year = next((one for one in years if str(one) == asked), years[0] if years else None)
    if year is None:
        return Overview((), None, ())
    departments = Department.objects.filter(region__in=here).select_related("region")
    evaluations = Evaluation.objects.standing().whole().select_related("fiscal_year", "template")
    evaluations = evaluations.annotate(extended_to=deadlines.EXTENDED_TO)
    begun = {
        one.department_id: one
        for one in evaluations.filter(fiscal_year__year=year, department__region__in=here).defer(
            "sheet", "template__content"
        )
    }
    asked_years = [one for one in set_up if one.year == year]
    extended = deadlines.in_force(year, departments.values("pk"))
    rows = []
    for department in departments.order_by("region_id", "code"):
        evaluation = begun.get(department.pk)
        fiscal_year = evaluation.fiscal_year if evaluation else creating.nearest(department, asked_years)
        if fiscal_year and (evaluation or department.is_active):
            extension = extended.get(department.pk)
            reach = evaluation.extended_to if evaluation else extension.due_on if extension else None
            due = deadlines.deadline(fiscal_year, reach)
            rows.append(_row(department, due, evaluation))
    return Overview(years, year, tuple(rows))


def narrow(rows: Collection[Row], wanted: Mapping[str, Any]) -> list[Row]:
    """The rows that fit a filter: `region` with all below, `place` alone, state, late, grade, template,
    score, rate, text (in name or code); what is None or absent narrows nothing."""
    tests = [_TESTS[name](value) for name, value in wanted.items() if value and name in _TESTS]
    return [row for row in rows if all(test(row) for test in tests)]


def details(rows: Collection[Row]) -> Details:
    """What the readable reports among `rows` lost, by their official points, and showed. Four queries.

    Lines and findings are taken out of their documents by the database and read one report at a time.
    """
    readable = {row.pk: row.template for row in rows if row.readable}
    losses: dict[int, tuple[Loss, ...]] = {}
    reviewed = rescoring.given(readable)
    sheets = Evaluation.objects.filter(pk__in=readable).values_list("pk", "sheet__lines")
    for pk, lines in sheets.iterator(chunk_size=100):
        losses[pk] = _losses(readable[pk], lines or (), reviewed.get(pk, {}))
    findings: dict[int, tuple[Noted, ...]] = {}
    newest = Snapshot.objects.filter(evaluation__in=readable, version=F("evaluation__version"))
    for pk, found in newest.values_list("evaluation_id", "content__findings").iterator(chunk_size=100):
        findings[pk] = _noted(found or ())
    return Details(losses, findings, _names(set(readable.values())))


def with_indicator(rows: Collection[Row], found: Details, template: str, code: str) -> list[Row]:
    """The rows whose reports lost points at an indicator."""
    return [row for row in rows if _lost(found, row, template, code)]


def with_finding(rows: Collection[Row], found: Details, code: str) -> list[Row]:
    """The rows whose reports have a finding of this check."""
    return [row for row in rows if any(one.code == code for one in found.findings.get(row.pk, ()))]


def _lost(found: Details, row: Row, template: str, code: str) -> bool:
    return any((one.template, one.code) == (template, code) for one in found.losses.get(row.pk, ()))


def _row(department: Department, due: deadlines.Deadline | None, evaluation: Evaluation | None) -> Row:
    state = evaluation.state if evaluation else NOT_BEGUN
    waiting = evaluation is None or (evaluation.editable and not evaluation.version)
    row = Row(
        code=department.code,
        name=department.name,
        region=department.region_id,
        region_name=department.region.name,
        state=state,
        due_on=due.due_on if due else None,
        late=max(-due.days_left, 0) if waiting and due else 0,
    )
    if evaluation is None:
        return row
    template = evaluation.template
    row = replace(
        row,
        pk=evaluation.pk,
        reference=evaluation.reference if evaluation.state in OPENABLE else "",
        template=template.code,
        template_title=template.title,
    )
    if evaluation.state not in READABLE:
        return row
    return replace(
        row,
        readable=True,
        total=evaluation.total,
        reviewed=evaluation.reviewed_total if evaluation.rescored else None,
        grade=evaluation.official_grade,
        final=evaluation.budget_final,
        executed=evaluation.budget_executed,
        rate=evaluation.execution_rate,
    )


def _losses(
    template: str, lines: Collection[Mapping[str, Any]], reviewed: Mapping[str, ReviewedScore]
) -> tuple[Loss, ...]:
    lost: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        points = rescoring.official_points(line, reviewed)
        if points is not None:
            lost[line.get("group") or line["code"]] += Decimal(line["weight"]) - points
    return tuple(Loss(template, code, points) for code, points in lost.items() if points > 0)


def _noted(findings: Collection[Mapping[str, Any]]) -> tuple[Noted, ...]:
    counted = Counter((one["code"], one["title"], one["severity"]) for one in findings)
    return tuple(Noted(*key, count) for key, count in counted.items())


def _names(templates: Collection[str]) -> dict[tuple[str, str], str]:
    """Names of all indicators; where versions of a template differ, those of the newest."""
    names: dict[tuple[str, str], str] = {}
    stored = IndicatorTemplate.objects.filter(code__in=templates).order_by("version")
    for template, indicators in stored.values_list("code", "content__indicators"):
        waiting = list(indicators or ())
        while waiting:
            one = waiting.pop()
            names[template, one["code"]] = one["name"] + ("（自设指标）" if one.get("open") else "")
            waiting += one.get("children") or ()
    return names


def _below(code: str) -> Callable[[Row], bool]:
    prefix = Region(code=code).prefix
    return lambda row: row.region.startswith(prefix)


#: What a value of a filter asks of a row.
_TESTS: dict[str, Callable[[str], Callable[[Row], bool]]] = {
    "region": _below,
    "place": lambda code: lambda row: row.region == code,
    "state": lambda state: lambda row: row.state == state,
    "late": lambda _: lambda row: row.late > 0,
    "grade": lambda grade: lambda row: row.readable and (row.grade or NO_GRADE) == grade,
    "template": lambda template: lambda row: row.template == template,
    "score": lambda key: lambda row: band_of(SCORES, key).holds(row.score),
    "rate": lambda key: lambda row: band_of(RATES, key).holds(row.rate),
    "text": lambda text: lambda row: text.casefold() in f"{row.name} {row.code}".casefold(),
}
