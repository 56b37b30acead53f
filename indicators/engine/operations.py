"""What the operators and functions of formulas do: closures over an environment, total by construction.

Every closure returns a value, `NOT_APPLICABLE` or `Undefined`; only arithmetic beyond the range of the
context raises (`ArithmeticError`), which `Formula` turns into `Undefined`.
"""

from __future__ import annotations

import datetime
import operator
from collections.abc import Callable, Hashable, Iterable
from decimal import Decimal, InvalidOperation

from .scope import Environment
from .spec import ZERO
from .values import NOT_APPLICABLE, NotApplicable, Undefined, Value, rounded

Result = Value | Undefined
Run = Callable[[Environment], Result]

ZERO_BY_ZERO = Undefined("0 ÷ 0", zero_over_zero=True)
DIVIDED_BY_ZERO = Undefined("除数为 0", over_zero=True)
TOO_LARGE = Undefined("计算结果超出范围")
NO_SUCH_DATE = Undefined("日历上没有这一天")
NO_RESULT = (TypeError, ZeroDivisionError, InvalidOperation)
_COMPARABLE = frozenset({Decimal, str, bool, datetime.date})


def absent(*values: Result) -> NotApplicable | Undefined:
    """The outcome of an operation on `values` of which at least one is no value.

    不适用 wins; several reasons are joined, so that all missing figures are named at once.
    """
    if any(value is NOT_APPLICABLE for value in values):
        return NOT_APPLICABLE
    causes = [value for value in values if isinstance(value, Undefined)]
    if not causes:
        return Undefined("数据类型不符")
    if len(causes) == 1:
        return causes[0]
    return Undefined(
        next((cause.reason for cause in causes if cause.reason), ""),
        any(cause.zero_over_zero for cause in causes),
        any(cause.over_zero for cause in causes),
        tuple(dict.fromkeys(code for cause in causes for code in cause.missing)),
    )


def constant(value: Value) -> Run:
    """A literal. Its value also stands at `run.constant`, for operations that need not call it."""

    def run(env: Environment) -> Result:
        return value

    run.constant = value
    return run


def lookup(key: Hashable) -> Run:
    """A figure. Its key also stands at `run.key`, for operations that read it in place."""

    def run(env: Environment) -> Result:
        return env[key]

    run.key = key
    return run


def failed(a: Result, b: Result) -> Result:
    """Why an operation on `a` and `b` has no result: a gap, or a division by zero.

    0 ÷ 0 and x ÷ 0 are told apart because templates treat them apart.
    """
    if a.__class__ is Decimal is b.__class__:
        return DIVIDED_BY_ZERO if a else ZERO_BY_ZERO
    return absent(a, b)


def binary(
    operate: Callable, left: Run, right: Run, failed: Callable[[Result, Result], Result] = failed
) -> Run:
    """left operate right, for figures: arithmetic and comparison. What is no figure ends in `failed`.

    Nearly every formula consists of figures and literals, so these are read in place and not by a call; a gap
    is no operand for Python's operators and shows as `TypeError`.
    """
    if hasattr(left, "key") and hasattr(right, "key"):
        left_key, right_key = left.key, right.key

        def run(env: Environment) -> Result:
            a, b = env[left_key], env[right_key]
            try:
                return operate(a, b)
            except NO_RESULT:
                return failed(a, b)

    elif hasattr(right, "key"):
        right_key = right.key

        def run(env: Environment) -> Result:
            a, b = left(env), env[right_key]
            try:
                return operate(a, b)
            except NO_RESULT:
                return failed(a, b)

    elif hasattr(right, "constant"):
        b = right.constant

        def run(env: Environment) -> Result:
            a = left(env)
            try:
                return operate(a, b)
            except NO_RESULT:
                return failed(a, b)

    else:

        def run(env: Environment) -> Result:
            a, b = left(env), right(env)
            try:
                return operate(a, b)
            except NO_RESULT:
                return failed(a, b)

    return run


def function(apply: Callable[[Decimal], Decimal], operand: Run) -> Run:
    """A function of one number: −x, 绝对值, 四舍五入."""

    def run(env: Environment) -> Result:
        value = operand(env)
        return apply(value) if value.__class__ is Decimal else absent(value)

    return run


def equal(a: Value, b: Value) -> bool:
    """Whether two values of one type are equal; a gap equals nothing and differs from nothing."""
    if a.__class__ is b.__class__ and a.__class__ in _COMPARABLE:
        return a == b
    raise TypeError


def unequal(a: Value, b: Value) -> bool:
    """See `equal`."""
    return not equal(a, b)


