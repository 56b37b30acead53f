"""Two versions of one piece side by side, key by key, as people read them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..engine.reading import stated
from ..engine.words import NOUNS, name_of, noun, value_words
from .shapes import shapes_of


@dataclass(frozen=True, slots=True)
class Difference:
    """A key under which two versions of a piece say something else."""

    name: str
    mine: str
    theirs: str


def sides(mine: Any, theirs: Any) -> list[Difference]:
    """Where two versions of a piece, or of a list of pieces, differ."""
    if isinstance(mine, tuple):
        return [Difference("全部", _told(mine), _told(theirs))] if mine != theirs else []
    cls = type(mine)
    return [
        Difference(name_of(cls, key), said(cls, key, one), said(cls, key, other))
        for key in shapes_of(cls)
        if (one := getattr(mine, key)) != (other := getattr(theirs, key))
    ]


def said(cls: type, key: str, value: Any) -> str:
    """What stands under a key; pieces by what they state, a line each."""
    if isinstance(value, Mapping):
        return "\n".join(f"{one}：{_told(what)}" for one, what in value.items()) or "无"
    if dataclasses.is_dataclass(value) or isinstance(value, tuple):
        return _told(value) or "无"
    return value_words(cls, key, value)


def _told(value: Any) -> str:
    if dataclasses.is_dataclass(value):
        cls = type(value)
        head = f"{noun(cls)}：" if cls in NOUNS and "kind" not in shapes_of(cls) else ""
        return head + "，".join(
            f"{name_of(cls, key)} {said(cls, key, one)}"
            for key, one in stated(value)
            if key in shapes_of(cls)
        )
    if isinstance(value, tuple):
        apart = (
            "\n" if any(dataclasses.is_dataclass(one) or isinstance(one, tuple) for one in value) else "、"
        )
        return apart.join(_told(one) for one in value)
    if isinstance(value, Mapping):
        return "，".join(f"{key} {_told(one)}" for key, one in value.items())
    return str(value)
