"""What an approved report itself says of problems and measures, offered as tasks (整改).

Nothing is listed by itself. Everything comes from the frozen content: lost points with their reason, and the
sentences, list items and table cells of chapters whose headings or labels speak of problems (问题) or of
mending them (整改, 改进措施).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from indicators.engine.chapters import Block, Section
from indicators.engine.sheet import ScoreLine
from indicators.engine.values import plain

from .documents import texts
from .documents.source import Source
from .models import ReviewedScore

Kind = Literal["problem", "measure"]

PROBLEM = re.compile("问题|不足|困难")
MEASURE = re.compile("整改|改进|建议")
#: How many of each kind are offered, and how long a sentence must be to say something.
MOST, SHORTEST, LONGEST = 60, 6, 900
_SENTENCES = re.compile("[^。！？；]+[。！？；]?")


@dataclass(frozen=True, slots=True)
class Proposal:
    """`key` names it in a form as long as its text is the same; `source` is its location."""

    key: str
    text: str
    source: str


@dataclass(frozen=True, slots=True)
class Proposals:
    """`lost`: points lost; `problems` and `measures`: what the report writes."""

    lost: tuple[Proposal, ...]
    problems: tuple[Proposal, ...]
    measures: tuple[Proposal, ...]


def proposals(content: Mapping[str, Any], reviewed: Mapping[str, ReviewedScore] | None = None) -> Proposals:
    """What the content (see `snapshots`) offers, each text once; points and reason are those of a 复核分 that
    holds (`rescoring.standing`), where there is one."""
    source = Source(content)
    said = [one for section in source.spec.outline for one in _section(section, source, "")]
    return Proposals(
        _once(_lost(line, (reviewed or {}).get(line.code)) for line in source.sheet.lines),
        _once(proposal for kind, proposal in said if kind == "problem"),
        _once(proposal for kind, proposal in said if kind == "measure"),
    )


def _once(found: Iterable[Proposal | None]) -> tuple[Proposal, ...]:
    return tuple({one.key: one for one in found if one is not None}.values())[:MOST]


def _lost(line: ScoreLine, reviewed: ReviewedScore | None) -> Proposal | None:
    score = reviewed.points if reviewed else line.score
    if score is None or score >= line.weight:
        return None
    points = f"得 {plain(score)} 分，满分 {plain(line.weight)} 分"
    lost = f"“{line.name}”失 {plain(line.weight - score)} 分（{points}）"
    why = reviewed.reason if reviewed else line.reason or line.working
    return _proposal(f"{lost}：{why}" if why else lost, f"indicator.{line.code}")


def _section(section: Section, source: Source, above: str) -> Iterator[tuple[Kind, Proposal]]:
    """`above`: headings that a block without words of its own stands below."""
    words = source.heading(section) or above
    for block in section.blocks:
        if block.kind == "text":
            yield from _text(block, source, words)
        elif block.kind == "table":
            yield from _table(block.code, source)
    for child in section.children:
        yield from _section(child, source, words)


def _text(block: Block, source: Source, heading: str) -> Iterator[tuple[Kind, Proposal]]:
    words = f"{heading} {block.label}"
    kind = _kind(words)
    if kind is None:
        return
    location = source.compiled.locate(block.code)
    typed = source.figures.facts.texts.get(block.code, "")
    for line in texts.read(typed, (block.prompt, source.plain(block.prompt))):
        told = source.plain(line.rest or line.words)
        if line.depth > texts.TEXT and (own := _kind(source.plain(line.words))):
            kind = own  # the author's own sub-heading parts problems from measures
            if not line.rest:
                continue
        for sentence in _SENTENCES.findall(told):
            if proposal := _proposal(sentence.strip(), location):
                yield kind, proposal


def _table(code: str, source: Source) -> Iterator[tuple[Kind, Proposal]]:
    table = source.compiled.tables[code]
    kinds = {column.code: _kind(column.label) for column in table.columns}
    for row in source.figures.facts.tables.get(code, ()):
        for column, kind in kinds.items():
            value = row.get(column)
            if (
                kind
                and isinstance(value, str)
                and (told := _proposal(value, f"{source.compiled.locate(code)}"))
            ):
                yield kind, told


def _kind(words: str) -> Kind | None:
    """What a heading announces; one that names problems and measures announces problems first."""
    if PROBLEM.search(words):
        return "problem"
    return "measure" if MEASURE.search(words) else None


def _proposal(text: str, source: str) -> Proposal | None:
    text = text.strip()[:LONGEST]
    if len(text) < SHORTEST or text.endswith(("：", ":")):
        return None  # no sentence, or one that only leads to the next
    return Proposal(hashlib.sha256(text.encode()).hexdigest()[:12], text, source)
