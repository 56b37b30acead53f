"""What a report says: headings, narratives, figures, tables, scores, drafts."""

from __future__ import annotations

import copy
import re

import pytest

from evaluations.documents import building, html
from evaluations.documents.model import AppendixList, Chart, Document, Heading, Paragraph, Signature, Table

from .sample import TEMPLATE, content, document, with_text


def headings(made: Document) -> list[str]:
    return [block.label for part in made.parts for block in part.blocks if isinstance(block, Heading)]


def paragraphs(made: Document) -> list[str]:
    return [block.text for part in made.parts for block in part.blocks if isinstance(block, Paragraph)]


def table(made: Document, caption: str) -> list[list[str]]:
    blocks = [block for part in made.parts for block in part.blocks]
    found = next(block for block in blocks if isinstance(block, Table) and block.caption == caption)
    return [[cell.text for cell in row.cells] for row in (*found.head, *found.rows)]


def marks(made: Document) -> list[str]:
    """Everything marked as 未填 or unknown."""
    page = html.render(made)
    return re.findall(r"<mark>(.*?)</mark>", page)


# ── outline ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_one_outline_prints_with_generated_numbers_and_without_what_belongs_to_the_wizard() -> None:
    made = document(texts={"t-duties": "职能。"})
    assert headings(made) == [
        "一、部门概况", "（一）2024年支出情况",
        "二、绩效分析", "（一）执行率", "（二）在职人员控制率", "（三）效益", "（四）评价结论",
    ]  # fmt: skip


def test_a_run_in_heading_begins_its_paragraph() -> None:
    run_in = next(
        block for block in document().parts[0].blocks if isinstance(block, Paragraph) and block.level
    )
    assert run_in.text == "（四）人员情况。在编11人，控制率84.62%。"  # behind two of the author's own
    assert run_in.runs[0].text == "（四）人员情况。"


def test_appendices_follow_on_parts_of_their_own_and_are_listed_before_the_signature() -> None:
    made = document()
    assert [(part.label, part.title) for part in made.parts[1:]] == [
        ("附件1", ("预算执行情况表",)),
        ("附件2", ("其他说明",)),
    ]
    *_, listed, signed = made.parts[0].blocks
    assert listed == AppendixList(("1.预算执行情况表", "2.其他说明"))
    assert signed == Signature("保靖县总工会", "2025年3月15日")


def test_a_single_appendix_has_no_number() -> None:
    template = copy.deepcopy(TEMPLATE)
    template["outline"] = [node for node in template["outline"] if node["code"] != "ap1"]
    made = document(template=template)
    assert made.parts[1].label == "附件"
    assert AppendixList(("其他说明",)) in made.parts[0].blocks


# ── narratives ──────────────────────────────────────────────────────────────────────────────────────────────


def test_an_authors_own_sub_sections_are_numbered_by_the_blocks_styles() -> None:
    made = with_text("# 组织\n## 建会\n## 入会\n# 维权\n## 协商\n正文。")
    assert headings(made)[1:6] == ["（一）组织", "1.建会", "2.入会", "（二）维权", "1.协商"]


def test_lists_take_the_next_style_and_start_anew_after_other_lines() -> None:
    assert paragraphs(with_text("- 甲\n- 乙\n正文。\n- 丙"))[:4] == [
        "（一）甲",
        "（二）乙",
        "正文。",
        "（一）丙",
    ]
    assert paragraphs(with_text("# 标题\n- 甲\n- 乙"))[:2] == ["1.甲", "2.乙"]
    assert paragraphs(with_text("# 标题\n- 甲\n## 小标题\n- 乙"))[:2] == ["（1）甲", "（1）乙"]


def test_indents_and_blanks_beside_ideographs_are_left_out() -> None:
    made = with_text("　　全年  支出 {全年执行数} 万元，用于 plc platform 建设 。 \n\n   \n第二段")
    assert paragraphs(made)[:2] == ["全年支出123.46万元，用于plc platform建设。", "第二段"]


