"""表式: official forms as one bordered table on a grid of equal columns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from indicators.engine.chapters import Form as FormSpec
from indicators.engine.chapters import FormCell, FormPart
from indicators.engine.spec import Column
from indicators.engine.values import MISSING, Undefined, show

from . import tables, texts
from .indicators import TARGETS, target_lines
from .model import Align, Cell, Form, Piece, Row
from .source import Source

_SCORED = re.compile(r"[{｛]\s*得分\s*[:：]\s*([^{}｛｝|｜]+?)\s*[}｝]")

#: Between 填表人, 填报日期 and what else stands in one line of a footer.
_GAPS = re.compile(r"[ \u3000]{2,}")

#: Blanks before the words of a cell make an indent, so that a second line begins below the first.
DEEPEST = 7


def form(code: str, source: Source) -> Form:
    """The form with everything in it, amounts in the units of their figures."""
    spec = source.compiled.forms[code]
    return Form(
        caption=source.plain(spec.title),
        unit_line=source.plain(spec.unit_line),
        columns=spec.columns,
        pieces=tuple(_pieces(spec, source)),
        footer=tuple(
            tuple(source.cell(words) for words in _GAPS.split(line.strip()) if words)
            for line in spec.footer.splitlines()
        ),
        note=tuple(filter(None, map(texts.tidy, source.plain(spec.note).splitlines()))),
        anchor=f"f-{code}",
    )


def _pieces(spec: FormSpec, source: Source) -> Iterator[Piece]:
    """A run of cells, a table or the indicators each: what may break over pages with its own head."""
    for kind, parts in groupby(spec.parts, key=lambda part: part.kind):
        if kind == "rows":
            yield Piece(tuple(_row(cells, source) for part in parts for cells in part.rows))
            continue
        for part in parts:
            yield _table(part, source) if kind == "table" else _indicators(spec, part, source)


def _row(cells: tuple[FormCell, ...], source: Source) -> Row:
    anchors = (f"x-{cell.of}" for cell in cells if cell.of in source.compiled.texts)
    return Row(tuple(_cell(cell, source) for cell in cells), anchor=next(anchors, ""))


def _cell(cell: FormCell, source: Source) -> Cell:
    align: Align = "center" if cell.label else cell.align
    made = Cell("", align, cell.rows, cell.span, label=cell.label)
    if not cell.of:
        words = source.cell(cell.text)
        text = words.text.lstrip("\u3000")
        indent = min(len(words.text) - len(text), DEEPEST) if cell.align == "left" else 0
        return replace(made, text=text, mark=words.mark, indent=indent)
    if cell.of in source.compiled.texts:
        return _narrative(made, cell.of, source)
    return _figure(made, cell.of, source)


def _narrative(made: Cell, code: str, source: Source) -> Cell:
    """A text in a cell: its paragraphs and headings, a line each."""
    block = source.compiled.texts[code]
    typed = source.figures.facts.texts.get(code, "")
    lines = [
        piece.text if isinstance(piece, texts.Paragraph) else piece.label
        for piece in texts.narrative(typed, block, source, 1)
    ]
    if not lines and block.required and source.draft:
        return replace(made, text=tables.BLANK, mark="missing")
    indent = "　　" if len(lines) > 1 else ""
    return replace(made, text="\n".join(indent + line for line in lines))


def _figure(made: Cell, code: str, source: Source) -> Cell:
    facts, definition = source.figures.facts, source.compiled.fields[code]
    if raw := facts.raw.get(code):
        return replace(made, text=raw, mark="unknown")
    value = source.figures.values[code]
    text = source.override(code) or show(value, definition, source.compiled.unit_of(code))
    blank = (value is MISSING and definition.required) or (isinstance(value, Undefined) and value.missing)
    if not text and blank and source.draft:
        return replace(made, text=tables.BLANK, mark="missing")
    return replace(made, text=text)


# ── what has heads of its own ───────────────────────────────────────────────────────────────────────────────


def _table(part: FormPart, source: Source) -> Piece:
    """The table's heads and rows; one row of 无 where there are none."""
    spec = source.compiled.tables[part.code]
    heads = tuple(
        Cell(_head(column, spec.code, source), "center", colspan=span, label=True)
        for column, span in zip(spec.columns, part.spans, strict=True)
    )
    rows = tuple(
        replace(row, cells=tuple(map(_over, row.cells, part.spans))) for row in tables.rows(part.code, source)
    )
    none = Row(tuple(Cell("" if at else "无", "center", colspan=span) for at, span in enumerate(part.spans)))
    if rows:
        rows = (replace(rows[0], anchor=f"t-{part.code}"), *rows[1:])
    return Piece(rows or (none,), (Row(heads),))


def _head(column: Column, table: str, source: Source) -> str:
    """With the unit where it is not that of the form's other amounts and the label does not name it."""
    label, unit = source.plain(column.label), source.compiled.unit_of(table)
    odd = column.kind == "money" and unit != source.spec.unit and "元" not in label
    return f"{label}（{unit}）" if odd else label


def _over(cell: Cell, span: int) -> Cell:
    return replace(cell, colspan=span)


def _indicators(spec: FormSpec, part: FormPart, source: Source) -> Piece:
    """All indicators but those whose points another cell of this form prints."""
    printed = frozenset(
        code
        for other in spec.parts
        for row in other.rows
        for cell in row
        for code in _SCORED.findall(cell.text)
    )
    labels = [source.plain(column.label) for column in part.columns] or TARGETS
    heads = (
        Cell(head, "center", colspan=span, label=True) for head, span in zip(labels, part.spans, strict=True)
    )
    rows = (
        Row(
            tuple(replace(cell, colspan=sum(part.spans[at : at + cell.colspan])) for at, cell in line.cells),
            line.total,
            line.anchor,
        )
        for line in target_lines(source, printed, part.prints())
    )
    return Piece(tuple(rows), (Row(tuple(heads)),))
