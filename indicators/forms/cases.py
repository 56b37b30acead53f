"""The two cases of a check side by side: one line a figure, one column a case.

Only the figures on which the check rests are asked for, and what was typed already; any other can be asked
for by name (`MORE`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from ..engine.grounds import Grounds, grounds
from ..engine.open_groups import with_tables
from ..engine.scope import LINES, PROJECTS
from ..engine.spec import CheckExample, CheckRule
from ..engine.words import name_of
from . import controls, dicts
from .controls import EMPTY, identity
from .shapes import child
from .trees import Tree

if TYPE_CHECKING:
    from .drawing import Drawing

CASES = ("passing", "failing")
#: The box with which one more figure or table is asked for.
MORE = "more"
#: Tables that are typed elsewhere, by the key under which their rows stand in a case.
_GIVEN = {LINES: "lines", PROJECTS: "projects"}


def block(drawing: Drawing, tree: Tree) -> SafeString:
    """Both cases of the check with this tree."""
    found = grounds(
        drawing.around.spec,
        [tree.get(key) or "" for key in ("left", "right", "when")],
        tree.get("each") or "",
    )
    cases = {name: tree.get(name) or {} for name in CASES}
    for name in CASES:
        drawing.names.add(name)
    notes = mark_safe("".join(drawing.notes(name) for name in CASES))  # noqa: S308
    parts = [
        _figures(drawing, found, cases),
        _previous(drawing, found, cases),
        *_tables(drawing, found, cases),
    ]
    drawn = mark_safe("".join(parts))  # noqa: S308  made below
    if not drawn:
        drawn = mark_safe('<p class="muted">先写好两边的公式，这里就会列出要填的数。</p>')
    return format_html('<div class="cases">{}{}{}</div>', drawn, notes, _more(drawing))


def _figures(drawing: Drawing, found: Grounds, cases: dict[str, Tree]) -> SafeString:
    labels = drawing.around.fields | drawing.around.answers
    more = [drawing.around.more] if drawing.around.more in labels else []
    codes = _codes((*found.typed, *more), "figures", cases)
    return _table(drawing, "填写的数", codes, labels, "figures", cases)


def _previous(drawing: Drawing, found: Grounds, cases: dict[str, Tree]) -> SafeString:
    labels = {code: f"上年{label}" for code, label in drawing.around.fields.items()}
    return _table(drawing, "上年的数", _codes(found.previous, "previous", cases), labels, "previous", cases)


def _codes(needed: Iterable[str], key: str, cases: dict[str, Tree]) -> list[str]:
    typed = [code for case in cases.values() for code in case.get(key) or {}]
    return list(dict.fromkeys([*needed, *typed]))


def _table(
    drawing: Drawing, title: str, codes: list[str], labels: dict[str, str], key: str, cases: dict[str, Tree]
) -> SafeString:
    if not codes:
        return EMPTY
    lines = []
    for code in codes:
        label = labels.get(code, code)
        boxes = []
        for name, case in cases.items():
            own = child(child(name, key), code)
            attrs = drawing.attributes(dict, code, own)
            attrs |= {"aria-label": f"{label}：{name_of(CheckRule, name)}", "class": "control figure"}
            box = controls.line(own, (case.get(key) or {}).get(code) or "", attrs)
            boxes.append(format_html("<td>{}{}</td>", box, drawing.notes(own)))
        lines.append(
            format_html(
                '<tr><th scope="row" title="{}">{}</th>{}</tr>',
                code,
                label,
                mark_safe("".join(boxes)),  # noqa: S308
            )
        )
    heads = format_html_join("", '<th scope="col">{}</th>', ((name_of(CheckRule, name),) for name in CASES))
    return format_html(
        '<table class="grid cases-grid"><thead><tr><th scope="col">{}</th>{}</tr></thead>'
        "<tbody>{}</tbody></table>",
        title,
        heads,
        mark_safe("".join(lines)),  # noqa: S308
    )


def _tables(drawing: Drawing, found: Grounds, cases: dict[str, Tree]) -> Iterable[SafeString]:
    """The rows of each table that counts, of either case."""
    tables = with_tables(drawing.around.spec)
    typed = [code for case in cases.values() for code in case.get("tables") or {}]
    typed += [code for code, key in _GIVEN.items() if any(case.get(key) for case in cases.values())]
    for code in dict.fromkeys((*found.tables, *typed, drawing.around.more)):
        if code in _GIVEN:
            key = _GIVEN[code]
            for name, case in cases.items():
                yield _rows(
                    drawing,
                    name,
                    dicts.RECORDS[key],
                    case.get(key) or [],
                    child(name, key),
                    name_of(CheckExample, key),
                )
        elif code in tables or code in typed:
            table = tables.get(code)
            columns = {one.code: one.label for one in table.columns if not one.formula} if table else {}
            title = table.title if table else f"模板里没有的表“{code}”"
            for name, case in cases.items():
                rows = (case.get("tables") or {}).get(code) or []
                yield _rows(drawing, name, columns, rows, child(child(name, "tables"), code), title)


def _rows(
    drawing: Drawing,
    case: str,
    columns: dict[str, str],
    rows: list[Tree],
    name: str,
    title: str,
) -> SafeString:
    drawing.names.add(name)
    title = f"{title}：{name_of(CheckRule, case)}"
    return format_html(
        '<div class="piece-rows" id="{}"><h3>{}</h3>{}{}</div>',
        identity(name),
        title,
        dicts.records(drawing, columns, rows, name, title),
        drawing.notes(name),
    )


def _more(drawing: Drawing) -> SafeString:
    """Another figure or table, by its name."""
    if not drawing.around.editable:
        return EMPTY
    around = drawing.around
    offered = {"": "再填一个数或一张表…", **around.fields, **around.tables, **around.given, **around.answers}
    attrs = {"class": "control", "aria-label": "再填一个数或一张表", "data-redraw": True}
    return format_html(
        '<div class="cases-more">{} {}</div>',
        controls.choice(MORE, "", offered, attrs),
        controls.button("redraw", "加上", **{"class": "btn btn-sm btn-plain without-script"}),
    )
