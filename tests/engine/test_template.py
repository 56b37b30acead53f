"""Compiling a template: what it refuses, and where everything is."""

import copy
from typing import Any

import pytest

from indicators.engine.reading import read_template
from indicators.engine.template import compile_template

from .samples import MONEY, PROJECTS, STAFF, changed, compiled, deviation, figures, refused, template_data

RULE = deviation("over", "100", "5", "2", "floor", measure="支出率")
RATE = {"code": "rate", "label": "支出率", "kind": "percent", "formula": "实际支出 ÷ 预算数 × 100"}
LEAF = {"code": "A", "name": "甲", "weight": "100", "rule": RULE, "na": "full", "na_when": "预算数 = 0"}
CHECK = {
    "code": "表内-01",
    "title": "核对",
    "layer": "表内",
    "severity": "explain",
    "left": "实际支出",
    "op": "≤",
    "right": "预算数",
    "missing_left": "skip",
    "missing_right": "skip",
    "fix_at": ["spent"],
}
DATA = template_data(
    fields=[*STAFF, *MONEY, RATE],
    tables=[PROJECTS],
    texts=[
        {"code": "t", "label": "说明", "sentences": [{"text": "支出{实际支出}元。", "when": "实际支出 > 0"}]}
    ],
    indicators=[LEAF],
    checks=[CHECK],
)
BLOCKS = "outline.0.blocks"
TRUTHS = CHECK | {"left": "实际支出 > 0", "right": "预算数 > 0"}
MIXED = {"kind": "ratio", "actual": "实际支出", "target": "编制数"}
PERSONS = {"kind": "expression", "formula": "在职人数"}
TABLE_CELL = "tables[0].rows[0].cells.ghost"


def faults(*changes: tuple[str, Any], data: dict[str, Any] = DATA) -> dict[str, str]:
    """The faults after putting values at paths; `+` appends to a list."""
    return refused(changed(data, *changes))


def test_the_sample_compiles() -> None:
    assert compile_template(read_template(DATA)).derived.keys() == {"rate"}


