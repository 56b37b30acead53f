"""The list of templates: which there are, where and when they hold, and what is on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ..engine.faults import Fault
from ..engine.spec import TemplateSpec
from ..engine.words import place_words
from ..loading import spec_of, verified
from ..models import IndicatorTemplate, State
from ..using import Use, region_names, uses_of
from . import door

#: Drafts first: they are what somebody is at.
_ORDER = {State.DRAFT: 0, State.PUBLISHED: 1, State.RETIRED: 2}


@dataclass(frozen=True, slots=True)
class Row:
    """One version in the list."""

    template: IndicatorTemplate
    spec: TemplateSpec
    region: str
    groups: tuple[tuple[str, Any], ...]
    leaves: int
    open: int
    errors: int
    waiting: int
    use: Use
    is_newest: bool
    changeable: bool
    publishable: bool


@require_safe
@login_required
def templates(request: HttpRequest) -> HttpResponse:
    """Every version that the filter (`state`, `year`, `region`) leaves."""
    door.admit(request)
    every = list(IndicatorTemplate.objects.all())
    chosen = {name: request.GET.get(name, "") for name in ("state", "year", "region")}
    names = region_names()
    shown = [one for one in every if _fits(one, **chosen)]
    uses = uses_of(one.pk for one in shown)
    newest: dict[str, int] = {}
    drafted = {one.code for one in every if one.state == State.DRAFT}
    for one in every:
        newest[one.code] = max(newest.get(one.code, 0), one.version)
    rows = [
        _row(
            request,
            one,
            names,
            uses[one.pk],
            is_newest=newest[one.code] == one.version and one.code not in drafted,
        )
        for one in sorted(shown, key=lambda one: (_ORDER[State(one.state)], one.code, -one.version))
    ]
    codes = sorted({one.region_code for one in every})
    context = {
        "rows": rows,
        "any": bool(every),
        "chosen": chosen,
        "filtered": any(chosen.values()),
        "states": State.choices,
        "years": sorted({y for one in every for y in range(one.first_year, one.last_year + 1)}, reverse=True),
        "regions": [(code, names.get(code, "")) for code in codes],
        "may_begin": any(door.may(request, door.CHANGE, code) for code in names),
    }
    return render(request, "indicators/templates.html", context)


def _fits(one: IndicatorTemplate, state: str, year: str, region: str) -> bool:
    return (
        (not state or one.state == state)
        and (not region or one.region_code == region)
        and (not year.isdecimal() or one.first_year <= int(year) <= one.last_year)
    )


def told(fault: Fault, spec: TemplateSpec) -> str:
    """A fault with its place in words: `指标“三公经费控制率”：…`; loading a file tells its own place."""
    place = place_words(spec, fault.place)
    return f"{place}：{fault.message}" if place else fault.message


def _row(
    request: HttpRequest, template: IndicatorTemplate, names: dict[str, str], use: Use, *, is_newest: bool
) -> Row:
    spec = spec_of(template)
    faults = verified(template) if template.state == State.DRAFT else ()
    return Row(
        template=template,
        spec=spec,
        region=names.get(template.region_code, ""),
        groups=tuple((group.name, group.full_weight) for group in spec.indicators),
        leaves=sum(leaf.open is None for leaf in spec.leaves()),
        open=sum(leaf.open is not None for leaf in spec.leaves()),
        errors=sum(fault.severity == "error" for fault in faults),
        waiting=len(template.unconfirmed),
        use=use,
        is_newest=is_newest,
        changeable=door.may(request, door.CHANGE, template.region_code),
        publishable=door.may(request, door.PUBLISH, template.region_code),
    )
