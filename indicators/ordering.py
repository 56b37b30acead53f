"""The order in which the keys of a template's mappings are written.

A mapping has no order of its own: PostgreSQL keeps JSON by the length of its keys. Files that are exported
list codes as the template does, so that the same content is the same file on every machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from .engine.open_groups import with_tables
from .engine.scope import BUDGET_LINES, PROJECT_ROWS, TableScope
from .engine.spec import TemplateSpec

SortKey = Callable[[str], tuple[int, str]]


def key_order(spec: TemplateSpec) -> SortKey:
    """Sorts codes as the template lists them, `OUT[2]` like OUT; what it does not know comes last."""
    ranks: dict[str, int] = {}
    for code in _codes(spec):
        ranks.setdefault(code, len(ranks))
    return lambda code: (ranks.get(code.partition("[")[0], len(ranks)), code)


def _codes(spec: TemplateSpec) -> Iterator[str]:
    yield from (item.code for item in spec.fields)
    for leaf in spec.leaves():
        yield leaf.code
        yield from (box.code for box in leaf.answers())
    for table in with_tables(spec).values():
        yield table.code
        yield from (column.code for column in table.columns)
    for scope in (BUDGET_LINES, PROJECT_ROWS):
        yield from keys_of_rows(scope)


def keys_of_rows(scope: TableScope) -> dict[str, str]:
    """key → name of what stands in a row of 预算明细 or 项目自评: functional 功能分类."""
    return {symbol.key[1]: symbol.label for symbol in scope.columns.values()}
