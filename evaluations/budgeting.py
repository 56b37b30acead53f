"""预算明细: the grid of budget lines of one department and year, saved as a whole under one revision."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from indicators.engine.spec import Field
from indicators.engine.values import MISSING, ValueFault, canonical, clean, parse

from . import access, assessing, classification, creating, drafting, facts, signing, units
from .assessing import Assessment
from .classification import UnknownCode
from .errors import Conflict, Invalid, Locked
from .locking import demand_editing
from .models import BudgetGrid, BudgetLine, Department, Evaluation, FieldChange, FiscalYear, State, User
from .models.budget import AMOUNTS
from .sections import ROW_ID, Change, new_row_id

MAX_LINES = 5000
MAX_CELL = 200
TEXT_COLUMNS = ("functional", "economic", "kind", "fund", "project")
COLUMNS = (*TEXT_COLUMNS, *AMOUNTS)
LABELS = {
    "functional": "功能分类",
    "economic": "经济分类",
    "kind": "支出类型",
    "fund": "资金来源",
    "project": "项目名称",
    "opening": "年初预算数",
    "adjustment": "调整数",
    "executed": "执行数",
}
MONEY = {name: Field(code=name, label=LABELS[name]) for name in AMOUNTS}
#: What people write for the choices, besides the choice itself.
SHORT = {"基本": "基本支出", "项目": "项目支出", "一般公共预算财政拨款": "一般公共预算"}

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class GridSaved:
    """What a save did; `assessment` is that of the year's evaluation, None when there is none."""

    revision: int
    grid: BudgetGrid
    changes: tuple[Change, ...]
    faults: Mapping[str, str]
    assessment: Assessment | None
    changed: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """A grid as typed: lines ready to store, and what could not be read, by `lines[row].column`."""

    lines: list[BudgetLine]
    raw: dict[str, str]
    faults: dict[str, str]


@transaction.atomic
def save_grid(
    department: Department,
    year: int,
    rows: Sequence[Row],
    revision: int,
    actor: User | None,
    source: str = FieldChange.Source.TYPED,
    *,
    unit: str | None = None,
    section_follows: bool = False,
) -> GridSaved:
    """Store all lines of a year, each row `{"id": …, column: text as typed}`; blank rows are dropped.

    The year's evaluation is recomputed, with those of the projects concerned and the evaluation of the
    主管部门 where the lines count too; its `FieldChange` rows are written. Bare amounts are in `unit` (None:
    the template's, 元 without evaluation). Unreadable cells are kept in the grid's `raw`. `section_follows`:
    the caller saves a section of the evaluation in the same transaction and has it recomputed there; then
    `assessment` is None. Raises `Http404`, `PermissionDenied`, `Locked`, `Conflict` or `Invalid`; then
    nothing is stored.
    """
    superior = _locked(department.parent_id, year) if department.parent_id else None
    evaluation, grid = hold(department, year, actor, source)
    compiled = facts.compiled_of(evaluation) if evaluation else None
    reading = read(rows, year, unit or (compiled.spec.unit if compiled else "元"))
    before = list(grid.lines.all())
    changes = _changes(_cells(before, grid.raw), _cells(reading.lines, reading.raw))
    changed = bool(changes) or [line.row for line in before] != [line.row for line in reading.lines]
    if changed:
        if grid.revision != revision:
            raise Conflict(grid, list(rows))
        _write(grid, reading, actor)
    concerned = _projects_concerned(before, reading.lines)
    assessment = None
    if evaluation is not None:
        prefix = compiled.step_of.get("lines")
        changes = (
            [Change(f"{prefix}.{one.location}", one.old, one.new) for one in changes] if prefix else changes
        )
        if changed:
            drafting.log_changes(evaluation, changes, actor, source)
            signing.lapse(evaluation, actor)
            _rewrite_projects(evaluation, concerned)
        if not section_follows:
            assessment = assessing.assess(evaluation)
            if changed:
                assessing.write_header(evaluation, assessment)
    if changed:
        units.follow(department, superior)
    if superior is not None and changed and superior.editable:
        signing.lapse(superior, actor)
        _rewrite_projects(superior, concerned)
        assessing.rewrite(superior)
    return GridSaved(grid.revision, grid, tuple(changes), reading.faults, assessment, changed)


