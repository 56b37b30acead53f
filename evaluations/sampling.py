"""A template filled with sample data (样例数据): what wizard and report would show of it. Nothing is stored.

The data are a worked example of the template, something in every box, or nothing. They take the way of a
stored report: into the stored form, and from there through `facts`, `assessing` and `snapshots`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from indicators import loading
from indicators.engine import samples
from indicators.engine.examples import facts_of_example
from indicators.engine.facts import Facts
from indicators.engine.faults import Fault
from indicators.engine.spec import Example
from indicators.engine.template import CompiledTemplate
from indicators.engine.values import canonical
from indicators.models import IndicatorTemplate

from . import assessing, classification, facts, sections, snapshots
from .assessing import Assessment
from .models.budget import AMOUNTS

#: The data besides the examples, which go by their number: something everywhere, nothing at all.
FILLED, BLANK = "auto", "blank"
PROJECT = "示例项目"
DEPARTMENT = {
    "name": "示例市总工会",
    "short_name": "市总工会",
    "code": "sample",
    "superior": "示例市人民政府",
}
REGION = {"code": "000000", "name": "示例市"}


@dataclass(frozen=True, slots=True)
class Choice:
    """Sample data to choose: `key` for addresses, `name` for people; `place` of the example."""

    key: str
    name: str
    example: Example | None
    place: str = ""


def choices(compiled: CompiledTemplate) -> tuple[Choice, ...]:
    """The template's examples, then what every template has; the first is shown when nothing was chosen."""
    examples = tuple(
        Choice(str(number), f"示例 {number}：{example.name}", example, f"examples[{number - 1}]")
        for number, example in enumerate(compiled.spec.examples, 1)
    )
    filled = Choice(FILLED, samples.NAME, samples.sample(compiled))
    return (*examples, filled, Choice(BLANK, "空白（什么都没有填）", None))


@dataclass(frozen=True)
class Sample:
    """A template with chosen data; `faults`: what of an example cannot be read and is left out."""

    template: IndicatorTemplate
    choice: Choice
    assessment: Assessment
    faults: tuple[Fault, ...]

    @property
    def compiled(self) -> CompiledTemplate:
        return self.assessment.compiled

    @cached_property
    def content(self) -> dict[str, Any]:
        """As a snapshot's content, so that documents can be built of it."""
        stored = self.assessment.stored
        return snapshots.assembled(self.template, stored["evaluation"], None, self.assessment, [])


def take(template: IndicatorTemplate, key: str) -> Sample:
    """The template with the data of that key; of an unknown key with the first there are.

    Raises `TemplateFaults` when the template does not compile.
    """
    compiled = loading.compiled(template)
    offered = choices(compiled)
    choice = next((one for one in offered if one.key == key), offered[0])
    given, faults = _facts(compiled, choice)
    stored = _stored(compiled, given)
    figures, sheet, findings = assessing.compute(compiled, facts.read(compiled, stored))
    assessment = Assessment(compiled, figures, sheet, findings, {}, stored)
    return Sample(template, choice, assessment, tuple(faults))


def _facts(compiled: CompiledTemplate, choice: Choice) -> tuple[Facts, list[Fault]]:
    """An example has no narratives: each gets a sentence."""
    if choice.example is None:
        return Facts(year=min(compiled.spec.years)), []
    given, faults = facts_of_example(compiled, choice.example, choice.place)
    return replace(given, texts=samples.texts(compiled)), faults


def _stored(compiled: CompiledTemplate, given: Facts) -> dict[str, Any]:
    """The facts in the form in which `facts.stored` gives those of a report."""
    lines = [_line(number, line, given.year) for number, line in enumerate(given.lines, 1)]
    return {
        "evaluation": _heading(compiled, given),
        "sections": _sections(compiled, given),
        "lines": lines,
        "lines_raw": {},
        "previous": {},
        "evidence": [],
        "projects": [],
    }


def _heading(compiled: CompiledTemplate, given: Facts) -> dict[str, Any]:
    named = next((line.project for line in given.lines if line.project), PROJECT)
    return {
        "reference": "样张",
        "version": 0,
        "state": "draft",
        "year": given.year,
        "project": named if compiled.spec.kind == "project" else "",
        "department": DEPARTMENT,
        "region": REGION,
    }


def _sections(compiled: CompiledTemplate, given: Facts) -> dict[str, sections.Content]:
    """Contents by step, as `SectionData` holds them; a box that no step has goes under ""."""
    found = {code: sections.empty() for code in ("", *compiled.steps)}

    def put(kind: str, code: str, value: Any) -> None:
        if value:
            found[compiled.step_of.get(code, "")][kind][code] = value

    for code, value in given.figures.items():
        put("fields", code, canonical(value))
    for code, rows in given.tables.items():
        put("tables", code, [_row(number, row) for number, row in enumerate(rows, 1)])
    for code, text in given.texts.items():
        put("texts", code, text)
    return found


def _row(number: int, row: Mapping[str, Any]) -> dict[str, str]:
    cells = {code: canonical(value) for code, value in row.items() if code != "id"}
    return {"id": f"{number:04x}"} | {code: text for code, text in cells.items() if text is not None}


def _line(number: int, line: Any, year: int) -> dict[str, Any]:
    names = ("functional", "economic", "kind", "fund", "project")
    return {
        "id": f"{number:04x}",
        **{name: getattr(line, name) for name in names},
        "functional_name": classification.name("functional", line.functional, year),
        "economic_name": classification.name("economic", line.economic, year),
        **{amount: canonical(getattr(line, amount)) for amount in AMOUNTS},
    }
