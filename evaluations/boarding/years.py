"""历年对比: the years of one department side by side, as far as the reader may see them.

Figures are those of what was sent; of a report that is still being written, whoever writes it also sees the
totals as they stand. Indicators are compared by the names of the first level, whatever the template.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property

from indicators.models import IndicatorTemplate

from .. import access
from ..models import Department, Evaluation, User
from . import pictures
from .board import text
from .tables import wan


@dataclass(frozen=True, slots=True)
class Group:
    """A first-level indicator: what was reached of what."""

    score: Decimal
    weight: Decimal

    def __str__(self) -> str:
        return f"{self.score:f} / {self.weight:f}"


@dataclass(frozen=True, slots=True)
class Year:
    """One report. `final` (sent, so that its figures stand) or `readable` only; neither: state alone.

    `lost`: weights less points of the lines that were scored; `groups` by name.
    """

    evaluation: Evaluation
    readable: bool
    final: bool
    groups: Mapping[str, Group] = field(default_factory=dict)
    lost: Decimal | None = None

    @property
    def label(self) -> str:
        return f"{self.evaluation.fiscal_year.year} 年度"

    @property
    def score(self) -> Decimal | None:
        """The official score."""
        return self.evaluation.total if self.readable else None

    @property
    def rate(self) -> Decimal | None:
        return self.evaluation.execution_rate if self.readable else None


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of the comparison: a value as text for each year."""

    label: str
    values: Sequence[str]


class Comparison:
    """The years of a department, the earliest first."""

    def __init__(self, user: User, department: Department) -> None:
        rows = access.visible_to(user).whole().standing().filter(department=department)
        evaluations = list(rows.order_by("fiscal_year__year", "pk"))
        readable = {one.pk: "read" in access.allowed(user, one) for one in evaluations}
        final = [one for one in evaluations if readable[one.pk] and not one.editable]
        sheets = dict(Evaluation.objects.filter(pk__in=[one.pk for one in final]).values_list("pk", "sheet"))
        first = _first_levels({one.template_id for one in final})
        self.years = [
            _year(one, readable[one.pk], sheets.get(one.pk), first.get(one.template_id, {}))
            for one in evaluations
        ]

    @property
    def templates_differ(self) -> bool:
        """Whether points of one year and another were given by different templates."""
        return len({year.evaluation.template_id for year in self.years if year.final}) > 1

    @cached_property
    def measures(self) -> list[Measure]:
        """Totals, amounts in 万元, rate, each first-level indicator that any year has, lost points."""
        names = dict.fromkeys(name for year in self.years for name in year.groups)
        return [
            self._measure("自评总分", lambda year: text(year.evaluation.total)),
            self._measure("等级", lambda year: text(year.evaluation.grade)),
            self._measure("全年预算数（万元）", lambda year: text(wan(year.evaluation.budget_final))),
            self._measure("全年执行数（万元）", lambda year: text(wan(year.evaluation.budget_executed))),
            self._measure("执行率", lambda year: text(year.rate, "%")),
            *(self._measure(name, lambda year, name=name: str(year.groups.get(name, "—"))) for name in names),
            self._measure("失分合计", lambda year: text(year.lost)),
        ]

    @property
    def pictures(self) -> list[tuple[str, str]]:
        """Title and SVG of each trend that has two years or more."""
        trends = (
            ("total", "总分", "", [(year.label, year.score) for year in self.years]),
            ("rate", "预算执行率", "%", [(year.label, year.rate) for year in self.years]),
        )
        return [
            (title, pictures.line(f"trend-{name}", f"历年{title}", points, unit))
            for name, title, unit, points in trends
            if sum(value is not None for _, value in points) > 1
        ]

    def _measure(self, label: str, value) -> Measure:
        return Measure(label, [value(year) if year.readable else "—" for year in self.years])


def _year(evaluation: Evaluation, readable: bool, sheet: Mapping | None, first: Mapping[str, str]) -> Year:
    if not sheet:
        return Year(evaluation, readable, final=False)
    groups = {
        first[code]: Group(Decimal(one["score"]), Decimal(one["weight"]))
        for code, one in sheet["groups"].items()
        if code in first
    }
    lost = [
        Decimal(line["weight"]) - Decimal(line["score"])
        for line in sheet["lines"]
        if line["score"] is not None
    ]
    return Year(evaluation, readable, True, groups, sum(lost, Decimal(0)) if lost else None)


def _first_levels(templates: set[int]) -> dict[int, dict[str, str]]:
    """By template: code → name of each 一级指标."""
    stored = IndicatorTemplate.objects.filter(pk__in=templates).values_list("pk", "content__indicators")
    return {pk: {one["code"]: one["name"] for one in indicators or ()} for pk, indicators in stored}
