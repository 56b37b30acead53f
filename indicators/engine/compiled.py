"""A compiled template: what pages, scoring, checks and documents ask about it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from . import open_groups
from .chapters import Block, Form, Section, Sentence
from .facts import Facts
from .figures import Figures, compute
from .formula import Formula
from .scope import GIVEN_TABLES, Environment, Scope
from .spec import CheckRule, Column, Field, Indicator, MoneyUnit, Table, TemplateSpec
from .values import NUMBER_KINDS, Undefined


@dataclass(frozen=True, slots=True)
class CompiledCheck:
    """A check with its two sides; `when` is None where it always applies."""

    rule: CheckRule
    left: Formula
    right: Formula
    when: Formula | None


@dataclass(frozen=True, eq=False)
class CompiledTemplate:
    """What pages, scoring, checks and documents ask about a template. Immutable; share it freely.

    `fields` include the answers of the indicators; `boxes` are those answers by leaf and by the ending of
    their code (`1`, `level`, `self`). `columns` go by `table.column`. `rules`: the formulas of each leaf by
    name. `position` gives the order in which things stand in the outline. `sentence_conditions` go by their
    formula as it is written.
    """

    spec: TemplateSpec
    fields: Mapping[str, Field]
    tables: Mapping[str, Table]
    columns: Mapping[str, Column]
    texts: Mapping[str, Block]
    leaf: Mapping[str, Indicator]
    boxes: Mapping[str, Mapping[str, Field]]
    scope: Scope
    step_of: Mapping[str, str]
    position: Mapping[str, int]
    derived: Mapping[str, Formula]
    rules: Mapping[str, Mapping[str, Formula]]
    checks: tuple[CompiledCheck, ...]
    caps: Mapping[int, Formula]
    sentence_conditions: Mapping[str, Formula]
    plan: tuple[Callable[[Environment], None], ...]
    blanks: Mapping[str, Undefined]
    previous: frozenset[str]
    uses_lines: bool
    formulas_by_table: Mapping[str, tuple[tuple[str, Formula], ...]]

    @cached_property
    def steps(self) -> Mapping[str, Section]:
        """The pages of the wizard by code, in order."""
        return {section.code: section for section in self.spec.steps()}

    @cached_property
    def answers(self) -> Mapping[str, str]:
        """The leaf of each answer, by the answer's code."""
        return {box.code: leaf for leaf, boxes in self.boxes.items() for box in boxes.values()}

    @cached_property
    def sections(self) -> Mapping[str, Section]:
        """Every node of the outline by code, in order."""
        return {section.code: section for section in self.spec.sections()}

    @cached_property
    def forms(self) -> Mapping[str, Form]:
        """The printed forms (表式) by code."""
        return {form.code: form for form in self.spec.forms}

    @cached_property
    def indicators(self) -> Mapping[str, Indicator]:
        """Every node of the indicator tree by code, groups too, in order."""
        return {node.code: node for root in self.spec.indicators for node in root.walk()}

    @cached_property
    def open_groups(self) -> Mapping[str, Indicator]:
        """The groups in which the department adds its own indicators (自设指标), by code."""
        return open_groups.groups(self.spec)

    @cached_property
    def leaves_below(self) -> Mapping[str, tuple[Decimal, tuple[str, ...]]]:
        """(weight, codes of the leaves) of every group of the tree that has children, by code."""
        return {
            code: (node.full_weight, tuple(leaf.code for leaf in node.leaves()))
            for code, node in self.indicators.items()
            if node.children
        }

    def unit_of(self, *codes: str) -> MoneyUnit:
        """The unit in which money is typed and shown: of a field, a table, a column or a cell.

        `codes` are such as `spent`, `上年.spent`, `costs`, `costs.paid`, `costs[r1].paid`, `lines`. Of
        several that do not agree it is the template's, and so it is of everything that says nothing itself.
        """
        if not self._own_units:
            return self.spec.unit
        units = {self._own_unit(code) for code in codes}
        return units.pop() if len(units) == 1 else self.spec.unit

    def _own_unit(self, code: str) -> MoneyUnit:
        base = re.split(r"[\[.]", code.removeprefix("上年."), maxsplit=1)[0]
        return self._own_units.get(base, self.spec.unit)

    @cached_property
    def _own_units(self) -> Mapping[str, MoneyUnit]:
        """The fields and tables that have a unit of their own, by code."""
        defined = {**self.tables, **self.fields}
        return {code: one.money_unit for code, one in defined.items() if one.money_unit}

    def prints_figure(self, code: str) -> bool:
        """Whether what may be printed otherwise there is a number: a derived one, or the total of a table."""
        return code in self.tables or (code in self.fields and self.fields[code].kind in NUMBER_KINDS)

    def compute(self, facts: Facts) -> Figures:
        """Everything derived from `facts`; never raises."""
        return compute(self, facts)

    def resolve(self, name: str) -> str | None:
        """Code of the field with this label, alias or code; None when there is none or more than one."""
        symbol = self.scope.symbol(name)
        return symbol.code if symbol else None

    def locate(self, code: str) -> str:
        """`step.code`: where a field, table, text, leaf, `table[row].column` or `lines[…].executed` is."""
        if code.startswith("上年."):
            code = code.removeprefix("上年.")
            code = self.fields[code].prior or code
        base = code.partition("[")[0].partition(".")[0]
        return f"{self.step_of[base]}.{code}" if base in self.step_of else code

    def order_of(self, location: str) -> int:
        """How far down the outline a location stands."""
        base = (
            location.rpartition(".")[2]
            if "[" not in location
            else location.partition("[")[0].rpartition(".")[2]
        )
        return self.position.get(base, len(self.position))

    def label(self, code: str) -> str:
        """What people call `code`, whatever it stands for."""
        if code.startswith("上年."):
            return f"上年{self.label(code.removeprefix('上年.'))}"
        if found := re.fullmatch(r"([^\[]+)\[.*\]\.(.+)", code, re.DOTALL):
            return f"{self.label(found[1])}“{self._column_label(found[1], found[2])}”"
        if code.endswith("]"):
            return self.label(code.partition("[")[0])
        if code in GIVEN_TABLES:
            return GIVEN_TABLES[code].label
        if code in self.fields:
            return self.fields[code].label
        if code in self.tables:
            return self.tables[code].title
        if code in self.texts:
            return self.texts[code].label
        if code in self.leaf:
            return self.leaf[code].name
        section = self.sections.get(code)
        return (section.short or section.heading) if section else code

    def _column_label(self, table: str, column: str) -> str:
        if table in GIVEN_TABLES:
            symbol = GIVEN_TABLES[table].columns.get(column)
            return symbol.label if symbol else column
        definition = self.columns.get(f"{table}.{column}")
        return definition.label if definition else column

    def sentences(self, text: str, figures: Figures) -> tuple[str, ...]:
        """The 标准表述 of a text block whose conditions hold, with their bindings still in braces."""
        return self._holding(self.texts[text].sentences, figures)

    def paragraph(self, section: str, block: int, figures: Figures) -> str:
        """The words of a `paragraph` (the block of that number in `section`), with bindings still in braces.

        Its text; or else its sentences whose `when` holds, one after the other. "" when none does.
        """
        given = self.sections[section].blocks[block]
        return given.text or "".join(self._holding(given.sentences, figures))

    def _holding(self, sentences: tuple[Sentence, ...], figures: Figures) -> tuple[str, ...]:
        """A condition that cannot be told (未填, 无法计算) does not hold."""
        return tuple(
            sentence.text
            for sentence in sentences
            if not sentence.when or self.sentence_conditions[sentence.when](figures.env) is True
        )

    def column_formulas(self, table: str) -> tuple[tuple[str, Formula], ...]:
        """(column code, formula) of a table's derived columns, in an order in which they can be computed."""
        return self.formulas_by_table[table]
