"""Scores of two sides: total and grade, and indicator by indicator."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from indicators.engine.sheet import ScoreLine
from indicators.engine.values import plain

from .model import Figure, Points, Score
from .side import Side
from .values import points

NONE = "—"


def totals(old: Side, new: Side) -> Iterator[Figure]:
    """总分, 等级 and the adjustments between the sum of the lines and the total, where they differ."""
    if not (old.spec.scored or new.spec.scored):
        return
    here, there = old.sheet.total, new.sheet.total
    if here != there:
        yield Figure(
            "总分", "", old.sheet.total_text or NONE, new.sheet.total_text or NONE, _distance(here, there)
        )
    if old.sheet.grade != new.sheet.grade:
        yield Figure("等级", "", old.sheet.grade or "未定", new.sheet.grade or "未定")
    before, after = _adjustments(old), _adjustments(new)
    for label in dict.fromkeys((*after, *before)):
        if before.get(label) != after.get(label):
            amounts = (plain(one[label]) if label in one else NONE for one in (before, after))
            yield Figure(label, "", *amounts, _distance(before.get(label), after.get(label)))


def scores(old: Side, new: Side) -> Iterator[Score]:
    """The indicators that differ, in the order of the newer sheet; an own one is known by its name too."""
    left = {line.code: line for line in old.sheet.lines}
    by_name = {(line.group, line.name): line.code for line in old.sheet.lines if line.group}
    taken = {line.code for line in new.sheet.lines}
    for line in new.sheet.lines:
        code = line.code
        if code not in left and by_name.get((line.group, line.name)) not in taken:
            code = by_name.get((line.group, line.name), code)
        if found := _score(left.pop(code, None), line):
            yield found
    for line in left.values():
        yield from filter(None, [_score(line, None)])


def _score(old: ScoreLine | None, new: ScoreLine | None) -> Score | None:
    line = new or old
    here, there = _points(old), _points(new)
    if here == there:
        return None
    amount = _distance(old.score, new.score) if old and new else ""
    return Score(line.name, line.group or line.code, here, there, amount)


def _points(line: ScoreLine | None) -> Points | None:
    if line is None:
        return None
    amounts = (line.score, line.computed, line.self_score, line.reviewed, line.weight)
    return Points(*("" if amount is None else plain(amount) for amount in amounts), line.status)


def _adjustments(side: Side) -> dict[str, Decimal]:
    return {one.label: one.amount for one in side.sheet.adjustments}


def _distance(old: Decimal | None, new: Decimal | None) -> str:
    return points(new - old) if old is not None and new is not None and old != new else ""
