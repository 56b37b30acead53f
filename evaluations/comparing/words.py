"""Two texts → one text with marked words: what stayed, what is gone, what is new.

Chinese is compared character by character; a number with its separators, a Latin word and a bound figure
(`{全年预算数}`) are one word each. Scraps that two changes happen to share are drawn into the change.
Comparing words costs more than the length of the texts, so an `Effort` bounds it: beyond that whole lines
are compared, and lines that are too long for that are given whole.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Literal

Kind = Literal["same", "gone", "new", "skipped"]

_TOKEN = re.compile(r"\{[^{}\n]{1,80}\}|\d+(?:[,.]\d+)*[%％]?|[A-Za-z]+|.", re.DOTALL)
#: An unchanged stretch between two changes that is shorter than this is no help to the reader.
SCRAP = 3
#: Below this share of common characters two texts are told one after the other.
AKIN = 0.2
#: What is shown of an unchanged stretch beside a change, and from which length on it is cut at all.
CONTEXT, LONG = 60, 200
#: More marks than these nobody reads, and no page shows them in time.
MOST = 4000


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text; of `skipped` the text says how much was left out."""

    kind: Kind
    text: str


@dataclass(slots=True)
class Effort:
    """How many pairs of equal words may still be looked at: in one comparison of texts, and altogether."""

    once: int = 200_000
    left: int = 2_000_000

    def affords(self, old: Sequence[Hashable], new: Sequence[Hashable]) -> bool:
        """Whether the two may be compared; what that costs is spent."""
        here, there = Counter(old), Counter(new)
        cost = len(old) + len(new) + sum(number * there[word] for word, number in here.items())
        if cost > min(self.once, self.left):
            return False
        self.left -= cost
        return True


def difference(old: str, new: str, effort: Effort) -> tuple[Piece, ...]:
    """The marked text; joining all but the `new` gives `old`, all but the `gone` gives `new`."""
    if old == new:
        return (Piece("same", old),) if old else ()
    start, end = _common(old, new)
    middle = _words(old[start : len(old) - end], new[start : len(new) - end], effort)
    pieces = [Piece("same", old[:start]), *middle, Piece("same", old[len(old) - end :])]
    pieces = _slid(_tidied(pieces))
    same = sum(len(piece.text) for piece in pieces if piece.kind == "same")
    if same < AKIN * max(len(old), len(new)) or len(pieces) > MOST:
        pieces = [Piece("gone", old), Piece("new", new)]
    return tuple(piece for piece in pieces if piece.text)