@pytest.mark.parametrize(
    ("path", "value", "place", "words"),
    [
        (
            "fields.5.formula",
            "实际支出 ÷ 预算 × 100",
            "fields[5].formula",
            "没有名为“预算”的数据项，是否指“预算数”",
        ),
        ("fields.5.formula", "实际支出 + 预算数", "fields[5].formula", "公式的单位是元，这里需要无单位"),
        ("fields.5.formula", "实际支出 > 预算数", "fields[5].formula", "结果是是否，这里需要数字"),
        ("fields.5.formula", "支出率 + 1", "fields[5].formula", "公式循环引用：支出率 → 支出率"),
        ("fields.2.prior", "ghost", "fields[2].prior", "没有代码为“ghost”的数据项"),
        ("fields.0.code", "人数", "fields[0].code", "只能由英文字母开头"),
        ("fields.0.code", "a.b", "fields[0].code", "只能由英文字母开头"),
        ("fields.0.code", "lines", "fields[0].code", "已用于预算明细"),
        ("fields.0.code", "projects", "tables[0].code", "代码“projects”重复，已用于fields[0].code"),
        ("fields.0.code", "A-self", "indicators[0].code", "重复"),
        ("outline.0.code", "staff", "outline[0].code", "代码“staff”重复，已用于fields[0].code"),
        (f"{BLOCKS}.3.code", "staff", "outline[0].blocks[3].code", "代码“staff”重复，已用于fields[0].code"),
        ("indicators.0.code", "t", "indicators[0].code", "代码“t”重复，已用于outline[0].blocks[3].code"),
        ("tables.0.columns.1.code", "name", "tables[0].columns[1].code", "重复"),
        ("tables.0.columns.3.formula", "支付 ÷ 计画 × 100", "tables[0].columns[3].formula", "计画"),
        ("tables.0.columns.2.formula", "进度 × 计划 ÷ 100", "tables[0]", "公式循环引用"),
        (f"{BLOCKS}.1.fields.0", "ghost", "outline[0].blocks[1].fields[0]", "没有代码为“ghost”的数据项"),
        (f"{BLOCKS}.2.code", "ghost", "outline[0].blocks[2].code", "没有代码为“ghost”的表"),
        (f"{BLOCKS}.4.code", "ghost", "outline[0].blocks[4].code", "没有代码为“ghost”的三级指标"),
        (
            f"{BLOCKS}.3.sentences.0.text",
            "{支出}",
            "outline[0].blocks[3].sentences[0].text",
            "没有这个数据项",
        ),
        (f"{BLOCKS}.3.sentences.0.when", "实际支出", "outline[0].blocks[3].sentences[0].when", "需要是否"),
        ("outline.0.heading", "{年度}情况", "outline[0].heading", "“{年度}”"),
        ("indicators.0.rule.measure", "实际支出", "indicators[0].value_unit", "单位是元，这里写的是“%”"),
        ("indicators.0.rule.measure", "支出", "indicators[0].rule.measure", "没有名为“支出”"),
        ("indicators.0.na_when", "预算数", "indicators[0].na_when", "需要是否"),
        ("indicators.0.inputs", ["ghost"], "indicators[0].inputs[0]", "没有代码为“ghost”"),
        ("indicators.0.standard", "{预算}", "indicators[0].standard", "“{预算}”"),
        ("fields.0.code", "c" * 41, "fields[0].code", "最多 40 个"),
        ("checks.0.code", "表" * 41, "checks[0].code", "太长，最多 40 个字"),
        ("checks.0.left", "支出", "checks[0].left", "没有名为“支出”"),
        ("checks.0.right", "支出", "checks[0].right", "没有名为“支出”"),
        ("checks.0.right", "在职人数", "checks[0]", "左边的单位是元，右边是人"),
        ("checks.0", CHECK | {"left": "0", "unit": "人"}, "checks[0].unit", "两边的单位是元，这里写的是“人”"),
        ("checks.0.right", "实际支出 > 0", "checks[0]", "左边是数字，右边是是否"),
        ("checks.0.unit", "人", "checks[0].unit", "两边的单位是元，这里写的是“人”"),
        ("checks.0.when", "预算数", "checks[0].when", "需要是否"),
        ("checks.0.each", "ghost", "checks[0].each", "逐行审核"),
        ("checks.0", TRUTHS, "checks[0].op", "是否只能用 = 或 ≠ 比较"),
        ("indicators.0.rule", MIXED, "indicators[0].rule.target", "单位不同"),
        ("indicators.0.rule", PERSONS, "indicators[0].rule.formula", "结果应是分数"),
        (
            "tables.0.rows",
            [{"code": "r", "label": "行", "cells": {"ghost": "1"}}],
            TABLE_CELL,
            "没有代码为“ghost”的列",
        ),
        ("checks.0.fix_at", ["ghost"], "checks[0].fix_at[0]", "没有代码为“ghost”"),
        ("checks.0.mention", ["ghost"], "checks[0].mention[0]", "没有代码为“ghost”"),
        (
            "adjustments",
            [{"kind": "cap", "label": "封顶", "measure": "实际支出", "steps": []}],
            "adjustments[0].measure",
            "这里需要无单位",
        ),
    ],
)
def test_a_fault_is_named_at_its_place(path: str, value: Any, place: str, words: str) -> None:
    found = faults((path, value))
    assert place in found
    assert words in found[place]


def test_a_longer_cycle_is_shown_whole() -> None:
    found = faults(
        ("fields.+", {"code": "x", "label": "子", "formula": "丑 + 1元"}),
        ("fields.+", {"code": "y", "label": "丑", "formula": "最大(寅, 0)"}),
        ("fields.+", {"code": "z", "label": "寅", "formula": "若(子 > 0, 1元, 2元)"}),
    )
    assert found == {"fields[6].formula": "公式循环引用：子 → 丑 → 寅 → 子"}


def test_a_box_for_last_year_must_not_need_last_year() -> None:
    found = faults(
        ("fields.2.prior", "x"),
        ("fields.+", {"code": "x", "label": "去年支出", "formula": "上年(实际支出)"}),
    )
    assert found == {"fields[6].formula": "公式循环引用：去年支出 → 上年实际支出 → 去年支出"}


def test_a_figure_of_last_year_is_no_cycle() -> None:
    data = copy.deepcopy(DATA)
    data["fields"][5]["formula"] = "四舍五入(上年(支出率), 2)"
    target = compile_template(read_template(data))
    assert figures(target, previous={"rate": 5}).facts.previous == {"rate": 5}


