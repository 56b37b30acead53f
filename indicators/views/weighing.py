"""The two forms on the page of the tree: the weights of all indicators, and a new indicator."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from ..editing import Conflict, Editor
from ..engine.coding import code_below
from ..engine.parts import PartFault
from ..engine.spec import Field
from ..engine.values import MISSING, NOT_APPLICABLE, ValueFault, clean, parse
from ..loading import spec_of
from ..models import Frozen
from . import door, growing
from .tree import Typed, tree

_WEIGHT = Field("weight", "分值", "number", "分")


@require_POST
@login_required
def weights(request: HttpRequest, pk: int) -> HttpResponse:
    """Store the weights that were typed, all or none."""
    template = door.get_template(request, pk, door.CHANGE)
    texts = _posted(request, "weight.")
    read, problems = _read(texts)
    if problems:
        return tree(request, template, Typed(texts, problems), status=400)
    seen, _ = _read(_posted(request, "seen."))
    try:
        Editor(request.user, request).weigh(
            template, {code: (seen.get(code), one) for code, one in read.items()}
        )
    except Conflict as refused:
        problems = {refused.theirs.code: refused.args[0]}
        return tree(request, door.get_template(request, pk), Typed(texts, problems), status=409)
    except (PartFault, Frozen) as refused:
        messages.error(request, refused.args[0])
    else:
        messages.success(request, "分值已保存。")
    return redirect("indicators:edit", pk)


def _posted(request: HttpRequest, prefix: str) -> dict[str, str]:
    """The boxes of the form whose name begins so, by code."""
    return {name.removeprefix(prefix): text for name, text in request.POST.items() if name.startswith(prefix)}


def _read(texts: Mapping[str, str]) -> tuple[dict[str, Decimal | None], dict[str, str]]:
    """(weights by code, what could not be read)."""
    found: dict[str, Decimal | None] = {}
    problems = {}
    for code, text in texts.items():
        try:
            value = parse(_WEIGHT, text)
        except ValueFault as fault:
            problems[code] = str(fault)
            continue
        if value is NOT_APPLICABLE or (value is not MISSING and value < 0):
            problems[code] = f"“{text.strip()}”不是分值，请写大于 0 的数字，例如 8 或 2.5。"
        else:
            found[code] = None if value is MISSING else value
    return found, problems


@require_POST
@login_required
def grow(request: HttpRequest, pk: int) -> HttpResponse:
    """Add an indicator and go on to its own page."""
    template = door.get_template(request, pk, door.CHANGE)
    spec = spec_of(template)
    name, below = clean(request.POST.get("name", "")).strip(), request.POST.get("below", "")
    code = request.POST.get("code", "").strip() or code_below(spec, below)
    is_open = request.POST.get("is_open") == "on"
    problem = growing.problem(spec, name, code, below, is_open=is_open)
    if not problem:
        try:
            made = growing.made(name, code, is_open=is_open)
            Editor(request.user, request).add(template, "indicators", made, parent=below)
        except (PartFault, Frozen) as refused:
            problem = refused.args[0]
        else:
            return redirect("indicators:part", pk, f"indicators/{code}")
    line = growing.Growing(tuple(growing.parents(spec)), below, name, code, is_open, problem)
    return tree(request, template, growing=line, status=400)
