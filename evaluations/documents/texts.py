"""Narratives → headings and paragraphs.

A line is a paragraph. What begins with a sign is the author's own structure:

    # 标题              a sub-section; `##` and `###` one below the other
    # 标题：：正文      a run-in heading: the text goes on in the same line (three colons print one)
    #- 标题             a sub-section without number
    - 分条              a list item

Numbers follow the block's `sub_numbering` and `list_numbering`, whatever number the author thinks comes next.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from indicators.engine.chapters import Block as Spec
from indicators.engine.chapters import NumberingStyle
from indicators.engine.numbering import RUN_ON, Counter, list_style, styles_below

from .model import Heading, Paragraph, Run
from .source import Source

TEXT, ITEM = 0, -1
DEEPEST = 3

_EDGES = " \t\u3000\u00a0"
#: Blanks between ideographs or beside their punctuation: a typing habit that tears holes into the line.
_WIDE = "[\u2e80-\u303f\u3041-\ua4cf\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef“”‘’—…]"
_STRAY_BLANKS = re.compile(f"(?<={_WIDE})[ \t\u3000\u00a0]+|[ \t\u3000\u00a0]+(?={_WIDE})")
_HEADING = re.compile(r"([#＃]+)([-－]?)[ \u3000]*([^#＃\s－-].*)")
_RUN_IN = re.compile(r"(.*?)([:：]{2,3})(.*)")
_ITEM = re.compile(r"[-－•][ \u3000]+(.+)")


@dataclass(frozen=True, slots=True)
class Line:
    """A line that says something. `depth`: of a heading, or TEXT, or ITEM; `rest`: text behind a heading."""

    depth: int
    words: str
    rest: str = ""
    numbered: bool = True


def tidy(line: str) -> str:
    """Without indenting blanks (the style sheet indents) and without blanks beside ideographs."""
    return _STRAY_BLANKS.sub("", line.strip(_EDGES))


def sentence(text: str) -> str:
    """With a full stop unless it ends with a mark of its own."""
    return text if text.endswith(("。", "！", "？", "；", "…", "：")) else f"{text}。"


def narrative(
    text: str, block: Spec, source: Source, level: int, counter: Counter | None = None
) -> Iterator[Heading | Paragraph]:
    """What `text` prints; the author's first headings stand at `level`. A prompt left in it is not printed.

    `counter` is that of the section, so that several texts of one section number on.
    """
    # The wizard shows the prompt with its variables filled in: so it may come back.
    lines = read(text, (block.prompt, source.plain(block.prompt)))
    styles = styles_below(block.sub_numbering)
    counters = [counter or Counter()]
    deepest = max([TEXT, *(line.depth for line in lines)])
    for group in _groups(lines):
        # Lists take the first style that no heading uses: of their sub-section, or of the text before any.
        depth = max(line.depth for line in group) if group[0].depth > TEXT else deepest
        style = block.list_numbering or list_style(styles[depth:], counters[0])
        for listed, run in groupby(group, key=lambda line: line.depth == ITEM):
            if listed:
                yield from items((line.words for line in run), style, source)
                continue
            for line in run:
                if line.depth == TEXT:
                    yield Paragraph(source.runs(line.words))
                    continue
                counters = counters[: min(line.depth, len(counters))]
                style_here = styles[len(counters) - 1] if line.numbered else ""
                number, below = counters[-1].next(style_here)
                yield _heading(line, number, style_here, min(level + len(counters) - 1, 5), source)
                counters.append(below)


def items(words: Iterable[str], style: NumberingStyle, source: Source) -> Iterator[Paragraph]:
    """One list, numbered from the beginning."""
    counter = Counter()
    for one in words:
        yield numbered(counter.next(style)[0], source.runs(one))


def numbered(number: str, runs: tuple[Run, ...]) -> Paragraph:
    """A list item."""
    return Paragraph((Run(number), *runs) if number else runs, item=True)


def _heading(
    line: Line, number: str, style: NumberingStyle, level: int, source: Source
) -> Heading | Paragraph:
    """A heading on its own line, at the beginning of its text, or an article (第一条) led by its number."""
    if line.rest:
        return run_in(number + source.plain(line.words), source.runs(line.rest), level)
    if style in RUN_ON:
        lead = Run(number, "article" if style == "第一条" else "")
        return Paragraph((lead, *source.runs(line.words)))
    return Heading(number, source.plain(line.words), level)


def run_in(words: str, runs: tuple[Run, ...], level: int, anchor: str = "") -> Paragraph:
    """A heading at the beginning of its first paragraph."""
    return Paragraph((Run(sentence(words), "label"), *runs), level, anchor)


def _groups(lines: list[Line]) -> Iterator[list[Line]]:
    """What stands before the first heading, then every sub-section of the first level with all below it."""
    group: list[Line] = []
    for line in lines:
        if line.depth == 1 and group:
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def read(text: str, prompts: Iterable[str] = ()) -> list[Line]:
    """Every line of `text` that says something, but for `prompts` that were left in it."""
    left = {_compact(part) for prompt in prompts for part in (prompt, *prompt.splitlines())} - {""}
    lines = (line.strip(_EDGES) for line in text.splitlines())
    return [_line(line) for line in lines if line and _compact(line) not in left and tidy(line)]


def _line(line: str) -> Line:
    if heading := _HEADING.match(line):
        depth, numbered, words = min(len(heading[1]), DEEPEST), not heading[2], heading[3]
        if (found := _RUN_IN.fullmatch(words)) and tidy(found[1]):
            colon = "：" if len(found[2]) == 3 else ""
            return Line(depth, tidy(found[1]) + colon, tidy(found[3]), numbered)
        return Line(depth, tidy(words), "", numbered)
    if item := _ITEM.match(line):
        return Line(ITEM, tidy(item[1]))
    return Line(TEXT, tidy(line))


def paragraphs(text: str, source: Source) -> Iterator[Paragraph]:
    """The template's own words, one paragraph a line."""
    for line in text.splitlines():
        if words := tidy(line):
            yield Paragraph(source.runs(words))


def _compact(text: str) -> str:
    return "".join(text.split())
