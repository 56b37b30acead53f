"""What people type, and what becomes of it."""

import copy
import pickle
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.engine.spec import Field
from indicators.engine.values import (
    MISSING,
    NOT_APPLICABLE,
    UNITS,
    Undefined,
    ValueFault,
    canonical,
    clean,
    parse,
    plain,
    restore,
    rounded,
    show,
    total,
    typed,
)

MONEY = Field("m", "金额")
COUNT = Field("c", "人数", "count", "人")
PERCENT = Field("p", "比率", "percent")
NUMBER = Field("n", "得分", "number", "分")
YES_NO = Field("y", "有无", "yes_no")
CHOICE = Field("k", "等次", "choice", choices=("较好", "一般（含）", "无"))
DATE = Field("d", "日期", "date")
TEXT = Field("t", "文号", "text")
LONG = Field("l", "理由", "long_text")


@pytest.mark.parametrize(
    ("definition", "text", "value"),
    [
        (MONEY, "881,262.80", "881262.80"),
        (MONEY, "８８１，２６２．８０", "881262.80"),
        (MONEY, "1 432 300.00", "1432300.00"),
        (MONEY, " 39000 ", "39000"),
        (MONEY, "3.9万元", "39000"),
        (MONEY, "3.9 万", "39000"),
        (MONEY, "111.8万元", "1118000"),
        (MONEY, "1118.00千元", "1118000"),
        (MONEY, "1.2亿元", "120000000"),
        (MONEY, "121,000.00元", "121000"),
        (MONEY, "￥1,000", "1000"),
        (MONEY, "-42,800.00", "-42800"),
        (MONEY, "－42800", "-42800"),
        (MONEY, "−42800", "-42800"),
        (MONEY, "+5", "5"),
        (MONEY, ".5", "0.5"),
        (MONEY, "0", "0"),
        (COUNT, "13", "13"),
        (COUNT, "13人", "13"),
        (COUNT, "13.0", "13"),
        (COUNT, "3.3万人", "33000"),
        (COUNT, "25,000", "25000"),
        (COUNT, "1.2亿人", "120000000"),
        (COUNT, "5千人", "5000"),
        (PERCENT, "84.62%", "84.62"),
        (PERCENT, "８４．６２％", "84.62"),
        (PERCENT, "84.62", "84.62"),
        (PERCENT, "-52.32%", "-52.32"),
        (NUMBER, "96.5分", "96.5"),
        (NUMBER, "96.5", "96.5"),
        (PERCENT, "1.123456", "1.123456"),
    ],
)
def test_numbers_are_read_as_people_write_them(definition: Field, text: str, value: str) -> None:
    assert parse(definition, text) == Decimal(value)


@pytest.mark.parametrize(
    ("definition", "text", "remedy"),
    [
        (MONEY, "1,2345", "12,345"),
        (MONEY, "12,34,567", "1,234,567"),
        (MONEY, "1,234 567", "1,234,567"),
        (MONEY, "1e5", "科学计数法"),
        (MONEY, "1E+5", "科学计数法"),
        (MONEY, "NaN", "不是数字"),
        (MONEY, "Infinity", "不是数字"),
        (MONEY, "-inf", "不是数字"),
        (MONEY, "十三", "不是数字"),
        (MONEY, "1.2.3", "不是数字"),
        (MONEY, "(1,234.00)", "不是数字"),
        (MONEY, "10²", "不是金额单位"),
        (MONEY, "无", "没有发生请填 0"),
        (MONEY, "-", "请填 0"),
        (MONEY, "1.234", "两位小数"),
        (MONEY, "0.0000001万元", "两位小数"),
        (MONEY, "5人", "元、千元、万元或亿元"),
        (MONEY, "1" + "0" * 16, "太大"),
        (MONEY, "9" * 100, "太长：请核对位数"),
        (COUNT, "2.5", "正整数"),
        (COUNT, "-1", "正整数"),
        (COUNT, "13户", "单位"),
        (PERCENT, "84.62‰", "84.62%"),
        (PERCENT, "1.1234567", "6 位小数"),
        (NUMBER, "9元", "单位"),
        (YES_NO, "也许", "请填是或否"),
        (CHOICE, "最好", "较好"),
        (DATE, "2017年7月", "完整的日期"),
        (DATE, "2017-02-30", "日历上没有"),
        (DATE, "0999-01-01", "1900"),
    ],
)
def test_what_cannot_be_read_is_refused_with_value_and_remedy(
    definition: Field, text: str, remedy: str
) -> None:
    with pytest.raises(ValueFault) as refused:
        parse(definition, text)
    message = str(refused.value)
    assert remedy in message
    assert text[:20] in message


