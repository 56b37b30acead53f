"""得分与审核 beside a step, explanations, and the page 检查并送审."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from evaluations import access, assessing, deadlines, drafting, points, resubmission, signing
from evaluations.assessing import Assessment
from evaluations.errors import Invalid, Locked, Refused
from evaluations.locking import stamp
from evaluations.models import Evaluation, State

from . import desk, projects, steps, stored
from .deeds import Deed, deeds
from .findings import Findings
from .page import SectionPage
from .panel import Panel, Refusal
from .places import Places
from .projects import Part


@require_POST
def explain(request: HttpRequest, ref: str) -> HttpResponse:
    """Explain one finding. A script gets the renewed parts of its page; else back to the check page."""
    found = access.get_evaluation(request.user, ref, "read")
    code, fingerprint, text = (request.POST.get(name, "") for name in ("code", "fingerprint", "text"))
    scripted = "application/json" in request.headers.get("Accept", "")
    try:
        assessment = drafting.explain(found, code, fingerprint, text, request.user, request=request)
    except (Invalid, Refused, Locked) as refusal:
        if scripted:
            return JsonResponse({"message": str(refusal)}, status=422)
        return check_page(request, found, Refusal(fingerprint, text, str(refusal)), status=422)
    if scripted:
        step = request.POST.get("step", "")
        return JsonResponse({"parts": _renewed(request, found, assessment, step) if step else {}})
    messages.success(request, "说明已保存。")
    return redirect(f"{reverse('check', args=[ref])}#finding-{fingerprint[:12]}")


@require_safe
def check(request: HttpRequest, ref: str) -> HttpResponse:
    """检查并送审: what is wrong or owed, the score with its working, whether it can be submitted."""
    return check_page(request, access.get_evaluation(request.user, ref, "read"))


def check_page(
    request: HttpRequest,
    found: Evaluation,
    refused: Refusal | None = None,
    *,
    sending: desk.Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    """`refused`: an explanation that was not stored; `sending`: why the report was not sent."""
    actions = access.allowed(request.user, found)
    shown = _panel(request, found, assessing.assess(found), "")
    shown.refused = refused
    parts = projects.standing(found)
    reasons = why_not(shown.findings, parts)
    if found.editable and resubmission.unchanged(found, shown.assessment):
        reasons.append(f"内容和被退回的第 {found.returned_version} 版完全一样")
    offered = _sending(request, found, actions)
    context = {
        "evaluation": found,
        "panel": shown,
        "findings": shown.findings,
        "editable": shown.editable,
        "locked": _locked(request, found),
        "deadline": deadlines.pending(found),
        "late": deadlines.bar(found),
        "deeds": offered,
        "to_sign": any(deed.action == "request_signature" for deed in offered),
        "may_sign": any(deed.action == "decline" for deed in offered),
        "declined": signing.declined(found),
        "sending": sending,
        "seen": stamp(found),
        "resubmission": found.returned_version,
        "unanswered": len(points.unanswered(found)) if found.version and found.editable else 0,
        "may_void": "void" in actions,
        "projects": parts,
        "why_not": reasons,
        "first_step": reverse(
            "section", args=[found.reference, shown.assessment.compiled.spec.steps()[0].code]
        ),
    }
    return render(request, "filling/check.html", context, status=status)


def _sending(request: HttpRequest, found: Evaluation, actions: frozenset[str]) -> list[Deed]:
    """送签, 签字并送审, 退签: what brings the report on from here."""
    roles = access.acting(request.user, found).roles
    return [one for one in deeds(found, actions, roles) if one.action in desk.SENDING]


def _locked(request: HttpRequest, found: Evaluation) -> str:
    """Why nothing can be changed now: for everybody the state, else what keeps this person out."""
    if not found.editable:
        return access.WHY_LOCKED[State(found.state)]
    return steps.why_locked(request.user, found)


def why_not(findings: Findings, parts: list[Part]) -> list[str]:
    """What keeps the evaluation from being submitted, one sentence each; `parts`: its projects' share."""
    reasons = []
    if findings.must_fix:
        reasons.append(f"有 {len(findings.must_fix)} 项必须改正")
    if findings.unfilled:
        reasons.append(f"有 {len(findings.unfilled)} 项还没有填写")
    if findings.owed:
        reasons.append(f"有 {len(findings.owed)} 项还没有说明")
    if parts:
        reasons.append(f"{len(parts)} 份项目自评里还有 {sum(part.count for part in parts)} 项要处理")
    return reasons


def _panel(request: HttpRequest, found: Evaluation, assessment: Assessment, step: str) -> Panel:
    places = Places(found.reference, assessment.figures)
    findings = Findings.of(assessment, places)
    editable = "edit" in access.allowed(request.user, found)
    return Panel(found, assessment, findings, places, step, editable=editable)


def _renewed(request: HttpRequest, found: Evaluation, assessment: Assessment, step: str) -> dict[str, str]:
    """The panel, the list of steps, and the notes under the boxes of the step that is open."""
    wanted = steps.wanted(found, step)
    texts = stored.read(found, wanted, steps.unit_of(found))
    parts = SectionPage(found, wanted, texts, assessment, editable=True).parts(request)
    return {
        name: html
        for name, html in parts.items()
        if name in ("steps", "panel-body") or name.startswith("notes-")
    }
