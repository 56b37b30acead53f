"""The scoring rules at every boundary that the printed standards have, in every reading they leave open."""

from decimal import Decimal
from typing import Any

import pytest

from indicators.engine.scoring import ScoreLine

from .samples import deviation, line_of, one_leaf, points

READINGS = ("floor", "ceil", "linear")
#: (weight, side, limit, step, points off): value → points when part steps are dropped, rounded up, or shared.
DEVIATIONS = {
    ("3", "over", "100", "1", "0.5"): {  # 在职人员控制率
        "84.62": ("3", "3", "3"),
        "100": ("3", "3", "3"),
        "100.4": ("3", "2.5", "2.8"),
        "101": ("2.5", "2.5", "2.5"),
        "103.5": ("1.5", "1", "1.25"),
        "106": ("0", "0", "0"),
        "107": ("0", "0", "0"),
    },
    ("4", "over", "0", "1", "0.4"): {  # “三公经费”变动率
        "-52.32": ("4", "4", "4"),
        "0": ("4", "4", "4"),
        "0.4": ("4", "3.6", "3.84"),
        "5.5": ("2", "1.6", "1.8"),
        "10": ("0", "0", "0"),
    },
    ("5", "under", "100", "5", "2"): {  # 预算完成率
        "105": ("5", "5", "5"),
        "100": ("5", "5", "5"),
        "99": ("5", "3", "4.6"),
        "95": ("3", "3", "3"),
        "94": ("3", "1", "2.6"),
        "90": ("1", "1", "1"),
        "87.5": ("1", "0", "0"),
    },
    ("5", "over", "100", "5", "2"): {  # 新建楼堂馆所面积、投资概算控制率
        "100": ("5", "5", "5"),
        "101": ("5", "3", "4.6"),
        "105": ("3", "3", "3"),
        "107.5": ("3", "1", "2"),
        "112.5": ("1", "0", "0"),
    },
    ("8", "over", "100", "1", "1"): {  # 公用经费、“三公经费”控制率, as in the table of standards
        "100": ("8", "8", "8"),
        "100.4": ("8", "7", "7.6"),
        "107.5": ("1", "0", "0.5"),
        "371.61": ("0", "0", "0"),
    },
    ("8", "over", "100", "1", "2"): {  # the same as in the text of a report
        "101": ("6", "6", "6"),
        "103.5": ("2", "0", "1"),
        "104": ("0", "0", "0"),
    },
    ("6", "both", "100", "5", "2"): {  # 政府采购执行率
        "100": ("6", "6", "6"),
        "103": ("6", "4", "4.8"),
        "105": ("4", "4", "4"),
        "97": ("6", "4", "4.8"),
        "92": ("4", "2", "2.8"),
        "88": ("2", "0", "1.2"),
        "84": ("0", "0", "0"),
    },
}


@pytest.mark.parametrize(
    ("parameters", "value", "reading", "expected"),
    [
        (parameters, value, reading, expected)
        for parameters, table in DEVIATIONS.items()
        for value, row in table.items()
        for reading, expected in zip(READINGS, row, strict=True)
    ],
)
def test_deviation(parameters: tuple[str, ...], value: str, reading: str, expected: str) -> None:
    weight, side, limit, step, off = parameters
    assert points(deviation(side, limit, step, off, reading), weight, value) == Decimal(expected)


def test_a_deviation_may_stop_above_zero() -> None:
    rule = deviation("over", "100", "1", "1", "floor", floor="2")
    assert points(rule, "8", "105") == 3
    assert points(rule, "8", "200") == 2


def test_the_value_is_exact_or_rounded_before_the_rule() -> None:
    rule = deviation("over", "100", "1", "0.5", "ceil")
    assert points(rule, "3", "100.004") == Decimal("2.5")
    assert points(rule, "3", "100.004", leaf={"round_value": 2}) == 3


def test_the_noise_of_a_long_division_costs_no_step() -> None:
    fields = [
        {"code": "x", "label": "指标值", "kind": "percent", "formula": "a ÷ 3 × 3 ÷ b × 100"},
        {"code": "a", "label": "甲数"},
        {"code": "b", "label": "乙数"},
    ]
    leaf = one_leaf(deviation("under", "100", "5", "2", "ceil"), fields=fields)
    assert line_of(leaf, a="100", b="100").computed == 5


