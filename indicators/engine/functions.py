"""Syntax tree → closures, part two: the functions of the language."""

from __future__ import annotations

import operator
from collections.abc import Callable
from dataclasses import replace

from lark import Tree

from . import operations as op
from .expressions import DATE, NUMBER, TRUTH, Expressions, Node, listed, shown
from .grammar import CONNECTIVES
from .names import half_width
from .operations import Run
from .scope import Environment, Scope, Symbol, TableScope
from .spec import Field
from .units import PLAIN
from .values import plain

_NAMES = {
    "total": ("合计", "sum"),
    "count": ("计数", "count"),
    "largest": ("最大", "max"),
    "smallest": ("最小", "min"),
    "absolute": ("绝对值", "abs"),
    "rounded": ("四舍五入", "round"),
    "conditional": ("若", "if"),
    "last_year": ("上年", "last_year"),
    "date": ("日期", "date"),
    "filled": ("已填", "filled"),
    "applicable": ("适用", "applicable"),
}
FUNCTIONS = {name: method for method, names in _NAMES.items() for name in names}


class Functions(Expressions):
    """One method per function, found by name in `FUNCTIONS`."""

    def _call(self, tree: Tree) -> Node:
        name, *arguments = tree.children
        if name not in FUNCTIONS:
            words = [chinese for chinese, _ in _NAMES.values()]
            glued = next((word for word in CONNECTIVES if name.startswith(word)), None)
            advice = f"“{glued}”的后面请空一格" if glued else f"函数有：{'、'.join(words)}"
            raise self.error(name, f"没有函数“{name}”，{advice}")
        return getattr(self, f"_call_{FUNCTIONS[name]}")(tree, arguments)

    def _counted(self, tree: Tree, arguments: list[Tree], number: int, pattern: str) -> list[Tree]:
        if len(arguments) != number:
            raise self.error(tree, f"应写成 {pattern}")
        return arguments

    def _call_conditional(self, tree: Tree, arguments: list[Tree]) -> Node:
        first, *branches = self._counted(tree, arguments, 3, "若(条件, 成立时, 不成立时)")
        condition, then = self._typed(first, TRUTH), self.node(branches[0])
        otherwise = self._typed(branches[1], then.type)
        unit = (
            self._common_unit(branches, [then, otherwise], "作为同一结果") if then.type == NUMBER else PLAIN
        )

        def words(env: Environment, shown: str) -> str:
            return (then if condition.run(env) is True else otherwise).words(env, shown)

        run = op.conditional(condition.run, then.run, otherwise.run)
        return Node(
            run, words, then.type, unit, min(then.rank, otherwise.rank), then.loose and otherwise.loose
        )

    def _call_last_year(self, tree: Tree, arguments: list[Tree]) -> Node:
        (argument,) = self._counted(tree, arguments, 1, "上年(数据项)")
        symbol = self.scope.symbol(self._written(argument)) if argument.data == "name" else None
        if symbol is None or isinstance(symbol.key, tuple):
            raise self.error(argument, "上年(…)里只能写一个数据项的名称")
        self.previous.add(symbol.key)
        run = op.lookup(("上年", symbol.key))
        return replace(self._figure(symbol, run, f"上年{symbol.label}", f"上年.{symbol.code}"), symbol=None)

    def _call_date(self, tree: Tree, arguments: list[Tree]) -> Node:
        parts = self._counted(tree, arguments, 3, "日期(2017, 12, 31)")
        run = op.date(*(self._typed(part, NUMBER).run for part in parts))
        return Node(run, lambda env, unit: shown(run(env), Field("", "日期", "date"), "日期", unit), DATE)

    def _call_filled(self, tree: Tree, arguments: list[Tree]) -> Node:
        return self._presence(tree, arguments, "已填", op.filled)

    def _call_applicable(self, tree: Tree, arguments: list[Tree]) -> Node:
        return self._presence(tree, arguments, "适用", op.applicable)

    def _presence(self, tree: Tree, arguments: list[Tree], word: str, test: Callable[[Run], Run]) -> Node:
        (argument,) = self._counted(tree, arguments, 1, f"{word}(数据项)")
        node = self.node(argument)
        return Node(test(node.run), listed([node], f"{word}（", "", "）"), TRUTH)

    def _call_absolute(self, tree: Tree, arguments: list[Tree]) -> Node:
        node = self._typed(self._counted(tree, arguments, 1, "绝对值(数)")[0], NUMBER)
        run = op.function(operator.abs, node.run)
        return Node(run, listed([node], "|", "", "|"), NUMBER, node.unit, loose=node.loose)

    def _call_rounded(self, tree: Tree, arguments: list[Tree]) -> Node:
        number, places_tree = self._counted(tree, arguments, 2, "四舍五入(数, 小数位数)")
        node, places = self._typed(number, NUMBER), self._typed(places_tree, NUMBER).literal
        if places is None or places not in range(11):
            raise self.error(places_tree, "小数位数应写成 0 至 10 的整数")
        return replace(node, run=op.function(op.rounding(int(places)), node.run), literal=None, symbol=None)

    def _call_total(self, tree: Tree, arguments: list[Tree]) -> Node:
        return self._reduced(tree, arguments, op.add_up, "合计")

    def _call_largest(self, tree: Tree, arguments: list[Tree]) -> Node:
        return self._reduced(tree, arguments, max, "最大")

    def _call_smallest(self, tree: Tree, arguments: list[Tree]) -> Node:
        return self._reduced(tree, arguments, min, "最小")

    def _reduced(self, tree: Tree, arguments: list[Tree], reduce: op.Reduce, word: str) -> Node:
        if arguments and arguments[0].data == "column":
            table, symbol, condition = self._rows(tree, arguments, word)
            if symbol.type != NUMBER:
                raise self.error(arguments[0], f"{word}需要数字，而这一列是{symbol.type}")
            return self._aggregate(
                tree, op.over_rows(table.code, op.lookup(symbol.key), condition, reduce), table, symbol
            )
        if not arguments:
            raise self.error(tree, f"应写成 {word}(数, 数, …) 或 {word}(表.列, 条件)")
        nodes = [self._typed(argument, NUMBER) for argument in arguments]
        unit = self._common_unit(arguments, nodes, word)
        run = op.over_values(tuple(node.run for node in nodes), reduce)
        loose = all(node.loose for node in nodes)
        if reduce is op.add_up:
            return Node(run, listed(nodes, "", " + ", ""), NUMBER, unit, rank=5, loose=loose)
        return Node(run, listed(nodes, f"{word}（", "，", "）"), NUMBER, unit, loose=loose)

    def _call_count(self, tree: Tree, arguments: list[Tree]) -> Node:
        first = arguments[0] if arguments else tree
        named = self.scope.table(self._written(first)) if first.data == "name" else None
        if named or first.data == "column":
            table, symbol, condition = self._rows(tree, arguments, "计数")
            cell = op.lookup(symbol.key) if symbol else None
            return replace(
                self._aggregate(tree, op.count_rows(table.code, cell, condition), table, None), loose=True
            )
        if not arguments:
            raise self.error(tree, "应写成 计数(表, 条件) 或 计数(数据项, 数据项, …)")
        run = op.count_values(tuple(self.node(argument).run for argument in arguments))
        return Node(run, lambda env, unit: plain(run(env)), NUMBER, loose=True)

    def _rows(
        self, tree: Tree, arguments: list[Tree], word: str
    ) -> tuple[TableScope, Symbol | None, Run | None]:
        """Table, column and condition of `合计(表.列, 条件)`; the condition sees the row's columns first."""
        target, *conditions = arguments
        if len(conditions) > 1:
            raise self.error(tree, f"应写成 {word}(表.列, 条件)；几个条件用“且”连接")
        table_tree, column_tree = target.children if target.data == "column" else (target, None)
        name = self._written(table_tree)
        table = self.scope.table(name)
        if table is None:
            raise self.error(table_tree, f"没有名为“{name}”的表{self.scope.hint(name)}")
        self.tables.add(table.code)
        symbol = self._cell(table, column_tree) if column_tree else None
        outer, self.scope, operands = self.scope, self.scope.within(table), dict(self.operands)
        condition = self._typed(conditions[0], TRUTH).run if conditions else None
        self.scope, self.operands = outer, operands
        return table, symbol, condition

    def _cell(self, table: TableScope, tree: Tree) -> Symbol:
        name = self._written(tree)
        symbol = Scope(table.columns).symbol(name)
        if symbol is None:
            raise self.error(tree, f"表“{table.label}”没有“{name}”这一列{Scope(table.columns).hint(name)}")
        self.columns.add(symbol.key)
        return symbol

    def _aggregate(self, tree: Tree, run: Run, table: TableScope, symbol: Symbol | None) -> Node:
        """A sum or count over rows is one operand, named by its own text."""
        start, end = self._span(tree)
        label = half_width(self.text[start:end])
        counted = Symbol("", table.code, symbol.definition if symbol else Field("", label, "count"))
        return replace(self._figure(counted, run, label, table.code), symbol=None)
