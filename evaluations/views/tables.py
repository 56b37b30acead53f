"""Tables of a step: grids that are filled in, and tables of derived figures that are only shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evaluations import classification, names
from evaluations.budgeting import LABELS
from evaluations.forms.grids import Grid, GridColumn
from evaluations.models import BudgetLine
from evaluations.models.budget import AMOUNTS
from indicators.engine.facts import Line
from indicators.engine.figures import Figures
from indicators.engine.spec import Column, Field, Table
from indicators.engine.values import MISSING, NUMBER_KINDS, Undefined, Value, show, total

Row = dict[str, str]
MONEY = Field("lines", "金额")
#: Names of the lists of codes that the page offers beside the boxes of 功能分类 and 经济分类.
CODE_LISTS = {"functional": "codes-functional", "economic": "codes-economic"}
INDENT = {"类": 0, "款": 1, "项": 2}

BUDGET_COLUMNS = (
    GridColumn("functional", LABELS["functional"], codes=CODE_LISTS["functional"], required=True, width=7),
    GridColumn("economic", LABELS["economic"], codes=CODE_LISTS["economic"], width=6),
    GridColumn(
        "kind", LABELS["kind"], choices=tuple(BudgetLine.Kind.values), default=BudgetLine.Kind.BASIC, width=8
    ),
    GridColumn(
        "fund",
        LABELS["fund"],
        choices=tuple(BudgetLine.Fund.values),
        default=BudgetLine.Fund.GENERAL,
        under="kind",
    ),
    GridColumn("opening", LABELS["opening"], numeric=True, width=7),
    GridColumn("adjustment", LABELS["adjustment"], numeric=True, width=6),
    GridColumn("final", "全年预算数", numeric=True, derived=True),
    GridColumn("executed", LABELS["executed"], numeric=True, width=7),
    GridColumn("project", LABELS["project"], under="kind"),
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table that is only shown."""

    text: str
    numeric: bool
    indent: int = 0


@dataclass(frozen=True, slots=True)
class ShownTable:
    """A derived table or one summed from the budget lines."""

    code: str
    title: str
    unit_line: str
    help: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...]


def input_grid(table: Table, rows: Sequence[Row], figures: Figures, invalid: frozenset[str]) -> Grid:
    """A table that people fill in. `rows` are the texts of the typed columns; derived ones are added here."""
    unit = figures.compiled.unit_of(table.code)
    derived = [column for column in table.columns if column.formula]
    computed = {row["id"]: row for row in figures.rows(table.code)}
    shown = [
        row
        | {
            column.code: show(computed[row["id"]][column.code], column, unit) if row["id"] in computed else ""
            for column in derived
        }
        for row in rows
    ]
    return Grid(
        code=table.code,
        title=table.title,
        columns=tuple(_grid_column(column) for column in table.columns),
        rows=shown,
        unit_line=table.unit_line,
        help=table.help,
        total_label=table.total_label,
        totals={code: show(value, column, unit) for code, column, value in _totals(table, figures)},
        invalid=invalid,
    )


def budget_grid(title: str, rows: Sequence[Row], figures: Figures, invalid: frozenset[str]) -> Grid:
    """预算明细: codes with their names, amounts in the template's unit, the sum of every amount."""
    unit, lines = figures.compiled.spec.unit, figures.facts.lines
    shown = {row["id"] for row in rows}
    finals = {line.id: show(line.final, MONEY, unit) for line in lines if line.id in shown}
    return Grid(
        code=names.BUDGET,
        title=title or "预算明细",
        columns=BUDGET_COLUMNS,
        rows=[row | {"final": finals.get(row["id"], "")} for row in rows],
        unit_line=f"单位：{unit}",
        total_label="合计",
        totals={name: show(_sum(lines, name), MONEY, unit) for name in (*AMOUNTS, "final")},
        below=_names(names.BUDGET, rows, figures),
        invalid=invalid,
    )


