"""What stands in the boxes of a target: 年度指标值 and 实际完成值, whole or in parts, as goals.

A form may have 指标性质, 指标值 and 度量单位 in boxes of their own (`≥` `100` `人次`) and a 调整指标值, which
counts instead of the 年度指标值.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from .attainment import same_unit
from .targets import Goal, read

#: 指标性质 of what a person judges.
QUALITATIVE = "定性"
SIGNS = ("≥", ">", "=", "<", "≤", QUALITATIVE)


@dataclass(frozen=True, slots=True)
class Stated:
    """The target that counts and what was reached: in one piece as texts, and read; None where it is empty.

    `fault` says where the boxes contradict each other; then the goals mean nothing.
    """

    target: str
    actual: str
    goal: Goal | None
    reached: Goal | None
    fault: str = ""


def stated(boxes: Mapping[str, object]) -> Stated:
    """What the boxes say, by the endings of their codes; what is not a text counts as empty."""
    sign, unit, actual = (_text(boxes, ending) for ending in ("sign", "unit", "actual"))
    target = _text(boxes, "adjusted") or _text(boxes, "target")
    goal = _goal(target, sign, unit) if target else None
    return Stated(
        target=_whole(target, sign, unit),
        actual=_whole(actual, "", unit),
        goal=goal,
        reached=_reached(actual, unit, goal) if actual else None,
        fault=_fault(target, sign, unit),
    )


def _text(boxes: Mapping[str, object], ending: str) -> str:
    value = boxes.get(ending)
    return " ".join(value.split()) if isinstance(value, str) else ""


def _goal(text: str, sign: str, unit: str) -> Goal:
    if sign == QUALITATIVE:
        return Goal("", None, "", text)
    goal = _measured(text, unit)
    return replace(goal, op=sign) if sign and goal.number is not None else goal


def _reached(text: str, unit: str, goal: Goal | None) -> Goal:
    """A bare 0.95 beside a target in percent may be meant as a share of 1: its unit stays open."""
    bare = read(text)
    whole = goal.number if goal else None
    if unit == "%" and whole and bare.number is not None and 0 < bare.number <= 1 < whole:
        return bare
    return _measured(text, unit)


def _measured(text: str, unit: str) -> Goal:
    """`text` with the unit of its box, unless it names one itself."""
    bare = read(text)
    if not unit or bare.number is None or bare.unit or bare.magnitude:
        return bare
    joined = read(f"{text}{unit}")
    return joined if joined.number is not None and joined.unit else replace(bare, unit=unit)


def _fault(text: str, sign: str, unit: str) -> str:
    bare = read(text)
    if bare.number is None or sign == QUALITATIVE:
        return ""
    if sign and bare.op not in ("=", sign):
        return f"指标值写的是“{text}”，指标性质是“{sign}”，两处不一致：指标值请只写数"
    if unit and bare.unit and not same_unit(bare.unit, read(f"1{unit}").unit or unit):
        return f"指标值写的是“{text}”，度量单位是“{unit}”，两处不一致：指标值请只写数"
    return ""


def _whole(text: str, sign: str, unit: str) -> str:
    """≥100人次 in one piece; what is not a number has neither sign nor unit."""
    bare = read(text)
    if not text or bare.number is None or sign == QUALITATIVE:
        return text
    before = sign if bare.op == "=" else ""
    return f"{before}{text}{'' if bare.unit or bare.magnitude else unit}"
