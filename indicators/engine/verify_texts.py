"""Static verification of texts: nothing unfinished is printed, and no year that should be a variable."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .completeness import telling_lines
from .faults import Fault
from .names import half_width
from .outline import walk_indicators
from .printing import printed_texts
from .spec import TemplateSpec

#: What stands where somebody meant to write something later.
_UNFINISHED = re.compile(
    r"×{2,}|某某|[○◯]{2,}|[*＊]{2,}|待定|待填|待补|待完善"
    r"|(?<![A-Za-z])(?:[Xx]{2,}|TODO|TBD)(?![A-Za-z])"
)
_TO_BE_WRITTEN = re.compile(r"（(?:此处|在此|请)[^（）]*）|\((?:此处|在此|请)[^()]*\)|此处(?:填写|写|略)")
_LINE = re.compile(r"_{2,}|＿{2,}")
_BINDING = re.compile(r"[{｛][^{}｛｝\n]*[}｝]")
#: Titles of documents and their numbers keep their years: 《…2016年…》, 〔2016〕.
_OF_DOCUMENTS = re.compile(r"《[^《》]*》|〔[^〔〕]*〕")
_YEAR = re.compile(r"(?<![0-9])((?:19|20)[0-9]{2}) *年")
_VARIABLES = {0: "{year}", -1: "{last_year}", 1: "{next_year}"}


def text_faults(spec: TemplateSpec) -> Iterator[Fault]:
    """What is wrong with the words that are printed or shown in findings."""
    prompts = _prompts(spec)
    for place, text, bound in _texts(spec):
        if not text:
            continue
        if not place.endswith(".prompt"):
            yield from _unfinished(place, text, prompts)
        yield from _years(place, text, spec.years, bound=bound)


def _unfinished(place: str, text: str, prompts: tuple[str, ...]) -> Iterator[Fault]:
    words = _BINDING.sub("", text)
    found = _UNFINISHED.search(words)
    if not found and not place.startswith("checks["):  # a check tells people what to write
        found = _TO_BE_WRITTEN.search(words)
    if not found and not place.startswith("forms["):  # a form has lines to be signed on
        found = _LINE.search(words)
    if found:
        yield Fault(place, f"“{found[0]}”还没有写好：请写上内容，或引用数据项")
    elif left := next((prompt for prompt in prompts if prompt in text), None):
        quoted = left if len(left) <= 20 else f"{left[:20]}…"
        yield Fault(place, f"含有填写提示的原文“{quoted}”：提示是给填报人看的，不能印出来")


def _years(place: str, text: str, years: tuple[int, ...], *, bound: bool) -> Iterator[Fault]:
    """A year of the report, or one beside it, that will be wrong next year."""
    words = _OF_DOCUMENTS.sub("", half_width(text))
    for found in _YEAR.finditer(words):
        apart = {year - own for own in years for year in [int(found[1])]} & _VARIABLES.keys()
        if not apart:
            continue
        instead = _VARIABLES[apart.pop()] if len(apart) == 1 else "{year}、{last_year} 或 {next_year}"
        remedy = f"请写成 {instead}年" if bound else "请写成“本年”“上年”等不随年度变化的说法"
        spelled = "".join("〇一二三四五六七八九"[int(digit)] for digit in found[1])
        yield Fault(place, f"“{found[0]}”到下一年度就不对了：{remedy}；确指那一年的，请写“{spelled}年”")
        return


def _prompts(spec: TemplateSpec) -> tuple[str, ...]:
    return tuple(
        line
        for section in spec.sections()
        for block in section.blocks
        if block.kind == "text"
        for line in telling_lines(block.prompt)
    )


def _texts(spec: TemplateSpec) -> Iterator[tuple[str, str, bool]]:
    """(place, text, whether it may refer to figures and years)."""
    for place, text, _ in printed_texts(spec):
        yield place, text, True
    for number, item in enumerate(spec.fields):
        yield f"fields[{number}].label", item.label, False
    for number, table in enumerate(spec.tables):
        for index, column in enumerate(table.columns):
            yield f"tables[{number}].columns[{index}].label", column.label, False
        for index, row in enumerate(table.rows):
            yield f"tables[{number}].rows[{index}].label", row.label, False
        yield f"tables[{number}].total_label", table.total_label, False
    for number, line in enumerate(spec.cover):
        yield f"cover[{number}].label", line.label, False
    for place, node in walk_indicators(spec):
        yield f"{place}.name", node.name, False
        for kind in ("levels", "items"):
            for number, choice in enumerate(getattr(node.rule, kind, ())):
                yield f"{place}.rule.{kind}[{number}].text", choice.text, False
    for number, band in enumerate(spec.grades):
        yield f"grades[{number}].name", band.name, False
    for number, adjustment in enumerate(spec.adjustments):
        yield f"adjustments[{number}].label", adjustment.label, False
    for number, rule in enumerate(spec.checks):
        for name in ("title", "message", "hint"):
            yield f"checks[{number}].{name}", getattr(rule, name), name != "title"
