"""Budget lines (预算明细) of one department or of many, for one year, from a workbook.

All lines of a department and year are one grid: an import replaces them as a whole, after asking.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet

from evaluations import access, budgeting
from evaluations.errors import Invalid, ServiceError
from evaluations.models import BudgetGrid, BudgetLine, Department, FieldChange
from evaluations.models.budget import AMOUNTS
from evaluations.sections import new_row_id
from indicators.engine.spec import Field
from indicators.engine.values import MISSING, ValueFault, parse, plain

from . import magnitude
from .departments import named
from .kind import Job, Kind, Wrong
from .magnitude import Amounts, shown
from .plan import Question
from .table import Column, Row, Table

PERMISSIONS = ("evaluations.start", "evaluations.issue_lines")
MONEY_COLUMNS = ("opening", "adjustment", "final", "executed")
MONEY = Field(code="amount", label="金额")
MAX_PROJECT = 100
NO_AMOUNT = "不是金额：没有发生请填 0，不知道请留空"
#: How budget systems write a code with its name: 2012901-行政运行, [2012901]行政运行, 2012901|行政运行.
_CODE = re.compile(r"^[\[【(（]?([0-9]{3,7})[\]】)）]?\s*[-—_|/]?\s*(?=[^0-9]|$)")
#: What tells one line of a grid from another.
KEY = ("functional", "economic", "kind", "fund", "project")

COLUMNS = (
    Column(
        "department_code",
        "单位代码",
        ("预算单位代码", "预算单位编码", "单位编码", "部门代码", "部门编码"),
        narrow=True,
        width=16,
        example="baojing-zgh",
        help="一个文件写几个单位时填；只写本单位时，单位代码和单位名称两列都可以不填。",
    ),
    Column(
        "department",
        "单位名称",
        ("单位", "预算单位", "预算单位名称", "部门", "部门名称"),
        width=22,
        example="保靖县总工会",
        help="有单位代码时可不填；填了就要和系统里的名称一致。",
    ),
    Column(
        "functional",
        "功能分类",
        (
            "功能分类科目",
            "功能科目",
            "支出功能分类",
            "支出功能分类科目",
            "功能分类代码",
            "功能分类编码",
            "功能分类科目编码",
            "功能分类科目代码",
            "支出功能分类科目编码",
            "支出功能分类编码",
            "科目编码",
            "科目代码",
            "功能科目编码",
        ),
        required=True,
        width=14,
        example="2012901",
        help="类、款、项的代码（3、5、7 位）；一个名称只对应一个代码时也可以填名称。",
    ),
    Column(
        "economic",
        "经济分类",
        (
            "经济分类科目",
            "经济科目",
            "支出经济分类",
            "部门预算经济分类",
            "部门预算支出经济分类",
            "经济分类代码",
            "经济分类编码",
            "经济分类科目编码",
            "经济分类科目代码",
            "经济科目编码",
        ),
        width=12,
        example="30101",
        help="类、款的代码（3、5 位）；账上不分的可不填。",
    ),
    Column(
        "kind",
        "支出类型",
        ("支出类别", "基本项目", "支出性质"),
        width=12,
        example="基本支出",
        help=f"{'或'.join(BudgetLine.Kind.values)}；不填时，有项目名称的是项目支出，没有的是基本支出。",
    ),
    Column(
        "fund",
        "资金来源",
        ("资金性质", "经费来源"),
        width=16,
        example="一般公共预算",
        help=f"{'、'.join(BudgetLine.Fund.values)}；不填是{BudgetLine.Fund.GENERAL.label}。",
    ),
    Column(
        "project", "项目名称", ("项目",), width=22, help="项目支出填项目名称，同一个项目的各行写法要一致。"
    ),
    Column(
        "opening",
        "年初预算数",
        ("年初预算", "年初数", "年初", "年初批复数", "年初批复预算数", "预算数", "年初预算批复数"),
        money=True,
        width=16,
        example="600000",
        help="没有发生填 0，不知道留空。",
    ),
    Column(
        "adjustment",
        "调整数",
        ("预算调整数", "调整预算数", "年中调整数", "追加数", "调整", "预算调整", "追加调减"),
        money=True,
        width=14,
        example="-2000",
        help="追加为正，调减为负。",
    ),
    Column(
        "final",
        "全年预算数",
        ("调整后预算数", "全年预算", "调整预算合计", "最终预算数", "调整后预算"),
        money=True,
        width=16,
        help="可不填；填了就等于年初预算数加调整数。只有它而没有调整数时，由它算出调整数。",
    ),
    Column(
        "executed",
        "执行数",
        ("全年执行数", "支出数", "决算数", "支出决算数", "执行", "实际支出数", "实际执行数", "决算支出数"),
        money=True,
        width=16,
        example="598000",
        help="全年实际支出。",
    ),
)


@dataclass(slots=True)
class Lines:
    """The lines of one department: rows of the file, the same as the grid takes them, and their amounts."""

    department: Department
    rows: list[Row] = field(default_factory=list)
    cells: list[dict[str, str]] = field(default_factory=list)
    amounts: list[Amounts] = field(default_factory=list)

    @property
    def unit(self) -> str:
        """The unit in which all amounts were read; "" when they are not of one unit."""
        tables = {id(row.table): row.table for row in self.rows}.values()
        units = {
            table.unit(name) or "元" for table in tables for name in MONEY_COLUMNS if name in table.columns
        }
        return units.pop() if len(units) == 1 else ""


def work(job: Job) -> None:
    """Everything is checked first; superiors are saved before their 二级机构, as everywhere (locks)."""
    plan = job.plan
    plan.head = ("单位", "行数", "年初预算数（元）", "调整数（元）", "执行数（元）", "办理")
    plan.numeric = (1, 2, 3, 4)
    for table in job.reading.tables:
        if not table.columns.keys() & set(MONEY_COLUMNS):
            raise Invalid(f"工作表“{table.sheet}”没有金额列：请至少写年初预算数、调整数或执行数中的一列。")
        plan.questions += _of_table(table, job)
    replaced = kept = 0
    for lines in sorted(_by_department(job), key=_order):
        try:
            with transaction.atomic():
                before = _one(job, lines)
        except (ServiceError, PermissionDenied) as error:
            faults = error.faults if isinstance(error, Invalid) else (str(error),)
            plan.problems += [lines.rows[0].problem("", fault.rstrip("。")) for fault in faults]
            continue
        replaced += before is not None
        kept += before is None
    plan.changes = replaced
    plan.summary = [f"将写入 {replaced} 个单位 {job.year} 年度的预算明细，{kept} 个单位没有变化。"]
    plan.notes += _absent(job.reading.tables)
    for place, unit in _units(job.reading.tables).items():
        plan.notes.append(f"{place}的金额按{unit}读入。")


def _one(job: Job, lines: Lines) -> int | None:
    """The number of lines replaced; None when nothing changes."""
    department, year = lines.department, job.year
    _, grid = budgeting.hold(department, year, job.actor, FieldChange.Source.IMPORTED)
    stored = list(grid.lines.all())
    reading = _read(lines, year, stored)
    by_id = dict(zip((cells["id"] for cells in lines.cells), lines.rows, strict=True))
    for location, fault in reading.faults.items():
        row, column = location.removeprefix("lines[").split("].")
        job.plan.problems.append(by_id[row].problem(column, fault))
    same = not grid.raw and [_values(line) for line in stored] == [_values(line) for line in reading.lines]
    if not same and not reading.faults:
        _ask(job, lines, grid, stored)
    verb = "没有变化" if same else f"替换已有的 {len(stored)} 行" if stored else "新增"
    totals = [_total(getattr(line, name) for line in reading.lines) for name in AMOUNTS]
    job.plan.rows.append((str(department), str(len(reading.lines)), *totals, verb))
    if same:
        return None
    if not job.trial:
        source = FieldChange.Source.IMPORTED
        budgeting.save_grid(department, year, lines.cells, grid.revision, job.actor, source, unit="元")
    return len(stored)


def _ask(job: Job, lines: Lines, grid: BudgetGrid, stored: Sequence[BudgetLine]) -> None:
    department, year = lines.department, job.year
    before = []
    last = BudgetLine.objects.filter(grid__department=department, grid__year=year - 1)
    for name, rows in ((f"{year - 1} 年度", last), ("系统里现有的", stored)):
        amounts = [Amounts("", line.opening, line.adjustment, line.executed) for line in rows]
        before.append((name, magnitude.sums(amounts)))
    job.plan.questions += magnitude.questions(str(department), lines.amounts, before, lines.unit)
    if stored:
        text = (
            f"{department} {year} 年度已有 {len(stored)} 行预算明细，"
            f"导入后全部换成文件里的 {len(lines.rows)} 行。"
        )
        job.plan.questions.append(Question(text, "替换已有的预算明细", about=str(grid.revision)))


# ── rows ────────────────────────────────────────────────────────────────────────────────────────────────────


def _by_department(job: Job) -> Iterable[Lines]:
    mine = access.departments_of(job.actor, PERMISSIONS[0]) | access.departments_of(job.actor, PERMISSIONS[1])
    found: dict[str, Department] = {}
    grouped: dict[int, Lines] = {}
    for row in job.reading.rows:
        cells, amounts = _cells(job, row)
        try:
            department = _department(job, row, mine, found)
        except Wrong as wrong:
            job.plan.problems.append(row.problem(wrong.column, str(wrong)))
            continue
        if not any(cells[name] for name in ("functional", "economic", "project", *AMOUNTS)):
            continue
        lines = grouped.setdefault(department.pk, Lines(department))
        lines.rows.append(row)
        lines.cells.append(cells)
        lines.amounts.append(amounts)
    return grouped.values()


def _department(job: Job, row: Row, mine: QuerySet[Department], found: dict[str, Department]) -> Department:
    code, name = row["department_code"], row["department"]
    text = code or name
    if not text:
        if job.department is None:
            raise Wrong("department", "没有填单位：文件里有几个单位时，每一行都要写明单位代码或名称")
        return job.department
    if text not in found:
        matching = list(named(mine, text)[:2])
        column = "department_code" if code else "department"
        if not matching:
            raise Wrong(column, "没有这个单位，或不归您填报：请核对单位代码或名称")
        if len(matching) > 1:
            raise Wrong(column, "有几个这样的单位：请填单位代码")
        found[text] = matching[0]
    department = found[text]
    if code and name and name not in (department.name, department.short_name):
        raise Wrong("department", f"单位代码“{code}”是{department}：请核对代码和名称")
    return department


def _cells(job: Job, row: Row) -> tuple[dict[str, str], Amounts]:
    """A row as `save_grid` takes it, amounts in 元, and the amounts as figures.

    What cannot be read is left empty; every fault is among the problems.
    """
    cells = {name: row[name] for name in KEY}
    for name in ("functional", "economic"):
        cells[name] = _CODE.sub(r"\1 ", cells[name]).strip()
    if cells["project"] and not cells["kind"]:
        cells["kind"] = BudgetLine.Kind.PROJECT
    for name, limit in (("project", MAX_PROJECT), *((name, budgeting.MAX_CELL) for name in KEY[:-1])):
        if len(cells[name]) > limit:
            job.plan.problems.append(row.problem(name, f"有 {len(cells[name])} 字，最多 {limit} 字：请缩短"))
            cells[name] = ""
    read: dict[str, Decimal | None] = {}
    faulty = False
    for name in MONEY_COLUMNS:
        try:
            read[name] = _amount(row, name)
        except Wrong as wrong:
            job.plan.problems.append(row.problem(name, str(wrong)))
            read[name], faulty = None, True
    final = read.pop("final")
    if final is not None and not faulty:
        try:
            read["adjustment"] = _adjustment(row, read, final)
        except Wrong as wrong:
            job.plan.problems.append(row.problem(wrong.column, str(wrong)))
    cells |= {name: "" if value is None else f"{plain(value)}元" for name, value in read.items()}
    return cells, Amounts(f"第 {row.number} 行", **read)


def _amount(row: Row, name: str) -> Decimal | None:
    try:
        value = parse(MONEY, row[name], row.table.unit(name) or "元")
    except ValueFault as fault:
        # The general sentence offers 不适用, which an amount of the budget cannot be.
        raise Wrong(name, NO_AMOUNT if "不适用" in str(fault) else str(fault)) from fault
    if value is MISSING:
        return None
    if not isinstance(value, Decimal):
        raise Wrong(name, NO_AMOUNT)
    return value


def _adjustment(row: Row, read: dict[str, Decimal | None], final: Decimal) -> Decimal:
    """调整数 as 全年预算数 implies it; both given must agree."""
    if read["opening"] is None and (read["adjustment"] is None or final):
        raise Wrong("final", "有全年预算数而没有年初预算数：请补填年初预算数，没有的填 0")
    implied = final - (read["opening"] or Decimal(0))
    stated = read["adjustment"]
    if stated is not None and stated != implied:
        parts = f"年初预算数 {shown(read['opening'] or Decimal(0))} 加调整数 {shown(stated)} 元"
        raise Wrong("final", f"合 {shown(final)} 元，不等于{parts}：请核对，或清空全年预算数")
    return implied


def _read(lines: Lines, year: int, stored: Sequence[BudgetLine]) -> budgeting.Reading:
    """The lines of the grid. One of the same classification keeps its id: the history tells what changed."""
    for number, cells in enumerate(lines.cells):
        cells["id"] = f"{number:04x}"
    reading = budgeting.read(lines.cells, year, "元")
    if reading.faults:
        return reading
    free: dict[tuple[str, ...], list[str]] = {}
    for line in stored:
        free.setdefault(_key(line), []).append(line.row)
    taken = {line.row for line in stored}
    for cells, line in zip(lines.cells, reading.lines, strict=True):
        same = free.get(_key(line))
        line.row = cells["id"] = same.pop(0) if same else new_row_id(taken)
        taken.add(line.row)
    return reading


def _key(line: BudgetLine) -> tuple[str, ...]:
    return tuple(getattr(line, name) for name in KEY)


# ── the file as a whole ─────────────────────────────────────────────────────────────────────────────────────


def _of_table(table: Table, job: Job) -> Iterable[Question]:
    """Does its title name another year, and do its sums hold?"""
    years = table.stated_years
    if years and str(job.year) not in years:
        text = f"工作表“{table.sheet}”的标题写着 {'、'.join(years)} 年，您要导入的是 {job.year} 年度。"
        yield Question(text, f"就是 {job.year} 年度的预算明细")
    if len(table.totals) != 1 or table.totals[0].number < max((row.number for row in table.rows), default=0):
        return
    for name in MONEY_COLUMNS:
        if name not in table.columns or not table.totals[0][name]:
            continue
        try:
            stated = _amount(table.totals[0], name)
            summed = sum((_amount(row, name) or Decimal(0) for row in table.rows), Decimal(0))
        except Wrong:
            continue
        if stated is not None and stated != summed:
            found = table.columns[name]
            row = f"工作表“{table.sheet}”第 {table.totals[0].number} 行合计"
            text = (
                f"{row}的“{found.header}”是 {shown(stated)} 元，各行之和是 {shown(summed)} 元，"
                f"相差 {shown(abs(stated - summed))} 元。请核对有没有漏行或重复。"
            )
            yield Question(text, "已核对，以各行为准")


def _units(tables: Iterable[Table]) -> dict[str, str]:
    """In which unit the amounts of each sheet were read."""
    found = {}
    for table in tables:
        used = [table.unit(name) for name in MONEY_COLUMNS if name in table.columns]
        words = dict.fromkeys(unit or "元（文件里没有写单位）" for unit in used)
        found[f"工作表“{table.sheet}”"] = "、".join(words)
    return found


def _absent(tables: Iterable[Table]) -> Iterable[str]:
    """What the lines will not have, because a sheet has no such column."""
    for table in tables:
        if not table.columns.keys() & {"opening", "final"}:
            yield f"工作表“{table.sheet}”里没有找到“年初预算数”列，导入后年初预算数是空的。"
        if "executed" not in table.columns:
            yield f"工作表“{table.sheet}”里没有找到“执行数”列，导入后执行数是空的。"


def _order(lines: Lines) -> tuple[int, bool, int]:
    department = lines.department
    return department.parent_id or department.pk, department.parent_id is not None, department.pk


def _values(line: BudgetLine) -> tuple[object, ...]:
    return tuple(getattr(line, name) for name in (*KEY, *AMOUNTS))


def _total(values: Iterable[Decimal | None]) -> str:
    known = [value for value in values if value is not None]
    return f"{sum(known, Decimal(0)):,.2f}" if known else "—"


KIND = Kind(
    "lines",
    "预算明细",
    PERMISSIONS,
    COLUMNS,
    (
        "一行一条：功能分类、经济分类、支出类型、资金来源和项目的一个组合。",
        "金额单位写在表头上方（单位：元）或列名里（年初预算数（万元））；没有写的按元读入。",
        "没有发生填 0，不知道留空；金额精确到分。公式按文件里保存的计算结果读入。",
        "合计、小计行不导入；请不要合并数据行的单元格，不要隐藏要导入的工作表。",
        "一个单位一个年度的预算明细是一个整体：导入时换掉已有的全部行，换之前会问。",
    ),
    work,
    asks_year=True,
)
