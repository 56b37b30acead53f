"""Figures inside texts (引用): `{编制数}`, `{三公经费预算数|万元}`, `{year}`; `{{` is a literal brace."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .values import MISSING, NUMBER_KINDS, UNITS, Undefined, show

if TYPE_CHECKING:
    from .figures import Figures
    from .scoring import ScoreSheet
    from .template import CompiledTemplate

YEARS = {"year": 0, "last_year": -1, "next_year": 1}
SCORE, GRADE = "自评得分", "评价等级"  #: names of the score sheet's total and grade

_PATTERN = re.compile(r"\{\{|\}\}|[{｛]([^{}｛｝\n]+)[}｝]")


class BindingError(ValueError):
    """A text refers to what the template does not have. `args[0]` is the name."""


@dataclass(frozen=True, slots=True)
class Binding:
    """A reference in a text; `unit` is 元, 千元, 万元 or 亿元, or empty for the template's unit."""

    name: str
    unit: str = ""


def split(text: str) -> tuple[str | Binding, ...]:
    """`text` as pieces: literal strings and bindings. A lone brace is a literal."""
    pieces: list[str | Binding] = []
    for piece in _pieces(text):
        if isinstance(piece, str) and pieces and isinstance(pieces[-1], str):
            pieces[-1] += piece
        elif piece:
            pieces.append(piece)
    return tuple(pieces)


def _pieces(text: str) -> Iterator[str | Binding]:
    done = 0
    for found in _PATTERN.finditer(text):
        yield text[done : found.start()]
        done = found.end()
        yield found[0][0] if found[1] is None else _binding(found[1])
    yield text[done:]


def _binding(inside: str) -> Binding:
    name, _, unit = inside.replace("｜", "|").partition("|")
    return Binding(name.strip(), unit.strip())


def unknown(text: str, compiled: CompiledTemplate) -> tuple[str, ...]:
    """The references of `text` that mean nothing in this template, as they are written."""
    found = (_binding(one[1]) for one in _PATTERN.finditer(text) if one[1] is not None)
    return tuple(
        f"{one.name}|{one.unit}" if one.unit else one.name for one in found if not _is_known(one, compiled)
    )


def _is_known(binding: Binding, compiled: CompiledTemplate) -> bool:
    code = compiled.resolve(binding.name)
    if binding.unit:
        return code is not None and binding.unit in UNITS and compiled.fields[code].kind == "money"
    return (
        code is not None or binding.name in YEARS or (compiled.spec.scored and binding.name in (SCORE, GRADE))
    )


def render(text: str, figures: Figures, *, year: int, sheet: ScoreSheet | None = None) -> str:
    """`text` with its references replaced by what they show now, money in the template's unit.

    未填 shows as （未填）. The score names need `sheet`. Raises `BindingError` for a name that is unknown.
    """
    return "".join(
        piece if isinstance(piece, str) else _shown(piece, figures, year, sheet) for piece in split(text)
    )


def _shown(binding: Binding, figures: Figures, year: int, sheet: ScoreSheet | None) -> str:
    compiled = figures.compiled
    if not _is_known(binding, compiled):
        raise BindingError(binding.name)
    code = compiled.resolve(binding.name)
    if code is None:
        if binding.name in YEARS:
            return str(year + YEARS[binding.name])
        return (sheet and (sheet.total_text if binding.name == SCORE else sheet.grade)) or "（未填）"
    definition, value = compiled.fields[code], figures.values[code]
    if value is MISSING or (isinstance(value, Undefined) and value.missing):
        return "（未填）"
    if isinstance(value, Undefined):
        return "（无法计算）"
    unit = (binding.unit or compiled.spec.unit) if definition.kind in NUMBER_KINDS else "元"
    return show(value, definition, unit)
