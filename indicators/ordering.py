"""The order in which the keys of a template's mappings are written, and what they are called.

A mapping has no order of its own: PostgreSQL keeps JSON by the length of its keys. Files that are exported
list codes as the template does, so that the same content is the same file on every machine.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator

from .engine.open_groups import with_tables
from .engine.scope import BUDGET_LINES, PROJECT_ROWS, TableScope
from .engine.spec import TemplateSpec

SortKey = Callable[[str], tuple[int, str]]


def key_order(spec: TemplateSpec) -> SortKey:
    """Sorts codes as the template lists them, `OUT[2]` like OUT; what it does not know comes last."""
    ranks: dict[str, int] = {}
    for code, _ in _codes(spec):
        ranks.setdefault(code, len(ranks))
    return lambda code: (ranks.get(code.partition("[")[0], len(ranks)), code)


def labels(spec: TemplateSpec) -> dict[str, str]:
    """code → what it is called, for codes that are called one thing only."""
    names: dict[str, set[str]] = defaultdict(set)
    for code, label in _codes(spec):
        names[code].add(label)
    return {code: label for code, (label, *others) in names.items() if not others}


def _codes(spec: TemplateSpec) -> Iterator[tuple[str, str]]:
    yield from ((item.code, item.label) for item in spec.fields)
    for leaf in spec.leaves():
        yield leaf.code, leaf.name
        yield from ((box.code, f"{leaf.name}：{box.label}") for box in leaf.answers())
    for table in with_tables(spec).values():
        yield table.code, table.title
        yield from ((column.code, column.label) for column in table.columns)
    for scope in (BUDGET_LINES, PROJECT_ROWS):
        yield from keys_of_rows(scope).items()


def keys_of_rows(scope: TableScope) -> dict[str, str]:
    """key → name of what stands in a row of 预算明细 or 项目自评: functional 功能分类."""
    return {symbol.key[1]: symbol.label for symbol in scope.columns.values()}
