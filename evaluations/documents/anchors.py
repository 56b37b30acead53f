"""Anchors of a document's parts, blocks and rows: every name once, and which one a figure has."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from indicators.engine.compiled import CompiledTemplate

from .model import Block, Form, Heading, Paragraph, Part, Row, Table

Name = Callable[[str], str]


def unique(parts: Iterable[Part]) -> tuple[Part, ...]:
    """The same with every anchor only where it comes first."""
    seen: set[str] = set()

    def first(anchor: str) -> str:
        if anchor in seen:
            return ""
        seen.add(anchor)
        return anchor

    found = []
    for part in parts:
        anchor = first(part.anchor) if part.anchor else ""
        found.append(
            replace(part, anchor=anchor, blocks=tuple(renamed(block, first) for block in part.blocks))
        )
    return tuple(found)


def place(compiled: CompiledTemplate, box: str) -> str:
    """Where the document prints what a box stands for: its own place, else its chapter, "" for none."""
    code = re.split(r"[\[.]", box, maxsplit=1)[0]
    code = compiled.answers.get(code, code)
    for prefix, known in (("x", compiled.texts), ("t", compiled.tables), ("i", compiled.leaf)):
        if code in known:
            return f"{prefix}-{code}"
    return f"s-{compiled.step_of[code]}" if code in compiled.step_of else ""


def renamed(block: Block, name: Name) -> Block:
    """`block` with `name` applied to its anchor and to those of its rows."""
    if isinstance(block, Heading | Paragraph):
        return replace(block, anchor=name(block.anchor)) if block.anchor else block
    if isinstance(block, Table):
        return replace(block, anchor=_name(block.anchor, name), rows=_rows(block.rows, name))
    if isinstance(block, Form):
        anchor = _name(block.anchor, name)
        pieces = tuple(replace(piece, rows=_rows(piece.rows, name)) for piece in block.pieces)
        return replace(block, anchor=anchor, pieces=pieces)
    return block


def _rows(rows: tuple[Row, ...], name: Name) -> tuple[Row, ...]:
    return tuple(replace(row, anchor=name(row.anchor)) if row.anchor else row for row in rows)


def _name(anchor: str, name: Name) -> str:
    return name(anchor) if anchor else ""
