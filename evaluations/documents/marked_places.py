"""The places of a document in which something is marked, numbered for going from one to the next."""

from __future__ import annotations

from dataclasses import replace
from itertools import count

from .model import Block, Cover, Document, Form, Heading, Paragraph, Part, Remark, Row, Run, Table


def numbered(document: Document) -> tuple[Document, int]:
    """The document with the number of each place at its first marked run, and how many there are.

    A paragraph, a heading, a row of a table and a line of the cover are one place each.
    """
    numbers = _Numbers()
    cover = numbers.cover(document.cover) if document.cover else None
    parts = tuple(numbers.part(part) for part in document.parts)
    return replace(document, cover=cover, parts=parts), next(numbers.free) - 1


class _Numbers:
    def __init__(self) -> None:
        self.free = count(1)

    def cover(self, cover: Cover) -> Cover:
        return replace(cover, lines=tuple(replace(line, runs=self.runs(line.runs)) for line in cover.lines))

    def part(self, part: Part) -> Part:
        return replace(part, blocks=tuple(map(self.block, part.blocks)))

    def block(self, block: Block) -> Block:
        if isinstance(block, Paragraph | Heading | Remark):
            return replace(block, runs=self.runs(block.runs)) if _marked(block.runs) else block
        if isinstance(block, Table):
            return replace(block, rows=tuple(map(self.row, block.rows)))
        if isinstance(block, Form):
            pieces = (replace(piece, rows=tuple(map(self.row, piece.rows))) for piece in block.pieces)
            return replace(block, pieces=tuple(pieces))
        return block

    def row(self, row: Row) -> Row:
        at = next((number for number, cell in enumerate(row.cells) if _marked(cell.runs)), None)
        if at is None:
            return row
        cell = replace(row.cells[at], runs=self.runs(row.cells[at].runs))
        return replace(row, cells=(*row.cells[:at], cell, *row.cells[at + 1 :]))

    def runs(self, runs: tuple[Run, ...]) -> tuple[Run, ...]:
        at = next((number for number, run in enumerate(runs) if run.change), None)
        if at is None:
            return runs
        return (*runs[:at], replace(runs[at], place=next(self.free)), *runs[at + 1 :])


def _marked(runs: tuple[Run, ...]) -> bool:
    return any(run.change for run in runs)
