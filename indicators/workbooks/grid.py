"""Sheets as lines of cells under their heads, each cell with its place; what is wrong is noted, never raised.

Whatever cannot be trusted is refused here: merged cells, hidden sheets and rows, formulas, dates, errors.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from openpyxl.utils import get_column_letter

from ..engine.faults import Fault
from ..engine.names import did_you_mean, fold
from ..loading import FileFault
from . import cells
from .opening import Scan, opened, refuse_large

MAX_ROWS, MAX_COLUMNS = 5000, 200
MAX_HINTS = 50
#: A note to the reader, or a column of the reader's own; what stands below is not read.
REMARK = "备注"
FORMULA = "是公式：模板里只能填文字和数字，请改填公式的结果"
DATE = "被 Excel 当成了日期或时间：请把单元格格式设为“文本”，再重新填写"
PERCENT = "用了百分比格式：请把单元格格式设为“常规”，再填百分数的数字（5% 填 5）"


@dataclass(frozen=True, slots=True, order=True)
class Spot:
    """Where something stands: the sheet's number and name, row (0: the sheet), column and its head.

    `upright`: the head stands at the beginning of the row.
    """

    order: int
    sheet: str
    row: int = 0
    column: int = -1
    head: str = ""
    upright: bool = False

    def __str__(self) -> str:
        row = f"第 {self.row} 行" if self.row else ""
        return f"工作表“{self.sheet}”{row}{self._column()}"

    def _column(self) -> str:
        return f"“{self.head}”{'' if self.upright else '列'}" if self.head else ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that is not blank; `fault`: why its value is not to be trusted."""

    spot: Spot
    value: Any
    fault: str = ""


@dataclass(slots=True)
class Line:
    """A row: its cells by head, and in which column a blank one would stand (or, in `blanks`, where)."""

    spot: Spot
    cells: dict[str, Cell]
    heads: Mapping[str, int]
    blanks: dict[str, Spot] = field(default_factory=dict)

    def at(self, head: str) -> Spot:
        """The place of a cell, or of the row where the sheet has no such column."""
        if head in self.cells:
            return self.cells[head].spot
        if head in self.blanks or head not in self.heads:
            return self.blanks.get(head, self.spot)
        return Spot(self.spot.order, self.spot.sheet, self.spot.row, self.heads[head], head)


