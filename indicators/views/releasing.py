"""From draft to published and out of use: every fault with the way to it, publishing, retiring."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from .. import publishing
from ..engine import parts
from ..engine.change_levels import MEANINGS
from ..engine.differing import differences, level_of
from ..engine.faults import Fault, TemplateFaults
from ..engine.rule_words import rule_words
from ..engine.spec import Indicator, TemplateSpec
from ..engine.words import place_words
from ..forms.addresses import name_of
from ..loading import spec_of, verified
from ..models import Frozen, IndicatorTemplate, State
from ..publishing import Stale
from ..using import use_of
from . import door
from .frame import PARTS, frame, page, part_of

#: What has to be typed to publish, and to retire: the consequence.
NO_CHANGE, NO_START = "不能再改", "不再使用"
#: How many differences the page of publishing tells itself.
SHOWN = 8


@dataclass(frozen=True, slots=True)
class Told:
    """A fault with the page on which it is mended."""

    severity: str
    place: str
    message: str
    url: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A piece taken over from last year that nobody has confirmed; `says`: its rule in words."""

    address: str
    words: str
    url: str
    says: str


@require_safe
@login_required
def verify(request: HttpRequest, pk: int) -> HttpResponse:
    """Everything that verification finds, errors first, each with a link to its piece."""
    template = door.get_template(request, pk)
    spec = spec_of(template)
    told = told_faults(template, spec, verified(template))
    context = frame(request, template, "verify") | {
        "faults": [one for one in told if one.severity == "error"],
        "remarks": [one for one in told if one.severity != "error"],
        "unconfirmed": list(_waiting(template, spec)),
    }
    return render(request, "indicators/verify.html", context)


def told_faults(template: IndicatorTemplate, spec: TemplateSpec, faults: Iterable[Fault]) -> list[Told]:
    """Faults in words, each with the way to its piece, in the order of the template."""
    order = {name: number for number, (name, _, _) in enumerate(PARTS)}
    found = sorted(faults, key=lambda fault: order[part_of(fault.place)])
    return [
        Told(
            fault.severity,
            place_words(spec, fault.place),
            fault.message,
            _way_to(template.pk, spec, fault.place),
        )
        for fault in found
    ]


def _way_to(pk: int, spec: TemplateSpec, place: str) -> str:
    """The box in which it is mended; the page of the part where the fault is about the part as a whole."""
    address = parts.address_of(spec, place)
    if address != parts.GENERAL:
        box = name_of(place, address)
        return f"{page('part', pk, address)}{f'#b-{box}' if box else ''}"
    name = part_of(place)
    view, more = next((view, more) for part, view, more in PARTS if part == name)
    return page(view, pk, *more)


def _waiting(template: IndicatorTemplate, spec: TemplateSpec) -> Iterable[Waiting]:
    for address in template.unconfirmed:
        piece = parts.find(spec, address)
        says = rule_words(piece) if isinstance(piece, Indicator) else ""
        yield Waiting(address, parts.words(spec, address), page("part", template.pk, address), says)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what publishing does, and do it once the consequence was typed (`seen`: hash that was shown)."""
    template = door.get_template(request, pk, door.PUBLISH)
    if request.method != "POST":
        return _publishing(request, template)
    if request.POST.get("sure", "").strip() != NO_CHANGE:
        return _publishing(request, template, f"没有发布：请在框里照样填写“{NO_CHANGE}”。", status=400)
    try:
        done = publishing.publish(template, request.user, request.POST.get("seen", ""), request)
    except (Stale, Frozen) as refused:
        return _publishing(request, door.get_template(request, pk), refused.args[0], status=409)
    except TemplateFaults:
        return _publishing(request, template, "没有发布：下面各处改好以后才能发布。", status=409)
    if done.version > 1:
        messages.success(request, f"{done}已发布，从现在起内容不再改动。在填的自评正在改用这一版。")
        return redirect("template-effect", pk)
    messages.success(
        request, f"{done}已发布，从现在起内容不再改动。请绩效股负责人在“年度”里指定它，单位才能用它填报。"
    )
    return redirect("indicators:edit", pk)


def _publishing(
    request: HttpRequest, template: IndicatorTemplate, refused: str = "", status: int = 200
) -> HttpResponse:
    spec = spec_of(template)
    context = frame(request, template, "publish")
    before = _before(template)
    changes = differences(spec_of(before), spec) if before else ()
    context |= {
        "refused": refused,
        "faults": [one for one in told_faults(template, spec, verified(template)) if one.severity == "error"],
        "before": before,
        "changes": changes[:SHOWN],
        "more": max(len(changes) - SHOWN, 0),
        "level": level_of(changes),
        "meaning": MEANINGS[level_of(changes)],
        "phrase": NO_CHANGE,
        "is_draft": template.state == State.DRAFT,
    }
    return render(request, "indicators/publish.html", context, status=status)


def _before(template: IndicatorTemplate) -> IndicatorTemplate | None:
    """The version with which it is compared: the one it comes after, else that from which it was copied."""
    earlier = IndicatorTemplate.objects.filter(code=template.code, version__lt=template.version)
    return earlier.exclude(state=State.DRAFT).first() or template.based_on


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what taking a version out of use means, and do it once that was typed."""
    template = door.get_template(request, pk, door.PUBLISH)
    refused = ""
    if request.method == "POST":
        if request.POST.get("sure", "").strip() == NO_START:
            try:
                publishing.retire(template, request.user, request)
            except Frozen as frozen:
                messages.error(request, frozen.args[0])
            else:
                messages.success(request, f"{template}已停用。已经开始的自评不受影响。")
            return redirect("indicators:edit", pk)
        refused = f"没有停用：请在框里照样填写“{NO_START}”。"
    context = frame(request, template) | {"use": use_of(template), "phrase": NO_START, "refused": refused}
    return render(request, "indicators/retire.html", context, status=400 if refused else 200)
