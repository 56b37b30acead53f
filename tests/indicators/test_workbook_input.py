"""What people do to a workbook: what is read all the same, and what is refused with its place."""

from __future__ import annotations

import datetime
import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from indicators.engine.faults import TemplateFaults
from indicators.engine.reading import read_template
from indicators.loading import FileFault
from indicators.workbooks.drawing import to_workbook
from indicators.workbooks.reading import Reading, read_workbook
from tests.importing.books import changed, saved
from tests.importing.test_workbook import HOSTILE

from .small import SMALL, small

DATA = to_workbook(read_template(SMALL))


def edited(edit: Callable[[Any], None], data: bytes = DATA) -> bytes:
    """The small template's workbook as it is after somebody worked on it."""
    book = openpyxl.load_workbook(io.BytesIO(data))
    edit(book)
    return saved(book)


def at(sheet: Any, head: str, row: int) -> Any:
    """A cell by its head."""
    column = next(cell.column for cell in sheet[1] if cell.value == head)
    return sheet.cell(row, column)


def put(sheet: str, row: int, **values: Any) -> Callable[[Any], None]:
    """An edit: cells of a row by head."""

    def edit(book: Any) -> None:
        for head, value in values.items():
            at(book[sheet], head, row).value = value

    return edit


def read(*edits: Callable[[Any], None]) -> Reading:
    def edit(book: Any) -> None:
        for one in edits:
            one(book)

    return read_workbook(edited(edit))


def refused(*edits: Callable[[Any], None]) -> list[str]:
    with pytest.raises(TemplateFaults) as error:
        read(*edits)
    return [str(fault) for fault in error.value.faults]


# ── what is read ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_workbook_that_somebody_saved_again_says_the_same():
    assert read(lambda book: None).spec == read_template(SMALL)


@pytest.mark.parametrize(
    ("typed", "weight"),
    [
        (8, "8"),
        (0.1, "0.1"),
        (0.1 + 0.2, "0.3"),
        ("８", "8"),
        ("1,234.50", "1234.50"),
        (8.95, "8.95"),
        (" 8 ", "8"),
    ],
)
def test_numbers_are_read_digit_by_digit_also_from_texts(typed, weight):
    (top,) = read(put("指标", 4, 分值=typed)).spec.indicators
    assert str(top.children[0].children[0].weight) == weight


def test_a_number_of_many_digits_is_kept_as_a_text():
    spec = read_template(small(total="123456789012345.678"))
    data = to_workbook(spec)
    cell = next(
        row[1]
        for row in openpyxl.load_workbook(io.BytesIO(data))["模板"].iter_rows()
        if row[0].value == "总分"
    )
    assert cell.value == "123456789012345.678"
    assert read_workbook(data).spec == spec


def test_a_code_that_excel_took_for_a_number_is_a_text():
    assert read(put("数据项", 2, 单位=433125)).spec.fields[0].unit == "433125"


def test_blank_rows_remarks_and_other_orders_of_columns_do_not_matter():
    def edit(book: Any) -> None:
        sheet = book["数据项"]
        sheet.insert_rows(4, 3)
        sheet.insert_cols(1)
        sheet["A1"], sheet["A2"] = "备注（预算股）", "这一行不要改"
        sheet.move_range("B1:B20", cols=40)

    assert read(edit).spec == read_template(SMALL)


def test_full_width_heads_and_words_are_understood():
    def edit(book: Any) -> None:
        at(book["指标"], "0 ÷ 0 时", 1).value = "０÷０时"
        at(book["数据项"], "必填", 2).value = True

    assert read(edit).spec == read_template(SMALL)


def test_a_column_that_is_missing_is_told_and_taken_for_blank():
    def edit(book: Any) -> None:
        sheet = book["指标"]
        sheet.delete_cols(at(sheet, "评价标准", 1).column)

    reading = read(edit)
    assert reading.notes == ("工作表“指标”没有“评价标准”列，按空白处理。",)


