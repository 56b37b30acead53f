"""自设指标: rows that the department adds become indicators, are scored like others, and must add up."""

import json
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.engine import open_groups
from indicators.engine.checks import Finding, check
from indicators.engine.compiled import CompiledTemplate
from indicators.engine.facts import Facts
from indicators.engine.faults import TemplateFaults
from indicators.engine.open_groups import NO_SECOND, answers_of, place_of, tree
from indicators.engine.scoring import ScoreSheet, score
from indicators.engine.values import MISSING, NOT_APPLICABLE

from .samples import compiled, facts, figures, rows_of, scored

D = Decimal
LEVELS = [
    {"text": "达成", "low": 80, "high": 100},
    {"text": "部分达成", "low": 60, "high": 80},
    {"text": "未达成", "low": 0, "high": 60},
]
RULE = {"kind": "target", "explain_over": 130, "levels": LEVELS}
OPEN = {"rule": RULE, "seconds": ["数量指标", "质量指标", "成本指标"], "required_seconds": ["数量指标"]}
EXECUTION = {"code": "E", "name": "预算执行", "weight": "10", "rule": {"kind": "judged"}}


def indicators(**more: Any) -> list[dict[str, Any]]:
    """预算执行 10 and the open groups 产出 20 and 效益 10."""
    return [
        {"code": "T", "name": "投入", "children": [EXECUTION]},
        {"code": "CC", "name": "产出指标", "weight": "20", "open": OPEN | more},
        {
            "code": "XY",
            "name": "效益指标",
            "weight": "10",
            "open": {"rule": {"kind": "target"}, "seconds": ["社会效益"]},
        },
    ]


@cache
def template(**more: Any) -> CompiledTemplate:
    return compiled(
        indicators=indicators(), fields=[], total="40", grades=[{"name": "优", "minimum": 0}], **more
    )


def row(
    second: str = "", name: str = "", target: str = "", actual: str = "", weight: str = "", **more: str
) -> dict:
    cells = {"second": second, "name": name, "target": target, "actual": actual, "weight": weight, **more}
    return {code: text for code, text in cells.items() if text}


HELPED = row("数量指标", "帮扶困难职工", "≥500人次", "480", "12")
ASKED = row("质量指标", "帮扶对象满意率", "100%", "100%", "5")
COST = row("成本指标", "活动成本", "≤9万元", "10万元", "3")
RULED = row("社会效益", "资金使用合规", "合规", "合规", "10", points="9")
EVALUATED = {"CC": [HELPED, ASKED, COST], "XY": [RULED]}
ANSWERS = {"E-points": D("9.5")}


def sheet_of(tables: dict[str, list[dict]] = EVALUATED, **more: Any) -> ScoreSheet:
    return scored(template(), tables=tables, answers=ANSWERS, **more)


def findings(tables: dict[str, list[dict]] = EVALUATED, **more: Any) -> list[Finding]:
    given_figures = figures(template(), tables=tables, answers=ANSWERS, **more)
    return list(check(template(), given_figures, score(template(), given_figures)))


# ── the table behind a group ────────────────────────────────────────────────────────────────────────────────


def test_the_rows_of_a_group_are_an_input_table_under_its_code() -> None:
    table = template().tables["CC"]
    assert (table.title, table.source, table.max_rows, table.total_label) == ("产出指标", "input", 40, "合计")
    assert [column.label for column in table.columns] == [
        "二级指标", "三级指标", "年度指标值", "实际完成值", "分值", "评定等次", "评定分值", "自评分",
        "偏差原因分析及改进措施",
    ]  # fmt: skip
    assert table.columns[0].choices == ("数量指标", "质量指标", "成本指标")
    assert [column.code for column in table.columns if column.required] == [
        "second",
        "name",
        "target",
        "actual",
        "weight",
    ]
    assert [column.code for column in table.columns if column.total] == ["weight"]
    assert template().columns["CC.level"].choices == ("达成", "部分达成", "未达成")


def test_without_levels_none_is_asked_for() -> None:
    assert "XY.level" not in template().columns


