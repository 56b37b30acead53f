"""How the pieces of a template lie in the rows of a sheet, by the type hints of their classes.

A piece begins in the row in which one of its own cells is filled; its lists run down beside it in columns
headed `list·key`, each from that row on, and end where the next piece begins. So an example and its figures,
or a form, its rows and their cells, are read from top to bottom. Each group of columns knows three things:
its heads, how it lays a value out, and how it takes it back as plain data.
"""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..engine.names import fold
from ..engine.reading import default_of, hints_of, names_rule
from ..engine.words import choices, name_of, noun
from ..ordering import SortKey
from . import cells
from .cells import Number
from .columns import (
    DOT,
    FOR_READING,
    Column,
    Layout,
    Row,
    beginnings,
    beside,
    follow,
    is_many,
    is_required,
    is_stated,
    joined,
    put,
    record,
    said_default,
)
from .grid import Line, Log


class Pieces:
    """Pieces of one class, or of one of several, told apart by `kind` or by whoever takes them."""

    def __init__(self, classes: tuple[type, ...], prefix: str, layout: Layout) -> None:
        self.classes = classes
        self.columns: dict[type, dict[tuple[str, ...], Column]] = {cls: {} for cls in classes}
        self.inside: dict[type, dict[tuple[str, ...], Group]] = {cls: {} for cls in classes}
        #: Lists that must be given and lie on other sheets.
        self.owed: dict[type, list[str]] = {cls: [] for cls in classes}
        for cls in classes:
            self._add(cls, cls, prefix, (), layout)
        kinds = {
            hints_of(cls)["kind"]: cls for cls in classes if "kind" in hints_of(cls) and len(classes) > 1
        }
        self.kinds = {typing.get_args(hint)[0]: cls for hint, cls in kinds.items()}

    def _add(self, cls: type, owner: type, prefix: str, path: tuple[str, ...], layout: Layout) -> None:
        """The keys of `owner`, which is `cls` itself or a single piece within it."""
        hints = hints_of(owner)
        for item in sorted(
            dataclasses.fields(owner), key=lambda one: not names_rule(one.name, hints[one.name])
        ):
            hint, way = hints[item.name], (*path, item.name)
            head = f"{prefix}{name_of(owner, item.name)}"
            if cells.is_cell(hint):
                words = choices(owner, item.name)
                if names_rule(item.name, hint):
                    words = {typing.get_args(hints_of(one)["kind"])[0]: noun(one) for one in self.classes}
                    hint = typing.Literal[tuple(words)]
                default = default_of(item)
                required = default is dataclasses.MISSING or names_rule(item.name, hints[item.name])
                said = "" if required else said_default(default, words)
                self.columns[cls][way] = Column(head, hint, words, required and not path, said)
            elif layout.elsewhere(hint):
                if is_many(hint) and not path and is_required(owner, item.name):
                    self.owed[cls].append(item.name)
            elif (single := record(hint)) is not None:
                self._add(cls, single, f"{head}{DOT}", way, layout)
            else:
                self.inside[cls][way] = group_of(hint, head, layout)

    def heads(self) -> list[Column]:
        """First the cells of the pieces, then their lists; owed is what pieces of every class must have."""
        found: dict[str, Column] = {}
        for cls in self.classes:
            for column in self.columns[cls].values():
                found.setdefault(column.head, column)
        owed = [{one.head for one in self.columns[cls].values() if one.required} for cls in self.classes]
        own = [replace(one, required=one.head in set.intersection(*owed)) for one in found.values()]
        lists: dict[str, Column] = {}
        for cls in self.classes:
            for group in self.inside[cls].values():
                for column in group.heads():
                    lists.setdefault(column.head, replace(column, required=False))
        return [*own, *lists.values()]

    def own(self) -> list[str]:
        return list(dict.fromkeys(one.head for cls in self.classes for one in self.columns[cls].values()))

    def is_inner(self, head: str) -> bool:
        """Whether a column belongs to the lists of the pieces."""
        lists = [one for cls in self.classes for one in self.inside[cls].values()]
        known = {column.head for one in lists for column in one.heads()}
        return head in known or head.startswith(self.free())

    def free(self) -> tuple[str, ...]:
        """Beginnings of heads that come from what the template says, not from a class."""
        return tuple(
            prefix for cls in self.classes for one in self.inside[cls].values() for prefix in one.free()
        )

    def lay(self, pieces: Iterable[Any]) -> list[Row]:
        return [row for piece in pieces for row in self.lay_one(piece)]

    def lay_one(self, piece: Any) -> list[Row]:
        """The rows of one piece, at least one; a piece of defaults says the first of them."""
        cls, row = type(piece), {}
        for path, column in self.columns[cls].items():
            owner = follow(piece, path[:-1])
            if owner is not None and is_stated(owner, path[-1]):
                row[column.head] = column.written(getattr(owner, path[-1]))
        if not row and self.columns[cls]:
            (path, column), *_ = self.columns[cls].items()
            row[column.head] = column.written(follow(piece, path))
        parts = [group.lay(follow(piece, path) or ()) for path, group in self.inside[cls].items()]
        return beside([[row], *parts])

    def take(self, lines: Sequence[Line], place: str, log: Log) -> list[dict[str, Any]]:
        chunks = beginnings(lines, self.own(), self.is_inner, log)
        return [self.take_one(chunk, f"{place}[{number}]", log) for number, chunk in enumerate(chunks)]

    def take_one(
        self, chunk: Sequence[Line], place: str, log: Log, cls: type | None = None
    ) -> dict[str, Any]:
        """One piece from its lines. `cls`: which of the classes, where no kind tells."""
        first = chunk[0]
        log.places[place] = first.spot
        data: dict[str, Any] = {}
        cls = cls or self._class(first, place, log)
        if cls is None:
            return data
        data |= {key: [] for key in self.owed[cls]}
        for path, column in self.columns[cls].items():
            value = column.taken(first, log, joined(place, path))
            if column.head in first.cells:
                put(data, path, value)
        for path, group in self.inside[cls].items():
            value = group.take(chunk, joined(place, path), log)
            if value or (len(path) == 1 and is_required(cls, path[0])):
                put(data, path, value)
        self._refuse_foreign(first, cls, log)
        return data

    def _class(self, line: Line, place: str, log: Log) -> type | None:
        """By the kind that the line says; None when it says none, which is noted."""
        if not self.kinds:
            return self.classes[0]
        column = self.columns[self.classes[0]]["kind",]
        if column.head not in line.cells:
            named = "、".join(column.words.values())
            log.problem(line.at(column.head), f"空着，请从下拉列表中选：{named}", f"{place}.kind")
        return self.kinds.get(column.taken(line, log, f"{place}.kind"))

    def _refuse_foreign(self, line: Line, cls: type, log: Log) -> None:
        mine = {column.head for column in self.columns[cls].values()}
        for head in self.own():
            if head in line.cells and head not in mine:
                log.problem(line.at(head), f"“{noun(cls)}”没有“{head}”这一项：请清空，或改选别的类型")


