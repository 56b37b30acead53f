"""The button 试算 of an indicator's form: with script the result comes back, without it the whole page."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from ..engine import parts
from ..engine.parts import PartFault
from ..engine.spec import Indicator
from ..forms import posting, trees
from ..loading import spec_of
from . import door, panel, part


@require_POST
@login_required
def trial(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Try the indicator of the form that was sent; of a version that cannot be changed, the stored one."""
    template = door.get_template(request, pk)
    spec, address = spec_of(template), f"indicators/{code}"
    try:
        stored = parts.find(spec, address)
    except PartFault as fault:
        raise Http404(str(fault)) from fault
    shape = posting.whole(Indicator)
    tree = trees.of_value(stored, shape)
    if door.may_edit(request, template):
        tree = trees.of_post(trees.posted(request.POST), shape)
    if not request.htmx:
        return part.show(request, template, address, part.Shown(tree, request.POST.get("seen", "")))
    shown = panel.of_tree(spec, stored, tree, request.POST)
    sent = {name for name in request.POST if name.startswith(panel.PREFIX)}
    context = {"trial": shown, "template": template, "code": code, "redraw": sent != set(shown.names)}
    return render(request, "indicators/trial_answer.html", context)
