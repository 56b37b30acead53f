"""Review: the document as it prints beside scores and findings, the decision, and the history."""

from __future__ import annotations

from collections.abc import Callable

from csp.constants import SELF
from csp.decorators import csp_replace
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from evaluations import access, paging, reviewing, workflow
from evaluations import history as history_of
from evaluations.documents import building
from evaluations.errors import Invalid, Refused
from evaluations.locking import stamp
from evaluations.models import Evaluation
from evaluations.transitions import BY_ACTION

from . import checking, marks, traces
from .boards import following
from .desk import SENDING, Refusal, noted, review_page, version_seen


@require_safe
def review(request: HttpRequest, ref: str) -> HttpResponse:
    """One version with its scores and findings; below it what the reader may decide."""
    return review_page(request, access.get_evaluation(request.user, ref, "read_submitted"))


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
        context |= noted(found, chosen.content, context["document"])
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
        workflow.perform(
            action,
            found,
            request.user,
            reason,
            summary=summary,
            version=version_seen(request),
            unless=_moved_on(request) if action in SENDING else None,
            request=request,
        )
    except (Invalid, Refused) as problem:
        return _refused(request, found, Refusal(action, str(problem), reason or summary), problem)
    messages.success(request, BY_ACTION[action].done)
    return redirect("evaluation" if action == "withdraw" else "review", ref)


def _moved_on(request: HttpRequest) -> Callable[[Evaluation], str]:
    """Nobody signs or sends what is not what the page showed."""
    seen = request.POST.get("seen", "")

    def unless(current: Evaluation) -> str:
        if not seen or seen == stamp(current):
            return ""
        return "您打开此页以后内容有改动，没有办理。请看过现在的内容，再签字或送审。"

    return unless


def _refused(
    request: HttpRequest, found: Evaluation, refusal: Refusal, problem: Invalid | Refused
) -> HttpResponse:
    """The page that the button stood on, with what was typed; a mere second click goes on to the report."""
    found.refresh_from_db(fields=["state", "version", "return_reason", "opened_at"])
    actions = access.allowed(request.user, found)
    if "read_submitted" not in actions:
        messages.error(request, refusal.message)
        return redirect("year_templates", found.fiscal_year.region_id, found.fiscal_year.year)
    invalid = isinstance(problem, Invalid)
    if refusal.at in SENDING and "read" in actions and (invalid or found.editable):
        return checking.check_page(request, found, sending=refusal, status=400 if invalid else 409)
    if refusal.text or invalid:
        return review_page(request, found, refusal, status=400 if invalid else 409)
    messages.warning(request, refusal.message)
    return redirect("review", found.reference)


@require_safe
def history(request: HttpRequest, ref: str) -> HttpResponse:
    """Who did what with the evaluation, or (`?show=changes`) every change of a figure or text."""
    found = access.get_evaluation(request.user, ref, "read")
    told = history_of.told(request.user, found)
    changes = told.with_changes and request.GET.get("show") == "changes"
    rows = (told.changes if changes else told.events).select_related("actor")
    page = paging.newest_first(rows, request.GET.get("after", ""))
    context = {
        "evaluation": found,
        "show_changes": changes,
        "with_changes": told.with_changes,
        "page": page,
        "first_page": f"{request.path}?show=changes" if changes else request.path,
        "rows": traces.changes(found, page.rows) if changes else page.rows,
        "next_page": following(request, page),
    }
    return render(request, "review/history.html", context)
