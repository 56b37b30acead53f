"""Static verification of the outline, the cover and the forms: what can be told without compiling."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .chapters import Block, Section
from .completeness import PROMPT_CHARS, telling_lines
from .faults import Fault
from .outline import Node, walk
from .spec import Table, TemplateSpec

#: Blocks in which a person, or the department's own data, writes something.
_WRITTEN = frozenset({"text", "inputs", "figures", "analysis", "budget", "projects"})


def chapter_faults(spec: TemplateSpec) -> Iterator[Fault]:
    """Faults of sections and blocks, of the cover and of the forms."""
    tables = {table.code: table for table in spec.tables}
    for node in walk(spec):
        yield from _section(node, tables)
        for number, block in enumerate(node.section.blocks):
            yield from _prompt(f"{node.place}.blocks[{number}]", block)
    yield from _nested_steps(spec)
    yield from _cover(spec)
    yield from _forms(spec)


def _section(node: Node, tables: Mapping[str, Table]) -> Iterator[Fault]:
    section, place = node.section, node.place
    nameless = section.numbering or section.run_in or section.appendix or not section.short.strip()
    if not section.heading.strip() and section.appears != "wizard" and nameless:
        yield Fault(f"{place}.heading", "没有标题；印出来没有标题的（引言），要写简称（short），不写编号")
    if section.step and node.step != section.code:
        yield Fault(f"{place}.step", "只印刷的章节不能是填写的一步")
    if section.embedded and (section.numbering or section.run_in):
        yield Fault(f"{place}.embedded", "内嵌的文件标题居中单独一行，不写编号（numbering）和接排（run_in）")
    if section.optional:
        yield from _optional(section, place, tables)


def _optional(section: Section, place: str, tables: Mapping[str, Table]) -> Iterator[Fault]:
    """Printed when something is written in it: so something can be, and nothing must."""
    blocks = [block for below in section.walk() for block in below.blocks]
    if not any(_can_be_written(block, tables) for block in blocks):
        yield Fault(f"{place}.optional", "可以不写的章节（optional）里没有可以填写的内容，永远不会印出")
    if required := next((block for block in blocks if block.kind == "text" and block.required), None):
        words = f"可以不写的章节里有必须写的文字“{required.label or required.code}”，等于必须写"
        yield Fault(f"{place}.optional", words, "warning")


def _can_be_written(block: Block, tables: Mapping[str, Table]) -> bool:
    if block.kind in ("table", "chart", "list"):
        return block.code in tables and tables[block.code].source != "derived"
    return block.kind in _WRITTEN


def _prompt(place: str, block: Block) -> Iterator[Fault]:
    """A prompt must be recognisable when it is left in a text."""
    if block.prompt and not telling_lines(block.prompt):
        words = f"提示太短（不足 {PROMPT_CHARS} 个字），留在文字里时认不出来"
        yield Fault(f"{place}.prompt", words, "warning")


def _nested_steps(spec: TemplateSpec) -> Iterator[Fault]:
    for section in spec.sections():
        inner = [below.code for below in section.walk() if below.step and below is not section]
        if section.step and inner:
            yield Fault("outline", f"步骤“{section.code}”里面还有步骤“{inner[0]}”，步骤不能套步骤")


def _cover(spec: TemplateSpec) -> Iterator[Fault]:
    for number, line in enumerate(spec.cover):
        for name in ("label", "text"):
            if not getattr(line, name).strip():
                yield Fault(f"cover[{number}].{name}", "封面的每一行要写名称（label）和内容（text）")


def _forms(spec: TemplateSpec) -> Iterator[Fault]:
    printed = {block.code for section in spec.sections() for block in section.blocks if block.kind == "form"}
    for number, form in enumerate(spec.forms):
        if not form.title.strip():
            yield Fault(f"forms[{number}].title", "表式没有标题")
        if form.code not in printed:
            yield Fault(f"forms[{number}]", f"表式“{form.title}”没有印在任何章节里（kind: form）", "warning")
