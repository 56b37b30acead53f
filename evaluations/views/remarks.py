"""审核意见 核定 复核分 底稿: what reviewers say and give, and the department's list of points."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from evaluations import access, judging, points, rescoring, reviewing, worksheets
from evaluations.errors import Conflict, Invalid, Refused
from evaluations.models import Evaluation, User

from .desk import Entry, Refusal, checks_posted, remarks_of, review_page, version_seen, whole_number
from .places import Places


@require_http_methods(["GET", "HEAD", "POST"])
def remarks(request: HttpRequest, ref: str) -> HttpResponse:
    """The points of a report, to mend and to answer; POST raises one (reviewers)."""
    found = access.get_evaluation(request.user, ref, "read_submitted")
    if request.method != "POST":
        return _list(request, found)
    location, text = request.POST.get("location", ""), request.POST.get("text", "")
    try:
        points.raise_point(
            found, location, text, request.user, version=version_seen(request), request=request
        )
    except (Invalid, Refused) as problem:
        return review_page(request, found, Refusal("raise", str(problem), text, location), status=400)
    messages.success(request, "意见已提出，单位现在可以看到。")
    return redirect(f"{reverse('review', args=[ref])}{_same_view(request)}#points")


@require_POST
def remark(request: HttpRequest, ref: str, number: int) -> HttpResponse:
    """Answer a point, or (`do=settle`) settle it."""
    found = access.get_evaluation(request.user, ref, "read_submitted")
    bureau = _speaks_for_bureau(request.user, found)
    access.require(request.user, found, "review" if bureau else "reply")
    thread = points.get(found, number)
    if thread is None:
        raise Http404("没有这条意见。")
    text = request.POST.get("text", "")
    try:
        if request.POST.get("do") == "settle":
            points.settle(thread, request.user, version=version_seen(request), request=request)
            messages.success(request, "这条意见已办结。")
        else:
            points.reply(thread, text, request.user, version=version_seen(request), request=request)
            messages.success(request, "已保存，审核人可以看到。" if not bureau else "已保存，单位可以看到。")
    except (Invalid, Refused) as problem:
        refusal = Refusal(f"point-{number}", str(problem), text)
        if bureau:
            return review_page(request, found, refusal, status=400)
        return _list(request, found, refusal, status=400)
    return redirect(f"{reverse('review', args=[ref])}#points" if bureau else reverse("remarks", args=[ref]))


@require_POST
def judge(request: HttpRequest, ref: str) -> HttpResponse:
    """Accept or reject an explanation."""
    found = access.get_evaluation(request.user, ref, "read_submitted")
    fingerprint, remark = request.POST.get("fingerprint", ""), request.POST.get("remark", "")
    accepted = request.POST.get("verdict") == "accepted"
    key = f"finding-{fingerprint[:12]}"
    try:
        judging.judge(
            found, fingerprint, accepted, remark, request.user, version=version_seen(request), request=request
        )
    except (Invalid, Refused) as problem:
        return review_page(request, found, Refusal(key, str(problem), remark), status=400)
    messages.success(request, "已认可这条说明。" if accepted else "没有认可这条说明，已列入审核意见。")
    return redirect(f"{reverse('review', args=[ref])}#judged-{fingerprint[:12]}")


@require_POST
def scores(request: HttpRequest, ref: str) -> HttpResponse:
    """Give one indicator its 复核分, or take it back."""
    found = access.get_evaluation(request.user, ref, "read_submitted")
    code, typed, reason = (request.POST.get(name, "") for name in ("code", "points", "reason"))
    key = f"score-{code}"
    try:
        sheet = rescoring.review_score(
            found, code, typed, reason, request.user, version=version_seen(request), request=request
        )
    except (Invalid, Refused) as problem:
        return review_page(request, found, Refusal(key, str(problem), reason, typed), status=400)
    total = "" if sheet is None or sheet.total is None else f"，复核总分 {sheet.total_text} 分"
    messages.success(request, f"复核分已保存{total}。" if typed.strip() else f"复核分已取消{total}。")
    return redirect(f"{reverse('review', args=[ref])}#{key}")


@require_POST
def worksheet(request: HttpRequest, ref: str) -> HttpResponse:
    """Save the checklist and the drafted opinion."""
    found = access.get_evaluation(request.user, ref, "read_submitted")
    checks = checks_posted(request.POST)
    opinion, revision = request.POST.get("opinion", ""), request.POST.get("revision", "")
    try:
        worksheets.save(
            found,
            checks,
            opinion,
            whole_number(revision),
            request.user,
            version=version_seen(request),
            request=request,
        )
    except (Invalid, Refused) as problem:
        return review_page(request, found, Refusal("worksheet", str(problem), opinion), status=400)
    except Conflict as conflict:
        return review_page(request, found, Refusal("worksheet", str(conflict), opinion), status=409)
    messages.success(request, "底稿已保存，只有财政部门看得到。")
    return redirect(f"{reverse('review', args=[ref])}#worksheet")


def _same_view(request: HttpRequest) -> str:
    """The query that keeps the middle of the page as it was."""
    return "?view=figures" if request.GET.get("view") == "figures" else ""


def _list(
    request: HttpRequest, found: Evaluation, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    actions = access.allowed(request.user, found)
    content = reviewing.choose(found, actions, "").content
    review = reviewing.Review(content)
    entries = remarks_of(found, review, content)
    if "edit" in actions:
        entries = [replace(one, url=_to_mend(one, review)) for one in entries]
    context = {"evaluation": found, "actions": actions, "refusal": refusal, "entries": entries}
    return render(request, "review/remarks.html", context, status=status)


def _to_mend(entry: Entry, review: reviewing.Review) -> str:
    """The page of the box that a point speaks of; of a project's that of its first step."""
    thread = entry.remark.thread
    if entry.project:
        return reverse("evaluation", args=[thread.evaluation.reference])
    if not entry.remark.step:
        return ""
    places = Places(thread.evaluation.reference, review.figures_of)
    return places.url(thread.location) if "." in thread.location else places.section_url(entry.remark.step)


def _speaks_for_bureau(user: User, found: Evaluation) -> bool:
    return points.is_bureau(access.acting(user, found).roles)