def test_a_prompt_is_never_printed_even_when_it_was_left_in_the_box() -> None:
    prompt = TEMPLATE["outline"][1]["blocks"][0]["prompt"]
    assert prompt not in html.render(document(texts={"t-duties": ""}))
    made = with_text(f"  {prompt[:10]} {prompt[10:]}\n自己的话。")
    assert paragraphs(made)[0] == "自己的话。"


def test_nor_is_a_prompt_copied_from_the_page_where_its_variables_are_filled_in() -> None:
    template = copy.deepcopy(TEMPLATE)
    template["outline"][1]["blocks"][0]["prompt"] = "写{year}年的职能，并说明变化。"
    made = with_text("写2024年的职能，并说明变化。\n自己的话。", template=template)
    assert paragraphs(made)[0] == "自己的话。"


def test_markup_in_texts_and_tables_is_text() -> None:
    rows = [{"id": "a", "item": "<img src=x>", "amount": "1"}]
    page = html.render(document(texts={"t-duties": "<script>alert(1)</script>&nbsp;"}, tables={"T2": rows}))
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;nbsp;" in page
    assert page.count("&lt;img src=x&gt;") >= 2  # in the table and in the chart


# ── figures ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_bound_figures_print_in_the_reports_unit_or_in_the_one_they_name() -> None:
    made = with_text(
        "{全年执行数}万元，即{全年执行数|元}元；编制{编制数}人；部署日期{部署日期}；{last_year}年；{{括号}}。"
    )
    assert (
        paragraphs(made)[0]
        == "123.46万元，即1,234,567.80元；编制13人；部署日期2025年3月5日；2023年；{括号}。"
    )


def test_a_printed_override_stands_instead_of_the_derived_figure() -> None:
    assert paragraphs(with_text("未列{未列经济分类支出}万元。"))[0] == "未列10.14万元。"
    assert table(document(), "公用经费明细表")[-1] == ["合　计", "21.56", "100.00%", ""]


def test_a_draft_shows_blanks_and_unknown_names_and_a_submitted_report_has_none() -> None:
    draft = with_text("编制{编制数}人，{没有的数}。", state="draft", fields={"quota": None})
    assert paragraphs(draft)[0] == "编制（未填）人，{没有的数}。"
    assert {"（未填）", "{没有的数}"} <= set(marks(draft))
    assert marks(document()) == []


def test_an_empty_required_narrative_shows_in_the_draft() -> None:
    assert "（主要职能：未填）" in marks(document("draft", texts={"t-duties": "  "}))


def test_text_that_cannot_be_read_as_a_figure_is_printed_as_typed_in_a_draft() -> None:
    made = content("draft")
    made["sections"]["ch1"]["tables"]["T2"][1].pop("amount")
    made["sections"]["ch1"]["raw"]["T2[a2].amount"] = "一万多"
    assert "一万多" in marks(building.build(made))


# ── tables and charts ───────────────────────────────────────────────────────────────────────────────────────


def test_tables_of_every_source_print_their_rows_and_totals() -> None:
    made = document()
    assert table(made, "支出明细表") == [
        ["科目名称", "本年支出", "工资福利支出"],
        ["一般公共服务支出", "85.80", "75.66"],
        ["群众团体事务", "85.80", "75.66"],
        ["行政运行", "85.80", "75.66"],
        ["社会保障和就业支出", "12.47", "12.47"],
        ["行政事业单位养老支出", "12.47", "12.47"],
        ["机关事业单位基本养老保险缴费支出", "12.47", "12.47"],
        ["合　计", "98.27", "88.13"],
    ]
    assert table(made, "公用经费明细表")[1:3] == [
        ["办公费", "20.29", "94.14%", "是"],
        ["印刷费", "1.26", "5.86%", ""],
    ]
    assert table(made, "人员") == [
        ["项目", "单位", "数值"],
        ["编制数", "人", "13"],
        ["在职人数", "人", "11"],
        ["在职人员控制率", "%", "84.62"],
        ["全年预算数", "万元", "126.08"],
    ]


