"""The checks that no template needs to declare."""

from decimal import Decimal
from typing import Any

import pytest

from indicators.engine.checks import Finding, check
from indicators.engine.facts import Override
from indicators.engine.scoring import score

from .samples import PROJECTS, compiled, deviation, facts

D = Decimal
FIELDS = [
    {"code": "quota", "label": "编制数", "kind": "count", "unit": "人", "required": True},
    {"code": "share", "label": "满意度", "kind": "percent", "minimum": 0, "maximum": 100},
    {"code": "number", "label": "文号", "kind": "text", "max_chars": 5},
    {"code": "rate", "label": "执行率", "kind": "percent"},
    {"code": "spent", "label": "实际支出"},
]
TEXTS = [
    {
        "code": "t-duties",
        "label": "主要职能",
        "required": True,
        "max_chars": 40,
        "prompt": "按“三定”方案逐条填写本单位职能。\n没有变化的，\n请核对以后再沿用{last_year}年的。",
    }
]
LEAVES = [
    {
        "code": "A",
        "name": "执行率",
        "weight": "5",
        "na": "full",
        "rule": deviation("over", "100", "1", "1", "floor", measure="执行率"),
    },
    {"code": "B", "name": "效益", "weight": "3", "rule": {"kind": "judged"}},
]
TABLE = PROJECTS | {"required": True}
TARGET = compiled(fields=FIELDS, texts=TEXTS, indicators=LEAVES, tables=[TABLE], total=8)
COMPLETE: dict[str, Any] = {
    "quota": "13",
    "rate": "100",
    "tables": {"projects": [{"name": "甲"}]},
    "texts": {"t-duties": "维护职工合法权益。"},
    "answers": {"B-points": D(3)},
}


def findings(target: Any = TARGET, **changes: Any) -> list[Finding]:
    given = COMPLETE | changes
    figures = target.compute(facts(target, **given))
    return list(check(target, figures, score(target, figures)))


def codes(**changes: Any) -> list[str]:
    return [finding.code for finding in findings(**changes)]


def test_complete_facts_have_no_findings() -> None:
    assert findings() == []


def test_text_that_is_no_figure_is_kept_and_refused_once() -> None:
    (found,) = findings(quota="", raw={"quota": "十三"})
    assert found.code == "格式-未识别"
    assert found.severity == "must_fix"
    assert found.message == "编制数：“十三”不是数字：请填阿拉伯数字，如 1234.56。"
    assert found.fix_at == ("s.quota",)


def test_unread_cells_and_lines_have_their_place() -> None:
    raw = {"projects[r1].paid": "许多", "lines[7].executed": "1,2345", "B-points": "满分"}
    found = {
        finding.fix_at[0]: finding.message for finding in findings(raw=raw) if finding.code == "格式-未识别"
    }
    assert found.keys() == {"s.projects[r1].paid", "s.lines[7].executed", "s.B-points"}
    assert found["s.projects[r1].paid"].startswith("项目表“支付”：“许多”不是数字")
    assert found["s.lines[7].executed"].startswith("预算明细“执行数”：“1,2345”的千分位分隔不对")
    assert found["s.B-points"].startswith("效益的评定分值：")


def test_unread_text_at_an_unknown_place_or_readable_by_now_is_still_told() -> None:
    found = [finding.message for finding in findings(raw={"ghost": "x", "rate": "5"})]
    assert found == ["执行率：“5”没有保存为数据，请重新填写。", "ghost：“x”不能识别，请重新填写。"]


def test_required_boxes() -> None:
    assert codes(quota="") == ["必填-未填"]
    assert codes(quota="0") == []
    assert codes(quota="不适用") == []
    (blank,) = findings(texts={"t-duties": " \n　"})
    assert (blank.code, blank.message, blank.fix_at) == ("必填-未填", "主要职能没有填。", ("s.t-duties",))


def test_required_tables_and_cells() -> None:
    (empty,) = findings(tables={})
    assert (empty.code, empty.message) == ("必填-未填", "项目表一行也没有填。")
    (cell,) = findings(tables={"projects": [{"name": "甲"}, {"paid": "5"}]})
    assert (cell.message, cell.fix_at) == ("项目表第 2 行的名称没有填。", ("s.projects[r2].name",))


@pytest.mark.parametrize(
    ("share", "speaks"), [("0", False), ("100", False), ("-0.01", True), ("100.01", True)]
)
def test_figures_within_their_range(share: str, speaks: bool) -> None:
    assert codes(share=share) == (["格式-超出范围"] if speaks else [])


def test_a_range_may_be_open_on_one_side() -> None:
    fields = [
        {"code": "a", "label": "甲", "kind": "number", "minimum": 0},
        {"code": "b", "label": "乙", "kind": "number", "maximum": 5},
    ]
    target = compiled(fields=fields)
    figures = target.compute(facts(target, a="-1", b="6"))
    messages = [finding.message for finding in check(target, figures, score(target, figures))]
    assert messages == ["甲 -1 不能小于 0。", "乙 6 不能大于 5。"]


