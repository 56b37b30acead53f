"""Forms with which a unit head invites people to the own department."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.validators import UnicodeUsernameValidator

from evaluations.people import OWN_ROLES

ROLE_HELP = "填报人填写和修改自评；上级查阅人只看送审以后的报告，一般是上级工会（如市总工会）的人。"


class InviteForm(forms.Form):
    """Somebody who has an account: both names exactly, and the role."""

    username = forms.CharField(label="用户名", max_length=40)
    name = forms.CharField(label="姓名", max_length=40)
    role = forms.ChoiceField(
        label="角色", choices=[(role.value, role.label) for role in OWN_ROLES], help_text=ROLE_HELP
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix="known", **kwargs)


class NewStaffForm(forms.Form):
    """Somebody without an account."""

    username = forms.CharField(
        label="用户名",
        max_length=40,
        validators=[UnicodeUsernameValidator()],
        help_text="登录用，以后不能改。",
    )
    name = forms.CharField(label="姓名", max_length=40)
    email = forms.EmailField(label="邮箱", required=False, help_text="可不填；配置了邮件服务时用于找回密码。")
    role = forms.ChoiceField(
        label="角色", choices=[(role.value, role.label) for role in OWN_ROLES], help_text=ROLE_HELP
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix="new", **kwargs)
