"""Tables and budget lines of two sides, row by row."""

from __future__ import annotations

from collections.abc import Iterator

from indicators.engine.scope import GIVEN_TABLES, LINES

from . import rows
from .model import Row, Table
from .rows import Stated
from .side import AMOUNTS, WORDS, Side
from .values import Seen, figure

#: Tables that only tell budget lines or projects, which are compared themselves.
TOLD_ELSEWHERE = frozenset({"budget", "projects"})


def tables(old: Side, new: Side) -> Iterator[Table]:
    """Every table of which a row or the total differs, in the order of the newer outline."""
    codes = dict.fromkeys((*new.compiled.tables, *old.compiled.tables))
    for code in sorted(codes, key=new.compiled.order_of):
        if found := _table(code, old, new):
            yield found


def lines(old: Side, new: Side) -> Table | None:
    """The budget lines that differ; None when none does."""
    before, after = list(_lines(old)), list(_lines(new))
    pairs = rows.paired(before, after)
    found, moved = tuple(rows.changes(pairs)), rows.reordered(pairs, before)
    if not found and not moved:
        return None
    return Table(new.label(LINES), new.compiled.locate(LINES), found, moved)


def _table(code: str, old: Side, new: Side) -> Table | None:
    before, after = list(_rows(old, code)), list(_rows(new, code))
    pairs = rows.paired(before, after)
    found = (*rows.changes(pairs), *_total(code, old, new))
    moved = rows.reordered(pairs, before)
    if not found and not moved:
        return None
    side = new if code in new.compiled.tables else old
    return Table(side.label(code), side.compiled.locate(code), found, moved)


def _rows(side: Side, code: str) -> Iterator[Stated]:
    table = side.compiled.tables.get(code)
    if table is None or table.source in TOLD_ELSEWHERE:
        return
    labels = {column.code: side.plain(column.label) for column in table.columns}
    # An own indicator goes by its name; what comes first is its 二级指标.
    named = "name" if code in side.compiled.open_groups else table.columns[0].code
    identities = side.figures.row_ids(code)
    for number, (identity, row) in enumerate(zip(identities, side.figures.rows(code), strict=True), 1):
        cells = side.row(code, row, identity)
        name = cells[named].text if not cells[named].empty else ""
        label = name if table.source == "derived" else f"第 {number} 行{name and f' {name}'}"
        location = side.compiled.locate(f"{code}[{identity}]")
        yield Stated(identity, name or number, label, location, cells, labels)


def _total(code: str, old: Side, new: Side) -> Iterator[Row]:
    """The row of sums, as it is computed."""
    before, after = _sums(old, code), _sums(new, code)
    side = new if code in new.compiled.tables else old
    table, location = side.compiled.tables[code], side.compiled.locate(code)
    found = [
        figure(side.plain(column.label), location, before.get(column.code), after.get(column.code))
        for column in table.columns
        if column.code in before or column.code in after
    ]
    if cells := tuple(filter(None, found)):
        yield Row("changed", table.total_label, location, cells)


def _sums(side: Side, code: str) -> dict[str, Seen]:
    table = side.compiled.tables.get(code)
    if table is None or not table.total_label or table.source in TOLD_ELSEWHERE:
        return {}
    unit, columns = side.compiled.unit_of(code), {column.code: column for column in table.columns}
    sums = side.figures.totals(code)
    return {column: Seen(value, columns[column], unit, derived=True) for column, value in sums.items()}


def _lines(side: Side) -> Iterator[Stated]:
    columns = GIVEN_TABLES[LINES].columns
    labels = {name: columns[name].definition.label for name in (*WORDS, *AMOUNTS)}
    for number, line in enumerate(side.figures.facts.lines, 1):
        functional, economic = side.line_names.get(line.id, ("", ""))
        what = " · ".join(
            part
            for part in (
                f"{line.functional} {functional}".strip(),
                f"{line.economic} {economic}".strip(),
                line.project,
            )
            if part
        )
        kin = (line.functional, line.economic, line.kind, line.fund, line.project)
        location = side.compiled.locate(f"{LINES}[{line.id}]")
        yield Stated(line.id, kin, f"第 {number} 行 {what}".strip(), location, side.line(line), labels)
