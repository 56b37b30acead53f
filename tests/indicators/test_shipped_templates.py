"""The templates that come with the program: whole, publishable, and saying what the bureau's paper says."""

from __future__ import annotations

import dataclasses
import re
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from indicators.engine.checks import Finding, check
from indicators.engine.examples import facts_of_example
from indicators.engine.facts import Facts, Line, Override
from indicators.engine.reading import dump, read_template, template_hash
from indicators.engine.scoring import ScoreSheet, score
from indicators.engine.spec import TemplateSpec
from indicators.engine.template import CompiledTemplate, compile_template
from indicators.engine.values import MISSING, Value, parse
from indicators.engine.verify import verify
from indicators.loading import LIBRARY, load_yaml, shipped


@cache
def spec_of(path: Path) -> TemplateSpec:
    return read_template(load_yaml(path))


@cache
def baojing() -> CompiledTemplate:
    return compile_template(spec_of(LIBRARY / "baojing-2017.yaml"))


# ── every template ──────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", shipped(), ids=lambda path: path.stem)
def test_a_shipped_template_may_be_published(path):
    assert [str(fault) for fault in verify(spec_of(path)) if fault.severity == "error"] == []


@pytest.mark.parametrize("path", shipped(), ids=lambda path: path.stem)
def test_a_shipped_template_has_worked_examples_with_every_line(path):
    """Points of every line, of own indicators too; derived figures where nothing is scored."""
    spec = spec_of(path)
    fixed = {leaf.code for leaf in spec.leaves() if leaf.rule}
    own = [leaf.code for leaf in spec.leaves() if leaf.open]
    assert len(spec.examples) >= 2
    for example in spec.examples:
        rows = {f"{code}[{n}]" for code in own for n, _ in enumerate(example.tables.get(code, ()), 1)}
        assert example.points.keys() == fixed | rows
        assert example.values or spec.scored
        assert all(example.tables.get(code) for code in own)


@pytest.mark.parametrize("path", shipped(), ids=lambda path: path.stem)
def test_stored_and_read_again_it_is_the_same_under_the_same_hash(path):
    spec = spec_of(path)
    again = read_template(dump(spec))
    assert again == spec
    assert template_hash(again) == template_hash(spec)


@pytest.mark.parametrize("path", shipped(), ids=lambda path: path.stem)
def test_every_narrative_says_what_to_write_and_every_page_has_a_name(path):
    spec = spec_of(path)
    texts = [block for section in spec.sections() for block in section.blocks if block.kind == "text"]
    assert [text.code for text in texts if not text.prompt] == []
    assert [step.code for step in spec.steps() if not step.short] == []


def test_projects_are_evaluated_on_a_shipped_template_for_projects():
    known = {spec.code: spec for spec in map(spec_of, shipped())}
    parents = [spec for spec in known.values() if spec.project_template]
    assert parents
    for spec in parents:
        projects = known[spec.project_template]
        assert projects.kind == "project"
        assert set(spec.years) <= set(projects.years)


# ── baojing-2017 ────────────────────────────────────────────────────────────────────────────────────────────


def test_its_weights_are_those_of_the_printed_table():
    first, second, third = baojing().spec.indicators
    assert [(group.name, group.full_weight) for group in (first, second, third)] == [
        ("投入", 13),
        ("过程", 61),
        ("产出及效率", 26),
    ]
    assert [group.full_weight for top in (first, second, third) for group in top.children] == [
        6, 7, 20, 41, 8, 6, 12,
    ]  # fmt: skip
    assert [leaf.weight for leaf in baojing().spec.leaves()] == [
        3, 3, 3, 4, 5, 5, 5, 5, 8, 8, 6, 8, 6, 5, 8, 3, 3, 6, 6,
    ]  # fmt: skip


def facts(number: int = 0) -> Facts:
    """What a worked example states."""
    stated, faults = facts_of_example(baojing(), baojing().spec.examples[number])
    assert not faults
    return stated


def typed(**figures: str | None) -> dict[str, Value]:
    """Figures as a person types them; None empties the box."""
    fields = baojing().fields
    return {code: MISSING if text is None else parse(fields[code], text) for code, text in figures.items()}


def changed(stated: Facts, **figures: str | None) -> Facts:
    return dataclasses.replace(stated, figures={**stated.figures, **typed(**figures)})


def scored(stated: Facts) -> ScoreSheet:
    return score(baojing(), baojing().compute(stated))


