"""Frameworks: whole but for the weights, which are the county's; with weights they publish and score."""

from __future__ import annotations

import dataclasses
import re
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from indicators.engine.checks import check
from indicators.engine.examples import facts_of_example
from indicators.engine.facts import Facts
from indicators.engine.reading import dump, read_template, template_hash
from indicators.engine.scoring import score
from indicators.engine.spec import Example, TemplateSpec
from indicators.engine.template import CompiledTemplate, compile_template
from indicators.engine.values import parse
from indicators.engine.verify import verify
from indicators.loading import FRAMEWORKS, frameworks, load_yaml, shipped

D = Decimal
MOF = FRAMEWORKS / "mof-2013-53.yaml"

#: The 28 common indicators, as the ministry's annex lists them.
COMMON = {
    "投入": {
        "目标设定": ["绩效目标合理性", "绩效指标明确性"],
        "预算配置": ["在职人员控制率", "“三公经费”变动率", "重点支出安排率"],
    },
    "过程": {
        "预算执行": [
            "预算完成率", "预算调整率", "支付进度率", "结转结余率", "结转结余变动率", "公用经费控制率",
            "“三公经费”控制率", "政府采购执行率",
        ],
        "预算管理": ["管理制度健全性", "资金使用合规性", "预决算信息公开性", "基础信息完善性"],
        "资产管理": ["管理制度健全性", "资产管理安全性", "固定资产利用率"],
    },
    "产出": {"职责履行": ["实际完成率", "完成及时率", "质量达标率", "重点工作办结率"]},
    "效果": {"履职效益": ["经济效益", "社会效益", "生态效益", "社会公众或服务对象满意度"]},
}  # fmt: skip
#: Printed formulas by indicator.
FORMULAS = {
    "D-TR-03": "在职人员控制率=（在职人员数/编制数）×100%。",
    "D-TR-04": "“三公经费”变动率=[（本年度“三公经费”总额-上年度“三公经费”总额）/上年度“三公经费”总额]×100%。",
    "D-GC-02": "预算调整率=（预算调整数/预算数）×100%。",
    "D-GC-04": "结转结余率=结转结余总额/支出预算数×100%。",
    "D-CC-04": "重点工作办结率=（重点工作实际完成数/交办或下达数）×100%。",
}


@cache
def spec() -> TemplateSpec:
    return read_template(load_yaml(MOF))


# ── as it is shipped ────────────────────────────────────────────────────────────────────────────────────────


def test_frameworks_are_not_among_the_templates_that_are_loaded_and_published():
    assert MOF in frameworks()
    assert not set(frameworks()) & set(shipped())


def test_all_28_common_indicators_are_there_with_interpretation_and_formula():
    found = {
        top.name: {second.name: [leaf.name for leaf in second.children] for second in top.children}
        for top in spec().indicators
    }
    assert found == COMMON
    leaves = {leaf.code: leaf for leaf in spec().leaves()}
    assert len(leaves) == 28
    assert all(leaf.interpretation and leaf.description and leaf.rule for leaf in leaves.values())
    assert {code: leaves[code].description.splitlines()[0] for code in FORMULAS} == FORMULAS
    assert [len(leaf.rule.items) for leaf in leaves.values() if leaf.rule.kind == "checklist"] == [
        3, 4, 3, 5, 2, 3, 3, 5,
    ]  # fmt: skip


@pytest.mark.parametrize("path", frameworks(), ids=lambda path: path.stem)
def test_nothing_but_weights_and_examples_stands_in_the_way_of_publishing(path: Path):
    framework = read_template(load_yaml(path))
    errors = {fault.place: fault.message for fault in verify(framework) if fault.severity == "error"}
    weights = {place for place, message in errors.items() if message.startswith("没有分值")}
    assert len(weights) == len(list(framework.leaves()))
    assert errors.keys() - weights <= {"indicators", "examples"}
    assert errors["indicators"] == "各项指标的分值之和是 0，应等于总分 100，还差 100 分"


@pytest.mark.parametrize("path", frameworks(), ids=lambda path: path.stem)
def test_a_framework_says_where_it_comes_from_and_survives_its_json(path: Path):
    framework = read_template(load_yaml(path))
    assert framework.sources and "凭记忆" in framework.notes
    again = read_template(dump(framework))
    assert (again, template_hash(again)) == (framework, template_hash(framework))
    assert [step.code for step in framework.steps() if not step.short] == []


