"""Merged cells over a page break: a wrapper around one function of WeasyPrint.

WeasyPrint 70 leaves the text of a spanned cell on its first page and draws no line under it there. The
field repeats the text on every page. So where a page ends inside merged cells they are cut in two at that
row, and the second part gets the same content.

This leans on WeasyPrint's inside. `install` checks what it touches and otherwise leaves WeasyPrint as it is
(text on the first page only, one warning in the log); tests/documents/test_typography.py fails loudly when
that happens. It needs `border-collapse: separate`: collapsed borders are worked out before any page is
known.
"""

from __future__ import annotations

import inspect
import logging
from dataclasses import dataclass
from typing import Any

logger = logging.getLogger(__name__)

PARAMETERS = ["context", "table", "bottom_space", "skip_stack", "containing_block", "page_is_empty",
              "absolute_boxes", "fixed_boxes"]  # fmt: skip

#: Row group and row.
Place = tuple[int, int]


@dataclass(frozen=True)
class Cut:
    """`cell` reached over the row `at`, was shortened, and `rest` stands in that row instead."""

    at: Place
    cell: Any
    rowspan: int
    rest: Any


def install() -> bool:
    """Put the wrapper in place; False (and a warning) when WeasyPrint is not the one it was written for."""
    from weasyprint.layout import block, table

    original = getattr(block, "table_layout", None)
    if original is not table.table_layout or list(inspect.signature(original).parameters) != PARAMETERS:
        logger.warning("WeasyPrint has changed, merged cells keep their text on the first page only")
        return False
    block.table_layout = _wrapper(original, table.add_top_padding)
    return True


def _wrapper(original: Any, add_top_padding: Any) -> Any:
    def table_layout(context: Any, table: Any, bottom_space: float, skip_stack: Any, *rest: Any) -> Any:
        start = _row(skip_stack) or (0, 0)
        _mend(table, start)
        while True:
            result = original(context, table, bottom_space, skip_stack, *rest)
            page, end = result[0], _row(result[1])
            if page is not None and end is not None:
                _shrink(page)
            over = _reaching(page, end) if page is not None and end is not None and end > start else []
            if not over:
                return result
            _mend(table, start)
            _cut(table, end)
            if _close(page, end, over, add_top_padding):
                return result
            # The text needs more height than its part of the rows has: lay out again. A cut only makes rows
            # higher, so the page ends at an earlier row each time round.

    return table_layout


def _shrink(page: Any) -> None:
    """End the table with its last row: where rows went on to the next page together (`break-after: avoid`)
    WeasyPrint keeps the height that it had with them, and its left border with it.
    """
    for group in page.children:
        if group.children:
            group.height = group.children[-1].position_y + group.children[-1].height - group.position_y
    bottoms = [group.position_y + group.height for group in page.children if group.children]
    if bottoms:
        page.height = max(bottoms) - page.content_box_y()


def _row(stack: Any) -> Place | None:
    """Where a page starts; None for a start inside a row or at a row group."""
    if not stack:
        return None
    ((group, inner),) = stack.items()
    if not inner:
        return None
    ((row, cells),) = inner.items()
    return (group, row) if cells is None else None


def _rows(page: Any, group: int) -> list[Any]:
    """The rows of the row group that are on this page."""
    groups = [child for child in page.children if not (child.is_header or child.is_footer)]
    return next((child.children for child in groups if child.index == group), [])


def _reaching(page: Any, end: Place) -> list[Any]:
    """The cells on this page that reach over its last row."""
    return [cell for row in _rows(page, end[0]) for cell in row.children if row.index + cell.rowspan > end[1]]


def _close(page: Any, end: Place, cells: list[Any], add_top_padding: Any) -> bool:
    """End the cells with the last row of the page as WeasyPrint ends others; False if one is too high."""
    last = _rows(page, end[0])[-1]
    bottom = last.position_y + last.height
    spare = [bottom - cell.position_y - cell.border_height() for cell in cells]
    if min(spare) < 0:
        return False
    for cell, extra in zip(cells, spare, strict=True):
        above = {"middle": extra / 2, "bottom": extra}.get(cell.vertical_align, 0)
        add_top_padding(cell, above)
        cell.padding_bottom += extra - above
    for row in _rows(page, end[0]):
        for cell in row.children:
            cell.rowspan = min(cell.rowspan, end[1] - row.index)
    return True


def _cut(table: Any, end: Place) -> None:
    """Cut the cells that reach over `end` in the table that is still to be laid out."""
    rows = table.children[end[0]].children
    for index, row in enumerate(rows[: end[1]]):
        for cell in row.children:
            if index + cell.rowspan > end[1]:
                cut = Cut(end, cell, cell.rowspan, cell.deepcopy())
                cut.rest.rowspan = index + cell.rowspan - end[1]
                cell.rowspan = end[1] - index
                rows[end[1]].children = sorted([*rows[end[1]].children, cut.rest], key=lambda one: one.grid_x)
                table.cuts = [*getattr(table, "cuts", []), cut]


def _mend(table: Any, start: Place) -> None:
    """Undo the cuts below `start`: they come from another attempt at this page."""
    cuts = getattr(table, "cuts", [])
    for cut in reversed([cut for cut in cuts if cut.at > start]):
        cut.cell.rowspan = cut.rowspan
        row = table.children[cut.at[0]].children[cut.at[1]]
        row.children = [cell for cell in row.children if cell is not cut.rest]
    table.cuts = [cut for cut in cuts if cut.at <= start]
