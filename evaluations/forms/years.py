"""Forms of a fiscal year and of the templates that single departments start on."""

from __future__ import annotations

from typing import Any

from django import forms

from evaluations import listing
from evaluations import years as service
from evaluations.models import FiscalYear, User

DAY = {"type": "date"}


class YearForm(forms.Form):
    """When a year opens and is due, and its templates; region and year are fixed once it exists."""

    region = forms.ModelChoiceField(label="行政区划", queryset=None, empty_label=None)
    year = forms.IntegerField(label="年度", min_value=2000, max_value=2100)
    template = forms.ModelChoiceField(
        label="指标模板",
        queryset=None,
        empty_label="请选择",
        help_text="新建的自评采用这个模板；已经开始的自评不受影响。",
    )
    project_template = forms.ModelChoiceField(
        label="项目自评模板",
        queryset=None,
        required=False,
        empty_label="按指标模板的规定",
        help_text="指标模板要求项目自评时才用到；不选就用它规定的项目模板的最新一版。",
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
        help_text="显示给填报人；过了这一天仍然可以送审，直到年度关闭。",
    )

    public_page = forms.BooleanField(
        label="打开公开页",
        required=False,
        help_text="打开后，任何人不用登录都能看到已公开的报告（不印填报人姓名和电话）；没有公开的看不到。",
    )
    public_body = forms.CharField(
        label="批准机关",
        required=False,
        max_length=40,
        help_text="公开页上写的批准单位，例如“保靖县财政局”；不填就是“区划名＋财政局”。",
    )

    def __init__(self, *args: Any, actor: User, fixed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = listing.regions(actor, "evaluations.manage_year")
        for name, kind in (("template", "department"), ("project_template", "project")):
            self.fields[name].queryset = service.published(kind)
        for name in ("region", "year"):
            self.fields[name].disabled = fixed
        if not fixed:
            self.fields["template"].initial = service.in_force()


class AssignmentForm(forms.Form):
    """A template for the departments that are ticked."""

    template = forms.ModelChoiceField(
        label="模板", queryset=None, required=False, empty_label="年度的模板（取消单独指定）"
    )
    departments = forms.ModelMultipleChoiceField(
        label="单位", queryset=None, to_field_name="code", error_messages={"required": "请先勾选单位。"}
    )

    def __init__(self, *args: Any, fiscal_year: FiscalYear, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["template"].queryset = service.assignable(fiscal_year)
        self.fields["departments"].queryset = service.departments(fiscal_year)
