"""Plain data → template: every fault at its place, and back without loss."""

import copy
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.engine.kinds import Deviation, Judged
from indicators.engine.reading import canonical_json, dump, read_template, stated, template_hash
from indicators.engine.template import TemplateFaults

from .samples import PROJECTS, changed, deviation, template_data

DATA = template_data(
    tables=[PROJECTS],
    indicators=[
        {"code": "A", "name": "甲", "weight": "5", "rule": deviation("over", "100", "5", "2", "ceil")},
        {
            "code": "B",
            "name": "乙",
            "weight": 5,
            "rule": {"kind": "judged", "levels": [{"text": "好", "points": 5}]},
        },
        {
            "code": "C",
            "name": "产出",
            "weight": 90,
            "open": {
                "seconds": ["数量指标"],
                "rule": {"kind": "target", "explain_over": 130, "levels": [{"text": "达成", "low": 80}]},
            },
        },
    ],
    project_template="project-2020",
    cover=[{"label": "单位", "text": "{单位名称}"}],
    forms=[
        {
            "code": "f",
            "title": "自评表",
            "columns": 4,
            "parts": [
                {"kind": "rows", "rows": [[{"text": "单位", "label": True}, {"of": "staff", "span": 3}]]},
                {"kind": "table", "code": "projects", "spans": [1, 1, 1, 1]},
            ],
        }
    ],
    checks=[
        {
            "code": "表内-01",
            "title": "核对",
            "layer": "表内",
            "severity": "explain",
            "left": "实际支出",
            "op": "≤",
            "right": "预算数",
            "missing_left": "skip",
            "missing_right": "zero",
            "fix_at": ["spent"],
            "part_unit": "0.01",
            "parts": 4,
        }
    ],
    examples=[{"name": "例", "figures": {"staff": 11}, "points": {"A": "2.5"}, "total": "2.50"}],
)


def faults(data: Any) -> dict[str, str]:
    with pytest.raises(TemplateFaults) as refused:
        read_template(data)
    return {fault.place: fault.message for fault in refused.value.faults}


def test_data_become_a_spec_with_exact_numbers() -> None:
    spec = read_template(DATA)
    first, second, _ = spec.indicators
    assert first.rule == Deviation("指标值", Decimal(100), "over", Decimal(5), Decimal(2), "ceil")
    assert isinstance(second.rule, Judged)
    assert spec.checks[0].part_unit == Decimal("0.01")
    assert spec.examples[0].figures == {"staff": "11"}
    assert spec.total == 100


def test_dumping_is_the_inverse_of_reading() -> None:
    spec = read_template(DATA)
    assert read_template(dump(spec)) == spec
    assert template_hash(read_template(dump(spec))) == template_hash(spec)


def test_defaults_are_left_out_and_kinds_kept() -> None:
    written = dump(read_template(DATA))
    assert "score_places" not in written
    assert written["indicators"][0]["rule"]["kind"] == "deviation"
    assert written["indicators"][0]["weight"] == "5"
    assert "floor" not in written["indicators"][0]["rule"]
    assert written["indicators"][2]["open"]["rule"] == {
        "kind": "target",
        "explain_over": "130",
        "levels": [{"text": "达成", "low": "80"}],
    }
    rows = {"kind": "rows", "rows": [[{"text": "单位", "label": True}, {"of": "staff", "span": 3}]]}
    assert written["forms"][0]["parts"][0] == rows


def test_the_hash_depends_on_content_and_not_on_spelling() -> None:
    spelled, renamed = changed(DATA, ("indicators.0.weight", "5.00")), changed(DATA, ("title", "别的"))
    assert template_hash(read_template(spelled)) == template_hash(read_template(DATA))
    assert template_hash(read_template(renamed)) != template_hash(read_template(DATA))
    reordered = dict(reversed(DATA.items()))
    assert canonical_json(dump(read_template(reordered))) == canonical_json(dump(read_template(DATA)))


def test_what_is_hashed_is_one_text_whatever_the_order_of_keys() -> None:
    """The form of this text must never change: published templates are frozen under its sha-256."""
    text = '{"code":"保靖","total":"100","years":[2017,2018]}'
    assert canonical_json({"years": [2017, 2018], "total": "100", "code": "保靖"}) == text


def test_a_piece_states_its_rule_first_and_no_defaults() -> None:
    spec = read_template(DATA)
    rule, check = spec.indicators[2].open.rule, spec.checks[0]
    assert [key for key, _ in stated(rule)] == ["kind", "explain_over", "levels"]
    assert dict(stated(rule))["explain_over"] == 130
    assert [key for key, _ in stated(check)][:3] == ["code", "title", "layer"]
    assert "tolerance" not in dict(stated(check))
    # The kind of a field names no rule, and money is what a field is when nothing is said.
    assert [key for key, _ in stated(spec.fields[0])] == ["code", "label", "kind", "unit"]
    assert [key for key, _ in stated(spec.fields[3])] == ["code", "label"]


