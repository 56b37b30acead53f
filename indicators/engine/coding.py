"""Codes (代码) proposed for new indicators: those of the neighbours, counted on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .spec import Indicator, TemplateSpec

_NUMBERED = re.compile(r"(.*?)([0-9]+)", re.DOTALL)


def code_below(spec: TemplateSpec, parent: str) -> str:
    """A free code for a new indicator below `parent` ("": a 一级指标): `BJ-I19` → `BJ-I20`.

    It counts on from the last one beside it, else from the last one of its level; where those have no numbers
    it is made from the parent's own code.
    """
    level = _depth(spec, parent) + 1 if parent else 0
    like = [node.code for node in (*_of_level(spec.indicators, level), *_below(spec, parent))]
    numbered = [code for code in like if code[-1:].isdecimal()]
    return counted_on(numbered[-1] if numbered else f"{parent or 'ZB'}0", used(spec))


def counted_on(code: str, taken: frozenset[str]) -> str:
    """The next code after `code`, which ends in a number, that is not taken; the number keeps its width."""
    head, digits = _NUMBERED.fullmatch(code).groups()
    number = int(digits)
    while True:
        number += 1
        if (found := f"{head}{number:0{len(digits)}d}") not in taken:
            return found


def used(spec: TemplateSpec) -> frozenset[str]:
    """Every code of the template that must not be given again."""
    return frozenset(_codes(spec))


def _codes(spec: TemplateSpec) -> Iterator[str]:
    yield from (piece.code for pieces in (spec.fields, spec.tables) for piece in pieces)
    for section in spec.sections():
        yield section.code
        yield from (block.code for block in section.blocks if block.code)
    for root in spec.indicators:
        for node in root.walk():
            yield node.code
            yield from (box.code for box in node.answers())


def _below(spec: TemplateSpec, parent: str) -> tuple[Indicator, ...]:
    if not parent:
        return spec.indicators
    nodes = (node for root in spec.indicators for node in root.walk())
    return next((node.children for node in nodes if node.code == parent), ())


def _depth(spec: TemplateSpec, code: str) -> int:
    return next(
        (depth for depth in range(3) if any(n.code == code for n in _of_level(spec.indicators, depth))), 0
    )


def _of_level(nodes: tuple[Indicator, ...], level: int) -> list[Indicator]:
    """The nodes `level` below `nodes`, in order."""
    if not level:
        return list(nodes)
    return [below for node in nodes for below in _of_level(node.children, level - 1)]