ADJUSTMENT_RATE = {
    "kind": "bands",
    "measure": "指标值",
    "bands": [
        {"op": "<=", "bound": 10, "points": 5},
        {"op": "<=", "bound": 30, "points": 4},
        {"op": "<=", "bound": 60, "points": 3},
        {"op": "<=", "bound": 100, "points": 2},
    ],
}


@pytest.mark.parametrize(
    ("value", "continuous", "rounded_first"),
    [
        ("-3", 5, 5),
        ("0", 5, 5),
        ("10", 5, 5),
        ("10.3", 4, 5),
        ("10.5", 4, 4),
        ("13.60", 4, 4),
        ("30", 4, 4),
        ("30.4", 3, 4),
        ("30.5", 3, 3),
        ("60", 3, 3),
        ("60.49", 2, 3),
        ("100", 2, 2),
        ("100.01", 0, 2),
        ("100.5", 0, 0),
        ("101", 0, 0),
    ],
)
def test_the_gaps_of_printed_bands_have_two_repairs(value: str, continuous: int, rounded_first: int) -> None:
    """预算控制率: 0-10, 11-30, 31-60, 61-100 leave 10.3 in no band."""
    assert points(ADJUSTMENT_RATE, "5", value) == continuous
    assert points(ADJUSTMENT_RATE, "5", value, leaf={"round_value": 0}) == rounded_first


@pytest.mark.parametrize(
    ("value", "expected"),
    [("91", 6), ("90", 6), ("89.99", 4), ("80", 4), ("79.9", 2), ("70", 2), ("69.99", 0)],
)
def test_bands_from_above(value: str, expected: int) -> None:
    """满意度: lower bounds belong to their band."""
    bands = [{"op": ">=", "bound": bound, "points": got} for bound, got in ((90, 6), (80, 4), (70, 2))]
    assert points({"kind": "bands", "measure": "指标值", "bands": bands}, "6", value) == expected


@pytest.mark.parametrize(
    ("op", "bound", "met", "missed"),
    [(">=", "500", "500", "499.99"), (">", "25000", "25000.01", "25000"), ("==", "100", "100", "99.99")],
)
def test_a_target_that_is_missed_is_judged(op: str, bound: str, met: str, missed: str) -> None:
    rule = {
        "kind": "bands",
        "measure": "指标值",
        "bands": [{"op": op, "bound": bound, "points": 3}],
        "otherwise": None,
    }
    leaf = one_leaf(rule, "3")
    assert line_of(leaf, x=met).computed == 3
    open_line = line_of(leaf, x=missed)
    assert (open_line.status, open_line.missing) == ("缺数据", ("A-points",))
    assert line_of(leaf, x=missed, answers={"A-points": Decimal("1.5")}).computed == Decimal("1.5")


def checklist(mode: str, answers: str, weight: str, **more: Any) -> ScoreLine:
    """One item per letter: y 符合, n 不符合, - not answered."""
    items = [{"text": f"要点{number}", "points": more.pop("each", 0)} for number in range(len(answers))]
    rule = {"kind": "checklist", "mode": mode, "items": items, **more}
    given = {f"A-{n}": letter == "y" for n, letter in enumerate(answers, 1) if letter != "-"}
    return line_of(one_leaf(rule, weight), answers=given)


@pytest.mark.parametrize(
    ("answers", "weight", "expected"),
    [
        ("yyy", "3", 3),
        ("yny", "3", 2),
        ("nnn", "3", 0),
        ("nnnn", "3", 0),  # four violations of 1 point each, of 3 points: never below 0
        ("yyyyy", "6", 6),
        ("nnnnn", "6", 1),  # five items cannot use up six points, whatever 扣完为止 says
    ],
)
def test_points_off_per_item(answers: str, weight: str, expected: int) -> None:
    assert checklist("deduct", answers, weight, per_violation=1).computed == expected


@pytest.mark.parametrize(("cases", "expected"), [("0", 6), ("1", 5), ("5", 1), ("6", 0), ("7", 0)])
def test_counting_cases_reaches_the_zero_that_counting_items_cannot(cases: str, expected: int) -> None:
    rule = {
        "kind": "checklist",
        "mode": "deduct",
        "count": "cases",
        "per_violation": 1,
        "items": [{"text": "要点一"}, {"text": "要点二"}],
    }
    answers = {"A-1": Decimal(cases), "A-2": Decimal(0)}
    assert line_of(one_leaf(rule, "6"), answers=answers).computed == expected


