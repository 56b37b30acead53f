"""A formula looked at while it is written; without script by a button of the form it stands in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_POST

from ..engine import parts
from ..engine.looking import Look, look
from ..engine.parts import PartFault
from ..engine.spec import CheckRule, Table, TemplateSpec
from ..forms import addresses, posting, trees
from ..forms.trees import Tree
from ..loading import spec_of
from . import door

#: Characters shown before and behind the place where something is wrong.
AROUND = 24


@dataclass(frozen=True, slots=True)
class Marked:
    """A formula around the place where it is wrong."""

    before: str
    wrong: str
    after: str


@require_POST
@login_required
def formula(request: HttpRequest, pk: int) -> HttpResponse:
    """What is to be said of one formula of a form that is being filled in.

    The form is posted as it stands, with the `address` of its piece and the name of the `box`.
    """
    template = door.get_template(request, pk)
    spec, address, box = spec_of(template), request.POST.get("address", ""), request.POST.get("box", "")
    try:
        hint = addresses.hint_of(address)
    except PartFault as fault:
        return HttpResponse(str(fault), status=404)
    shape = posting.whole(hint)
    tree = trees.of_post(trees.posted(request.POST), shape)
    text = request.POST.get(box, "").strip()
    if not text:
        return HttpResponse("")
    return render(
        request, "indicators/formula.html", _context(pk, looked(spec, address, hint, tree, box, text))
    )


def looked(spec: TemplateSpec, address: str, hint: Any, tree: Tree, name: str, text: str) -> Look:
    """The formula in the box `name`, with the piece as it is typed now, as far as it can be read."""
    piece, _ = posting.piece_of(hint, tree)
    table = ""
    if piece is not None:
        try:
            spec = parts.replaced(spec, address, piece)
        except PartFault:
            piece = None
    if isinstance(piece, CheckRule):
        table = piece.each
    elif isinstance(piece, Table):
        table = piece.code
    elif address.startswith("tables/"):
        table = address.partition("/")[2]
    return look(spec, text, address, name, table)


def all_looked(
    pk: int, spec: TemplateSpec, address: str, hint: Any, tree: Tree, names: Iterable[tuple[str, str]]
) -> dict[str, SafeString]:
    """What is to be said of every formula of a form: (name of the box, text) → by name, as it is drawn."""
    found = {}
    for name, text in names:
        if text.strip():
            told = _context(pk, looked(spec, address, hint, tree, name, text.strip()))
            found[name] = mark_safe(render_to_string("indicators/formula.html", told))  # noqa: S308
    return found


def _context(pk: int, told: Look) -> dict[str, Any]:
    return {"look": told, "marked": _marked(told), "pk": pk}


def _marked(told: Look) -> Marked | None:
    at = told.position
    if at is None:
        return None
    text = told.text
    start, stop = max(at - AROUND, 0), at + 1 + AROUND
    return Marked(
        ("…" if start else "") + text[start:at],
        text[at : at + 1] or "␣",
        text[at + 1 : stop] + ("…" if stop < len(text) else ""),
    )
