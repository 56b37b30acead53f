"""Declared checks: when they speak, what they say, and what makes an explanation lapse."""

import json
from decimal import Decimal
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.engine.checks import HOLDS, Finding, check, outcomes
from indicators.engine.facts import Override

from .samples import PROJECTS, compiled, facts, scored

D = Decimal
FIELDS = [
    {"code": "staff", "label": "在职人数", "kind": "count", "unit": "人"},
    {"code": "quota", "label": "编制数", "kind": "count", "unit": "人"},
    {"code": "spent", "label": "实际支出"},
    {"code": "budget", "label": "预算数"},
    {"code": "rate", "label": "执行率", "kind": "percent"},
    {"code": "has", "label": "有项目", "kind": "yes_no"},
    {"code": "level", "label": "等次", "kind": "text"},
    {"code": "began", "label": "开始日期", "kind": "date"},
    {"code": "ended", "label": "完成日期", "kind": "date"},
    {"code": "ratio", "label": "支出率", "kind": "percent", "formula": "实际支出 ÷ 预算数 × 100"},
]


def rule(left: str, op: str, right: str, **more: Any) -> dict[str, Any]:
    return {
        "code": "表内-01",
        "title": "审核",
        "layer": "表内",
        "severity": "explain",
        "left": left,
        "op": op,
        "right": right,
        "missing_left": "skip",
        "missing_right": "skip",
        "fix_at": ["staff"],
        **more,
    }


MONEY = {"fix_at": ["spent"]}


def target(*rules: dict[str, Any], code: str = "sample-2024") -> Any:
    return _target(json.dumps([code, *rules]))


@lru_cache
def _target(key: str) -> Any:
    code, *rules = json.loads(key)
    return compiled(fields=FIELDS, tables=[PROJECTS], checks=rules, code=code)


def findings(*rules: dict[str, Any], **given: Any) -> list[Finding]:
    """Findings of these rules alone, without the built-in ones."""
    checked = target(*rules)
    sheet = scored(checked, **given)
    codes = {one["code"] for one in rules}
    found = check(checked, checked.compute(facts(checked, **given)), sheet)
    return [finding for finding in found if finding.code in codes]


def test_a_finding_names_both_figures_the_difference_and_the_boxes() -> None:
    (found,) = findings(
        rule("在职人数", "≤", "编制数", unit="人", fix_at=["staff", "quota"], hint="请核对。"),
        staff="124",
        quota="120",
    )
    assert found.message == "在职人数 124 人大于编制数 120 人，相差 4 人。"
    assert found.difference == "4 人"
    assert found.fix_at == ("s.staff", "s.quota")
    assert [(one.label, one.location, one.value, one.unit) for one in found.operands] == [
        ("在职人数", "s.staff", "124", "人"),
        ("编制数", "s.quota", "120", "人"),
    ]
    assert found.hint == "请核对。"


def test_the_message_of_the_template_is_filled_in() -> None:
    (found,) = findings(
        rule(
            "实际支出",
            "≤",
            "预算数",
            message="{year}年支出 {left} 大于预算 {right}，超 {difference}。",
            **MONEY,
        ),
        spent="1,500.5",
        budget="1000",
    )
    assert found.message == "2024年支出 1,500.50 元 大于预算 1,000.00 元，超 500.50 元。"


def test_every_figure_of_both_sides_is_an_operand() -> None:
    (found,) = findings(rule("合计(项目表.支付) − 预算数", "=", "实际支出", **MONEY), **{
        "tables": {"projects": [{"name": "甲", "paid": "5"}]}, "budget": "1", "spent": "9",
    })  # fmt: skip
    assert [(one.label, one.location, one.value) for one in found.operands] == [
        ("合计(项目表.支付)", "s.projects", "5.00"),
        ("预算数", "s.budget", "1.00"),
        ("实际支出", "s.spent", "9.00"),
    ]


OPERATORS = ["=", "≠", "≤", "<", "≥", ">"]


@pytest.mark.parametrize(
    ("op", "below", "equal", "above"),
    [
        ("=", True, False, True),
        ("≠", False, True, False),
        ("≤", False, False, True),
        ("<", False, True, True),
        ("≥", True, False, False),
        (">", True, True, False),
    ],
)
def test_each_operator_below_at_and_above(op: str, below: bool, equal: bool, above: bool) -> None:
    speaks = [
        bool(findings(rule("实际支出", op, "预算数", **MONEY), spent=spent, budget="100"))
        for spent in ("99.99", "100", "100.01")
    ]
    assert speaks == [below, equal, above]


