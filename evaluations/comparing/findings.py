"""Findings of two sides: which came and went, and what is explained otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from evaluations.wording import SEVERITIES

from .model import Fate, Finding
from .side import Side
from .words import Effort, Piece, difference

Raw = Mapping[str, Any]


def findings(old: Side, new: Side, effort: Effort) -> Iterator[Finding]:
    """In the newer order, then those that went. One is the same when it speaks of the same figures, or
    when it comes from the same rule at the same place with others."""
    left = {one["fingerprint"]: one for one in old.content["findings"]}
    listed = new.content["findings"]
    standing = {one["fingerprint"]: left.pop(one["fingerprint"], None) for one in listed}
    moved = {_place(one): one["fingerprint"] for one in left.values()}
    for one in listed:
        before = standing[one["fingerprint"]]
        if before is None and (known := moved.pop(_place(one), None)):
            before = left.pop(known)
        if before is None:
            yield _finding("new", None, one, _explained(one, new, "new"))
            continue
        told = (_explanation(before, old), _explanation(one, new))
        if before["message"] != one["message"] or told[0] != told[1]:
            pieces = difference(*told, effort) if told[0] != told[1] else ()
            yield _finding("changed", before, one, pieces)
    for one in left.values():
        yield _finding("gone", one, None, _explained(one, old, "gone"))


def _finding(fate: Fate, old: Raw | None, new: Raw | None, explanation: tuple[Piece, ...]) -> Finding:
    one = new or old
    return Finding(
        fate,
        SEVERITIES[one["severity"]],
        next(iter(one["locations"]), ""),
        old["message"] if old else "",
        new["message"] if new else "",
        explanation,
    )


def _explained(one: Raw, side: Side, kind: str) -> tuple[Piece, ...]:
    text = _explanation(one, side)
    return (Piece(kind, text),) if text else ()


def _explanation(one: Raw, side: Side) -> str:
    return side.content["explanations"].get(one["fingerprint"], {}).get("text", "")


def _place(one: Raw) -> tuple[str, tuple[str, ...]]:
    return one["code"], tuple(one["locations"])