def test_texts_within_their_length() -> None:
    assert codes(number="五个字文号") == []
    (found,) = findings(number="六个字的文号")
    assert (found.code, found.message) == ("文字-超长", "文号有 6 个字，最多 5 个字，超出 1 个字。")
    assert codes(texts={"t-duties": "字" * 40}) == []
    assert codes(texts={"t-duties": "䶮" * 41}) == ["文字-超长"]


def test_a_prompt_left_in_a_text_is_found() -> None:
    (found,) = findings(texts={"t-duties": "职能如下：请核对以后再沿用{last_year}年的。"})
    assert (found.code, found.severity) == ("文字-提示未删", "must_fix")
    assert "“请核对以后再沿用{last_year}年的。”" in found.message
    for written in ("请核对以后再沿用2023年的。", "职能：请核对以后 再沿用 2023 年的。"):
        assert codes(texts={"t-duties": written}) == ["文字-提示未删"]
    assert codes(texts={"t-duties": "没有变化的，从略。"}) == []


def test_references_must_mean_something() -> None:
    text = "编制{编制数}人，{year}年支出{实际支出|万元}万元，得{自评得分}分。"
    assert codes(spent="5", texts={"t-duties": text}) == []
    (found,) = findings(texts={"t-duties": "编制{编制}人，{编制数|万元}"})
    assert found.code == "文字-引用未知"
    assert "{编制}、{编制数|万元}" in found.message


def test_a_reference_must_not_print_a_blank() -> None:
    text = {"t-duties": "支出{实际支出}元，满意度{满意度}。"}
    (found,) = findings(share="95", texts=text)
    assert (found.code, found.severity) == ("文字-引用未填", "must_fix")
    assert found.message == "主要职能里引用的“实际支出”没有数，会印成空白。"
    assert (found.fix_at, found.mention) == (("s.t-duties",), ("s.spent",))
    assert codes(share="95", spent="0", texts=text) == []
    assert codes(share="不适用", spent="不适用", texts=text) == []


def test_a_blank_reference_is_not_told_twice() -> None:
    text = {"t-duties": "编制{编制数}人，支出{实际支出}元。"}
    assert codes(quota="", spent="5", texts=text) == ["必填-未填"]
    assert codes(raw={"spent": "许多"}, texts=text) == ["格式-未识别"]


def test_a_printed_override_needs_its_reason() -> None:
    assert codes(overrides={"projects": Override("3.00", "决算已定")}) == []
    assert codes(overrides={"projects": Override("3.00", "")}) == ["改印-无理由"]
    assert codes(overrides={"projects": Override("", "")}) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("abc", ["改印-不是数"]),
        ("　", ["改印-无内容"]),
        ("约３个", []),
        ("不适用", []),
        ("——", []),
    ],
)
def test_a_printed_override_of_a_figure_prints_a_figure(text: str, found: list[str]) -> None:
    assert codes(overrides={"projects": Override(text, "决算已定")}) == found


#: What is wrong with the complete facts → code, the sentence, what to do about it.
REMEDIES: list[tuple[dict[str, Any], str, str, str]] = [
    (
        {"share": "101"}, "格式-超出范围",
        "满意度 101.00% 应在 0 至 100 之间。", "请核对数值和单位。",
    ),
    (
        {"number": "六个字的文号"}, "文字-超长",
        "文号有 6 个字，最多 5 个字，超出 1 个字。", "请精简。",
    ),
    (
        {"texts": {"t-duties": "请核对以后再沿用{last_year}年的。"}}, "文字-提示未删",
        "主要职能里还有填写提示“请核对以后再沿用{last_year}年的。”，提示不能印在报告上。",
        "请删去提示，写上内容。",
    ),
    (
        {"texts": {"t-duties": "编制{编制}人"}}, "文字-引用未知",
        "主要职能里引用的 {编制} 不是这份报告的数据项。",
        "请用“插入数据”重新选择；要印花括号本身，写两个：{{。",
    ),
    (
        {"texts": {"t-duties": "支出{实际支出}元"}}, "文字-引用未填",
        "主要职能里引用的“实际支出”没有数，会印成空白。", "请填写这项数据，或从文字里删去引用。",
    ),
    (
        {"overrides": {"projects": Override("　", "决算已定")}}, "改印-无内容",
        "项目表写了改印的理由，没有写印什么。", "请写上要印的内容，或删去理由。",
    ),
    (
        {"overrides": {"projects": Override("abc", "决算已定")}}, "改印-不是数",
        "项目表改印为“abc”，里面没有数字。",
        "请写要印的数，如 84.62%；没有数的写“不适用”，或取消改印。",
    ),
    (
        {"overrides": {"projects": Override("3.00", " ")}}, "改印-无理由",
        "项目表改印为“3.00”，没有写理由。", "请写明理由，或取消改印。",
    ),
    (
        {"rate": ""}, "计分-缺数据",
        "执行率不能计分：缺少执行率。", "请补填；确实没有这项数据的，在自评分处填写并写明理由。",
    ),
    (
        {"answers": {"B-points": D(4)}}, "计分-无法计算",
        "效益不能计分：评定分值 4 分不在 0–3 分之内。",
        "请核对数据；数据无误的，在自评分处填写并写明理由。",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "code", "message", "hint"), REMEDIES, ids=[row[1] for row in REMEDIES])
