"""The curve of points as a small drawing: coordinates as text for our own SVG, and its breaks as a table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from ..engine.curve import Break, Curve, Segment
from ..engine.spec import Indicator, TemplateSpec
from ..engine.values import plain, rounded

#: Size of the drawing and its inner edges, in the units of its viewBox.
WIDTH, HEIGHT = 400, 190
LEFT, RIGHT, TOP, BOTTOM = 44, 14, 14, 34
#: Labels on the axis stand at least so far apart.
APART = 44
#: Beyond so many breaks the ends of the pieces are no longer drawn as dots.
DOTS = 40


@dataclass(frozen=True, slots=True)
class Line:
    """A straight piece of the curve."""

    x1: str
    y1: str
    x2: str
    y2: str


@dataclass(frozen=True, slots=True)
class Dot:
    """An end of a piece: filled where the value belongs to it."""

    x: str
    y: str
    is_closed: bool


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis; `text` "" where there is no room for it."""

    at: str
    text: str


@dataclass(frozen=True, slots=True)
class BreakRow:
    """A break in words, points as the template rounds them."""

    value: str
    before: str
    at: str
    after: str
    note: str


@dataclass(frozen=True, slots=True)
class Picture:
    """All that the template draws. `here`: where the value that was tried stands."""

    lines: tuple[Line, ...]
    dots: tuple[Dot, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    breaks: tuple[BreakRow, ...]
    here: Dot | None
    words: str
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


def draw(
    spec: TemplateSpec, leaf: Indicator, curve: Curve, tried: tuple[Decimal, Decimal] | None = None
) -> Picture:
    """The picture of a curve. `tried`: (value, points) to be marked on it."""
    scale = _Scale(curve)
    rows = tuple(_row(spec, curve, one) for one in curve.breaks)
    here = None
    if tried and curve.low <= tried[0] <= curve.high:
        here = Dot(scale.x(tried[0]), scale.y(tried[1]), is_closed=True)
    return Picture(
        tuple(
            Line(scale.x(one.left), scale.y(one.points_left), scale.x(one.right), scale.y(one.points_right))
            for one in curve.segments
        ),
        tuple(_dots(scale, curve)) if len(curve.breaks) <= DOTS else (),
        tuple(_across(scale, curve)),
        tuple(_up(spec, scale, curve)),
        rows,
        here,
        f"{leaf.name}：指标值从 {plain(rounded(curve.low, 2))} 到 {plain(rounded(curve.high, 2))} "
        f"{curve.unit}，得分在 0 到 {plain(curve.weight)} 分之间，有 {len(rows)} 处转折，见下表。",
    )


class _Scale:
    """Values and points → places in the drawing, with one decimal."""

    def __init__(self, curve: Curve):
        self.curve = curve

    def x(self, value: Decimal) -> str:
        share = (value - self.curve.low) / (self.curve.high - self.curve.low)
        return _place(LEFT + share * (WIDTH - LEFT - RIGHT))

    def y(self, points: Decimal) -> str:
        return _place(HEIGHT - BOTTOM - points / self.curve.weight * (HEIGHT - TOP - BOTTOM))


def _place(number: Decimal) -> str:
    return plain(rounded(number, 1))


def _dots(scale: _Scale, curve: Curve) -> Iterator[Dot]:
    """Open and closed ends at every break, and breaks that stand alone."""
    for one in curve.breaks:
        ends = {
            points: False
            for points in (_end(curve, one.value, "right"), _end(curve, one.value, "left"))
            if points is not None and points != one.at
        }
        if one.at is not None:
            ends[one.at] = True
        for points, is_closed in ends.items():
            yield Dot(scale.x(one.value), scale.y(points), is_closed)


def _end(curve: Curve, value: Decimal, side: str) -> Decimal | None:
    found: Segment | None = next((one for one in curve.segments if getattr(one, side) == value), None)
    return getattr(found, f"points_{side}") if found else None


def _across(scale: _Scale, curve: Curve) -> Iterator[Tick]:
    """A tick at every break, labelled where there is room: first those that have a name."""
    kept: list[Decimal] = []
    for one in sorted(curve.breaks, key=lambda one: (not one.note, one.value)):
        place = Decimal(scale.x(one.value))
        if all(abs(place - other) >= APART for other in kept):
            kept.append(place)
    for one in curve.breaks:
        at = scale.x(one.value)
        yield Tick(at, plain(rounded(one.value, 2)) if Decimal(at) in kept else "")


def _up(spec: TemplateSpec, scale: _Scale, curve: Curve) -> Iterator[Tick]:
    """Levels at which the curve stands, as far as there is room."""
    kept: list[Decimal] = []
    levels = {Decimal(0), curve.weight} | {one.at for one in curve.breaks if one.at is not None}
    for points in sorted(levels, key=lambda one: (one not in (0, curve.weight), one)):
        place = Decimal(scale.y(points))
        if all(abs(place - other) >= 16 for other in kept):
            kept.append(place)
            yield Tick(
                scale.y(points), plain(rounded(points, spec.score_places, down=spec.rounding == "down"))
            )


def _row(spec: TemplateSpec, curve: Curve, one: Break) -> BreakRow:
    def points(value: Decimal | None) -> str:
        if value is None:
            return "由人评定"
        return plain(rounded(value, spec.score_places, down=spec.rounding == "down"))

    exact = rounded(one.value, 6)
    about = "" if exact == one.value else "约 "
    unit = curve.unit if curve.unit == "%" else f" {curve.unit}".rstrip()
    return BreakRow(
        f"{about}{plain(exact)}{unit}", points(one.before), points(one.at), points(one.after), one.note
    )
