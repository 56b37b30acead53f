"""What people type → values, and back to what they read.

A value is a `Decimal` (money in 元; percent 84.62 for 84.62 %), `bool`, `str` or `date`; or it is one of two
singletons that are neither 0 nor False: `MISSING` (未填) and `NOT_APPLICABLE` (不适用). What a formula could
not compute is an `Undefined`. None of the three has a truth value: test with `is` or `isinstance`.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal

from .names import half_width
from .spec import ZERO, Column, Field

UNITS = {"元": Decimal(1), "千元": Decimal(1000), "万元": Decimal(10000), "亿元": Decimal(10**8)}
TEXT_KINDS = frozenset({"text", "long_text"})
NUMBER_KINDS = frozenset({"money", "count", "number", "percent"})

_MAGNITUDES = {"": Decimal(1), "千": Decimal(1000), "万": Decimal(10000), "亿": Decimal(10**8)}
_MONEY_LIMIT = Decimal(10**16)  # Decimal(18, 2) in the database
_NUMBER_LIMIT = Decimal(10**12)
_MAX_DECIMALS = 6
_MAX_NUMBER_CHARS = 60
_WIDE = Context(prec=80)  # wide enough to round whatever formula.CONTEXT can produce
_QUANTA = tuple(Decimal(1).scaleb(-places) for places in range(31))  # one unit of the last place


class Missing:
    """未填: nothing typed. One object, `MISSING`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "未填"

    def __bool__(self) -> bool:
        raise TypeError("未填 is neither true nor false: compare with `is MISSING`")

    def __reduce__(self) -> str:
        return "MISSING"


class NotApplicable:
    """不适用: typed, and no figure. One object, `NOT_APPLICABLE`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "不适用"

    def __bool__(self) -> bool:
        raise TypeError("不适用 is neither true nor false: compare with `is NOT_APPLICABLE`")

    def __reduce__(self) -> str:
        return "NOT_APPLICABLE"


MISSING = Missing()
NOT_APPLICABLE = NotApplicable()

Value = Decimal | bool | str | datetime.date | Missing | NotApplicable


@dataclass(frozen=True, slots=True)
class Undefined:
    """Why a formula has no value: codes still `missing`, or a division by zero, or `reason` alone."""

    reason: str = ""
    zero_over_zero: bool = False
    over_zero: bool = False
    missing: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        raise TypeError("an undefined result is neither true nor false: test with isinstance")


class ValueFault(ValueError):
    """Text that cannot be read as the value asked for: one Chinese sentence with value and remedy.

    The caller knows the place and puts it in front.
    """


def rounded(value: Decimal, places: int, *, down: bool = False) -> Decimal:
    """`value` to `places` decimals, half up (四舍五入) or cut off (`down`)."""
    quantum = _QUANTA[min(max(places, 0), len(_QUANTA) - 1)]  # a draft may ask for 500 places
    result = value.quantize(quantum, ROUND_DOWN if down else ROUND_HALF_UP, _WIDE)
    return result or result.copy_abs()  # no minus zero


def plain(value: Decimal) -> str:
    """Digits without exponent, trailing zeros or minus zero: 3, 0.5, 1234.5."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def total(values: Iterable[Value]) -> Value:
    """Sum of the figures present. All missing is `MISSING`, all 不适用 is `NOT_APPLICABLE`: neither is 0."""
    listed = tuple(values)
    present = [value for value in listed if isinstance(value, Decimal)]
    if present:
        return sum(present, ZERO)
    return NOT_APPLICABLE if listed and all(value is NOT_APPLICABLE for value in listed) else MISSING


# ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────


def parse(definition: Field | Column, text: str, unit: str = "元") -> Value:
    """Read what a person typed into the box of `definition`; a bare amount of money is in `unit`.

    Empty is `MISSING`; 不适用, —, ——, / and N/A are `NOT_APPLICABLE` (not in texts). Raises `ValueFault`.
    """
    if definition.kind in TEXT_KINDS:
        words = clean(text).strip()
        return (words if definition.kind == "long_text" else " ".join(words.split("\n"))) or MISSING
    typed_text = half_width(text).strip()
    if not typed_text:
        return MISSING
    if reads_as_absent(typed_text):
        return NOT_APPLICABLE
    return _READERS[definition.kind](definition, typed_text.translate(_DASHES), unit)


def reads_as_absent(text: str) -> bool:
    """Whether a text stands for 不适用 wherever no words are typed."""
    return half_width(text).strip().upper() in {"不适用", "—", "——", "/", "N/A", "NA"}


