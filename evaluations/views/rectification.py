"""整改: the tasks of one report, and those of all departments for the bureau."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from evaluations import access, events, listing, paging, rectifying, remedies, rescoring
from evaluations.boarding import rectifications as tables
from evaluations.errors import Invalid, Refused
from evaluations.exporting import xlsx
from evaluations.facts import frozen
from evaluations.forms.rectification import AddForm, ChangeForm, RectificationFilter
from evaluations.models import Evaluation, Rectification

from .answers import demand, download, posted, status_of
from .board import narrowed
from .boards import following

DONE = {
    "answer": "已反馈，财政局可以看到。",
    "redo": "已退回重做，单位会看到您写的原因。",
    "confirm": "已销号。",
    "reopen": "已撤销销号，单位会看到您写的原因。",
}
DONE["change"] = "已调整。"
#: action, label of its box, button
DECISIONS = (
    ("redo", "退回重做的原因（至少 5 个字，单位会看到）", "退回重做"),
    ("confirm", "销号意见（可以不写）", "销号"),
    ("reopen", "撤销销号的原因（至少 5 个字，单位会看到）", "撤销销号"),
)
NOTHING = remedies.Proposals((), (), ())


@require_http_methods(["GET", "HEAD", "POST"])
def rectification(request: HttpRequest, ref: str) -> HttpResponse:
    """The tasks of a report; POST lists more, ticked or written."""
    found = access.get_evaluation(request.user, ref, "read_submitted")
    if found.parent_id:
        return redirect("rectification", found.parent.reference)
    offered = _offered(request, found)
    form = AddForm(posted(request), offered)
    if request.method == "POST":
        # Right and state are asked for before the form: whoever may not act is told so, not what is missing.
        access.require_any(request.user, found, rectifying.DEPARTMENT, rectifying.BUREAU)
        if form.is_valid():
            given = form.cleaned_data
            try:
                added = rectifying.add(
                    found,
                    request.user,
                    form.tasks(),
                    due_on=given["due_on"],
                    responsible=given["responsible"],
                    request=request,
                )
            except Invalid as problem:
                form.add_error(None, str(problem))
            except Refused as refusal:
                messages.warning(request, str(refusal))
                return redirect("rectification", ref)
            else:
                messages.success(request, f"已列出 {len(added)} 项整改。")
                return redirect("rectification", ref)
    return _page(request, found, form)


@require_POST
def rectify(request: HttpRequest, ref: str, number: str, action: str) -> HttpResponse:
    """反馈 退回重做 销号 调整 of one task; a second click finds it done, what was refused stays in a box."""
    found = access.get_evaluation(request.user, ref, "read_submitted")
    rectifying.demand(request.user, found, action)
    task = get_object_or_404(found.rectifications, number=int(number))
    task.evaluation = found
    text = request.POST.get("text", "")
    try:
        _perform(request, task, action, text)
    except Invalid as problem:
        refused = {"number": task.number, "action": action, "problem": str(problem), "text": text}
        return _page(request, found, AddForm(None, _offered(request, found)), refused=refused, status=400)
    except Refused as refusal:
        if not text.strip():
            messages.warning(request, str(refusal))
            return redirect("rectification", ref)
        found.refresh_from_db(fields=["state"])
        refused = {"number": task.number, "action": "", "problem": str(refusal), "text": text}
        return _page(request, found, AddForm(None, _offered(request, found)), refused=refused, status=409)
    messages.success(request, DONE[action])
    return redirect("rectification", ref)


@require_safe
def rectifications(request: HttpRequest) -> HttpResponse:
    """The tasks of all departments, those with the nearest date first."""
    demand(request, "evaluations.view_boards")
    wanted = _filter(request)
    page = paging.longest_first(_across(request, wanted), request.GET.get("after", ""), moment="due_on")
    context = {
        "filter": wanted,
        "page": page,
        "tasks": [tables.Line(one) for one in page.rows],
        "next_page": following(request, page),
        "query": urlencode({name: value for name, value in wanted.values().items() if value}),
    }
    return render(request, "rectification/list.html", context)


@require_safe
def rectifications_file(request: HttpRequest) -> HttpResponse:
    """The same list as a workbook, exactly as filtered; leaves an event."""
    demand(request, "evaluations.view_boards")
    wanted = _filter(request)
    found = list(_across(request, wanted).order_by("due_on", "pk"))
    content = xlsx.workbook(tables.sheets(found, wanted.told(), str(request.user)))
    asked = {name: str(value) for name, value in wanted.values().items() if value}
    detail = {"file": "xlsx", "count": len(found), "filter": asked} | narrowed(wanted.told())
    events.record(request.user, "export_rectifications", detail=detail, request=request)
    return download(content, xlsx.TYPE, "整改事项.xlsx")


def _perform(request: HttpRequest, task: Rectification, action: str, text: str) -> None:
    if action == "answer":
        rectifying.answer(task, request.user, text, request=request)
        return
    if action == "change":
        form = ChangeForm(request.POST)
        if not form.is_valid():
            raise Invalid("".join(error for errors in form.errors.values() for error in errors))
        rectifying.change(task, request.user, **form.cleaned_data, request=request)
        return
    services = {"redo": rectifying.redo, "confirm": rectifying.confirm, "reopen": rectifying.reopen}
    service = services[action]
    service(task, request.user, text, seen=request.POST.get("seen", ""), request=request)


def _offered(request: HttpRequest, found: Evaluation) -> remedies.Proposals:
    """Proposals for whoever may list tasks now."""
    rights = {rectifying.DEPARTMENT, rectifying.BUREAU} & access.allowed(request.user, found)
    content = frozen(found) if rights else None
    return remedies.proposals(content, rescoring.standing(found, content)) if content else NOTHING


def _page(
    request: HttpRequest,
    found: Evaluation,
    form: AddForm,
    *,
    refused: dict[str, object] | None = None,
    status: int = 0,
) -> HttpResponse:
    """`refused`: what was not done, with the words that were sent for it."""
    actions = access.allowed(request.user, found)
    tasks = list(found.rectifications.select_related("feedback_by", "confirmed_by", "created_by"))
    context = {
        "evaluation": found,
        "actions": actions,
        "may_add": bool({rectifying.DEPARTMENT, rectifying.BUREAU} & actions),
        "decided": found.state in access.DECIDED,
        "tasks": [tables.Line(one, actions) for one in tasks],
        "listed": {one.problem for one in tasks},
        "form": form,
        "proposals": [form[name] for name in ("lost", "problems", "measures")],
        "boxes": [form[name] for name in ("problem", "measure", "responsible", "due_on")],
        "decisions": DECISIONS,
        "refused": refused or {},
    }
    return render(request, "rectification/page.html", context, status=status or status_of(form))


def _filter(request: HttpRequest) -> RectificationFilter:
    regions = listing.regions(request.user, "evaluations.view_boards").values_list("code", "name")
    return RectificationFilter(request.GET, listing.years(request.user), list(regions))


def _across(request: HttpRequest, wanted: RectificationFilter) -> QuerySet[Rectification]:
    asked = wanted.values()
    return rectifying.across(request.user, **{**asked, "late": bool(asked["late"])})
