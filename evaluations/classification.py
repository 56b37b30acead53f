"""功能分类 and 经济分类: names of codes by year, and finding a code by what a person types."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import yaml

Kind = Literal["functional", "economic"]

DATA = Path(__file__).parent / "data" / "classifications.yaml"
LABELS: dict[Kind, str] = {"functional": "功能分类", "economic": "经济分类"}
LEVELS = {3: "类", 5: "款", 7: "项"}


class UnknownCode(ValueError):
    """No code of that year is meant; `args[0]` is one Chinese sentence with what was typed and the remedy."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One code with the name that it has from `first` to `last` year, both included."""

    code: str
    name: str
    first: int = 0
    last: int = 9999

    @property
    def level(self) -> str:
        """类, 款 or 项."""
        return LEVELS[len(self.code)]


@lru_cache(maxsize=1)
def _all() -> dict[str, tuple[Entry, ...]]:
    data = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    return {kind: tuple(Entry(**entry) for entry in data[kind]) for kind in LABELS}


@lru_cache(maxsize=32)
def entries(kind: Kind, year: int) -> dict[str, Entry]:
    """Every code of that year with its entry, in order of code; do not change it."""
    return {entry.code: entry for entry in _all()[kind] if entry.first <= year <= entry.last}


def name(kind: Kind, code: str, year: int) -> str:
    """The name of a code in that year, "" when the year does not know it."""
    entry = entries(kind, year).get(code)
    return entry.name if entry else ""


def search(kind: Kind, text: str, year: int, limit: int = 20) -> list[Entry]:
    """Codes that begin with `text` or names that contain it; exact code first, then in order of code."""
    words = text.strip()
    found = [
        entry for entry in entries(kind, year).values() if entry.code.startswith(words) or words in entry.name
    ]
    return sorted(found, key=lambda entry: (entry.code != words, entry.code))[:limit]


def read(kind: Kind, text: str, year: int) -> str:
    """The code that a person means by `2012901`, `2012901 行政运行` or a name that only one code has.

    Raises `UnknownCode` with one sentence that names what was typed and what to do.
    """
    words = unicodedata.normalize("NFKC", text).strip()
    digits = re.match(r"\d+(?!\S)", words)
    code = digits.group() if digits else words
    known = entries(kind, year)
    if code in known:
        return code
    # A name keeps its full-width brackets, which NFKC turns into half-width ones.
    same = [entry.code for entry in known.values() if unicodedata.normalize("NFKC", entry.name) == words]
    if len(same) == 1:
        return same[0]
    if same:
        raise UnknownCode(f"“{words}”有多个科目（{'、'.join(same)}），请填代码")
    raise UnknownCode(_unknown(kind, code, year))


def _unknown(kind: Kind, code: str, year: int) -> str:
    label = LABELS[kind]
    if other := [entry for entry in _all()[kind] if entry.code == code]:
        years = "、".join(_years(entry) for entry in other)
        return f"“{code}”在{year}年的{label}科目中不使用（{years}使用），请改用当年的科目"
    lengths = "3、5 或 7" if kind == "functional" else "3 或 5"
    near = search(kind, code[:5] if len(code) > 5 else code[:3], year, limit=3) if code.isdigit() else []
    hint = f"，相近的有 {'、'.join(f'{entry.code} {entry.name}' for entry in near)}" if near else ""
    return f"“{code}”不是{label}科目，请填 {lengths} 位数字代码{hint}"


def _years(entry: Entry) -> str:
    if not entry.first:
        return f"{entry.last}年及以前"
    return f"{entry.first}年起" if entry.last == 9999 else f"{entry.first}—{entry.last}年"
