"""得分系数: a figure of its own; points are 得分系数 × 分值; where words are judged a person gives it."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from indicators.engine import open_groups
from indicators.engine.checks import Finding, check
from indicators.engine.compiled import CompiledTemplate
from indicators.engine.reading import dump, read_template
from indicators.engine.scoring import ScoreLine, ScoreSheet, score
from indicators.engine.spec import TemplateSpec
from indicators.engine.verify import verify

from .samples import changed, compiled, facts, line_of, one_leaf, refused, template, template_data

D = Decimal
LEVELS = [
    {"text": "达成", "low": 80, "high": 100},
    {"text": "部分达成", "low": 60, "high": 80},
    {"text": "未达成", "low": 0, "high": 60},
]
RULE = {"kind": "target", "equals": "exactly", "explain_over": 130, "coefficient_places": 2, "levels": LEVELS}
FORM = {
    "rule": RULE,
    "seconds": [],
    "split": True,
    "adjusted": True,
    "columns": [{"code": "core", "label": "是否核心指标", "kind": "yes_no", "required": True}],
    "labels": {"name": "指标名称", "target": "年初指标值", "actual": "全年完成值", "unit": "计量单位"},
}
GROUP = {"code": "JX", "name": "绩效指标", "weight": "20", "open": FORM}
HELPED = {
    "name": "走访",
    "sign": "≥",
    "target": "500",
    "unit": "人次",
    "actual": "480",
    "weight": "12",
    "core": "是",
}
WORDS = {"name": "机制", "sign": "定性", "target": "建立", "actual": "已建立", "weight": "8", "core": "否"}
JUDGED = WORDS | {"level": "达成", "coefficient": "95.5"}


def data(**more: Any) -> dict[str, Any]:
    return template_data(fields=[], indicators=[GROUP], total="20", **more)


@cache
def form(**more: Any) -> CompiledTemplate:
    return compiled(fields=[], indicators=[GROUP], total="20", **more)


def sheet(*rows: dict[str, str], target: CompiledTemplate | None = None, **reviewed: Decimal) -> ScoreSheet:
    target = target or form()
    given = target.compute(facts(target, tables={"JX": list(rows)}))
    return score(target, given, {f"JX[{code}]": points for code, points in reviewed.items()})


def line(**cells: str) -> ScoreLine:
    return sheet(HELPED | cells).lines[0]


def findings(*rows: dict[str, str]) -> list[Finding]:
    given = form().compute(facts(form(), tables={"JX": list(rows)}))
    return list(check(form(), given, score(form(), given)))


# ── the row ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_row_has_the_boxes_and_names_of_the_form():
    columns = form().tables["JX"].columns
    assert [column.label for column in columns] == [
        "指标名称", "指标性质", "年初指标值", "调整指标值", "计量单位", "全年完成值", "分值", "评定等次",
        "得分系数", "是否核心指标", "自评分", "偏差原因分析及改进措施",
    ]  # fmt: skip
    assert [column.code for column in columns if column.required] == [
        "name",
        "sign",
        "actual",
        "weight",
        "core",
    ]


def test_without_second_level_the_rows_stand_below_the_group():
    given = facts(form(), tables={"JX": [HELPED, JUDGED]})
    (group,) = open_groups.tree(form(), given)
    assert [leaf.code for leaf in group.children] == ["JX[r1]", "JX[r2]"]
    assert sheet(HELPED, JUDGED).groups["JX"].score == D("19.16")


def test_a_template_in_use_keeps_its_hash():
    """What a template does not say is not written, so that a frozen one stays what it was."""
    written = dump(
        template(fields=[], indicators=[{**GROUP, "open": {"rule": {"kind": "target"}, "seconds": ["数量"]}}])
    )
    assert written["indicators"][0]["open"] == {"rule": {"kind": "target"}, "seconds": ["数量"]}
    spec: TemplateSpec = form().spec
    assert read_template(dump(spec)) == spec


# ── points ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("cells", "coefficient", "points", "working"),
    [
        ({}, "96", "11.52", "完成 480 ÷ 目标 500，得分系数 96% × 12 分，得 11.52 分"),
        ({"actual": "500"}, "100", "12", "500 ≥ 500 人次，得分系数 100%，得满分 12 分"),
        ({"actual": "0"}, "0", "0", "完成值 0 人次，没有达到目标 ≥ 500 人次，得分系数 0%，得 0 分"),
        ({"adjusted": "400"}, "100", "12", "480 ≥ 400 人次，得分系数 100%，得满分 12 分"),
        ({"sign": "≤", "target": "400"}, "83.33", "10",
         "目标 400 ÷ 完成 480，得分系数 83.33% × 12 分，得 10 分"),
        ({"target": "700"}, "68.57", "8.23",
         "完成 480 ÷ 目标 700，得分系数 68.57% × 12 分，得 8.23 分"),
    ],
)  # fmt: skip
def test_points_are_the_coefficient_times_the_weight(cells, coefficient, points, working):
    one = line(**cells)
    assert (one.coefficient, one.score, one.working) == (D(coefficient), D(points), working)


def test_the_product_is_that_of_the_printed_coefficient():
    """1 ÷ 3 is 33.33 %, and 33.33 % of 90 is 30.00, cut off 29.99."""
    group = {**GROUP, "weight": "90"}
    one_third = HELPED | {"target": "3", "actual": "1", "weight": "90"}
    for rounding, points in (("half_up", "30"), ("down", "29.99")):
        target = compiled(fields=[], indicators=[group], total="90", rounding=rounding)
        one = sheet(one_third, target=target).lines[0]
        assert (one.coefficient, one.score) == (D("33.33"), D(points))


def test_rounding_down_cuts_the_coefficient_off_too():
    target = compiled(fields=[], indicators=[GROUP], total="20", rounding="down")
    one = sheet(HELPED | {"target": "300", "actual": "200"}, target=target).lines[0]
    assert (one.coefficient, one.score) == (D("66.66"), D("7.99"))


def test_who_judges_gives_a_coefficient_within_the_level():
    one = sheet(HELPED, JUDGED).lines[1]
    assert (one.coefficient, one.score) == (D("95.5"), D("7.64"))
    assert one.working == "评定为“达成”（80%–100%），由自评人评定，得分系数 95.5% × 8 分，得 7.64 分"
    low = sheet(HELPED, JUDGED | {"coefficient": "79.9"}).lines[1]
    assert (low.status, low.reason) == ("无法计算", "得分系数 79.9% 不在 80%–100% 之内")
    (found,) = [
        one for one in findings(HELPED, JUDGED | {"coefficient": "79.9"}) if one.code == "计分-无法计算"
    ]
    assert found.fix_at == ("s.JX[r2].coefficient",)


def test_what_is_lacking_is_named_by_its_box():
    assert sheet(HELPED, WORDS).lines[1].missing == ("JX[r2].level",)
    assert sheet(HELPED, WORDS | {"level": "达成"}).lines[1].missing == ("JX[r2].coefficient",)
    assert line(sign="").missing == ("JX[r1].sign",)
    assert line(target="").missing == ("JX[r1].target",)


def test_boxes_that_contradict_each_other_give_no_points():
    assert line(target="≤500").status == "无法计算"
    assert "两处不一致" in line(target="≤500").reason


def test_an_equal_sign_is_meant_and_more_is_judged():
    assert line(sign="=", actual="500").score == 12
    assert line(sign="=", actual="600").missing == ("JX[r1].level",)


def test_points_given_by_hand_have_their_coefficient():
    own = line(self="9", reason="调查样本不足")
    assert (own.score, own.coefficient) == (9, 75)
    again = sheet(HELPED, JUDGED, r1=D("10")).lines[0]
    assert (again.score, again.coefficient) == (10, D("83.33"))


def test_the_sheet_is_stored_with_its_coefficients_and_others_as_ever():
    made = sheet(HELPED, JUDGED)
    stored = made.as_json()
    assert stored["lines"][0]["coefficient"] == "96"
    assert ScoreSheet.from_json(stored) == made
    plain = one_leaf({"kind": "target"}, "10")
    assert line_of(plain, answers={"A-target": "5次", "A-actual": "4次"}).coefficient is None
    assert "coefficient" not in score(plain, plain.compute(facts(plain))).as_json()["lines"][0]


def test_a_fixed_indicator_may_have_a_coefficient_too():
    target = one_leaf(RULE, "10")
    assert "A-coefficient" in target.fields
    assert "A-points" not in target.fields
    told = {"A-target": "合规", "A-actual": "合规", "A-level": "达成", "A-coefficient": D("90")}
    assert line_of(target, answers=told).score == 9


@pytest.mark.parametrize(
    ("key", "value", "place", "words"),
    [
        ("coefficient_places", 5, "coefficient_places", "小数位数应在 0 至 4 之间"),
        ("over_deduct", "2", "over_deduct", "不能另外扣分"),
        ("levels", [{"text": "达成", "points": "20"}, {"text": "未达成", "points": "0"}], "levels[0].points",
         "百分比的区间"),
    ],
)  # fmt: skip
def test_points_of_another_origin_are_refused(key, value, place, words):
    spec = read_template(changed(data(), (f"indicators.0.open.rule.{key}", value)))
    found = [fault.message for fault in verify(spec) if fault.place == f"indicators[0].open.rule.{place}"]
    assert any(words in message for message in found)


def test_two_columns_of_one_code_are_refused():
    double = changed(data(), ("indicators.0.open.columns.+", {"code": "unit", "label": "单位"}))
    assert "重复" in "".join(refused(double).values())
