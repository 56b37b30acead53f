"""Findings (审核结果): what is wrong or doubtful, where, with which figures, and what to do."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .compiled import CompiledTemplate
from .figures import shown
from .formula import Operand as FormulaOperand
from .operations import Result
from .scope import Environment
from .spec import Layer, Severity
from .values import MISSING, Undefined, canonical

LAYERS: tuple[Layer, ...] = ("格式", "必填", "表内", "表间", "年度间", "佐证")


@dataclass(frozen=True, slots=True)
class Operand:
    """A figure of a finding as shown, and its exact value for the fingerprint."""

    label: str
    location: str
    value: str
    unit: str
    exact: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. `fix_at` are the locations to correct, `mention` others that it speaks of.

    An explanation belongs to the `fingerprint`: it changes when, and only when, an operand changes.
    """

    code: str
    severity: Severity
    layer: Layer
    title: str
    message: str
    hint: str
    fix_at: tuple[str, ...]
    mention: tuple[str, ...]
    operands: tuple[Operand, ...]
    difference: str
    tolerance: str
    fingerprint: str

    def as_json(self) -> dict[str, Any]:
        """Plain data, as stored in snapshots and printed by `check_evaluation --json`."""
        return {
            "code": self.code,
            "severity": self.severity,
            "layer": self.layer,
            "title": self.title,
            "message": self.message,
            "hint": self.hint,
            "locations": [*self.fix_at, *self.mention],
            "operands": [
                {"label": one.label, "location": one.location, "value": one.value, "unit": one.unit}
                for one in self.operands
            ],
            "difference": self.difference,
            "fingerprint": self.fingerprint,
        }


def fingerprint(code: str, template_code: str, row: str, operands: Iterable[Operand]) -> str:
    """sha-256 over the rule, the template, the row and the exact figures."""
    key = [code, template_code, row, [[one.location, one.exact] for one in operands]]
    return hashlib.sha256(json.dumps(key, ensure_ascii=False).encode()).hexdigest()


def operand(compiled: CompiledTemplate, part: FormulaOperand, env: Environment, row: str) -> Operand:
    """A figure that a formula read, in row `row` of a table ("" outside of tables)."""
    value = part.run(env)
    code = part.code
    if row and code in compiled.columns:
        table, _, column = code.partition(".")
        code = f"{table}[{row}].{column}"
    text, unit = shown(value, part.definition, compiled.unit_of(part.code))
    return Operand(part.label, compiled.locate(code), text, unit, exactly(value))


def exactly(value: Result) -> str:
    """A value as text, such that different values give different texts."""
    if isinstance(value, Undefined):
        return f"!{value.reason}" if not value.missing else ""
    return "" if value is MISSING else str(canonical(value))
