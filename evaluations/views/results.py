"""Approved results of a region and year, for the lead of the bureau; and the schema of the JSON file."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from evaluations import events, listing, paging
from evaluations.exporting import results as service
from evaluations.exporting import xlsx
from evaluations.models import Region

from .answers import download

PERMISSION = "evaluations.export_results"
TYPES = {"json": "application/json", "xlsx": xlsx.TYPE}


@require_safe
def results(request: HttpRequest, region: str, number: int) -> HttpResponse:
    """What is approved, page by page, and the files."""
    place = _region(request, region)
    approved = service.approved(place, number)
    page = paging.alphabetical(approved, request.GET.get("after", ""), "reference")
    following = "?" + urlencode({"after": page.after}) if page.after else ""
    context = {"region": place, "year": number, "page": page, "next_page": following}
    return render(request, "results/results.html", context)


@require_safe
def results_file(request: HttpRequest, region: str, number: int, form: str) -> HttpResponse:
    """The results as `results.json` or `results.xlsx`; leaves an event.

    `?schema=results/1`: the JSON in the former form.
    """
    place, schema = _region(request, region), request.GET.get("schema", service.NEWEST)
    if form not in TYPES or schema not in service.SCHEMAS or (form == "xlsx" and schema != service.NEWEST):
        raise Http404
    data = service.collect(place, number, schema)
    content = xlsx.write(data) if form == "xlsx" else service.as_json(data)
    detail = {"region": place.code, "year": number, "file": form, "count": len(data["results"])}
    events.record(request.user, "export_results", detail=detail, request=request)
    return download(content, TYPES[form], f"{place.name}{number}年度绩效自评结果.{form}")


@login_not_required
@require_safe
def schema(request: HttpRequest, name: str) -> HttpResponse:
    """A published JSON Schema; it holds no data and needs no sign-in."""
    return HttpResponse(service.schema(name), content_type="application/schema+json")


def _region(request: HttpRequest, code: str) -> Region:
    if not request.user.has_perm(PERMISSION):
        raise PermissionDenied
    return get_object_or_404(listing.regions(request.user, PERMISSION), code=code)
