"""Official forms: one bordered table on a grid, and the 指标表 with targets, on paper too."""

from __future__ import annotations

import copy
import re
from typing import Any

import pypdf
import pytest

from evaluations.documents import building, html, pdf
from evaluations.documents.model import Document, Form, Heading, Paragraph, Row, Table

from .conftest import Print
from .county import COUNTY, PROJECTS, county
from .printed import FOOT, Printed, compact, needs_fonts, needs_poppler

MANY = [
    {
        "id": f"{number:04x}",
        "second": "数量指标" if number < 40 else "质量指标",
        "name": f"第{number}项服务职工工作完成情况",
        "target": f"≥{number + 1}人次",
        "actual": f"{number + 1}人次",
        "weight": "1",
    }
    for number in range(80)
]


def form(made: Document) -> Form:
    """The department's form."""
    return next(block for part in made.parts for block in part.blocks if isinstance(block, Form))


def texts(rows: tuple[Row, ...]) -> list[list[str]]:
    return [[cell.text for cell in row.cells] for row in rows]


# ── what stands in it ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("state", ["draft", "submitted"])
@pytest.mark.parametrize("tables", [{}, {"CC": []}, {"CC": MANY}, {"T-items": []}])
def test_every_row_of_a_form_fills_its_grid(state: str, tables: dict[str, Any]) -> None:
    made = form(county(state, tables=tables))
    for piece in made.pieces:
        for rows in (piece.head, piece.rows):
            below = [0] * made.columns
            for row in rows:
                free = [at for at, taken in enumerate(below) if not taken]
                wide = [(cell.colspan, cell.rowspan) for cell in row.cells]
                assert sum(span for span, _ in wide) == len(free)
                for span, height in wide:
                    for at in free[:span]:
                        below[at] = height
                    free = free[span:]
                below = [max(taken - 1, 0) for taken in below]
            assert not any(below)


def test_cells_show_figures_in_their_units_and_texts_with_their_own_structure() -> None:
    rows = texts(form(county()).pieces[0].rows)
    assert rows[2] == ["100.00", "90.50", "10", "9.05"]
    assert rows[3] == ["年度目标", "　　（一）帮扶\n　　资助困难职工500人次。\n　　1.走访"]


def test_a_table_within_names_its_unit_and_says_when_there_is_nothing() -> None:
    heads, filled = form(county()).pieces[1].head, form(county()).pieces[1].rows
    assert texts(heads) == [["品目", "金额（千元）"]]
    assert texts(filled) == [["打印机", "23.46"], ["空调", "100.00"], ["合　计", "123.46"]]
    template = copy.deepcopy(COUNTY["template"])
    template["tables"][1].pop("total_label")
    assert texts(form(county(template=template, tables={"T-items": []})).pieces[1].rows) == [["无", ""]]


def test_the_indicators_are_all_there_but_for_those_that_the_form_prints_elsewhere() -> None:
    rows = texts(form(county()).pieces[2].rows)
    assert rows == [
        [
            "产出指标\n（80分）",
            "数量指标",
            "帮扶困难职工",
            "≥500人次",
            "480人次",
            "25",
            "24",
            "部分职工已脱困",
        ],
        ["技能竞赛", "10场", "10场", "25", "25", ""],
        ["质量指标", "资助准确率", "100%", "100%", "30", "30", ""],
        ["满意度\n指标\n（10分）", "服务对象满意度", "≥90%", "95.9%", "10", "10", ""],
        ["总　分", "100", "98.05", ""],
    ]
    merged = form(county()).pieces[2].rows[0].cells
    assert [(cell.rowspan, cell.colspan) for cell in merged[:3]] == [(3, 3), (2, 3), (1, 4)]


#: A form without 一级 and 二级指标, with 得分系数 and a column of its own.
COUNTY_COLUMNS = {
    "third": "指标名称", "unit": "计量单位", "sign": "指标性质", "target": "年初指标值",
    "adjusted": "调整指标值", "actual": "全年完成值", "coefficient": "得分系数（%）", "weight": "指标权重",
    "score": "指标得分", "core": "是否核心指标",
}  # fmt: skip
IN_PARTS = [
    {"id": "01", "second": "数量指标", "name": "帮扶", "sign": "≥", "target": "600", "adjusted": "500",
     "unit": "人次", "actual": "480", "weight": "50", "core": "是", "reason": "脱困"},
    {"id": "02", "second": "质量指标", "name": "机制", "sign": "定性", "target": "建立", "actual": "已建立",
     "weight": "30", "coefficient": "90", "core": "否"},
]  # fmt: skip


def in_parts(*columns: str) -> dict[str, Any]:
    """The template with targets in parts, and the indicators of the form in these columns."""
    template = copy.deepcopy(COUNTY["template"])
    group = next(node for node in template["indicators"] if node["code"] == "CC")
    group["open"] |= {
        "split": True,
        "adjusted": True,
        "columns": [{"code": "core", "label": "是否核心指标", "kind": "yes_no", "required": True}],
        "rule": {"kind": "target", "coefficient_places": 2},
    }
    part = template["forms"][0]["parts"][-1]
    if columns:
        part["columns"] = [{"of": of, "label": COUNTY_COLUMNS.get(of, of)} for of in columns]
        part["spans"] = [24 - 2 * (len(columns) - 1), *[2] * (len(columns) - 1)]
    return template


