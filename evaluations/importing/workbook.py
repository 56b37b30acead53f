"""An Excel workbook as somebody sent it → sheets of texts, or one sentence why it is not read.

The parts are scanned before openpyxl sees them: how large they are unpacked, how many elements and cells they
hold, whether they declare entities, what is merged, which formulas have no stored result. Only then are the
values read, row by row. Nothing is unpacked to disk.
"""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from xml.parsers import expat

import openpyxl
from openpyxl.utils import range_boundaries

from evaluations import archives
from evaluations.archives import ENCRYPTED, OLE, Fault, Limits
from evaluations.errors import Invalid
from indicators.engine.values import clean, plain

MAX_BYTES = 5 * 1024 * 1024
LIMITS = Limits(parts=500, unpacked=40 * 1024 * 1024)
#: Elements of all parts together, and of one that is neither a sheet nor the list of shared texts.
MAX_ELEMENTS = 1_500_000
MAX_OTHER_ELEMENTS = 150_000
MAX_CELLS = 200_000
MAX_ROWS = 10_000
MAX_COLUMNS = 60
MAX_MERGES = 2000

SAVE_AS = "请在 Excel 或 WPS 中打开，用“另存为”存成“Excel 工作簿（*.xlsx）”，再上传。"
REFUSALS = {
    Fault.BROKEN: f"文件不是 Excel 工作簿（xlsx），或者已经损坏。{SAVE_AS}",
    Fault.ENCRYPTED: "文件是加密的压缩包，系统读不了。请取消密码、保存后再上传。",
    Fault.MACROS: f"工作簿里有宏，不能导入。{SAVE_AS}",
    Fault.MACRO_FORMAT: f"工作簿是带宏的格式，不能导入。{SAVE_AS}",
    Fault.BINARY_FORMAT: f"这是二进制工作簿（xlsb）。{SAVE_AS}",
    Fault.FOREIGN: f"文件不是 Excel 工作簿（xlsx）。{SAVE_AS}",
    Fault.TOO_LARGE: f"工作簿展开后太大。请只留要导入的工作表，删掉图片和多余的行列，{SAVE_AS[1:]}",
}
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged range: rows and columns from 1, both ends included, and how Excel writes it (`A5:B8`)."""

    top: int
    left: int
    bottom: int
    right: int
    text: str


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
    if len(data) > MAX_BYTES:
        raise Invalid(
            f"文件有 {len(data) / 1024 / 1024:.1f} MB，最大 {MAX_BYTES // 1024 // 1024} MB，请拆开导入。"
        )
    if data.startswith(OLE):
        if ENCRYPTED in data:
            raise Invalid("文件设了打开密码，系统读不了。请在 Excel 或 WPS 中取消密码、保存后再上传。")
        raise Invalid(f"这是旧格式的工作簿（xls 或 et）。{SAVE_AS}")
    if fault := archives.fault_of(io.BytesIO(data), archives.WORKBOOK, LIMITS):
        raise Invalid(REFUSALS[fault])
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            scans = _scan_all(archive)
    except Invalid:
        raise
    except Exception as error:  # bytes from outside: zipfile, zlib and expat each fail in ways of their own
        raise Invalid(REFUSALS[Fault.BROKEN]) from error
    try:
        return _values(data, scans, cut)
    except Invalid:
        raise
    except Exception as error:  # a damaged workbook fails anywhere inside the library
        raise Invalid(f"工作簿的内容已经损坏，读不出来。{SAVE_AS}") from error


# ── scanning ────────────────────────────────────────────────────────────────────────────────────────────────


class _Scan:
    """What one part holds; of a sheet also where content ends, merges, and formulas without result."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.elements = self.cells = 0
        self.last_row = self.last_column = 0
        self.merges: list[Merge] = []
        self.unsolved: set[tuple[int, int]] = set()
        self.hidden_rows: list[int] = []
        self._row = self._column = 0
        self._hidden = self._formula = self._filled = self._in_value = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        match name.rpartition(":")[2]:
            case "row":
                number = attributes.get("r", "")
                self._row = int(number) if number.isdecimal() else self._row + 1
                self._column = 0
                self._hidden = attributes.get("hidden") in ("1", "true")
            case "c":
                self._begin_cell(attributes.get("r", ""))
            case "f":
                self._formula = True
            case "v" | "t":
                self._in_value = True
            case "mergeCell":
                self._merge(attributes.get("ref", ""))

    def text(self, text: str) -> None:
        if self._in_value and text.strip():
            self._filled = True

    def end(self, name: str) -> None:
        match name.rpartition(":")[2]:
            case "v" | "t":
                self._in_value = False
            case "c":
                self._end_cell()

    def _begin_cell(self, reference: str) -> None:
        self._formula = self._filled = False
        found = _REFERENCE.fullmatch(reference)
        if found:
            self._column = _number_of(found[1])
            self._row = int(found[2])
        else:
            self._column += 1

    def _end_cell(self) -> None:
        place = (self._row, self._column - 1)
        if self._formula and not self._filled:
            self.unsolved.add(place)
        if self._formula or self._filled:
            self.cells += 1
            self.last_row = max(self.last_row, self._row)
            self.last_column = max(self.last_column, self._column)
            if self._hidden and self._row not in self.hidden_rows[-1:]:
                self.hidden_rows.append(self._row)

    def _merge(self, reference: str) -> None:
        left, top, right, bottom = range_boundaries(reference)
        if None in (left, top, right, bottom):  # whole columns or rows; Excel writes no such thing
            raise ValueError(f"no range: {reference}")
        self.merges.append(Merge(top, left, bottom, right, reference))


