"""New indicators: one line of boxes on the page of the tree; a page of its own follows for each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..engine.coding import code_below, used
from ..engine.kinds import Target
from ..engine.spec import Indicator, OpenGroup, TemplateSpec
from ..engine.template import CODES, is_code

#: 产出指标 of the national form: what an open group begins with.
SECONDS = ("数量指标", "质量指标", "时效指标", "成本指标")
MAX_NAME = 200


@dataclass(frozen=True, slots=True)
class Parent:
    """Where a new indicator may go, with the code that would be proposed for it there."""

    code: str
    label: str
    proposed: str


@dataclass(frozen=True, slots=True)
class Growing:
    """The boxes of the line, and what was wrong with them."""

    parents: tuple[Parent, ...]
    below: str = ""
    name: str = ""
    code: str = ""
    is_open: bool = False
    problem: str = ""


def asked(spec: TemplateSpec, below: str) -> Growing:
    """An empty line that proposes a place."""
    found = tuple(parents(spec))
    below = below if any(parent.code == below for parent in found) else ""
    return Growing(found, below, code=next(parent.proposed for parent in found if parent.code == below))


def parents(spec: TemplateSpec) -> Iterator[Parent]:
    """Every place in which a new indicator may stand."""
    yield Parent("", "作为一级指标", code_below(spec, ""))
    for top in spec.indicators:
        if _takes_children(top):
            yield Parent(top.code, f"在“{top.name}”下", code_below(spec, top.code))
        for second in top.children:
            if _takes_children(second):
                yield Parent(second.code, f"　在“{second.name}”下", code_below(spec, second.code))


def places(spec: TemplateSpec, name: str) -> Iterator[Parent]:
    """Every place to which a node of the tree `name` may move."""
    if name == "indicators":
        yield from parents(spec)
        return
    yield Parent("", "作为一章", "")
    waiting = [(0, section) for section in reversed(spec.outline)]
    while waiting:
        level, section = waiting.pop()
        yield Parent(section.code, f"{'　' * level}在“{section.heading}”下", "")
        waiting += [(level + 1, child) for child in reversed(section.children)]


def _takes_children(node: Indicator) -> bool:
    return node.rule is None and node.open is None


def problem(spec: TemplateSpec, name: str, code: str, below: str, *, is_open: bool) -> str:
    """What is wrong with what was typed, as one sentence; "" when nothing is."""
    if not name:
        return "请写指标的名称。"
    if len(name) > MAX_NAME:
        return f"指标的名称有 {len(name)} 个字，最多 {MAX_NAME} 个字。"
    if not is_code(code):
        return f"代码“{code[:50]}”{CODES}。"
    if code in used(spec):
        return f"代码“{code}”已经有了，请换一个。"
    if is_open and below:
        return "自设指标组只能作为一级指标：它下面是二级指标和由单位自设的三级指标。"
    return ""


def made(name: str, code: str, *, is_open: bool) -> Indicator:
    """The new indicator; a rule, or children, make of it what it is."""
    return Indicator(code, name, open=OpenGroup(Target(), SECONDS) if is_open else None)
