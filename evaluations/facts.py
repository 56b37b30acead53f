"""What an evaluation states, from its rows or from a snapshot, as the engine's `Facts`.

There is one way in: the stored form (strings, as `snapshots` freezes them) is read by `facts_from_content`.
Live rows are brought into the same form by `stored`, so a draft and a snapshot cannot be read differently.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from types import MappingProxyType
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.fields.json import KT
from django.utils.functional import SimpleLazyObject

from indicators import loading
from indicators.engine.facts import Facts, Line, Override, Project
from indicators.engine.spec import Field
from indicators.engine.template import CompiledTemplate
from indicators.engine.values import MISSING, Undefined, Value, ValueFault, canonical, restore

from . import access, classification, project_lines
from .models import BudgetLine, Evaluation, SectionData, Snapshot
from .models.budget import AMOUNTS

MONEY = Field(code="lines", label="金额")
#: What a snapshot says of each file of evidence.
EVIDENCE_KEYS = ("id", "location", "name", "kind", "size", "sha256")
SECTION_KEYS = ("fields", "tables", "texts", "raw", "overrides")
#: Of a budget line: whose it is, in which order, and what `told_lines` tells of it.
LINE_KEYS = ("row", "functional", "economic", "kind", "fund", "project", *AMOUNTS)
LINE_COLUMNS = ("grid__department_id", "grid__department__code", "order", *LINE_KEYS, "grid__raw")
#: What a department's evaluation says of a project's. The total as text: read as JSON, SQLite would give it
#: as a float; of no total it makes the text null.
CHILD_COLUMNS = ("reference", "project", "state", KT("sheet__total"), "grade")
CHILD_COLUMNS += ("must_fix", "unexplained", "to_explain")

Stored = Mapping[str, Any]


def compiled_of(evaluation: Evaluation) -> CompiledTemplate:
    """The evaluation's template; its content is fetched only when this process has not compiled it yet."""
    template = evaluation.template
    return loading.compiled_content(SimpleLazyObject(lambda: template.content), template.content_hash)


def facts_of(evaluation: Evaluation) -> Facts:
    """The evaluation as it stands in the database now."""
    return read(compiled_of(evaluation), stored(evaluation))


def facts_from_content(content: Stored) -> Facts:
    """What a snapshot's content (or one made of live rows) states."""
    template = content["template"]
    return read(loading.compiled_content(template["content"], template["hash"]), content)


def stored(evaluation: Evaluation, sections: Iterable[SectionData] | None = None) -> dict[str, Any]:
    """The parts of a snapshot's content that hold facts: evaluation, sections, lines, previous, evidence,
    projects.

    Of each project a draft holds only `evaluation {reference, project, state}`, `sheet {total, grade}` and
    `standing`, the numbers of its findings that must be put right and that want an explanation.

    What is no draft is what its newest snapshot froze, whatever happened to last year's figures since; a
    project's that was given up alone stays as its rows have it.
    `sections`: the section rows of a draft in their order, when they have been read already; those of steps
    that the template no longer has hold only what is kept (`rollout.reseating`).
    """
    if not evaluation.live and (content := frozen(evaluation)) is not None:
        return content
    if sections is None:
        sections = sorted(evaluation.sections.all(), key=attrgetter("id"))
    return _stored(evaluation, sections, dict(previous(evaluation)), evidence_of(evaluation))


def _stored(
    evaluation: Evaluation,
    sections: Iterable[SectionData],
    last_year: dict[str, str],
    evidence: list[dict[str, Any]],
) -> dict[str, Any]:
    lines = lines_of_evaluation(evaluation)
    compiled = compiled_of(evaluation)
    children = _children(evaluation) if compiled.spec.project_template else []
    contents = {row.code: row.content for row in sections if row.code in compiled.steps}
    return assembled(evaluation, contents, lines, last_year, evidence, children)


