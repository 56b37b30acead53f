"""Every amount of the five real reports has a home, and comes out of it as it was printed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from evaluations import classification
from indicators.engine.figures import Figures
from indicators.engine.spec import Field
from indicators.engine.values import UNITS, rounded, show

from . import homes
from .conftest import REPORTS, Report, facts_of

_CELL = re.compile(r"(?P<table>[^\[]+)\[(?P<row>.+)\]\.(?P<column>\w+)")
TOTAL = "合计"


def value_at(figures: Figures, home: str) -> Any:
    """What the demo says at a home; a `KeyError` when there is no such place."""
    found = _CELL.fullmatch(home)
    if found is None:
        return figures.values[home]
    table, row, column = found["table"], found["row"], found["column"]
    if table == "lines":
        lines = [line for line in figures.facts.lines if line.project == row]
        return sum((getattr(line, column) for line in lines), Decimal(0)) if lines else None
    if row == TOTAL:
        return figures.totals(table)[column]
    if figures.compiled.tables[table].source == "budget":
        named = {
            classification.name("functional", one.code, figures.facts.year): one.cells
            for one in figures.budget_rows(table)
        }
        return named[row][column]
    label = figures.compiled.tables[table].columns[0].code
    return next(one[column] for one in figures.rows(table) if one[label] == row)


def printed_value(amount: dict[str, Any]) -> tuple[Decimal, int]:
    """The amount as printed, in its own unit, and with how many decimals."""
    digits = amount["value"].replace(",", "")
    return Decimal(digits), len(digits.partition(".")[2])


def agrees(value: Any, printed: Decimal, places: int) -> bool:
    """At the precision of the printed figure."""
    return isinstance(value, Decimal) and rounded(value, places) == printed


def unlike(report: Report) -> Iterator[str]:
    """The amounts and shares (id, id%) that do not come out as printed."""
    figures = report.assessment.figures
    for amount in report.seed["amounts"]:
        printed, places = printed_value(amount)
        value = value_at(figures, homes.of_amount(report.name, amount))
        in_unit = value / UNITS[amount["unit"]] if isinstance(value, Decimal) else value
        if not agrees(in_unit, printed, places):
            yield amount["id"]
        if share := amount.get("printed_share"):
            digits = share.removesuffix("%")
            value = value_at(figures, homes.of_share(report.name, amount))
            if not agrees(value, Decimal(digits), len(digits.partition(".")[2])):
                yield f"{amount['id']}%"


def test_the_facts_list_184_amounts() -> None:
    assert [len(facts_of(name)["amounts"]) for name in REPORTS] == [27, 33, 88, 6, 30]


@pytest.mark.parametrize("name", REPORTS)
def test_every_amount_has_one_home(name: str) -> None:
    amounts = {amount["id"]: amount for amount in facts_of(name)["amounts"]}
    assert [one for one in amounts if not homes.of_amount(name, amounts[one])] == []
    assert homes.HOMES[name].keys() <= amounts.keys()
    shared = {one for one, amount in amounts.items() if amount.get("printed_share")}
    assert [one for one in shared if not homes.of_share(name, amounts[one])] == []


def test_every_home_gives_the_printed_amount(report: Report) -> None:
    """All but the figures that are known to be wrong in print, and each of these is wrong indeed."""
    known = [one.amount for one in homes.otherwise(report.name) if one.amount]
    assert sorted(unlike(report)) == sorted(known)


def test_what_is_printed_otherwise_is_an_override_with_its_reason(report: Report) -> None:
    known = {one.override: one for one in homes.otherwise(report.name) if one.override}
    compiled = report.assessment.compiled
    given = {
        code: override
        for code, override in report.package.get("overrides", {}).items()
        if code not in compiled.sections
    }
    assert given.keys() == known.keys()
    for code, override in given.items():
        assert override["text"].replace(",", "") == known[code].printed.replace(",", "")
        assert len(override["reason"]) >= 20


def test_the_right_figure_stands_beside_the_printed_one(report: Report) -> None:
    """The derivation is not bent to fit: it gives what the facts, rightly reckoned, give."""
    figures = report.assessment.figures
    for one in homes.otherwise(report.name):
        if not one.override:
            continue
        if one.override in figures.compiled.tables:
            value, definition = figures.totals(one.override)["amount"], Field("", "")
        else:
            value, definition = figures.values[one.override], figures.compiled.fields[one.override]
        shown = show(value, definition, figures.compiled.unit_of(one.override))
        assert shown.replace(",", "") == one.derived.replace(",", "")
