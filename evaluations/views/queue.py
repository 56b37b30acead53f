"""The reviewer's queue, what is kept of it by name, and what is done to many reports at once."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from evaluations import access, approving, desk, paging, queueing
from evaluations.forms.queue import AssignForm, QueueFilter

from .answers import demand, told
from .boards import following


@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """One line a report that waits, the longest waiting first."""
    demand(request, queueing.PERMISSION)
    wanted = QueueFilter(request.GET, queueing.choices(request.user))
    found = queueing.narrow(queueing.waiting(request.user), wanted.values())
    counts = queueing.counts(request.user, found)
    rows = queueing.of_tab(request.user, found, wanted.tab)
    page = paging.longest_first(rows, request.GET.get("after", ""), moment="submitted_at")
    leads = request.user.has_perm("evaluations.manage_year")
    context = {
        "filter": wanted,
        "tabs": [
            (label, urlencode(wanted.asked(tab=tab)), counts[tab], tab == wanted.tab)
            for tab, label in queueing.TABS.items()
            if tab != "second" or leads or counts[tab]
        ],
        "lines": queueing.lines(request.user, page.rows),
        "page": page,
        "next_page": following(request, page),
        "asked": urlencode(wanted.asked()),
        "kept": request.user.saved_filters.all(),
        "assign_form": AssignForm(reviewers=desk.reviewers_under(request.user)) if leads else None,
        "longest_wait": queueing.LONGEST_WAIT,
    }
    return render(request, "queue/queue.html", context)


@require_POST
def filter_keep(request: HttpRequest) -> HttpResponse:
    """Keep the filter under a name; only what the queue can read of it is kept."""
    demand(request, queueing.PERMISSION)
    wanted = QueueFilter(QueryDict(request.POST.get("query", "")), queueing.choices(request.user))
    query = urlencode(wanted.asked())
    with told(request):
        kept = desk.keep_filter(request.user, request.POST.get("name", ""), query, request=request)
        messages.success(request, f"已保存常用条件“{kept.name}”。")
    return _back(query)


@require_POST
def filter_drop(request: HttpRequest, number: int) -> HttpResponse:
    """Forget one of one's own filters."""
    demand(request, queueing.PERMISSION)
    desk.drop_filter(request.user, number, request=request)
    return _back(request.POST.get("back", ""))


@require_http_methods(["GET", "HEAD", "POST"])
def approve(request: HttpRequest) -> HttpResponse:
    """What stands in the way of the chosen reports; POST approves those that were shown as fine.

    A POST of the queue only chooses, and is led on to the page that shows them.
    """
    demand(request, queueing.PERMISSION)
    back = request.POST.get("back", "") or request.GET.get("back", "")
    if "shown" in request.POST:
        shown = dict(_marked(one) for one in request.POST.getlist("shown")[: approving.MOST])
        outcomes = approving.approve(request.user, shown.items(), request=request)
        context = {"outcomes": outcomes, "done": sum(one.done for one in outcomes), "back": back}
        return render(request, "queue/approved.html", context)
    chosen = list(dict.fromkeys((request.POST or request.GET).getlist("report")))[: approving.MOST]
    if not chosen:
        messages.warning(request, "请先勾选要批准的报告，再点“批准所选”。")
        return _back(back)
    if request.method == "POST":
        query = urlencode([("report", one) for one in chosen] + [("back", back)])
        return redirect(f"{reverse('queue_approve')}?{query}")
    found = approving.candidates(request.user, chosen)
    context = {
        "fine": [one for one in found if not one.obstacles],
        "barred": [one for one in found if one.obstacles],
        "missing": len(chosen) - len(found),
        "back": back,
    }
    return render(request, "queue/approve.html", context)


@require_POST
def queue_assign(request: HttpRequest) -> HttpResponse:
    """Put the chosen reports on somebody's desk."""
    demand(request, "evaluations.manage_year")
    back = request.POST.get("back", "")
    form = AssignForm(request.POST, reviewers=desk.reviewers_under(request.user))
    chosen = list(dict.fromkeys(request.POST.getlist("report")))[: approving.MOST]
    if not chosen:
        messages.warning(request, "请先勾选要分派的报告。")
    elif not form.is_valid():
        messages.error(request, form.errors["reviewer"][0])
    else:
        reviewer = form.cleaned_data["reviewer"]
        count, refusals = desk.assign_all(chosen, reviewer, request.user, request=request)
        if count:
            messages.success(request, f"已分派给{reviewer}：{count} 份。")
        for sentence in refusals:
            messages.error(request, sentence)
    return _back(back)


@require_POST
def assign(request: HttpRequest, ref: str) -> HttpResponse:
    """Put one report on somebody's desk."""
    found = access.get_evaluation(request.user, ref, "assign")
    form = AssignForm(request.POST, reviewers=desk.reviewers_of(found.department.region))
    if not form.is_valid():
        messages.error(request, form.errors["reviewer"][0])
    else:
        with told(request):
            reviewer = form.cleaned_data["reviewer"]
            desk.assign(found, reviewer, request.user, request=request)
            messages.success(request, f"已分派给{reviewer}。")
    return redirect("review", ref)


def _marked(shown: str) -> tuple[str, str]:
    """The reference and the mark of a report that was shown."""
    reference, _, mark = shown.rpartition("~")
    return reference, mark


def _back(query: str) -> HttpResponse:
    """To the queue, narrowed as before; whatever came as `query` stays a query."""
    kept = urlencode(parse_qsl(query)[:20])
    return redirect(f"{reverse('queue')}?{kept}" if kept else "queue")
