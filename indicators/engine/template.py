"""Compiling a template: names resolved, formulas closed over, dependencies ordered, places known.

`compile_template` is the only door. It finds every fault of names, units, cycles and places at once; what
else must be right before publishing is in `verify`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from . import open_groups
from .compiled import CompiledCheck, CompiledTemplate
from .faults import Fault, TemplateFaults
from .figures import Figures
from .formula import Formula, FormulaError, compile_formula
from .names import fold
from .outline import placement, walk, walk_indicators
from .plan import Key, Step, column_step, field_step, ordered, prior_step
from .printing import print_faults
from .scope import GIVEN_TABLES, LINES, PROJECTS, Scope, Symbol, TableScope, table_scope, type_of
from .spec import Column, Field, TemplateSpec
from .units import PLAIN, Unit, unit_named, unit_of, unit_text
from .values import Undefined

__all__ = ["CompiledCheck", "CompiledTemplate", "Fault", "Figures", "TemplateFaults", "compile_template"]

#: Locations are built from up to three codes and are stored in a column of limited width.
MAX_CODE = 40
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
#: What is told of one that is none.
CODES = f"只能由英文字母开头，含字母、数字、- 和 _，最多 {MAX_CODE} 个"
#: The parts of a rule that are formulas.
MEASURES = ("measure", "actual", "target", "formula")


def compile_template(spec: TemplateSpec) -> CompiledTemplate:
    """Compile `spec`. Raises `TemplateFaults` with every fault found."""
    return _Compilation(spec).result()


def scope_of(spec: TemplateSpec) -> Scope:
    """The names that formulas of `spec` may use; a draft has them whether it compiles or not."""
    return _Compilation(spec).scope


class _Compilation:
    """One run over a spec. Every step notes its faults and goes on, so that all are found at once."""

    def __init__(self, spec: TemplateSpec):
        self.spec = spec
        self.faults: list[Fault] = []
        self.leaf = {node.code: node for node in spec.leaves() if node.rule is not None}
        self.answers = {box.code: box for node in self.leaf.values() for box in node.answers()}
        self.fields = {item.code: item for item in spec.fields} | self.answers
        self.tables = open_groups.with_tables(spec)
        self.placed = placement(spec, self.fields, self.tables, {node.code: node for node in spec.leaves()})
        self.table_scopes: dict[str, TableScope] = {}
        self.scope = self._scope()
        self.derived: dict[str, Formula] = {}
        self.columns: dict[tuple[str, str], Formula] = {}
        self.cells: dict[tuple[str, str], dict[int, Formula]] = {}

    def result(self) -> CompiledTemplate:
        self._check_codes()
        self.faults += self.placed.faults
        self._compile_fields()
        self._compile_tables()
        order = self._order()
        rules = self._compile_rules()
        checks = self._compile_checks()
        caps = self._compile_caps()
        conditions = self._compile_sentences()
        everything = self._all_formulas(rules, checks, caps, conditions)
        uses_lines = any(formula.uses_lines for formula in everything)
        uses_lines_at_all = uses_lines or any(t.source == "budget" for t in self.tables.values())
        # Those of a project are typed in its department's evaluation.
        if uses_lines_at_all and not self._has_budget() and self.spec.kind != "project":
            self.fault("outline", "用到了预算明细，但没有一步可以填写它（budget）")
        self._check_projects(everything)
        self._locate_derived()
        compiled = CompiledTemplate(
            spec=self.spec,
            fields=self.fields,
            tables=self.tables,
            columns={f"{t.code}.{column.code}": column for t in self.tables.values() for column in t.columns},
            texts={
                block.code: block
                for section in self.spec.sections()
                for block in section.blocks
                if block.kind == "text"
            },
            leaf=self.leaf,
            boxes={
                code: {box.code.removeprefix(f"{code}-"): box for box in node.answers()}
                for code, node in self.leaf.items()
            },
            scope=self.scope,
            step_of=self.placed.step_of,
            position=self.placed.position,
            derived=self.derived,
            rules=rules,
            checks=checks,
            caps=caps,
            sentence_conditions=conditions,
            plan=tuple(self._step(key) for key in order if not self._is_of_budget_table(key)),
            blanks={c: Undefined(missing=(c,)) for c, item in self.fields.items() if not item.formula},
            previous=frozenset(code for formula in everything for code in formula.previous),
            uses_lines=uses_lines,
            formulas_by_table={
                code: tuple(
                    (key[1], self.columns[key]) for key in order if key in self.columns and key[0] == code
                )
                for code in self.tables
            },
        )
        self.faults += print_faults(compiled)
        if self.faults:
            raise TemplateFaults(self.faults)
        return compiled

    def fault(self, place: str, message: str) -> None:
        self.faults.append(Fault(place, message))

    # ── names ───────────────────────────────────────────────────────────────────────────────────────────────

    def _check_codes(self) -> None:
        """Codes are plain (locations are built from them) and unique in the whole template."""
        seen: dict[str, str] = {code: table.label for code, table in GIVEN_TABLES.items()}
        for place, code in self._codes():
            if not is_code(code):
                self.fault(place, f"代码“{code}”{CODES}")
            elif code in seen:
                self.fault(place, f"代码“{code}”重复，已用于{seen[code]}")
            seen.setdefault(code, place)
        self._unique("checks", [rule.code for rule in self.spec.checks])
        self._unique("forms", [form.code for form in self.spec.forms])
        for number, table in enumerate(self.spec.tables):
            self._unique(f"tables[{number}].columns", [column.code for column in table.columns])
            self._unique(f"tables[{number}].rows", [row.code for row in table.rows])
        for place, node in walk_indicators(self.spec):
            if node.open and node.open.columns:
                self._unique(f"{place}.open.columns", [column.code for column in open_groups.columns(node)])

    def _codes(self) -> Iterator[tuple[str, str]]:
        for number, item in enumerate(self.spec.fields):
            yield f"fields[{number}].code", item.code
        for number, table in enumerate(self.spec.tables):
            yield f"tables[{number}].code", table.code
        for node in walk(self.spec):
            yield f"{node.place}.code", node.section.code
            for number, block in enumerate(node.section.blocks):
                if block.kind == "text" and block.code:
                    yield f"{node.place}.blocks[{number}].code", block.code
        for place, indicator in walk_indicators(self.spec):
            yield f"{place}.code", indicator.code
            for answer in indicator.answers():
                yield f"{place}.code", answer.code

    def _unique(self, place: str, codes: list[str]) -> None:
        for number, code in enumerate(codes):
            if code in codes[:number] or not code:
                self.fault(f"{place}[{number}].code", f"代码“{code}”重复或为空")
            elif len(code) > MAX_CODE:
                self.fault(f"{place}[{number}].code", f"代码“{code}”太长，最多 {MAX_CODE} 个字")

    def _scope(self) -> Scope:
        symbols = {fold(code): Symbol(code, code, item) for code, item in self.fields.items()}
        named: dict[str, set[str]] = {}
        for item in self.spec.fields:
            for name in (item.label, *item.aliases):
                named.setdefault(fold(name), set()).add(item.code)
        for name, codes in named.items():
            if len(codes) == 1:
                symbols.setdefault(name, symbols[fold(*codes)])
        tables = {fold(name): table for table in GIVEN_TABLES.values() for name in (table.code, table.label)}
        for table in self.tables.values():
            self.table_scopes[table.code] = table_scope(table.code, table.title, table.columns)
            if table.source != "budget":
                for name in (table.title, table.code):
                    tables[fold(name)] = self.table_scopes[table.code]
        ambiguous = frozenset(name for name, codes in named.items() if len(codes) > 1 and name not in symbols)
        return Scope(symbols, tables, ambiguous)

    # ── formulas ────────────────────────────────────────────────────────────────────────────────────────────

    def formula(
        self, place: str, text: str, kind: str = "", unit: Unit | None = None, scope: Scope | None = None
    ):
        """The compiled formula, or None with a fault. `kind` and `unit` are what the result must be."""
        try:
            formula = compile_formula(text, scope or self.scope)
        except FormulaError as error:
            return self.fault(place, str(error))
        if kind and formula.type != kind:
            return self.fault(place, f"公式的结果是{formula.type}，这里需要{kind}")
        if unit is not None and formula.unit != unit and not formula.root.loose:
            return self.fault(place, f"公式的单位是{unit_text(formula.unit)}，这里需要{unit_text(unit)}")
        return formula

    def _for_definition(self, place: str, text: str, item: Field | Column, scope: Scope | None = None):
        kind = type_of(item)
        return self.formula(place, text, kind, unit_of(item) if kind == "数字" else None, scope)

    def _compile_fields(self) -> None:
        for number, item in enumerate(self.spec.fields):
            if item.formula:
                formula = self._for_definition(f"fields[{number}].formula", item.formula, item)
                if formula:
                    self.derived[item.code] = formula
            if item.prior and item.prior not in self.fields:
                self.fault(f"fields[{number}].prior", f"没有代码为“{item.prior}”的数据项")

    def _compile_tables(self) -> None:
        for number, table in enumerate(self.spec.tables):
            place, scope = f"tables[{number}]", self.scope.within(self.table_scopes[table.code])
            if not table.columns:
                self.fault(f"{place}.columns", "一列也没有")
            columns = {column.code: column for column in table.columns}
            for index, column in enumerate(table.columns):
                if column.formula:
                    formula = self._for_definition(
                        f"{place}.columns[{index}].formula", column.formula, column, scope
                    )
                    if formula:
                        self.columns[table.code, column.code] = formula
            for index, row in enumerate(table.rows):
                for code, text in row.cells.items():
                    where = f"{place}.rows[{index}].cells.{code}"
                    if code not in columns:
                        self.fault(where, f"表“{table.title}”没有代码为“{code}”的列")
                    elif formula := self._for_definition(where, text, columns[code], scope):
                        self.cells.setdefault((table.code, code), {})[index] = formula

    def _compile_rules(self) -> dict[str, dict[str, Formula]]:
        """By leaf: its measures by name, and `na_when`."""
        compiled: dict[str, dict[str, Formula]] = {}
        for place, node in walk_indicators(self.spec):
            if node.rule is None:
                continue
            found = {
                name: self.formula(f"{place}.rule.{name}", getattr(node.rule, name), "数字")
                for name in MEASURES
                if hasattr(node.rule, name)
            }
            if node.na_when:
                found["na_when"] = self.formula(f"{place}.na_when", node.na_when, "是否")
            compiled[node.code] = {name: formula for name, formula in found.items() if formula}
            self._check_measures(place, node.value_unit, compiled[node.code])
            for number, code in enumerate(node.inputs):
                if code not in self.fields and code not in self.tables:
                    self.fault(f"{place}.inputs[{number}]", f"没有代码为“{code}”的数据项或表")
        return compiled

    def _check_measures(self, place: str, value_unit: str, found: dict[str, Formula]) -> None:
        if "formula" in found and not fits(found["formula"], PLAIN):
            self.fault(
                f"{place}.rule.formula", f"结果应是分数，而它的单位是{unit_text(found['formula'].unit)}"
            )
        if "measure" in found and not fits(found["measure"], unit_named(value_unit)):
            unit = unit_text(found["measure"].unit)
            self.fault(f"{place}.value_unit", f"指标值的单位是{unit}，这里写的是“{value_unit}”")
        if {"actual", "target"} <= found.keys() and not same_unit(found["actual"], found["target"]):
            self.fault(f"{place}.rule.target", "实际值和目标值的单位不同")

    def _compile_checks(self) -> tuple[CompiledCheck, ...]:
        compiled = []
        for number, rule in enumerate(self.spec.checks):
            place, scope = f"checks[{number}]", self.scope
            if rule.each and (rule.each not in self.tables or self.tables[rule.each].source == "budget"):
                self.fault(f"{place}.each", f"没有代码为“{rule.each}”的表可以逐行审核")
            elif rule.each:
                scope = scope.within(self.table_scopes[rule.each])
            left = self.formula(f"{place}.left", rule.left, scope=scope)
            right = self.formula(f"{place}.right", rule.right, scope=scope)
            when = self.formula(f"{place}.when", rule.when, "是否", scope=scope) if rule.when else None
            for name in ("fix_at", "mention"):
                for index, code in enumerate(getattr(rule, name)):
                    if not self._is_place(code, rule.each):
                        self.fault(f"{place}.{name}[{index}]", f"没有代码为“{code}”的数据项或表")
            if left and right:
                self._check_sides(place, rule.op, rule.unit, left, right)
                compiled.append(CompiledCheck(rule, left, right, when))
        return tuple(compiled)

    def _is_place(self, code: str, each: str) -> bool:
        columns = {column.code for column in self.tables[each].columns} if each in self.tables else set()
        return code in self.fields or code in self.tables or code in columns or code in GIVEN_TABLES

    def _check_sides(self, place: str, op: str, unit: str, left: Formula, right: Formula) -> None:
        if op in ("同填", "不同填"):
            return
        if left.type != right.type:
            self.fault(place, f"左边是{left.type}，右边是{right.type}，不能比较")
        elif left.type in ("是否", "文字") and op not in ("=", "≠"):
            self.fault(f"{place}.op", f"{left.type}只能用 = 或 ≠ 比较")
        elif left.type == "数字" and not same_unit(left, right):
            self.fault(place, f"左边的单位是{unit_text(left.unit)}，右边是{unit_text(right.unit)}，不能比较")
        elif left.type == "数字" and not (fits(left, unit_named(unit)) and fits(right, unit_named(unit))):
            actual = unit_text((right if left.root.loose else left).unit)
            self.fault(f"{place}.unit", f"两边的单位是{actual}，这里写的是“{unit}”")

    def _compile_caps(self) -> dict[int, Formula]:
        found = {
            number: self.formula(f"adjustments[{number}].measure", item.measure, "数字", PLAIN)
            for number, item in enumerate(self.spec.adjustments)
            if item.kind == "cap"
        }
        return {number: formula for number, formula in found.items() if formula}

    def _compile_sentences(self) -> dict[str, Formula]:
        """The conditions of all sentences, by the formula as it is written."""
        found = {}
        for node in walk(self.spec):
            for index, block in enumerate(node.section.blocks):
                for number, sentence in enumerate(block.sentences):
                    if sentence.when:
                        place = f"{node.place}.blocks[{index}].sentences[{number}].when"
                        found[sentence.when] = self.formula(place, sentence.when, "是否")
        return {key: formula for key, formula in found.items() if formula}

    def _all_formulas(
        self, rules: dict, checks: tuple[CompiledCheck, ...], caps: dict, conditions: dict
    ) -> list[Formula]:
        found = [*self.derived.values(), *self.columns.values(), *caps.values(), *conditions.values()]
        found += [formula for cells in self.cells.values() for formula in cells.values()]
        found += [formula for measures in rules.values() for formula in measures.values()]
        for check in checks:
            found += [side for side in (check.left, check.right, check.when) if side]
        return found

    def _has_budget(self) -> bool:
        return LINES in self.placed.step_of

    def _check_projects(self, everything: list[Formula]) -> None:
        """项目自评 need to be told on which template they are made, and where they are listed."""
        listed = PROJECTS in self.placed.step_of
        used = listed or any(table.source == "projects" for table in self.tables.values())
        used = used or any(PROJECTS in formula.tables for formula in everything)
        if used and not self.spec.project_template:
            self.fault("project_template", "用到了项目自评，但没有写项目用哪个模板自评（project_template）")
        if self.spec.project_template and not listed:
            self.fault("outline", "有项目自评（project_template），但没有一步列出项目（projects）")

    def _is_of_budget_table(self, key: Key) -> bool:
        """The rows of a budget table are made when it is shown, and nothing else depends on them."""
        return isinstance(key, tuple) and key[0] in self.tables and self.tables[key[0]].source == "budget"

    # ── order of computation ────────────────────────────────────────────────────────────────────────────────

    def _order(self) -> tuple[Key, ...]:
        """Keys of everything derived, each after what it needs."""
        needs: dict[Key, set[Key]] = {code: _needs(formula) for code, formula in self.derived.items()}
        for key, formula in self.columns.items():
            needs[key] = _needs(formula)
        for key, cells in self.cells.items():
            needs.setdefault(key, set()).update(*(_needs(formula) for formula in cells.values()))
        for item in self.spec.fields:
            if item.prior:
                needs["上年", item.code] = {item.prior}
        order, cycle = ordered(needs)
        if cycle:
            self.fault(self._place_of(cycle[0]), f"公式循环引用：{' → '.join(map(self._name_of, cycle))}")
        return order

    def _place_of(self, key: Key) -> str:
        codes = [item.code for item in self.spec.fields]
        if key in codes:
            return f"fields[{codes.index(key)}].formula"
        return f"tables[{list(self.tables).index(key[0])}]" if key[0] in self.tables else "fields"

    def _name_of(self, key: Key) -> str:
        if isinstance(key, str):
            return self.fields[key].label
        if key[0] in self.tables:
            return f"{self.tables[key[0]].title}.{key[1]}"
        return f"上年{self.fields[key[1]].label}"

    def _step(self, key: Key) -> Step:
        if isinstance(key, str):
            return field_step(key, self.derived[key])
        if key[0] in self.tables:
            return column_step(key, self.columns.get(key), self.cells.get(key, {}))
        return prior_step(key, self.fields[key[1]].prior)

    def _locate_derived(self) -> None:
        """A derived figure that stands in no step is found where its first operand is typed."""
        for code, formula in self.derived.items():
            step = self._step_behind(formula, set())
            if step and code not in self.placed.step_of:
                self.placed.step_of[code] = step

    def _step_behind(self, formula: Formula, seen: set[str]) -> str | None:
        for operand in formula.operands:
            base = re.split(r"[\[.]", operand.code.removeprefix("上年."), maxsplit=1)[0]
            if base in self.placed.step_of:
                return self.placed.step_of[base]
            if base in self.derived and base not in seen:
                seen.add(base)
                if step := self._step_behind(self.derived[base], seen):
                    return step
        return None


def is_code(text: str) -> bool:
    """Whether it may be the code of a piece."""
    return bool(_CODE.fullmatch(text)) and len(text) <= MAX_CODE


def fits(formula: Formula, unit: Unit) -> bool:
    """Whether the result may be taken for a figure in `unit`."""
    return formula.root.loose or formula.unit == unit


def same_unit(left: Formula, right: Formula) -> bool:
    return left.root.loose or right.root.loose or left.unit == right.unit


def _needs(formula: Formula) -> set[Key]:
    return {*formula.names, *formula.columns, *(("上年", code) for code in formula.previous)}