class Pairs:
    """A mapping: one row an entry, its code and its value."""

    def __init__(self, value: Any, head: str, layout: Layout) -> None:
        self.key, self.value = Column(f"{head}{DOT}代码"), Column(f"{head}{DOT}值", value)
        self.called = Column(f"{head}{DOT}名称{FOR_READING}")
        self.order, self.labels = layout.order, layout.labels

    def heads(self) -> list[Column]:
        return [self.key, self.called, self.value]

    def free(self) -> tuple[str, ...]:
        return ()

    def lay(self, value: Any) -> list[Row]:
        rows: list[Row] = []
        for key in sorted(value, key=self.order):
            rows.append(
                {self.key.head: self.key.written(key), self.value.head: self.value.written(value[key])}
            )
            if label := self.labels.get(key):
                rows[-1][self.called.head] = self.called.written(label)
        return rows

    def take(self, lines: Sequence[Line], place: str, log: Log) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for line in lines:
            if self.key.head not in line.cells and self.value.head not in line.cells:
                continue
            key = self.key.taken(line, log)
            if key is None and self.key.head not in line.cells:
                log.problem(line.at(self.key.head), f"空着，旁边却有“{self.value.head}”：请补上代码")
            elif key in data:
                log.problem(line.at(self.key.head), f"“{cells.short(key)}”已经写过：请删去其中一行")
            elif key is not None and self.value.head not in line.cells:
                log.problem(
                    line.at(self.value.head), f"空着，旁边却有“{key}”：请补上，空文字填“{cells.NONE}”"
                )
            elif key is not None:
                data[key] = self.value.taken(line, log, f"{place}.{key}")
        return data


