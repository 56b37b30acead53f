"""What every piece knows, by its address: another place, removal with its consequences, confirmation.

Each of these POSTs leads back to the page it came from (`back`), with a sentence where it was refused.
"""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from ..editing import Conflict, Editor
from ..engine import parts
from ..engine.consequences import of_removal
from ..engine.faults import TemplateFaults
from ..engine.parts import PartFault
from ..loading import spec_of
from ..models import Frozen, IndicatorTemplate
from . import door, growing
from .frame import frame, page, part_of


@require_POST
@login_required
def shift(request: HttpRequest, pk: int) -> HttpResponse:
    """Move a piece up or down among its neighbours: `up` or `down` is its address."""
    template = door.get_template(request, pk, door.CHANGE)
    up, down = request.POST.get("up", ""), request.POST.get("down", "")
    editor = Editor(request.user, request)
    _told(request, lambda: editor.shift(template, up or down, -1 if up else 1))
    return _back(request, pk, up or down)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask where an indicator or a chapter shall go, and put it there as the last."""
    template = door.get_template(request, pk, door.CHANGE)
    spec, address = spec_of(template), (request.POST or request.GET).get("address", "")
    if request.method == "POST":
        editor, parent = Editor(request.user, request), request.POST.get("parent", "")
        _told(request, lambda: editor.move(template, address, parent=parent))
        return _back(request, pk, address)
    try:
        words, (parent, _) = parts.words(spec, address), parts.siblings(spec, address)
    except PartFault as fault:
        return _gone(request, pk, fault)
    own = frozenset(parts.codes_from(spec, address))
    name = address.partition("/")[0]
    places = [place for place in growing.places(spec, name) if place.code not in own and place.code != parent]
    more = {"address": address, "words": words, "places": places, "back": _way_back(pk, address)}
    return render(request, "indicators/move.html", frame(request, template, name) | more)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Name what a removal does, and do it once that was seen (`seen`: digest of the piece)."""
    template = door.get_template(request, pk, door.CHANGE)
    address = (request.POST or request.GET).get("address", "")
    if request.method == "POST":
        editor, seen = Editor(request.user, request), request.POST.get("seen", "")
        _told(request, lambda: editor.remove(template, address, seen))
        return _back(request, pk, address)
    return _consequences(request, template, address)


def _consequences(request: HttpRequest, template: IndicatorTemplate, address: str) -> HttpResponse:
    spec = spec_of(template)
    try:
        found = of_removal(spec, address)
    except PartFault as fault:
        return _gone(request, template.pk, fault)
    context = frame(request, template, part_of(address.partition("/")[0])) | {
        "address": address,
        "seen": parts.digest(parts.with_below(spec, address)),
        "words": parts.words(spec, address),
        "found": found,
        "back": _way_back(template.pk, address),
    }
    return render(request, "indicators/remove.html", context)


@require_POST
@login_required
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """A piece taken over from last year holds for this year as it is."""
    template = door.get_template(request, pk, door.CHANGE)
    address = request.POST.get("address", "")
    _told(request, lambda: Editor(request.user, request).confirm(template, address))
    return _back(request, pk, address)


def _told(request: HttpRequest, deed: Callable[[], object]) -> None:
    """Do it; what refuses it is told on the page that follows."""
    try:
        deed()
    except (Conflict, PartFault, Frozen, TemplateFaults) as refused:
        messages.error(request, refused.args[0])


def _gone(request: HttpRequest, pk: int, fault: PartFault) -> HttpResponseRedirect:
    messages.error(request, fault.args[0])
    return redirect("indicators:edit", pk)


def _back(request: HttpRequest, pk: int, address: str) -> HttpResponseRedirect:
    """To the page that the form stood on."""
    back = request.POST.get("back", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return redirect(back if safe and back.startswith("/") else _way_back(pk, address))


def _way_back(pk: int, address: str) -> str:
    """The page on which a piece stands among its neighbours."""
    name, _, code = address.partition("/")
    if name in parts.LISTS or name == parts.NUMBERED:
        if name != "indicators":
            return page("pieces", pk, name)
        return f"{page('edit', pk)}#row-{code}"
    return page("edit", pk)
