"""An Excel workbook as somebody sent it, looked through before openpyxl sees it.

The parts are scanned: how large they are unpacked, how many elements and cells they hold, whether they
declare entities, what is merged, where formulas stand. Only then are values read, row by row. Nothing is
unpacked to disk. Templates, departments, people and budget lines all come through this door.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from xml.parsers import expat

import openpyxl
from openpyxl.utils import range_boundaries

from ..engine.values import plain
from ..loading import FileFault
from . import archives
from .archives import ENCRYPTED, OLE, Fault, Limits

MAX_BYTES = 5 * 1024 * 1024
LIMITS = Limits(parts=500, unpacked=40 * 1024 * 1024)
#: Elements of all parts together, and of one that is neither a sheet nor the list of shared texts.
MAX_ELEMENTS = 1_500_000
MAX_OTHER_ELEMENTS = 150_000
MAX_CELLS = 200_000
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


@contextmanager
def opened(data: bytes, *, results: bool) -> Iterator[tuple[Any, Callable[[Any], Scan]]]:
    """openpyxl's workbook, to be read row by row, and a way to the scan of each of its sheets.

    `results`: formulas are given by their stored results, else as written. Raises `FileFault` with one
    sentence when the file is no workbook that can be read safely, also for what goes wrong while it is read.
    """
    scans = _scans(data)
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=results, keep_links=False)
        try:
            # Nothing public tells from which part a sheet is read; the version of openpyxl is pinned.
            yield book, lambda sheet: scans[sheet._worksheet_path.lstrip("/")]
        finally:
            book.close()
    except FileFault:
        raise
    except Exception as error:  # a damaged workbook fails anywhere inside the library
        raise FileFault(f"工作簿的内容已经损坏，读不出来。{SAVE_AS}") from error


def refuse_large(title: str, scan: Scan, *, rows: int, columns: int, above: int = 0) -> None:
    """Raises `FileFault` for a sheet with more rows (beside `above` of titles), columns or merged cells."""
    if scan.last_column > columns:
        raise FileFault(f"工作表“{title}”有 {scan.last_column} 列，最多 {columns} 列，请删掉不用导入的列。")
    if scan.last_row > rows + above:
        raise FileFault(f"工作表“{title}”有 {scan.last_row} 行，最多 {rows} 行，请拆成几个文件导入。")
    if len(scan.merges) > MAX_MERGES:
        raise FileFault(f"工作表“{title}”有 {len(scan.merges)} 处合并单元格，请取消合并后再上传。")


def digits(value: float) -> str | None:
    """A number as Excel shows it: 15 significant digits, no exponent; None for what is no number."""
    number = Decimal(f"{value:.15g}")
    return plain(number) if number.is_finite() else None


def _scans(data: bytes) -> dict[str, Scan]:
    if len(data) > MAX_BYTES:
        raise FileFault(
            f"文件有 {len(data) / 1024 / 1024:.1f} MB，最大 {MAX_BYTES // 1024 // 1024} MB，请拆开导入。"
        )
    if data.startswith(OLE):
        if ENCRYPTED in data:
            raise FileFault("文件设了打开密码，系统读不了。请在 Excel 或 WPS 中取消密码、保存后再上传。")
        raise FileFault(f"这是旧格式的工作簿（xls 或 et）。{SAVE_AS}")
    if fault := archives.fault_of(io.BytesIO(data), archives.WORKBOOK, LIMITS):
        raise FileFault(REFUSALS[fault])
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _scan_all(archive)
    except FileFault:
        raise
    except Exception as error:  # bytes from outside: zipfile, zlib and expat each fail in ways of their own
        raise FileFault(REFUSALS[Fault.BROKEN]) from error


# ── scanning ────────────────────────────────────────────────────────────────────────────────────────────────


class Scan:
    """What one part holds; of a sheet also where content ends, merges, formulas and those without result.

    Places are (row from 1, column from 0). `last_row` and `last_column` count from 1.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.elements = self.cells = 0
        self.last_row = self.last_column = 0
        self.merges: list[Merge] = []
        self.formulas: set[tuple[int, int]] = set()
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
        if self._formula:
            self.formulas.add(place)
            if not self._filled:
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


def _scan_all(archive: zipfile.ZipFile) -> dict[str, Scan]:
    scans: dict[str, Scan] = {}
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
            raise FileFault(f"工作簿展开后太大。请只留要导入的工作表，删掉多余的行列和格式，{SAVE_AS[1:]}")
    if cells > MAX_CELLS:
        raise FileFault(f"工作簿有 {cells} 个填了内容的单元格，最多 {MAX_CELLS} 个，请拆成几个文件导入。")
    return scans


def _scan(name: str, xml: bytes) -> Scan:
    scan = Scan(name)
    parser = expat.ParserCreate()

    def refuse(*_: object) -> None:
        raise FileFault("工作簿的内容不正常（含有实体声明），不能导入。")

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
