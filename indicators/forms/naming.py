"""Lists of codes take names, too: what is called so by one code only becomes that code."""

from __future__ import annotations

from collections.abc import Mapping

from ..engine.mentions import CODES
from ..engine.names import fold
from .around import Around
from .shapes import Shape, shapes_of
from .trees import Tree


def by_code(tree: Tree, shape: Shape, around: Around) -> Tree:
    """The tree with codes for names in its lists of codes; what names nothing stays as it was typed."""
    match shape.kind:
        case "rows" if tree:
            return [by_code(row, shape.item, around) for row in tree]
        case "piece" if tree:
            return _piece(tree, shape.cls, around)
    return tree


def _piece(tree: Tree, cls: type, around: Around) -> Tree:
    found = dict(tree)
    for key, shape in shapes_of(cls).items():
        if key not in tree:
            continue
        if shape.kind == "lines" and (cls, key) in CODES:
            found[key] = _lines(tree[key], around.named(cls, key))
        else:
            found[key] = by_code(tree[key], shape, around)
    return found


def _lines(text: str, named: Mapping[str, str]) -> str:
    codes: dict[str, list[str]] = {}
    for code, name in named.items():
        codes.setdefault(fold(name), []).append(code)
    return "\n".join(_line(line, named, codes) for line in text.split("\n"))


def _line(line: str, named: Mapping[str, str], codes: Mapping[str, list[str]]) -> str:
    called = codes.get(fold(line), ())
    return called[0] if line.strip() not in named and len(called) == 1 else line
