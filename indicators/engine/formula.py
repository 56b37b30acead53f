"""The formula language (公式): small, total, in the accountant's words; compiled once to closures.

    在职人数 ÷ 编制数 × 100 若(上年(三公经费预算数) = 0, 0, 三公经费预算数 − 上年(三公经费预算数))
    合计(预算明细.执行数, 功能分类 始于 “201” 且 支出类型 = “基本支出”)

Names are labels, aliases or codes; names that are no identifiers stand in braces: {完成率%}. A literal may
carry its unit (10万元, 5人). Grammar: `grammar`; names: `scope`; units: `units`; what operators do:
`operations`.

Evaluation is total. An operand that is 不适用 makes the result 不适用; one that is 未填 makes it `Undefined`
with the codes that are missing; division by zero makes it `Undefined` with a flag. 且, 或 and 若 look only at
what they need. 合计 最大 最小 take the figures that are present; with none present the result is missing, not
0. A sum over rows of which none meets the condition is 0, a sum over a table without rows is missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, DivisionByZero, InvalidOperation, Overflow, localcontext

from .expressions import Node, Operand
from .functions import Functions
from .grammar import FormulaError, parse_formula
from .operations import TOO_LARGE, Result
from .scope import LINES, Environment, Scope
from .units import Unit
from .values import Undefined

__all__ = ["CONTEXT", "SIGNIFICANT", "Formula", "FormulaError", "Operand", "Undefined", "compile_formula"]

#: Every computation runs in this context: 34 digits; a magnitude beyond 10⁴⁰ is an error, not a figure.
CONTEXT = Context(34, ROUND_HALF_UP, -40, 40, traps=[InvalidOperation, DivisionByZero, Overflow])
#: Decimals of a result that rules and checks look at; what lies beyond is the noise of a long division.
SIGNIFICANT = 20


@dataclass(frozen=True, slots=True)
class Formula:
    """A compiled formula. Calling it with an environment gives a value or `Undefined`; it never raises.

    `names` and `previous`: codes of the figures read, of this and of last year; `columns`: (table, column)
    pairs; `tables`: codes of the tables summed or counted.
    """

    text: str
    root: Node
    names: frozenset[str]
    previous: frozenset[str]
    columns: frozenset[tuple[str, str]]
    tables: frozenset[str]
    operands: tuple[Operand, ...]

    def __call__(self, env: Environment) -> Result:
        with localcontext(CONTEXT):
            return self.evaluate(env)

    def evaluate(self, env: Environment) -> Result:
        """As calling it, for a caller who has entered `CONTEXT`."""
        try:
            return self.root.run(env)
        except ArithmeticError:
            return TOO_LARGE

    def words(self, env: Environment, unit: str = "元", *, percent: bool = False) -> str:
        """The formula with figures for names; as `percent` without its × 100: `11 ÷ 13`."""
        node = self.root.hundredth if percent and self.root.hundredth else self.root
        with localcontext(CONTEXT):
            return node.words(env, unit).replace(" （", "（").replace("） ", "）")

    @property
    def type(self) -> str:
        return self.root.type

    @property
    def unit(self) -> Unit:
        return self.root.unit

    @property
    def uses_lines(self) -> bool:
        return LINES in self.tables


def compile_formula(text: str, scope: Scope) -> Formula:
    """Compile `text` with the names of `scope`. Raises `FormulaError`."""
    compiler = Functions(text, scope)
    root = compiler.node(parse_formula(text))
    return Formula(
        text,
        root,
        frozenset(compiler.names),
        frozenset(compiler.previous),
        frozenset(compiler.columns),
        frozenset(compiler.tables),
        tuple(compiler.operands.values()),
    )
