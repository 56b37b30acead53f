"""Narratives → headings and paragraphs.

A line is a paragraph. `# ` and `## ` begin the author's own sub-sections, `- ` a list item; their numbers
follow the block's `sub_numbering`, whatever number the author thinks comes next.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from indicators.engine.chapters import Block as Spec

from .model import Heading, Paragraph, Run
from .numbering import Counter, styles_below
from .source import Source

TEXT, ITEM = 0, -1

_EDGES = " \t\u3000\u00a0"
#: Blanks between ideographs or beside their punctuation: a typing habit that tears holes into the line.
_WIDE = "[\u2e80-\u303f\u3041-\ua4cf\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef“”‘’—…]"
_STRAY_BLANKS = re.compile(f"(?<={_WIDE})[ \t\u3000\u00a0]+|[ \t\u3000\u00a0]+(?={_WIDE})")
_HEADING = re.compile(r"(#+)[ \u3000]*([^#].*)")
_ITEM = re.compile(r"[-－•][ \u3000]+(.+)")


def tidy(line: str) -> str:
    """Without indenting blanks (the style sheet indents) and without blanks beside ideographs."""
    return _STRAY_BLANKS.sub("", line.strip(_EDGES))


def narrative(text: str, block: Spec, source: Source, level: int) -> Iterator[Heading | Paragraph]:
    """What `text` prints; the author's first headings stand at `level`. A prompt left in it is not printed.

    Lists take the first style that no heading of this text uses and start anew after any other line.
    """
    # The wizard shows the prompt with its variables filled in: so it may come back.
    lines = list(_lines(text, (block.prompt, source.plain(block.prompt))))
    styles = styles_below(block.sub_numbering)
    list_style = styles[max([TEXT, *(depth for depth, _ in lines)])]
    counters, items = [Counter()], Counter()
    for depth, words in lines:
        if depth == ITEM:
            yield Paragraph((Run(items.next(list_style)[0]), *source.runs(words)))
            continue
        items = Counter()
        if depth == TEXT:
            yield Paragraph(source.runs(words))
            continue
        counters = counters[: min(depth, len(counters))]
        number, below = counters[-1].next(styles[len(counters) - 1])
        yield Heading(number, source.plain(words), min(level + len(counters) - 1, 5))
        counters.append(below)


def _lines(text: str, prompts: Iterable[str]) -> Iterator[tuple[int, str]]:
    """(depth of a heading, or TEXT, or ITEM; words) of every line that says something."""
    left = {_compact(part) for prompt in prompts for part in (prompt, *prompt.splitlines())} - {""}
    for line in text.splitlines():
        line = line.strip(_EDGES)
        if _compact(line) in left:
            continue
        if heading := _HEADING.match(line):
            yield min(len(heading[1]), 2), tidy(heading[2])
        elif item := _ITEM.match(line):
            yield ITEM, tidy(item[1])
        elif words := tidy(line):
            yield TEXT, words


def paragraphs(text: str, source: Source) -> Iterator[Paragraph]:
    """The template's own words, one paragraph a line."""
    for line in text.splitlines():
        if words := tidy(line):
            yield Paragraph(source.runs(words))


def _compact(text: str) -> str:
    return "".join(text.split())
