"""From lines to total: what is missing, what does not apply, whose score counts, how the total comes."""

import json
from decimal import Decimal
from typing import Any

import pytest

from indicators.engine.facts import Facts
from indicators.engine.scoring import ScoreSheet, score

from .samples import compiled, deviation, facts, line_of, one_leaf, scored

D = Decimal
SPENDING = {"code": "rate", "label": "支出率", "kind": "percent", "formula": "实际支出 ÷ 预算数 × 100"}
FIELDS = [
    {"code": "spent", "label": "实际支出"},
    {"code": "budget", "label": "预算数"},
    {"code": "has", "label": "有项目", "kind": "yes_no"},
    SPENDING,
]
RULE = deviation("over", "100", "5", "2", "floor", measure="支出率")


def spending(**leaf: Any) -> Any:
    return one_leaf(RULE, "6", fields=FIELDS, leaf=leaf)


def test_missing_is_not_zero() -> None:
    line = line_of(spending(), budget="100")
    assert (line.status, line.computed, line.score) == ("缺数据", None, None)
    assert line.reason == "缺少实际支出"
    assert line.missing == ("spent",)
    assert line_of(spending(), spent="0", budget="100").computed == 6


def test_zero_over_zero_follows_the_template() -> None:
    nothing = {"spent": "0", "budget": "0"}
    full = line_of(spending(na="full"), **nothing)
    assert (full.status, full.computed) == ("不适用", 6)
    assert full.working == "不适用（0.00 ÷ 0.00，分子分母都是 0），按满分计 6 分"
    strict = line_of(spending(na="full", zero_over_zero="cannot"), **nothing)
    assert (strict.status, strict.computed) == ("无法计算", None)
    forbidden = line_of(spending(), **nothing)
    assert forbidden.status == "无法计算"
    assert "不允许不适用" in forbidden.reason


def test_something_over_zero_is_never_not_applicable() -> None:
    unbudgeted = {"spent": "5", "budget": "0"}
    cannot = line_of(spending(na="full"), **unbudgeted)
    assert (cannot.status, cannot.computed) == ("无法计算", None)
    assert cannot.reason == "5.00 ÷ 0.00，除数为 0，无法计算"
    zero = line_of(spending(na="full", over_zero="zero"), **unbudgeted)
    assert (zero.status, zero.computed) == ("已计分", 0)


@pytest.mark.parametrize(
    ("policy", "status", "points", "words"),
    [
        ("full", "不适用", 6, "不适用（没有采购），按满分计 6 分"),
        ("zero", "不适用", 0, "不适用（没有采购），记 0 分"),
        ("excluded", "不适用", None, "不适用（没有采购），不计入总分"),
        ("judged", "不适用", D("4.5"), "不适用（没有采购），由自评人评定，得 4.5 分"),
    ],
)
def test_not_applicable_by_policy(policy: str, status: str, points: Decimal | None, words: str) -> None:
    answers = {"A-na": True, "A-reason": "没有采购"}
    if policy == "judged":
        answers["A-points"] = D("4.5")
    line = line_of(spending(na=policy), answers=answers)
    assert (line.status, line.computed, line.working) == (status, points, words)
    assert line.reason == "没有采购"


def test_a_judged_not_applicable_needs_its_points() -> None:
    line = line_of(spending(na="judged"), answers={"A-na": True})
    assert (line.status, line.missing) == ("缺数据", ("A-points",))


def test_a_figure_that_does_not_apply_makes_the_indicator_so() -> None:
    line = line_of(spending(na="full"), spent="0", budget="不适用")
    assert (line.status, line.computed) == ("不适用", 6)
    assert line.working == "不适用（预算数不适用），按满分计 6 分"
    assert line_of(spending(), spent="0", budget="不适用").status == "无法计算"


def test_a_condition_makes_the_indicator_not_applicable_by_itself() -> None:
    leaf = spending(na="full", na_when="非 有项目")
    assert line_of(leaf, has="否").working == "不适用（有项目：否），按满分计 6 分"
    assert line_of(leaf, has="是", spent="110", budget="100").computed == 2
    for known in ({}, {"spent": "90", "budget": "100"}):  # nor do figures answer for it
        unanswered = line_of(leaf, **known)
        assert (unanswered.status, unanswered.computed, unanswered.missing) == ("缺数据", None, ("has",))


