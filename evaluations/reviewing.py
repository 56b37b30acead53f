"""What the review page shows beside the document: scores with their working, findings with explanations.

Everything comes from one content dict (see `snapshots`): a frozen version, or the live rows of a draft. What
the reviewer has said and given so far (points, 复核分, verdicts) is laid beside it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import Http404

from indicators.engine.figures import Figures
from indicators.engine.sheet import ScoreLine, ScoreSheet
from indicators.engine.spec import Field, Indicator
from indicators.engine.values import MISSING, Undefined, plain, show

from . import assessing, facts, points, rescoring, snapshots, wording
from .documents import anchors
from .documents.source import Source
from .models import Evaluation, ReviewedScore, Snapshot, Thread

ORDER = ("must_fix", "explain", "done", "hint")


@dataclass(frozen=True, slots=True)
class Chosen:
    """The version that is shown: a frozen one (`version` ≥ 1), or the live rows (0)."""

    content: Mapping[str, Any]
    version: int


@dataclass(frozen=True, slots=True)
class Line:
    """One 三级指标: points as text ("" for none); `anchor` is its place in the document."""

    line: ScoreLine
    points: str
    weight: str
    lost: bool
    anchor: str
    location: str
    reviewed: ReviewedScore | None = None

    @property
    def settled(self) -> str:
        """The points that count now: 复核分 where it was given."""
        return plain(self.reviewed.points) if self.reviewed else self.points


@dataclass(frozen=True, slots=True)
class Group:
    """One 一级指标 with what it weighs and what is reached."""

    name: str
    points: str
    weight: str
    lost: bool
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Place:
    """A box that a finding speaks of: the field's words and its place in the document."""

    label: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Noted:
    """One finding; `severity` is `done` once it is explained."""

    severity: str
    word: str
    message: str
    hint: str
    explanation: str
    places: tuple[Place, ...]
    fingerprint: str = ""
    location: str = ""
    verdict: str = ""

    @property
    def key(self) -> str:
        """Short name for ids on the page."""
        return self.fingerprint[:12]


def choose(evaluation: Evaluation, actions: frozenset[str], version: str) -> Chosen:
    """The version asked for, else the newest that the reader may see; raises `Http404` when there is none.

    Drafts live in their rows, and projects' that were given up; whoever may only read what was sent gets the
    newest frozen version instead. That of a project is a part of its department's.
    """
    if not version and evaluation.live and "read" in actions:
        return Chosen(snapshots.content_of(evaluation, assessing.assess(evaluation)), 0)
    frozen = facts.snapshots_of(evaluation).order_by("-version")
    if version:
        readable = version.isascii() and version.isdigit() and len(version) <= 4
        frozen = frozen.filter(version=version) if readable else frozen.none()
    snapshot = frozen.first()
    content = facts.content_in(snapshot, evaluation) if snapshot else None
    if content is None:
        raise Http404("没有这一版。")
    return Chosen(content, snapshot.version)


def versions(evaluation: Evaluation) -> list[Snapshot]:
    """The frozen versions, newest first, without their content."""
    frozen = facts.snapshots_of(evaluation).order_by("-version")
    return list(frozen.select_related("created_by", "signed_by").defer("content"))


def version_before(evaluation: Evaluation, version: int) -> Mapping[str, Any] | None:
    """The content of the version sent before `version` (0: before the draft); None when there was none."""
    frozen = facts.snapshots_of(evaluation).order_by("-version")
    earlier = frozen.filter(version__lt=version).first() if version else frozen.first()
    return facts.content_in(earlier, evaluation) if earlier else None


@dataclass(frozen=True, slots=True)
class Part:
    """A project's evaluation: its score, and how many findings must be put right or explained still."""

    reference: str
    name: str
    total: str
    grade: str
    must_fix: int
    owed: int


