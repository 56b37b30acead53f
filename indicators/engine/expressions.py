"""Syntax tree → closures, part one: literals, names and operators, with their types and units."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from lark import Token, Tree

from . import operations as op
from .grammar import CONNECTIVES, FormulaError
from .operations import Result, Run
from .scope import YEAR, Environment, Scope, Symbol
from .spec import Column, Field
from .units import PLAIN, YUAN, Unit, product, quotient, unit_named, unit_text
from .values import NOT_APPLICABLE, UNITS, Undefined, plain, show

NUMBER, TRUTH, DATE, TEXT = "数字", "是否", "日期", "文字"  # as `scope.type_of` names them

Words = Callable[[Environment, str], str]


@dataclass(frozen=True, slots=True)
class Operand:
    """A figure that a formula reads: `code` is where it is typed, `run` gives its value."""

    label: str
    code: str
    run: Run
    definition: Field | Column


@dataclass(frozen=True, slots=True)
class Node:
    """A compiled part of a formula. `words` writes it with figures for names; `rank` tells where brackets go.

    `loose`: a number without a unit of its own (0, a count of rows) that goes with any other. `hundredth`:
    what a part of the form x × 100 multiplies.
    """

    run: Run
    words: Words
    type: str
    unit: Unit = PLAIN
    rank: int = 8
    loose: bool = False
    literal: Decimal | None = None
    symbol: Symbol | None = None
    hundredth: Node | None = None


_ARITHMETIC = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "×": operator.mul,
    "/": operator.truediv,
    "÷": operator.truediv,
}
_SIGNS = {"+": "+", "-": "−", "*": "×", "×": "×", "/": "÷", "÷": "÷"}
_COMPARISONS = {
    "=": op.equal,
    "≠": op.unequal,
    "<": operator.lt,
    "≤": operator.le,
    ">": operator.gt,
    "≥": operator.ge,
}
SPELLINGS = {"==": "=", "!=": "≠", "<>": "≠", "<=": "≤", "≦": "≤", ">=": "≥", "≧": "≥"}
_TRUTHS = {"是": True, "否": False, "true": True, "false": False}
_YEAR_NAMES = {YEAR, "year"}
_UNIT_NAME = re.compile(r"[\u4e00-\u9fff㎡]+")


class Expressions:
    """One method per rule of the grammar, each from tree to `Node`."""

    def __init__(self, text: str, scope: Scope):
        self.text = text
        self.scope = scope
        self.names: set[str] = set()
        self.previous: set[str] = set()
        self.columns: set[tuple[str, str]] = set()
        self.tables: set[str] = set()
        self.operands: dict[tuple[str, str], Operand] = {}

    def node(self, tree: Tree) -> Node:
        return getattr(self, f"_{tree.data}")(tree)

    def error(self, tree: Tree | Token, message: str) -> FormulaError:
        start, end = self._span(tree)
        return FormulaError(message, start, self.text[start:end])

    def _span(self, tree: Tree | Token) -> tuple[int, int]:
        place = tree if isinstance(tree, Token) else tree.meta
        return (place.start_pos or 0, place.end_pos or 0)

    def _typed(self, tree: Tree, wanted: str) -> Node:
        node = self.node(tree)
        if node.type != wanted:
            raise self.error(tree, f"这里需要{wanted}，而它是{node.type}")
        return node

    def _common_unit(self, trees: list[Tree], nodes: list[Node], verb: str) -> Unit:
        """The one unit of operands that are added or compared. A bare number other than 0 has none."""
        firm = [(tree, node) for tree, node in zip(trees, nodes, strict=True) if not node.loose]
        for tree, node in firm[1:]:
            first_tree, first = firm[0]
            if node.unit == first.unit:
                continue
            bare, other = (tree, first) if node.literal is not None else (first_tree, node)
            if node.literal is not None or first.literal is not None:
                raise self.error(
                    bare, f"这个数没有单位，另一边是{unit_text(other.unit)}：请把单位写上，如 5人、10万元"
                )
            raise self.error(tree, f"{unit_text(first.unit)}与{unit_text(node.unit)}不能{verb}")
        return firm[0][1].unit if firm else PLAIN

    # ── literals and names ──────────────────────────────────────────────────────────────────────────────────

    def _number(self, tree: Tree) -> Node:
        value, unit = Decimal(tree.children[0]), PLAIN
        if len(tree.children) > 1:
            value, unit = self._with_unit(value, tree.children[1], tree)
        text = plain(Decimal(tree.children[0])) + "".join(tree.children[1:])
        bare = value if len(tree.children) == 1 else None
        return Node(op.constant(value), lambda env, shown: text, NUMBER, unit, loose=not value, literal=bare)

    def _with_unit(self, value: Decimal, name: Token, tree: Tree) -> tuple[Decimal, Unit]:
        if name in UNITS:
            return value * UNITS[name], YUAN
        start, end = self._span(tree)
        if self.scope.symbol(self.text[start:end]):
            raise self.error(tree, f"以数字开头的名称请写在花括号里：{{{self.text[start:end]}}}")
        glued = next((word for word in CONNECTIVES if name.startswith(word)), None)
        if glued:
            raise self.error(name, f"“{glued}”的前后请空一格")
        if not _UNIT_NAME.fullmatch(name):
            raise self.error(name, "数字后面只能写单位")
        return value, unit_named(name)

    def _text(self, tree: Tree) -> Node:
        literal = str(tree.children[0])[1:-1]
        return Node(op.constant(literal), lambda env, unit: f"“{literal}”", TEXT)

    def _name(self, tree: Tree) -> Node:
        name = self._written(tree)
        symbol = self.scope.symbol(name)
        if symbol is None:
            return self._reserved(tree, name)
        if isinstance(symbol.key, tuple):
            self.columns.add(symbol.key)
        else:
            self.names.add(symbol.key)
        return self._figure(symbol, op.lookup(symbol.key), symbol.label, symbol.code)

    def _figure(self, symbol: Symbol, run: Run, label: str, code: str) -> Node:
        definition = symbol.definition
        self.operands.setdefault((label, code), Operand(label, code, run, definition))

        def words(env: Environment, unit: str) -> str:
            return shown(run(env), definition, label, unit)

        return Node(run, words, symbol.type, symbol.unit, symbol=symbol)

    def _reserved(self, tree: Tree, name: str) -> Node:
        if name in _TRUTHS:
            return Node(op.constant(_TRUTHS[name]), lambda env, unit: name, TRUTH)
        if name in _YEAR_NAMES:
            run = op.lookup(YEAR)
            return Node(run, lambda env, unit: plain(run(env)), NUMBER)
        raise self._unknown(tree, name)

    def _unknown(self, tree: Tree, name: str) -> FormulaError:
        if self.scope.is_ambiguous(name):
            return self.error(tree, "有几个数据项都叫这个名称，请改用代码")
        if self.scope.table(name):
            return self.error(tree, f"这是表，不是数据项：请写成 合计({name}.列名) 或 计数({name})")
        for word in CONNECTIVES:
            if word in name and any(map(self.scope.symbol, name.split(word))):
                return self.error(tree, f"“{word}”的前后请空一格")
        return self.error(tree, f"没有名为“{name}”的数据项{self.scope.hint(name)}")

    def _written(self, tree: Tree) -> str:
        """The name as written in the text, without braces."""
        return str(tree.children[0]).removeprefix("{").removesuffix("}").strip()

    def _column(self, tree: Tree) -> Node:
        raise self.error(tree, "表的列只能用在 合计、计数、最大、最小 里")

    # ── operators ───────────────────────────────────────────────────────────────────────────────────────────

    def _signed(self, tree: Tree) -> Node:
        sign, operand = tree.children
        node = self._typed(operand, NUMBER)
        if sign == "+":
            return node
        literal = None if node.literal is None else -node.literal
        words = _prefixed("−", node, 7)
        return replace(
            node, run=op.function(operator.neg, node.run), words=words, rank=7, literal=literal,
            symbol=None, hundredth=None,
        )  # fmt: skip

    def _arithmetic(self, tree: Tree) -> Node:
        left_tree, sign, right_tree = tree.children
        left, right = self._typed(left_tree, NUMBER), self._typed(right_tree, NUMBER)
        rank = 5 if sign in "+-" else 6
        words = _infix(_SIGNS[sign], left, right, rank, rank + (sign != "+" and sign not in "*×"))
        run = op.binary(_ARITHMETIC[sign], left.run, right.run)
        if sign in "+-":
            unit = self._common_unit([left_tree, right_tree], [left, right], "相加减")
            return Node(run, words, NUMBER, unit, rank)
        if sign in "/÷":
            return Node(run, words, NUMBER, quotient(left.unit, right.unit), rank)
        hundredth = left if right.literal == 100 else right if left.literal == 100 else None
        return Node(run, words, NUMBER, product(left.unit, right.unit), rank, hundredth=hundredth)

    def _comparison(self, tree: Tree) -> Node:
        left_tree, written, right_tree = tree.children
        left = self.node(left_tree)
        right = self._typed(right_tree, left.type)
        sign = SPELLINGS.get(written, str(written))
        if left.type in (TRUTH, TEXT) and sign not in "=≠":
            raise self.error(written, f"{left.type}只能用 = 或 ≠ 比较")
        if left.type == NUMBER:
            self._common_unit([left_tree, right_tree], [left, right], "比较")
        run = op.binary(_COMPARISONS[sign], left.run, right.run)
        return Node(run, _infix(sign, left, right, 4, 5), TRUTH, rank=4)

    def _begins(self, tree: Tree) -> Node:
        left, right = (self._typed(child, TEXT) for child in tree.children)
        return Node(
            op.binary(str.startswith, left.run, right.run),
            _infix("始于", left, right, 4, 5),
            TRUTH,
            rank=4,
        )

    def _both(self, tree: Tree) -> Node:
        return self._connected(tree, "且", 2, decisive=False)

    def _either(self, tree: Tree) -> Node:
        return self._connected(tree, "或", 1, decisive=True)

    def _connected(self, tree: Tree, word: str, rank: int, *, decisive: bool) -> Node:
        left, right = (self._typed(child, TRUTH) for child in tree.children)
        run = op.conjunction(left.run, right.run, decisive)
        return Node(run, _infix(word, left, right, rank, rank), TRUTH, rank=rank)

    def _negation(self, tree: Tree) -> Node:
        node = self._typed(tree.children[0], TRUTH)
        return Node(op.negation(node.run), _prefixed("非 ", node, 3), TRUTH, rank=3)


def shown(value: Result, definition: Field | Column, label: str, unit: str) -> str:
    if value is NOT_APPLICABLE:
        return f"{label}（不适用）"
    if isinstance(value, Undefined):
        return f"{label}（{'未填' if value.missing else value.reason}）"
    return show(value, definition, unit)


def _infix(sign: str, left: Node, right: Node, left_rank: int, right_rank: int) -> Words:
    """`left sign right`; a side that binds less than its rank stands in brackets."""
    return lambda env, unit: (
        f"{_bracketed(left, left_rank, env, unit)} {sign} {_bracketed(right, right_rank, env, unit)}"
    )


def listed(nodes: Iterable[Node], before: str, between: str, after: str) -> Words:
    """The words of `nodes`, joined: 最大（3，5）."""
    parts = tuple(nodes)
    return lambda env, unit: f"{before}{between.join(part.words(env, unit) for part in parts)}{after}"


def _prefixed(sign: str, node: Node, rank: int) -> Words:
    return lambda env, unit: f"{sign}{_bracketed(node, rank, env, unit)}"


def _bracketed(node: Node, rank: int, env: Environment, unit: str) -> str:
    words = node.words(env, unit)
    return f"（{words}）" if node.rank < rank else words
