"""免签 of the departments that are ticked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from evaluations.models import Department


class WaiverForm(forms.Form):
    """Waive the signature of departments, or ask for it again, for one reason."""

    WAIVE, DEMAND = "waive", "demand"

    do = forms.ChoiceField(
        choices=[(WAIVE, "免签"), (DEMAND, "恢复签字")],
        error_messages={"required": "请点“免签”或“恢复签字”。"},
    )
    departments = forms.ModelMultipleChoiceField(
        label="单位", queryset=None, to_field_name="code", error_messages={"required": "请先勾选单位。"}
    )
    reason = forms.CharField(label="原因", required=False, strip=False)

    def __init__(self, *args: Any, departments: QuerySet[Department], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["departments"].queryset = departments
