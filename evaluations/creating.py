"""Starting an evaluation: department, fiscal year, and the template version it is pinned to."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, count

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone

from indicators.engine.template import CompiledTemplate
from indicators.models import IndicatorTemplate
from indicators.models import State as TemplateState

from . import assessing, drafting, events, facts, sections, units
from .errors import Refused
from .models import (
    BudgetGrid,
    Department,
    Evaluation,
    FieldChange,
    FiscalYear,
    SectionData,
    State,
    TemplateAssignment,
    User,
)
from .rollout import running
from .wording import day


@transaction.atomic
def start_evaluation(
    department: Department,
    fiscal_year: FiscalYear,
    actor: User | None,
    *,
    reference: str | None = None,
    action: str = "start",
    request: HttpRequest | None = None,
) -> Evaluation:
    """A draft with an empty row for every step, on the template assigned to the department, else the year's.

    `reference`: `reference_of` when None. Rows that the template proposes and figures that it carries over
    from last year are filled in. Raises `PermissionDenied`, or `Refused` when the year is not open, has no
    published template, or has an evaluation already that is not voided.
    """
    if actor is not None and not actor.has_perm("evaluations.start", department):
        raise PermissionDenied("只有本单位的填报人可以新建自评。")
    # Whoever comes second waits here and then finds the first one's evaluation.
    department = Department.objects.select_for_update(no_key=True).get(pk=department.pk)
    fiscal_year = FiscalYear.objects.select_related("region", "template").get(pk=fiscal_year.pk)
    if reason := why_not(department, fiscal_year):
        raise Refused(reason)
    evaluation = Evaluation.objects.create(
        reference=reference or reference_of(department, fiscal_year.year),
        department=department,
        fiscal_year=fiscal_year,
        template=template_of(department, fiscal_year),
    )
    BudgetGrid.objects.get_or_create(department=department, year=fiscal_year.year)
    fill(evaluation, actor)
    if department.units.exists():
        units.recount((department.pk,))  # one of them may just be saving lines
    events.record(actor, action, evaluation=evaluation, request=request)
    running.wake()  # a newer version of the template may just be published
    return evaluation


def reference_of(department: Department, year: int) -> str:
    """The public reference: `2017-baojing-zgh`; `2017-baojing-zgh-2` after one that was voided.

    What another department's code makes the same (`baojing-zgh-2`) is passed over.
    """
    plain = f"{year}-{department.code}"
    others = Evaluation.objects.exclude(~Q(state=State.VOIDED), department=department)
    taken = set(others.filter(reference__startswith=plain).values_list("reference", flat=True))
    numbered = (f"{plain}-{number}" for number in count(2))
    return next(one for one in chain([plain], numbered) if one not in taken)


def why_not(department: Department, fiscal_year: FiscalYear) -> str:
    """Why the department cannot start an evaluation of that year now, as one sentence; "" when it can."""
    if department.evaluations.standing().filter(fiscal_year__year=fiscal_year.year).exists():
        return f"{department} {fiscal_year.year} 年度的自评已经建立，请在列表中打开。"
    return why_closed(department, fiscal_year, template_of(department, fiscal_year))


def template_of(department: Department, fiscal_year: FiscalYear) -> IndicatorTemplate | None:
    """On which the department starts: the one assigned to it, else the year's."""
    assigned = TemplateAssignment.objects.filter(fiscal_year=fiscal_year, department=department)
    found = assigned.select_related("template").first()
    return found.template if found else fiscal_year.template


def why_closed(department: Department, fiscal_year: FiscalYear, template: IndicatorTemplate | None) -> str:
    """As `why_not`, without asking whether the evaluation exists already; reads no database."""
    year = fiscal_year.year
    if not department.region_id.startswith(fiscal_year.region.prefix):
        return f"{fiscal_year}不适用于{department}。"
    if not department.is_active:
        return f"{department}已停用，不能新建自评。"
    if fiscal_year.closed:
        return f"{year} 年度的自评已经关闭，如需补报请联系财政局。"
    if fiscal_year.opens_on and timezone.localdate() < fiscal_year.opens_on:
        return f"{year} 年度的自评从 {day(fiscal_year.opens_on)} 开始填报。"
    if template is None:
        return f"{year} 年度还没有指定指标模板，请联系财政局绩效股。"
    if template.kind != "department":
        return f"指标模板“{template.title}”用于项目自评，不能用来新建单位自评，请联系财政局绩效股改选。"
    if template.state != TemplateState.PUBLISHED:
        return f"指标模板“{template.title}”{template.get_state_display()}，不能用来新建自评。"
    if not template.first_year <= year <= template.last_year:
        return f"指标模板“{template.title}”不适用于 {year} 年度。"
    return ""


def nearest(department: Department, years: Iterable[FiscalYear]) -> FiscalYear | None:
    """Of one year as several regions set it up, that of the department's own or closest region above it."""
    covering = [one for one in years if department.region_id.startswith(one.region.prefix)]
    return max(covering, key=lambda one: len(one.region.prefix), default=None)


def startable(departments: Iterable[Department]) -> list[tuple[Department, FiscalYear]]:
    """What could be started now: each department with its open years, newest first. Three queries."""
    departments = list(departments)
    standing = Evaluation.objects.standing().filter(department__in=departments)
    begun = set(standing.values_list("department_id", "fiscal_year__year"))
    assignments = TemplateAssignment.objects.filter(department__in=departments).select_related("template")
    assigned = {
        (one.fiscal_year_id, one.department_id): one.template
        for one in assignments.defer("template__content")
    }
    by_year: dict[int, list[FiscalYear]] = {}
    years = FiscalYear.objects.select_related("region", "template").defer("template__content")
    for one in years.order_by("-year"):
        by_year.setdefault(one.year, []).append(one)
    return [
        (department, found)
        for department in departments
        for year, set_up in by_year.items()
        if (department.pk, year) not in begun
        and (found := nearest(department, set_up))
        and not why_closed(department, found, assigned.get((found.pk, department.pk), found.template))
    ]


def fill(evaluation: Evaluation, actor: User | None) -> None:
    """The rows of all steps of a new evaluation, with proposed rows of tables and carried figures."""
    compiled = facts.compiled_of(evaluation)
    last_year = facts.previous(evaluation)
    rows, carried = [], []
    for section in compiled.spec.steps():
        content = _proposed(compiled, section.code)
        for code, one in sections.boxes(compiled, section.code).fields.items():
            if one.carry == "value" and code in last_year:
                content["fields"][code] = last_year[code]
                carried.append(sections.Change(f"{section.code}.{code}", "", last_year[code]))
        rows.append(SectionData(evaluation=evaluation, code=section.code, content=content))
    SectionData.objects.bulk_create(rows)
    drafting.log_changes(evaluation, carried, actor, FieldChange.Source.CARRIED)
    assessing.rewrite(evaluation)


def _proposed(compiled: CompiledTemplate, step: str) -> sections.Content:
    content = sections.empty()
    for table in sections.boxes(compiled, step).tables.values():
        content["tables"] |= sections.proposed(table)
    return content
