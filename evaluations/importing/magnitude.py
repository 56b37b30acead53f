"""×10,000 plausibility: do amounts look like 万元 where 元 was read, or the reverse? Pure; amounts in 元.

Nothing is converted silently: each suspicion becomes a question with both figures and the remedy.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from indicators.engine.values import plain

from .plan import Question

#: A year never changes a department's budget a thousandfold; a wrong unit changes it 1,000 or 10,000 times.
FAR = Decimal(1000)
#: Around ten thousand: one amount of a line in 万元, the other in 元.
NEAR_WAN = (Decimal(5000), Decimal(20000))
#: A department that spends less in a year, or more, does not exist in a county.
LITTLE, MUCH = Decimal(10_000), Decimal(10) ** 10
ANSWER = "已核对，金额单位没有写错，照此导入"
LABELS = {"final": "全年预算数", "executed": "执行数"}

Sums = Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Amounts:
    """One line: where it stands (第 5 行) and its amounts; None is 未填."""

    place: str
    opening: Decimal | None
    adjustment: Decimal | None
    executed: Decimal | None

    @property
    def final(self) -> Decimal | None:
        if self.opening is None and self.adjustment is None:
            return None
        return (self.opening or Decimal(0)) + (self.adjustment or Decimal(0))


def sums(lines: Iterable[Amounts]) -> dict[str, Decimal]:
    """The sums of 全年预算数 and 执行数; one that no line has is absent."""
    found: dict[str, Decimal] = {}
    for line in lines:
        for name in LABELS:
            value = getattr(line, name)
            if value is not None:
                found[name] = found.get(name, Decimal(0)) + value
    return found


def questions(
    who: str, lines: Sequence[Amounts], before: Sequence[tuple[str, Sums]], unit: str = ""
) -> list[Question]:
    """What to ask about a department's lines; `before`: sums to compare with, by what they are (上年 …).

    `unit`: in which all amounts were read ("" when in several), lest people be told to state what is stated.
    """
    now = sums(lines)
    found = next(filter(None, (_against(now, other, name, unit) for name, other in before)), None)
    found = found or _within(now) or _typical(now, unit)
    asked = [Question(f"{who}：{found}", ANSWER)] if found else []
    rows = [line.place for line in lines if _mixed(line)]
    if rows:
        shown = "、".join(rows[:5]) + (f"等 {len(rows)} 行" if len(rows) > 5 else "")
        text = f"{who}：{shown}的预算数和执行数相差约一万倍，像是一个以万元、一个以元填写。请核对这些行。"
        asked.append(Question(text, ANSWER))
    return asked


def _against(now: Sums, other: Sums, name: str, unit: str) -> str:
    for code, label in LABELS.items():
        mine, theirs = now.get(code), other.get(code)
        if factor := _far(mine, theirs):
            return (
                f"{label}合计 {shown(mine)} 元，{name}是 {shown(theirs)} 元，相差约 {factor} 倍。"
                f"{_remedy(abs(mine) < abs(theirs), unit)}"
            )
    return ""


def _within(now: Sums) -> str:
    final, executed = now.get("final"), now.get("executed")
    if factor := _far(final, executed):
        smaller, larger = ("预算数", "执行数") if abs(final) < abs(executed) else ("执行数", "预算数")
        return (
            f"全年预算数合计 {shown(final)} 元，执行数合计 {shown(executed)} 元，相差约 {factor} 倍，"
            f"像是{smaller}以万元、{larger}以元填写。"
            "请核对两列的单位：不同的，在各列的表头里写明，例如“执行数（万元）”，再上传。"
        )
    return ""


def _typical(now: Sums, unit: str) -> str:
    known = [abs(value) for value in now.values() if value]
    if known and max(known) < LITTLE:
        return f"全年合计只有 {shown(max(known))} 元，不像一个单位一年的收支。{_remedy(True, unit)}"
    if known and max(known) >= MUCH:
        return f"全年合计达 {shown(max(known))} 元，不像一个单位一年的收支。{_remedy(False, unit)}"
    return ""


def _remedy(small: bool, unit: str) -> str:
    if small and unit not in ("", "元"):
        return f"金额已按{unit}读入，请核对有没有漏掉的行或列。"
    if not small and unit == "元":
        return "金额已按元读入，请核对有没有多写的零或重复的行。"
    if small:
        return "像是以万元填写、按元读入了。如果金额的单位是万元，请在表头上方写“单位：万元”，再上传。"
    return "像是以元填写、按万元读入了。如果金额的单位是元，请在表头上方写“单位：元”，再上传。"


def _far(one: Decimal | None, other: Decimal | None) -> str:
    """How many times the larger is the smaller, when that is far too much; else ""."""
    if not one or not other:
        return ""
    factor = max(abs(one / other), abs(other / one))
    return f"{factor:,.0f}" if factor >= FAR else ""


def _mixed(line: Amounts) -> bool:
    if not line.final or not line.executed:
        return False
    factor = max(abs(line.final / line.executed), abs(line.executed / line.final))
    return NEAR_WAN[0] <= factor <= NEAR_WAN[1]


def shown(amount: Decimal) -> str:
    """With thousands separators, without idle zeros."""
    text = plain(amount)
    whole, dot, fraction = text.partition(".")
    return f"{int(whole):,}{dot}{fraction}" if whole.lstrip("-") != "0" else text
