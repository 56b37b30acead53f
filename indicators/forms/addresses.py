"""From an address of a template to the form of its piece, and from places of faults to its boxes."""

from __future__ import annotations

import re
import typing
from collections.abc import Iterable, Iterator
from typing import Any

from ..engine import parts
from ..engine.faults import Fault
from ..engine.reading import hints_of
from ..engine.spec import TemplateSpec
from ..engine.words import place_words
from .controls import Note

_OWN_PLACE = re.compile(r"\w+\[\d+\](?:\.children\[\d+\])*\.?")


def hint_of(address: str) -> Any:
    """The class of the piece at an address, or the type of a whole list; raises `PartFault`."""
    name, slash, _ = address.partition("/")
    if address == parts.GENERAL:
        return TemplateSpec
    if address not in parts.WHOLE and (not slash or name not in (*parts.LISTS, parts.NUMBERED)):
        raise parts.PartFault(f"模板里没有“{address}”这一部分。")
    hint = hints_of(TemplateSpec)[name]
    return hint if name in parts.WHOLE else typing.get_args(hint)[0]


def own(faults: Iterable[Fault], spec: TemplateSpec, address: str) -> Iterator[tuple[str, Note]]:
    """(name of a box, what is to be said there) of the faults that lie in the piece at `address`."""
    for fault in faults:
        if parts.address_of(spec, fault.place) == address:
            yield name_of(fault.place, address), Note(fault.message, fault.severity)


def name_of(place: str, address: str) -> str:
    """`checks[3].left` → `left`, `grades[1].minimum` → `[1].minimum`: the place within the piece."""
    if address == parts.GENERAL:
        return place
    if address in parts.WHOLE:
        return place.removeprefix(address).removeprefix(".")
    return _OWN_PLACE.sub("", place, count=1)


def elsewhere(faults: Iterable[Fault], spec: TemplateSpec) -> Iterator[Note]:
    """Faults told with their place in words, where there is no box for them."""
    for fault in faults:
        place = place_words(spec, fault.place)
        yield Note(f"{place}：{fault.message}" if place else fault.message, fault.severity)


def order(spec: TemplateSpec, address: str) -> list[str]:
    """The addresses beside a piece, in the order of the template: whole trees, not only siblings."""
    name = address.partition("/")[0]
    if name == parts.NUMBERED:
        return [f"{name}/{number}" for number in range(1, len(spec.examples) + 1)]
    if name not in parts.LISTS:
        return [address]
    pieces = getattr(spec, name)
    if name in parts.TREES:
        pieces = [node for root in pieces for node in root.walk()]
    return [f"{name}/{piece.code}" for piece in pieces]
