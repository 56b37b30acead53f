"""The eight kinds of scoring rules (计分规则), each a pure function `(rule, inputs) → Outcome`.

The first five express the standards in use in the counties; ratio, expression and target serve the
national and provincial forms. A kind that exists never changes its meaning: that keeps stored score sheets
recomputable.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Literal

from . import attainment
from .kinds import (
    ZERO,
    Band,
    Bands,
    Checklist,
    Deviation,
    Expression,
    Judged,
    Level,
    Ratio,
    Rule,
    Scaled,
    Target,
)
from .stated import stated
from .targets import Goal
from .values import MISSING, Value, plain, rounded

Status = Literal["已计分", "不适用", "缺数据", "无法计算"]
HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Measure:
    """指标值: its `value` as the rule sees it, how it came about in `words` ("" when typed), and its unit."""

    value: Decimal
    words: str
    unit: str

    @property
    def shown(self) -> str:
        return amount(self.value, self.unit)

    def derivation(self, bound: Decimal | None = None) -> str:
        """`11 ÷ 13 = 84.62%`, with as many decimals as it takes to tell the value from `bound`."""
        shown = amount(self.value, self.unit, bound)
        return f"{self.words} = {shown}".replace("） =", "）=") if self.words else shown


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a rule works on. `answers` go by the ending of their code: `1`, `level`, `points`."""

    weight: Decimal
    measure: Measure | None
    answers: Mapping[str, Value]
    places: int
    cut_off: bool

    def points(self, value: Decimal) -> Decimal:
        """Within 0…weight, rounded as the template says."""
        return rounded(min(max(value, ZERO), self.weight), self.places, down=self.cut_off)

    def scored(self, value: Decimal, how: str) -> Outcome:
        points = self.points(value)
        return Outcome("已计分", points, f"{how}，{self.gets(points)}", measured=self.measured)

    def gets(self, points: Decimal) -> str:
        return f"得{'满分 ' if points == self.weight else ' '}{plain(points)} 分"

    @property
    def measured(self) -> str:
        return self.measure.shown if self.measure else ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """`points` are None unless scored; `missing` names the endings of the answers that are still needed.

    `ask`: why a reason is asked for although the rule may take no points off. `coefficient`: 得分系数 in
    percent, of a rule that has one.
    """

    status: Status
    points: Decimal | None
    working: str
    reason: str = ""
    measured: str = ""
    missing: tuple[str, ...] = ()
    ask: str = ""
    coefficient: Decimal | None = None


def amount(value: Decimal, unit: str, bound: Decimal | None = None) -> str:
    """84.62%, 1,234.50 元, 800 人次."""
    places = 2
    while (
        bound is not None
        and value != bound
        and rounded(value, places) == rounded(bound, places)
        and places < 12
    ):
        places += 2
    if unit == "%":
        return f"{rounded(value, places):f}%"
    return (
        f"{rounded(value, places):,f} 元"
        if unit == "元"
        else f"{plain(rounded(value, places))} {unit}".rstrip()
    )


def limit_words(value: Decimal, unit: str) -> str:
    return f"{plain(value)}{'%' if unit == '%' else f' {unit}'.rstrip()}"


def distance(value: Decimal, unit: str) -> str:
    """How far apart two measures are: 271.61 个百分点, 3 天."""
    shown = plain(rounded(value, 2))
    return f"{shown if shown != '0' else plain(value)} {'个百分点' if unit == '%' else unit}".rstrip()


