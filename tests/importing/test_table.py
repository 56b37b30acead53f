"""Finding header and rows in sheets as people make them."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations.errors import Invalid
from evaluations.importing import table
from evaluations.importing.departments import COLUMNS as DEPARTMENTS
from evaluations.importing.lines import COLUMNS as LINES

from .books import Rows, book, changed, in_sheet, sheets


def read(rows: Rows, *merged: str, columns=LINES) -> table.Reading:
    return table.read(book(rows, *merged), columns)


def found(reading: table.Reading) -> dict[str, str]:
    """Letter of each column."""
    return {code: one.letter for code, one in reading.tables[0].columns.items()}


TWO_ROWS = [
    ["保靖县 2024 年度部门预算执行情况表"],
    ["单位：万元"],
    ["单位名称", "功能分类", None, "预算数", None, "执行数"],
    [None, "科目编码", "科目名称", "年初预算数", "调整数", None],
    ["县总工会", 2012901, "行政运行", 60, -2, 58],
]
MERGED = ("A1:F1", "A3:A4", "B3:C3", "D3:E3", "F3:F4")


def test_a_header_of_two_rows_below_title_and_unit():
    reading = read(TWO_ROWS, *MERGED)
    assert found(reading) == {
        "department": "A",
        "functional": "B",
        "opening": "D",
        "adjustment": "E",
        "executed": "F",
    }
    (row,) = reading.rows
    assert dict(row.texts) == {
        "department": "县总工会",
        "functional": "2012901",
        "opening": "60",
        "adjustment": "-2",
        "executed": "58",
    }
    assert (row.number, reading.problems) == (5, [])
    assert reading.tables[0].unit("opening") == "万元"
    assert reading.tables[0].stated_years == ("2024",)
    assert reading.notes == ["工作表“Sheet1”的这些列没有用到：C 列“功能分类 科目名称”。"]


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("单 位 代 码", "department_code"),
        ("*单位名称：", "department"),
        ("功能分类科目\n编码", "functional"),
        ("支出功能分类科目（编码）", "functional"),
        ("年初预算数(元)", "opening"),
        ("调整后预算数", "final"),
        ("支出决算数", "executed"),
        ("资金性质", "fund"),
    ],
)
def test_columns_are_known_by_their_names_and_aliases(header: str, code: str):
    other = "执行数" if code != "executed" else "功能分类"
    assert found(read([[header, other], ["x", "1"]]))[code] == "A"


@pytest.mark.parametrize(
    ("rows", "unit"),
    [
        ([["功能分类", "执行数（万元）"]], "万元"),
        ([["功能分类", "执行数(单位：千元)"]], "千元"),
        ([["金额单位：人民币元", ""], ["功能分类", "执行数"]], "元"),
        ([["编制单位：县总工会    单位：万元", ""], ["功能分类", "执行数"]], "万元"),
        ([["单位:元", ""], ["功能分类", "执行数（万元）"]], "万元"),
        ([["单位：保靖县总工会", ""], ["功能分类", "执行数"]], ""),
        ([["功能分类", "执行数"]], ""),
    ],
)
def test_the_unit_stands_in_the_header_or_above_it(rows: Rows, unit: str):
    assert read([*rows, ["2012901", 1]]).tables[0].unit("executed") == unit


def test_merged_cells_of_data_are_refused_with_their_place():
    reading = read(
        [["单位名称", "功能分类", "执行数"], ["县总工会", "2012901", 1], [None, "2012902", 2]], "A2:A3"
    )
    (problem,) = reading.problems
    assert str(problem) == (
        "工作表“Sheet1”第 2 行 A 列“单位名称”：A2:A3 是合并单元格：请取消合并，每一行都单独填写。"
    )


def test_merged_sums_and_remarks_do_no_harm():
    reading = read(
        [
            ["序号", "单位名称", "功能分类", "执行数"],
            [1, "县总工会", "2012901", 1],
            ["合  计", None, None, 1],
            [None, None, None, None],
            ["注：金额来自决算报表", None, None, None],
            ["填表人：李四", None, "审核人：王五", None],
        ],
        "A3:C3",
        "A5:D5",
    )
    assert [row.number for row in reading.rows] == [2]
    assert [row.number for row in reading.tables[0].totals] == [3]
    assert reading.problems == []
    assert reading.notes == ["工作表“Sheet1”第 3 行是合计，不导入。"]


def test_two_columns_of_one_meaning_are_named():
    reading = read([["功能分类", "执行数", "决算数"], ["2012901", 1, 2]])
    assert [str(problem) for problem in reading.problems] == [
        "工作表“Sheet1”第 1 行 C 列：和 B 列是同一个内容：请只留一列。"
    ]


def test_a_missing_column_is_named():
    reading = table.read(book([["单位代码", "简称"], ["a", "b"]]), DEPARTMENTS)
    assert "表头缺少“单位名称”列" in str(reading.problems[0])


@pytest.mark.parametrize("rows", [[["甲", "乙"], [1, 2]], [["单位名称"], ["县总工会"]], [[]]])
def test_without_a_header_nothing_is_guessed(rows: Rows):
    with pytest.raises(Invalid, match="没有找到表头"):
        read(rows)


def test_a_header_without_rows_is_refused():
    with pytest.raises(Invalid, match="表头下面没有内容"):
        read([["功能分类", "执行数"]])


def test_all_visible_sheets_with_a_header_are_read_and_the_others_named():
    data = sheets(
        {
            "总工会": [["功能分类", "执行数"], ["2012901", 1]],
            "说明": [["随便写点什么"]],
            "填写说明": [["列", "说明"]],
            "去年": [["功能分类", "执行数"], ["2012901", 9]],
            "妇联": [["功能分类", "执行数"], ["2012902", 2]],
        },
        去年="hidden",
    )
    reading = table.read(data, LINES)
    assert [row["executed"] for row in reading.rows] == ["1", "2"]
    assert reading.notes == ["隐藏的工作表没有读：去年。", "工作表“说明”里没有找到表头，没有读。"]


def test_hidden_rows_are_read_and_told():
    data = book([["功能分类", "执行数"], ["2012901", 1], ["2012902", 2]])
    reading = table.read(in_sheet(data, b'<row r="3"', b'<row r="3" hidden="1"'), LINES)
    assert len(list(reading.rows)) == 2
    assert "第 3 行是隐藏的，也一并读入" in reading.notes[0]


def test_a_formula_without_result_is_named_where_it_stands():
    reading = read([["功能分类", "执行数"], ["2012901", "=1+1"]])
    assert str(reading.problems[0]).startswith("工作表“Sheet1”第 2 行 B 列“执行数”：是公式")


def test_ten_thousand_rows_are_the_limit():
    rows = [["功能分类", "执行数"], *(["2012901", 1] for _ in range(10_001))]
    with pytest.raises(Invalid, match="文件有 10001 行，最多 10000 行"):
        read(rows)


HONEST = book([["单位：元"], ["功能分类", "执行数"], ["2012901", 1], ["2012902", "=1+1"]], "A1:B1")
PARTS = (
    "xl/worksheets/sheet1.xml",
    "xl/workbook.xml",
    "xl/styles.xml",
    "xl/sharedStrings.xml",
    "[Content_Types].xml",
)
CHANGES = st.lists(
    st.tuples(
        st.integers(0, 20_000),
        st.integers(0, 30),
        st.sampled_from([b"", b"0", b"99", b'"', b"<c", b"/>", b"&", b"A1"]),
    ),
    min_size=1,
    max_size=4,
)


def spoiled(content: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    for at, length, new in changes:
        at %= len(content) + 1
        content = content[:at] + new + content[at + length :]
    return content


@given(changes=CHANGES, part=st.sampled_from(PARTS))
def test_a_spoiled_part_is_read_or_refused_never_a_failure(changes, part: str):
    data = changed(HONEST, lambda name, content: spoiled(content, changes) if name == part else content)
    with contextlib.suppress(Invalid):
        table.read(data, LINES)


@given(changes=CHANGES)
def test_spoiled_bytes_are_read_or_refused_never_a_failure(changes):
    with contextlib.suppress(Invalid):
        table.read(spoiled(HONEST, changes), LINES)
