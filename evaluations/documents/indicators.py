"""The 指标表: all indicators with their points, in two layouts, with merged cells for the upper levels.

`standards` has 评价标准 and 指标说明; `targets` has 年度指标值, 实际完成值 and 偏差原因, and stands alone or
as a part of a form. Points come from the sheet as it was frozen.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby

from indicators.engine import open_groups
from indicators.engine.chapters import INDICATOR_COLUMNS
from indicators.engine.figures import shown
from indicators.engine.kinds import Ratio
from indicators.engine.printing import LEVELS
from indicators.engine.scoring import ScoreLine
from indicators.engine.spec import ZERO, Field, Indicator
from indicators.engine.stated import stated
from indicators.engine.values import MISSING, plain, show

from .layout import width
from .model import Cell, Row, Table
from .source import Source
from .tables import BLANK, spaced
from .texts import tidy

STANDARDS = ("一级\n指标", "分值", "二级\n指标", "分值", "三级\n指标", "分值", "评价标准", "指标说明", "得分")
STANDARD_WIDTHS = (7, 6, 10, 6, 12, 6, 26, 20, 7)
TARGETS = (
    "一级\n指标", "二级\n指标", "三级指标", "年度指标值", "实际完成值", "分值", "得分",
    "偏差原因分析\n及改进措施",
)  # fmt: skip
TARGET_WIDTHS = (10, 11, 18, 16, 16, 6, 7, 16)

#: In which of its columns a cell begins.
Placed = tuple[int, Cell]
#: What the columns print, from left to right: `FormPart.prints`.
Columns = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the `targets` layout before it is fitted to a table or a form."""

    cells: tuple[Placed, ...]
    total: bool = False
    anchor: str = ""


def indicator_table(caption: str, layout: str, source: Source) -> Table:
    """The whole 指标体系 as a table of its own."""
    if layout == "targets":
        rows = tuple(
            Row(tuple(cell for _, cell in line.cells), line.total, line.anchor)
            for line in target_lines(source)
        )
        return Table(caption, "", TARGET_WIDTHS, (_head(TARGETS),), rows, dense=True, anchor="indicators")
    rows = (*_standard_rows(source), *_closing(source, len(STANDARDS) - 1))
    return Table(caption, "", STANDARD_WIDTHS, (_head(STANDARDS),), rows, dense=True, anchor="indicators")


def _head(words: tuple[str, ...]) -> Row:
    return Row(tuple(Cell(text, "center") for text in words))


def _tree(source: Source) -> tuple[Indicator, ...]:
    return open_groups.tree(source.compiled, source.figures.facts)


def _leaves(node: Indicator) -> list[Indicator]:
    """The scored leaves; an open group may have none."""
    return [leaf for leaf in node.leaves() if leaf.rule is not None]


# ── 指标值 and 完成值 ───────────────────────────────────────────────────────────────────────────────────────


def target_lines(
    source: Source, without: Container[str] = (), columns: Columns = INDICATOR_COLUMNS
) -> Iterator[Line]:
    """All rows with the total, in these columns; leaves in `without` are printed somewhere else."""
    for node in _tree(source):
        for number, first in enumerate(open_groups.under_firsts(node)):
            yield from _of_first(first, source, without, columns, "" if number else f"t-{node.code}")
    score, weight = columns.index("score"), columns.index("weight")
    for adjustment in source.sheet.adjustments:
        label = f"{adjustment.label}（{tidy(adjustment.working)}）"
        amount = Cell(plain(adjustment.amount), "center")
        yield Line(((0, Cell(label, colspan=score)), (score, amount), *_blanks(columns, score)))
    sums = {"weight": Cell(plain(source.spec.total), "center"), "score": _total(source)}
    start = min(score, weight)
    label = Cell(spaced("总分"), "center", colspan=start)
    told = ((at, sums.get(columns[at], Cell(""))) for at in range(start, len(columns)))
    yield Line(((0, label), *told), total=True)


def _blanks(columns: Columns, after: int) -> Iterator[Placed]:
    return ((at, Cell("")) for at in range(after + 1, len(columns)))