def read(rows: Sequence[Row], year: int, unit: str) -> Reading:
    """The lines that typed rows mean; raises `Invalid` with everything that exceeds a limit."""
    refusals = tuple(_refusals(rows))
    if refusals:
        raise Invalid("；".join(refusals[:3]), refusals)
    reading = Reading([], {}, {})
    taken: set[str] = set()
    for row in rows:
        typed = {name: clean(row.get(name, "")).strip() for name in COLUMNS}
        if not any(typed[name] for name in ("functional", "economic", "project", *AMOUNTS)):
            continue
        given = row.get("id", "")
        identity = given if ROW_ID.fullmatch(given) and given not in taken else new_row_id(taken)
        taken.add(identity)
        reading.lines.append(_line(identity, typed, year, unit, len(reading.lines), reading))
    return reading


def grid_of(department: Department, year: int) -> BudgetGrid:
    """The year's grid; an unsaved empty one of revision 0 when nothing was ever stored."""
    found = BudgetGrid.objects.filter(department=department, year=year).select_related("updated_by").first()
    return found or BudgetGrid(department=department, year=year)


def hold(
    department: Department, year: int, actor: User | None, source: str
) -> tuple[Evaluation | None, BudgetGrid]:
    """The year's evaluation and grid, held until the transaction ends, if the actor may save lines there.

    The department's 填报人 may; and the 绩效股负责人 may import (`source`) the budgets that the bureau
    issued, as long as the department has neither sent anything nor written lines itself: what is typed is the
    department's. Nobody may once the year is closed: a 二级机构 has no evaluation, and its lines count in its
    superior's. Raises `Http404`, `PermissionDenied` or `Locked`.
    """
    evaluation = _locked_evaluation(department, year)
    issued = source == FieldChange.Source.IMPORTED and issues(actor, department)
    if issued and evaluation is not None:
        _demand_unsent(evaluation)
    elif evaluation is not None:
        demand_editing(evaluation, actor)
    elif actor is not None and not issued and not actor.has_perm("evaluations.start", department):
        raise PermissionDenied("只有本单位的填报人可以填写预算明细。")
    if evaluation is None and actor is not None:
        _demand_open_year(department, year)
    grid = _locked_grid(department, year)
    if issued and grid.lines.exists() and not issues(grid.updated_by, department):
        raise Locked(f"{department} {year} 年度的预算明细单位已经填写，请单位自己修改或导入。")
    return evaluation, grid


def _demand_open_year(department: Department, year: int) -> None:
    """Budgets may be issued before the year is opened; then there is no `FiscalYear` yet."""
    set_up = FiscalYear.objects.filter(year=year).select_related("region")
    found = creating.nearest(department, set_up)
    if found is not None and found.closed:
        raise Locked(
            f"{year} 年度已关闭，不能再改{department}的预算明细；如需补报，请联系财政局绩效股重新开放年度。"
        )


def _demand_unsent(evaluation: Evaluation) -> None:
    if evaluation.state != State.DRAFT or evaluation.version:
        raise Locked(f"{evaluation}已经送审过，预算明细请单位自己修改。")
    if sentence := access.hindrance(evaluation, "edit"):
        raise Locked(sentence)


def issues(actor: User | None, department: Department) -> bool:
    """Whether a person writes lines as the bureau that issued the budget, not as the department itself."""
    return (
        actor is not None
        and not actor.has_perm("evaluations.start", department)
        and actor.has_perm("evaluations.issue_lines", department)
    )


def _locked_evaluation(department: Department, year: int) -> Evaluation | None:
    """The year's evaluation, held until the transaction ends; without one the department's row is held.

    Whoever starts the evaluation holds that row too, so that it cannot come into being meanwhile.
    """
    evaluation = _locked(department.pk, year)
    if evaluation is None:
        Department.objects.select_for_update(no_key=True).get(pk=department.pk)
        evaluation = _locked(department.pk, year)
    return evaluation


def _locked(department: int, year: int) -> Evaluation | None:
    """Always that of a 主管部门 before that of its 二级机构."""
    standing = Evaluation.objects.standing().whole()
    rows = access.with_relations(standing.filter(department=department, fiscal_year__year=year))
    return rows.select_for_update(of=("self",)).first()


def _projects_concerned(before: Iterable[BudgetLine], after: Iterable[BudgetLine]) -> set[str]:
    """The names of the projects some of whose lines have changed, come or gone."""

    def counted(lines: Iterable[BudgetLine]) -> Counter[tuple[Any, ...]]:
        own = (line for line in lines if line.kind == BudgetLine.Kind.PROJECT)
        return Counter((line.project, *(getattr(line, name) for name in COLUMNS)) for line in own)

    were, are = counted(before), counted(after)
    return {line[0] for line in (were - are) + (are - were)}


