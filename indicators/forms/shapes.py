"""How a value of the spec is typed, by its type hint: one text, a tick, rows, a piece within the piece."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from typing import Any, Literal, Union

from ..engine.chapters import Section
from ..engine.parts import LISTS, NUMBERED, WHOLE
from ..engine.reading import default_of, hints_of
from ..engine.spec import Indicator, TemplateSpec

#: Keys that are no part of the piece's own form: they are edited as pieces of their own.
ELSEWHERE = frozenset(
    {(Indicator, "children"), (Section, "children")}
    | {(TemplateSpec, name) for name in (*LISTS, NUMBERED, *WHOLE)}
)

Kind = Literal[
    "text",  # str
    "number",  # Decimal
    "whole",  # int
    "tick",  # bool
    "choice",  # Literal
    "lines",  # tuple[str, …]: one a line
    "wholes",  # tuple[int, …]: one after the other
    "rows",  # tuple of anything else
    "piece",  # a dataclass
    "rule",  # one of several dataclasses, told apart by `kind`
    "groups",  # dict[str, tuple[str, …]]: a line each, 产出指标：数量指标；质量指标
    "mapping",  # dict[str, …]
]


@dataclass(frozen=True, slots=True)
class Shape:
    """`cls` of a piece; `item` of rows and mappings; `rules` by kind; `values` of a choice.

    `optional`: None may stand there. `required`: it has no default.
    """

    kind: Kind
    cls: type | None = None
    item: Shape | None = None
    rules: Mapping[str, type] = field(default_factory=dict, hash=False)
    values: tuple[str, ...] = ()
    optional: bool = False
    required: bool = False


_SCALARS: dict[type, Kind] = {str: "text", Decimal: "number", int: "whole", bool: "tick"}


@cache
def shapes_of(cls: type) -> Mapping[str, Shape]:
    """The keys of a class that its form has, in their order, but not a `kind` that has one value only."""
    hints = hints_of(cls)
    found = {}
    for item in dataclasses.fields(cls):
        if (cls, item.name) in ELSEWHERE or len(_literals(hints[item.name])) == 1:
            continue
        required = default_of(item) is dataclasses.MISSING
        found[item.name] = dataclasses.replace(shape_of(hints[item.name]), required=required)
    return found


def shape_of(hint: Any) -> Shape:
    """The shape of a type of the spec: of a class, of `tuple[Band, ...]`, of `Decimal | None`."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if dataclasses.is_dataclass(hint):
        return Shape("piece", hint)
    if origin is Literal:
        return Shape("choice", values=arguments)
    if origin is tuple:
        plain: dict[type, Kind] = {str: "lines", int: "wholes"}
        return Shape(plain.get(arguments[0], "rows"), item=shape_of(arguments[0]))
    if origin is dict:
        item = shape_of(arguments[1])
        return Shape("groups" if item.kind == "lines" else "mapping", item=item)
    if origin in (Union, types.UnionType):
        options = [option for option in arguments if option is not type(None)]
        optional = len(options) < len(arguments)
        if len(options) == 1:
            return dataclasses.replace(shape_of(options[0]), optional=optional)
        kinds = {_literals(hints_of(option)["kind"])[0]: option for option in options}
        return Shape("rule", rules=kinds, optional=optional)
    return Shape(_SCALARS[hint])


def _literals(hint: Any) -> tuple[Any, ...]:
    return typing.get_args(hint) if typing.get_origin(hint) is Literal else ()


def child(name: str, key: str) -> str:
    """The name of a key of the piece called `name` ("" for the whole form)."""
    return f"{name}.{key}" if name else key
