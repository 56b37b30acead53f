"""佐证材料: the list by place with its uploads, one file to look at, and its bytes."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from csp.constants import NONE, SELF
from csp.decorators import csp, csp_replace
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from evaluations import access, evidence_places, excerpts
from evaluations import evidence as service
from evaluations.errors import Invalid, Locked
from evaluations.evidence_places import Place
from evaluations.filetypes import ACCEPTED, ENDINGS, MAX_BYTES, megabytes
from evaluations.models import Evaluation, Evidence
from evaluations.models.evidence import SEALED, Kind
from evaluations.uploading import MAX_REQUEST

from .errors import problem
from .steps import why_locked

#: What the page says of the limits.
LIMITS = {
    "file": megabytes(MAX_BYTES),
    "count": service.MAX_FILES,
    "scans": service.MAX_SCANS,
    "total": megabytes(service.MAX_TOTAL),
    "request": megabytes(MAX_REQUEST),
}
logger = logging.getLogger(__name__)

#: What a stored file may do in the browser: be looked at. A sandbox would keep Chromium from showing a PDF.
_POLICY = {"default-src": [NONE], "frame-ancestors": [SELF], "base-uri": [NONE], "form-action": [NONE]}
SANDBOXED = _POLICY | {"sandbox": [True]}
OF_PDF = _POLICY | {"object-src": [SELF], "style-src": ["'unsafe-inline'"]}


@dataclass(frozen=True, slots=True)
class Filed:
    """A place with its files; `owed`: the template asks for one and there is none."""

    place: Place
    files: tuple[Evidence, ...]

    @property
    def owed(self) -> bool:
        return bool(self.place.rule) and not self.files


@require_http_methods(["GET", "HEAD", "POST"])
def evidence(request: HttpRequest, ref: str) -> HttpResponse:
    """All evidence by place; a POST adds files (`file`, several) at a `location`."""
    if request.method != "POST":
        return _page(request, access.get_evaluation(request.user, ref, "read_submitted"))
    found = access.get_evaluation(request.user, ref, "read")
    location, files = request.POST.get("location", ""), request.FILES.getlist("file")
    try:
        service.demand(found, location, request.user)
    except Locked as refusal:
        return _page(request, found, location, [str(refusal)], status=422)
    stored, refused = [], []
    for file in files:
        try:
            stored.append(service.attach(found, location, file.name, file, request.user, request=request))
        except Invalid as refusal:
            refused.append(str(refusal))
        except Locked as refusal:  # sent for review in between
            refused.append(str(refusal))
            break
    if not stored:
        return _page(request, found, location, refused or ["还没有选择文件。请先选择，再上传。"], status=400)
    names = "、".join(f"“{one.name}”" for one in stored)
    messages.success(request, f"已上传{names}。")
    for sentence in refused:
        messages.error(request, sentence)
    return redirect(f"{reverse('evidence', args=[ref])}#at-{location}")


@require_POST
def remove(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """Take a file away; a second click finds it done."""
    found = access.get_evaluation(request.user, ref, "read")
    try:
        one = service.remove(found, number, request.user, request=request)
    except Locked as refusal:
        messages.error(request, str(refusal))
        return redirect("evidence", ref)
    messages.success(request, f"已移除“{one.name}”。")
    return redirect(f"{reverse('evidence', args=[ref])}#at-{one.location}")


@require_safe
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": [SELF]})
def view(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """One file to look at, on its own or in the frame `evidence` of the review: a bare page."""
    found, one = _one(request, ref, number)
    context = {"evaluation": found, "one": one, "kind": Kind(one.kind)}
    if one.kind in (Kind.XLSX, Kind.DOCX):
        try:
            with service.open_file(one) as file:
                context |= _excerpt(request, one, file)
        except service.Damaged as damage:
            return _damaged(request, one, damage)
        except Invalid as refusal:
            context["unshown"] = str(refusal)
    return render(request, "evidence/view.html", context)


@require_safe
@xframe_options_sameorigin
def file(request: HttpRequest, ref: str, number: int) -> HttpResponseBase:
    """The bytes, to look at (`?inline=1`: PDF and pictures) or to save."""
    _, one = _one(request, ref, number)
    kind = Kind(one.kind)
    inline = request.GET.get("inline") == "1" and (kind.picture or kind == Kind.PDF)
    try:
        stored = service.open_file(one)
    except service.Damaged as damage:
        return _damaged(request, one, damage)
    answer = _pdf if inline and kind == Kind.PDF else _sandboxed
    return answer(stored, as_attachment=not inline, filename=one.name, content_type=kind.media_type)


@csp(SANDBOXED)
def _sandboxed(*given: object, **named: object) -> FileResponse:
    return FileResponse(*given, **named)


@csp(OF_PDF)
def _pdf(*given: object, **named: object) -> FileResponse:
    return FileResponse(*given, **named)


def _one(request: HttpRequest, ref: str, number: int) -> tuple[Evaluation, Evidence]:
    found = access.get_evaluation(request.user, ref, "read_submitted")
    return found, service.get(found, access.allowed(request.user, found), number)


def _excerpt(request: HttpRequest, one: Evidence, file: object) -> dict[str, object]:
    if one.kind == Kind.DOCX:
        return {"text": excerpts.text(file)}
    sheets = excerpts.tables(file)
    asked = request.GET.get("sheet", "1")
    number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 1
    chosen = sheets[number - 1] if 0 < number <= len(sheets) else None
    return {"sheets": sheets, "sheet": chosen, "number": number}


def _damaged(request: HttpRequest, one: Evidence, damage: service.Damaged) -> HttpResponse:
    logger.error("evidence %s of evaluation %s is damaged: %s", one.pk, one.evaluation_id, one.key)
    return problem(request, 500, "这份佐证材料打不开", str(damage), "")


def _page(
    request: HttpRequest,
    found: Evaluation,
    location: str = "",
    problems: list[str] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """The list; `problems`: why files for `location` were refused."""
    actions = access.allowed(request.user, found)
    editable = "edit" in actions
    listing = service.listed(found, actions)
    at: dict[str, list[Evidence]] = {}
    for one in listing.files:
        at.setdefault(one.location, []).append(one)
    chapters = [
        (chapter, [Filed(place, tuple(at.get(place.location, ()))) for place in chapter.places])
        for chapter in evidence_places.chapters(listing.figures)
    ]
    context = {
        "evaluation": found,
        "actions": actions,
        "editable": editable,
        "locked": why_locked(request.user, found) if access.may_ever(request.user, found, "edit") else "",
        "chapters": chapters if editable else _with_files(chapters),
        "count": len(listing.files),
        "scans": [] if found.parent_id else service.scans(found),
        "sealed": SEALED,
        "limits": LIMITS,
        "accept": ",".join(f".{ending}" for endings in ENDINGS.values() for ending in endings),
        "accepted": ACCEPTED,
        "location": location,
        "problems": problems or [],
    }
    return render(request, "evidence/list.html", context, status=status)


def _with_files(chapters: list) -> list:
    """For whoever only reads: the places that hold anything or should."""
    kept = [(chapter, [one for one in filed if one.files or one.owed]) for chapter, filed in chapters]
    return [(chapter, filed) for chapter, filed in kept if filed]
