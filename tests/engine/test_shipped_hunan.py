"""hunan-2023, the form that Hunan's departments file, and the national project form: scoring and checks."""

from __future__ import annotations

import dataclasses
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from indicators.engine.checks import Finding, check
from indicators.engine.examples import facts_of_example
from indicators.engine.facts import Facts, Project
from indicators.engine.reading import dump, read_template
from indicators.engine.scoring import ScoreLine, ScoreSheet, score
from indicators.engine.template import CompiledTemplate, compile_template
from indicators.engine.values import MISSING, Value, parse
from indicators.loading import LIBRARY, load_yaml

D = Decimal


@cache
def compiled(**changes: Any) -> CompiledTemplate:
    """The shipped template, or what an administrator makes of it by changing some keys."""
    data = load_yaml(LIBRARY / "hunan-2023.yaml")
    return compile_template(read_template({**data, **changes}))


@cache
def report() -> Facts:
    """The first worked example, in which nothing contradicts anything, with its two projects evaluated."""
    facts, faults = facts_of_example(compiled(), compiled().spec.examples[0])
    assert faults == []
    projects = (
        Project("p1", "职工帮扶", D(1200000), D(100000), D(1250000), D(1300000), D(97), "优", "draft"),
        Project("p2", "技能竞赛", D(400000), D(-100000), D(250000), D(300000), D(92), "优", "draft"),
    )
    return dataclasses.replace(facts, projects=projects)


def typed(**figures: str) -> Facts:
    """The report with other figures, as a person types them (bare amounts in 元)."""
    fields = compiled().fields
    values = {code: parse(fields[code], text) for code, text in figures.items()}
    return dataclasses.replace(report(), figures={**report().figures, **values})


def row(group: str, number: int, **cells: Value) -> Facts:
    """The report with other cells in one row of the department's own indicators; `MISSING` empties a cell."""
    rows = list(report().tables[group])
    rows[number - 1] = {**rows[number - 1], **cells}
    return dataclasses.replace(report(), tables={**report().tables, group: tuple(rows)})


def sheet_of(facts: Facts, target: CompiledTemplate | None = None) -> ScoreSheet:
    target = target or compiled()
    return score(target, target.compute(facts))


def line(code: str, facts: Facts | None = None) -> ScoreLine:
    return next(one for one in sheet_of(facts or report()).lines if one.code == code)


def findings(facts: Facts) -> list[Finding]:
    figures = compiled().compute(facts)
    return list(check(compiled(), figures, score(compiled(), figures)))


def declared(facts: Facts) -> dict[str, Finding]:
    """Findings of the template's own checks, by code."""
    codes = {rule.code for rule in compiled().spec.checks}
    return {one.code: one for one in findings(facts) if one.code in codes}


# ── scores as the national forms give them ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("code", "working"),
    [
        ("ZX01", "484.25 ÷ 500.00 = 96.85%，按 96.85% × 10 分计，得 9.69 分"),
        ("CC[1]", "完成 480 ÷ 目标 500 = 96.00%，按 96.00% × 12 分计，得 11.52 分"),
        ("CC[3]", "96.2% ≥ 95%，得满分 10 分"),
        ("CC[5]", "目标 800 ÷ 完成 1000 = 80.00%，按 80.00% × 10 分计，得 8 分"),
        ("XY[2]", "评定为“达成年度指标”（8–10 分），由自评人评定，得 9 分"),
    ],
)
def test_met_missed_reverse_and_judged_targets_show_their_working(code, working):
    assert line(code).working == working


def test_far_above_the_target_asks_for_a_reason_and_takes_nothing_off():
    over = line("CC[2]")
    assert (over.score, over.weight) == (10, 10)
    assert over.ask
    assert "150.00%" in over.working
    silent = [one for one in findings(row("CC", 2, reason=MISSING)) if one.code == "计分-超目标未说明"]
    assert [one.severity for one in silent] == ["explain"]
    assert "150.00%" in silent[0].message
    assert not [one for one in findings(report()) if one.code == "计分-超目标未说明"]


def test_a_local_rule_may_take_points_off_far_above_the_target():
    data = dump(compiled().spec)
    for group in data["indicators"][1:]:
        group["open"]["rule"]["over_deduct"] = "2"
    local = compile_template(read_template(data))
    points = {one.code: one.score for one in sheet_of(report(), local).lines}
    assert points["CC[2]"] == 8
    assert points["CC[3]"] == 10


