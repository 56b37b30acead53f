"""Which signs the value of a formula can have: enough to tell whether a divisor can be 0.

A sign is −1, 0 or 1; what is known of a value is the set of signs it may have. `Known` holds what is taken
for true while a part of a formula is read: inside 若(预算数 > 0, …) the 预算数 is positive, and so it is in
a check whose `when` says so. What cannot be told may be anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

from .scope import YEAR
from .spec import Column, Field
from .terms import MIRRORED, OPPOSITE, Written

Signs = frozenset[int]
ANYTHING: Signs = frozenset({-1, 0, 1})
NEGATIVE, ZERO, POSITIVE = frozenset({-1}), frozenset({0}), frozenset({1})
NOT_NEGATIVE: Signs = ZERO | POSITIVE

#: Signs of left − right where the comparison holds.
_DIFFERENCE: dict[str, Signs] = {
    "=": ZERO,
    "≠": NEGATIVE | POSITIVE,
    "<": NEGATIVE,
    "≤": NEGATIVE | ZERO,
    ">": POSITIVE,
    "≥": NOT_NEGATIVE,
}


@dataclass(frozen=True, slots=True)
class Known:
    """Signs of terms, and the names of derived figures that are known to have a value."""

    signs: Mapping[str, Signs] = field(default_factory=dict)
    told: frozenset[str] = frozenset()

    def but(self, term: str, signs: Signs) -> Known:
        return Known({**self.signs, term: self.signs.get(term, ANYTHING) & signs}, self.told)

    def tells(self, terms: frozenset[str]) -> Known:
        return Known(self.signs, self.told | terms)


NOTHING = Known()


@dataclass(frozen=True, slots=True)
class Divisor:
    """A divisor that can be 0 (`always`: is). `of`: the derived figure in whose formula it stands, or ""."""

    words: str
    of: str
    always: bool

    def __str__(self) -> str:
        return f"“{self.of}”的除数“{self.words}”" if self.of else f"除数“{self.words}”"


def signs(part: Written, known: Known = NOTHING) -> Signs:
    """The signs that the value can have, where it has one."""
    return _signs(part, known) & known.signs.get(part.term, ANYTHING)


def _signs(part: Written, known: Known) -> Signs:
    if (value := part.number) is not None:
        return frozenset({(value > 0) - (value < 0)})
    if part.tree.data == "call":
        return _of_call(part, known)
    parts = part.parts()
    match part.kind:
        case "name":
            return _of_name(part, known)
        case "signed":
            return _negative(signs(parts[0], known)) if part.sign == "-" else signs(parts[0], known)
        case "arithmetic":
            left, right = (signs(one, known) for one in parts)
            if part.sign in "+-":
                return _sum(left, right if part.sign == "+" else _negative(right))
            return frozenset(a * b for a, b in product(left, right))
        case "column":
            table = part.scope.table(parts[0].name)
            return signs(part.within(table, parts[1].tree))
    return ANYTHING


def _of_name(part: Written, known: Known) -> Signs:
    symbol = part.symbol
    if symbol is None:
        return POSITIVE if part.name in (YEAR, "year") else ANYTHING
    behind = part.behind()
    return _bounds(symbol.definition) & (signs(behind, known) if behind else ANYTHING)


def _bounds(definition: Field | Column) -> Signs:
    """What a box takes: counts are not negative, and a figure may have limits."""
    found = NOT_NEGATIVE if definition.kind == "count" else ANYTHING
    low, high = getattr(definition, "minimum", None), getattr(definition, "maximum", None)
    if low is not None and low >= 0:
        found &= POSITIVE if low else NOT_NEGATIVE
    if high is not None and high <= 0:
        found &= NEGATIVE if high else NEGATIVE | ZERO
    return found


def _of_call(part: Written, known: Known) -> Signs:
    arguments = part.arguments()
    match part.kind:
        case "count":
            return NOT_NEGATIVE
        case "absolute":
            return frozenset(map(abs, signs(arguments[0], known)))
        case "rounded":
            return signs(arguments[0], known) | ZERO
        case "last_year":
            return _of_name(arguments[0], NOTHING)
        case "conditional":
            condition, then, otherwise = arguments
            chosen = signs(then, assuming(condition, True, known))
            return chosen | signs(otherwise, assuming(condition, False, known))
        case "total" if arguments[0].kind == "column":
            return ZERO | signs(arguments[0], known)
        case "total" | "largest" | "smallest":
            return _of_several([signs(one, known) for one in arguments], arguments, part.kind)
    return ANYTHING


def _of_several(found: list[Signs], arguments: tuple[Written, ...], kind: str) -> Signs:
    """A figure that is 未填 is passed over; a number is always there."""
    firm = [one for one, argument in zip(found, arguments, strict=True) if argument.number is not None]
    if kind == "largest" and POSITIVE in firm:
        return POSITIVE
    if kind == "smallest" and NEGATIVE in firm:
        return NEGATIVE
    together = frozenset().union(*found)
    return together if kind != "total" or len(together - ZERO) < 2 else ANYTHING


def _negative(found: Signs) -> Signs:
    return frozenset(-sign for sign in found)


def _sum(left: Signs, right: Signs) -> Signs:
    sums = (ANYTHING if a * b < 0 else frozenset({a or b}) for a, b in product(left, right))
    return frozenset().union(*sums)


# ── what a condition tells ──────────────────────────────────────────────────────────────────────────────────


def assuming(condition: Written, truth: bool, known: Known = NOTHING) -> Known:
    """`known`, and what follows from the condition being true, or false."""
    parts = condition.parts()
    match condition.kind:
        case "negation":
            return assuming(parts[0], not truth, known)
        case "both" | "either" if truth == (condition.kind == "both"):
            return assuming(parts[1], truth, assuming(parts[0], truth, known))
        case "comparison":
            op = condition.sign if truth else OPPOSITE[condition.sign]
            return _comparing(*parts, op, known).tells(_names(condition))
    return known


def _comparing(left: Written, right: Written, op: str, known: Known) -> Known:
    kinds = {part.symbol.type for part in (left, right) if part.symbol}
    if kinds - {"数字"} or "text" in (left.kind, right.kind):
        return known
    difference = _DIFFERENCE[op]
    known = known.but(f"({left.term}-{right.term})", difference)
    known = known.but(f"({right.term}-{left.term})", _negative(difference))
    for one, other, apart in ((left, right, difference), (right, left, _DIFFERENCE[MIRRORED[op]])):
        if one.number is None:
            # What is more than something that is not negative is positive, and so on.
            known = known.but(one.term, _sum(signs(other, known), apart))
    return known


def _names(part: Written) -> frozenset[str]:
    """The names without whose values `part` has none."""
    if part.kind == "name":
        return frozenset({part.term})
    if part.kind in ("comparison", "arithmetic", "signed", "absolute", "rounded"):
        return frozenset().union(*map(_names, part.parts()))
    return frozenset()


# ── divisors ────────────────────────────────────────────────────────────────────────────────────────────────


def divisors(part: Written, known: Known = NOTHING, of: str = "") -> Iterator[Divisor]:
    """The divisors that can be 0 wherever the value of `part` is needed, in its own formula and behind it."""
    parts = part.arguments() if part.tree.data == "call" else part.parts()
    match part.kind:
        case "name":
            behind = part.behind()
            if behind and part.term not in known.told:
                yield from divisors(behind, known, part.symbol.label)
        case "filled" | "applicable" | "last_year" | "count":
            return
        case "conditional":
            condition, then, otherwise = parts
            yield from divisors(condition, known, of)
            yield from divisors(then, assuming(condition, True, known), of)
            yield from divisors(otherwise, assuming(condition, False, known), of)
        case "both" | "either":
            yield from divisors(parts[0], known, of)
            yield from divisors(parts[1], assuming(parts[0], part.kind == "both", known), of)
        case "column":
            yield from divisors(part.within(part.scope.table(parts[0].name), parts[1].tree), NOTHING, of)
        case "total" | "largest" | "smallest" if parts[0].kind == "column":
            yield from divisors(parts[0], NOTHING, of)
        case _:
            for one in parts:
                yield from divisors(one, known, of)
            if part.kind == "arithmetic" and part.sign == "÷":
                found = signs(parts[1], known)
                if 0 in found:
                    yield Divisor(parts[1].words, of, found == ZERO)