def shown_lines(code: str, title: str, words: str, lines: Sequence[Line], figures: Figures) -> Grid:
    """Budget lines that are filled in elsewhere; `words` say where."""
    unit, amounts = figures.compiled.spec.unit, (*AMOUNTS, "final")
    rows = [
        {name: getattr(line, name) for name in ("id", "functional", "economic", "kind", "fund", "project")}
        | {name: show(getattr(line, name), MONEY, unit) for name in amounts}
        for line in lines
    ]
    return Grid(
        code=code,
        title=title or "预算明细",
        columns=BUDGET_COLUMNS,
        rows=rows,
        unit_line=f"单位：{unit}",
        help=words,
        total_label="合计",
        totals={name: show(_sum(lines, name), MONEY, unit) for name in amounts},
        below=_names(code, rows, figures),
        editable=False,
    )


def shown_table(table: Table, figures: Figures) -> ShownTable:
    """A table of which nothing is typed."""
    unit, year = figures.compiled.unit_of(table.code), figures.facts.year
    rows: list[tuple[Cell, ...]] = []
    if table.source == "budget":
        for row in figures.budget_rows(table.code):
            label = Cell(
                classification.name("functional", row.code, year) or row.code, False, INDENT[row.level]
            )
            rows.append((label, *_cells(table.columns[1:], row.cells, unit)))
    else:
        rows = [_cells(table.columns, row, unit) for row in figures.rows(table.code)]
    total_row: tuple[Cell, ...] = ()
    if table.total_label:
        totals = figures.totals(table.code)
        total_row = (Cell(table.total_label, False), *_cells(table.columns[1:], totals, unit))
    return ShownTable(
        table.code,
        table.title,
        table.unit_line,
        table.help,
        tuple(column.label for column in table.columns),
        tuple(rows),
        total_row,
    )


def typed_columns(table: Table) -> dict[str, str]:
    """Labels of the columns that are typed, by code."""
    return {column.code: column.label for column in table.columns if not column.formula}


def budget_columns() -> dict[str, str]:
    """The same of the budget lines."""
    return {column.code: column.label for column in BUDGET_COLUMNS if not column.derived}


def typed_lines(rows: Sequence[Row]) -> list[Row]:
    """The budget lines in which more is typed than what every new row begins with."""
    typed = [column.code for column in BUDGET_COLUMNS if not column.default and not column.derived]
    return [row for row in rows if any(row.get(code, "").strip() for code in typed)]


def _names(code: str, rows: Sequence[Mapping[str, str]], figures: Figures) -> dict[str, str]:
    """What stands below the codes of budget lines: their names, by cell of the grid `code`."""
    return {
        names.cell(code, row["id"], kind): classification.name(kind, row.get(kind, ""), figures.facts.year)
        for row in rows
        for kind in CODE_LISTS
    }


def _grid_column(column: Column) -> GridColumn:
    return GridColumn(
        code=column.code,
        label=column.label,
        unit="" if column.kind in ("money", "percent") else column.unit,
        numeric=column.kind in NUMBER_KINDS,
        derived=bool(column.formula),
        required=column.required,
        choices=("是", "否") if column.kind == "yes_no" else column.choices,
        long=column.kind == "long_text",
        width=column.width,
    )


def _totals(table: Table, figures: Figures) -> list[tuple[str, Column, Value | Undefined]]:
    columns = {column.code: column for column in table.columns}
    return [(code, columns[code], value) for code, value in figures.totals(table.code).items()]


def _cells(columns: Sequence[Column], row: Mapping[str, Any], unit: str) -> tuple[Cell, ...]:
    return tuple(
        Cell(show(row.get(column.code, MISSING), column, unit), column.kind in NUMBER_KINDS)
        for column in columns
    )


def _sum(lines: Sequence[Line], name: str) -> Value:
    return total(getattr(line, name) for line in lines)
