"""An evaluation computed: figures, score sheet, findings, explanations, and how far each step is.

The engine computes everything; here its results are joined with the explanations and copied into the header
columns that lists read.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal

from django.utils import timezone

from indicators.engine.checks import Finding, check
from indicators.engine.scoring import ScoreSheet, score
from indicators.engine.template import CompiledTemplate, Figures
from indicators.engine.values import rounded

from . import access, facts, owed
from .models import Evaluation, Explanation

Step = Literal["complete", "started", "empty", "trouble"]

#: Findings that say only that something is still to be done.
UNFINISHED = frozenset({"必填-未填", "计分-缺数据"})

#: Header columns and the figures they copy; without such a figure, the sum of the budget lines.
HEADER = {"budget_final": "final_budget", "budget_executed": "total_spending"}


@dataclass(frozen=True, slots=True)
class Status:
    """How far a step is, with the number of its findings that block and that still want an explanation."""

    name: Step
    must_fix: int = 0
    explain: int = 0


@dataclass(frozen=True)
class Assessment:
    """Everything derived from one evaluation; `explanations` by fingerprint, also of findings now gone.

    `rejected`: those that the reviewer did not accept; they do not count.
    """

    compiled: CompiledTemplate
    figures: Figures
    sheet: ScoreSheet
    findings: tuple[Finding, ...]
    explanations: Mapping[str, Explanation]
    stored: Mapping[str, Any]
    rejected: Mapping[str, Explanation] = field(default_factory=dict)

    @cached_property
    def statuses(self) -> Mapping[str, Status]:
        """How far each step is, by its code."""
        return _statuses(self.compiled, self.stored, self.findings, self.explanations)

    @cached_property
    def must_fix(self) -> tuple[Finding, ...]:
        """Findings that keep the evaluation from being submitted until the figures are put right."""
        return tuple(finding for finding in self.findings if finding.severity == "must_fix")

    @cached_property
    def to_explain(self) -> tuple[Finding, ...]:
        """Findings that ask for an explanation, whether they have one or not."""
        return tuple(finding for finding in self.findings if finding.severity == "explain")

    @cached_property
    def unexplained(self) -> tuple[Finding, ...]:
        """Findings that ask for an explanation and have none for exactly these figures."""
        return tuple(one for one in self.to_explain if one.fingerprint not in self.explanations)

    def explained(self, explanation: Explanation) -> Assessment:
        """The same with one more explanation."""
        return replace(self, explanations={**self.explanations, explanation.fingerprint: explanation})


def assess(evaluation: Evaluation, stored: Mapping[str, Any] | None = None) -> Assessment:
    """Compute the evaluation as it stands, or `stored` (as `facts.stored` gives it) when that is at hand."""
    stored = facts.stored(evaluation) if stored is None else stored
    compiled = facts.compiled_of(evaluation)
    return of_stored(compiled, stored, evaluation.explanations.all())


def of_stored(
    compiled: CompiledTemplate, stored: Mapping[str, Any], explanations: Iterable[Explanation]
) -> Assessment:
    """What the stored form of an evaluation comes to, with what was said about its findings."""
    figures, sheet, findings = compute(compiled, facts.read(compiled, stored))
    given = {one.fingerprint: one for one in explanations}
    rejected = {key: one for key, one in given.items() if one.verdict == Explanation.Verdict.REJECTED}
    counting = {key: one for key, one in given.items() if key not in rejected}
    return Assessment(compiled, figures, sheet, findings, counting, stored, rejected)


def compute(
    compiled: CompiledTemplate, given: facts.Facts
) -> tuple[Figures, ScoreSheet, tuple[Finding, ...]]:
    """Figures, score sheet and findings: the same for a draft, a snapshot and its verification."""
    figures = compiled.compute(given)
    sheet = score(compiled, figures)
    return figures, sheet, (*check(compiled, figures, sheet), *owed.findings(compiled, given))


def write_header(evaluation: Evaluation, assessment: Assessment, **columns: Any) -> None:
    """Store score sheet and header columns, with further `columns`, in the caller's transaction."""
    columns |= header(assessment)
    Evaluation.objects.filter(pk=evaluation.pk).update(**columns)
    for name, value in columns.items():
        setattr(evaluation, name, value)


