"""预算年度: when a region's departments fill in, and on which template they start."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest

from indicators.models import IndicatorTemplate
from indicators.models import State as TemplateState

from . import events
from .errors import Invalid
from .models import FiscalYear, Region, User


@transaction.atomic
def set_year(
    actor: User | None,
    region: Region,
    year: int,
    *,
    template: IndicatorTemplate,
    opens_on: date | None,
    due_on: date | None,
    closed: bool,
    request: HttpRequest | None = None,
) -> FiscalYear:
    """Open a year for all departments of a region, or change it; evaluations begun keep their template.

    Raises `PermissionDenied`, or `Invalid` when the template is not meant for this region and year or the
    dates run backwards.
    """
    if actor is not None and not actor.has_perm("evaluations.manage_year", region):
        raise PermissionDenied("只有本地区的绩效股负责人可以设置年度。")
    _refuse_unfit(region, year, template, opens_on, due_on)
    fiscal_year, _ = FiscalYear.objects.update_or_create(
        region=region,
        year=year,
        defaults={"template": template, "opens_on": opens_on, "due_on": due_on, "closed": closed},
    )
    detail = {
        "region": region.code,
        "year": year,
        "template": f"{template.code} 第 {template.version} 版",
        "opens_on": opens_on.isoformat() if opens_on else "",
        "due_on": due_on.isoformat() if due_on else "",
        "closed": closed,
    }
    events.record(actor, "set_year", detail=detail, request=request)
    return fiscal_year


def _refuse_unfit(
    region: Region, year: int, template: IndicatorTemplate, opens_on: date | None, due_on: date | None
) -> None:
    if template.state != TemplateState.PUBLISHED:
        raise Invalid(f"指标模板“{template.title}”{template.get_state_display()}，请选已发布的模板。")
    if not template.first_year <= year <= template.last_year:
        raise Invalid(
            f"指标模板“{template.title}”适用于 {template.first_year}—{template.last_year} 年度，"
            f"不能用于 {year} 年度。"
        )
    if not region.code.startswith(Region(code=template.region_code).prefix):
        raise Invalid(f"指标模板“{template.title}”不适用于{region.name}（{region.code}）。")
    if opens_on and due_on and due_on < opens_on:
        raise Invalid(f"截止日期 {due_on} 早于开始填报日期 {opens_on}，请核对。")
