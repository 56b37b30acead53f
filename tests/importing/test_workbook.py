"""What is read from a workbook, and what is refused before anything of it is believed."""

from __future__ import annotations

import datetime
import io
import zipfile

import pytest
from openpyxl import Workbook

from evaluations.errors import Invalid
from evaluations.importing import workbook
from indicators.workbooks import archives, opening

from .books import book, changed, in_sheet, saved, sheets

PLAIN = book([["单位代码", "单位名称"], ["baojing-jyj", "保靖县教育局"]])


def test_a_workbook_gives_its_texts_by_row():
    (sheet,) = workbook.read(PLAIN).sheets
    assert sheet.name == "Sheet1"
    assert sheet.rows == {1: ("单位代码", "单位名称"), 2: ("baojing-jyj", "保靖县教育局")}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (2012901, "2012901"),
        (881262.8, "881262.8"),
        (0.1 + 0.2, "0.3"),
        (1e15, "1000000000000000"),
        (-12.5, "-12.5"),
        (0, "0"),
        (True, "是"),
        ("  县总工会 ", "县总工会"),
        ("第一行\r\n第二行", "第一行\n第二行"),
    ],
)
def test_numbers_are_read_as_excel_shows_them(value: object, text: str):
    (sheet,) = workbook.read(book([[value]])).sheets
    assert sheet.rows[1][0] == text


@pytest.mark.parametrize(
    "value", [datetime.date(2024, 3, 1), datetime.datetime(2024, 3, 1, 8), datetime.time(8)]
)
def test_what_excel_took_for_a_date_is_marked(value: object):
    (sheet,) = workbook.read(book([["代码"], [value]])).sheets
    assert "日期或时间" in sheet.faults[2, 0]


def test_a_formula_is_read_by_its_stored_result_and_named_without_one():
    data = book([["=1+1", "=2+2"]])
    solved = in_sheet(data, b"<f>1+1</f><v />", b"<f>1+1</f><v>2</v>")
    (sheet,) = workbook.read(solved).sheets
    assert sheet.rows[1][0] == "2"
    assert set(sheet.faults) == {(1, 1)}
    assert "没有它的计算结果" in sheet.faults[1, 1]


def test_an_error_value_is_marked():
    data = in_sheet(book([["=1/0"]]), b'<c r="A1"><f>1/0</f><v /></c>', b'<c r="A1" t="e"><v>#DIV/0!</v></c>')
    (sheet,) = workbook.read(data).sheets
    assert sheet.rows[1] == ("#DIV/0!",)
    assert "公式出错" in sheet.faults[1, 0]


def test_hidden_and_empty_sheets_are_not_read():
    found = workbook.read(sheets({"单位": [["a"]], "旧表": [["b"]], "Sheet3": []}, 旧表="hidden"))
    assert [sheet.name for sheet in found.sheets] == ["单位"]
    assert found.hidden == ("旧表",)


def test_formats_down_to_the_last_row_cost_nothing():
    made = Workbook()
    made.active["A1"] = "单位代码"
    made.active["A1048576"].number_format = "@"
    made.active["XFD3"].number_format = "@"
    (sheet,) = workbook.read(saved(made)).sheets
    assert sheet.rows == {1: ("单位代码",)}


def ole(content: bytes = b"") -> bytes:
    return archives.OLE + bytes(504) + content


def bomb() -> bytes:
    """40 kB that unpack to 42 MB."""
    return changed(PLAIN, lambda name, content: content, xl__media__image1=bytes(42 * 1024 * 1024))


def entities(name: str, content: bytes) -> bytes:
    """One part that defines its own abbreviations."""
    if name != "xl/workbook.xml":
        return content
    return b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>' + content


def macro_type(name: str, content: bytes) -> bytes:
    if name != "[Content_Types].xml":
        return content
    return content.replace(b"spreadsheetml.sheet.main+xml", b"ms-excel.sheet.macroEnabled.main+xml")


def many_fonts(name: str, content: bytes) -> bytes:
    return content.replace(b"<fonts", b"<x/>" * 160_000 + b"<fonts") if name == "xl/styles.xml" else content


def locked() -> bytes:
    """A zip whose parts are marked as encrypted."""
    data = bytearray(PLAIN)
    for at, signature in enumerate((b"PK\x03\x04", b"PK\x01\x02")):
        start = 0
        while (start := data.find(signature, start)) >= 0:
            data[start + 6 + 2 * at] |= 1
            start += 4
    return bytes(data)


HOSTILE = {
    "old xls": (ole(), "旧格式的工作簿"),
    "encrypted": (ole("EncryptedPackage".encode("utf-16-le")), "打开密码"),
    "encrypted zip": (locked(), "加密的压缩包"),
    "macros renamed": (changed(PLAIN, lambda _, part: part, **{"xl__vbaProject.bin": b"x"}), "有宏"),
    "macro type": (changed(PLAIN, macro_type), "带宏的格式"),
    "no zip": (b"<html><table></table></html>", "不是 Excel 工作簿"),
    "text": ("单位代码,单位名称\n".encode("gbk"), "不是 Excel 工作簿"),
    "nothing": (b"", "不是 Excel 工作簿"),
    "cut off": (PLAIN[: len(PLAIN) // 2], "不是 Excel 工作簿"),
    "another zip": (
        changed(PLAIN, lambda name, part: None if name == "xl/workbook.xml" else part),
        "不是 Excel",
    ),
    "bomb": (bomb(), "展开后太大"),
    "entities": (changed(PLAIN, entities), "实体声明"),
    "broken sheet": (in_sheet(PLAIN, b"<sheetData>", b"<sheetData><row"), "已经损坏"),
    "senseless merge": (
        in_sheet(PLAIN, b"</sheetData>", b'</sheetData><mergeCells><mergeCell ref="!!"/></mergeCells>'),
        "已经损坏",
    ),
    "too wide": (book([["x"] * 61]), "最多 60 列"),
    "too long": (book([["x"]] * 10_101), "最多 10000 行"),
    "too many parts": (
        changed(PLAIN, lambda _, part: part, **{f"xl__x{number}": b"" for number in range(600)}),
        "展开后太大",
    ),
    "too many merges": (
        in_sheet(
            PLAIN,
            b"</sheetData>",
            b"</sheetData><mergeCells>" + b'<mergeCell ref="A3:B9"/>' * 2001 + b"</mergeCells>",
        ),
        "有 2001 处合并单元格",
    ),
    "too many elements": (changed(PLAIN, many_fonts), "展开后太大"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_honest_workbook_is_refused_with_a_remedy(name: str):
    data, sentence = HOSTILE[name]
    with pytest.raises(Invalid, match=sentence) as refusal:
        workbook.read(data)
    assert str(refusal.value).endswith("。")


def test_a_file_larger_than_allowed_is_not_opened():
    with pytest.raises(Invalid, match="最大 5 MB"):
        workbook.read(bytes(workbook.MAX_BYTES + 1))


def test_the_bomb_is_small_itself():
    assert len(bomb()) < 100_000
    with zipfile.ZipFile(io.BytesIO(bomb())) as archive:
        assert sum(part.file_size for part in archive.infolist()) > opening.LIMITS.unpacked
