"""Review: the document as it prints beside scores and findings, the decision, and the history."""

from __future__ import annotations

from csp.constants import SELF
from csp.decorators import csp_replace
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from evaluations import access, paging, reviewing, workflow
from evaluations.documents import building
from evaluations.errors import Invalid, Refused
from evaluations.models import Evaluation
from evaluations.transitions import BY_ACTION

from . import marks, traces
from .boards import following


@require_safe
def review(request: HttpRequest, ref: str) -> HttpResponse:
    """One version with its scores and findings; below it what the reader may decide."""
    return _page(request, access.get_evaluation(request.user, ref, "read_submitted"))


@require_safe
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": [SELF]})
def document(request: HttpRequest, ref: str) -> HttpResponse:
    """The report alone, for a frame: its style sheet must not touch the page around it.

    `?since=N` marks what changed since that version.
    """
    found = access.get_evaluation(request.user, ref, "read_submitted")
    actions, since = access.allowed(request.user, found), request.GET.get("since", "")
    chosen = reviewing.choose(found, actions, request.GET.get("version", ""))
    older = reviewing.choose(found, actions, since) if since else None
    try:
        if older:
            context = marks.marked(older, chosen)
        else:
            context = {"document": building.build(chosen.content)}
    except building.TooLong as problem:
        context = {"problem": str(problem)}
    return render(request, "review/document.html", context)


@require_POST
def transition(request: HttpRequest, ref: str, action: str) -> HttpResponse:
    """One action of the table. A second click finds it done; a refused reason stays in its box."""
    # The bureau may void a draft that it may not read.
    found = access.get_evaluation(request.user, ref, "void" if action == "void" else "read_submitted")
    reason, summary = request.POST.get("reason", ""), request.POST.get("summary", "")
    try:
        workflow.perform(action, found, request.user, reason, summary=summary, request=request)
    except Invalid as problem:
        if "read_submitted" not in access.allowed(request.user, found):
            messages.error(request, str(problem))
            year = found.fiscal_year
            return redirect("year_templates", year.region_id, year.year)
        return _page(request, found, problem=str(problem), reason=reason, refused=action, status=400)
    except Refused as refusal:
        if reason:
            found.refresh_from_db(fields=["state", "version", "return_reason"])
            return _page(request, found, problem=str(refusal), reason=reason, refused=action, status=409)
        messages.warning(request, str(refusal))
        fills_in = "edit" in access.allowed(request.user, found)
        return redirect("check" if refusal.findings and fills_in else "review", ref)
    messages.success(request, BY_ACTION[action].done)
    return redirect("evaluation" if action == "withdraw" else "review", ref)


@require_safe
def history(request: HttpRequest, ref: str) -> HttpResponse:
    """Who did what with the evaluation, or (`?show=changes`) every change of a figure or text."""
    found = access.get_evaluation(request.user, ref, "read")
    changes = request.GET.get("show") == "changes"
    rows = found.changes.select_related("actor") if changes else found.events.select_related("actor")
    page = paging.newest_first(rows, request.GET.get("after", ""))
    context = {
        "evaluation": found,
        "show_changes": changes,
        "page": page,
        "first_page": f"{request.path}?show=changes" if changes else request.path,
        "rows": traces.changes(found, page.rows) if changes else page.rows,
        "next_page": following(request, page),
    }
    return render(request, "review/history.html", context)


def _page(
    request: HttpRequest,
    found: Evaluation,
    *,
    problem: str = "",
    reason: str = "",
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    """The review page; `problem` says why `refused`, the action asked for with `reason`, did not happen."""
    actions = access.allowed(request.user, found)
    chosen = reviewing.choose(found, actions, request.GET.get("version", ""))
    versions = reviewing.versions(found)
    shown = marks.of(request, found.reference, chosen.version, versions)
    context = {
        "evaluation": found,
        "document_url": shown.document_url,
        "marks": shown,
        "actions": actions,
        "version": chosen.version,
        "versions": versions,
        "review": reviewing.Review(chosen.content),
        "problem": problem,
        "refused": refused,
        "reason": reason,
    }
    return render(request, "review/review.html", context, status=status)
