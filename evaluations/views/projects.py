"""项目自评: which of the department's projects are evaluated, and beginning what is owed."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from evaluations import access, assessing, facts, projects
from evaluations.errors import ServiceError
from evaluations.models import Evaluation
from evaluations.projects import Owed
from indicators.engine.spec import Field
from indicators.engine.values import MISSING, show

from . import steps
from .findings import Findings, Shown
from .places import Places

MONEY, RATE = Field("projects", "金额"), Field("projects", "执行率", "percent")
#: Projects of which the department's check page lists findings, each assessed anew, and how many of each; the
#: rest is counted, and told on the project's own page.
MOST_PROJECTS = 5
MOST = 8


@dataclass(frozen=True, slots=True)
class Entry:
    """One project as the page shows it; amounts in the template's unit, "" for 未填."""

    owed: Owed
    final: str
    executed: str
    rate: str

    @property
    def name(self) -> str:
        return self.owed.budget.name

    @property
    def child(self) -> Evaluation | None:
        return self.owed.child

    @property
    def state(self) -> str:
        """未建, 填写中 or 完成: whether nothing more is to be put right or explained."""
        if self.child is None:
            return "未建"
        return "填写中" if self.child.must_fix or self.child.unexplained else "完成"


@dataclass(frozen=True)
class Part:
    """What still stands in a project's evaluation, for its department's check page.

    `findings`: None where they are only counted.
    """

    child: Evaluation
    findings: Findings | None

    @cached_property
    def standing(self) -> tuple[Shown, ...]:
        return (*self.findings.must_fix, *self.findings.owed) if self.findings else ()

    @property
    def listed(self) -> tuple[Shown, ...]:
        return self.standing[:MOST]

    @property
    def further(self) -> int:
        """How many that are no empty boxes are not listed."""
        return max(len(self.standing) - MOST, 0)

    @property
    def unfilled(self) -> int:
        """How many boxes are empty."""
        return len(self.findings.unfilled) if self.findings else 0

    @property
    def count(self) -> int:
        """Everything to be done, empty boxes too."""
        return self.child.must_fix + self.child.unexplained


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, ref: str) -> HttpResponse:
    """The projects with their budget and the state of their evaluations; a POST begins, renames or gives up.

    `do` is `start` (with the project's `name`), `rename` (of `child` to `name`) or `give-up` (`child`).
    """
    found = access.get_evaluation(request.user, ref, "read")
    if found.parent:
        return redirect("projects", found.parent.reference)
    if request.method == "POST":
        return _perform(request, found)
    owed = projects.owed(found)
    context = {
        "evaluation": found,
        "unit": steps.unit_of(found),
        "wanted": projects.wanted(found),
        "entries": [_entry(one, steps.unit_of(found)) for one in owed if one.budget.name],
        "nameless": next((one for one in owed if not one.budget.name), None),
        "free": [one.budget.name for one in owed if one.budget.name and one.child is None],
        "editable": "edit" in access.allowed(request.user, found),
        "locked": steps.why_locked(request.user, found),
        "budget_step": _budget_step(found),
    }
    return render(request, "filling/projects.html", context)


def standing(evaluation: Evaluation) -> list[Part]:
    """The projects of a draft in whose evaluations something is still to be done; of the first ones what."""
    if not evaluation.editable or not projects.wanted(evaluation):
        return []
    children = [child for child in projects.of(evaluation) if child.must_fix or child.unexplained]
    listed = [Part(child, _findings(child)) for child in children[:MOST_PROJECTS]]
    return [*listed, *(Part(child, None) for child in children[MOST_PROJECTS:])]


def _findings(child: Evaluation) -> Findings:
    assessment = assessing.assess(child)
    return Findings.of(assessment, Places(child.reference, assessment.figures))


def _perform(request: HttpRequest, found: Evaluation) -> HttpResponse:
    do, name = request.POST.get("do", "start"), request.POST.get("name", "")
    children = {child.reference: child for child in projects.of(found)}
    child = children.get(request.POST.get("child", ""))
    try:
        if do == "rename" and child:
            projects.rename(child, name, request.user, request=request)
            messages.success(request, f"项目自评已改用名称“{name}”。")
        elif do == "give-up" and child:
            projects.give_up(child, request.user, request=request)
            messages.success(request, f"项目自评“{child.project}”已作废。")
        elif do == "start":
            child = projects.start_project(found, name, request.user, request=request)
            return redirect("evaluation", child.reference)
        else:
            messages.warning(request, "这份项目自评已经不在列表中，请按现在的列表办理。")
    except ServiceError as refusal:
        messages.error(request, str(refusal))
    return redirect("projects", found.reference)


def _entry(one: Owed, unit: str) -> Entry:
    final, executed = one.budget.final, one.budget.executed
    rate = show(executed / final * 100, RATE) if final and executed is not None else ""
    return Entry(one, _shown(final, unit), _shown(executed, unit), rate)


def _shown(amount: Decimal | None, unit: str) -> str:
    return show(MISSING if amount is None else amount, MONEY, unit)


def _budget_step(found: Evaluation) -> str:
    """The page on which the budget lines are filled in; "" where the template has none."""
    step = facts.compiled_of(found).step_of.get("lines", "")
    return f"{reverse('section', args=[found.reference, step])}#lines" if step else ""
