"""Two people saved the same step: both versions side by side, a choice for each difference, one save.

What was sent and what is stored are brought into the same words (as they stand in the boxes) and compared.
The short sums that the page carried (`stored.fingerprints`) tell who changed what; where only one of the two
did, that one is chosen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone

from evaluations import budgeting, names, sections
from evaluations.errors import Conflict
from evaluations.forms.section import Row, Step
from evaluations.models import Evaluation, SectionData
from evaluations.sections import Posted

from . import steps, stored, tables
from .stored import Texts

if TYPE_CHECKING:
    from .saving import Sent


@dataclass(frozen=True, slots=True)
class Difference:
    """One box or row that differs. `fields`: the names and texts that are sent back when mine is chosen."""

    name: str
    label: str
    mine: str
    theirs: str
    both: bool
    prefer_mine: bool
    fields: tuple[tuple[str, str], ...]


def sentence(conflict: Conflict) -> str:
    """Who saved when, for the bar over a page that goes on being typed in."""
    theirs = conflict.theirs
    who = str(theirs.updated_by) if theirs.updated_by else "他人"
    return f"{who}在 {timezone.localtime(theirs.updated_at):%H:%M} 保存了本章，您的内容还没有保存。"


def page(request: HttpRequest, evaluation: Evaluation, step: Step, sent: Sent) -> HttpResponse:
    """409 with both versions; where nothing differs there is nothing to choose and all is saved."""
    unit = steps.unit_of(evaluation)
    theirs = stored.read(evaluation, step, unit)
    mine = _as_typed(evaluation, step, sent, theirs, unit)
    found = list(_differences(step, mine, theirs, stored.read_fingerprints(sent.base)))
    if not found:
        return redirect(f"{reverse('section', args=[evaluation.reference, step.code])}?done={step.code}")
    context = {
        "evaluation": evaluation,
        "step": step,
        "differences": found,
        "clashes": [one for one in found if one.both],
        "rest": [one for one in found if not one.both],
        "revisions": theirs.revisions,
        "saves": _saves(theirs),
    }
    return render(request, "filling/conflict.html", context, status=409)


def merged(evaluation: Evaluation, step: Step, data: Mapping[str, Any]) -> tuple[Posted, list[Row] | None]:
    """What is stored, with the boxes and rows for which `mine` was chosen put in."""
    theirs = stored.read(evaluation, step, steps.unit_of(evaluation))
    mine = {
        name.removeprefix("choice:") for name in data if name.startswith("choice:") and data[name] == "mine"
    }
    boxes = step.boxes
    columns = {code: list(tables.typed_columns(table)) for code, table in boxes.tables.items()}
    if step.budget:
        columns[names.BUDGET] = list(tables.budget_columns())
    grids = {
        table: _merged_rows(table, theirs.rows[table], mine, codes, data) for table, codes in columns.items()
    }
    lines = grids.pop(names.BUDGET, None)
    overrides = {}
    for code in boxes.printed:
        pair = (names.printed(code), names.printed_reason(code))
        if mine & set(pair):
            overrides[code] = tuple(
                data.get(name, "") if name in mine else theirs.boxes[name] for name in pair
            )
    return Posted(
        fields={code: data.get(code, "") for code in boxes.fields if code in mine},
        texts={code: data.get(code, "") for code in boxes.texts if code in mine},
        tables=grids,
        overrides=overrides,
    ), lines


def _merged_rows(
    table: str, rows: list[Row], mine: set[str], codes: list[str], data: Mapping[str, Any]
) -> list[Row]:
    chosen = {found[1] for name in mine if (found := names.read_row(name)) and found[0] == table}
    sent = {
        row: {"id": row} | {code: data.get(names.cell(table, row, code), "") for code in codes}
        for row in chosen
    }
    ids = [row["id"] for row in rows]
    by_id = {row["id"]: row for row in rows} | sent
    return [by_id[row] for row in (*ids, *(row for row in sent if row not in ids))]


def _as_typed(evaluation: Evaluation, step: Step, sent: Sent, theirs: Texts, unit: str) -> Texts:
    """What was sent, in the words of the boxes; boxes that were not sent are as stored."""
    content, _ = sections.read(step.boxes, sent.posted, theirs.section.content, unit)
    boxes, rows = stored.of_content(step, content, unit)
    if sent.lines is not None:
        lines = sent.all_lines(theirs.rows[names.BUDGET])
        reading = budgeting.read(lines, evaluation.fiscal_year.year, unit)
        rows[names.BUDGET] = stored.of_lines(reading.lines, reading.raw, unit)
    return Texts(boxes, rows, theirs.revisions, theirs.section, theirs.grid)


def _differences(
    step: Step, mine: Texts, theirs: Texts, base: Mapping[str, str] | None
) -> Iterator[Difference]:
    my_sums, their_sums = stored.fingerprints(mine), stored.fingerprints(theirs)

    def difference(
        name: str, label: str, left: str, right: str, fields: tuple[tuple[str, str], ...]
    ) -> Difference:
        i_changed = base is None or my_sums.get(name) != base.get(name)
        they_changed = base is None or their_sums.get(name) != base.get(name)
        return Difference(name, label, left, right, i_changed and they_changed, i_changed, fields)

    for name, text in mine.boxes.items():
        other = theirs.boxes.get(name, "")
        if text != other:
            yield difference(name, _label(step, name), text, other, ((name, text),))
    for table, rows in mine.rows.items():
        ours = {row["id"]: row for row in rows}
        others = {row["id"]: row for row in theirs.rows[table]}
        for number, row in enumerate({**others, **ours}, 1):
            left, right = ours.get(row, {}), others.get(row, {})
            if stored.row_text(left) != stored.row_text(right):
                fields = tuple(
                    (names.cell(table, row, code), text) for code, text in left.items() if code != "id"
                )
                label = f"{_label(step, table)}第 {number} 行"
                yield difference(
                    f"{table}[{row}]", label, _told(step, table, left), _told(step, table, right), fields
                )


def _told(step: Step, table: str, row: Row) -> str:
    """A row in words: 类别 办公费，金额 202,893.00; a row that one side does not have says so."""
    if not row:
        return "（没有这一行）"
    labels = (
        tables.budget_columns() if table == names.BUDGET else tables.typed_columns(step.boxes.tables[table])
    )
    return "，".join(f"{labels[code]} {text}" for code, text in row.items() if code != "id" and text)


def _label(step: Step, name: str) -> str:
    boxes = step.boxes
    if name == names.BUDGET:
        return "预算明细"
    if name in boxes.fields:
        return boxes.fields[name].label
    if name in boxes.texts:
        return boxes.texts[name].label or "文字说明"
    if name in boxes.tables:
        return boxes.tables[name].title
    code, _, part = name.partition(".")
    is_heading = any(section.code == code for section in step.section.walk())
    what = "的标题" if is_heading else "的印刷数"
    return f"{boxes.printed.get(code, '')}{what}" + ("（理由）" if part.endswith("reason") else "")


def _saves(theirs: Texts) -> list[tuple[str, SectionData | Any]]:
    found: list[tuple[str, Any]] = [("本章", theirs.section)]
    if theirs.grid is not None and theirs.grid.updated_by:
        found.append(("预算明细", theirs.grid))
    return [(label, row) for label, row in found if row.updated_by]
