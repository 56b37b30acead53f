"""Derived figures, table rows and totals."""

from decimal import Decimal

from indicators.engine.facts import Facts
from indicators.engine.values import MISSING, NOT_APPLICABLE, Undefined

from .samples import PROJECTS, compiled, figures

D = Decimal


def test_derived_figures_follow_the_typed_ones_whatever_their_order() -> None:
    target = compiled(
        fields=[
            {"code": "c", "label": "丙", "formula": "乙 × 2"},
            {"code": "b", "label": "乙", "formula": "甲 + 1元"},
            {"code": "a", "label": "甲"},
        ]
    )
    assert figures(target, a="3").values == {"a": 3, "b": 4, "c": 8}
    assert figures(target).values == {
        "a": MISSING,
        "b": Undefined(missing=("a",)),
        "c": Undefined(missing=("a",)),
    }
    assert figures(target, a="不适用").values["c"] is NOT_APPLICABLE


ROWS = [
    {"name": "甲", "planned": "100", "paid": "80"},
    {"name": "乙", "planned": "50", "paid": "10"},
    {"name": "丙", "paid": "6"},
]


def test_rows_have_their_derived_columns() -> None:
    rows = figures(compiled(tables=[PROJECTS]), tables={"projects": ROWS}).rows("projects")
    assert rows[0] == {"id": "r1", "name": "甲", "planned": D(100), "paid": D(80), "rate": D(80)}
    assert rows[2]["planned"] is MISSING
    assert rows[2]["rate"].missing == ("projects[r3].planned",)


def test_totals_add_amounts_and_recompute_rates() -> None:
    target = compiled(tables=[PROJECTS])
    assert figures(target, tables={"projects": ROWS}).totals("projects") == {
        "planned": 150,
        "paid": 96,
        "rate": 64,
    }
    assert figures(target).totals("projects")["paid"] is MISSING


def test_a_column_that_needs_more_than_totals_is_added_up() -> None:
    table = {
        "code": "t",
        "title": "表",
        "columns": [
            {"code": "name", "label": "名称", "kind": "text"},
            {"code": "people", "label": "人数", "kind": "count", "unit": "人"},
            {"code": "each", "label": "标准", "kind": "number", "unit": "元/人"},
            {"code": "cost", "label": "费用", "formula": "人数 × 标准", "total": True},
        ],
        "total_label": "合计",
    }
    rows = [{"name": "甲", "people": "2", "each": "30"}, {"name": "乙", "people": "5", "each": "10"}]
    assert figures(compiled(tables=[table]), tables={"t": rows}).totals("t") == {"cost": 110}


def test_a_derived_table_has_fixed_rows() -> None:
    table = {
        "code": "t",
        "title": "对比表",
        "source": "derived",
        "columns": [
            {"code": "item", "label": "项目", "kind": "text"},
            {"code": "actual", "label": "实际", "total": True},
            {"code": "budget", "label": "预算", "total": True},
            {"code": "saved", "label": "节约", "formula": "预算 − 实际", "total": True},
        ],
        "rows": [
            {"code": "r-a", "label": "支出", "cells": {"actual": "实际支出", "budget": "预算数"}},
            {"code": "r-b", "label": "追加", "cells": {"actual": "追加预算", "saved": "0"}},
        ],
        "total_label": "合计",
    }
    found = figures(compiled(tables=[table]), spent="80", budget="100", added="5")
    assert found.rows("t") == (
        {"id": "r-a", "item": "支出", "actual": D(80), "budget": D(100), "saved": D(20)},
        {"id": "r-b", "item": "追加", "actual": D(5), "budget": MISSING, "saved": D(0)},
    )
    assert found.totals("t") == {"actual": 85, "budget": 100, "saved": 15}


BUDGET_TABLE = {
    "code": "t",
    "title": "支出明细表",
    "source": "budget",
    "columns": [
        {"code": "name", "label": "科目", "kind": "text"},
        {"code": "all", "label": "支出", "amount": "executed", "total": True},
        {"code": "wages", "label": "工资", "amount": "executed", "economic": ["301"], "total": True},
        {"code": "final", "label": "预算", "amount": "final"},
        {"code": "rest", "label": "其他", "formula": "支出 − 工资", "total": True},
        {"code": "share", "label": "工资占比", "kind": "percent", "formula": "工资 ÷ 支出 × 100"},
    ],
    "total_label": "合计",
}
LINES = (
    ("2012901", "30101", "720", "基本支出", "600", "100"),
    ("2012901", "30201", "180"),
    ("2012999", "30201", "100"),
    ("20805", "30108", "50"),
)


def test_a_budget_table_is_a_tree_of_functional_classes() -> None:
    found = figures(compiled(tables=[BUDGET_TABLE]), lines=LINES)
    rows = found.budget_rows("t")
    assert [(row.level, row.code, row.cells["all"]) for row in rows] == [
        ("类", "201", 1000),
        ("款", "20129", 1000),
        ("项", "2012901", 900),
        ("项", "2012999", 100),
        ("类", "208", 50),
        ("款", "20805", 50),
    ]
    assert rows[2].cells == {"all": 900, "wages": 720, "final": 700, "rest": 180, "share": 80}
    assert rows[3].cells["wages"] is MISSING
    assert rows[3].cells["rest"] == 100  # no wages: all of it is something else
    assert rows[4].cells["rest"] is MISSING
    assert found.totals("t") == {"all": 1050, "wages": 770, "rest": 280}


def test_a_figure_whose_code_begins_like_a_budget_table_is_computed() -> None:
    fields = [{"code": "twice", "label": "两倍", "formula": "合计(预算明细.执行数) × 2"}]
    assert figures(compiled(fields=fields, tables=[BUDGET_TABLE]), lines=LINES).values["twice"] == 2100


def test_figures_of_the_same_label_are_two_operands() -> None:
    fields = [
        {"code": "a", "label": "金额"},
        {"code": "b", "label": "金额"},
        {"code": "c", "label": "两数", "formula": "a + b"},
    ]
    found = figures(compiled(fields=fields), a="1", b="2").explain("c")
    assert [(location, value) for _, location, value, _ in found] == [("s.a", 1), ("s.b", 2)]


def test_a_figure_can_be_explained() -> None:
    target = compiled(
        fields=[
            {"code": "a", "label": "甲"},
            {"code": "b", "label": "乙", "kind": "count", "unit": "人"},
            {"code": "p", "label": "占比", "kind": "percent"},
            {
                "code": "r",
                "label": "人均",
                "kind": "number",
                "unit": "元/人",
                "formula": "合计(项目表.支付) ÷ 乙",
            },
        ],
        tables=[PROJECTS],
    )
    found = figures(target, a="1", tables={"projects": ROWS})
    assert found.explain("r") == (
        ("合计(项目表.支付)", "s.projects", D(96), "元"),
        ("乙", "s.b", MISSING, "人"),
    )
    assert found.explain("a") == (("甲", "s.a", D(1), "元"),)
    assert found.explain("p") == (("占比", "s.p", MISSING, "%"),)


def test_facts_the_template_does_not_know_are_harmless() -> None:
    strange = Facts(2024, {"ghost": D(1)}, previous={"ghost": D(2)})
    assert "ghost" not in compiled().compute(strange).values
