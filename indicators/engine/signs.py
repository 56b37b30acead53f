"""Which signs the value of a formula can have: enough to tell whether a divisor can be 0.

A sign is −1, 0 or 1; what is known of a value is the set of signs it may have. `Known` holds what is taken
for true while a part of a formula is read: inside 若(预算数 > 0, …) the 预算数 is positive, and so it is in
a check whose `when` says so. What cannot be told may be anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
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
#: Parts that are looked at for one answer, and how deep: beyond that a value may be anything.
MAX_STEPS = 2_000
MAX_DEPTH = 60


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
    return _Question().signs(part, known)


def assuming(condition: Written, truth: bool, known: Known = NOTHING) -> Known:
    """`known`, and what follows from the condition being true, or false."""
    return _Question().assuming(condition, truth, known)


def divisors(part: Written, known: Known = NOTHING, *, behind: bool = True) -> Iterator[Divisor]:
    """The divisors that can be 0 where `part` is computed: its own and those `behind` its names."""
    return _Question(behind).divisors(part, known, "")


class _Question:
    """One question about a formula: what was found out about derived figures, and how many steps are left."""

    def __init__(self, behind: bool = True) -> None:
        self.behind = behind
        self.figures: dict[str, Signs] = {}
        self.steps = MAX_STEPS
        self.depth = 0

    @contextmanager
    def _deeper(self) -> Iterator[bool]:
        """Whether there is room for one more step."""
        self.steps -= 1
        self.depth += 1
        yield self.steps >= 0 and self.depth <= MAX_DEPTH
        self.depth -= 1

    def signs(self, part: Written, known: Known) -> Signs:
        with self._deeper() as may_go_on:
            found = self._signs(part, known) if may_go_on else ANYTHING
        return found & known.signs.get(part.term, ANYTHING)

    def _signs(self, part: Written, known: Known) -> Signs:
        if (value := part.number) is not None:
            return frozenset({(value > 0) - (value < 0)})
        if part.tree.data == "call":
            return self._of_call(part, known)
        match part.kind:
            case "name":
                return self._of_name(part, known)
            case "signed":
                found = self.signs(part.parts[0], known)
                return _negative(found) if part.sign == "-" else found
            case "arithmetic":
                left, right = (self.signs(one, known) for one in part.parts)
                if part.sign in "+-":
                    return _sum(left, right if part.sign == "+" else _negative(right))
                return frozenset(a * b for a, b in product(left, right))
            case "column":
                table = part.scope.table(part.parts[0].name)
                return self.signs(part.within(table, part.parts[1].tree), NOTHING)
        return ANYTHING

    def _of_name(self, part: Written, known: Known) -> Signs:
        if part.symbol is None:
            return POSITIVE if part.name in (YEAR, "year") else ANYTHING
        if part.term not in self.figures:
            behind = part.behind()
            found = self.signs(behind, NOTHING) if behind else ANYTHING
            self.figures[part.term] = _bounds(part.symbol.definition) & found
        behind = part.behind() if known.signs else None
        return self.figures[part.term] & (known.signs.get(behind.term, ANYTHING) if behind else ANYTHING)

    def _of_call(self, part: Written, known: Known) -> Signs:
        arguments = part.parts
        match part.kind:
            case "count":
                return NOT_NEGATIVE
            case "absolute":
                return frozenset(map(abs, self.signs(arguments[0], known)))
            case "rounded":
                return self.signs(arguments[0], known) | ZERO
            case "last_year":
                return self._of_name(arguments[0], NOTHING)
            case "conditional":
                condition, then, otherwise = arguments
                chosen = self.signs(then, self.assuming(condition, True, known))
                return chosen | self.signs(otherwise, self.assuming(condition, False, known))
            case "total" if arguments[0].kind == "column":
                return ZERO | self.signs(arguments[0], known)
            case "total" | "largest" | "smallest":
                found = [self.signs(one, known) for one in arguments]
                return _of_several(found, arguments, part.kind)
        return ANYTHING

    # ── what a condition tells ──────────────────────────────────────────────────────────────────────────────

    def assuming(self, condition: Written, truth: bool, known: Known) -> Known:
        match condition.kind:
            case "negation":
                return self.assuming(condition.parts[0], not truth, known)
            case "both" | "either" if truth == (condition.kind == "both"):
                left, right = condition.parts
                return self.assuming(right, truth, self.assuming(left, truth, known))
            case "comparison":
                op = condition.sign if truth else OPPOSITE[condition.sign]
                return self._comparing(*condition.parts, op, known).tells(_names(condition))
        return known

    def _comparing(self, left: Written, right: Written, op: str, known: Known) -> Known:
        kinds = {part.symbol.type for part in (left, right) if part.symbol}
        if kinds - {"数字"} or "text" in (left.kind, right.kind):
            return known
        difference = _DIFFERENCE[op]
        known = known.but(f"({left.term}-{right.term})", difference)
        known = known.but(f"({right.term}-{left.term})", _negative(difference))
        for one, other, apart in ((left, right, difference), (right, left, _DIFFERENCE[MIRRORED[op]])):
            if one.number is None:
                # What is more than something that is not negative is positive, and so on.
                known = known.but(one.term, _sum(self.signs(other, known), apart))
        return known

    # ── divisors ────────────────────────────────────────────────────────────────────────────────────────────

    def divisors(self, part: Written, known: Known, of: str) -> Iterator[Divisor]:
        with self._deeper() as may_go_on:
            if may_go_on:
                yield from self._divisors(part, known, of)

    def _divisors(self, part: Written, known: Known, of: str) -> Iterator[Divisor]:
        parts = part.parts
        match part.kind:
            case "name":
                behind = part.behind() if self.behind else None
                if behind and part.term not in known.told:
                    yield from self.divisors(behind, known, part.symbol.label)
            case "filled" | "applicable" | "last_year" | "count":
                return
            case "conditional":
                condition, then, otherwise = parts
                yield from self.divisors(condition, known, of)
                yield from self.divisors(then, self.assuming(condition, True, known), of)
                yield from self.divisors(otherwise, self.assuming(condition, False, known), of)
            case "both" | "either":
                yield from self.divisors(parts[0], known, of)
                yield from self.divisors(parts[1], self.assuming(parts[0], part.kind == "both", known), of)
            case "column":
                table = part.scope.table(parts[0].name)
                yield from self.divisors(part.within(table, parts[1].tree), NOTHING, of)
            case "total" | "largest" | "smallest" if parts[0].kind == "column":
                yield from self.divisors(parts[0], NOTHING, of)
            case _:
                for one in parts:
                    yield from self.divisors(one, known, of)
                if part.kind == "arithmetic" and part.sign == "÷":
                    found = self.signs(parts[1], known)
                    if 0 in found:
                        yield Divisor(parts[1].words, of, found == ZERO)


def _bounds(definition: Field | Column) -> Signs:
    """What a box takes: counts are not negative, and a figure may have limits."""
    found = NOT_NEGATIVE if definition.kind == "count" else ANYTHING
    low, high = getattr(definition, "minimum", None), getattr(definition, "maximum", None)
    if low is not None and low >= 0:
        found &= POSITIVE if low else NOT_NEGATIVE
    if high is not None and high <= 0:
        found &= NEGATIVE if high else NEGATIVE | ZERO
    return found


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


def _names(part: Written) -> frozenset[str]:
    """The names without whose values `part` has none."""
    if part.kind == "name":
        return frozenset({part.term})
    if part.kind in ("comparison", "arithmetic", "signed", "absolute", "rounded"):
        return frozenset().union(*map(_names, part.parts))
    return frozenset()
