"""Tables of the template → printed tables; charts are drawn from the same rows."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from evaluations import classification
from indicators.engine.chapters import Block as Spec
from indicators.engine.spec import Column
from indicators.engine.spec import Table as TableSpec
from indicators.engine.values import MISSING, Undefined, show

from . import charts
from .layout import balanced, fitted
from .model import Align, Cell, Chart, Row, Table
from .source import Source

RIGHT = frozenset({"money", "percent", "number", "count"})
CENTRED = frozenset({"yes_no", "choice", "date"})
DEPTH = {"类": 0, "款": 1, "项": 2}
BLANK = "（未填）"


def table(code: str, source: Source) -> Table:
    """The table with all rows, its total row when it has one, amounts in the template's unit."""
    spec = source.compiled.tables[code]
    listed = rows(code, source)
    labels = tuple(source.plain(column.label) for column in spec.columns)
    widths, dense = fitted(labels, listed, tuple(column.width for column in spec.columns))
    heads = (balanced(label, share, dense) for label, share in zip(labels, widths, strict=True))
    return Table(
        caption=source.plain(spec.title),
        unit_line=_unit_line(spec, source),
        widths=widths,
        head=(Row(tuple(Cell(head, "center") for head in heads)),),
        rows=listed,
        note=source.plain(spec.note),
        dense=dense,
        anchor=f"t-{code}",
    )


def _unit_line(spec: TableSpec, source: Source) -> str:
    """As the template says; otherwise the money unit, unless the heads name it already."""
    if spec.unit_line:
        return source.plain(spec.unit_line)
    money = [column for column in spec.columns if column.kind == "money"]
    named = all("元" in column.label for column in money)
    return f"单位：{source.compiled.unit_of(spec.code)}" if money and not named else ""


def rows(code: str, source: Source) -> tuple[Row, ...]:
    """The rows of a table and its total, as `table` prints them."""
    spec = source.compiled.tables[code]
    total = (_total(spec, source),) if spec.total_label else ()
    return (*_rows(spec, source), *total)


def _rows(spec: TableSpec, source: Source) -> Iterator[Row]:
    if spec.source == "budget":
        for row in source.figures.budget_rows(spec.code):
            name = classification.name("functional", row.code, source.year) or row.code
            first = Cell(name, indent=DEPTH[row.level])
            cells = (_cell(row.cells[column.code], column, spec, source) for column in spec.columns[1:])
            yield Row((first, *cells))
        return
    for row in source.figures.rows(spec.code):
        yield Row(tuple(_typed_cell(spec, row, column, source) for column in spec.columns))


def _typed_cell(spec: TableSpec, row: dict[str, Any], column: Column, source: Source) -> Cell:
    raw = source.figures.facts.raw.get(f"{spec.code}[{row['id']}].{column.code}")
    if raw:
        return Cell(raw, _align(column), mark="unknown")
    return _cell(row[column.code], column, spec, source, required=column.required)


def _cell(value: Any, column: Column, spec: TableSpec, source: Source, required: bool = False) -> Cell:
    blank = (value is MISSING and required) or (isinstance(value, Undefined) and bool(value.missing))
    if blank and source.draft:
        return Cell(BLANK, _align(column), mark="missing")
    return Cell(show(value, column, source.compiled.unit_of(spec.code)), _align(column))


def _total(spec: TableSpec, source: Source) -> Row:
    """Sums under the columns that have them; a printed override stands in the first of these."""
    totals = source.figures.totals(spec.code)
    override = source.override(spec.code)
    cells = []
    for column in spec.columns[1:]:
        if column.code not in totals:
            cells.append(Cell(""))
        elif override:
            cells.append(Cell(override, _align(column)))
            override = ""
        else:
            cells.append(_cell(totals[column.code], column, spec, source))
    return Row((Cell(spaced(spec.total_label), "center"), *cells), total=True)


def spaced(label: str) -> str:
    """合计 is printed 合　计."""
    return "　".join(label) if len(label) == 2 else label


def _align(column: Column) -> Align:
    if column.kind in RIGHT:
        return "right"
    return "center" if column.kind in CENTRED else "left"


def chart(block: Spec, source: Source, number: int) -> Iterator[Chart]:
    """The chart of `block.value` over the first column; none when the table has no row yet."""
    spec = source.compiled.tables[block.code]
    column = next(column for column in spec.columns if column.code == block.value)
    points = tuple(_points(spec, column, source))
    if not points:
        return
    title = source.plain(block.label or spec.title)
    for picture in charts.pictures(block.chart or "bar", title, points, f"chart{number}"):
        yield Chart(title, picture.svg, tuple((point.label, point.shown) for point in picture.points))
        title = f"{title.removesuffix('（续）')}（续）"


def _points(spec: TableSpec, column: Column, source: Source) -> Iterator[charts.Point]:
    label = spec.columns[0]
    if spec.source == "budget":
        pairs = [
            (classification.name("functional", row.code, source.year) or row.code, row.cells[column.code])
            for row in source.figures.budget_rows(spec.code)
            if row.level == "项"
        ]
    else:
        pairs = [(show(row[label.code], label), row[column.code]) for row in source.figures.rows(spec.code)]
    for name, value in pairs:
        drawn = value if isinstance(value, Decimal) else None
        yield charts.Point(name, drawn, show(value, column, source.compiled.unit_of(spec.code)) or BLANK)


def figures(block: Spec, source: Source) -> Table:
    """A list of figures as a table: name, unit, figure."""
    rows = []
    for code in block.fields:
        definition = source.compiled.fields[code]
        money = source.compiled.unit_of(code)
        unit = {"money": money, "percent": "%"}.get(definition.kind, definition.unit)
        value = source.figures.values[code]
        text = source.override(code) or show(value, definition, money)
        if unit == "%":
            text = text.removesuffix("%")
        blank = not text and source.draft and (definition.required or bool(definition.formula))
        last = Cell(BLANK, "right", mark="missing") if blank else Cell(text or "—", "right")
        rows.append(Row((Cell(definition.label), Cell(unit, "center"), last)))
    head = Row(tuple(Cell(text, "center") for text in ("项目", "单位", "数值")))
    return Table(source.plain(block.label), "", (50, 15, 35), (head,), tuple(rows))
