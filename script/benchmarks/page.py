"""A page of 40 figures: our layout objects against stock `{% crispy %}` with Django's own widgets."""

from __future__ import annotations

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from crispy_forms.utils import render_crispy_form
from django import forms

from evaluations.forms.layout import Box, Figure
from evaluations.forms.section import SectionForm, Step
from evaluations.sections import Boxes
from indicators.engine.chapters import Section
from indicators.engine.spec import Field

from .measure import Measurement, interleaved

FIELDS = [
    Field(f"figure_{n}", f"第 {n} 项支出", unit="元", required=True, help="按决算填写。") for n in range(40)
]
VALUES = {field.code: f"{number * 12345}.67" for number, field in enumerate(FIELDS)}


class Stock(forms.Form):
    """The same 40 figures as Django and crispy make them by themselves."""

    def __init__(self) -> None:
        super().__init__(initial=VALUES)
        for field in FIELDS:
            self.fields[field.code] = forms.DecimalField(label=field.label, help_text=field.help)
        self.helper = FormHelper()
        self.helper.form_tag = False


def ours() -> str:
    step = Step(
        Section("benchmark", "测量"), Boxes({field.code: field for field in FIELDS}, {}, {}, {}, set()), False
    )
    form = SectionForm(step, initial=VALUES)
    form.helper.layout = Layout(
        *(Box(Figure(field.code, field.label, field.unit, field.help, required=True)) for field in FIELDS)
    )
    return render_crispy_form(form)


def stock() -> str:
    return render_crispy_form(Stock())


def measure(rounds: int) -> list[Measurement]:
    page, floor = ours(), stock()
    if page.count("<input") != 40 or floor.count("<input") != 40:
        raise AssertionError("both pages must show 40 boxes")
    return interleaved("page of 40 figures / stock crispy", ours, stock, goal=0.25, rounds=rounds, repeat=5)