def findings(stated: Facts) -> dict[str, Finding]:
    """The findings of the template's own checks, by code."""
    figures = baojing().compute(stated)
    declared = {rule.code for rule in baojing().spec.checks}
    return {
        found.code: found
        for found in check(baojing(), figures, score(baojing(), figures))
        if found.code in declared
    }


def points(stated: Facts, code: str) -> Decimal | None:
    return next(line.score for line in scored(stated).lines if line.code == code)


def test_the_real_year_scores_as_printed():
    sheet = scored(facts())
    assert [line.score for line in sheet.lines] == [
        3, 3, 3, 4, 5, 4, 5, 5, 0, 8, 6, 8, 6, 5, 8, 3, 3, 6, 6,
    ]  # fmt: skip
    assert (sheet.total, sheet.grade, sheet.provisional) == (91, "优", False)


def test_every_line_shows_its_working():
    working = {line.code: line.working for line in scored(facts()).lines}
    assert working["BJ-I03"] == "11 ÷ 13 = 84.62% ≤ 100%，得满分 3 分"
    assert "-52.32%" in working["BJ-I04"]
    assert "449,646.20 ÷ 121,000.00 = 371.61%" in working["BJ-I09"]
    assert all(working.values())


def test_a_score_without_its_input_is_provisional_until_somebody_gives_a_reason():
    sheet = scored(changed(facts(), **{"BJ-I15-self": None, "BJ-I15-reason": None}))
    assert sheet.provisional
    assert sheet.missing == ("external_score",)


#: The boundaries of the standards, parts of a step not counted: indicator, figures, points.
BOUNDARIES = [
    *(("BJ-I03", {"staff_quota": "1000", "staff_in_post": n}, p) for n, p in (
        ("1000", "3"), ("1004", "3"), ("1010", "2.5"), ("1035", "1.5"), ("1060", "0"), ("1500", "0"),
    )),
    *(("BJ-I04", {"tp_reception_budget": n, "tp_vehicle_budget": "0", "tp_reception_budget_prior": "100000",
                  "tp_vehicle_budget_prior": "0"}, p) for n, p in (
        ("100000", "4"), ("100400", "4"), ("105500", "2"), ("110000", "0"), ("50000", "4"),
    )),
    *(("BJ-I05", {"opening_budget": "100000", "added_budget": "0", "carried_out": n}, p) for n, p in (
        ("0", "5"), ("1000", "5"), ("5000", "3"), ("6000", "3"), ("10000", "1"), ("12500", "1"),
        ("15000", "0"),
    )),
    *(("BJ-I06", {"opening_budget": "100000", "added_budget": n}, p) for n, p in (
        ("-5000", "5"), ("0", "5"), ("10000", "5"), ("10001", "4"), ("10300", "4"), ("30000", "4"),
        ("30001", "3"), ("60000", "3"), ("60001", "2"), ("100000", "2"), ("100001", "0"),
    )),
    *(("BJ-I07", {"has_building": "是", "building_area_approved": "1000", "building_area_actual": n}, p)
      for n, p in (("1000", "5"), ("1010", "5"), ("1050", "3"), ("1075", "3"), ("1125", "1"), ("1150", "0"))),
    *(("BJ-I08", {"has_building": "是", "building_invest_approved": "1000", "building_invest_actual": n}, p)
      for n, p in (("900", "5"), ("1050", "3"), ("1099.99", "3"), ("1100", "1"))),
    *(("BJ-I09", {"public_budget": n}, p) for n, p in (
        ("449646.20", "8"), ("447854.78", "8"), ("445194.26", "8"), ("445194.25", "7"), ("121000", "0"),
    )),
    *(("BJ-I10", {"tp_reception_budget": "100000", "tp_vehicle_budget": "0", "tp_vehicle_actual": "0",
                  "tp_reception_actual": n}, p) for n, p in (
        ("90000", "8"), ("100400", "8"), ("101000", "7"), ("107500", "1"), ("108000", "0"),
    )),
    *(("BJ-I11", {"has_procurement_budget": "是", "procurement_budget": "100000", "procurement_actual": n}, p)
      for n, p in (("100000", "6"), ("103000", "6"), ("92000", "4"), ("88000", "2"), ("84000", "0"),
                   ("115000", "0"))),
    *(("BJ-I15", {"external_score": n, "BJ-I15-self": None}, p) for n, p in (
        ("96.5", "7.72"), ("100", "8"), ("0", "0"),
    )),
    *(("BJ-I19", {"survey_score": n}, p) for n, p in (
        ("90", "6"), ("89.99", "4"), ("80", "4"), ("79.99", "2"), ("70", "2"), ("69.99", "0"),
    )),
    ("BJ-I01", {"BJ-I01-1": "否", "BJ-I01-2": "否", "BJ-I01-3": "否"}, "0"),
    ("BJ-I02", {f"BJ-I02-{n}": "否" for n in range(1, 5)}, "0"),
    ("BJ-I12", {f"BJ-I12-{n}": "否" for n in range(1, 5)}, "0"),
    ("BJ-I13", {f"BJ-I13-{n}": "否" for n in range(1, 6)}, "1"),
    ("BJ-I14", {"BJ-I14-5": "否"}, "4"),
    ("BJ-I18", {"BJ-I18-level": "无效果或者效果不明显"}, "0"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "figures", "expected"), BOUNDARIES)
