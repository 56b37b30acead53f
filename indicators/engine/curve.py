"""Points over the measured value (得分曲线), with every point at which the rule breaks.

The rule's parameters only say where to look; what it gives there, just before and just after is asked of the
rule itself (`rules.apply`). Between two breaks points are constant or a straight line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal, localcontext
from itertools import islice, pairwise

from .formula import CONTEXT
from .kinds import ZERO, Ratio
from .rules import HUNDRED, Inputs, Measure, apply
from .spec import Indicator
from .values import rounded

#: More breaks than anybody could look at (a step far too small): no curve is drawn.
MAX_BREAKS = 240
#: Decimals with which points are asked for, and those that are left of them.
_EXACT, _SETTLED = 28, 12


#: Where the parameters of a rule say to look: (value, note).
Finder = Callable[[Indicator], Iterator[tuple[Decimal, str]]]


@dataclass(frozen=True, slots=True)
class Break:
    """A value at which something changes: the points just before, exactly there, just after.

    None: a person decides. `note` says what is there besides: the limit, the step.
    """

    value: Decimal
    before: Decimal | None
    at: Decimal | None
    after: Decimal | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Segment:
    """A straight piece from `left` to `right`; the points at its two ends are approached, or reached.

    `has_left`, `has_right`: whether the value at that end gets these very points (a closed end).
    """

    left: Decimal
    right: Decimal
    points_left: Decimal
    points_right: Decimal
    has_left: bool
    has_right: bool


@dataclass(frozen=True, slots=True)
class Curve:
    """`segments` in order from `low` to `high`; `breaks` are exact and all there are.

    Points are not rounded here; `round_value` of the indicator is applied to the value before the curve.
    """

    low: Decimal
    high: Decimal
    weight: Decimal
    unit: str
    segments: tuple[Segment, ...]
    breaks: tuple[Break, ...]


def curve(leaf: Indicator) -> Curve | None:
    """The curve of a leaf; None for rules that have none, that nothing can be computed with, and with more
    than `MAX_BREAKS`."""
    finder = _FINDERS.get(getattr(leaf.rule, "kind", ""))
    if finder is None or leaf.weight is None or leaf.weight <= 0:
        return None
    try:
        with localcontext(CONTEXT):
            return _drawn(leaf, finder)
    except ArithmeticError:  # a step so small, or a limit so large, that the numbers run out of bounds
        return None


def _drawn(leaf: Indicator, finder: Finder) -> Curve | None:
    found = dict(sorted(_merged(islice(finder(leaf), MAX_BREAKS + 1)).items()))
    if not 0 < len(found) <= MAX_BREAKS:
        return None
    asked, values = _Asked(leaf), list(found)
    margin = (values[-1] - values[0] or abs(values[0]) or Decimal(1)) / 8
    edges = [values[0] - margin, *values, values[-1] + margin]
    pieces = [asked.piece(left, right) for left, right in pairwise(edges)]
    breaks = tuple(
        Break(
            value,
            before and before.points_right,
            asked.at(value),
            after and after.points_left,
            found[value],
        )
        for value, (before, after) in zip(values, pairwise(pieces), strict=True)
    )
    return Curve(edges[0], edges[-1], leaf.weight, asked.unit, tuple(filter(None, pieces)), breaks)


def _merged(found: Iterator[tuple[Decimal, str]]) -> dict[Decimal, str]:
    """One note for each value."""
    notes: dict[Decimal, str] = {}
    for value, note in found:
        before = notes.get(value, "")
        notes[value] = "、".join(filter(None, dict.fromkeys((before, note))))
    return notes


class _Asked:
    """A rule, asked for its points at any value."""

    def __init__(self, leaf: Indicator):
        self.leaf = leaf
        self.unit = "%" if isinstance(leaf.rule, Ratio) else leaf.value_unit

    def at(self, value: Decimal) -> Decimal | None:
        """Unrounded points; None where a person decides."""
        inputs = Inputs(self.leaf.weight, Measure(value, "", self.unit), {}, _EXACT, cut_off=False)
        points = apply(self.leaf.rule, inputs).points
        return None if points is None else _settled(points)

    def piece(self, left: Decimal, right: Decimal) -> Segment | None:
        """The straight piece between two breaks, from three values inside it; None where a person decides."""
        inside = [self.at(left + (right - left) * part / 4) for part in (1, 2, 3)]
        if None in inside:
            return None
        first, middle, last = inside
        start, end = _settled(2 * first - middle), _settled(2 * last - middle)
        return Segment(left, right, start, end, self._is(left, start), self._is(right, end))

    def _is(self, value: Decimal, points: Decimal) -> bool:
        return self.at(value) == points


def _settled(points: Decimal) -> Decimal:
    """Without the noise of a long division in the last places."""
    return rounded(points, _SETTLED)


# ── where to look ───────────────────────────────────────────────────────────────────────────────────────────


def _deviation(leaf: Indicator) -> Iterator[tuple[Decimal, str]]:
    rule = leaf.rule
    if rule.step <= 0:
        return
    yield rule.limit, "界限"
    if rule.points_per_step <= 0 or leaf.weight <= rule.floor:
        return
    steps = (leaf.weight - rule.floor) / rule.points_per_step
    signs = {"over": (1,), "under": (-1,), "both": (-1, 1)}[rule.side]
    end = "扣完" if not rule.floor else "最低分"
    for sign in signs:
        if rule.partial == "linear":
            yield rule.limit + sign * rule.step * steps, end
            continue
        whole = int(min(steps.to_integral_value(ROUND_CEILING), MAX_BREAKS))
        first, last = (0, whole - 1) if rule.partial == "ceil" else (1, whole)
        for number in range(first, last + 1):
            yield rule.limit + sign * rule.step * number, end if number == last else ""


def _bands(leaf: Indicator) -> Iterator[tuple[Decimal, str]]:
    for number, band in enumerate(leaf.rule.bands, 1):
        yield band.bound, f"第 {number} 档的界限"


def _scaled(leaf: Indicator) -> Iterator[tuple[Decimal, str]]:
    if leaf.rule.of > 0:
        yield ZERO, "得 0 分"
        yield leaf.rule.of, "得满分"


def _ratio(leaf: Indicator) -> Iterator[tuple[Decimal, str]]:
    yield ZERO, "得 0 分"
    yield HUNDRED, "达到目标"
    if leaf.rule.explain_over is not None:
        yield leaf.rule.explain_over, "超过须说明"


_FINDERS: dict[str, Finder] = {"deviation": _deviation, "bands": _bands, "scaled": _scaled, "ratio": _ratio}
