"""The lists of a template: figures, tables, chapters, checks, forms, examples; new ones are added here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from ..editing import Editor
from ..engine import adding, parts
from ..engine.faults import Fault, TemplateFaults
from ..engine.parts import PartFault
from ..engine.spec import TemplateSpec
from ..engine.usage import Use, usage
from ..engine.words import name_of, noun
from ..loading import spec_of, verified
from ..models import Frozen, IndicatorTemplate
from . import door, told
from .frame import frame

#: Lists whose pieces are named by others.
NAMED = ("fields", "tables", "forms")


@dataclass(frozen=True, slots=True)
class Row:
    """A piece in its list. `uses`: where it is named, as (address, words)."""

    told: told.Told
    address: str
    faults: tuple[Fault, ...]
    waiting: bool
    uses: tuple[tuple[str, str], ...]
    first: bool
    last: bool


@dataclass(frozen=True, slots=True)
class New:
    """The line with which a piece is added, and what was wrong with it."""

    code: str = ""
    name: str = ""
    below: str = ""
    problem: str = ""


@require_safe
@login_required
def pieces(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """The list `name`; `q` narrows it to what holds that text."""
    template = door.get_template(request, pk)
    return show(request, template, _list(name), New(adding.proposed(spec_of(template), name)))


@require_POST
@login_required
def add(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """Add a piece, and go on to its own page."""
    template = door.get_template(request, pk, door.CHANGE)
    spec, label = spec_of(template), request.POST.get("name", "").replace("\0", "").strip()
    code = request.POST.get("code", "").strip() or adding.proposed(spec, _list(name))
    below = request.POST.get("below", "") if name == "outline" else ""
    problem = adding.problem(spec, name, code, label)
    if not problem:
        try:
            piece = adding.made(name, code, label)
            saved = Editor(request.user, request).add(template, name, piece, parent=below)
        except (PartFault, Frozen, TemplateFaults) as refused:
            problem = refused.args[0]
        else:
            address = f"{name}/{code or len(spec_of(saved).examples)}"
            messages.success(request, "已加上，请接着填写。")
            return redirect("indicators:part", pk, address)
    return show(request, template, name, New(code, label, below, problem), 400)


def _list(name: str) -> str:
    if name not in adding.LISTS:
        raise Http404("模板没有这一部分。")
    return name


def show(
    request: HttpRequest, template: IndicatorTemplate, name: str, new: New, status: int = 200
) -> HttpResponse:
    """The page of a list."""
    spec, query = spec_of(template), request.GET.get("q", "").strip()[:100]
    every = list(_rows(template, spec, name))
    context = frame(request, template, name) | {
        "name": name,
        "title": name_of(TemplateSpec, name),
        "noun": noun(type(adding.made(name, "", ""))),
        "heads": told.HEADS[name],
        "empty": told.EMPTY[name],
        "rows": [row for row in every if _holds(row, query)],
        "count": len(every),
        "query": query,
        "new": new,
        "with_uses": name in NAMED,
        "sections": [(row.told.code, "　" * row.told.level + row.told.name) for row in every]
        if name == "outline"
        else (),
        "whole": [fault for fault in verified(template) if fault.place == name],
        "back": reverse("indicators:pieces", args=[template.pk, name]),
    }
    return render(request, "indicators/pieces.html", context, status=status)


def _rows(template: IndicatorTemplate, spec: TemplateSpec, name: str) -> Iterator[Row]:
    faults: dict[str, list[Fault]] = {}
    for fault in verified(template):
        faults.setdefault(parts.address_of(spec, fault.place), []).append(fault)
    waiting = frozenset(template.unconfirmed)
    uses = usage(spec) if name in NAMED else {}
    listed = told.rows(spec, name)
    siblings = _siblings(listed)
    for number, one in enumerate(listed):
        address = f"{name}/{one.code}"
        yield Row(
            one,
            address,
            tuple(faults.get(address, ())),
            address in waiting,
            tuple(_used(spec, uses, one.code)),
            first=siblings[number][0],
            last=siblings[number][1],
        )


def _siblings(listed: list[told.Told]) -> list[tuple[bool, bool]]:
    """(first, last) of each row among those beside it."""
    found = []
    for number, one in enumerate(listed):
        before = next((row.level for row in listed[:number][::-1] if row.level <= one.level), -1)
        after = next((row.level for row in listed[number + 1 :] if row.level <= one.level), -1)
        found.append((before != one.level, after != one.level))
    return found


def _used(spec: TemplateSpec, uses: Mapping[str, tuple[Use, ...]], code: str) -> Iterator[tuple[str, str]]:
    """Each piece that names `code` once, with the keys under which it does."""
    keys: dict[str, list[str]] = {}
    for use in uses.get(code, ()):
        keys.setdefault(use.address, []).append(use.key)
    doubled = Counter(parts.words(spec, address) for address in keys)
    for address, named in keys.items():
        words = parts.words(spec, address)
        yield address, f"{words}的{'、'.join(named)}" if doubled[words] > 1 else words


def _holds(row: Row, query: str) -> bool:
    if not query:
        return True
    texts = (row.told.code, row.told.name, *row.told.cells, *getattr(row.told.piece, "aliases", ()))
    return any(query.lower() in text.lower() for text in texts)
