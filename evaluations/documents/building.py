"""Content of a snapshot (or of live rows) → `Document`: the one walk over the outline, for every format."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from indicators.engine.chapters import Block as Spec
from indicators.engine.chapters import Section

from . import scores, tables, texts
from .layout import title_lines
from .model import AppendixList, Block, Document, Heading, Paragraph, Part, Run, Signature, Table
from .numbering import Counter
from .source import Source

#: A table takes about 6 ms of CPU a row: more rows than these would use up the time limit of a PDF.
MOST_ROWS = 1000


class TooLong(Exception):
    """What cannot be printed. `args[0]`: one Chinese sentence with the place, the number and the limit."""


def build(content: Mapping[str, Any]) -> Document:
    """The printed report of `content` (see `snapshots`). Raises `TooLong`."""
    return _Report(Source(content)).document()


@dataclass
class _Report:
    source: Source
    charts: int = 0
    appendices: list[Section] = field(default_factory=list)

    def document(self) -> Document:
        source = self.source
        evaluation = source.evaluation
        body = tuple(self._body())
        department = evaluation["department"]["name"]
        title = title_lines(department, source.plain(source.spec.report_title))
        version = evaluation["version"]
        return Document(
            title=title,
            department=department,
            year=str(source.year),
            reference=evaluation["reference"],
            version="草稿" if source.draft else f"第 {version} 版",
            draft=source.draft,
            issued=evaluation["submitted_on"] or "",
            parts=(Part(body, title=title), *self._appendices()),
        )

    def _body(self) -> Iterator[Block]:
        counter = Counter()
        self.appendices = [section for section in self.source.spec.sections() if _is_appendix(section)]
        listed = False
        for section in self.source.spec.outline:
            for block in self._section(section, counter, 1):
                if isinstance(block, Signature) and self.appendices and not listed:
                    yield self._appendix_list()
                    listed = True
                yield block
        if self.appendices and not listed:
            yield self._appendix_list()

    def _section(self, section: Section, counter: Counter, level: int) -> Iterator[Block]:
        """Heading, blocks and children of a node that prints here."""
        if section.appears == "wizard" or section.appendix:
            return
        number, below = counter.next(section.numbering)
        heading = Heading(number, self.source.plain(section.heading), min(level, 5), f"s-{section.code}")
        inside = self._inside(section, below, level)
        yield from _run_in(heading, inside) if section.run_in else (heading, *inside)

    def _inside(self, section: Section, counter: Counter, level: int) -> Iterator[Block]:
        for block in section.blocks:
            for printed in self._block(block, level):
                if isinstance(printed, Table) and len(printed.rows) > MOST_ROWS:
                    raise TooLong(
                        f"表“{printed.caption}”有 {len(printed.rows):,} 行，"
                        f"超过一张表可以打印的 {MOST_ROWS:,} 行。请合并或删减行数。"
                    )
                yield printed
        for child in section.children:
            yield from self._section(child, counter, level + 1)

    def _block(self, block: Spec, level: int) -> Iterator[Block]:
        source = self.source
        match block.kind:
            case "text":
                yield from self._text(block, level)
            case "paragraph":
                yield from texts.paragraphs(block.text, source)
            case "table":
                yield tables.table(block.code, source)
            case "chart":
                self.charts += 1
                yield from tables.chart(block, source, self.charts)
            case "analysis":
                yield from scores.analysis(block.code, source)
            case "indicators":
                yield scores.indicator_table(source.plain(block.label), source)
            case "figures":
                yield tables.figures(block, source)
            case "signature":
                yield self._signature()

    def _text(self, block: Spec, level: int) -> Iterator[Heading | Paragraph]:
        """The narrative; a required one that is empty shows as a blank, in a draft."""
        text = self.source.figures.facts.texts.get(block.code, "")
        printed = tuple(texts.narrative(text, block, self.source, level + 1))
        if printed:
            first, *rest = printed
            yield replace(first, anchor=f"x-{block.code}")
            yield from rest
        elif block.required and self.source.draft:
            yield Paragraph((Run(f"（{block.label}：未填）", "missing"),), anchor=f"x-{block.code}")

    def _signature(self) -> Signature:
        issued = self.source.evaluation["submitted_on"]
        date = datetime.date.fromisoformat(issued) if issued else None
        text = f"{date.year}年{date.month}月{date.day}日" if date else "　　　　年　　月　　日"
        return Signature(self.source.evaluation["department"]["name"], text)

    # ── 附件 ──────────────────────────────────────────────────────────────────────────────────────────

    def _appendix_list(self) -> AppendixList:
        titles = [self.source.plain(section.heading) for section in self.appendices]
        if len(titles) == 1:
            return AppendixList(tuple(titles))
        return AppendixList(tuple(f"{number}.{title}" for number, title in enumerate(titles, 1)))

    def _appendices(self) -> Iterator[Part]:
        for number, section in enumerate(self.appendices, 1):
            label = "附件" if len(self.appendices) == 1 else f"附件{number}"
            blocks = self._inside(section, Counter(), 0)
            name = self.source.plain(section.heading)
            yield Part(tuple(_uncaptioned(blocks, name)), label, title_lines("", name), f"s-{section.code}")


def _is_appendix(section: Section) -> bool:
    return section.appendix and section.appears != "wizard"


def _uncaptioned(blocks: Iterator[Block], title: str) -> Iterator[Block]:
    """A table under an 附件 of the same name does not repeat it."""
    for block in blocks:
        same = isinstance(block, Table) and block.caption == title
        yield replace(block, caption="") if same else block


def _run_in(heading: Heading, blocks: Iterator[Block]) -> Iterator[Block]:
    """The heading at the beginning of the first paragraph; alone where none follows."""
    words = scores.sentence(heading.label)
    first = next(blocks, None)
    if isinstance(first, Paragraph) and not first.level:
        yield Paragraph((Run(words, "label"), *first.runs), heading.level, heading.anchor)
    else:
        yield heading
        if first is not None:
            yield first
    yield from blocks
