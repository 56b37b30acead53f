"""Bar and pie charts as our own SVG: real text, no colour needed, no script, no style attribute (CSP).

Every point is in the picture: what cannot be drawn (未填, 不适用, in a pie also 0 and negative values) is
named with its figure. Sizes are CSS pixels; a picture is as wide as the 版心 and not higher than a page.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from math import cos, pi, sin
from typing import Literal
from xml.etree import ElementTree as Xml

WIDTH = 580
TYPE = 14
LINE = 18
FONT = 'FandolSong, "Noto Serif CJK SC", SimSun, serif'
INK = "#000"
#: What a page can hold above the chart's title.
HIGHEST = 780
#: More slices can no longer be told apart: they become bars.
MOST_SLICES = 20
LONGEST_LABEL = 40
#: (ground, sign): neighbours differ in print and in a photocopy.
FILLS = (("#d9d9d9", ""), ("#fff", "/"), ("#8c8c8c", ""), ("#fff", "."), ("#595959", ""), ("#fff", "x"),
         ("#f0f0f0", ""), ("#fff", "-"), ("#a6a6a6", "\\"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Point:
    """`shown` is the figure as printed; `value` is None when there is nothing to draw."""

    label: str
    value: Decimal | None
    shown: str

    def lines(self, per_line: int) -> list[str]:
        """The label as it stands in the picture; the table has it whole."""
        short = self.label if len(self.label) <= LONGEST_LABEL else f"{self.label[:LONGEST_LABEL]}…"
        return broken(short, per_line)


@dataclass(frozen=True, slots=True)
class Picture:
    """One SVG element and what it shows."""

    svg: str
    points: tuple[Point, ...]


def pictures(
    kind: Literal["bar", "pie"], title: str, points: tuple[Point, ...], name: str
) -> tuple[Picture, ...]:
    """The chart, in several pictures of one scale where a page is too short for it.

    `name`: letters and digits, unique in the document (pattern ids).
    """
    if kind == "pie" and len(points) <= MOST_SLICES and sum(_legend_heights(points)) < HIGHEST:
        canvas = _Canvas(title, name)
        _pie(canvas, points)
        return (Picture(canvas.text(), points),)
    scale = _Scale(points)
    return tuple(_bars(title, part, scale) for part in _pages(points))


def _pages(points: tuple[Point, ...]) -> Iterator[tuple[Point, ...]]:
    """Bars that fit on a page together."""
    page: list[Point] = []
    height = 0
    for point in points:
        if page and height + _bar_height(point) > HIGHEST:
            yield tuple(page)
            page, height = [], 0
        page.append(point)
        height += _bar_height(point)
    yield tuple(page)


class _Canvas:
    def __init__(self, title: str, name: str) -> None:
        self.root = Xml.Element("svg", xmlns="http://www.w3.org/2000/svg", role="img")
        Xml.SubElement(self.root, "title").text = title
        self.name = name
        self.height = 0

    def add(self, tag: str, **attributes: object) -> Xml.Element:
        return Xml.SubElement(
            self.root, tag, {key.replace("_", "-"): _number(value) for key, value in attributes.items()}
        )

    def words(self, text: str | list[str], x: float, y: float, anchor: str = "start") -> None:
        """Text, or lines of text, with its middle at height `y`."""
        lines = [text] if isinstance(text, str) else text
        top = y - (len(lines) - 1) * LINE / 2 + TYPE * 0.36
        for index, line in enumerate(lines):
            element = self.add("text", x=x, y=top + index * LINE, text_anchor=anchor, font_size=TYPE,
                               font_family=FONT, fill=INK)  # fmt: skip
            element.text = line

    def fill(self, index: int) -> str:
        """The paint of the n-th slice; defines its pattern on first use."""
        ground, sign = FILLS[index % len(FILLS)]
        if not sign:
            return ground
        identity = f"{self.name}-{index % len(FILLS)}"
        if self.root.find(f"pattern[@id='{identity}']") is None:
            self._pattern(identity, ground, sign)
        return f"url(#{identity})"

    def _pattern(self, identity: str, ground: str, sign: str) -> None:
        pattern = self.add("pattern", id=identity, width=8, height=8, patternUnits="userSpaceOnUse")
        Xml.SubElement(pattern, "rect", width="8", height="8", fill=ground)
        strokes = {"/": ["M0 8L8 0"], "\\": ["M0 0L8 8"], "x": ["M0 8L8 0", "M0 0L8 8"], "-": ["M0 4L8 4"]}
        for path in strokes.get(sign, []):
            Xml.SubElement(pattern, "path", d=path, stroke=INK, fill="none").set("stroke-width", "1")
        if sign == ".":
            for x, y in (("2", "2"), ("6", "6")):
                Xml.SubElement(pattern, "circle", cx=x, cy=y, r="1.1", fill=INK)

    def text(self) -> str:
        height = _number(self.height)
        self.root.set("viewBox", f"0 0 {WIDTH} {height}")
        self.root.set("width", str(WIDTH))
        self.root.set("height", height)
        return Xml.tostring(self.root, encoding="unicode")


class _Scale:
    """Where a value lies. Figures stand at the ends of the bars, those of negative values left of them."""

    LABELS, FIGURES = 152, 118

    def __init__(self, points: tuple[Point, ...]) -> None:
        values = [Decimal(0), *(point.value for point in points if point.value is not None)]
        self.low = min(values)
        self.span = (max(values) - self.low) or Decimal(1)
        self.start = self.LABELS + (self.FIGURES if self.low < 0 else 0)
        self.room = WIDTH - self.start - self.FIGURES

    def at(self, value: Decimal) -> float:
        return self.start + float((value - self.low) / self.span) * self.room


def _bar_height(point: Point) -> int:
    return max(26, len(point.lines(10)) * LINE + 8)


def _bars(title: str, points: tuple[Point, ...], scale: _Scale) -> Picture:
    """Horizontal bars from one zero line: labels left, figures at the end of the bar."""
    canvas = _Canvas(title, "")
    zero, y = scale.at(Decimal(0)), 6.0
    for point in points:
        height = _bar_height(point)
        middle = y + height / 2
        canvas.words(point.lines(10), scale.LABELS - 10, middle, "end")
        left, right = sorted((zero, zero if point.value is None else scale.at(point.value)))
        if point.value is not None:
            canvas.add("rect", x=left, y=middle - 8, width=right - left, height=16, fill="#8c8c8c",
                       stroke=INK, stroke_width=0.75)  # fmt: skip
        if point.value is not None and point.value < 0:
            canvas.words(point.shown, left - 6, middle, "end")
        else:
            canvas.words(point.shown, right + 6, middle)
        y += height
    canvas.add("line", x1=zero, y1=2, x2=zero, y2=y + 4, stroke=INK, stroke_width=1)
    canvas.height = int(y + 8)
    return Picture(canvas.text(), points)


def _legend_heights(points: tuple[Point, ...]) -> list[int]:
    return [max(22, len(point.lines(11)) * LINE + 4) for point in points]


def _pie(canvas: _Canvas, points: tuple[Point, ...]) -> None:
    """Numbered slices, clockwise from the top, and a legend of all points with their shares."""
    legend, radius = 292, 112
    heights = _legend_heights(points)
    canvas.height = max(2 * radius + 56, sum(heights) + 16)
    whole = sum((point.value for point in points if point.value and point.value > 0), Decimal(0))
    centre = (140.0, canvas.height / 2)
    angle, top = 0.0, canvas.height / 2 - sum(heights) / 2
    for index, (point, height) in enumerate(zip(points, heights, strict=True)):
        middle = top + height / 2
        share = point.value / whole if point.value and point.value > 0 else None
        if share is not None:
            paint = canvas.fill(index)
            _slice(canvas, (*centre, radius), angle, float(share), paint)
            if share >= Decimal("0.02"):
                towards = angle + pi * float(share)
                canvas.words(str(index + 1), centre[0] + (radius + 16) * sin(towards),
                             centre[1] - (radius + 16) * cos(towards), "middle")  # fmt: skip
            angle += 2 * pi * float(share)
            canvas.add("rect", x=legend, y=middle - 7, width=14, height=14, fill=paint, stroke=INK,
                       stroke_width=0.75)  # fmt: skip
        canvas.words(f"{index + 1}", legend + 40, middle, "end")
        canvas.words(point.lines(11), legend + 48, middle)
        canvas.words(point.shown if share is None else percent(share), WIDTH - 4, middle, "end")
        top += height


def _slice(
    canvas: _Canvas, circle: tuple[float, float, float], angle: float, share: float, paint: str
) -> None:
    x, y, radius = circle
    if share > 0.9999:
        canvas.add("circle", cx=x, cy=y, r=radius, fill=paint, stroke=INK, stroke_width=0.75)
        return
    end = angle + 2 * pi * share
    points = [f"{_number(x + radius * sin(at))} {_number(y - radius * cos(at))}" for at in (angle, end)]
    arc = f"A{radius} {radius} 0 {int(share > 0.5)} 1 {points[1]}"
    canvas.add(
        "path", d=f"M{_number(x)} {_number(y)}L{points[0]}{arc}Z", fill=paint, stroke=INK, stroke_width=0.75
    )


def percent(share: Decimal) -> str:
    """0.45122 → 45.12%"""
    return f"{(share * 100).quantize(Decimal('0.01'), ROUND_HALF_UP)}%"


def broken(text: str, per_line: int) -> list[str]:
    """Lines of at most `per_line` ideographs; two ASCII characters count as one."""
    lines, line, width = [], "", 0.0
    for character in text:
        step = 0.5 if character.isascii() else 1.0
        if line and width + step > per_line:
            lines.append(line)
            line, width = "", 0.0
        line += character
        width += step
    return [*lines, line]


def _number(value: object) -> str:
    """Coordinates with two decimals: the same bytes on every machine."""
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
