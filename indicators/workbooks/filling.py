"""A template laid out as the tables of the workbook: for each sheet its columns and its rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from ..engine.spec import TemplateSpec
from ..engine.words import called, noun
from . import cells
from .columns import Column, Row, follow
from .layout import GENERAL, LEVELS, Sheet, Workbook, workbook_for

#: Excel holds no longer text in a cell.
MAX_CHARS = 32_767


class NotInExcel(ValueError):
    """The template says something that a workbook cannot hold. `args[0]`: one Chinese sentence."""


@dataclass(frozen=True, slots=True)
class Filled:
    """A sheet ready to be written. `open_to`: for each row the heads that its piece has (None: all)."""

    title: str
    columns: list[Column]
    rows: list[Row]
    open_to: list[frozenset[str] | None]


def general(spec: TemplateSpec) -> list[tuple[Column, str | cells.Number | None]]:
    """What the template says of itself, one name and value a row. Raises `NotInExcel`."""
    pieces = workbook_for(spec).general
    (row,) = pieces.lay_one(spec)
    for head, content in row.items():
        _refuse_long(GENERAL, head, content)
    return [(column, row.get(column.head) or column.default or None) for column in pieces.heads()]


def filled(spec: TemplateSpec) -> list[Filled]:
    """The sheets of lists, in their order. Raises `NotInExcel`."""
    book = workbook_for(spec)
    tables = [_filled(sheet, book, spec) for sheet in book.sheets]
    for table in tables:
        for row in table.rows:
            for head, content in row.items():
                _refuse_long(table.title, head, content)
    return tables


def _filled(sheet: Sheet, book: Workbook, spec: TemplateSpec) -> Filled:
    rows: list[Row] = []
    open_to: list[frozenset[str] | None] = []
    deepest = 3
    several = len(sheet.pieces.classes) > 1
    for ahead, depth, piece in _pieces(sheet, book, spec):
        laid = sheet.pieces.lay_one(piece)
        laid[0] = ahead | laid[0]
        if depth > len(LEVELS):
            raise NotInExcel(f"{noun(type(piece))}超过 {len(LEVELS)} 级，不能写进 Excel。请导出 YAML。")
        if depth:
            deepest = max(deepest, depth)
            laid[0][sheet.level(depth)] = laid[0].pop(sheet.name.head)
        own = sheet.pieces.columns[type(piece)].values()
        heads = frozenset(column.head for column in own) | ahead.keys() if several else None
        rows += laid
        open_to += [heads] * len(laid)
    return Filled(sheet.title, sheet.columns(deepest), rows, open_to)


def _pieces(sheet: Sheet, book: Workbook, spec: TemplateSpec) -> Iterator[tuple[Row, int, Any]]:
    """Every piece of a sheet with the cells that stand before it and its level in a tree (0: none)."""
    if sheet.owner is None:
        for (key,) in sheet.paths:
            for depth, piece in _walk(follow(spec, (key,)), 1):
                yield {}, depth if sheet.tree_key else 0, piece
        return
    owners = list(_owners(book, sheet.owner, spec))
    _refuse_doubles(owners)
    for owner in owners:
        for path in sheet.paths:
            for piece in _each(follow(owner, path)):
                ahead: Row = {sheet.code.head: sheet.code.written(owner.code)}
                if called(owner):
                    ahead[sheet.called] = sheet.code.written(called(owner))
                if sheet.belongs:
                    ahead[sheet.belongs.head] = sheet.belongs.words[path]
                yield ahead, 0, piece


def _owners(book: Workbook, cls: type, spec: TemplateSpec) -> Iterator[Any]:
    for sheet in book.sheets:
        if sheet.owner is None and cls in sheet.pieces.classes:
            for (key,) in sheet.paths:
                yield from (piece for _, piece in _walk(follow(spec, (key,)), 1))


def _walk(pieces: Any, depth: int) -> Iterator[tuple[int, Any]]:
    """Pieces and those below them, with their level."""
    for piece in _each(pieces):
        yield depth, piece
        yield from _walk(getattr(piece, "children", ()), depth + 1)


def _each(value: Any) -> tuple[Any, ...]:
    if value is None:
        return ()
    return value if isinstance(value, tuple) else (value,)


def _refuse_doubles(owners: Iterable[Any]) -> None:
    owners = list(owners)
    for code, times in Counter(owner.code for owner in owners).items():
        if times > 1:
            raise NotInExcel(
                f"有 {times} 个{noun(type(owners[0]))}的代码都是“{code}”，在 Excel 里分不清"
                "其他工作表的内容属于哪一个。请先改正代码，或导出 YAML。"
            )


def _refuse_long(title: str, head: str, content: str | cells.Number) -> None:
    if isinstance(content, str) and len(content.encode("utf-16-le")) // 2 > MAX_CHARS:
        raise NotInExcel(
            f"工作表“{title}”的“{head}”有 {len(content)} 个字，Excel 一格最多 {MAX_CHARS} 个字。"
            "请先删短，或导出 YAML。"
        )
