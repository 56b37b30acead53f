"""New pieces of a template: a code that is proposed, and the least that one of them says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import parts
from .chapters import Form, Section
from .coding import counted_on, used
from .spec import CheckRule, Column, Example, Field, Table, TemplateSpec
from .template import CODES, MAX_CODE, is_code
from .words import called, noun

#: list → how the first code of a piece begins, where none has a number.
_FIRST = {"fields": "x0", "tables": "T0", "outline": "s0", "checks": "表内-00", "forms": "F0"}
MAX_NAME = 200

_MADE: dict[str, Callable[[str, str], Any]] = {
    "fields": lambda code, name: Field(code, name),
    "tables": lambda code, name: Table(code, name, columns=(Column("name", "名称", "text"),)),
    "outline": lambda code, name: Section(code, name),
    "checks": lambda code, name: CheckRule(
        code, name, "表内", "explain", "", "=", "", "skip", "skip", fix_at=()
    ),
    "forms": lambda code, name: Form(code, name, columns=12, parts=()),
    parts.NUMBERED: lambda code, name: Example(name, {}),
}
LISTS = tuple(_MADE)


def proposed(spec: TemplateSpec, name: str) -> str:
    """A free code for a new piece of list `name`, counted on from the last one that has a number."""
    if name == parts.NUMBERED:
        return ""
    pieces = list(spec.sections()) if name == "outline" else getattr(spec, name)
    numbered = [piece.code for piece in pieces if piece.code and piece.code[-1] in "0123456789"]
    taken = used(spec) if name not in ("checks", "forms") else frozenset(piece.code for piece in pieces)
    return counted_on(numbered[-1] if numbered else _FIRST[name], taken)


def made(name: str, code: str, label: str) -> Any:
    """The new piece; what else it says is typed on its own page."""
    return _MADE[name](code, label)


def problem(spec: TemplateSpec, name: str, code: str, label: str) -> str:
    """What is wrong with the code and the name of a new piece, as one sentence; "" when nothing is."""
    what = noun(type(made(name, code, label)))
    if not label:
        return f"请写{what}的名称。"
    if len(label) > MAX_NAME:
        return f"{what}的名称有 {len(label)} 个字，最多 {MAX_NAME} 个字。"
    if name == parts.NUMBERED:
        return ""
    if name in ("checks", "forms"):
        if not code or len(code) > MAX_CODE or "/" in code or not parts.is_addressable(code):
            return f"代码“{code[:50]}”应有 1 至 {MAX_CODE} 个字，不含“/”和换行。"
        taken = {piece.code: piece for piece in getattr(spec, name)}
        return f"代码“{code}”已用于{what}“{called(taken[code])}”，请换一个。" if code in taken else ""
    if not is_code(code):
        return f"代码“{code[:50]}”{CODES}。"
    return f"代码“{code}”已经有了，请换一个。" if code in used(spec) else ""
