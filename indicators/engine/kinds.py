"""The kinds of scoring rules (计分规则) and their parameters; what they compute is in `rules`."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Deviation:
    """Full points up to `limit`, then `points_per_step` off per `step` of excess, never below `floor`.

    `partial`: what a part of a step costs: nothing (`floor`), a whole step (`ceil`) or its share (`linear`).
    """

    measure: str
    limit: Decimal
    side: Literal["over", "under", "both"]
    step: Decimal
    points_per_step: Decimal
    partial: Literal["floor", "ceil", "linear"]
    kind: Literal["deviation"] = "deviation"
    floor: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Band:
    """`op` `bound` → `points`; e.g. `<=` 10 → 5."""

    op: Literal["<=", "<", ">=", ">", "=="]
    bound: Decimal
    points: Decimal


@dataclass(frozen=True, slots=True)
class Bands:
    """The first band that holds wins; `otherwise` (None: judged by a person) closes every gap."""

    measure: str
    bands: tuple[Band, ...]
    kind: Literal["bands"] = "bands"
    otherwise: Decimal | None = ZERO


@dataclass(frozen=True, slots=True)
class Item:
    """A checklist item; `points` counts in mode `add`."""

    text: str
    points: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Checklist:
    """`add`: points per fulfilled item; `deduct`: `per_violation` off per violated item or case."""

    items: tuple[Item, ...]
    mode: Literal["add", "deduct"]
    kind: Literal["checklist"] = "checklist"
    per_violation: Decimal = ZERO
    count: Literal["items", "cases"] = "items"
    floor: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Scaled:
    """measure ÷ `of` × weight, within 0…weight."""

    measure: str
    of: Decimal
    kind: Literal["scaled"] = "scaled"


@dataclass(frozen=True, slots=True)
class Level:
    """A judged level: fixed `points`, or a range `low`…`high` in percent of the weight, to choose inside."""

    text: str
    points: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """A person chooses a level, or points in 0…weight when there is no level."""

    kind: Literal["judged"] = "judged"
    levels: tuple[Level, ...] = ()


@dataclass(frozen=True, slots=True)
class Ratio:
    """实际 ÷ 目标 × weight (`reverse`: 目标 ÷ 实际), capped at the weight; national and Hunan forms.

    Above `explain_over` percent of the target (e.g. 130) the working asks for a reason.
    """

    actual: str
    target: str
    kind: Literal["ratio"] = "ratio"
    reverse: bool = False
    explain_over: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Expression:
    """Points by formula, clamped to 0…weight."""

    formula: str
    kind: Literal["expression"] = "expression"


@dataclass(frozen=True, slots=True)
class Target:
    """年度指标值 against 完成值, both typed as people write them (`≥500人次`, `合规`) and read by `targets`.

    A numeric target that is met gives the full weight. `missed`: what a missed one gives: the share that
    was reached (实际 ÷ 目标; for ≤ and < 目标 ÷ 实际), nothing, or what a person judges. `equals`: a target
    without sign or with = is met by more too (`at_least`), or by itself alone (`exactly`; more is judged).
    A target of 0 (0起) is met by 0 alone.
    Above `explain_over` percent of a target to be reached (e.g. 130) a reason is asked for, and `over_deduct`
    points are taken off. A target in words is judged: by `levels`, or by points when there are none.

    `coefficient_places`: 得分系数, the share that counts, is a figure of its own, in percent with so many
    decimals, and the points are 得分系数 × 分值. A person who judges gives a 得分系数 instead of points.
    """

    kind: Literal["target"] = "target"
    missed: Literal["proportional", "zero", "judged"] = "proportional"
    equals: Literal["at_least", "exactly"] = "at_least"
    explain_over: Decimal | None = None
    over_deduct: Decimal = ZERO
    levels: tuple[Level, ...] = ()
    coefficient_places: int | None = None


Rule = Deviation | Bands | Checklist | Scaled | Judged | Ratio | Expression | Target
