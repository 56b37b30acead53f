"""Static verification of checks (审核公式): what they say, their cases, contradictions among them."""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import combinations

from .checks import HOLDS, outcomes, tolerance_of
from .compiled import CompiledCheck, CompiledTemplate
from .conditions import Conditions, Test
from .examples import facts_of_example
from .facts import Facts
from .faults import Fault
from .formula import Formula
from .spec import ZERO, CheckExample, CheckRule, Field, TemplateSpec
from .terms import Written, written
from .values import NUMBER_KINDS

MESSAGE_WORDS = frozenset({"left", "right", "difference", "row", "year", "last_year"})
MAX_ALIKE = 40  # checks about the same sides that are held against each other
_PLACES = range(7)
_CASES = {"passing": "通过", "failing": "不通过"}
_NO_CASE = (None, CheckExample())


def check_faults(spec: TemplateSpec) -> Iterator[Fault]:
    """What can be told without compiling."""
    for number, rule in enumerate(spec.checks):
        place = f"checks[{number}]"
        if not rule.fix_at:
            yield Fault(f"{place}.fix_at", "没有写到哪里改正：请写要改的数据项或表的代码")
        yield from _tolerances(place, rule)
        for name in ("message", "hint"):
            unknown = set(re.findall(r"\{([^{}]*)\}", getattr(rule, name))) - MESSAGE_WORDS
            if unknown:
                known = "、".join(f"{{{word}}}" for word in sorted(MESSAGE_WORDS))
                yield Fault(f"{place}.{name}", f"不能用 {{{min(unknown)}}}，可用 {known}")
        for name, ending in _CASES.items():
            if getattr(rule, name) in _NO_CASE:
                words = f"没有{ending}的例子：请写一组数，按它审核应当{ending}"
                yield Fault(f"{place}.{name}", words)


def _tolerances(place: str, rule: CheckRule) -> Iterator[Fault]:
    if min(rule.tolerance, rule.part_unit, Decimal(rule.parts)) < 0:
        yield Fault(f"{place}.tolerance", "允许的差额不能是负数")
    if bool(rule.parts) != bool(rule.part_unit):
        yield Fault(f"{place}.parts", "加数的个数（parts）和舍入单位（part_unit）要么都写，要么都不写")
    if rule.places is not None and rule.places not in _PLACES:
        yield Fault(f"{place}.places", "小数位数应在 0 至 6 之间")


def compiled_check_faults(compiled: CompiledTemplate, impossible: Collection[str]) -> Iterator[Fault]:
    """What the cases of the checks show, and which checks contradict, of a template that compiles.

    `impossible`: the places of conditions that never hold; the cases of such a check show nothing more.
    """
    numbers = {rule.code: number for number, rule in enumerate(compiled.spec.checks)}
    for check in compiled.checks:
        place = f"checks[{numbers[check.rule.code]}]"
        if f"{place}.when" not in impossible:
            yield from _cases(place, check, compiled)
    yield from _contradictions(compiled, numbers)


# ── cases ───────────────────────────────────────────────────────────────────────────────────────────────────


def _cases(place: str, check: CompiledCheck, compiled: CompiledTemplate) -> Iterator[Fault]:
    cases = {name: getattr(check.rule, name) for name in _CASES if getattr(check.rule, name) not in _NO_CASE}
    found = [
        fault
        for name, case in cases.items()
        for fault in _case(f"{place}.{name}", name, case, check.rule, compiled)
    ]
    yield from found
    if "passing" in cases and not found:
        yield from _boundary(f"{place}.when", check, compiled)


def _case(
    place: str, name: str, case: CheckExample, rule: CheckRule, compiled: CompiledTemplate
) -> Iterator[Fault]:
    facts, faults = facts_of_example(compiled, case, place)
    if faults:
        yield from faults
        return
    ended = outcomes(compiled.compute(facts), rule.code)
    said = {outcome: finding.message if finding else "" for outcome, finding in ended}
    wanted = _CASES[name]
    if "无法计算" in said:
        yield Fault(place, f"这个例子应当{wanted}，却无法计算：{said['无法计算']}")
    elif name == "passing" and "不通过" in said:
        yield Fault(place, f"这个例子应当通过，却审核出：{said['不通过']}")
    elif wanted not in said and "通过" in said:
        yield Fault(place, "这个例子应当不通过，却通过了：请改一个数，使它违反这条审核")
    elif wanted not in said:
        why = "没有写表里的行" if not ended else "适用条件（when）不成立，或要比较的数没有填"
        yield Fault(place, f"这个例子应当{wanted}，却没有审核到：{why}")