def deviation(rule: Deviation, inputs: Inputs) -> Outcome:
    """Full points up to the limit (inclusive), then points off per step of excess."""
    measure = inputs.measure
    over = measure.value - rule.limit
    excess = max({"over": over, "under": -over, "both": abs(over)}[rule.side], ZERO)
    limit = limit_words(rule.limit, measure.unit)
    derivation = measure.derivation(rule.limit)
    if not excess:
        sign = {"over": "≤", "under": "≥", "both": "="}[rule.side]
        joined = f"{derivation} {sign} {limit}" if sign != "=" else f"{derivation}，等于 {limit}"
        return inputs.scored(inputs.weight, joined)
    steps = excess / rule.step
    counted = {
        "floor": steps.to_integral_value(ROUND_FLOOR),
        "ceil": steps.to_integral_value(ROUND_CEILING),
        "linear": steps,
    }[rule.partial]
    left = inputs.weight - counted * rule.points_per_step
    step = distance(rule.step, measure.unit)
    how = f"{derivation}，{'超过' if over > 0 else '低于'} {limit} 共 {distance(excess, measure.unit)}"
    how += f"，按每 {step}扣 {plain(rule.points_per_step)} 分"
    if left <= rule.floor:
        how += "，扣完为止" if not rule.floor else f"，最低 {plain(rule.floor)} 分"
    elif steps != steps.to_integral_value():
        how += {
            "floor": f"（不足 {step}的部分不扣）",
            "ceil": f"（不足 {step}的按一档扣）",
            "linear": "（按比例扣）",
        }[rule.partial]
    return inputs.scored(max(left, rule.floor), how)


_HOLDS: dict[str, tuple[str, Callable[[Decimal, Decimal], bool]]] = {
    "<=": ("≤", lambda value, bound: value <= bound),
    "<": ("<", lambda value, bound: value < bound),
    ">=": ("≥", lambda value, bound: value >= bound),
    ">": (">", lambda value, bound: value > bound),
    "==": ("=", lambda value, bound: value == bound),
}


def first_band(rule: Bands, value: Decimal) -> Band | None:
    """The band that counts for `value`; None where only `otherwise` is left."""
    return next((band for band in rule.bands if _HOLDS[band.op][1](value, band.bound)), None)


def bands(rule: Bands, inputs: Inputs) -> Outcome:
    """The first band that holds; what no band covers gets `otherwise` or is judged."""
    measure = inputs.measure
    band = first_band(rule, measure.value)
    if band:
        sign, bound = _HOLDS[band.op][0], limit_words(band.bound, measure.unit)
        derivation = measure.derivation(band.bound)
        joined = f"{derivation} {sign} {bound}" if sign != "=" else f"{derivation}，等于 {bound}"
        return inputs.scored(band.points, joined)
    how = f"{measure.derivation()}，不在各档之内"
    if rule.otherwise is None:
        return by_person(inputs, how)
    return inputs.scored(rule.otherwise, how)


def checklist(rule: Checklist, inputs: Inputs) -> Outcome:
    """Points per fulfilled item, or points off per violated item or case. Answers are 是 or 否 only."""
    endings = [str(number) for number in range(1, len(rule.items) + 1)]
    wanted = Decimal if rule.mode == "deduct" and rule.count == "cases" else bool
    if missing := tuple(ending for ending in endings if not isinstance(inputs.answers.get(ending), wanted)):
        return lacking(missing)
    answers = [inputs.answers[ending] for ending in endings]
    if rule.mode == "add":
        met = [item for item, answer in zip(rule.items, answers, strict=True) if answer]
        return inputs.scored(
            sum((item.points for item in met), ZERO), f"{len(answers)} 项中 {len(met)} 项符合"
        )
    violations = sum(answers, ZERO) if wanted is Decimal else Decimal(answers.count(False))
    found = "没有不符合的情形"
    if violations:
        counted = (
            f"共 {plain(violations)} 例" if wanted is Decimal else f"{len(answers)} 项中 {violations} 项"
        )
        found = f"{counted}不符合，每{'例' if wanted is Decimal else '项'}扣 {plain(rule.per_violation)} 分"
    left = inputs.weight - violations * rule.per_violation
    if left < rule.floor:
        found += "，扣完为止" if not rule.floor else f"，最低 {plain(rule.floor)} 分"
    return inputs.scored(max(left, rule.floor), found)


def scaled(rule: Scaled, inputs: Inputs) -> Outcome:
    """measure ÷ of × weight."""
    measure, weight = inputs.measure, inputs.weight
    how = f"{plain(rounded(measure.value, 2))} ÷ {plain(rule.of)} × {plain(weight)}"
    value = measure.value * weight / rule.of
    before = f"{measure.derivation()}，" if measure.words else ""
    return inputs.scored(value, f"{before}{how} = {plain(rounded(value, 4))}")


