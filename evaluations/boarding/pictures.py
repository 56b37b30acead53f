"""Charts of the boards as SVG of our own: no script, no style attribute (CSP), real text, named for readers.

Colours and letters come from the page's style sheet by class. Every figure is written beside its bar, so no
colour carries meaning; what cannot be seen stands in the table below.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from xml.etree import ElementTree as Xml

from ..documents.charts import broken

WIDTH = 640
LINE = 17
LABELS = 190
#: What a label may hold beside a bar, and below an upright one, in ideographs a line.
PER_LINE, BELOW = 13, 6
UPRIGHT = 240

Bars = Sequence[tuple[str, int | Decimal]]


def bars(name: str, title: str, points: Bars) -> str:
    """Bars lying below each other: names left, values at their ends. `name` is unique on the page."""
    root = _root(name, title, points)
    highest = max((value for _, value in points), default=0) or 1
    y = 4
    for label, value in points:
        lines = broken(label, PER_LINE)[:2]
        height = max(26, len(lines) * LINE + 6)
        middle = y + height / 2
        _words(root, lines, LABELS - 10, middle, "end")
        long = float(Decimal(value) / Decimal(highest)) * (WIDTH - LABELS - 60)
        _add(root, "rect", "chart-bar", x=LABELS, y=middle - 8, width=max(long, 1 if value else 0), height=16)
        _words(root, [f"{value}"], LABELS + long + 8, middle)
        y += height
    _add(root, "line", "chart-axis", x1=LABELS, y1=0, x2=LABELS, y2=y + 4)
    return _text(root, y + 4)


def columns(name: str, title: str, points: Bars) -> str:
    """Upright bars side by side, for classes that follow each other."""
    root = _root(name, title, points)
    highest = max((value for _, value in points), default=0) or 1
    room = WIDTH / max(len(points), 1)
    ground = UPRIGHT - 44
    for index, (label, value) in enumerate(points):
        middle = room * (index + 0.5)
        high = float(Decimal(value) / Decimal(highest)) * (ground - 28)
        wide = min(room * 0.7, 56)
        _add(root, "rect", "chart-bar", x=middle - wide / 2, y=ground - high, width=wide, height=high)
        _words(root, [f"{value}"], middle, ground - high - 12, "middle")
        _words(root, broken(label.replace(" ", ""), BELOW)[:2], middle, ground + 22, "middle")
    _add(root, "line", "chart-axis", x1=0, y1=ground, x2=WIDTH, y2=ground)
    return _text(root, UPRIGHT)


def line(name: str, title: str, points: Sequence[tuple[str, Decimal | None]], unit: str) -> str:
    """One value a year, joined where years with a value follow each other."""
    known = [(label, value) for label, value in points if value is not None]
    root = _root(name, title, [(label, f"{value}{unit}") for label, value in known])
    values = [value for _, value in known] or [Decimal(0)]
    low, high = min(values), max(values)
    span = (high - low) or Decimal(1)
    room, top, ground = WIDTH / max(len(points), 1), 36, UPRIGHT - 60
    before: tuple[float, float] | None = None
    for index, (label, value) in enumerate(points):
        x = room * (index + 0.5)
        _words(root, [label], x, UPRIGHT - 16, "middle")
        if value is None:
            _words(root, ["—"], x, ground, "middle")
            before = None
            continue
        y = (top + ground) / 2 if low == high else ground - float((value - low) / span) * (ground - top)
        if before:
            _add(root, "line", "chart-line", x1=before[0], y1=before[1], x2=x, y2=y)
        before = (x, y)
        _add(root, "circle", "chart-point", cx=x, cy=y, r=4)
        _words(root, [f"{value}{unit}"], x, y - 16, "middle")
    _add(root, "line", "chart-axis", x1=0, y1=UPRIGHT - 34, x2=WIDTH, y2=UPRIGHT - 34)
    return _text(root, UPRIGHT)


def _root(name: str, title: str, points: Sequence[tuple[str, object]]) -> Xml.Element:
    ids = f"{name}-title {name}-desc"
    root = Xml.Element("svg", {"class": "chart", "role": "img", "aria-labelledby": ids})
    Xml.SubElement(root, "title", id=f"{name}-title").text = title
    told = "；".join(f"{label}：{value}" for label, value in points)
    Xml.SubElement(root, "desc", id=f"{name}-desc").text = told or "没有数据"
    return root


def _add(root: Xml.Element, tag: str, kind: str, **at: float) -> None:
    Xml.SubElement(root, tag, {"class": kind} | {name: _number(value) for name, value in at.items()})


def _words(root: Xml.Element, lines: Sequence[str], x: float, y: float, anchor: str = "start") -> None:
    top = y - (len(lines) - 1) * LINE / 2 + 5
    for index, words in enumerate(lines):
        place = {"x": _number(x), "y": _number(top + index * LINE), "text-anchor": anchor}
        Xml.SubElement(root, "text", place).text = words


def _text(root: Xml.Element, height: float) -> str:
    root.set("viewBox", f"0 0 {WIDTH} {_number(height)}")
    return Xml.tostring(root, encoding="unicode")


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
