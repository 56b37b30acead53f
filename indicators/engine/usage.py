"""Where each figure, table, text, indicator and form of a template is named: by formulas, texts and codes.

Total: a formula that does not compile names nothing here, and everything else is still told.
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from . import bindings, parts
from .formula import FormulaError, compile_formula
from .mentions import CODES, FORMULAS, TEXTS
from .scope import Scope, table_scope
from .spec import CheckRule, Example, Table, TemplateSpec
from .template import scope_of
from .words import name_of


@dataclass(frozen=True, slots=True)
class Use:
    """A piece that names something, and under which key: `checks/表间-04`, 左边."""

    address: str
    key: str


def usage(spec: TemplateSpec) -> Mapping[str, tuple[Use, ...]]:
    """Code → where it is named, in the order of the template, each place once. Not the piece itself."""
    found: defaultdict[str, dict[Use, None]] = defaultdict(dict)
    scope = scope_of(spec)
    for name in (parts.GENERAL, *parts.LISTS, *parts.WHOLE):
        for address, piece in _pieces(spec, name):
            for cls, key, value, within in _keys(piece, _row_scope(piece, spec, scope)):
                for code in _named(cls, key, value, within, spec):
                    if address.partition("/")[2] != code:
                        found[code][Use(address, name_of(cls, key))] = None
    for number, example in enumerate(spec.examples, 1):
        for key in ("figures", "points", "values", "tables"):
            for code in getattr(example, key):
                found[code.partition("[")[0]][Use(f"{parts.NUMBERED}/{number}", name_of(Example, key))] = None
    return {code: tuple(uses) for code, uses in found.items()}


def _pieces(spec: TemplateSpec, name: str) -> Iterator[tuple[str, Any]]:
    if name == parts.GENERAL:
        yield name, parts.general(spec)
    elif name in parts.WHOLE:
        yield from ((name, piece) for piece in getattr(spec, name))
    else:
        pieces = getattr(spec, name)
        if name in parts.TREES:
            pieces = [node for root in pieces for node in root.walk()]
        yield from ((f"{name}/{piece.code}", piece) for piece in pieces)


def _row_scope(piece: Any, spec: TemplateSpec, scope: Scope) -> Scope:
    """The names that formulas of a piece may use: those of a row come first."""
    table = piece if isinstance(piece, Table) else None
    if isinstance(piece, CheckRule) and piece.each:
        return scope.within(found) if (found := scope.table(piece.each)) else scope
    return scope.within(table_scope(table.code, table.title, table.columns)) if table else scope


def _keys(piece: Any, scope: Scope) -> Iterator[tuple[type, str, Any, Scope]]:
    """(class, key, value, scope) of everything in a piece, but not of the nodes below it."""
    for item in dataclasses.fields(piece):
        value = getattr(piece, item.name)
        if item.name == "children":
            continue
        yield type(piece), item.name, value, scope
        for inner in _inner(value):
            yield from _keys(inner, scope)


def _inner(value: Any) -> Iterator[Any]:
    if dataclasses.is_dataclass(value):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from _inner(one)


def _named(cls: type, key: str, value: Any, scope: Scope, spec: TemplateSpec) -> Iterator[str]:
    if (cls, key) in FORMULAS:
        for text in value.values() if isinstance(value, Mapping) else (value,):
            yield from _of_formula(text, scope)
    elif (cls, key) in TEXTS:
        for piece in bindings.split(value):
            if isinstance(piece, bindings.Binding):
                yield from _of_binding(piece.name, scope)
    elif (cls, key) in CODES:
        yield from (value,) if isinstance(value, str) and value else value


def _of_formula(text: str, scope: Scope) -> Iterator[str]:
    try:
        formula = compile_formula(text, scope)
    except FormulaError:
        return
    yield from sorted(formula.names | formula.previous | formula.tables)
    yield from sorted({table for table, _ in formula.columns} - formula.tables)


def _of_binding(name: str, scope: Scope) -> Iterator[str]:
    asked, colon, code = name.replace("：", ":").partition(":")
    if colon and asked in bindings.OF_INDICATOR:
        yield code.strip()
    elif (symbol := scope.symbol(name)) and isinstance(symbol.key, str):
        yield symbol.key
