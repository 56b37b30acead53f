"""How points are printed below the narrative of one indicator: standard, target, working and points.

Scores come from the sheet as it was frozen; nothing is scored here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from indicators.engine import open_groups
from indicators.engine.numbering import Counter, list_style, styles_below
from indicators.engine.scoring import ScoreLine
from indicators.engine.spec import Indicator
from indicators.engine.stated import stated
from indicators.engine.values import plain

from .model import Paragraph, Run
from .source import Source
from .texts import sentence, tidy

_LOPSIDED = re.compile(r" [÷×=≥≤<>≠](?! )|(?<! )[÷×=≥≤<>≠] ")


def analysis(code: str, source: Source, counter: Counter) -> Iterator[Paragraph]:
    """The points of one 三级指标, or of every one that the department added to an open group."""
    if code in source.compiled.open_groups:
        yield from _added(code, source, counter)
        return
    first, *rest = _analysis(source.compiled.leaf[code], source.score_lines[code], source)
    yield replace(first, anchor=f"i-{code}")
    yield from rest


def _analysis(leaf: Indicator, line: ScoreLine, source: Source) -> Iterator[Paragraph]:
    if leaf.standard:
        standard = source.runs(tidy(leaf.standard.replace("\n", "")))
        yield Paragraph((Run("评价标准：", "label"), *standard))
    if target := _target(leaf.code, source):
        yield Paragraph((Run("完成情况：", "label"), Run(target)))
    how = Run("计算过程：" if line.measured else "评定情况：", "label")
    if line.status == "缺数据":
        yield Paragraph((how, Run(f"（{line.working}）", "missing")))
        return
    yield Paragraph((how, Run(_working(line))))
    yield Paragraph((Run("评价得分：", "label"), *_conclusion(line)))


def _target(code: str, source: Source) -> str:
    """What was aimed at and reached, of an indicator with a target of its own."""
    boxes = open_groups.boxes_of(source.compiled, code)
    answers = open_groups.answers_of(source.compiled, source.figures.facts, code)
    typed, adjusted = stated(answers), isinstance(answers.get("adjusted"), str)
    told = (("adjusted" if adjusted else "target", typed.target), ("actual", typed.actual))
    found = [f"{boxes[ending].label}：{tidy(value)}" for ending, value in told if value]
    return f"{'；'.join(found)}。" if found else ""


def _added(group: str, source: Source, counter: Counter) -> Iterator[Paragraph]:
    """One paragraph for each of the department's own indicators: name, target, working, points."""
    style = list_style(styles_below(("（一）", "1.")), counter)
    numbers, anchor = Counter(), f"t-{group}"
    for line in source.sheet.lines:
        if line.group != group:
            continue
        head = Run(f"{numbers.next(style)[0]}{tidy(line.name)}。", "label")
        if line.status == "缺数据":
            yield Paragraph((head, Run(f"（{line.working}）", "missing")), anchor=anchor)
        else:
            told = Run(_target(line.code, source) + _working(line))
            yield Paragraph((head, told, *_lost(line)), anchor=anchor)
        anchor = ""


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
    yield from _lost(line)


def _lost(line: ScoreLine) -> Iterator[Run]:
    """Why points were lost, unless the working says so."""
    told = line.self_score is not None or line.status != "已计分"
    if line.reason and not told and line.score != line.weight:
        yield Run(f"失分原因：{sentence(tidy(line.reason))}")


def _working(line: ScoreLine) -> str:
    """Beside an ideograph `tidy` takes one of the two blanks around a sign: then the other goes too."""
    return sentence(_LOPSIDED.sub(lambda sign: sign[0].strip(), tidy(line.working)))
