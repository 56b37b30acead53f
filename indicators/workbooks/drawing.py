"""The workbook of a template as a file: heads, widths, drop-downs, what is grey, how it prints."""

from __future__ import annotations

import math
import typing
import unicodedata
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from ..engine.spec import TemplateSpec
from . import cells
from .columns import FOR_READING, Column
from .filling import Filled, filled, general
from .guide import guide
from .layout import GENERAL, GUIDE
from .reading import CONTENT, ITEM
from .saving import HEAD, put_text, saved

#: Rows below the last one that are ready for more.
SPARE_ROWS = 200
#: Excel takes no longer list of choices within a cell's rule.
MAX_LIST = 255
WIDEST = 48
LINE_HEIGHT, MAX_HEIGHT = 16, 409
OWED = PatternFill("solid", fgColor="FFF3D6")
CLOSED = PatternFill("solid", fgColor="EDEDED")
WRAPPED = Alignment(vertical="top", wrap_text=True)
GREY = Font(color="6B7280")


def to_workbook(spec: TemplateSpec) -> bytes:
    """The template as .xlsx, the same bytes for the same content. Raises `NotInExcel`."""
    book = Workbook()
    _draw_guide(book.active, spec)
    _draw_general(book.create_sheet(GENERAL), spec)
    for table in filled(spec):
        _draw(book.create_sheet(table.title), table)
    for sheet in book.worksheets:
        _fit_rows(sheet)
        _print(sheet)
    return saved(book, heights_follow=True)


def _draw_guide(sheet: Any, spec: TemplateSpec) -> None:
    sheet.title = GUIDE
    for number, (text, bold) in enumerate(guide(spec), 1):
        put_text(sheet.cell(number, 1), text)
        sheet.cell(number, 1).alignment = WRAPPED
        sheet.cell(number, 1).font = Font(bold=bold, size=14 if number == 1 else 11)
    sheet.column_dimensions["A"].width = 110


def _draw_general(sheet: Any, spec: TemplateSpec) -> None:
    rows = general(spec)
    _head(sheet, [Column(ITEM, required=True), Column(CONTENT)])
    for number, (column, content) in enumerate(rows, 2):
        _put(sheet.cell(number, 1), column.head)
        if content is not None:
            _put(sheet.cell(number, 2), content)
        else:
            sheet.cell(number, 2).number_format = "General" if _is_number(column.hint) else "@"
        _offer(sheet, column, "B", number, number)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 20, 90
    sheet.freeze_panes = "B2"


def _draw(sheet: Any, table: Filled) -> None:
    _head(sheet, table.columns)
    for number, (row, open_to) in enumerate(zip(table.rows, table.open_to, strict=True), 2):
        for index, column in enumerate(table.columns, 1):
            if column.head in row:
                cell = sheet.cell(number, index)
                _put(cell, row[column.head])
                if column.head.endswith(FOR_READING):
                    cell.font = GREY
            elif open_to is not None and column.head not in open_to:
                sheet.cell(number, index).fill = CLOSED
    last = len(table.rows) + 1 + SPARE_ROWS
    for index, column in enumerate(table.columns, 1):
        letter = get_column_letter(index)
        contents = [row[column.head] for row in table.rows if column.head in row]
        sheet.column_dimensions[letter].width = _width(column.head, contents)
        if table.rows and not contents and not column.required:
            _fold_away(sheet, index)
        _ready(sheet.column_dimensions[letter], column)
        if column.head.endswith(FOR_READING):
            sheet.column_dimensions[letter].font = GREY
        _offer(sheet, column, letter, 2, last)
    sheet.freeze_panes = sheet.cell(2, 1 + _leading(table))


def _leading(table: Filled) -> int:
    """How many columns on the left tell what a row is, and stay when the sheet is moved."""
    heads = [column.head for column in table.columns]
    reading = [number for number, head in enumerate(heads, 1) if head.endswith(FOR_READING)]
    levels = [
        number for number, head in enumerate(heads, 1) if "级" in head and head[0] in "一二三四五六七八九十"
    ]
    return max([1, *reading, *levels])


