"""What the lists of a template tell of each piece, in words: the cells of its row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ..engine.chapters import Block, Form, FormPart, Section
from ..engine.numbering import Counter
from ..engine.spec import CheckRule, Example, Field, Table, TemplateSpec
from ..engine.values import plain
from ..engine.words import value_words

#: list → heads of its columns, after the name.
HEADS: dict[str, tuple[str, ...]] = {
    "fields": ("类型", "口径", "怎样得出", "上年"),
    "tables": ("来源", "列", "固定行"),
    "outline": ("向导", "内容", "佐证材料"),
    "checks": ("应当成立", "层次", "要求", "例子"),
    "forms": ("列数", "各部分"),
    "examples": ("填写的数", "应得", "总分"),
}
EMPTY = {
    "fields": ("还没有数据项", "请先加报告要填的数，例如编制数、全年预算数；公式和指标都取自它们。"),
    "tables": ("还没有表格", "要单位逐行填写、或按预算明细列示的，请在这里加一张表。"),
    "outline": ("还没有章节", "请先加第一章；章节既是填报的步骤，也是报告的目录。"),
    "checks": ("还没有审核公式", "请加一条，例如：执行数不超过预算数。"),
    "forms": ("没有表式", "报告要附固定格式的表时，在这里加。"),
    "examples": ("还没有示例", "请写一两个由财政部门手工算过的例子，发布时用来核对规则。"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """A row: the piece with its depth in a tree and its number there, and its cells."""

    piece: Any
    code: str
    name: str
    cells: tuple[str, ...]
    level: int = 0
    number: str = ""


def rows(spec: TemplateSpec, name: str) -> list[Told]:
    """The rows of a list, in the order of the template."""
    if name == "outline":
        return list(_outline(spec.outline, Counter(), 0))
    cells: Mapping[str, Callable[[Any], tuple[str, ...]]] = {
        "fields": lambda item: _field(item, spec),
        "tables": _table,
        "checks": _check,
        "forms": _form,
        "examples": _example,
    }
    return [
        Told(piece, getattr(piece, "code", str(number)), _name(piece), cells[name](piece))
        for number, piece in enumerate(getattr(spec, name), 1)
    ]


def _name(piece: Any) -> str:
    name = getattr(piece, "label", "") or getattr(piece, "title", "") or getattr(piece, "name", "")
    return name or "（没有名称）"


def _field(item: Field, spec: TemplateSpec) -> tuple[str, ...]:
    unit = item.money_unit or (
        spec.unit if item.kind == "money" else "%" if item.kind == "percent" else item.unit
    )
    kind = value_words(Field, "kind", item.kind)
    required = "，必填" if item.required else ""
    last_year = [f"同“{_label(spec, item.prior)}”"] if item.prior else []
    if not item.formula and item.carry != "reference":
        last_year.append(value_words(Field, "carry", item.carry))
    basis = [item.basis] if item.basis else []
    basis += [f"{'上' * -item.year_offset}年"] if -3 < item.year_offset < 0 else []
    return (
        f"{kind} {unit}".strip() + required,
        "，".join(basis),
        item.formula or "填写",
        "，".join(last_year),
    )


def _label(spec: TemplateSpec, code: str) -> str:
    return next((item.label for item in spec.fields if item.code == code), code)


def _table(table: Table) -> tuple[str, ...]:
    columns = "、".join(column.label for column in table.columns)
    return (value_words(Table, "source", table.source), columns, str(len(table.rows) or ""))


def _check(rule: CheckRule) -> tuple[str, ...]:
    each = "（逐行）" if rule.each else ""
    when = f"，当 {rule.when}" if rule.when else ""
    examples = [word for word, one in (("通过", rule.passing), ("不通过", rule.failing)) if one is not None]
    return (
        f"{rule.left} {rule.op} {rule.right}{when}{each}",
        rule.layer,
        value_words(CheckRule, "severity", rule.severity),
        "、".join(examples),
    )


def _form(form: Form) -> tuple[str, ...]:
    parts = "、".join(value_words(FormPart, "kind", part.kind) for part in form.parts)
    return (str(form.columns), parts)


def _example(example: Example) -> tuple[str, ...]:
    typed = len(example.figures) + sum(map(len, example.tables.values())) + len(example.lines)
    expected = len(example.points) + len(example.values)
    return (f"{typed} 处", f"{expected} 处", "" if example.total is None else f"{plain(example.total)} 分")


def _outline(sections: Iterable[Section], counter: Counter, level: int) -> Iterable[Told]:
    for section in sections:
        number, below = _next(counter, section)
        step = "一步" if section.step else ""
        seen = "" if section.appears == "both" else value_words(Section, "appears", section.appears)
        blocks = "、".join(dict.fromkeys(value_words(Block, "kind", block.kind) for block in section.blocks))
        evidence = value_words(Section, "evidence", section.evidence) if section.evidence else ""
        cells = ("，".join(filter(None, (step, seen))), blocks, evidence)
        name = section.heading or "（没有标题）"
        yield Told(section, section.code, name, cells, level, number)
        yield from _outline(section.children, Counter() if section.embedded else below, level + 1)


def _next(counter: Counter, section: Section) -> tuple[str, Counter]:
    """The number of a heading; what does not print takes none."""
    if section.appendix or section.appears == "wizard":
        return "", counter
    try:
        return counter.next(section.numbering)
    except ValueError:  # the thousandth of a kind has no number; publishing will not get that far
        return "", counter