@pytest.mark.parametrize("op", OPERATORS)
@pytest.mark.parametrize("missing", ["left", "right", "both"])
@pytest.mark.parametrize("policy", ["skip", "zero", "fail"])
def test_missing_by_policy_and_operator(op: str, missing: str, policy: str) -> None:
    given = {"spent": "100", "budget": "100"}
    if missing != "right":
        del given["spent"]
    if missing != "left":
        del given["budget"]
    found = findings(
        rule("实际支出", op, "预算数", missing_left=policy, missing_right=policy, **MONEY), **given
    )
    if policy == "skip":
        assert found == []
    elif policy == "fail":
        assert len(found) == 1
        assert "没有填" in found[0].message
    else:
        left, right = (D(given.get(code, "0")) for code in ("spent", "budget"))
        assert bool(found) is not HOLDS[op](left - right, D(0))


def test_each_side_has_its_own_policy() -> None:
    one_sided = rule("实际支出", "=", "预算数", missing_left="skip", missing_right="zero", **MONEY)
    assert findings(one_sided, budget="5") == []
    assert findings(one_sided, spent="0") == []
    assert len(findings(one_sided, spent="5")) == 1


def test_what_does_not_apply_is_not_compared() -> None:
    strict = rule("实际支出", "=", "预算数", missing_left="fail", missing_right="fail", **MONEY)
    assert findings(strict, spent="不适用", budget="5") == []


@pytest.mark.parametrize(("spent", "speaks"), [("0", False), ("5", True)])
def test_a_division_by_zero_is_silent_only_for_zero_over_zero(spent: str, speaks: bool) -> None:
    found = findings(rule("支出率", "≤", "100", unit="%", **MONEY), spent=spent, budget="0")
    assert bool(found) is speaks
    if speaks:
        assert found[0].message == "支出率无法计算（除数为 0），不能审核。"


@pytest.mark.parametrize(
    ("spent", "speaks"),
    [("99.97", True), ("99.98", False), ("100", False), ("100.02", False), ("100.03", True)],
)
def test_the_tolerance_of_a_sum_is_half_a_unit_per_part(spent: str, speaks: bool) -> None:
    """Four parts, each rounded to 0.01: the sum may be off by 4 × 0.005 = 0.02."""
    tolerant = rule("实际支出", "=", "预算数", parts=4, part_unit="0.01", **MONEY)
    found = findings(tolerant, spent=spent, budget="100")
    assert bool(found) is speaks
    assert all(finding.tolerance == "0.02 元" for finding in found)


@pytest.mark.parametrize(
    ("op", "spent", "speaks"),
    [
        ("=", "101", False),
        ("=", "101.01", True),
        ("≤", "101", False),
        ("≤", "101.01", True),
        ("<", "100.99", False),
        ("<", "101", True),
        ("≥", "99", False),
        ("≥", "98.99", True),
        (">", "99.01", False),
        (">", "99", True),
        ("≠", "101", True),
        ("≠", "101.01", False),
    ],
)
def test_a_tolerance_just_under_at_and_over(op: str, spent: str, speaks: bool) -> None:
    tolerant = rule("实际支出", op, "预算数", tolerance="1", **MONEY)
    assert bool(findings(tolerant, spent=spent, budget="100")) is speaks


@pytest.mark.parametrize(
    ("rate", "speaks"),
    [("84.62", False), ("84.615", False), ("84.61", True), ("84.6149", True), ("84.625", True)],
)
def test_rates_are_compared_as_printed(rate: str, speaks: bool) -> None:
    printed = rule("执行率", "=", "支出率", unit="%", places=2, **MONEY)
    assert bool(findings(printed, rate=rate, spent="11", budget="13")) is speaks


def test_rates_differ_by_percentage_points() -> None:
    (found,) = findings(rule("支出率", "≤", "100", unit="%", **MONEY), spent="371.61", budget="100")
    assert found.message == "支出率 371.61%大于100.00%，相差 271.61 个百分点。"


def test_both_or_neither() -> None:
    pair = rule("实际支出", "同填", "预算数", **MONEY)
    assert findings(pair) == []
    assert findings(pair, spent="0", budget="1") == []
    (found,) = findings(pair, spent="0")
    assert found.message == "填了实际支出，没有填预算数，两项要填就都填。"


def test_not_both() -> None:
    pair = rule("实际支出", "不同填", "等次", **MONEY)
    assert findings(pair, spent="5") == []
    assert findings(pair) == []
    (found,) = findings(pair, spent="5", level="一等")
    assert found.message == "实际支出和等次只能填一项，现在都填了。"


