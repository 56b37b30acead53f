"""What refuses the publishing of target rules and open groups, and examples with rows and derived figures."""

from typing import Any

import pytest

from indicators.engine.reading import read_template
from indicators.engine.verify import verify

from .samples import changed, template_data

LEVELS = [
    {"text": "达成", "low": 80, "high": 100},
    {"text": "部分达成", "low": 60, "high": 80},
    {"text": "未达成", "low": 0, "high": 60},
]
TARGET = {"kind": "target", "explain_over": 130, "over_deduct": "2", "levels": LEVELS}
OPEN = {"rule": TARGET, "seconds": ["数量指标", "质量指标"], "required_seconds": ["数量指标"], "max_rows": 5}
HELPED = {"second": "数量指标", "name": "帮扶", "target": "≥500人次", "actual": "480", "weight": "60"}
ASKED = {
    "second": "质量指标",
    "name": "满意率",
    "target": "合规",
    "actual": "合规",
    "weight": "30",
    "level": "达成",
    "points": "27",
}
EFFICIENCY = {"code": "A", "name": "效率", "weight": "10", "rule": TARGET}
DATA = template_data(
    fields=[
        {"code": "spent", "label": "实际支出"},
        {"code": "budget", "label": "预算数"},
        {"code": "rate", "label": "支出率", "kind": "percent", "formula": "实际支出 ÷ 预算数 × 100"},
        {"code": "share", "label": "占比", "kind": "percent", "formula": "预算数 ÷ 实际支出 × 100"},
    ],
    indicators=[
        {"code": "G", "name": "过程", "children": [EFFICIENCY]},
        {"code": "CC", "name": "产出", "weight": "90", "open": OPEN},
    ],
    examples=[
        {
            "name": "例一",
            "figures": {"spent": "105", "budget": "100", "A-target": "100%", "A-actual": "85%"},
            "tables": {"CC": [HELPED, ASKED]},
            "points": {"A": "8.5", "CC[1]": "57.6", "CC[2]": 27},
            "values": {"rate": "105.00%"},
            "total": "93.1",
        },
        {
            "name": "例二",
            "figures": {"spent": "90", "budget": "100", "A-target": "100%", "A-actual": "100%"},
            "tables": {"CC": [HELPED, ASKED | {"points": "24"}]},
            "points": {"A": "10", "CC[1]": "57.6", "CC[2]": 24},
            "total": "91.6",
        },
    ],
)  # fmt: skip
RULE = "indicators.0.children.0.rule"


def faults(*changes: tuple[str, Any]) -> dict[str, str]:
    return {fault.place: fault.message for fault in verify(read_template(changed(DATA, *changes)))}


def test_the_sample_may_be_published() -> None:
    assert faults() == {}


def levels(*ranges: tuple[int, int]) -> list[dict[str, Any]]:
    return [{"text": f"等次{n}", "low": low, "high": high} for n, (low, high) in enumerate(ranges)]


FIXED = [{"text": "达成", "points": "10"}, {"text": "未达成", "points": "0"}]
LEAF = {"code": "B", "name": "三", "weight": "90", "rule": {"kind": "judged"}}


@pytest.mark.parametrize(
    ("key", "value", "place", "words"),
    [
        ("explain_over", "99", ".explain_over", "应不小于 100"),
        ("explain_over", None, ".over_deduct", "没有写超过百分之几才扣（explain_over）"),
        ("over_deduct", "-1", ".over_deduct", "扣分应不小于 0，而不是 -1"),
        ("over_deduct", "11", ".over_deduct", "扣 11 分，多于分值 10 分"),
        ("levels", levels((80, 100), (0, 60)), ".levels", "0–6 分与 8–10 分之间有空档"),
        ("levels", levels((50, 100), (0, 60)), ".levels", "之间重叠"),
        ("levels", levels((80, 100), (60, 80)), ".levels", "是分值的 60%–100%，没有覆盖 0–100%"),
        ("levels", levels((60, 80), (0, 60)), ".levels", "是分值的 0%–80%，没有覆盖 0–100%"),
        ("levels", levels((100, 80)), ".levels[0]", "区间应写成 low < high"),
        ("levels", [*LEVELS, LEVELS[0] | {"low": None, "points": "10"}], ".levels[3]", "只能写一种"),
        ("levels", [one | {"text": "达成"} for one in LEVELS], ".levels", "等次的名称重复"),
        ("levels", [{"text": "达成", "points": "11"}], ".levels[0].points", "11 分不在 0 至分值 10 之间"),
    ],
)
def test_a_target_rule_is_refused(key: str, value: Any, place: str, words: str) -> None:
    found = faults((f"{RULE}.{key}", value))
    assert words in found.get(f"indicators[0].children[0].rule{place}", f"only {found}")
    assert all(at.startswith(("indicators[", "examples[")) for at in found)


