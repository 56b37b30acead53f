"""试算: the indicator as it stands in its form, unsaved, tried with figures; and the curve of its points.

The panel is part of the form of the piece (`indicators/part.html`) and is sent with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from ..engine import trying
from ..engine.curve import curve
from ..engine.faults import Fault, TemplateFaults
from ..engine.figures import unit_label
from ..engine.sheet import ScoreLine
from ..engine.spec import Indicator, TemplateSpec
from ..engine.trying import Bench, Box, Tried
from ..engine.values import NUMBER_KINDS
from ..engine.words import place_words, quoted
from ..forms import posting
from ..forms.trees import Tree
from .picture import Picture, draw

#: Names of the panel's boxes begin so: no box of a piece does.
PREFIX = "try:"


@dataclass(frozen=True, slots=True)
class Filled:
    """A box with what was typed."""

    name: str
    box: Box
    text: str
    fault: str
    choices: tuple[str, ...]

    @property
    def id(self) -> str:
        return f"try-{self.box.name}".replace(".", "-")

    @property
    def is_figure(self) -> bool:
        return self.box.definition.kind in NUMBER_KINDS

    @property
    def unit(self) -> str:
        """What stands behind the box."""
        return self.box.unit if self.box.definition.kind == "money" else unit_label(self.box.definition)


@dataclass(frozen=True, slots=True)
class Way:
    """One way of trying: its boxes, what came out (None: nothing typed), or why it cannot be tried so."""

    boxes: tuple[Filled, ...] = ()
    line: ScoreLine | None = None
    why_not: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Panel:
    """The panel. `by_value` is None for rules without a measured value, `names` are those of all boxes.

    `rounding`: to how many decimals the measured value is rounded before the curve counts.
    """

    by_value: Way | None
    by_figures: Way
    picture: Picture | None = None
    rounding: int | None = None
    names: tuple[str, ...] = ()


def panel(spec: TemplateSpec, leaf: Indicator, post: Mapping[str, str]) -> Panel:
    """What the panel shows for `leaf`, which may be another than the stored one, and what was typed in it."""
    if leaf.open:
        leaf = replace(leaf, open=None, rule=leaf.open.rule)
    marked = None
    ways: list[Way | None] = []
    for bench_of in (trying.by_value, trying.by_figures):
        if bench_of is trying.by_value and not trying.has_measure(leaf):
            ways.append(None)
            continue
        way, tried = _way(bench_of, spec, leaf, post)
        ways.append(way)
        if tried and tried.line and tried.value is not None and tried.line.computed is not None:
            marked = marked or (tried.value, tried.line.computed)
    found = curve(leaf) if leaf.rule else None
    names = tuple(box.name for way in ways if way for box in way.boxes)
    return Panel(
        *ways, draw(spec, leaf, found, marked) if found else None, leaf.round_value if found else None, names
    )


def _way(
    bench_of: Any, spec: TemplateSpec, leaf: Indicator, post: Mapping[str, str]
) -> tuple[Way, Tried | None]:
    try:
        bench: Bench = bench_of(spec, leaf)
    except TemplateFaults as refused:
        return Way(why_not=tuple(_told(spec, leaf, fault) for fault in refused.faults)), None
    texts = {box.name: post.get(f"{PREFIX}{box.name}", "") for box in bench.boxes}
    tried = bench.run(texts) if any(text.strip() for text in texts.values()) else None
    faults = tried.faults if tried else {}
    boxes = tuple(
        Filled(f"{PREFIX}{box.name}", box, texts[box.name], faults.get(box.name, ""), _choices(box))
        for box in bench.boxes
    )
    return Way(boxes, tried.line if tried else None), tried


def _choices(box: Box) -> tuple[str, ...]:
    return ("是", "否") if box.definition.kind == "yes_no" else box.definition.choices


def _told(spec: TemplateSpec, leaf: Indicator, fault: Fault) -> str:
    """`指标值：没有“…”` for a fault at `rule.measure`."""
    if not fault.place:
        return fault.message
    place = place_words(replace(spec, indicators=(leaf,)), f"indicators[0].{fault.place}")
    return f"{place.removeprefix(f'{quoted(leaf)}的')}：{fault.message}"


def of_tree(spec: TemplateSpec, stored: Indicator, tree: Tree, post: Mapping[str, str]) -> Panel:
    """The panel for the indicator as its form says it."""
    leaf, faults = posting.piece_of(Indicator, posting.pruned(tree, posting.whole(Indicator)))
    if faults:
        return Panel(None, Way(why_not=tuple(_told(spec, stored, fault) for fault in faults)))
    return panel(spec, leaf, post)
