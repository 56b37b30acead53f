"""Chapters of their own kind: wording by the figures, lists, optional and renamable chapters, units."""

from decimal import Decimal as D
from typing import Any

import pytest

from indicators.engine.bindings import BindingError, render, rows
from indicators.engine.checks import check
from indicators.engine.facts import Override, Project
from indicators.engine.scoring import score
from indicators.engine.template import CompiledTemplate, TemplateFaults
from indicators.engine.values import MISSING
from indicators.engine.written import is_printed

from .samples import changed, compiled, facts, figures, refused, scored, template_data

MEETINGS = [
    {"code": "now", "label": "会议费", "required": True},
    {"code": "before", "label": "上年会议费"},
    {"code": "change", "label": "会议费增减额", "formula": "绝对值(会议费 - 上年会议费)"},
]
BY_SIGN = [
    {"text": "比上年下降{会议费增减额}元。", "when": "会议费 < 上年会议费 且 会议费 > 0"},
    {"text": "与上年持平。", "when": "会议费 = 上年会议费 且 会议费 > 0"},
    {"text": "比上年增长{会议费增减额}元。", "when": "会议费 > 上年会议费"},
    {"text": "没有发生会议费。", "when": "会议费 = 0"},
]
EVENTS = {
    "code": "events",
    "title": "活动表",
    "money_unit": "元",
    "columns": [
        {"code": "event", "label": "活动", "kind": "text"},
        {"code": "people", "label": "人次", "kind": "count", "unit": "人次"},
        {"code": "cost", "label": "金额", "total": True},
        {"code": "each", "label": "人均", "kind": "number", "unit": "元/人次", "formula": "金额 ÷ 人次"},
    ],
}
FIXED = {
    "code": "fixed",
    "title": "对比表",
    "source": "derived",
    "columns": [{"code": "item", "label": "项目", "kind": "text"}, {"code": "sum", "label": "金额"}],
    "rows": [
        {"code": "a", "label": "会议费", "cells": {"sum": "会议费"}},
        {"code": "b", "label": "上年会议费", "cells": {"sum": "上年会议费"}},
    ],
}
PATTERN = "{活动}（{people}人次），{金额}元，合{金额|万元}万元；全年会议费{会议费}万元。"
PIECES: dict[str, Any] = {
    "text": {"kind": "text", "code": "t-other", "label": "其他"},
    "inputs": {"kind": "inputs", "fields": ["other"]},
    "table": {"kind": "table", "code": "events"},
    "list": {"kind": "list", "code": "events", "text": "{活动}"},
    "projects": {"kind": "projects"},
    "budget": {"kind": "budget"},
}


def outline(**more: Any) -> list[dict[str, Any]]:
    typed = {"kind": "inputs", "fields": ["now", "before"]}
    said = {"kind": "paragraph", "sentences": BY_SIGN}
    listed = {"kind": "list", "code": "events", "text": PATTERN}
    table = {"kind": "table", "code": "events"}
    step = {"code": "s", "heading": "{year}年会议", "step": True, "blocks": [typed, table, said, listed]}
    return [step | more]


def meetings(**more: Any) -> CompiledTemplate:
    parts = {"fields": MEETINGS, "tables": [EVENTS, FIXED], "unit": "万元", "outline": outline()}
    return compiled(**{**parts, **more})


# ── wording ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("now", "before", "printed"),
    [
        ("3", "5", "比上年下降2.00元。"),
        ("5", "5", "与上年持平。"),
        ("5", "3", "比上年增长2.00元。"),
        ("5", "0", "比上年增长5.00元。"),
        ("0", "5", "没有发生会议费。"),
        ("0", "0", "没有发生会议费。"),
        ("0", "", "没有发生会议费。"),
        ("5", "", ""),
        ("", "5", ""),
        ("不适用", "5", ""),
    ],
)
def test_wording_follows_sign_and_zero(now: str, before: str, printed: str) -> None:
    """下降, 持平, 增长 and 未发生 exclude each other; what cannot be told is not said."""
    computed = figures(meetings(unit="元"), now=now, before=before)
    words = computed.compiled.paragraph("s", 2, computed)
    assert render(words, computed, year=2024) == printed


def test_the_sentences_that_hold_make_one_paragraph() -> None:
    said = [{"text": "开了会。"}, {"text": "很多。", "when": "会议费 > 10元"}, {"text": "完。"}]
    given = outline()
    given[0]["blocks"][2]["sentences"] = said
    target = meetings(outline=given)
    assert target.paragraph("s", 2, figures(target, now="1元")) == "开了会。完。"
    assert target.paragraph("s", 2, figures(target, now="11元")) == "开了会。很多。完。"
    given[0]["blocks"][2] = {"kind": "paragraph", "text": "固定{会议费}。"}
    fixed = meetings(outline=given)
    assert fixed.paragraph("s", 2, figures(fixed)) == "固定{会议费}。"


