"""What the removal of a piece does to the rest: told before it is done.

There is no list of who names whom: what breaks is what verification finds afterwards and did not find before,
so nothing can be forgotten here that publishing would notice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from . import parts
from .spec import TemplateSpec
from .verify import verify
from .words import called, place_words, quoted


@dataclass(frozen=True, slots=True)
class Consequences:
    """`below`: what goes with it, in words; `broken`: what will have to be mended, each with its place."""

    below: tuple[str, ...]
    broken: tuple[str, ...]


def of_removal(spec: TemplateSpec, address: str) -> Consequences:
    """What happens when the piece at `address` is taken away; raises `PartFault` when there is none."""
    after = parts.removed(spec, address)
    codes = tuple(parts.codes_from(spec, address))
    name = address.partition("/")[0]
    below = tuple(quoted(parts.find(spec, f"{name}/{code}")) for code in codes[1:])
    before = frozenset(_told(spec))
    broken = [words for words in _told(after) if words not in before]
    broken += [] if name == parts.NUMBERED else _examples(after, codes)
    return Consequences(below, tuple(dict.fromkeys(broken)))


def _told(spec: TemplateSpec) -> Iterator[str]:
    for fault in verify(spec):
        if fault.severity == "error":
            place = place_words(spec, fault.place)
            yield f"{place}：{fault.message}" if place else fault.message


def _examples(spec: TemplateSpec, codes: tuple[str, ...]) -> Iterator[str]:
    """Examples are computed only when nothing else is wrong, so what they say of the piece is looked up."""
    for number, example in enumerate(spec.examples, 1):
        named = {*example.figures, *example.points, *example.values, *example.tables}
        for code in codes:
            if any(name == code or name.startswith((f"{code}-", f"{code}[")) for name in named):
                yield f"示例“{called(example) or number}”里写有“{code}”，要一并删去"
