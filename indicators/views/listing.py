"""The list of templates, each version with what verification says of it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ..engine.faults import Fault
from ..engine.spec import TemplateSpec
from ..engine.words import place_words
from ..loading import spec_of, verified
from ..models import IndicatorTemplate
from . import door


@require_safe
@login_required
def templates(request: HttpRequest) -> HttpResponse:
    """Every version with its years, region, weights and what verification says of it."""
    door.admit(request)
    rows = [_row(template) for template in IndicatorTemplate.objects.all()]
    return render(request, "indicators/templates.html", {"rows": rows})


def told(fault: Fault, spec: TemplateSpec) -> str:
    """A fault with its place in words: `指标“三公经费控制率”：…`; loading a file tells its own place."""
    place = place_words(spec, fault.place)
    return f"{place}：{fault.message}" if place else fault.message


def _row(template: IndicatorTemplate) -> dict[str, object]:
    spec = spec_of(template)
    return {
        "template": template,
        "groups": [(group.name, group.full_weight) for group in spec.indicators],
        "leaves": sum(leaf.open is None for leaf in spec.leaves()),
        "open": sum(leaf.open is not None for leaf in spec.leaves()),
        "spec": spec,
        "faults": [(fault.severity, told(fault, spec)) for fault in verified(template)],
    }
