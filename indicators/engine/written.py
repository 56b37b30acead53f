"""Which chapters are printed: an optional one (`Section.optional`) only when something was written in it."""

from __future__ import annotations

from .chapters import Block, Section
from .compiled import CompiledTemplate
from .facts import Facts
from .spec import Table
from .values import MISSING


def is_printed(compiled: CompiledTemplate, section: Section, facts: Facts) -> bool:
    """Whether `section` is printed, and takes a number."""
    return section.appears != "wizard" and (not section.optional or is_written(compiled, section, facts))


def is_written(compiled: CompiledTemplate, section: Section, facts: Facts) -> bool:
    """Whether a person wrote anything below `section`: text, a figure, a row, a heading of their own."""
    return any(
        (node.renamable and node.code in facts.overrides and facts.overrides[node.code].text.strip())
        or any(_holds(compiled, block, facts) for block in node.blocks)
        for node in section.walk()
    )


def _holds(compiled: CompiledTemplate, block: Block, facts: Facts) -> bool:
    match block.kind:
        case "text":
            return bool(facts.texts.get(block.code, "").strip())
        case "inputs" | "figures":
            return any(_is_filled(code, facts) for code in block.fields)
        case "table" | "chart" | "list":
            return _has_rows(compiled.tables[block.code], facts)
        case "projects":
            return bool(facts.projects)
        case "budget":
            return bool(facts.lines)
        case "analysis":
            boxes = compiled.boxes.get(block.code, {}).values()
            return any(_is_filled(box.code, facts) for box in boxes) or bool(facts.tables.get(block.code))
    return False


def _is_filled(code: str, facts: Facts) -> bool:
    return facts.figures.get(code, MISSING) is not MISSING or code in facts.raw


def _has_rows(table: Table, facts: Facts) -> bool:
    """Typed rows, or rows that come from what was typed elsewhere; fixed rows say nothing."""
    return {
        "input": bool(facts.tables.get(table.code)),
        "projects": bool(facts.projects),
        "budget": bool(facts.lines),
        "derived": False,
    }[table.source]