@pytest.mark.parametrize(
    ("changes", "place", "words"),
    [
        ([(f"{BLOCKS}.1.fields", ["staff", "quota", "spent", "budget"])], "fields[4]", "没有放在向导的任何"),
        (
            [(f"{BLOCKS}.+", {"kind": "inputs", "fields": ["staff"]})],
            "outline[0].blocks[5].fields[0]",
            "不能填两处",
        ),
        ([(f"{BLOCKS}.2", {"kind": "signature"})], "tables[0]", "没有放在向导的任何一步里"),
        ([(f"{BLOCKS}.4", {"kind": "signature"})], "indicators[0]", "没有放在向导的任何一步里"),
        ([("outline.0.appears", "print")], "outline[0].blocks[1].fields[0]", "不在向导的任何一步里"),
        ([("outline.0.step", False)], "outline[0].blocks[3]", "不在向导的任何一步里"),
        (
            [
                (f"{BLOCKS}.0", {"kind": "signature"}),
                ("fields.5.formula", "合计(预算明细.执行数) ÷ 预算数 × 100"),
            ],
            "outline",
            "没有一步可以填写它",
        ),
        (
            [(f"{BLOCKS}.+", {"kind": "chart", "code": "projects", "value": "ghost"})],
            "outline[0].blocks[5].value",
            "ghost",
        ),
        ([(f"{BLOCKS}.+", {"kind": "text"})], "outline[0].blocks[5].code", "文字要有代码"),
    ],
)  # fmt: skip
def test_what_is_typed_lies_in_exactly_one_step(changes: list, place: str, words: str) -> None:
    found = faults(*changes)
    assert place in found
    assert words in found[place]


def test_what_is_only_printed_may_stand_anywhere_and_again() -> None:
    data = copy.deepcopy(DATA)
    again = [
        {"kind": "table", "code": "projects"},
        {"kind": "figures", "fields": ["staff", "rate"]},
        {"kind": "analysis", "code": "A"},
        {"kind": "chart", "code": "projects", "chart": "bar", "value": "paid"},
    ]
    data["outline"].append({"code": "p", "heading": "附件", "appears": "print", "blocks": again})
    assert compile_template(read_template(data)).step_of["projects"] == "s"


def test_everything_has_a_location_and_a_name() -> None:
    target = compile_template(read_template(DATA))
    for code, location, label in [
        ("staff", "s.staff", "在职人数"),
        ("rate", "s.rate", "支出率"),
        ("projects", "s.projects", "项目表"),
        ("projects[r7].paid", "s.projects[r7].paid", "项目表“支付”"),
        ("lines", "s.lines", "预算明细"),
        ("lines[3].executed", "s.lines[3].executed", "预算明细“执行数”"),
        ("t", "s.t", "说明"),
        ("A", "s.A", "甲"),
        ("A-reason", "s.A-reason", "理由（不适用、改分或失分的原因）"),
        ("上年.spent", "s.spent", "上年实际支出"),
    ]:
        assert (target.locate(code), target.label(code)) == (location, label)


def test_a_derived_figure_is_found_where_it_is_shown() -> None:
    """Shown among the boxes of a step it stands there; else where its first figure is typed."""
    shown = changed(DATA, ("outline.0.blocks.1.fields", ["staff", "quota", "spent", "budget", "added"]))
    shown["outline"].append(
        {"code": "two", "heading": "核对", "step": True, "blocks": [{"kind": "inputs", "fields": ["rate"]}]}
    )
    target = compile_template(read_template(shown))
    assert target.locate("rate") == "two.rate"
    assert target.order_of("two.rate") > target.order_of("s.t")
    assert compile_template(read_template(DATA)).locate("rate") == "s.rate"


def test_names_are_resolved_by_label_alias_and_code_in_either_width() -> None:
    target = compiled(
        fields=[
            {"code": "a", "label": "因公出国（境）费", "aliases": ["出国费"]},
            {"code": "b", "label": "同名"},
            {"code": "c", "label": "同名"},
        ]
    )
    assert target.resolve("因公出国(境)费") == target.resolve("出国费") == target.resolve("a") == "a"
    assert target.resolve(" 因公出国（境） 费") == "a"
    assert target.resolve("同名") is None
    assert target.resolve("没有") is None


def test_sentences_are_offered_when_they_hold() -> None:
    target = compile_template(read_template(DATA))
    assert target.sentences("t", figures(target, spent="5")) == ("支出{实际支出}元。",)
    assert target.sentences("t", figures(target, spent="0")) == ()
    assert target.sentences("t", figures(target)) == ()
