"""Figures, texts and printed overrides of two sides."""

from __future__ import annotations

from collections.abc import Iterator

from .model import Figure, Text
from .side import Side
from .values import figure
from .words import Effort, difference, excerpt

OTHERWISE, HEADING, REASON = "打印数", "标题", "更改的理由"


def figures(old: Side, new: Side) -> Iterator[Figure]:
    """Every figure that differs, derived ones too, in the order of the newer outline; then what is printed
    instead of one, or of a heading."""
    for code in _in_order(old, new, "fields"):
        here, there = old.field(code), new.field(code)
        if not (there or here).is_text:
            found = figure(_label(code, old, new), _location(code, old, new), here, there)
            if found:
                yield found
    for code in _overridden(old, new):
        before, after = old.override(code), new.override(code)
        if before != after:
            note = HEADING if code in new.compiled.sections else OTHERWISE
            label, location = _label(code, old, new), _location(code, old, new)
            yield Figure(label, location, before or "（未更改）", after or "（未更改）", note=note)


def texts(old: Side, new: Side, effort: Effort) -> Iterator[Text]:
    """Every text that differs with marked words: narratives, then short texts and reasons."""
    for code in _in_order(old, new, "texts"):
        before, after = (side.figures.facts.texts.get(code, "") for side in (old, new))
        yield from _text(code, before, after, old, new, effort)
    for code in _in_order(old, new, "fields"):
        here, there = old.field(code), new.field(code)
        if (there or here).is_text and not (there or here).derived:
            before, after = (side.words if side else "" for side in (here, there))
            yield from _text(code, before, after, old, new, effort)
    for code in _overridden(old, new):
        before, after = _reason(code, old), _reason(code, new)
        yield from _text(code, before, after, old, new, effort, REASON)


def _text(
    code: str, before: str, after: str, old: Side, new: Side, effort: Effort, note: str = ""
) -> Iterator[Text]:
    if before != after:
        pieces = excerpt(difference(before, after, effort))
        yield Text(_label(code, old, new), _location(code, old, new), pieces, note)


def _in_order(old: Side, new: Side, kind: str) -> list[str]:
    codes = dict.fromkeys((*getattr(new.compiled, kind), *getattr(old.compiled, kind)))
    return sorted(codes, key=new.compiled.order_of)


def _overridden(old: Side, new: Side) -> list[str]:
    return list(dict.fromkeys((*new.figures.facts.overrides, *old.figures.facts.overrides)))


def _reason(code: str, side: Side) -> str:
    override = side.figures.facts.overrides.get(code)
    return override.reason if override else ""


def _label(code: str, old: Side, new: Side) -> str:
    label = new.label(code)
    return old.label(code) if label == code else label


def _location(code: str, old: Side, new: Side) -> str:
    location = new.compiled.locate(code)
    return old.compiled.locate(code) if location == code else location
