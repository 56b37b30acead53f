"""What the workshop asks the rest of the house about its templates; `signals` carries the questions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from . import signals
from .models import IndicatorTemplate


@dataclass(frozen=True, slots=True)
class Year:
    """A fiscal year of a region that assigns a template. `only`: the departments for which alone it does."""

    words: str
    closed: bool
    only: int = 0


@dataclass(frozen=True, slots=True)
class Use:
    """`reports`: (state in words, how many) in the order of states; `years`: those that assign it."""

    reports: tuple[tuple[str, int], ...] = ()
    years: tuple[Year, ...] = ()

    @property
    def open_years(self) -> tuple[Year, ...]:
        """The years in which new reports still start on it."""
        return tuple(year for year in self.years if not year.closed)

    @property
    def count(self) -> int:
        """How many reports are on it."""
        return sum(count for _, count in self.reports)


def uses_of(pks: Iterable[int]) -> dict[int, Use]:
    """The use of each of the templates."""
    pks = list(pks)
    found: dict[int, Use] = {}
    for _, answer in signals.template_uses.send(IndicatorTemplate, pks=pks):
        found |= answer
    return {pk: found.get(pk, Use()) for pk in pks}


def use_of(template: IndicatorTemplate) -> Use:
    """The use of one."""
    return uses_of([template.pk])[template.pk]


def region_names() -> dict[str, str]:
    """行政区划代码 → name of every region that the house knows, in order of code."""
    found: dict[str, str] = {}
    for _, answer in signals.region_names.send(IndicatorTemplate):
        found |= answer
    return dict(sorted(found.items()))
