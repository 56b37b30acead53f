"""Forms of the queue: its filter, read from the address, and whom a report is assigned to."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from evaluations.models import User
from evaluations.queueing import FINDINGS, STEPS, TABS, Choices

from .lists import ALL, Filter

FIRST_TAB = next(iter(TABS))


class QueueFilter(Filter):
    """What narrows the queue; the tab is chosen by its own links and read from the same address."""

    region = forms.ChoiceField(label="行政区划（含下级）", required=False)
    year = forms.TypedChoiceField(label="年度", required=False, coerce=int)
    state = forms.ChoiceField(label="状态", required=False, choices=[*ALL, *STEPS.items()])
    template = forms.ChoiceField(label="指标模板", required=False)
    findings = forms.ChoiceField(label="问题", required=False, choices=[*ALL, *FINDINGS.items()])
    grade = forms.ChoiceField(label="等级", required=False)
    text = forms.CharField(label="单位", required=False, max_length=60)

    def __init__(self, data: Any, choices: Choices) -> None:
        super().__init__(data)
        self.fields["region"].choices = [*ALL, *choices.regions]
        self.fields["year"].choices = [*ALL, *((year, f"{year} 年度") for year in choices.years)]
        self.fields["template"].choices = [*ALL, *choices.templates]
        self.fields["grade"].choices = [*ALL, *((grade, grade) for grade in choices.grades)]

    @property
    def tab(self) -> str:
        asked = self.data.get("tab", "")
        return asked if asked in TABS else FIRST_TAB

    def asked(self, **changed: str) -> dict[str, str]:
        """What narrows as it stands in the address, the tab with it, in one order."""
        found = {"tab": self.tab} | {name: str(value) for name, value in self.values().items() if value}
        found |= changed
        return {name: value for name, value in found.items() if (name, value) != ("tab", FIRST_TAB)}


class Reviewer(forms.ModelChoiceField):
    """Somebody of the bureau; two people may have one name."""

    def label_from_instance(self, obj: User) -> str:
        return f"{obj.name}（{obj.username}）" if obj.name else obj.username


class AssignForm(forms.Form):
    """Whose desk a report goes to. The browser must not ask for it: approving stands in the same form."""

    use_required_attribute = False

    reviewer = Reviewer(
        label="分派给",
        queryset=None,
        to_field_name="username",
        empty_label="请选审核人",
        error_messages={
            "required": "请先选审核人，再点分派。",
            "invalid_choice": "选的人不是这里的审核人，请重新选。",
        },
    )

    def __init__(self, *args: Any, reviewers: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, auto_id="assign_%s", **kwargs)
        self.fields["reviewer"].queryset = reviewers