def assembled(
    evaluation: Evaluation,
    sections: Mapping[str, Mapping[str, Any]],
    lines: tuple[list[dict[str, Any]], dict[str, str]],
    last_year: dict[str, str],
    evidence: list[dict[str, Any]],
    children: list[dict[str, Any]],
) -> dict[str, Any]:
    """The stored form of what was read; `sections`: the contents of the steps, in their order."""
    return {
        "evaluation": heading(evaluation),
        "sections": {code: {key: one.get(key, {}) for key in SECTION_KEYS} for code, one in sections.items()},
        "lines": lines[0],
        "lines_raw": lines[1],
        "previous": last_year,
        "evidence": evidence,
        "projects": children,
    }


def heading(evaluation: Evaluation) -> dict[str, Any]:
    """Which evaluation it is, of whom, in which state: `evaluation` of a snapshot's content."""
    department = evaluation.department
    return {
        "reference": evaluation.reference,
        "version": evaluation.version,
        "state": evaluation.state,
        "year": evaluation.fiscal_year.year,
        "project": evaluation.project,
        "department": {
            "name": department.name,
            "short_name": department.short_name,
            "code": department.code,
            "superior": department.parent.name if department.parent else "",
        },
        "region": {"code": department.region.code, "name": department.region.name},
    }


def frozen(evaluation: Evaluation) -> dict[str, Any] | None:
    """The content frozen last; None when there is none."""
    newest = snapshots_of(evaluation).order_by("-version").first()
    return content_in(newest, evaluation) if newest else None


def snapshots_of(evaluation: Evaluation) -> QuerySet[Snapshot]:
    """The snapshots that may hold the evaluation: its own; of a project, its department's while it stood."""
    if evaluation.parent_id:
        return Snapshot.objects.filter(
            evaluation_id=evaluation.parent_id,
            created_at__gte=evaluation.created_at,
            version__lte=evaluation.version,
        )
    return Snapshot.objects.filter(evaluation_id=evaluation.pk)


def content_in(snapshot: Snapshot, evaluation: Evaluation) -> dict[str, Any] | None:
    """What a snapshot holds of the evaluation; None when it holds no such project."""
    if evaluation.parent_id:
        return part_of(snapshot.content, evaluation.reference)
    return snapshot.content


def part_of(content: Stored, reference: str) -> dict[str, Any] | None:
    """What a department's content holds of one of its projects; None when it was not there."""
    parts = (part for part in content["projects"] if part["evaluation"]["reference"] == reference)
    return next(parts, None)


def evidence_of(evaluation: Evaluation) -> list[dict[str, Any]]:
    """The evaluation's evidence (佐证材料) as it stands now, in stored form."""
    return list(evaluation.evidence.standing().of_report().order_by("id").values(*EVIDENCE_KEYS))


def lines_of_evaluation(evaluation: Evaluation) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """As `lines_of`; of a project only its own. One that was given up had none any more."""
    if evaluation.given_up:
        return [], {}
    return lines_of(evaluation.department_id, evaluation.fiscal_year.year, evaluation.project)


def reaching(departments: Iterable[int]) -> Q:
    """Budget lines of these departments and of their 二级机构 in use."""
    return Q(grid__department__in=departments) | Q(
        grid__department__parent__in=departments, grid__department__is_active=True
    )


def lines_of(department_id: int, year: int, project: str = "") -> tuple[list[dict[str, Any]], dict[str, str]]:
    """The department's budget lines of a year in stored form, and what of them could not be read.

    The lines of its 二级机构 in use follow its own, with ids `code:row`, as in `lines[code:row].executed`.
    `project`: only those of the project of that name.
    """
    found = BudgetLine.objects.filter(reaching({department_id}), grid__year=year)
    if project:
        found = found.filter(kind=BudgetLine.Kind.PROJECT, project=project)
    return told_lines(found.values_list(*LINE_COLUMNS), department_id, year, project)


