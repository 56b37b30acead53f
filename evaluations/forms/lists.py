"""Filters above lists, read from the address. What cannot be read narrows nothing and is said beside it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator

from evaluations.models import State
from evaluations.models.records import ACTIONS

ALL = [("", "全部")]


class Filter(forms.Form):
    """A form of optional fields; `values()` names every field, None where nothing readable is asked."""

    def values(self) -> dict[str, Any]:
        self.is_valid()
        return {name: self.cleaned_data.get(name) or None for name in self.fields}


class EvaluationFilter(Filter):
    year = forms.TypedChoiceField(label="年度", required=False, coerce=int)
    state = forms.ChoiceField(label="状态", required=False, choices=[*ALL, *State.choices])
    text = forms.CharField(label="单位", required=False, max_length=60)

    def __init__(self, data: Any, years: Iterable[int]) -> None:
        super().__init__(data)
        self.fields["year"].choices = [*ALL, *((year, f"{year} 年度") for year in years)]


class Day(forms.DateField):
    """A day of the log; calendars end at the years 1 and 9999, and time zones need a day more."""

    def __init__(self, label: str) -> None:
        widget = forms.DateInput(attrs={"type": "date"})
        limits = [
            MinValueValidator(datetime.date(2000, 1, 1)),
            MaxValueValidator(datetime.date(2999, 12, 31)),
        ]
        super().__init__(label=label, required=False, widget=widget, validators=limits)


class LogFilter(Filter):
    person = forms.CharField(label="操作人", required=False, max_length=40)
    action = forms.ChoiceField(label="操作", required=False, choices=[*ALL, *ACTIONS.items()])
    first = Day(label="起")
    last = Day(label="止")


class SearchFilter(Filter):
    text = forms.CharField(label="查找", required=False, max_length=60)
