"""Pieces of a template that are edited by themselves: found, replaced, added, moved, removed by address.

An address is `list/code`, such as `fields/staff_quota`, `indicators/BJ-I09` or `checks/表间-04`;
`examples/1` counts from 1. `general` is what the template says of itself; `cover`, `grades` and `adjustments`
are edited as whole lists. A node of a tree is edited without its children. All takes a spec, gives a new one.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from .chapters import Section
from .reading import canonical_json, dump
from .spec import Field, Indicator, TemplateSpec
from .words import name_of, quoted

Node = Section | Indicator

GENERAL = "general"
#: Lists whose pieces have codes of their own; the trees among them have children of the same kind.
TREES = ("outline", "indicators")
LISTS = ("fields", "tables", "checks", "forms", *TREES)
NUMBERED = "examples"
WHOLE = ("cover", "grades", "adjustments")
#: Levels of a tree: more than any report has, fewer than what reads a template goes down.
MAX_LEVELS = 10
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class PartFault(ValueError):
    """No such piece, or it cannot go there. `args[0]`: one Chinese sentence."""


def general(spec: TemplateSpec) -> TemplateSpec:
    """The spec with nothing but what the template says of itself."""
    emptied = {name: () for name in (*LISTS, NUMBERED, *WHOLE)}
    return replace(spec, **emptied)


def find(spec: TemplateSpec, address: str) -> Any:
    """The piece at `address` (a node without its children, a tuple for a whole list); raises `PartFault`."""
    if address == GENERAL:
        return general(spec)
    if address in WHOLE:
        return getattr(spec, address)
    name, _, code = address.partition("/")
    if name == NUMBERED:
        return spec.examples[_number(spec, code)]
    if name in LISTS:
        for node in _walk(getattr(spec, name)):
            if node.code == code:
                return replace(node, children=()) if name in TREES else node
    raise PartFault(f"模板里没有“{address}”，可能已被他人删除，请刷新页面。")


def with_below(spec: TemplateSpec, address: str) -> Any:
    """The piece at `address` as `find`, but a node of a tree with all that is below it."""
    piece, (name, _, code) = find(spec, address), address.partition("/")
    return next(node for node in _walk(getattr(spec, name)) if node.code == code) if name in TREES else piece


def is_addressable(code: str) -> bool:
    """Whether the address of a piece with this code can be the address of a page: `..` leads elsewhere."""
    return code not in (".", "..") and not _CONTROLS.search(code)


def exists(spec: TemplateSpec, address: str) -> bool:
    """Whether there is such a piece."""
    try:
        find(spec, address)
    except PartFault:
        return False
    return True


def digest(piece: Any) -> str:
    """What an edit names as its starting point: two pieces with the same content have the same."""
    content = [dump(one) for one in piece] if isinstance(piece, tuple) else dump(piece)
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()


def words(spec: TemplateSpec, address: str) -> str:
    """The piece as it is called: 指标“公用经费控制率”, 等级."""
    piece = find(spec, address)
    if address == GENERAL:
        return "模板的基本信息"
    return quoted(piece) if dataclasses.is_dataclass(piece) else name_of(TemplateSpec, address)


def replaced(spec: TemplateSpec, address: str, piece: Any) -> TemplateSpec:
    """The spec with another piece at `address`. Codes stay: a piece is known by its code for ever.

    A figure that gets another label keeps the old one as an alias, so that no formula and no text loses it.
    """
    before = find(spec, address)
    if address == GENERAL:
        kept = {name: getattr(spec, name) for name in (*LISTS, NUMBERED, *WHOLE)}
        return replace(piece, code=spec.code, **kept)
    if address in WHOLE:
        return replace(spec, **{address: piece})
    name, _, code = address.partition("/")
    if name == NUMBERED:
        number = _number(spec, code)
        return replace(spec, examples=(*spec.examples[:number], piece, *spec.examples[number + 1 :]))
    if piece.code != code:
        raise PartFault(f"{quoted(before)}的代码“{code}”不能改为“{piece.code}”：数据和历年比较都靠代码相连。")
    if isinstance(piece, Field) and piece.label != before.label and before.label not in piece.aliases:
        piece = replace(piece, aliases=(*piece.aliases, before.label))

    def exchange(node: Any) -> Any:
        return replace(piece, children=node.children) if name in TREES else piece

    return replace(spec, **{name: _mapped(getattr(spec, name), code, exchange)})


def added(
    spec: TemplateSpec, name: str, piece: Any, *, parent: str = "", index: int | None = None
) -> TemplateSpec:
    """The spec with one more piece in list `name`: in a tree below `parent`; at `index`, or as the last."""
    if name == NUMBERED:
        return replace(spec, examples=_inserted(spec.examples, piece, index))
    if any(node.code == piece.code for node in _walk(getattr(spec, name))):
        raise PartFault(f"代码“{piece.code}”已经有了，请换一个。")
    if not parent:
        return replace(spec, **{name: _inserted(getattr(spec, name), piece, index)})
    find(spec, f"{name}/{parent}")
    if name not in TREES:
        raise PartFault(f"{name_of(TemplateSpec, name)}没有上下级，不能移到别的下面。")

    def receive(node: Node) -> Node:
        return replace(node, children=_inserted(node.children, piece, index))

    nodes = _mapped(getattr(spec, name), parent, receive)
    if levels(nodes) > MAX_LEVELS:
        raise PartFault(f"最多 {MAX_LEVELS} 层，不能放到这里，请放到上面的一层。")
    return replace(spec, **{name: nodes})


def removed(spec: TemplateSpec, address: str) -> TemplateSpec:
    """The spec without the piece, in a tree without all that is below it either."""
    find(spec, address)
    name, _, code = address.partition("/")
    if name == NUMBERED:
        number = _number(spec, code)
        return replace(spec, examples=(*spec.examples[:number], *spec.examples[number + 1 :]))
    _in_a_list(spec, address)
    return replace(spec, **{name: _mapped(getattr(spec, name), code, lambda node: None)})


def moved(spec: TemplateSpec, address: str, *, parent: str = "", index: int | None = None) -> TemplateSpec:
    """The spec with the piece, and all below it, elsewhere; `PartFault` for a place below itself."""
    find(spec, address)
    name, _, code = address.partition("/")
    if name == NUMBERED:
        piece = spec.examples[_number(spec, code)]
        return added(removed(spec, address), name, piece, index=index)
    _in_a_list(spec, address)
    piece = next(node for node in _walk(getattr(spec, name)) if node.code == code)
    if parent and any(node.code == parent for node in _walk((piece,))):
        raise PartFault(f"{quoted(piece)}不能移到自己下面。")
    return added(removed(spec, address), name, piece, parent=parent, index=index)


def weighted(spec: TemplateSpec, weights: Mapping[str, Decimal | None]) -> TemplateSpec:
    """The spec with these weights (分值) of its leaves and open groups, by code."""
    for code, weight in weights.items():
        leaf = find(spec, f"indicators/{code}")
        spec = replaced(spec, f"indicators/{code}", replace(leaf, weight=weight))
    return spec


def siblings(spec: TemplateSpec, address: str) -> tuple[str, tuple[str, ...]]:
    """(code of the parent or "", codes beside each other in order) of the list in which the piece stands."""
    find(spec, address)
    name, _, code = address.partition("/")
    if name == NUMBERED:
        return "", tuple(str(number) for number, _ in enumerate(spec.examples, 1))
    _in_a_list(spec, address)
    waiting: list[tuple[str, tuple[Any, ...]]] = [("", getattr(spec, name))]
    while waiting:
        parent, beside = waiting.pop()
        if any(node.code == code for node in beside):
            return parent, tuple(node.code for node in beside)
        waiting += [(node.code, node.children) for node in beside if name in TREES]
    raise AssertionError(address)


def codes_from(spec: TemplateSpec, address: str) -> Iterator[str]:
    """The code of the piece and, in a tree, of all below it; raises `PartFault`."""
    find(spec, address)
    name, _, code = address.partition("/")
    if name in LISTS:
        piece = next(node for node in _walk(getattr(spec, name)) if node.code == code)
        yield from (node.code for node in _walk((piece,)))


def shifted(spec: TemplateSpec, address: str, steps: int) -> TemplateSpec:
    """The spec with the piece `steps` down among its neighbours (negative: up), at most to the end."""
    parent, beside = siblings(spec, address)
    index = beside.index(address.partition("/")[2]) + steps
    return moved(spec, address, parent=parent, index=min(max(index, 0), len(beside) - 1))


def address_of(spec: TemplateSpec, place: str) -> str:
    """The address of the piece in which a fault's place lies: `checks[3].left` → `checks/表间-04`.

    `general` for a place in the template as a whole and for one that cannot be found any more.
    """
    name, index, rest = _split(place)
    if name in WHOLE:
        return name
    if name == NUMBERED and index is not None and index < len(spec.examples):
        return f"{NUMBERED}/{index + 1}"
    pieces = getattr(spec, name, ()) if name in LISTS else ()
    found = ""
    while index is not None and index < len(pieces):
        piece = pieces[index]
        found = f"{name}/{piece.code}"
        step, index, rest = _split(rest)
        if step != "children":
            break
        pieces = piece.children
    return found or GENERAL


def place_of(spec: TemplateSpec, address: str) -> str:
    """Where faults place the piece at `address`: `checks/表间-04` → `checks[3]`; "" for what is general."""
    find(spec, address)
    name, _, code = address.partition("/")
    if name == GENERAL or name in WHOLE:
        return "" if name == GENERAL else name
    if name == NUMBERED:
        return f"{name}[{_number(spec, code)}]"
    waiting = [(name, getattr(spec, name))]
    while waiting:
        head, pieces = waiting.pop(0)
        for number, piece in enumerate(pieces):
            if piece.code == code:
                return f"{head}[{number}]"
            waiting.append((f"{head}[{number}].children", getattr(piece, "children", ())))
    raise AssertionError(address)


def join(place: str, name: str) -> str:
    """The place of `name` within a piece: `checks[3]`, `left` → `checks[3].left`; a row adds no dot."""
    return f"{place}.{name}" if place and name and not name.startswith("[") else f"{place}{name}"


def _split(place: str) -> tuple[str, int | None, str]:
    """`checks[3].left` → ("checks", 3, "left")."""
    head, _, rest = place.partition(".")
    name, _, index = head.partition("[")
    return name, int(index[:-1]) if index else None, rest


def _in_a_list(spec: TemplateSpec, address: str) -> None:
    """Raises `PartFault` for what the template has once and as a whole."""
    if address == GENERAL or address in WHOLE:
        raise PartFault(f"{words(spec, address)}不能删除或移动，请直接修改内容。")


def levels(nodes: tuple[Any, ...]) -> int:
    """How many levels a tree has."""
    return 1 + max(levels(node.children) for node in nodes) if nodes else 0


def _walk(nodes: tuple[Any, ...]) -> Iterator[Any]:
    """The nodes with all below them, in order."""
    for node in nodes:
        yield node
        yield from _walk(getattr(node, "children", ()))


def _mapped(nodes: tuple[Any, ...], code: str, change: Callable[[Any], Any]) -> tuple[Any, ...]:
    """The nodes with `change` done to the first with this code; None takes it away.

    A draft may hold a code twice (verification says so): its double is a piece that must not be lost.
    """
    for index, node in enumerate(nodes):
        if node.code == code:
            changed = change(node)
            return (*nodes[:index], *(() if changed is None else (changed,)), *nodes[index + 1 :])
        children = getattr(node, "children", ())
        below = _mapped(children, code, change)
        if below is not children:
            return (*nodes[:index], replace(node, children=below), *nodes[index + 1 :])
    return nodes


def _inserted(pieces: tuple[Any, ...], piece: Any, index: int | None) -> tuple[Any, ...]:
    index = len(pieces) if index is None else index
    return (*pieces[:index], piece, *pieces[index:])


def _number(spec: TemplateSpec, written: str) -> int:
    if written in {str(number) for number, _ in enumerate(spec.examples, 1)}:
        return int(written) - 1
    raise PartFault(f"模板里没有第 {written[:10]} 个示例，可能已被他人删除，请刷新页面。")
