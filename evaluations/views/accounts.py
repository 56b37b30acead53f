"""Signing in and out, and passwords."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import views as auth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse, reverse_lazy
from django.views.decorators.http import require_http_methods

from evaluations import notices
from evaluations.demo import loading as demo
from evaluations.forms import accounts as forms
from evaluations.navigation import start_page

from .answers import done, posted, show


class Login(auth.LoginView):
    """The next page is taken only when it lies on this site, and never is the log-in page itself.

    Whoever came by the site's bare address begins where the role begins.
    """

    template_name = "registration/login.html"
    authentication_form = forms.LoginForm
    redirect_authenticated_user = True

    def get_redirect_url(self) -> str:
        url = super().get_redirect_url()
        return "" if url == reverse("home") or url.startswith(reverse("login")) else url

    def get_default_redirect_url(self) -> str:
        return reverse(start_page(self.request.user))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"demo_accounts": demo_accounts()}


def locked_out(request: HttpRequest, response: HttpResponse, credentials: dict[str, Any]) -> HttpResponse:
    """What axes shows once a name is locked for an address, whether the password was right or not."""
    form = forms.LoginForm(request, initial={"username": (credentials or {}).get("username", "")})
    context = {"form": form, "locked": settings.AXES_COOLOFF_MESSAGE, "demo_accounts": demo_accounts()}
    return render(request, "registration/login.html", context, status=429)


def demo_accounts() -> list[dict[str, str]]:
    """The accounts of the demo with their role and name, listed under the log-in."""
    if not settings.DEMO:
        return []
    return [
        {"username": username, "role": str(role.label), "name": name, "password": demo.PASSWORD}
        for username, name, role, _ in demo.ACCOUNTS
    ]


class Logout(auth.LogoutView):
    next_page = reverse_lazy("login")


class PasswordChange(auth.PasswordChangeView):
    """Own password; sessions of the same person elsewhere end with it."""

    template_name = "registration/password_change_form.html"
    form_class = forms.ChangePasswordForm

    def get_success_url(self) -> str:
        return reverse(start_page(self.request.user))

    def form_valid(self, form: forms.ChangePasswordForm) -> HttpResponse:
        response = super().form_valid(form)
        messages.success(self.request, "密码已修改。您在其他电脑上的登录已经退出。")
        return response


@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    """Who one is here, and when notices are mailed."""
    form = forms.MailForm(posted(request), initial={"preference": request.user.mail_preference})
    if form.is_valid():
        notices.prefer(request.user, form.cleaned_data["preference"], request=request)
        return done(request, "邮件通知的设置已保存。", "account")
    return show(request, "people/account.html", form, by_mail=settings.EMAIL_CONFIGURED)


class PasswordReset(auth.PasswordResetView):
    """A link by e-mail; where no mail server is configured the page says whom to ask."""

    template_name = "registration/password_reset_form.html"
    form_class = forms.ResetByMailForm
    email_template_name = "registration/password_reset_email.txt"
    subject_template_name = "registration/password_reset_subject.txt"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.EMAIL_CONFIGURED:
            return self.get(request, *args, **kwargs)
        return super().post(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"by_mail": settings.EMAIL_CONFIGURED}


class PasswordResetDone(auth.PasswordResetDoneView):
    template_name = "registration/password_reset_done.html"


class PasswordResetConfirm(auth.PasswordResetConfirmView):
    template_name = "registration/password_reset_confirm.html"
    form_class = forms.NewPasswordForm
    success_url = reverse_lazy("login")

    def form_valid(self, form: forms.NewPasswordForm) -> HttpResponse:
        messages.success(self.request, "新密码已设置，请用它登录。")
        return super().form_valid(form)
