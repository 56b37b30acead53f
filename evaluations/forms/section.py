"""The form of one wizard step: which boxes it has, and what was typed into them.

The form accepts every text. Reading a figure, keeping what cannot be read, and refusing what is too large is
the business of `drafting.save_section` alone, so that page, autosave, import and command agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms

from evaluations import names, sections
from evaluations.sections import Boxes, Posted
from indicators.engine.chapters import Section
from indicators.engine.spec import Field
from indicators.engine.template import CompiledTemplate
from indicators.forms.widgets import Dropdown, Paragraphs, Plain, Radios, Tick

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Step:
    """A page of the wizard with its boxes; `budget`: the department's budget lines are filled in here."""

    section: Section
    boxes: Boxes
    budget: bool

    @property
    def code(self) -> str:
        return self.section.code


def step_of(compiled: CompiledTemplate, code: str) -> Step | None:
    """The step with this code; None when the template has no such step.

    Where a project is evaluated its budget lines are only shown: they are filled in with the department's.
    """
    section = compiled.steps.get(code)
    if section is None:
        return None
    budget = compiled.spec.kind == "department" and any(
        block.kind == "budget" for node in section.walk() for block in node.blocks
    )
    return Step(section, sections.boxes(compiled, code), budget)


class Typed(forms.Field):
    """Text as typed: any text is accepted here."""

    def __init__(self, widget: forms.Widget) -> None:
        super().__init__(required=False, widget=widget)

    def clean(self, value: Any) -> str:
        return value or ""


class SectionForm(forms.Form):
    """The boxes of a step. Names are those of `names`; grids are read apart, row by row (`rows`)."""

    def __init__(
        self, step: Step, data: Mapping[str, Any] | None = None, initial: dict[str, str] | None = None
    ) -> None:
        super().__init__(data, initial=initial)
        self.step = step
        for definition in step.boxes.fields.values():
            self.fields[definition.code] = Typed(_widget(definition))
        for code in step.boxes.texts:
            self.fields[code] = Typed(Paragraphs())
        for code in step.boxes.printed:
            self.fields[names.printed(code)] = Typed(Plain())
            self.fields[names.printed_reason(code)] = Typed(Plain())
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.template = "filling/form.html"
        self.helper.layout = Layout()

    def posted(self, tables: Mapping[str, list[Row]]) -> Posted:
        """What was typed, with the given rows of the step's tables; call after `is_valid`."""
        typed, boxes = self.cleaned_data, self.step.boxes
        return Posted(
            fields={code: typed[code] for code in boxes.fields},
            tables={code: tables.get(code, []) for code in boxes.tables},
            texts={code: typed[code] for code in boxes.texts},
            overrides={
                code: (typed[names.printed(code)], typed[names.printed_reason(code)])
                for code in boxes.printed
            },
        )


def _widget(definition: Field) -> forms.Widget:
    if definition.kind == "long_text":
        return Paragraphs()
    if definition.kind == "yes_no":
        return Tick() if definition.code.endswith("-na") else Radios(("是", "否"))
    if definition.kind == "choice":
        short = len(definition.choices) <= 5
        return Radios(definition.choices, column=True) if short else Dropdown(definition.choices)
    return Plain()


def rows(data: Mapping[str, Any], columns: Mapping[str, Iterable[str]]) -> dict[str, list[Row]]:
    """The rows of the grids in `columns` {table: column codes}, in the page's order, empty rows left out."""
    known = {table: frozenset(codes) for table, codes in columns.items()}
    found: dict[str, dict[str, Row]] = {table: {} for table in known}
    for name in data:
        place = names.read_cell(name)
        if place and place.column in known.get(place.table, ()):
            row = found[place.table].setdefault(place.row, {"id": place.row})
            row[place.column] = data[name]
    return {
        table: [
            row for row in by_id.values() if any(text.strip() for code, text in row.items() if code != "id")
        ]
        for table, by_id in found.items()
    }
