"""Heading numbers: generated, never typed (GB/T 9704: 一、 （一） 1. （1）, and what else the field uses)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from .chapters import NumberingStyle

DIGITS = "〇一二三四五六七八九"
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳㉑㉒㉓㉔㉕㉖㉗㉘㉙㉚㉛㉜㉝㉞㉟㊱㊲㊳㊴㊵㊶㊷㊸㊹㊺㊻㊼㊽㊾㊿"

#: Below the styles that the template gives, an author's headings and lists go on with these.
DEEPER: tuple[NumberingStyle, ...] = ("（1）", "①", "——", "一是")

#: Numbers whose text goes on behind them: such a heading is a paragraph.
RUN_ON: frozenset[NumberingStyle] = frozenset({"第一条", "——", "一是"})


def chinese(number: int) -> str:
    """1 → 一, 10 → 十, 21 → 二十一, 105 → 一百〇五; 1 … 999."""
    if not 0 < number < 1000:
        raise ValueError(f"{number} has no heading number")
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    words = f"{DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        words += ("" if tens == 1 and not hundreds else DIGITS[tens]) + "十"
    elif hundreds and ones:
        words += "〇"
    return words + (DIGITS[ones] if ones else "")


def label(style: NumberingStyle, path: tuple[int, ...]) -> str:
    """The number before the heading. `path`: ordinals of the numbered ancestors and, last, its own."""
    if style == "":
        return ""
    number = path[-1]
    if style == "1.1":
        return ".".join(map(str, path))
    if style == "①":
        return CIRCLED[number - 1] if number <= len(CIRCLED) else f"（{number}）"
    if style == "——":
        return "——"
    word = chinese(number)
    return {
        "一、": f"{word}、",
        "（一）": f"（{word}）",
        "(一)": f"({word})",
        "1.": f"{number}.",
        "1．": f"{number}．",
        "1、": f"{number}、",
        "（1）": f"（{number}）",
        "第一条": f"第{word}条　",
        "一是": f"{word}是",
    }[style]


@dataclass
class Counter:
    """Numbers the children of one node in printing order.

    Each style counts for itself and starts anew under every node, except 条: articles run through the
    document. `above`: the styles of the node and of those around it.
    """

    path: tuple[int, ...] = ()
    articles: list[int] = field(default_factory=lambda: [0])
    above: frozenset[NumberingStyle] = frozenset()
    _last: dict[NumberingStyle, int] = field(default_factory=dict)

    def next(self, style: NumberingStyle) -> tuple[str, Counter]:
        """The next label of `style` and the counter of what stands below it."""
        if style == "":
            return "", Counter(self.path, self.articles, self.above)
        if style == "第一条":
            self.articles[0] += 1
            number = self.articles[0]
        else:
            number = self._last.get(style, 0) + 1
            self._last[style] = number
        path = (*self.path, number)
        return label(style, path), Counter(path, self.articles, self.above | {style})


def styles_below(styles: Iterable[NumberingStyle]) -> tuple[NumberingStyle, ...]:
    """The styles of an author's headings and lists, outermost first, for a list under three of them."""
    given = tuple(styles)
    return given + tuple(style for style in DEEPER if style not in given)


def list_style(styles: Iterable[NumberingStyle], counter: Counter) -> NumberingStyle:
    """The first of `styles` that numbers anything and that no heading above uses."""
    return next((style for style in styles if style and style not in counter.above), "——")