def test_boundaries_of_the_standards(code, figures, expected):
    assert points(changed(facts(), **figures), code) == Decimal(expected)


#: No “三公经费” planned for this year, planned for last year, or spent.
NO_TRIPS = {
    f"tp_{item}_{what}": "0"
    for item in ("vehicle", "reception")
    for what in ("budget", "budget_prior", "actual")
}


@pytest.mark.parametrize(
    ("code", "figures"),
    [
        ("BJ-I04", NO_TRIPS),
        ("BJ-I10", NO_TRIPS),
        ("BJ-I07", {"has_building": "否"}),
        ("BJ-I11", {"has_procurement_budget": "否", "procurement_actual": "0"}),
    ],
)
def test_nothing_planned_and_nothing_spent_is_not_applicable_with_full_points(code, figures):
    line = next(line for line in scored(changed(facts(), **figures)).lines if line.code == code)
    assert (line.status, line.score) == ("不适用", line.weight)
    assert line.reason


def test_buying_without_a_budget_is_neither_full_points_nor_none():
    line = next(
        line for line in scored(changed(facts(), procurement_actual="5000")).lines if line.code == "BJ-I11"
    )
    assert (line.status, line.score) == ("缺数据", None)


def test_the_real_year_shows_its_contradictions():
    found = findings(facts())
    assert {code: one.severity for code, one in found.items()} == {
        "表内-01": "must_fix",
        "表内-02": "must_fix",
        "表间-04": "explain",
        "表间-05": "hint",
        "表间-13": "explain",
    }
    assert found["表内-01"].difference == "101,391.00 元"
    assert found["表内-02"].difference == "3.00 元"
    assert "371.61%" in found["表间-04"].message


def test_a_printed_override_with_its_reason_asks_for_an_explanation_instead():
    overrides = {
        "unclassified": Override("101,391.00", "账上没有分经济分类"),
        "T2": Override("449,646.20", "决算报表如此"),
    }
    found = findings(dataclasses.replace(facts(), overrides=overrides))
    assert (found["表内-01"].severity, found["表内-02"].severity) == ("explain", "explain")


def lines(*parts: tuple[str, str, str, str]) -> tuple[Line, ...]:
    """Budget lines as (economic, kind, opening, executed)."""

    def amount(text: str) -> Value:
        return parse(baojing().fields["carried_in"], text)

    return tuple(
        Line(str(number), "2012901", economic, kind, "", "", amount(opening), MISSING, amount(executed))
        for number, (economic, kind, opening, executed) in enumerate(parts)
    )


def rows(**amounts: str) -> dict[str, tuple[dict[str, Value | str], ...]]:
    column = baojing().columns["T2.amount"]
    return {
        "T2": tuple(
            {"id": str(n), "item": item, "amount": parse(column, text)}
            for n, (item, text) in enumerate(amounts.items())
        )
    }


