"""What names mean inside a formula, and where their values lie while it is evaluated."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .facts import Line, Project
from .names import did_you_mean, fold
from .spec import Column, Field
from .units import Unit, unit_of
from .values import MISSING, NUMBER_KINDS, Undefined, Value

YEAR = "年度"  #: the fiscal year as a plain number, for 日期(年度, 12, 31)
LINES = "lines"  #: the code under which the 预算明细 is addressed and located
PROJECTS = "evaluated-projects"  #: the same for 项目自评

_TYPES = {"yes_no": "是否", "date": "日期"} | dict.fromkeys(NUMBER_KINDS, "数字")


def type_of(definition: Field | Column) -> str:
    """数字, 是否, 日期 or 文字: what the operators of the language distinguish."""
    return _TYPES.get(definition.kind, "文字")


class Environment(dict):
    """Values by key: field code, (table, column), (上年, code), 年度; and under a table's code its rows.

    A row is an environment itself that falls through to the `outer` one. What has no value is `Undefined`.
    """

    __slots__ = ("outer",)

    def __init__(self, values: Mapping[Hashable, Any], outer: Environment | None = None):
        super().__init__(values)
        self.outer = outer

    def __missing__(self, key: Hashable) -> Any:
        if self.outer is not None:
            return self.outer[key]
        return Undefined(missing=(key if isinstance(key, str) else ".".join(key),))


def entered(value: Value, code: str) -> Value | Undefined:
    """A typed value as formulas see it: 未填 names the code that is missing."""
    return Undefined(missing=(code,)) if value is MISSING else value


@dataclass(frozen=True, slots=True)
class Symbol:
    """A figure or a column by name. `key`: where the environment holds it; `code`: what findings point to."""

    key: Hashable
    code: str
    definition: Field | Column

    @property
    def label(self) -> str:
        return self.definition.label

    @property
    def type(self) -> str:
        return type_of(self.definition)

    @property
    def unit(self) -> Unit:
        return unit_of(self.definition)


@dataclass(frozen=True, slots=True)
class TableScope:
    """A table by name, with its columns by folded name. `code` is also its key in the environment."""

    code: str
    label: str
    columns: Mapping[str, Symbol]


@dataclass(frozen=True, slots=True)
class Scope:
    """All names a formula may use, folded. `ambiguous` labels belong to several figures and need the code."""

    symbols: Mapping[str, Symbol]
    tables: Mapping[str, TableScope] = field(default_factory=dict)
    ambiguous: frozenset[str] = frozenset()

    def symbol(self, name: str) -> Symbol | None:
        return self.symbols.get(fold(name))

    def table(self, name: str) -> TableScope | None:
        return self.tables.get(fold(name))

    def is_ambiguous(self, name: str) -> bool:
        return fold(name) in self.ambiguous

    def within(self, table: TableScope) -> Scope:
        """The names inside a row of `table`: its columns hide figures of the same name."""
        return Scope({**self.symbols, **table.columns}, self.tables, self.ambiguous - table.columns.keys())

    def hint(self, name: str) -> str:
        """`，是否指“…”` with the nearest label or code."""
        known = {symbol.label for symbol in self.symbols.values()} | set(self.symbols)
        return did_you_mean(name, sorted(known | {table.label for table in self.tables.values()}))


def table_scope(code: str, label: str, columns: tuple[Column, ...]) -> TableScope:
    """The scope of a table of the template; a column goes by its code and by its label."""
    names: dict[str, Symbol] = {}
    for column in columns:
        symbol = Symbol((code, column.code), f"{code}.{column.code}", column)
        names.setdefault(fold(column.label), symbol)
        names[fold(column.code)] = symbol
    return TableScope(code, label, names)


#: 预算明细 as a table of the language. The codes are the attributes of `facts.Line`.
BUDGET_LINES = table_scope(
    LINES,
    "预算明细",
    (
        Column("functional", "功能分类", "text"),
        Column("economic", "经济分类", "text"),
        Column("kind", "支出类型", "text"),
        Column("fund", "资金来源", "text"),
        Column("project", "项目", "text"),
        Column("opening", "年初预算"),
        Column("adjustment", "调整数"),
        Column("final", "全年预算"),
        Column("executed", "执行数"),
    ),
)
_LINE_CODES = tuple(symbol.key[1] for symbol in dict.fromkeys(BUDGET_LINES.columns.values()))


def line_row(line: Line, outer: Environment) -> Environment:
    """A budget line as a row of `BUDGET_LINES`."""
    return Environment(
        {(LINES, code): entered(getattr(line, code), f"{LINES}[{line.id}].{code}") for code in _LINE_CODES},
        outer,
    )


#: 项目自评 as a table of the language: the projects of a department. The codes are those of `facts.Project`.
PROJECT_ROWS = table_scope(
    PROJECTS,
    "项目自评",
    (
        Column("name", "项目名称", "text"),
        Column("opening", "年初预算数"),
        Column("adjustment", "调整数"),
        Column("final", "全年预算数"),
        Column("executed", "执行数"),
        Column("score", "得分", "number", "分"),
    ),
)
_PROJECT_CODES = tuple(symbol.key[1] for symbol in dict.fromkeys(PROJECT_ROWS.columns.values()))
#: The tables that every template has; what they hold is typed elsewhere.
GIVEN_TABLES = {LINES: BUDGET_LINES, PROJECTS: PROJECT_ROWS}


def project_row(project: Project, outer: Environment) -> Environment:
    """A project as a row of `PROJECT_ROWS`."""
    return Environment({(PROJECTS, code): project_value(project, code) for code in _PROJECT_CODES}, outer)


def project_value(project: Project, amount: str) -> Value | Undefined:
    """A figure of a project as formulas see it; what is 未填 names its place."""
    return entered(getattr(project, amount), f"{PROJECTS}[{project.reference}].{amount}")
