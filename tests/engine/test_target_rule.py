"""实际完成值 against 年度指标值: met, missed in proportion, reversed, far above, in words."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.engine.checks import check
from indicators.engine.compiled import CompiledTemplate
from indicators.engine.scoring import ScoreLine, score

from .samples import compiled, facts, line_of, one_leaf

D = Decimal
LEVELS = [
    {"text": "达成", "low": 80, "high": 100},
    {"text": "部分达成", "low": 60, "high": 80},
    {"text": "未达成", "low": 0, "high": 60},
]


def leaf(weight: str = "10", **rule: Any) -> CompiledTemplate:
    more = rule.pop("leaf", {})
    return one_leaf({"kind": "target", **rule}, weight, leaf=more)


def line(
    target: str, actual: str, weight: str = "10", *, answers: dict | None = None, **rule: Any
) -> ScoreLine:
    typed = {"A-target": target, "A-actual": actual, **(answers or {})}
    return line_of(leaf(weight, **rule), answers={code: text for code, text in typed.items() if text != ""})


@pytest.mark.parametrize(
    ("target", "actual", "points", "working"),
    [
        # reached
        ("≥500人 次", "800", "10", "800 ≥ 500 人次，得满分 10 分"),
        ("≥500人次", "500人次", "10", "500 ≥ 500 人次，得满分 10 分"),
        ("参保人数超过25000人", "33000人参保", "10", "33000 > 25000 人，得满分 10 分"),
        ("100%", "100%", "10", "100% = 100%，得满分 10 分"),
        ("≥90%", "95.9%", "10", "95.9% ≥ 90%，得满分 10 分"),
        ("1次/季", "1次/季", "10", "1 = 1 次/季，得满分 10 分"),
        ("3场", "4场", "10", "4 ≥ 3 场，得满分 10 分"),
        ("≥300人", "350名", "10", "350 名 ≥ 300 人，得满分 10 分"),
        ("≥90%", "95%以上", "10", "完成值 ≥ 95%，达到目标 ≥ 90%，得满分 10 分"),
        # below, in proportion
        ("≥500人次", "480", "9.6", "完成 480 ÷ 目标 500 = 96.00%，按 96.00% × 10 分计，得 9.6 分"),
        ("100%", "96.85%", "9.69", "完成 96.85% ÷ 目标 100% = 96.85%，按 96.85% × 10 分计，得 9.69 分"),
        (
            "≥500人次",
            "499.999",
            "10",
            "完成 499.999 ÷ 目标 500 = 99.9998%，按 99.9998% × 10 分计，得满分 10 分",
        ),
        (">500", "500", "10", "完成 500 ÷ 目标 500 = 100.00%，按 100.00% × 10 分计，得满分 10 分"),
        ("≥3万人次", "2.8万人次", "9.33", "完成 2.8万 ÷ 目标 3万 = 93.33%，按 93.33% × 10 分计，得 9.33 分"),
        ("≥500", "0", "0", "完成值 0，没有达到目标 ≥ 500，得 0 分"),
        ("≥500", "-5", "0", "完成值 -5，没有达到目标 ≥ 500，得 0 分"),
        # reversed
        ("≤90万元", "90万元", "10", "90万 ≤ 90 万元，得满分 10 分"),
        ("≤90万元", "85万元", "10", "85万 ≤ 90 万元，得满分 10 分"),
        ("≤90万元", "100万元", "9", "目标 90万 ÷ 完成 100万 = 90.00%，按 90.00% × 10 分计，得 9 分"),
        ("≤90万元", "850000元", "10", "850000 元 ≤ 90 万元，得满分 10 分"),
        ("不超过5个工作日", "8个工作日", "6.25", "目标 5 ÷ 完成 8 = 62.50%，按 62.50% × 10 分计，得 6.25 分"),
        ("≤0", "3", "0", "完成值 3，没有达到目标 ≤ 0，得 0 分"),
        ("≤3.5‰", "7‰", "5", "目标 3.5‰ ÷ 完成 7‰ = 50.00%，按 50.00% × 10 分计，得 5 分"),
        # a target of 0 is met by 0 alone
        ("0起", "0", "10", "0 = 0 起，得满分 10 分"),
        ("0起", "2起", "0", "完成值 2 起，没有达到目标 0 起，得 0 分"),
    ],
)
def test_a_numeric_target(target: str, actual: str, points: str, working: str) -> None:
    found = line(target, actual)
    assert (found.status, found.computed, found.working) == ("已计分", D(points), working)


@pytest.mark.parametrize(
    ("missed", "actual", "status", "points"),
    [
        ("proportional", "480", "已计分", "9.6"),
        ("zero", "480", "已计分", "0"),
        ("zero", "500", "已计分", "10"),
        ("judged", "480", "缺数据", None),
        ("judged", "500", "已计分", "10"),
    ],
)
def test_what_a_missed_target_gives(missed: str, actual: str, status: str, points: str | None) -> None:
    found = line("≥500", actual, missed=missed)
    assert (found.status, found.computed) == (status, points and D(points))
    assert found.missing == (("A-points",) if status == "缺数据" else ())


def test_exactly_is_missed_by_more_as_well_but_that_is_judged() -> None:
    assert line("4次", "5次").computed == 10
    assert line("4次", "4次", equals="exactly").computed == 10
    assert line("4次", "3次", equals="exactly").computed == D("7.5")
    more = line("4次", "5次", equals="exactly")
    assert (more.status, more.missing) == ("缺数据", ("A-points",))
    judged = line("4次", "5次", equals="exactly", answers={"A-points": D(8)})
    assert judged.working == "完成值 5 次，目标 4 次，由自评人评定，得 8 分"
    assert line("≥4次", "5次", equals="exactly").computed == 10  # a sign says it all


OVER = {"explain_over": 130}


@pytest.mark.parametrize(
    ("target", "actual", "deduct", "points", "asked"),
    [
        ("≥100", "130", "0", "10", False),
        ("≥100", "130.01", "0", "10", True),
        ("≥100", "130", "2", "10", False),
        ("≥1次", "2次", "2", "8", True),
        ("≥100", "130.01", "2", "8", True),
        ("100", "160", "2", "8", True),
        (">100", "160", "2", "8", True),
        ("≤100", "10", "2", "10", False),  # less than allowed is no excess
        ("0起", "0", "2", "10", False),
    ],
)
def test_far_above_the_target(target: str, actual: str, deduct: str, points: str, asked: bool) -> None:
    found = line(target, actual, **OVER, over_deduct=deduct)
    assert (found.computed, bool(found.ask)) == (D(points), asked)


def test_the_words_of_an_excess() -> None:
    found = line("≥500人次", "800", "3", **OVER)
    assert found.ask == "完成值为目标的 160.00%，超过 130%"
    assert found.working == "800 ≥ 500 人次，完成值为目标的 160.00%，超过 130%，须说明原因，得满分 3 分"
    deducted = line("≥500人次", "800", "3", **OVER, over_deduct="0.5")
    assert deducted.working.endswith("超过 130%，须说明原因，扣 0.5 分，得 2.5 分")


def test_an_excess_asks_for_its_reason_and_only_once() -> None:
    template = leaf("3", **OVER, over_deduct="0.5")

    def codes(**answers: Any) -> list[str]:
        typed = {"A-target": "≥500", "A-actual": "800"} | answers
        figures = template.compute(facts(template, answers=typed))
        return [one.code for one in check(template, figures, score(template, figures))]

    assert codes() == ["计分-超目标未说明"]
    figures = template.compute(facts(template, answers={"A-target": "≥500", "A-actual": "800"}))
    (asked,) = check(template, figures, score(template, figures))
    assert asked.message == "指标甲完成值为目标的 160.00%，超过 130%，没有说明原因。"
    assert asked.hint == "请写明超过的原因；年初指标值定得偏低的，也请写明。"
    assert codes(**{"A-reason": "年初指标值定得偏低"}) == []


# ── words ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("target", ["合规", "无", "——", "/", "*", "2022年12月底前", "500-800人"])
def test_a_target_in_words_is_judged(target: str) -> None:
    assert line(target, "合规").missing == ("A-points",)
    judged = line(target, "合规", answers={"A-points": D(9)})
    assert (judged.status, judged.computed, judged.working) == ("已计分", 9, "由自评人评定，得 9 分")


@pytest.mark.parametrize(
    ("level", "points", "status", "computed"),
    [
        ("", "", "缺数据", None),
        ("达成", "", "缺数据", None),
        ("达成", "10", "已计分", "10"),
        ("达成", "8", "已计分", "8"),
        ("达成", "7.99", "无法计算", None),
        ("部分达成", "8", "已计分", "8"),
        ("部分达成", "6", "已计分", "6"),
        ("部分达成", "8.01", "无法计算", None),
        ("未达成", "6", "已计分", "6"),
        ("未达成", "0", "已计分", "0"),
        ("未达成", "6.01", "无法计算", None),
    ],
)
def test_levels_are_percent_of_the_weight(level: str, points: str, status: str, computed: str | None) -> None:
    answers = {"A-level": level, "A-points": D(points) if points else ""}
    found = line("合规", "合规", levels=LEVELS, answers=answers)
    assert (found.status, found.computed) == (status, computed and D(computed))


def test_a_level_may_have_fixed_points() -> None:
    levels = [{"text": "合规", "points": "10"}, {"text": "不合规", "points": "0"}]
    found = line("合规", "合规", levels=levels, answers={"A-level": "不合规"})
    assert (found.computed, found.working) == (0, "评定为“不合规”，得 0 分")


@pytest.mark.parametrize(
    ("target", "actual", "why"),
    [
        ("≥90%", "按要求完成", "完成值“按要求完成”不能与目标“≥90%”相比"),
        ("下降5%", "增长3%", "完成值“增长3%”不能与目标“下降5%”相比"),
        ("≥95%", "90%以上", "完成值 ≥ 90%，目标 ≥ 95%"),
    ],
)
def test_an_actual_figure_that_cannot_be_told_is_judged(target: str, actual: str, why: str) -> None:
    assert line(target, actual, levels=LEVELS).missing == ("A-level",)
    answers = {"A-level": "达成", "A-points": D(9)}
    judged = line(target, actual, levels=LEVELS, answers=answers)
    assert judged.working == f"{why}，评定为“达成”（8–10 分），由自评人评定，得 9 分"


def test_different_units_cannot_be_compared() -> None:
    found = line("≥500人次", "800人")
    assert (found.status, found.computed) == ("无法计算", None)
    assert found.reason == "实际完成值的单位是“人”，年度指标值的单位是“人次”，不能比较：请改为同一单位"


# ── answers ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_boxes_of_a_target() -> None:
    boxes = leaf(levels=LEVELS, leaf={"na": "full"}).boxes["A"]
    assert list(boxes) == ["target", "actual", "level", "points", "na", "self", "reason"]
    assert [ending for ending, box in boxes.items() if box.required] == ["target", "actual"]
    assert boxes["reason"].label == "偏差原因分析及改进措施"
    assert "level" not in leaf().boxes["A"]


@pytest.mark.parametrize(
    ("target", "actual", "missing"),
    [
        ("", "", ("A-target", "A-actual")),
        ("", "800", ("A-target",)),
        ("≥500", "", ("A-actual",)),
        ("合规", "", ("A-actual", "A-level")),
        ("合规", "合规", ("A-level",)),
    ],
)
def test_what_is_missing_is_named(target: str, actual: str, missing: tuple[str, ...]) -> None:
    found = line(target, actual, levels=LEVELS)
    assert (found.status, found.computed, found.missing) == ("缺数据", None, missing)


def test_a_target_may_not_apply() -> None:
    answers = {"A-na": True, "A-reason": "活动取消"}
    found = line_of(leaf(leaf={"na": "full"}), answers=answers)
    assert (found.status, found.computed) == ("不适用", 10)


def test_a_line_shows_target_and_actual_as_typed() -> None:
    found = line("≥500人 次", "800")
    assert found.inputs == (
        ("年度指标值", "s.A-target", "≥500人 次", ""),
        ("实际完成值", "s.A-actual", "800", ""),
    )
    assert found.measured == "800"


# ── the 10 points of budget execution ───────────────────────────────────────────────────────────────────────

EXECUTED = {"executed": "96.85", "budget": "100"}
EXECUTION = [
    {"code": "executed", "label": "执行数"},
    {"code": "budget", "label": "预算数"},
    {"code": "rate", "label": "执行率", "kind": "percent", "formula": "执行数 ÷ 预算数 × 100"},
]
SCALED = {"kind": "scaled", "measure": "执行率", "of": 100}
RATIO = {"kind": "ratio", "actual": "执行数", "target": "预算数"}


@pytest.mark.parametrize("rule", [SCALED, RATIO], ids=["scaled", "ratio"])
@pytest.mark.parametrize(("rounding", "points"), [("half_up", "9.69"), ("down", "9.68")])
def test_execution_is_rounded_as_the_template_says(rule: dict, rounding: str, points: str) -> None:
    found = line_of(one_leaf(rule, "10", fields=EXECUTION, rounding=rounding), **EXECUTED)
    assert found.computed == D(points)
    assert line("100%", "96.85%").computed == D("9.69")


@pytest.mark.parametrize("rule", [SCALED, RATIO], ids=["scaled", "ratio"])
def test_execution_above_the_budget_gives_no_more_than_the_weight(rule: dict) -> None:
    assert line_of(one_leaf(rule, "10", fields=EXECUTION), executed="129.4", budget="100").computed == 10


CAP = {
    "kind": "cap",
    "label": "执行率偏低封顶",
    "measure": "执行率",
    "steps": [{"below": 60, "cap": 69}, {"below": 70, "cap": 79}, {"below": 80, "cap": 89}],
}


@pytest.mark.parametrize(
    ("executed", "total", "capped"),
    [
        ("80", "98.00", "98.00"),
        ("79.99", "98.00", "89.00"),
        ("70", "97.00", "89.00"),
        ("69.99", "97.00", "79.00"),
        ("60", "96.00", "79.00"),
        ("59.99", "96.00", "69.00"),
    ],
)
def test_the_cap_by_execution_is_on_or_off(executed: str, total: str, capped: str) -> None:
    indicators = [
        {"code": "E", "name": "预算执行", "weight": "10", "rule": SCALED},
        {"code": "A", "name": "产出", "weight": "90", "rule": {"kind": "target"}},
    ]
    answers = {"A-target": "≥500", "A-actual": "500"}
    for adjustments, expected in (([], total), ([CAP], capped)):
        template = compiled(fields=EXECUTION, indicators=indicators, adjustments=adjustments)
        given_facts = facts(template, executed=executed, budget="100", answers=answers)
        sheet = score(template, template.compute(given_facts))
        assert (sheet.total_text, len(sheet.adjustments)) == (
            expected,
            len(adjustments) if expected != total else 0,
        )


# ── what holds for every figure ─────────────────────────────────────────────────────────────────────────────

numbers = st.decimals(-1000, 1000, places=2)
RULES = [
    leaf("8"),
    leaf("8", equals="exactly"),
    leaf("8", missed="zero"),
    leaf("8", missed="judged"),
    leaf("8", explain_over=130, over_deduct=2),
]


def scored(template: CompiledTemplate, target: str, actual: str, **answers: Any) -> ScoreLine:
    return line_of(template, answers={"A-target": target, "A-actual": actual, **answers})


@given(st.sampled_from(RULES), st.sampled_from(["≥", ">", "=", "<", "≤", ""]), numbers, numbers)
def test_points_lie_between_nothing_and_the_weight(
    template: CompiledTemplate, sign: str, target: Decimal, actual: Decimal
) -> None:
    found = scored(template, f"{sign}{target}人", f"{actual}人")
    if found.status == "已计分":
        assert 0 <= found.computed <= 8
        assert found.working.endswith(" 分")
    else:
        assert (found.status, found.computed, found.missing) == ("缺数据", None, ("A-points",))


@given(st.sampled_from(["≥", ">", "=", ""]), numbers.filter(bool), numbers, numbers)
def test_more_of_what_is_to_be_reached_never_costs_points(
    sign: str, target: Decimal, one: Decimal, other: Decimal
) -> None:
    low, high = sorted((one, other))
    first, second = (scored(RULES[0], f"{sign}{target}", str(actual)).computed for actual in (low, high))
    assert first <= second


@given(st.sampled_from(["≤", "<"]), numbers, numbers, numbers)
def test_less_of_what_is_to_be_kept_low_never_costs_points(
    sign: str, target: Decimal, one: Decimal, other: Decimal
) -> None:
    low, high = sorted((one, other))
    first, second = (scored(RULES[0], f"{sign}{target}", str(actual)).computed for actual in (low, high))
    assert first >= second


@given(st.text(max_size=40), st.text(max_size=40))
def test_whatever_is_typed_is_scored_or_asked_about(target: str, actual: str) -> None:
    for template in RULES:
        found = scored(template, target, actual)
        assert found.status in ("已计分", "缺数据", "无法计算")
        assert (found.computed is None) == (found.status != "已计分")