def header(assessment: Assessment) -> dict[str, Any]:
    """Score sheet and header columns as they are stored.

    Findings of the department's projects count with its own: they keep it from being submitted too.
    """
    sheet = assessment.sheet
    parts = [part for part in assessment.stored["projects"] if "standing" in part]
    standing = [part["standing"] for part in parts]
    return {
        "sheet": sheet.as_json(),
        "total": fitting(sheet.total, 7),
        "grade": sheet.grade,
        "must_fix": len(assessment.must_fix) + sum(one["must_fix"] for one in standing),
        "unexplained": len(assessment.unexplained) + sum(one["unexplained"] for one in standing),
        "to_explain": len(assessment.to_explain) + sum(part["to_explain"] for part in parts),
        "updated_at": timezone.now(),
    } | _budget(assessment)


def rewrite(evaluation: Evaluation, **columns: Any) -> Assessment:
    """Compute the evaluation anew and store what `write_header` stores (under its lock)."""
    assessment = assess(evaluation)
    write_header(evaluation, assessment, **columns)
    return assessment


def rewrite_whole(evaluation: Evaluation, *, with_projects: bool = True, **columns: Any) -> Assessment:
    """`rewrite` a department's evaluation after those of its projects, from which its figures follow."""
    if with_projects:
        for child in access.with_relations(evaluation.projects.standing()).order_by("pk"):
            rewrite(child)
    return rewrite(evaluation, **columns)


def fitting(value: object, digits: int = 18) -> Decimal | None:
    """A figure rounded to the two decimals of its column; None when there is none or it would not fit."""
    if not isinstance(value, Decimal):
        return None
    short = rounded(value, 2)
    return short if abs(short) < Decimal(10) ** (digits - 2) else None


def _budget(assessment: Assessment) -> dict[str, Decimal | None]:
    values, lines = assessment.figures.values, assessment.figures.facts.lines
    summed = {
        "budget_final": [line.final for line in lines],
        "budget_executed": [line.executed for line in lines],
    }
    columns = {}
    for column, code in HEADER.items():
        known = [value for value in summed[column] if isinstance(value, Decimal)]
        columns[column] = fitting(values.get(code, sum(known) if known else None))
    final, executed = columns["budget_final"], columns["budget_executed"]
    rate = executed / final * 100 if final and executed is not None else None
    return columns | {"execution_rate": fitting(rate, 12)}


def _statuses(
    compiled: CompiledTemplate,
    stored: Mapping[str, Any],
    findings: tuple[Finding, ...],
    explanations: Mapping[str, Explanation],
) -> dict[str, Status]:
    must_fix: Counter[str] = Counter()
    unfinished: Counter[str] = Counter()
    explain: Counter[str] = Counter()
    for finding in findings:
        for step in _steps(compiled, finding):
            if finding.severity == "must_fix":
                must_fix[step] += 1
                unfinished[step] += finding.code in UNFINISHED
            elif finding.severity == "explain" and finding.fingerprint not in explanations:
                explain[step] += 1
    statuses = {}
    for step, section in compiled.steps.items():
        wrong = must_fix[step] - unfinished[step]
        name: Step = "complete"
        if wrong or explain[step]:
            name = "trouble"
        elif unfinished[step]:
            name = "started" if _anything(stored, section) else "empty"
        statuses[step] = Status(name, must_fix[step], explain[step])
    return statuses


def _steps(compiled: CompiledTemplate, finding: Finding) -> set[str]:
    """The steps in which a finding is put right."""
    return {step for location in finding.fix_at if (step := step_of(compiled, location))}


def step_of(compiled: CompiledTemplate, location: str) -> str:
    """The step at the head of a location (`step.code`, `step.table[row].column`); "" when it has none."""
    step, dot, _ = location.partition(".")
    return step if dot and step in compiled.steps else ""


def _anything(stored: Mapping[str, Any], section: Any) -> bool:
    """Whether something has been typed in the step (its budget lines, where it has the grid)."""
    content = stored["sections"].get(section.code, {})
    typed = any(content.get(key) for key in ("fields", "tables", "texts", "raw"))
    return typed or (bool(stored["lines"]) and any(block.kind == "budget" for block in section.blocks))