@pytest.mark.parametrize(
    ("definition", "largest", "too_large"),
    [
        (MONEY, "9,999,999,999,999,999.99", "10,000,000,000,000,000.00"),  # 18 digits in the database
        (COUNT, "999999999999", "1000000000000"),
        (PERCENT, "-999999999999", "-1000000000000"),
        (NUMBER, "0" * 57 + "9.5", "0" * 58 + "9.5"),  # 60 characters are read, whatever they say
    ],
)
def test_figures_have_a_largest_one(definition: Field, largest: str, too_large: str) -> None:
    assert parse(definition, largest) == Decimal(largest.replace(",", ""))
    with pytest.raises(ValueFault, match=r"太大|太长"):
        parse(definition, too_large)


@pytest.mark.parametrize(
    ("text", "shown"), [("十" * 20, "“" + "十" * 20 + "”"), ("十" * 21, "“" + "十" * 20 + "…”")]
)
def test_what_is_refused_is_quoted_up_to_twenty_characters(text: str, shown: str) -> None:
    with pytest.raises(ValueFault, match=rf"^{shown}不是数字"):
        parse(MONEY, text)


def test_the_first_and_the_last_year() -> None:
    assert parse(DATE, "1900-01-01") == date(1900, 1, 1)
    assert parse(DATE, "2100-12-31") == date(2100, 12, 31)
    for text in ("1899-12-31", "2101-01-01"):
        with pytest.raises(ValueFault, match="1900 至 2100"):
            parse(DATE, text)


@pytest.mark.parametrize("definition", [MONEY, COUNT, PERCENT, NUMBER, YES_NO, CHOICE, DATE])
def test_nothing_typed_zero_and_not_applicable_are_three_things(definition: Field) -> None:
    assert parse(definition, "") is MISSING
    assert parse(definition, " 　\n") is MISSING
    for text in ("不适用", "—", "——", "N/A", "n/a"):
        assert parse(definition, text) is NOT_APPLICABLE
    if definition.kind in ("money", "count", "percent", "number"):
        assert parse(definition, "0") == 0


def test_not_applicable_is_only_a_word_in_a_text() -> None:
    assert parse(TEXT, "不适用") == "不适用"
    assert parse(LONG, "—") == "—"


@pytest.mark.parametrize("singleton", [MISSING, NOT_APPLICABLE])
def test_the_two_gaps_are_one_object_each_and_have_no_truth(singleton: object) -> None:
    assert copy.deepcopy(singleton) is singleton
    assert repr(singleton) in ("未填", "不适用")
    assert pickle.loads(pickle.dumps(singleton)) is singleton  # noqa: S301  our own bytes
    for gap in (singleton, Undefined("0 ÷ 0")):
        with pytest.raises(TypeError, match="neither true nor false"):
            bool(gap)


def test_yes_and_no() -> None:
    """Every answer that people give: in words, with a tick or a cross, in English."""
    for text in ("是", "有", "符合", "√", "✓", "✔", "☑", "yes", "Y", "True"):
        assert parse(YES_NO, text) is True
    for text in ("否", "无", "不符合", "×", "✗", "✘", "☒", "x", "No", "n", "FALSE"):
        assert parse(YES_NO, text) is False


@pytest.mark.parametrize(
    "text", ["2017-07-01", "2017/7/1", "2017.7.1", "2017年7月1日", "２０１７年７月１日", "20170701"]
)
def test_dates(text: str) -> None:
    assert parse(DATE, text) == date(2017, 7, 1)


SECONDS = Field(
    "k",
    "二级指标",
    "choice",
    choices=("社会效益指标", "社会效益", "经济效益指标", "生态效益指标", "生态环境指标"),
)


@pytest.mark.parametrize(
    ("text", "meant"),
    [("经济效益", "经济效益指标"), ("社会效益", "社会效益"), ("社会效益指标", "社会效益指标")],
)
def test_a_choice_may_be_begun_when_only_one_begins_so(text: str, meant: str) -> None:
    assert parse(SECONDS, text) == meant


@pytest.mark.parametrize("text", ["生态", "经", "效益", "经济效益指标数"])
def test_a_choice_that_is_not_clear_is_asked_for(text: str) -> None:
    with pytest.raises(ValueFault, match=f"没有“{text}”这个选项"):
        parse(SECONDS, text)


def test_a_choice_does_not_mind_the_width_of_its_brackets() -> None:
    assert parse(CHOICE, "一般(含)") == "一般（含）"


