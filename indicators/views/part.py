"""The page of one piece: its form, saving it, rows that come and go without script, two people at once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods

from ..editing import Conflict, Editor
from ..engine import parts
from ..engine.faults import TemplateFaults
from ..engine.outline import walk
from ..engine.parts import PartFault
from ..engine.spec import TemplateSpec
from ..forms import addresses, posting, trees
from ..forms.around import Around
from ..forms.cases import MORE
from ..forms.completion import names
from ..forms.controls import Note
from ..forms.drawing import PieceForm
from ..forms.naming import by_code
from ..forms.sides import Difference, sides
from ..loading import spec_of, verified
from ..models import Frozen, IndicatorTemplate
from ..using import region_names
from . import door, formula, panel
from .frame import frame
from .rehearsal import NOTHING, Rehearsed, rehearsed


@dataclass(slots=True)
class Shown:
    """What the page shows beside the template: the texts in the boxes, and what is to be said of them.

    `seen`: digest of the piece from which the edit started. `look`: the row that a button has changed;
    `check`: whether every formula is to be looked at, `more`: a figure that was asked for, `rehearsed`: what
    came out of cases and examples.
    """

    tree: Any
    seen: str
    faults: list[tuple[str, Note]] = field(default_factory=list)
    refused: str = ""
    differences: list[Difference] = field(default_factory=list)
    look: str = ""
    check: bool = False
    more: str = ""
    rehearsed: Rehearsed = NOTHING


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def part(request: HttpRequest, pk: int, address: str) -> HttpResponse:
    """The form of a piece; a POST saves it, or does to its rows what the button says (`do`)."""
    template = door.get_template(request, pk, door.CHANGE if request.method == "POST" else door.VIEW)
    spec = spec_of(template)
    try:
        piece, hint = parts.find(spec, address), addresses.hint_of(address)
    except PartFault as fault:
        if request.method != "POST":
            raise Http404(str(fault)) from fault
        return _posted_nowhere(request, template, fault)
    if request.method == "POST":
        return _post(request, template, spec, address, hint)
    tree = trees.of_value(piece, posting.whole(hint))
    faults = list(addresses.own(verified(template), spec, address))
    return show(request, template, address, Shown(tree, parts.digest(piece), faults))


def _post(
    request: HttpRequest, template: IndicatorTemplate, spec: TemplateSpec, address: str, hint: Any
) -> HttpResponse:
    shape = posting.whole(hint)
    tree = by_code(trees.of_post(trees.posted(request.POST), shape), shape, around_of(spec, address))
    shown = Shown(tree, request.POST.get("seen", ""))
    do = request.POST.get("do", "save")
    if do not in ("save", "next"):
        shown.check, shown.more = do == "check", request.POST.get(MORE, "")
        try:
            shown.look = trees.act(tree, shape, do)
        except (LookupError, TypeError):
            shown.refused = "这一行已经不在了，请看一看现在的内容。"
        if do == "try":
            shown.rehearsed = rehearsed(spec, hint, tree)
            shown.faults, shown.refused = shown.rehearsed.faults, shown.rehearsed.refused
        return show(request, template, address, shown)
    shown.tree = posting.pruned(tree, shape)
    piece, faults = posting.piece_of(hint, shown.tree)
    if faults:
        shown.faults = [(fault.place, Note(fault.message)) for fault in faults]
        shown.refused = f"没有保存：有 {len(faults)} 处读不出来，您填的都还在。"
        return show(request, template, address, shown, 422)
    if address == parts.GENERAL and (words := _wrong_region(request, piece.region, spec.region)):
        shown.faults, shown.refused = [("region", Note(words))], "没有保存，您填的都还在。"
        return show(request, template, address, shown, 422)
    return _save(request, template, spec, address, piece, shown)


def _wrong_region(request: HttpRequest, region: str, before: str) -> str:
    """Why a template cannot be for another region; "" when it can, or stays where it is."""
    if region == before:
        return ""
    if not door.may(request, door.CHANGE, region):
        return f"您的权限不包括行政区划 {region}，不能改为这里的模板。"
    if region not in region_names():
        return f"系统里没有行政区划 {region}，请核对代码，或请系统管理员添加。"
    return ""


def _save(
    request: HttpRequest,
    template: IndicatorTemplate,
    spec: TemplateSpec,
    address: str,
    piece: Any,
    shown: Shown,
) -> HttpResponse:
    try:
        saved = Editor(request.user, request).save(template, address, shown.seen, piece)
    except Conflict as conflict:
        shown.refused, shown.seen = str(conflict), parts.digest(conflict.theirs)
        shown.differences = sides(piece, conflict.theirs)
        return show(request, IndicatorTemplate.objects.get(pk=template.pk), address, shown, 409)
    except (PartFault, Frozen) as refused:
        shown.refused = str(refused)
        return show(request, IndicatorTemplate.objects.get(pk=template.pk), address, shown, 409)
    except TemplateFaults as refused:
        shown.faults = [
            (addresses.name_of(fault.place, address), Note(fault.message)) for fault in refused.faults
        ]
        shown.refused = "没有保存，您填的都还在，请改正下面标出的地方。"
        return show(request, template, address, shown, 422)
    open_faults = sum(note.severity == "error" for _, note in addresses.own(verified(saved), spec, address))
    words = f"{parts.words(spec_of(saved), address)}已保存"
    messages.success(request, f"{words}，发布前还有 {open_faults} 处要改。" if open_faults else f"{words}。")
    return redirect(_onward(request, saved, address))


def _onward(request: HttpRequest, template: IndicatorTemplate, address: str) -> str:
    """Where a save leads: on to the next piece, back to the tree from its drawer, else to the same page."""
    after = _neighbours(spec_of(template), address)[1]
    if request.POST.get("do") == "next" and after:
        return reverse("indicators:part", args=[template.pk, after])
    if request.POST.get("drawer"):
        return f"{reverse('indicators:edit', args=[template.pk])}#row-{address.partition('/')[2]}"
    return reverse("indicators:part", args=[template.pk, address])


def _posted_nowhere(request: HttpRequest, template: IndicatorTemplate, fault: PartFault) -> HttpResponse:
    """What was typed for a piece that is gone comes back, to be copied."""
    typed = [(name, text) for name, text in request.POST.items() if text.strip() and name not in _OURS]
    context = frame(request, template) | {"refused": str(fault), "typed": typed}
    return render(request, "indicators/part_gone.html", context, status=409)


def _step(spec: TemplateSpec, address: str) -> str:
    """The page of the wizard on which a chapter stands, "" for none and for all else."""
    name, _, code = address.partition("/")
    if name != "outline":
        return ""
    return next((node.step for node in walk(spec) if node.section.code == code), "")


#: What runs what is typed without saving it, by list.
REHEARSES = {"checks": "试一试两个例子", parts.NUMBERED: "按现在的规则算一遍"}
_OURS = frozenset({"csrfmiddlewaretoken", "seen", "do", "drawer", MORE})


def _neighbours(spec: TemplateSpec, address: str) -> tuple[str, str]:
    beside = ["", *addresses.order(spec, address), ""]
    at = beside.index(address) if address in beside else 0
    return (beside[at - 1], beside[at + 1]) if at else ("", "")


def show(
    request: HttpRequest, template: IndicatorTemplate, address: str, shown: Shown, status: int = 200
) -> HttpResponse:
    """The page of the piece as `shown`."""
    spec = spec_of(template)
    name = address.partition("/")[0]
    context = frame(request, template, name)
    around = replace(around_of(spec, address, editable=context["editable"]), more=shown.more)
    hint = addresses.hint_of(address)
    shape = posting.whole(hint)

    def looked(formulas: list[tuple[str, str]]) -> dict[str, SafeString]:
        return formula.all_looked(template.pk, spec, address, hint, shown.tree, formulas)

    look, beside = looked if shown.check else None, shown.rehearsed.beside
    form = PieceForm(around, shape, shown.tree, shown.faults, look, beside)
    before, after = _neighbours(spec, address)
    context |= {
        "address": address,
        "heading": parts.words(spec, address) if parts.exists(spec, address) else address,
        "form": form,
        "names": names(around) if context["editable"] else None,
        "shown": shown,
        "rehearses": REHEARSES.get(name, ""),
        "before": before,
        "after": after,
        "step": _step(spec, address),
        "unconfirmed": address in template.unconfirmed,
        "drawer": bool(request.htmx) or "drawer" in request.POST,
        "trial": _trial(request, spec, address, shown) if not around.group else None,
        "code": address.partition("/")[2],
    }
    return render(request, "indicators/part.html", context, status=status)


def _trial(request: HttpRequest, spec: TemplateSpec, address: str, shown: Shown) -> panel.Panel | None:
    if not (address.startswith("indicators/") and parts.exists(spec, address)):
        return None
    return panel.of_tree(spec, parts.find(spec, address), shown.tree, request.POST)


def around_of(spec: TemplateSpec, address: str, *, editable: bool = True) -> Around:
    """What a form of the piece must know of its template."""
    around = Around(spec, address, editable=editable)
    if not address.startswith("indicators/"):
        return around
    code = address.partition("/")[2]
    node = next((node for root in spec.indicators for node in root.walk() if node.code == code), None)
    return replace(
        around, group=bool(node and node.children), top=any(node is root for root in spec.indicators)
    )
