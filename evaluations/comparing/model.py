"""What differs between two contents, in words ready to be shown; nothing left to compute.

`location` is that of the newer content where it knows the place (`step.code`, `step.table[row].column`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .words import Piece

#: Of what is listed by itself: only in the newer content, only in the older, or in both and different.
Fate = Literal["new", "gone", "changed"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure on both sides as pages show it, with its unit; 未填 and 不适用 are said.

    `amount`: new − old with its unit and sign, `percent`: the same in per cent of the old figure; both ""
    for what is no number. `note` says what kind of value it is when it is not the figure itself; `derived`:
    nobody typed it.
    """

    label: str
    location: str
    old: str
    new: str
    amount: str = ""
    percent: str = ""
    note: str = ""
    derived: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A text with marked words, long unchanged stretches left out."""

    label: str
    location: str
    pieces: tuple[Piece, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table or of the budget lines: its changed cells, or all that it holds if it came or went."""

    fate: Fate
    label: str
    location: str
    cells: tuple[Figure, ...]

    @property
    def summary(self) -> str:
        """All that a row holds which came or went."""
        return "；".join(f"{cell.label} {cell.new or cell.old}" for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of one table that differ; `reordered`: those in both stand in another order."""

    label: str
    location: str
    rows: tuple[Row, ...]
    reordered: bool = False


@dataclass(frozen=True, slots=True)
class Points:
    """One indicator on one side, points as text ("" for none)."""

    score: str
    computed: str
    self_score: str
    reviewed: str
    weight: str
    status: str

    @property
    def about(self) -> str:
        """What the score is made of, where that says more than the score: 满分 5，计算分 5，自评分 4."""
        told = [f"满分 {self.weight}"] if self.weight else []
        named = (("计算分", self.computed), ("自评分", self.self_score), ("复核分", self.reviewed))
        told += [f"{name} {amount}" for name, amount in named if amount not in ("", self.score)]
        told += [self.status] if self.status != "已计分" else []
        return "，".join(told)


@dataclass(frozen=True, slots=True)
class Score:
    """One indicator of which the points, the weight or the status differ; None: it is not there at all."""

    label: str
    location: str
    old: Points | None
    new: Points | None
    amount: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding that came or went, speaks of other figures, or is explained otherwise.

    `old` and `new` are its sentences ("" where it is not there), `explanation` marks what changed in its
    explanation (empty when nothing did).
    """

    fate: Fate
    word: str
    location: str
    old: str
    new: str
    explanation: tuple[Piece, ...] = ()
