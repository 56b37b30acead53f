"""The figures of one evaluation: what was typed and everything derived from it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from .facts import Facts, Line, Project
from .formula import CONTEXT
from .operations import Result, add_up, reduced
from .scope import LINES, PROJECTS, YEAR, Environment, entered, line_row, project_row, project_value
from .spec import ZERO, Column, Field, Table
from .values import MISSING, Undefined, show, total

if TYPE_CHECKING:
    from .template import CompiledTemplate

#: 类 款 项 of the functional classes, by the length of their codes.
LEVELS: dict[int, Literal["类", "款", "项"]] = {3: "类", 5: "款", 7: "项"}


@dataclass(frozen=True, slots=True)
class BudgetRow:
    """One functional class in a table with `source: budget`; its name is known outside the engine."""

    level: Literal["类", "款", "项"]
    code: str
    cells: dict[str, Result]


@dataclass(frozen=True, eq=False)
class Figures:
    """`facts` under `compiled`, computed. `env` is what formulas read."""

    compiled: CompiledTemplate
    facts: Facts
    env: Environment

    @cached_property
    def values(self) -> dict[str, Result]:
        """Every field by code: typed ones as typed, derived ones computed."""
        return {
            code: self.env[code] if field.formula else self.facts.figures.get(code, MISSING)
            for code, field in self.compiled.fields.items()
        }

    def rows(self, table: str) -> tuple[dict[str, Any], ...]:
        """Rows of any table but one of budget lines: `{"id": …, column code: value}` with derived columns."""
        columns = self.compiled.tables[table].columns
        return tuple(
            {"id": identity} | {column.code: _cell(row[table, column.code], column) for column in columns}
            for identity, row in zip(self.row_ids(table), self.env[table], strict=True)
        )

    def row_ids(self, table: str) -> tuple[str, ...]:
        spec = self.compiled.tables[table]
        if spec.source == "derived":
            return tuple(row.code for row in spec.rows)
        if spec.source == "projects":
            return tuple(project.reference for project in self.facts.projects)
        return tuple(str(row["id"]) for row in self.facts.tables.get(table, ()))

    def totals(self, table: str) -> dict[str, Result]:
        """The columns with `total`, summed; nothing filled in sums to `MISSING`.

        A rate cannot be summed: where a column's formula needs only columns that are summed too, it is
        applied to the sums.
        """
        spec = self.compiled.tables[table]
        summed = [column.code for column in spec.columns if column.total]
        if spec.source == "budget":
            cells = self._budget_cells(spec, self.facts.lines)
        else:
            rows = self.env[table]
            sums = {
                code: unblanked(reduced((row[table, code] for row in rows), add_up)) if rows else MISSING
                for code in summed
            }
            cells = self._with_formulas(spec, sums)
        return {code: cells[code] for code in summed}

    def budget_rows(self, table: str) -> tuple[BudgetRow, ...]:
        """Every 类 款 项 of the budget lines, in order of code; a cell without lines is `MISSING`."""
        spec = self.compiled.tables[table]
        codes = {line.functional[:length] for line in self.facts.lines for length in LEVELS}
        return tuple(
            BudgetRow(LEVELS[len(code)], code, self._budget_cells(spec, self._lines_of(code)))
            for code in sorted(codes)
            if len(code) in LEVELS
        )

    def explain(self, code: str) -> tuple[tuple[str, str, Result, str], ...]:
        """(label, location, value, unit) of the figures that `code` is derived from, or of `code` itself."""
        formula = self.compiled.derived.get(code)
        locate = self.compiled.locate
        if formula is None:
            field = self.compiled.fields[code]
            return ((field.label, locate(code), self.values[code], unit_label(field)),)
        return tuple(
            (part.label, locate(part.code), unblanked(part.run(self.env)), unit_label(part.definition))
            for part in formula.operands
        )

    def _lines_of(self, functional: str) -> tuple[Line, ...]:
        return tuple(line for line in self.facts.lines if line.functional.startswith(functional))

    def _budget_cells(self, table: Table, lines: tuple[Line, ...]) -> dict[str, Result]:
        sums: dict[str, Result] = {
            column.code: total(
                getattr(line, column.amount)
                for line in lines
                if not column.economic or line.economic.startswith(column.economic)
            )
            for column in table.columns
            if column.amount
        }
        present = {code: value for code, value in sums.items() if value is not MISSING}
        cells = self._with_formulas(table, dict.fromkeys(sums, ZERO) | present)
        return {
            code: MISSING if value == 0 and code not in present else value for code, value in cells.items()
        }

    def _with_formulas(self, table: Table, cells: dict[str, Result]) -> dict[str, Result]:
        """`cells` of one row with the columns computed from them, where all that they need is there."""
        row = Environment(
            {(table.code, code): entered(value, code) for code, value in cells.items()}, self.env
        )
        with localcontext(CONTEXT):
            for code, formula in self.compiled.column_formulas(table.code):
                if all(column in row for column in formula.columns if column[0] == table.code):
                    row[table.code, code] = cells[code] = formula.evaluate(row)
        return cells


def compute(compiled: CompiledTemplate, facts: Facts) -> Figures:
    """Everything derived from `facts`. Total: what cannot be computed is `Undefined`, nothing raises."""
    env = Environment(compiled.blanks)
    env[YEAR] = Decimal(facts.year)
    env.update((code, value) for code, value in facts.figures.items() if value is not MISSING)
    for code in compiled.previous:
        if (value := facts.previous.get(code, MISSING)) is not MISSING:
            env["上年", code] = value
    for table in compiled.tables.values():
        if table.source != "budget":
            env[table.code] = tuple(_row_environments(table, facts, env))
    env[PROJECTS] = tuple(project_row(project, env) for project in facts.projects)
    if compiled.uses_lines:
        env[LINES] = tuple(line_row(line, env) for line in facts.lines)
    with localcontext(CONTEXT):
        for step in compiled.plan:
            step(env)
    return Figures(compiled, facts, env)


def _row_environments(table: Table, facts: Facts, env: Environment) -> Iterable[Environment]:
    if table.source == "derived":
        label = table.columns[0].code
        return (Environment({(table.code, label): row.label}, env) for row in table.rows)
    if table.source == "projects":
        return (Environment(dict(_project_cells(table, project)), env) for project in facts.projects)
    typed = [column.code for column in table.columns if not column.formula]
    return (
        Environment(
            {
                (table.code, code): entered(row.get(code, MISSING), f"{table.code}[{row['id']}].{code}")
                for code in typed
            },
            env,
        )
        for row in facts.tables.get(table.code, ())
    )


def _project_cells(table: Table, project: Project) -> Iterable[tuple[tuple[str, str], Result]]:
    """What is known of a project in a table with `source: projects`; the rest of the columns is computed."""
    yield (table.code, table.columns[0].code), project.name
    for column in table.columns[1:]:
        if column.amount:
            yield (table.code, column.code), project_value(project, column.amount)


def unblanked(value: Result) -> Result:
    """A value as the outside world names it: a figure nobody typed is `MISSING`."""
    return MISSING if isinstance(value, Undefined) and value.missing else value


def _cell(value: Result, column: Column) -> Result:
    return value if column.formula else unblanked(value)


def unit_label(definition: Field | Column) -> str:
    """元, 人, % or nothing: what stands behind the figure."""
    return {"money": "元", "percent": "%"}.get(definition.kind, definition.unit)


def shown(value: Result, definition: Field | Column, unit: str) -> tuple[str, str]:
    """(text, unit behind it) of a figure in a working or a finding; money in `unit` (`unit_of` its code)."""
    if unblanked(value) is MISSING:
        return "未填", ""
    behind = {"money": unit, "percent": ""}.get(definition.kind, definition.unit)
    text = show(value, definition, unit)
    return text, behind if isinstance(value, Decimal) else ""
