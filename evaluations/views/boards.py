"""The first page after signing in, and the log."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from evaluations import access, creating, listing, paging
from evaluations.errors import ServiceError
from evaluations.forms.lists import EvaluationFilter, LogFilter
from evaluations.models import Role
from evaluations.navigation import CONTENT_ROLES, start_page


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """One line a report that the person may see, and what a preparer may begin."""
    held = access.roles(request.user)
    if held and not held & CONTENT_ROLES:
        return redirect(start_page(request.user))
    wanted = EvaluationFilter(request.GET, years=listing.years(request.user))
    page = paging.newest_first(
        listing.evaluations(request.user, **wanted.values()),
        request.GET.get("after", ""),
        moment="updated_at",
    )
    context = {
        "rows": listing.rows(request.user, page.rows),
        "page": page,
        "next_page": following(request, page),
        "filter": wanted,
        "startable": listing.with_deadlines(listing.startable(request.user)),
        "tasks": listing.tasks(request.user),
        "has_role": bool(held),
        "can_start": Role.PREPARER in held,
    }
    return render(request, "boards/home.html", context)


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Begin the evaluation of one's department for an open year."""
    code, year = request.POST.get("department", ""), request.POST.get("year", "")
    for department, fiscal_year in listing.startable(request.user):
        if (department.code, str(fiscal_year.year)) == (code, year):
            break
    else:
        return _not_startable(request, code, year)
    try:
        evaluation = creating.start_evaluation(department, fiscal_year, request.user, request=request)
    except ServiceError as error:
        messages.error(request, str(error))
        return redirect("home")
    return redirect("evaluation", evaluation.reference)


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """Who did what, when and from where; read only."""
    if not request.user.has_perm("evaluations.view_log"):
        raise PermissionDenied
    wanted = LogFilter(request.GET)
    page = paging.newest_first(listing.events(request.user, **wanted.values()), request.GET.get("after", ""))
    context = {"page": page, "next_page": following(request, page), "filter": wanted}
    return render(request, "boards/log.html", context)


def _not_startable(request: HttpRequest, code: str, year: str) -> HttpResponse:
    """A second click finds the evaluation begun; anything else was never offered on the page."""
    for department in access.departments_of(request.user, "evaluations.start"):
        begun = department.evaluations.standing().whole()
        for evaluation in begun.select_related("fiscal_year").defer("sheet"):
            if (department.code, str(evaluation.fiscal_year.year)) == (code, year):
                messages.info(request, "这个年度的自评已经建立，直接打开。")
                return redirect("evaluation", evaluation.reference)
    raise Http404


def following(request: HttpRequest, page: paging.Page) -> str:
    """The query of the next page with the same filters; "" on the last page."""
    if not page.after:
        return ""
    kept = {name: value for name, value in request.GET.items() if name != "after" and value}
    return "?" + urlencode(kept | {"after": page.after})
