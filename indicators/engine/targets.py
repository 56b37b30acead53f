"""年度指标值 and 实际完成值 as people write them: `≥500人次`, `参保人数超过25000人`, `1次/季`, `合规`.

Read into operator, number and unit where exactly one number is stated beyond doubt; everything else (no
number, several, a range, a date, a rank, 约 and 左右, two clauses) is words, which a person judges. Doubt is
never settled by guessing: what is judged costs a click, what is misread costs points.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Literal

from .names import half_width
from .values import plain

Op = Literal["", "≥", ">", "=", "<", "≤"]

#: Longer texts are narratives, in which a number is only mentioned.
MAX_CHARS = 60
#: 万 and the like are multiplied out; `Goal.magnitude` keeps them for showing.
MAGNITUDES = {
    "万亿": Decimal(10**12),
    "千万": Decimal(10**7),
    "百万": Decimal(10**6),
    "十万": Decimal(10**5),
    "亿": Decimal(10**8),
    "万": Decimal(10**4),
    "千": Decimal(1000),
    "百": Decimal(100),
}


@dataclass(frozen=True, slots=True)
class Goal:
    """What a text says: `op` `number` `unit`; in words `op` is "" and `number` None.

    `number` is multiplied out (3万 is 30000), `magnitude` is the 万 that was written. `before` and `after`
    are the words around: 参保人数 超过25000人, 33000人 参保. `text` is the whole as typed, on one line.
    """

    op: Op
    number: Decimal | None
    unit: str
    text: str
    before: str = ""
    after: str = ""
    magnitude: str = ""

    @property
    def figure(self) -> str:
        """The number alone, as it was written: 500, 3万, 95.9."""
        return f"{plain(self.number / MAGNITUDES.get(self.magnitude, 1))}{self.magnitude}"

    @property
    def amount(self) -> str:
        """Number and unit: 500 人次, 95.9%, 90 万元."""
        if self.unit in ("", "%", "‰"):
            return f"{self.figure}{self.unit}"
        if not self.magnitude:
            return f"{self.figure} {self.unit}"
        return f"{self.figure.removesuffix(self.magnitude)} {self.magnitude}{self.unit}"

    @property
    def shown(self) -> str:
        """With its operator: ≥ 500 人次; words as they are. Read again it is the same goal."""
        return self.text if self.number is None else f"{self.op} {self.amount}"

    @property
    def said(self) -> str:
        """As in a working: ≥ 500 人次, and 500 人次 without the =."""
        return self.amount if self.op == "=" else self.shown

    def figure_in(self, unit: str) -> str:
        """The number with the % that belongs to it, and no other unit."""
        return f"{self.figure}{unit}" if unit in ("%", "‰") else self.figure


def read(text: str) -> Goal:
    """What `text` says. Total: never raises, whatever was typed."""
    line = " ".join(text.split())
    goal = _numeric(half_width(line).translate(_SPELLINGS)) if len(line) <= MAX_CHARS else None
    return replace(goal, text=line) if goal else Goal("", None, "", line)


# ── operators ───────────────────────────────────────────────────────────────────────────────────────────────

_SPELLINGS = str.maketrans(
    {"﹪": "%", "≧": "≥", "⩾": "≥", "≮": "≥", "≦": "≤", "⩽": "≤", "≯": "≤", "〉": ">", "〈": "<"}
)
_BEFORE: dict[str, Op] = {
    **dict.fromkeys((">=", "=>", "≥", "大于等于", "大于或等于", "不低于", "不少于", "不小于"), "≥"),
    **dict.fromkeys(("至少", "最少", "最低", "达到", "达", "不得低于", "不得少于"), "≥"),
    **dict.fromkeys((">", "超过", "大于", "高于", "多于", "突破", "超"), ">"),
    **dict.fromkeys(("<=", "=<", "≤", "小于等于", "小于或等于", "不超过", "不高于", "不大于"), "≤"),
    **dict.fromkeys(("不多于", "不突破", "不得超过", "不得高于", "至多", "最多", "最高", "不超"), "≤"),
    **dict.fromkeys(("<", "低于", "小于", "少于", "不足", "不到", "不满"), "<"),
    **dict.fromkeys(("=", "==", "等于"), "="),
}
_AFTER: dict[str, Op] = {
    **dict.fromkeys(("及以上", "或以上", "以上", "余", "多", "+"), "≥"),
    **dict.fromkeys(("及以下", "或以下", "以下", "及以内", "以内", "之内", "内"), "≤"),
}


def _alternatives(words: dict[str, Op] | tuple[str, ...]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))


# ── units ───────────────────────────────────────────────────────────────────────────────────────────────────

_PER = tuple(
    "年度 年 季度 季 月 周 日 天 小时 人次 人 户次 户 场次 场 次 个 项 家 件 亩 平方米 ㎡ 公里 吨".split()
)
#: Counting words, for any of which 个 may stand.
COUNTED = frozenset(
    "个 家 项 件 所 处 套 台 支 篇 份 期 批 类 种 门 栋 座 条 张 本 册 部 间 辆 只 头 株 棵 "
    "盏 块 面 幅 村 镇 社区 企业 单位 工会 组织 书屋 对 组 队 班 次数".split()
)
_UNITS = tuple(
    "% ‰ 百分比 百分点 个百分点 人次 人次数 人 名 位 户次 户 次 场次 场 回 轮 起 例 宗 分 元 人民币 元人民币 "
    "年 月 个月 周 星期 个季度 日 天 工作日 个工作日 小时 课时 学时 分钟 秒 倍 届 度 级 "
    "平方米 平米 ㎡ m² m2 平方公里 公里 km 米 m 厘米 cm 毫米 mm 亩 公顷 立方米 m³ m3 升 L 毫升 ml "
    "吨 t 公斤 克 kg 度电 瓦 kW kWh MW GB MB TB ℃".split()
) + tuple(COUNTED)  # fmt: skip
_UNIT = re.compile(rf"(?:{_alternatives(_UNITS)})(?:[/每](?:{_alternatives(_PER)}))*(?![A-Za-z])")
_MAGNITUDE = re.compile(rf"(?!百分)(?:{_alternatives(tuple(MAGNITUDES))})")

# ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────

_NUMBER = re.compile(
    r"(?:[0-9]{1,3}(?P<separator>[, ])[0-9]{3}(?:(?P=separator)[0-9]{3})*(?![0-9])|[0-9]+)(?:\.[0-9]+)?"
)
#: 98%(含98%), 10万元(含)以内: says of the same number that it counts.
_INCLUSIVE = re.compile(r"([0-9.]+)([^0-9()]*)\(含(?:\1)?[^0-9()]{0,4}\)")
_YEAR = re.compile(r"(?:19|20)[0-9]{2} ?年度?")
_DATE = re.compile(r"[0-9万亿千百余多] ?(?:月|号|季|(?:日|年|点|时)(?:之|以)?前|年[底末初中])")
_SIGN = re.compile(
    rf"(?P<op>{_alternatives(_BEFORE)})?(?:完成|开展|举办|组织|实现)?(?:为|到|至|在)? ?"
    r"(?P<percent>百分之)?(?P<sign>[+-]?)$"
)
_VAGUE_BEFORE = re.compile(
    r"(?:(?<!节)约为?|近|接近|将近|第|前|名列|排名|[不未没无达]|没有|[A-Za-z0-9_+*/×÷:.,#^~-])$"
)
_AROUND = re.compile(r"左右|上下|以外|之间|不等|(?<!节)约|倒数")
_END = " ,;.!。、…"
_COMPOUND = re.compile(r"[;。!?\[\]{}|]")
_CLAUSE = re.compile(r"[,、;。:!?]")
#: Operators away from the number: 不低于预算的 95%. Words like 达标 and 最低生活保障 only contain one.
_ANY_OP = re.compile(
    _alternatives(tuple(word for word in _BEFORE if word not in ("达", "超") and word[0] != "最"))
    + "|以上|以下|以内|之内|控制在"
)
_NO_WORDS = re.compile(r"[A-Za-z0-9.~^*/×÷#@=<>≥≤+-]")
#: What follows a number without being its unit.
_DONE = re.compile(r"完成|达标|合格|通过|覆盖|到位|落实")
_UNKNOWN_UNIT = re.compile(r"(?![万亿千百十余多])[\u4e00-\u9fff]{1,2}(?=$|\()")
#: More digits are no figure of a target, and would be lost in computing.
_MAX_DIGITS = 15


def _numeric(line: str) -> Goal | None:
    """The goal of a text with exactly one number; None for words."""
    line = _INCLUSIVE.sub(r"\1\2", line)
    if _DATE.search(line) or _AROUND.search(line) or _COMPOUND.search(line.rstrip(_END)):
        return None
    years = [found.span() for found in _YEAR.finditer(line)]
    numbers = [
        found
        for found in _NUMBER.finditer(line)
        if not any(start <= found.start() < end for start, end in years)
    ]
    if len(numbers) != 1 or len(numbers[0][0]) > _MAX_DIGITS:
        return None
    number, head = numbers[0], line[: numbers[0].start()].rstrip()
    tail = _tail("".join(line[number.end() :].split()).rstrip(_END))
    sign = _SIGN.search(head)
    before = head[: sign.start()].strip()
    if tail is None or _is_doubtful(before):
        return None
    op = _joined(_BEFORE.get(sign["op"] or "", ""), tail.op)
    if op is None or (sign["percent"] and tail.unit):
        return None
    value = Decimal(number[0].replace(",", "").replace(" ", "")) * MAGNITUDES.get(tail.magnitude, 1)
    return Goal(
        op or "=",
        -value if sign["sign"] == "-" else value,
        "%" if sign["percent"] else tail.unit,
        line,
        before,
        tail.after,
        tail.magnitude,
    )


@dataclass(frozen=True, slots=True)
class _Tail:
    magnitude: str
    unit: str
    op: Op
    after: str


_ENDING = re.compile(rf"(?P<op>{_alternatives(_AFTER)})(?!元|天|个)")


def _tail(text: str) -> _Tail | None:
    """What stands behind the number, without blanks: 余 万 人次 以上 参保; None where it is in doubt."""
    text, more = _taken(_ENDING, text) if text[:1] in ("余", "多") else (text, "")
    text, magnitude = _taken(_MAGNITUDE, text)
    if not more and text[:1] in ("余", "多"):
        text, more = _taken(_ENDING, text)
    text, unit = _taken(_UNIT, text)
    text, ending = _taken(_ENDING, text)
    if not unit and not ending and not _DONE.match(text):
        text, unit = _taken(_UNKNOWN_UNIT, text)
        if text and text[0] != "(":
            return None
    if _NO_WORDS.search(text) or _ANY_OP.search(text) or _CLAUSE.search(text):
        return None
    op = _joined(_AFTER.get(more, ""), _AFTER.get(ending, ""))
    return None if op is None else _Tail(magnitude, "%" if unit == "百分比" else unit, op, text)


def _taken(pattern: re.Pattern[str], text: str) -> tuple[str, str]:
    found = pattern.match(text)
    return (text[found.end() :], found[0]) if found else (text, "")


def _is_doubtful(before: str) -> bool:
    """Words from which the number cannot be told apart: 排名前 3, (其中 3, 不低于去年的 3."""
    return bool(
        _VAGUE_BEFORE.search(before)
        or _ANY_OP.search(before.removesuffix("控制"))
        or before.count("(") > before.count(")")
    )


def _joined(first: Op, second: Op) -> Op | None:
    """One operator of two, such as 超过 … 以上; None where they contradict each other."""
    if not first or not second:
        return first or second
    return first if (first in "≥>") == (second in "≥>") and "=" not in (first, second) else None