@pytest.mark.parametrize(
    ("path", "value", "place", "words"),
    [
        ("fields.0.labell", "x", "fields[0].labell", "没有“labell”这一项，是否指“label”"),
        ("fields.0.kind", "moneyy", "fields[0].kind", "不在可选的值内"),
        ("fields.0.required", "yes", "fields[0].required", "true 或 false"),
        ("fields.0.places", "2", "fields[0].places", "应是整数"),
        ("fields.0.places", True, "fields[0].places", "应是整数"),
        ("fields.0.label", True, "fields[0].label", "请加引号"),
        ("fields.0.label", None, "fields[0].label", "请加引号"),
        ("fields.0.aliases", "别名", "fields[0].aliases", "应是列表"),
        ("fields.0", "staff", "fields[0]", "一组键值"),
        ("fields", {}, "fields", "应是列表"),
        ("years.0", "2024年", "years[0]", "应是整数"),
        ("indicators.0.weight", 0.5, "indicators[0].weight", "'0.5'"),
        ("indicators.0.rule.limit", "1e5", "indicators[0].rule.limit", "应是数字"),
        ("indicators.0.rule.limit", "NaN", "indicators[0].rule.limit", "应是数字"),
        ("indicators.0.rule.limit", True, "indicators[0].rule.limit", "应是数字"),
        ("indicators.0.rule.kind", "tiers", "indicators[0].rule.kind", "deviation、bands"),
        ("indicators.0.rule", [], "indicators[0].rule", "一组键值"),
        ("indicators.1.rule.levels.0.points", [], "indicators[1].rule.levels[0].points", "应是数字"),
        ("outline.0.blocks.0.kind", "grid", "outline[0].blocks[0].kind", "不在可选的值内"),
        ("checks.0.missing_left", "ignore", "checks[0].missing_left", "不在可选的值内"),
        ("examples.0.points.A", 2.5, "examples[0].points.A", "浮点数"),
        ("examples.0.figures.staff", 1.5, "examples[0].figures.staff", "浮点数"),
        ("fields.2.money_unit", "百元", "fields[2].money_unit", "“千元”"),
        ("tables.0.source", "project", "tables[0].source", "“projects”"),
        ("indicators.2.open.rule.kind", "judged", "indicators[2].open.rule.kind", "“target”"),
        ("indicators.2.open.seconds", "数量指标", "indicators[2].open.seconds", "应是列表"),
        ("indicators.2.open.max_rows", "20", "indicators[2].open.max_rows", "应是整数"),
        ("cover.0", "单位", "cover[0]", "一组键值"),
        ("outline.0.embeded", True, "outline[0].embeded", "没有“embeded”这一项，是否指“embedded”"),
        ("outline.0.numbering", "1。", "outline[0].numbering", "“1．”"),
    ],
)
def test_a_fault_is_named_at_its_place(path: str, value: Any, place: str, words: str) -> None:
    found = faults(changed(DATA, (path, value)))
    assert list(found) == [place]
    assert words in found[place]


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ({"a": 1}, "一组键值"),
        (["a"], "一个列表"),
        (None, "“None”"),
        (True, "“True”"),
        ("十" * 30, f"“{'十' * 30}”"),
        ("十" * 31, f"“{'十' * 30}…”"),
    ],
)
def test_what_stands_there_instead_is_quoted(value: Any, named: str) -> None:
    assert faults(changed(DATA, ("years.0", value))) == {"years[0]": f"这里应是整数，而不是{named}"}


def test_missing_keys_are_named() -> None:
    without_rule = copy.deepcopy(DATA)
    del without_rule["indicators"][0]["rule"]["partial"]
    del without_rule["title"]
    assert faults(without_rule) == {
        "title": "缺少这一项",
        "indicators[0].rule.partial": "缺少这一项",
    }


def test_all_faults_are_found_at_once() -> None:
    data = changed(DATA, ("fields.0.kind", "x"))
    data["years"] = ["x", 2024, "y"]
    data["surprise"] = 1
    assert set(faults(data)) == {"surprise", "years[0]", "years[2]", "fields[0].kind"}


def test_numbers_and_dates_are_taken_as_text_where_text_is_wanted() -> None:
    data = changed(DATA, ("region", 433125))
    data["examples"][0]["figures"] = {"staff": Decimal("11.50"), "closed": date(2024, 7, 1)}
    spec = read_template(data)
    assert spec.region == "433125"
    assert spec.examples[0].figures == {"staff": "11.50", "closed": "2024-07-01"}


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
PATHS = ["fields", "fields.0", "fields.0.kind", "outline.0", "indicators.0.rule", "indicators.1.rule.levels",
         "checks.0", "examples.0.figures", "years", "total", "cover", "cover.0", "forms", "forms.0.parts.0",
         "forms.0.parts.0.rows", "forms.0.parts.0.rows.0", "forms.0.parts.0.rows.0.0",
         "forms.0.parts.1.spans", "indicators.2.open", "indicators.2.open.rule", "outline.0.blocks",
         "project_template"]  # fmt: skip


@given(st.sampled_from(PATHS), json_like)
def test_any_data_are_read_or_refused(path: str, value: Any) -> None:
    try:
        spec = read_template(changed(DATA, (path, value)))
    except TemplateFaults as refused:
        assert refused.faults
    else:
        assert read_template(dump(spec)) == spec


def test_what_is_nested_too_deep_is_refused() -> None:
    data = copy.deepcopy(DATA)
    node = data["outline"][0]
    for number in range(200):
        node["children"] = [{"code": f"s{number}", "heading": "深"}]
        node = node["children"][0]
    assert any("过深" in message for message in faults(data).values())


def test_a_small_decimal_is_read_whatever_python_calls_it() -> None:
    tiny = Decimal("0.000000001")
    assert str(tiny) == "1E-9"
    assert read_template(changed(DATA, ("checks.0.part_unit", tiny))).checks[0].part_unit == tiny
