"""The board of a reader: tables with their charts and links for the page, and as sheets of a workbook."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.utils import timezone

from .. import rectifying
from ..exporting.xlsx import Sheet
from ..models import User
from ..wording import day
from . import pictures, rectifications, rows, tables
from .rows import Row
from .tables import Cell, Column, Table, Value

Link = Callable[[Mapping[str, str]], str]

UNITS = (
    *(Column(label, False) for label in ("单位", "单位代码", "行政区划", "状态", "指标模板", "截止日期")),
    Column("逾期", unit="天"),
    *map(Column, ("自评分", "复核分", "得分")),
    Column("等级", False),
    *map(Column, ("全年预算数（元）", "全年执行数（元）")),
    Column("执行率", unit="%"),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A value of the page: as text, with its unit, and the address of what it counts ("" for none)."""

    text: str
    href: str
    number: bool


class Board:
    """`narrowed` are the rows that fit `wanted`; without `link` nothing is linked (a workbook)."""

    def __init__(
        self,
        user: User,
        year: int | None,
        narrowed: Collection[Row],
        wanted: Mapping[str, Any],
        link: Link = lambda narrow: "",
    ) -> None:
        self.user, self.year, self.rows, self.wanted, self._link = user, year, narrowed, wanted, link

    @cached_property
    def tables(self) -> list[Table]:
        """Every table whole."""
        area = {name: self.wanted.get(name) for name in ("year", "region")}
        tasks = rectifications.tally(rectifying.across(self.user, **area, state="all"))
        return [*tables.board(self.rows, rows.details(self.rows)), tables.rectification(tasks)]

    @property
    def parts(self) -> list[Part]:
        """Every table as the page shows it."""
        return [Part(table, self._link) for table in self.tables]

    def sheets(self, told: Sequence[tuple[str, str]], by: str) -> Iterator[Sheet]:
        """The filter first, then every table and all departments, one sheet each."""
        made = [
            ("导出人", by),
            ("导出时间", f"{timezone.localtime():%Y-%m-%d %H:%M}"),
            ("单位数", len(self.rows)),
        ]
        yield Sheet("筛选条件", ("条件", "值"), ([*told, *made]))
        for table in self.tables:
            yield Sheet(table.title, [_head(one) for one in table.columns], _values(table.rows))
        yield Sheet("单位明细", [_head(one) for one in UNITS], map(_unit, self.rows))


class Part:
    """A table with its chart: the first lines, and how many more there are."""

    def __init__(self, table: Table, link: Link) -> None:
        self.table, self._link = table, link
        whole = table.total or table.upright or table.key == "progress"
        self.shown = table.rows if whole else table.rows[: tables.SHOWN]
        self.more = len(table.rows) - len(self.shown)
        self.href = link(table.listed) if table.listed else ""

    @cached_property
    def picture(self) -> str:
        """The SVG, "" where the table has no chart or nothing to draw."""
        if not any(value for _, value in self.table.bars):
            return ""
        draw = pictures.columns if self.table.upright else pictures.bars
        return draw(f"chart-{self.table.key}", self.table.title, self.table.bars)

    @property
    def lines(self) -> list[list[Shown]]:
        """The cells of each line as text."""
        return [
            [self._shown(cell, column) for cell, column in zip(line, self.table.columns, strict=True)]
            for line in self.shown
        ]

    def _shown(self, cell: Cell, column: Column) -> Shown:
        href = self._link(cell.narrow) if cell.narrow is not None and cell.value else ""
        return Shown(text(cell.value, column.unit), href, column.number)


@dataclass(frozen=True, slots=True)
class Units:
    """The list behind a number; `why`: the indicator or check that is asked for, in words."""

    rows: list[Row]
    why: str = ""


def units(found: Collection[Row], wanted: Mapping[str, Any]) -> Units:
    """The rows that fit a filter of the list; details are read only where one of them is asked for."""
    chosen = rows.narrow(found, wanted)
    indicator, check = wanted.get("indicator"), wanted.get("check")
    if not (indicator or check):
        return Units(chosen)
    read = rows.details(chosen)
    why = []
    if indicator:
        template, _, code = indicator.rpartition(":")
        chosen = rows.with_indicator(chosen, read, template, code)
        why.append(f"在“{read.names.get((template, code), code)}”上失分")
    if check:
        chosen = rows.with_finding(chosen, read, check)
        titles = [one.title for some in read.findings.values() for one in some if one.code == check]
        why.append(f"有审核问题“{titles[0] if titles else check}”")
    return Units(chosen, "，".join(why))


def text(value: Value, unit: str = "") -> str:
    """A value as the page shows it; — for none."""
    if value is None or value == "":
        return "—"
    if isinstance(value, Decimal):
        shown = f"{value:,.2f}"
    elif isinstance(value, int):
        shown = f"{value:,}"
    elif isinstance(value, str):
        return value
    else:
        return day(value)
    return shown + (unit if unit == "%" else f" {unit}" if unit else "")


def _head(column: Column) -> str:
    return f"{column.label}（{column.unit}）" if column.unit else column.label


def _values(lines: Collection[tuple[Cell, ...]]) -> Iterator[list[Any]]:
    for line in lines:
        yield [cell.value for cell in line]


def _unit(row: Row) -> tuple[Any, ...]:
    return (
        row.name,
        row.code,
        row.region_name,
        row.state_label,
        row.template_title,
        row.due_on,
        row.late or None,
        row.total,
        row.reviewed,
        row.score,
        row.grade,
        row.final,
        row.executed,
        row.rate,
    )
