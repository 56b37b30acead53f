"""Sending a workbook for import."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone

from evaluations.importing import service
from evaluations.importing.kind import MAX_WORKED, Kind
from evaluations.importing.workbook import MAX_BYTES, MAX_ROWS
from evaluations.models import Department, User

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class UploadForm(forms.Form):
    """The file; for budget lines also the year, and whose they are where the file does not say.

    `chosen`: what a link to the page proposes of the two.
    """

    file = forms.FileField(
        label="Excel 文件（.xlsx）",
        widget=forms.ClearableFileInput(attrs={"accept": f".xlsx,{TYPE}"}),
        error_messages={"required": "请选择文件。", "empty": "文件是空的，请选择填好的文件。"},
    )
    year = forms.IntegerField(label="年度", min_value=2000, max_value=2100)
    department = forms.ModelChoiceField(
        label="单位",
        queryset=Department.objects.none(),
        required=False,
        to_field_name="code",
        empty_label="文件里写明",
    )

    field_order = ("year", "department", "file")

    def __init__(self, *args: Any, kind: Kind, actor: User, chosen: Mapping[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        most = MAX_ROWS if kind.asks_year else MAX_WORKED
        self.fields["file"].help_text = f"最大 {MAX_BYTES // 2**20} MB，{most} 行。"
        if not kind.asks_year:
            del self.fields["year"], self.fields["department"]
            return
        self.fields["year"].initial = chosen.get("year") or timezone.localdate().year - 1
        own = service.own_departments(actor)
        if not own:
            del self.fields["department"]
            return
        choice = self.fields["department"]
        choice.queryset = Department.objects.filter(pk__in=[one.pk for one in own])
        if len(own) == 1:
            choice.initial, choice.empty_label = own[0].code, None
        choice.initial = chosen.get("department") or choice.initial

    def clean_file(self) -> UploadedFile:
        """Not read when it is too large."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise forms.ValidationError(
                f"文件有 {file.size / 2**20:.1f} MB，最大 {MAX_BYTES // 2**20} MB，请拆成几个文件导入。"
            )
        return file
