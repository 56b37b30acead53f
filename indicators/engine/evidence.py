"""佐证材料: where a template asks for it, and what of it is lacking.

Files are known to the engine by their number at a location alone. The location of an indicator (a leaf, or an
open group as a whole) is `indicator.CODE`, that of a section its code.
"""

from __future__ import annotations

from collections.abc import Iterator

from . import bindings
from .compiled import CompiledTemplate
from .completeness import BuiltIn
from .figures import Figures
from .findings import Finding
from .spec import Indicator

#: Code of the finding.
LACKING = "佐证-缺少"
_PREFIX = "indicator."


def of_indicator(code: str) -> str:
    """The location of an indicator's evidence."""
    return f"{_PREFIX}{code}"


def scored(compiled: CompiledTemplate) -> Iterator[Indicator]:
    """The indicators that can have evidence, in the order of the tree: leaves and open groups."""
    return (node for node in compiled.indicators.values() if node.rule is not None or node.open is not None)


def lacking(compiled: CompiledTemplate, figures: Figures) -> Iterator[Finding]:
    """佐证-缺少: nothing was uploaded where the template requires (must_fix) or asks for it (explain)."""
    built_in, there = BuiltIn(compiled, figures), figures.facts.evidence
    for node in scored(compiled):
        if node.evidence and not there.get(of_indicator(node.code)):
            yield _finding(built_in, node.code, f"指标“{node.name}”", node.evidence, node.evidence_hint)
    for section in compiled.sections.values():
        if section.evidence and not there.get(section.code):
            name = bindings.render(section.short or section.heading, figures, year=figures.facts.year)
            yield _finding(built_in, section.code, f"“{name}”", section.evidence, section.evidence_hint)


def _finding(built_in: BuiltIn, code: str, name: str, rule: str, hint: str) -> Finding:
    wanted = f"佐证材料（{hint}）" if hint else "佐证材料"
    remedy = "请上传。" if rule == "required" else "请上传；没有的，请说明原因。"
    return built_in.finding(
        LACKING,
        "佐证",
        "没有佐证材料",
        f"{name}要有{wanted}，还没有上传。",
        [code],
        severity="must_fix" if rule == "required" else "explain",
        hint=remedy,
    )