def told_lines(
    rows: Iterable[tuple[Any, ...]], department_id: int, year: int, project: str = ""
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """What `lines_of` gives, of the rows (`LINE_COLUMNS`) that count in this department's report."""
    lines: list[dict[str, Any]] = []
    raw: dict[str, str] = {}
    owners: set[int] = set()
    for owner, code, _, *values, grid_raw in sorted(
        rows, key=lambda row: (row[0] != department_id, row[1], row[2])
    ):
        prefix = "" if owner == department_id else f"{code}:"
        if owner not in owners:
            owners.add(owner)
            raw |= {name.replace("[", f"[{prefix}", 1): text for name, text in grid_raw.items()}
        row = dict(zip(LINE_KEYS, values, strict=True))
        line = {"id": prefix + row.pop("row")} | row
        line["functional_name"] = classification.name("functional", row["functional"], year)
        line["economic_name"] = classification.name("economic", row["economic"], year)
        for amount in AMOUNTS:
            line[amount] = None if row[amount] is None else canonical(row[amount])
        lines.append(line)
    if project:
        ids = {line["id"] for line in lines}
        raw = {name: text for name, text in raw.items() if _row(name) in ids}
    return lines, raw


def _row(location: str) -> str:
    """The id in `lines[id].executed`."""
    return location.partition("[")[2].rpartition("].")[0]


def _children(evaluation: Evaluation) -> list[dict[str, Any]]:
    rows = evaluation.projects.standing().order_by("id").values_list(*CHILD_COLUMNS)
    return [child(*row) for row in rows]


def child(
    reference: str,
    project: str,
    state: str,
    total: str | None,
    grade: str,
    must_fix: int,
    unexplained: int,
    to_explain: int,
) -> dict[str, Any]:
    """What the department's evaluation says of a project's, of its `CHILD_COLUMNS`."""
    return {
        "evaluation": {"reference": reference, "project": project, "state": state},
        "sheet": {"total": None if total == "null" else total, "grade": grade},
        "standing": {"must_fix": must_fix, "unexplained": unexplained},
        "to_explain": to_explain,
    }


def read(compiled: CompiledTemplate, content: Stored) -> Facts:
    """The engine's facts of the stored form; the template must be the one they were typed under."""
    figures: dict[str, Value] = {}
    tables: dict[str, tuple[Mapping[str, Any], ...]] = {}
    raw: dict[str, str] = dict(content.get("lines_raw", {}))
    texts: dict[str, str] = {}
    overrides: dict[str, Override] = {}
    for section in content["sections"].values():
        for code, value in section["fields"].items():
            figures[code] = restore(compiled.fields[code], value)
        for code, rows in section["tables"].items():
            tables[code] = _rows(compiled, code, rows)
        texts.update(section["texts"])
        raw.update(section["raw"])
        for code, override in section["overrides"].items():
            overrides[code] = Override(override["text"], override["reason"])
    return Facts(
        year=content["evaluation"]["year"],
        figures=figures,
        tables=tables,
        lines=tuple(_line(line) for line in content["lines"]),
        raw=raw,
        texts=texts,
        overrides=overrides,
        previous=_previous_values(compiled, content["previous"]),
        subject=_subject(content["evaluation"]),
        projects=_projects(content) if compiled.spec.project_template else (),
        evidence=Counter(one["location"] for one in content.get("evidence", ())),
    )


def previous(evaluation: Evaluation) -> Mapping[str, str]:
    """Last year's figures, typed and derived, by code in canonical form; empty when there is no last year.

    They come from the version submitted last; from the draft as it stands when nothing was submitted yet.
    """
    last_year = evaluation.fiscal_year.year - 1
    snapshot = "parent__snapshots" if evaluation.project else "snapshots"
    newest = (
        Evaluation.objects.standing()
        .filter(department=evaluation.department_id, fiscal_year__year=last_year, project=evaluation.project)
        .order_by(f"-{snapshot}__version")
        .values_list("pk", "reference", f"{snapshot}__pk", f"{snapshot}__content_hash")
        .first()
    )
    if newest is None:
        return {}
    last_pk, reference, snapshot_pk, content_hash = newest
    if snapshot_pk is not None:
        return _figures_of_snapshot(snapshot_pk, content_hash, reference if evaluation.project else "")
    last = access.with_relations(Evaluation.objects.filter(pk=last_pk)).get()
    return figures_stated(compiled_of(last), _stored(last, last.sections.order_by("id"), {}, []))


def figures_of(snapshot: Snapshot) -> dict[str, Mapping[str, str]]:
    """The figures of a frozen version by project ("": the department's), as `previous` gives them."""
    parts = {part["evaluation"]["project"]: part["evaluation"] for part in snapshot.content["projects"]}
    references = {"": ""} | {project: part["reference"] for project, part in parts.items()}
    return {
        project: _figures_of_snapshot(snapshot.pk, snapshot.content_hash, reference)
        for project, reference in references.items()
    }


@lru_cache(maxsize=512)
def _figures_of_snapshot(snapshot_id: int, content_hash: str, project: str) -> Mapping[str, str]:
    """Figures of a frozen version (of the project with that reference in it, unless it is "").

    It never changes, so each process computes them once.
    """
    content = Snapshot.objects.only("content").get(pk=snapshot_id, content_hash=content_hash).content
    return MappingProxyType(figures_in(content, project))


def figures_in(content: Stored, project: str = "") -> dict[str, str]:
    """The figures of a frozen content, or of the project with that reference in it, as by `previous`."""
    part = part_of(content, project) if project else content
    if part is None:
        return {}
    template = part["template"]
    return figures_stated(loading.compiled_content(template["content"], template["hash"]), part)


def figures_stated(compiled: CompiledTemplate, content: Stored) -> dict[str, str]:
    """Every figure that a content states or gives, by code in canonical form."""
    values = compiled.compute(read(compiled, content)).values
    known = {code: canonical(value) for code, value in values.items() if not isinstance(value, Undefined)}
    return {code: text for code, text in known.items() if text is not None}


def _previous_values(compiled: CompiledTemplate, previous: Mapping[str, str]) -> dict[str, Value]:
    """Last year's figures that this year's template knows and can read (a kind may have changed since)."""
    values = {}
    for code, text in previous.items():
        if code in compiled.fields:
            try:
                values[code] = restore(compiled.fields[code], text)
            except ValueFault:
                continue
    return values


def _rows(compiled: CompiledTemplate, code: str, rows: list[dict[str, str]]) -> tuple[Mapping[str, Any], ...]:
    columns = {column.code: column for column in compiled.tables[code].columns}
    return tuple(
        {"id": row["id"]} | {key: restore(columns[key], text) for key, text in row.items() if key != "id"}
        for row in rows
    )


def _subject(evaluation: Mapping[str, Any]) -> dict[str, str]:
    """Whose evaluation it is, by the names of the engine's `SUBJECT`; who has no superior is its own."""
    department = evaluation["department"]
    return {
        "单位名称": department["name"],
        "单位简称": department["short_name"] or department["name"],
        "行政区划": evaluation["region"]["name"],
        "项目名称": evaluation["project"],
        "主管部门": department["superior"] or department["name"],
    }


def _projects(content: Stored) -> tuple[Project, ...]:
    """The projects that the budget lines name, in their order, then those evaluated without any line.

    One that is not evaluated yet has its name as reference.
    """
    budgets = project_lines.budgets(content["lines"])
    budgets.pop("", None)
    parts = {part["evaluation"]["project"]: part for part in content["projects"]}
    return tuple(
        _project(budgets.get(name, project_lines.ProjectBudget(name)), parts.get(name))
        for name in {**budgets, **parts}
    )


def _project(budget: project_lines.ProjectBudget, part: Stored | None) -> Project:
    amounts = {
        name: MISSING if amount is None else amount
        for name in (*AMOUNTS, "final")
        for amount in (getattr(budget, name),)
    }
    if part is None:
        return Project(budget.name, budget.name, **amounts, score=MISSING)
    evaluation, sheet = part["evaluation"], part["sheet"]
    score = MISSING if sheet["total"] is None else Decimal(sheet["total"])
    return Project(
        evaluation["reference"],
        budget.name,
        **amounts,
        score=score,
        grade=sheet["grade"],
        state=evaluation["state"],
    )


def _line(line: Mapping[str, Any]) -> Line:
    amounts = {name: MISSING if line[name] is None else restore(MONEY, line[name]) for name in AMOUNTS}
    texts = {name: line[name] for name in ("id", "functional", "economic", "kind", "fund", "project")}
    return Line(**texts, **amounts)