def ratio(rule: Ratio, inputs: Inputs) -> Outcome:
    """Share of the target that was reached, of the weight, capped. The measure is the share in percent."""
    share = inputs.measure.value
    how = inputs.measure.derivation(HUNDRED)
    how += " ≥ 100%" if share >= HUNDRED else f"，按 {inputs.measure.shown} × {plain(inputs.weight)} 分计"
    ask = ""
    if rule.explain_over is not None and share > rule.explain_over:
        ask = f"完成值为目标的 {inputs.measure.shown}，超过 {plain(rule.explain_over)}%"
        how += f"（超过目标的 {plain(rule.explain_over)}%，须说明原因）"
    return replace(inputs.scored(share * inputs.weight / HUNDRED, how), ask=ask)


def expression(rule: Expression, inputs: Inputs) -> Outcome:
    """Points by formula, within 0…weight."""
    return inputs.scored(inputs.measure.value, inputs.measure.derivation())


def judged(rule: Judged, inputs: Inputs) -> Outcome:
    """A level that a person chose; points chosen inside the level's range, or freely."""
    return _by_level(rule.levels, inputs, "")


def _by_level(levels: tuple[Level, ...], inputs: Inputs, why: str) -> Outcome:
    if not levels:
        return by_person(inputs, why)
    chosen = inputs.answers.get("level", MISSING)
    level = next((level for level in levels if level.text == chosen), None)
    if level is None:
        return lacking(("level",))
    how = f"{why}，评定为“{level.text}”".removeprefix("，")
    if level.points is not None:
        return inputs.scored(level.points, how)
    low, high = level_range(level, inputs.weight)
    return by_person(inputs, f"{how}（{plain(low)}–{plain(high)} 分）", low, high)


def level_range(level: Level, weight: Decimal) -> tuple[Decimal, Decimal]:
    """The points a level with a range allows."""
    low, high = level.low or ZERO, HUNDRED if level.high is None else level.high
    return weight * low / HUNDRED, weight * high / HUNDRED


def by_person(inputs: Inputs, how: str, low: Decimal = ZERO, high: Decimal | None = None) -> Outcome:
    """The points a person chose, which must lie in `low`…`high` (the weight)."""
    points = inputs.answers.get("points", MISSING)
    high = inputs.weight if high is None else high
    if not isinstance(points, Decimal):
        return lacking(("points",))
    if not low <= points <= high:
        reason = f"评定分值 {plain(points)} 分不在 {plain(low)}–{plain(high)} 分之内"
        return Outcome("无法计算", None, reason, reason, inputs.measured)
    return inputs.scored(points, f"{how}，由自评人评定" if how else "由自评人评定")


def lacking(missing: tuple[str, ...]) -> Outcome:
    """缺数据: answers that are still needed, by their endings."""
    return Outcome("缺数据", None, "", missing=missing)


def target(rule: Target, inputs: Inputs) -> Outcome:
    """实际完成值 against 年度指标值: compared where both are numbers, otherwise judged by a person."""
    wanted = [
        ending for ending in ("sign", "target", "actual") if ending != "sign" or ending in inputs.answers
    ]
    empty = tuple(ending for ending in wanted if not isinstance(inputs.answers.get(ending, MISSING), str))
    typed = stated(inputs.answers)
    goal, actual = typed.goal, typed.reached
    if "sign" in empty or goal is None:
        return lacking(empty)
    if typed.fault:
        return Outcome("无法计算", None, typed.fault, typed.fault)
    if actual is None:
        judged = _judge(rule, inputs, "").missing if goal.number is None else ()
        return lacking((*empty, *judged))
    if goal.number is None:
        return _judge(rule, inputs, "")
    if actual.number is None or attainment.opposed(actual, goal):
        return _judge(rule, inputs, f"完成值“{_cut(actual.text)}”不能与目标“{_cut(goal.text)}”相比")
    if fault := attainment.incomparable(actual, goal):
        return Outcome("无法计算", None, fault, fault, actual.amount)
    outcome = _compared(rule, inputs, actual, goal)
    return replace(outcome, measured=actual.amount)


