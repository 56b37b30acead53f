"""Grids: rows of boxes under a heading that stays, with the sums that the server derived.

Written in Python like the boxes, because a grid of budget lines may have thousands of cells. Without script
a grid has its buttons (add rows, remove, paste); with script also arrow keys, Enter and paste at the cursor.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from crispy_forms.layout import LayoutObject
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from evaluations import names
from evaluations.sections import new_row_id

from .layout import EMPTY

Row = Mapping[str, str]

#: Empty rows shown below the typed ones where nothing was typed yet.
FRESH_ROWS = 3
#: Stands for the row's id in the pattern row.
PATTERN = "__row__"
#: Rows that the button adds without script.
MORE_ROWS = 10


@dataclass(frozen=True, slots=True)
class GridColumn:
    """A column; `derived` ones are only shown. `choices` make a select, `codes` names a list of proposals.

    `default`: what a new row begins with; a row that holds nothing else is empty. `under`: code of an earlier
    column in whose cell it stands, to save width.
    """

    code: str
    label: str
    unit: str = ""
    numeric: bool = False
    derived: bool = False
    required: bool = False
    choices: tuple[str, ...] = ()
    codes: str = ""
    width: int = 0
    long: bool = False
    under: str = ""
    default: str = ""


@dataclass(slots=True)
class Grid:
    """What a grid shows.

    `rows`: `id` and texts by column; `below`: the name of a code, by cell; `first`: number of the first row;
    `more_tools`: stands with the buttons below an editable one.
    """

    code: str
    title: str
    columns: tuple[GridColumn, ...]
    rows: Sequence[Row]
    unit_line: str = ""
    help: str = ""
    total_label: str = ""
    totals: Mapping[str, str] = field(default_factory=dict)
    below: Mapping[str, str] = field(default_factory=dict)
    invalid: frozenset[str] = frozenset()
    notes: SafeString = EMPTY
    editable: bool = True
    extra: SafeString = EMPTY
    first: int = 1
    more_tools: SafeString = EMPTY


class GridPiece(LayoutObject):
    """Draws a `Grid`."""

    def __init__(self, grid: Grid) -> None:
        self.grid = grid

    def render(self, form: object, context: object, template_pack: str = "", **kwargs: object) -> SafeString:
        grid = self.grid
        return format_html(
            '<section class="grid-block" data-grid="{code}"><div class="grid-head">'
            '<h3 id="{code}" tabindex="-1">{title}</h3>'
            '<span class="muted small">{unit_line}</span></div>{help}'
            '<div class="grid-scroll" role="region" aria-labelledby="{code}" tabindex="0">'
            '<table class="grid">'
            '<thead><tr>{head}</tr></thead><tbody id="rows-{code}" data-first="{first}">{rows}</tbody>'
            '<tfoot id="foot-{code}">{foot}</tfoot></table></div>{tools}{extra}'
            '<div class="notes" id="notes-{code}">{notes}</div></section>',
            code=grid.code,
            title=grid.title,
            first=grid.first,
            unit_line=grid.unit_line,
            help=format_html('<p class="help">{}</p>', grid.help) if grid.help else EMPTY,
            head=head(grid),
            rows=self.rows(),
            foot=foot(grid),
            tools=tools(grid, mark_safe(_row(grid, {"id": PATTERN}, 0))) if grid.editable else EMPTY,  # noqa: S308  escaped
            extra=grid.extra,
            notes=grid.notes,
        )

    def rows(self) -> SafeString:
        """The rows; with an editable grid some empty ones where nothing was typed yet."""
        grid = self.grid
        rows = [*grid.rows]
        if grid.editable and not rows:
            rows = [{"id": new_row_id()} for _ in range(FRESH_ROWS)]
        return mark_safe("".join(_row(grid, row, number) for number, row in enumerate(rows, grid.first)))  # noqa: S308  escaped

    def parts(self) -> dict[str, str]:
        """What a save may have changed: sums, derived cells, names of codes, findings."""
        grid = self.grid
        found: dict[str, str] = {f"foot-{grid.code}": foot(grid), f"notes-{grid.code}": grid.notes}
        found |= {f"{name}-name": _name(text) for name, text in grid.below.items()}
        derived = [column.code for column in grid.columns if column.derived]
        for row in grid.rows:
            for code in derived:
                found[names.cell(grid.code, row["id"], code)] = escape(row.get(code, ""))
        return found


def head(grid: Grid) -> SafeString:
    """The heading cells."""
    cells = ['<th class="row-number"><span class="visually-hidden">行号</span></th>']
    for column in _across(grid):
        labels = [column.label, *(one.label for one in _under(grid, column))]
        told = not column.unit or "（" in column.label  # the form's own heading may name the unit
        unit = "" if told else f' <small class="muted">{escape(column.unit)}</small>'
        star = '<span class="required" title="必填">*</span>' if column.required else ""
        width = f" w-{column.width}" if column.width else ""
        cells.append(
            f'<th scope="col" class="{_kind(column)}{width}" id="{escape(grid.code)}-{escape(column.code)}">'
            f"{escape('／'.join(labels))}{star}{unit}</th>"
        )
    if grid.editable:
        cells.append('<th class="row-tools"><span class="visually-hidden">删除</span></th>')
    return mark_safe("".join(cells))  # noqa: S308  escaped above


def foot(grid: Grid) -> SafeString:
    """The sums."""
    if not grid.total_label:
        return EMPTY
    cells = [f'<th scope="row" colspan="2">{escape(grid.total_label)}</th>']
    sums = (grid.totals.get(column.code, "") for column in _across(grid)[1:])
    cells += [f'<td class="num">{escape(text)}</td>' for text in sums]
    return mark_safe(f"<tr>{''.join(cells)}{'<td></td>' if grid.editable else ''}</tr>")  # noqa: S308  escaped


def tools(grid: Grid, pattern: SafeString) -> SafeString:
    """Add rows (`pattern`: a new one), and paste a block from a spreadsheet."""
    return format_html(
        '<template data-pattern="{code}">{pattern}</template><div class="grid-tools">'
        '<button type="submit" name="do" value="add:{code}" '
        'class="btn btn-sm btn-plain" data-add="{code}">加一行</button>'
        '<details class="paste" id="paste-{code}"><summary>从 Excel 粘贴</summary>'
        '<label for="{paste}">在 Excel 中复制后粘贴到下面，各列依次是：{columns}；'
        "第一行是列名的，按列名对应。合计行自动跳过，可带千分位。</label>"
        '<textarea id="{paste}" name="{paste}" rows="3" class="control" data-not-saved></textarea>'
        '<input type="hidden" name="{at}" value=""><button type="submit" name="do" value="paste:{code}" '
        'class="btn btn-sm btn-plain">放入表中</button></details>{more}'
        '<span class="muted small js-only">方向键、回车移动；Excel 中复制的整块可粘贴到格内。</span></div>',
        code=grid.code,
        pattern=pattern,
        paste=names.paste(grid.code),
        columns="、".join(column.label for column in grid.columns if not column.derived),
        at=names.paste_at(grid.code),
        more=grid.more_tools,
    )


def _across(grid: Grid) -> list[GridColumn]:
    """The columns that have a heading of their own."""
    return [column for column in grid.columns if not column.under]


def _under(grid: Grid, column: GridColumn) -> list[GridColumn]:
    return [one for one in grid.columns if one.under == column.code]


def _kind(column: GridColumn) -> str:
    return "num" if column.numeric else "words"


def _row(grid: Grid, row: Row, number: int) -> str:
    table, identity = escape(grid.code), escape(row["id"])
    cells = [
        f'<tr data-row="{identity}"><th scope="row" class="row-number" id="{table}-r-{identity}">'
        f'<span class="visually-hidden">第</span><b>{number or ""}</b>'
        f'<span class="visually-hidden">行</span></th>'
    ]
    cells += [_cell(grid, column, row) for column in _across(grid)]
    if grid.editable:
        cells.append(
            f'<td class="row-tools"><button type="submit" name="do" value="remove:{table}[{identity}]" '
            f'class="remove" aria-label="删除第 {number or "新"} 行" title="删除这一行">×</button></td>'
        )
    return "".join(cells) + "</tr>"


def _cell(grid: Grid, column: GridColumn, row: Row) -> str:
    name = names.cell(grid.code, row["id"], column.code)
    stacked = (column, *_under(grid, column))
    below = ""
    if column.codes:
        below = f'<small class="below" id="{escape(name)}-name">{_name(grid.below.get(name, ""))}</small>'
    if column.derived or not grid.editable:
        texts = "<br>".join(escape(row.get(one.code) or "") for one in stacked)
        return f'<td class="{_kind(column)}" id="{escape(name)}">{texts}{below}</td>'
    kind = "stacked" if len(stacked) > 1 else "typed"
    controls = "".join(control(grid, one, row, _named(grid, one, row, len(stacked) == 1)) for one in stacked)
    return f'<td class="{kind}">{controls}{below}</td>'


def _name(text: str) -> str:
    """The name of a code; the whole of it on pointing, for the cell may cut it off."""
    return f'<span title="{escape(text)}">{escape(text)}</span>' if text else ""


def _named(grid: Grid, column: GridColumn, row: Row, alone: bool) -> str:
    """What names a box for screen readers: the column's heading and the row's number."""
    table, identity = escape(grid.code), escape(row["id"])
    if alone:
        return f'aria-labelledby="{table}-{escape(column.code)} {table}-r-{identity}"'
    label = escape(column.label)
    hint = "" if column.choices else f' placeholder="（{label}）"'
    return f'aria-label="{label}" aria-describedby="{table}-r-{identity}"{hint}'


def control(grid: Grid, column: GridColumn, row: Row, named: str) -> str:
    """The box of a cell; `named`: the attributes that name it."""
    name, text = names.cell(grid.code, row["id"], column.code), row.get(column.code) or column.default
    shared = f'name="{escape(name)}" id="{escape(name)}" {named}'
    if name in grid.invalid:
        shared += ' aria-invalid="true"'
    if column.choices:
        offered = column.choices if not text or text in column.choices else (*column.choices, text)
        options = "".join(
            f"<option{' selected' if choice == text else ''}>{escape(choice)}</option>" for choice in offered
        )
        none = "" if column.default else '<option value=""></option>'
        return f"<select {shared}>{none}{options}</select>"
    if column.long:
        return f'<textarea {shared} rows="1">\n{escape(text)}</textarea>'
    figure = ' class="figure" inputmode="decimal"' if column.numeric else ""
    listed = f' list="{escape(column.codes)}"' if column.codes else ""
    return f'<input type="text" {shared} value="{escape(text)}" autocomplete="off"{figure}{listed}>'
