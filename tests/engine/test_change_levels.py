"""What each kind of change to a template means for those who have already begun to fill it in (变动等级)."""

from __future__ import annotations

from typing import Any

import pytest

from indicators.engine.change_levels import OPTIONAL, REMOVED, REQUIRED, RULE, SAME, WORDING
from indicators.engine.differing import differences, level_of
from indicators.engine.reading import read_template
from tests.indicators.small import SMALL, small

LEAF = "indicators__0__children__0__children__0"
QUOTA = "fields__2__"
#: As an open group, whose rows the department adds.
GROUP = {"rule": {"kind": "target"}, "seconds": ["数量指标", "质量指标"], "required_seconds": ["数量指标"]}
LEVELS = {"kind": "judged", "levels": [{"text": "好", "points": 10}, {"text": "差", "points": 0}]}
DETAILS = {
    "code": "details",
    "title": "明细表",
    "columns": [{"code": "name", "label": "名称", "kind": "text"}],
}
FIXED = DETAILS | {"source": "derived", "rows": [{"code": "r", "label": "合计"}]}


def level(before: dict[str, Any], after: dict[str, Any]) -> int:
    """The level of two versions that are `SMALL` but for these keys."""
    return level_of(differences(read_template(small(**before)), read_template(small(**after))))


def of_leaf(**keys: Any) -> dict[str, Any]:
    return {f"{LEAF}__{key}": value for key, value in keys.items()}


def of_group(**keys: Any) -> dict[str, Any]:
    return {"indicators": [{"code": "CC", "name": "产出指标", "weight": 10, "open": GROUP | keys}]}


def with_table(table: dict[str, Any]) -> dict[str, Any]:
    return {"tables": [table]}