@dataclass(frozen=True, slots=True)
class Remark:
    """A point with its place: in words, in the document, and the box where it is mended ("" for none)."""

    thread: Thread
    label: str
    anchor: str
    step: str

    @property
    def key(self) -> str:
        """Short name for ids on the page."""
        return str(self.thread.pk)

    @property
    def open(self) -> bool:
        return points.is_open(self.thread)

    @property
    def awaits_answer(self) -> bool:
        return points.awaits_answer(self.thread)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the version with those of the version before and of last year, as they are shown."""

    label: str
    location: str
    now: str
    before: str
    last_year: str
    changed: bool
    unit: str


class Review:
    """The right side of the review page.

    `reviewed`: 复核分 by indicator; `verdicts`: on explanations, by fingerprint. Both only of the version
    that they were given for.
    """

    def __init__(
        self,
        content: Mapping[str, Any],
        reviewed: Mapping[str, ReviewedScore] | None = None,
        verdicts: Mapping[str, str] | None = None,
    ) -> None:
        self._source = Source(content)
        self._reviewed = reviewed or {}
        self._verdicts = verdicts or {}

    @property
    def scored(self) -> bool:
        """Whether the template scores at all."""
        return self._source.spec.scored

    @property
    def figures_of(self) -> Figures:
        """The computed figures of the content."""
        return self._source.figures

    @property
    def sheet(self) -> ScoreSheet:
        return self._source.sheet

    @cached_property
    def reviewed_sheet(self) -> ScoreSheet | None:
        """The score sheet with 复核分; None where none was given."""
        given = rescoring.points_of(self._reviewed)
        return rescoring.sheet_of(self._source.content, given) if given else None

    @cached_property
    def places(self) -> list[tuple[str, str]]:
        """The locations that a point may be raised at without a link: the whole report and its chapters."""
        steps = self._source.spec.steps()
        return [("", "整份报告"), *((step.code, self._source.heading(step)) for step in steps)]

    def remark(self, thread: Thread) -> Remark:
        """A point with its place in words; one of a project says so."""
        if not thread.location:
            return Remark(thread, "整份报告", "", "")
        place, step = self._place(thread.location), thread.location.partition(".")[0]
        return Remark(thread, place.label, place.anchor, step if step in self._steps else "")

    def label(self, location: str) -> str:
        """A location in words."""
        return self._place(location).label if location else "整份报告"

    def figures(self, before: Mapping[str, Any] | None) -> list[tuple[str, list[Figure]]]:
        """The figures by chapter, beside those of the version `before` and of last year."""
        earlier = Source(before) if before else None
        found: dict[str, list[Figure]] = {step.code: [] for step in self._source.spec.steps()}
        for definition in self._source.spec.fields:
            step = self._source.compiled.step_of.get(definition.code, "")
            if step in found:
                found[step].append(self._figure(definition, earlier))
        titles = {step.code: self._source.heading(step) for step in self._source.spec.steps()}
        return [(titles[step], listed) for step, listed in found.items() if listed]

    def _figure(self, definition: Field, earlier: Source | None) -> Figure:
        code, source = definition.code, self._source
        unit = source.compiled.unit_of(code)
        now = _shown(source, definition)
        known = earlier is not None and code in earlier.compiled.fields
        before = _shown(earlier, definition) if known else ""
        last = source.figures.facts.previous.get(code, MISSING)
        return Figure(
            definition.label,
            source.compiled.locate(code),
            now,
            before,
            show(last, definition, unit) or "",
            known and now != before,
            unit if definition.kind == "money" else definition.unit,
        )

    @cached_property
    def groups(self) -> list[Group]:
        """The indicators by their first level."""
        groups = []
        for indicator in self._source.spec.indicators:
            lines = tuple(self._line(code) for leaf in indicator.leaves() for code in self._below(leaf))
            sums = self.sheet.groups[indicator.code]
            lost = any(line.lost for line in lines)
            points = plain(sums.score) if any(line.points for line in lines) else ""
            groups.append(Group(indicator.name, points, plain(sums.weight), lost, lines))
        return groups

    @cached_property
    def findings(self) -> list[Noted]:
        """All findings in the engine's order, those that stand first."""
        noted = [self._noted(finding) for finding in self._source.content["findings"]]
        return sorted(noted, key=lambda one: ORDER.index(one.severity))

    @property
    def counts(self) -> dict[str, int]:
        """How many findings there are of each severity."""
        counted = Counter(one.severity for one in self.findings)
        return {severity: counted[severity] for severity in ORDER}

    @property
    def projects(self) -> list[Part]:
        """The evaluations of the department's projects, frozen with it or as drafted."""
        return [_part(content) for content in self._source.content["projects"]]

    def _below(self, leaf: Indicator) -> list[str]:
        """The scored indicators at a leaf of the template: itself, or those that an open group has got."""
        if leaf.open is None:
            return [leaf.code]
        return [line.code for line in self.sheet.lines if line.group == leaf.code]

    def _line(self, code: str) -> Line:
        line = self._source.score_lines[code]
        points = "" if line.score is None else plain(line.score)
        lost = line.score is not None and line.score < line.weight
        place = line.group or code
        location, reviewed = self._source.compiled.locate(place), self._reviewed.get(code)
        return Line(line, points, plain(line.weight), lost, self._anchor(place), location, reviewed)

    def _noted(self, finding: Mapping[str, Any]) -> Noted:
        explanation = self._source.content["explanations"].get(finding["fingerprint"], {}).get("text", "")
        verdict = self._verdicts.get(finding["fingerprint"], "") if explanation else ""
        places = dict.fromkeys(self._place(location) for location in finding["locations"])
        return Noted(
            "done" if explanation and verdict != "rejected" else finding["severity"],
            wording.SEVERITIES[finding["severity"]],
            finding["message"],
            finding["hint"],
            explanation,
            tuple(places),
            finding["fingerprint"],
            next(iter(finding["locations"]), ""),
            verdict,
        )

    def _place(self, location: str) -> Place:
        step, dot, box = location.partition(".")
        if not (dot and step in self._steps):
            box = location
        return Place(wording.place(self._source.figures, box), self._anchor(box.partition("[")[0]))

    def _anchor(self, code: str) -> str:
        """Where the document prints what `code` stands for: its own place, else its chapter."""
        return anchors.place(self._source.compiled, code)

    @cached_property
    def _steps(self) -> frozenset[str]:
        return frozenset(section.code for section in self._source.spec.steps())


def _shown(source: Source, definition: Field) -> str:
    """A figure as pages show it, "" for 未填."""
    value = source.figures.values[definition.code]
    if isinstance(value, Undefined):
        return "" if value.missing else "无法计算"
    return show(value, definition, source.compiled.unit_of(definition.code)) or ""


def _part(content: Mapping[str, Any]) -> Part:
    evaluation, sheet = content["evaluation"], content["sheet"]
    findings, explained = content["findings"], content["explanations"]
    return Part(
        evaluation["reference"],
        evaluation["project"],
        sheet["total"] or "",
        sheet["grade"],
        sum(one["severity"] == "must_fix" for one in findings),
        sum(one["severity"] == "explain" and one["fingerprint"] not in explained for one in findings),
    )
