"""How names are compared, and what is offered when one is unknown."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable

_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_HALF_WIDTH |= dict.fromkeys(map(ord, "\u3000\xa0\u2007\u2009\u202f"), " ")
_HALF_WIDTH |= {ord("￥"): "¥", ord("−"): "-", ord("–"): "-"}
_ALIKE = dict.fromkeys(map(ord, "‐‑‒—―─"), "-") | dict.fromkeys(map(ord, "•・‧∙"), "·")
_QUOTES = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'"})


def half_width(text: str) -> str:
    """全角 → 半角, one character for one. Leaves ², ½ and ① alone, which are no digits."""
    return text.translate(_HALF_WIDTH)


def fold(name: str) -> str:
    """The form in which two spellings of a name are equal: width, quotes and blanks do not count."""
    return "".join(half_width(name).translate(_QUOTES).split())


def gist(text: str) -> str:
    """The form in which two wordings say the same: as `fold`, and a last full stop does not count."""
    return fold(text).rstrip("。.;,")


def look(name: str) -> str:
    """The form in which two names look alike to a reader: as `fold`, and kinds of dashes, dots and forms."""
    return unicodedata.normalize("NFKC", fold(name).translate(_ALIKE)).lower()


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name most like `name`, or None when nothing is like it."""
    originals = {fold(candidate): candidate for candidate in known}
    found = difflib.get_close_matches(fold(name), originals, n=1)
    return originals[found[0]] if found else None


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """`，是否指“…”` for the end of a message, or nothing."""
    suggestion = nearest(name, known)
    return f"，是否指“{suggestion}”" if suggestion else ""
