"""chongqing-2021 (得分系数, 截尾) and sichuan-project-2023 (length limits, what a low rate owes)."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from indicators.engine.checks import Finding, check
from indicators.engine.examples import facts_of_example
from indicators.engine.facts import Facts
from indicators.engine.reading import read_template
from indicators.engine.scoring import ScoreLine, ScoreSheet, score
from indicators.engine.template import CompiledTemplate, compile_template
from indicators.engine.values import MISSING, Value, parse
from indicators.loading import LIBRARY, load_yaml

D = Decimal
CHONGQING, SICHUAN = "chongqing-2021", "sichuan-project-2023"


@cache
def compiled(name: str, **changes: Any) -> CompiledTemplate:
    return compile_template(read_template({**load_yaml(LIBRARY / f"{name}.yaml"), **changes}))


def example(name: str, number: int = 0) -> Facts:
    facts, faults = facts_of_example(compiled(name), compiled(name).spec.examples[number])
    assert faults == []
    return facts


def typed(name: str, number: int = 0, **figures: str) -> Facts:
    """A worked example with other figures; "" empties a box."""
    given, fields = example(name, number), compiled(name).fields
    values = {code: parse(fields[code], text) if text else MISSING for code, text in figures.items()}
    return dataclasses.replace(given, figures={**given.figures, **values})


def row(name: str, number: int, **cells: Value) -> Facts:
    """The first worked example with other cells in one of its indicators."""
    given = example(name)
    rows = list(given.tables["JX"])
    rows[number - 1] = {**rows[number - 1], **cells}
    return dataclasses.replace(given, tables={**given.tables, "JX": tuple(rows)})


def sheet(name: str, facts: Facts, target: CompiledTemplate | None = None) -> ScoreSheet:
    target = target or compiled(name)
    return score(target, target.compute(facts))


def line(name: str, code: str, facts: Facts | None = None) -> ScoreLine:
    return next(one for one in sheet(name, facts or example(name)).lines if one.code == code)


def findings(name: str, facts: Facts) -> dict[str, Finding]:
    figures = compiled(name).compute(facts)
    return {one.code: one for one in check(compiled(name), figures, score(compiled(name), figures))}


@pytest.mark.parametrize("name", [CHONGQING, SICHUAN])
def test_execution_has_10_points_and_the_indicators_90(name):
    assert [group.full_weight for group in compiled(name).spec.indicators] == [10, 90]
    short = findings(name, row(name, 1, weight=D(4)))["计分-分值不符"]
    assert (short.severity, "应为 90 分" in short.message) == ("must_fix", True)


@pytest.mark.parametrize("name", [CHONGQING, SICHUAN])
def test_the_first_example_contradicts_nothing(name):
    """Apart from what a finished report says in words."""
    own = {rule.code for rule in compiled(name).spec.checks}
    found = findings(name, example(name))
    assert own & found.keys() == set()
    assert {code for code in found if code.startswith("计分")} <= {"计分-失分未说明"}


#: Heads of the indicators, as the forms have them.
HEADS = {
    CHONGQING: "指标名称 计量单位 指标性质 年初指标值 调整指标值 全年完成值 "
    "得分系数（%） 指标权重 指标得分 是否核心指标",
    SICHUAN: "一级指标 二级指标 三级指标 指标性质 指标值 度量单位 完成值 权重 得分 未完成原因分析",
}
#: Heads and rows of the money and of the goals.
CELLS = {
    CHONGQING: "年初预算数 全年（调整）预算数 全年执行数 执行率（%） 执行率权重（分） 执行率得分（分） "
    "年初绩效目标 全年（调整）绩效目标 全年目标实际完成情况",
    SICHUAN: "项目年度目标 年度目标完成情况 年初预算 调整后预算数 预算执行数 预算执行率 权重 得分 原因 "
    "总额 其中：财政资金 财政专户管理资金 单位资金 其他资金",
}


@pytest.mark.parametrize("name", [CHONGQING, SICHUAN])
def test_the_form_has_the_columns_and_rows_of_the_province(name):
    (form,) = compiled(name).spec.forms
    (indicators,) = (part for part in form.parts if part.kind == "indicators")
    assert [column.label.replace("\n", "") for column in indicators.columns] == HEADS[name].split()
    cells = [cell.text.replace("\n", "") for part in form.parts for cells in part.rows for cell in cells]
    wanted = CELLS[name].split()
    assert [cell for cell in cells if cell in wanted] == wanted


# ── Chongqing: 指标得分 = 得分系数 × 指标权重, cut off ─────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("rounding", "points", "total"), [("down", "9.68", "95.01"), ("half_up", "9.69", "95.02")]
)
def test_points_are_cut_off_where_other_places_round(rounding, points, total):
    """96.852 % of 10 is 9.6852, which 忠县 prints as 9.68; 580 ÷ 600 is 96.666… %."""
    target = compiled(CHONGQING, rounding=rounding)
    found = sheet(CHONGQING, example(CHONGQING), target)
    assert found.lines[0].score == D(points)
    assert found.total_text == total


@pytest.mark.parametrize("number", [0, 1])
def test_the_printed_coefficient_times_the_printed_weight_is_the_printed_score(number):
    for one in sheet(CHONGQING, example(CHONGQING, number)).lines[1:]:
        exact = one.coefficient * one.weight / 100
        assert one.score == exact.quantize(D("0.01"), "ROUND_DOWN")


@pytest.mark.parametrize(
    ("code", "coefficient", "working"),
    [
        ("JX[1]", "100", "95% ≤ 100%，得分系数 100%，得满分 5 分"),
        ("JX[2]", "96.66", "完成 580 ÷ 目标 600，得分系数 96.66% × 20 分，得 19.33 分"),
        ("JX[5]", "80", "目标 800 ÷ 完成 1000，得分系数 80% × 15 分，得 12 分"),
        ("JX[6]", "90", "评定为“达成年度指标”（80%–100%），由自评人评定，得分系数 90% × 10 分，得 9 分"),
    ],
)
def test_coefficients_follow_from_the_figures_or_from_who_judges(code, coefficient, working):
    one = line(CHONGQING, code)
    assert (one.coefficient, one.working) == (D(coefficient), working)


def test_an_adjusted_target_counts_and_without_it_that_of_the_beginning():
    assert line(CHONGQING, "JX[2]", row(CHONGQING, 2, adjusted=MISSING)).score == 20
    same = findings(CHONGQING, row(CHONGQING, 2, adjusted="500"))["表内-04"]
    assert same.fix_at == ("indicators.JX[2].adjusted",)


def test_core_indicators_are_counted():
    none = dataclasses.replace(
        example(CHONGQING),
        tables={"JX": tuple({**one, "core": False} for one in example(CHONGQING).tables["JX"])},
    )
    assert compiled(CHONGQING).compute(example(CHONGQING)).values["core_count"] == 3
    assert findings(CHONGQING, none)["表内-05"].severity == "hint"


# ── Sichuan: what the form limits and demands ───────────────────────────────────────────────────────────────

LIMITS = {"t-done": 100, "t-conclusion": 200, "t-problems": 200, "t-measures": 200}


def test_narratives_are_as_long_as_the_form_allows():
    for code, limit in LIMITS.items():
        just = dataclasses.replace(example(SICHUAN), texts={code: "字" * limit})
        assert "文字-超长" not in findings(SICHUAN, just)
        over = findings(SICHUAN, dataclasses.replace(just, texts={code: "字" * (limit + 1)}))["文字-超长"]
        assert (over.severity, f"最多 {limit} 个字，超出 1 个字" in over.message) == ("must_fix", True)


def test_the_reason_of_a_low_rate_has_100_characters():
    assert "文字-超长" not in findings(SICHUAN, typed(SICHUAN, 1, low_rate_reason="字" * 100))
    over = findings(SICHUAN, typed(SICHUAN, 1, low_rate_reason="字" * 101))["文字-超长"]
    assert over.fix_at == ("money.low_rate_reason",)


@pytest.mark.parametrize(
    ("executed", "reason", "owed"),
    [
        ("89.99", "", True),
        ("89.99", "质保金没有到期", False),
        ("90", "", False),
        ("100", "", False),
        ("0", "", True),
    ],
)
def test_below_90_percent_the_reason_is_owed(executed, reason, owed):
    given = typed(SICHUAN, 0, low_rate_reason=reason)
    first, *_ = given.lines
    lines = (dataclasses.replace(first, opening=D(100), adjustment=D(0), executed=D(executed)),)
    found = findings(SICHUAN, dataclasses.replace(given, lines=lines))
    assert ("必填-01" in found) is owed
    if owed:
        assert (found["必填-01"].severity, found["必填-01"].fix_at) == (
            "must_fix",
            ("money.low_rate_reason",),
        )


def test_an_adjusted_budget_is_explained_by_itself():
    assert findings(SICHUAN, typed(SICHUAN, 0, adjustment_reason=""))["必填-02"].severity == "must_fix"
    assert "必填-02" not in findings(SICHUAN, example(SICHUAN))


def test_first_level_is_told_by_the_second_and_weights_are_the_units_own():
    group = compiled(SICHUAN).spec.indicators[1]
    assert set(group.open.firsts) == {"产出指标", "成本指标", "效益指标", "满意度指标"}
    assert "first" not in [column.code for column in compiled(SICHUAN).tables["JX"].columns]


def test_the_four_funds_are_the_total_and_special_funds_are_a_part_of_the_others():
    values = compiled(SICHUAN).compute(example(SICHUAN, 1)).values
    parts = [values[f"{fund}_final"] for fund in ("fiscal", "special", "own", "other")]
    assert parts == [350000, 50000, 150000, 50000]
    assert sum(parts) == values["final_budget"]
    over = findings(SICHUAN, typed(SICHUAN, 1, special_final="11万元"))["表内-02"]
    assert (over.severity, "1.00 万元" in over.message) == ("must_fix", True)
