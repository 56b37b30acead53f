"""A report with what changed since an older version marked in it. Never printed: the page alone shows it.

Both documents are built as they print; their blocks, rows and cells are laid side by side and the words that
differ are marked as new or gone. What is gone stands where it stood; where a table cannot take up a row any
more (merged cells), a remark below it tells what it held. Titles, captions and the date of the report are not
marked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeVar

from evaluations.comparing.words import Effort, difference, opcodes

from . import anchors
from .marked_places import numbered
from .model import (
    AppendixList,
    Block,
    Cell,
    Change,
    Chart,
    Cover,
    Document,
    Form,
    Heading,
    Paragraph,
    Part,
    Piece,
    Remark,
    Row,
    Run,
    Signature,
    Table,
)

#: How far ahead a changed block is looked for, and how much of their pairs of characters akin texts share.
REACH, AKIN = 40, 0.3

One = TypeVar("One")


@dataclass(frozen=True, slots=True)
class Marked:
    """`count`: in how many places something is marked (see `marked_places`)."""

    document: Document
    count: int


def mark(before: Document, after: Document) -> Marked:
    """`after` with what differs from `before`."""
    marking = _Marking()
    parts = tuple(marking.parts(before.parts, after.parts))
    cover = marking.cover(before.cover, after.cover)
    return Marked(*numbered(replace(after, parts=parts, cover=cover)))


class _Marking:
    """One run over two documents."""

    def __init__(self) -> None:
        self.effort = Effort()

    # ── parts and blocks ────────────────────────────────────────────────────────────────────────────────

    def cover(self, old: Cover | None, new: Cover | None) -> Cover | None:
        """The lines of the cover, as long as they are the same ones."""
        if old is None or new is None or [one.label for one in old.lines] != [one.label for one in new.lines]:
            return new
        lines = (
            replace(line, runs=self._words(was.text, (Run(line.text),)) if was.text != line.text else ())
            for was, line in zip(old.lines, new.lines, strict=True)
        )
        return replace(new, lines=tuple(lines))

    def parts(self, old: Sequence[Part], new: Sequence[Part]) -> Iterator[Part]:
        """The text, then the 附件 by their titles."""
        pairs = [(old[0], new[0]), *aligned(old[1:], new[1:], _same_title, self.effort)]
        for was, part in pairs:
            if was and part:
                yield replace(part, blocks=tuple(self._blocks(was.blocks, part.blocks)))
            elif part:
                yield replace(part, blocks=(_remark("这个附件是新增的。"), *self._all(part.blocks, "new")))
            else:
                told = _remark("这个附件已删去，原来的内容如下。")
                yield replace(was, blocks=(told, *self._all(was.blocks, "gone")), anchor="")

    def _blocks(self, old: Sequence[Block], new: Sequence[Block]) -> Iterator[Block]:
        for was, block in aligned(old, new, _akin, self.effort):
            if was == block:
                yield block
            elif was is None:
                yield from self._whole(block, "new")
            elif block is None:
                yield from self._whole(was, "gone")
            else:
                yield from self._both(was, block)

    def _all(self, blocks: Sequence[Block], change: Change) -> Iterator[Block]:
        for block in blocks:
            yield from self._whole(block, change)

    def _whole(self, block: Block, change: Change) -> Iterator[Block]:
        """A block that only one of the two has."""
        if change == "gone":
            block = anchors.renamed(block, lambda anchor: "")
        said = "新增" if change == "new" else "已删去"
        match block:
            case Paragraph():
                yield replace(block, runs=tuple(replace(run, change=change) for run in block.runs))
            case Heading():
                yield replace(block, runs=(Run(block.label, change=change),))
            case Table():
                yield _remark(f"下面的表{f'“{block.caption}”' if block.caption else ''}{said}。")
                yield replace(block, rows=self._rows_whole(block.rows, change))
            case Form():
                yield _remark(f"下面的表{f'“{block.caption}”' if block.caption else ''}{said}。")
                pieces = (replace(piece, rows=self._rows_whole(piece.rows, change)) for piece in block.pieces)
                yield replace(block, pieces=tuple(pieces))
            case Chart():
                yield _remark(f"图“{block.title}”{said}。")
                if change == "new":
                    yield block
            case AppendixList() | Signature() | Remark():
                if change == "new":
                    yield block

    def _both(self, old: Block, new: Block) -> Iterator[Block]:
        """A block of both, which differs."""
        match old, new:
            case Paragraph(), Paragraph():
                yield replace(new, runs=self._paragraph(old, new))
            case Heading(), Heading():
                runs = self._words(old.label, (Run(new.label),)) if old.label != new.label else ()
                yield replace(new, runs=runs)
            case Table(), Table():
                rows, gone = self._rows(old.rows, new.rows, len(old.widths) == len(new.widths))
                yield replace(new, rows=rows)
                yield from self._below(gone, old.note, new.note)
            case Form(), Form():
                yield from self._form(old, new)
            case Chart(), Chart():
                yield new
                if old.points != new.points:
                    yield _remark("上图中的数有变化。")
            case _:
                yield new

    def _paragraph(self, old: Paragraph, new: Paragraph) -> tuple[Run, ...]:
        """A heading at the beginning stays one run, in a face of its own."""
        if not new.level or not old.level:
            return self._words(old.text, new.runs)
        was, head = old.runs[0].text, new.runs[0]
        rest = self._words("".join(run.text for run in old.runs[1:]), new.runs[1:])
        if was == head.text:
            return (head, *rest)
        return (replace(head, change="new"), Run(was, change="gone"), *rest)

    def _form(self, old: Form, new: Form) -> Iterator[Block]:
        pieces, gone = [], []
        for was, piece in aligned(old.pieces, new.pieces, _same_head, self.effort):
            if piece is None:
                gone += was.rows
            elif was is None:
                pieces.append(replace(piece, rows=self._rows_whole(piece.rows, "new")))
            else:
                rows, lost = self._rows(was.rows, piece.rows, old.columns == new.columns)
                pieces.append(replace(piece, rows=rows))
                gone += lost
        yield replace(new, pieces=tuple(pieces))
        yield from self._below(gone, _foot(old), _foot(new))

    def _below(self, gone: Sequence[Row], old: str, new: str) -> Iterator[Remark]:
        """What stands under a table: rows that it cannot take up, and its note where that differs."""
        if gone:
            texts = ("，".join(cell.text for cell in row.cells if cell.text) for row in gone)
            yield Remark((Run("上表删去的行："), *(Run(text, change="gone") for text in texts)))
        if old != new:
            yield Remark((Run("上表下面的文字："), *self._words(old, (Run(new),))))

    # ── rows and cells ──────────────────────────────────────────────────────────────────────────────────

    def _rows(self, old: Sequence[Row], new: Sequence[Row], fits: bool) -> tuple[tuple[Row, ...], list[Row]]:
        """The marked rows, and those of `old` that cannot stand among them; `fits`: on the same columns."""
        merged = any(cell.rowspan > 1 for row in (*old, *new) for cell in row.cells)
        if merged and [_shape(row) for row in old] == [_shape(row) for row in new]:
            pairs = list(zip(old, new, strict=True))
        else:
            pairs = list(aligned(old, new, _akin_rows, self.effort))
            fits = fits and not merged
        rows, gone = [], []
        for was, row in pairs:
            if row is None and fits:
                rows += self._rows_whole((replace(was, anchor=""),), "gone")
            elif row is None:
                gone.append(was)
            elif was is None:
                rows += self._rows_whole((row,), "new")
            else:
                rows.append(self._row(was, row))
        return tuple(rows), gone

    def _row(self, old: Row, new: Row) -> Row:
        cells = (
            replace(cell, runs=self._words(was.text, (Run(cell.text),))) if was.text != cell.text else cell
            for was, cell in zip(old.cells, new.cells, strict=True)
        )
        return replace(new, cells=tuple(cells))

    def _rows_whole(self, rows: Sequence[Row], change: Change) -> tuple[Row, ...]:
        return tuple(replace(row, cells=tuple(_cell(cell, change) for cell in row.cells)) for row in rows)

    # ── words ───────────────────────────────────────────────────────────────────────────────────────────

    def _words(self, old: str, runs: tuple[Run, ...]) -> tuple[Run, ...]:
        """`runs` cut where words are new, with what is gone between them."""
        pieces = difference(old, "".join(run.text for run in runs), self.effort)
        rest, found = list(runs), []
        for piece in pieces:
            if piece.kind == "gone":
                found.append(Run(piece.text, change="gone"))
                continue
            length = len(piece.text)
            while length:
                run = rest.pop(0)
                taken, left = run.text[:length], run.text[length:]
                found.append(replace(run, text=taken, change="new" if piece.kind == "new" else ""))
                length -= len(taken)
                if left:
                    rest.insert(0, replace(run, text=left))
        return tuple(found)


def aligned(
    old: Sequence[One], new: Sequence[One], akin: Callable[[One, One], bool], effort: Effort
) -> Iterator[tuple[One | None, One | None]]:
    """Pairs in the new order; what has no partner stands alone, what is gone where it stood."""
    for tag, a, b, c, d in opcodes(old, new, effort):
        if tag == "equal":
            yield from zip(old[a:b], new[c:d], strict=True)
            continue
        at = a
        for one in new[c:d]:
            reach = range(at, min(b, at + REACH))
            partner = next((number for number in reach if akin(old[number], one)), None)
            if partner is None:
                yield None, one
                continue
            yield from ((gone, None) for gone in old[at:partner])
            yield old[partner], one
            at = partner + 1
        yield from ((gone, None) for gone in old[at:b])


def _akin(old: Block, new: Block) -> bool:
    """Whether a block may be an older form of another."""
    if type(old) is not type(new):
        return False
    match old, new:
        case (Paragraph(), Paragraph()) | (Heading(), Heading()):
            named = bool(new.anchor) and old.anchor == new.anchor
            return named or _alike(_text(old), _text(new))
        case (Table(), Table()) | (Form(), Form()):
            named = bool(new.anchor and old.anchor)
            return old.anchor == new.anchor if named else old.caption == new.caption
        case Chart(), Chart():
            return old.title == new.title
    return True


def _text(block: Paragraph | Heading) -> str:
    return block.text if isinstance(block, Paragraph) else block.label


def _alike(old: str, new: str) -> bool:
    here, there = (set(pairwise(text)) for text in (old, new))
    return 2 * len(here & there) >= AKIN * (len(here) + len(there))


def _akin_rows(old: Row, new: Row) -> bool:
    if _shape(old) != _shape(new) or old.total != new.total:
        return False
    if old.total or old.cells[0].text == new.cells[0].text:
        return True
    same = sum(one.text == other.text for one, other in zip(old.cells, new.cells, strict=True))
    return 2 * same >= len(new.cells)


def _same_title(old: Part, new: Part) -> bool:
    return old.title == new.title


def _same_head(old: Piece, new: Piece) -> bool:
    return old.head == new.head


def _shape(row: Row) -> tuple[tuple[int, int], ...]:
    return tuple((cell.rowspan, cell.colspan) for cell in row.cells)


def _cell(cell: Cell, change: Change) -> Cell:
    return replace(cell, runs=(Run(cell.text, change=change),)) if cell.text else cell


def _foot(form: Form) -> str:
    lines = ("　".join(run.text for run in line) for line in form.footer)
    return "\n".join((*lines, *form.note))


def _remark(text: str) -> Remark:
    return Remark((Run(text),))