@pytest.mark.parametrize(("answers", "expected"), [("yyyy", 8), ("ynyy", 6), ("nnnn", 0)])
def test_points_per_item(answers: str, expected: int) -> None:
    rule = {
        "kind": "checklist",
        "mode": "add",
        "items": [{"text": f"要点{n}", "points": 2} for n in range(4)],
    }
    given = {f"A-{n}": letter == "y" for n, letter in enumerate(answers, 1)}
    assert line_of(one_leaf(rule, "8"), answers=given).computed == expected


@pytest.mark.parametrize("mode", ["add", "deduct"])
def test_an_item_without_an_answer_is_no_answer(mode: str) -> None:
    line = checklist(mode, "y-n", "3", per_violation=1)
    assert (line.status, line.computed, line.missing) == ("缺数据", None, ("A-2",))
    assert line.reason == "缺少第 2 项评价要点"


@pytest.mark.parametrize(("value", "expected"), [("96.5", "7.72"), ("100", "8"), ("0", "0"), ("120", "8")])
def test_an_external_score_is_converted(value: str, expected: str) -> None:
    assert points({"kind": "scaled", "measure": "指标值", "of": 100}, "8", value) == Decimal(expected)


LEVELS = [{"text": "效果较好", "points": 6}, {"text": "一般", "points": 3}, {"text": "不明显", "points": 0}]
RANGES = [
    {"text": "达成", "low": 80, "high": 100},
    {"text": "部分达成", "low": 60, "high": 80},
    {"text": "未达成", "low": 0, "high": 60},
]


@pytest.mark.parametrize(("level", "expected"), [("效果较好", 6), ("一般", 3), ("不明显", 0)])
def test_a_judged_level_has_its_points(level: str, expected: int) -> None:
    leaf = one_leaf({"kind": "judged", "levels": LEVELS}, "6")
    assert line_of(leaf, answers={"A-level": level}).computed == expected


@pytest.mark.parametrize(
    ("level", "chosen", "expected"),
    [
        ("达成", "10", 10),
        ("达成", "8", 8),
        ("达成", "7.9", None),
        ("部分达成", "6", 6),
        ("未达成", "6.1", None),
    ],
)
def test_a_judged_range_bounds_the_choice(level: str, chosen: str, expected: int | None) -> None:
    leaf = one_leaf({"kind": "judged", "levels": RANGES}, "10")
    line = line_of(leaf, answers={"A-level": level, "A-points": Decimal(chosen)})
    assert line.computed == expected
    assert line.status == ("已计分" if expected is not None else "无法计算")


def test_a_level_must_be_chosen() -> None:
    line = line_of(one_leaf({"kind": "judged", "levels": LEVELS}, "6"))
    assert (line.status, line.missing, line.reason) == ("缺数据", ("A-level",), "缺少评定等次")


def test_free_judgement_needs_points() -> None:
    leaf = one_leaf({"kind": "judged"}, "3")
    assert line_of(leaf).status == "缺数据"
    assert line_of(leaf, answers={"A-points": Decimal("2.5")}).computed == Decimal("2.5")
    assert line_of(leaf, answers={"A-points": Decimal("3.5")}).status == "无法计算"


def ratio(x: str, y: str, **more: Any) -> ScoreLine:
    rule = {"kind": "ratio", "actual": "指标值", "target": "目标值", **more}
    return line_of(one_leaf(rule, "10"), x=x, y=y)


@pytest.mark.parametrize(
    ("actual", "target", "reverse", "expected"),
    [
        ("118", "120", False, "9.83"),
        ("120", "120", False, "10"),
        ("150", "120", False, "10"),
        ("0", "120", False, "0"),
        ("120", "100", True, "8.33"),
        ("80", "100", True, "10"),
    ],
)
def test_the_share_of_the_target(actual: str, target: str, reverse: bool, expected: str) -> None:
    assert ratio(actual, target, reverse=reverse).computed == Decimal(expected)


def test_far_above_the_target_asks_for_a_reason() -> None:
    assert "须说明原因" in ratio("140", "100", explain_over=130).working
    assert "须说明原因" not in ratio("130", "100", explain_over=130).working


@pytest.mark.parametrize(("value", "expected"), [("3", 3), ("-3", 0), ("50", 5)])
def test_points_by_formula_stay_within_the_weight(value: str, expected: int) -> None:
    assert points({"kind": "expression", "formula": "指标值"}, "5", value) == expected


