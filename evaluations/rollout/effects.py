"""What one version of a template in place of another does to drafts: to all of them, and to one.

Reads nothing of a draft itself, and writes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from evaluations import assessing, facts, wording
from evaluations.assessing import Assessment
from evaluations.models import Explanation
from indicators import loading
from indicators.engine.change_levels import REQUIRED, WORDING
from indicators.engine.differing import Change, differences, level_of
from indicators.engine.template import CompiledTemplate
from indicators.models import IndicatorTemplate

from . import reseating
from .reseating import Contents, Reseated

#: How many changes a sentence names, and how long it may become; what is left out stands on the page.
NAMED, LONGEST = 3, 300


@dataclass(frozen=True)
class Tried:
    """One draft under the new version; `reopened`: the titles of chapters that ask for something new."""

    reseated: Reseated
    assessment: Assessment
    reopened: tuple[str, ...]


@dataclass(frozen=True)
class Effect:
    """One version in place of another."""

    old: CompiledTemplate
    new: CompiledTemplate

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        return differences(self.old.spec, self.new.spec)

    @cached_property
    def level(self) -> int:
        return level_of(self.changes)

    @cached_property
    def words(self) -> str:
        """The gravest changes in a few words: 指标“公用经费控制率”每档扣分由 1 改为 2；…，共 5 处.

        Mere wording is named only where there is nothing else; what nobody sees but administrators, never.
        """
        seen = [change for change in self.changes if change.part != "examples"]
        gravest = sorted(seen, key=lambda change: -change.level)
        gravest = [change for change in gravest if change.level > WORDING] or gravest
        named = "；".join(phrase(change) for change in gravest[:NAMED])
        more = f"，共 {len(gravest)} 处" if len(gravest) > NAMED else ""
        return (named if len(named) <= LONGEST else f"{named[:LONGEST]}…") + more

    @cached_property
    def asking(self) -> frozenset[str]:
        """The steps in which something must be filled in that was not asked for before."""
        codes = {change.code for change in self.changes if change.level == REQUIRED}
        return frozenset(self.new.step_of[code] for code in codes if code in self.new.step_of)

    @property
    def reseating(self) -> reseating.Reseating:
        return reseating.between(self.old, self.new)

    def tried(
        self, contents: Contents, stored: Mapping[str, Any], explanations: Iterable[Explanation]
    ) -> Tried:
        """A draft under the new version: `contents` of its steps and its `stored` form under the old one."""
        reseated = self.reseating.of(contents)
        sections = {
            step: {key: reseated.contents[step].get(key, {}) for key in facts.SECTION_KEYS}
            for step in self.new.steps
        }
        children = stored["projects"] if self.new.spec.project_template else []
        assessment = assessing.of_stored(
            self.new, {**stored, "sections": sections, "projects": children}, explanations
        )
        return Tried(reseated, assessment, self._reopened(assessment))

    def _reopened(self, assessment: Assessment) -> tuple[str, ...]:
        """Chapters that ask for something new and lack it: it may be there from earlier."""
        return tuple(
            wording.title(assessment.figures, section)
            for step, section in self.new.steps.items()
            if step in self.asking and assessment.statuses[step].name != "complete"
        )


def phrase(change: Change) -> str:
    """A change within a longer sentence, without the colon after its place."""
    return change.words.replace(f"{change.place}：", change.place, 1) if change.place else change.words


def of(old: IndicatorTemplate, new: IndicatorTemplate) -> Effect:
    """The effect of a version in place of another; raises `TemplateFaults` when one does not compile."""
    return between(loading.compiled(old), loading.compiled(new))


@lru_cache(maxsize=64)
def between(old: CompiledTemplate, new: CompiledTemplate) -> Effect:
    """The same of compiled templates, worked out once."""
    return Effect(old, new)
