"""指标性质, 指标值, 度量单位 in boxes of their own, a 调整指标值: which target counts, what was reached."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.engine.stated import SIGNS, Stated, stated


def boxes(sign: str, target: str, unit: str, actual: str = "", adjusted: str = "") -> Stated:
    return stated({"sign": sign, "target": target, "unit": unit, "actual": actual, "adjusted": adjusted})


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        (("≥", "500", "人次"), "≥500人次"),
        (("≤", "90", "万元"), "≤90万元"),
        (("=", "100", "%"), "=100%"),
        (("<", "3", "个工作日"), "<3个工作日"),
        (("≥", "2", "册次"), "≥2册次"),
        (("≥", "25,000", "人"), "≥25000人"),
        (("≥", "500人次", "人次"), "≥500人次"),
        (("≥", "≥500", "人次"), "≥500人次"),
        (("≥", "3万", "人次"), "≥3万人次"),
        (("≥", "12", ""), "≥12"),
    ],
)
def test_parts_are_the_target_that_people_write_in_one_piece(parts, whole):
    goal, one = boxes(*parts).goal, stated({"target": whole}).goal
    assert (goal.op, goal.number) == (one.op, one.number)
    assert goal.unit in (one.unit, "")
    assert boxes(*parts).fault == ""


@pytest.mark.parametrize(
    ("sign", "text"), [("定性", "100"), ("定性", "显著提升"), ("≥", "显著提升"), ("≥", "第3名")]
)
def test_what_is_no_number_or_called_qualitative_is_judged(sign, text):
    typed = boxes(sign, text, "%")
    assert typed.goal.number is None
    assert typed.target == text


def test_an_adjusted_target_counts_instead():
    typed = boxes("≥", "500", "人次", "480", adjusted="400")
    assert (typed.target, typed.goal.number) == ("≥400人次", 400)
    assert (typed.actual, typed.reached.number) == ("480人次", 480)
    assert boxes("≥", "", "人次", adjusted="400").goal.number == 400


@pytest.mark.parametrize(
    ("sign", "text", "unit", "words"),
    [
        ("=", "≥500", "人次", "指标值写的是“≥500”，指标性质是“=”，两处不一致：指标值请只写数"),
        ("≥", "500户", "人次", "指标值写的是“500户”，度量单位是“人次”，两处不一致：指标值请只写数"),
    ],
)
def test_parts_that_contradict_each_other_are_told(sign, text, unit, words):
    assert boxes(sign, text, unit).fault == words


@pytest.mark.parametrize(
    ("sign", "text", "unit"),
    [("定性", "≥100", "%"), ("定性", "500户", "人次"), ("≥", "显著提升", "人次"), ("≥", "500人", "名")],
)
def test_words_and_the_same_unit_contradict_nothing(sign, text, unit):
    assert boxes(sign, text, unit).fault == ""


def test_a_target_is_told_in_one_piece():
    assert boxes("≥", "500", "人次", "480").target == "≥500人次"
    assert boxes("≥", "≥500", "人次").target == "≥500人次"
    assert boxes("≥", "500人次", "人次").target == "≥500人次"
    assert boxes("定性", "100", "%").target == "100"
    assert boxes("", "500", "人次").target == "500人次"


def test_a_reached_figure_takes_the_unit_of_the_box_unless_it_has_one():
    assert boxes("≥", "500", "人次", "480户").reached.unit == "户"
    assert boxes("≥", "30", "万元", "28").reached.number == 280000
    assert boxes("≥", "30", "万元", "28万元").reached.number == 280000


def test_a_bare_share_of_one_beside_a_percentage_stays_in_doubt():
    assert boxes("≥", "95", "%", "0.96").reached.unit == ""
    assert boxes("≥", "95", "%", "96").reached.unit == "%"
    assert boxes("≤", "0.5", "%", "0.4").reached.unit == "%"


@given(st.sampled_from(["", *SIGNS]), *([st.text(max_size=30)] * 4))
def test_whatever_is_typed_is_read(sign, target, unit, actual, adjusted):
    typed = boxes(sign, target, unit, actual, adjusted)
    assert (typed.goal is None) == (not (target.split() or adjusted.split()))
    assert (typed.reached is None) == (not actual.split())