def _scan_all(archive: zipfile.ZipFile) -> dict[str, _Scan]:
    scans: dict[str, _Scan] = {}
    elements = cells = 0
    for part in archive.infolist():
        if not part.filename.endswith((".xml", ".rels")):
            continue
        scan = scans[part.filename] = _scan(part.filename, archive.read(part))
        elements += scan.elements
        sheet = part.filename.startswith("xl/worksheets/")
        cells += scan.cells if sheet else 0
        large = not sheet and not part.filename.endswith("sharedStrings.xml")
        if elements > MAX_ELEMENTS or (large and scan.elements > MAX_OTHER_ELEMENTS):
            raise Invalid(f"工作簿展开后太大。请只留要导入的工作表，删掉多余的行列和格式，{SAVE_AS[1:]}")
    if cells > MAX_CELLS:
        raise Invalid(f"工作簿有 {cells} 个填了内容的单元格，最多 {MAX_CELLS} 个，请拆成几个文件导入。")
    return scans


def _scan(name: str, xml: bytes) -> _Scan:
    scan = _Scan(name)
    parser = expat.ParserCreate()

    def refuse(*_: object) -> None:
        raise Invalid("工作簿的内容不正常（含有实体声明），不能导入。")

    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = scan.start
    parser.CharacterDataHandler = scan.text
    parser.EndElementHandler = scan.end
    parser.Parse(xml, True)
    return scan


def _number_of(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


# ── values ──────────────────────────────────────────────────────────────────────────────────────────────────


def _values(data: bytes, scans: Mapping[str, _Scan], cut: tuple[int, int] | None) -> Workbook:
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    try:
        sheets, hidden = [], []
        for sheet in book.worksheets:
            if sheet.sheet_state != "visible":
                hidden.append(sheet.title)
                continue
            # Nothing public tells from which part a sheet is read; the version of openpyxl is pinned.
            scan = scans[sheet._worksheet_path.lstrip("/")]
            if scan.cells:
                sheets.append(_sheet(sheet, scan, cut))
        return Workbook(tuple(sheets), tuple(hidden))
    finally:
        book.close()


def _sheet(sheet: Any, scan: _Scan, cut: tuple[int, int] | None) -> Sheet:
    if cut is None:
        _refuse_large(sheet.title, scan)
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


def _refuse_large(title: str, scan: _Scan) -> None:
    if scan.last_column > MAX_COLUMNS:
        raise Invalid(f"工作表“{title}”有 {scan.last_column} 列，最多 {MAX_COLUMNS} 列，请删掉不用导入的列。")
    if scan.last_row > MAX_ROWS + 100:
        raise Invalid(f"工作表“{title}”有 {scan.last_row} 行，最多 {MAX_ROWS} 行，请拆成几个文件导入。")
    if len(scan.merges) > MAX_MERGES:
        raise Invalid(f"工作表“{title}”有 {len(scan.merges)} 处合并单元格，请取消合并后再上传。")


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
        return _number(value)
    if isinstance(value, datetime.datetime | datetime.date | datetime.time | datetime.timedelta):
        return str(value), "被 Excel 当成了日期或时间：请把单元格格式设为“文本”或“数值”，再重新填写"
    return clean(str(value)).strip(), ""


def _number(value: Any) -> tuple[str, str]:
    number = Decimal(f"{value:.15g}")
    if not number.is_finite():
        return str(value), "不是数字：请改填数值"
    return plain(number), ""