def _rewrite_projects(evaluation: Evaluation, names: set[str]) -> None:
    """Compute anew the evaluations of these projects (under the lock of the department's)."""
    if names:
        for child in access.with_relations(evaluation.projects.standing().filter(project__in=names)):
            assessing.rewrite(child)


def _locked_grid(department: Department, year: int) -> BudgetGrid:
    """The stored grid, held until the transaction ends (a year without evaluation has no other lock)."""
    grid, _ = BudgetGrid.objects.get_or_create(department=department, year=year)
    rows = BudgetGrid.objects.filter(pk=grid.pk).select_related("updated_by")
    return rows.select_for_update(of=("self",)).get()


def _refusals(rows: Sequence[Row]) -> Iterable[str]:
    if len(rows) > MAX_LINES:
        yield f"预算明细有 {len(rows)} 行，最多 {MAX_LINES} 行，请合并；没有保存"
        return
    for number, row in enumerate(rows, 1):
        for name, text in row.items():
            if name != "id" and name not in COLUMNS:
                yield f"预算明细没有名为“{name}”的列，没有保存"
            elif len(text) > MAX_CELL or (name == "project" and len(text) > 100):
                limit = 100 if name == "project" else MAX_CELL
                place = f"预算明细第 {number} 行“{LABELS.get(name, name)}”"
                yield f"{place}有 {len(text)} 字，最多 {limit} 字；没有保存"


def _line(
    identity: str, typed: dict[str, str], year: int, unit: str, order: int, reading: Reading
) -> BudgetLine:
    values: dict[str, Any] = {"project": typed["project"]}
    for name in ("functional", "economic", "kind", "fund", *AMOUNTS):
        try:
            values[name] = _value(name, typed[name], year, unit)
        except (ValueFault, UnknownCode) as fault:
            values[name] = None if name in AMOUNTS else ""
            location = f"lines[{identity}].{name}"
            reading.raw[location] = typed[name]
            reading.faults[location] = str(fault)
    return BudgetLine(row=identity, order=order, **values)


def _value(name: str, text: str, year: int, unit: str) -> str | Decimal | None:
    if name in AMOUNTS:
        value = parse(MONEY[name], text, unit)
        if value is not MISSING and not isinstance(value, Decimal):
            raise ValueFault(f"“{text}”不是金额：没有发生请填 0，不知道请留空")
        return None if value is MISSING else value
    if name == "functional" and not text:
        raise ValueFault("没有填功能分类：每一行都要有，例如 2012901")
    if name in ("functional", "economic"):
        return classification.read(name, text, year) if text else ""
    choices = BudgetLine.Kind if name == "kind" else BudgetLine.Fund
    meant = SHORT.get(text, text) or choices.values[0]
    if meant not in choices.values:
        raise ValueFault(f"没有“{text}”这种{LABELS[name]}：请填 {'、'.join(choices.values)}")
    return meant


def _write(grid: BudgetGrid, reading: Reading, actor: User | None) -> None:
    now = timezone.now()
    written = BudgetGrid.objects.filter(pk=grid.pk, revision=grid.revision).update(
        revision=grid.revision + 1, raw=reading.raw, updated_at=now, updated_by=actor
    )
    if written != 1:
        raise Conflict(BudgetGrid.objects.select_related("updated_by").get(pk=grid.pk), reading.lines)
    grid.revision, grid.raw, grid.updated_at, grid.updated_by = grid.revision + 1, reading.raw, now, actor
    grid.lines.all().delete()
    for line in reading.lines:
        line.grid = grid
    BudgetLine.objects.bulk_create(reading.lines)


def _cells(lines: Iterable[BudgetLine], raw: Mapping[str, str]) -> dict[str, str]:
    cells = {}
    for line in lines:
        for name in COLUMNS:
            value = getattr(line, name)
            text = "" if value is None else canonical(value) if isinstance(value, Decimal) else value
            if text:
                cells[f"lines[{line.row}].{name}"] = text
    return cells | dict(raw)


def _changes(before: dict[str, str], after: dict[str, str]) -> list[Change]:
    return [
        Change(location, before.get(location, ""), after.get(location, ""))
        for location in {**before, **after}
        if before.get(location, "") != after.get(location, "")
    ]