@pytest.mark.parametrize(("unit", "yuan"), [("元", "12.34"), ("千元", "12340"), ("万元", "123400")])
def test_a_bare_amount_is_in_the_templates_unit(unit: str, yuan: str) -> None:
    assert parse(MONEY, "12.34", unit) == Decimal(yuan)
    assert parse(MONEY, "12.34元", unit) == Decimal("12.34")


def test_texts_are_stored_clean() -> None:
    assert parse(LONG, "一\r\n二\v三\x00四\ud800") == "一\n二\n三四"
    assert parse(TEXT, " 保财绩\n〔2018〕2号 ") == "保财绩 〔2018〕2号"
    assert clean("䶮😀") == "䶮😀"


@pytest.mark.parametrize(
    ("definition", "value", "unit", "shown"),
    [
        (MONEY, Decimal("881262.8"), "元", "881,262.80"),
        (MONEY, Decimal("39000"), "万元", "3.90"),
        (MONEY, Decimal("1118000"), "千元", "1,118.00"),
        (MONEY, Decimal("50"), "万元", "0.01"),
        (MONEY, Decimal("-0.001"), "元", "0.00"),
        (PERCENT, Decimal("371.6084"), "元", "371.61%"),
        (PERCENT, Decimal("2.345"), "元", "2.35%"),
        (COUNT, Decimal("25000"), "元", "25000"),
        (NUMBER, Decimal("96.50"), "元", "96.5"),
        (DATE, date(2017, 7, 1), "元", "2017年7月1日"),
        (YES_NO, False, "元", "否"),
        (TEXT, "一等", "元", "一等"),
        (MONEY, MISSING, "元", ""),
        (MONEY, NOT_APPLICABLE, "元", "不适用"),
        (MONEY, Undefined(missing=("a",)), "元", ""),
        (PERCENT, Undefined("0 ÷ 0", zero_over_zero=True), "元", "—"),
    ],
)
def test_figures_are_shown_as_printed(definition: Field, value: object, unit: str, shown: str) -> None:
    assert show(value, definition, unit) == shown


amounts = st.decimals(min_value=-(10**13), max_value=10**13, places=2)


@given(amounts, st.sampled_from(sorted(UNITS)))
def test_what_stands_in_the_box_is_read_back_exactly(amount: Decimal, unit: str) -> None:
    assert parse(MONEY, typed(amount, MONEY, unit), unit) == amount


@given(amounts)
def test_what_is_stored_is_restored(amount: Decimal) -> None:
    assert restore(MONEY, canonical(amount)) == amount


@pytest.mark.parametrize(
    ("definition", "value", "stored"),
    [
        (MONEY, Decimal("1234.50"), "1234.5"),
        (MONEY, Decimal("-0.00"), "0"),
        (MONEY, Decimal("1E+3"), "1000"),
        (YES_NO, True, "是"),
        (DATE, date(2017, 7, 1), "2017-07-01"),
        (CHOICE, "一般（含）", "一般（含）"),
        (MONEY, NOT_APPLICABLE, "不适用"),
        (MONEY, MISSING, None),
        (TEXT, "否", "否"),
    ],
)
def test_stored_forms(definition: Field, value: object, stored: str | None) -> None:
    assert canonical(value) == stored
    assert restore(definition, stored) == value


@given(
    st.text(max_size=80), st.sampled_from([MONEY, COUNT, PERCENT, NUMBER, YES_NO, CHOICE, DATE, TEXT, LONG])
)
def test_any_text_is_a_value_or_a_fault(text: str, definition: Field) -> None:
    try:
        value = parse(definition, text)
    except ValueFault as fault:
        assert str(fault)
    else:
        assert restore(definition, canonical(value)) == value


def test_rounding_is_half_up_or_cut_off() -> None:
    assert rounded(Decimal("7.725"), 2) == Decimal("7.73")
    assert rounded(Decimal("-7.725"), 2) == Decimal("-7.73")
    assert rounded(Decimal("7.729"), 2, down=True) == Decimal("7.72")
    assert plain(Decimal("3.00")) == "3"
    assert plain(Decimal("1E+2")) == "100"


def test_a_sum_of_nothing_is_not_zero() -> None:
    assert total([MISSING, MISSING]) is MISSING
    assert total([]) is MISSING
    assert total([NOT_APPLICABLE, NOT_APPLICABLE]) is NOT_APPLICABLE
    assert total([NOT_APPLICABLE, MISSING]) is MISSING
    assert total([Decimal(3), MISSING, NOT_APPLICABLE, Decimal(4)]) == 7
