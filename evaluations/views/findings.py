"""Findings (审核结果) as the pages show them: by severity, with links to their boxes and explanations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from evaluations import classification, names
from evaluations.assessing import UNFINISHED, Assessment
from evaluations.models import Explanation
from evaluations.wording import SEVERITIES
from indicators.engine.checks import Finding
from indicators.engine.evidence import LACKING

from .places import Places

MOST_LINKS = 6
MOST_NOTES = 10


@dataclass(frozen=True, slots=True)
class Link:
    """A box that a finding speaks of."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Shown:
    """One finding. `owed`: it still asks for an explanation; `rejected`: the text the reviewer refused."""

    finding: Finding
    message: str
    word: str
    links: tuple[Link, ...]
    explanation: Explanation | None
    rejected: str = ""

    @property
    def key(self) -> str:
        """Short name for ids on the page."""
        return self.finding.fingerprint[:12]

    @property
    def severity(self) -> str:
        """must_fix, explain, hint; `done` once explained."""
        return "done" if self.explanation else self.finding.severity

    @property
    def owed(self) -> bool:
        return self.finding.severity == "explain" and self.explanation is None

    @property
    def unfilled(self) -> bool:
        """Simply not filled in yet: counted and listed, but no alarm under every box of a fresh chapter."""
        return self.finding.code in UNFINISHED


@dataclass(frozen=True, slots=True)
class Unfilled:
    """The empty boxes of one step."""

    step: str
    title: str
    url: str
    shown: tuple[Shown, ...]


@dataclass(slots=True)
class Findings:
    """All findings of one evaluation, in the engine's order."""

    shown: tuple[Shown, ...]
    _by_box: dict[tuple[str, str], list[Shown]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def of(cls, assessment: Assessment, places: Places) -> Findings:
        """The findings with links and explanations."""
        shown = tuple(_show(finding, assessment, places) for finding in assessment.findings)
        findings = cls(shown)
        for one in shown:
            for location in one.finding.fix_at:
                findings._by_box[places.split(location)].append(one)
        return findings

    def severity(self, *severities: str) -> tuple[Shown, ...]:
        """Those of the given severities that are more than an empty box."""
        return tuple(one for one in self.shown if one.finding.severity in severities and not one.unfilled)

    @property
    def must_fix(self) -> tuple[Shown, ...]:
        return self.severity("must_fix")

    @property
    def explain(self) -> tuple[Shown, ...]:
        return self.severity("explain")

    @property
    def hints(self) -> tuple[Shown, ...]:
        return self.severity("hint")

    @property
    def unfilled(self) -> tuple[Shown, ...]:
        """Empty required boxes, and indicators that wait for them."""
        return tuple(one for one in self.shown if one.unfilled)

    @property
    def owed(self) -> tuple[Shown, ...]:
        """Those that still ask for an explanation."""
        return tuple(one for one in self.shown if one.owed)

    def unfilled_by_step(self, places: Places) -> list[Unfilled]:
        """What is not filled in yet, by the step in which it is filled in."""
        found: dict[str, list[Shown]] = {step.code: [] for step in places.steps}
        for one in self.unfilled:
            found.setdefault(places.split(one.finding.fix_at[0])[0] if one.finding.fix_at else "", []).append(
                one
            )
        titles = {step.code: places.title(step) for step in places.steps}
        return [
            Unfilled(step, titles.get(step, "其他"), places.section_url(step) if step else "", tuple(shown))
            for step, shown in found.items()
            if shown
        ]

    def at(self, step: str, box: str) -> list[Shown]:
        """What is to be mended at this box, empty boxes left out."""
        return [one for one in self._by_box.get((step, box), ()) if not one.unfilled]

    def boxes(self, step: str) -> Iterable[str]:
        """The boxes of a step at which something is to be mended."""
        return [
            box
            for (where, box), found in self._by_box.items()
            if where == step and any(not f.unfilled for f in found)
        ]

    def open(self, step: str) -> int:
        """How many findings of a step must be put right or explained, empty boxes left out."""
        keys = {
            one.key
            for box in self.boxes(step)
            for one in self.at(step, box)
            if one.owed or one.finding.severity == "must_fix"
        }
        return len(keys)

    def invalid(self, step: str) -> list[str]:
        """The boxes of a step that must be changed."""
        return [
            box
            for box in self.boxes(step)
            if any(one.finding.severity == "must_fix" for one in self.at(step, box))
        ]


def notes(found: Iterable[Shown], location: str = "") -> SafeString:
    """The sentences under the box at `location`; a finding told in full at another box is only pointed to."""
    told = [(one, bool(location) and one.finding.fix_at[:1] != (location,)) for one in found]
    if not told:
        return mark_safe("")
    context = {"told": told[:MOST_NOTES], "further": len(told) - MOST_NOTES}
    return mark_safe(render_to_string("filling/notes.html", context))  # noqa: S308  escaped by the template


def _show(finding: Finding, assessment: Assessment, places: Places) -> Shown:
    locations = dict.fromkeys((*finding.fix_at, *finding.mention))
    url_of = places.evidence_url if finding.code == LACKING else places.url
    links = tuple(
        Link(places.label(location), url)
        for location, url in ((location, url_of(location)) for location in list(locations)[:MOST_LINKS])
        if url
    )
    return Shown(
        finding,
        _message(finding, places),
        SEVERITIES[finding.severity],
        links,
        assessment.explanations.get(finding.fingerprint),
        rejected.text if (rejected := assessment.rejected.get(finding.fingerprint)) else "",
    )


def _message(finding: Finding, places: Places) -> str:
    """The engine's sentence; for a cell with its row, for an unknown code with what the code lists say."""
    if finding.code != "格式-未识别" or not finding.fix_at:
        return finding.message
    _, box = places.split(finding.fix_at[0])
    cell = names.read_cell(box)
    if cell is None:
        return finding.message
    label, why = places.label(finding.fix_at[0]), finding.message.removeprefix(places.compiled.label(box))
    if cell.table == names.BUDGET and cell.column in classification.LABELS:
        facts = places.figures.facts
        try:
            classification.read(cell.column, facts.raw[box], facts.year)
        except classification.UnknownCode as fault:
            why = f"：{fault}。"
    return label + why