@pytest.mark.parametrize(("rounding", "expected"), [("half_up", "7.73"), ("down", "7.72")])
def test_points_are_rounded_as_the_template_says(rounding: str, expected: str) -> None:
    rule = {"kind": "scaled", "measure": "指标值", "of": 100}
    leaf = one_leaf(rule, "8", rounding=rounding)
    assert line_of(leaf, x="96.5625").computed == Decimal(expected)


FIELDS = [
    {"code": "staff", "label": "在职人员数", "kind": "count", "unit": "人"},
    {"code": "quota", "label": "编制数", "kind": "count", "unit": "人"},
    {"code": "spent", "label": "实际支出"},
    {"code": "budget", "label": "预算数"},
    {"code": "people", "label": "帮扶人次", "kind": "count", "unit": "人次"},
    {"code": "external", "label": "考核得分", "kind": "number", "unit": "分"},
    {"code": "rate", "label": "控制率", "kind": "percent", "formula": "在职人员数 ÷ 编制数 × 100"},
    {"code": "spending", "label": "支出率", "kind": "percent", "formula": "实际支出 ÷ 预算数 × 100"},
    {"code": "change", "label": "变动率", "kind": "percent", "formula": "(实际支出 − 预算数) ÷ 预算数 × 100"},
]
TYPED = {
    "staff": "11",
    "quota": "13",
    "spent": "449646.20",
    "budget": "121000",
    "people": "800",
    "external": "96.5",
}


@pytest.mark.parametrize(
    ("rule", "weight", "more", "working"),
    [
        (
            deviation("over", "100", "1", "0.5", "floor", measure="控制率"),
            "3",
            {},
            "11 ÷ 13 = 84.62% ≤ 100%，得满分 3 分",
        ),
        (
            deviation("over", "100", "1", "1", "floor", measure="支出率"),
            "8",
            {},
            "449,646.20 ÷ 121,000.00 = 371.61%，超过 100% 共 271.61 个百分点，按每 1 个百分点扣 1 分，"
            "扣完为止，得 0 分",
        ),
        (
            deviation("under", "100", "5", "0.3", "floor", measure="控制率"),
            "3",
            {},
            "11 ÷ 13 = 84.62%，低于 100% 共 15.38 个百分点，按每 5 个百分点扣 0.3 分"
            "（不足 5 个百分点的部分不扣），得 2.1 分",
        ),
        (
            deviation("under", "100", "5", "0.3", "ceil", measure="控制率"),
            "3",
            {},
            "11 ÷ 13 = 84.62%，低于 100% 共 15.38 个百分点，按每 5 个百分点扣 0.3 分"
            "（不足 5 个百分点的按一档扣），得 1.8 分",
        ),
        (
            deviation("over", "0", "10", "0.1", "linear", measure="变动率"),
            "4",
            {},
            "（449,646.20 − 121,000.00）÷ 121,000.00 = 271.61%，超过 0% 共 271.61 个百分点，"
            "按每 10 个百分点扣 0.1 分（按比例扣），得 1.28 分",
        ),
        (
            deviation("both", "100", "5", "2", "floor", measure="在职人员数 ÷ 11人 × 100"),
            "6",
            {},
            "11 ÷ 11人 = 100.00%，等于 100%，得满分 6 分",
        ),
        (
            {"kind": "bands", "measure": "帮扶人次", "bands": [{"op": ">=", "bound": 500, "points": 3}]},
            "3",
            {"value_unit": "人次"},
            "800 人次 ≥ 500 人次，得满分 3 分",
        ),
        (
            {"kind": "bands", "measure": "控制率", "bands": [{"op": ">", "bound": 90, "points": 3}]},
            "3",
            {},
            "11 ÷ 13 = 84.62%，不在各档之内，得 0 分",
        ),
        *(
            (
                {"kind": "bands", "measure": "帮扶人次", "bands": [{"op": op, "bound": bound, "points": 3}]},
                "3",
                {"value_unit": "人次"},
                f"800 人次{compared}，得满分 3 分",
            )
            for op, bound, compared in (
                (">", 799, " > 799 人次"),
                ("<", 801, " < 801 人次"),
                ("<=", 800, " ≤ 800 人次"),
                ("==", 800, "，等于 800 人次"),
            )
        ),
        (
            {"kind": "scaled", "measure": "考核得分", "of": 100},
            "8",
            {"value_unit": "分"},
            "96.5 ÷ 100 × 8 = 7.72，得 7.72 分",
        ),
        (
            {"kind": "ratio", "actual": "在职人员数", "target": "编制数"},
            "5",
            {},
            "11 ÷ 13 = 84.62%，按 84.62% × 5 分计，得 4.23 分",
        ),
        (
            {"kind": "ratio", "actual": "在职人员数", "target": "编制数", "reverse": True},
            "5",
            {},
            "13 ÷ 11 = 118.18% ≥ 100%，得满分 5 分",
        ),
        (
            {"kind": "ratio", "actual": "在职人员数", "target": "11人"},
            "5",
            {},
            "11 ÷ 11人 = 100.00% ≥ 100%，得满分 5 分",
        ),
        (
            {"kind": "ratio", "actual": "在职人员数 + 1人", "target": "编制数 × 2 ÷ 2"},
            "5",
            {},
            "（11 + 1人） ÷ 13 × 2 ÷ 2 = 92.31%，按 92.31% × 5 分计，得 4.62 分",
        ),
        (
            {"kind": "expression", "formula": "在职人员数 ÷ 编制数 × 5"},
            "5",
            {"value_unit": "分"},
            "11 ÷ 13 × 5 = 4.23 分，得 4.23 分",
        ),
    ],
)
def test_the_working_derives_the_points(rule: dict, weight: str, more: dict, working: str) -> None:
    assert line_of(one_leaf(rule, weight, fields=FIELDS, leaf=more), **TYPED).working == working


