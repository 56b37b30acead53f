"""Departments and people, for system administrators. No page here leads to the content of a report.

A one-time password is shown by the answer to the POST that made it and is kept nowhere, not in a session.
"""

from __future__ import annotations

from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from evaluations import listing, locks, paging, people
from evaluations.errors import Invalid
from evaluations.forms.lists import SearchFilter
from evaluations.forms.people import (
    ChangeDepartmentForm,
    NewDepartmentForm,
    NewPersonForm,
    PersonForm,
    RegionForm,
    RoleForm,
)
from evaluations.models import User


@require_safe
def departments(request: HttpRequest) -> HttpResponse:
    _demand(request, "evaluations.manage_departments")
    wanted = SearchFilter(request.GET)
    found = listing.departments(request.user, **wanted.values())
    page = paging.alphabetical(found, request.GET.get("after", ""), "code")
    return render(request, "people/departments.html", _listed(request, page, wanted))


@require_http_methods(["GET", "HEAD", "POST"])
def department_add(request: HttpRequest) -> HttpResponse:
    _demand(request, "evaluations.manage_departments")
    form = NewDepartmentForm(request.POST or None, actor=request.user)
    if form.is_valid():
        try:
            department = people.add_department(request.user, **form.cleaned_data, request=request)
        except Invalid as error:
            _tell(form, error)
        else:
            messages.success(request, f"已新建单位“{department.name}”。接下来请为它新建填报人。")
            return redirect("departments")
    return render(request, "people/department.html", {"form": form}, status=_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
def department(request: HttpRequest, code: str) -> HttpResponse:
    """Names of one department, and whether it is in use."""
    _demand(request, "evaluations.manage_departments")
    found = get_object_or_404(listing.departments(request.user), code=code)
    now = {"name": found.name, "short_name": found.short_name, "is_active": found.is_active}
    form = ChangeDepartmentForm(request.POST if request.method == "POST" else None, initial=now)
    if form.is_valid():
        try:
            people.change_department(request.user, found, **form.cleaned_data, request=request)
        except Invalid as error:
            _tell(form, error)
        else:
            messages.success(request, f"已保存“{form.cleaned_data['name']}”。")
            return redirect("departments")
    context = {"form": form, "department": found}
    return render(request, "people/department.html", context, status=_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
def region_add(request: HttpRequest) -> HttpResponse:
    """A 行政区划 below one's own, so that departments can be put into it."""
    _demand(request, "evaluations.manage_departments")
    form = RegionForm(request.POST or None, actor=request.user)
    if form.is_valid():
        try:
            region = people.add_region(request.user, **form.cleaned_data, request=request)
        except Invalid as error:
            _tell(form, error)
        else:
            messages.success(request, f"已新建行政区划“{region.name}”。")
            return redirect("departments")
    return render(request, "people/region.html", {"form": form}, status=_status(form))


@require_safe
def people_list(request: HttpRequest) -> HttpResponse:
    _demand(request, "evaluations.manage_people")
    wanted = SearchFilter(request.GET)
    found = listing.people(request.user, **wanted.values())
    page = paging.alphabetical(found, request.GET.get("after", ""), "username")
    return render(request, "people/people.html", _listed(request, page, wanted))


@require_http_methods(["GET", "HEAD", "POST"])
def person_add(request: HttpRequest) -> HttpResponse:
    """A person with a first role; answers with the one-time password."""
    _demand(request, "evaluations.manage_people")
    form = NewPersonForm(request.POST or None, actor=request.user)
    if form.is_valid():
        try:
            person, password = people.appoint(request.user, **form.cleaned_data, request=request)
        except Invalid as error:
            _tell(form, error)
        else:
            return _password(request, person, password, "已新建用户")
    return render(request, "people/person_add.html", {"form": form}, status=_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, username: str) -> HttpResponse:
    """One person: names, roles in force and ended ones, password, account."""
    found = _person(request, username)
    now = {"name": found.name, "email": found.email}
    form = PersonForm(request.POST if request.method == "POST" else None, initial=now)
    if form.is_valid():
        try:
            people.change_person(request.user, found, **form.cleaned_data, request=request)
        except Invalid as error:
            _tell(form, error)
        else:
            messages.success(request, f"已保存{found}的姓名和邮箱。")
            return redirect("person", username)
    return _person_page(request, found, form=form)


@require_POST
def role_grant(request: HttpRequest, username: str) -> HttpResponse:
    found = _person(request, username)
    form = RoleForm(request.POST, actor=request.user)
    if form.is_valid():
        try:
            membership = people.grant(request.user, found, **form.cleaned_data, request=request)
        except Invalid as error:
            _tell(form, error)
        else:
            messages.success(request, f"已授予：{membership}。")
            return redirect("person", username)
    return _person_page(request, found, role_form=form)


@require_POST
def role_end(request: HttpRequest, username: str, number: int) -> HttpResponse:
    found = _person(request, username)
    membership = get_object_or_404(found.memberships, pk=number)
    try:
        people.end(request.user, membership, request=request)
    except Invalid as error:
        messages.error(request, str(error))
    else:
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
    try:
        people.set_active(request.user, found, active, request=request)
    except Invalid as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"{found}的账号已{'启用' if active else '停用'}。")
    return redirect("person", username)


@require_http_methods(["GET", "HEAD", "POST"])
def locked(request: HttpRequest) -> HttpResponse:
    """Names locked after wrong passwords; POST releases one (for security administrators)."""
    _demand(request, "evaluations.unlock")
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


def _demand(request: HttpRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied


def _person(request: HttpRequest, username: str) -> User:
    _demand(request, "evaluations.manage_people")
    return get_object_or_404(listing.people(request.user), username=username)


def _person_page(
    request: HttpRequest, person: User, form: forms.Form | None = None, role_form: forms.Form | None = None
) -> HttpResponse:
    status = max(_status(one) for one in (form, role_form) if one is not None)
    context = {
        "person": person,
        "form": form or PersonForm(initial={"name": person.name, "email": person.email}),
        "role_form": role_form or RoleForm(actor=request.user),
        "ended": person.memberships.exclude(ended_at=None).select_related("department", "region"),
    }
    return render(request, "people/person.html", context, status=status)


def _password(request: HttpRequest, person: User, password: str, title: str) -> HttpResponse:
    return render(request, "people/password.html", {"person": person, "password": password, "title": title})


def _listed(request: HttpRequest, page: paging.Page, wanted: SearchFilter) -> dict[str, object]:
    text = request.GET.get("text", "")
    following = "?" + urlencode({"text": text, "after": page.after}) if page.after else ""
    return {"page": page, "filter": wanted, "next_page": following}


def _tell(form: forms.Form, error: Invalid) -> None:
    """Say the service's sentences above the form, which keeps what was typed."""
    for fault in error.faults:
        form.add_error(None, fault)


def _status(form: forms.Form) -> int:
    return 400 if form.is_bound and form.errors else 200
