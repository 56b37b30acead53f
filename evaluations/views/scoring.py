"""Where indicators are answered: a fixed one with its boxes and working, an open group with its own ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from django.template.loader import render_to_string
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString

from evaluations.forms.cards import Cards, CardsPiece, Reading
from evaluations.forms.layout import EMPTY, Box, Figure, Piece
from evaluations.forms.section import Row
from indicators.engine.evidence import of_indicator
from indicators.engine.figures import Figures
from indicators.engine.kinds import Target
from indicators.engine.sheet import ScoreLine
from indicators.engine.spec import Field, Indicator
from indicators.engine.stated import stated
from indicators.engine.values import MISSING, plain, total

from . import tables
from .findings import Findings, notes
from .panel import Line, Panel
from .places import Places

#: Answers that are the exception, by the end of their code: 不适用, 自评分, 理由.
ASIDE = frozenset({"na", "self", "reason"})
#: Answers to a target, side by side, and those by which it is judged.
GOALS = frozenset({"target", "actual"})
JUDGED = frozenset({"level", "points", "coefficient"})


class Scoring:
    """Draws the `analysis` blocks of one step; `figure` makes the box of an answer."""

    def __init__(
        self,
        figures: Figures,
        findings: Findings,
        panel: Panel,
        places: Places,
        step: str,
        figure: Callable[[Field], Figure],
    ) -> None:
        self.figures = figures
        self.findings = findings
        self.panel = panel
        self.places = places
        self.step = step
        self.figure = figure

    def leaf(self, leaf: Indicator, texts: dict[str, str]) -> Piece:
        """A fixed indicator: its boxes, its working, its points."""
        drawn: dict[str, Box] = {}
        for box in leaf.answers():
            drawn[box.code.removeprefix(f"{leaf.code}-")] = Box(self.figure(box))
        is_target = isinstance(leaf.rule, Target)
        goals = [box for ending, box in drawn.items() if is_target and ending in GOALS]
        judged = [box for ending, box in drawn.items() if is_target and ending in JUDGED]
        aside = [box for ending, box in drawn.items() if ending in ASIDE]
        main = [box for box in drawn.values() if box not in (*goals, *judged, *aside)]
        line = self.panel.line(leaf.code)
        said = notes(self.findings.at(self.step, leaf.code), f"{self.step}.{leaf.code}")
        read = read_back({"target": texts.get(f"{leaf.code}-target", "")}) if is_target else ""
        given = [texts.get(box.figure.code, "") for box in judged]
        asked = judged_because(line.line, given) if judged else ""
        data = {
            "leaf": leaf,
            "points": points(line),
            "working": line.line.working,
            "is_target": is_target,
            "read": read,
            "judged_because": asked,
            "interpretation": self.places.words(leaf.interpretation),
            "description": self.places.words(leaf.description),
            "standard": self.places.words(leaf.standard),
            "notes": said,
            "evidence": self.places.evidence(of_indicator(leaf.code)),
            "aside_title": "不适用、手工改分或说明失分原因" if not is_target else "偏差原因、手工改分",
            "aside_open": any(texts.get(box.figure.code) or box.figure.notes for box in aside),
        }
        live = {
            f"points-{leaf.code}": data["points"],
            f"working-{leaf.code}": escape(line.line.working),
            f"notes-{leaf.code}": said,
        }
        if is_target:
            live |= {f"read-{leaf.code}": escape(read), f"judged-{leaf.code}": asked}
        return Piece("filling/analysis.html", data, live, goals=goals, judged=judged, main=main, aside=aside)

    def group(
        self, group: Indicator, rows: list[Row], invalid: frozenset[str], *, editable: bool
    ) -> CardsPiece:
        """An open group: the department's own indicators, and what of the group's weight is left."""
        table = self.figures.compiled.tables[group.code]
        grid = tables.input_grid(table, rows, self.figures, invalid)
        grid.editable = editable
        grid.help = grid.help or _demands(group)
        grid.notes = notes(self.findings.at(self.step, group.code), f"{self.step}.{group.code}")
        readings = {row["id"]: self._reading(group.code, row) for row in rows}
        evidence = render_to_string(
            "evidence/link.html", {"evidence": self.places.evidence(of_indicator(group.code))}
        )
        return CardsPiece(Cards(grid, shares(group, self.figures), readings, evidence))

    def _reading(self, group: str, row: Row) -> Reading:
        code = f"{group}[{row['id']}]"
        cells = [box for box in self.findings.boxes(self.step) if box == code or box.startswith(f"{code}.")]
        said = notes(dict.fromkeys(one for box in cells for one in self.findings.at(self.step, box)))
        target = read_back(row)
        if not self.panel.has(code):
            return Reading(target=target, notes=said)
        line = self.panel.line(code)
        given = [row.get(ending, "") for ending in sorted(JUDGED)]
        return Reading(
            target=target,
            judged=judged_because(line.line, given),
            working=line.line.working or line.line.reason,
            points=points(line),
            notes=said,
            aside_open=bool(row.get("reason") or row.get("self")) or line.lost or bool(line.line.ask),
        )


def read_back(boxes: Mapping[str, str]) -> str:
    """How a target in its boxes was read: `读作：≥ 500 人次`, or that a person judges it; "" for none."""
    typed = stated(boxes)
    goal = typed.goal
    if goal is None or typed.fault:
        return ""
    if goal.number is None:
        return "按文字评定"
    return "读作：" + " ".join(part for part in (goal.before, goal.shown, goal.after) if part)


def judged_because(line: ScoreLine, given: list[str]) -> SafeString:
    """Why a person has to judge, or that one has; "" when the figures decide and nobody has judged."""
    asked = [code for code in line.missing if code.rpartition(".")[2].rpartition("-")[2] in JUDGED]
    if asked:
        return format_html('<span class="asked">{}</span>', "完成情况不能用数字比较，请按评价标准评定：")
    return format_html("{}", "由自评人按评价标准评定：") if any(text.strip() for text in given) else EMPTY


def shares(group: Indicator, figures: Figures) -> SafeString:
    """`已分配 48 / 50 分，还差 2 分`: what of the group's weight its rows have."""
    given = total(row.get("weight", MISSING) for row in figures.rows(group.code))
    spent = given if isinstance(given, Decimal) else Decimal(0)
    left = (group.weight or Decimal(0)) - spent
    words = "正好" if not left else f"还差 {plain(left)} 分" if left > 0 else f"多出 {plain(-left)} 分"
    return format_html(
        '<span class="own-sum {}">已分配 <b>{}</b> / {} 分，{}</span>',
        "own-sum-even" if not left else "own-sum-open",
        plain(spent),
        plain(group.weight or Decimal(0)),
        words,
    )


def points(line: Line) -> SafeString:
    """`2 / 3 分`, or why there are no points yet."""
    if not line.line.weight:  # no usable weight yet
        return format_html('<span class="points">{}</span>', line.line.status)
    kind = " points-lost" if line.lost else ""
    shown = format_html("<strong>{}</strong>", line.points) if line.points else line.line.status
    return format_html('<span class="points{}">{} / {} 分</span>', kind, shown, line.weight)


def _demands(group: Indicator) -> str:
    """What the department is to add, from the group's own rules."""
    if group.open is None:
        return ""
    words = f"由本单位自设三级指标，分值合计 {plain(group.weight or Decimal(0))} 分。"
    if group.open.required_seconds:
        words += f"每类至少一项：{'、'.join(group.open.required_seconds)}。"
    if group.open.split:
        return f"{words}指标性质选 ≥、≤、= 等，指标值只写数，单位另填；不能用数衡量的选“定性”，按文字评定。"
    return words + "年度指标值按习惯写：≥500人次、不超过10天、100%；写不成数的（如“合规”）按文字评定。"
