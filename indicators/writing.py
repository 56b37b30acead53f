"""`TemplateSpec` → YAML in the plain part that `loading.load_yaml` reads.

The text depends on the content alone: what is loaded from it has the same `template_hash`, and writing that
gives the same bytes. Defaults are left out, short flat pieces stand on one line, no text is ever folded.
"""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from .engine.reading import stated
from .engine.spec import TemplateSpec
from .engine.values import plain
from .ordering import SortKey, key_order

#: Longest line on which a piece stands as a whole; a Chinese character takes two places.
WIDTH = 110
#: YAML takes no longer text for a key unless it is marked with `?`.
_MAX_KEY = 400
#: Words and shapes that some reader of YAML takes for something else than text.
_WORDS = frozenset("~ null true false yes no on off y n = <<".split())
_NUMBER_LIKE = re.compile(r"[-+.]*[0-9][0-9A-Za-z_.:+-]*|[-+]?\.(inf|nan)", re.IGNORECASE)
_FIRST = frozenset("?:,[]{}#&*!|>'\"%@`")
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def to_yaml(spec: TemplateSpec) -> str:
    """The template as a file; with a blank line around everything that takes more than one."""
    writer = _Writer(key_order(spec))
    text, apart = "", False
    for key, value in stated(spec):
        lines = list(writer.entry(key, value, ""))
        long = len(lines) > 1
        text += ("\n" if text and (long or apart) else "") + "\n".join(lines) + "\n"
        apart = long
    return text


class _Writer:
    def __init__(self, order: SortKey) -> None:
        self.order = order

    def entry(self, key: str, value: Any, indent: str) -> Iterator[str]:
        """The lines of `key: value`."""
        name = _scalar(key, flow=True)
        head = f"{indent}{name}:"
        if len(name) > _MAX_KEY:
            yield f"{indent}? {name}"
            head = f"{indent}:"
        yield from self.below(head, value, indent, self.flow(value))

    def item(self, value: Any, indent: str) -> Iterator[str]:
        """The lines of one `- value`."""
        line = self.flow(value, as_row=True)
        if _is_scalar(value) or (line and _places(f"{indent}- {line}") <= WIDTH):
            yield from self.below(f"{indent}-", value, indent, line)
        else:
            first, *rest = self.block(value, f"{indent}  ")
            yield f"{indent}- {first.lstrip(' ')}"
            yield from rest

    def below(self, head: str, value: Any, indent: str, line: str | None) -> Iterator[str]:
        """A value after `head`: in one `line` where that fits, else on lines of its own."""
        if isinstance(value, str) and _fits_literal(value):
            yield f"{head} |" if value.endswith("\n") else f"{head} |-"
            yield from (f"{indent}  {part}" if part else "" for part in value.removesuffix("\n").split("\n"))
        elif _is_scalar(value):
            yield f"{head} {_scalar(value, flow=False)}"
        elif (line and _places(f"{head} {line}") <= WIDTH) or not value:
            yield f"{head} {line}"
        else:
            yield head
            yield from self.block(value, f"{indent}  ")

    def block(self, value: Any, indent: str) -> Iterator[str]:
        if isinstance(value, tuple):
            for item in value:
                yield from self.item(item, indent)
        else:
            for key, inner in self.entries(value):
                yield from self.entry(key, inner, indent)

    def entries(self, value: Any) -> Iterator[tuple[str, Any]]:
        if isinstance(value, Mapping):
            return iter(sorted(value.items(), key=lambda entry: self.order(entry[0])))
        return stated(value)

    def flow(self, value: Any, *, as_row: bool = False) -> str | None:
        """The value in brackets; None where it holds pieces, which stand one below the other.

        `as_row`: it is one of a list, so that its own pieces may stand beside each other (cells of a form).
        """
        if isinstance(value, str) and "\n" in value:
            return None
        if _is_scalar(value):
            return _scalar(value, flow=True)
        if isinstance(value, tuple):
            if not as_row and not all(map(_is_scalar, value)):
                return None
            parts = [self.flow(item) for item in value]
            return None if None in parts else f"[{', '.join(parts)}]"
        parts = []
        for key, inner in self.entries(value):
            line = None if dataclasses.is_dataclass(inner) or len(key) > _MAX_KEY else self.flow(inner)
            if line is None:
                return None
            parts.append(f"{_scalar(key, flow=True)}: {line}")
        return f"{{{', '.join(parts)}}}"


def _is_scalar(value: Any) -> bool:
    return not isinstance(value, (tuple, Mapping)) and not dataclasses.is_dataclass(value)


def _places(line: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in line)


def _scalar(value: Any, *, flow: bool) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, int):
        return str(value)
    return value if _stands_plain(value, flow) else _quoted(value)


def _stands_plain(text: str, flow: bool) -> bool:
    """Whether every reader of YAML takes the bare text for this very text."""
    if not text or text != text.strip() or text.lower() in _WORDS or _NUMBER_LIKE.fullmatch(text):
        return False
    if text[0] in _FIRST or text.startswith(("- ", "--", "...")) or text == "-":
        return False
    if ": " in text or " #" in text or text.endswith(":") or not all(map(_visible, text)):
        return False
    return not (flow and set(text) & set(",[]{}:?"))


def _fits_literal(text: str) -> bool:
    """Whether a text of several lines can stand as it is below `|`."""
    lines = text.removesuffix("\n").split("\n")
    return (
        "\n" in text
        and bool(lines[0] and lines[-1])
        and not lines[0].startswith(" ")
        and not any(line.endswith(" ") for line in lines)
        and all(map(_visible, "".join(lines)))
    )


def _quoted(text: str) -> str:
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(sign: str) -> str:
    if sign in _ESCAPES:
        return _ESCAPES[sign]
    if _visible(sign):
        return sign
    return f"\\u{ord(sign):04X}" if ord(sign) < 0x10000 else f"\\U{ord(sign):08X}"


def _visible(sign: str) -> bool:
    return sign.isprintable() or sign == "\u3000"
