"""Whether a condition can hold at all, and whether two requirements can be met at once.

Both are tried out at the boundaries: every term that is compared with a number takes that number, a value
just below and one just above; what is compared with a word takes the word and another. Between them nothing
changes. Terms are taken for independent, so what is called impossible is impossible.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from itertools import pairwise, product
from typing import Any

from .checks import HOLDS
from .scope import YEAR
from .terms import MIRRORED, Written
from .values import plain

#: Beyond so many situations a condition is believed to be possible.
MAX_SITUATIONS = 4_000
_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "≠": operator.ne,
    "<": operator.lt,
    "≤": operator.le,
    ">": operator.gt,
    "≥": operator.ge,
}
OTHER = "（其他）"

Situation = Mapping[str, Any]
Test = Callable[[Situation], bool]


@dataclass(slots=True)
class Term:
    """What is known of a term: how it is written, the values it is compared with, and what it may be."""

    words: str
    values: set[Any] = field(default_factory=set)
    whole: bool = False
    low: Decimal | None = None
    high: Decimal | None = None
    only: tuple[Any, ...] | None = None

    def samples(self) -> tuple[Any, ...]:
        """Values at every boundary, between the boundaries and beyond them, of those that may occur."""
        if self.only is not None:
            return self.only
        if not all(isinstance(value, Decimal) for value in self.values):
            return (*sorted(self.values), OTHER)
        bounds = sorted(self.values | {bound for bound in (self.low, self.high) if bound is not None})
        found = {
            *bounds,
            bounds[0] - 1,
            bounds[-1] + 1,
            *((low + high) / 2 for low, high in pairwise(bounds)),
        }
        if self.whole:
            found = {value.to_integral_value(way) for value in found for way in (ROUND_FLOOR, ROUND_CEILING)}
        fit = [value for value in found if self._may_be(value)]
        return tuple(sorted(fit or found))

    def _may_be(self, value: Decimal) -> bool:
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


class Conditions:
    """Conditions over the same terms. `test` reads one; then `situations` yields every case there is."""

    def __init__(self) -> None:
        self.terms: dict[str, Term] = {}

    def test(self, part: Written) -> Test:
        """The condition as a function of a situation."""
        parts = part.parts
        match part.kind:
            case "both" | "either":
                left, right = map(self.test, parts)
                return _both(left, right) if part.kind == "both" else _either(left, right)
            case "negation":
                denied = self.test(parts[0])
                return lambda situation: not denied(situation)
            case "conditional":
                condition, then, otherwise = map(self.test, parts)
                return lambda situation: (then if condition(situation) else otherwise)(situation)
            case "comparison":
                return self._comparison(*parts, part.sign)
            case "name" if part.symbol is None:
                truth = part.name in ("是", "true")
                return lambda situation: truth
        term = self._term(part)
        self.terms[term].only = (True, False)
        return lambda situation: situation[term]

    def comparison(self, left: Written, right: Written, op: str, tolerance: Decimal) -> tuple[str, Test]:
        """What a check demands, and the term that it is about."""
        term, value, op = self._compared(left, right, op)
        if not isinstance(value, Decimal):
            return term, lambda situation: _COMPARED[op](situation[term], value)
        self.terms[term].values |= {value + tolerance, value - tolerance}
        return term, lambda situation: HOLDS[op](situation[term] - value, tolerance)

    def situations(self) -> Iterator[Situation]:
        """Every combination of the samples of all terms; none at all where there are too many."""
        samples = [term.samples() for term in self.terms.values()]
        size = 1
        for one in samples:
            size *= len(one)
        if size <= MAX_SITUATIONS:
            yield from (dict(zip(self.terms, values, strict=True)) for values in product(*samples))

    def is_possible(self, test: Test) -> bool:
        """Whether some situation passes, or there are too many to tell."""
        situations = tuple(self.situations())
        return not situations or any(map(test, situations))

    def described(self, situation: Situation, without: str = "") -> str:
        """`指数 = 85，已填(日期) 成立`: the situation in words."""
        said = []
        for key, value in situation.items():
            words = self.terms[key].words
            if key == without:
                continue
            if isinstance(value, bool):
                said.append(f"{words}{'成立' if value else '不成立'}")
            else:
                said.append(f"{words} = {plain(value) if isinstance(value, Decimal) else f'“{value}”'}")
        return "，".join(said)

    # ── terms ───────────────────────────────────────────────────────────────────────────────────────────────

    def _comparison(self, left: Written, right: Written, op: str) -> Test:
        if _is_truth(left) and _is_truth(right):
            one, other, equal = self.test(left), self.test(right), op == "="
            return lambda situation: (one(situation) == other(situation)) == equal
        if None not in (_literal(left), _literal(right)):
            truth = _COMPARED[op](_literal(left), _literal(right))
            return lambda situation: truth
        term, value, op = self._compared(left, right, op)
        return lambda situation: _COMPARED[op](situation[term], value)

    def _compared(self, left: Written, right: Written, op: str) -> tuple[str, Any, str]:
        """(term, value, operator): a comparison brought into the form in which a term stands left alone."""
        if _literal(left) is not None:
            left, right, op = right, left, MIRRORED[op]
        value = _literal(right)
        if value is None:
            if right.term < left.term:
                left, right, op = right, left, MIRRORED[op]
            term = f"{left.term}−{right.term}"
            self.terms.setdefault(term, Term(f"{left.words} − {right.words}")).values.add(Decimal(0))
            return term, Decimal(0), op
        term = self._term(left)
        self.terms[term].values.add(value)
        if isinstance(value, bool):
            self.terms[term].only = (True, False)
        return term, value, op

    def _term(self, part: Written) -> str:
        if part.term not in self.terms:
            self.terms[part.term] = term = Term(part.words)
            if part.symbol:
                definition = part.symbol.definition
                term.whole = definition.kind == "count"
                term.low = getattr(definition, "minimum", None)
                if term.low is None and term.whole:
                    term.low = Decimal(0)
                term.high = getattr(definition, "maximum", None)
                term.only = definition.choices or None
            elif part.kind == "name" and part.name in (YEAR, "year"):
                term.only = tuple(map(Decimal, part.compiled.spec.years))
        return part.term


def _literal(part: Written) -> Any:
    if part.kind == "text":
        return str(part.tree.children[0])[1:-1]
    if part.kind == "name" and part.symbol is None and part.name in ("是", "否", "true", "false"):
        return part.name in ("是", "true")
    return part.number


def _is_truth(part: Written) -> bool:
    """Whether a side of a comparison is itself a condition."""
    if part.kind == "name":
        return part.symbol.type == "是否" if part.symbol else part.name in ("是", "否", "true", "false")
    return part.kind in ("comparison", "begins", "both", "either", "negation", "filled", "applicable")


def _both(left: Test, right: Test) -> Test:
    return lambda situation: left(situation) and right(situation)


def _either(left: Test, right: Test) -> Test:
    return lambda situation: left(situation) or right(situation)
