"""Sample data (样例数据): something plausible in every box of a template, to look at its pages and report.

The same template always gives the same sample. Amounts are in 元. The points that come of it say nothing:
what must come out is for the worked examples (`examples`).
"""

from __future__ import annotations

from decimal import Decimal

from .compiled import CompiledTemplate
from .kinds import ZERO, Judged
from .spec import Column, Example, Field, Indicator, Table
from .values import plain, rounded

NAME = "自动填写的样例数据"
#: 预算 and 执行数, so that rates stay below 100 %.
BUDGET, EXECUTED = Decimal(1_000_000), Decimal(950_000)
_NUMBERS = {"money": BUDGET, "count": Decimal(20), "number": Decimal(10), "percent": Decimal(95)}
TARGET = {"target": "≥95%", "actual": "96%"}
IN_PARTS = {"sign": "≥", "target": "95", "unit": "%", "actual": "96"}
#: Answers that are the exception, by the end of their code: 不适用, 自评分, 理由.
_EXCEPTIONS = frozenset({"na", "self", "reason"})
_ROWS = 2
_BASIC = {"functional": "2012901", "kind": "基本支出"}
_PROJECT = {"functional": "2012999", "kind": "项目支出", "project": "示例项目"}
_LINES = (
    _BASIC | {"economic": "30101", "opening": "2000000", "executed": "1960000"},
    _BASIC | {"economic": "30201", "opening": "600000", "executed": "570000"},
    _PROJECT | {"economic": "30299", "opening": "800000", "adjustment": "100000", "executed": "840000"},
)


def sample(compiled: CompiledTemplate) -> Example:
    """Every box filled, rows in every table, one indicator for each 二级指标 of an open group, lines."""
    figures = {item.code: _typed(item) for item in compiled.spec.fields if not item.formula}
    for leaf in compiled.spec.leaves():
        figures |= _answers(leaf)
    tables = {
        code: _own_indicators(compiled, group) if group else _rows(table)
        for code, table in compiled.tables.items()
        if table.source == "input"
        for group in (compiled.open_groups.get(code),)
    }
    given = {code: text for code, text in figures.items() if text}
    return Example(NAME, given, tables=tables, lines=_lines(compiled))


def texts(compiled: CompiledTemplate) -> dict[str, str]:
    """A sentence for every narrative, by its code."""
    return {code: _words(block.label or "本段", block.max_chars) for code, block in compiled.texts.items()}


def _words(label: str, most: int) -> str:
    return f"{label}：这是示例文字，只用来查看章节和报告的版面，没有实际内容。"[:most]


def _typed(box: Field | Column) -> str:
    """What somebody might type into a box; "" where nothing can be chosen."""
    match box.kind:
        case "text":
            return "示例内容"[: box.max_chars]
        case "long_text":
            return _words(box.label, box.max_chars)
        case "date":
            return "2024-06-30"
        case "choice":
            return box.choices[0] if box.choices else ""
        case "yes_no":
            return "是"
    return plain(_number(box))


def _number(box: Field | Column) -> Decimal:
    number = _NUMBERS[box.kind]
    if isinstance(box, Column):
        return number
    if box.kind == "money" and box.basis == "执行数":
        number = EXECUTED
    if box.minimum is not None:
        number = max(number, box.minimum)
    return number if box.maximum is None else min(number, box.maximum)


def _answers(leaf: Indicator) -> dict[str, str]:
    """An indicator reached: nothing violated, the best level, the points that a person may give."""
    answers = {}
    for box in leaf.answers():
        ending = box.code.removeprefix(f"{leaf.code}-")
        if ending in _EXCEPTIONS:
            continue
        if ending in TARGET:
            answers[box.code] = TARGET[ending]
        elif ending != "points":
            answers[box.code] = "0" if box.kind == "count" else _typed(box)
        elif isinstance(leaf.rule, Judged):
            answers[box.code] = plain(_best(leaf, leaf.rule))
    return answers


def _best(leaf: Indicator, rule: Judged) -> Decimal:
    """The most points that the first level allows."""
    high = rule.levels[0].high if rule.levels else None
    return (leaf.weight or ZERO) * (Decimal(100) if high is None else high) / 100


def _rows(table: Table) -> tuple[dict[str, str], ...]:
    """The rows that the template names, else two."""
    typed = [column for column in table.columns if not column.formula]
    if not typed:
        return ()
    first, *others = typed
    names = table.prefill or tuple(f"示例{number}" for number in "一二"[: min(_ROWS, table.max_rows)])
    rows = []
    for name in names:
        row = {first.code: name if first.kind == "text" else _typed(first)}
        row |= {column.code: _typed(column) for column in others}
        rows.append({code: text for code, text in row.items() if text})
    return tuple(rows)


def _own_indicators(compiled: CompiledTemplate, group: Indicator) -> tuple[dict[str, str], ...]:
    """An indicator for each 二级指标, or one, with the group's weight shared out among them."""
    weight, seconds = group.weight or ZERO, (group.open.seconds or ("",))[: group.open.max_rows]
    share = rounded(weight / max(len(seconds), 1), compiled.spec.score_places, down=True)
    if not share:
        seconds = seconds[:1]
    last = weight - share * (len(seconds) - 1)
    boxes = (IN_PARTS if group.open.split else TARGET) | {
        column.code: "是" if column.kind == "yes_no" else (*column.choices, "示例")[0]
        for column in group.open.columns
    }
    return tuple(
        boxes
        | ({"second": second} if second else {})
        | {
            "name": f"示例指标{number}",
            "weight": plain(share if number < len(seconds) else last),
        }
        for number, second in enumerate(seconds, 1)
    )


def _lines(compiled: CompiledTemplate) -> tuple[dict[str, str], ...]:
    """Budget lines where the template asks for them; those of its project where one is evaluated."""
    blocks = (block.kind for section in compiled.spec.sections() for block in section.blocks)
    if not compiled.uses_lines and not any(kind in ("budget", "projects") for kind in blocks):
        return ()
    return tuple(line for line in _LINES if compiled.spec.kind == "department" or "project" in line)