def test_dates_texts_and_truths_are_compared_too() -> None:
    dates = rule("开始日期", "≤", "完成日期", fix_at=["began"])
    (late,) = findings(dates, began="2024-03-02", ended="2024-02-28")
    assert late.message == "开始日期 2024年3月2日晚于完成日期 2024年2月28日，相差 3 天。"
    assert findings(dates, began="2024-03-02", ended="2024-03-02") == []
    (text,) = findings(rule("等次", "=", "“一等”", fix_at=["level"]), level="二等")
    assert "“二等”" in text.message
    assert len(findings(rule("有项目", "≠", "是", fix_at=["has"]), has="是")) == 1


def test_a_condition_switches_a_check_off() -> None:
    conditional = rule("实际支出", "=", "预算数", when="有项目", **MONEY)
    assert len(findings(conditional, spent="1", budget="2", has="是")) == 1
    assert findings(conditional, spent="1", budget="2", has="否") == []
    assert findings(conditional, spent="1", budget="2") == []


def test_how_a_check_ends() -> None:
    """What the rehearsal of a check in the workshop tells: 通过, 不通过, 不适用, 无法计算."""
    compared = rule("实际支出", "≤", "预算数", when="有项目", missing_right="fail", **MONEY)
    dated = rule("开始日期", "≤", "完成日期", code="表内-02", fix_at=["began"])
    worded = rule("等次", "=", "“一等”", code="表内-03", fix_at=["level"])
    paired = rule("实际支出", "同填", "预算数", code="表内-04", **MONEY)
    divided = rule("支出率", "≤", "100", code="表内-05", unit="%", **MONEY)
    checked = target(compared, dated, worded, paired, divided)

    def ends(code: str, **given: str) -> str:
        ((outcome, finding),) = outcomes(checked.compute(facts(checked, **given)), code)
        assert (finding is None) == (outcome in ("通过", "不适用"))
        return outcome

    assert ends("表内-01", has="是", spent="1", budget="1") == "通过"
    assert ends("表内-01", has="是", spent="2", budget="1") == "不通过"
    assert ends("表内-01", has="是", spent="2") == "不通过"
    assert ends("表内-01", has="否", spent="2", budget="1") == "不适用"
    assert ends("表内-01", has="是", budget="1") == "不适用"
    assert ends("表内-02", began="2024-03-02", ended="2024-02-28") == "不通过"
    assert ends("表内-02", began="2024-02-02", ended="2024-02-28") == "通过"
    assert (ends("表内-03", level="一等"), ends("表内-03", level="二等")) == ("通过", "不通过")
    assert (ends("表内-04", spent="1", budget="1"), ends("表内-04", spent="1")) == ("通过", "不通过")
    assert (ends("表内-05", spent="1", budget="0"), ends("表内-05", spent="0", budget="0")) == (
        "无法计算",
        "不适用",
    )


def test_a_check_for_every_row_names_the_row() -> None:
    each = rule("支付", "≤", "计划", each="projects", fix_at=["paid"], mention=["budget"])
    rows = [
        {"name": "甲", "planned": "10", "paid": "9"},
        {"name": "乙", "planned": "10", "paid": "12"},
        {"planned": "1", "paid": "2"},
    ]
    second, third = findings(each, tables={"projects": rows})
    assert second.message == "“乙”：支付 12.00 元大于计划 10.00 元，相差 2.00 元。"
    assert second.fix_at == ("s.projects[r2].paid",)
    assert second.mention == ("s.budget",)
    assert [one.location for one in second.operands] == ["s.projects[r2].paid", "s.projects[r2].planned"]
    assert third.message.startswith("第 3 行：")
    assert second.fingerprint != third.fingerprint


def test_a_check_for_every_row_may_point_at_the_row() -> None:
    each = rule("支付", "≤", "计划", each="projects", fix_at=["projects"])
    (found,) = findings(each, tables={"projects": [{"name": "甲", "planned": "1", "paid": "2"}]})
    assert found.fix_at == ("s.projects[r1]",)


def test_a_printed_override_with_its_reason_turns_must_fix_into_explain() -> None:
    strict = rule("实际支出", "=", "预算数", severity="must_fix", fix_at=["spent", "projects"])
    given = {"spent": "1", "budget": "2"}
    assert findings(strict, **given)[0].severity == "must_fix"
    for code in ("spent", "projects"):
        printed = {code: Override("3.00", "决算报表已定")}
        assert findings(strict, **given, overrides=printed)[0].severity == "explain"
    silent = {"spent": Override("3.00", " ")}
    assert findings(strict, **given, overrides=silent)[0].severity == "must_fix"
    for text in ("", "abc"):
        empty = {code: Override(text, "决算已定") for code in ("spent", "projects")}
        assert findings(strict, **given, overrides=empty)[0].severity == "must_fix"
    elsewhere = {"budget": Override("3.00", "决算报表已定")}
    assert findings(strict, **given, overrides=elsewhere)[0].severity == "must_fix"