@pytest.mark.parametrize(
    ("rounding", "points", "total"), [("half_up", "9.69", "96.21"), ("down", "9.68", "96.20")]
)
def test_execution_of_96_85_percent_rounds_as_the_template_says(rounding, points, total):
    sheet = sheet_of(report(), compiled(rounding=rounding))
    assert sheet.lines[0].score == D(points)
    assert sheet.total_text == total


def test_execution_never_gives_more_than_its_points():
    assert line("ZX01", typed(final_budget="4,000,000")).score == 10


def test_without_a_budget_execution_is_not_computed():
    assert line("ZX01", typed(final_budget="0")).status == "无法计算"


# ── the cap by execution rate: off as shipped, on as the notes say ──────────────────────────────────────────


def capped() -> CompiledTemplate:
    """The template with the lines that its notes tell an administrator to add."""
    recipe = next(
        text for text in map(str.strip, compiled().spec.notes.splitlines()) if text.startswith("adjustments:")
    )
    return compile_template(read_template({**load_yaml(LIBRARY / "hunan-2023.yaml"), **load_yaml(recipe)}))


@pytest.mark.parametrize(
    ("rate", "cap"),
    [
        ("80", None),
        ("79.99", 89),
        ("70", 89),
        ("69.99", 79),
        ("60", 79),
        ("59.99", 69),
        ("50", 69),
        ("49.99", 59),
    ],
)
def test_the_total_is_capped_by_execution_only_where_the_county_says_so(rate, cap):
    facts = typed(total_spending=str(D(rate) * 50000))
    free = D("86.52") + (D(rate) / 10).quantize(D("0.01"), "ROUND_HALF_UP")
    assert sheet_of(facts).total == free
    assert sheet_of(facts).adjustments == ()
    assert sheet_of(facts, capped()).total == (cap or free)


# ── checks ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_consistent_report_has_no_contradiction():
    assert declared(report()) == {}


CONTRADICTIONS = [
    # what is typed; which check says so, how grave, and a figure of its message
    ({"income_nontax": "100,000"}, "F1", "must_fix", "10.00 万元"),
    ({"total_opening": "4,990,000"}, "F2", "must_fix", "1.00 万元"),
    ({"total_spending": "4,842,000"}, "F3", "must_fix", "0.05 万元"),
    ({"final_budget": "5,010,000"}, "F4", "must_fix", "1.00 万元"),
    ({"total_spending": "5,100,000"}, "F5", "explain", "10.00 万元"),
    ({"total_spending": "0"}, "F6", "explain", "0.00 万元"),
    ({"final_budget": "4,842,500", "total_opening": "4,842,500"}, "F7", "hint", "484.25 万元"),
    ({"total_prior": "4,800,000"}, "B1", "must_fix", "10.00 万元"),
    ({"special_prior": "1,100,000"}, "B2", "must_fix", "10.00 万元"),
    ({"upkeep_actual": "1,600,000"}, "B2-2", "must_fix", "10.00 万元"),
    ({"upkeep_budget": "1,700,000"}, "B2-3", "must_fix", "10.00 万元"),
    ({"public_prior": "3,300,000"}, "B4", "explain", "10.00 万元"),
    ({"reception_actual": "500,000"}, "B4-2", "hint", "6.35 万元"),
    ({"staff_in_post": "23"}, "B5", "explain", "3 人"),
    ({"staff_quota": "0"}, "B6", "explain", "0 人"),
    ({"reception_actual": "25,000"}, "B7", "explain", "0.50 万元"),
    ({"staff_quota": "24"}, "X4", "hint", "24 人"),
    ({"revenue": "4,800,000"}, "收支-01", "explain", "4.25 万元"),
    ({"carried_out": "0"}, "收支-02", "explain", "15.75 万元"),
    ({"total_spending": "3,900,000"}, "表间-01", "hint", "78.00%"),
    ({"reception_actual": "25,000"}, "表间-03", "explain", "0.10 万元"),
]


@pytest.mark.parametrize(
    ("figures", "code", "severity", "figure"), CONTRADICTIONS, ids=[one[1] for one in CONTRADICTIONS]
)
def test_each_contradiction_is_named_with_its_figures(figures, code, severity, figure):
    found = declared(typed(**figures))
    assert found[code].severity == severity
    assert figure in found[code].message


