"""What a report is built from: a content dict, read once, and the questions that all builders ask of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from evaluations.facts import facts_from_content
from indicators import loading
from indicators.engine import bindings, written
from indicators.engine.bindings import Binding, BindingError
from indicators.engine.chapters import Section
from indicators.engine.compiled import CompiledTemplate
from indicators.engine.figures import Figures
from indicators.engine.scoring import ScoreLine, ScoreSheet
from indicators.engine.spec import TemplateSpec

from .model import Run

#: What `bindings.render` writes where there is no figure, and what a submitted text has there.
UNFILLED, UNDEFINED = bindings.BLANK, "（无法计算）"
ROOM = "（　　）"
#: States in which the live rows are printed; anything else comes from a snapshot.
DRAFT_STATES = frozenset({"draft", "awaiting_signature", "returned", "voided"})


@dataclass(frozen=True)
class Source:
    """`content` as `snapshots` describes it.

    Figures are computed by the engine; sheet and findings are taken as they were frozen.
    """

    content: Mapping[str, Any]

    @cached_property
    def compiled(self) -> CompiledTemplate:
        template = self.content["template"]
        return loading.compiled_content(template["content"], template["hash"])

    @cached_property
    def figures(self) -> Figures:
        return self.compiled.compute(facts_from_content(self.content))

    @cached_property
    def sheet(self) -> ScoreSheet:
        return ScoreSheet.from_json(self.content["sheet"])

    @cached_property
    def score_lines(self) -> dict[str, ScoreLine]:
        return {line.code: line for line in self.sheet.lines}

    @property
    def spec(self) -> TemplateSpec:
        return self.compiled.spec

    @property
    def evaluation(self) -> Mapping[str, Any]:
        return self.content["evaluation"]

    @property
    def year(self) -> int:
        return self.evaluation["year"]

    @property
    def project(self) -> str:
        """The project that is evaluated, "" for a whole department."""
        return self.evaluation.get("project") or ""

    @property
    def draft(self) -> bool:
        return self.evaluation["state"] in DRAFT_STATES

    @property
    def voided(self) -> bool:
        return self.evaluation["state"] == "voided"

    def runs(self, text: str, row: bindings.Row | None = None) -> tuple[Run, ...]:
        """`text` with its bound figures as they print; what is 未填 or unknown is marked.

        With a `row` of a list, names are first its columns.
        """
        pieces = bindings.split(text)
        runs = [Run(piece) if isinstance(piece, str) else self._figure(piece, row) for piece in pieces]
        return tuple(map(_with_one_stop, runs, [*runs[1:], Run("")]))

    def plain(self, text: str) -> str:
        """As `runs`, as one string."""
        return "".join(run.text for run in self.runs(text))

    def cell(self, text: str) -> Run:
        """As `plain`, for a place of its own: what was not filled in is left empty, 无法计算 is —."""
        runs = [replace(run, text="—", mark="") if run.text == UNDEFINED else run for run in self.runs(text)]
        marks = [run.mark for run in runs if run.mark]
        words = "".join("" if run.text == ROOM else run.text for run in runs)
        return Run(words, marks[0] if marks else "")

    def prints(self, section: Section) -> bool:
        """Whether a node of the outline is printed at all, in the text or as 附件."""
        return written.is_printed(self.compiled, section, self.figures.facts)

    def heading(self, section: Section) -> str:
        """The words of a node's heading: the author's own where it may be renamed."""
        renamed = self.override(section.code).strip() if section.renamable else ""
        return self.plain(renamed or section.heading)

    def override(self, code: str) -> str:
        """The text printed instead of a derived figure or a table's total, "" without one."""
        override = self.figures.facts.overrides.get(code)
        return override.text if override else ""

    def _figure(self, binding: Binding, row: bindings.Row | None = None) -> Run:
        reference = f"{{{binding.name}|{binding.unit}}}" if binding.unit else f"{{{binding.name}}}"
        code = None if row and row.column(binding.name) else self.compiled.resolve(binding.name)
        if code and binding.unit in ("", self.compiled.unit_of(code)) and (override := self.override(code)):
            return Run(override)
        if binding.name == bindings.SCORE and self.sheet.provisional and self.draft:
            return Run(UNFILLED, "missing")  # what is scored so far would pass for the total
        try:
            text = bindings.render(reference, self.figures, year=self.year, sheet=self.sheet, row=row)
        except BindingError:
            return Run(reference, "unknown")
        if text == UNFILLED and not self.draft:
            return Run(ROOM)
        return Run(text, "missing" if text in (UNFILLED, UNDEFINED) and self.draft else "")


def _with_one_stop(run: Run, following: Run) -> Run:
    """A reason that was typed with its full stop loses it before the sentence's own sign."""
    typed = run.text.endswith("。") and following.text.startswith(("。", "，", "；"))
    return replace(run, text=run.text.removesuffix("。")) if typed else run
