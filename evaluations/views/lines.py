"""A long grid of budget lines is drawn and sent by windows: thousands of boxes would choke the browser.

A page that shows a window sends only its rows. They are laid over the stored lines by id before saving; the
grid's revision still guards the whole.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from evaluations.forms.section import Row

SIZE = 200


@dataclass(frozen=True, slots=True)
class Window:
    """Rows `start` … `start + shown - 1` (from 0) of `total`."""

    start: int
    shown: int
    total: int

    @property
    def first(self) -> int:
        """Number of the first row, from 1."""
        return self.start + 1

    @property
    def last(self) -> int:
        """Number of the last row."""
        return self.start + self.shown

    @property
    def before(self) -> int | None:
        """Where the window before begins."""
        return max(self.start - SIZE, 0) if self.start else None

    @property
    def after(self) -> int | None:
        """Where the window after begins."""
        return self.last if self.last < self.total else None


def cut(rows: list[Row], *, at: int = 0, row: str = "") -> tuple[list[Row], Window | None]:
    """The rows to draw: all of a short grid, else the window that holds `row` or begins near `at`."""
    if len(rows) <= SIZE:
        return rows, None
    ids = [one["id"] for one in rows]
    at = ids.index(row) if row in ids else min(at, len(rows) - 1)
    start = at // SIZE * SIZE
    shown = rows[start : start + SIZE]
    return shown, Window(start, len(shown), len(rows))


def merge(whole: Sequence[Row], drawn: Collection[str], sent: Sequence[Row]) -> list[Row]:
    """`whole` with the window's rows as they were sent.

    Drawn rows that did not come back are gone; rows that `whole` does not know follow the last drawn one.
    """
    by_id = {row["id"]: row for row in sent}
    known = {row["id"] for row in whole}
    merged: list[Row] = []
    last = 0
    for row in whole:
        if row["id"] in by_id:
            merged.append(by_id[row["id"]])
        elif row["id"] not in drawn:
            merged.append(row)
        if row["id"] in by_id or row["id"] in drawn:
            last = len(merged)
    merged[last:last] = [row for row in sent if row["id"] not in known]
    return merged