def test_the_indicators_have_the_columns_of_the_form() -> None:
    made = form(county(template=in_parts(*COUNTY_COLUMNS), tables={"CC": IN_PARTS}))
    assert texts(made.pieces[2].head) == [list(COUNTY_COLUMNS.values())]
    assert texts(made.pieces[2].rows) == [
        ["帮扶", "人次", "≥", "600", "500", "480", "96%", "50", "48", "是"],
        ["机制", "", "定性", "建立", "", "已建立", "90%", "30", "27", "否"],
        ["服务对象满意度", "—", "—", "≥90%", "—", "95.9%", "—", "10", "10", "—"],
        ["总　分", "100", "94.05", ""],
    ]
    assert [cell.colspan for cell in made.pieces[2].rows[-1].cells] == [6 + 6 * 2, 2, 2, 2]


def test_targets_in_parts_are_joined_where_the_form_has_one_column_for_them() -> None:
    rows = texts(form(county(template=in_parts(), tables={"CC": IN_PARTS})).pieces[2].rows)
    assert rows[0][2:6] == ["帮扶", "≥500人次", "480人次", "50"]
    assert rows[1][1:4] == ["机制", "建立", "已建立"]


def test_one_group_may_hold_several_first_levels_whose_weights_are_the_departments() -> None:
    template = in_parts()
    group = next(node for node in template["indicators"] if node["code"] == "CC")
    group["open"]["firsts"] = {"质量类": ["质量指标"], "数量类": ["数量指标"]}
    made = form(
        county(template=template, tables={"CC": [*IN_PARTS, IN_PARTS[0] | {"id": "03", "name": "走访"}]})
    )
    rows = made.pieces[2].rows
    assert [row.cells[0].text for row in rows[:3]] == ["数量类\n（100分）", "走访", "质量类\n（30分）"]
    assert [cell.rowspan for cell in rows[0].cells[:3]] == [2, 2, 1]
    assert [row.anchor for row in rows[:3]] == ["t-CC", "", ""]


@pytest.mark.parametrize(
    "columns",
    [
        ("first", "second", "third", "score", "weight"),
        ("first", "third", "weight", "score"),
        ("second", "third", "weight", "coefficient", "score"),
        tuple(COUNTY_COLUMNS),
    ],
)
@pytest.mark.parametrize("rows", [[], IN_PARTS, IN_PARTS[:1]])
@pytest.mark.parametrize("state", ["draft", "submitted"])
def test_every_set_of_columns_fills_the_grid(columns: tuple[str, ...], rows: list, state: str) -> None:
    made = form(county(state, template=in_parts(*columns), tables={"CC": rows}))
    below = [0] * made.columns
    for row in (*made.pieces[2].head, *made.pieces[2].rows):
        free = [at for at, left in enumerate(below) if not left]
        assert sum(cell.colspan for cell in row.cells) == len(free)
        for cell in row.cells:
            for at in free[: cell.colspan]:
                below[at] = cell.rowspan
            free = free[cell.colspan :]
        below = [max(left - 1, 0) for left in below]
    assert not any(below)


def test_the_indicator_table_with_targets_has_every_indicator() -> None:
    (table,) = county().parts[2].blocks
    assert isinstance(table, Table)
    assert texts(table.head)[0][3:8] == [
        "年度指标值",
        "实际完成值",
        "分值",
        "得分",
        "偏差原因分析\n及改进措施",
    ]
    first, *_, last = texts(table.rows)
    assert first == ["预算执行\n（10分）", "预算执行率", "100.00万元", "90.50万元", "10", "9.05", ""]
    assert last == ["总　分", "100", "98.05", ""]
    assert len(table.rows) == 6


def test_what_is_open_in_a_draft_is_marked_and_never_a_score() -> None:
    half = [{"id": "0001", "second": "数量指标", "name": "帮扶", "target": "≥5人次", "weight": "80"}]
    made = county("draft", tables={"CC": half}, fields={"budget": None}, texts={"t-goal": ""})
    rows = [row for piece in form(made).pieces for row in piece.rows]
    marked = [cell.text for row in rows for cell in row.cells if cell.mark]
    assert marked == ["（未填）"] * len(marked)
    assert len(marked) == 6  # 全年预算数, its points, the text, 完成值, its points, the total
    assert form(county("draft", tables={"CC": []})).pieces[2].rows[0].cells[1].text == "（未填）"


def test_a_weight_that_cannot_be_read_is_shown_as_typed() -> None:
    made = county("draft", tables={"CC": [{"id": "0001", "name": "帮扶", "weight": "0"}]})
    row = form(made).pieces[2].rows[0]
    assert [cell.text for cell in row.cells][:3] == ["产出指标\n（80分）", "（未选二级指标）", "帮扶"]