def _of_first(
    first: Indicator, source: Source, without: Container[str], columns: Columns, anchor: str
) -> Iterator[Line]:
    """The rows below one 一级指标; `anchor` is that of the first one if they are the department's own."""
    leaves = [leaf for leaf in _leaves(first) if leaf.code not in without]
    if not leaves:
        if first.open:
            yield _empty(first, source, columns)
        return
    opening: tuple[Placed, ...] = ()
    if first is not leaves[0] and "first" in columns:
        opening = ((0, Cell(_with_weight(first, source), "center", len(leaves))),)
    for second in first.children or (first,):
        below = [leaf for leaf in _leaves(second) if leaf.code not in without]
        for leaf in below:
            names = _names(leaf, second, below, columns)
            if leaf is first:
                words = _with_weight(leaf, source) if "first" in columns else tidy(leaf.name)
                names = ((0, Cell(words, "center", colspan=_levels(columns))),)
            begins = anchor if leaf is leaves[0] else ""
            own = begins if first.open else f"i-{leaf.code}"
            yield Line((*opening, *names, *_answers(leaf, source, columns)), anchor=own)
            opening = ()


def _levels(columns: Columns) -> int:
    """How many columns are names of indicators."""
    return sum(of in LEVELS for of in columns)


def _names(
    leaf: Indicator, second: Indicator, below: list[Indicator], columns: Columns
) -> tuple[Placed, ...]:
    """The name of a leaf, with that of its 二级指标 where it is the first below it."""
    third = columns.index("third")
    own: Placed = (third, Cell(tidy(leaf.name)))
    if "second" not in columns:
        return (own,)
    if len(below) == 1 and leaf.name in ("", second.name):
        return ((third - 1, Cell(second.name, "center", colspan=2)),)
    if leaf is below[0]:
        return ((third - 1, Cell(_in_lines(second.name, 5), "center", len(below))), own)
    return (own,)


def _empty(group: Indicator, source: Source, columns: Columns) -> Line:
    """An open group in which nothing was entered yet."""
    name = Cell(_with_weight(group, source), "center")
    blank = Cell(BLANK, "center", mark="missing") if source.draft else Cell("")
    return Line(((0, name), (1, replace(blank, colspan=len(columns) - 1))), anchor=f"t-{group.code}")


def _with_weight(node: Indicator, source: Source) -> str:
    weight = source.sheet.groups[node.code].weight if node.code in source.sheet.groups else node.full_weight
    return f"{_in_lines(node.name, 4)}\n（{plain(weight)}分）"


def _in_lines(name: str, room: int) -> str:
    """社会效益指标 in two lines where a column of `room` ideographs would tear 指标; 产出指标 as it is."""
    torn = name.endswith("指标") and room < len(name) <= room + 2
    return f"{name.removesuffix('指标')}\n指标" if torn else name


def _answers(leaf: Indicator, source: Source, columns: Columns) -> Iterator[Placed]:
    line, facts = source.score_lines[leaf.code], source.figures.facts
    answers = open_groups.answers_of(source.compiled, facts, leaf.code)
    if "sign" in answers and "sign" not in columns:  # the form has one column for what is typed in parts
        typed = stated(answers)
        answers |= {"target": typed.target or MISSING, "actual": typed.actual or MISSING}
    for at in range(_levels(columns), len(columns)):
        yield at, _answer(columns[at], leaf, line, answers, source)


def _answer(of: str, leaf: Indicator, line: ScoreLine, answers: dict, source: Source) -> Cell:
    """What one column says of a leaf."""
    match of:
        case "target":
            return _typed("target", answers, _goal(leaf, source), source)
        case "actual":
            return _typed("actual", answers, _reached(leaf, line, source), source)
        case "weight":
            return _weight(leaf, source)
        case "score":
            return _score(line, source)
        case "reason":
            return Cell(_words(answers.get("reason")))
        case "coefficient":
            return _coefficient(line, source)
    if of not in answers:
        return Cell("—", "center")
    box = open_groups.boxes_of(source.compiled, leaf.code)[of]
    text = show(answers[of], box)
    if not text and box.required and source.draft:
        return Cell(BLANK, "center", mark="missing")
    return Cell(text, "center")


def _coefficient(line: ScoreLine, source: Source) -> Cell:
    if line.coefficient is not None:
        return Cell(f"{plain(line.coefficient)}%", "center")
    return _blank(source) if line.score is None and line.group else Cell("—", "center")


def _typed(ending: str, answers: dict, instead: str, source: Source) -> Cell:
    """What was typed into a box; `instead` where the rule has no such box."""
    if ending not in answers:
        return Cell(instead or "—", "center")
    text = _words(answers[ending])
    if not text and source.draft:
        return Cell(BLANK, "center", mark="missing")
    return Cell(text, "center" if width(text) <= 14 else "left")


