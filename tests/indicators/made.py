"""Templates made from the type hints of the classes: a full one, and any that hypothesis can think of.

They are readable, not usable: codes, formulas and numbers are whatever the types allow.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from decimal import Decimal
from typing import Any, Literal, Union

from hypothesis import strategies as st

from indicators.engine.reading import default_of, hints_of
from indicators.engine.spec import Indicator, TemplateSpec

#: Texts that a file format is tempted to take for something else, or to change.
TRICKY = (
    "", " ", "null", "~", "true", "是", "no", "1.0", "010", "1e3", "0x1F", "2018-06-20", "-", "--", "- a",
    "a: b", "a:b", "a #b", "#", "'", '"', '"甲"', "“甲”", "{年度}", "{{", "[1]", "*a", "&a", "!!int 1",
    "|", ">", "%", "@", "`", "?", ",", "=1+1", "=", "+1", "-1", "@SUM(A1)", " 前", "后 ", "　　缩进",
    "甲\n乙", "甲\n\n  乙\n", "\n甲", "甲\n\n", "甲 \n乙", "甲\r\n乙", "甲\r乙", "\t甲", "甲\x07",
    "\x85", "\u2028", "\ufeff", "\uffff", "１０", "🙂", "_x0041_", "...", "无", "（无）", "甲：乙", "甲=乙",
    "\\n", "a\\", "null\n", "0\n",
)  # fmt: skip

texts = st.one_of(st.sampled_from(TRICKY), st.text(max_size=12), st.text("甲乙 \n:#\"'{}-", max_size=8))
decimals = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15, places=4)
long_decimals = st.integers(-(10**23), 10**23).map(lambda whole: Decimal(whole) / 10**9)


def any_of(hint: Any, depth: int = 3) -> st.SearchStrategy:
    """Anything that a key of this type may hold; trees are at most `depth` deep."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, types.UnionType):
        return st.one_of([any_of(option, depth) for option in inner])
    if origin is Literal:
        return st.sampled_from(inner)
    if origin is tuple:
        most = 2 if depth else 0
        return st.lists(st.deferred(lambda: any_of(inner[0], depth - 1)), max_size=most).map(tuple)
    if origin is dict:
        return st.dictionaries(texts, st.deferred(lambda: any_of(inner[1], depth - 1)), max_size=2)
    if dataclasses.is_dataclass(hint):
        return any_piece(hint, depth)
    return {
        str: texts,
        int: st.integers(-(10**12), 10**12),
        bool: st.booleans(),
        Decimal: st.one_of(decimals, long_decimals),
        type(None): st.none(),
    }[hint]


def any_piece(cls: type, depth: int) -> st.SearchStrategy:
    """One of a class, with some of its optional keys."""
    required, optional = {}, {}
    for item in dataclasses.fields(cls):
        hint = hints_of(cls)[item.name]
        strategy = st.deferred(lambda hint=hint: any_of(hint, depth))
        wanted = default_of(item) is dataclasses.MISSING
        (required if wanted else optional)[item.name] = strategy
    return st.fixed_dictionaries(required, optional=optional).map(lambda given: cls(**given))


def any_template() -> st.SearchStrategy[TemplateSpec]:
    """Templates of one or two pieces of each class, with texts as bad as they come."""
    return any_piece(TemplateSpec, 3)


def full_template() -> TemplateSpec:
    """A template in which every key of every class is given and is no default; rules of all kinds."""
    rules = (option for option in typing.get_args(hints_of(Indicator)["rule"]) if option is not type(None))
    leaves = tuple(
        dataclasses.replace(full(Indicator, f"leaf{number}", 1), rule=full(rule, f"rule{number}", 2))
        for number, rule in enumerate(rules)
    )
    whole = full(TemplateSpec, "x", 5)
    return dataclasses.replace(whole, indicators=whole.indicators + leaves)


def full(hint: Any, name: str, depth: int, default: Any = None) -> Any:
    """A value of the type that is not `default`; lists hold two things each, down to `depth` lists."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, types.UnionType):
        return full(next(option for option in inner if option is not type(None)), name, depth)
    if origin is Literal:
        return next((value for value in reversed(inner) if value != default), inner[0])
    if origin is tuple and depth <= 0 and inner[0] not in (str, int):
        return ()
    if origin is tuple:
        return tuple(full(inner[0], f"{name}{number}", depth - 1) for number in (1, 2))
    if origin is dict:
        return {f"{name}{number}": full(inner[1], f"{name}{number}", depth) for number in (1, 2)}
    if dataclasses.is_dataclass(hint):
        return hint(
            **{
                item.name: full(hints_of(hint)[item.name], f"{name}-{item.name}", depth, default_of(item))
                for item in dataclasses.fields(hint)
            }
        )
    return {str: name, int: 7, bool: not default, Decimal: Decimal("7.25")}[hint]


def told_apart(spec: TemplateSpec) -> TemplateSpec:
    """The same with a code of its own for each piece to which others refer."""
    numbers = iter(range(10_000))

    def renamed(pieces: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(
            dataclasses.replace(
                piece,
                code=f"{piece.code}{next(numbers)}",
                **({"children": renamed(piece.children)} if hasattr(piece, "children") else {}),
            )
            for piece in pieces
        )

    lists = {
        name: renamed(getattr(spec, name)) for name in ("tables", "checks", "forms", "outline", "indicators")
    }
    return dataclasses.replace(spec, **lists)
