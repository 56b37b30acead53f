"""One line pitch whatever faces meet in a line: a wrapper around one function of WeasyPrint.

A line box grows when a fallback face (a rare character, the digits) has another baseline than the first
one, although `line-height` is fixed. Then 22 lines no longer fit on a page of GB/T 9704. Here every piece
of text takes the baseline of its style's own first face, so that the pitch is the line height and nothing
else.

This leans on WeasyPrint's inside. `install` checks what it touches and otherwise leaves WeasyPrint as it is;
tests/documents/test_typography.py fails loudly when that happens.
"""

from __future__ import annotations

import inspect
import logging
from typing import Any

logger = logging.getLogger(__name__)

PARAMETERS = ["context", "box", "available_width", "skip", "is_line_start"]


def install() -> bool:
    """Put the wrapper in place; False (and a warning) when WeasyPrint is not the one it was written for."""
    from weasyprint.layout import inline

    split = getattr(inline, "split_text_box", None)
    strut = getattr(inline, "strut", None)
    if split is None or strut is None or list(inspect.signature(split).parameters) != PARAMETERS:
        logger.warning("WeasyPrint has changed, lines with mixed faces are higher than others")
        return False

    def split_text_box(*args: Any, **options: Any) -> Any:
        box, *rest = split(*args, **options)
        if box is not None:
            _, baseline = strut(box.style)
            shift = baseline - box.baseline
            box.margin_top += shift
            box.margin_bottom -= shift
            box.baseline = baseline
        return (box, *rest)

    inline.split_text_box = split_text_box
    return True
