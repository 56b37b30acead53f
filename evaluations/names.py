"""Names of boxes in a posted form: a location without its step.

`code` (figure, text), `table[row].column` (cell), `code.printed` and `code.printed-reason` (printed
override), `table.paste` (a block from a spreadsheet) and `table.paste-at` (the cell where it goes). A row
gets its id where it is made (page or script), so that it stays the same through every autosave.
"""

from __future__ import annotations

import re
from typing import NamedTuple

BUDGET = "lines"
_CELL = re.compile(r"(?P<table>[^\[\]]+)\[(?P<row>[0-9a-f]{4,12})\]\.(?P<column>.+)")

_ROW = re.compile(r"(?P<table>[^\[\]]+)\[(?P<row>[0-9a-f]{4,12})\]")


class Cell(NamedTuple):
    """One cell's place."""

    table: str
    row: str
    column: str


def cell(table: str, row: str, column: str) -> str:
    """The name of a cell's box."""
    return f"{table}[{row}].{column}"


def read_cell(name: str) -> Cell | None:
    """The place that a name means; None when it is no cell's."""
    found = _CELL.fullmatch(name)
    return Cell(**found.groupdict()) if found else None


def read_row(name: str) -> tuple[str, str] | None:
    """Table and id of `table[row]`; None when it is no row's name."""
    found = _ROW.fullmatch(name)
    return (found["table"], found["row"]) if found else None


def printed(code: str) -> str:
    """The box of the figure as it shall be printed."""
    return f"{code}.printed"


def printed_reason(code: str) -> str:
    """The box of the reason why it is printed otherwise than derived."""
    return f"{code}.printed-reason"


def paste(table: str) -> str:
    """The box that takes a block copied from a spreadsheet."""
    return f"{table}.paste"


def paste_at(table: str) -> str:
    """The name of the cell in which the block begins (empty: new rows at the end)."""
    return f"{table}.paste-at"
