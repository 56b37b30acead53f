"""Figures in texts (引用): `{编制数}`, `{三公经费预算数|万元}`, `{评价年度}`, `{得分:BJ-I12}`, `{单位名称}`.

`{{` is a literal brace. A name is a figure of the template first, then one of these words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from .facts import SUBJECT
from .figures import Figures, shown
from .names import fold
from .operations import Result
from .spec import Column, Field, Indicator, Table
from .values import MISSING, UNITS, Undefined, plain, show

if TYPE_CHECKING:
    from .compiled import CompiledTemplate
    from .sheet import ScoreSheet

#: What templates write, and how authors read and write it.
YEAR_NAMES = {"year": "评价年度", "last_year": "上一年度", "next_year": "下一年度"}
_DISTANCES = {"year": 0, "last_year": -1, "next_year": 1}
YEARS = _DISTANCES | {YEAR_NAMES[name]: distance for name, distance in _DISTANCES.items()}
SCORE, GRADE = "自评得分", "评价等级"  #: names of the score sheet's total and grade
WEIGHT, POINTS, REACHED = "分值", "得分", "完成值"
OF_INDICATOR = (WEIGHT, POINTS, REACHED)  #: what `{得分:CODE}` asks of an indicator
BLANK = "（未填）"

_PATTERN = re.compile(r"\{\{|\}\}|[{｛]([^{}｛｝\n]+)[}｝]")


class BindingError(ValueError):
    """A text refers to what the template does not have. `args[0]` is the name."""


@dataclass(frozen=True, slots=True)
class Binding:
    """A reference in a text; `unit` is 元, 千元, 万元 or 亿元, or empty for that of the figure."""

    name: str
    unit: str = ""


def split(text: str) -> tuple[str | Binding, ...]:
    """`text` as pieces: literal strings and bindings. A lone brace is a literal."""
    pieces: list[str | Binding] = []
    for piece in _pieces(text):
        if isinstance(piece, str) and pieces and isinstance(pieces[-1], str):
            pieces[-1] += piece
        elif piece:
            pieces.append(piece)
    return tuple(pieces)


def _pieces(text: str) -> Iterator[str | Binding]:
    done = 0
    for found in _PATTERN.finditer(text):
        yield text[done : found.start()]
        done = found.end()
        yield found[0][0] if found[1] is None else _binding(found[1])
    yield text[done:]


def _binding(inside: str) -> Binding:
    name, _, unit = inside.replace("｜", "|").partition("|")
    return Binding(name.strip(), unit.strip())


def for_authors(text: str) -> str:
    """A template's text as it goes into an author's: the names of years in Chinese, all else as it is."""
    for name, words in YEAR_NAMES.items():
        text = text.replace(f"{{{name}}}", f"{{{words}}}")
    return text


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a list: what its columns hold, by code."""

    table: Table
    cells: Mapping[str, Result]

    def column(self, name: str) -> Column | None:
        return column_named(self.table, name)


def column_named(table: Table, name: str) -> Column | None:
    """The column of that code, or else of that label."""
    wanted = fold(name)
    by_code = (column for column in table.columns if fold(column.code) == wanted)
    return next(by_code, next((column for column in table.columns if fold(column.label) == wanted), None))


def rows(figures: Figures, table: str) -> tuple[Row, ...]:
    """The rows of a `list` in which something stands, in order."""
    spec = figures.compiled.tables[table]
    told = [column.code for column in spec.columns if not column.formula][spec.source == "derived" :]
    told = told or [column.code for column in spec.columns]
    return tuple(
        Row(spec, row)
        for row in figures.rows(table)
        if not all(row[code] is MISSING or isinstance(row[code], Undefined) for code in told)
    )


def unknown(text: str, compiled: CompiledTemplate, table: str = "") -> tuple[str, ...]:
    """The references of `text` that mean nothing in this template, as they are written.

    `table`: `text` is the pattern of its rows, in which its columns are known too.
    """
    found = (_binding(one[1]) for one in _PATTERN.finditer(text) if one[1] is not None)
    spec = compiled.tables.get(table)
    return tuple(
        f"{one.name}|{one.unit}" if one.unit else one.name
        for one in found
        if not _is_known(one, compiled, column_named(spec, one.name) if spec else None)
    )


def blank(text: str, figures: Figures) -> tuple[str, ...]:
    """Codes of the figures that `text` refers to and that would print as a blank, each once.

    A printed override stands in for a figure. What a required or unreadable box leaves open is left out: that
    box has a finding of its own.
    """
    compiled, overrides = figures.compiled, figures.facts.overrides
    named = (_binding(one[1]).name for one in _PATTERN.finditer(text) if one[1] is not None)
    codes = dict.fromkeys(code for code in map(compiled.resolve, named) if code is not None)
    return tuple(code for code in codes if code not in overrides and _is_blank(code, figures))


