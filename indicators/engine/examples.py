"""Worked examples (示例): the finance bureau's figures and points, run at publishing and in the tests.

The cases of checks (`CheckExample`) are read here, too; `verify_checks` runs them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from .bindings import YEARS
from .compiled import CompiledTemplate
from .facts import Facts, Line, Project
from .faults import Fault
from .figures import Figures
from .names import did_you_mean
from .scope import BUDGET_LINES, PROJECT_ROWS
from .scoring import score
from .spec import CheckExample, Column, Example, Field
from .values import MISSING, Value, ValueFault, parse, plain, show, total

_LINE_COLUMNS = {symbol.key[1]: symbol.definition for symbol in BUDGET_LINES.columns.values()}
_LINE_TEXTS = ("functional", "economic", "kind", "fund", "project")
_LINE_AMOUNTS = ("opening", "adjustment", "executed")
_PROJECT_COLUMNS = {symbol.key[1]: symbol.definition for symbol in PROJECT_ROWS.columns.values()}
_PROJECT_AMOUNTS = (*_LINE_AMOUNTS, "score")


def facts_of_example(
    compiled: CompiledTemplate, example: Example | CheckExample, place: str = ""
) -> tuple[Facts, list[Fault]]:
    """The facts an example states, and what of it could not be read. Amounts are in 元.

    It is of the first year of the template, which stands for {year} in it: a clone's examples stay true.
    """
    reader = _Reader(compiled, place)
    facts = Facts(
        year=reader.year,
        figures=dict(reader.figures(example)),
        tables={code: tuple(reader.rows(code, rows)) for code, rows in example.tables.items()},
        lines=tuple(reader.line(number, line) for number, line in enumerate(example.lines)),
    )
    if isinstance(example, CheckExample):
        projects = tuple(reader.project(number, row) for number, row in enumerate(example.projects))
        facts = replace(facts, projects=projects, previous=dict(reader.previous(example)))
    return facts, reader.faults


def run_example(compiled: CompiledTemplate, example: Example, place: str) -> list[Fault]:
    """Every difference between what the example promises, points and derived figures, and what comes out."""
    facts, faults = facts_of_example(compiled, example, place)
    if faults:
        return faults
    figures = compiled.compute(facts)
    faults += _wrong_values(figures, example, place)
    sheet = score(compiled, figures)
    lines = {line.code: line for line in sheet.lines}
    for code, promised in example.points.items():
        where = f"{place}.points.{code}"
        if code not in lines:
            faults.append(Fault(where, f"没有代码为“{code}”的三级指标{did_you_mean(code, lines)}"))
        elif lines[code].score != promised:
            line = lines[code]
            got = "没有得分" if line.score is None else f"得 {plain(line.score)} 分"
            faults.append(Fault(where, f"示例写 {plain(promised)} 分，按模板{got}：{line.working}"))
    if sheet.total != example.total:
        got = sheet.total_text or "没有总分"
        faults.append(Fault(f"{place}.total", f"示例总分写 {plain(example.total)}，按模板是 {got}"))
    return faults


def _wrong_values(figures: Figures, example: Example, place: str) -> Iterator[Fault]:
    compiled = figures.compiled
    for code, promised in example.values.items():
        where, item = f"{place}.values.{code}", compiled.fields.get(code)
        if item is None or not item.formula:
            words = f"没有代码为“{code}”的由公式得出的数据项{did_you_mean(code, compiled.derived)}"
            yield Fault(where, words if item is None else f"“{item.label}”是填写的，不是由公式得出的")
            continue
        text = show(figures.values[code], item, compiled.unit_of(code))
        if text != promised.strip():
            got = f"是 {text}" if text else "没有得数"
            yield Fault(where, f"示例写{item.label} {promised}，按模板{got}")


class _Reader:
    def __init__(self, compiled: CompiledTemplate, place: str):
        self.compiled, self.place = compiled, place
        self.year = min(compiled.spec.years)
        self.faults: list[Fault] = []

    def value(self, definition: Field | Column, text: str, where: str) -> Value:
        for name, distance in YEARS.items():
            text = text.replace(f"{{{name}}}", str(self.year + distance))
        try:
            return parse(definition, text)
        except ValueFault as fault:
            self.faults.append(Fault(f"{self.place}.{where}", f"{fault}"))
            return MISSING

    def unknown(self, where: str, what: str) -> None:
        self.faults.append(Fault(f"{self.place}.{where}", what))

    def figures(self, example: Example | CheckExample) -> Iterator[tuple[str, Value]]:
        for code, text in example.figures.items():
            item = self.compiled.fields.get(code)
            if item is None:
                self.unknown(
                    f"figures.{code}", f"没有代码为“{code}”的数据项{did_you_mean(code, self.compiled.fields)}"
                )
            elif item.formula:
                self.unknown(f"figures.{code}", f"“{item.label}”由公式得出，不能填写")
            else:
                yield code, self.value(item, text, f"figures.{code}")

    def rows(self, code: str, rows: tuple[dict[str, str], ...]) -> Iterator[dict[str, Any]]:
        for number, row in enumerate(rows):
            read: dict[str, Any] = {"id": str(number + 1)}
            for name, text in row.items():
                where = f"tables.{code}[{number}].{name}"
                column = self.compiled.columns.get(f"{code}.{name}")
                if column is None or column.formula or self.compiled.tables[code].source != "input":
                    self.unknown(where, f"表“{code}”没有可以填写的列“{name}”")
                else:
                    read[name] = self.value(column, text, where)
            yield read

    def line(self, number: int, line: dict[str, str]) -> Line:
        place = f"lines[{number}]"
        self._known(line, (*_LINE_TEXTS, *_LINE_AMOUNTS), place, "预算明细")
        texts = {name: line.get(name, "") for name in _LINE_TEXTS}
        return Line(str(number + 1), **texts, **self._amounts(line, _LINE_COLUMNS, _LINE_AMOUNTS, place))

    def project(self, number: int, row: dict[str, str]) -> Project:
        place = f"projects[{number}]"
        self._known(row, ("name", *_PROJECT_AMOUNTS), place, "项目自评")
        amounts = self._amounts(row, _PROJECT_COLUMNS, _PROJECT_AMOUNTS, place)
        final = total((amounts["opening"], amounts["adjustment"]))
        return Project(str(number + 1), row.get("name", ""), final=final, **amounts)

    def previous(self, example: CheckExample) -> Iterator[tuple[str, Value]]:
        for code, text in example.previous.items():
            item = self.compiled.fields.get(code)
            if item is None:
                known = did_you_mean(code, self.compiled.fields)
                self.unknown(f"previous.{code}", f"没有代码为“{code}”的数据项{known}")
            else:
                yield code, self.value(item, text, f"previous.{code}")

    def _known(self, row: dict[str, str], names: tuple[str, ...], place: str, what: str) -> None:
        for name in row:
            if name not in names:
                self.unknown(f"{place}.{name}", f"{what}没有可以填写的“{name}”")

    def _amounts(
        self, row: dict[str, str], columns: dict[str, Column], names: tuple[str, ...], place: str
    ) -> dict[str, Value]:
        return {name: self.value(columns[name], row.get(name, ""), f"{place}.{name}") for name in names}