def test_every_page_may_be_filled_in_before_the_weights_are_set():
    """A draft without weights is scored as far as it goes: every line says what is lacking, and no total."""
    target = compile_template(spec())
    sheet = score(target, target.compute(facts_of_example(target, WITHOUT_LOSS)[0]))
    assert {line.status for line in sheet.lines} == {"无法计算"}
    assert sheet.provisional


# ── with the weights of a county ────────────────────────────────────────────────────────────────────────────

ANSWERS = {
    f"{code}-{number}": "是"
    for code, items in (
        ("D-TR-01", 3), ("D-TR-02", 4), ("D-GC-09", 3), ("D-GC-10", 5), ("D-GC-11", 2), ("D-GC-12", 3),
        ("D-GC-13", 3), ("D-GC-14", 5),
    )
    for number in range(1, items + 1)
}  # fmt: skip
FIGURES = {
    "budget_approved": "500万元", "budget_adjusted": "0", "carried_in": "10万元", "revenue": "490万元",
    "carried_out": "0", "pay_executed": "375万元", "pay_planned": "75", "key_budget": "95万元",
    "staff_quota": "20", "staff_in_post": "20", "staff_retired": "5",
    "tp_abroad_budget": "0", "tp_vehicle_budget": "3万元", "tp_reception_budget": "2万元",
    "tp_abroad_prior": "0", "tp_vehicle_prior": "3万元", "tp_reception_prior": "2万元",
    "tp_abroad_actual": "0", "tp_vehicle_actual": "3万元", "tp_reception_actual": "1万元",
    "procurement_budget": "20万元", "procurement_actual": "20万元",
    "assets_total": "300万元", "assets_in_use": "300万元",
    "survey_issued": "100", "survey_returned": "100", "survey_valid": "100", "survey_satisfied": "95",
    "D-XG-01-points": "3.5", "D-XG-02-points": "3.5", "D-XG-03-points": "3.5",
}  # fmt: skip
LINES = (
    {"kind": "基本支出", "economic": "301", "opening": "350万元", "executed": "350万元"},
    {"kind": "基本支出", "economic": "302", "opening": "50万元", "executed": "50万元"},
    {"kind": "项目支出", "economic": "302", "project": "帮扶", "opening": "100万元", "executed": "100万元"},
)
DONE = {"key": "否", "done": "是", "on_time": "是", "to_standard": "是"}
NOT_DONE = {"key": "是", "done": "否", "on_time": "否", "to_standard": "否"}
TASKS = (*({"task": f"任务{number}", **DONE} for number in range(3)), {"task": "交办", **DONE, "key": "是"})
WITHOUT_LOSS = Example("没有失分", FIGURES | ANSWERS, total=D(100), tables={"T-work": TASKS}, lines=LINES)
WITH_LOSSES = Example(
    "各项失分",
    FIGURES
    | ANSWERS
    | {
        "staff_in_post": "21", "tp_vehicle_budget": "3.05万元", "key_budget": "72万元",
        "budget_adjusted": "60万元", "pay_executed": "360万元", "carried_out": "15万元",
        "tp_vehicle_actual": "4.2万元", "procurement_actual": "18万元", "assets_in_use": "285万元",
        "survey_satisfied": "85", "D-TR-01-3": "否", "D-GC-10-3": "否", "D-GC-10-4": "否",
        "D-XG-01-points": "3", "D-XG-02-points": "3", "D-XG-03-points": "3",
    },
    total=D("65.26"),
    tables={"T-work": (*TASKS[:3], {"task": "交办", **NOT_DONE})},
    lines=(*LINES[:1], LINES[1] | {"executed": "51万元"}, LINES[2] | {"executed": "89万元"}),
)  # fmt: skip


def weighted(**more: Any) -> TemplateSpec:
    """The framework as a county finishes it: weights, what a step or an item costs, what a band gives."""
    data = dump(spec()) | {"code": "county-2024", "years": [2024]} | more
    leaves = [leaf for top in data["indicators"] for second in top["children"] for leaf in second["children"]]
    for number, leaf in enumerate(leaves):
        weight = D(4) if number % 7 == 0 else D("3.5")
        leaf["weight"] = weight
        rule = leaf["rule"]
        if rule["kind"] == "deviation":
            rule["points_per_step"] = "0.5"
        elif rule["kind"] == "checklist":
            rule["per_violation"] = "1"
        elif rule["kind"] == "bands":
            rule["bands"] = [band | {"points": weight - step} for step, band in enumerate(rule["bands"])]
    return read_template(data)


@cache
def county() -> CompiledTemplate:
    examples = [dump(example) for example in (WITHOUT_LOSS, WITH_LOSSES)]
    return compile_template(weighted(examples=examples))