def test_a_self_score_stands_beside_the_computed_one() -> None:
    line = line_of(
        spending(), spent="110", budget="100", answers={"A-self": D(5), "A-reason": "追加预算未列入"}
    )
    assert (line.computed, line.self_score, line.score) == (2, 5, 5)
    assert line.working.endswith("得 2 分；自评分 5 分，理由：追加预算未列入")


def test_a_self_score_with_reason_settles_a_line_without_data() -> None:
    reason = "考核结果只有等次"
    line = line_of(spending(), answers={"A-self": D(6), "A-reason": reason})
    assert (line.status, line.computed, line.score, line.missing) == ("已计分", None, 6, ())
    assert line.working == f"缺少实际支出、预算数；自评分 6 分，理由：{reason}"


def test_a_self_score_without_reason_does_not_count() -> None:
    silent = line_of(spending(), answers={"A-self": D(6)})
    assert (silent.status, silent.self_score, silent.score) == ("缺数据", 6, None)
    lifted = line_of(spending(), spent="110", budget="100", answers={"A-self": D(6)})
    assert (lifted.status, lifted.computed, lifted.self_score, lifted.score) == ("已计分", 2, 6, 2)
    assert lifted.working.endswith("；自评分 6 分，未写理由，不计入得分")
    same = line_of(spending(), spent="110", budget="100", answers={"A-self": D(2)})
    assert "自评分" not in same.working


def test_a_review_wins_over_both_and_changes_neither() -> None:
    leaf = spending()
    given = leaf.compute(facts(leaf, spent="110", budget="100", answers={"A-self": D(5), "A-reason": "略"}))
    line = score(leaf, given, reviewed={"A": D(3)}).lines[0]
    assert (line.computed, line.self_score, line.reviewed, line.score) == (2, 5, 3, 3)
    assert line.working.endswith("；复核分 3 分")


def test_no_score_leaves_the_weight() -> None:
    assert line_of(spending(), answers={"A-self": D(9), "A-reason": "略"}).score == 6
    assert line_of(spending(), answers={"A-self": D(-1), "A-reason": "略"}).score == 0


def test_a_line_shows_the_figures_it_rests_on() -> None:
    line = line_of(spending(), spent="110", budget="100")
    assert line.inputs == (("实际支出", "s.spent", "110.00", "元"), ("预算数", "s.budget", "100.00", "元"))
    assert line.measured == "110.00%"


def test_a_rounded_measure_shows_what_was_rounded() -> None:
    rounds = one_leaf(RULE | {"measure": "四舍五入(支出率, 0)"}, "6", fields=FIELDS)
    assert line_of(rounds, spent="105.4", budget="100").working.startswith("105.40% = 105.00%，超过 100%")


def test_figures_are_shown_in_the_templates_unit() -> None:
    leaf = one_leaf(RULE, "6", fields=FIELDS, unit="万元")
    line = line_of(leaf, spent="110万元", budget="100万元")
    assert line.working.startswith("110.00 ÷ 100.00 = 110.00%")
    assert line.inputs[0] == ("实际支出", "s.spent", "110.00", "万元")


# ── totals ────────────────────────────────────────────────────────────

JUDGED = {"kind": "judged"}
GRADES = [
    {"name": "优", "minimum": 90},
    {"name": "良", "minimum": 80},
    {"name": "中", "minimum": 60},
    {"name": "差", "minimum": 0},
]


def leaf(code: str, weight: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "name": f"指标{code}", "weight": weight, "rule": JUDGED, **more}


def tree(**more: Any) -> Any:
    """投入 10 + 20, 过程 30 + 40."""
    indicators = [
        {"code": "G1", "name": "投入", "children": [leaf("A", "10"), leaf("B", "20")]},
        {"code": "G2", "name": "过程", "children": [leaf("C", "30"), leaf("D", "40", na="excluded")]},
    ]
    return compiled(indicators=more.pop("indicators", indicators), grades=GRADES, **more)


def chosen(**points: str) -> dict[str, Any]:
    """Answers: points by leaf; "na" for 不适用."""
    return {
        f"{code}-na" if text == "na" else f"{code}-points": True if text == "na" else D(text)
        for code, text in points.items()
    }


