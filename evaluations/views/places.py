"""Locations (`step.code`, `step.table[row].column`) as boxes, links and words."""

from __future__ import annotations

from urllib.parse import quote

from django.urls import reverse

from evaluations.forms import names
from indicators.engine import bindings
from indicators.engine.chapters import Section
from indicators.engine.template import Figures

from .lines import SIZE


class Places:
    """Where the locations of one evaluation lie."""

    def __init__(self, reference: str, figures: Figures) -> None:
        self.reference = reference
        self.figures = figures
        self.compiled = figures.compiled
        self.steps = self.compiled.spec.steps()
        self._long = len(figures.facts.lines) > SIZE
        self._urls = {step.code: reverse("section", args=[reference, step.code]) for step in self.steps}

    def split(self, location: str) -> tuple[str, str]:
        """Step and box of a location; the step is "" for what no page shows."""
        step, dot, box = location.partition(".")
        if dot and step in self._urls:
            return step, box
        return self.compiled.step_of.get(location.partition("[")[0], ""), location

    def url(self, location: str) -> str:
        """The page of a location with the box as its fragment; "" for what no page shows."""
        step, box = self.split(location)
        if not step:
            return ""
        cell = names.read_cell(box)
        window = f"?row={cell.row}" if cell and cell.table == names.BUDGET and self._long else ""
        return f"{self.section_url(step)}{window}#{quote(box, safe='')}"

    def section_url(self, step: str) -> str:
        """The page of a step."""
        return self._urls[step]

    def label(self, location: str) -> str:
        """The field's words for a location: 编制数, 公用经费明细表第 3 行“金额”, 预算明细第 2 行“执行数”."""
        _, box = self.split(location)
        cell = names.read_cell(box)
        if cell is None:
            return self.compiled.label(box)
        ids = self._row_ids(cell.table)
        number = f"第 {ids.index(cell.row) + 1} 行" if cell.row in ids else ""
        whole = self.compiled.label(cell.table)
        return whole + number + self.compiled.label(box).removeprefix(whole)

    def words(self, text: str) -> str:
        """A text of the template with its year variables (and figures) filled in."""
        return bindings.render(text, self.figures, year=self.figures.facts.year)

    def title(self, section: Section) -> str:
        """What the list of steps calls a step."""
        return self.words(section.short or section.heading)

    def _row_ids(self, table: str) -> list[str]:
        if table == names.BUDGET:
            return [line.id for line in self.figures.facts.lines]
        return [str(row["id"]) for row in self.figures.facts.tables.get(table, ())]
