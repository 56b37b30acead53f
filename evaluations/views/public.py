"""What the public sees: the published reports of a region and year, without sign-in and without a cookie.

A page that is off, a year that does not exist and a report that is not published get the same 404.
"""

from __future__ import annotations

import hashlib

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.http import quote_etag
from django.views.decorators.http import require_safe

from evaluations import access, facts, paging
from evaluations.documents import building, pdf, public_pdf

from .answers import download
from .errors import problem

#: Seconds for which shared caches may keep what was published: after 撤销公开 it is gone there by then. A
#: browser asks each time, so that whoever publishes sees what is there, and is told when nothing changed.
KEEP = 300
RETRY = "60"


@login_not_required
@require_safe
def year(request: HttpRequest, region: str, number: int) -> HttpResponse:
    """The published reports of a region and year: unit, score, grade, date and body of approval, PDF."""
    found = get_object_or_404(access.public_years(), region=region, year=number)
    reports = access.published().filter(fiscal_year=found)
    page = paging.alphabetical(reports, request.GET.get("after", ""), "reference")
    context = {
        "year": found,
        "page": page,
        "reviewed": any(one.rescored for one in page.rows),
        "next_page": f"?after={page.after}" if page.after else "",
    }
    return _kept(request, render(request, "public/year.html", context))


@login_not_required
@require_safe
def report(request: HttpRequest, ref: str) -> HttpResponse:
    """The published report as a PDF without names of clerks and telephone numbers."""
    evaluation = get_object_or_404(access.published(), reference=ref)
    snapshot = facts.snapshots_of(evaluation).defer("content").order_by("-version")[0]
    try:
        data = public_pdf.pdf_of(snapshot)
    except (building.TooLong, pdf.RenderFailed):
        why, remedy = "报告正在排版，或暂时不能排版。", "请过一分钟再打开；仍不成功，请与公布报告的单位联系。"
        response = problem(request, 503, "报告暂时不能下载", why, remedy)
        response["Retry-After"] = RETRY
        return response
    name = f"{evaluation.department.name}{evaluation.fiscal_year.year}年度绩效自评报告.pdf"
    return _kept(request, download(data, "application/pdf", name, shown=True))


def _kept(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    patch_cache_control(response, public=True, max_age=0, s_maxage=KEEP)
    response["ETag"] = quote_etag(hashlib.sha256(response.content).hexdigest())
    return get_conditional_response(request, etag=response["ETag"], response=response)
