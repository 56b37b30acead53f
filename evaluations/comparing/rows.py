"""Rows of tables and budget lines: which belong together, and what of them differs."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from .model import Fate, Figure, Row
from .values import Seen, figure


@dataclass(frozen=True, slots=True)
class Stated:
    """A row of one side. `kin`: what it is called, by which it is known where its id is not (last year's).

    `labels` are those of its columns.
    """

    id: str
    kin: Hashable
    label: str
    location: str
    cells: Mapping[str, Seen]
    labels: Mapping[str, str]

    @property
    def filled(self) -> bool:
        return any(not cell.empty and not cell.derived for cell in self.cells.values())


Pair = tuple[Stated | None, Stated | None]


def paired(old: Iterable[Stated], new: Iterable[Stated]) -> list[Pair]:
    """Rows by id, then by what only one row of each side is called; those that are gone come last."""
    before, after = list(old), list(new)
    partner: dict[str, Stated] = {}
    left = {row.id: row for row in before}
    for row in after:
        if row.id in left:
            partner[row.id] = left.pop(row.id)
    known, asked = _single(left.values()), _single(row for row in after if row.id not in partner)
    for kin, row in asked.items():
        if kin in known:
            partner[row.id] = left.pop(known[kin].id)
    return [*((partner.get(row.id), row) for row in after), *((row, None) for row in left.values())]


def reordered(pairs: Iterable[Pair], old: Iterable[Stated]) -> bool:
    """Whether the rows that both sides have stand in another order."""
    place = {row.id: number for number, row in enumerate(old)}
    order = [place[one.id] for one, other in pairs if one and other]
    return order != sorted(order)


def changes(pairs: Iterable[Pair]) -> Iterator[Row]:
    """The rows that differ."""
    for old, new in pairs:
        if old and new:
            cells = tuple(_cells(old, new))
            if cells:
                yield Row("changed", new.label, new.location, cells)
        elif new and new.filled:
            yield _whole("new", new, lambda seen: (None, seen))
        elif old and old.filled:
            yield _whole("gone", old, lambda seen: (seen, None))


def _cells(old: Stated, new: Stated) -> Iterator[Figure]:
    for column in {**new.cells, **old.cells}:
        label = new.labels.get(column) or old.labels[column]
        location = f"{new.location}.{column}"
        if found := figure(label, location, old.cells.get(column), new.cells.get(column)):
            yield found


def _whole(fate: Fate, row: Stated, sides: Callable[[Seen], tuple[Seen | None, Seen | None]]) -> Row:
    """What a row holds that is only on one side."""
    cells = []
    for column, seen in row.cells.items():
        old, new = (side.text if side else "" for side in sides(seen))
        if not seen.empty:
            cells.append(
                Figure(row.labels[column], f"{row.location}.{column}", old, new, derived=seen.derived)
            )
    return Row(fate, row.label, row.location, tuple(cells))


def _single(rows: Iterable[Stated]) -> dict[Hashable, Stated]:
    """Rows by what they are called, without names that several bear."""
    found: dict[Hashable, Stated | None] = {}
    for row in rows:
        found[row.kin] = None if row.kin in found else row
    return {kin: row for kin, row in found.items() if row is not None}
