"""One value on each side: whether they differ, and the two in words with their difference."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from indicators.engine.figures import shown
from indicators.engine.operations import Result
from indicators.engine.spec import Column, Field
from indicators.engine.values import TEXT_KINDS, Undefined, plain, rounded, typed

from .model import Figure

ABSENT = "（无此项）"


@dataclass(frozen=True, slots=True)
class Seen:
    """A value with what defines it; money is shown in `unit`; `raw` could not be read and stands as typed."""

    value: Result
    definition: Field | Column
    unit: str
    raw: str = ""
    derived: bool = False

    @property
    def number(self) -> Decimal | None:
        """The value where it is a number that was read."""
        return self.value if isinstance(self.value, Decimal) and not self.raw else None

    @property
    def words(self) -> str:
        """A text, "" for none; what could not be read as it was typed."""
        return self.raw or (self.value if isinstance(self.value, str) else "")

    @property
    def is_text(self) -> bool:
        return self.definition.kind in TEXT_KINDS

    @property
    def empty(self) -> bool:
        return self.text == "未填"

    @property
    def text(self) -> str:
        """With its unit, as the pages show it: 881,262.80 元, 84.62%, 13 人, 未填, 不适用, 无法计算."""
        if self.raw:
            return self.raw
        if isinstance(self.value, Undefined):
            return "未填" if self.value.missing else "无法计算"
        return _with_unit(*shown(self.value, self.definition, self.unit))

    @property
    def exact(self) -> str:
        """As `text`, with every digit."""
        percent = "%" if self.definition.kind == "percent" else ""
        unit = shown(self.value, self.definition, self.unit)[1]
        return _with_unit(typed(self.value, self.definition, self.unit) + percent, unit)


def figure(label: str, location: str, old: Seen | None, new: Seen | None, note: str = "") -> Figure | None:
    """The two values in words; None when they do not differ, or where one side does not ask and the other is
    empty. What nobody typed differs only when it is shown differently."""
    present = new or old
    if present is None or (None in (old, new) and present.empty):
        return None
    if old is None or new is None:
        before, after = (side.text if side else ABSENT for side in (old, new))
        return Figure(label, location, before, after, note=note, derived=present.derived)
    same_kind = old.definition.kind == new.definition.kind
    if same_kind and old.raw == new.raw and old.value == new.value:
        return None  # nearly every cell of a long table: not worth the words
    before, after = old.text, new.text
    here, there = (old.number, new.number) if same_kind else (None, None)
    if here is None or there is None:
        return None if before == after else Figure(label, location, before, after, "", "", note, new.derived)
    if here != there and before == after and not new.derived:
        before, after = old.exact, new.exact
    if here == there or before == after:
        return None
    return Figure(label, location, before, after, *_distance(here, there, new), note, new.derived)


def _distance(old: Decimal, new: Decimal, seen: Seen) -> tuple[str, str]:
    """(new − old with its unit, the same in per cent of the old one)."""
    amount = new - old
    if seen.definition.kind == "percent":
        return f"{rounded(amount, 2) or amount:+f} 个百分点", ""
    text, unit = shown(amount, seen.definition, seen.unit)
    if not any(digit in "123456789" for digit in text):  # less than what is shown
        text = typed(amount, seen.definition, seen.unit)
    share = f"{rounded(amount / abs(old) * 100, 2):+,f}%" if old else ""
    return _with_unit(text if amount < 0 else f"+{text}", unit), share


def points(amount: Decimal) -> str:
    """A difference of scores with its sign: +1.5, -2."""
    return f"+{plain(amount)}" if amount > 0 else plain(amount)


def _with_unit(text: str, unit: str) -> str:
    return f"{text} {unit}" if unit else text
