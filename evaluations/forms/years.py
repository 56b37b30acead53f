"""Forms of a fiscal year and of the templates that single departments start on."""

from __future__ import annotations

from typing import Any

from django import forms

from evaluations import listing, tasks
from evaluations import years as service
from evaluations.models import Department, FiscalYear, User

from .lists import Filter

DAY = {"type": "date"}


class YearForm(forms.Form):
    """When a year opens and is due, and its templates; region and year are fixed once it exists."""

    region = forms.ModelChoiceField(label="行政区划", queryset=None, empty_label=None)
    year = forms.IntegerField(label="年度", min_value=2000, max_value=2100)
    template = forms.ModelChoiceField(
        label="指标模板",
        queryset=None,
        empty_label="请选择",
        help_text="新建的自评采用这个模板；已经开始的自评不受影响。模板发布新版后，没有关闭的年度自动改用新版。",
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
        help_text="过了这一天，没有送审过的不能再送审，填写和保存不受影响；可以给单位延期。",
    )
    two_step = forms.BooleanField(
        label="分初审、复核两步",
        required=False,
        help_text="勾选后，审核人先办“初审通过”，再由绩效股负责人复核批准，两步由两个人办。没有审结的报告随即适用。",
    )
    checklist = forms.CharField(
        label="审核清单",
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=(
            "审核人逐项勾选“符合、不符合、不适用”，勾完才能初审通过和批准。每行一项，"
            f"最多 {service.MOST_ITEMS} 项，每项最多 {service.LONGEST_ITEM} 字；不填就没有清单。"
            "中途改动的，没有审结的报告要补勾新的项。"
        ),
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
            self.fields[name].queryset = service.published(
                kind, [getattr(self.initial.get(name), "pk", None)]
            )
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


class TaskForm(forms.Form):
    """The notice of the year's task."""

    text = forms.CharField(
        label="任务通知",
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text="写明要做什么、附件的名称、联系人和电话；原样显示在各单位的首页上。",
    )


class ProgressForm(forms.Form):
    """催办 or 延期 of the departments that are ticked, or of all that have sent nothing."""

    REMIND, EXTEND = "remind", "extend"

    do = forms.ChoiceField(label="操作", choices=[(REMIND, "催办"), (EXTEND, "延期")])
    everybody = forms.BooleanField(label="全部未送审的单位", required=False)
    departments = forms.ModelMultipleChoiceField(
        label="单位", queryset=None, to_field_name="code", required=False
    )
    due_on = forms.DateField(
        label="延期至", required=False, widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d")
    )
    reason = forms.CharField(label="延期原因", required=False)

    def __init__(self, *args: Any, fiscal_year: FiscalYear, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._year = fiscal_year
        self.fields["departments"].queryset = service.departments(fiscal_year)

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if not self.errors and given["do"] == self.EXTEND and given["due_on"] is None:
            self.add_error("due_on", "请填写延期到哪一天。")
        if not self.errors and not self.chosen():
            self.add_error(None, "请先勾选单位。")
        return given

    def chosen(self) -> list[Department]:
        """The departments that are meant."""
        found = tasks.unsent(self._year) if self.cleaned_data["everybody"] else None
        return list(found if found is not None else self.cleaned_data["departments"])


class ProgressFilter(Filter):
    """Which departments the progress page lists."""

    show = forms.ChoiceField(label="显示", required=False, choices=[("", "全部单位"), *tasks.SHOWN.items()])
    text = forms.CharField(label="单位", required=False, max_length=60)
