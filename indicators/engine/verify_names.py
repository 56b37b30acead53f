"""Static verification of names: what formulas and texts call a thing must not be taken for another."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

from .faults import Fault
from .names import look
from .scope import GIVEN_TABLES, YEAR
from .spec import TemplateSpec

#: Words of the language that a name of the same form would hide.
_WORDS = {look(word): word for word in (YEAR, "year", "是", "否", "true", "false")}

Named = tuple[str, str, str]  # place, name, what it names


def name_faults(spec: TemplateSpec) -> Iterator[Fault]:
    """Names that look like another, or hold what cannot be seen."""
    figures = tuple(_figures(spec))
    yield from _invisible(figures)
    yield from _alike(figures, may_share=True)
    codes = {look(item.code): item for item in spec.fields}
    for place, name, code in figures:
        other = codes.get(look(name))
        if other is not None and other.code != code:
            yield Fault(place, f"名称“{name}”与“{other.label}”的代码“{other.code}”相同，请换一个名称")
        if look(name) in _WORDS:
            yield Fault(place, f"名称“{name}”与公式里的“{_WORDS[look(name)]}”相同，请换一个名称")
    tables = [
        (f"tables[{number}].title", table.title, table.code) for number, table in enumerate(spec.tables)
    ]
    yield from _invisible(tables)
    yield from _alike([*(("", table.label, code) for code, table in GIVEN_TABLES.items()), *tables])
    for number, table in enumerate(spec.tables):
        columns = [
            (f"tables[{number}].columns[{index}].label", column.label, column.code)
            for index, column in enumerate(table.columns)
        ]
        yield from _invisible(columns)
        yield from _alike(columns)


def _figures(spec: TemplateSpec) -> Iterator[Named]:
    for number, item in enumerate(spec.fields):
        yield f"fields[{number}].label", item.label, item.code
        for index, alias in enumerate(item.aliases):
            yield f"fields[{number}].aliases[{index}]", alias, item.code


def _alike(named: Iterable[Named], *, may_share: bool = False) -> Iterator[Fault]:
    """Names of different things that look the same. Figures may share a name: they are told apart by code."""
    seen: dict[str, Named] = {}
    for place, name, code in named:
        before = seen.setdefault(look(name), (place, name, code))
        if before[2] == code or not look(name):
            continue
        if before[1] != name:
            words = f"名称“{name}”与“{before[1]}”看起来一样，只差全角半角、空格或符号：请改掉其中一个"
            yield Fault(place, words)
        elif not may_share:
            yield Fault(place, f"名称“{name}”重复，公式里分不清：请改掉其中一个")


def _invisible(named: Iterable[Named]) -> Iterator[Fault]:
    for place, name, _ in named:
        hidden = next(
            (character for character in name if unicodedata.category(character) in ("Cc", "Cf")), ""
        )
        if hidden:
            words = f"名称“{name}”里有看不见的字符（U+{ord(hidden):04X}），请删掉重写"
            yield Fault(place, words)
