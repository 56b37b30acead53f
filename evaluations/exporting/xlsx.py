"""Tables as a workbook; of approved results departments, projects, indicators. Same data, same bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from indicators.workbooks.saving import HEAD, TYPE, put_text, saved

__all__ = ["TYPE", "Sheet", "workbook", "write"]

#: Heads of columns with long texts.
WIDE = frozenset("单位 单位名称 项目名称 指标 模板 指标模板 审核事项 值 问题 整改措施 反馈 复核理由".split())

_MONEY = {
    "年初预算数（元）": "opening",
    "调整数（元）": "adjustment",
    "全年预算数（元）": "final",
    "执行数（元）": "executed",
}
_TOTALS = ("总分", "等级", "复核总分", "复核等级")
_SUBJECT = ("单位代码", "单位名称", "行政区划", "自评编号")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: title of at most 31 characters, heads, and rows of texts, numbers, days or nothing."""

    title: str
    head: Sequence[str]
    rows: Iterable[Sequence[Any]]


def workbook(sheets: Iterable[Sheet]) -> bytes:
    """One sheet a table."""
    book = Workbook()
    book.remove(book.active)
    for one in sheets:
        _fill(book.create_sheet(one.title), one.head, one.rows)
    return saved(book)


def write(data: Mapping[str, Any]) -> bytes:
    """`data`: what `results.collect` gives in its newest form."""
    results = data["results"]
    days = ("送审日期", "批准日期", "公开日期")
    return workbook(
        (
            Sheet(
                "单位结果",
                (*_SUBJECT, "版次", *_TOTALS, *_MONEY, *days, "模板"),
                _departments(results),
            ),
            Sheet("项目结果", (*_SUBJECT, "项目名称", *_TOTALS, *_MONEY, "模板"), _projects(results)),
            Sheet(
                "指标得分",
                (*_SUBJECT, "项目名称", "指标代码", "指标", "分值", "得分", "复核分", "复核理由", "状态"),
                _indicators(results),
            ),
        )
    )


def _departments(results: Iterable[Mapping[str, Any]]) -> Iterator[Sequence[Any]]:
    for one in results:
        days = (one["submitted_on"], one["approved_on"], one["published_on"])
        yield (*_subject(one), one["version"], *_scores(one), *days, _template(one))


def _projects(results: Iterable[Mapping[str, Any]]) -> Iterator[Sequence[Any]]:
    for one in results:
        for project in one["projects"]:
            yield (*_subject(one), project["name"], *_scores(project), _template(project))


def _indicators(results: Iterable[Mapping[str, Any]]) -> Iterator[Sequence[Any]]:
    for one in results:
        for name, scored in (("", one), *((project["name"], project) for project in one["projects"])):
            given = {line["code"]: line for line in (scored["reviewed"] or {}).get("indicators", ())}
            for line in scored["indicators"]:
                again = given.get(line["code"], {"points": None, "reason": None})
                points = map(_number, (line["weight"], line["score"], again["points"]))
                which = (line["code"], line["name"])
                yield (*_subject(one), name, *which, *points, again["reason"], line["status"])


def _subject(one: Mapping[str, Any]) -> tuple[str, ...]:
    return one["department"]["code"], one["department"]["name"], one["region"]["name"], one["reference"]


def _scores(scored: Mapping[str, Any]) -> tuple[Any, ...]:
    amounts = (_number(scored["budget"][name]) for name in _MONEY.values())
    again = scored["reviewed"] or {"total": None, "grade": None}
    totals = (_number(scored["total"]), scored["grade"], _number(again["total"]), again["grade"])
    return *totals, *amounts


def _template(scored: Mapping[str, Any]) -> str:
    return f"{scored['template']['title']}（第 {scored['template']['version']} 版）"


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _fill(sheet: Any, head: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    sheet.append(head)
    for number, title in enumerate(head, 1):
        cell = sheet.cell(1, number)
        cell.font, cell.fill = Font(bold=True), HEAD
        wide = title in WIDE
        sheet.column_dimensions[get_column_letter(number)].width = 32 if wide else 18
    for number, row in enumerate(rows, 2):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(number, column, None if isinstance(value, str) else value)
            if isinstance(value, str):
                put_text(cell, ILLEGAL_CHARACTERS_RE.sub("", value))
            elif isinstance(value, Decimal):
                cell.number_format = "#,##0.00"
            elif isinstance(value, date):
                cell.number_format = "yyyy-mm-dd"
    sheet.freeze_panes = "A2"
