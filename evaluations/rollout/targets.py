"""Which version of a template holds: in an open year the newest published one that is meant for it.

What is left to do is derived, never stored: whatever is open and pinned to an older version.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from evaluations import events
from evaluations.models import OPEN_STATES, Evaluation, FiscalYear, Region, TemplateAssignment
from indicators.models import IndicatorTemplate
from indicators.models import State as TemplateState

#: (fiscal year, pinned version) → the version that holds there now.
Targets = Mapping[tuple[int, int], IndicatorTemplate]

#: The columns of a fiscal year that name a template.
NAMING = ("template", "project_template")


def published(codes: Collection[str]) -> dict[str, list[IndicatorTemplate]]:
    """The published versions of templates by code, the newest first, without their content."""
    found: dict[str, list[IndicatorTemplate]] = defaultdict(list)
    rows = IndicatorTemplate.objects.filter(code__in=codes, state=TemplateState.PUBLISHED)
    for one in rows.order_by("-version").defer("content"):
        found[one.code].append(one)
    return found


def why_not(template: IndicatorTemplate, pinned: IndicatorTemplate, year: FiscalYear) -> str:
    """Why what is pinned to an older version in a year stays as it is, as a phrase; "" when it moves."""
    if year.closed:
        return f"{year.year} 年度已关闭"
    if not template.first_year <= year.year <= template.last_year:
        return f"新版不适用于 {year.year} 年度"
    if not year.region_id.startswith(Region(code=template.region_code).prefix):
        return "新版不适用于这个行政区划"
    if template.kind != pinned.kind:
        return "新版的类型不同"
    return ""


def newest(
    pinned: IndicatorTemplate, year: FiscalYear, versions: Iterable[IndicatorTemplate]
) -> IndicatorTemplate | None:
    """The newest of `versions` (newest first) that replaces the pinned one in the year; None: it holds."""
    newer = (one for one in versions if one.version > pinned.version)
    return next((one for one in newer if not why_not(one, pinned, year)), None)


def targets(code: str = "") -> Targets:
    """Where drafts are pinned to an older version, and to which they move; of one code or of all.

    Four queries.
    """
    drafts = Evaluation.objects.filter(state__in=OPEN_STATES, fiscal_year__closed=False)
    if code:
        drafts = drafts.filter(template__code=code)
    pairs = set(drafts.order_by().values_list("fiscal_year_id", "template_id").distinct())
    pinned = IndicatorTemplate.objects.defer("content").in_bulk({template for _, template in pairs})
    years = FiscalYear.objects.in_bulk({year for year, _ in pairs})
    versions = published({one.code for one in pinned.values()})
    found = {}
    for year, template in pairs:
        one = pinned[template]
        if new := newest(one, years[year], versions[one.code]):
            found[year, template] = new
    return found


def waiting(where: Targets) -> QuerySet[Evaluation]:
    """The drafts that are still to be moved, projects among them."""
    wanted = Q(pk__in=())
    for year, template in where:
        wanted |= Q(fiscal_year=year, template=template)
    return Evaluation.objects.filter(wanted, state__in=OPEN_STATES, fiscal_year__closed=False)


def wholes(drafts: QuerySet[Evaluation]) -> list[int]:
    """The departments' evaluations of which something is to be moved, by pk: each is moved as a whole."""
    rows = drafts.annotate(whole=Coalesce(F("parent_id"), F("pk"))).order_by("whole")
    return list(rows.values_list("whole", flat=True).distinct())


def reassign(by: object, *, code: str = "", year: FiscalYear | None = None) -> None:
    """Let open years, and departments with a template of their own there, start on the newest versions.

    Of one template's code or of one year; one event by `by` for each year that this changes.
    """
    years = FiscalYear.objects.filter(closed=False).select_related(*NAMING)
    own = TemplateAssignment.objects.filter(fiscal_year__closed=False).select_related(
        "template", "fiscal_year"
    )
    if year is not None:
        years, own = years.filter(pk=year.pk), own.filter(fiscal_year=year)
    if code:
        years = years.filter(Q(template__code=code) | Q(project_template__code=code))
        own = own.filter(template__code=code)
    years = list(years.defer(*(f"{name}__content" for name in NAMING)))
    own = list(own.defer("template__content"))
    named = [(one, getattr(one, name)) for one in years for name in NAMING]
    named += [(one.fiscal_year, one.template) for one in own]
    versions = published({code} if code else {template.code for _, template in named if template})
    newer = {
        (at.pk, template.pk): new
        for at, template in named
        if template and (new := newest(template, at, versions[template.code]))
    }
    changed: dict[FiscalYear, Counter[IndicatorTemplate]] = defaultdict(Counter)
    for one in years:
        for name in NAMING:
            if new := newer.get((one.pk, getattr(one, f"{name}_id"))):
                FiscalYear.objects.filter(pk=one.pk).update(**{name: new})
                changed[one][new] += 0
    for one in own:
        if new := newer.get((one.fiscal_year_id, one.template_id)):
            TemplateAssignment.objects.filter(pk=one.pk).update(template=new)
            changed[one.fiscal_year][new] += 1
    for one, told in changed.items():
        words = "、".join(f"{new.code} 第 {new.version} 版" for new in told)
        detail = {"region": one.region_id, "year": one.year, "template": words}
        detail["departments"] = sum(told.values())
        events.record_by(by, "year_template_moved", detail=detail)
