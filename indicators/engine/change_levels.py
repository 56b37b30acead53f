"""How much each key of a template matters when it changes between two versions (变动等级).

    0  the same
    1  wording or order
    2  something new that need not be filled in
    3  points, bands or a rule (formula, check, grade, adjustment, rounding): scored anew
    4  something removed: what was typed is kept in history, not scored
    5  something new that must be filled in, a new indicator: the chapter opens again

Every key of every class has its entry in `LEVELS`; `tests/engine/test_differing.py` holds that. Draws no
conclusions about a single evaluation: whether a chapter is complete is always derived.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from . import chapters, kinds, spec
from .names import gist
from .values import TEXT_KINDS

SAME, WORDING, OPTIONAL, RULE, REMOVED, REQUIRED = range(6)

#: What each level means to whoever publishes.
MEANINGS: Mapping[int, str] = {
    SAME: "内容相同",
    WORDING: "文字或顺序：不影响填报和得分",
    OPTIONAL: "新增选填内容：已填的不受影响",
    RULE: "分值、计分或审核规则：重新计分",
    REMOVED: "删除：已填的留作备查，不再计分",
    REQUIRED: "新增必填内容：所在章节重新打开",
}

#: The level of a changed key: a number, or what tells it from the piece before and after.
Level = int | Callable[[Any, Any], int]


class Matched:
    """The key by which a piece is known again: another value is another piece."""


class Pieces:
    """The key holds pieces of their own, which are compared one by one."""


MATCHED, PIECES = Matched(), Pieces()


def _required(old: Any, new: Any) -> int:
    return REQUIRED if new.required else OPTIONAL


def _retyped(old: Any, new: Any) -> int:
    """Another kind or unit makes another figure: what was typed does not stand for it."""
    if old.kind in TEXT_KINDS and new.kind in TEXT_KINDS:
        return WORDING
    if old.formula or new.formula:
        return RULE
    return REQUIRED if new.required else REMOVED


def _derived(old: Any, new: Any) -> int:
    """A formula that changes, that replaces a box, or whose place a box takes."""
    if old.formula and new.formula:
        return RULE
    if new.formula:
        return REMOVED
    return REQUIRED if new.required else RULE


def _choices(old: Any, new: Any) -> int:
    return chosen(old.choices, new.choices)


def _seconds(old: Any, new: Any) -> int:
    return chosen(old.seconds, new.seconds)


def chosen(old: tuple[str, ...], new: tuple[str, ...]) -> int:
    """Whoever chose what is gone must choose again; what differs in width and blanks is the same."""
    before, after = set(map(gist, old)), set(map(gist, new))
    return REQUIRED if before - after else OPTIONAL if after - before else WORDING


def _split(old: spec.OpenGroup, new: spec.OpenGroup) -> int:
    """With targets in parts every row must say its 指标性质."""
    return REQUIRED if new.split else REMOVED


def _adjusted(old: spec.OpenGroup, new: spec.OpenGroup) -> int:
    return OPTIONAL if new.adjusted else REMOVED


def _own_kind(old: spec.OwnColumn, new: spec.OwnColumn) -> int:
    return REQUIRED if new.required else REMOVED


def _coefficient(old: kinds.Target, new: kinds.Target) -> int:
    """Whoever judged by points must judge by 得分系数, and the other way round."""
    both = old.coefficient_places is not None and new.coefficient_places is not None
    return RULE if both else REQUIRED


def _required_seconds(old: Any, new: Any) -> int:
    return REQUIRED if set(new.required_seconds) - set(old.required_seconds) else OPTIONAL


_EVIDENCE = {"": WORDING, "asked": RULE, "required": REQUIRED}


def _evidence(old: Any, new: Any) -> int:
    """Asking for less takes nothing from anybody."""
    before, after = _EVIDENCE[old.evidence], _EVIDENCE[new.evidence]
    return after if after > before else WORDING


def _source(old: spec.Table, new: spec.Table) -> int:
    if new.source == "input":
        return REQUIRED if new.required else RULE
    return REMOVED if old.source == "input" else RULE


def _projects(old: spec.TemplateSpec, new: spec.TemplateSpec) -> int:
    if not old.project_template:
        return REQUIRED
    return RULE if new.project_template else REMOVED


def _opened(old: spec.Indicator, new: spec.Indicator) -> int:
    return REQUIRED if new.open else REMOVED


def _ruled(old: spec.Indicator, new: spec.Indicator) -> int:
    if old.rule is None or new.rule is None:
        return REQUIRED if new.rule else REMOVED
    return RULE


_BOX: dict[str, Any] = {
    "code": MATCHED,
    "label": WORDING,
    "kind": _retyped,
    "unit": _retyped,
    "places": RULE,
    "formula": _derived,
    "required": _required,
    "choices": _choices,
    "max_chars": RULE,
    "personal": WORDING,
}

#: class → key → how a change of it counts.
LEVELS: Mapping[type, Mapping[str, Level | Matched | Pieces]] = {
    spec.TemplateSpec: {
        "code": WORDING,
        "title": WORDING,
        "report_title": WORDING,
        "years": WORDING,
        "region": WORDING,
        "kind": REQUIRED,
        "scored": RULE,
        "unit": RULE,
        "total": RULE,
        "score_places": RULE,
        "rounding": RULE,
        "sources": WORDING,
        "notes": WORDING,
        "fields": PIECES,
        "tables": PIECES,
        "cover": PIECES,
        "forms": PIECES,
        "project_template": _projects,
        "outline": PIECES,
        "indicators": PIECES,
        "checks": PIECES,
        "grades": PIECES,
        "adjustments": PIECES,
        "examples": PIECES,
    },
    spec.Field: _BOX
    | {
        "money_unit": RULE,
        "aliases": WORDING,
        "basis": RULE,
        "year_offset": RULE,
        "prior": RULE,
        "carry": WORDING,
        "minimum": RULE,
        "maximum": RULE,
        "help": WORDING,
    },
    spec.Column: _BOX | {"total": RULE, "amount": RULE, "economic": RULE, "width": WORDING},
    spec.TableRow: {"code": MATCHED, "label": WORDING, "cells": RULE},
    spec.Table: {
        "code": MATCHED,
        "title": WORDING,
        "source": _source,
        "money_unit": RULE,
        "columns": PIECES,
        "rows": PIECES,
        "total_label": WORDING,
        "max_rows": RULE,
        "required": _required,
        "prefill": WORDING,
        "unit_line": WORDING,
        "note": WORDING,
        "help": WORDING,
    },
    spec.OpenGroup: {
        "rule": PIECES,
        "seconds": _seconds,
        "required_seconds": _required_seconds,
        "firsts": WORDING,
        "max_rows": RULE,
        "split": _split,
        "adjusted": _adjusted,
        "columns": PIECES,
        "labels": WORDING,
    },
    spec.OwnColumn: {
        "code": MATCHED,
        "label": WORDING,
        "kind": _own_kind,
        "choices": _choices,
        "required": _required,
        "max_chars": RULE,
    },
    spec.Indicator: {
        "code": MATCHED,
        "name": WORDING,
        "weight": RULE,
        "rule": _ruled,
        "open": _opened,
        "children": PIECES,
        "inputs": WORDING,
        "interpretation": WORDING,
        "description": WORDING,
        "standard": WORDING,
        "weight_group": WORDING,
        "na": RULE,
        "na_when": RULE,
        "zero_over_zero": RULE,
        "over_zero": RULE,
        "round_value": RULE,
        "value_unit": RULE,
        "evidence": _evidence,
        "evidence_hint": WORDING,
    },
    spec.CheckRule: {
        "code": MATCHED,
        "title": WORDING,
        "layer": WORDING,
        "severity": RULE,
        "left": RULE,
        "op": RULE,
        "right": RULE,
        "missing_left": RULE,
        "missing_right": RULE,
        "fix_at": RULE,
        "left_label": WORDING,
        "right_label": WORDING,
        "unit": RULE,
        "when": RULE,
        "each": RULE,
        "mention": WORDING,
        "tolerance": RULE,
        "part_unit": RULE,
        "parts": RULE,
        "places": RULE,
        "message": WORDING,
        "hint": WORDING,
        "passing": WORDING,
        "failing": WORDING,
    },
    # The cases of a check are compared whole.
    spec.CheckExample: dict.fromkeys(("figures", "tables", "lines", "projects", "previous"), WORDING),
    spec.GradeBand: {"name": MATCHED, "minimum": RULE},
    spec.CapStep: {"below": MATCHED, "cap": RULE},
    spec.Adjustment: {
        "kind": MATCHED,
        "label": MATCHED,
        "measure": RULE,
        "steps": PIECES,
        "minimum_weight": RULE,
    },
    spec.Example: {"name": MATCHED}
    | dict.fromkeys(("figures", "points", "total", "values", "tables", "lines"), WORDING),
    chapters.Sentence: {"text": MATCHED, "when": WORDING},
    # A form is compared whole: nobody types in it.
    chapters.FormCell: dict.fromkeys(("text", "of", "span", "rows", "label", "align"), WORDING),
    chapters.FormPart: dict.fromkeys(("kind", "rows", "code", "spans", "columns"), WORDING),
    chapters.IndicatorColumn: {"of": WORDING, "label": WORDING},
    chapters.Form: {"code": MATCHED}
    | dict.fromkeys(("title", "columns", "parts", "unit_line", "footer", "note"), WORDING),
    chapters.CoverLine: {"label": MATCHED, "text": WORDING},
    chapters.Block: {
        "kind": MATCHED,
        "code": MATCHED,
        "fields": WORDING,
        "label": WORDING,
        "prompt": WORDING,
        "required": _required,
        "max_chars": RULE,
        "sentences": PIECES,
        "sub_numbering": WORDING,
        "list_numbering": WORDING,
        "layout": WORDING,
        "text": WORDING,
        "chart": WORDING,
        "value": WORDING,
    },
    chapters.Section: {
        "code": MATCHED,
        "heading": WORDING,
        "numbering": WORDING,
        "run_in": WORDING,
        "step": WORDING,
        "short": WORDING,
        "appears": WORDING,
        "appendix": WORDING,
        "optional": WORDING,
        "renamable": WORDING,
        "embedded": WORDING,
        "evidence": _evidence,
        "evidence_hint": WORDING,
        "help": WORDING,
        "blocks": PIECES,
        "children": PIECES,
    },
    kinds.Band: {"op": MATCHED, "bound": MATCHED, "points": RULE},
    kinds.Item: {"text": MATCHED, "points": RULE},
    kinds.Level: {"text": MATCHED, "points": RULE, "low": RULE, "high": RULE},
    kinds.Deviation: {"kind": MATCHED}
    | dict.fromkeys(
        ("measure", "limit", "side", "step", "points_per_step", "partial", "floor"),
        RULE,
    ),
    kinds.Bands: {"kind": MATCHED, "measure": RULE, "bands": PIECES, "otherwise": RULE},
    kinds.Checklist: {"kind": MATCHED, "items": PIECES}
    | dict.fromkeys(("mode", "per_violation", "count", "floor"), RULE),
    kinds.Scaled: {"kind": MATCHED, "measure": RULE, "of": RULE},
    kinds.Judged: {"kind": MATCHED, "levels": PIECES},
    kinds.Ratio: {"kind": MATCHED} | dict.fromkeys(("actual", "target", "reverse", "explain_over"), RULE),
    kinds.Expression: {"kind": MATCHED, "formula": RULE},
    kinds.Target: {"kind": MATCHED, "levels": PIECES, "coefficient_places": _coefficient}
    | dict.fromkeys(("missed", "equals", "explain_over", "over_deduct"), RULE),
}


def added(piece: Any) -> int:
    """The level of a new piece by itself; what it holds counts on its own."""
    match piece:
        case spec.Field() | spec.Column():
            return REQUIRED if piece.required and not piece.formula else OPTIONAL
        case spec.OwnColumn():
            return REQUIRED if piece.required else OPTIONAL
        case spec.Table():
            return REQUIRED if piece.required and piece.source == "input" else OPTIONAL
        case spec.Indicator():
            return REQUIRED if piece.rule or piece.open else WORDING
        case chapters.Section():
            return _EVIDENCE[piece.evidence]
        case chapters.Block(kind="text" | "budget"):
            return REQUIRED if piece.required else OPTIONAL
        case kinds.Item():
            return REQUIRED
        case spec.Example() | spec.CheckExample() | chapters.Form() | chapters.Block():
            return WORDING
        case chapters.CoverLine() | chapters.Sentence():
            return WORDING
        case _:  # checks, grades, adjustments, their steps, fixed rows, bands, levels
            return RULE


def removed(piece: Any) -> int:
    """The level of a piece that is gone, by itself."""
    match piece:
        case spec.Field() | spec.Column():
            return RULE if piece.formula else REMOVED
        case kinds.Item() | spec.OwnColumn():
            return REMOVED
        case spec.Table():
            return REMOVED if piece.source == "input" else RULE
        case spec.Indicator():
            return REMOVED if piece.rule or piece.open else WORDING
        case chapters.Block(kind="text" | "budget"):
            return REMOVED
        case kinds.Level():
            return REQUIRED  # whoever chose it must choose again
        case spec.Example() | spec.CheckExample() | chapters.Form() | chapters.Block():
            return WORDING
        case chapters.CoverLine() | chapters.Sentence() | chapters.Section():
            return WORDING
        case _:
            return RULE


def moved(piece: Any) -> int:
    """The level of another place among its like: where the first that holds wins, the order is the rule."""
    return RULE if isinstance(piece, kinds.Band | spec.CapStep | spec.Adjustment) else WORDING
