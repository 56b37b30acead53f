"""How a difference of two template versions is said: 每档扣分由 1 改为 2, 新增必填数据项“编制数”."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from . import chapters, kinds, spec, words
from .values import plain

#: The longest text that is quoted whole, and how much of a longer one stands around what differs.
QUOTED, AROUND = 40, 8


#: Keys whose values are codes of other pieces, which people know by their names.
CODES = frozenset({"fields", "inputs", "fix_at", "mention", "prior", "each"})


def said(cls: type, key: str, before: Any, after: Any, names: Mapping[str, str]) -> str:
    """How one key of a piece changed, without saying of which piece; `names`: of pieces, by their codes."""
    if key in CODES:
        before, after = (_named(value, names) for value in (before, after))
    name = words.name_of(cls, key)
    if key == "required":
        return "改为必填" if after else "改为选填"
    if dataclasses.is_dataclass(before) or dataclasses.is_dataclass(after):
        kinds_told = [words.noun(type(one)) if one is not None else "无" for one in (before, after)]
        same = kinds_told[0] == kinds_told[1]
        return f"{name}有改动" if same else f"{name}由“{kinds_told[0]}”改为“{kinds_told[1]}”"
    if isinstance(after, Mapping):
        return f"{name}有改动" + _keys(before, after)
    if isinstance(after, tuple):
        return f"{name}{_list(before, after)}"
    if isinstance(before, str) and isinstance(after, str) and max(len(before), len(after)) > QUOTED:
        old, new = differing(before, after)
        return f"{name}由“{old}”改为“{new}”"
    return f"{name}由{_value(cls, key, before)}改为{_value(cls, key, after)}".rstrip()


def told(piece: Any, name: str = "", *, whole: bool = False) -> str:
    """A piece as it is named in a sentence; `name` where it has none of its own, `whole`: with what it asks.

    指标“公用经费控制率”, whole: 指标“公用经费控制率”（8 分）; 必填数据项“编制数”.
    """
    match piece:
        case kinds.Band():
            sign = words.value_words(kinds.Band, "op", piece.op)
            return f"“{sign} {plain(piece.bound)} 得 {plain(piece.points)} 分”档"
        case spec.CapStep():
            return f"“低于 {plain(piece.below)} 最高 {plain(piece.cap)} 分”档"
        case chapters.Block():
            noun = words.value_words(chapters.Block, "kind", piece.kind)
        case _:
            noun = words.noun(type(piece))
    own = shortened(words.called(piece) or name)
    sentence = f"{noun}“{own}”" if own else noun
    return f"{_asked(piece)}{sentence}{_given(piece)}" if whole else sentence


def _named(value: Any, names: Mapping[str, str]) -> Any:
    """Codes replaced by the names of what they stand for."""
    if isinstance(value, tuple):
        return tuple(names.get(code, code) for code in value)
    return names.get(value, value)


def _asked(piece: Any) -> str:
    match piece:
        case spec.Field() | spec.Column():
            return "" if piece.formula else "必填" if piece.required else "选填"
        case spec.Table(source="input") | chapters.Block(kind="text" | "budget"):
            return "必填" if piece.required else "选填"
    return ""


def _given(piece: Any) -> str:
    match piece:
        case spec.Field() | spec.Column():
            return "（由公式得出）" if piece.formula else ""
        case spec.Indicator(weight=Decimal()):
            return f"（{plain(piece.weight)} 分）"
        case spec.GradeBand():
            return f"（{plain(piece.minimum)} 分起）"
    return ""


def shortened(text: str, limit: int = QUOTED) -> str:
    """A text in one line, cut after `limit` characters."""
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[:limit]}…"


def differing(before: str, after: str) -> tuple[str, str]:
    """Of two texts the parts that differ, with some characters around them."""
    start = _shared(before, after)
    end = _shared(before[start:][::-1], after[start:][::-1])
    cut = max(start - AROUND, 0)
    found = []
    for text in (before, after):
        stop = min(len(text) - end + AROUND, len(text))
        piece = shortened(text[cut:stop], 2 * QUOTED)
        found.append(("…" if cut else "") + piece + ("…" if stop < len(text) else ""))
    return found[0], found[1]


def _shared(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((number for number, (a, b) in pairs if a != b), min(len(one), len(other)))


def _value(cls: type, key: str, value: Any) -> str:
    """Numbers between blanks, everything else in quotation marks."""
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return f" {words.value_words(cls, key, value)} "
    return f"“{shortened(words.value_words(cls, key, value))}”"


def _list(before: tuple[Any, ...], after: tuple[Any, ...]) -> str:
    """What was added to a list and taken from it; 有改动 where it holds more than words."""
    if any(dataclasses.is_dataclass(one) or isinstance(one, tuple | Mapping) for one in (*before, *after)):
        return "有改动"
    fresh = [f"“{shortened(str(one))}”" for one in after if one not in before]
    gone = [f"“{shortened(str(one))}”" for one in before if one not in after]
    parts = [f"增加{'、'.join(fresh)}"] if fresh else []
    parts += [f"去掉{'、'.join(gone)}"] if gone else []
    return "，".join(parts) or "的顺序有改动"


def _keys(before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """（paid、rate）: under which keys two mappings differ."""
    names = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    return f"（{shortened('、'.join(names))}）"
