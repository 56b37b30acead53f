"""What the workshop is told about the use of its templates (`indicators.using`)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from django.db.models import Count, Q

from indicators.using import Use, Year

from .models import Evaluation, FiscalYear, State, TemplateAssignment


def uses_of(pks: Collection[int]) -> dict[int, Use]:
    """By template: its reports, departments' and projects', by state, and the years that assign it.

    Three queries.
    """
    reports: dict[int, dict[str, int]] = defaultdict(dict)
    counted = Evaluation.objects.filter(template__in=pks).values_list("template", "state")
    for pk, state, count in counted.order_by().annotate(Count("pk")):
        reports[pk][state] = count
    years = _years(pks)
    return {
        pk: Use(
            tuple((str(state.label), reports[pk][state]) for state in State if state in reports[pk]),
            tuple(years[pk]),
        )
        for pk in pks
    }


def _years(pks: Collection[int]) -> dict[int, list[Year]]:
    found: dict[int, list[Year]] = defaultdict(list)
    assigning = FiscalYear.objects.filter(Q(template__in=pks) | Q(project_template__in=pks))
    for year in assigning.select_related("region"):
        for pk in {year.template_id, year.project_template_id}.intersection(pks):
            found[pk].append(Year(str(year), year.closed))
    alone = TemplateAssignment.objects.filter(template__in=pks).select_related("fiscal_year__region")
    counts: dict[tuple[int, FiscalYear], int] = defaultdict(int)
    for one in alone:
        counts[one.template_id, one.fiscal_year] += 1
    for (pk, year), count in counts.items():
        found[pk].append(Year(str(year), year.closed, only=count))
    return found
