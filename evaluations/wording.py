"""Words that several pages and commands share."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from indicators.engine import bindings
from indicators.engine.chapters import Section
from indicators.engine.figures import Figures

from . import names

#: What a finding asks of the person, by severity.
SEVERITIES = {"must_fix": "必须改正", "explain": "需说明", "hint": "提示"}


def place(figures: Figures, box: str) -> str:
    """A box in words: 编制数, 公用经费明细表第 3 行“金额”, 预算明细第 2 行“执行数”, 产出指标第 1 行."""
    compiled, facts = figures.compiled, figures.facts
    row = names.read_cell(box) or names.read_row(box)
    if row is None:
        return compiled.label(box)
    table, identity, *column = row
    budget = table == names.BUDGET
    ids = (
        [line.id for line in facts.lines]
        if budget
        else [str(one["id"]) for one in facts.tables.get(table, ())]
    )
    whole = compiled.label(table)
    number = f"第 {ids.index(identity) + 1} 行" if identity in ids else ""
    return whole + number + (compiled.label(box).removeprefix(whole) if column else "")


def day(when: date) -> str:
    """A day, or that of a moment in local time, as pages and sentences write it: 2026年3月5日."""
    if isinstance(when, datetime):
        when = timezone.localtime(when)
    return f"{when.year}年{when.month}月{when.day}日"


def words(figures: Figures, text: str) -> str:
    """A text of the template with its year variables (and figures) filled in."""
    return bindings.render(text, figures, year=figures.facts.year)


def heading(figures: Figures, section: Section) -> str:
    """A section's heading as it prints: the template's, or what the author wrote instead."""
    override = figures.facts.overrides.get(section.code) if section.renamable else None
    return override.text if override and override.text else words(figures, section.heading)


def title(figures: Figures, section: Section) -> str:
    """What the list of steps calls a step."""
    return words(figures, section.short) if section.short else heading(figures, section)
