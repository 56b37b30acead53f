"""Forms of 整改: what to list, what was done, and the filter of the list across departments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from evaluations.models import RectificationState
from evaluations.rectifying import Task
from evaluations.remedies import Proposal, Proposals

from .lists import ALL, Filter
from .years import DAY


class Ticks(forms.MultipleChoiceField):
    """Proposals to tick; one that the page never offered is refused as a whole."""

    def __init__(self, label: str) -> None:
        refused = {"invalid_choice": "勾选的内容与报告不一致，请重新打开本页再勾选。"}
        super().__init__(
            label=label, required=False, widget=forms.CheckboxSelectMultiple, error_messages=refused
        )


class DueField(forms.DateField):
    def __init__(self) -> None:
        super().__init__(
            label="整改期限",
            widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
            error_messages={
                "required": "请填写整改期限。",
                "invalid": "整改期限不是日期，请写成 2026-03-05 的样子。",
            },
        )


class AddForm(forms.Form):
    """Ticked proposals and one problem in own words; measures, responsible person and date are for all."""

    lost = Ticks("失分的指标")
    problems = Ticks("报告中写到的问题")
    measures = Ticks("报告中写到的措施（写入本次列出的每一项）")
    problem = forms.CharField(label="其他问题", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    measure = forms.CharField(label="整改措施", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    responsible = forms.CharField(label="责任人", required=False, max_length=60)
    due_on = DueField()

    def __init__(self, data: Any, offered: Proposals) -> None:
        super().__init__(data, prefix="new")
        for name in ("problem", "measure", "responsible", "due_on"):
            self.fields[name].widget.attrs["class"] = "control"
        self._offered = {name: getattr(offered, name) for name in ("lost", "problems", "measures")}
        for name, found in self._offered.items():
            self.fields[name].choices = [(one.key, one.text) for one in found]
            if not found:
                self.fields[name].widget = forms.MultipleHiddenInput()

    def tasks(self) -> list[Task]:
        """What is to be listed; call it when the form is valid."""
        given = self.cleaned_data
        measure = "\n".join(
            [*(one.text for one in self._ticked("measures")), given["measure"].strip()]
        ).strip()
        found = [
            Task(one.text, measure, one.source) for one in (*self._ticked("lost"), *self._ticked("problems"))
        ]
        return found + ([Task(given["problem"], measure)] if given["problem"].strip() else [])

    def _ticked(self, name: str) -> Sequence[Proposal]:
        return [one for one in self._offered[name] if one.key in self.cleaned_data[name]]


class ChangeForm(forms.Form):
    """调整: what is not the problem itself."""

    measure = forms.CharField(label="整改措施", required=False, widget=forms.Textarea(attrs={"rows": 2}))
    responsible = forms.CharField(label="责任人", required=False, max_length=60)
    due_on = DueField()


class RectificationFilter(Filter):
    year = forms.TypedChoiceField(label="年度", required=False, coerce=int)
    region = forms.ChoiceField(label="行政区划（含下级）", required=False)
    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[("", "未销号"), *RectificationState.choices, ("all", "全部")],
    )
    late = forms.ChoiceField(label="期限", required=False, choices=[*ALL, ("1", "已逾期")])
    text = forms.CharField(label="单位或问题", required=False, max_length=60)

    def __init__(self, data: Any, years: Sequence[int], regions: Sequence[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["year"].choices = [*ALL, *((year, f"{year} 年度") for year in years)]
        self.fields["region"].choices = [*ALL, *regions]

    def told(self) -> list[tuple[str, str]]:
        """The filter in words."""
        values = self.values()
        choices = {name: dict(getattr(field, "choices", ())) for name, field in self.fields.items()}
        return [
            (field.label, str(choices[name].get(values[name] or "", values[name] or "")))
            for name, field in self.fields.items()
            if values[name] or name == "state"
        ]
