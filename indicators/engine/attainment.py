"""Whether an 实际完成值 attains its 年度指标值, both read by `targets` and both numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from .targets import COUNTED, Goal

#: Units that mean the same.
_SAME = {
    "名": "人", "位": "人", "百分比": "%", "天": "日", "个工作日": "工作日", "个月": "月", "场次": "场",
    "回": "次", "人次数": "人次", "次数": "次", "人民币": "元", "元人民币": "元", "平米": "平方米",
    "㎡": "平方米", "m²": "平方米", "m2": "平方米", "m": "米", "km": "公里", "kg": "公斤",
    "m³": "立方米", "m3": "立方米", "t": "吨", "L": "升", "ml": "毫升", "个百分点": "百分点",
    "季": "季度", "个季度": "季度", "起": "件", "例": "件", "宗": "件",
}  # fmt: skip
#: Words of more and of less in front of a number.
_UP, _DOWN = re.compile("[增升]|提高|上涨"), re.compile("[降减]|缩短|下滑")
_HOLDS: dict[str, Callable[[Decimal], bool]] = {
    "≥": lambda difference: difference >= 0,
    ">": lambda difference: difference > 0,
    "=": lambda difference: difference == 0,
    "<": lambda difference: difference < 0,
    "≤": lambda difference: difference <= 0,
}


def same_unit(one: str, other: str) -> bool:
    """Whether figures in these units may be compared; a unit left out is that of the other side.

    名 and 位 are 人, 天 is 日 …; 个 stands for any counting word. 人 and 人次 are different.
    """
    one, other = (_canonical(unit) for unit in (one, other))
    if not one or not other or one == other:
        return True
    return "个" in (one, other) and {one, other} <= COUNTED


def _canonical(unit: str) -> str:
    return "/".join(_SAME.get(part, part) for part in unit.replace("每", "/").split("/"))


def incomparable(actual: Goal, goal: Goal) -> str:
    """Why the two cannot be compared, and what to do; "" where they can."""
    if not same_unit(actual.unit, goal.unit):
        return f"实际完成值的单位是“{actual.unit}”，年度指标值的单位是“{goal.unit}”，不能比较：请改为同一单位"
    for name, bare, other in (("实际完成值", actual, goal), ("年度指标值", goal, actual)):
        if not bare.unit and not bare.magnitude and _leaves_open(bare, other):
            unit = f"{other.magnitude}{other.unit}"
            return f"{name} {bare.figure} 没有写单位，看不出是否也以“{unit}”计：请写明单位"
    return ""


def _leaves_open(bare: Goal, other: Goal) -> bool:
    """Whether a bare number may count in 万 like the other, or be a share of 1 beside one in percent."""
    return bool(other.magnitude) or (other.unit == "%" and 0 < bare.number <= 1 < other.number)


def opposed(actual: Goal, goal: Goal) -> bool:
    """Whether one speaks of more and the other of less: 下降 5% and 增长 3%, or a 下降 of -3%."""
    goal_up, goal_down = (pattern.search(goal.before) for pattern in (_UP, _DOWN))
    up, down = (pattern.search(actual.before) for pattern in (_UP, _DOWN))
    return bool((goal_up and down) or (goal_down and (up or actual.number < 0)))


def meets(actual: Goal, goal: Goal, *, exactly: bool = False) -> bool | None:
    """Whether `actual` reaches `goal`; None where it cannot be told (完成 90% 以上 of a goal of 95%).

    A goal without sign is met by more as well, unless `exactly`; a goal of 0 (0起) only by 0.
    """
    op = "≥" if goal.op == "=" and goal.number and not exactly else goal.op
    difference = actual.number - goal.number
    if actual.op == "=":
        return _HOLDS[op](difference)
    # All that is known of the actual figure is a bound.
    same_side = (op in "≥>") == (actual.op in "≥>") and op != "="
    beyond = difference > 0 if actual.op in "≥>" else difference < 0
    just = not difference and op in ("≥", "≤", actual.op)
    return True if same_side and (beyond or just) else None


def is_above(actual: Goal, goal: Goal) -> bool:
    """Whether `actual` is more than `goal` says."""
    return actual.number > goal.number


def is_to_be_reached(goal: Goal) -> bool:
    """Whether more is better, from 0 upwards: only then a share of the goal can be told."""
    return goal.op in ("≥", ">", "=") and goal.number > 0


def compared(actual: Goal, goal: Goal) -> str:
    """The words of a goal that is met: 800 ≥ 500 人次; 完成值 ≥ 95%，达到目标 ≥ 90%."""
    if actual.op != "=":
        return f"完成值 {actual.said}，达到目标 {goal.said}"
    sign = "≥" if goal.op == "=" and actual.number != goal.number else goal.op
    differs = actual.unit and (actual.unit, actual.magnitude) != (goal.unit, goal.magnitude)
    figure = actual.amount if differs else actual.figure_in(goal.unit or actual.unit)
    return f"{figure} {sign} {goal.amount}"