def _is_blank(code: str, figures: Figures) -> bool:
    value = figures.values[code]
    if value is not MISSING and not isinstance(value, Undefined):
        return False
    empty = value.missing if isinstance(value, Undefined) else (code,)
    fields, raw = figures.compiled.fields, figures.facts.raw
    return not any(one in raw or fields[one].required for one in empty if one in fields)


def _is_known(binding: Binding, compiled: CompiledTemplate, column: Column | None = None) -> bool:
    code = compiled.resolve(binding.name)
    definition = column or (compiled.fields[code] if code is not None else None)
    if binding.unit:
        return definition is not None and binding.unit in UNITS and definition.kind == "money"
    return (
        definition is not None
        or binding.name in YEARS
        or binding.name in SUBJECT
        or (compiled.spec.scored and binding.name in (SCORE, GRADE))
        or _of_indicator(binding.name, compiled) is not None
    )


def _of_indicator(name: str, compiled: CompiledTemplate) -> tuple[str, Indicator] | None:
    """What is asked of which indicator: 得分 and 分值 of any node, 完成值 of a 三级指标."""
    asked, _, code = name.replace("：", ":").partition(":")
    node = compiled.indicators.get(code.strip())
    if node is None or asked not in OF_INDICATOR or (asked == REACHED and node.code not in compiled.leaf):
        return None
    return asked, node


def render(
    text: str, figures: Figures, *, year: int, sheet: ScoreSheet | None = None, row: Row | None = None
) -> str:
    """`text` with its references replaced by what they show now, money in the unit of the figure.

    未填 shows as （未填）. Scores need `sheet`. With a `row` names are first its columns. Raises
    `BindingError` for a name that is unknown.
    """
    return "".join(
        piece if isinstance(piece, str) else _shown(piece, figures, year, sheet, row) for piece in split(text)
    )


def _shown(
    binding: Binding, figures: Figures, year: int, sheet: ScoreSheet | None, row: Row | None = None
) -> str:
    compiled = figures.compiled
    column = row.column(binding.name) if row else None
    if not _is_known(binding, compiled, column):
        raise BindingError(binding.name)
    if column:
        unit = binding.unit or compiled.unit_of(row.table.code)
        return _figure(row.cells[column.code], column, unit)
    code = compiled.resolve(binding.name)
    if code is not None:
        return _figure(figures.values[code], compiled.fields[code], binding.unit or compiled.unit_of(code))
    if binding.name in YEARS:
        return str(year + YEARS[binding.name])
    if binding.name in SUBJECT:
        return figures.facts.subject.get(binding.name, "") or BLANK
    if binding.name in (SCORE, GRADE):
        return (sheet and (sheet.total_text if binding.name == SCORE else sheet.grade)) or BLANK
    return _told(*_of_indicator(binding.name, compiled), figures, sheet)


def _figure(value: Result, definition: Field | Column, unit: str) -> str:
    if value is MISSING or (isinstance(value, Undefined) and value.missing):
        return BLANK
    if isinstance(value, Undefined):
        return "（无法计算）"
    return show(value, definition, unit)


def _told(asked: str, node: Indicator, figures: Figures, sheet: ScoreSheet | None) -> str:
    if asked == WEIGHT:
        return plain(node.full_weight)
    if asked == REACHED:
        return _reached(node, figures, sheet) or BLANK
    if sheet is None:
        return BLANK
    if node.code in sheet.groups:
        below = {leaf.code for leaf in node.leaves()}
        lines = [line for line in sheet.lines if (line.group or line.code) in below]
        open_ = not any(line.score is not None or line.status == "不适用" for line in lines)
        return BLANK if open_ else plain(sheet.groups[node.code].score)
    points = next((line.score for line in sheet.lines if line.code == node.code), None)
    return BLANK if points is None else plain(points)


def _reached(leaf: Indicator, figures: Figures, sheet: ScoreSheet | None) -> str:
    """完成值: what was typed as such, the actual figure of a ratio, or the value that the rule measured."""
    compiled = figures.compiled
    if box := compiled.boxes.get(leaf.code, {}).get("actual"):
        return show(figures.values[box.code], box)
    if actual := compiled.rules.get(leaf.code, {}).get("actual"):
        value, unit = actual(figures.env), compiled.unit_of(*(part.code for part in actual.operands))
        definition = actual.root.symbol.definition if actual.root.symbol else Field("", "", "number")
        told = isinstance(value, Decimal)
        return "".join(shown(value, definition, unit)) if told else _figure(value, definition, unit)
    lines = sheet.lines if sheet else ()
    return next((line.measured for line in lines if line.code == leaf.code), "")
