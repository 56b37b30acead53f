"""预算年度: when a region's departments fill in, and on which templates they start."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest

from indicators.engine.values import clean
from indicators.models import IndicatorTemplate
from indicators.models import State as TemplateState

from . import events
from .errors import Invalid
from .models import Department, Evaluation, FiscalYear, Region, State, TemplateAssignment, User
from .rollout import running
from .rollout import targets as rollout

#: The longest checklist, and its longest item in characters.
MOST_ITEMS, LONGEST_ITEM = 20, 100


@transaction.atomic
def set_year(
    actor: User | None,
    region: Region,
    year: int,
    *,
    template: IndicatorTemplate,
    opens_on: date | None,
    due_on: date | None,
    project_template: IndicatorTemplate | None = None,
    public_page: bool = False,
    public_body: str = "",
    two_step: bool = False,
    checklist: str = "",
    request: HttpRequest | None = None,
) -> FiscalYear:
    """Open a year for all departments of a region, or change it; evaluations begun keep their template.

    `project_template`: on which projects are evaluated (None: the newest that a department's template names).
    `public_page`: whether what is published can be read without signing in, `public_body` in whose name.
    `two_step`: 初审 and 复核 by two people; `checklist`: what reviewers tick, one item a line. Both hold at
    once for all reports that are not decided. Raises `PermissionDenied`, or `Invalid` when a template is not
    meant for this region and year, the dates run backwards, or the checklist is too long.
    """
    _demand(actor, region)
    before = FiscalYear.objects.filter(region=region, year=year).first()
    _refuse_unfit(region, year, template, "department", before)
    if project_template:
        _refuse_unfit(region, year, project_template, "project", before)
    if opens_on and due_on and due_on < opens_on:
        raise Invalid(f"截止日期 {due_on} 早于开始填报日期 {opens_on}，请核对。")
    defaults = {"template": template, "project_template": project_template}
    defaults |= {"opens_on": opens_on, "due_on": due_on}
    defaults |= {"public_page": public_page, "public_body": public_body.strip()}
    items = _items(checklist)
    defaults |= {"two_step": two_step, "checklist": "\n".join(items)}
    fiscal_year, _ = FiscalYear.objects.update_or_create(region=region, year=year, defaults=defaults)
    detail = {
        "region": region.code,
        "year": year,
        "template": _told(template),
        "project_template": _told(project_template),
        "opens_on": opens_on.isoformat() if opens_on else "",
        "due_on": due_on.isoformat() if due_on else "",
        "public_page": "打开" if public_page else "",
        "review": "初审、复核两步" if two_step else "一次审核",
        "checklist": "；".join(items),
    }
    events.record(actor, "set_year", detail=detail, request=request)
    return fiscal_year


@transaction.atomic
def set_closed(
    actor: User | None, fiscal_year: FiscalYear, closed: bool, *, request: HttpRequest | None = None
) -> FiscalYear:
    """Close a year, so that nothing of it is begun, filled in or sent any more, or open it again.

    Doing so twice changes nothing. Raises `PermissionDenied`.
    """
    _demand(actor, fiscal_year.region)
    current = FiscalYear.objects.select_for_update(of=("self",)).get(pk=fiscal_year.pk)
    if current.closed == closed:
        return current
    current.closed = closed
    current.save(update_fields=["closed"])
    detail = {"region": current.region_id, "year": current.year}
    events.record(actor, "close_year" if closed else "reopen_year", detail=detail, request=request)
    if not closed:
        running.reopened(current, actor)
    return current


@transaction.atomic
def assign_template(
    actor: User | None,
    fiscal_year: FiscalYear,
    departments: Collection[Department],
    template: IndicatorTemplate | None,
    *,
    request: HttpRequest | None = None,
) -> int:
    """Let departments start the year on a template of their own; None: on the year's again.

    Returns for how many it changed. Raises `PermissionDenied`, or `Invalid` when the template does not fit, a
    department is not of this region, or has begun already (what has begun keeps its template).
    """
    _demand(actor, fiscal_year.region)
    if template is not None:
        _refuse_unfit(fiscal_year.region, fiscal_year.year, template, "department", None)
    begun = set(
        Evaluation.objects.standing()
        .filter(department__in=departments, fiscal_year__year=fiscal_year.year)
        .values_list("department_id", flat=True)
    )
    changed = 0
    for department in departments:
        if not department.region_id.startswith(fiscal_year.region.prefix):
            raise Invalid(f"{department}不在{fiscal_year.region}，不能在这里指定模板。")
        if department.pk in begun:
            raise Invalid(
                f"{department}已经开始 {fiscal_year.year} 年度自评，模板不再改变；"
                "要换模板，请单位先作废原来的自评。"
            )
        changed += _assign(actor, fiscal_year, department, template, request)
    return changed


def published(kind: str, beside: Collection[int | None] = ()) -> QuerySet[IndicatorTemplate]:
    """The published templates for 部门整体 (`department`) or 项目支出 (`project`), without their content.

    Not what a newer version has replaced in all its years, except those of `beside` (pks).
    """
    found = IndicatorTemplate.objects.filter(state=TemplateState.PUBLISHED, kind=kind).defer("content")
    newer = IndicatorTemplate.objects.filter(
        **{name: OuterRef(name) for name in ("code", "kind", "region_code", "state")},
        version__gt=OuterRef("version"),
        first_year__lte=OuterRef("first_year"),
        last_year__gte=OuterRef("last_year"),
    )
    return found.filter(~Exists(newer) | Q(pk__in=[pk for pk in beside if pk]))


def in_force() -> IndicatorTemplate | None:
    """The template to begin a new year on: of those for departments the newest that holds longest."""
    return published("department").order_by("-last_year", "-published_at", "-pk").first()


def assignable(fiscal_year: FiscalYear) -> QuerySet[IndicatorTemplate]:
    """The published templates for departments that are meant for this year and region."""
    found = published("department").filter(first_year__lte=fiscal_year.year, last_year__gte=fiscal_year.year)
    regions = set(found.values_list("region_code", flat=True))
    return found.filter(region_code__in=[code for code in regions if _meant_for(code, fiscal_year.region)])


@dataclass(frozen=True, slots=True)
class Start:
    """A department in a year: its standing evaluation (None: not begun), and the template assigned to it."""

    department: Department
    evaluation: Evaluation | None
    assigned: IndicatorTemplate | None


def departments(fiscal_year: FiscalYear) -> QuerySet[Department]:
    """The departments in use that start by this year: none of a region below with a year of its own."""
    found = Department.objects.filter(
        region__code__startswith=fiscal_year.region.prefix, is_active=True
    ).select_related("region")
    below = FiscalYear.objects.filter(
        year=fiscal_year.year, region__code__startswith=fiscal_year.region.prefix
    ).exclude(pk=fiscal_year.pk)
    for other in below.select_related("region"):
        if len(other.region.prefix) > len(fiscal_year.region.prefix):
            found = found.exclude(region__code__startswith=other.region.prefix)
    return found


def starts(fiscal_year: FiscalYear, rows: Collection[Department]) -> list[Start]:
    """How each of these departments stands in the year. Two queries."""
    standing = Evaluation.objects.standing().whole()
    begun = standing.filter(department__in=rows, fiscal_year__year=fiscal_year.year).select_related(
        "template"
    )
    evaluations = {one.department_id: one for one in begun.defer("sheet", "template__content")}
    chosen = fiscal_year.assignments.filter(department__in=rows).select_related("template")
    assigned = {one.department_id: one.template for one in chosen.defer("template__content")}
    return [Start(one, evaluations.get(one.pk), assigned.get(one.pk)) for one in rows]


def progress(fiscal_year: FiscalYear) -> list[tuple[str, int]]:
    """How many departments have not begun, and how many reports are in each state; without zeros."""
    reports = Evaluation.objects.standing().whole().filter(fiscal_year=fiscal_year)
    counts = dict(reports.order_by().values_list("state").annotate(Count("pk")))
    idle = departments(fiscal_year).exclude(
        pk__in=Evaluation.objects.standing().filter(fiscal_year__year=fiscal_year.year).values("department")
    )
    found = [("还没有开始", idle.count())]
    found += [(state.label, counts.get(state, 0)) for state in State]
    return [(label, count) for label, count in found if count]


def _assign(
    actor: User | None,
    fiscal_year: FiscalYear,
    department: Department,
    template: IndicatorTemplate | None,
    request: HttpRequest | None,
) -> bool:
    rows = TemplateAssignment.objects.filter(fiscal_year=fiscal_year, department=department)
    before = rows.values_list("template_id", flat=True).first()
    if before == (template.pk if template else None):
        return False
    if template is None:
        rows.delete()
    else:
        rows.update_or_create(fiscal_year=fiscal_year, department=department, defaults={"template": template})
    detail = {"year": fiscal_year.year, "template": _told(template) or "年度的模板"}
    events.record(actor, "assign_template", department=department, detail=detail, request=request)
    return True


def _items(checklist: str) -> list[str]:
    """The items of a checklist as typed, each once; raises `Invalid` for too many or too long ones."""
    lines = (clean(line).strip() for line in checklist.splitlines())
    items = list(dict.fromkeys(line for line in lines if line))
    if len(items) > MOST_ITEMS:
        raise Invalid(f"审核清单有 {len(items)} 项，最多 {MOST_ITEMS} 项，请合并。")
    for item in items:
        if len(item) > LONGEST_ITEM:
            raise Invalid(
                f"审核清单“{item[:20]}…”这一项有 {len(item)} 字，最多 {LONGEST_ITEM} 字；每项写一行。"
            )
    return items


def _demand(actor: User | None, region: Region) -> None:
    if actor is not None and not actor.has_perm("evaluations.manage_year", region):
        raise PermissionDenied("只有本地区的绩效股负责人可以设置年度。")


def _told(template: IndicatorTemplate | None) -> str:
    return f"{template.code} 第 {template.version} 版" if template else ""


def _refuse_unfit(
    region: Region, year: int, template: IndicatorTemplate, kind: str, before: FiscalYear | None
) -> None:
    """`before`: the year as it was; what it names already may have been replaced since it was closed."""
    if template.kind != kind:
        wanted = "部门整体支出" if kind == "department" else "项目支出"
        raise Invalid(f"指标模板“{template.title}”不是{wanted}自评的模板，请另选。")
    if template.state != TemplateState.PUBLISHED:
        raise Invalid(f"指标模板“{template.title}”{template.get_state_display()}，请选已发布的模板。")
    if not template.first_year <= year <= template.last_year:
        raise Invalid(
            f"指标模板“{template.title}”适用于 {template.first_year}—{template.last_year} 年度，"
            f"不能用于 {year} 年度。"
        )
    if not _meant_for(template.region_code, region):
        raise Invalid(f"指标模板“{template.title}”不适用于{region.name}（{region.code}）。")
    if before and template.pk in (before.template_id, before.project_template_id):
        return
    there = FiscalYear(region=region, year=year)
    if newer := rollout.newest(template, there, rollout.published({template.code})[template.code]):
        raise Invalid(f"指标模板“{template.title}”已有第 {newer.version} 版，请选新版。")


def _meant_for(code: str, region: Region) -> bool:
    """Whether what is meant for the region of this code, as templates are, holds in `region`."""
    return region.code.startswith(Region(code=code).prefix)
