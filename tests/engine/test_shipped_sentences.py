"""The standard sentences of the shipped templates read well with zero, equal and missing figures."""

from __future__ import annotations

import dataclasses
from functools import cache

import pytest

from indicators.engine import bindings
from indicators.engine.examples import facts_of_example
from indicators.engine.reading import read_template
from indicators.engine.template import CompiledTemplate, compile_template
from indicators.engine.values import MISSING, parse
from indicators.loading import LIBRARY, load_yaml


@cache
def compiled(name: str) -> CompiledTemplate:
    return compile_template(read_template(load_yaml(LIBRARY / f"{name}.yaml")))


def said(template: str, section: str, typed: dict[str, str]) -> str:
    """The paragraphs of a section: the first worked example with other figures, "" for unfilled."""
    target = compiled(template)
    facts, faults = facts_of_example(target, target.spec.examples[0])
    assert faults == []
    values = {code: parse(target.fields[code], text) if text else MISSING for code, text in typed.items()}
    figures = target.compute(dataclasses.replace(facts, figures={**facts.figures, **values}))
    node = next(node for node in target.spec.sections() if node.code == section)
    return "".join(
        bindings.render(target.paragraph(section, index, figures), figures, year=2019)
        for index, block in enumerate(node.blocks)
        if block.kind == "paragraph"
    )


MEETING = [
    (
        {},
        "2019年度没有发生会议费，2018年度会议费3.70万元，减少3.70万元，下降100.00%。"
        "机构运行经费2019年度15.03万元，2018年度9.94万元，增加5.09万元，增长51.21%。",
    ),
    (
        {"meeting_prior": "0", "operating_prior": "15.03万元", "operating_reason": "口径不变"},
        "2019年度没有发生会议费，与2018年度持平。"
        "机构运行经费2019年度15.03万元，2018年度15.03万元，两年持平。",
    ),
    (
        {"meeting": "2万元", "meeting_prior": "0", "operating_prior": "0", "operating_reason": "新设机构"},
        "2019年度会议费2.00万元，2018年度没有发生会议费。"
        "机构运行经费2019年度15.03万元，2018年度没有发生，增加15.03万元，原因是新设机构。",
    ),
    (
        {"meeting_prior": "", "operating_prior": ""},
        "2019年度没有发生会议费。机构运行经费2019年度15.03万元。",
    ),
    ({"meeting": "", "operating_prior": ""}, "机构运行经费2019年度15.03万元。"),
]

THREE = [
    (
        {},
        "2019年因公出国（境）费、公务接待费、公务用车购置及运行维护费都没有发生支出，"
        "“三公经费”支出为零，与2018年持平。",
    ),
    ({"tp_abroad_prior": ""}, "2019年“三公经费”没有发生支出。"),
    (
        {"tp_abroad_prior": "", "tp_reception": "1万元"},
        "2019年“三公经费”支出1.00万元。其中，因公出国（境）费没有发生支出，"
        "公务接待费1.00万元，公务用车购置及运行维护费0.00万元。",
    ),
    (
        {"tp_reception": "1万元"},
        "2019年“三公经费”支出1.00万元，2018年没有发生。其中，因公出国（境）费没有发生支出，"
        "公务接待费1.00万元，公务用车购置及运行维护费0.00万元。",
    ),
]


@pytest.mark.parametrize(("typed", "sentence"), MEETING)
def test_meetings_and_running_costs_of_two_years(typed: dict[str, str], sentence: str) -> None:
    assert said("hunan-2013", "ch2-meeting", typed) == sentence


@pytest.mark.parametrize(("typed", "sentence"), THREE)
def test_the_three_public_expenses_of_two_years(typed: dict[str, str], sentence: str) -> None:
    assert said("hunan-2013", "ch2-three", typed) == sentence


def test_the_parts_of_basic_spending_are_one_sentence() -> None:
    assert said("hunan-2013", "ch2-parts", {}) == (
        "2019年基本支出总额184.56万元，占年度总支出的56.34%，其中工资福利支出163.81万元，占基本支出的88.76%；"
        "商品和服务支出14.63万元，占基本支出的7.93%；对个人和家庭的补助5.72万元，占基本支出的3.10%；"
        "资本性支出0.40万元，占基本支出的0.22%。"
    )


@pytest.mark.parametrize("reason", ["质保金没有到期", MISSING])
def test_the_conclusion_says_why_the_execution_lost_points(reason: object) -> None:
    target = compiled("hunan-2023")
    facts, _ = facts_of_example(target, target.spec.examples[0])
    figures = target.compute(dataclasses.replace(facts, figures={**facts.figures, "ZX01-reason": reason}))
    told = "原因是{ZX01-reason}。" in target.paragraph("ch6-3", 0, figures)
    assert told is (reason is not MISSING)
