"""Fiscal years, for the lead of the bureau: which template applies, from when, until when."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from evaluations import listing
from evaluations import years as service
from evaluations.errors import Invalid
from evaluations.forms.years import YearForm
from evaluations.models import FiscalYear


@require_safe
def years(request: HttpRequest) -> HttpResponse:
    """The years of the person's regions."""
    _demand(request)
    return render(request, "boards/years.html", {"years": listing.fiscal_years(request.user)})


@require_http_methods(["GET", "HEAD", "POST"])
def year_add(request: HttpRequest) -> HttpResponse:
    """Open a year."""
    _demand(request)
    return _edit(request, YearForm(request.POST or None, actor=request.user))


@require_http_methods(["GET", "HEAD", "POST"])
def year(request: HttpRequest, region: str, number: int) -> HttpResponse:
    """Change a year."""
    _demand(request)
    found = get_object_or_404(listing.fiscal_years(request.user), region=region, year=number)
    now = {name: getattr(found, name) for name in YearForm.base_fields}
    data = request.POST if request.method == "POST" else None
    return _edit(request, YearForm(data, actor=request.user, fixed=True, initial=now), found)


def _edit(request: HttpRequest, form: YearForm, found: FiscalYear | None = None) -> HttpResponse:
    if form.is_valid():
        try:
            saved = service.set_year(request.user, **form.cleaned_data, request=request)
        except Invalid as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, f"已保存 {saved.year} 年度。")
            return redirect("years")
    status = 400 if form.errors else 200
    return render(request, "boards/year.html", {"form": form, "year": found}, status=status)


def _demand(request: HttpRequest) -> None:
    if not request.user.has_perm("evaluations.manage_year"):
        raise PermissionDenied
