"""What a report is built from: a content dict, read once, and the questions that all builders ask of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from evaluations.facts import facts_from_content
from indicators import loading
from indicators.engine import bindings
from indicators.engine.bindings import Binding, BindingError
from indicators.engine.compiled import CompiledTemplate
from indicators.engine.figures import Figures
from indicators.engine.scoring import ScoreLine, ScoreSheet
from indicators.engine.spec import TemplateSpec

from .model import Run

#: What `bindings.render` writes where there is no figure.
BLANKS = frozenset({"（未填）", "（无法计算）"})
#: States in which the live rows are printed; anything else comes from a snapshot.
DRAFT_STATES = frozenset({"draft", "returned", "voided"})


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
    def draft(self) -> bool:
        return self.evaluation["state"] in DRAFT_STATES

    def runs(self, text: str) -> tuple[Run, ...]:
        """`text` with its bound figures as they print; what is 未填 or unknown is marked."""
        return tuple(
            Run(piece) if isinstance(piece, str) else self._figure(piece) for piece in bindings.split(text)
        )

    def plain(self, text: str) -> str:
        """As `runs`, as one string."""
        return "".join(run.text for run in self.runs(text))

    def override(self, code: str) -> str:
        """The text printed instead of a derived figure or a table's total, "" without one."""
        override = self.figures.facts.overrides.get(code)
        return override.text if override else ""

    def _figure(self, binding: Binding) -> Run:
        written = f"{{{binding.name}|{binding.unit}}}" if binding.unit else f"{{{binding.name}}}"
        code = self.compiled.resolve(binding.name)
        if code and binding.unit in ("", self.spec.unit) and (override := self.override(code)):
            return Run(override)
        try:
            text = bindings.render(written, self.figures, year=self.year, sheet=self.sheet)
        except BindingError:
            return Run(written, "unknown")
        return Run(text, "missing" if text in BLANKS else "")