def test_a_division_by_zero_is_no_reason_to_say_something() -> None:
    given = outline()
    given[0]["blocks"][2]["sentences"] = [{"text": "过半。", "when": "会议费 ÷ 上年会议费 > 0.5"}]
    target = meetings(outline=given)
    assert target.paragraph("s", 2, figures(target, now="2", before="0")) == ""
    assert target.paragraph("s", 2, figures(target, now="2", before="2")) == "过半。"


# ── lists ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_row_is_printed_by_its_pattern_and_an_empty_one_is_not() -> None:
    typed = [{"event": "座谈", "people": "30", "cost": "25000"}, {}, {"event": "走访"}]
    computed = figures(meetings(), now="3万元", tables={"events": typed})
    printed = [render(PATTERN, computed, year=2024, row=row) for row in rows(computed, "events")]
    assert printed == [
        "座谈（30人次），25,000.00元，合2.50万元；全年会议费3.00万元。",
        "走访（（未填）人次），（未填）元，合（未填）万元；全年会议费3.00万元。",
    ]


def test_a_column_hides_a_figure_of_the_same_name_inside_its_list_only() -> None:
    target = meetings(fields=[*MEETINGS, {"code": "cost", "label": "金额", "formula": "会议费 × 2"}])
    computed = figures(target, now="3万元", tables={"events": [{"cost": "5"}]})
    assert render("{金额}", computed, year=2024) == "6.00"
    assert render("{金额}", computed, year=2024, row=rows(computed, "events")[0]) == "5.00"


def test_a_derived_column_alone_makes_no_row_and_may_be_printed() -> None:
    computed = figures(meetings(), tables={"events": [{"people": "2", "cost": "5"}, {"people": "不适用"}]})
    each = [render("{人均}", computed, year=2024, row=row) for row in rows(computed, "events")]
    assert each == ["2.5", "不适用"]
    with pytest.raises(BindingError):
        render("{人均}", computed, year=2024)


def test_fixed_rows_without_a_figure_are_left_out() -> None:
    computed = figures(meetings(), now="1")
    assert [row.cells["id"] for row in rows(computed, "fixed")] == ["a"]


# ── units ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_amount_knows_its_unit() -> None:
    fields = [MEETINGS[0], MEETINGS[1] | {"money_unit": "千元"}, MEETINGS[2]]
    target = meetings(fields=fields)
    assert {code: target.unit_of(code) for code in (
        "now", "before", "change", "上年.before", "events", "events.cost", "events[r1].cost", "lines",
        "lines[7].executed", "nothing",
    )} == {
        "now": "万元", "before": "千元", "change": "万元", "上年.before": "千元", "events": "元",
        "events.cost": "元", "events[r1].cost": "元", "lines": "万元", "lines[7].executed": "万元",
        "nothing": "万元",
    }  # fmt: skip
    assert target.unit_of("events.cost", "events") == "元"
    assert target.unit_of("before", "events") == target.unit_of() == "万元"


def test_a_figure_is_told_in_its_own_unit_unless_another_is_asked_for() -> None:
    target = meetings(fields=[MEETINGS[0] | {"money_unit": "元"}, *MEETINGS[1:]])
    computed = figures(target, now="12345.6", before="2万元")
    text = "{会议费}元，{会议费|万元}万元；{上年会议费}万元"
    assert render(text, computed, year=2024) == "12,345.60元，1.23万元；2.00万元"


@pytest.mark.parametrize(
    ("before", "working", "inputs"),
    [
        ("元", "300,000.00 ÷ 200,000.00 = 150.00%", ["300,000.00元", "200,000.00元"]),
        ("千元", "30.00 ÷ 20.00 = 150.00%", ["300,000.00元", "200.00千元"]),
        ("", "30.00 ÷ 20.00 = 150.00%", ["300,000.00元", "20.00万元"]),
    ],
)
def test_a_working_counts_in_one_unit(before: str, working: str, inputs: list[str]) -> None:
    """That of its figures, or the template's where they differ; each figure by itself stands in its own."""
    rule = {"kind": "scaled", "measure": "会议费 ÷ 上年会议费 × 100", "of": 200}
    leaf = {"code": "A", "name": "甲", "weight": 100, "rule": rule}
    given = outline()
    given[0]["blocks"].append({"kind": "analysis", "code": "A"})
    fields = [MEETINGS[0] | {"money_unit": "元"}, MEETINGS[1] | {"money_unit": before}, MEETINGS[2]]
    target = meetings(fields=fields, indicators=[leaf], outline=given)
    line = scored(target, now="30万元", before="20万元").lines[0]
    assert line.working.startswith(working)
    assert [f"{value}{unit}" for _, _, value, unit in line.inputs] == inputs