def test_money_is_shown_in_the_templates_unit_unless_that_would_hide_the_difference() -> None:
    checked = compiled(fields=FIELDS, checks=[rule("实际支出", "=", "预算数", **MONEY)], unit="万元")

    def message(spent: str, budget: str) -> str:
        known = facts(checked, spent=spent, budget=budget)
        return check(checked, checked.compute(known), scored(checked))[-1].message

    assert message("3万元", "1万元") == "实际支出 3.00 万元不等于预算数 1.00 万元，相差 2.00 万元。"
    assert message("3万元", "29999元") == "实际支出 3.00 万元不等于预算数 29,999.00 元，相差 1.00 元。"


@pytest.mark.parametrize(
    ("spent", "budget", "message", "operands"),
    [
        ("", "", "实际支出 30.00 万元不等于预算数 2.00 万元，相差 28.00 万元。", ["30.00万元", "2.00万元"]),
        (
            "元",
            "元",
            "实际支出 300,000.00 元不等于预算数 20,000.00 元，相差 280,000.00 元。",
            ["300,000.00元", "20,000.00元"],
        ),
        (
            "元",
            "千元",
            "实际支出 30.00 万元不等于预算数 2.00 万元，相差 28.00 万元。",
            ["300,000.00元", "20.00千元"],
        ),
    ],
)
def test_money_is_shown_in_the_unit_of_its_figures_where_they_agree(
    spent: str, budget: str, message: str, operands: list[str]
) -> None:
    fields = [FIELDS[2] | {"money_unit": spent}, FIELDS[3] | {"money_unit": budget}]
    checked = compiled(fields=fields, checks=[rule("实际支出", "=", "预算数", **MONEY)], unit="万元")
    known = facts(checked, spent="30万元", budget="2万元")
    (found,) = check(checked, checked.compute(known), scored(checked))
    assert found.message == message
    assert [f"{one.value}{one.unit}" for one in found.operands] == operands


def test_findings_come_in_the_order_of_the_outline_and_of_the_layers() -> None:
    later = rule("预算数", "=", "1元", code="表内-02", fix_at=["budget"])
    yearly = rule("实际支出", "=", "1元", code="年度间-01", layer="年度间", fix_at=["spent"])
    earlier = rule("实际支出", "=", "1元", code="表内-03", fix_at=["spent"])
    found = findings(later, yearly, earlier, spent="5", budget="5")
    assert [finding.code for finding in found] == ["表内-03", "年度间-01", "表内-02"]


# ── fingerprints ────────────────────────────────────────────────────────────────────────────────────────────

COMPARED = rule("实际支出", "≤", "预算数", **MONEY)
amounts = st.decimals(min_value=0, max_value=1000, places=2)


def fingerprint(**given: Any) -> str:
    (found,) = findings(COMPARED, **given)
    return found.fingerprint


@given(amounts, amounts)
def test_an_explanation_lapses_when_and_only_when_an_operand_changes(one: Decimal, other: Decimal) -> None:
    first = fingerprint(spent=str(one + 1001), budget="1")
    second = fingerprint(spent=str(other + 1001), budget="1", staff="5", level="别的")
    assert (first == second) is (one == other)


def test_a_fingerprint_does_not_depend_on_spelling_but_on_template_and_rule() -> None:
    assert fingerprint(spent="1,000.00", budget="1") == fingerprint(spent="1000", budget="1.0")
    other_code = rule("实际支出", "≤", "预算数", code="表内-09", **MONEY)
    (renamed,) = findings(other_code, spent="1000", budget="1")
    assert renamed.fingerprint != fingerprint(spent="1000", budget="1")
    elsewhere = target(COMPARED, code="other-2024")
    known = facts(elsewhere, spent="1000", budget="1")
    found = check(elsewhere, elsewhere.compute(known), scored(elsewhere))
    assert found[-1].fingerprint != fingerprint(spent="1000", budget="1")


def test_the_json_is_what_scripts_rely_on() -> None:
    (found,) = findings(COMPARED, spent="1000", budget="1")
    assert found.as_json() == {
        "code": "表内-01",
        "severity": "explain",
        "layer": "表内",
        "title": "审核",
        "message": "实际支出 1,000.00 元大于预算数 1.00 元，相差 999.00 元。",
        "hint": "",
        "locations": ["s.spent"],
        "operands": [
            {"label": "实际支出", "location": "s.spent", "value": "1,000.00", "unit": "元"},
            {"label": "预算数", "location": "s.budget", "value": "1.00", "unit": "元"},
        ],
        "difference": "999.00 元",
        "fingerprint": found.fingerprint,
    }
