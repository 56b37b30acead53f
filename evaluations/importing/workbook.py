"""An Excel workbook as somebody sent it → sheets of texts, or one sentence why it is not read."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from evaluations.errors import Invalid
from indicators.engine.values import clean
from indicators.loading import FileFault
from indicators.workbooks.opening import MAX_BYTES, Merge, Scan, digits, opened, refuse_large

__all__ = ["MAX_BYTES", "MAX_COLUMNS", "MAX_ROWS", "Merge", "Sheet", "Workbook", "read"]

MAX_ROWS = 10_000
MAX_COLUMNS = 60


@dataclass(frozen=True, slots=True)
class Sheet:
    """One visible sheet. `rows`: row number → texts by column from 0; blank rows are left out.

    `faults`: (row, column from 0) → what is wrong with the cell itself (a formula without result, an error,
    a date). Numbers are given as Excel shows them: 15 significant digits, no exponent. `whole`: nothing was
    cut off.
    """

    name: str
    rows: Mapping[int, tuple[str, ...]]
    faults: Mapping[tuple[int, int], str]
    merges: tuple[Merge, ...]
    hidden_rows: tuple[int, ...]
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Workbook:
    """Its visible sheets with content, and the names of those that are hidden."""

    sheets: tuple[Sheet, ...]
    hidden: tuple[str, ...]


def read(data: bytes, cut: tuple[int, int] | None = None) -> Workbook:
    """Raises `Invalid` with one sentence when the file is no workbook that can be read safely.

    `cut`: rows and columns of a sheet that are read, whatever it holds beyond them; None: a sheet with more
    than can be imported is refused.
    """
    try:
        with opened(data, results=True) as (book, scan_of):
            sheets, hidden = [], []
            for sheet in book.worksheets:
                if sheet.sheet_state != "visible":
                    hidden.append(sheet.title)
                elif (scan := scan_of(sheet)).cells:
                    sheets.append(_sheet(sheet, scan, cut))
            return Workbook(tuple(sheets), tuple(hidden))
    except FileFault as fault:
        raise Invalid(str(fault)) from fault


def _sheet(sheet: Any, scan: Scan, cut: tuple[int, int] | None) -> Sheet:
    if cut is None:
        refuse_large(sheet.title, scan, rows=MAX_ROWS, columns=MAX_COLUMNS, above=100)
    most_rows, most_columns = cut or (scan.last_row, scan.last_column)
    rows: dict[int, tuple[str, ...]] = {}
    faults: dict[tuple[int, int], str] = {}
    cells = sheet.iter_rows(
        min_row=1, max_row=min(scan.last_row, most_rows), max_col=min(scan.last_column, most_columns)
    )
    for number, row in enumerate(cells, 1):
        texts = []
        for column, cell in enumerate(row):
            text, fault = _text(cell.value, cell.data_type, (number, column) in scan.unsolved)
            texts.append(text)
            if fault:
                faults[number, column] = fault
        if any(texts) or any((number, column) in faults for column in range(len(texts))):
            rows[number] = tuple(texts)
    whole = scan.last_row <= most_rows and scan.last_column <= most_columns
    return Sheet(sheet.title, rows, faults, tuple(scan.merges), tuple(scan.hidden_rows), whole)


def _text(value: Any, data_type: str, unsolved: bool) -> tuple[str, str]:
    """A cell's text and what is wrong with it."""
    if unsolved:
        return "", "是公式，但文件里没有它的计算结果：请在 Excel 中打开并保存一次，或改填数值"
    if value is None:
        return "", ""
    if data_type == "e":
        return str(value), "公式出错：请改正公式，或改填数值"
    if isinstance(value, bool):
        return ("是" if value else "否"), ""
    if isinstance(value, int):
        return str(value), ""
    if isinstance(value, float):
        number = digits(value)
        return (number, "") if number is not None else (str(value), "不是数字：请改填数值")
    if isinstance(value, datetime.datetime | datetime.date | datetime.time | datetime.timedelta):
        return str(value), "被 Excel 当成了日期或时间：请把单元格格式设为“文本”或“数值”，再重新填写"
    return clean(str(value)).strip(), ""
