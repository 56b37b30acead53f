"""Notes in the margin (审核意见): a document as both sides see it on the screen, never the PDF.

A note stands before the block that prints what it speaks of, or before the table that holds the row.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from .model import Block, Document, Form, Heading, Note, Paragraph, Part, Table


def with_notes(document: Document, notes: Mapping[str, tuple[Note, ...]]) -> Document:
    """The same with `notes`, by anchor, beside what they speak of; those without a place come first."""
    left = dict(notes)
    parts = [_part(part, left) for part in document.parts]
    if parts and left:
        homeless = tuple(note for found in left.values() for note in found)
        parts[0] = replace(parts[0], blocks=(*homeless, *parts[0].blocks))
    return replace(document, parts=tuple(parts))


def _part(part: Part, left: dict[str, tuple[Note, ...]]) -> Part:
    blocks: list[Block] = list(left.pop(part.anchor, ())) if part.anchor else []
    for block in part.blocks:
        for anchor in _anchors(block):
            blocks += left.pop(anchor, ())
        blocks.append(block)
    return replace(part, blocks=tuple(blocks))


def _anchors(block: Block) -> Iterator[str]:
    """The anchors of a block and of its rows."""
    if isinstance(block, Heading | Paragraph | Table | Form) and block.anchor:
        yield block.anchor
    rows = block.rows if isinstance(block, Table) else ()
    if isinstance(block, Form):
        rows = tuple(row for piece in block.pieces for row in piece.rows)
    yield from (row.anchor for row in rows if row.anchor)
