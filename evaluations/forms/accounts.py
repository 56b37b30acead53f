"""Forms of signing in and of passwords."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib.auth.forms import (
    AuthenticationForm,
    PasswordChangeForm,
    PasswordResetForm,
    SetPasswordForm,
)
from django.core.exceptions import ValidationError

from evaluations import people
from evaluations.models import MailPreference, User

HINT = "至少 10 个字符，不能全是数字，不能是常见密码，也不能与用户名、姓名相近。"


class LoginForm(AuthenticationForm):
    error_messages = AuthenticationForm.error_messages | {
        "invalid_login": (
            "用户名或密码不正确。请核对大小写后重试；"
            f"连续错误 {settings.AXES_FAILURE_LIMIT} 次，该账号将锁定"
            f" {int(settings.AXES_COOLOFF_TIME.total_seconds() // 60)} 分钟。"
        ),
    }

    def clean_username(self) -> str:
        """Nobody has a longer name than the model allows; the table of locks could not even hold it."""
        username = self.cleaned_data["username"]
        if len(username) > User._meta.get_field("username").max_length:
            raise self.get_invalid_login_error()
        return username


class _OwnPassword:
    """Saves through the service, so that the change is logged and a one-time password ends with it."""

    def save(self, commit: bool = True) -> User:
        people.change_own_password(self.user, self.cleaned_data["new_password1"])
        return self.user


class ChangePasswordForm(_OwnPassword, PasswordChangeForm):
    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].help_text = HINT

    def clean_new_password1(self) -> str:
        password = self.cleaned_data["new_password1"]
        if self.user.check_password(password):
            raise ValidationError("新密码与原密码相同，请另设一个。")
        return password


class NewPasswordForm(_OwnPassword, SetPasswordForm):
    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].help_text = HINT


class ResetByMailForm(PasswordResetForm):
    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = "邮箱"


class MailForm(forms.Form):
    """When one's notices are mailed."""

    preference = forms.ChoiceField(label="邮件通知", choices=MailPreference, widget=forms.RadioSelect)