@pytest.mark.parametrize(("unit", "said"), [("", "“0.0000001”折合 0.001 元"), ("元", "折合 0.0000001 元")])
def test_what_cannot_be_read_is_explained_in_the_unit_of_its_box(unit: str, said: str) -> None:
    target = meetings(fields=[MEETINGS[0] | {"money_unit": unit}, *MEETINGS[1:]])
    stated = facts(target, raw={"now": "0.0000001"}, before="1")
    computed = target.compute(stated)
    (finding,) = check(target, computed, score(target, computed))
    assert said in finding.message


# ── optional and renamable ──────────────────────────────────────────────────────────────────────────────────


def optional(*kinds: str, **more: Any) -> CompiledTemplate:
    other = {"code": "o", "heading": "其他", "optional": True, "blocks": [PIECES[kind] for kind in kinds]}
    fields = [*MEETINGS, {"code": "other", "label": "其他数"}] if "inputs" in kinds else MEETINGS
    given = outline(children=[other | more])
    if "table" in kinds or "list" not in kinds:
        given[0]["blocks"] = [block for block in given[0]["blocks"] if block.get("code") != "events"]
    tables = [EVENTS] if "table" in kinds or "list" in kinds else []
    extra = {"project_template": "p"} if "projects" in kinds else {}
    return meetings(fields=fields, tables=tables, outline=given, **extra)


PROJECT = Project("p1", "项目", D(1), MISSING, MISSING, D(1), MISSING)


@pytest.mark.parametrize(
    ("kinds", "given", "printed"),
    [
        (["text"], {}, False),
        (["text"], {"texts": {"t-other": " \n "}}, False),
        (["text"], {"texts": {"t-other": "有。"}}, True),
        (["text"], {"now": "5"}, False),
        (["inputs"], {}, False),
        (["inputs"], {"other": "0"}, True),
        (["inputs"], {"other": "不适用"}, True),
        (["inputs"], {"raw": {"other": "许多"}}, True),
        (["table"], {}, False),
        (["table"], {"tables": {"events": [{"event": "座谈"}]}}, True),
        (["list"], {}, False),
        (["list"], {"tables": {"events": [{"event": "座谈"}]}}, True),
        (["projects"], {}, False),
        (["projects"], {"projects": (PROJECT,)}, True),
        (["budget"], {}, False),
        (["budget"], {"lines": [("2012901", "30101", "5")]}, True),
        (["text", "inputs"], {"other": "1"}, True),
    ],
)
def test_an_optional_chapter_is_printed_when_something_is_written(
    kinds: list[str], given: dict[str, Any], printed: bool
) -> None:
    target = optional(*kinds)
    stated = facts(target, **given)
    assert is_printed(target, target.sections["o"], stated) is printed
    assert is_printed(target, target.sections["s"], stated)


def test_an_optional_chapter_is_printed_when_an_indicator_was_answered() -> None:
    leaf = {"code": "G1", "name": "效益", "weight": 100, "rule": {"kind": "judged"}}
    other = {"code": "o", "heading": "其他", "optional": True, "blocks": [{"kind": "analysis", "code": "G1"}]}
    target = meetings(indicators=[leaf], outline=outline(children=[other]))
    assert not is_printed(target, target.sections["o"], facts(target, now="5"))
    assert is_printed(target, target.sections["o"], facts(target, answers={"G1-points": D(0)}))
    group = {"seconds": ["数量指标"], "rule": {"kind": "target"}}
    open_leaf = {"code": "G1", "name": "产出", "weight": 100, "open": group}
    target = meetings(indicators=[open_leaf], outline=outline(children=[other]))
    assert not is_printed(target, target.sections["o"], facts(target, now="5"))
    assert is_printed(target, target.sections["o"], facts(target, tables={"G1": [{"name": "走访"}]}))


def test_an_optional_chapter_shows_what_its_own_chapters_hold() -> None:
    inner = {"code": "i", "heading": "内", "renamable": True, "blocks": []}
    target = optional("text", children=[inner])
    renamed = facts(target, overrides={"i": Override("另一个标题", "本单位的叫法")})
    assert not is_printed(target, target.sections["o"], facts(target))
    assert is_printed(target, target.sections["o"], renamed)
    blank = facts(target, overrides={"i": Override(" ", "")})
    assert not is_printed(target, target.sections["o"], blank)


