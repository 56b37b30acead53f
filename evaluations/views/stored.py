"""What stands in the boxes of a step: the stored row as texts, with the revision they were read at.

The row is read before anything else of the evaluation: if somebody saves in between, the page holds an older
revision than its figures, and its next save meets a conflict instead of overwriting.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from evaluations import budgeting, names
from evaluations.forms.section import Row, Step
from evaluations.models import BudgetGrid, BudgetLine, Evaluation, SectionData
from evaluations.models.budget import AMOUNTS
from indicators.engine.spec import Column, Field
from indicators.engine.values import MISSING, restore, typed

from .lines import Window


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts by name of box (without the grids'), rows of grids by table, and the revisions behind them.

    `revisions`: by the name of the hidden box that carries them. `section` and `grid` are the rows read, None
    where nothing is stored;
    `window`: which of the budget lines are in `rows`, None for all; `base`: what a page sent back whose texts
    could not be stored.
    """

    boxes: dict[str, str]
    rows: dict[str, list[Row]]
    revisions: dict[str, int]
    section: SectionData | None = None
    grid: BudgetGrid | None = None
    window: Window | None = None
    base: str = ""

    def known(self) -> str:
        """What the boxes held when the page was drawn, as short sums; it travels with the form."""
        return self.base or json.dumps(fingerprints(self), ensure_ascii=False, separators=(",", ":"))


def read(evaluation: Evaluation, step: Step, unit: str) -> Texts:
    """The step as it is stored."""
    section = evaluation.sections.select_related("updated_by").get(code=step.code)
    boxes, rows = of_content(step, section.content, unit)
    revisions = {"revision": section.revision}
    if not step.budget:
        return Texts(boxes, rows, revisions, section)
    grid = budgeting.grid_of(evaluation.department, evaluation.fiscal_year.year)
    rows[names.BUDGET] = of_lines(grid.lines.order_by("order") if grid.pk else (), grid.raw, unit)
    return Texts(boxes, rows, revisions | {"lines-revision": grid.revision}, section, grid)


def read_lines(evaluation: Evaluation, unit: str) -> list[Row]:
    """All budget lines as they are stored."""
    grid = budgeting.grid_of(evaluation.department, evaluation.fiscal_year.year)
    return of_lines(grid.lines.order_by("order") if grid.pk else (), grid.raw, unit)


def of_content(
    step: Step, content: Mapping[str, Any], unit: str
) -> tuple[dict[str, str], dict[str, list[Row]]]:
    """The boxes and the rows of a section's content (stored, or made of what somebody sent).

    Amounts are in `unit` where their figure or table has none of its own.
    """
    return _boxes(step, content, unit), {code: _rows(step, content, code, unit) for code in step.boxes.tables}


def of_lines(lines: Iterable[BudgetLine], raw: Mapping[str, str], unit: str) -> list[Row]:
    """Budget lines as they stand in their boxes."""
    return [_line(line, raw, unit) for line in lines]


def fingerprints(texts: Texts) -> dict[str, str]:
    """Short sums of every box and row, which the page carries: they tell who changed what in a conflict."""
    sums = {name: _sum(text) for name, text in texts.boxes.items() if text}
    for table, rows in texts.rows.items():
        sums |= row_fingerprints(table, rows)
    return sums


def row_fingerprints(table: str, rows: Iterable[Row]) -> dict[str, str]:
    """The short sums of a grid's rows, by `table[row]`."""
    return {f"{table}[{row['id']}]": _sum(row_text(row)) for row in rows}


def drawn_lines(base: str) -> dict[str, str] | None:
    """Of what a page sent back, the short sums of the budget lines that it was drawn with; None as below."""
    known = read_fingerprints(base)
    if known is None:
        return None
    return {name: text for name, text in known.items() if name.startswith(f"{names.BUDGET}[")}


def read_fingerprints(base: str) -> dict[str, str] | None:
    """The short sums that a page sent back; None for what is no such text."""
    try:
        sums = json.loads(base)
    except (json.JSONDecodeError, RecursionError):
        return None
    return sums if isinstance(sums, dict) else None


def row_text(row: Mapping[str, str]) -> str:
    """A row's typed cells in one line, the same whatever order they came in."""
    return "\t".join(f"{code}={text}" for code, text in sorted(row.items()) if code != "id" and text)


def _sum(text: str) -> str:
    return format(zlib.crc32(text.encode()), "x")


def _boxes(step: Step, content: Mapping[str, Any], unit: str) -> dict[str, str]:
    raw, fields = content.get("raw", {}), content.get("fields", {})
    boxes = {
        code: raw[code] if code in raw else _text(definition, fields.get(code), definition.money_unit or unit)
        for code, definition in step.boxes.fields.items()
    }
    boxes |= {code: content.get("texts", {}).get(code, "") for code in step.boxes.texts}
    for code in step.boxes.printed:
        override = content.get("overrides", {}).get(code, {})
        boxes[names.printed(code)] = override.get("text", "")
        boxes[names.printed_reason(code)] = override.get("reason", "")
    return boxes


def _rows(step: Step, content: Mapping[str, Any], table: str, unit: str) -> list[Row]:
    raw = content.get("raw", {})
    columns = [column for column in step.boxes.tables[table].columns if not column.formula]
    unit = step.boxes.tables[table].money_unit or unit
    return [
        {"id": row["id"]}
        | {
            column.code: raw.get(names.cell(table, row["id"], column.code))
            or _text(column, row.get(column.code), unit)
            for column in columns
        }
        for row in content.get("tables", {}).get(table, ())
    ]


def _text(definition: Field | Column, stored: str | None, unit: str) -> str:
    return "" if stored is None else typed(restore(definition, stored), definition, unit)


def _line(line: BudgetLine, raw: Mapping[str, str], unit: str) -> Row:
    row = {"id": line.row}
    for name in budgeting.COLUMNS:
        value = getattr(line, name)
        text = (
            typed(MISSING if value is None else value, budgeting.MONEY[name], unit)
            if name in AMOUNTS
            else value
        )
        row[name] = raw.get(names.cell(names.BUDGET, line.row, name), text)
    return row