def _head(sheet: Any, columns: list[Column]) -> None:
    for index, column in enumerate(columns, 1):
        cell = sheet.cell(1, index)
        put_text(cell, column.head)
        cell.font = Font(bold=True)
        cell.fill = OWED if column.required else HEAD
        cell.alignment = Alignment(vertical="center", wrap_text=True)


def _put(cell: Any, content: str | cells.Number) -> None:
    cell.alignment = WRAPPED
    if isinstance(content, cells.Number):
        cell.value, cell.data_type = content.digits, "n"  # as a text, so that no binary fraction comes in
    else:
        cell.number_format = "@"
        put_text(cell, content)


def _ready(dimension: Any, column: Column) -> None:
    """Rows that are added are texts, too: 010 stays 010, and =甲 is no formula."""
    dimension.alignment = WRAPPED
    if not _is_number(column.hint):
        dimension.number_format = "@"


def _is_number(hint: Any) -> bool:
    return (
        any(kind in (hint, *typing.get_args(hint)) for kind in (int, Decimal))
        and typing.get_origin(hint) is not tuple
    )


def _offer(sheet: Any, column: Column, letter: str, first: int, last: int) -> None:
    """A drop-down of what a cell may say."""
    words = cells.choices(column.hint, column.words)
    formula = f'"{",".join(words)}"'
    if not words or len(formula) > MAX_LIST or any("," in word or '"' in word for word in words):
        if not column.default:
            return
        rule = DataValidation(allow_blank=True)
    else:
        rule = DataValidation("list", formula1=formula, allow_blank=True, showErrorMessage=True)
    rule.errorTitle, rule.error = "不在可选的值内", "请从下拉列表中选。"
    if column.default:
        rule.showInputMessage, rule.prompt = True, f"空着按“{column.default}”。"
    rule.add(f"{letter}{first}:{letter}{last}")
    sheet.add_data_validation(rule)


def _fold_away(sheet: Any, index: int) -> None:
    """A column that this template does not use waits behind the + above the sheet."""
    folded = sheet.column_dimensions[get_column_letter(index)]
    folded.outlineLevel, folded.hidden = 1, True
    sheet.column_dimensions[get_column_letter(index + 1)].collapsed = True


def _fit_rows(sheet: Any) -> None:
    """Heights for wrapped texts, for programs that do not find them by themselves."""
    widths = {letter: dimension.width - 2 for letter, dimension in sheet.column_dimensions.items()}
    for row in sheet.iter_rows():
        lines = max(
            (
                sum(
                    max(1, math.ceil(_places(line) / widths[cell.column_letter]))
                    for line in cell.value.split("\n")
                )
                for cell in row
                if isinstance(cell.value, str)
            ),
            default=1,
        )
        if lines > 1:
            sheet.row_dimensions[row[0].row].height = min(lines * LINE_HEIGHT, MAX_HEIGHT)


def _width(head: str, contents: list[str | cells.Number]) -> float:
    """By what stands in the column; long texts are wrapped."""
    texts = [content.digits if isinstance(content, cells.Number) else content for content in contents]
    longest = max((_places(line) for text in texts for line in text.split("\n")), default=0)
    return max(min(max(longest, min(_places(head), 14)) + 2, WIDEST), 8)


def _places(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _print(sheet: Any) -> None:
    setup = sheet.page_setup
    setup.orientation, setup.paperSize, setup.fitToWidth, setup.fitToHeight = "landscape", 9, 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_options.gridLines = sheet.title != GUIDE
    sheet.oddFooter.center.text = "&A　第 &P 页，共 &N 页"
    if sheet.title != GUIDE:
        sheet.print_title_rows = "1:1"