def test_a_footer_keeps_what_belongs_together_and_leaves_room_to_sign() -> None:
    assert [run.text for run in form(county()).footer[0]] == [
        "填表人：张三",
        "填报日期：",
        "单位负责人签字：",
    ]
    assert form(county(fields={"filler": None})).footer[0][0].text == "填表人："
    assert form(county("draft", fields={"filler": None})).footer[0][0].mark == "missing"


def test_too_many_rows_in_a_form_are_refused() -> None:
    rows = [{"id": f"{number:04x}", "name": "空调", "paid": "1"} for number in range(1100)]
    template = copy.deepcopy(COUNTY["template"])
    template["tables"][1]["max_rows"] = 2000
    template["outline"][1]["children"] = template["outline"][1]["children"][:1]
    with pytest.raises(building.TooLong, match="超过一张表可以打印的 1,000 行"):
        county(template=template, tables={"T-items": rows})


# ── on paper ────────────────────────────────────────────────────────────────────────────────────────────────


@needs_poppler
@pytest.mark.parametrize("state", ["submitted", "draft"])
def test_nothing_is_lost_on_paper(printed: Print, state: str) -> None:
    made = county(state, texts={"t-goal": "帮扶困难职工，做好服务。" * 100})
    text = printed(made).text()
    wanted = [f"{line.label}：{line.text}" for line in made.cover.lines]
    for part in made.parts:
        wanted += part.title
        for block in part.blocks:
            match block:
                case Paragraph():
                    wanted.append(block.text)
                case Heading():
                    wanted.append(block.label)
                case Table():
                    wanted += [cell.text for row in (*block.head, *block.rows) for cell in row.cells]
                case Form():
                    rows = [row for piece in block.pieces for row in (*piece.head, *piece.rows)]
                    wanted += [cell.text for row in rows for cell in row.cells if len(cell.text) < 500]
                    wanted += [run.text for line in block.footer for run in line] + list(block.note)
    assert len(wanted) > 100
    assert [one for one in wanted if compact(one) not in text] == []
    assert text.count("帮扶困难职工，做好服务。") >= 99  # one may be cut by the page's end


@needs_poppler
def test_a_cover_is_not_numbered_and_the_text_begins_on_a_right_page(printed: Print) -> None:
    found = printed(county())
    numbers = [re.findall(r"— (\d+) —", page) for page in _raw(found)]
    assert numbers[:2] == [[], []]
    assert numbers[2:] == [[str(number)] for number in range(1, len(numbers) - 1)]
    assert compact(found.pages()[1]) == ""
    (title, *_) = pypdf.PdfReader(found.path).outline
    assert title.title == "2024年度部门整体支出绩效自评报告"


def _raw(found: Printed) -> list[str]:
    return found.run("pdftotext", "-raw", str(found.path), "-").split("\f")[:-1]


@needs_poppler
def test_an_empty_page_has_no_draft_mark(printed: Print) -> None:
    assert ["草稿" in page for page in _raw(printed(county("draft")))][:3] == [True, False, True]


@needs_poppler
@needs_fonts
def test_long_indicators_repeat_heads_and_merged_cells_and_cut_no_row(printed: Print) -> None:
    made = county(tables={"CC": MANY}, projects=())
    pages = [compact(page) for page in printed(made).pages()]
    start = next(at for at, page in enumerate(pages) if page.startswith("附件1"))
    end = next(at for at, page in enumerate(pages) if page.startswith("附件2"))
    sheets = pages[start:end]
    assert len(sheets) >= 3
    names = [re.findall(r"第(\d+)项", sheet) for sheet in sheets]
    assert [int(number) for page in names for number in page] == list(range(80))
    for sheet, shown in zip(sheets, names, strict=True):
        assert ("偏差原因分析" in sheet) == bool(shown)  # the head with its rows, never alone
        assert ("产出指标" in sheet) == bool(shown)
        assert sheet.count("服务职工工作完成情况") == len(shown)


@needs_poppler
def test_a_form_stays_within_the_type_area(printed: Print) -> None:
    found = printed(county(texts={"t-goal": "w" * 400}))
    for page in range(1, len(found.pages()) + 1):
        for word in found.words(page):
            assert 78 < word.left
            assert word.right < 523
            assert word.bottom < FOOT or word.top > FOOT + 15  # the page number stands below


def test_the_same_content_gives_the_same_bytes() -> None:
    first, again = html.render(county()), html.render(county())
    assert first == again
    assert pdf.render_anew(first, "ab") == pdf.render_anew(again, "ab")


def test_a_report_with_projects_prints_each_of_them_in_full() -> None:
    made = county()
    for number, name in enumerate(PROJECTS, 3):
        (block,) = made.parts[number].blocks
        assert texts(block.pieces[0].rows)[0] == ["项目名称", name]
        assert texts(block.pieces[1].rows)[-1] == ["总　分", "10", "9.00", ""]