def conjunction(left: Run, right: Run, decisive: bool) -> Run:
    """且 (`decisive` False) and 或 (True): one decisive side decides, whatever the other lacks."""

    def run(env: Environment) -> Result:
        a = left(env)
        if a is decisive:
            return a
        b = right(env)
        if b is decisive or a is (not decisive):
            return b
        return a if b is (not decisive) else absent(a, b)

    return run


def negation(operand: Run) -> Run:
    """非."""

    def run(env: Environment) -> Result:
        value = operand(env)
        return not value if value.__class__ is bool else absent(value)

    return run


def conditional(condition: Run, then: Run, otherwise: Run) -> Run:
    """若: only the branch that is chosen is computed."""

    def run(env: Environment) -> Result:
        chosen = condition(env)
        if chosen is True:
            return then(env)
        return otherwise(env) if chosen is False else absent(chosen)

    return run


def filled(operand: Run) -> Run:
    """已填: something was typed (0 and 不适用 are something), or can be computed."""

    def run(env: Environment) -> Result:
        value = operand(env)
        return not (isinstance(value, Undefined) and value.missing)

    return run


def applicable(operand: Run) -> Run:
    """适用: is not 不适用; unknown while nothing is typed."""

    def run(env: Environment) -> Result:
        value = operand(env)
        return value if isinstance(value, Undefined) else value is not NOT_APPLICABLE

    return run


def date(year: Run, month: Run, day: Run) -> Run:
    """日期(年, 月, 日)."""

    def run(env: Environment) -> Result:
        parts = (year(env), month(env), day(env))
        if any(part.__class__ is not Decimal for part in parts):
            return absent(*parts)
        if any(part != part.to_integral_value() or not 0 < part < 10000 for part in parts):
            return NO_SUCH_DATE
        try:
            return datetime.date(*map(int, parts))
        except ValueError:
            return NO_SUCH_DATE

    return run


Reduce = Callable[[list[Decimal]], Decimal]


def add_up(figures: list[Decimal]) -> Decimal:
    """合计."""
    return sum(figures, ZERO)


_OF_TWO: dict[Reduce, Callable[[Decimal, Decimal], Decimal]] = {
    add_up: operator.add,
    max: lambda a, b: a if a >= b else b,
    min: lambda a, b: a if a <= b else b,
}


def reduced(values: Iterable[Result], reduce: Reduce) -> Result:
    """`reduce` of the figures present; a division by zero spoils the result, 未填 and 不适用 do not."""
    figures, gaps = [], []
    for value in values:
        if value.__class__ is Decimal:
            figures.append(value)
        elif isinstance(value, Undefined) and not value.missing:
            return value
        else:
            gaps.append(value)
    if figures:
        return reduce(figures)
    causes = [gap for gap in gaps if gap is not NOT_APPLICABLE]
    return absent(*causes) if causes else NOT_APPLICABLE


def over_values(operands: tuple[Run, ...], reduce: Reduce) -> Run:
    """合计(a, b, …), 最大(a, b, …), 最小(a, b, …)."""
    if len(operands) == 2:
        return binary(_OF_TWO[reduce], *operands, failed=lambda *values: reduced(values, reduce))

    def run(env: Environment) -> Result:
        values = [operand(env) for operand in operands]
        try:
            return reduce(values)
        except TypeError:
            return reduced(values, reduce)

    return run


def over_rows(table: str, cell: Run, condition: Run | None, reduce: Reduce) -> Run:
    """合计(表.列, 条件) and the like. A row whose condition is undefined does not count."""

    def run(env: Environment) -> Result:
        rows = env[table]
        if rows.__class__ is not tuple or not rows:
            return Undefined(missing=(table,))
        picked = [cell(row) for row in rows if condition is None or condition(row) is True]
        if not picked:
            return ZERO if reduce is add_up else Undefined("没有符合条件的行")
        return reduced(picked, reduce)

    return run


def count_values(operands: tuple[Run, ...]) -> Run:
    """计数(a, b, …): how many are figures."""
    return lambda env: Decimal(sum(operand(env).__class__ in _COMPARABLE for operand in operands))


def count_rows(table: str, cell: Run | None, condition: Run | None) -> Run:
    """计数(表, 条件) counts rows, 计数(表.列, 条件) the cells that are filled; an empty table counts 0."""

    def run(env: Environment) -> Result:
        rows = env[table]
        picked = (
            [row for row in rows if condition is None or condition(row) is True]
            if rows.__class__ is tuple
            else []
        )
        return Decimal(
            len(picked) if cell is None else sum(cell(row).__class__ in _COMPARABLE for row in picked)
        )

    return run


def rounding(places: int) -> Callable[[Decimal], Decimal]:
    """四舍五入 to `places`."""
    return lambda value: rounded(value, places)
