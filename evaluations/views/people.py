"""People and their roles, for system administrators. No page here leads to the content of a report.

A one-time password is shown by the answer to the POST that made it and is kept nowhere, not in a session.
"""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from evaluations import listing, locks, paging, people
from evaluations.forms.lists import SearchFilter
from evaluations.forms.people import NewPersonForm, PersonForm, RoleForm
from evaluations.models import User

from .answers import demand, done, posted, refused, show, status_of, told, told_once
from .departments import listed

PERMISSION = "evaluations.manage_people"


@require_safe
def people_list(request: HttpRequest) -> HttpResponse:
    demand(request, PERMISSION)
    wanted = SearchFilter(request.GET)
    found = listing.people(request.user, **wanted.values())
    page = paging.alphabetical(found, request.GET.get("after", ""), "username")
    return render(request, "people/people.html", listed(request, page, wanted))


@require_http_methods(["GET", "HEAD", "POST"])
def person_add(request: HttpRequest) -> HttpResponse:
    """A person with a first role; answers with the one-time password."""
    demand(request, PERMISSION)
    form = NewPersonForm(posted(request), actor=request.user)
    if form.is_valid():
        with refused(form):
            person, password = people.appoint(request.user, **form.cleaned_data, request=request)
            return _password(request, person, password, "已新建用户")
    return show(request, "people/person_add.html", form)


@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, username: str) -> HttpResponse:
    """One person: names, roles in force and ended ones, password, account."""
    found = _person(request, username)
    form = PersonForm(posted(request), initial={"name": found.name, "email": found.email})
    if form.is_valid():
        with refused(form):
            people.change_person(request.user, found, **form.cleaned_data, request=request)
            return done(request, f"已保存{found}的姓名和邮箱。", "person", username)
    return _person_page(request, found, form=form)


@require_POST
def role_grant(request: HttpRequest, username: str) -> HttpResponse:
    found = _person(request, username)
    form = RoleForm(request.POST, actor=request.user)
    if form.is_valid():
        with refused(form):
            membership = people.grant(request.user, found, **form.cleaned_data, request=request)
            return done(request, f"已授予：{membership}。", "person", username)
    return _person_page(request, found, role_form=form)


@require_POST
def role_end(request: HttpRequest, username: str, number: int) -> HttpResponse:
    found = _person(request, username)
    membership = get_object_or_404(found.memberships, pk=number)
    with told(request):
        people.end(request.user, membership, request=request)
        messages.success(request, f"已终止：{membership}。")
    return redirect("person", username)


@require_POST
def password_give(request: HttpRequest, username: str) -> HttpResponse:
    """A one-time password for a person who forgot theirs; also ends a lock after wrong ones."""
    found = _person(request, username)
    return _password(
        request, found, people.reset_password(request.user, found, request=request), "密码已重置"
    )


@require_POST
def account_switch(request: HttpRequest, username: str) -> HttpResponse:
    """Stop an account or restore it: `active` is 1 or 0, so that a second click changes nothing."""
    found = _person(request, username)
    active = request.POST.get("active") == "1"
    with told(request):
        people.set_active(request.user, found, active, request=request)
        messages.success(request, f"{found}的账号已{'启用' if active else '停用'}。")
    return redirect("person", username)


@require_http_methods(["GET", "HEAD", "POST"])
def locked(request: HttpRequest) -> HttpResponse:
    """Names locked after wrong passwords; POST releases one (for security administrators)."""
    demand(request, "evaluations.unlock")
    if request.method != "POST":
        return render(request, "people/locks.html", {"locks": locks.current()})
    number = request.POST.get("lock", "")
    name = locks.release(request.user, int(number), request=request) if _is_number(number) else ""
    if name:
        messages.success(request, f"已解除 {name} 的锁定。")
    else:
        messages.info(request, "这条锁定已经不存在，无需解除。")
    return redirect("locks")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18


def _person(request: HttpRequest, username: str) -> User:
    demand(request, PERMISSION)
    return get_object_or_404(listing.people(request.user), username=username)


def _person_page(
    request: HttpRequest, person: User, form: forms.Form | None = None, role_form: forms.Form | None = None
) -> HttpResponse:
    context = {
        "person": person,
        "areas": [(held.get_role_display(), listing.reach(held)) for held in person.in_force if held.region],
        "form": form or PersonForm(initial={"name": person.name, "email": person.email}),
        "role_form": role_form or RoleForm(actor=request.user),
        "ended": person.memberships.exclude(ended_at=None).select_related("department", "region"),
    }
    return render(request, "people/person.html", context, status=status_of(form, role_form))


def _password(request: HttpRequest, person: User, password: str, title: str) -> HttpResponse:
    back = reverse("person", args=[person.username])
    return told_once(request, person, password, title, again="没有抄下时，请再重置一次。", back=back)
