"""试算: one indicator tried by itself, with figures typed as people type them, before anybody fills a report.

The indicator is put into a template of nothing but what it needs: so it is scored by the one engine, its rule
may be unsaved, and faults elsewhere in the draft do not stand in the way. Two ways of trying: type the
figures from which it is computed (`by_figures`), or the measured value itself (`by_value`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from .chapters import Block, Section
from .compiled import CompiledTemplate
from .facts import Facts
from .faults import Fault, TemplateFaults
from .kinds import ZERO, Deviation, Ratio, Scaled
from .needs import needs_of
from .scoring import measured, score
from .sheet import ScoreLine
from .spec import Field, Indicator, TemplateSpec
from .template import compile_template
from .values import Value, ValueFault, parse

#: The code of the measured value where it is typed itself, and of the one page of the trial.
VALUE, STEP = "trial-value", "trial-step"
LAST_YEAR = "上年."
#: Answers that say why, or overrule: nothing to try.
_ASIDE = frozenset({"self", "reason"})


@dataclass(frozen=True, slots=True)
class Box:
    """A box of the trial. `name`: the figure's code, with `上年.` before it for last year's."""

    name: str
    label: str
    definition: Field
    unit: str


@dataclass(frozen=True, slots=True)
class Tried:
    """What came out. `faults`: what could not be read, by box; `line` None where anything could not.

    `value`: the measured value, where there is one.
    """

    line: ScoreLine | None
    faults: Mapping[str, str]
    value: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Bench:
    """The indicator alone, ready to be tried."""

    compiled: CompiledTemplate
    leaf: Indicator
    boxes: tuple[Box, ...]

    def run(self, texts: Mapping[str, str]) -> Tried:
        """Score with what was typed into the boxes, by name; a box left out is 未填."""
        figures: dict[str, Value] = {}
        previous: dict[str, Value] = {}
        faults: dict[str, str] = {}
        for box in self.boxes:
            try:
                value = parse(box.definition, texts.get(box.name, ""), box.unit)
            except ValueFault as fault:
                faults[box.name] = str(fault)
                continue
            kept = previous if box.name.startswith(LAST_YEAR) else figures
            kept[box.name.removeprefix(LAST_YEAR)] = value
        if faults:
            return Tried(None, faults)
        facts = Facts(min(self.compiled.spec.years, default=0), figures, previous=previous)
        computed = self.compiled.compute(facts)
        line = next(line for line in score(self.compiled, computed).lines if line.code == self.leaf.code)
        return Tried(line, {}, measured(self.compiled, computed, self.leaf.code))


def has_measure(leaf: Indicator) -> bool:
    """Whether the rule works on a measured value that could be typed itself."""
    return any(hasattr(leaf.rule, name) for name in ("measure", "actual"))


def by_figures(spec: TemplateSpec, leaf: Indicator) -> Bench:
    """Try `leaf` with the figures from which it is computed; `leaf` may be another than that of `spec`.

    Raises `TemplateFaults` where it cannot be computed; places are those of the indicator (`rule.measure`).
    A figure summed from rows is typed as their sum.
    """
    _refuse(leaf)
    needs = needs_of(spec, leaf)
    compiled = _alone(spec, leaf, tuple(needs.fields.values()))
    boxes = [_box(compiled, code) for code in needs.typed]
    boxes += [_box(compiled, code, LAST_YEAR) for code in needs.previous]
    return Bench(compiled, leaf, (*boxes, *_answers(compiled, leaf)))


def by_value(spec: TemplateSpec, leaf: Indicator) -> Bench:
    """Try `leaf` with its measured value (of a ratio the share of the target, in percent).

    Raises `TemplateFaults` as `by_figures`, and where the rule has no measured value.
    """
    _refuse(leaf)
    if not has_measure(leaf):
        raise TemplateFaults([Fault("rule", "这种规则不按指标值计分，请填写下面的各项试算")])
    unit = "%" if isinstance(leaf.rule, Ratio) else leaf.value_unit
    kind = {"%": "percent", "元": "money"}.get(unit, "number")
    value = Field(VALUE, "指标值", kind, "" if kind == "money" else unit)
    rule = replace(leaf.rule, **_typed(leaf.rule))
    leaf = replace(leaf, rule=rule, na_when="")
    compiled = _alone(spec, leaf, (value,))
    box = Box(VALUE, "指标值", value, compiled.unit_of(VALUE))
    return Bench(compiled, leaf, (box, *_answers(compiled, leaf)))


def _typed(rule: object) -> dict[str, str]:
    """The measure of a rule where it is typed: of a ratio the share, against 100 percent."""
    return (
        {"actual": f"{{{VALUE}}}", "target": "100", "reverse": False}
        if isinstance(rule, Ratio)
        else {"measure": f"{{{VALUE}}}"}
    )


def _refuse(leaf: Indicator) -> None:
    """What nothing can be computed with; all else that verification finds is only wrong, and can be tried."""
    if leaf.rule is None:
        raise TemplateFaults([Fault("rule", "还没有计分规则")])
    if leaf.weight is None or leaf.weight <= 0:
        raise TemplateFaults([Fault("weight", "还没有分值")])
    if isinstance(leaf.rule, Deviation) and leaf.rule.step <= ZERO:
        raise TemplateFaults([Fault("rule.step", "每档应大于 0")])
    if isinstance(leaf.rule, Scaled) and leaf.rule.of <= ZERO:
        raise TemplateFaults([Fault("rule.of", "满分应大于 0")])


def _alone(spec: TemplateSpec, leaf: Indicator, fields: tuple[Field, ...]) -> CompiledTemplate:
    """A template of the indicator and its figures. A fault tells its place within the indicator."""
    leaf = replace(leaf, inputs=(), evidence="", evidence_hint="", weight_group="")
    typed = tuple(item.code for item in fields if not item.formula)
    blocks = (*([Block("inputs", fields=typed)] if typed else ()), Block("analysis", code=leaf.code))
    lonely = replace(
        spec,
        fields=fields,
        tables=(),
        cover=(),
        forms=(),
        project_template="",
        outline=(Section(STEP, "试算", step=True, blocks=blocks),),
        indicators=(leaf,),
        checks=(),
        grades=(),
        adjustments=(),
        examples=(),
    )
    try:
        return compile_template(lonely)
    except TemplateFaults as refused:
        raise TemplateFaults(_placed(refused.faults, fields)) from refused


def _placed(faults: tuple[Fault, ...], fields: tuple[Field, ...]) -> Iterator[Fault]:
    for fault in faults:
        head, _, rest = fault.place.partition(".")
        if head == "indicators[0]":
            yield replace(fault, place=rest)
        elif head.startswith("fields["):
            item = fields[int(head.removeprefix("fields[").removesuffix("]"))]
            yield Fault("", f"数据项“{item.label}”：{fault.message}")
        else:
            yield Fault("", fault.message)


def _box(compiled: CompiledTemplate, code: str, before: str = "") -> Box:
    item = compiled.fields[code]
    label = f"{before.removesuffix('.')}{item.label}"
    return Box(f"{before}{code}", label, item, compiled.unit_of(code))


def _answers(compiled: CompiledTemplate, leaf: Indicator) -> Iterator[Box]:
    for ending, box in compiled.boxes[leaf.code].items():
        if ending not in _ASIDE:
            yield _box(compiled, box.code)