def _compared(rule: Target, inputs: Inputs, actual: Goal, goal: Goal) -> Outcome:
    exactly = rule.equals == "exactly"
    met = attainment.meets(actual, goal, exactly=exactly)
    above = attainment.is_above(actual, goal)
    if met:
        return _met(rule, inputs, actual, goal)
    if met is None or rule.missed == "judged" or (goal.op == "=" and exactly and above):
        return _judge(rule, inputs, f"完成值 {actual.said}，目标 {goal.said}")
    over, under = (goal, actual) if above else (actual, goal)
    if rule.missed == "zero" or min(over.number, under.number) <= 0:
        return _shared(rule, inputs, ZERO, f"完成值 {actual.said}，没有达到目标 {goal.said}")
    share = over.number / under.number * HUNDRED
    names = {id(actual): "完成", id(goal): "目标"}
    how = " ÷ ".join(f"{names[id(one)]} {one.figure_in(goal.unit or actual.unit)}" for one in (over, under))
    if rule.coefficient_places is None:
        percent = amount(share, "%", HUNDRED)
        how += f" = {percent}，按 {percent} × {plain(inputs.weight)} 分计"
    return _shared(rule, inputs, share, how)


def _shared(rule: Target, inputs: Inputs, share: Decimal, how: str) -> Outcome:
    """`share` percent of the weight; a 得分系数 is rounded first, so that its product is the points."""
    if rule.coefficient_places is None:
        return inputs.scored(share * inputs.weight / HUNDRED, how)
    counts = rounded(share, rule.coefficient_places, down=inputs.cut_off)
    how += f"，得分系数 {plain(counts)}%"
    if 0 < counts < HUNDRED:
        how += f" × {plain(inputs.weight)} 分"
    return replace(inputs.scored(counts * inputs.weight / HUNDRED, how), coefficient=counts)


def _judge(rule: Target, inputs: Inputs, why: str) -> Outcome:
    """What no figures decide: points, or a 得分系数, in the range of the level or freely."""
    if rule.coefficient_places is None:
        return _by_level(rule.levels, inputs, why)
    low, high, how = ZERO, HUNDRED, why
    if rule.levels:
        chosen = inputs.answers.get("level", MISSING)
        level = next((level for level in rule.levels if level.text == chosen), None)
        if level is None:
            return lacking(("level",))
        low, high = level_range(level, HUNDRED)
        how = f"{why}，评定为“{level.text}”（{plain(low)}%–{plain(high)}%）".removeprefix("，")
    share = inputs.answers.get("coefficient", MISSING)
    if not isinstance(share, Decimal):
        return lacking(("coefficient",))
    if not low <= share <= high:
        reason = f"得分系数 {plain(share)}% 不在 {plain(low)}%–{plain(high)}% 之内"
        return Outcome("无法计算", None, reason, reason, inputs.measured)
    return _shared(rule, inputs, share, f"{how}，由自评人评定".removeprefix("，"))


def _cut(text: str) -> str:
    return text if len(text) <= 20 else f"{text[:20]}…"


def _met(rule: Target, inputs: Inputs, actual: Goal, goal: Goal) -> Outcome:
    how = attainment.compared(actual, goal)
    reached = actual.number / goal.number * HUNDRED if attainment.is_to_be_reached(goal) else ZERO
    if rule.explain_over is None or reached <= rule.explain_over:
        return _shared(rule, inputs, HUNDRED, how)
    limit = f"{plain(rule.explain_over)}%"
    over = f"完成值为目标的 {amount(reached, '%', rule.explain_over)}，超过 {limit}"
    how = f"{how}，{over}，须说明原因"
    if rule.over_deduct:
        return replace(
            inputs.scored(inputs.weight - rule.over_deduct, f"{how}，扣 {plain(rule.over_deduct)} 分"),
            ask=over,
        )
    return replace(_shared(rule, inputs, HUNDRED, how), ask=over)


_KINDS: dict[str, Callable[[Rule, Inputs], Outcome]] = {
    "deviation": deviation,
    "bands": bands,
    "checklist": checklist,
    "scaled": scaled,
    "judged": judged,
    "ratio": ratio,
    "expression": expression,
    "target": target,
}


def apply(rule: Rule, inputs: Inputs) -> Outcome:
    """The outcome of `rule`, whatever its kind. Rules with a measure need one in `inputs`."""
    return _KINDS[rule.kind](rule, inputs)
