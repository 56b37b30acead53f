"""How points are printed: below the narrative of one indicator, and all together in the 指标表.

Scores come from the sheet as it was frozen; nothing is scored here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

from indicators.engine.scoring import ScoreLine
from indicators.engine.spec import ZERO, Indicator
from indicators.engine.values import plain

from .model import Cell, Paragraph, Row, Run, Table
from .source import Source
from .tables import BLANK, spaced
from .texts import tidy

HEADS = ("一级\n指标", "分值", "二级\n指标", "分值", "三级\n指标", "分值", "评价标准", "指标说明", "得分")
WIDTHS = (7, 6, 10, 6, 12, 6, 26, 20, 7)


def analysis(code: str, source: Source) -> Iterator[Paragraph]:
    """评价标准, 计算过程 with its figures, and the points, of one 三级指标."""
    first, *rest = _analysis(source.compiled.leaf[code], source.score_lines[code], source)
    yield replace(first, anchor=f"i-{code}")
    yield from rest


def _analysis(leaf: Indicator, line: ScoreLine, source: Source) -> Iterator[Paragraph]:
    if leaf.standard:
        standard = source.runs(tidy(leaf.standard.replace("\n", "")))
        yield Paragraph((Run("评价标准：", "label"), *standard))
    how = Run("计算过程：" if line.measured else "评定情况：", "label")
    if line.status == "缺数据":
        yield Paragraph((how, Run(f"（{line.working}）", "missing")))
        return
    yield Paragraph((how, Run(sentence(tidy(line.working)))))
    yield Paragraph((Run("评价得分：", "label"), *_conclusion(line)))


def _conclusion(line: ScoreLine) -> Iterator[Run]:
    weight = plain(line.weight)
    if line.score is None:
        yield Run(
            f"本项{weight}分，不计入总分。" if line.status == "不适用" else f"本项{weight}分，未能计分。"
        )
        return
    if line.score == line.weight:
        yield Run(f"故本项计满分{weight}分。")
        return
    yield Run(f"本项满分{weight}分，计{plain(line.score)}分。")
    told = line.self_score is not None or line.status != "已计分"  # then the working names the reason
    if line.reason and not told:
        yield Run(f"失分原因：{sentence(tidy(line.reason))}")


def sentence(text: str) -> str:
    """With a full stop unless it ends with a mark of its own."""
    return text if text.endswith(("。", "！", "？", "；", "…")) else f"{text}。"


def indicator_table(caption: str, source: Source) -> Table:
    """The whole 指标体系 with scores: 9 columns, merged cells for the upper levels and for shared weights."""
    rows = [row for first in source.spec.indicators for row in _rows(first, source)]
    span = len(HEADS) - 1
    for adjustment in source.sheet.adjustments:
        label = f"{adjustment.label}（{tidy(adjustment.working)}）"
        rows.append(Row((Cell(label, "left", colspan=span), Cell(plain(adjustment.amount), "center"))))
    total = Cell(source.sheet.total_text, "center") if not source.sheet.provisional else _blank(source)
    rows.append(Row((Cell(spaced("合计"), "center", colspan=span), total), total=True))
    head = Row(tuple(Cell(text, "center") for text in HEADS))
    return Table(caption, "", WIDTHS, (head,), tuple(rows), dense=True, anchor="indicators")


def _blank(source: Source) -> Cell:
    """Where a score is still to come; a provisional total would pass for the real one."""
    return Cell(BLANK if source.draft else "", "center", mark="missing" if source.draft else "")


def _rows(first: Indicator, source: Source) -> Iterator[Row]:
    """The rows of one 一级指标, each with the cells that begin in it."""
    opening = _group(first)
    for second in filter(_leaves, first.children):
        opening += _group(second)
        for _, run in groupby(_leaves(second), key=lambda leaf: leaf.weight_group or leaf.code):
            for cells in _together(tuple(run), source):
                yield Row((*opening, *cells))
                opening = ()


def _leaves(node: Indicator) -> list[Indicator]:
    """The scored leaves; an open group may have none."""
    return [leaf for leaf in node.leaves() if leaf.rule is not None]


def _group(node: Indicator) -> tuple[Cell, ...]:
    rows = len(_leaves(node))
    return (Cell(node.name, "center", rows), Cell(plain(node.full_weight), "center", rows))


def _together(leaves: tuple[Indicator, ...], source: Source) -> Iterator[tuple[Cell, ...]]:
    """The cells of leaves that share one weight (mostly one leaf); what else they share is merged too."""
    weight = plain(sum((leaf.weight for leaf in leaves), ZERO))
    texts = [
        [source.plain(leaf.standard) for leaf in leaves],
        [source.plain(leaf.description) for leaf in leaves],
    ]
    for number, leaf in enumerate(leaves):
        cells = [Cell(leaf.name, "center")]
        if number == 0:
            cells.append(Cell(weight, "center", len(leaves)))
        for column in texts:
            if len(set(column)) > 1:
                cells.append(Cell(column[number]))
            elif number == 0:
                cells.append(Cell(column[0], rowspan=len(leaves)))
        yield (*cells, _score_cell(source.score_lines[leaf.code], source))


def _score_cell(line: ScoreLine, source: Source) -> Cell:
    if line.score is not None:
        return Cell(plain(line.score), "center")
    if line.status == "不适用":
        return Cell("不适用", "center")
    return _blank(source)