def test_locations_and_labels_of_rows() -> None:
    assert template().locate("CC[r3].target") == "s.CC[r3].target"
    assert template().label("CC[r3].target") == "产出指标“年度指标值”"
    assert template().label("CC[r3]") == template().label("CC") == "产出指标"
    assert [place_of("CC[r3]", "reason"), place_of("E", "reason")] == ["CC[r3].reason", "E-reason"]


def test_formulas_may_read_the_rows() -> None:
    fields = [
        {
            "code": "whole",
            "label": "产出分值",
            "kind": "number",
            "unit": "分",
            "formula": "合计(产出指标.分值)",
        }
    ]
    target = compiled(indicators=indicators(), fields=fields, total="40")
    assert figures(target, tables=EVALUATED).values["whole"] == 20


def test_a_group_is_placed_by_an_analysis_block_and_in_one_step_only() -> None:
    def faults(*blocks: dict[str, str]) -> dict[str, str]:
        outline = [{"code": "s", "heading": "数据", "step": True, "blocks": list(blocks)}]
        with pytest.raises(TemplateFaults) as refused:
            compiled(indicators=indicators(), fields=[], total="40", outline=outline)
        return {fault.place: fault.message for fault in refused.value.faults}

    analysis = [{"kind": "analysis", "code": code} for code in ("E", "CC", "XY")]
    assert "没有放在向导的任何一步里" in faults(*analysis[:2])["indicators[2]"]
    assert "不能填两处" in faults(*analysis, analysis[1])["outline[0].blocks[3]"]
    unknown = faults(*analysis, {"kind": "analysis", "code": "T"})
    assert unknown["outline[0].blocks[3].code"] == "没有代码为“T”的三级指标或自设指标的组"


# ── rows as indicators ──────────────────────────────────────────────────────────────────────────────────────


def test_the_tree_is_filled_from_the_rows() -> None:
    rows = [COST, HELPED, ASKED, row("数量指标", "慰问", weight="1"), row(name="未定")]
    given_facts = facts(template(), tables={"CC": rows})
    investment, output, effect = tree(template(), given_facts)
    assert investment is template().spec.indicators[0]
    assert [(second.code, second.name) for second in output.children] == [
        ("CC/1", "数量指标"), ("CC/2", "质量指标"), ("CC/3", "成本指标"), ("CC/0", NO_SECOND),
    ]  # fmt: skip
    leaves = [[(leaf.code, leaf.name, leaf.weight) for leaf in second.children] for second in output.children]
    assert leaves == [
        [("CC[r2]", "帮扶困难职工", 12), ("CC[r4]", "慰问", 1)],
        [("CC[r3]", "帮扶对象满意率", 5)],
        [("CC[r1]", "活动成本", 3)],
        [("CC[r5]", "未定", None)],
    ]  # fmt: skip
    assert (effect.children, effect.full_weight) == ((), 10)


def test_a_template_without_open_groups_keeps_its_tree() -> None:
    closed = compiled(indicators=[EXECUTION], total="10")
    assert tree(closed, Facts(2024)) is closed.spec.indicators


def test_answers_of_a_leaf_and_of_a_row_go_by_the_same_endings() -> None:
    given_facts = facts(template(), tables=EVALUATED, answers=ANSWERS)
    assert answers_of(template(), given_facts, "E") == {
        "points": D("9.5"),
        "self": MISSING,
        "reason": MISSING,
    }
    answers = answers_of(template(), given_facts, "CC[r1]")
    assert (answers["target"], answers["actual"], answers["weight"]) == ("≥500人次", "480", 12)
    assert answers["reason"] is MISSING
    with pytest.raises(KeyError):
        answers_of(template(), given_facts, "CC[r9]")
    with pytest.raises(KeyError):
        answers_of(template(), given_facts, "unknown")


