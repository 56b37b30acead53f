"""Fiscal years, for the lead of the bureau: templates, from when, until when, closed or open."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from evaluations import listing, paging
from evaluations import years as service
from evaluations.forms.years import AssignmentForm, YearForm
from evaluations.models import FiscalYear

from .answers import demand, done, posted, refused, show

PERMISSION = "evaluations.manage_year"


@require_safe
def years(request: HttpRequest) -> HttpResponse:
    """The years of the person's regions."""
    demand(request, PERMISSION)
    return render(request, "boards/years.html", {"years": listing.fiscal_years(request.user)})


@require_http_methods(["GET", "HEAD", "POST"])
def year_add(request: HttpRequest) -> HttpResponse:
    """Open a year."""
    demand(request, PERMISSION)
    return _edit(request, YearForm(posted(request), actor=request.user))


@require_http_methods(["GET", "HEAD", "POST"])
def year(request: HttpRequest, region: str, number: int) -> HttpResponse:
    """Change a year."""
    found = managed(request, region, number)
    now = {name: getattr(found, name) for name in YearForm.base_fields}
    return _edit(request, YearForm(posted(request), actor=request.user, fixed=True, initial=now), found)


@require_POST
def year_closing(request: HttpRequest, region: str, number: int) -> HttpResponse:
    """Close a year or open it again: `closed` is 1 or 0, so that a second click changes nothing."""
    found = managed(request, region, number)
    closed = request.POST.get("closed") == "1"
    service.set_closed(request.user, found, closed, request=request)
    sentence = f"{found}{'已关闭，各单位不能再填写和送审' if closed else '已重新开放'}。"
    return done(request, sentence, "year", region, number)


@require_http_methods(["GET", "HEAD", "POST"])
def year_templates(request: HttpRequest, region: str, number: int) -> HttpResponse:
    """The template on which each department starts; POST assigns one to those that are ticked."""
    found = managed(request, region, number)
    form = AssignmentForm(posted(request), fiscal_year=found)
    if form.is_valid():
        given = form.cleaned_data
        with refused(form):
            changed = service.assign_template(
                request.user, found, given["departments"], given["template"], request=request
            )
            messages.success(request, f"已改变 {changed} 个单位的模板。")
            return redirect(request.get_full_path())
    page = paging.alphabetical(service.departments(found), request.GET.get("after", ""), "code")
    return show(
        request,
        "boards/year_templates.html",
        form,
        year=found,
        page=page,
        starts=service.starts(found, page.rows),
        next_page=f"?after={page.after}" if page.after else "",
    )


def _edit(request: HttpRequest, form: YearForm, found: FiscalYear | None = None) -> HttpResponse:
    if form.is_valid():
        with refused(form):
            saved = service.set_year(request.user, **form.cleaned_data, request=request)
            return done(request, f"已保存 {saved.year} 年度。", "years")
    progress = service.progress(found) if found else []
    return show(request, "boards/year.html", form, year=found, progress=progress)


def managed(request: HttpRequest, region: str, number: int) -> FiscalYear:
    """The year, for the lead of its region; raises `PermissionDenied` or `Http404`."""
    demand(request, PERMISSION)
    return get_object_or_404(listing.fiscal_years(request.user), region=region, year=number)