@pytest.mark.parametrize(
    ("rule", "answers", "working"),
    [
        (
            {
                "kind": "checklist",
                "mode": "deduct",
                "per_violation": 1,
                "items": [{"text": "一"}, {"text": "二"}],
            },
            {"A-1": True, "A-2": False},
            "2 项中 1 项不符合，每项扣 1 分，得 4 分",
        ),
        (
            {
                "kind": "checklist",
                "mode": "deduct",
                "per_violation": 3,
                "items": [{"text": "一"}, {"text": "二"}],
            },
            {"A-1": False, "A-2": False},
            "2 项中 2 项不符合，每项扣 3 分，扣完为止，得 0 分",
        ),
        (
            {
                "kind": "checklist",
                "mode": "deduct",
                "count": "cases",
                "per_violation": 1,
                "items": [{"text": "一"}, {"text": "二"}],
            },
            {"A-1": Decimal(2), "A-2": Decimal(1)},
            "共 3 例不符合，每例扣 1 分，得 2 分",
        ),
        (
            {
                "kind": "checklist",
                "mode": "deduct",
                "per_violation": 3,
                "floor": 1,
                "items": [{"text": "一"}, {"text": "二"}],
            },
            {"A-1": False, "A-2": False},
            "2 项中 2 项不符合，每项扣 3 分，最低 1 分，得 1 分",
        ),
        (
            {
                "kind": "checklist",
                "mode": "add",
                "items": [{"text": "一", "points": 2}, {"text": "二", "points": 3}],
            },
            {"A-1": True, "A-2": True},
            "2 项中 2 项符合，得满分 5 分",
        ),
        (
            {"kind": "judged", "levels": [{"text": "好", "points": 5}]},
            {"A-level": "好"},
            "评定为“好”，得满分 5 分",
        ),
        (
            {"kind": "judged", "levels": [{"text": "好", "low": 80, "high": 100}]},
            {"A-level": "好", "A-points": Decimal("4.5")},
            "评定为“好”（4–5 分），由自评人评定，得 4.5 分",
        ),
        ({"kind": "judged"}, {"A-points": Decimal(3)}, "由自评人评定，得 3 分"),
        ({"kind": "judged"}, {"A-points": Decimal(9)}, "评定分值 9 分不在 0–5 分之内"),
    ],
)
def test_the_working_of_a_judgement(rule: dict, answers: dict, working: str) -> None:
    assert line_of(one_leaf(rule, "5"), answers=answers).working == working


def test_a_working_never_shows_the_limit_for_a_value_beyond_it() -> None:
    rule = deviation("over", "100", "1", "0.5", "ceil")
    assert "100.0040%，超过 100% 共 0.004 个百分点" in line_of(one_leaf(rule, "3"), x="100.004").working
