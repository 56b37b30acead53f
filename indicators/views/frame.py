"""The frame around every page of one template: its head bar, and its parts with what is wrong in each."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from ..engine import parts
from ..engine.words import name_of
from ..loading import spec_of, verified
from ..models import IndicatorTemplate, State
from ..using import region_names
from . import door

#: The parts of a template in the order in which one is built: (part, name of the page, its arguments).
PARTS = (
    (parts.GENERAL, "part", (parts.GENERAL,)),
    ("indicators", "edit", ()),
    ("fields", "pieces", ("fields",)),
    ("tables", "pieces", ("tables",)),
    ("outline", "pieces", ("outline",)),
    ("checks", "pieces", ("checks",)),
    ("grades", "part", ("grades",)),
    ("adjustments", "part", ("adjustments",)),
    (parts.NUMBERED, "pieces", (parts.NUMBERED,)),
    ("cover", "part", ("cover",)),
    ("forms", "pieces", ("forms",)),
)


@dataclass(frozen=True, slots=True)
class Part:
    """An entry of the navigation. `waiting`: pieces taken over from last year that nobody has confirmed."""

    name: str
    label: str
    url: str
    size: int | None
    errors: int
    warnings: int
    waiting: int


def frame(request: HttpRequest, template: IndicatorTemplate, here: str = "") -> dict[str, object]:
    """What `indicators/workshop.html` shows. `here`: the part that is open (`fields`), "" for none.

    Costs one query; faults are found once for each content. Those of a frozen version count no more: it was
    right by the rules of its day.
    """
    spec = spec_of(template)
    faults = verified(template) if template.state == State.DRAFT else ()
    places = Counter((part_of(fault.place), fault.severity) for fault in faults)
    waiting = Counter(address.partition("/")[0] for address in template.unconfirmed)
    return {
        "template": template,
        "spec": spec,
        "here": here,
        "region": region_names().get(template.region_code, ""),
        "editable": door.may_edit(request, template),
        "renewable": template.state != State.DRAFT and door.may(request, door.CHANGE, template.region_code),
        "publishable": template.state == State.DRAFT
        and door.may(request, door.PUBLISH, template.region_code),
        "errors": sum(fault.severity == "error" for fault in faults),
        "warnings": sum(fault.severity == "warning" for fault in faults),
        "waiting": len(template.unconfirmed),
        "parts": [
            Part(
                name,
                "基本信息" if name == parts.GENERAL else name_of(type(spec), name),
                page(view, template.pk, *more),
                size(spec, name),
                places[name, "error"],
                places[name, "warning"],
                waiting[name],
            )
            for name, view, more in PARTS
        ],
    }


def part_of(place: str) -> str:
    """The part in which a fault's place lies: `indicators[0].weight` and `indicators` → `indicators`."""
    name = re.split(r"[\[.]", place, maxsplit=1)[0]
    return name if any(name == part for part, _, _ in PARTS) else parts.GENERAL


def page(name: str, *args: object) -> str:
    """The address of a page of the workshop."""
    return reverse(f"indicators:{name}", args=args)


def size(spec: object, name: str) -> int | None:
    """How many pieces the part has; None for what the template says of itself."""
    if name == parts.GENERAL:
        return None
    pieces = getattr(spec, name)
    if name not in parts.TREES:
        return len(pieces)
    return sum(1 for _ in spec.leaves()) if name == "indicators" else sum(1 for _ in spec.sections())