def test_a_finding_says_what_is_wrong_and_what_to_do(
    changes: dict[str, Any], code: str, message: str, hint: str
) -> None:
    (found,) = (one for one in findings(**changes) if one.code == code)
    assert (found.message, found.hint) == (message, hint)


def test_a_line_without_data_lists_where_to_fill_it_in() -> None:
    (found,) = findings(rate="")
    assert (found.code, found.severity) == ("计分-缺数据", "must_fix")
    assert found.message == "执行率不能计分：缺少执行率。"
    assert (found.fix_at, found.mention) == (("s.rate",), ("s.A",))
    (judged,) = findings(answers={})
    assert judged.fix_at == ("s.B-points",)


def test_a_self_score_with_reason_settles_it() -> None:
    answers = COMPLETE["answers"] | {"A-self": D(5), "A-reason": "考核只有等次"}
    assert codes(rate="", answers=answers) == []


def test_a_line_that_cannot_be_computed() -> None:
    (found,) = findings(answers={"B-points": D(2), "B-reason": "略", "A-points": D(9)}, rate="不适用")
    assert found.code == "计分-不适用无理由"
    (above,) = (f for f in findings(answers={"B-points": D(4)}) if f.code == "计分-无法计算")
    assert above.severity == "must_fix"
    assert "不在 0–3 分之内" in above.message


@pytest.mark.parametrize(("ending", "value"), [("self", D(6)), ("self", D(-1))])
def test_points_beyond_the_weight(ending: str, value: Decimal) -> None:
    answers = COMPLETE["answers"] | {f"A-{ending}": value, "A-reason": "略"}
    found = findings(answers=answers)
    assert [finding.code for finding in found] == ["计分-超过分值"]
    assert found[0].fix_at == (f"s.A-{ending}",)


def test_a_changed_score_needs_its_reason() -> None:
    answers = COMPLETE["answers"] | {"A-self": D(4)}
    assert codes(answers=answers) == ["计分-改分无理由"]
    assert codes(answers=answers | {"A-reason": "从严"}) == []
    same = COMPLETE["answers"] | {"A-self": D(5)}
    assert codes(answers=same) == []


def test_lost_points_want_an_explanation() -> None:
    (found,) = findings(rate="102")
    assert (found.code, found.severity) == ("计分-失分未说明", "explain")
    assert found.message == "执行率 5 分得 3 分，失 2 分，没有说明原因。"
    assert found.fix_at == ("s.A-reason",)
    assert codes(rate="102", answers=COMPLETE["answers"] | {"A-reason": "追加预算"}) == []


def test_the_explanation_of_lost_points_lapses_with_the_figures() -> None:
    before, same, after = (findings(rate=rate)[0].fingerprint for rate in ("102", "102.00", "102.5"))
    assert before == same != after


def test_not_applicable_wants_its_reason_when_a_person_declared_it() -> None:
    declared = COMPLETE["answers"] | {"A-na": True}
    assert codes(answers=declared) == ["计分-不适用无理由"]
    assert codes(answers=declared | {"A-reason": "没有安排"}) == []
    assert codes(rate="不适用") == ["计分-不适用无理由"]


def test_an_adjustment_without_its_figure_is_not_silent() -> None:
    cap = {"kind": "cap", "label": "封顶", "measure": "满意度", "steps": [{"below": 60, "cap": 5}]}
    target = compiled(
        fields=FIELDS, texts=TEXTS, indicators=LEAVES, tables=[TABLE], total=8, adjustments=[cap]
    )
    (found,) = findings(target)
    assert (found.code, found.fix_at) == ("计分-缺数据", ("s.share",))
    assert findings(target, share="70") == []
    divided = [*FIELDS, {"code": "d", "label": "相除", "kind": "percent", "formula": "满意度 ÷ 满意度 × 100"}]
    target = compiled(
        fields=divided,
        texts=TEXTS,
        indicators=LEAVES,
        tables=[TABLE],
        total=8,
        adjustments=[cap | {"measure": "相除"}],
    )
    (found,) = findings(target, share="0")
    assert (found.code, found.message) == ("计分-无法计算", "总分还不能确定：封顶无法计算（0 ÷ 0）。")