def excerpt(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """The same with long unchanged stretches cut to what stands beside a change."""
    listed = list(pieces)
    last = len(listed) - 1
    return tuple(
        part
        for number, piece in enumerate(listed)
        for part in (_cut(piece.text, number > 0, number < last) if piece.kind == "same" else (piece,))
    )


def opcodes(
    old: Sequence[Hashable], new: Sequence[Hashable], effort: Effort
) -> list[tuple[str, int, int, int, int]]:
    """As difflib's; one replacement between common ends where more is not affordable."""
    start, end = _common(old, new)
    here, there = old[start : len(old) - end], new[start : len(new) - end]
    codes = [("equal", 0, start, 0, start)] if start else []
    if (here or there) and effort.affords(here, there):
        found = SequenceMatcher(None, here, there, autojunk=False).get_opcodes()
        codes += [(tag, a + start, b + start, c + start, d + start) for tag, a, b, c, d in found]
    elif here or there:
        tag = "replace" if here and there else "delete" if here else "insert"
        codes.append((tag, start, start + len(here), start, start + len(there)))
    if end:
        codes.append(("equal", len(old) - end, len(old), len(new) - end, len(new)))
    return codes


def _common(old: Sequence[Hashable], new: Sequence[Hashable]) -> tuple[int, int]:
    """How much the two share at the beginning and at the end; of texts whole words only."""
    shorter = min(len(old), len(new))
    start = 0
    while start < shorter and old[start] == new[start]:
        start += 1
    end = 0
    while end < shorter - start and old[-1 - end] == new[-1 - end]:
        end += 1
    if isinstance(old, str) and isinstance(new, str):
        while start and not (_breaks(old, start) and _breaks(new, start)):
            start -= 1
        while end and not (_breaks(old, len(old) - end) and _breaks(new, len(new) - end)):
            end -= 1
    return start, end


_INSIDE = re.compile(r"[0-9０-９A-Za-z,.%％]")


def _breaks(text: str, at: int) -> bool:
    """Whether a word surely ends at `at`; inside of braces only where the closing one was passed."""
    if 0 < at < len(text) and _INSIDE.match(text[at - 1]) and _INSIDE.match(text[at]):
        return False
    opened = text.rfind("{", max(0, at - 82), at)
    return opened < 0 or text.find("}", opened, at) >= 0 or text.find("}", at, opened + 82) < 0


def _words(old: str, new: str, effort: Effort) -> list[Piece]:
    here, there = _TOKEN.findall(old), _TOKEN.findall(new)
    if effort.affords(here, there):
        return _pieces(SequenceMatcher(None, here, there, autojunk=False).get_opcodes(), here, there)
    return list(_lines(old.splitlines(keepends=True), new.splitlines(keepends=True), effort))


def _lines(old: list[str], new: list[str], effort: Effort) -> Iterator[Piece]:
    """Line by line; lines that were changed one for one are compared by words where that is affordable."""
    if len(old) <= 1 and len(new) <= 1:
        yield from (Piece("gone", "".join(old)), Piece("new", "".join(new)))
        return
    for tag, a, b, c, d in opcodes(old, new, effort):
        if tag == "equal":
            yield Piece("same", "".join(old[a:b]))
        elif b - a == d - c <= MOST:
            for one, other in zip(old[a:b], new[c:d], strict=True):
                yield from difference(one, other, effort)
        else:
            yield from (Piece("gone", "".join(old[a:b])), Piece("new", "".join(new[c:d])))


def _pieces(codes: Iterable[tuple[str, int, int, int, int]], old: list[str], new: list[str]) -> list[Piece]:
    pieces = []
    for tag, a, b, c, d in codes:
        if tag == "equal":
            pieces.append(Piece("same", "".join(old[a:b])))
        else:
            pieces += [Piece("gone", "".join(old[a:b])), Piece("new", "".join(new[c:d]))]
    return pieces


def _tidied(pieces: list[Piece]) -> list[Piece]:
    """Stretches of a kind joined, scraps drawn into the changes around them, gone before new."""
    pieces = [piece for piece in pieces if piece.text]
    last = len(pieces) - 1
    changes = [
        piece.kind != "same" or (0 < number < last and len(piece.text) < SCRAP and "\n" not in piece.text)
        for number, piece in enumerate(pieces)
    ]
    found = []
    for changed, run in groupby(zip(changes, pieces, strict=True), key=lambda pair: pair[0]):
        parts = [piece for _, piece in run]
        if not changed:
            found.append(Piece("same", "".join(part.text for part in parts)))
            continue
        for kind, other in (("gone", "new"), ("new", "gone")):
            text = "".join(part.text for part in parts if part.kind != other)
            if text:
                found.append(Piece(kind, text))
    return found


def _slid(pieces: list[Piece]) -> list[Piece]:
    """What came or went alone begins at a line or sentence where it might as well: not 第[三段。第]二段."""
    found = list(pieces)
    for number in range(1, len(found) - 1):
        before, piece, after = found[number - 1 : number + 2]
        if (before.kind, after.kind) != ("same", "same") or piece.kind == "same":
            continue
        if by := _shift(before.text, piece.text, after.text):
            start, size = len(before.text) + by, len(piece.text)
            whole = before.text + piece.text + after.text
            found[number - 1] = Piece("same", whole[:start])
            found[number] = Piece(piece.kind, whole[start : start + size])
            found[number + 1] = Piece("same", whole[start + size :])
    return found


def _shift(before: str, text: str, after: str) -> int:
    """By how many characters to the right (left: below 0) `text` is moved to begin best."""
    whole, at, size = before + text + after, len(before), len(text)
    least = most = 0
    while -least < min(at, CONTEXT) and whole[at + least - 1] == whole[at + least + size - 1]:
        least -= 1
    while most < min(len(after), CONTEXT) and whole[at + most] == whole[at + most + size]:
        most += 1
    return max(range(least, most + 1), key=lambda by: (_beginning(whole, at + by), -abs(by)))


def _beginning(text: str, at: int) -> int:
    """How well something begins there: a line, a sentence, a part of one, or anything."""
    if at in (0, len(text)) or "\n" in text[at - 1 : at + 1]:
        return 3
    return 2 if text[at - 1] in "。！？；" else 1 if text[at - 1] in "，、：" else 0


def _cut(text: str, before: bool, after: bool) -> Iterator[Piece]:
    """An unchanged stretch; `before`, `after`: whether a change stands there."""
    if len(text) <= LONG:
        yield Piece("same", text)
        return
    head, tail = CONTEXT * before, CONTEXT * after
    if head:
        yield Piece("same", text[:head])
    yield Piece("skipped", f"此处 {len(text) - head - tail:,} 字相同")
    if tail:
        yield Piece("same", text[-tail:])
