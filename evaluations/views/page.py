"""The page of one wizard step: list of steps, chapter, 得分与审核; and what of it an autosave renews."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.http import HttpRequest
from django.template.loader import render_to_string

from evaluations.assessing import Assessment, Status
from evaluations.forms.cards import CardsPiece
from evaluations.forms.grids import GridPiece
from evaluations.forms.section import SectionForm, Step
from evaluations.models import Evaluation
from evaluations.projects import Tally
from indicators.engine import bindings

from . import boxes
from .chapter import Chapter
from .findings import Findings
from .panel import Panel
from .places import Places
from .stored import Texts

GLYPHS = {"complete": "✓", "started": "●", "empty": "○", "trouble": "⚠"}
WORDS = {"complete": "已完成", "started": "填写中", "empty": "未开始", "trouble": "有问题"}


@dataclass(frozen=True, slots=True)
class StepLink:
    """One line of the list of steps; `open`: findings to put right or explain."""

    code: str
    title: str
    url: str
    status: Status
    open: int
    current: bool

    @property
    def glyph(self) -> str:
        """✓ ● ○ ⚠."""
        return GLYPHS[self.status.name]

    @property
    def words(self) -> str:
        """The status for whoever cannot see the glyph."""
        return WORDS[self.status.name] + (f" {self.open} 项" if self.open else "")


@dataclass(frozen=True, slots=True)
class Insertable:
    """What a text can hold as `{name}`; `money` comes in several units."""

    name: str
    label: str
    value: str
    money: bool = False


class SectionPage:
    """What the page of a step shows: `texts` in the boxes, everything else as assessed."""

    def __init__(
        self,
        evaluation: Evaluation | None,
        step: Step,
        texts: Texts,
        assessment: Assessment,
        *,
        editable: bool,
        places: Places | None = None,
    ) -> None:
        self.evaluation = evaluation
        self.step = step
        self.texts = texts
        self.assessment = assessment
        self.editable = editable
        self.places = places or Places(evaluation.reference, assessment.figures)
        self.findings = Findings.of(assessment, self.places)
        self.panel = Panel(evaluation, assessment, self.findings, self.places, step.code, editable=editable)
        self.chapter = Chapter(step, texts, assessment, self.panel, self.places, editable=editable)

    @cached_property
    def steps(self) -> list[StepLink]:
        """The list of steps with their derived status."""
        return [
            StepLink(
                section.code,
                self.places.title(section),
                self.places.section_url(section.code),
                self.assessment.statuses[section.code],
                self.findings.open(section.code),
                section.code == self.step.code,
            )
            for section in self.places.steps
        ]

    @property
    def evidence(self) -> int:
        """How many files of 佐证材料 there are."""
        return sum(self.assessment.figures.facts.evidence.values())

    @property
    def projects(self) -> Tally | None:
        """Of a department's evaluation the projects with how many are owed; None when none is asked for."""
        if not self.assessment.compiled.spec.project_template:
            return None
        found = self.assessment.figures.facts.projects
        return Tally(len(found), sum(not project.state for project in found))

    @property
    def projects_open(self) -> int:
        """How much is still to be put right or explained in the projects' evaluations, of a draft."""
        parts = [part["standing"] for part in self.assessment.stored["projects"] if "standing" in part]
        return sum(part["must_fix"] + part["unexplained"] for part in parts)

    @property
    def complete(self) -> int:
        """How many steps are complete."""
        return sum(link.status.name == "complete" for link in self.steps)

    @property
    def title(self) -> str:
        """The step's name."""
        return self.places.title(self.step.section)

    @property
    def before(self) -> StepLink | None:
        """The step before this one."""
        return self._neighbour(-1)

    @property
    def after(self) -> StepLink | None:
        """The step after this one."""
        return self._neighbour(1)

    @cached_property
    def form(self) -> SectionForm:
        """The form with the stored texts and its layout."""
        form = SectionForm(self.step, initial=self.texts.boxes)
        form.helper.layout = self.chapter.layout()
        return form

    @property
    def figures(self) -> list[tuple[str, list[Insertable]]]:
        """What can be put into a text by its name, by the step where it is typed or derived."""
        spec, figures = self.assessment.compiled.spec, self.assessment.figures
        by_step: dict[str, list[Insertable]] = {section.code: [] for section in self.places.steps}
        others: list[Insertable] = []
        for field in spec.fields:
            item = Insertable(field.label, field.label, boxes.shown(field, figures), field.kind == "money")
            by_step.get(self.assessment.compiled.step_of.get(field.code, ""), others).append(item)
        if spec.scored:
            sheet = self.assessment.sheet
            others.append(Insertable(bindings.SCORE, bindings.SCORE, sheet.total_text))
            others.append(Insertable(bindings.GRADE, bindings.GRADE, sheet.grade))
        for name in bindings.YEAR_NAMES.values():
            others.append(Insertable(name, name, str(figures.facts.year + bindings.YEARS[name])))
        listed = [(self.places.title(section), by_step[section.code]) for section in self.places.steps]
        return [(title, items) for title, items in (*listed, ("其他", others)) if items]

    def parts(self, request: HttpRequest, *, with_rows: str = "") -> dict[str, str]:
        """Inner HTML by id of everything that a save may have changed; `with_rows`: a grid's rows too."""
        found: dict[str, str] = {}
        for piece in self.chapter.layout().fields:
            found |= piece.parts()
            if isinstance(piece, GridPiece | CardsPiece) and piece.grid.code == with_rows:
                found[f"rows-{with_rows}"] = piece.rows()
        found["steps"] = render_to_string("filling/steps.html", {"page": self})
        found["panel-body"] = render_to_string("filling/panel_body.html", {"panel": self.panel}, request)
        return found

    def _neighbour(self, offset: int) -> StepLink | None:
        index = next(i for i, link in enumerate(self.steps) if link.current) + offset
        return self.steps[index] if 0 <= index < len(self.steps) else None
