"""The table in a sheet: its header (one or two rows, below titles), columns by their Chinese names, rows.

The header is the row, or pair of rows, among the first twenty that names most of the wanted columns. Merged
cells are normal in headers and titles; below the header they are refused with their place, because a value
in the corner of a merged range says nothing about the other rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from openpyxl.utils import get_column_letter

from evaluations.errors import Invalid
from indicators.engine.names import half_width

from . import workbook
from .plan import Problem
from .workbook import MAX_ROWS, Merge, Sheet, Workbook

SEARCHED_ROWS = 20
#: Name of the sheet of instructions in our own empty workbooks.
GUIDE_SHEET = "填写说明"
_UNITS = r"(?:人民币)?\s*(元|千元|万元|亿元)"
#: All of these are asked of `half_width` texts.
_UNIT_LINE = re.compile(rf"(?:金额)?单位\s*:\s*{_UNITS}(?![^\s,;)])")
_UNIT_IN_HEADER = re.compile(rf"\(\s*(?:(?:金额)?单位\s*:)?\s*{_UNITS}\s*\)")
_BRACKETS = re.compile(r"\([^()]*\)")
_DECORATION = re.compile(r"[\s*:、/]")
_YEAR = re.compile(r"(20[0-9]{2})\s*年")
_FOOT = re.compile(r"(注|备注|说明|填表说明|填表人|制表人?|审核人?|经办人?|单位负责人|联系电话)\s*[:0-9]")
TOTALS = frozenset({"合计", "总计", "小计", "共计", "本表合计", "单位合计", "部门合计"})


@dataclass(frozen=True, slots=True)
class Column:
    """A column that is read; `title` is its header in our empty workbook, `aliases` what others write.

    `money`: amounts, for which a unit may stand in the header or above the table. `narrow`: codes,
    whose full-width signs are read as the half-width ones they stand for.
    """

    code: str
    title: str
    aliases: tuple[str, ...] = ()
    required: bool = False
    money: bool = False
    narrow: bool = False
    width: int = 14
    example: str = ""
    help: str = ""

    @property
    def names(self) -> frozenset[str]:
        """Every header that means this column, as `normal` writes it."""
        return frozenset(normal(name) for name in (self.title, *self.aliases))


@dataclass(frozen=True, slots=True)
class Found:
    """Where a column stands: index from 0, header as written, unit of its amounts ("": none is stated)."""

    index: int
    header: str
    unit: str

    @property
    def letter(self) -> str:
        return get_column_letter(self.index + 1)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of data: texts by column code; a column that the sheet does not have is absent."""

    table: Table
    number: int
    texts: Mapping[str, str]

    def __getitem__(self, code: str) -> str:
        return self.texts.get(code, "")

    def problem(self, code: str, message: str) -> Problem:
        """A problem with one cell, or with the row where the sheet has no such column."""
        found = self.table.columns.get(code)
        if found is None:
            return Problem(self.table.sheet, self.number, "", "", "", message)
        value = self.texts.get(code, "")
        return Problem(self.table.sheet, self.number, found.letter, found.header, value, message)


@dataclass(slots=True)
class Table:
    """One sheet's table. `stated_years`: years named above the header. `totals`: rows of sums."""

    sheet: str
    columns: Mapping[str, Found]
    stated_years: tuple[str, ...] = ()
    rows: list[Row] = field(default_factory=list)
    totals: list[Row] = field(default_factory=list)

    def unit(self, code: str) -> str:
        """The unit stated for the amounts of a column, "" when there is none."""
        return self.columns[code].unit if code in self.columns else ""


@dataclass(slots=True)
class Reading:
    """All tables of a workbook, with what is wrong in them and what is worth knowing."""

    tables: list[Table] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def rows(self) -> Iterator[Row]:
        return (row for table in self.tables for row in table.rows)


@dataclass(frozen=True, slots=True)
class _Header:
    first: int
    last: int
    found: Mapping[str, Found]
    doubles: tuple[tuple[str, str], ...]

    @property
    def rank(self) -> tuple[int, int]:
        """More columns are better, then fewer rows: a title above is not part of the header."""
        return len(self.found), self.first - self.last


def read(data: bytes, columns: Sequence[Column]) -> Reading:
    """The tables with these columns in a workbook's bytes. Raises `Invalid` when there is none to be read."""
    return _read(workbook.read(data), columns)


def normal(header: str) -> str:
    """A header without what people decorate it with: width of signs, blanks, line ends, stars, brackets."""
    return _DECORATION.sub("", _BRACKETS.sub("", half_width(header)))


