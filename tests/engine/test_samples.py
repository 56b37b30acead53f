"""Sample data: something plausible in every box of every shipped template, always the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from indicators.engine import samples
from indicators.engine.compiled import CompiledTemplate
from indicators.engine.examples import facts_of_example
from indicators.engine.open_groups import is_balanced
from indicators.engine.reading import read_template
from indicators.engine.samples import sample
from indicators.engine.scoring import score
from indicators.engine.template import compile_template
from indicators.engine.values import MISSING
from indicators.loading import LIBRARY, load_yaml, shipped

from .samples import compiled as of


def compiled(path: Path) -> CompiledTemplate:
    return compile_template(read_template(load_yaml(path)))


@pytest.mark.parametrize("path", shipped(), ids=lambda path: path.stem)
def test_every_box_is_filled_with_what_it_can_hold(path: Path) -> None:
    template = compiled(path)
    facts, faults = facts_of_example(template, sample(template))
    assert faults == []
    empty = {
        code
        for code, box in template.fields.items()
        if box.required and not box.formula and facts.figures.get(code, MISSING) is MISSING
    }
    assert empty == set()
    tables = {code for code, table in template.tables.items() if table.source == "input"}
    assert {code for code in tables if facts.tables.get(code)} == tables
    assert all(is_balanced(group, facts) for group in template.open_groups.values())
    assert not score(template, template.compute(facts)).provisional


def test_own_indicators_have_every_box_that_their_form_demands() -> None:
    template = compiled(LIBRARY / "chongqing-2021.yaml")
    (row,) = sample(template).tables["JX"]
    wanted = {column.code for column in template.tables["JX"].columns if column.required}
    assert wanted <= row.keys()
    assert (row["sign"], row["weight"]) == ("≥", "90")


def test_figures_are_within_their_bounds_and_less_is_spent_than_was_planned() -> None:
    fields = [
        {"code": "budget", "label": "预算数"},
        {"code": "spent", "label": "决算数", "basis": "执行数"},
        {"code": "staff", "label": "人数", "kind": "count", "basis": "执行数"},
        {"code": "few", "label": "少数", "kind": "number", "maximum": 3},
        {"code": "many", "label": "多数", "kind": "number", "minimum": 30},
        {"code": "number", "label": "文号", "kind": "text", "max_chars": 2},
    ]
    assert sample(of(fields=fields)).figures == {
        "budget": "1000000", "spent": "950000", "staff": "20", "few": "3", "many": "30", "number": "示例",
    }  # fmt: skip


def test_an_indicator_is_reached_and_nothing_is_said_against_it() -> None:
    """Nothing is 不适用, nobody overrules the rule or gives a reason, no case is counted."""
    items = [{"text": "制度健全"}]
    deduct = {"kind": "checklist", "mode": "deduct", "per_violation": 1, "items": items}
    levels = [{"text": "好", "low": 80, "high": 90}, {"text": "差", "low": 0, "high": 80}]
    indicators = [
        {"code": "A", "name": "清单", "weight": "10", "na": "full", "rule": deduct},
        {"code": "B", "name": "例数", "weight": "10", "rule": deduct | {"count": "cases"}},
        {"code": "C", "name": "等次", "weight": "20", "rule": {"kind": "judged", "levels": levels}},
        {"code": "D", "name": "目标", "weight": "60", "rule": {"kind": "target"}},
    ]
    assert sample(of(fields=[], indicators=indicators)).figures == {
        "A-1": "是", "B-1": "0", "C-level": "好", "C-points": "18", "D-target": "≥95%", "D-actual": "96%",
    }  # fmt: skip


def test_rows_are_those_that_the_template_names_or_two_without_empty_cells() -> None:
    columns = [
        {"code": "item", "label": "项目", "kind": "text"},
        {"code": "sort", "label": "类别", "kind": "choice"},
        {"code": "sum", "label": "金额"},
    ]
    table = {"code": "T", "title": "明细", "columns": columns}
    two, named = (sample(of(tables=[table | more])).tables["T"] for more in ({}, {"prefill": ["办公费"]}))
    assert two == ({"item": "示例一", "sum": "1000000"}, {"item": "示例二", "sum": "1000000"})
    assert named == ({"item": "办公费", "sum": "1000000"},)
    assert len(sample(of(tables=[table | {"max_rows": 1}])).tables["T"]) == 1


def test_the_weight_of_an_open_group_is_shared_out_to_the_last_point() -> None:
    group = {"seconds": ["数量指标", "质量指标", "时效指标"], "rule": {"kind": "target"}}
    indicators = [{"code": "G", "name": "产出", "weight": "100", "open": group}]
    rows = sample(of(fields=[], indicators=indicators)).tables["G"]
    assert [(row["second"], row["weight"]) for row in rows] == [
        ("数量指标", "33.33"),
        ("质量指标", "33.33"),
        ("时效指标", "33.34"),
    ]
    assert {(row["target"], row["actual"]) for row in rows} == {("≥95%", "96%")}
    few = [{"code": "G", "name": "产出", "weight": "100", "open": group | {"max_rows": 2}}]
    assert [row["weight"] for row in sample(of(fields=[], indicators=few)).tables["G"]] == ["50", "50"]


def test_budget_lines_are_there_where_they_are_asked_for() -> None:
    """More is planned than is spent; a project has none but its own."""
    lines = sample(of()).lines
    assert [line["kind"] for line in lines] == ["基本支出", "基本支出", "项目支出"]
    assert all(
        int(line["executed"]) < int(line["opening"]) + int(line.get("adjustment", 0)) for line in lines
    )
    outline = [
        {"code": "s", "heading": "数据", "step": True, "blocks": [{"kind": "inputs", "fields": ["a"]}]}
    ]
    fields = [{"code": "a", "label": "甲"}]
    assert sample(of(fields=fields, outline=outline)).lines == ()
    sums = [*fields, {"code": "b", "label": "乙", "formula": "合计(预算明细.执行数)"}]
    (line,) = sample(of(fields=sums, outline=outline, kind="project")).lines
    assert line["project"] == "示例项目"


def test_the_same_template_gives_the_same_sample_within_the_limits_of_its_boxes() -> None:
    template = compiled(shipped()[0])
    assert sample(template) == sample(template)
    assert samples.texts(template).keys() == template.texts.keys()
    assert all(len(text) <= template.texts[code].max_chars for code, text in samples.texts(template).items())
