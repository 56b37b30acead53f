"""项目支出绩效自评: the evaluations of a department's projects, children of its own evaluation.

The projects are those that the budget lines name (项目支出, 二级机构 included). Each is evaluated on a
template of its own (财预〔2020〕10号) and edited like any evaluation, by its own reference; it is sent,
frozen, returned and decided together with its department's (`workflow`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import count

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from indicators.engine.values import clean
from indicators.models import IndicatorTemplate
from indicators.models import State as TemplateState

from . import access, assessing, creating, events, facts, project_lines, signing
from .errors import Invalid, Refused
from .locking import lock_for_editing
from .models import BudgetLine, Evaluation, State, User
from .project_lines import ProjectBudget
from .rollout import running

__all__ = ["Owed", "ProjectBudget", "Tally", "give_up", "names_of", "of", "owed", "rename", "start_project"]


@dataclass(frozen=True, slots=True)
class Owed:
    """A project and its evaluation, None where there is none yet.

    `budget.name` is "" for 项目支出 without a name, which nobody can evaluate. `gone`: no budget line names
    the project any more; rename its evaluation, or give it up.
    """

    budget: ProjectBudget
    child: Evaluation | None
    gone: bool = False


def wanted(evaluation: Evaluation) -> bool:
    """Whether the evaluation's template asks for evaluations of projects."""
    return bool(facts.compiled_of(evaluation).spec.project_template)


def of(evaluation: Evaluation) -> QuerySet[Evaluation]:
    """The evaluations of its projects, in the order in which they were begun, with what their use needs.

    Not those given up; of a voided department's all.
    """
    voided = evaluation.state == State.VOIDED
    children = evaluation.projects.all() if voided else evaluation.projects.standing()
    return access.with_relations(children).order_by("id").prefetch_related("sections", "explanations")


def names_of(evaluation: Evaluation) -> tuple[ProjectBudget, ...]:
    """The projects that the budget lines name, in the order of the lines, as drafted or as frozen."""
    content = None if evaluation.editable else facts.frozen(evaluation)
    lines = content["lines"] if content else facts.lines_of_evaluation(evaluation)[0]
    return tuple(project_lines.budgets(lines).values())


def owed(evaluation: Evaluation) -> tuple[Owed, ...]:
    """Every project with its evaluation; none when the template does not ask for them."""
    if not wanted(evaluation):
        return ()
    budgets = {budget.name: budget for budget in names_of(evaluation)}
    children = {child.project: child for child in of(evaluation)}
    names = {**budgets, **children}
    return tuple(
        Owed(budgets.get(name, ProjectBudget(name)), children.get(name), name not in budgets)
        for name in names
    )


@dataclass(frozen=True, slots=True)
class Tally:
    """How many projects the budget lines of a department name, and how many of them have no evaluation."""

    projects: int
    missing: int

    def __str__(self) -> str:
        if not self.projects:
            return "预算明细里没有项目"
        rest = f"{self.missing} 个未自评" if self.missing else "都已建立自评"
        return f"{self.projects} 个项目，{rest}"


def tallies(evaluations: Iterable[Evaluation]) -> dict[int, Tally]:
    """By pk, of drafts whose template asks for projects and whose lines name some; two queries in all.

    What has been sent owes nothing, whatever the lines of a 二级机构 have become since.
    """
    asked = {one.pk: one for one in evaluations if one.editable and not one.parent_id and wanted(one)}
    if not asked:
        return {}
    begun: Mapping[int, set[str]] = defaultdict(set)
    children = Evaluation.objects.standing().filter(parent__in=asked)
    for pk, name in children.values_list("parent_id", "project"):
        begun[pk].add(name)
    named: Mapping[tuple[int | None, int], set[str]] = defaultdict(set)
    departments = {one.department_id for one in asked.values()}
    lines = BudgetLine.objects.filter(
        facts.reaching(departments),
        kind=BudgetLine.Kind.PROJECT,
        grid__year__in={one.fiscal_year.year for one in asked.values()},
    ).exclude(project="")
    columns = ("grid__department_id", "grid__department__parent_id", "grid__department__is_active")
    for owner, superior, active, year, name in lines.values_list(
        *columns, "grid__year", "project"
    ).distinct():
        named[owner, year].add(name)
        if active:
            named[superior, year].add(name)
    return {
        pk: Tally(len(names), len(names - begun[pk]))
        for pk, one in asked.items()
        if (names := named[one.department_id, one.fiscal_year.year])
    }