def clean(text: str) -> str:
    """Text as it is stored: one kind of line end, no control characters and no half characters.

    Word's manual line and page breaks become line ends; nothing visible is lost. Neither are there signs that
    turn the direction of writing: with them a text would read otherwise than it is stored.
    """
    return _UNSTORABLE.sub("", _LINE_ENDS.sub("\n", text))


_LINE_ENDS = re.compile("\r\n|[\r\v\f\u2028\u2029]")
_UNSTORABLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)
_DASHES = str.maketrans({"—": "-"})
_NUMBER = re.compile(
    r"(?P<sign>[+-]?) ?"
    r"(?P<digits>[0-9]{1,3}(?:(?P<separator>[, ])[0-9]{3})(?:(?P=separator)[0-9]{3})*|[0-9]*)"
    r"(?P<fraction>(?:\.[0-9]+)?) ?"
    r"(?P<suffix>[^0-9.,+-]*)"
)
_GROUPED = re.compile(r"[+-]?[0-9][0-9, ]*(?:\.[0-9]+)?")


def _number(text: str) -> tuple[Decimal, str]:
    """The number and what stands behind it."""
    shown = _quoted(text)
    if text == "无":
        raise ValueFault("“无”看不出是没有发生还是不适用：没有发生请填 0，不适用请填“不适用”")
    if text in {"-", "--"}:
        raise ValueFault(f"{shown}看不出是 0 还是不适用：请填 0 或“不适用”")
    found = _NUMBER.fullmatch(text) if len(text) <= _MAX_NUMBER_CHARS else None
    if found and (found["digits"] or found["fraction"]):
        digits = found["digits"].replace(",", "").replace(" ", "")
        return Decimal(f"{found['sign']}{digits or '0'}{found['fraction']}"), "".join(found["suffix"].split())
    if re.fullmatch(r"[+-]?[0-9.,]+[eE][+-]?[0-9]+", text):
        raise ValueFault(f"{shown}是科学计数法：请写出全部数字")
    if len(text) <= _MAX_NUMBER_CHARS and _GROUPED.fullmatch(text):
        whole = text.replace(",", "").replace(" ", "")
        raise ValueFault(f"{shown}的千分位分隔不对：如果是 {Decimal(whole):,f}，请这样写或不写分隔")
    if len(text) > _MAX_NUMBER_CHARS and _GROUPED.fullmatch(text):
        raise ValueFault(f"{shown}太长：请核对位数")
    raise ValueFault(f"{shown}不是数字：请填阿拉伯数字，如 1234.56")


def _money(definition: Field | Column, text: str, unit: str) -> Decimal:
    number, suffix = _number(text.removeprefix("¥").removeprefix("人民币").lstrip())
    scale = UNITS.get(suffix or unit) or UNITS.get(f"{suffix}元")
    if scale is None:
        raise ValueFault(f"{_quoted(text)}的单位“{suffix}”不是金额单位：请用元、千元、万元或亿元")
    yuan = number * scale
    if yuan != rounded(yuan, 2):
        raise ValueFault(f"{_quoted(text)}折合 {plain(yuan)} 元，金额最多精确到分：请保留两位小数（以元计）")
    return _within(yuan, _MONEY_LIMIT, text)


def _count(definition: Field | Column, text: str, unit: str) -> Decimal:
    number, suffix = _number(text)
    scale = _MAGNITUDES.get(suffix.removesuffix(definition.unit))
    if scale is None:
        raise _wrong_unit(definition, text, suffix)
    count = number * scale
    if count < 0 or count != count.to_integral_value():
        raise ValueFault(f"{_quoted(text)}不是个数：请填 0 或正整数")
    return _within(rounded(count, 0), _NUMBER_LIMIT, text)


def _plain_number(definition: Field | Column, text: str, unit: str) -> Decimal:
    number, suffix = _number(text)
    if suffix not in {"", definition.unit}:
        raise _wrong_unit(definition, text, suffix)
    return _limited(number, text)


def _percent(definition: Field | Column, text: str, unit: str) -> Decimal:
    number, suffix = _number(text)
    if suffix not in {"", "%"}:
        raise ValueFault(f"{_quoted(text)}不是百分数：84.62% 请填 84.62 或 84.62%")
    return _limited(number, text)


def _limited(number: Decimal, text: str) -> Decimal:
    if number != rounded(number, _MAX_DECIMALS):
        raise ValueFault(f"{_quoted(text)}的小数太长：最多保留 {_MAX_DECIMALS} 位小数")
    return _within(number, _NUMBER_LIMIT, text)


def _within(number: Decimal, limit: Decimal, text: str) -> Decimal:
    if abs(number) >= limit:
        raise ValueFault(f"{_quoted(text)}太大：请核对单位和位数")
    return number


