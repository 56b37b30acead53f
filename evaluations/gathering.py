"""What many drafts state, as `facts.stored` of each, read in a number of queries that does not grow."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from . import access, facts
from .models import BudgetLine, Evaluation, Evidence, SectionData, Snapshot

#: (department, year, project); project "": the department's own.
_Key = tuple[int, int, str]


Contents = Mapping[int, Mapping[str, dict[str, Any]]]


def stored(
    evaluations: Collection[Evaluation], contents: Contents | None = None, *, alone: bool = False
) -> dict[int, dict[str, Any]]:
    """By pk, the stored form of these drafts; what is read of last year, read likewise.

    `contents`: what `sections` gave, where that is at hand; `alone`: without last year's figures and
    evidence, as another year's are read.
    """
    pks = [one.pk for one in evaluations]
    contents = sections(pks) if contents is None else contents
    lines = _lines(evaluations)
    children = _children([one for one in evaluations if facts.compiled_of(one).spec.project_template])
    last_years = {} if alone else _previous(evaluations)
    evidence = {} if alone else _evidence(pks)
    found = {}
    for one in evaluations:
        steps = facts.compiled_of(one).steps
        known = {code: content for code, content in contents[one.pk].items() if code in steps}
        own = lines.get((one.department_id, one.fiscal_year.year), ())
        if one.project:
            own = [row for row in own if _of_project(row, one.project)]
        told = facts.told_lines(own, one.department_id, one.fiscal_year.year, one.project)
        last_year = last_years.get(one.pk, {})
        found[one.pk] = facts.assembled(
            one, known, told, dict(last_year), evidence.get(one.pk, []), children.get(one.pk, [])
        )
    return found


def sections(pks: Collection[int]) -> dict[int, dict[str, dict[str, Any]]]:
    """By evaluation and step what is stored, in the order of the rows, also what is only kept."""
    found: dict[int, dict[str, dict[str, Any]]] = defaultdict(dict)
    rows = SectionData.objects.filter(evaluation__in=pks).order_by("id")
    for pk, code, content in rows.values_list("evaluation_id", "code", "content"):
        found[pk][code] = content
    return found


_KIND, _PROJECT = (3 + facts.LINE_KEYS.index(name) for name in ("kind", "project"))


def _of_project(row: tuple[Any, ...], project: str) -> bool:
    return row[_KIND] == BudgetLine.Kind.PROJECT and row[_PROJECT] == project


def _lines(evaluations: Collection[Evaluation]) -> dict[tuple[int, int], list[tuple[Any, ...]]]:
    """By department and year the lines that count in its report: its own, those of its 二级机构 in use."""
    departments = {one.department_id for one in evaluations}
    years = {one.fiscal_year.year for one in evaluations}
    rows = BudgetLine.objects.filter(facts.reaching(departments), grid__year__in=years)
    owner = ("grid__year", "grid__department__parent_id", "grid__department__is_active")
    found: dict[tuple[int, int], list[tuple[Any, ...]]] = defaultdict(list)
    for year, superior, active, *row in rows.values_list(*owner, *facts.LINE_COLUMNS):
        found[row[0], year].append(tuple(row))
        if active and superior in departments:
            found[superior, year].append(tuple(row))
    return found


def _children(evaluations: Collection[Evaluation]) -> dict[int, list[dict[str, Any]]]:
    if not evaluations:
        return {}
    rows = Evaluation.objects.standing().filter(parent__in=evaluations).order_by("id")
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for parent, *columns in rows.values_list("parent_id", *facts.CHILD_COLUMNS):
        found[parent].append(facts.child(*columns))
    return found


def _evidence(pks: Collection[int]) -> dict[int, list[dict[str, Any]]]:
    rows = Evidence.objects.standing().of_report().filter(evaluation__in=pks).order_by("id")
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows.values("evaluation_id", *facts.EVIDENCE_KEYS):
        found[row.pop("evaluation_id")].append(row)
    return found


def _previous(evaluations: Collection[Evaluation]) -> dict[int, Mapping[str, str]]:
    """Last year's figures by pk, as `facts.previous`: of the version sent last, else of the draft."""
    wanted: dict[_Key, list[int]] = defaultdict(list)
    for one in evaluations:
        wanted[one.department_id, one.fiscal_year.year - 1, one.project].append(one.pk)
    last: dict[_Key, tuple[int, str, int | None]] = {}
    for path in ("snapshots", "parent__snapshots"):
        rows = Evaluation.objects.standing().filter(
            department__in={key[0] for key in wanted},
            fiscal_year__year__in={key[1] for key in wanted},
            parent__isnull=path == "snapshots",
        )
        names = ("department_id", "fiscal_year__year", "project", "pk", "reference", f"{path}__pk")
        for *key, pk, reference, snapshot in rows.order_by(f"-{path}__version").values_list(*names):
            if tuple(key) in wanted:
                last.setdefault(tuple(key), (pk, reference, snapshot))
    snapshots = Snapshot.objects.in_bulk({snapshot for _, _, snapshot in last.values() if snapshot})
    drafts = _drafts([pk for pk, _, snapshot in last.values() if snapshot is None])
    found: dict[int, Mapping[str, str]] = {}
    for key, (pk, reference, snapshot) in last.items():
        figures = drafts.get(pk, {})
        if snapshot is not None:
            figures = facts.figures_in(snapshots[snapshot].content, reference if key[2] else "")
        found |= dict.fromkeys(wanted[key], figures)
    return found


def _drafts(pks: Collection[int]) -> dict[int, Mapping[str, str]]:
    """The figures of drafts as they stand, by pk."""
    if not pks:
        return {}
    rows = list(access.with_relations(Evaluation.objects.filter(pk__in=pks)))
    states = stored(rows, alone=True)
    return {one.pk: facts.figures_stated(facts.compiled_of(one), states[one.pk]) for one in rows}
