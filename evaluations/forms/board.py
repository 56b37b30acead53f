"""The filter of the board, read from the address; its choices are what the year's rows have."""

from __future__ import annotations

from typing import Any

from django import forms

from evaluations.boarding import bands
from evaluations.boarding.rows import NO_GRADE, STATES, Overview

from .lists import ALL, Filter


class BoardFilter(Filter):
    """`place` is one region without those below, as a number of the progress table counts it."""

    year = forms.TypedChoiceField(label="年度", required=False, coerce=int)
    region = forms.ChoiceField(label="行政区划（含下级）", required=False)
    state = forms.ChoiceField(label="状态", required=False, choices=[*ALL, *STATES.items()])
    late = forms.ChoiceField(label="期限", required=False, choices=[*ALL, ("1", "逾期未送审")])
    template = forms.ChoiceField(label="指标模板", required=False)
    grade = forms.ChoiceField(label="等级", required=False)
    score = forms.ChoiceField(label="得分", required=False, choices=[*ALL, *bands.labels(bands.SCORES)])
    rate = forms.ChoiceField(label="执行率", required=False, choices=[*ALL, *bands.labels(bands.RATES)])
    text = forms.CharField(label="单位", required=False, max_length=60)
    place = forms.ChoiceField(label="区划本级", required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, overview: Overview) -> None:
        asked = data.copy()
        if overview.year is not None:
            asked.setdefault("year", str(overview.year))
        super().__init__(asked)
        rows = overview.rows
        places = dict.fromkeys((row.region, row.region_name) for row in rows)
        templates = {row.template: row.template_title for row in rows if row.template}
        grades = sorted({row.grade for row in rows if row.grade})
        self.fields["year"].choices = [(year, f"{year} 年度") for year in overview.years]
        self.fields["year"].initial = overview.year
        self.fields["region"].choices = [*ALL, *places]
        self.fields["place"].choices = [*ALL, *places]
        self.fields["template"].choices = [*ALL, *templates.items()]
        self.fields["grade"].choices = [*ALL, *((one, one) for one in grades), (NO_GRADE, "未定等级")]

    def told(self) -> list[tuple[str, str]]:
        """What narrows, in words: the label and the chosen value."""
        values = self.values()
        return [
            (field.label, self._word(name, values[name]))
            for name, field in self.fields.items()
            if values[name]
        ]

    def asked(self) -> dict[str, str]:
        """What narrows, as it stands in the address."""
        return {name: str(value) for name, value in self.values().items() if value}

    def _word(self, name: str, value: Any) -> str:
        choices = dict(getattr(self.fields[name], "choices", ()))
        return str(choices.get(value, value))


class UnitFilter(BoardFilter):
    """That of the list behind the board: also the indicator (`template:code`) or check that was counted."""

    indicator = forms.CharField(label="失分指标", required=False, max_length=130, widget=forms.HiddenInput)
    check = forms.CharField(label="审核问题", required=False, max_length=60, widget=forms.HiddenInput)
