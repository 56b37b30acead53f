"""What stands in the boxes of a form: texts, rows of texts, texts by key.

A tree is a text, a list of trees, or a mapping of trees: of a piece by its keys, of a rule by the keys of all
kinds that were ever chosen, so that another kind may be tried and taken back. What a post does not name is
absent (None). Names of boxes are places: `rule.bands[2].bound`, `figures.budget`, `rows[1][0].text`; every
row is named by itself, too (`rule.bands[2]`), for a row may hold nothing but empty ticks.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ..engine.reading import default_of
from ..engine.values import plain
from .shapes import Shape, shapes_of

Tree = Any
YES = "是"
#: No name of a box has more parts; what a forged post nests deeper is no box.
MAX_DEPTH = 16
_TOKEN = re.compile(r"\[[^\[\]]*\]|[^.\[\]]+")


# ── of a piece ──────────────────────────────────────────────────────────────────────────────────────────────


def of_value(value: Any, shape: Shape) -> Tree:
    """The tree of what the spec holds."""
    match shape.kind:
        case "tick":
            return YES if value else ""
        case "lines":
            return "\n".join(value)
        case "groups":
            return "\n".join(f"{key}：{'；'.join(names)}" for key, names in value.items())
        case "wholes":
            return " ".join(map(str, value))
        case "rows":
            return [of_value(one, shape.item) for one in value]
        case "mapping":
            return {key: of_value(one, shape.item) for key, one in value.items()}
        case "piece":
            return {} if value is None else of_piece(value)
        case "rule":
            return {"kind": ""} if value is None else {"kind": value.kind, **of_piece(value)}
        case "number" | "whole":
            return "" if value is None else plain(value) if shape.kind == "number" else str(value)
    return value


def of_piece(piece: Any) -> Tree:
    """The tree of a piece by its keys."""
    return {key: of_value(getattr(piece, key), shape) for key, shape in shapes_of(type(piece)).items()}


def fresh(shape: Shape) -> Tree:
    """The tree of a new row: what is left out in a file, else nothing."""
    match shape.kind:
        case "piece":
            defaults = {item.name: default_of(item) for item in dataclasses.fields(shape.cls)}
            return {
                key: fresh(one) if one.required else of_value(defaults[key], one)
                for key, one in shapes_of(shape.cls).items()
            }
        case "rows":
            return [fresh(shape.item)]
        case "mapping":
            return {}
        case "choice":
            return shape.values[0]
        case "rule":
            return {"kind": ""}
    return ""


# ── of a post ───────────────────────────────────────────────────────────────────────────────────────────────


class Posted:
    """A part of what a form sent: its own text (None: not named), and what is named below it, in order."""

    __slots__ = ("below", "text")

    def __init__(self) -> None:
        self.text: str | None = None
        self.below: dict[str, Posted] = {}

    def at(self, tokens: list[str]) -> Posted:
        node = self
        for token in tokens:
            node = node.below.setdefault(token, Posted())
        return node

    def texts(self) -> Iterator[tuple[str, str]]:
        """(name, text) of everything below, named from here: `OUT[1]`."""
        for token, node in self.below.items():
            if node.text is not None:
                yield token, node.text
            for name, text in node.texts():
                yield (f"{token}{name}" if name.startswith("[") else f"{token}.{name}"), text

    def rows(self) -> list[Posted]:
        return [node for token, node in self.below.items() if token.startswith("[")]


def posted(data: Mapping[str, str], prefix: str = "") -> Posted:
    """`data` (a QueryDict, or names with texts) by the parts of its names; from `prefix` down."""
    root = Posted()
    for name, text in data.items():
        parts = tokens(name) if name.startswith(prefix) else ()
        if 0 < len(parts) <= MAX_DEPTH:
            root.at(parts).text = text
    return root.at(tokens(prefix))


def tokens(name: str) -> list[str]:
    """`rule.bands[2].bound` → rule, bands, [2], bound."""
    return _TOKEN.findall(name)


def of_post(node: Posted, shape: Shape) -> Tree:
    """The tree of what was sent; None for a text that was not."""
    match shape.kind:
        case "tick":
            return YES if node.text else ""
        case "rows":
            rows = [of_post(row, shape.item) for row in node.rows()]
            return rows if rows or shape.required else None
        case "mapping":
            return _mapping(node, shape.item)
        case "piece":
            if shape.optional and not _is_there(node):
                return {}
            return _keys(node, shapes_of(shape.cls))
        case "rule":
            every = {key: one for cls in shape.rules.values() for key, one in shapes_of(cls).items()}
            kind = node.below["kind"].text if "kind" in node.below else None
            return {"kind": kind or "", **_keys(node, every)}
    return None if node.text is None else node.text.replace("\r\n", "\n")


def _is_there(node: Posted) -> bool:
    """Whether a piece that may be left out was given: by a box of its own, or by anything typed in it."""
    return any(text for _, text in node.texts()) if node.text is None else bool(node.text)


def _keys(node: Posted, shapes: Mapping[str, Shape]) -> Tree:
    found = {key: of_post(node.below.get(key, Posted()), shape) for key, shape in shapes.items()}
    return {key: tree for key, tree in found.items() if tree is not None}


def _mapping(node: Posted, item: Shape) -> Tree:
    """A row of texts by key names in its own text the keys that a file wrote empty."""
    if item.kind == "rows":
        return {key: of_post(below, item) for key, below in node.below.items()}
    found = dict.fromkeys((node.text or "").split(), "")
    return found | {name: text for name, text in node.texts() if text.strip()}


# ── rows ────────────────────────────────────────────────────────────────────────────────────────────────────


def locate(tree: Tree, shape: Shape, name: str) -> tuple[Tree, Shape]:
    """What stands under a name, and its shape; raises `LookupError` for a name that is none."""
    for token in tokens(name):
        match shape.kind:
            case "piece":
                if tree == {}:  # a piece that may be left out is there as soon as something is added to it
                    tree.update(fresh(Shape("piece", shape.cls)))
                tree, shape = tree.setdefault(token, []), shapes_of(shape.cls)[token]
            case "rule":
                keys = shapes_of(shape.rules[tree["kind"]])
                tree, shape = tree.setdefault(token, []), keys[token]
            case "rows":
                tree, shape = tree[_number(token)], shape.item
            case "mapping":
                tree, shape = tree.setdefault(token, []), shape.item
            case _:
                raise LookupError(name)
    return tree, shape


def act(tree: Tree, shape: Shape, deed: str) -> str:
    """Do what a button of the form says; the name of the row that is to be looked at, "" for none.

    `add:rule.bands` adds a last row, `add:rule.bands[2]` one behind the third; `remove:`, `up:` and `down:`
    name a row. Anything else changes nothing: the form is only drawn anew (another kind was chosen).
    Raises `LookupError` for a row that is none.
    """
    verb, _, name = deed.partition(":")
    if verb not in ("add", "remove", "up", "down"):
        return ""
    found, kind = locate(tree, shape, name)
    if verb == "add" and kind.kind == "rows":
        found.append(fresh(kind.item))
        return f"{name}[{len(found) - 1}]"
    parent, _, index = name.rpartition("[")
    (rows, kind), number = locate(tree, shape, parent), _number(f"[{index}")
    if kind.kind != "rows":
        raise LookupError(name)
    if verb == "add":
        rows.insert(number + 1, fresh(kind.item))
        return f"{parent}[{number + 1}]"
    row = rows.pop(number)
    if verb == "remove":
        return f"{parent}[{min(number, len(rows) - 1)}]" if rows else ""
    number = max(number - 1, 0) if verb == "up" else min(number + 1, len(rows))
    rows.insert(number, row)
    return f"{parent}[{number}]"


def _number(token: str) -> int:
    inside = token[1:-1]
    if not (inside.isascii() and inside.isdecimal() and len(inside) < 6):
        raise LookupError(token)
    return int(inside)
