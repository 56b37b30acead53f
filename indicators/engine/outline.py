"""Where everything of a template stands: in which step it is typed, and in which order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from .chapters import Block, Section
from .faults import Fault
from .scope import LINES, PROJECTS
from .spec import Field, Indicator, Table, TemplateSpec


@dataclass(frozen=True, slots=True)
class Node:
    """A section at its path in the template. `step` is the code of its wizard page, "" for none."""

    place: str
    section: Section
    step: str
    printed_only: bool


def walk(spec: TemplateSpec) -> Iterator[Node]:
    """Every section of the outline, in order."""
    for number, section in enumerate(spec.outline):
        yield from _below(section, f"outline[{number}]", "", False)


def _below(section: Section, place: str, step: str, printed_only: bool) -> Iterator[Node]:
    step = section.code if section.step else step
    printed_only = printed_only or section.appears == "print"
    yield Node(place, section, "" if printed_only else step, printed_only)
    for number, child in enumerate(section.children):
        yield from _below(child, f"{place}.children[{number}]", step, printed_only)


def walk_indicators(spec: TemplateSpec) -> Iterator[tuple[str, Indicator]]:
    """(place, indicator) of every node of the indicator tree, in order."""
    stack = [(f"indicators[{number}]", node) for number, node in enumerate(spec.indicators)][::-1]
    while stack:
        place, node = stack.pop()
        yield place, node
        stack += [(f"{place}.children[{n}]", child) for n, child in enumerate(node.children)][::-1]


@dataclass(slots=True)
class Placement:
    """Code of what can be typed → its step (`step_of`) and order (`position`).

    That is a field, an answer, a table, a text, a leaf, an open group, the budget lines, the
    projects, or a section that may be renamed.
    """

    fields: Mapping[str, Field]
    tables: Mapping[str, Table]
    leaves: Mapping[str, Indicator]
    step_of: dict[str, str] = field(default_factory=dict)
    position: dict[str, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def heading(self, node: Node) -> None:
        """Other words for a heading, and evidence, are given in the step of the section."""
        if node.section.renamable and not node.step:
            words = "标题可以更改（renamable），但它不在向导的任何一步里，无处填写"
            self.faults.append(Fault(f"{node.place}.renamable", words))
        elif node.section.renamable:
            self._seen(node.section.code, node)
        if node.section.evidence and not node.step:
            words = "要佐证材料（evidence），但它不在向导的任何一步里，无处上传"
            self.faults.append(Fault(f"{node.place}.evidence", words))
        elif node.section.evidence:
            self._seen(node.section.code, node)

    def add(self, node: Node, block: Block, place: str) -> None:
        """Place what `block` lets people type, and note what it names in vain."""
        match block.kind:
            case "text":
                if not block.code:
                    self.faults.append(Fault(f"{place}.code", "文字要有代码"))
                else:
                    self._typed(block.code, node, place)
            case "inputs" | "figures":
                for number, code in enumerate(block.fields):
                    self._field(code, block, node, f"{place}.fields[{number}]")
            case "budget":
                self._typed(LINES, node, place)
            case "table" | "chart":
                self._table(block, node, place)
            case "projects":
                self._typed(PROJECTS, node, place)
            case "analysis":
                self._leaf(block, node, place)

    def _field(self, code: str, block: Block, node: Node, place: str) -> None:
        if code not in self.fields:
            self.faults.append(Fault(place, f"没有代码为“{code}”的数据项"))
        elif block.kind == "inputs" and not self.fields[code].formula:
            self._typed(code, node, place)
        elif block.kind == "inputs":
            self._seen(code, node)

    def _table(self, block: Block, node: Node, place: str) -> None:
        table = self.tables.get(block.code)
        if table is None:
            self.faults.append(Fault(f"{place}.code", f"没有代码为“{block.code}”的表"))
        elif block.kind == "table" and table.source == "input" and not node.printed_only:
            self._typed(block.code, node, place)
        elif block.kind == "table":
            self._seen(block.code, node)
        elif block.value not in {column.code for column in table.columns}:
            self.faults.append(Fault(f"{place}.value", f"表“{table.title}”没有代码为“{block.value}”的列"))

    def _leaf(self, block: Block, node: Node, place: str) -> None:
        leaf = self.leaves.get(block.code)
        if leaf is None:
            words = f"没有代码为“{block.code}”的三级指标或自设指标的组"
            self.faults.append(Fault(f"{place}.code", words))
        elif not node.printed_only:
            self._typed(block.code, node, place)
            for answer in leaf.answers():
                self._seen(answer.code, node)

    def _typed(self, code: str, node: Node, place: str) -> None:
        """Something typed must lie in exactly one step."""
        if not node.step:
            self.faults.append(Fault(place, "这里要填内容，但它不在向导的任何一步里（step）"))
        elif code in self.step_of:
            self.faults.append(Fault(place, f"“{code}”已经放在“{self.step_of[code]}”这一步里，不能填两处"))
        else:
            self._seen(code, node)

    def _seen(self, code: str, node: Node) -> None:
        if node.step:
            self.step_of.setdefault(code, node.step)
        self.position.setdefault(code, len(self.position))


def placement(
    spec: TemplateSpec,
    fields: Mapping[str, Field],
    tables: Mapping[str, Table],
    leaves: Mapping[str, Indicator],
) -> Placement:
    """Place everything; the faults name what is placed wrongly, twice or not at all."""
    placed = Placement(fields, tables, leaves)
    for node in walk(spec):
        placed.heading(node)
        for number, block in enumerate(node.section.blocks):
            placed.add(node, block, f"{node.place}.blocks[{number}]")
    _unplaced(spec, placed)
    return placed


def _unplaced(spec: TemplateSpec, placed: Placement) -> None:
    unplaced = [
        (f"fields[{number}]", f"数据项“{item.label}”")
        for number, item in enumerate(spec.fields)
        if not item.formula and item.code not in placed.step_of
    ]
    unplaced += [
        (f"tables[{number}]", f"表“{table.title}”")
        for number, table in enumerate(spec.tables)
        if table.source == "input" and table.code not in placed.step_of
    ]
    unplaced += [
        (place, f"指标“{node.name}”的自评（analysis）")
        for place, node in walk_indicators(spec)
        if (node.rule is not None or node.open) and node.code not in placed.step_of
    ]
    placed.faults += [Fault(place, f"{what}没有放在向导的任何一步里，无处填写") for place, what in unplaced]
