"""Where a form stands: the template around the piece, and what its codes are called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from ..engine.chapters import Block
from ..engine.mentions import CODES
from ..engine.open_groups import columns, groups
from ..engine.scope import GIVEN_TABLES
from ..engine.spec import TemplateSpec


@dataclass(frozen=True)
class Around:
    """`spec`: the template in which the piece at `address` stands; `editable`: boxes that take something.

    `group`: the piece is an indicator with others below it; `top`: a 一级指标. `fixed_code`: it has
    its code for ever. `more`: a figure or table that a person asked to be shown.
    """

    spec: TemplateSpec
    address: str
    editable: bool = True
    group: bool = False
    top: bool = False
    fixed_code: bool = True
    more: str = ""

    @cached_property
    def fields(self) -> Mapping[str, str]:
        return {item.code: item.label for item in self.spec.fields}

    @cached_property
    def tables(self) -> Mapping[str, str]:
        return {table.code: table.title for table in self.spec.tables} | {
            code: node.name for code, node in groups(self.spec).items()
        }

    @cached_property
    def given(self) -> Mapping[str, str]:
        """预算明细 and 项目自评."""
        return {code: table.label for code, table in GIVEN_TABLES.items()}

    @cached_property
    def columns(self) -> Mapping[str, str]:
        return {column.code: column.label for table in self.spec.tables for column in table.columns}

    @cached_property
    def texts(self) -> Mapping[str, str]:
        blocks = (block for section in self.spec.sections() for block in section.blocks)
        return {block.code: block.label for block in blocks if block.kind == "text" and block.code}

    @cached_property
    def indicators(self) -> Mapping[str, str]:
        """What an outline can place: 三级指标 and open groups."""
        return {leaf.code: leaf.name for leaf in self.spec.leaves()}

    @cached_property
    def forms(self) -> Mapping[str, str]:
        return {form.code: form.title for form in self.spec.forms}

    @cached_property
    def answers(self) -> Mapping[str, str]:
        """The boxes of the indicators, named with their indicator."""
        return {
            box.code: f"{leaf.name}：{box.label}" for leaf in self.spec.leaves() for box in leaf.answers()
        }

    @cached_property
    def own_columns(self) -> Mapping[str, str]:
        """The columns of the open group that is edited."""
        node = groups(self.spec).get(self.address.partition("/")[2])
        return {column.code: column.label for column in columns(node)} if node else {}

    def named(self, cls: type, key: str, block: str = "") -> Mapping[str, str]:
        """code → name of what the box of a key may hold; `block`: the kind of the block it stands in."""
        of_block = {"analysis": ("indicators",), "form": ("forms",), "text": ()}
        asked = CODES.get((cls, key), ())
        if (cls, key) == (Block, "code"):
            asked = of_block.get(block, ("tables",))
        found: dict[str, str] = {}
        for part in asked:
            found |= {code: name for code, name in getattr(self, part).items() if code not in found}
        return found

    def sections(self) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        """(heading of a step, what is typed there as (code, label)), then what stands in no step."""
        rest = dict(self.fields)
        for step in self.spec.steps():
            codes = [
                code
                for section in step.walk()
                for block in section.blocks
                if block.kind == "inputs"
                for code in block.fields
            ]
            found = [(code, rest.pop(code)) for code in codes if code in rest]
            if found:
                yield step.short or step.heading, found
        if rest:
            yield "其他", list(rest.items())