# ── scores ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_rows_are_scored_like_leaves_and_add_up() -> None:
    sheet = sheet_of()
    assert [(line.code, line.group, line.weight, line.score) for line in sheet.lines] == [
        ("E", "", 10, D("9.5")),
        ("CC[r1]", "CC", 12, D("11.52")),
        ("CC[r2]", "CC", 5, 5),
        ("CC[r3]", "CC", 3, D("2.7")),
        ("XY[r1]", "XY", 10, 9),
    ]
    assert {code: (group.weight, group.score) for code, group in sheet.groups.items()} == {
        "T": (10, D("9.5")),
        "CC": (20, D("19.22")),
        "CC/1": (12, D("11.52")),
        "CC/2": (5, 5),
        "CC/3": (3, D("2.7")),
        "XY": (10, 9),
        "XY/1": (10, 9),
    }
    assert (sheet.total_text, sheet.grade, sheet.provisional) == ("37.72", "优", False)
    assert sheet.lines[1].working == "完成 480 ÷ 目标 500 = 96.00%，按 96.00% × 12 分计，得 11.52 分"
    assert sheet.lines[1].inputs[0] == ("年度指标值", "s.CC[r1].target", "≥500人次", "")


def test_a_row_rests_on_its_target_and_on_what_was_reached() -> None:
    """Its name, its weight, 自评分 and the reason stand beside the line and are no grounds of it."""
    own = HELPED | {"self": "12", "reason": "疫情影响"}
    assert [label for label, *_ in sheet_of({"CC": [own]}).lines[1].inputs] == ["年度指标值", "实际完成值"]


def test_lines_stand_in_the_order_of_the_tree() -> None:
    lines = sheet_of({"CC": [COST, ASKED, HELPED], "XY": [RULED]}).lines
    assert [line.code for line in lines] == ["E", "CC[r3]", "CC[r2]", "CC[r1]", "XY[r1]"]


def test_a_self_score_and_a_review_of_a_row() -> None:
    own = HELPED | {"self": "12", "reason": "疫情影响"}
    assert sheet_of({"CC": [own]}).lines[1].score == 12
    target = template()
    reviewed = score(target, figures(target, tables=EVALUATED, answers=ANSWERS), reviewed={"CC[r1]": D(6)})
    assert (reviewed.lines[1].computed, reviewed.lines[1].score) == (D("11.52"), 6)
    assert reviewed.groups["CC"].score == D("13.7")


def test_a_sheet_with_rows_survives_json() -> None:
    sheet = sheet_of({"CC": [HELPED | {"actual": "800"}, {}]})
    assert ScoreSheet.from_json(json.loads(json.dumps(sheet.as_json()))) == sheet
    assert sheet.as_json()["lines"][1]["group"] == "CC"
    assert sheet.as_json()["lines"][1]["ask"] == "完成值为目标的 160.00%，超过 130%"


@pytest.mark.parametrize(
    ("cells", "missing"),
    [
        ({}, ["target", "actual", "weight"]),
        ({"weight": "12"}, ["target", "actual"]),
        ({"target": "≥500", "weight": "12"}, ["actual"]),
        ({"target": "≥500", "actual": "480"}, ["weight"]),
        ({"target": "合规", "weight": "12"}, ["actual", "level"]),
        ({"target": "合规", "actual": "合规", "weight": "12"}, ["level"]),
        ({"target": "合规", "actual": "合规", "weight": "12", "level": "达成"}, ["points"]),
        ({"self": "5", "reason": "略", "target": "≥500", "actual": "480"}, ["weight"]),
    ],
)
def test_a_row_half_filled_names_what_is_missing(cells: dict[str, str], missing: list[str]) -> None:
    line = sheet_of({"CC": [cells]}).lines[1]
    assert (line.status, line.score) == ("缺数据", None)
    assert line.missing == tuple(f"CC[r1].{column}" for column in missing)
    assert line.name == "产出指标第 1 行"


@pytest.mark.parametrize(
    ("weight", "why"),
    [
        (D(0), "分值应是大于 0 的数"),
        (D(-5), "分值应是大于 0 的数"),
        (NOT_APPLICABLE, "分值应是大于 0 的数"),
        (D("3.335"), "分值最多 2 位小数"),
    ],
)
def test_a_weight_that_is_none_gives_no_points(weight: Any, why: str) -> None:
    target = template()
    (given_row,) = rows_of(target, "CC", [HELPED | {"self": "5", "reason": "略"}])
    given_facts = Facts(2024, tables={"CC": (given_row | {"weight": weight},)})
    sheet = score(target, target.compute(given_facts), reviewed={"CC[r1]": D(3)})
    line = sheet.lines[1]
    assert (line.status, line.weight, line.computed, line.score, line.reason) == (
        "无法计算",
        0,
        None,
        None,
        why,
    )


