"""本单位人员: the people of one department, for its head. What they fill in is nowhere on these pages."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from evaluations import access, people
from evaluations import staff as service
from evaluations.forms.staff import InviteForm, NewStaffForm
from evaluations.models import Department

from .answers import demand, done, posted, refused, status_of, told, told_once


@require_safe
def own_people(request: HttpRequest) -> HttpResponse:
    """The people of the first of one's departments; its page leads to those of the others."""
    demand(request, service.PERMISSION)
    first = access.departments_of(request.user, service.PERMISSION).first()
    if first is None:
        raise Http404
    return redirect("staff", first.code)


@require_http_methods(["GET", "HEAD", "POST"])
def staff(request: HttpRequest, code: str) -> HttpResponse:
    """Who works for the department; POST invites somebody who has an account."""
    department = _department(request, code)
    form = InviteForm(posted(request))
    if form.is_valid():
        with refused(form):
            membership = service.invite(request.user, department, **form.cleaned_data, request=request)
            return done(request, f"已授予：{membership}。", "staff", code)
    return _page(request, department, form, NewStaffForm())


@require_POST
def staff_add(request: HttpRequest, code: str) -> HttpResponse:
    """A new account with its role; answers with the one-time password."""
    department = _department(request, code)
    form = NewStaffForm(request.POST)
    if form.is_valid():
        with refused(form):
            person, password = people.appoint(
                request.user, **form.cleaned_data, department=department, request=request
            )
            again, back = "没有抄下时，请找系统管理员重置。", reverse("staff", args=[code])
            return told_once(request, person, password, "已新建用户", again=again, back=back)
    return _page(request, department, InviteForm(), form)


@require_POST
def staff_end(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """End one role; says what else that means."""
    department = _department(request, code)
    membership = get_object_or_404(department.memberships, pk=number)
    with told(request):
        left = service.leave(request.user, membership, request=request)
        messages.success(request, f"已终止：{left.membership}。")
        if left.stopped:
            messages.info(
                request, f"{left.membership.user}没有其他角色，账号已停用；需要恢复时请找系统管理员。"
            )
        if left.without_preparer:
            messages.warning(request, "本单位没有填报人了，请尽快邀请一名，否则没有人能填写自评。")
    return redirect("staff", code)


def _department(request: HttpRequest, code: str) -> Department:
    """One of the person's own departments; the others do not exist here."""
    demand(request, service.PERMISSION)
    return get_object_or_404(access.departments_of(request.user, service.PERMISSION), code=code)


def _page(request: HttpRequest, department: Department, known: InviteForm, new: NewStaffForm) -> HttpResponse:
    context = {
        "department": department,
        "mine": access.departments_of(request.user, service.PERMISSION),
        "holders": service.holders(department),
        "former": service.former(department)[:50],
        "known_form": known,
        "new_form": new,
    }
    return render(request, "people/staff.html", context, status=status_of(known, new))
