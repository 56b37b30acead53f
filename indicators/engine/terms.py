"""Syntax trees read with the names of a template: what `signs` and `conditions` reason about.

A term is the form in which two ways of writing the same thing are equal: names by what they mean, numbers by
their value, 甲 + 乙 as 乙 + 甲. Static verification compares terms; it computes no figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext
from functools import cached_property, lru_cache

from lark import Token, Tree

from .compiled import CompiledTemplate
from .expressions import SPELLINGS
from .formula import CONTEXT
from .functions import FUNCTIONS
from .grammar import parse_formula
from .names import fold, half_width
from .scope import Scope, Symbol, TableScope, table_scope
from .values import UNITS, plain

MIRRORED = {"=": "=", "≠": "≠", "<": ">", "≤": "≥", ">": "<", "≥": "≤"}
OPPOSITE = {"=": "≠", "≠": "=", "<": "≥", "≤": ">", ">": "≤", "≥": "<"}
_SIGNS = {"*": "×", "/": "÷"}


@dataclass(frozen=True, eq=False)
class Written:
    """A formula as it is written: its `text` and `tree`, and the names it is read with."""

    compiled: CompiledTemplate
    scope: Scope
    text: str
    tree: Tree

    def part(self, tree: Tree) -> Written:
        """A part of the formula, with the same names."""
        return Written(self.compiled, self.scope, self.text, tree)

    @cached_property
    def parts(self) -> tuple[Written, ...]:
        """The parts right below, without words and signs."""
        return tuple(self.part(child) for child in self.tree.children if isinstance(child, Tree))

    @property
    def kind(self) -> str:
        """The rule of the grammar; for a call the function."""
        return FUNCTIONS.get(self.tree.children[0], "") if self.tree.data == "call" else self.tree.data

    @property
    def sign(self) -> str:
        """The operator of an arithmetic or a comparison, in its one spelling."""
        written = next(str(child) for child in self.tree.children if isinstance(child, Token))
        return SPELLINGS.get(written) or _SIGNS.get(written, written)

    @property
    def words(self) -> str:
        """As it stands in the text."""
        meta = self.tree.meta
        return half_width(self.text[meta.start_pos : meta.end_pos]).strip()

    @property
    def name(self) -> str:
        return str(self.tree.children[0]).removeprefix("{").removesuffix("}").strip()

    @property
    def symbol(self) -> Symbol | None:
        """The figure or column that a name stands for."""
        return self.scope.symbol(self.name) if self.kind == "name" else None

    @cached_property
    def number(self) -> Decimal | None:
        """The value where it is a number that depends on no figure: 10万元, 2 × 50."""
        with localcontext(CONTEXT):
            return self._number()

    def _number(self) -> Decimal | None:
        if self.kind == "number":
            value, *unit = self.tree.children
            return Decimal(value) * (UNITS.get(str(unit[0]), 1) if unit else 1)
        values = [part.number for part in self.parts]
        if self.kind not in ("signed", "arithmetic") or None in values:
            return None
        if self.kind == "signed":
            return -values[0] if self.sign == "-" else values[0]
        left, right = values
        if self.sign == "÷":
            return left / right if right else None
        return {"+": left + right, "-": left - right, "×": left * right}[self.sign]

    @cached_property
    def term(self) -> str:
        value = self.number
        if value is not None:
            return plain(value)
        if self.kind == "name":
            return _key(self.symbol) if self.symbol else fold(self.name)
        if self.kind == "column":
            rows, cell = self.parts
            table = self.scope.table(rows.name)
            column = table.columns.get(fold(cell.name)) if table else None
            return _key(column) if column else fold(self.words)
        if self.tree.data == "call":
            return f"{self.kind}({','.join(part.term for part in self.arguments)})"
        parts = [part.term for part in self.parts]
        if self.kind == "comparison" and self.sign in (">", "≥"):
            return f"({parts[1]}{MIRRORED[self.sign]}{parts[0]})"
        sign = self.sign if self.kind in ("signed", "arithmetic", "comparison") else self.kind
        if sign in ("+", "×", "=", "≠", "both", "either"):
            parts.sort()
        return f"({sign.join(parts)})" if len(parts) > 1 else f"{sign}{''.join(parts) or fold(self.words)}"

    @cached_property
    def arguments(self) -> tuple[Written, ...]:
        """Of a call; the condition of 合计(表.列, 条件) reads the columns of its rows first."""
        first, *others = self.parts
        rows = first.tree.children[0] if first.kind == "column" else first.tree
        table = self.scope.table(first.part(rows).name) if rows.data == "name" else None
        if table is None or self.kind not in ("total", "count", "largest", "smallest"):
            return first, *others
        return first, *(self.within(table, other.tree) for other in others)

    def within(self, table: TableScope, tree: Tree) -> Written:
        return Written(self.compiled, self.scope.within(table), self.text, tree)

    def behind(self) -> Written | None:
        """The formula that a name stands for, when it is derived."""
        symbol, compiled = self.symbol, self.compiled
        if symbol is None:
            return None
        if isinstance(symbol.key, str):
            formula = compiled.derived.get(symbol.key)
            return written(compiled, formula.text) if formula else None
        column = compiled.columns.get(".".join(symbol.key))
        if column is None or not column.formula:
            return None
        return written(compiled, column.formula, symbol.key[0])


#: What verification parses again for every question, and again after every change of a draft.
_parsed = lru_cache(maxsize=1024)(parse_formula)


def written(compiled: CompiledTemplate, text: str, table: str = "") -> Written:
    """The formula `text`, in a row of `table` where one is given."""
    scope = compiled.scope
    if table:
        rows = compiled.tables[table]
        scope = scope.within(table_scope(rows.code, rows.title, rows.columns))
    return Written(compiled, scope, text, _parsed(text))


def _key(symbol: Symbol) -> str:
    return symbol.key if isinstance(symbol.key, str) else ".".join(symbol.key)
