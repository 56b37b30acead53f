"""The names that boxes complete: figures, tables with their columns, functions; by label, code and alias."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from ..engine import bindings
from ..engine.facts import SUBJECT
from ..engine.names import fold
from ..engine.open_groups import with_tables
from ..engine.scope import GIVEN_TABLES, YEAR
from ..engine.spec import Column, Field
from ..engine.words import choices
from .around import Around
from .dicts import SELDOM

#: What a formula can call, as it is written: name → pattern. The place of the cursor is between the brackets.
FUNCTIONS = {
    "若": "若(条件, 成立时, 不成立时)",
    "合计": "合计(甲, 乙) 合计(表.列, 条件)",
    "计数": "计数(表, 条件) 计数(甲, 乙)",
    "最大": "最大(甲, 乙)",
    "最小": "最小(甲, 乙)",
    "绝对值": "绝对值(数)",
    "四舍五入": "四舍五入(数, 2)",
    "上年": "上年(数据项)",
    "日期": "日期(年度, 12, 31)",
    "已填": "已填(数据项)",
    "适用": "适用(数据项)",
}
_IDENTIFIER = re.compile(r"[^\W\d][\w·]*")


def names(around: Around) -> list[dict[str, Any]]:
    """Everything that boxes of this template complete.

    Each: `name` (as a formula writes it), `label`, `code`, `also` (aliases), `said` (kind and unit), `of`:
    the kind of thing, by which a box chooses (`fields` `answers` `tables` `given` `columns` `texts`
    `indicators` `forms` `words` `functions`); columns name their `table`.
    """
    return list(_names(around))


def _names(around: Around) -> Iterator[dict[str, Any]]:
    spec = around.spec
    derived = {item.code for item in spec.fields if item.formula}
    labels = Counter(fold(item.label) for item in spec.fields)
    for item in spec.fields:
        said = f"{_said(item)}{'，由公式得出' if item.code in derived else ''}"
        yield _name(
            item.code, item.label, "fields", said, list(item.aliases), again=labels[fold(item.label)] > 1
        )
    for leaf in spec.leaves():
        for box in leaf.answers():
            if not box.code.endswith(SELDOM):
                yield _name(box.code, f"{leaf.name}：{box.label}", "answers", _said(box))
    for table in with_tables(spec).values():
        yield _name(table.code, table.title, "tables", "表格")
        for column in table.columns:
            yield _name(column.code, column.label, "columns", _said(column), table=table.title)
    for code, given in GIVEN_TABLES.items():
        yield _name(code, given.label, "given", "表格")
        for symbol in dict.fromkeys(given.columns.values()):
            yield _name(
                symbol.key[1],
                symbol.label,
                "columns",
                _said(symbol.definition),
                table=given.label,
            )
    for part, said in (("texts", "文字"), ("indicators", "指标"), ("forms", "表式")):
        for code, label in getattr(around, part).items():
            yield _name(code, label, part, said)
    words = (*bindings.YEAR_NAMES.values(), bindings.SCORE, bindings.GRADE, *SUBJECT)
    for word in words:
        yield {"name": word, "label": word, "said": "引用", "of": "words"}
    yield {"name": YEAR, "label": YEAR, "said": "评价年度", "of": "functions"}
    for name, pattern in FUNCTIONS.items():
        yield {"name": f"{name}()", "label": name, "said": pattern, "of": "functions"}


def _name(
    code: str,
    label: str,
    of: str,
    said: str,
    also: list[str] | None = None,
    table: str = "",
    again: bool = False,
) -> dict[str, Any]:
    shown = code if of == "answers" or again else label
    found = {"name": written(shown), "label": label, "code": code, "also": also or (), "said": said, "of": of}
    return {key: one for key, one in (found | {"table": table}).items() if one}


def written(name: str) -> str:
    """A name as a formula writes it: in braces where it is no plain word."""
    return name if _IDENTIFIER.fullmatch(name) else f"{{{name}}}"


def _said(item: Field | Column) -> str:
    kind = choices(Field, "kind").get(item.kind, "")
    unit = "元" if item.kind == "money" else item.unit
    return f"{kind} {unit}".strip()
