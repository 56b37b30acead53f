"""Rows of small pieces: a table with one line each, or a card each where a line would not hold them.

Every row can be moved, removed and followed by another without script: the buttons send the form, which comes
back changed, with nothing lost (`trees.act`). With script the same answer is put in place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from ..engine.chapters import FormCell
from ..engine.words import name_of
from . import controls
from .arrangement import FIRST, LINES, LONG, unwanted
from .controls import EMPTY, identity
from .shapes import Shape, child, shapes_of
from .trees import Tree

if TYPE_CHECKING:
    from .drawing import Drawing


def block(
    drawing: Drawing, cls: type, key: str, shape: Shape, tree: Tree, name: str, outer: Tree
) -> SafeString:
    """The rows of a key, with its name and help."""
    if shape.item.kind == "choice":
        return _styles(drawing, cls, key, shape, tree, name)
    drawing.names.add(name)
    return format_html(
        '<section class="piece-rows piece-wide" id="{}"><h3>{}</h3>{}{}{}</section>',
        identity(name),
        name_of(cls, key),
        drawing.help(cls, key, name),
        _rows(drawing, shape, tree, name, outer, name_of(cls, key)),
        drawing.notes(name),
    )


def whole(drawing: Drawing, shape: Shape, tree: Tree) -> SafeString:
    """A form that is nothing but rows."""
    drawing.names.add("")
    return format_html(
        '<div class="piece-rows">{}</div>', _rows(drawing, shape, tree, "", {}, drawing.noun(shape.item))
    )


def inline(drawing: Drawing, cls: type, key: str, tree: Tree, name: str, outer: Tree) -> SafeString:
    """The rows of a key without a heading of their own, within a rule."""
    shape, own = shapes_of(cls)[key], child(name, key)
    drawing.names.add(own)
    return format_html(
        '<div class="piece-rows" id="{}">{}{}</div>',
        identity(own),
        _rows(drawing, shape, tree.get(key) or [], own, outer, name_of(cls, key)),
        drawing.notes(own),
    )


def _rows(drawing: Drawing, shape: Shape, tree: Tree, name: str, outer: Tree, what: str) -> SafeString:
    item = shape.item
    if item.kind == "mapping":
        from . import dicts

        columns = dicts.RECORDS[name.rpartition(".")[2]]
        return dicts.records(drawing, columns, tree, name, what)
    if item.kind == "rows":
        drawn = _grid(drawing, item, tree, name)
    elif item.cls in LINES:
        drawn = _table(drawing, item, tree, name, outer, what) if tree else EMPTY
    else:
        drawn = _cards(drawing, item, tree, name, outer)
    words = "加一行" if item.kind == "rows" or item.cls in LINES else f"加一{_measure(drawing.noun(item))}"
    return format_html("{}{}", drawn, add(drawing, name, words, what))


def _measure(noun: str) -> str:
    return noun if noun == "列" else f"个{noun}"


def add(drawing: Drawing, name: str, words: str, what: str) -> SafeString:
    if not drawing.around.editable:
        return EMPTY
    button = controls.button(f"add:{name}", words, f"{what}：{words}", **{"data-redraw": True})
    return format_html('<div class="piece-add">{}</div>', button)


def tools(drawing: Drawing, name: str, number: int, last: bool, said: str) -> SafeString:
    """Up, down, away."""
    if not drawing.around.editable:
        return EMPTY
    drawn = []
    for do, sign, words, shown in (
        ("up", "↑", "上移", number > 0),
        ("down", "↓", "下移", not last),
        ("remove", "×", "删除", True),
    ):
        if shown:
            attrs = {"class": f"row-tool row-{do}", "data-redraw": True}
            drawn.append(controls.button(f"{do}:{name}", sign, f"{words}{said}", **attrs))
        else:
            drawn.append(mark_safe('<span class="row-tool"></span>'))
    return mark_safe(f'<div class="row-tools-3">{"".join(drawn)}</div>')  # noqa: S308  made above


# ── one line each ───────────────────────────────────────────────────────────────────────────────────────────


def _table(drawing: Drawing, item: Shape, tree: Tree, name: str, outer: Tree, what: str) -> SafeString:
    hidden = frozenset.intersection(*(unwanted(item.cls, row, outer) for row in tree))
    keys = [key for key in shapes_of(item.cls) if key not in hidden]
    body = [
        _line(drawing, item, keys, row, f"{name}[{number}]", number, len(tree), outer)
        for number, row in enumerate(tree)
    ]
    bodies = format_html("<tbody>{}</tbody>", mark_safe("".join(body)))  # noqa: S308  made below
    return _framed(drawing, item.cls, keys, bodies, what)


def _framed(drawing: Drawing, cls: type, keys: list[str], bodies: SafeString, what: str) -> SafeString:
    """The table with its heads."""
    shapes = shapes_of(cls)
    head = "".join(
        format_html('<th scope="col" class="{}">{}</th>', _width(cls, key, shapes[key]), name_of(cls, key))
        for key in keys
    )
    narrow = "" if any("long" in _width(cls, key, shapes[key]) for key in keys) else " piece-narrow"
    return format_html(
        '<div class="grid-scroll piece-scroll{}" role="region" aria-label="{}" tabindex="0">'
        '<table class="grid"><thead><tr>'
        '<th class="row-number"><span class="visually-hidden">行号</span></th>{}{}</tr></thead>'
        "{}</table></div>",
        narrow,
        what,
        mark_safe(head),  # noqa: S308  made above
        mark_safe('<th class="row-3"><span class="visually-hidden">移动和删除</span></th>')
        if drawing.around.editable
        else EMPTY,
        bodies,
    )


def _width(cls: type, key: str, shape: Shape) -> str:
    if shape.kind in ("number", "whole"):
        return "num"
    if shape.kind == "tick":
        return "ticks"
    return "words long" if (cls, key) in LONG or shape.kind == "mapping" else "words"


def _line(
    drawing: Drawing,
    item: Shape,
    keys: list[str],
    row: Tree,
    name: str,
    number: int,
    count: int,
    outer: Tree,
    within: str = "",
) -> SafeString:
    """`within`: the row in which it is a cell."""
    drawing.names.add(name)
    said = f"{within}第 {number + 1} 格" if within else f"第 {number + 1} 行"
    cells = [_cell(drawing, item.cls, key, row, name, said, outer) for key in keys]
    found = drawing.notes(name)
    spread = len(keys) + 1 + drawing.around.editable
    return format_html(
        '<tr id="{}"><th scope="row" class="row-number">{}{}</th>{}{}</tr>{}',
        identity(name),
        number + 1,
        controls.hidden(name, ""),
        mark_safe("".join(cells)),  # noqa: S308  made below
        format_html("<td>{}</td>", tools(drawing, name, number, number == count - 1, said))
        if drawing.around.editable
        else EMPTY,
        format_html('<tr class="row-notes"><td colspan="{}">{}</td></tr>', spread, found) if found else EMPTY,
    )


def _cell(drawing: Drawing, cls: type, key: str, row: Tree, name: str, said: str, outer: Tree) -> SafeString:
    shape, own = shapes_of(cls)[key], child(name, key)
    named = {"aria-label": f"{said}{name_of(cls, key)}"}
    if shape.kind == "mapping":
        from . import dicts

        return format_html("<td>{}</td>", dicts.cells(drawing, row.get(key) or {}, own, outer, said))
    if shape.kind == "tick":
        attrs = drawing.attributes(cls, key, own) | {"class": None} | named
        return format_html('<td class="ticks">{}</td>', controls.tick(own, row.get(key) or "", "", attrs))
    attrs: dict[str, Any] = named
    if (cls, key) == (FormCell, "of"):  # one list for all cells: a select in each would be a page of its own
        attrs |= {"data-codes": "fields texts"}
        control = controls.line(own, row.get(key) or "", drawing.attributes(cls, key, own) | attrs)
    else:
        control = drawing.control(cls, key, shape, row.get(key) or "", own, row, **attrs)
    return format_html("<td>{}{}</td>", control, drawing.notes(own))


def _grid(drawing: Drawing, shape: Shape, tree: Tree, name: str) -> SafeString:
    """Rows of cells (表式): one table, a line for each cell under the line of its row."""
    cls = shape.item.cls
    keys = list(shapes_of(cls))
    bodies = "".join(
        _grid_row(drawing, shape.item, keys, cells, f"{name}[{number}]", number, len(tree))
        for number, cells in enumerate(tree)
    )
    return _framed(drawing, cls, keys, mark_safe(bodies), "各行的格子") if tree else EMPTY  # noqa: S308


def _grid_row(
    drawing: Drawing, item: Shape, keys: list[str], cells: Tree, name: str, number: int, count: int
) -> SafeString:
    drawing.names.add(name)
    said = f"第 {number + 1} 行"
    lines = [
        _line(drawing, item, keys, cell, f"{name}[{index}]", index, len(cells), {}, said)
        for index, cell in enumerate(cells)
    ]
    return format_html(
        '<tbody class="grid-row" id="{}"><tr><th colspan="{}" scope="rowgroup"><div class="grid-row-head">{}'
        "<span>{}</span>{}{}</div></th></tr>{}</tbody>",
        identity(name),
        len(keys) + 1 + drawing.around.editable,
        controls.hidden(name, ""),
        said,
        format_html("{}{}", add(drawing, name, "加一格", said), drawing.notes(name)),
        tools(drawing, name, number, number == count - 1, said),
        mark_safe("".join(lines)),  # noqa: S308  made below
    )


# ── a card each ─────────────────────────────────────────────────────────────────────────────────────────────


def _cards(drawing: Drawing, item: Shape, tree: Tree, name: str, outer: Tree) -> SafeString:
    drawn = [
        _card(drawing, item, row, f"{name}[{number}]", number, len(tree), outer)
        for number, row in enumerate(tree)
    ]
    return mark_safe("".join(drawn))  # noqa: S308  made below


def _card(
    drawing: Drawing, item: Shape, row: Tree, name: str, number: int, count: int, outer: Tree
) -> SafeString:
    cls, shapes = item.cls, shapes_of(item.cls)
    drawing.names.add(name)
    hide = unwanted(cls, row, outer)
    first = [key for key in FIRST.get(cls, tuple(shapes)) if key not in hide]
    rest = [key for key in shapes if key not in hide and key not in first]
    said = f"第 {number + 1} {_measure(drawing.noun(item))}"
    more = EMPTY
    if rest:
        boxes = mark_safe("".join(drawing.key(cls, key, row, name) for key in rest))  # noqa: S308
        opened = any(drawing.wrong_inside(child(name, key)) for key in rest)
        more = format_html(
            '<details class="piece-more" id="more-{}"{}><summary>更多</summary>'
            '<div class="piece-boxes">{}</div></details>',
            name,
            mark_safe(" open") if opened else EMPTY,
            boxes,
        )
    return format_html(
        '<section class="piece-card piece-card-row" id="{}">{}'
        '<h4 title="{}">{}<span class="visually-hidden">{}</span></h4><div class="piece-card-body">'
        '<div class="piece-boxes">{}</div>{}{}</div>{}</section>',
        identity(name),
        controls.hidden(name, ""),
        said,
        number + 1,
        said,
        mark_safe("".join(drawing.key(cls, key, row, name) for key in first)),  # noqa: S308
        more,
        drawing.notes(name),
        tools(drawing, name, number, number == count - 1, said),
    )


def _styles(drawing: Drawing, cls: type, key: str, shape: Shape, tree: Tree, name: str) -> SafeString:
    """A short list of choices: one select for each level and one more."""
    options = {one: one or "无" for one in shape.item.values}
    drawn = []
    for number, value in enumerate([*tree, ""] if drawing.around.editable else tree):
        own = f"{name}[{number}]"
        drawing.names.add(own)
        drawn.append(
            controls.choice(own, value, options, {"class": "control", "aria-label": f"第 {number + 1} 层"})
        )
    drawing.names.add(name)
    return format_html(
        '<div class="piece-box" id="{}"><span class="piece-label">{}</span>'
        '<div class="box-line piece-styles">{}</div>{}{}</div>',
        identity(name),
        name_of(cls, key),
        mark_safe("".join(drawn)),  # noqa: S308
        drawing.help(cls, key, name),
        drawing.notes(name),
    )