def test_the_unit_is_said_once_a_table() -> None:
    units = {
        block.caption: block.unit_line for block in document().parts[0].blocks if isinstance(block, Table)
    }
    assert units["支出明细表"] == "单位：万元"
    assert units["人员"] == ""


def test_charts_say_the_same_in_words() -> None:
    pie, bar = (block for block in document().parts[0].blocks if isinstance(block, Chart))
    assert pie.points == (("办公费", "20.29"), ("印刷费", "1.26"))
    assert bar.points == (("全年预算数", "126.08"), ("全年执行数", "123.46"))


def test_more_rows_than_can_be_printed_are_refused_with_the_limit() -> None:
    rows = [{"id": f"{number:04x}", "item": "办公费", "amount": "1"} for number in range(5000)]
    with pytest.raises(
        building.TooLong, match="表“公用经费明细表”有 5,001 行，超过一张表可以打印的 1,000 行"
    ):
        document(tables={"T2": rows})


# ── scores ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_analysis_names_standard_working_and_points() -> None:
    said = paragraphs(document())
    assert "评价标准：以100%为标准。" in said
    assert "计算过程：11 ÷ 13 = 84.62% ≤ 100%，得满分5分。" in said
    assert "评价得分：故本项计满分5分。" in said
    assert "评价得分：本项满分5分，计4分。失分原因：部分指标未量化。" in said


def test_an_indicator_without_data_is_a_blank_in_the_draft_and_never_a_score() -> None:
    made = document("draft", fields={"I3-points": None})
    assert any("缺少" in mark for mark in marks(made))
    assert table(made, "绩效评价指标表")[-1] == ["合　计", "（未填）"]


def test_the_indicator_table_merges_levels_and_shared_weights_and_ends_with_the_total() -> None:
    assert table(document(), "绩效评价指标表")[1:] == [
        ["投入", "10", "预算执行", "10", "预算执行率", "5", "100%以上（含）计满分，每低于1%扣1分，扣完为止。",
         "执行率=全年执行数÷全年预算数×100%", "3"],
        ["在职人员控制率", "5", "以100%为标准。", "在职人数÷编制数×100%", "5"],
        ["效果", "10", "履职效益", "10", "经济效益", "10", "由自评单位评定。", "", "4"],
        ["社会效益", "5"],
        ["合　计", "17.00"],
    ]  # fmt: skip


# ── the whole ───────────────────────────────────────────────────────────────────────────────────────────────


def test_title_version_and_draft() -> None:
    sent, draft = document(), document("draft")
    assert sent.title == ("保靖县总工会", "2024年度部门整体支出绩效自评报告")
    assert (sent.version, sent.draft, sent.issued) == ("第 1 版", False, "2025-03-15")
    assert (draft.version, draft.draft, draft.issued) == ("草稿", True, "")


def test_a_reason_typed_with_its_full_stop_ends_the_sentence_once() -> None:
    text = "原因是{I1-reason}。\n因{I1-reason}，失分。\n{I1-reason}"
    body = with_text(text, fields={"I1-reason": "年中停产。"}).parts[0].blocks
    lines = ["".join(run.text for run in one.runs) for one in body if isinstance(one, Paragraph)]
    assert lines[:3] == ["原因是年中停产。", "因年中停产，失分。", "年中停产。"]


def test_the_view_model_holds_nothing_but_texts_and_layout() -> None:
    def leaves(value: object) -> list[object]:
        if isinstance(value, tuple):
            return [leaf for item in value for leaf in leaves(item)]
        if hasattr(value, "__slots__") and not isinstance(value, str):
            return [leaf for name in value.__slots__ for leaf in leaves(getattr(value, name))]
        return [value]

    assert {type(leaf) for leaf in leaves(document())} <= {str, int, bool, type(None)}