def test_texts_that_look_like_formulas_are_texts():
    spec = read_template(small(notes="=1+1", checks__0__hint="-甲", sources=["+1", "@SUM(A1)"]))
    data = to_workbook(spec)
    cells = [cell for sheet in openpyxl.load_workbook(io.BytesIO(data)) for row in sheet for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert read_workbook(data).spec == spec


def test_a_template_is_changed_in_words():
    """A band is added to a rule of another kind, as an accountant would do it."""

    def edit(book: Any) -> None:
        put(
            "计分规则",
            2,
            计分规则="分档计分",
            界限=None,
            扣分的方向=None,
            每档=None,
            每档扣分=None,
            不足一档的部分=None,
        )(book)
        for row, (op, bound, points) in enumerate([("≤", 90, 10), ("≤", 100, 5)], 2):
            put("档次与条目", row, 指标代码="A01", 属于="计分规则·各档", 关系=op, 界限=bound, 得分=points)(
                book
            )

    rule = read(edit).spec.indicators[0].children[0].children[0].rule
    assert [(band.op, int(band.bound), int(band.points)) for band in rule.bands] == [
        ("<=", 90, 10),
        ("<=", 100, 5),
    ]


# ── what is refused, with its place ─────────────────────────────────────────────────────────────────────────

LEAF = "工作表“指标”第 4 行"
CASES: dict[str, tuple[Callable[[Any], None], str]] = {
    "no number": (put("指标", 4, 分值="十分"), f"{LEAF}“分值”列：“十分”不是数字"),
    "percent sign": (put("指标", 4, 分值="5%"), f"{LEAF}“分值”列：“5%”不是数字，请只填数字，不带单位和"),
    "no whole number": (put("数据项", 2, 小数位数=1.5), "工作表“数据项”第 2 行“小数位数”列：“1.5”不是整数"),
    "no yes or no": (put("数据项", 2, 必填="对"), "工作表“数据项”第 2 行“必填”列：“对”不是“是”或“否”"),
    "no such value": (
        put("计分规则", 2, 扣分的方向="超出扣分"),
        "工作表“计分规则”第 2 行“扣分的方向”列：“超出扣分”不在可选的值内，请从下拉列表中选："
        "超过扣分、低于扣分、偏离扣分，是否指“超过扣分”",
    ),
    "no such kind of rule": (put("计分规则", 2, 计分规则="魔法"), "“计分规则”列：“魔法”不在可选的值内"),
    "no kind of rule": (put("计分规则", 2, 计分规则=None), "“计分规则”列：空着，请从下拉列表中选"),
    "parameter of another kind": (
        put("计分规则", 2, 得分公式="执行率"),
        "工作表“计分规则”第 2 行“得分公式”列：“偏差扣分”没有“得分公式”这一项：请清空，或改选别的类型",
    ),
    "parameter missing": (put("计分规则", 2, 界限=None), "“计分规则”第 2 行“界限”列：空着：这里必须填写"),
    "name missing": (put("数据项", 3, 名称=None), "工作表“数据项”第 3 行“名称”列：空着：这里必须填写"),
    "formula": (
        put("指标", 4, 分值="=5+5"),
        f"{LEAF}“分值”列：是公式：模板里只能填文字和数字，请改填公式的结果",
    ),
    "date": (
        put("数据项", 2, 口径=datetime.date(2024, 3, 1)),
        "工作表“数据项”第 2 行“口径”列：被 Excel 当成了日期或时间：请把单元格格式设为“文本”，再重新填写",
    ),
    "error value": (put("数据项", 2, 口径="#REF!"), "“口径”列：是 Excel 的错误值：请改填文字或数字"),
    "code twice": (
        put("审核公式", 3, 代码="表内-01"),
        "工作表“审核公式”第 3 行“代码”列：代码“表内-01”和第 2 行重复：每个代码只能用一次，请改正",
    ),
    "unknown owner": (
        put("内容块", 2, 章节代码="mony"),
        "工作表“内容块”第 2 行“章节代码”列：没有代码为“mony”的章节，是否指“money”",
    ),
    "no owner": (
        put("内容块", 2, 章节代码=None),
        "工作表“内容块”第 2 行“章节代码”列：空着：请填它所属的章节的代码",
    ),
    "list above its piece": (
        lambda book: (book["示例"].insert_rows(2), put("示例", 2, **{"填写的数·代码": "budget"})(book))[0],
        "工作表“示例”第 2 行“填写的数·代码”列：上面没有它所属的一项：请先在这一行填“名称”",
    ),
    "value without code": (
        put("示例", 2, **{"填写的数·代码": None}),
        "工作表“示例”第 2 行“填写的数·代码”列：空着，旁边却有“填写的数·值”：请补上代码",
    ),
    "code without value": (
        put("示例", 2, **{"填写的数·值": None}),
        "工作表“示例”第 2 行“填写的数·值”列：空着，旁边却有“budget”：请补上，空文字填“无”",
    ),
    "figure twice": (
        put("示例", 3, **{"填写的数·代码": "budget"}),
        "工作表“示例”第 3 行“填写的数·代码”列：“budget”已经写过：请删去其中一行",
    ),
    "level left out": (
        put("指标", 3, 二级指标=None, 三级指标="预算执行"),
        "工作表“指标”第 3 行“三级指标”列：上面没有“二级指标”：请先加一行写它的上级",
    ),
    "node without name": (
        put("指标", 3, 二级指标=None),
        "工作表“指标”第 3 行“一级指标”列：没有写名称：请在“一级指标”等列中它那一级的一列填写",
    ),
    "other name of the level above": (
        put("指标", 4, 一级指标="产出"),
        "工作表“指标”第 4 行“一级指标”列：和上面的名称不一样：一行只填一级，上级写在上面自己的一行里",
    ),
    "band of another rule": (
        put("档次与条目", 2, 指标代码="A01", 属于="计分规则·条目", 条目="制度健全"),
        "工作表“档次与条目”第 2 行“属于”列：“A01”是偏差扣分，没有“条目”：请删去这一行，或改它的计分规则",
    ),
    "second rule": (
        put("计分规则", 3, 指标代码="A01", 属于="计分规则", 计分规则="人工评定"),
        "工作表“计分规则”第 3 行：“计分规则”在第 2 行已经写过：请删去其中一行",
    ),
    "unknown column": (
        lambda book: setattr(book["等级"]["C1"], "value", "最低份"),
        "工作表“等级”第 1 行：C 列“最低份”不是这个工作表的列，是否指“最低分”。自己的说明请写在“备注”列",
    ),
    "column twice": (
        lambda book: setattr(book["等级"]["C1"], "value", "名称"),
        "工作表“等级”第 1 行：有两列“名称”：请只留一列",
    ),
    "column without head": (
        lambda book: setattr(book["等级"]["D3"], "value", "x"),
        "工作表“等级”第 3 行：D 列没有表头：请补上表头，或删去这一列",
    ),
    "head missing": (
        lambda book: book["等级"].delete_rows(1),
        "工作表“等级”：没有表头：第 1 行应有“名称”“最低分”等列，请从导出的工作簿里复制",
    ),
    "head of a column missing": (
        lambda book: book["等级"].delete_cols(2),
        "工作表“等级”第 1 行：表头缺少“最低分”列：请从导出的工作簿里复制表头",
    ),
    "empty sheet": (
        lambda book: book["等级"].delete_rows(1, 5),
        "工作表“等级”：没有表头：第 1 行应有“名称”“最低分”等列，请从导出的工作簿里复制",
    ),
    "sheet missing": (
        lambda book: book.remove(book["等级"]),
        "工作表“等级”：缺少这个工作表：没有内容也要保留表头，请从导出的工作簿里复制",
    ),
    "unknown sheet": (
        lambda book: book.create_sheet("审核公式2").append(["x"]),
        "工作表“审核公式2”：不是模板的工作表，是否指“审核公式”。不用导入的请删除",
    ),
    "hidden sheet": (
        lambda book: setattr(book["数据项"], "sheet_state", "hidden"),
        "工作表“数据项”：是隐藏的：请取消隐藏，核对内容后再导入",
    ),
    "hidden row": (
        lambda book: setattr(book["数据项"].row_dimensions[3], "hidden", True),
        "工作表“数据项”第 3 行：是隐藏的：请取消隐藏或取消筛选，核对内容后再导入",
    ),
    "sheet twice": (
        lambda book: book.copy_worksheet(book["等级"]).__setattr__("title", "等级 "),
        "工作表“等级”：有两个同名的工作表（名称前后的空格不算）：请只留一个",
    ),
    "merged cells": (
        lambda book: book["指标"].merge_cells("A3:A4"),
        "工作表“指标”第 3 行：A3:A4 是合并单元格：请取消合并，每一格单独填写",
    ),
    "general missing": (
        lambda book: book["模板"].delete_rows(4),
        "工作表“模板”“报告标题”：空着：这里必须填写",
    ),
    "general unknown": (
        lambda book: setattr(book["模板"]["A4"], "value", "报告标提"),
        "工作表“模板”第 4 行“项目”列：没有“报告标提”这一项，是否指“报告标题”",
    ),
    "general twice": (
        lambda book: book["模板"].append(["名称", "再一个"]),
        "“项目”列：“名称”已经写过：请删去其中一行",
    ),
    "general wrong": (
        lambda book: setattr(book["模板"]["B5"], "value", "今年"),
        "工作表“模板”第 5 行“适用年度”：“今年”不是整数，请改填整数",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_is_wrong_is_told_with_its_place_value_and_remedy(case: str):
    edit, sentence = CASES[case]
    said = refused(edit)
    assert len([one for one in said if sentence in one]) == 1, said


#: A code that changed leaves its owner unknown elsewhere; cells that were merged are gone.
SEVERAL = ("name missing", "code twice", "node without name", "general unknown", "merged cells")


@pytest.mark.parametrize("case", [case for case in CASES if case not in SEVERAL])
def test_one_mistake_is_one_problem(case: str):
    assert len(refused(CASES[case][0])) == 1


def test_a_percent_format_is_named_before_5_becomes_0_05():
    def edit(book: Any) -> None:
        at(book["指标"], "分值", 4).value = 0.05
        at(book["指标"], "分值", 4).number_format = "0%"

    (said,) = refused(edit)
    assert said == f"{LEAF}“分值”列：用了百分比格式：请把单元格格式设为“常规”，再填百分数的数字（5% 填 5）"


def test_every_problem_is_told_at_once_in_the_order_of_the_sheets():
    said = refused(
        *(
            CASES[case][0]
            for case in ("sheet missing", "unknown owner", "no number", "no such value", "date")
        ),
        put("内容块", 3, 必填="对"),
    )
    assert [one.partition("：")[0] for one in said] == [
        "工作表“指标”第 4 行“分值”列",
        "工作表“计分规则”第 2 行“扣分的方向”列",
        "工作表“数据项”第 2 行“口径”列",
        "工作表“内容块”第 2 行“章节代码”列",
        "工作表“内容块”第 3 行“必填”列",
        "工作表“等级”",
    ]


def test_thousands_of_mistakes_are_told_in_no_time():
    """What a wrong code might have meant is looked for a few times only."""

    def edit(book: Any) -> None:
        for number in range(2000):
            book["计分规则"].append([f"A01{number}", None, "计分规则", "人工评定"])

    said = refused(edit)
    assert sum("没有代码为“A01" in one for one in said) == 2000
    assert sum("是否指“A01”" in one for one in said) == 50


def test_ten_thousand_rows_are_refused_in_one_sentence():
    def edit(book: Any) -> None:
        for number in range(10_000):
            book["等级"].append([f"等{number}", number])

    with pytest.raises(FileFault, match="工作表“等级”有 10003 行，最多 5000 行"):
        read_workbook(edited(edit))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_that_is_no_honest_workbook_is_refused(name: str):
    with pytest.raises(FileFault):
        read_workbook(HOSTILE[name][0])


def test_a_macro_workbook_under_another_name_is_refused():
    with pytest.raises(FileFault, match="工作簿里有宏，不能导入"):
        read_workbook(changed(DATA, lambda _, part: part, **{"xl__vbaProject.bin": b"x"}))


def test_later_faults_are_told_in_the_workbook_too():
    """What verification finds in the template that was read stands somewhere in the file."""
    log = read(lambda book: None).log
    assert log.locate("indicators[0].children[0].children[0].rule.limit") == "工作表“计分规则”第 2 行“界限”列"
    assert log.locate("examples[1].figures.spent") == "工作表“示例”第 5 行“填写的数·值”列"
    assert log.locate("outline[0].blocks[1].code") == "工作表“内容块”第 3 行“代码”列"
    assert log.locate("checks[0].fix_at[1]") == "工作表“审核公式”第 2 行“到哪里改正”列"
    assert log.locate("years") == "工作表“模板”第 5 行“适用年度”"
    assert log.locate("adjustments") == "工作表“总分调整”"
