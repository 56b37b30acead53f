"""A block copied from Excel or WPS, put into the rows of a grid. Cells stay text; nothing is parsed here."""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Mapping, Sequence

from evaluations import names
from evaluations.sections import new_row_id

#: First cells of rows that sum others up: the grid derives them itself.
SUMS = frozenset({"合计", "总计", "小计", "总合计"})

Row = dict[str, str]


def read_block(text: str) -> list[list[str]]:
    """Rows of cells. Spreadsheets separate by tabs and quote cells with line breaks; empty rows go."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    # An odd quotation mark is no spreadsheet's: read as quoting it would swallow all that follows.
    quoting = csv.QUOTE_NONE if text.count('"') % 2 else csv.QUOTE_MINIMAL
    csv.field_size_limit(max(len(text), 131_072))
    rows = [
        [" ".join(cell.split()) for cell in row]
        for row in csv.reader(io.StringIO(text), delimiter="\t", quoting=quoting)
    ]
    return [row for row in rows if any(row)]


def place(rows: Sequence[Row], columns: Mapping[str, str], text: str, at: str = "") -> list[Row]:
    """The rows with the block laid over them, beginning at cell `at`, else in new rows at the end.

    `columns` {code: label} are the typed columns in order. A first row of column headings is recognised,
    skipped, and tells where each cell belongs; sum rows are skipped. Rows that do not exist yet are added.
    """
    block = read_block(text)
    codes, block = _headed(block, columns)
    block = [cells for cells in block if not _is_sum(cells)]
    merged = [dict(row) for row in rows]
    start = names.read_cell(at) if at else None
    index = next((i for i, row in enumerate(merged) if start and row["id"] == start.row), len(merged))
    if codes is None:
        known = list(columns)
        first = known.index(start.column) if start and start.column in columns else 0
        codes = known[first:]
    for offset, cells in enumerate(block):
        if index + offset >= len(merged):
            merged.append({"id": new_row_id()})
        merged[index + offset].update({code: cell for code, cell in zip(codes, cells, strict=False) if code})
    return merged


def _headed(block: list[list[str]], columns: Mapping[str, str]) -> tuple[list[str] | None, list[list[str]]]:
    """Codes of the columns ("" unknown) where the first row is a heading, and the block without it."""
    if not block:
        return None, block
    by_label = {_plain(label): code for code, label in columns.items()} | {code: code for code in columns}
    codes = [by_label.get(_plain(cell), "") for cell in block[0]]
    known = sum(1 for code in codes if code)
    headings = sum(1 for cell in block[0] if cell)
    if known and 2 * known >= headings:
        return codes, block[1:]
    return None, block


def _plain(label: str) -> str:
    """A heading without spaces, width and unit in brackets: `年初预算数（元）` → `年初预算数`."""
    folded = "".join(unicodedata.normalize("NFKC", label).split()).lower()
    return folded.split("(")[0]


def _is_sum(cells: list[str]) -> bool:
    first = next((cell for cell in cells if cell), "")
    return "".join(first.split()) in SUMS
