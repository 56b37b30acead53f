"""Where evidence may be: the chapters of the wizard, and the indicators in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from indicators.engine import outline
from indicators.engine.chapters import Section
from indicators.engine.compiled import CompiledTemplate
from indicators.engine.evidence import of_indicator
from indicators.engine.figures import Figures
from indicators.engine.spec import Indicator

from . import wording
from .models.evidence import Kind


@dataclass(frozen=True, slots=True)
class Place:
    """One location with its name; `rule` and `hint` say whether and what the template asks for."""

    location: str
    title: str
    rule: str
    hint: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """A step of the wizard with the places in it: itself first."""

    step: str
    title: str
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class File:
    """One file as a frozen version lists it; `kind` in words, `size` in bytes."""

    id: int
    name: str
    kind: str
    size: int


@dataclass(frozen=True, slots=True)
class Group:
    """The files at one location."""

    location: str
    title: str
    files: tuple[File, ...]


def locations(compiled: CompiledTemplate) -> frozenset[str]:
    """All locations of a template."""
    return frozenset(location for _, location, _ in _spots(compiled))


def chapters(figures: Figures) -> list[Chapter]:
    """All places by chapter, in the order of the wizard."""
    found: dict[str, list[Place]] = {}
    for step, location, spot in _spots(figures.compiled):
        title = "整章" if location == step else _title(figures, spot)
        found.setdefault(step, []).append(Place(location, title, spot.evidence, spot.evidence_hint))
    titles = {step: wording.title(figures, section) for step, section in figures.compiled.steps.items()}
    return [Chapter(step, titles[step], tuple(places)) for step, places in found.items()]


def label(figures: Figures, location: str) -> str:
    """The name of a location: an indicator's, a chapter's."""
    for _, known, spot in _spots(figures.compiled):
        if known == location:
            return _title(figures, spot)
    return location


def groups(content: Mapping[str, Any], figures: Figures) -> list[Group]:
    """The evidence that a content lists (see `snapshots`), by its place, in the order of the wizard."""
    at: dict[str, list[File]] = {}
    for one in content.get("evidence", ()):
        file = File(one["id"], one["name"], Kind(one["kind"]).label, one["size"])
        at.setdefault(one["location"], []).append(file)
    known = [(location, _title(figures, spot)) for _, location, spot in _spots(figures.compiled)]
    return [Group(location, title, tuple(at[location])) for location, title in known if location in at]


def _spots(compiled: CompiledTemplate) -> Iterator[tuple[str, str, Section | Indicator]]:
    """(step, location, what is there): every step, sections that name evidence, indicators where answered."""
    for node in outline.walk(compiled.spec):
        section = node.section
        if not node.step:
            continue
        if section.step or section.evidence or section.evidence_hint:
            yield node.step, section.code, section
        for block in section.blocks:
            if block.kind == "analysis":
                yield node.step, of_indicator(block.code), compiled.indicators[block.code]


def _title(figures: Figures, spot: Section | Indicator) -> str:
    return spot.name if isinstance(spot, Indicator) else wording.title(figures, spot)
