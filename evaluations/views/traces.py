"""Changes of figures and texts (修改痕迹) in words: which box, from what, to what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.text import Truncator

from evaluations import facts, names
from evaluations.models import Evaluation, FieldChange
from indicators.engine.spec import Column, Field
from indicators.engine.values import ValueFault, restore, show

from .places import Places

MOST_CHARACTERS = 200
#: Amounts of budget lines are money; their other columns are words and codes.
AMOUNT = Field(code="amount", label="金额")
AMOUNTS = frozenset({"opening", "adjustment", "executed"})
PRINTED = ".printed"


@dataclass(frozen=True, slots=True)
class Change:
    """One change as shown; `note` says what kind of value it is when it is not the figure itself."""

    row: FieldChange
    label: str
    note: str
    old: str
    new: str


def changes(evaluation: Evaluation, rows: Iterable[FieldChange]) -> list[Change]:
    """The given rows with the field's words; rows of tables by their present number."""
    compiled = facts.compiled_of(evaluation)
    places = Places(evaluation.reference, compiled.compute(facts.facts_of(evaluation)))
    return [_change(row, places) for row in rows]


def _change(row: FieldChange, places: Places) -> Change:
    location = row.location.removesuffix(PRINTED)
    note = ""
    if location != row.location:
        note = "标题" if places.split(location)[1] in places.compiled.sections else "打印数"
    if row.position is not None:
        note = f"第 {row.position + 1} 字起"
    definition = None if note else _definition(places, location)
    unit = places.compiled.unit_of(places.split(location)[1])
    return Change(
        row,
        places.label(location),
        note,
        _shown(row.old, definition, unit),
        _shown(row.new, definition, unit),
    )


def _definition(places: Places, location: str) -> Field | Column | None:
    _, box = places.split(location)
    cell = names.read_cell(box)
    if cell is None:
        return places.compiled.fields.get(box)
    if cell.table == names.BUDGET:
        return AMOUNT if cell.column in AMOUNTS else None
    return places.compiled.columns.get(f"{cell.table}.{cell.column}")


def _shown(stored: str, definition: Field | Column | None, unit: str) -> str:
    """As the page shows the value; what could not be read is shown as it was typed."""
    if definition is not None and stored:
        try:
            return show(restore(definition, stored), definition, unit)
        except ValueFault:
            return stored
    return Truncator(stored).chars(MOST_CHARACTERS)
