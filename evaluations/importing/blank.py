"""The empty workbook of each import: its columns with one example row, and a sheet of instructions."""

from __future__ import annotations

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from indicators.workbooks.saving import HEAD, saved

from .kind import Kind
from .table import GUIDE_SHEET


def workbook(kind: Kind) -> bytes:
    """An .xlsx that the import itself accepts once the example row is replaced."""
    book = Workbook()
    sheet = book.active
    sheet.title = kind.title
    first = 1
    if any(column.money for column in kind.columns):
        sheet.append(["单位：元"])
        first = 2
    sheet.append([column.title for column in kind.columns])
    sheet.append([int(one.example) if one.money and one.example else one.example for one in kind.columns])
    for number, column in enumerate(kind.columns, 1):
        head = sheet.cell(first, number)
        head.font, head.fill = Font(bold=True), HEAD
        sheet.column_dimensions[get_column_letter(number)].width = column.width
        for row in range(first + 1, first + 200):  # so that codes stay texts and keep their zeros
            sheet.cell(row, number).number_format = "#,##0.00" if column.money else "@"
    sheet.freeze_panes = sheet.cell(first + 1, 1)
    _guide(book.create_sheet(GUIDE_SHEET), kind)
    return saved(book)


def _guide(sheet, kind: Kind) -> None:
    sheet.append([f"{kind.title}导入表填写说明"])
    sheet["A1"].font = Font(bold=True, size=14)
    for line in kind.guide:
        sheet.append([line])
    sheet.append([])
    sheet.append(["列", "必填", "说明"])
    for cell in sheet[sheet.max_row]:
        cell.font, cell.fill = Font(bold=True), HEAD
    for column in kind.columns:
        sheet.append([column.title, "必填" if column.required else "", column.help])
        sheet.cell(sheet.max_row, 3).alignment = Alignment(wrap_text=True, vertical="top")
    for letter, width in (("A", 18), ("B", 8), ("C", 90)):
        sheet.column_dimensions[letter].width = width
