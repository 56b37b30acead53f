"""Texts by code: the figures of an example, the points expected, the formulas of a fixed row.

Boxes are named by the code (`figures.budget`) and labelled by what the code is called. A code that the
template does not have (any more) keeps its box, so that it can be seen and emptied.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from ..engine import spec
from ..engine.open_groups import with_tables
from ..engine.scope import BUDGET_LINES, PROJECT_ROWS
from ..engine.words import name_of
from . import controls
from .controls import EMPTY, identity
from .shapes import Shape, child
from .trees import Tree

if TYPE_CHECKING:
    from .drawing import Drawing

#: (heading, what stands there as (code, label)).
Part = tuple[str, list[tuple[str, str]]]
#: The keys of rows without a class, in their order, by the key of the example under which they stand.
RECORDS: dict[str, dict[str, str]] = {
    "lines": {
        symbol.key[1]: symbol.label for symbol in BUDGET_LINES.columns.values() if symbol.key[1] != "final"
    },
    "projects": {
        symbol.key[1]: symbol.label for symbol in PROJECT_ROWS.columns.values() if symbol.key[1] != "final"
    },
}
#: Answers that an example seldom gives: a box is shown only where something stands in it.
SELDOM = ("-self", "-reason")
#: What is seldom written at all.
FOLDED = frozenset({"values", "labels"})
#: What is no figure in those rows.
_TEXTS = frozenset({"functional", "economic", "kind", "fund", "project", "name"})


def block(
    drawing: Drawing, cls: type, key: str, shape: Shape, tree: Tree, name: str, outer: Tree
) -> SafeString:
    """The boxes of a mapping, with its name and help."""
    drawing.names.add(name)
    drawn = _tables(drawing, tree, name) if key == "tables" else _parts(drawing, key, tree, name, outer)
    if not drawn:
        return EMPTY
    return format_html(
        '<section class="piece-dict piece-wide" id="{}"><h3>{}</h3>{}{}{}</section>',
        identity(name),
        name_of(cls, key),
        drawing.help(cls, key, name),
        drawn,
        drawing.notes(name),
    )


def _parts(drawing: Drawing, key: str, tree: Tree, name: str, outer: Tree) -> SafeString:
    parts = list(_codes(drawing, key, tree, outer))
    known = {code for _, pairs in parts for code, _ in pairs}
    if left := [(code, code) for code in tree if code not in known]:
        parts.append(("模板里没有的代码", left))
    drawn = []
    for heading, pairs in parts:
        boxes = _boxes(drawing, pairs, tree, name)
        filled = sum(bool(tree.get(code)) for code, _ in pairs)
        opened = (
            filled
            or (key not in FOLDED and not any(tree.values()))
            or any(drawing.wrong_inside(child(name, code)) for code, _ in pairs)
        )
        drawn.append(
            format_html(
                '<details class="piece-part" id="part-{}-{}"{}>'
                '<summary>{} <span class="muted small">{}</span></summary>'
                '<div class="piece-figures">{}</div></details>',
                name,
                heading,
                mark_safe(" open") if opened else EMPTY,
                heading,
                f"填了 {filled} 项" if filled else "",
                boxes,
            )
        )
    return mark_safe("".join(drawn))  # noqa: S308  made above


def _boxes(drawing: Drawing, pairs: Iterable[tuple[str, str]], tree: Tree, name: str) -> SafeString:
    drawn = []
    for code, label in pairs:
        own = child(name, code)
        attrs = drawing.attributes(dict, code, own)
        drawn.append(
            format_html(
                '<div class="piece-figure"><label for="{}" title="{}">{}</label>{}{}{}</div>',
                identity(own),
                code,
                label,
                controls.line(own, tree.get(code) or "", attrs),
                drawing.beside.get(own, EMPTY),
                drawing.notes(own),
            )
        )
    return mark_safe("".join(drawn))  # noqa: S308  made above


def _codes(drawing: Drawing, key: str, tree: Tree, outer: Tree) -> Iterable[Part]:
    """What may be typed under a key, by the place where it stands in the template."""
    around = drawing.around
    template = around.spec
    formulas = {item.code for item in template.fields if item.formula}
    if key == "values":
        yield "由公式得出", [(code, label) for code, label in around.fields.items() if code in formulas]
    elif key == "points":
        for root in template.indicators:
            yield root.name, [pair for leaf in root.leaves() for pair in _points(leaf, outer, tree)]
    elif key == "labels":
        yield "各列的名称", list(around.own_columns.items())
    elif key == "figures":
        for heading, pairs in around.sections():
            if typed := [(code, label) for code, label in pairs if code not in formulas]:
                yield heading, typed
        for root in template.indicators:
            if answers := [
                (box.code, f"{leaf.name}：{box.label}")
                for leaf in root.leaves()
                for box in leaf.answers()
                if box.code in tree or not box.code.endswith(SELDOM)
            ]:
                yield f"{root.name}：逐项回答", answers


def _points(leaf: spec.Indicator, outer: Tree, tree: Tree) -> Iterable[tuple[str, str]]:
    """A leaf, or the rows of an open group by their numbers."""
    if not leaf.open:
        yield leaf.code, leaf.name
        return
    rows = (outer.get("tables") or {}).get(leaf.code, [])
    for number, row in enumerate(rows, 1):
        yield f"{leaf.code}[{number}]", row.get("name") or f"{leaf.name}第 {number} 行"


# ── rows of texts ───────────────────────────────────────────────────────────────────────────────────────────


def _tables(drawing: Drawing, tree: Tree, name: str) -> SafeString:
    """The rows of each table that is filled in, and what an example says of others."""
    drawn = []
    tables = with_tables(drawing.around.spec)
    inputs = [code for code, table in tables.items() if table.source == "input"]
    for code in dict.fromkeys((*inputs, *tree)):
        table = tables.get(code)
        title = table.title if table else f"模板里没有的表“{code}”"
        columns = (
            {column.code: column.label for column in table.columns if not column.formula} if table else {}
        )
        drawn.append(_named_rows(drawing, title, columns, tree.get(code) or [], child(name, code)))
    return mark_safe("".join(drawn))  # noqa: S308  made below


def _named_rows(
    drawing: Drawing, title: str, columns: Mapping[str, str], rows: list[Tree], name: str
) -> SafeString:
    drawing.names.add(name)
    return format_html(
        '<div class="piece-rows" id="{}"><h4>{}</h4>{}{}</div>',
        identity(name),
        title,
        records(drawing, columns, rows, name, title),
        drawing.notes(name),
    )


def records(
    drawing: Drawing, columns: Mapping[str, str], tree: list[Tree], name: str, what: str
) -> SafeString:
    """Rows of texts by key as a table; a row tells by itself which keys a file wrote empty."""
    from . import rows

    if not tree:
        return rows.add(drawing, name, "加一行", what)
    columns = dict(columns) | {key: key for row in tree for key in row if key not in columns}
    head = "".join(format_html('<th scope="col" class="words">{}</th>', label) for label in columns.values())
    body = []
    for number, row in enumerate(tree):
        own, said = f"{name}[{number}]", f"第 {number + 1} 行"
        drawing.names.add(own)
        empty = " ".join(key for key, text in row.items() if not text)
        cells = "".join(_record_cell(drawing, key, label, row, own, said) for key, label in columns.items())
        body.append(
            format_html(
                '<tr id="{}"><th scope="row" class="row-number">{}{}</th>{}<td>{}</td></tr>',
                identity(own),
                number + 1,
                controls.hidden(own, empty),
                mark_safe(cells),  # noqa: S308  made below
                rows.tools(drawing, own, number, number == len(tree) - 1, said),
            )
        )
    return format_html(
        '<div class="grid-scroll piece-scroll" role="region" aria-label="{}" tabindex="0">'
        '<table class="grid"><thead><tr>'
        '<th class="row-number"><span class="visually-hidden">行号</span></th>{}<th class="row-3">'
        '<span class="visually-hidden">移动和删除</span></th></tr></thead><tbody>{}</tbody></table></div>{}',
        what,
        mark_safe(head),  # noqa: S308
        mark_safe("".join(body)),  # noqa: S308
        rows.add(drawing, name, "加一行", what),
    )


def _record_cell(drawing: Drawing, key: str, label: str, row: Tree, name: str, said: str) -> SafeString:
    own = child(name, key)
    attrs = drawing.attributes(dict, key, own) | {"aria-label": f"{said}{label}"}
    if key not in _TEXTS:
        attrs["class"] += " figure"
    return format_html("<td>{}{}</td>", controls.line(own, row.get(key) or "", attrs), drawing.notes(own))


# ── the formulas of a fixed row ─────────────────────────────────────────────────────────────────────────────


def cells(drawing: Drawing, tree: Tree, name: str, outer: Tree, said: str) -> SafeString:
    """A formula for each column of the table but the first, which is the row's name."""
    columns = {row.get("code") or "": row.get("label") or "" for row in (outer.get("columns") or [])[1:]}
    columns |= {code: code for code in tree if code not in columns}
    drawing.names.add(name)
    drawn = []
    for code, label in columns.items():
        if not code:
            continue
        own = child(name, code)
        attrs = drawing.attributes(dict, code, own) | {"aria-label": f"{said}{label}"}
        drawn.append(
            format_html(
                '<div class="piece-cell"><span class="muted small">{}</span>{}{}</div>',
                label,
                drawing.formula(tree.get(code) or "", own, attrs),
                drawing.notes(own),
            )
        )
    return mark_safe("".join(drawn))  # noqa: S308  made above