def _read(book: Workbook, columns: Sequence[Column]) -> Reading:
    reading = Reading()
    if book.hidden:
        reading.notes.append(f"隐藏的工作表没有读：{'、'.join(book.hidden)}。")
    for sheet in book.sheets:
        if sheet.name == GUIDE_SHEET:
            continue
        header = _header(sheet, columns)
        if header is None:
            reading.notes.append(f"工作表“{sheet.name}”里没有找到表头，没有读。")
        else:
            _read_sheet(sheet, header, columns, reading)
    if not reading.tables:
        wanted = "、".join(column.title for column in columns if column.required)
        raise Invalid(
            f"没有找到表头：前 {SEARCHED_ROWS} 行里没有一行写着“{wanted}”等列名。"
            "请下载空白表，按它的列名填写。"
        )
    count = sum(len(table.rows) for table in reading.tables)
    if count > MAX_ROWS:
        raise Invalid(f"文件有 {count} 行，最多 {MAX_ROWS} 行，请拆成几个文件导入。")
    if not count and not reading.problems:
        raise Invalid("表头下面没有内容，没有可导入的行。")
    return reading


# ── the header ──────────────────────────────────────────────────────────────────────────────────────────────


def _header(sheet: Sheet, columns: Sequence[Column]) -> _Header | None:
    """The best header among the first rows; None when no row names two columns (one, where one is wanted)."""
    enough = min(2, len(columns))
    unit = _unit_above(sheet)
    best: _Header | None = None
    for first in sorted(number for number in sheet.rows if number <= SEARCHED_ROWS):
        for last in _ends(sheet, first):
            header = _match(sheet, first, last, columns, unit)
            if len(header.found) >= enough and (best is None or header.rank > best.rank):
                best = header
    return best


def _ends(sheet: Sheet, first: int) -> tuple[int, ...]:
    """Where a header that begins in row `first` may end: there, or below the cells merged in that row."""
    merges = [merge for merge in sheet.merges if merge.top == first]
    deep = max((merge.bottom for merge in merges if merge.bottom <= first + 2), default=first)
    return (deep, first + 1) if merges and deep == first else (deep,)


def _match(sheet: Sheet, first: int, last: int, columns: Sequence[Column], unit: str) -> _Header:
    """A text of the lowest row, alone or with those above it, says more than one of a row above."""
    found: dict[str, tuple[int, Found]] = {}
    doubles = []
    for index, parts in enumerate(_labels(sheet, first, last)):
        code, weight = _meaning(parts, columns)
        if not code:
            continue
        own = next((match[1] for part in reversed(parts) if (match := _unit_of(part))), "")
        one = Found(index, " ".join(parts), own or unit)
        if code not in found or weight < found[code][0]:
            found[code] = (weight, one)
        elif weight == found[code][0] and not _merged_together(sheet, first, last, index):
            doubles.append((found[code][1].letter, one.letter))
    return _Header(first, last, {code: one for code, (_, one) in found.items()}, tuple(doubles))


def _meaning(parts: Sequence[str], columns: Sequence[Column]) -> tuple[str, int]:
    """The column that header texts from top to bottom mean, and how far they were searched; "" for none."""
    names = [normal("".join(parts)), *(normal(part) for part in reversed(parts))]
    for weight, name in enumerate(names):
        for column in columns:
            if name and name in column.names:
                return column.code, weight
    return "", 0


def _unit_of(header: str) -> re.Match[str] | None:
    return _UNIT_IN_HEADER.search(half_width(header))


def _merged_together(sheet: Sheet, first: int, last: int, index: int) -> bool:
    """Whether a header cell is the right part of a merged one (code and name under one heading)."""
    return any(
        first <= merge.top <= last and merge.left - 1 < index <= merge.right - 1 for merge in sheet.merges
    )


def _labels(sheet: Sheet, first: int, last: int) -> list[list[str]]:
    """For each column the texts of its header cells from top to bottom; a merged text holds for its range."""
    width = max((len(row) for row in sheet.rows.values()), default=0)
    labels: list[list[str]] = [[] for _ in range(width)]
    for number in range(first, last + 1):
        texts = list(sheet.rows.get(number, ()))
        texts += [""] * (width - len(texts))
        for merge in sheet.merges:
            if merge.top <= number <= merge.bottom and merge.top >= first:
                for index in range(merge.left - 1, min(merge.right, width)):
                    if number == merge.top:
                        texts[index] = texts[merge.left - 1]
        for index, text in enumerate(texts):
            if text and text not in labels[index]:
                labels[index].append(text)
    return labels


