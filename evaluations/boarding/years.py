"""历年对比: the years of one department side by side, as far as the reader may see them.

Figures are those of what was sent; of a report that is still being written, whoever writes it also sees the
totals as they stand. Indicators are compared by the names of the first level, whatever the template.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from indicators.engine.values import plain
from indicators.models import IndicatorTemplate

from .. import access, rescoring
from ..models import Department, Evaluation, ReviewedScore, User
from . import pictures
from .board import text
from .tables import wan


@dataclass(frozen=True, slots=True)
class Group:
    """A first-level indicator: what was reached of what."""

    score: Decimal
    weight: Decimal

    def __str__(self) -> str:
        return f"{plain(self.score)} / {plain(self.weight)}"


@dataclass(frozen=True, slots=True)
class Year:
    """One report. `final` (sent, so that its figures stand) or `readable` only; neither: state alone.

    `lost`: weights less points of the lines that were scored; `groups` by name. Points are the official ones.
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
        """The official score: 复核分 where there is one of what was sent."""
        return self.evaluation.official_total

    @property
    def reviewed(self) -> Decimal | None:
        return self.evaluation.reviewed_total if self.evaluation.rescored else None

    @property
    def grade(self) -> str:
        return self.evaluation.official_grade

    @property
    def rate(self) -> Decimal | None:
        return self.evaluation.execution_rate


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
        pks = [one.pk for one in final]
        sheets = dict(Evaluation.objects.filter(pk__in=pks).values_list("pk", "sheet"))
        reviewed = rescoring.given(pks)
        first = _first_levels({one.template_id for one in final})
        self.years = [
            _sent(one, sheets[one.pk], reviewed.get(one.pk, {}), first[one.template_id])
            if one.pk in sheets
            else Year(one, readable[one.pk], final=False)
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
            self._measure("复核分", lambda year: text(year.reviewed)),
            self._measure("等级", lambda year: text(year.grade)),
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
            ("total", "总分", "", self._trend(lambda year: year.score)),
            ("rate", "预算执行率", "%", self._trend(lambda year: year.rate)),
        )
        return [
            (title, pictures.line(f"trend-{name}", f"历年{title}", points, unit))
            for name, title, unit, points in trends
            if sum(value is not None for _, value in points) > 1
        ]

    def _trend(self, value: Callable[[Year], Decimal | None]) -> list[tuple[str, Decimal | None]]:
        return [(year.label, value(year) if year.readable else None) for year in self.years]

    def _measure(self, label: str, value: Callable[[Year], str]) -> Measure:
        return Measure(label, [value(year) if year.readable else "—" for year in self.years])


def _sent(
    evaluation: Evaluation,
    sheet: Mapping[str, Any],
    reviewed: Mapping[str, ReviewedScore],
    first: Mapping[str, tuple[str, str]],
) -> Year:
    """A report as it was sent, its official points summed by 一级指标."""
    points: dict[str, Decimal] = defaultdict(Decimal)
    names = {code: name for code, name in first.values()}
    lost = None
    for line in sheet["lines"]:
        score = rescoring.official_points(line, reviewed)
        if score is not None:
            points[first[line["group"] or line["code"]][0]] += score
            lost = (lost or Decimal(0)) + Decimal(line["weight"]) - score
    groups = {
        name: Group(points[code], Decimal(sheet["groups"][code]["weight"])) for code, name in names.items()
    }
    return Year(evaluation, True, True, groups, lost)


def _first_levels(templates: set[int]) -> dict[int, dict[str, tuple[str, str]]]:
    """By template: the code of each indicator → code and name of the 一级指标 above it."""
    stored = IndicatorTemplate.objects.filter(pk__in=templates).values_list("pk", "content__indicators")
    return {
        pk: {code: (top["code"], top["name"]) for top in indicators or () for code in _below(top)}
        for pk, indicators in stored
    }


def _below(indicator: Mapping[str, Any]) -> Iterator[str]:
    yield indicator["code"]
    for child in indicator.get("children") or ():
        yield from _below(child)