def _words(value: object) -> str:
    return "\n".join(filter(None, map(tidy, value.splitlines()))) if isinstance(value, str) else ""


def _goal(leaf: Indicator, source: Source) -> str:
    """The target of a ratio, a figure of the report (全年预算数 for the 预算执行率)."""
    if not isinstance(leaf.rule, Ratio):
        return ""
    formula = source.compiled.rules[leaf.code]["target"]
    value = formula(source.figures.env)
    if not isinstance(value, Decimal):
        return ""
    definition = formula.root.symbol.definition if formula.root.symbol else Field("", "", "number")
    return "".join(shown(value, definition, source.compiled.unit_of(*(one.code for one in formula.operands))))


def _reached(leaf: Indicator, line: ScoreLine, source: Source) -> str:
    """The actual figure of a ratio beside its target; otherwise what the rule measured."""
    return source.cell(f"{{完成值:{leaf.code}}}").text if isinstance(leaf.rule, Ratio) else line.measured


def _weight(leaf: Indicator, source: Source) -> Cell:
    """The weight of a row of an open group may be missing or unreadable, in a draft."""
    if leaf.weight is not None:
        return Cell(plain(leaf.weight), "center")
    raw = source.figures.facts.raw.get(open_groups.place_of(leaf.code, "weight"), "")
    return Cell(raw or BLANK, "center", mark="missing") if source.draft else Cell("")


# ── 评价标准 and 指标说明 ───────────────────────────────────────────────────────────────────────────────────


def _standard_rows(source: Source) -> Iterator[Row]:
    for first in (first for node in _tree(source) for first in open_groups.under_firsts(node)):
        opening = _group(first, source)
        for second in filter(_leaves, first.children or (first,)):
            opening += _group(second, source)
            for _, run in groupby(_leaves(second), key=lambda leaf: leaf.weight_group or leaf.code):
                for cells in _together(tuple(run), source):
                    yield Row((*opening, *cells))
                    opening = ()


def _group(node: Indicator, source: Source) -> tuple[Cell, ...]:
    rows = len(_leaves(node))
    groups = source.sheet.groups
    weight = groups[node.code].weight if node.code in groups else node.full_weight
    return (Cell(node.name, "center", rows), Cell(plain(weight), "center", rows))


def _together(leaves: tuple[Indicator, ...], source: Source) -> Iterator[tuple[Cell, ...]]:
    """The cells of leaves that share one weight (mostly one leaf); what else they share is merged too."""
    weight = plain(sum((leaf.weight or ZERO for leaf in leaves), ZERO))
    texts = [
        [source.plain(leaf.standard) for leaf in leaves],
        [source.plain(leaf.description) for leaf in leaves],
    ]
    for number, leaf in enumerate(leaves):
        cells = [Cell(leaf.name, "center")]
        if number == 0:
            cells.append(
                Cell(weight, "center", len(leaves)) if leaf.weight is not None else _weight(leaf, source)
            )
        for column in texts:
            if len(set(column)) > 1:
                cells.append(Cell(column[number]))
            elif number == 0:
                cells.append(Cell(column[0], rowspan=len(leaves)))
        yield (*cells, _score(source.score_lines[leaf.code], source))


def _closing(source: Source, span: int) -> Iterator[Row]:
    """Adjustments and the total."""
    for adjustment in source.sheet.adjustments:
        label = f"{adjustment.label}（{tidy(adjustment.working)}）"
        yield Row((Cell(label, "left", colspan=span), Cell(plain(adjustment.amount), "center")))
    yield Row((Cell(spaced("合计"), "center", colspan=span), _total(source)), total=True)


# ── points ──────────────────────────────────────────────────────────────────────────────────────────────────


def _total(source: Source) -> Cell:
    return Cell(source.sheet.total_text, "center") if not source.sheet.provisional else _blank(source)


def _score(line: ScoreLine, source: Source) -> Cell:
    if line.score is not None:
        return Cell(plain(line.score), "center")
    if line.status == "不适用":
        return Cell("不适用", "center")
    return _blank(source)


def _blank(source: Source) -> Cell:
    """Where a score is still to come; a provisional total would pass for the real one."""
    return Cell(BLANK if source.draft else "", "center", mark="missing" if source.draft else "")
