"""liuyang-2022 against the printed report: 20 scores, execution rates, and what contradicts what."""

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
from indicators.engine.scoring import ScoreLine, score
from indicators.engine.template import CompiledTemplate, compile_template
from indicators.engine.values import MISSING
from indicators.loading import LIBRARY, load_yaml

D = Decimal
PRINTED = [3, 3, 4, 5, 4, 3, 3, 4, 3, 3, 4, 4, 3, 2, 6, 10, 10, 6, 8, 10]


@cache
def compiled() -> CompiledTemplate:
    return compile_template(read_template(load_yaml(LIBRARY / "liuyang-2022.yaml")))


@cache
def report() -> Facts:
    facts, faults = facts_of_example(compiled(), compiled().spec.examples[0])
    assert faults == []
    return facts


def changed(**figures: Any) -> Facts:
    """The report with other figures."""
    return dataclasses.replace(report(), figures={**report().figures, **figures})


def answered(code: str, **answers: Any) -> Facts:
    """The report with other answers to one indicator: target, actual, points."""
    boxes = {f"{code}-{ending}": value for ending, value in answers.items()}
    return dataclasses.replace(report(), figures={**report().figures, **boxes})


def lines(facts: Facts) -> dict[str, ScoreLine]:
    return {line.code: line for line in score(compiled(), compiled().compute(facts)).lines}


def findings(facts: Facts) -> list[Finding]:
    figures = compiled().compute(facts)
    return list(check(compiled(), figures, score(compiled(), figures)))


def test_the_twenty_scores_are_the_printed_ones():
    sheet = score(compiled(), compiled().compute(report()))
    assert [line.score for line in sheet.lines] == PRINTED
    assert sheet.total_text == "98.00"
    assert [(group.name, group.full_weight) for group in compiled().spec.indicators] == [
        ("投入管理指标", 30),
        ("产出指标", 25),
        ("效益指标", 45),
    ]


def test_input_management_has_no_third_level():
    management, output, _ = compiled().spec.indicators
    assert [leaf.rule is not None for leaf in management.children] == [True] * 8
    assert [second.name for second in output.children] == ["数量指标", "质量指标", "时效指标", "成本指标"]


@pytest.mark.parametrize(
    ("code", "working"),
    [
        ("LY-I09", "800 ≥ 500 人次，得满分 3 分"),
        ("LY-I10", "100% = 100%，得满分 3 分"),
        ("LY-I11", "33000 > 25000 人，得满分 4 分"),
        ("LY-I20", "95.9% ≥ 90%，得满分 10 分"),
        ("LY-I02", "由自评人评定，得 3 分"),
    ],
)
def test_numbers_are_compared_and_words_are_judged(code, working):
    assert lines(report())[code].working == working


@pytest.mark.parametrize(
    ("code", "actual"), [("LY-I09", "499人次"), ("LY-I11", "25000人"), ("LY-I20", "89.9%"), ("LY-I10", "99%")]
)
def test_a_missed_number_is_judged_because_the_county_wrote_no_standard(code, actual):
    missed = lines(answered(code, actual=actual))[code]
    assert (missed.status, missed.missing) == ("缺数据", (f"{code}-points",))
    judged = lines(answered(code, actual=actual, points=D(2)))[code]
    assert judged.score == 2


def test_execution_above_the_budget_is_told_with_the_printed_rate():
    told = {one.code: one.message for one in findings(report()) if one.code.startswith("执行-")}
    rates = {"执行-01": "129.40%", "执行-02": "124.61%", "执行-03": "173.21%"}
    assert told.keys() == rates.keys()
    assert all(rate in told[code] and "超过 100%" in told[code] for code, rate in rates.items())


def test_the_two_lost_points_ask_for_a_reason():
    lost = [one for one in findings(report()) if one.code == "计分-失分未说明"]
    assert [one.fix_at for one in lost] == [("s1.LY-I02-reason",), ("s3.LY-I18-reason",)]
    reasoned = answered("LY-I02", reason="预算执行进度不均衡，部分支出集中在年末")
    assert len([one for one in findings(reasoned) if one.code == "计分-失分未说明"]) == 1


def funds(**figures: Any) -> dict[str, str]:
    return {one.code: one.message for one in findings(changed(**figures)) if one.code.startswith("收支-")}


def test_spending_is_compared_with_income_and_opening_balance():
    """The report states neither; then the adjusted budget is what spending can be held against."""
    silent = funds()
    assert "没有填本年收入和年初结转" in silent["收支-02"]
    assert "81.46 万元" in silent["收支-02"]
    assert "58.52 万元" in funds(revenue=D(2900000), carried_in=D(100000))["收支-01"]
    assert funds(revenue=D(3000000), carried_in=D(585200), carried_out=D(0)) == {}


@pytest.mark.parametrize(
    ("figures", "code", "severity"),
    [
        ({"public_actual": D(80000)}, "表内-01", "must_fix"),
        ({"fiscal_budget": D(2770000)}, "表内-02", "must_fix"),
        ({"other_executed": D(10000)}, "表内-03", "explain"),
        ({"staff_quota": D(20)}, "表内-04", "explain"),
        ({"proc_sme": D(1)}, "表内-05", "explain"),
        ({"proc_micro": D(1)}, "表内-06", "explain"),
        ({"tp_abroad": D(1)}, "表内-07", "explain"),
        ({"project_income": D(400000)}, "收支-04", "explain"),
        ({"tp_reception": D(90000)}, "表间-01", "hint"),
        (
            {"tp_reception": D(1), "tp_abroad_prior": D(0), "tp_vehicle_prior": D(0)}
            | {"tp_reception_prior": D(0)},
            "表间-02",
            "explain",
        ),
    ],
)
def test_each_contradiction_is_named(figures, code, severity):
    assert code not in {one.code for one in findings(report())}
    assert {one.code: one.severity for one in findings(changed(**figures))}[code] == severity


def test_an_empty_other_source_is_not_a_zero():
    figures = compiled().compute(report())
    assert figures.values["other_budget"] is MISSING
    assert figures.values["other_executed"] is MISSING