def test_no_total_is_final_while_weights_do_not_add_up() -> None:
    for tables in ({}, {"CC": [HELPED], "XY": [RULED]}, {"CC": [HELPED, ASKED, COST, COST], "XY": [RULED]}):
        sheet = sheet_of(tables)
        assert (sheet.provisional, sheet.grade) == (True, "")
    assert sheet_of().provisional is False


# ── findings ────────────────────────────────────────────────────────────────────────────────────────────────


def told(found: list[Finding], code: str) -> list[tuple[str, tuple[str, ...], str]]:
    return [(one.message, one.fix_at, one.severity) for one in found if one.code == code]


def test_weights_that_do_not_add_up_are_said_with_both_sums() -> None:
    short = findings({"CC": [HELPED, ASKED], "XY": [RULED]})
    words = "产出指标各行分值合计 17 分，应为 20 分，少 3 分。"
    assert told(short, "计分-分值不符") == [(words, ("s.CC",), "must_fix")]
    (one,) = (one for one in short if one.code == "计分-分值不符")
    assert one.difference == "3 分"
    assert [(part.label, part.value) for part in one.operands] == [
        ("各行分值合计", "17"),
        ("产出指标分值", "20"),
    ]
    over = findings({"CC": [HELPED, ASKED, COST, ASKED], "XY": [RULED]})
    assert told(over, "计分-分值不符")[0][0] == "产出指标各行分值合计 25 分，应为 20 分，多 5 分。"
    assert told(findings(), "计分-分值不符") == []


def test_while_a_weight_is_empty_only_too_much_is_said() -> None:
    empty = row("质量指标", "满意率", "100%", "100%")
    assert told(findings({"CC": [HELPED, empty]}), "计分-分值不符") == []
    assert told(findings({"CC": [HELPED | {"weight": "21"}, empty]}), "计分-分值不符") != []
    assert told(findings({"CC": [HELPED | {"weight": "20"}, empty]}), "计分-分值不符") == []


def test_a_group_without_rows_is_empty() -> None:
    words = [
        ("产出指标一行也没有填。", ("s.CC",), "must_fix"),
        ("效益指标一行也没有填。", ("s.XY",), "must_fix"),
    ]
    found = findings({})
    assert told(found, "必填-未填") == words
    assert len(found) == len(words) + 1  # and the half point of 预算执行


def test_a_required_second_level_is_asked_for() -> None:
    found = findings({"CC": [ASKED | {"weight": "20"}], "XY": [RULED]})
    words = "产出指标里没有数量指标，至少要设一项。"
    assert told(found, "计分-缺二级指标") == [(words, ("s.CC",), "must_fix")]


def test_all_second_levels_that_are_missing_are_told_together() -> None:
    open_group = indicators(required_seconds=["数量指标", "质量指标", "成本指标"])
    template = compiled(indicators=open_group, fields=[], total="40", grades=[{"name": "优", "minimum": 0}])
    given_figures = figures(template, tables={"CC": [ASKED | {"weight": "20"}], "XY": [RULED]})
    found = list(check(template, given_figures, score(template, given_figures)))
    words = "产出指标里没有数量指标、成本指标，每类至少要设一项。"
    assert told(found, "计分-缺二级指标") == [(words, ("s.CC",), "must_fix")]


def test_what_is_missing_in_a_row_is_said_once() -> None:
    found = findings({"CC": [HELPED | {"weight": "20"}, {}], "XY": [RULED]})
    assert [(one.code, one.fix_at) for one in found if "第 2 行" in one.message] == [
        ("必填-未填", ("s.CC[r2].second",)),
        ("必填-未填", ("s.CC[r2].name",)),
        ("计分-缺数据", ("s.CC[r2].target", "s.CC[r2].actual", "s.CC[r2].weight")),
    ]


