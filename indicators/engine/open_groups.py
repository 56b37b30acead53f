"""自设指标: what the department's own third-level indicators are, made from the rows of their table.

An open group (`Indicator.open`) has an input table under its own code, one row per indicator. A row is
scored like a leaf; its code is that of the row: `CC[0003]`. The 二级指标 between have the codes `CC/1` … in
the order of `OpenGroup.seconds`; `CC/0` holds the rows for which none was chosen yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Any

from .facts import Facts
from .kinds import ZERO
from .spec import Column, Field, Indicator, OwnColumn, Table, TemplateSpec
from .stated import SIGNS
from .values import MISSING, Value, rounded

if TYPE_CHECKING:
    from .compiled import CompiledTemplate

NO_SECOND = "（未选二级指标）"
#: Columns that the score of a row needs; scoring names them where they are empty.
SCORED = frozenset({"sign", "target", "actual", "weight"})


def groups(spec: TemplateSpec) -> dict[str, Indicator]:
    """The open groups by code, in order."""
    return {node.code: node for node in spec.leaves() if node.open}


def columns(indicator: Indicator) -> tuple[Column, ...]:
    """The columns of an open group's rows; where a leaf has the same box, it has the same ending."""
    own = indicator.open
    levels = tuple(level.text for level in own.rule.levels)
    by_share = own.rule.coefficient_places is not None
    found = (
        own.seconds and Column("second", "二级指标", "choice", required=True, choices=own.seconds, width=11),
        Column("name", "三级指标", "text", required=True, width=18, max_chars=200),
        own.split and Column("sign", "指标性质", "choice", required=True, choices=SIGNS, width=7),
        Column("target", "年度指标值", "text", required=not own.adjusted, width=13),
        own.adjusted and Column("adjusted", "调整指标值", "text", width=13),
        own.split and Column("unit", "度量单位", "text", width=7, max_chars=20),
        Column("actual", "实际完成值", "text", required=True, width=13),
        Column("weight", "分值", "number", "分", required=True, total=True, width=7),
        levels and Column("level", "评定等次", "choice", choices=levels, width=8),
        Column("coefficient", "得分系数", "percent", "%", width=7)
        if by_share
        else Column("points", "评定分值", "number", "分", width=7),
        *(Column(**{name: getattr(one, name) for name in OwnColumn.__slots__}) for one in own.columns),
        Column("self", "自评分", "number", "分", width=7),
        Column("reason", "偏差原因分析及改进措施", "long_text", width=16, max_chars=2000),
    )
    return tuple(
        replace(column, label=own.labels.get(column.code, column.label)) for column in found if column
    )


def table(indicator: Indicator) -> Table:
    """The input table that holds the group's rows, under the group's own code."""
    return Table(
        indicator.code,
        indicator.name,
        columns=columns(indicator),
        max_rows=indicator.open.max_rows,
        total_label="合计",
    )


def with_tables(spec: TemplateSpec) -> dict[str, Table]:
    """All tables of the template by code: its own, then those of the open groups."""
    own = {item.code: item for item in spec.tables}
    return own | {code: table(node) for code, node in groups(spec).items()}


# ── of one evaluation ───────────────────────────────────────────────────────────────────────────────────────


def tree(compiled: CompiledTemplate, facts: Facts) -> tuple[Indicator, ...]:
    """The indicators of this evaluation: the template's, with open groups filled from their rows.

    A group without rows has no children; one without 二级指标 has its rows themselves. A row has a weight
    only when it is filled in and usable.
    """
    if not compiled.open_groups:
        return compiled.spec.indicators
    return tuple(_filled(node, compiled, facts) for node in compiled.spec.indicators)


def _filled(node: Indicator, compiled: CompiledTemplate, facts: Facts) -> Indicator:
    if node.open:
        return replace(node, children=tuple(_seconds(node, compiled, facts)))
    children = tuple(_filled(child, compiled, facts) for child in node.children)
    return replace(node, children=children) if children != node.children else node


