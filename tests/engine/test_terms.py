"""Formulas by what they mean: two ways of writing the same are one term; numbers are no figures."""

from __future__ import annotations

from decimal import Decimal

import pytest

from indicators.engine.terms import Written, written

from .samples import MONEY, PROJECTS, STAFF, compiled

RATE = {"code": "rate", "label": "支出率", "kind": "percent", "formula": "实际支出 ÷ 预算数 × 100"}
TEMPLATE = compiled(
    fields=[*STAFF, *MONEY, RATE, {"code": "has", "label": "有项目", "kind": "yes_no"}], tables=[PROJECTS]
)


def of(text: str, table: str = "") -> Written:
    return written(TEMPLATE, text, table)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("实际支出", "spent"),
        ("实际支出", "支出数"),  # an alias
        ("{实际支出}", "实际支出"),
        ("实际支出 + 预算数", "预算数 + 实际支出"),
        ("实际支出 * 2", "2 × 实际支出"),
        ("实际支出 / 预算数", "实际支出 ÷ 预算数"),
        ("实际支出 > 预算数", "预算数 < 实际支出"),
        ("实际支出 >= 预算数", "预算数 ≤ 实际支出"),
        ("在职人数 = 编制数", "编制数 == 在职人数"),
        ("在职人数 <> 编制数", "编制数 ≠ 在职人数"),
        ("有项目 且 在职人数 > 0", "0 < 在职人数 且 有项目"),
        ("有项目 或 在职人数 > 0", "0 < 在职人数 或 有项目"),
        ("最大(实际支出, 0)", "max(spent, 0)"),
        ("合计(项目表.支付)", "sum(projects.paid)"),
        ("合计(项目表.支付, 计划 > 支付)", "合计(项目表.支付, paid < planned)"),
        ("实际支出 > 10万元", "实际支出 > 100000元"),
        ("支出率 > 2 × 50", "支出率 > 100"),
        ("支出率 > -(-5)", "支出率 > +5"),
    ],
)
def test_what_means_the_same_is_one_term(one: str, other: str) -> None:
    assert of(one).term == of(other).term


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("实际支出", "预算数"),
        ("实际支出 − 预算数", "预算数 − 实际支出"),
        ("实际支出 ÷ 预算数", "预算数 ÷ 实际支出"),
        ("实际支出 + 预算数", "实际支出 − 预算数"),
        ("实际支出 > 预算数", "实际支出 ≥ 预算数"),
        ("实际支出 > 预算数", "预算数 > 实际支出"),
        ("有项目", "非 有项目"),
        ("有项目 且 在职人数 > 0", "有项目 或 在职人数 > 0"),
        ("合计(项目表.支付)", "合计(项目表.计划)"),
        ("合计(项目表.支付)", "计数(项目表.支付)"),
        ("合计(项目表.支付, 计划 > 支付)", "合计(项目表.支付)"),
        ("-实际支出", "实际支出"),
    ],
)
def test_what_means_something_else_is_another_term(one: str, other: str) -> None:
    assert of(one).term != of(other).term


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("5", "5"),
        ("10万元", "100000"),
        ("5人", "5"),
        ("-5", "-5"),
        ("+5", "5"),
        ("2 × 50 + 1", "101"),
        ("1 − 3", "-2"),
        ("10 ÷ 4", "2.5"),
        ("1 ÷ 0", None),
        ("实际支出", None),
        ("实际支出 × 0", None),
        ("-实际支出", None),
        ("最大(1, 2)", None),
        ("1 < 2", None),
    ],
)
def test_a_number_is_what_depends_on_no_figure(text: str, number: str | None) -> None:
    assert of(text).number == (None if number is None else Decimal(number))


def test_a_condition_on_rows_reads_their_columns_first() -> None:
    rows, condition = of("合计(项目表.支付, 计划 > 0)").arguments
    assert rows.term == "projects.paid"
    assert condition.parts[0].symbol.key == ("projects", "planned")
    assert [part.term for part in of("最大(实际支出, 0)").arguments] == ["spent", "0"]


def test_behind_a_derived_figure_stands_its_formula() -> None:
    assert of("支出率").behind().term == of("实际支出 ÷ 预算数 × 100").term
    assert of("实际支出").behind() is None
    assert of("进度", "projects").behind().term == of("支付 ÷ 计划 × 100", "projects").term
    assert of("支付", "projects").behind() is None


def test_a_part_is_quoted_as_it_stands_in_the_text() -> None:
    left, right = of("实际支出 ＞ （预算数 ＋ 追加预算）").parts
    assert (left.words, right.words) == ("实际支出", "预算数 + 追加预算")
