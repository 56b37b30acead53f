"""Content of a snapshot (or of live rows) → `Document`: the one walk over the outline, for every format."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from indicators.engine import bindings
from indicators.engine.chapters import Block as Spec
from indicators.engine.chapters import Section
from indicators.engine.numbering import Counter, list_style, styles_below

from . import anchors, annexes, forms, indicators, scores, tables, texts
from .annexes import Annex
from .layout import title_lines
from .model import (
    AppendixList,
    Block,
    Cover,
    CoverLine,
    Document,
    Form,
    Heading,
    Paragraph,
    Part,
    Run,
    Signature,
    Table,
)
from .source import Source

#: A table takes about 6 ms of CPU a row: more rows than these would use up the time limit of a PDF.
MOST_ROWS = 1000


class TooLong(Exception):
    """What cannot be printed. `args[0]`: one Chinese sentence with the place, the number and the limit."""


def build(content: Mapping[str, Any]) -> Document:
    """The printed report of `content` (see `snapshots`), with its projects' as 附件. Raises `TooLong`."""
    return _Report(Source(content)).document()


@dataclass
class _Report:
    """One report; `prefix` sets the anchors of a project's apart from its department's."""

    source: Source
    prefix: str = ""
    charts: Iterator[int] = field(default_factory=lambda: count(1))
    annexes: tuple[Annex, ...] = ()

    def document(self) -> Document:
        source, evaluation = self.source, self.source.evaluation
        department, version = evaluation["department"]["name"], evaluation["version"]
        self.annexes = tuple(self._annexes())
        blocks = tuple(self._body())
        words = source.plain(source.spec.report_title)
        title = title_lines(department, words)
        if source.project:
            title = (*title, f"（{source.project}）")
            blocks = annexes.uncaptioned(blocks, words)
        body = Part(blocks, title=() if source.spec.cover else title)
        parts = (body, *annexes.parts(self.annexes))
        return Document(
            title=title,
            department=department,
            year=str(source.year),
            reference=evaluation["reference"],
            version="已作废" if source.voided else "草稿" if source.draft else f"第 {version} 版",
            draft=source.draft,
            issued=evaluation["submitted_on"] or "",
            parts=anchors.unique(parts),
            cover=self._cover(title) if source.spec.cover else None,
            voided=source.voided,
        )

    def _cover(self, title: tuple[str, ...]) -> Cover:
        """封面. A title beside a line that names the department does not name it again."""
        lines = []
        for line in self.source.spec.cover:
            words = self.source.cell(line.text)
            lines.append(CoverLine(self.source.plain(line.label), words.text, bool(words.mark)))
        department = self.source.evaluation["department"]["name"]
        if any(department in line.text for line in lines):
            title = title_lines("", self.source.plain(self.source.spec.report_title))
        return Cover(title, tuple(lines), self._date())

    def _body(self) -> Iterator[Block]:
        counter, listed = Counter(), not self.annexes
        for section in self.source.spec.outline:
            for block in self._section(section, counter, 1):
                if isinstance(block, Signature) and not listed:
                    yield self._appendix_list()
                    listed = True
                yield block
        if not listed:
            yield self._appendix_list()

    def _section(self, section: Section, counter: Counter, level: int) -> Iterator[Block]:
        """Heading, blocks and children of a node that prints here.

        An introduction has no heading, and one without number says nothing above a form of the same name.
        """
        if section.appendix or not self.source.prints(section):
            return
        number, below = counter.next(section.numbering)
        words, anchor = self.source.heading(section), f"s-{section.code}"
        heading = Heading(number, words, min(level, 5), anchor, section.embedded)
        inside = self._inside(section, Counter() if section.embedded else below, level)
        if section.run_in:
            yield from _run_in(heading, inside)
            return
        first = next(inside, None)
        if number or (words and not annexes.titled(first, words)):
            yield heading
        if first is not None:
            yield first
        yield from inside

    def _inside(self, section: Section, counter: Counter, level: int) -> Iterator[Block]:
        for index, block in enumerate(section.blocks):
            for printed in self._block(section, index, block, counter, level):
                _limit(printed)
                yield printed
        for child in section.children:
            yield from self._section(child, counter, level + 1)

    def _block(
        self, section: Section, index: int, block: Spec, counter: Counter, level: int
    ) -> Iterator[Block]:
        source = self.source
        match block.kind:
            case "text":
                yield from self._text(block, counter, level)
            case "paragraph":
                words = source.compiled.paragraph(section.code, index, source.figures)
                yield from texts.paragraphs(words, source)
            case "list":
                yield from self._list(block, counter)
            case "table":
                yield tables.table(block.code, source)
            case "form":
                yield forms.form(block.code, source)
            case "chart":
                yield from tables.chart(block, source, next(self.charts))
            case "analysis":
                yield from scores.analysis(block.code, source, counter)
            case "indicators":
                yield indicators.indicator_table(source.plain(block.label), block.layout, source)
            case "figures":
                yield tables.figures(block, source)
            case "signature":
                yield Signature(source.evaluation["department"]["name"], self._date())

    def _text(self, block: Spec, counter: Counter, level: int) -> Iterator[Heading | Paragraph]:
        """The narrative; a required one that is empty shows as a blank, in a draft."""
        text = self.source.figures.facts.texts.get(block.code, "")
        printed = tuple(texts.narrative(text, block, self.source, level + 1, counter))
        if printed:
            first, *rest = printed
            yield replace(first, anchor=f"x-{block.code}")
            yield from rest
        elif block.required and self.source.draft:
            yield Paragraph((Run(f"（{block.label}：未填）", "missing"),), anchor=f"x-{block.code}")

    def _list(self, block: Spec, counter: Counter) -> Iterator[Paragraph]:
        """The rows of a table, one item each."""
        source = self.source
        style = block.list_numbering or list_style(styles_below(block.sub_numbering), counter)
        numbers, anchor = Counter(), f"t-{block.code}"
        for row in bindings.rows(source.figures, block.code):
            item = texts.numbered(numbers.next(style)[0], source.runs(block.text, row))
            yield replace(item, anchor=anchor)
            anchor = ""

    def _date(self) -> str:
        """成文日期; room for it in a draft."""
        issued = self.source.evaluation["submitted_on"]
        date = datetime.date.fromisoformat(issued) if issued else None
        return f"{date.year}年{date.month}月{date.day}日" if date else "　　　　年　　月　　日"

    # ── 附件 ──────────────────────────────────────────────────────────────────────────────────────────

    def _appendix_list(self) -> AppendixList:
        titles = [annex.name for annex in self.annexes]
        if len(titles) == 1:
            return AppendixList(tuple(titles))
        return AppendixList(tuple(f"{number}.{title}" for number, title in enumerate(titles, 1)))

    def _annexes(self) -> Iterator[Annex]:
        """The report's own, then those that its projects' evaluations make."""
        source = self.source
        for section in source.spec.sections():
            if section.appendix and source.prints(section):
                blocks = tuple(self._inside(section, Counter(), 0))
                yield annexes.annex(source.heading(section), blocks, f"s-{section.code}")
        for number, content in enumerate(source.content.get("projects", ()), 1):
            yield from _Report(Source(content), f"p{number}-", self.charts).as_annexes()

    def as_annexes(self) -> Iterator[Annex]:
        """A project's report as 附件 of its department's: its text, then its own 附件."""
        source = self.source
        made = []
        if body := tuple(self._body()):
            made.append(annexes.annex(source.plain(source.spec.report_title), body, ""))
        made += self._annexes()
        for one in made:
            yield annexes.of_project(one, source.project, self.prefix)


def _limit(block: Block) -> None:
    rows = (
        len(block.rows)
        if isinstance(block, Table)
        else sum(len(piece.rows) for piece in block.pieces)
        if isinstance(block, Form)
        else 0
    )
    if rows > MOST_ROWS:
        raise TooLong(
            f"表“{block.caption}”有 {rows:,} 行，超过一张表可以打印的 {MOST_ROWS:,} 行。请合并或删减行数。"
        )


def _run_in(heading: Heading, blocks: Iterator[Block]) -> Iterator[Block]:
    """The heading at the beginning of the first paragraph; alone where none follows."""
    first = next(blocks, None)
    if isinstance(first, Paragraph) and not first.level and not first.item:
        yield texts.run_in(heading.label, first.runs, heading.level, heading.anchor)
    else:
        yield heading
        if first is not None:
            yield first
    yield from blocks
