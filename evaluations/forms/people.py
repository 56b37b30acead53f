"""Forms of departments and people. The services decide; these only read what was typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.validators import UnicodeUsernameValidator

from evaluations import listing
from evaluations.models import Department, Region, Role, User
from evaluations.models.people import DEPARTMENT_CODE, DEPARTMENT_ROLES, REGION_CODE

_AT_DEPARTMENT = "、".join(role.label for role in DEPARTMENT_ROLES)


class DepartmentChoice(forms.ModelChoiceField):
    def label_from_instance(self, department: Department) -> str:
        return f"{department.region.name} · {department.name}"


class RoleForm(forms.Form):
    """A role with its place, among what `actor` manages."""

    role = forms.ChoiceField(label="角色", choices=[("", "请选择"), *Role.choices])
    department = DepartmentChoice(
        label="单位",
        required=False,
        queryset=None,
        empty_label="（不选）",
        help_text=f"{_AT_DEPARTMENT}选单位。",
    )
    region = forms.ModelChoiceField(
        label="行政区划",
        required=False,
        queryset=None,
        empty_label="（不选）",
        help_text="其他角色选行政区划，管到它下面的全部单位。",
    )

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        departments = listing.departments(actor).filter(is_active=True)
        self.fields["department"].queryset = departments
        self.fields["region"].queryset = listing.regions(actor, "evaluations.manage_people")


class PersonForm(forms.Form):
    """Names of a person; the user name never changes."""

    name = forms.CharField(label="姓名", max_length=40)
    email = forms.EmailField(label="邮箱", required=False, help_text="可不填；配置了邮件服务时用于找回密码。")


class NewPersonForm(RoleForm, PersonForm):
    username = forms.CharField(
        label="用户名",
        max_length=40,
        validators=[UnicodeUsernameValidator()],
        help_text="登录用，以后不能改。",
    )

    field_order = ("username", "name", "email", "role", "department", "region")


class DepartmentForm(forms.Form):
    """Names of a department and the 主管部门 it belongs to; its code never changes, references rest on it."""

    name = forms.CharField(label="单位名称", max_length=100)
    short_name = forms.CharField(
        label="简称", max_length=40, required=False, help_text="报告正文里怎么称呼，例如“县总工会”。"
    )
    parent = DepartmentChoice(
        label="主管部门",
        required=False,
        queryset=None,
        empty_label="（没有，自己就是主管部门）",
        help_text="二级机构选它的主管部门：它的预算明细也计入主管部门的自评。",
    )

    def __init__(self, *args: Any, actor: User, department: Department | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        superiors = listing.departments(actor).filter(is_active=True, parent=None)
        if department is not None:
            superiors = superiors.filter(region=department.region).exclude(pk=department.pk)
        self.fields["parent"].queryset = superiors


class NewDepartmentForm(DepartmentForm):
    code = forms.CharField(
        label="单位代码",
        max_length=40,
        validators=[DEPARTMENT_CODE],
        help_text="小写字母、数字和连字符，例如 baojing-zgh。自评编号由它组成，以后不能改。",
    )
    region = forms.ModelChoiceField(label="行政区划", queryset=Region.objects.none(), empty_label="请选择")

    field_order = ("code", "name", "short_name", "region", "parent")

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        self.fields["region"].queryset = listing.regions(actor, "evaluations.manage_departments")


class ChangeDepartmentForm(DepartmentForm):
    is_active = forms.BooleanField(
        label="在用", required=False, help_text="停用后不能再新建自评；已有的自评和报告都保留。"
    )


class MergeForm(forms.Form):
    """Into which department, and from when."""

    successor = DepartmentChoice(label="并入", queryset=None, empty_label="请选择")
    on = forms.DateField(
        label="合并日期",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="不填就是今天。",
    )
    sure = forms.BooleanField(label="我已核对：合并以后不能撤销")

    def __init__(self, *args: Any, actor: User, department: Department, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = listing.departments(actor).filter(is_active=True, region=department.region)
        self.fields["successor"].queryset = others.exclude(pk=department.pk)


class RegionForm(forms.Form):
    """A new 行政区划 below one that `actor` manages."""

    code = forms.CharField(
        label="行政区划代码",
        max_length=9,
        validators=[REGION_CODE],
        help_text="国家标准的 6 位代码，乡镇 9 位，例如 433125。建立后不能改。",
    )
    name = forms.CharField(label="名称", max_length=60)
    parent = forms.ModelChoiceField(label="上级", queryset=Region.objects.none(), empty_label=None)

    def __init__(self, *args: Any, actor: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = listing.regions(actor, "evaluations.manage_departments")
