"""对在填自评的影响: what a draft of a template will do to the drafts of departments, and how far a published
version has come with it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from evaluations import paging
from evaluations.errors import Refused
from evaluations.rollout import outlook, running
from indicators.engine.differing import differences
from indicators.loading import spec_of
from indicators.models import IndicatorTemplate, State
from indicators.views import door
from indicators.views.differences import told
from indicators.views.frame import frame


@require_http_methods(["GET", "HEAD", "POST"])
def effect(request: HttpRequest, pk: int) -> HttpResponse:
    """The effect of a version; POST goes on with what a published one has left to do."""
    if request.method == "POST":
        template = door.get_template(request, pk, door.PUBLISH)
        try:
            running.resume(request.user, template, request=request)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, "已继续办理。没有办完的，稍后刷新本页查看。")
        return redirect("template-effect", pk)
    template = door.get_template(request, pk)
    before = outlook.base(template)
    context = frame(request, template, "differences") | {
        "before": before,
        "newer": outlook.newer(template),
        "tally": outlook.tally(template),
        "draft": template.state == State.DRAFT,
    }
    if before is not None:
        context["told"] = told(differences(spec_of(before), spec_of(template)))
        context |= _listed(request, template)
    return render(request, "effect/effect.html", context)


def _listed(request: HttpRequest, template: IndicatorTemplate) -> dict[str, object]:
    found, left = outlook.drafts(template, request.user), None
    if template.state != State.DRAFT:
        waiting = outlook.left(template)
        left = waiting.count()
        found = found.filter(pk__in=waiting.values("pk"))
    page = paging.alphabetical(found, request.GET.get("after", ""), "reference", size=outlook.SIZE)
    return {
        "page": page,
        "rows": outlook.rows(page.rows, template) if page.rows else [],
        "next_page": f"?after={page.after}" if page.after else "",
        "left": left,
        "may_continue": bool(left) and door.may(request, door.PUBLISH, template.region_code),
        "compiles": outlook.compiles(template),
    }
