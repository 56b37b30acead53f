"""得分与审核: total, grade, every indicator with its working, and the findings by severity."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from evaluations.assessing import Assessment
from evaluations.models import Evaluation
from indicators.engine.sheet import ScoreLine
from indicators.engine.spec import Indicator
from indicators.engine.values import plain

from .findings import Findings, Shown, Unfilled
from .places import Places


@dataclass(frozen=True, slots=True)
class Input:
    """A figure that an indicator was computed from."""

    label: str
    value: str
    url: str


@dataclass(frozen=True, slots=True)
class Line:
    """One indicator: `points` and `weight` are empty while there are none; `url` leads to its answers."""

    line: ScoreLine
    points: str
    weight: str
    lost: bool
    here: bool
    url: str
    inputs: tuple[Input, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """A 一级指标 with its 三级指标, without `points` while none has any; open where the step analyses one."""

    code: str
    name: str
    points: str
    weight: str
    lost: bool
    lines: tuple[Line, ...]

    @property
    def open(self) -> bool:
        return any(line.here for line in self.lines)


@dataclass(frozen=True, slots=True)
class Refusal:
    """An explanation that was not stored: why, and what was typed."""

    fingerprint: str
    text: str
    message: str


class Panel:
    """The right side of the wizard, and the score part of the check page."""

    def __init__(
        self,
        evaluation: Evaluation | None,
        assessment: Assessment,
        findings: Findings,
        places: Places,
        step: str = "",
        *,
        editable: bool,
    ) -> None:
        self.evaluation = evaluation
        self.assessment = assessment
        self.sheet = assessment.sheet
        self.findings = findings
        self.step = step
        self.editable = editable
        self.refused: Refusal | None = None
        self._places = places
        self._lines: dict[str, Line] = {}
        self._by_code = {line.code: line for line in assessment.sheet.lines}

    @property
    def check_url(self) -> str:
        """The page that lists all findings, "" where there is none."""
        return self._places.page("check")

    @property
    def scored(self) -> bool:
        """Whether the template scores at all."""
        return self.assessment.compiled.spec.scored

    @property
    def total(self) -> str:
        """The total as it prints, "" while nothing has any points yet."""
        told = any(line.score is not None for line in self.sheet.lines)
        return self.sheet.total_text if told or not self.sheet.provisional else ""

    @property
    def groups(self) -> list[Group]:
        """The indicator tree by its first level."""
        groups = []
        for indicator in self.assessment.compiled.spec.indicators:
            lines = tuple(self.line(code) for leaf in indicator.leaves() for code in self._below(leaf))
            group = self.sheet.groups[indicator.code]
            groups.append(
                Group(
                    indicator.code,
                    indicator.name,
                    number(group.score) if any(line.points for line in lines) else "",
                    number(group.weight),
                    any(line.lost for line in lines),
                    lines,
                )
            )
        return groups

    @property
    def unfilled(self) -> list[Unfilled]:
        """What is not filled in yet, by step."""
        return self.findings.unfilled_by_step(self._places)

    @property
    def listed(self) -> list[Shown]:
        """The findings to walk through: what must be put right, what is owed, hints."""
        return [*self.findings.must_fix, *self.findings.owed, *self.findings.hints]

    @property
    def explained(self) -> list[Shown]:
        """Findings that have their explanation."""
        return [one for one in self.findings.explain if not one.owed]

    def has(self, code: str) -> bool:
        """Whether this indicator is scored; a row of an open group may be too empty for it."""
        return code in self._by_code

    def line(self, code: str) -> Line:
        """One indicator with its working."""
        if code not in self._lines:
            self._lines[code] = self._line(self._by_code[code])
        return self._lines[code]

    def _below(self, leaf: Indicator) -> list[str]:
        """The scored indicators at a leaf of the template: itself, or those that an open group has got."""
        if leaf.open is None:
            return [leaf.code]
        return [line.code for line in self.sheet.lines if line.group == leaf.code]

    def _line(self, line: ScoreLine) -> Line:
        compiled = self.assessment.compiled
        place = f"{line.code}.name" if line.group else line.code
        return Line(
            line,
            number(line.score),
            number(line.weight) if line.weight else "",
            line.score is not None and line.score < line.weight,
            compiled.step_of.get(line.group or line.code) == self.step,
            self._places.url(compiled.locate(place)),
            tuple(
                Input(label, f"{value} {unit}".strip(), self._places.url(at))
                for label, at, value, unit in line.inputs
            ),
        )


def number(value: Decimal | None) -> str:
    """Points without needless zeros; "" for none."""
    return "" if value is None else plain(value)
