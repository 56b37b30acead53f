"""A formula looked at while it is written: what it gives, or what is wrong and where; on what it rests.

The text is compiled by the one compiler with the names of the template around it, and the template with it is
compiled, too: so type and unit are judged as publishing will. The sample is what it gives for the first
worked example.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from . import parts
from .compiled import CompiledTemplate
from .examples import facts_of_example
from .faults import TemplateFaults
from .figures import shown
from .formula import Formula, FormulaError, compile_formula
from .scope import GIVEN_TABLES, Scope, table_scope
from .spec import Column, Field, TemplateSpec
from .template import compile_template, scope_of
from .units import unit_text
from .values import MISSING, Undefined
from .words import choices

MAX_DEPTH = 6
#: Beside a formula its own piece may say that the unit does not fit, under these keys.
_BESIDE = frozenset({"", "value_unit", "unit", "op", "rule.target", "rule.formula"})


@dataclass(frozen=True, slots=True)
class Rest:
    """A figure on which a formula rests. `address`: its piece, "" where it is none (预算明细).

    `formula`: how it is derived, "" when it is typed; `below`: on what it rests itself, told once.
    """

    label: str
    address: str
    said: str
    formula: str = ""
    below: tuple[Rest, ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """What is to be said of a formula. `error` at `position` (None: of the whole), or `type` and `unit`.

    `sample`: `11 ÷ 13 × 100 = 84.62`, "" where no example gives one, or faults elsewhere stand in the way
    (`hindered`).
    """

    text: str
    error: str = ""
    position: int | None = None
    type: str = ""
    unit: str = ""
    rests: tuple[Rest, ...] = ()
    sample: str = ""
    example: str = ""
    hindered: bool = False


def look(spec: TemplateSpec, text: str, address: str, name: str, table: str = "") -> Look:
    """The formula `text` that stands under `name` (`rule.measure`) in the piece at `address` of `spec`.

    `table`: code of the table whose row it belongs to. `spec` holds the piece as it is typed now; names that
    it does not have are faults of the formula, faults elsewhere in it are not.
    """
    scope = _within(spec, table)
    try:
        formula = compile_formula(text, scope)
    except FormulaError as error:
        return Look(text, str(error), error.position)
    rests = tuple(_Ways(spec, scope_of(spec)).of(formula))
    try:
        compiled = compile_template(spec)
    except TemplateFaults as refused:
        place = parts.place_of(spec, address)
        wrong = _told(refused, place, name)
        return Look(text, wrong, None, formula.type, _unit(formula), rests, hindered=True)
    sample, example = _sample(compiled, formula, table)
    return Look(text, "", None, formula.type, _unit(formula), rests, sample, example)


def _within(spec: TemplateSpec, table: str) -> Scope:
    scope = scope_of(spec)
    own = next((one for one in spec.tables if one.code == table), None)
    if own is not None:
        return scope.within(table_scope(own.code, own.title, own.columns))
    found = scope.table(table) if table else None
    return scope.within(found) if found else scope


def _told(refused: TemplateFaults, place: str, name: str) -> str:
    """What the template's compiler says of this formula."""
    exact = [fault.message for fault in refused.faults if fault.place == parts.join(place, name)]
    beside = {parts.join(place, key) for key in _BESIDE}
    return "；".join(exact or [fault.message for fault in refused.faults if fault.place in beside])


def _unit(formula: Formula) -> str:
    return unit_text(formula.unit) if formula.type == "数字" else ""


# ── on what it rests ────────────────────────────────────────────────────────────────────────────────────────


class _Ways:
    """Down from a formula through derived figures to those that are typed."""

    def __init__(self, spec: TemplateSpec, scope: Scope):
        self.fields = {item.code: item for item in spec.fields}
        self.tables = {table.code: table for table in spec.tables}
        self.answers = {box.code: leaf.code for leaf in spec.leaves() for box in leaf.answers()}
        self.scope = scope
        self.seen: set[str] = set()

    def of(self, formula: Formula, depth: int = 0) -> Iterator[Rest]:
        named = [operand.code for operand in formula.operands if operand.code in formula.names]
        for code in dict.fromkeys((*named, *sorted(formula.names))):
            yield self._figure(code, depth)
        for code in sorted(formula.previous):
            yield Rest(f"上年{self._label(code)}", self._address(code), "上年报告")
        columns = sorted(formula.columns)
        for table, column in columns:
            yield self._column(table, column)
        for table in sorted(formula.tables - {table for table, _ in columns}):
            yield Rest(self._title(table), self._own(table), "表格的行")

    def _figure(self, code: str, depth: int) -> Rest:
        symbol = self.scope.symbol(code)
        item = symbol.definition if symbol else Field(code, code)
        if not item.formula:
            return Rest(item.label, self._address(code), choices(Field, "kind").get(item.kind, ""))
        if code in self.seen or depth >= MAX_DEPTH:
            return Rest(item.label, self._address(code), "由公式得出", item.formula)
        self.seen.add(code)
        try:
            below = tuple(self.of(compile_formula(item.formula, self.scope), depth + 1))
        except FormulaError:
            below = ()
        return Rest(item.label, self._address(code), "由公式得出", item.formula, below)

    def _column(self, table: str, column: str) -> Rest:
        given = GIVEN_TABLES.get(table)
        columns = self.tables[table].columns if table in self.tables else ()
        label = next((one.label for one in columns if one.code == column), column)
        if given:
            label = next(one.label for one in given.columns.values() if one.key[1] == column)
        return Rest(f"{self._title(table)}.{label}", self._own(table), "表格的列")

    def _address(self, code: str) -> str:
        return f"fields/{code}" if code in self.fields else f"indicators/{self.answers.get(code, code)}"

    def _label(self, code: str) -> str:
        return self.fields[code].label if code in self.fields else code

    def _title(self, table: str) -> str:
        if table in GIVEN_TABLES:
            return GIVEN_TABLES[table].label
        found = self.tables.get(table) or self.scope.table(table)
        return getattr(found, "title", None) or getattr(found, "label", table)

    def _own(self, table: str) -> str:
        if table in self.tables:
            return f"tables/{table}"
        return "" if table in GIVEN_TABLES else f"indicators/{table}"


# ── what it gives ───────────────────────────────────────────────────────────────────────────────────────────


def _sample(compiled: CompiledTemplate, formula: Formula, table: str) -> tuple[str, str]:
    """(working and value, name of the example); of a row formula for the first row."""
    for example in compiled.spec.examples:
        facts, faults = facts_of_example(compiled, example)
        if faults:
            continue
        env = compiled.compute(facts).env
        if table:
            if not (rows := env.get(table)):
                continue
            env = rows[0]
        value = formula(env)
        unit = compiled.unit_of(*(part.code for part in formula.operands))
        return f"{formula.words(env, unit)} = {_value(formula, value, unit)}", example.name
    return "", ""


def _value(formula: Formula, value: object, unit: str) -> str:
    if isinstance(value, Undefined):
        return "未填" if value.missing else f"无法计算（{value.reason}）"
    definition = formula.root.symbol.definition if formula.root.symbol else _plain(formula)
    if value is MISSING:
        return "未填"
    text, behind = shown(value, definition, unit)
    return f"{text} {behind}".strip()


def _plain(formula: Formula) -> Field | Column:
    """How a result without a name is shown."""
    kind = {"日期": "date", "是否": "yes_no", "文字": "text"}.get(formula.type, "number")
    if formula.unit == (("元", 1),):
        return Field("", "", "money")
    return Field(
        "", "", kind, unit_text(formula.unit) if formula.unit else "", places=2 if kind == "number" else None
    )
