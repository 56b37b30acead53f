"""Locations (`step.code`, `step.table[row].column`) as boxes, links and words."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from django.urls import reverse

from evaluations import names, wording
from indicators.engine.chapters import Section
from indicators.engine.evidence import of_indicator
from indicators.engine.scope import PROJECTS
from indicators.engine.template import Figures

from .lines import SIZE


@dataclass(frozen=True, slots=True)
class Evidence:
    """佐证材料 at one location: the number of files, and the page that lists them there ("": none)."""

    count: int
    url: str


class Places:
    """Where the locations of one evaluation lie."""

    def __init__(self, reference: str, figures: Figures) -> None:
        self.reference = reference
        self.figures = figures
        self.compiled = figures.compiled
        self.steps = self.compiled.spec.steps()
        self._long = len(figures.facts.lines) > SIZE
        self._urls = {step.code: self.page("section", step.code) for step in self.steps}

    def page(self, name: str, *arguments: str) -> str:
        """The address of one of the evaluation's pages, "" where there is no such page."""
        return reverse(name, args=[self.reference, *arguments])

    def split(self, location: str) -> tuple[str, str]:
        """Step and box of a location; the step is "" for what no page shows."""
        step, dot, box = location.partition(".")
        if dot and step in self._urls:
            return step, box
        return self.compiled.step_of.get(location.partition("[")[0], ""), location

    def url(self, location: str) -> str:
        """The page of a location with the box as its fragment; "" for what no page shows."""
        step, box = self.split(location)
        if box.startswith(f"{PROJECTS}["):
            return self.page("projects")
        if not step:
            return ""
        cell = names.read_cell(box)
        window = f"?row={cell.row}" if cell and cell.table == names.BUDGET and self._long else ""
        return f"{self.section_url(step)}{window}#{quote(box, safe='')}"

    def section_url(self, step: str) -> str:
        """The page of a step."""
        return self._urls[step]

    def evidence(self, location: str) -> Evidence:
        """How much evidence there is at a location, and where it is uploaded."""
        page = self.page("evidence")
        return Evidence(self.figures.facts.evidence.get(location, 0), page and f"{page}#at-{location}")

    def evidence_url(self, location: str) -> str:
        """Where evidence of the indicator or section at a location (`step.code`) is uploaded."""
        code = self.split(location)[1]
        return self.evidence(code if code in self.compiled.sections else of_indicator(code)).url

    def label(self, location: str) -> str:
        """The words for a location, as `wording.place` has them for its box."""
        return wording.place(self.figures, self.split(location)[1])

    def words(self, text: str) -> str:
        """A text of the template with its year variables (and figures) filled in."""
        return wording.words(self.figures, text)

    def heading(self, section: Section) -> str:
        """A section's heading as it prints: the template's, or what the author wrote instead."""
        return wording.heading(self.figures, section)

    def title(self, section: Section) -> str:
        """What the list of steps calls a step."""
        return wording.title(self.figures, section)