def test_parents_are_sums_of_their_leaves() -> None:
    sheet = scored(tree(), answers=chosen(A="9.5", B="18", C="30", D="33.25"))
    assert (sheet.groups["G1"].weight, sheet.groups["G1"].score) == (30, D("27.5"))
    assert (sheet.groups["G2"].weight, sheet.groups["G2"].score) == (70, D("63.25"))
    assert sheet.total == D("90.75")
    assert sheet.total_text == "90.75"
    assert sheet.grade == "优"


@pytest.mark.parametrize(
    ("total", "grade"),
    [
        ("100", "优"),
        ("90", "优"),
        ("89.99", "良"),
        ("80", "良"),
        ("79.99", "中"),
        ("60", "中"),
        ("59.99", "差"),
    ],
)
def test_grades_are_closed_below(total: str, grade: str) -> None:
    sheet = scored(tree(indicators=[leaf("A", "100")]), answers=chosen(A=total))
    assert (sheet.total_text, sheet.grade) == (f"{D(total):.2f}", grade)


def test_a_total_with_gaps_is_provisional_and_has_no_grade() -> None:
    sheet = scored(tree(), answers=chosen(A="10", B="20", C="30"))
    assert sheet.total == 60
    assert sheet.provisional
    assert sheet.grade == ""
    assert sheet.missing == ("D-points",)


RESCALE = {"kind": "rescale_na", "label": "不适用指标折算", "minimum_weight": 60}


def test_excluded_indicators_are_rescaled_in_a_line_of_their_own() -> None:
    sheet = scored(tree(adjustments=[RESCALE]), answers=chosen(A="10", B="10", C="30", D="na"))
    assert sheet.adjustments[0].label == "不适用指标折算"
    assert sheet.total is not None
    assert sum(line.score or 0 for line in sheet.lines) == 50
    assert sheet.total == D("83.33")
    assert sheet.adjustments[0].amount == D("33.33")
    assert sheet.adjustments[0].working == "适用的指标 60 分，50 × 100 ÷ 60 = 83.33"


def test_full_points_of_what_applies_rescale_to_the_whole() -> None:
    sheet = scored(tree(adjustments=[RESCALE]), answers=chosen(A="10", B="20", C="30", D="na"))
    assert sheet.total == 100


def test_too_little_that_applies_gives_no_total() -> None:
    sheet = scored(
        tree(adjustments=[RESCALE | {"minimum_weight": 75}]), answers=chosen(A="10", B="20", C="30", D="na")
    )
    assert sheet.total is None
    assert sheet.grade == ""
    assert "不足 75 分" in sheet.adjustments[0].working


def test_what_is_only_missing_yet_still_applies() -> None:
    """折算 leaves out what does not apply (D, 40), not what nobody has filled in (C, 30)."""
    sheet = scored(tree(adjustments=[RESCALE]), answers=chosen(A="10", B="20", D="na"))
    assert sheet.adjustments[0].working == "适用的指标 60 分，30 × 100 ÷ 60 = 50"
    assert sheet.provisional


def test_a_single_point_that_applies_is_rescaled_and_none_is_not() -> None:
    small = [leaf("A", "1"), leaf("B", "99", na="excluded")]
    rescale = RESCALE | {"minimum_weight": 0}
    sheet = scored(tree(indicators=small, adjustments=[rescale]), answers=chosen(A="0.5", B="na"))
    assert sheet.total == 50
    nothing = [leaf("A", "1", na="excluded"), leaf("B", "99", na="excluded")]
    sheet = scored(tree(indicators=nothing, adjustments=[rescale]), answers=chosen(A="na", B="na"))
    assert sheet.total is None


def test_nothing_is_rescaled_when_everything_applies() -> None:
    sheet = scored(tree(adjustments=[RESCALE]), answers=chosen(A="10", B="20", C="30", D="40"))
    assert sheet.adjustments == ()


CAP = {
    "kind": "cap",
    "label": "按执行率封顶",
    "measure": "执行率",
    "steps": [
        {"below": 50, "cap": 59},
        {"below": 60, "cap": 69},
        {"below": 70, "cap": 79},
        {"below": 80, "cap": 89},
    ],
}
RATE = [{"code": "rate", "label": "执行率", "kind": "percent"}]


