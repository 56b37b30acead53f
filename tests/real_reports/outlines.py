"""Headings of a real report, and headings of the printed demo, in one form that can be compared."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from evaluations.documents.model import Document, Heading, Paragraph, Table

_CHINESE = "[一二三四五六七八九十]+"
NUMBER = re.compile(
    rf"第{_CHINESE}条|——|{_CHINESE}是|{_CHINESE}、|（{_CHINESE}）|\({_CHINESE}\)|（\d+）|\d+\.\d+(?!\d)|\d+[.．、]|[①-⑳]"
)
#: What a heading may end with in print and never does when it is generated.
_END = "。：:；"


@dataclass(frozen=True)
class Entry:
    """A heading: its depth (1: chapters), the number before it, its words. `line`: of the real report.

    `whole`: the words are all of the heading; otherwise they begin a line that goes on.
    """

    depth: int
    number: str
    words: str
    line: int = 0
    whole: bool = True

    def __str__(self) -> str:
        return f"{self.line or ''} {'#' * self.depth} {self.number}{self.words}"

    def stands_for(self, printed: Entry) -> bool:
        """Whether `printed` of the demo is this heading of the real report."""
        if (self.depth, self.number) != (printed.depth, printed.number):
            return False
        return printed.words == self.words if self.whole else printed.words.startswith(self.words)


def words_of(text: str) -> str:
    """Without blanks, separators in figures, zeros behind the point, and the mark at the end."""
    text = re.sub(r"[\s　]", "", text).rstrip(_END)
    text = re.sub(r"(?<=\d),(?=\d{3})", "", text)
    return re.sub(r"(\.\d*?)0+(?!\d)", lambda found: found[1].rstrip("."), text)


def of_report(seed: dict[str, Any]) -> Iterator[Entry]:
    """The outline of the real report, in order; its title and the like are left out."""
    for node in seed["outline"]:
        yield from _below(node, 1)


def _below(node: dict[str, Any], depth: int) -> Iterator[Entry]:
    kind = node.get("kind", "")
    if kind in OUTSIDE:
        depth -= 1
    else:
        number = node.get("number") or ""
        words = words_of(node["heading"].removeprefix(number))
        sentence = bool(node.get("text")) or bool(node.get("run_in")) or kind == "list_item"
        yield Entry(depth, number, words, node["line"], whole=not sentence)
    for child in node.get("children", ()):
        yield from _below(child, depth + 1)


#: Kinds of outline nodes that are no headings of the text; see `outside`.
OUTSIDE = ("title", "cover_field", "appendix_label", "appendix_title", "table_caption")


def outside(seed: dict[str, Any]) -> Iterator[str]:
    """Title, cover, appendices and captions of the real report."""
    stack = list(seed["outline"])
    while stack:
        node = stack.pop(0)
        if node.get("kind") in OUTSIDE:
            yield words_of(node["heading"])
        stack = [*node.get("children", ()), *stack]


def of_document(document: Document) -> Iterator[Entry]:
    """What the demo prints as heading, run-in heading, article, or numbered item, in order."""
    depth = base = 0
    for block in document.parts[0].blocks:
        if isinstance(block, Heading):
            depth = block.level
            base = depth + 1 if block.embedded else base
            yield Entry(depth, block.number.strip("　"), words_of(block.text))
        elif isinstance(block, Paragraph) and block.level:
            depth = block.level
            yield replace(_numbered(block, depth), whole=False)
        elif isinstance(block, Paragraph) and NUMBER.fullmatch(block.runs[0].text.strip("　")):
            article = block.runs[0].text.startswith("第")
            depth = base if article else depth
            yield replace(_numbered(block, depth if article else depth + 1), whole=False)


def _numbered(block: Paragraph, depth: int) -> Entry:
    found = NUMBER.match(block.text)
    number = found[0] if found else ""
    return Entry(depth, number, words_of(block.text.removeprefix(number)))


def captions(document: Document) -> Iterator[str]:
    """Titles of the report and of its appendices, lines of the cover, captions of the tables."""
    yield words_of(document.name)
    if document.cover:
        yield from (words_of(f"{line.label}：{line.text}") for line in document.cover.lines)
    for part in document.parts:
        yield part.label
        yield words_of("".join(part.title))
        yield from (words_of(block.caption) for block in part.blocks if isinstance(block, Table))