def test_with_weights_and_examples_it_may_be_published():
    assert sum(leaf.weight for leaf in county().spec.leaves()) == 100
    assert [str(fault) for fault in verify(county().spec) if fault.severity == "error"] == []


def test_weights_alone_are_not_enough():
    """What a step, an item or a band is worth is asked for, each at its place, once there are weights."""
    data = dump(weighted())
    for top in data["indicators"]:
        for second in top["children"]:
            for leaf in second["children"]:
                leaf["rule"] = next(one.rule for one in spec().leaves() if one.code == leaf["code"])
                leaf["rule"] = dump(leaf["rule"])
    found = {fault.place.rpartition(".")[2] for fault in verify(read_template(data))}
    assert {"points_per_step", "per_violation", "bands"} <= found


LOSSES = {
    "D-TR-01": ("3", "3 项中 1 项不符合，每项扣 1 分，得 3 分"),
    "D-TR-03": ("1", "21 ÷ 20 = 105.00%，超过 100% 共 5 个百分点，按每 1 个百分点扣 0.5 分，得 1 分"),
    "D-TR-05": ("1.5", "72.00 ÷ 100.00 = 72.00% ≥ 70%，得 1.5 分"),
    "D-GC-01": (
        "2.5",
        "490.00 ÷ 500.00 = 98.00%，低于 100% 共 2 个百分点，按每 1 个百分点扣 0.5 分，得 2.5 分",
    ),
    "D-GC-02": ("1.5", "60.00 ÷ 500.00 = 12.00% ≤ 20%，得 1.5 分"),
    "D-CC-01": ("2.63", "3 ÷ 4 = 75.00%，75 ÷ 100 × 3.5 = 2.625，得 2.63 分"),
    "D-CC-04": ("0", "0 ÷ 1 = 0.00%，0 ÷ 100 × 3.5 = 0，得 0 分"),
    "D-XG-04": ("2.5", "85 ÷ 100 = 85.00% ≥ 80%，得 2.5 分"),
}


@pytest.mark.parametrize(("code", "expected"), LOSSES.items())
def test_its_examples_lose_points_as_the_rules_say(code: str, expected: tuple[str, str]):
    sheet = score(county(), county().compute(stated(WITH_LOSSES)))
    line = next(line for line in sheet.lines if line.code == code)
    assert (line.score, line.working) == (D(expected[0]), expected[1])


#: No “三公经费” planned in either year.
NO_TRIPS = {f"tp_{item}_{what}": "0" for item in ("vehicle", "reception") for what in ("budget", "prior")}


def stated(example: Example, **typed: str) -> Facts:
    facts, faults = facts_of_example(county(), example)
    assert faults == []
    values = {code: parse(county().fields[code], text) for code, text in typed.items()}
    return dataclasses.replace(facts, figures={**facts.figures, **values})


@pytest.mark.parametrize(
    ("code", "typed", "status"),
    [
        ("D-TR-04", NO_TRIPS, "不适用"),
        ("D-GC-08", {"procurement_budget": "0", "procurement_actual": "0"}, "不适用"),
        ("D-GC-08", {"procurement_budget": "0", "procurement_actual": "5"}, "无法计算"),
        ("D-GC-05", {"carried_in": "0", "carried_out": "0"}, "不适用"),
        ("D-GC-05", {"carried_in": "0", "carried_out": "5"}, "无法计算"),
        ("D-TR-03", {"staff_quota": "0"}, "无法计算"),
    ],
)  # fmt: skip
def test_what_there_was_nothing_of(code: str, typed: dict[str, str], status: str):
    sheet = score(county(), county().compute(stated(WITHOUT_LOSS, **typed)))
    line = next(line for line in sheet.lines if line.code == code)
    assert line.status == status
    assert line.score == (line.weight if status == "不适用" else None)


def test_a_consistent_report_contradicts_nothing_and_every_check_speaks_in_its_failing_case():
    codes = {rule.code for rule in county().spec.checks}
    figures = county().compute(stated(WITHOUT_LOSS))
    assert codes & {one.code for one in check(county(), figures, score(county(), figures))} == set()
    assert all(rule.passing and rule.failing for rule in county().spec.checks)


def test_no_year_is_written_into_its_texts():
    printed = [spec().report_title, *(leaf.description + leaf.interpretation for leaf in spec().leaves())]
    for section in spec().sections():
        printed += [section.heading, *(block.text + block.prompt for block in section.blocks)]
        printed += [sentence.text for block in section.blocks for sentence in block.sentences]
    assert [text for text in printed if re.search(r"20\d\d", text)] == []
