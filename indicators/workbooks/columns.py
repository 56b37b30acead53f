"""Columns of a sheet, and what the type hints of the classes tell about them."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any, Protocol

from ..engine.reading import default_of, stated
from ..ordering import SortKey
from . import cells
from .cells import CellFault, Number
from .grid import Line, Log

DOT = "·"
#: Marks the head of a column that only helps to read; what stands below is not read.
FOR_READING = "（供对照）"
#: head → what is put under it.
Row = dict[str, str | Number]


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `words`: how its closed values are said; `default`: what a blank cell means.

    `required`: nothing can be read without it.
    """

    head: str
    hint: Any = str
    words: Mapping[Any, str] = dataclasses.field(default_factory=dict, compare=False)
    required: bool = False
    default: str = ""

    def written(self, value: Any) -> str | Number:
        return cells.written(value, self.words)

    def taken(self, line: Line, log: Log, place: str = "") -> Any:
        """The plain data of the line's cell; None where it is blank, or wrong, which is noted."""
        if place:
            log.places.setdefault(place, line.at(self.head))
            if self.head not in line.heads:
                log.wrong.add(place)  # that the column is missing has been said
        cell = line.cells.get(self.head)
        if cell is None:
            return None
        if cell.fault:
            return log.problem(cell.spot, cell.fault, place)
        try:
            value = cells.read(cell.value, self.hint, self.words)
        except CellFault as fault:
            return log.problem(cell.spot, str(fault), place)
        return value


def beginnings(
    lines: Sequence[Line], heads: Sequence[str], is_inner: Callable[[str], bool], log: Log
) -> list[list[Line]]:
    """The lines of each piece: from one in which one of `heads` is filled to the next.

    `is_inner`: whether a head is one of what the pieces hold, of which nothing may stand above the first.
    """
    chunks: list[list[Line]] = []
    for line in lines:
        if any(head in line.cells for head in heads):
            chunks.append([line])
        elif chunks:
            chunks[-1].append(line)
        elif astray := next(filter(is_inner, line.cells), None):
            log.problem(line.at(astray), f"上面没有它所属的一项：请先在这一行填“{heads[0]}”")
    return chunks


def beside(parts: Iterable[Sequence[Row]]) -> list[Row]:
    """Lists side by side, each from the first row on."""
    return [
        {head: content for row in rows if row for head, content in row.items()}
        for rows in zip_longest(*parts)
    ]


class Layout(Protocol):
    """What groups ask of the whole: which pieces have sheets of their own, order and names of keys."""

    order: SortKey
    labels: Mapping[str, str]

    def elsewhere(self, hint: Any) -> bool: ...

    def row_names(self, head: str) -> Mapping[str, str]: ...


def classes_in(hint: Any) -> tuple[type, ...]:
    """The classes of which a key holds one or several; () for values, mappings and grids."""
    if dataclasses.is_dataclass(hint):
        return (hint,)
    if typing.get_origin(hint) is tuple:
        inner = typing.get_args(hint)[0]
        return classes_in(inner) if typing.get_origin(inner) is not tuple else ()
    if typing.get_origin(hint) in (typing.Union, types.UnionType):
        return tuple(cls for option in typing.get_args(hint) for cls in classes_in(option))
    return ()


def record(hint: Any) -> type | None:
    """The class of a key that holds a single piece or none."""
    found = classes_in(hint)
    return found[0] if len(found) == 1 and not is_many(hint) else None


def is_many(hint: Any) -> bool:
    """Whether a key holds a list."""
    return typing.get_origin(hint) is tuple


def follow(piece: Any, path: tuple[str, ...]) -> Any:
    """What stands at the end of keys; None where a piece on the way is absent."""
    for key in path:
        piece = getattr(piece, key, None)
    return piece


def is_stated(piece: Any, key: str) -> bool:
    """Whether a key is written: it is no default, or says of what kind the piece is."""
    return key == "kind" or any(name == key for name, _ in stated(piece))


def said_default(default: Any, words: Mapping[Any, str]) -> str:
    """What a blank cell means, where that is not nothing."""
    if default is None or default == () or (default == "" and "" not in words):
        return ""
    content = cells.written(default, words)
    return content.digits if isinstance(content, Number) else content


def is_required(cls: type, key: str) -> bool:
    return any(
        item.name == key and default_of(item) is dataclasses.MISSING for item in dataclasses.fields(cls)
    )


def joined(place: str, path: tuple[str, ...]) -> str:
    """The place of what stands at the end of keys."""
    return ".".join((place, *path) if place else path)


def put(data: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    """Store a value at the end of keys, making what is on the way."""
    for key in path[:-1]:
        data = data.setdefault(key, {})
    data[path[-1]] = value