#: What is different → the level, by the version before and the version after.
CHANGES: dict[str, tuple[dict[str, Any], dict[str, Any], int]] = {
    "nothing": ({}, {}, SAME),
    # boxes
    "a text may be longer": ({f"{QUOTA}kind": "text"}, {f"{QUOTA}kind": "long_text"}, WORDING),
    "a number becomes a text": ({}, {f"{QUOTA}kind": "text"}, REMOVED),
    "a required number becomes another": ({}, {"fields__0__kind": "number"}, REQUIRED),
    "a derived number becomes another": ({}, {"fields__3__kind": "number"}, RULE),
    "another unit is another figure": ({}, {f"{QUOTA}unit": "户"}, REMOVED),
    "another formula": ({}, {"fields__3__formula": "全年执行数 ÷ 全年预算数"}, RULE),
    "a formula takes the place of a box": ({}, {f"{QUOTA}formula": "5人"}, REMOVED),
    "an optional box takes the place of a formula": ({f"{QUOTA}formula": "5人"}, {}, RULE),
    "a required box takes the place of a formula": (
        {f"{QUOTA}formula": "5人"}, {f"{QUOTA}required": True}, REQUIRED),
    "a choice more": (
        {f"{QUOTA}kind": "choice", f"{QUOTA}choices": ["甲"]},
        {f"{QUOTA}kind": "choice", f"{QUOTA}choices": ["甲", "乙"]}, OPTIONAL),
    "a choice less": (
        {f"{QUOTA}kind": "choice", f"{QUOTA}choices": ["甲", "乙"]},
        {f"{QUOTA}kind": "choice", f"{QUOTA}choices": ["甲"]}, REQUIRED),
    "choices in another order": (
        {f"{QUOTA}kind": "choice", f"{QUOTA}choices": ["甲", "乙"]},
        {f"{QUOTA}kind": "choice", f"{QUOTA}choices": ["乙", "甲"]}, WORDING),
    "a derived figure more": ({}, {"fields": [*SMALL["fields"], {
        "code": "x", "label": "余数", "formula": "全年预算数", "required": True}]}, OPTIONAL),
    "a derived figure less": ({}, {"fields": SMALL["fields"][:3]}, RULE),
    # tables
    "a table more": ({}, with_table(DETAILS), OPTIONAL),
    "a table more that must be filled in": ({}, with_table(DETAILS | {"required": True}), REQUIRED),
    "a table of fixed rows more": ({}, with_table(FIXED | {"required": True}), OPTIONAL),
    "a table less": (with_table(DETAILS), {}, REMOVED),
    "a table of fixed rows less": (with_table(FIXED), {}, RULE),
    "rows that were typed are fixed": (with_table(DETAILS), with_table(FIXED | {"rows": []}), REMOVED),
    "rows that were fixed may be typed": (with_table(FIXED | {"rows": []}), with_table(DETAILS), RULE),
    "rows that were fixed must be typed": (
        with_table(FIXED | {"rows": []}), with_table(DETAILS | {"required": True}), REQUIRED),
    "fixed rows come from elsewhere": (
        with_table(FIXED | {"rows": []}), with_table(FIXED | {"rows": [], "source": "budget"}), RULE),
    # indicators
    "evidence is asked for": ({}, of_leaf(evidence="asked"), RULE),
    "evidence must be there": (of_leaf(evidence="asked"), of_leaf(evidence="required"), REQUIRED),
    "evidence is asked for no more": (of_leaf(evidence="required"), of_leaf(evidence="asked"), WORDING),
    "a leaf becomes an open group": ({}, of_leaf(rule=None, open=GROUP), REQUIRED),
    "an open group becomes a leaf": (of_leaf(rule=None, open=GROUP), {}, REQUIRED),
    "an open group is closed": (of_leaf(rule=None, open=GROUP), of_leaf(rule=None), REMOVED),
    "a leaf loses its rule": ({}, of_leaf(rule=None), REMOVED),
    "a level is called otherwise": (
        of_leaf(rule=LEVELS),
        of_leaf(rule=LEVELS | {"levels": [{"text": "优", "points": 10}, LEVELS["levels"][1]]}), REQUIRED),
    "a level more": (
        of_leaf(rule=LEVELS), 
        of_leaf(rule=LEVELS | {"levels": [*LEVELS["levels"], {"text": "中", "points": 5}]}), RULE),
    # open groups
    "二级指标 more": ({**of_group()}, of_group(seconds=["数量指标", "质量指标", "时效指标"]), OPTIONAL),
    "二级指标 less": (of_group(), of_group(seconds=["数量指标"]), REQUIRED),
    "a 二级指标 more must be there": (
        of_group(), of_group(required_seconds=["数量指标", "质量指标"]), REQUIRED),
    "a 二级指标 less must be there": (of_group(), of_group(required_seconds=[]), OPTIONAL),
    "targets in one box again": (of_group(split=True), of_group(), REMOVED),
    "no adjusted targets any more": (of_group(adjusted=True), of_group(), REMOVED),
    "得分系数 with other decimals": (
        of_group(rule={"kind": "target", "coefficient_places": 2}),
        of_group(rule={"kind": "target", "coefficient_places": 1}), RULE),
    "points instead of 得分系数": (
        of_group(rule={"kind": "target", "coefficient_places": 2}), of_group(), REQUIRED),
    # the rest
    "projects are evaluated": ({}, {"project_template": "project-2020"}, REQUIRED),
    "projects are evaluated otherwise": (
        {"project_template": "project-2020"}, {"project_template": "project-2021"}, RULE),
    "projects are evaluated no more": ({"project_template": "project-2020"}, {}, REMOVED),
    "an example less": ({}, {"examples": SMALL["examples"][:1]}, WORDING),
    "an example more": ({"examples": SMALL["examples"][:1]}, {}, WORDING),
    "a grade less": ({}, {"grades": SMALL["grades"][:1]}, RULE),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_the_level_of_a_change(change: str) -> None:
    before, after, expected = CHANGES[change]
    assert level(before, after) == expected


def test_the_order_of_bands_and_steps_is_a_rule_and_that_of_fields_is_not() -> None:
    """The first band that holds wins, so their order decides points."""
    bands = [{"op": "<=", "bound": 100, "points": 10}, {"op": "<=", "bound": 110, "points": 5}]
    rules = [{"kind": "bands", "measure": "执行率", "bands": order} for order in (bands, bands[::-1])]
    assert level(of_leaf(rule=rules[0]), of_leaf(rule=rules[1])) == RULE
    steps = [{"below": 50, "cap": 5}, {"below": 80, "cap": 8}]
    caps = [
        {"adjustments": [{"kind": "cap", "label": "封顶", "measure": "执行率", "steps": order}]}
        for order in (steps, steps[::-1])
    ]
    assert level(caps[0], caps[1]) == RULE
    assert level({}, {"fields": SMALL["fields"][::-1]}) == WORDING