def test_points_lost_in_a_row_want_their_reason() -> None:
    lost = told(findings(), "计分-失分未说明")
    assert [places for _, places, _ in lost] == [
        ("s.E-reason",),
        ("s.CC[r1].reason",),
        ("s.CC[r3].reason",),
        ("s.XY[r1].reason",),
    ]
    explained = {"CC": [HELPED | {"reason": "疫情影响"}, ASKED, COST], "XY": [RULED]}
    assert ("s.CC[r1].reason",) not in [
        places for _, places, _ in told(findings(explained), "计分-失分未说明")
    ]


@pytest.mark.parametrize(
    ("cells", "code", "column"),
    [
        ({"actual": "480户"}, "计分-无法计算", "actual"),
        ({"weight": "3.335"}, "计分-无法计算", "weight"),
        ({"target": "合规", "level": "达成", "points": "5"}, "计分-无法计算", "points"),
        ({"self": "13", "reason": "略"}, "计分-超过分值", "self"),
        ({"self": "12"}, "计分-改分无理由", "reason"),
        ({"actual": "800"}, "计分-超目标未说明", "reason"),
    ],
)
def test_a_finding_on_a_row_leads_to_the_cell(cells: dict[str, str], code: str, column: str) -> None:
    found = findings({"CC": [HELPED | cells, ASKED, COST], "XY": [RULED]})
    assert [places for _, places, _ in told(found, code)] == [(f"s.CC[r1].{column}",)]


def test_text_that_is_no_number_stays_and_is_said() -> None:
    found = findings({"CC": [row("数量指标", "慰问", "5场", "5场")]}, raw={"CC[r1].weight": "十分"})
    assert told(found, "格式-未识别")[0][1] == ("s.CC[r1].weight",)
    assert told(found, "计分-缺数据")[0][1] == ("s.CC[r1].weight",)


# ── what holds for all rows ─────────────────────────────────────────────────────────────────────────────────

TEXTS = st.sampled_from(["", "≥500人次", "480", "合规", "≤9万元", "10万元", "0起", "1/2", "超长" * 200])
CELLS = st.fixed_dictionaries(
    {
        "second": st.sampled_from([MISSING, "数量指标", "质量指标", "成本指标"]),
        "name": st.sampled_from([MISSING, "甲", "乙"]),
        "target": TEXTS.map(lambda text: text or MISSING),
        "actual": TEXTS.map(lambda text: text or MISSING),
        "weight": st.sampled_from(
            [MISSING, NOT_APPLICABLE, D(-1), D(0), D("0.005"), D("3.3"), D(20), D(10) ** 11]
        ),
        "level": st.sampled_from([MISSING, "达成", "部分达成", "未达成"]),
        "points": st.sampled_from([MISSING, NOT_APPLICABLE, D(-1), D(2), D(16), D(20)]),
        "self": st.sampled_from([MISSING, NOT_APPLICABLE, D(-1), D(2), D(30)]),
        "reason": st.sampled_from([MISSING, "疫情影响"]),
    }
)


@settings(max_examples=300)
@given(st.lists(CELLS, max_size=6))
def test_any_rows_are_scored_or_asked_about_and_add_up(rows: list[dict[str, Any]]) -> None:
    target = template()
    numbered = tuple({"id": f"{number:04}", **cells} for number, cells in enumerate(rows))
    given_figures = target.compute(Facts(2024, figures=ANSWERS, tables={"CC": numbered}))
    sheet = score(target, given_figures)
    own = [line for line in sheet.lines if line.group == "CC"]
    assert {line.code for line in own} == {f"CC[{one['id']}]" for one in numbered}
    for line in own:
        assert line.score is None or 0 <= line.score <= line.weight
        assert line.computed is None or 0 <= line.computed <= line.weight
        assert (line.score is None) == (line.status in ("缺数据", "无法计算"))
    points = sum((line.score or 0 for line in own), D(0))
    assert sheet.groups["CC"].score == points
    assert (
        sum((group.score for code, group in sheet.groups.items() if code.startswith("CC/")), D(0)) == points
    )
    check(target, given_figures, sheet)
    assert ScoreSheet.from_json(sheet.as_json()) == sheet
    assert open_groups.tree(target, given_figures.facts)[1].full_weight >= 0
