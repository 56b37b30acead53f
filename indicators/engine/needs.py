"""Which figures an indicator rests on, followed down through the derived ones to those that are typed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from .faults import Fault, TemplateFaults
from .formula import Formula, FormulaError, compile_formula
from .scope import Scope
from .spec import Field, Indicator, TemplateSpec
from .template import MEASURES, scope_of


@dataclass(slots=True)
class Needs:
    """`fields`: all the figures by code, each after what it is derived from. `typed`: codes of those that are
    typed this year, `previous` of last year's (上年), in the order in which the formulas name them.

    A figure summed from rows counts as typed and has no formula here.
    """

    fields: dict[str, Field] = field(default_factory=dict)
    typed: dict[str, None] = field(default_factory=dict)
    previous: dict[str, None] = field(default_factory=dict)


def needs_of(spec: TemplateSpec, leaf: Indicator) -> Needs:
    """What the formulas of `leaf` need of `spec`.

    Raises `TemplateFaults` (places within the indicator) for a formula that is none, and for one that sums
    rows itself.
    """
    search = _Search(spec, leaf)
    for place, text in formulas_of(leaf):
        search.rule(place, text)
    if search.faults:
        raise TemplateFaults(search.faults)
    return search.needs


def formulas_of(leaf: Indicator) -> Iterator[tuple[str, str]]:
    """(place within the indicator, formula) of what its score rests on."""
    for name in MEASURES:
        if hasattr(leaf.rule, name):
            yield f"rule.{name}", getattr(leaf.rule, name)
    if leaf.na_when:
        yield "na_when", leaf.na_when


class _Search:
    def __init__(self, spec: TemplateSpec, leaf: Indicator):
        self.scope: Scope = scope_of(spec)
        self.answers = frozenset(box.code for box in leaf.answers())
        self.needs, self.faults = Needs(), []
        self.under_way: set[str] = set()

    def rule(self, place: str, text: str) -> None:
        formula = self._compiled(place, text)
        if formula and _sums_rows(formula):
            words = "这个公式汇总表格或预算明细的行，不能填各项数试算，请直接填指标值"
            self.faults.append(Fault(place, words))
        elif formula:
            self._follow(formula)

    def _compiled(self, place: str, text: str, before: str = "") -> Formula | None:
        try:
            return compile_formula(text, self.scope)
        except FormulaError as error:
            self.faults.append(Fault(place, f"{before}{error}"))
            return None

    def _follow(self, formula: Formula) -> None:
        named = [operand.code for operand in formula.operands if operand.code in formula.names]
        for code in dict.fromkeys((*named, *sorted(formula.names))):
            if code not in self.answers:
                self._figure(code)
        for code in sorted(formula.previous):
            self.needs.previous[code] = None
            if code not in self.needs.fields:
                self._keep(replace(self._definition(code), formula=""))

    def _figure(self, code: str) -> None:
        if code in self.needs.typed or code in self.under_way:
            return
        item = self._definition(code)
        formula = self._compiled("", item.formula, f"数据项“{item.label}”：") if item.formula else None
        if formula is None or _sums_rows(formula):
            self.needs.typed[code] = None
            self._keep(replace(item, formula=""))
            return
        self.under_way.add(code)
        self._follow(formula)
        self._keep(item)

    def _keep(self, item: Field) -> None:
        """Last year's figure comes from the box of the trial, not from the one in which it is typed."""
        self.needs.fields[item.code] = replace(item, prior="", required=False)

    def _definition(self, code: str) -> Field:
        return self.scope.symbol(code).definition


def _sums_rows(formula: Formula) -> bool:
    return bool(formula.tables or formula.columns)