@dataclass(slots=True)
class Log:
    """Problems so far, and which place of the template stands where; `notes` are worth knowing, not wrong."""

    problems: list[tuple[Spot, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    places: dict[str, Spot] = field(default_factory=dict)
    wrong: set[str] = field(default_factory=set)
    hints: int = 0

    def problem(self, spot: Spot, message: str, place: str = "") -> None:
        """Note what is wrong; of the `place` in the template nothing more is said."""
        self.problems.append((spot, message))
        if place:
            self.wrong.add(place)

    def spot(self, place: str) -> Spot | None:
        """Where the place of the template, or what it lies in, stands."""
        while place:
            if place in self.places:
                return self.places[place]
            place = place[: max(place.rfind("."), place.rfind("["), 0)]
        return None

    def hint(self, name: str, known: Iterable[str]) -> str:
        """`，是否指“…”`, as long as there are few of them: to look for what is like a name takes its time."""
        self.hints += 1
        return did_you_mean(name, known) if self.hints <= MAX_HINTS else ""

    def is_wrong(self, place: str) -> bool:
        """Whether it has been said of the place, or of what it lies in, what is wrong with it."""
        return any(place == one or place.startswith((f"{one}.", f"{one}[")) for one in self.wrong)

    def locate(self, place: str) -> str:
        """The same in words; the place as it is where the workbook says nothing of it."""
        spot = self.spot(place)
        return str(spot) if spot else place

    def faults(self) -> list[Fault]:
        """The problems in the order of sheets, rows and columns."""
        return [Fault(str(spot), message) for spot, message in sorted(self.problems)]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet that was found: its rows of cells by column."""

    spot: Spot
    rows: dict[int, dict[int, Cell]]


def read_sheets(data: bytes, names: Iterable[str], unread: str, log: Log) -> dict[str, Sheet]:
    """The sheets with these names; all of them must be there, and no others but the `unread` one.

    Raises `FileFault` when the file is no workbook that can be read safely.
    """
    order = {name: number for number, name in enumerate(names)}
    found: dict[str, Sheet] = {}
    others: list[Spot] = []
    with opened(data, results=False) as (book, scan_of):
        for sheet in book.worksheets:
            scan, title = scan_of(sheet), sheet.title.strip()
            if title == unread or (title not in order and not scan.cells):
                continue
            spot = Spot(order.get(title, len(order)), title)
            if sheet.sheet_state != "visible":
                log.problem(spot, "是隐藏的：请取消隐藏，核对内容后再导入")
            elif title in found:
                log.problem(spot, "有两个同名的工作表（名称前后的空格不算）：请只留一个")
            elif title in order:
                refuse_large(title, scan, rows=MAX_ROWS, columns=MAX_COLUMNS)
                _refuse(spot, scan, log)
                found[title] = Sheet(spot, _rows(sheet, scan, spot))
            else:
                others.append(spot)
    if not found and not log.problems:
        raise FileFault("文件里没有模板的工作表（模板、指标等）。请先在系统里导出，在导出的工作簿里修改。")
    for spot in others:
        log.problem(spot, f"不是模板的工作表{log.hint(spot.sheet, order)}。不用导入的请删除")
    said = {spot.sheet for spot, _ in log.problems}
    for name, number in order.items():
        if name not in found and name not in said:
            log.problem(Spot(number, name), "缺少这个工作表：没有内容也要保留表头，请从导出的工作簿里复制")
    return found


def _refuse(spot: Spot, scan: Scan, log: Log) -> None:
    for merge in scan.merges:
        place = Spot(spot.order, spot.sheet, merge.top)
        log.problem(place, f"{merge.text} 是合并单元格：请取消合并，每一格单独填写")
    for row in scan.hidden_rows:
        log.problem(Spot(spot.order, spot.sheet, row), "是隐藏的：请取消隐藏或取消筛选，核对内容后再导入")


def _rows(sheet: Any, scan: Scan, spot: Spot) -> dict[int, dict[int, Cell]]:
    rows: dict[int, dict[int, Cell]] = {}
    if not scan.cells:
        return rows
    for number, row in enumerate(
        sheet.iter_rows(min_row=1, max_row=scan.last_row, max_col=scan.last_column), 1
    ):
        found = {
            column: Cell(Spot(spot.order, spot.sheet, number, column), cell.value, fault)
            for column, cell in enumerate(row)
            for fault in [_fault(cell, (number, column) in scan.formulas)]
            if fault or cells.bare(cell.value)
        }
        if found:
            rows[number] = found
    return rows


def _fault(cell: Any, is_formula: bool) -> str:
    value = cell.value
    if is_formula or cell.data_type == "f":
        return FORMULA
    if cell.data_type == "e":
        return "是 Excel 的错误值：请改填文字或数字"
    if isinstance(value, datetime.datetime | datetime.date | datetime.time | datetime.timedelta):
        return DATE
    if isinstance(value, int | float) and not isinstance(value, bool) and "%" in (cell.number_format or ""):
        return PERCENT
    return ""


@dataclass(frozen=True, slots=True)
class Heads:
    """What may stand in the first row. `owed` must be there; `free`: beginnings of heads taken as they are.

    `quiet`: heads of which nobody needs to be told that they are absent.
    """

    known: tuple[str, ...]
    owed: tuple[str, ...] = ()
    free: tuple[str, ...] = ()
    quiet: tuple[str, ...] = ()


def lines(sheet: Sheet, wanted: Heads, log: Log) -> list[Line]:
    """The rows below the head, which is the first row that holds anything; rows between may be blank."""
    numbers = sorted(sheet.rows)
    known = {fold(head) for head in wanted.known}
    first = sheet.rows[numbers[0]] if numbers else {}
    if not any(fold(cells.bare(cell.value)) in known for cell in first.values()):
        named = "”“".join(wanted.owed)
        log.problem(sheet.spot, f"没有表头：第 1 行应有“{named}”等列，请从导出的工作簿里复制")
        return []
    columns = _columns(first, wanted, log)
    heads = {head: column for column, head in columns.items()}
    missing = [head for head in wanted.owed if head not in heads]
    if missing:
        spot = Spot(sheet.spot.order, sheet.spot.sheet, numbers[0])
        log.problem(spot, f"表头缺少“{'”“'.join(missing)}”列：请从导出的工作簿里复制表头")
    left = [head for head in wanted.known if head not in heads and head not in (*wanted.owed, *wanted.quiet)]
    if left and not missing:
        log.notes.append(f"工作表“{sheet.spot.sheet}”没有“{'”“'.join(left)}”列，按空白处理。")
    found, headless = [], set()
    for number in numbers[1:]:
        row = {}
        for column, cell in sheet.rows[number].items():
            head = columns.get(column)
            if head:
                spot = Spot(sheet.spot.order, sheet.spot.sheet, number, column, head)
                row[head] = Cell(spot, cell.value, cell.fault)
            elif column not in first and column not in headless:
                headless.add(column)
                log.problem(
                    cell.spot, f"{get_column_letter(column + 1)} 列没有表头：请补上表头，或删去这一列"
                )
        if row:
            spot = Spot(sheet.spot.order, sheet.spot.sheet, number)
            found.append(Line(spot, row, heads))
    return found


def _columns(row: Mapping[int, Cell], wanted: Heads, log: Log) -> dict[int, str]:
    """Which head stands over which column; those of remarks stand over nothing."""
    by_form = {fold(head): head for head in wanted.known}
    columns: dict[int, str] = {}
    for column, cell in row.items():
        title = cells.bare(cell.value)
        head = by_form.get(fold(title), title)
        if title.startswith(REMARK):
            continue
        if fold(title) not in by_form and not title.startswith(wanted.free):
            log.problem(
                cell.spot,
                f"{get_column_letter(column + 1)} 列“{cells.short(title)}”不是这个工作表的列"
                f"{log.hint(title, by_form.values())}。自己的说明请写在“{REMARK}”列",
            )
        elif head in columns.values():
            log.problem(cell.spot, f"有两列“{head}”：请只留一列")
        else:
            columns[column] = head
    return columns
