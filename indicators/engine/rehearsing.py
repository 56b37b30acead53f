"""What comes out of a case or an example while it is written, to stand beside what is promised."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from .chapters import Block, Section
from .checks import outcomes
from .compiled import CompiledTemplate
from .examples import facts_of_example
from .faults import Fault, TemplateFaults
from .formula import FormulaError, compile_formula
from .scope import Scope
from .scoring import score
from .spec import CheckExample, CheckRule, Example, Field, TemplateSpec
from .template import compile_template, scope_of
from .values import plain, show

CASES = {"passing": "通过", "failing": "不通过"}


@dataclass(frozen=True, slots=True)
class Case:
    """How the check ended for one of its cases. `name`: its key, `wanted`: how it should end.

    `ended`: (outcome, sentence, advice), once or for every row. `faults`: what of the case cannot be read.
    """

    name: str
    wanted: str
    ended: tuple[tuple[str, str, str], ...] = ()
    faults: tuple[Fault, ...] = ()

    @property
    def good(self) -> bool:
        """Whether it ended as it should: nothing found, or something."""
        how = {outcome for outcome, _, _ in self.ended}
        if self.faults or "无法计算" in how:
            return False
        return how == {"通过"} or how == {"通过", "不适用"} if self.name == "passing" else "不通过" in how


@dataclass(frozen=True, slots=True)
class Said:
    """What the template gives where an example promises something. `why`: the working."""

    text: str
    why: str = ""
    agrees: bool | None = None


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """By name of the box (`points.A01`, `total`, `values.rate`); `faults` of what cannot be read."""

    said: Mapping[str, Said] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()


def cases(spec: TemplateSpec, rule: CheckRule) -> tuple[Case, ...]:
    """Run both cases of `rule`, which need not be saved; a case that is not written is left out.

    Raises `TemplateFaults` where the check does not compile; places are within the check.
    """
    compiled = _with_check(spec, rule)
    return tuple(
        _case(compiled, rule, name, getattr(rule, name))
        for name in CASES
        if getattr(rule, name) not in (None, CheckExample())
    )


def _case(compiled: CompiledTemplate, rule: CheckRule, name: str, case: CheckExample) -> Case:
    facts, faults = facts_of_example(compiled, case, name)
    if faults:
        return Case(name, CASES[name], (), tuple(faults))
    ended = outcomes(compiled.compute(facts), rule.code)
    told = tuple(
        (how, finding.message if finding else "", finding.hint if finding else "") for how, finding in ended
    )
    return Case(name, CASES[name], told)


def _with_check(spec: TemplateSpec, rule: CheckRule) -> CompiledTemplate:
    """A template with nothing that the check does not need: faults elsewhere do not matter."""
    answers = (box for leaf in spec.leaves() for box in leaf.answers())
    fields = (*_sound(spec), *(replace(box, required=False) for box in answers))
    open_groups = tuple(leaf for leaf in spec.leaves() if leaf.open)
    codes = {item.code for item in fields}
    fields = tuple(replace(item, prior=item.prior if item.prior in codes else "") for item in fields)
    blocks = [Block("inputs", fields=tuple(item.code for item in fields if not item.formula))]
    blocks += [Block("table", code=table.code) for table in spec.tables if table.source == "input"]
    blocks += [Block("analysis", code=group.code) for group in open_groups]
    if spec.kind != "project":
        blocks.append(Block("budget"))
    if spec.project_template:
        blocks.append(Block("projects"))
    alone = replace(
        spec,
        years=spec.years or (2000,),
        fields=fields,
        cover=(),
        forms=(),
        outline=(Section("rehearsal", "试一试", step=True, blocks=tuple(blocks)),),
        indicators=open_groups,
        checks=(replace(rule, passing=None, failing=None),),
        grades=(),
        adjustments=(),
        examples=(),
    )
    try:
        return compile_template(alone)
    except TemplateFaults as refused:
        raise TemplateFaults(_placed(refused.faults)) from refused


def _sound(spec: TemplateSpec) -> Iterator[Field]:
    """The figures whose formulas compile, with those on which they rest."""
    scope = scope_of(spec)
    needs = {item.code: _needs(item.formula, scope) for item in spec.fields if item.formula}
    bad = {code for code, named in needs.items() if named is None}
    while more := {code for code, named in needs.items() if code not in bad and named & bad}:
        bad |= more
    yield from (item for item in spec.fields if item.code not in bad)


def _needs(text: str, scope: Scope) -> frozenset[str] | None:
    try:
        formula = compile_formula(text, scope)
    except FormulaError:
        return None
    return formula.names | formula.previous


def _placed(faults: tuple[Fault, ...]) -> Iterator[Fault]:
    """Places within the check; a fault of something else is told as such."""
    for fault in faults:
        head, _, rest = fault.place.partition(".")
        yield replace(fault, place=rest if head == "checks[0]" else "")


# ── examples ────────────────────────────────────────────────────────────────────────────────────────────────


def rehearse(spec: TemplateSpec, example: Example) -> Rehearsal:
    """What the template gives for `example`, which need not be saved.

    Raises `TemplateFaults` for a template that does not compile.
    """
    spec = replace(spec, years=spec.years or (2000,))
    compiled = compile_template(replace(spec, examples=()))
    facts, faults = facts_of_example(compiled, example)
    if faults:
        return Rehearsal(faults=tuple(replace(one, place=one.place.removeprefix(".")) for one in faults))
    figures = compiled.compute(facts)
    said = {}
    for code in compiled.derived:
        item = compiled.fields[code]
        text = show(figures.values[code], item, compiled.unit_of(code))
        promised = example.values.get(code)
        said[f"values.{code}"] = Said(
            text or "没有得数", "", None if promised is None else text == promised.strip()
        )
    if not spec.scored:
        return Rehearsal(said)
    sheet = score(compiled, figures)
    for line in sheet.lines:
        promised = example.points.get(line.code)
        text = "没有得分" if line.score is None else f"{plain(line.score)} 分"
        agrees = None if promised is None else line.score == promised
        said[f"points.{line.code}"] = Said(text, line.working or line.reason, agrees)
    total = (
        f"{sheet.total_text} 分{'（缺数据）' if sheet.provisional else ''}"
        if sheet.total_text
        else "没有总分"
    )
    said["total"] = Said(total, sheet.grade, None if example.total is None else sheet.total == example.total)
    return Rehearsal(said)