def template_for(parent: Evaluation) -> IndicatorTemplate:
    """The template for projects: the year's, else the newest of the code that the department's names.

    Raises `Refused` when there is none that fits.
    """
    code = facts.compiled_of(parent).spec.project_template
    if not code:
        raise Refused(f"指标模板“{parent.template.title}”不要求项目自评。")
    found = parent.fiscal_year.project_template
    if found is None:
        published = IndicatorTemplate.objects.filter(code=code, state=TemplateState.PUBLISHED)
        found = published.order_by("-version").first()
    if found is None:
        raise Refused(f"还没有已发布的项目自评模板“{code}”，请联系财政局绩效股。")
    year = parent.fiscal_year.year
    if found.kind != "project":
        raise Refused(f"指标模板“{found.title}”不是项目自评的模板，请联系财政局绩效股改选。")
    if found.state != TemplateState.PUBLISHED:
        raise Refused(f"项目自评模板“{found.title}”{found.get_state_display()}，请联系财政局绩效股改选。")
    if not found.first_year <= year <= found.last_year:
        raise Refused(f"项目自评模板“{found.title}”不适用于 {year} 年度，请联系财政局绩效股改选。")
    return found


@transaction.atomic
def start_project(
    parent: Evaluation, name: str, actor: User | None, request: HttpRequest | None = None
) -> Evaluation:
    """The draft of a project's evaluation, with an empty row for every step.

    `name` as a budget line names the project. Raises `Http404`, `PermissionDenied` and `Locked` as saving
    does, and `Refused` when no line names it, it has an evaluation already, or there is no template for it.
    """
    if parent.parent_id:
        raise Refused("项目自评下面不能再建项目自评，请回到单位自评。")
    parent = lock_for_editing(parent, actor)
    name = _named(parent, name)
    signing.lapse(parent, actor, request=request)
    child = Evaluation.objects.create(
        reference=_reference(parent),
        department=parent.department,
        fiscal_year=parent.fiscal_year,
        template=template_for(parent),
        parent=parent,
        project=name,
        **{column: getattr(parent, column) for column in ("state", "version", "return_reason")},
    )
    creating.fill(child, actor)
    assessing.rewrite(parent)
    events.record(actor, "start", evaluation=child, detail={"project": name}, request=request)
    running.wake()
    return child


@transaction.atomic
def rename(
    child: Evaluation, name: str, actor: User | None, request: HttpRequest | None = None
) -> Evaluation:
    """Let the evaluation follow its project to the name that the budget lines give it now.

    Raises what `start_project` raises.
    """
    child = lock_for_editing(child, actor)
    before, child.project = child.project, _named(_parent(child), name)
    signing.lapse(child, actor, request=request)
    child.save(update_fields=["project"])
    assessing.rewrite(child)
    assessing.rewrite(_parent(child))
    detail = {"from": before, "to": child.project}
    events.record(actor, "rename_project", evaluation=child, detail=detail, request=request)
    return child


@transaction.atomic
def give_up(child: Evaluation, actor: User | None, request: HttpRequest | None = None) -> Evaluation:
    """作废 the evaluation of a project that has gone from the budget lines; it stays readable.

    Raises what saving raises, and `Refused` while budget lines name the project.
    """
    child = lock_for_editing(child, actor)
    parent = _parent(child)
    if child.project in {budget.name for budget in names_of(parent)}:
        raise Refused(f"预算明细中有项目“{child.project}”，它的自评不能作废；如不是项目，请先改正预算明细。")
    signing.lapse(child, actor, request=request)
    detail = {"from": child.state, "to": State.VOIDED, "project": child.project}
    child.state = State.VOIDED
    child.save(update_fields=["state", "updated_at"])
    assessing.rewrite(parent)
    events.record(actor, "void", evaluation=child, detail=detail, request=request)
    return child


def _named(parent: Evaluation, name: str) -> str:
    """A name that lines bear and no evaluation has."""
    name = clean(name).strip()
    named = [budget.name for budget in names_of(parent) if budget.name]
    if not name:
        raise Invalid("没有选项目；项目支出请先在预算明细中写上项目名称。")
    if name not in named:
        raise Refused(f"预算明细中没有名为“{name}”的项目支出；请先在预算明细中填写。")
    if of(parent).filter(project=name).exists():
        raise Refused(f"项目“{name}”的自评已经建立，请在项目列表中打开。")
    return name


def _parent(child: Evaluation) -> Evaluation:
    return access.with_relations(Evaluation.objects.all()).get(pk=child.parent_id)


def _reference(parent: Evaluation) -> str:
    """The next number after all that were ever given, also to those given up.

    What another department's code makes the same (`baojing-zgh-p2`) is passed over.
    """
    head = f"{parent.reference}-p"
    given = parent.projects.values_list("reference", flat=True)
    last = max((int(one.removeprefix(head)) for one in given), default=0)
    taken = set(Evaluation.objects.filter(reference__startswith=head).values_list("reference", flat=True))
    return next(one for number in count(last + 1) if (one := f"{head}{number}") not in taken)
