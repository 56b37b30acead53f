"""Departments and regions, for system administrators. No page here leads to the content of a report."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods, require_safe

from evaluations import listing, merging, paging, people
from evaluations.forms.lists import SearchFilter
from evaluations.forms.people import ChangeDepartmentForm, MergeForm, NewDepartmentForm, RegionForm
from evaluations.models import Department

from .answers import demand, done, posted, refused, show

PERMISSION = "evaluations.manage_departments"


@require_safe
def departments(request: HttpRequest) -> HttpResponse:
    demand(request, PERMISSION)
    wanted = SearchFilter(request.GET)
    found = listing.departments(request.user, **wanted.values()).select_related("parent", "merged_into")
    page = paging.alphabetical(found, request.GET.get("after", ""), "code")
    return render(request, "people/departments.html", listed(request, page, wanted))


@require_http_methods(["GET", "HEAD", "POST"])
def department_add(request: HttpRequest) -> HttpResponse:
    demand(request, PERMISSION)
    form = NewDepartmentForm(posted(request), actor=request.user)
    if form.is_valid():
        with refused(form):
            department = people.add_department(request.user, **form.cleaned_data, request=request)
            return done(request, f"已新建单位“{department.name}”。接下来请为它新建填报人。", "departments")
    return show(request, "people/department.html", form)


@require_http_methods(["GET", "HEAD", "POST"])
def department(request: HttpRequest, code: str) -> HttpResponse:
    """Names of one department, its 主管部门, and whether it is in use."""
    found = _department(request, code)
    now = {name: getattr(found, name) for name in ("name", "short_name", "is_active", "parent")}
    form = ChangeDepartmentForm(posted(request), initial=now, actor=request.user, department=found)
    if form.is_valid():
        with refused(form):
            saved = people.change_department(request.user, found, **form.cleaned_data, request=request)
            return done(request, f"已保存“{saved.name}”。", "departments")
    units = found.units.order_by("code")
    return show(request, "people/department.html", form, department=found, units=units)


@require_http_methods(["GET", "HEAD", "POST"])
def department_merge(request: HttpRequest, code: str) -> HttpResponse:
    """Merge a department into another; what becomes of people, 二级机构 and reports is told beforehand."""
    found = _department(request, code)
    if found.merged_into:
        return done(request, f"{found}已经并入{found.merged_into}，不必重复合并。", "departments")
    form = MergeForm(posted(request), actor=request.user, department=found)
    if form.is_valid():
        given = form.cleaned_data
        with refused(form):
            _, moved = merging.merge(request.user, found, given["successor"], on=given["on"], request=request)
            people_moved = f"{len(moved)} 个角色随之转入" if moved else "没有角色要转入"
            return done(request, f"{found}已并入{given['successor']}，{people_moved}。", "departments")
    return show(
        request,
        "people/merge.html",
        form,
        department=found,
        holders=found.memberships.filter(ended_at=None).select_related("user"),
        units=found.units.order_by("code"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def region_add(request: HttpRequest) -> HttpResponse:
    """A 行政区划 below one's own, so that departments can be put into it."""
    demand(request, PERMISSION)
    form = RegionForm(posted(request), actor=request.user)
    if form.is_valid():
        with refused(form):
            region = people.add_region(request.user, **form.cleaned_data, request=request)
            return done(request, f"已新建行政区划“{region.name}”。", "departments")
    return show(request, "people/region.html", form)


def listed(request: HttpRequest, page: paging.Page, wanted: SearchFilter) -> dict[str, object]:
    """What a searched list with pages shows."""
    text = request.GET.get("text", "")
    following = "?" + urlencode({"text": text, "after": page.after}) if page.after else ""
    return {"page": page, "filter": wanted, "next_page": following}


def _department(request: HttpRequest, code: str) -> Department:
    demand(request, PERMISSION)
    rows = listing.departments(request.user).select_related("parent", "merged_into")
    return get_object_or_404(rows, code=code)
