"""What the views of a step share: finding it, saying why it is locked, drawing its page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import quote

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from evaluations import access, assessing, classification, deadlines, facts, points
from evaluations.forms import grids
from evaluations.forms.section import Step, step_of
from evaluations.models import Evaluation, Thread, User
from evaluations.names import BUDGET
from evaluations.sections import new_row_id
from indicators.engine.compiled import CompiledTemplate

from . import lines
from .page import SectionPage
from .stored import Texts


class Gone(Http404):
    """The step was one of an earlier version of the template. `args[0]`: one Chinese sentence."""


def wanted(evaluation: Evaluation, code: str) -> Step:
    """The step of the template; raises `Http404` when it has none of that code, `Gone` when it had one."""
    step = step_of(facts.compiled_of(evaluation), code)
    if step is None and evaluation.sections.filter(code=code).exists():
        raise Gone("指标模板发布了新版，这一章已经取消；已经保存的内容留作备查。")
    if step is None:
        raise Http404("没有这一章。")
    return step


def unit_of(evaluation: Evaluation) -> str:
    """The unit of bare amounts on this evaluation's pages."""
    return facts.compiled_of(evaluation).spec.unit


@dataclass(frozen=True, slots=True)
class Asked:
    """A reviewer's point in the open step; `fragment`: the box it speaks of, "" for the whole step."""

    thread: Thread
    label: str
    fragment: str

    @property
    def awaits_answer(self) -> bool:
        return points.awaits_answer(self.thread)


def why_locked(user: User, evaluation: Evaluation) -> str:
    """Why this person cannot fill in now, as one sentence; "" when nothing is in the way."""
    try:
        access.require(user, evaluation, "edit")
    except PermissionDenied as refusal:
        return str(refusal)
    return ""


def window(texts: Texts, request: HttpRequest) -> Texts:
    """Of many budget lines those that `?row=` or `?at=` asks for."""
    at = request.GET.get("at", "")
    rows, cut = lines.cut(
        texts.rows.get(BUDGET, []),
        at=int(at) if at.isascii() and at.isdigit() and len(at) < 7 else 0,
        row=request.GET.get("row", ""),
    )
    return replace(texts, rows=texts.rows | {BUDGET: rows}, window=cut) if cut else texts


def show(
    request: HttpRequest,
    evaluation: Evaluation,
    step: Step,
    texts: Texts,
    *,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page of a step with `texts` in its boxes; `refusal` says why they were not stored."""
    locked = "" if refusal else why_locked(request.user, evaluation)
    assessment = assessing.assess(evaluation)
    _add_rows(texts, request.GET.get("more", ""), assessment.compiled)
    page = SectionPage(evaluation, step, texts, assessment, editable=not locked)
    context = {
        "page": page,
        "evaluation": evaluation,
        "editable": page.editable,
        "locked": locked,
        "refusal": refusal,
        "asked": _asked(evaluation, page) if evaluation.version and not locked else [],
        "deadline": deadlines.pending(evaluation),
        "late": deadlines.bar(evaluation),
    }
    if step.budget:
        context["code_lists"] = _code_lists(evaluation)
    return render(request, "filling/section.html", context, status=status)


def _asked(evaluation: Evaluation, page: SectionPage) -> list[Asked]:
    """The reviewer's open points in this step."""
    found = []
    for thread in points.of(evaluation):
        if not points.is_open(thread) or thread.evaluation_id != evaluation.pk:
            continue
        step, box = page.places.split(thread.location)
        if thread.location == page.step.code or step == page.step.code:
            label = page.title if thread.location == page.step.code else page.places.label(thread.location)
            fragment = "" if thread.location == page.step.code else quote(box, safe="")
            found.append(Asked(thread, label, fragment))
    return found


def _add_rows(texts: Texts, table: str, compiled: CompiledTemplate) -> None:
    if table in texts.rows:
        count = 1 if table in compiled.open_groups else grids.MORE_ROWS
        texts.rows[table] += [{"id": new_row_id()} for _ in range(count)]


def _code_lists(evaluation: Evaluation) -> dict[str, list[classification.Entry]]:
    year = evaluation.fiscal_year.year
    return {
        "codes-functional": list(classification.entries("functional", year).values()),
        "codes-economic": list(classification.entries("economic", year).values()),
    }
