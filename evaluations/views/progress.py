"""The year's task, and how far the departments are: 下达任务 催办 延期."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from evaluations import paging, tasks
from evaluations.forms.years import ProgressFilter, ProgressForm, TaskForm
from evaluations.models import FiscalYear

from .answers import done, posted, refused, show
from .boards import following
from .years import managed


@require_http_methods(["GET", "HEAD", "POST"])
def year_task(request: HttpRequest, region: str, number: int) -> HttpResponse:
    """Issue the year's task, or issue it anew with another text."""
    found = managed(request, region, number)
    form = TaskForm(posted(request), initial={"text": found.task})
    if form.is_valid():
        with refused(form):
            before = found.issued_at
            issued = tasks.issue(request.user, found, form.cleaned_data["text"], request=request)
            sentence = (
                "任务通知没有变化，不必补发。" if issued.issued_at == before else "任务已下达，已通知各单位。"
            )
            return done(request, sentence, "year", region, number)
    return show(request, "boards/year_task.html", form, year=found)


@require_http_methods(["GET", "HEAD", "POST"])
def year_progress(request: HttpRequest, region: str, number: int) -> HttpResponse:
    """How each department stands; POST reminds those that are ticked, or extends their deadline."""
    found = managed(request, region, number)
    form = ProgressForm(posted(request), fiscal_year=found)
    if form.is_valid():
        with refused(form):
            messages.success(request, _act(request, found, form))
            return redirect(request.get_full_path())
    wanted = ProgressFilter(request.GET)
    page = paging.alphabetical(tasks.narrowed(found, **wanted.values()), request.GET.get("after", ""), "code")
    return show(
        request,
        "boards/year_progress.html",
        form,
        year=found,
        filter=wanted,
        page=page,
        standings=tasks.standings(found, page.rows),
        ticked=set(request.POST.getlist("departments")),
        next_page=following(request, page),
    )


def _act(request: HttpRequest, found: FiscalYear, form: ProgressForm) -> str:
    """Do what the form asks; returns what was done as one sentence."""
    given, departments = form.cleaned_data, form.chosen()
    if given["do"] == ProgressForm.EXTEND:
        changed = tasks.extend(
            request.user, found, departments, given["due_on"], given["reason"], request=request
        )
        return f"已给 {changed} 个单位延期。"
    outcome = tasks.remind(request.user, found, departments, request=request)
    parts = [f"已催办 {outcome.told} 个单位"]
    if outcome.needless:
        parts.append(f"{outcome.needless} 个单位已经送审或今天已经催过，没有重复催办")
    if outcome.nobody:
        names = "、".join(str(one) for one in outcome.nobody[:5])
        parts.append(f"{names}{'等' if len(outcome.nobody) > 5 else ''}没有填报人和负责人，通知不到")
    return "；".join(parts) + "。"
