"""View model of a printed report: strings only, nothing left to look up or to compute.

Preview, PDF, Word and Excel are written from this and nothing else. Amounts are shown in the template's unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

Mark = Literal["", "label", "article", "missing", "unknown"]
#: Only in a document that shows what changed (`marking`): never in one that is printed.
Change = Literal["", "new", "gone"]
#: More characters than these are not kept together: they would leave half a page empty above them.
LONG_CELL = 500
Align = Literal["left", "center", "right"]


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text.

    `label`: lead-in words in a face of their own; `article`: 第一条 before its text; `missing`: a figure that
    is 未填; `unknown`: a bound figure that the template does not know. The last two occur in drafts only.
    `place`: the number of the marked place that begins here, 0 elsewhere.
    """

    text: str
    mark: Mark = ""
    change: Change = ""
    place: int = 0


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`level` is that of a run-in heading, 0 for plain text; then the first run is the heading.

    `item`: one of a list.
    """

    kind: ClassVar[str] = "paragraph"
    runs: tuple[Run, ...]
    level: int = 0
    anchor: str = ""
    item: bool = False

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class Heading:
    """`level` 1 … 5; `number` as printed, punctuation included; `embedded`: title of a document within.

    `runs`: the label with what changed in it, empty when nothing is marked (so of cells and cover lines).
    """

    kind: ClassVar[str] = "heading"
    number: str
    text: str
    level: int
    anchor: str = ""
    embedded: bool = False
    runs: tuple[Run, ...] = ()

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
    label: bool = False
    runs: tuple[Run, ...] = ()

    @property
    def css(self) -> str:
        """Classes of the HTML cell."""
        classes = [
            self.align if self.align != "left" else "",
            f"indent-{self.indent}" if self.indent else "",
            "label" if self.label else "",
        ]
        return " ".join(filter(None, classes))


@dataclass(frozen=True, slots=True)
class Row:
    cells: tuple[Cell, ...]
    total: bool = False
    anchor: str = ""

    @property
    def css(self) -> str:
        """Classes of the HTML row: one of heads stays with the next, one with a long text may break."""
        classes = {
            "total": self.total,
            "heads": all(cell.label for cell in self.cells),
            "long": any(len(cell.text) > LONG_CELL for cell in self.cells),
        }
        return " ".join(name for name, holds in classes.items() if holds)


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

    @property
    def css(self) -> str:
        """Classes of the HTML table; a small one is kept on one page."""
        return " ".join(filter(None, ("dense" if self.dense else "", "small" if len(self.rows) <= 8 else "")))


@dataclass(frozen=True, slots=True)
class Piece:
    """Rows of a form that belong together; `head` is repeated where a page ends among them."""

    rows: tuple[Row, ...]
    head: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """表式: pieces one below the other in one border, on a grid of `columns` equal columns.

    `footer` (填表人 …: what stands side by side, in lines) and `note` (lines) stand below the border.
    """

    kind: ClassVar[str] = "form"
    caption: str
    unit_line: str
    columns: int
    pieces: tuple[Piece, ...]
    footer: tuple[tuple[Run, ...], ...] = ()
    note: tuple[str, ...] = ()
    anchor: str = ""

    @property
    def grid(self) -> range:
        """One for each column, for the HTML."""
        return range(self.columns)


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


@dataclass(frozen=True, slots=True)
class Remark:
    """What a document with marks says of the block above or below it; it is no part of the report."""

    kind: ClassVar[str] = "remark"
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A reviewer's point in the margin of the document on the screen; it is no part of the report."""

    kind: ClassVar[str] = "note"
    key: str
    words: str
    open: bool


Block = Paragraph | Heading | Table | Form | Chart | AppendixList | Signature | Remark | Note


@dataclass(frozen=True, slots=True)
class Part:
    """What begins on a new page: the text itself (no label), or an 附件 with its label and title."""

    blocks: tuple[Block, ...]
    label: str = ""
    title: tuple[str, ...] = ()
    anchor: str = ""

    @property
    def sheet(self) -> bool:
        """Whether it is nothing but forms and tables: set closer, to keep them together."""
        return bool(self.label) and all(isinstance(block, Form | Table) for block in self.blocks)


@dataclass(frozen=True, slots=True)
class CoverLine:
    """单位名称：浏阳市总工会; `missing` in drafts only."""

    label: str
    text: str
    missing: bool = False
    runs: tuple[Run, ...] = ()


@dataclass(frozen=True, slots=True)
class Cover:
    """封面: the title in lines, what is said of the report, and its date."""

    title: tuple[str, ...]
    lines: tuple[CoverLine, ...]
    date: str


@dataclass(frozen=True, slots=True)
class Document:
    """`title`: its lines, broken where the sense allows. `issued`: ISO date or "", for the metadata.

    With a `cover` the title stands there and not above the text. `voided`: a draft that was given up;
    `sample`: a draft made of sample data (样张), nobody's report.
    """

    title: tuple[str, ...]
    department: str
    year: str
    reference: str
    version: str
    draft: bool
    issued: str
    parts: tuple[Part, ...]
    cover: Cover | None = None
    voided: bool = False
    sample: bool = False

    @property
    def css(self) -> str:
        """Class of the HTML body: what stands in the margin of a report that does not count."""
        if not self.draft:
            return ""
        return "voided" if self.voided else "sample" if self.sample else "draft"

    @property
    def name(self) -> str:
        """The title on one line; also the name of the file."""
        return "".join(self.title)