class Rows:
    """Rows of a table as a person types them: one row each, a column for every key."""

    def __init__(
        self, head: str, names: Mapping[str, str], order: SortKey, taken: tuple[str, ...] = ()
    ) -> None:
        self.prefix, self.order = f"{head}{DOT}", order
        self.number = Column(f"{self.prefix}序号", int)
        self.names, self.taken_heads = dict(names), {self.number.head, *taken}
        self.extra: set[str] = set()

    def heads(self) -> list[Column]:
        extra = sorted(self.extra, key=self.order)
        return [self.number, *(Column(self._head(key)) for key in (*self.names, *extra))]

    def free(self) -> tuple[str, ...]:
        return (self.prefix,)

    def lay(self, value: Any) -> list[Row]:
        self.extra |= {key for row in value for key in row if key not in self.names}
        return [
            {self.number.head: Number(str(number))}
            | {self._head(key): cells.written(row[key]) for key in row}
            for number, row in enumerate(value, 1)
        ]

    def take(self, lines: Sequence[Line], place: str, log: Log) -> list[dict[str, Any]]:
        rows = []
        for line in lines:
            heads = [
                head for head in line.cells if head.startswith(self.prefix) and head not in self.taken_heads
            ]
            if heads or self.number.head in line.cells:
                where = f"{place}[{len(rows)}]"
                log.places[where] = line.spot
                keys = {self._key(head): head for head in heads}
                rows.append(
                    {key: Column(head).taken(line, log, f"{where}.{key}") for key, head in keys.items()}
                )
        return rows

    def _head(self, key: str) -> str:
        """A key that reads like another column stands in quotes."""
        if key in self.names:
            return f"{self.prefix}{self.names[key]}"
        head = f"{self.prefix}{cells.written(key)}"
        known = {self.prefix + name for name in self.names.values()} | self.taken_heads
        return f"{self.prefix}{cells.quoted(key)}" if fold(head) in map(fold, known) else head

    def _key(self, head: str) -> str:
        name = head.removeprefix(self.prefix)
        return next((key for key, known in self.names.items() if known == name), None) or cells.read(
            name, str
        )


class Tables:
    """Tables by code, each with its rows."""

    def __init__(self, head: str, order: SortKey) -> None:
        self.code, self.order = Column(f"{head}{DOT}表格代码"), order
        self.rows = Rows(head, {}, order, (self.code.head,))

    def heads(self) -> list[Column]:
        return [self.code, *self.rows.heads()]

    def free(self) -> tuple[str, ...]:
        return self.rows.free()

    def lay(self, value: Any) -> list[Row]:
        return [
            row
            for code in sorted(value, key=self.order)
            for row in beside([[{self.code.head: self.code.written(code)}], self.rows.lay(value[code])])
        ]

    def take(self, lines: Sequence[Line], place: str, log: Log) -> dict[str, Any]:
        data: dict[str, Any] = {}
        for chunk in beginnings(lines, [self.code.head], lambda head: head.startswith(self.rows.prefix), log):
            code = self.code.taken(chunk[0], log)
            if code in data:
                log.problem(
                    chunk[0].at(self.code.head), f"表“{cells.short(code)}”已经写过：请把它的行写在一起"
                )
            elif code is not None:
                data[code] = self.rows.take(chunk, f"{place}.{code}", log)
        return data


class Grid:
    """Rows of pieces, such as the cells of a form: each begins with its number."""

    def __init__(self, cls: type, head: str, layout: Layout) -> None:
        self.number = Column(f"{head}{DOT}序号", int)
        self.pieces = Pieces((cls,), f"{noun(cls)}{DOT}", layout)

    def heads(self) -> list[Column]:
        return [self.number, *self.pieces.heads()]

    def free(self) -> tuple[str, ...]:
        return self.pieces.free()

    def lay(self, value: Any) -> list[Row]:
        return [
            row
            for number, pieces in enumerate(value, 1)
            for row in beside([[{self.number.head: Number(str(number))}], self.pieces.lay(pieces)])
        ]

    def take(self, lines: Sequence[Line], place: str, log: Log) -> list[Any]:
        inner = {column.head for column in self.pieces.heads()}
        chunks = beginnings(lines, [self.number.head], inner.__contains__, log)
        return [self.pieces.take(chunk, f"{place}[{number}]", log) for number, chunk in enumerate(chunks)]


Group = Pieces | Pairs | Rows | Tables | Grid


def group_of(hint: Any, head: str, layout: Layout) -> Group:
    """The columns for a list or mapping under `head`."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin is dict:
        return Pairs(inner[1], head, layout) if cells.is_cell(inner[1]) else Tables(head, layout.order)
    if origin is tuple and dataclasses.is_dataclass(inner[0]):
        return Pieces((inner[0],), f"{head}{DOT}", layout)
    if origin is tuple and typing.get_origin(inner[0]) is tuple:
        return Grid(typing.get_args(inner[0])[0], head, layout)
    if origin is tuple and typing.get_origin(inner[0]) is dict:
        return Rows(head, layout.row_names(head), layout.order)
    raise TypeError(f"no columns for {hint}")
