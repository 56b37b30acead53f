"""The form of a fiscal year."""

from __future__ import annotations

from typing import Any

from django import forms

from evaluations import listing
from evaluations.models import User
from indicators.models import IndicatorTemplate
from indicators.models import State as TemplateState

DAY = {"type": "date"}


class YearForm(forms.Form):
    """When a year opens and closes, and its template; region and year are fixed once it exists."""

    region = forms.ModelChoiceField(label="行政区划", queryset=None, empty_label=None)
    year = forms.IntegerField(label="年度", min_value=2000, max_value=2100)
    template = forms.ModelChoiceField(
        label="指标模板",
        queryset=None,
        empty_label="请选择",
        help_text="新建的自评采用这个模板；已经开始的自评不受影响。",
    )
    opens_on = forms.DateField(
        label="开始填报",
        required=False,
        widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
        help_text="不填就是现在开始。",
    )
    due_on = forms.DateField(
        label="截止日期",
        required=False,
        widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"),
        help_text="显示给填报人；过了这一天仍然可以送审。",
    )
    closed = forms.BooleanField(
        label="已关闭", required=False, help_text="关闭后不能再新建自评，已有的不受影响。"
    )

    def __init__(self, *args: Any, actor: User, fixed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = listing.regions(actor, "evaluations.manage_year")
        self.fields["template"].queryset = IndicatorTemplate.objects.filter(state=TemplateState.PUBLISHED)
        for name in ("region", "year"):
            self.fields[name].disabled = fixed
