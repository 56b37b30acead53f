"""What was typed, as the data of the YAML format, and through the reader of files as the piece.

There is one reader for both (`engine/reading`): here texts only become what a file would have said, numbers
without full-width digits and thousands separators, an empty box as a key that is left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..engine import reading
from ..engine.faults import Fault
from ..engine.names import half_width
from .shapes import Shape, shape_of, shapes_of
from .trees import YES, Tree, of_post, posted

_OMITTED = object()
_BLANKS = " \t\r\n"  # an ideographic space is an indent that prints
_WHOLE = re.compile(r"[+-]?[0-9]{1,15}")
_APART = re.compile(r"[\s,，、;；/]+")


def piece_from(cls: Any, data: Mapping[str, str], prefix: str = "") -> tuple[Any, tuple[Fault, ...]]:
    """(the piece that a form sent, or None; what of it cannot be read).

    `cls`: a class of the spec, or what hints say of one (`tuple[GradeBand, ...]`, `Rule | None`). `prefix`:
    the name of the piece within the form, such as `rule`, "" for the whole form. The places of the faults are
    names of boxes. Rows that were left empty are no rows.
    """
    shape = whole(cls)
    return piece_of(cls, pruned(of_post(posted(data, prefix), shape), shape), prefix)


def whole(cls: Any) -> Shape:
    """The shape of a form of its own: a list from which every row was removed is an empty list."""
    return replace(shape_of(cls), required=True)


def piece_of(cls: Any, tree: Tree, prefix: str = "") -> tuple[Any, tuple[Fault, ...]]:
    """The same from the tree of the boxes."""
    return reading.read(data_of(tree, shape_of(cls)), cls, prefix)


def data_of(tree: Tree, shape: Shape) -> Any:
    """What a file would say."""
    match shape.kind:
        case "text":
            return _OMITTED if tree is None else tree.strip(_BLANKS)
        case "number":
            return _number(tree, shape)
        case "whole":
            found = _number(tree, shape)
            return int(found) if isinstance(found, str) and _WHOLE.fullmatch(found) else found
        case "tick":
            return tree == YES
        case "choice":
            return _OMITTED if tree is None or (not tree and "" not in shape.values) else tree
        case "lines":
            return [line.strip(_BLANKS) for line in (tree or "").splitlines() if line.strip()]
        case "groups":
            return dict(map(_group, filter(str.strip, (tree or "").splitlines())))
        case "wholes":
            pieces = [piece for piece in _APART.split(half_width(tree or "")) if piece]
            return [int(piece) if _WHOLE.fullmatch(piece) else piece for piece in pieces]
        case "rows":
            return _OMITTED if tree is None else [data_of(row, shape.item) for row in tree]
        case "mapping":
            found = {key: data_of(one, shape.item) for key, one in (tree or {}).items()}
            return {key: value for key, value in found.items() if value is not _OMITTED}
        case "piece":
            return None if shape.optional and not tree else _keys(tree, shapes_of(shape.cls))
    kind = (tree or {}).get("kind", "")
    return _rule(tree, kind, shape) if kind else None


def _rule(tree: Tree, kind: str, shape: Shape) -> dict[str, Any]:
    keys = shapes_of(shape.rules[kind]) if kind in shape.rules else {}
    return {"kind": kind, **_keys(tree, keys)}


def _keys(tree: Tree, shapes: Mapping[str, Shape]) -> dict[str, Any]:
    found = {key: data_of(tree.get(key), shape) for key, shape in shapes.items()}
    return {key: value for key, value in found.items() if value is not _OMITTED}


def _group(line: str) -> tuple[str, list[str]]:
    """产出指标：数量指标；质量指标."""
    name, _, members = line.replace("；", ";").replace("：", ":").partition(":")
    return name.strip(_BLANKS), [one.strip(_BLANKS) for one in members.split(";") if one.strip()]


def _number(tree: str | None, shape: Shape) -> Any:
    if tree is None:
        return _OMITTED
    text = half_width(tree).replace(",", "").strip()
    return text or (None if shape.optional else _OMITTED)


# ── rows that were left empty ───────────────────────────────────────────────────────────────────────────────


def pruned(tree: Tree, shape: Shape) -> Tree:
    """The tree without rows in which nothing was typed, and without pieces that may be left out and were."""
    match shape.kind:
        case "rows" if tree is not None:
            rows = [pruned(row, shape.item) for row in tree]
            if shape.item.kind == "choice":  # the last ones of a list of styles
                while rows and not rows[-1]:
                    rows.pop()
                return rows
            return [row for row in rows if not _says_nothing(row, shape.item)]
        case "mapping":
            if shape.item.kind == "rows":
                kept = {key: pruned(rows, shape.item) for key, rows in (tree or {}).items()}
                return {key: rows for key, rows in kept.items() if rows}
            return tree
        case "piece" if tree:
            return _pruned_keys(tree, shapes_of(shape.cls))
        case "rule" if (tree or {}).get("kind") in shape.rules:
            return tree | _pruned_keys(tree, shapes_of(shape.rules[tree["kind"]]))
    return tree


def _pruned_keys(tree: Tree, shapes: Mapping[str, Shape]) -> Tree:
    return {key: pruned(one, shapes[key]) if key in shapes else one for key, one in tree.items()}


def _says_nothing(row: Tree, shape: Shape) -> bool:
    """Whether no text was typed in a row of a kind that has to say one; ticks and choices are no texts."""
    if shape.kind == "mapping":
        return not any(text.strip() for text in row.values())
    if shape.kind != "piece":
        return not row
    shapes = shapes_of(shape.cls)
    must = any(one.required and one.kind not in ("choice", "tick") for one in shapes.values())
    return must and not any(_typed(row.get(key), one) for key, one in shapes.items())


def _typed(tree: Tree, shape: Shape) -> bool:
    if shape.kind in ("choice", "tick", "whole"):
        return False
    return bool(tree.strip() if isinstance(tree, str) else tree) and tree != "0"
