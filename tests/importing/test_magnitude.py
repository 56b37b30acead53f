"""×10,000 plausibility of amounts in 元."""

from __future__ import annotations

from decimal import Decimal

import pytest

from evaluations.importing.magnitude import Amounts, questions


def line(opening: str = "", executed: str = "", place: str = "第 3 行", adjustment: str = "") -> Amounts:
    texts = (opening, adjustment, executed)
    return Amounts(place, *(Decimal(text) if text else None for text in texts))


def asked(*lines: Amounts, before: dict[str, str] | None = None) -> list[str]:
    sums = {name: Decimal(text) for name, text in (before or {}).items()}
    return [one.text for one in questions("县总工会", lines, [("2023 年度", sums)] if sums else [])]


def test_honest_amounts_raise_no_question():
    assert asked(line("600000", "598000"), before={"final": "550000", "executed": "1900000"}) == []


@pytest.mark.parametrize(
    ("now", "last", "factor", "remedy"),
    [
        ("60", "600000", "10,000", "请在表头上方写“单位：万元”"),
        ("600", "600000", "1,000", "请在表头上方写“单位：万元”"),
        ("6000000000", "600000", "10,000", "请在表头上方写“单位：元”"),
    ],
)
def test_against_last_year(now: str, last: str, factor: str, remedy: str):
    (text,) = asked(line(now, now), before={"final": last})
    assert f"2023 年度是 600,000 元，相差约 {factor} 倍" in text
    assert remedy in text


@pytest.mark.parametrize(
    ("now", "last"), [("601", "600000"), ("599000000", "600000"), ("0", "600000"), ("600000", "0")]
)
def test_a_department_may_grow_or_shrink_a_lot(now: str, last: str):
    assert [text for text in asked(line(now), before={"final": last}) if "倍" in text] == []


def test_one_column_in_wan_yuan_the_other_in_yuan():
    (whole, rows) = asked(line("60", "598000", "第 3 行"), line("0", "2000", "第 4 行"))
    assert "像是预算数以万元、执行数以元填写" in whole
    assert "例如“执行数（万元）”" in whole
    assert rows.startswith("县总工会：第 3 行的预算数和执行数相差约一万倍")


def test_one_line_among_honest_ones():
    (text,) = asked(line("600000", "600000", "第 3 行"), line("50000", "5", "第 4 行"))
    assert text.startswith("县总工会：第 4 行的预算数和执行数相差约一万倍")


@pytest.mark.parametrize(
    ("amount", "part"),
    [("60", "只有 60 元，不像"), ("9999.99", "只有 9,999.99 元"), ("10000000000", "达 10,000,000,000 元")],
)
def test_sums_that_no_department_of_a_county_has(amount: str, part: str):
    (text,) = asked(line(amount, amount))
    assert part in text


@pytest.mark.parametrize("amount", ["", "0", "10000", "9999999999.99"])
def test_sums_that_one_may_have(amount: str):
    assert asked(line(amount, amount)) == []


def test_an_answer_holds_only_for_the_question_that_was_asked():
    one, other = (questions("县总工会", [line(amount)], [])[0] for amount in ("60", "70"))
    assert one.key != other.key
