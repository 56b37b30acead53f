"""A scoring rule (计分规则) in one line, as an accountant tells it: for the list of indicators."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from .kinds import ZERO, Bands, Checklist, Deviation, Expression, Judged, Level, Ratio, Rule, Scaled, Target
from .rules import HUNDRED, distance, limit_words
from .spec import Indicator
from .values import plain
from .words import choices

_SIGNS = {"over": ("≤", "超过"), "under": ("≥", "低于"), "both": ("=", "偏离")}


def rule_words(leaf: Indicator) -> str:
    """`公用经费控制率≤100% 得满分，每超过 1 个百分点扣 1 分，不足一档不扣，扣完为止`; "" without a rule."""
    if leaf.open:
        return f"单位自设，{_target(leaf.open.rule, leaf)}"
    return _KINDS[leaf.rule.kind](leaf.rule, leaf) if leaf.rule else ""


def _deviation(rule: Deviation, leaf: Indicator) -> str:
    sign, beyond = _SIGNS[rule.side]
    part = choices(Deviation, "partial")[rule.partial]
    return (
        f"{rule.measure} {sign} {limit_words(rule.limit, leaf.value_unit)} 得满分，"
        f"每{beyond} {distance(rule.step, leaf.value_unit)}扣 {plain(rule.points_per_step)} 分，"
        f"不足一档{part}，{_until(rule.floor)}"
    )


def _until(floor: Decimal) -> str:
    return f"最低 {plain(floor)} 分" if floor else "扣完为止"


def _bands(rule: Bands, leaf: Indicator) -> str:
    signs = choices(type(rule.bands[0]), "op") if rule.bands else {}
    told = [
        f"{signs[band.op]} {limit_words(band.bound, leaf.value_unit)} 得 {plain(band.points)} 分"
        for band in rule.bands
    ]
    rest = "其余由人评定" if rule.otherwise is None else f"其余得 {plain(rule.otherwise)} 分"
    return f"{rule.measure} {'；'.join([*told, rest])}"


def _checklist(rule: Checklist, leaf: Indicator) -> str:
    count = len(rule.items)
    if rule.mode == "add":
        points = {plain(item.points) for item in rule.items}
        each = f"每项符合得 {points.pop()} 分" if len(points) == 1 else "各项符合得各项的分数"
        return f"{count} 项，{each}"
    what = "例" if rule.count == "cases" else "项"
    return f"{count} 项，每有一{what}不符合扣 {plain(rule.per_violation)} 分，{_until(rule.floor)}"


def _scaled(rule: Scaled, leaf: Indicator) -> str:
    return f"{rule.measure} ÷ {plain(rule.of)} × 分值"


def _judged(rule: Judged, leaf: Indicator) -> str:
    return f"由人评定{_levels(rule.levels)}"


def _levels(levels: tuple[Level, ...]) -> str:
    told = [
        f"{level.text} {plain(level.points)} 分"
        if level.points is not None
        else f"{level.text} 分值的 {plain(level.low or ZERO)}–{plain(_top(level))}%"
        for level in levels
    ]
    return f"：{'，'.join(told)}" if told else ""


def _top(level: Level) -> Decimal:
    return HUNDRED if level.high is None else level.high


def _ratio(rule: Ratio, leaf: Indicator) -> str:
    above, below = (rule.target, rule.actual) if rule.reverse else (rule.actual, rule.target)
    over = "" if rule.explain_over is None else f"，超过 {plain(rule.explain_over)}% 须说明"
    return f"{above} ÷ {below} × 分值，最多得满分{over}"


def _expression(rule: Expression, leaf: Indicator) -> str:
    return f"得分 = {rule.formula}"


def _target(rule: Target, leaf: Indicator) -> str:
    missed = choices(Target, "missed")[rule.missed]
    judged = f"；文字的目标由人评定{_levels(rule.levels)}" if rule.levels else ""
    share = "" if rule.coefficient_places is None else "；得分 = 得分系数 × 分值"
    return f"对照年度指标值：达到得满分，未达到{missed}{judged}{share}"


_KINDS: dict[str, Callable[[Rule, Indicator], str]] = {
    "deviation": _deviation,
    "bands": _bands,
    "checklist": _checklist,
    "scaled": _scaled,
    "judged": _judged,
    "ratio": _ratio,
    "expression": _expression,
    "target": _target,
}