@pytest.mark.parametrize(
    ("rate", "total"),
    [
        ("49.99", 59),
        ("50", 69),
        ("59.99", 69),
        ("60", 79),
        ("69.99", 79),
        ("70", 89),
        ("79.99", 89),
        ("80", 100),
        ("100", 100),
    ],
)
def test_a_low_execution_rate_caps_the_total(rate: str, total: int) -> None:
    capped = tree(adjustments=[CAP], fields=RATE)
    sheet = scored(capped, rate=rate, answers=chosen(A="10", B="20", C="30", D="40"))
    assert sheet.total == total
    assert [item.amount for item in sheet.adjustments] == ([total - 100] if total < 100 else [])


def test_a_cap_that_does_not_bite_is_shown_with_nothing_taken() -> None:
    sheet = scored(
        tree(adjustments=[CAP], fields=RATE), rate="68.4", answers=chosen(A="10", B="20", C="30", D="0")
    )
    assert sheet.total == 60
    assert [(item.amount, item.working) for item in sheet.adjustments] == [
        (0, "68.40% 低于 70%，总分不超过 79 分")
    ]


def test_a_cap_without_its_rate_keeps_the_total_open() -> None:
    sheet = scored(tree(adjustments=[CAP], fields=RATE), answers=chosen(A="10", B="20", C="30", D="40"))
    assert sheet.provisional
    assert sheet.missing == ("rate",)


def test_a_rate_that_does_not_apply_caps_nothing() -> None:
    capped = tree(adjustments=[CAP], fields=RATE)
    sheet = scored(capped, rate="不适用", answers=chosen(A="10", B="20", C="30", D="40"))
    assert (sheet.total, sheet.adjustments, sheet.provisional) == (100, (), False)


def test_adjustments_apply_in_their_order() -> None:
    both = tree(adjustments=[RESCALE, CAP], fields=RATE)
    sheet = scored(both, rate="65", answers=chosen(A="10", B="20", C="30", D="na"))
    assert [item.amount for item in sheet.adjustments] == [40, -21]
    assert sheet.total == 79


def test_the_grade_comes_from_the_unrounded_total() -> None:
    """60 of 67 is 89.55 of 100: printed 90, and still 良."""
    indicators = [leaf("A", "67"), leaf("B", "33", na="excluded")]
    sheet = scored(
        tree(indicators=indicators, adjustments=[RESCALE], score_places=0), answers=chosen(A="60", B="na")
    )
    assert (sheet.total_text, sheet.grade) == ("90", "良")


def test_a_template_without_scores_has_an_empty_sheet() -> None:
    sheet = score(compiled(), compiled().compute(Facts(2024)))
    assert (sheet.total, sheet.grade, sheet.lines, sheet.provisional) == (None, "", (), False)


def test_a_sheet_survives_json() -> None:
    for answers in (chosen(A="10", B="10", C="30", D="na"), chosen(A="9.5"), {}):
        sheet = scored(tree(adjustments=[RESCALE, CAP], fields=RATE), rate="65", answers=answers)
        assert ScoreSheet.from_json(json.loads(json.dumps(sheet.as_json()))) == sheet


def test_the_json_is_what_scripts_rely_on() -> None:
    data = scored(tree(), answers=chosen(A="9.5", B="18", C="30", D="33.25")).as_json()
    assert data["total"] == "90.75"
    assert data["grade"] == "优"
    assert data["lines"][0] | {"inputs": []} == {
        "code": "A",
        "name": "指标A",
        "weight": "10",
        "computed": "9.5",
        "self_score": None,
        "reviewed": None,
        "score": "9.5",
        "status": "已计分",
        "reason": "",
        "working": "由自评人评定，得 9.5 分",
        "measured": "",
        "inputs": [],
        "missing": [],
        "group": "",
        "ask": "",
    }


def test_a_leaf_without_weight_gives_nothing_and_keeps_the_total_open() -> None:
    """A draft, or a framework whose weights the county has still to set, may be looked at."""
    target = one_leaf(deviation("over", "100", "1", "0", "floor"), leaf={"weight": None})
    sheet = scored(target, x="90")
    assert (sheet.lines[0].status, sheet.lines[0].score) == ("无法计算", None)
    assert sheet.provisional
