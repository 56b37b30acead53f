"""Two contents of `snapshots` → what differs. No database: a frozen version, a draft, last year's report."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from . import figures, findings, scores, tables
from .model import Fate, Figure, Finding, Score, Table, Text
from .sameness import Content, evidence_of, same
from .side import Side
from .words import Effort


@dataclass(frozen=True, slots=True)
class Project:
    """A project evaluated on one side only, or differently on both (then with `comparison`)."""

    fate: Fate
    name: str
    reference: str
    comparison: Comparison | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A file that came or went; `name` as it was uploaded, `label` for what it stands."""

    fate: Fate
    name: str
    label: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs, each in the order of the newer report. `changed`: anything that a person filled in."""

    changed: bool
    figures: tuple[Figure, ...]
    tables: tuple[Table, ...]
    lines: Table | None
    texts: tuple[Text, ...]
    totals: tuple[Figure, ...]
    scores: tuple[Score, ...]
    findings: tuple[Finding, ...]
    evidence: tuple[Evidence, ...]
    projects: tuple[Project, ...]
    templates: tuple[str, str] | None

    @property
    def empty(self) -> bool:
        """Whether nothing at all is to be shown."""
        listed = (self.figures, self.tables, self.texts, self.totals, self.scores, self.findings)
        return self.lines is None and not any((*listed, self.evidence, self.projects))


def compare(before: Content, after: Content) -> Comparison:
    """What differs between the two; contents of other template versions are compared by code."""
    return _compare(before, after, Effort())


def _compare(before: Content, after: Content, effort: Effort) -> Comparison:
    old, new = Side(before), Side(after)
    return Comparison(
        changed=not same(before, after),
        figures=tuple(figures.figures(old, new)),
        tables=tuple(tables.tables(old, new)),
        lines=tables.lines(old, new),
        texts=tuple(figures.texts(old, new, effort)),
        totals=tuple(scores.totals(old, new)),
        scores=tuple(scores.scores(old, new)),
        findings=tuple(findings.findings(old, new, effort)),
        evidence=tuple(_evidence(old, new)),
        projects=tuple(_projects(before, after, effort)),
        templates=_templates(old, new),
    )


def _projects(before: Content, after: Content, effort: Effort) -> Iterator[Project]:
    old = {part["evaluation"]["project"]: part for part in before["projects"]}
    for part in after["projects"]:
        name, reference = part["evaluation"]["project"], part["evaluation"]["reference"]
        was = old.pop(name, None)
        if was is None:
            yield Project("new", name, reference, None)
            continue
        comparison = _compare(was, part, effort)
        if not comparison.empty:
            yield Project("changed", name, reference, comparison)
    for name, part in old.items():
        yield Project("gone", name, part["evaluation"]["reference"], None)


def _evidence(old: Side, new: Side) -> Iterator[Evidence]:
    before, after = evidence_of(old.content), evidence_of(new.content)
    for fate, side, files, others in (("new", new, after, before), ("gone", old, before, after)):
        for file in files:
            if file not in others:
                location, name, _ = file
                yield Evidence(fate, name, side.label(location.partition(".")[2] or location))


def _templates(old: Side, new: Side) -> tuple[str, str] | None:
    """The titles of the two templates where they are not the same version."""
    if old.content["template"]["hash"] == new.content["template"]["hash"]:
        return None
    return _title(old), _title(new)


def _title(side: Side) -> str:
    return f"{side.spec.title}（第 {side.content['template']['version']} 版）"