def test_what_belongs_to_the_wizard_is_not_printed() -> None:
    target = optional("text", appears="wizard")
    assert not is_printed(target, target.sections["o"], facts(target, texts={"t-other": "有。"}))


def test_a_heading_that_may_be_changed_has_a_place() -> None:
    target = optional("text", renamable=True)
    assert (target.locate("o"), target.label("o")) == ("s.o", "其他")
    assert target.order_of("s.o") < target.order_of("s.t-other")


# ── faults ──────────────────────────────────────────────────────────────────────────────────────────────────

JUDGED = {"code": "G1", "name": "效益", "weight": 100, "rule": {"kind": "judged"}}
DATA = template_data(
    fields=MEETINGS,
    tables=[EVENTS],
    outline=outline(),
    indicators=[{"code": "G", "name": "产出", "children": [JUDGED]}],
)
BLOCK = "outline[0].blocks"


@pytest.mark.parametrize(
    ("path", "value", "place", "words"),
    [
        (
            "outline.0.blocks.2",
            {"kind": "paragraph"},
            f"{BLOCK}[2]",
            "要么写 text，要么写 sentences",
        ),
        (
            "outline.0.blocks.2",
            {"kind": "paragraph", "text": "一", "sentences": [{"text": "二"}]},
            f"{BLOCK}[2]",
            "只写一种",
        ),
        ("outline.0.blocks.2.sentences.0.when", "会议费", f"{BLOCK}[2].sentences[0].when", "这里需要是否"),
        ("outline.0.blocks.2.sentences.3.when", "会义费 = 0", f"{BLOCK}[2].sentences[3].when", "“会议费”"),
        ("outline.0.blocks.2.sentences.0.text", "{会义费}", f"{BLOCK}[2].sentences[0].text", "{会义费}"),
        ("outline.0.blocks.0.sentences", [{"text": "一"}], f"{BLOCK}[0].sentences", "只有 text 和 paragraph"),
        ("outline.0.blocks.3.code", "ghost", f"{BLOCK}[3].code", "没有代码为“ghost”的表"),
        ("outline.0.blocks.3.text", " ", f"{BLOCK}[3].text", "每一行怎样印"),
        ("outline.0.blocks.3.text", "{人数}", f"{BLOCK}[3].text", "引用了“{人数}”"),
        ("outline.0.blocks.3.text", "{people|万元}", f"{BLOCK}[3].text", "引用了“{people|万元}”"),
        ("outline.0.blocks.2.text", "{人次}", f"{BLOCK}[2].text", "引用了“{人次}”"),
        ("outline.0.heading", "{单位}情况", "outline[0].heading", "{单位}"),
        ("outline.0.heading", "得{得分:GG1}分", "outline[0].heading", "没有代码为“GG1”的指标，是否指“G1”"),
        ("outline.0.heading", "得{完成值:G}", "outline[0].heading", "只有三级指标有完成值"),
        ("outline.0.heading", "得{分数:G1}", "outline[0].heading", "没有这个数据项"),
        ("tables.0.unit_line", "单位：{元}", "tables[0].unit_line", "{元}"),
        ("tables.0.note", "{注}", "tables[0].note", "{注}"),
        ("cover", [{"label": "单位", "text": "{单位}"}], "cover[0].text", "{单位}"),
        (
            "outline",
            [*outline(), {"code": "p", "heading": "附", "appears": "print", "renamable": True}],
            "outline[1].renamable",
            "无处填写",
        ),
    ],
)
def test_a_fault_is_named_at_its_place(path: str, value: Any, place: str, words: str) -> None:
    found = refused(changed(DATA, (path, value)))
    assert place in found
    assert words in found[place]


def test_a_list_of_classes_of_the_budget_is_refused() -> None:
    amounts = [
        {"code": "c", "label": "科目", "kind": "text"},
        {"code": "e", "label": "数", "amount": "executed"},
    ]
    classes = {"code": "b", "title": "科目表", "source": "budget", "columns": amounts}
    given = outline()
    given[0]["blocks"] += [{"kind": "budget"}, {"kind": "list", "code": "b", "text": "{数}"}]
    with pytest.raises(TemplateFaults, match=r"blocks\[5\].code：“科目表”按预算明细的科目生成"):
        meetings(tables=[EVENTS, classes], outline=given)