def _seconds(group: Indicator, compiled: CompiledTemplate, facts: Facts) -> Iterator[Indicator]:
    """The 二级指标 that have rows, in the template's order; the rows where the template knows none."""
    seconds = group.open.seconds
    if not seconds:
        for place, row in enumerate(facts.tables.get(group.code, ()), 1):
            yield _leaf(group, row, place, compiled)
        return
    rows: dict[int, list[Indicator]] = {number: [] for number in (*range(1, len(seconds) + 1), 0)}
    for place, row in enumerate(facts.tables.get(group.code, ()), 1):
        second = row.get("second", MISSING)
        chosen = seconds.index(second) + 1 if second in seconds else 0
        rows[chosen].append(_leaf(group, row, place, compiled))
    for number, leaves in rows.items():
        if leaves:
            name = seconds[number - 1] if number else NO_SECOND
            yield Indicator(f"{group.code}/{number}", name, children=tuple(leaves))


def under_firsts(group: Indicator) -> tuple[Indicator, ...]:
    """A filled group as the 一级指标 of the form: itself, or those among which its 二级指标 are divided.

    These have no code of a node, only that of the group before a blank; in the order of `OpenGroup.seconds`.
    """
    if not group.open or not group.open.firsts:
        return (group,)
    first_of = {second: first for first, seconds in group.open.firsts.items() for second in seconds}
    runs = groupby(group.children, key=lambda second: first_of.get(second.name, group.name))
    return tuple(
        Indicator(f"{group.code} {first}", first, open=group.open, children=tuple(seconds))
        for first, seconds in runs
    ) or (group,)


def _leaf(group: Indicator, row: Mapping[str, Any], number: int, compiled: CompiledTemplate) -> Indicator:
    name = row.get("name", MISSING)
    return Indicator(
        f"{group.code}[{row['id']}]",
        name if isinstance(name, str) else f"{group.name}第 {number} 行",
        weight=None if weight_fault(row.get("weight", MISSING), compiled) else row["weight"],
        rule=group.open.rule,
    )


def weight_fault(weight: Value, compiled: CompiledTemplate) -> str:
    """Why `weight` cannot be the 分值 of a row; "" where it can."""
    if weight is MISSING:
        return "没有填分值"
    places = compiled.spec.score_places
    if not isinstance(weight, Decimal) or weight <= 0:
        return "分值应是大于 0 的数"
    return f"分值最多 {places} 位小数" if rounded(weight, places) != weight else ""


def is_balanced(group: Indicator, facts: Facts) -> bool:
    """Whether the weights of the rows add up to that of their group; until then no total is final."""
    weights = [row.get("weight", MISSING) for row in facts.tables.get(group.code, ())]
    return sum((weight for weight in weights if isinstance(weight, Decimal)), ZERO) == group.weight


def group_of(code: str) -> str:
    """The open group of a row's code: `CC` of `CC[0003]`; "" of a fixed leaf."""
    return code.partition("[")[0] if code.endswith("]") else ""


def boxes_of(compiled: CompiledTemplate, code: str) -> Mapping[str, Field | Column]:
    """The boxes of a fixed leaf or a row, by ending."""
    if group := group_of(code):
        return {column.code: column for column in compiled.tables[group].columns}
    return compiled.boxes[code]


def answers_of(compiled: CompiledTemplate, facts: Facts, code: str) -> dict[str, Value]:
    """What was typed for a fixed leaf or a row, by ending: `target`, `actual`, `level`, `reason` …

    Every box is there, `MISSING` when empty. Raises KeyError for what is neither a leaf nor a row.
    """
    group = group_of(code)
    if not group:
        typed = facts.figures
        return {ending: typed.get(box.code, MISSING) for ending, box in compiled.boxes[code].items()}
    for row in facts.tables.get(group, ()):
        if code == f"{group}[{row['id']}]":
            return {ending: row.get(ending, MISSING) for ending in boxes_of(compiled, code)}
    raise KeyError(code)


def place_of(code: str, ending: str) -> str:
    """The code of a box of a leaf or row: `BJ-I12-reason`, `CC[0003].reason`."""
    return f"{code}.{ending}" if group_of(code) else f"{code}-{ending}"