#: Check → what makes it speak: figures typed, or parts of the facts replaced, on the second example.
TRIGGERS: dict[str, dict] = {
    "表内-01": {"lines": lines(("301", "基本支出", "", "100"), ("", "基本支出", "", "1"))},
    "表内-02": {"tables": rows(办公费="1")},
    "表内-03": {"carried_out": "0"},
    "表内-04": {"staff_in_post": "21", "staff_quota": "20"},
    "表内-05": {"staff_prior": "21", "staff_joined": "0", "staff_left": "1"},
    "表内-06": {"survey_returned": "101"},
    "表内-07": {"survey_valid": "97"},
    "表内-08": {"building_area_actual": None},
    "表内-09": {"fiscal_revenue": "1,000,000.00"},
    "表间-01": {"opening_budget": "1,000,000"},
    "表间-02": {"lines": lines(("301", "基本支出", "5", "2,340,000"))},
    "表间-03": {"lines": tuple(dataclasses.replace(line, adjustment=Decimal(5)) for line in facts(1).lines)},
    "表间-04": {"public_budget": "400,000"},
    "表间-05": {"lines": lines(("30201", "项目支出", "", "412,500"))},
    "表间-06": {"tp_reception_actual": "40,000"},
    "表间-07": {"tp_reception_actual": "29,000"},
    "表间-08": {"tables": rows(办公费="382,500", 公务用车运行维护费="30,000")},
    "表间-09": {"public_budget": "3,000,000"},
    "表间-10": {"has_procurement_budget": "否"},
    "表间-11": {"procurement_actual": "100,000.01"},
    "表间-12": {"finished_on": "2018-05-09"},
    "表间-13": {"survey_closed_on": "2017-12-31"},
    "表间-14": {"survey_closed_on": "2018-07-01"},
    "表间-15": {"arranged_on": "2017-12-31"},
    "表间-16": {"lines": lines(("301", "基本支出", "", "1,000,000"))},
    "年度间-01": {"previous": typed(carried_out="99,999.99")},
    "年度间-02": {"staff_prior": "20", "previous": typed(staff_in_post="19")},
    "年度间-03": {"previous": {"tp_budget": Decimal(60000)}},
    "年度间-04": {"previous": {"total_spending": Decimal(1000000)}},
}
#: Check → what satisfies it at its very limit.
AT_THE_LIMIT: dict[str, dict] = {
    "表内-04": {"staff_in_post": "20", "staff_quota": "20"},
    "表内-05": {"staff_prior": "21", "staff_joined": "1", "staff_left": "1"},
    "表内-06": {"survey_returned": "100"},
    "表内-07": {"survey_valid": "96"},
    "表间-04": {"public_budget": "412,500"},
    "表间-06": {"tp_reception_actual": "28,950"},
    "表间-11": {"procurement_actual": "100,000"},
    "表间-12": {"finished_on": "2018-05-10"},
    "表间-13": {"survey_closed_on": "2018-01-01"},
    "表间-14": {"survey_closed_on": "2018-06-30"},
    "表间-15": {"arranged_on": "2018-01-01"},
    "年度间-01": {"previous": typed(carried_out="100,000.00")},
    "年度间-02": {"staff_prior": "20", "previous": typed(staff_in_post="20")},
    "年度间-03": {"previous": {"tp_budget": Decimal(50000)}},
    "年度间-04": {"previous": {"total_spending": Decimal(1800000)}},
}


def with_(stated: Facts, changes: dict) -> Facts:
    parts = {key: value for key, value in changes.items() if key in ("lines", "tables", "previous")}
    figures = {key: value for key, value in changes.items() if key not in parts}
    return changed(dataclasses.replace(stated, **parts), **figures)


def test_every_check_has_a_trigger():
    assert TRIGGERS.keys() == {rule.code for rule in baojing().spec.checks}


@pytest.mark.parametrize("code", TRIGGERS)
def test_a_check_speaks_when_its_figures_contradict(code):
    finding = findings(with_(facts(1), TRIGGERS[code]))[code]
    assert re.search(r"\{\w+\}", finding.message + finding.hint) is None
    assert finding.fix_at
    assert all("." in place for place in finding.fix_at)


@pytest.mark.parametrize("code", AT_THE_LIMIT)
def test_a_check_is_silent_at_its_limit(code):
    assert code not in findings(with_(facts(1), AT_THE_LIMIT[code]))


def test_an_empty_report_contradicts_nothing():
    """未填 is neither 0 nor a contradiction; the built-in checks ask for what is required."""
    assert findings(Facts(2017)) == {}


def test_figures_of_another_year_leave_no_trace_of_this_one():
    """Nothing of 2017 is written into the template's texts but its name and the places of its documents."""
    spec = baojing().spec
    printed = [spec.report_title]
    for section in spec.sections():
        printed += [section.heading, *(block.text for block in section.blocks)]
        printed += [sentence.text for block in section.blocks for sentence in block.sentences]
    printed += [leaf.standard + leaf.description for leaf in spec.leaves()]
    assert [text for text in printed if re.search(r"20\d\d", text)] == []