def test_money_is_no_quantity():
    found = declared(row("CC", 1, name="资金拨付到位"))
    assert found["I9"].severity == "hint"
    assert "资金拨付到位" in found["I9"].message


def test_weights_of_own_indicators_must_add_up():
    (found,) = [one for one in findings(row("CC", 1, weight=D(10))) if one.code.startswith("计分-分值")]
    assert found.severity == "must_fix"
    assert "50" in found.message and "48" in found.message and "2" in found.message


def test_projects_are_tied_to_the_basic_data():
    facts = dataclasses.replace(report(), projects=report().projects[:1])
    assert "25.00 万元" in declared(facts)["项目-01"].message


def test_last_years_figures_are_compared_with_last_years_report():
    previous = {
        "total_spending": D(4600000),
        "tp_actual": D(40000),
        "carried_out": D(100),
        "staff_in_post": D(20),
    }
    found = declared(dataclasses.replace(report(), previous=previous))
    assert {"X3", "X3-2", "年度间-01", "年度间-02"} <= found.keys()
    assert "10.00 万元" in found["X3"].message


def test_every_relation_of_the_forms_is_kept_or_told():
    """F1–F7, I1–I10, B1–B7, X1–X4: a check, or a line of the notes that says what keeps it."""
    codes = {rule.code for rule in compiled().spec.checks}
    told = compiled().spec.notes
    wanted = [
        f"{name}{number}"
        for name, last in (("F", 7), ("I", 10), ("B", 7), ("X", 4))
        for number in range(1, last + 1)
    ]
    assert [code for code in wanted if code not in codes and code not in told] == []


# ── the national project form ───────────────────────────────────────────────────────────────────────────────

WEIGHTS = {
    "project-2020": {"预算执行": 10, "产出指标": 50, "效益指标": 30, "满意度指标": 10},
    "project-2020-cost": {"预算执行": 10, "成本指标": 20, "产出指标": 40, "效益指标": 20, "满意度指标": 10},
}


@pytest.mark.parametrize("code", WEIGHTS)
def test_both_variants_of_the_project_form_have_their_weights(code):
    spec = read_template(load_yaml(LIBRARY / f"{code}.yaml"))
    assert {group.name: group.full_weight for group in spec.indicators} == WEIGHTS[code]
    assert (spec.kind, spec.region) == ("project", "000000")


@pytest.mark.parametrize("code", WEIGHTS)
def test_carry_over_is_part_of_the_fiscal_money(code):
    target = compile_template(read_template(load_yaml(LIBRARY / f"{code}.yaml")))
    facts, _ = facts_of_example(target, target.spec.examples[1])
    facts = dataclasses.replace(facts, figures={**facts.figures, "carry_final": D(400000)})
    figures = target.compute(facts)
    found = {one.code: one for one in check(target, figures, score(target, figures))}
    assert found["表内-02"].severity == "must_fix"
    assert "5.00 万元" in found["表内-02"].message


@pytest.mark.parametrize("code", WEIGHTS)
def test_what_remains_of_the_fiscal_money_is_open_until_the_carry_over_is_told(code):
    target = compile_template(read_template(load_yaml(LIBRARY / f"{code}.yaml")))
    facts, _ = facts_of_example(target, target.spec.examples[0])
    grant = target.compute(facts).values["grant_final"]
    for typed_carry, remaining in ((MISSING, None), (D(0), grant), (grant, D(0)), (grant + 1, D(0))):
        figures = {**facts.figures, "carry_final": typed_carry}
        found = target.compute(dataclasses.replace(facts, figures=figures)).values["current_final"]
        assert (found if isinstance(found, Decimal) else None) == remaining


@pytest.mark.parametrize(
    ("typed_in", "remaining"),
    [
        ("income_nontax", "income_other"),
        ("upkeep_budget", "special_budget"),
        ("upkeep_actual", "special_actual"),
    ],
)
def test_what_remains_of_a_sum_is_open_until_its_part_is_told(typed_in, remaining):
    figures = {**report().figures, typed_in: MISSING}
    found = compiled().compute(dataclasses.replace(report(), figures=figures)).values[remaining]
    assert found.missing == (typed_in,)
