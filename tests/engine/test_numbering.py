"""Heading numbers are generated in every style that the field uses."""

import pytest

from indicators.engine.numbering import Counter, chinese, label, list_style, styles_below

STYLES = {
    "一、": ("一、", "二、", "十一、"),
    "（一）": ("（一）", "（二）", "（十一）"),
    "(一)": ("(一)", "(二)", "(十一)"),
    "1.": ("1.", "2.", "11."),
    "1．": ("1．", "2．", "11．"),
    "1、": ("1、", "2、", "11、"),
    "1.1": ("1", "2", "11"),
    "（1）": ("（1）", "（2）", "（11）"),
    "①": ("①", "②", "⑪"),
    "第一条": ("第一条　", "第二条　", "第十一条　"),
    "——": ("——", "——", "——"),
    "一是": ("一是", "二是", "十一是"),
    "": ("", "", ""),
}


@pytest.mark.parametrize("style", STYLES)
def test_every_style(style: str) -> None:
    assert tuple(label(style, (number,)) for number in (1, 2, 11)) == STYLES[style]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (35, "三十五"),
        (100, "一百"), (105, "一百〇五"), (110, "一百一十"), (999, "九百九十九"),
    ],
)  # fmt: skip
def test_chinese_numbers(number: int, words: str) -> None:
    assert chinese(number) == words


@pytest.mark.parametrize("number", [0, -1, 1000])
def test_there_are_no_other_chinese_numbers(number: int) -> None:
    with pytest.raises(ValueError, match="has no heading number"):
        chinese(number)


def test_circled_numbers_go_on_in_brackets_where_unicode_ends() -> None:
    assert label("①", (50,)) == "㊿"
    assert label("①", (51,)) == "（51）"


def test_numbers_start_anew_under_every_heading_and_1_1_continues_its_parents() -> None:
    top = Counter()
    first, below_first = top.next("1.")
    inner, _ = below_first.next("1.1")
    second, below_second = top.next("1.")
    again = [below_second.next("1.1")[0] for _ in range(2)]
    assert (first, inner, second, again) == ("1.", "1.1", "2.", ["2.1", "2.2"])


def test_a_heading_without_number_takes_none_away() -> None:
    top = Counter()
    assert [top.next(style)[0] for style in ("一、", "", "一、")] == ["一、", "", "二、"]


def test_what_stands_below_a_heading_without_number_goes_on_above_it() -> None:
    _, chapter = Counter().next("1.")
    _, plain = chapter.next("")
    assert [plain.next("1.1")[0] for _ in range(2)] == ["1.1", "1.2"]
    assert plain.above == chapter.above == {"1."}


def test_an_authors_headings_and_lists_go_on_below_those_of_the_template() -> None:
    assert styles_below(["一、", "（1）"]) == ("一、", "（1）", "①", "——", "一是")
    _, below = Counter().next("（1）")
    assert list_style(styles_below(["", "（1）"]), below) == "①"
    for style in ("①", "一是"):
        _, below = below.next(style)
    assert list_style(["（1）", "①", "一是"], below) == "——"


def test_styles_side_by_side_count_apart() -> None:
    top = Counter()
    assert [top.next(style)[0] for style in ("一、", "（一）", "一、", "（一）")] == [
        "一、",
        "（一）",
        "二、",
        "（二）",
    ]


def test_articles_run_through_the_whole_document() -> None:
    top = Counter()
    _, chapter = top.next("一、")
    _, other = top.next("一、")
    assert [chapter.next("第一条")[0], other.next("第一条")[0]] == ["第一条　", "第二条　"]
