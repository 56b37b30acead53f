"""On what formulas rest in the end: the figures that are typed, last year's, and the tables whose rows count.

Total: what does not compile rests on nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from .formula import FormulaError, compile_formula
from .open_groups import with_tables
from .scope import GIVEN_TABLES, Scope, table_scope
from .spec import TemplateSpec
from .template import scope_of


@dataclass(slots=True)
class Grounds:
    """Codes in the order in which the formulas come to them; `tables` may be the 预算明细 and 项目自评."""

    typed: dict[str, None] = field(default_factory=dict)
    previous: dict[str, None] = field(default_factory=dict)
    tables: dict[str, None] = field(default_factory=dict)


def grounds(spec: TemplateSpec, texts: Iterable[str], table: str = "") -> Grounds:
    """On what these formulas rest; `table`: that in whose rows they are computed."""
    search = _Search(spec)
    if table in search.tables:
        search.table(table)
    for text in texts:
        search.formula(text, search.rows(table))
    return search.found


class _Search:
    def __init__(self, spec: TemplateSpec):
        self.scope = scope_of(spec)
        self.tables = with_tables(spec)
        self.found = Grounds()
        self.seen: set[str] = set()

    def rows(self, table: str) -> Scope:
        own = self.tables.get(table)
        return self.scope.within(table_scope(own.code, own.title, own.columns)) if own else self.scope

    def formula(self, text: str, scope: Scope) -> None:
        try:
            formula = compile_formula(text, scope)
        except FormulaError:
            return
        named = [operand.code for operand in formula.operands if operand.code in formula.names]
        for code in dict.fromkeys((*named, *sorted(formula.names))):
            self._figure(code)
        for code in sorted(formula.previous):
            self.found.previous[code] = None
        for code in sorted(formula.tables | {code for code, _ in formula.columns}):
            self.table(code)

    def _figure(self, code: str) -> None:
        symbol = self.scope.symbol(code)
        if symbol is None or not getattr(symbol.definition, "formula", ""):
            self.found.typed[code] = None
        elif code not in self.seen:
            self.seen.add(code)
            self.formula(symbol.definition.formula, self.scope)

    def table(self, code: str) -> None:
        """Rows that are typed count themselves; fixed rows by their formulas."""
        own = self.tables.get(code)
        if code in GIVEN_TABLES or (own and own.source == "input"):
            self.found.tables[code] = None
        if own is None or code in self.seen:
            return
        self.seen.add(code)
        scope = self.rows(code)
        for text in (column.formula for column in own.columns if column.formula):
            self.formula(text, scope)
        for row in own.rows:
            for text in row.cells.values():
                self.formula(text, scope)
