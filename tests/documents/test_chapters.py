"""What a county's report prints beyond plain chapters: cover, author's structure, lists, units, projects."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from evaluations.documents import building, html
from evaluations.documents.model import AppendixList, CoverLine, Document, Heading, Paragraph, Table

from .county import COUNTY, content, county
from .sample import with_text


def printed(made: Document) -> list[str]:
    """Headings and paragraphs of the text, in order."""
    return [
        block.label if isinstance(block, Heading) else block.text
        for block in made.parts[0].blocks
        if isinstance(block, Heading | Paragraph)
    ]


def headings(made: Document) -> list[str]:
    return [block.label for block in made.parts[0].blocks if isinstance(block, Heading)]


def tables(made: Document) -> dict[str, Table]:
    return {block.caption: block for block in made.parts[0].blocks if isinstance(block, Table)}


def cells(table: Table) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in table.rows]


# ── cover ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_cover_bears_the_title_what_is_said_of_the_report_and_the_date() -> None:
    made = county()
    assert made.cover.title == (
        "2024年度部门整体支出绩效自评报告",
    )  # the department stands in a line of its own
    assert made.cover.lines == (CoverLine("单位名称", "保靖县总工会"), CoverLine("填报人", "张三"))
    assert made.cover.date == "2025年3月15日"
    assert made.parts[0].title == ()
    assert made.name == "保靖县总工会2024年度部门整体支出绩效自评报告"


def test_a_title_without_a_line_for_the_department_names_it() -> None:
    template = copy.deepcopy(COUNTY["template"])
    template["cover"] = [{"label": "行政区划", "text": "{行政区划}"}]
    assert county(template=template).cover.title[0] == "保靖县总工会"


def test_what_is_not_filled_in_is_marked_in_a_draft_and_room_in_what_was_sent() -> None:
    empty = {"fields": {"filler": None}}
    assert county("draft", **empty).cover.lines[1] == CoverLine("填报人", "（未填）", missing=True)
    assert county(**empty).cover.lines[1] == CoverLine("填报人", "")
    said = {"t-intro": "由{填报人}填报。"}
    assert "由（未填）填报。" in printed(county("draft", texts=said, **empty))
    assert "由（　　）填报。" in printed(county(texts=said, **empty))
    for state, marked in (("draft", True), ("submitted", False)):
        assert ("<mark>" in html.render(county(state, texts=said, **empty))) is marked


# ── the author's own structure ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("# 帮扶：：资助40人", ["（一）帮扶。资助40人"]),
        ("# 帮扶:: 资助40人", ["（一）帮扶。资助40人"]),
        ("# 帮扶年：：：资助40人", ["（一）帮扶年：资助40人"]),
        ("＃ 帮扶\n＃＃ 入户\n### 走访", ["（一）帮扶", "1.入户", "（1）走访"]),
        ("# 帮扶：：\n正文", ["（一）帮扶", "正文"]),
        ("#- 名词解释\n# 帮扶", ["名词解释", "（一）帮扶"]),
        ("##- 甲：：乙", ["甲。乙"]),
        ("#", ["#"]),
        ("时间：：地点", ["时间：：地点"]),
        ("# 帮扶：资助", ["（一）帮扶：资助"]),
        ("- 甲\n# 标题\n- 乙\n# 其他\n## 小标题\n- 丙",
         ["（1）甲", "（一）标题", "1.乙", "（二）其他", "1.小标题", "（1）丙"]),
    ],
)  # fmt: skip
def test_signs_at_the_beginning_of_a_line(text: str, result: list[str]) -> None:
    made = with_text(text)
    start = printed(made).index("一、部门概况") + 1
    assert printed(made)[start : start + len(result)] == result


def test_the_run_in_heading_stands_out_from_its_text() -> None:
    run_in = next(block for block in county().parts[0].blocks if getattr(block, "level", 0) == 2
                  and isinstance(block, Paragraph))  # fmt: skip
    assert [(run.text, run.mark) for run in run_in.runs] == [
        ("（一）机构。", "label"),
        ("设办公室等4个部。", ""),
    ]


def test_numbers_go_on_from_the_authors_headings_to_the_templates() -> None:
    assert headings(county())[:6] == [
        "一、部门概况",
        "名词解释",
        "机构编制规定",
        "(一)办公室",
        "（二）收支情况",
        "（三）工作开展",
    ]


def test_articles_of_a_document_within_lead_their_text_and_hold_lists() -> None:
    text = printed(county())
    start = text.index("机构编制规定")
    assert text[start : start + 8] == [
        "机构编制规定",
        "第一条　根据工会法制定本规定。",
        "第二条　主要职责是：",
        "1、组织建设",
        "2、维权服务",
        "第三条　内设机构：",
        "(一)办公室",
        "1、承担文秘工作",
    ]
    title = next(block for block in county().parts[0].blocks if getattr(block, "embedded", False))
    assert title.label == "机构编制规定"


def test_styles_may_begin_anew_below_and_headings_go_without_number() -> None:
    text = printed(county())
    start = text.index("二、绩效情况")
    assert text[start : start + 6] == [
        "二、绩效情况", "一、重点工作", "落实年：年初制定方案。", "精神年", "一是建会", "二是入会",
    ]  # fmt: skip


# ── chapters ────────────────────────────────────────────────────────────────────────────────────────────────


def test_an_optional_chapter_prints_and_counts_only_when_something_was_written() -> None:
    assert "（三）工作开展" in headings(county())
    written = headings(county(texts={"t-extra": "没有。"}))
    assert ["（三）其他情况", "（四）工作开展"] == written[5:7]


def test_an_introduction_has_no_heading() -> None:
    template = copy.deepcopy(COUNTY["template"])
    first = template["outline"][1]
    template["outline"][1] = first | {"heading": "", "numbering": "", "short": "引言", "children": []}
    assert printed(county(template=template, texts={"t-intro": "现将有关情况报告如下。"}))[0] == (
        "现将有关情况报告如下。"
    )


def test_a_heading_may_be_renamed() -> None:
    override = {"work": {"text": "重点工作开展情况", "reason": "与通知一致"}}
    assert "（三）重点工作开展情况" in headings(county(overrides=override))


@pytest.mark.parametrize(
    ("procurement", "said"),
    [("123456.7", "政府采购123,456.70元，折合12.35万元。"), ("0", "没有政府采购。"), (None, "")],
)
def test_sentences_that_hold_make_one_paragraph(procurement: str | None, said: str) -> None:
    text = printed(county(fields={"procurement": procurement}))
    assert (text[text.index("（二）收支情况") + 1]) == (said or "（三）工作开展")


def test_a_list_prints_each_row_that_says_something() -> None:
    rows: list[dict[str, Any]] = [
        {"id": "a", "name": "送温暖", "people": "800", "paid": "35000"},
        {"id": "b"},
    ]
    text = printed(county(tables={"T-acts": rows}))
    start = text.index("（三）工作开展")
    assert text[start + 1 : start + 3] == ["（1）送温暖，服务800人次，支出3.50万元；", "明细"]


def test_every_table_is_in_its_own_unit() -> None:
    found = tables(county())
    assert found["采购明细表"].unit_line == "单位：千元"
    assert cells(found["采购明细表"])[0] == ["打印机", "23.46"]
    assert found["项目自评汇总表"].unit_line == "单位：万元"


@pytest.mark.parametrize("code", ["CC", "MY01"])
def test_indicators_with_targets_print_target_working_and_points(code: str) -> None:
    template = copy.deepcopy(COUNTY["template"])
    data, _, results, *_ = template["outline"]
    data["blocks"].remove({"kind": "analysis", "code": code})
    results["blocks"] = [{"kind": "analysis", "code": code}]
    text = printed(county(template=template))
    start = text.index("二、绩效情况") + 1
    assert (
        text[start : text.index("（一）产出")]
        == {
            "CC": [
                "（一）帮扶困难职工。年度指标值：≥500人次；实际完成值：480人次。"
                "完成480÷目标500 = 96.00%，按96.00% × 25分计，得24分。失分原因：部分职工已脱困。",
                "（二）技能竞赛。年度指标值：10场；实际完成值：10场。10 = 10场，得满分25分。",
                "（三）资助准确率。年度指标值：100%；实际完成值：100%。100% = 100%，得满分30分。",
            ],
            "MY01": [
                "完成情况：年度指标值：≥90%；实际完成值：95.9%。",
                "计算过程：95.9% ≥ 90%，得满分10分。",
                "评价得分：故本项计满分10分。",
            ],
        }[code]
    )


def test_a_total_that_is_not_yet_one_is_a_blank_in_a_draft() -> None:
    said = {"t-intro": "自评得{自评得分}分。"}
    assert "自评得98.05分。" in printed(county("draft", texts=said))
    assert "自评得（未填）分。" in printed(county("draft", texts=said, fields={"budget": None}))


# ── projects ────────────────────────────────────────────────────────────────────────────────────────────────


def test_each_projects_report_is_an_annex_behind_the_departments_own() -> None:
    made = county()
    assert [(part.label, "".join(part.title)) for part in made.parts[1:]] == [
        ("附件1", "2024年度部门整体支出绩效自评表"),
        ("附件2", "绩效指标完成情况表"),
        ("附件3", "项目支出绩效自评表（2024年度）（困难职工帮扶）"),
        ("附件4", "项目支出绩效自评表（2024年度）（职工技能竞赛）"),
    ]
    listed = next(block for block in made.parts[0].blocks if isinstance(block, AppendixList))
    assert listed.titles[2:] == (
        "3.项目支出绩效自评表（困难职工帮扶）",
        "4.项目支出绩效自评表（职工技能竞赛）",
    )
    assert cells(tables(made)["项目自评汇总表"])[0] == ["困难职工帮扶", "", "", "9.00"]


def test_a_project_by_itself_prints_its_form_under_a_title_that_names_it() -> None:
    made = building.build(content()["projects"][0])
    assert made.title == ("保靖县总工会2024年度项目支出绩效自评表", "（困难职工帮扶）")
    (form,) = made.parts[0].blocks
    assert form.caption == ""


def test_no_anchor_stands_twice_in_a_report_with_projects() -> None:
    page = html.render(county())
    anchors = [piece.partition('"')[0] for piece in page.split(' id="')[1:]]
    assert len(anchors) > 20
    assert len(anchors) == len(set(anchors))
    assert {"i-ZX01", "p1-i-P01", "p2-i-P01", "t-CC", "x-t-goal", "s-annex"} <= set(anchors)