@pytest.mark.parametrize(
    ("key", "value", "place", "words"),
    [
        ("weight", None, ".weight", "没有分值"),
        ("weight", "0", ".weight", "没有分值"),
        ("rule", {"kind": "judged"}, ".rule", "规则写在 open 里"),
        ("na", "full", ".na", "自设的指标没有不适用"),
        ("children", [LEAF], ".open", "有下级的指标不写计分规则，也不自设下级"),
        ("open.columns", [{"code": "core", "label": " "}], ".open.columns[0].label", "没有名称"),
        (
            "open.columns",
            [{"code": "c", "label": "甲", "kind": "choice"}],
            ".open.columns[0].choices",
            "可选的值",
        ),
        ("open.labels", {"targets": "年初指标值"}, ".open.labels.targets", "自设指标没有“targets”这一列"),
        ("open.labels", {"target": ""}, ".open.labels.target", "没有名称"),
        ("open.seconds", ["数量指标"] * 2, ".open.seconds", "二级指标重复"),
        ("open.required_seconds", ["时效指标"], ".open.required_seconds[0]", "“时效指标”不在"),
        ("open.firsts", {"产出": ["数量指标"]}, ".open.firsts", "“质量指标”没有归入哪个一级指标"),
        ("open.firsts", {"产出": ["数量指标", "时效指标"]}, ".open.firsts.产出", "“时效指标”不在"),
        (
            "open.firsts",
            {"产出": ["数量指标", "质量指标"], "效益": ["质量指标"]},
            ".open.firsts.效益",
            "“质量指标”已经归入“产出”",
        ),
        ("open.max_rows", 0, ".open.max_rows", "行数不够"),
        ("open.rule.over_deduct", "-1", ".open.rule.over_deduct", "扣分应不小于 0"),
        ("open.rule.levels", FIXED, ".open.rule.levels[0].points", "不能写固定分数"),
        ("open.rule.levels", levels((80, 100)), ".open.rule.levels", "没有覆盖 0–100%"),
        ("open.rule.levels", levels((80, 100), (0, 60)), ".open.rule.levels", "0–60% 与 80–100% 之间有空档"),
    ],
)
def test_an_open_group_is_refused(key: str, value: Any, place: str, words: str) -> None:
    found = faults((f"indicators.1.{key}", value))
    assert words in found.get(f"indicators[1]{place}", f"only {found}")


def test_open_groups_count_into_the_total() -> None:
    assert (
        faults(("indicators.1.weight", "80"))["indicators"]
        == "各项指标的分值之和是 90，应等于总分 100，还差 10 分"
    )


@pytest.mark.parametrize(
    ("key", "value", "place", "words"),
    [
        ("points", {"CC[1]": 58}, "points.CC[1]", "示例写 58 分，按模板得 57.6 分：完成 480 ÷ 目标 500"),
        ("points", {"CC[3]": 58}, "points.CC[3]", "没有代码为“CC[3]”的三级指标，是否指“CC["),
        ("values", {"rate": "105%"}, "values.rate", "示例写支出率 105%，按模板是 105.00%"),
        ("values", {"rat": "105%"}, "values.rat", "没有代码为“rat”的由公式得出的数据项，是否指“rate”"),
        ("values", {"spent": "105"}, "values.spent", "“实际支出”是填写的，不是由公式得出的"),
        ("figures.budget", "", "values.rate", "按模板没有得数"),
        ("figures.budget", "0", "values.rate", "按模板是 —"),
        ("tables", {"CC": [HELPED | {"second": "时效"}]}, "tables.CC[0].second", "没有“时效”这个选项"),
        ("tables", {"CC": [HELPED | {"goal": "5"}]}, "tables.CC[0].goal", "没有可以填写的列“goal”"),
    ],
)
def test_an_example_that_does_not_come_out_is_refused(key: str, value: Any, place: str, words: str) -> None:
    found = faults((f"examples.0.{key}", value))
    assert words in found.get(f"examples[0].{place}", f"only {found}")


def test_what_cannot_be_read_in_an_example_is_all_that_is_said_of_it() -> None:
    found = faults(("examples.0.figures.spent", "许多"))
    assert [place for place in found if place.startswith("examples")] == ["examples[0].figures.spent"]


def test_only_a_first_level_indicator_may_be_open() -> None:
    below = [{"code": "X", "name": "产出", "children": [DATA["indicators"][1]]}]
    found = faults(("indicators", [DATA["indicators"][0], *below]))
    assert "自设指标的组应是一级指标" in found["indicators[1].children[0].open"]


def test_values_are_shown_in_the_unit_of_the_figure() -> None:
    fields = [
        *DATA["fields"][:2],
        {"code": "rate", "label": "合计", "formula": "实际支出 + 预算数"},
        {"code": "share", "label": "差额", "formula": "实际支出 - 预算数", "money_unit": "元"},
    ]
    figures = DATA["examples"][0]["figures"] | {"spent": "105万元", "budget": "100万元"}
    changes = ("fields", fields), ("unit", "万元"), ("examples.0.figures", figures)
    right = ("examples.0.values", {"rate": "205.00", "share": "50,000.00"})
    assert faults(*changes, right) == {}
    wrong = faults(*changes, ("examples.0.values", {"rate": "2,050,000.00"}))
    assert wrong["examples[0].values.rate"] == "示例写合计 2,050,000.00，按模板是 205.00"
