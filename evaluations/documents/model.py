"""View model of a printed report: strings only, nothing left to look up or to compute.

Preview, PDF, Word and Excel are written from this and nothing else. Amounts are shown in the template's unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

Mark = Literal["", "label", "missing", "unknown"]
Align = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text.

    `label`: lead-in words in a face of their own; `missing`: a figure that is 未填; `unknown`: a bound figure
    that the template does not know. The last two occur in drafts only.
    """

    text: str
    mark: Mark = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`level` is that of a run-in heading, 0 for plain text; then the first run is the heading."""

    kind: ClassVar[str] = "paragraph"
    runs: tuple[Run, ...]
    level: int = 0
    anchor: str = ""

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class Heading:
    """`level` 1 … 5; `number` as printed, punctuation included."""

    kind: ClassVar[str] = "heading"
    number: str
    text: str
    level: int
    anchor: str = ""

    @property
    def label(self) -> str:
        return self.number + self.text

    @property
    def tag(self) -> int:
        """Of the HTML element h2 … h6; h1 is the title."""
        return min(self.level, 5) + 1


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    align: Align = "left"
    rowspan: int = 1
    colspan: int = 1
    mark: Mark = ""
    indent: int = 0

    @property
    def css(self) -> str:
        """Classes of the HTML cell."""
        classes = [self.align if self.align != "left" else "", f"indent-{self.indent}" if self.indent else ""]
        return " ".join(filter(None, classes))


@dataclass(frozen=True, slots=True)
class Row:
    cells: tuple[Cell, ...]
    total: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """`widths`: per cent of the text width, 100 together. `dense`: smaller type for many columns."""

    kind: ClassVar[str] = "table"
    caption: str
    unit_line: str
    widths: tuple[int, ...]
    head: tuple[Row, ...]
    rows: tuple[Row, ...]
    note: str = ""
    dense: bool = False
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """`svg` is our own picture, trusted as it stands; `points` (label, figure) is the same in words."""

    kind: ClassVar[str] = "chart"
    title: str
    svg: str
    points: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class AppendixList:
    """附件说明 under the text."""

    kind: ClassVar[str] = "appendix_list"
    titles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Signature:
    """署名 and 成文日期."""

    kind: ClassVar[str] = "signature"
    name: str
    date: str


Block = Paragraph | Heading | Table | Chart | AppendixList | Signature


@dataclass(frozen=True, slots=True)
class Part:
    """What begins on a new page: the text itself (no label), or an 附件 with its label and title."""

    blocks: tuple[Block, ...]
    label: str = ""
    title: tuple[str, ...] = ()
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """`title`: its lines, broken where the sense allows. `issued`: ISO date or "", for the metadata."""

    title: tuple[str, ...]
    department: str
    year: str
    reference: str
    version: str
    draft: bool
    issued: str
    parts: tuple[Part, ...]

    @property
    def name(self) -> str:
        """The title on one line; also the name of the file."""
        return "".join(self.title)
