"""What a person answers for an indicator: the boxes of each kind of rule, which of them must be filled."""

from __future__ import annotations

from typing import Any

import pytest

from .samples import compiled

ITEMS = [{"text": "制度健全", "points": 5}, {"text": "执行有效", "points": 5}]
DEDUCT = {"kind": "checklist", "mode": "deduct", "per_violation": 1, "items": ITEMS}
FIXED = [{"text": "好", "points": 10}, {"text": "差", "points": 0}]
RANGES = [{"text": "好", "low": 60, "high": 100}, {"text": "差", "low": 0, "high": 60}]
BANDS = {"kind": "bands", "measure": "指标值", "bands": [{"op": ">=", "bound": 90, "points": 10}]}


def boxes(rule: dict[str, Any], **leaf: Any) -> dict[str, str]:
    """ending → kind and, where it must be filled, a star."""
    fields = [{"code": "x", "label": "指标值", "kind": "percent"}]
    indicator = {"code": "A", "name": "甲", "weight": 10, "rule": rule, **leaf}
    found = compiled(fields=fields, indicators=[indicator], total=10).boxes["A"]
    return {ending: f"{box.kind}{'*' if box.required else ''}" for ending, box in found.items()}


OWN = {"self": "number", "reason": "long_text"}  # 自评分 and its reason: everywhere, and never owed


@pytest.mark.parametrize(
    ("rule", "asked"),
    [
        (DEDUCT | {"mode": "add"}, {"1": "yes_no*", "2": "yes_no*"}),
        (DEDUCT, {"1": "yes_no*", "2": "yes_no*"}),
        (DEDUCT | {"count": "cases"}, {"1": "count*", "2": "count*"}),
        ({"kind": "judged"}, {"points": "number*"}),
        ({"kind": "judged", "levels": FIXED}, {"level": "choice*"}),
        ({"kind": "judged", "levels": RANGES}, {"level": "choice*", "points": "number"}),
        ({"kind": "target"}, {"target": "text*", "actual": "text*", "points": "number"}),
        (
            {"kind": "target", "levels": RANGES},
            {"target": "text*", "actual": "text*", "level": "choice", "points": "number"},
        ),
        (
            {"kind": "target", "coefficient_places": 2},
            {"target": "text*", "actual": "text*", "coefficient": "percent"},
        ),
        (BANDS, {}),
        (BANDS | {"otherwise": None}, {"points": "number"}),
        ({"kind": "scaled", "measure": "指标值", "of": 100}, {}),
    ],
)
def test_the_boxes_of_a_rule(rule: dict[str, Any], asked: dict[str, str]) -> None:
    assert boxes(rule) == asked | OWN


@pytest.mark.parametrize(
    ("na", "asked"),
    [
        ("forbidden", {}),
        ("full", {"na": "yes_no"}),
        ("zero", {"na": "yes_no"}),
        ("excluded", {"na": "yes_no"}),
        ("judged", {"points": "number", "na": "yes_no"}),
    ],
)
def test_not_applicable_is_asked_where_it_is_allowed(na: str, asked: dict[str, str]) -> None:
    assert boxes(BANDS, na=na) == asked | OWN


def test_points_lie_between_nothing_and_the_weight() -> None:
    indicator = {"code": "A", "name": "甲", "weight": 10, "rule": {"kind": "judged"}}
    answers = compiled(fields=[], indicators=[indicator], total=10).boxes["A"]
    for ending in ("points", "self"):
        assert (answers[ending].minimum, answers[ending].maximum, answers[ending].unit) == (0, 10, "分")
    shared = indicator | {"rule": {"kind": "target", "coefficient_places": 2}}
    box = compiled(fields=[], indicators=[shared], total=10).boxes["A"]["coefficient"]
    assert (box.minimum, box.maximum, box.unit) == (0, 100, "%")


def test_a_checklist_is_answered_in_its_own_words() -> None:
    indicator = {"code": "A", "name": "甲", "weight": 10, "rule": DEDUCT | {"count": "cases"}}
    answers = compiled(fields=[], indicators=[indicator], total=10).boxes["A"]
    assert [(box.label, box.unit) for box in (answers["1"], answers["2"])] == [
        ("制度健全", "例"),
        ("执行有效", "例"),
    ]