def _boundary(place: str, check: CompiledCheck, compiled: CompiledTemplate) -> Iterator[Fault]:
    """Both sides typed figures: tried just below, at and just above each other, on the passing case."""
    rule, left, right = check.rule, *map(_typed, (check.left, check.right))
    if rule.op not in HOLDS or not (left and right) or rule.each or left.code == right.code:
        return
    facts, _ = facts_of_example(compiled, rule.passing)
    base, step = facts.figures.get(right.code), _step(left, rule)
    if step is None or base is None:
        return
    apart = tolerance_of(rule) + step
    for distance in (-apart, ZERO, apart):
        tried = _with(facts, left, base, distance)
        if tried is None or HOLDS[rule.op](distance, tolerance_of(rule)):
            continue
        if all(outcome == "不适用" for outcome, _ in outcomes(compiled.compute(tried), rule.code)):
            where = "略小于" if distance < 0 else "略大于" if distance else "等于"
            words = f"{left.label}{where}{right.label}时应当审核出来，适用条件却不成立：请核对条件的界限"
            yield Fault(place, words, "warning")


def _typed(side: Formula) -> Field | None:
    symbol = side.root.symbol
    definition = symbol.definition if symbol else None
    return definition if isinstance(definition, Field) and not definition.formula else None


def _step(item: Field, rule: CheckRule) -> Decimal | None:
    """The smallest difference that counts."""
    if item.kind not in (*NUMBER_KINDS, "date"):
        return None
    smallest = Decimal(1) if item.kind in ("count", "date") else Decimal("0.01")
    if rule.places is None or rule.places not in _PLACES:
        return smallest
    return max(smallest, Decimal(1).scaleb(-rule.places))


def _with(facts: Facts, item: Field, base: object, distance: Decimal) -> Facts | None:
    """`facts` with the figure that far from `base`; None where the box does not take it."""
    if isinstance(base, datetime.date):
        try:
            value = base + datetime.timedelta(int(distance))
        except OverflowError:
            return None
    elif isinstance(base, Decimal):
        value = base + distance
        low = ZERO if item.minimum is None and item.kind == "count" else item.minimum
        if (low is not None and value < low) or (item.maximum is not None and value > item.maximum):
            return None
    else:
        return None
    return replace(facts, figures={**facts.figures, item.code: value})


# ── contradictions ──────────────────────────────────────────────────────────────────────────────────────────


def _contradictions(compiled: CompiledTemplate, numbers: dict[str, int]) -> Iterator[Fault]:
    """Two checks about the same sides that no figures satisfy, in a case to which both apply."""
    about: dict[tuple[str, str], list[CheckRule]] = {}
    for check in compiled.checks:
        if check.rule.op in HOLDS:
            term, _ = _demand(Conditions(), check.rule, compiled)
            about.setdefault((check.rule.each, term), []).append(check.rule)
    for rules in about.values():
        for first, second in combinations(rules[:MAX_ALIKE], 2):
            case = _contradiction(first, second, compiled)
            if case is not None:
                when = f"{case}时，" if case else ""
                words = (
                    f"与“{first.title}”（{first.code}）矛盾：{when}左边小于、等于、大于右边都不能使两条都通过"
                )
                yield Fault(f"checks[{numbers[second.code]}]", f"{words}，请改其中一条的比较符号或条件")


def _demand(conditions: Conditions, rule: CheckRule, compiled: CompiledTemplate) -> tuple[str, Test]:
    def side(text: str) -> Written:
        return written(compiled, text, rule.each)

    return conditions.comparison(side(rule.left), side(rule.right), rule.op, tolerance_of(rule))


def _contradiction(first: CheckRule, second: CheckRule, compiled: CompiledTemplate) -> str | None:
    """The case in which both apply and cannot both hold, in words; "" where that is always so."""
    conditions = Conditions()
    tests = []
    for rule in (first, second):
        applies = conditions.test(written(compiled, rule.when, rule.each)) if rule.when else _always
        term, holds = _demand(conditions, rule, compiled)
        tests.append((applies, holds))
    meeting: dict[tuple, list] = {}
    for situation in conditions.situations():
        others = tuple(value for key, value in situation.items() if key != term)
        case = meeting.setdefault(others, [situation, False, False])
        case[1] |= all(applies(situation) for applies, _ in tests)
        case[2] |= all(holds(situation) for applies, holds in tests if applies(situation))
    for situation, both_apply, can_hold in meeting.values():
        if both_apply and not can_hold:
            return conditions.described(situation, without=term)
    return None


def _always(situation: object) -> bool:
    return True
