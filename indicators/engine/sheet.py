"""The score sheet (得分表) as data: what pages, report and snapshot show. Nothing is computed here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .rules import Status
from .values import plain

#: A figure as shown: label, location, text, unit.
Shown = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class ScoreLine:
    """One 三级指标.

    `working` is one sentence that derives the points; `reason` says why there are none, or what the
    preparer gave as reason; `missing` are the codes still to be filled in. `group` is the open group of an
    added indicator, "" for the template's own. `ask` says why a reason is asked for although nothing need
    be lost. `coefficient` is the 得分系数 in percent, where the rule has one.
    """

    code: str
    name: str
    weight: Decimal
    computed: Decimal | None
    self_score: Decimal | None
    reviewed: Decimal | None
    score: Decimal | None
    status: Status
    reason: str
    working: str
    measured: str
    inputs: tuple[Shown, ...]
    missing: tuple[str, ...] = ()
    group: str = ""
    ask: str = ""
    coefficient: Decimal | None = None


@dataclass(frozen=True, slots=True)
class GroupScore:
    """一级 or 二级指标: sums over its leaves; `score` adds what is scored so far.

    The `weight` of an open group is the template's, whatever its rows add up to.
    """

    weight: Decimal
    score: Decimal


@dataclass(frozen=True, slots=True)
class AdjustmentLine:
    """调整 between the sum of the lines and the total; `amount` is rounded so that the column adds up."""

    label: str
    amount: Decimal
    working: str


@dataclass(frozen=True, slots=True)
class ScoreSheet:
    """`total` is None when none can be given. While a line lacks data it is `provisional`, without grade."""

    engine_version: int
    total: Decimal | None
    provisional: bool
    grade: str
    adjustments: tuple[AdjustmentLine, ...]
    lines: tuple[ScoreLine, ...]
    groups: Mapping[str, GroupScore]
    missing: tuple[str, ...]

    @property
    def total_text(self) -> str:
        """`91.00`, with the template's decimals; empty without a total."""
        return "" if self.total is None else f"{self.total:f}"

    def as_json(self) -> dict[str, Any]:
        """Plain data with decimals as text, as stored and as printed by `score_evaluation --json`."""
        return {
            "engine_version": self.engine_version,
            "total": None if self.total is None else self.total_text,
            "provisional": self.provisional,
            "grade": self.grade,
            "adjustments": [
                {"label": item.label, "amount": plain(item.amount), "working": item.working}
                for item in self.adjustments
            ],
            "lines": [_line_json(line) for line in self.lines],
            "groups": {
                code: {"weight": plain(group.weight), "score": plain(group.score)}
                for code, group in self.groups.items()
            },
            "missing": list(self.missing),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ScoreSheet:
        """Inverse of `as_json`."""
        return cls(
            engine_version=data["engine_version"],
            total=_decimal(data["total"]),
            provisional=data["provisional"],
            grade=data["grade"],
            adjustments=tuple(
                AdjustmentLine(item["label"], Decimal(item["amount"]), item["working"])
                for item in data["adjustments"]
            ),
            lines=tuple(map(_line, data["lines"])),
            groups={
                code: GroupScore(Decimal(group["weight"]), Decimal(group["score"]))
                for code, group in data["groups"].items()
            },
            missing=tuple(data["missing"]),
        )


_POINTS = ("weight", "computed", "self_score", "reviewed", "score")
_INPUT = ("label", "location", "value", "unit")


def _line_json(line: ScoreLine) -> dict[str, Any]:
    points = {name: getattr(line, name) for name in _POINTS}
    return {
        "code": line.code,
        "name": line.name,
        **{name: None if value is None else plain(value) for name, value in points.items()},
        "status": line.status,
        "reason": line.reason,
        "working": line.working,
        "measured": line.measured,
        "inputs": [dict(zip(_INPUT, shown, strict=True)) for shown in line.inputs],
        "missing": list(line.missing),
        "group": line.group,
        "ask": line.ask,
        **({} if line.coefficient is None else {"coefficient": plain(line.coefficient)}),
    }


def _line(data: Mapping[str, Any]) -> ScoreLine:
    return ScoreLine(
        **{name: _decimal(data[name]) for name in _POINTS},
        **{name: data[name] for name in ("code", "name", "status", "reason", "working", "measured")},
        inputs=tuple(tuple(shown[key] for key in _INPUT) for shown in data["inputs"]),
        missing=tuple(data["missing"]),
        group=data.get("group", ""),
        ask=data.get("ask", ""),
        coefficient=_decimal(data.get("coefficient")),
    )


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