def _unit_above(sheet: Sheet) -> str:
    """The unit of a line such as 单位：万元 in the first rows of the sheet."""
    for number in range(1, SEARCHED_ROWS + 1):
        for text in sheet.rows.get(number, ()):
            if match := _UNIT_LINE.search(half_width(text)):
                return match[1]
    return ""


# ── the rows below ──────────────────────────────────────────────────────────────────────────────────────────


def _read_sheet(sheet: Sheet, header: _Header, columns: Sequence[Column], reading: Reading) -> None:
    above = [text for number, row in sheet.rows.items() if number < header.first for text in row if text]
    years = tuple(dict.fromkeys(year for text in above for year in _YEAR.findall(text)))
    table = Table(sheet.name, header.found, years)
    reading.tables.append(table)
    missing = [column.title for column in columns if column.required and column.code not in header.found]
    if missing:
        message = f"表头缺少“{'”“'.join(missing)}”列：请按空白表补上"
        reading.problems.append(Problem(sheet.name, header.last, "", "", "", message))
        return
    for one, other in header.doubles:
        message = f"和 {one} 列是同一个内容：请只留一列"
        reading.problems.append(Problem(sheet.name, header.last, other, "", "", message))
    skipped = _fill(sheet, header, columns, table, reading)
    reading.problems += _merged(sheet, header, skipped)
    _note(sheet, header, table, reading)


def _fill(
    sheet: Sheet, header: _Header, columns: Sequence[Column], table: Table, reading: Reading
) -> set[int]:
    """Put the rows below the header into the table, but those with a cell that is wrong in itself.

    Returns the numbers of the rows that are no data.
    """
    by_index = {found.index: code for code, found in header.found.items()}
    narrow = {column.code for column in columns if column.narrow}
    skipped = set()
    for number, texts in sorted(sheet.rows.items()):
        if number <= header.last:
            continue
        cells = {code: texts[index] for index, code in by_index.items() if index < len(texts)}
        row = Row(
            table,
            number,
            {code: half_width(text) if code in narrow else text for code, text in cells.items()},
        )
        if any(normal(text) in TOTALS for text in texts[:4]):
            table.totals.append(row)
            skipped.add(number)
        elif _is_remark(texts):
            skipped.add(number)
        else:
            faults = [code for index, code in by_index.items() if (number, index) in sheet.faults]
            reading.problems += [
                row.problem(code, sheet.faults[number, header.found[code].index]) for code in faults
            ]
            if any(row.texts.values()) and not faults:
                table.rows.append(row)
    return skipped


def _is_remark(texts: Sequence[str]) -> bool:
    """Whether a row says nothing but 注：…, 填表人：… and the like."""
    words = [text for text in texts if text]
    return 0 < len(words) <= 2 and bool(_FOOT.match(half_width(words[0])))


def _merged(sheet: Sheet, header: _Header, skipped: set[int]) -> Iterable[Problem]:
    used = {found.index + 1: found for found in header.found.values()}
    for merge in sheet.merges:
        touched = [used[index] for index in range(merge.left, merge.right + 1) if index in used]
        if merge.bottom <= header.last or not touched or _outside(sheet, merge, skipped):
            continue
        message = f"{merge.text} 是合并单元格：请取消合并，每一行都单独填写"
        first = touched[0]
        row = max(merge.top, header.last + 1)
        yield Problem(sheet.name, row, first.letter, first.header, "", message)


def _outside(sheet: Sheet, merge: Merge, skipped: set[int]) -> bool:
    """Whether a merged range lies in rows that are no data: sums, remarks, blank ones."""
    rows = range(merge.top, min(merge.bottom, max(sheet.rows)) + 1)
    return all(number in skipped or number not in sheet.rows for number in rows)


def _note(sheet: Sheet, header: _Header, table: Table, reading: Reading) -> None:
    used = {found.index for found in header.found.values()}
    labels = _labels(sheet, header.first, header.last)
    unused = [
        f"{get_column_letter(index + 1)} 列“{' '.join(parts)}”"
        for index, parts in enumerate(labels)
        if parts and index not in used and normal("".join(parts)) != "序号"
    ]
    if unused:
        reading.notes.append(f"工作表“{sheet.name}”的这些列没有用到：{'、'.join(unused)}。")
    if table.totals:
        rows = "、".join(str(row.number) for row in table.totals)
        reading.notes.append(f"工作表“{sheet.name}”第 {rows} 行是合计，不导入。")
    hidden = [str(number) for number in sheet.hidden_rows if number > header.last]
    if hidden:
        shown = "、".join(hidden[:10]) + ("等" if len(hidden) > 10 else "")
        reading.notes.append(f"工作表“{sheet.name}”第 {shown} 行是隐藏的，也一并读入。")
