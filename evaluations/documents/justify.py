"""Justified Chinese lines: a replacement for one function of WeasyPrint.

`text-align: justify` of WeasyPrint 70 stretches blanks only, so lines of ideographs stay ragged and a stray
ASCII blank becomes a hole. GB/T 9704 wants full lines. Here the missing width goes between ideographs and
full-width signs, never into a number or a Latin word.

This leans on WeasyPrint's inside. `install` checks everything it touches and otherwise leaves WeasyPrint as
it is (ragged lines, one warning in the log); tests/documents/test_typography.py fails loudly when that
happens.
"""

from __future__ import annotations

import inspect
import logging
import re
from typing import Any

logger = logging.getLogger(__name__)

#: A wider gap than this share of the type size looks worse than a ragged line.
WIDEST_GAP = 0.3
#: Ideographs, full-width forms, the signs that Chinese faces draw full width.
WIDE = re.compile(
    "[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6"
    "\U0001f300-\U0001faff\U00020000-\U0003fffd“”‘’—…·×÷±≤≥≦≧①-⑳]+"
)

#: Where a blank may change its face, and with it its width, once the signs beside it are stretched.
CHANGING = re.compile(f"[ \u00a0](?:{WIDE.pattern})|(?:{WIDE.pattern})[ \u00a0]")
#: What may be stretched: these and blanks.
STRETCH = re.compile(f"(?:{WIDE.pattern}|[ \u00a0]+)+")


def gaps(text: str) -> float:
    """Shares of width that a text takes up: one between two stretching characters, half beside any other."""
    shares = 0.0
    for run in STRETCH.finditer(text):
        shares += len(run[0]) - 1 + (run.start() > 0) / 2 + (run.end() < len(text)) / 2
    return shares


def install() -> bool:
    """Put the replacement in place; False (and a warning) when WeasyPrint is not as it was."""
    from weasyprint.formatting_structure import boxes
    from weasyprint.layout import inline
    from weasyprint.text import line_break

    try:
        _check(inline, line_break)
    except (AttributeError, ValueError) as change:
        logger.warning("WeasyPrint has changed, lines stay ragged: %s", change)
        return False
    inline.justify_line = _replacement(inline.justify_line, boxes, line_break)
    return True


def _check(inline: Any, line_break: Any) -> None:
    """Raise unless the functions used here still have the parameters they are used with."""
    expected = {
        inline.justify_line: ["context", "line", "extra_width"],
        line_break.Layout.__init__: ["self", "style", "justification_spacing", "max_width"],
        line_break.Layout.set_text: ["self", "text", "justify"],
        line_break.Layout.reactivate: ["self", "style"],
        line_break.Layout.get_first_line: ["self"],
        line_break.line_size: ["line", "style"],
    }
    for function, parameters in expected.items():
        if list(inspect.signature(function).parameters) != parameters:
            raise ValueError(f"{function.__qualname__} takes other parameters")
    for name in ("pango_attr_letter_spacing_new", "pango_attr_list_change", "pango_attr_list_new"):
        getattr(line_break.pango, name)


def _replacement(original: Any, boxes: Any, line_break: Any) -> Any:
    stretched = _stretched_layout(line_break)

    def justify_line(context: Any, line: Any, extra_width: float) -> None:
        texts = _text_boxes(line, boxes)
        if texts is None:
            return original(context, line, extra_width)
        shares = sum(gaps(box.text) for box in texts)
        if shares and extra_width / shares <= WIDEST_GAP * line.style["font_size"]:
            changes = {box: _change(box, stretched, line_break) for box in texts if CHANGING.search(box.text)}
            gap = (extra_width - sum(changes.values())) / shares
            _widen(line, boxes, stretched, gap, changes, 0)
        return None

    return justify_line


def _stretched_layout(line_break: Any) -> type:
    """Text that gets its wider gaps (CSS pixels) when it is drawn, and needs no Pango layout before."""
    ffi, pango, units = line_break.ffi, line_break.pango, line_break.TO_UNITS

    class StretchedLayout(line_break.Layout):
        def __init__(self, text: str, gap: float) -> None:
            self.text, self.gap = text, gap
            self.justification_spacing, self.max_width = 0, None

        def set_text(self, text: str, justify: bool = False) -> None:
            super().set_text(text, justify)
            attributes = pango.pango_layout_get_attributes(self.layout)
            if attributes == ffi.NULL:
                attributes = ffi.gc(pango.pango_attr_list_new(), pango.pango_attr_list_unref)
            for run in STRETCH.finditer(text):
                attribute = pango.pango_attr_letter_spacing_new(int(self.gap * units))
                attribute.start_index = len(text[: run.start()].encode())
                attribute.end_index = attribute.start_index + len(run[0].encode())
                pango.pango_attr_list_change(attributes, attribute)
            pango.pango_layout_set_attributes(self.layout, attributes)

    return StretchedLayout


def _text_boxes(box: Any, boxes: Any) -> list[Any] | None:
    """The text boxes of a line from left to right; None when it holds anything else (an image, a float)."""
    found: list[Any] = []
    for child in box.children:
        if isinstance(child, boxes.TextBox):
            found.append(child)
        elif isinstance(child, boxes.InlineBox) and child.is_in_normal_flow():
            inner = _text_boxes(child, boxes)
            if inner is None:
                return None
            found += inner
        else:
            return None
    return found


def _change(box: Any, stretched: type, line_break: Any) -> float:
    """How much wider a text box is for being stretched at all: Pango chooses the face of each run anew."""
    layout = stretched(box.text, 0)
    layout.reactivate(box.style)
    first_line, _ = layout.get_first_line()
    return line_break.line_size(first_line, box.style)[0] - box.width


def _widen(
    box: Any, boxes: Any, stretched: type, gap: float, changes: dict[Any, float], shift: float
) -> float:
    """Widen what is inside, move it by what stands left of it has grown; the new shift."""
    for child in box.children:
        child.position_x += shift
        before = shift
        if isinstance(child, boxes.TextBox):
            child.pango_layout = stretched(child.text, gap)
            shift += gap * gaps(child.text) + changes.get(child, 0)
        else:
            shift = _widen(child, boxes, stretched, gap, changes, shift)
        child.width += shift - before
    return shift
