"""Own indicators (自设指标) of an open group: one card a row, its boxes in two lines with their labels.

A table of ten columns would not fit beside the score; the rest is a grid: the same names of boxes, the same
buttons, keys and block from a spreadsheet. What shows only sometimes (评定) stands behind a sentence that
says why; while that sentence is empty the style sheet hides the boxes, so a save needs to renew words only.
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

from .grids import PATTERN, Grid, GridColumn, control, tools
from .layout import EMPTY, REQUIRED

#: Columns by where they stand in a card; others stand in its first line.
TARGETS = ("sign", "target", "adjusted", "unit", "actual")
JUDGED = ("level", "points", "coefficient")
ASIDE = ("self", "reason")


@dataclass(frozen=True, slots=True)
class Reading:
    """What the system makes of a card: how the target was read, why it is judged, working and points."""

    target: str = ""
    judged: SafeString = EMPTY
    working: str = ""
    points: SafeString = EMPTY
    notes: SafeString = EMPTY
    aside_open: bool = False


NOTHING = Reading()


@dataclass(slots=True)
class Cards:
    """The rows of an open group; `sum` tells what of its weight is given away, `evidence` is a link."""

    grid: Grid
    sum: SafeString = EMPTY
    readings: Mapping[str, Reading] = field(default_factory=dict)
    evidence: SafeString = EMPTY


class CardsPiece(LayoutObject):
    """Draws `Cards`."""

    def __init__(self, cards: Cards) -> None:
        self.cards = cards
        self.grid = cards.grid

    def render(self, form: object, context: object, template_pack: str = "", **kwargs: object) -> SafeString:
        grid = self.grid
        return format_html(
            '<section class="grid-block" data-grid="{code}"><div class="grid-head">'
            '<h3 id="{code}" tabindex="-1">{title}</h3><span id="sum-{code}">{sum}</span>{evidence}'
            "</div>{help}"
            '<table class="grid cards" aria-labelledby="{code}"><thead class="visually-hidden"><tr>'
            '<th scope="col">行</th><th scope="col">指标</th>{last}</tr></thead>'
            '<tbody id="rows-{code}" data-first="1">{rows}</tbody></table>{tools}'
            '<div class="notes" id="notes-{code}">{notes}</div></section>',
            code=grid.code,
            title=grid.title,
            sum=self.cards.sum,
            evidence=self.cards.evidence,
            help=format_html('<p class="help">{}</p>', grid.help) if grid.help else EMPTY,
            last=mark_safe('<th scope="col">删除</th>') if grid.editable else EMPTY,
            rows=self.rows(),
            tools=tools(grid, mark_safe(self._card({"id": PATTERN}, 0))) if grid.editable else EMPTY,  # noqa: S308  escaped
            notes=grid.notes,
        )

    def rows(self) -> SafeString:
        """The cards; an empty one where nothing was typed yet."""
        rows: Sequence[Mapping[str, str]] = self.grid.rows
        if self.grid.editable and not rows:
            rows = [{"id": new_row_id()}]
        return mark_safe("".join(self._card(row, number) for number, row in enumerate(rows, 1)))  # noqa: S308

    def parts(self) -> dict[str, str]:
        """What a save may have changed: the sum of the weights, and what each card says below its boxes."""
        grid = self.grid
        found: dict[str, str] = {f"sum-{grid.code}": self.cards.sum, f"notes-{grid.code}": grid.notes}
        for row in grid.rows:
            found |= _words(f"{grid.code}[{row['id']}]", self._reading(row))
        return found

    def _reading(self, row: Mapping[str, str]) -> Reading:
        return self.cards.readings.get(row["id"], NOTHING)

    def _card(self, row: Mapping[str, str], number: int) -> str:
        grid, reading = self.grid, self._reading(row)
        name = f"{grid.code}[{row['id']}]"
        words = _words(name, reading)
        behind = (*TARGETS, *JUDGED, *ASIDE)
        first = [column.code for column in grid.columns if column.code not in behind]
        judged, is_open = self._boxes(row, JUDGED), " open" if reading.aside_open else ""
        parts = [
            f'<tr data-row="{escape(row["id"])}" id="{escape(name)}" tabindex="-1">',
            '<th scope="row" class="row-number" ',
            f'id="{escape(grid.code)}-r-{escape(row["id"])}"><span class="visually-hidden">第</span>',
            f'<b>{number or ""}</b><span class="visually-hidden">行</span></th><td class="card-cell">',
            f'<div class="card-boxes">{self._boxes(row, first)}</div>',
            f'<div class="card-boxes">{self._boxes(row, TARGETS)}</div>',
            _span(name, "read", words, "read"),
            _span(name, "judged", words, "read judged"),
            f'<div class="card-boxes if-judged">{judged}</div>' if judged else "",
            f'<div class="card-result">{_span(name, "working", words, "working")}',
            f"{_span(name, 'points', words)}</div>",
            f'<details class="aside" id="aside-{escape(name)}"{is_open}>',
            "<summary>偏差原因、手工改分</summary>",
            f'<div class="card-boxes">{self._boxes(row, ASIDE)}</div></details>',
            f'<div class="notes" id="notes-{escape(name)}">{reading.notes}</div></td>',
        ]
        if grid.editable:
            parts += [
                f'<td class="row-tools"><button type="submit" name="do" value="remove:{escape(name)}" ',
                f'class="remove" aria-label="删除第 {number or "新"} 行" title="删除这一行">×</button></td>',
            ]
        return "".join((*parts, "</tr>"))

    def _boxes(self, row: Mapping[str, str], codes: Sequence[str]) -> str:
        columns = {column.code: column for column in self.grid.columns}
        return "".join(self._box(row, columns[code]) for code in codes if code in columns)

    def _box(self, row: Mapping[str, str], column: GridColumn) -> str:
        name = escape(names.cell(self.grid.code, row["id"], column.code))
        if self.grid.editable:
            drawn = control(
                self.grid, column, row, f'aria-describedby="{escape(self.grid.code)}-r-{escape(row["id"])}"'
            )
        else:
            drawn = f'<output id="{name}">{escape(row.get(column.code) or "—")}</output>'
        return (
            f'<div class="own-box own-{escape(column.code)}"><label for="{name}">{escape(column.label)}'
            f"{REQUIRED if column.required and self.grid.editable else ''}</label>{drawn}</div>"
        )


def _words(name: str, reading: Reading) -> dict[str, str]:
    """Inner HTML by id of what a card says."""
    return {
        f"read-{name}": escape(reading.target),
        f"judged-{name}": reading.judged,
        f"working-{name}": escape(reading.working),
        f"points-{name}": reading.points,
        f"notes-{name}": reading.notes,
    }


def _span(name: str, kind: str, words: Mapping[str, str], style: str = "") -> str:
    identity = f"{kind}-{name}"
    return f'<span class="{style}" id="{escape(identity)}">{words[identity]}</span>'