def _wrong_unit(definition: Field | Column, text: str, suffix: str) -> ValueFault:
    wanted = f"只填数字或写单位“{definition.unit}”" if definition.unit else "只填数字"
    return ValueFault(f"{_quoted(text)}的单位“{suffix}”不对：请{wanted}")


_YES = frozenset({"是", "√", "✓", "✔", "☑", "有", "符合", "YES", "Y", "TRUE"})
_NO = frozenset({"否", "×", "✗", "✘", "☒", "X", "无", "不符合", "NO", "N", "FALSE"})


def _yes_no(definition: Field | Column, text: str, unit: str) -> bool:
    answer = text.upper()
    if answer in _YES or answer in _NO:
        return answer in _YES
    raise ValueFault(f"{_quoted(text)}不是“是”或“否”：请填是或否")


def _choice(definition: Field | Column, text: str, unit: str) -> str:
    written = {choice: half_width(choice).strip().translate(_DASHES) for choice in definition.choices}
    exact = [choice for choice, words in written.items() if words == text]
    # People write 社会效益 for 社会效益指标; one character says too little.
    begun = [choice for choice, words in written.items() if len(text) > 1 and words.startswith(text)]
    if exact or len(begun) == 1:
        return (exact or begun)[0]
    raise ValueFault(f"没有{_quoted(text)}这个选项：请在“{'”“'.join(definition.choices)}”中选一个")


_DATE = re.compile(
    r"([0-9]{4}) ?[-/.年] ?([0-9]{1,2}) ?[-/.月] ?([0-9]{1,2}) ?日?|([0-9]{4})([0-9]{2})([0-9]{2})"
)


def _date(definition: Field | Column, text: str, unit: str) -> datetime.date:
    found = _DATE.fullmatch(text)
    if not found:
        raise ValueFault(f"{_quoted(text)}不是完整的日期：请写成 2017-07-01 或 2017年7月1日")
    year, month, day = (int(part) for part in found.groups() if part)
    try:
        date = datetime.date(year, month, day)
    except ValueError:
        raise ValueFault(f"日历上没有{_quoted(text)}这一天：请核对月和日") from None
    if not 1900 <= year <= 2100:
        raise ValueFault(f"{_quoted(text)}的年份不在 1900 至 2100 之间：请核对")
    return date


_READERS: dict[str, Callable[[Field | Column, str, str], Value]] = {
    "money": _money,
    "count": _count,
    "number": _plain_number,
    "percent": _percent,
    "yes_no": _yes_no,
    "choice": _choice,
    "date": _date,
}


def _quoted(text: str) -> str:
    return f"“{text if len(text) <= 20 else text[:20] + '…'}”"


# ── storing and showing ─────────────────────────────────────────────────────────────────────────────────────


def canonical(value: Value) -> str | None:
    """What JSON stores: `1234.5`, 是/否, ISO date, text, 不适用; None means 未填 (the key is left out)."""
    if value is MISSING or value == "":
        return None
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, datetime.date):
        return value.isoformat()
    return "不适用" if value is NOT_APPLICABLE else value


def restore(definition: Field | Column, stored: str | None) -> Value:
    """Inverse of `canonical` for a value of `definition`. Raises `ValueFault` when it is no such value."""
    if stored is None:
        return MISSING
    return stored if definition.kind in TEXT_KINDS else parse(definition, stored)


def show(value: Value | Undefined, definition: Field | Column, unit: str = "元") -> str:
    """As printed: 881,262.80 (in `unit`), 84.62%, 13, 2017年7月1日, 是; 未填 is empty, 无法计算 is —."""
    if value is MISSING or isinstance(value, Undefined):
        return "—" if isinstance(value, Undefined) and not value.missing else ""
    if isinstance(value, Decimal):
        return _show_number(value, definition, unit)
    if isinstance(value, datetime.date):
        return f"{value.year}年{value.month}月{value.day}日"
    return canonical(value) or ""


def _show_number(value: Decimal, definition: Field | Column, unit: str) -> str:
    if definition.kind == "money":
        value = value / UNITS[unit]
    places = definition.places
    if places is None:
        places = 2 if definition.kind in {"money", "percent"} else None
    if places is None:
        return plain(rounded(value, _MAX_DECIMALS))
    value = rounded(value, places)
    if definition.kind == "percent":
        return f"{value:f}%"
    return f"{value:,f}" if definition.kind == "money" else f"{value:f}"


def typed(value: Value, definition: Field | Column, unit: str = "元") -> str:
    """Text for the box: as `show`, but exact and without unit, so that `parse` gives the same value again."""
    if isinstance(value, Decimal) and definition.kind == "money":
        amount = value / UNITS[unit]
        exact = plain(amount)
        places = max(2, len(exact.partition(".")[2]))
        return f"{rounded(amount, places):,f}"
    return canonical(value) or ""
