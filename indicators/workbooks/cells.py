"""What stands in one cell: a value of a template ⇄ what an accountant reads and types.

A blank cell says nothing: the key keeps its default. `无` is what is empty although it need not be. Closed
values are said in words (`engine/words.py`), 是 and 否, lists one thing a line. A text that would be taken
for something else, or that Excel cannot hold as it is, stands in quotes like a JSON text: `"无"`, `" 前"`.
"""

from __future__ import annotations

import json
import re
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, Union

from ..engine.names import did_you_mean, fold, half_width
from ..engine.values import plain
from .opening import digits

NONE = "无"
YES, NO = "是", "否"
#: Excel keeps that many digits of a number.
MAX_DIGITS = 15
_EDGES = " \t\xa0"
#: What XML cannot hold, or holds as something else; `_x0041_` is Excel's way of writing an A.
_UNHOLDABLE = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_x[0-9A-Fa-f]{4}_")
_EXCELS_OWN = re.compile(r"_x([0-9A-Fa-f]{4})_")
_THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")


class CellFault(ValueError):
    """What is wrong with what stands in a cell. `args[0]`: one Chinese sentence without place."""


@dataclass(frozen=True, slots=True)
class Number:
    """Digits that are put into a cell as a number; at most `MAX_DIGITS` of them are no zeros at an end."""

    digits: str


def is_cell(hint: Any) -> bool:
    """Whether a value of this type stands in one cell."""
    inner = _present(hint)
    if typing.get_origin(inner) is tuple:
        return (
            is_cell(typing.get_args(inner)[0]) and typing.get_origin(typing.get_args(inner)[0]) is not tuple
        )
    return inner in (str, int, bool, Decimal) or typing.get_origin(inner) is Literal


# ── writing ─────────────────────────────────────────────────────────────────────────────────────────────────


def written(value: Any, words: Mapping[Any, str] = types.MappingProxyType({})) -> str | Number:
    """What to put into the cell. `words`: how closed values are said."""
    if value is None or value == ():
        return NONE
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, tuple):
        return "\n".join(_item(written(item, words)) for item in value)
    if isinstance(value, (int, Decimal)):
        text = plain(Decimal(value))
        return Number(text) if len(text.strip("-0").replace(".", "").strip("0")) <= MAX_DIGITS else text
    if value in words:
        return words[value]
    return _text(value) if value else NONE


def _item(content: str | Number) -> str:
    """A thing of a list on its line."""
    if isinstance(content, Number):
        return content.digits
    if content == NONE:
        return '""'
    return quoted(content) if "\n" in content else content


def _text(text: str) -> str:
    bare = text.strip(_EDGES) == text and text.strip() and text != NONE
    return text if bare and _unquoted(text) is None and not _UNHOLDABLE.search(text) else quoted(text)


def quoted(text: str) -> str:
    """A text in quotes, with nothing in it that Excel cannot hold."""
    return _UNHOLDABLE.sub(
        lambda found: f"\\u{ord(found[0][0]):04x}{found[0][1:]}", json.dumps(text, ensure_ascii=False)
    )


def _unquoted(text: str) -> str | None:
    """What a text in quotes says; None for one that is not in quotes."""
    if not text.startswith('"'):
        return None
    try:
        inner = json.loads(text)
    except ValueError:
        return None
    return inner if isinstance(inner, str) else None


# ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────


def read(value: Any, hint: Any, words: Mapping[Any, str] = types.MappingProxyType({})) -> Any:
    """Plain data of a cell that is not blank, as `read_template` takes it. Raises `CellFault`."""
    text = bare(value)
    inner = _present(hint)
    origin = typing.get_origin(inner)
    if origin is tuple:
        return _list(text, typing.get_args(inner)[0], words)
    if text == NONE and inner is not hint:
        return None
    if origin is Literal:
        return _closed(text, typing.get_args(inner), words)
    if inner is bool:
        return _truth(text)
    if inner in (int, Decimal):
        return _number(text, inner)
    if text == NONE:
        return ""
    inside = _unquoted(text)
    return text if inside is None else inside


def bare(value: Any) -> str:
    """The text of a cell's value, as Excel shows it; blanks around it do not count, "" for a blank cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, float):
        return digits(value) or str(value)
    text = _EXCELS_OWN.sub(lambda found: chr(int(found[1], 16)), str(value))
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip(_EDGES)
    return text if text.strip() else ""


def _list(text: str, item: Any, words: Mapping[Any, str]) -> list[Any]:
    if text == NONE:
        return []
    lines = [line.strip(_EDGES) for line in text.split("\n")]
    return [_list_item(line, item, words) for line in lines if line.strip()]


def _list_item(line: str, item: Any, words: Mapping[Any, str]) -> Any:
    if line == '""':
        line = NONE
    elif line == NONE and item is str:
        return NONE
    inside = _unquoted(line)
    if inside is not None and typing.get_origin(item) is not Literal:
        return inside
    return read(line, item, words)


def _closed(text: str, allowed: tuple, words: Mapping[Any, str]) -> Any:
    said = {words.get(value, value) or NONE: value for value in allowed}
    if text in said:
        return said[text]
    like = [value for word, value in said.items() if fold(word) == fold(text)]
    if len(like) == 1:
        return like[0]
    raise CellFault(
        f"“{short(text)}”不在可选的值内，请从下拉列表中选：{'、'.join(said)}{did_you_mean(text, said)}"
    )


def _truth(text: str) -> bool:
    if text in (YES, NO):
        return text == YES
    raise CellFault(f"“{short(text)}”不是“是”或“否”，请改填其中一个")


def _number(text: str, wanted: type) -> Any:
    """Numbers typed as texts are read, too: full width, thousands separators."""
    plain_text = half_width(text).strip()
    if _THOUSANDS.fullmatch(plain_text):
        plain_text = plain_text.replace(",", "")
    if wanted is int:
        if re.fullmatch(r"[+-]?[0-9]{1,30}", plain_text):
            return int(plain_text)
        raise CellFault(f"“{short(text)}”不是整数，请改填整数")
    if re.fullmatch(r"[+-]?[0-9]{1,24}(\.[0-9]{1,24})?", plain_text):
        return plain_text
    raise CellFault(f"“{short(text)}”不是数字，请只填数字，不带单位和百分号")


def short(text: str) -> str:
    """A text as it is quoted in a message."""
    return text if len(text) <= 30 else f"{text[:30]}…"


def _present(hint: Any) -> Any:
    """The type without None, where it may be None."""
    if typing.get_origin(hint) in (Union, types.UnionType):
        options = [option for option in typing.get_args(hint) if option is not type(None)]
        if len(options) == 1:
            return options[0]
    return hint


def choices(hint: Any, words: Mapping[Any, str]) -> list[str]:
    """What may stand in a cell of a closed set, in words; [] for any other and for lists."""
    inner = _present(hint)
    if inner is bool:
        return [YES, NO]
    if typing.get_origin(inner) is Literal:
        return [words.get(value, value) or NONE for value in typing.get_args(inner)]
    return []
