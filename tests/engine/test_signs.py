"""What static verification concludes about divisors is true of every figure that can be typed."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.engine.formula import FormulaError, Undefined, compile_formula
from indicators.engine.signs import NOTHING, assuming, divisors, signs
from indicators.engine.terms import written

from .samples import compiled, facts

TEMPLATE = compiled(
    fields=[
        {"code": "a", "label": "甲", "kind": "number"},
        {"code": "b", "label": "乙", "kind": "number"},
        {"code": "p", "label": "正数", "kind": "number", "minimum": "0.01"},
        {"code": "n", "label": "人数", "kind": "count"},
        {"code": "both", "label": "两项", "kind": "number", "formula": "甲 + 乙"},
        {"code": "rate", "label": "比率", "kind": "number", "formula": "甲 ÷ 乙"},
    ],
    tables=[
        {
            "code": "T",
            "title": "名册",
            "columns": [
                {"code": "name", "label": "姓名", "kind": "text"},
                {"code": "copies", "label": "份数", "kind": "count"},
                {"code": "mean", "label": "均数", "kind": "number", "formula": "甲 ÷ 份数"},
            ],
        }
    ],
)


def may_be_zero(text: str, when: str = "") -> list[str]:
    known = assuming(written(TEMPLATE, when), True) if when else NOTHING
    return [divisor.words for divisor in divisors(written(TEMPLATE, text), known)]


@pytest.mark.parametrize(
    ("text", "when", "found"),
    [
        ("甲 ÷ 乙", "", ["乙"]),
        ("甲 ÷ 100", "", []),
        ("甲 ÷ 正数", "", []),
        ("甲 ÷ 人数", "", ["人数"]),
        ("甲 ÷ (人数 + 1)", "", []),
        ("甲 ÷ 最大(人数, 1)", "", []),
        ("甲 ÷ 合计(正数, 正数)", "", []),
        ("甲 ÷ 合计(正数, 人数)", "", ["合计(正数, 人数)"]),  # 正数 may be 未填
        ("甲 ÷ 最小(正数, 人数)", "", ["最小(正数, 人数)"]),
        ("甲 ÷ 最小(乙, -1)", "", []),
        ("甲 ÷ -2", "", []),
        ("甲 ÷ (合计(名册.份数) + 1)", "", []),
        ("甲 ÷ 合计(名册.份数)", "", ["合计(名册.份数)"]),
        ("合计(名册.均数)", "", ["份数"]),
        ("甲 ÷ (乙 - 乙)", "", ["乙 - 乙"]),
        ("甲 ÷ 两项", "", ["两项"]),
        ("比率 + 1", "", ["乙"]),
        ("甲 ÷ 计数(甲, 乙)", "", ["计数(甲, 乙)"]),
        # treated by 若
        ("若(乙 = 0, 0, 甲 ÷ 乙)", "", []),
        ("若(乙 > 0, 甲 ÷ 乙, 0)", "", []),
        ("若(0 < 乙, 甲 ÷ 乙, 0)", "", []),
        ("若(非 乙 = 0, 甲 ÷ 乙, 0)", "", []),
        ("若(乙 = 0 或 甲 = 0, 0, 甲 ÷ 乙)", "", []),
        ("若(乙 = 0, 甲 ÷ 乙, 0)", "", ["乙"]),
        ("若(乙 ≥ 0, 甲 ÷ 乙, 0)", "", ["乙"]),
        ("若(乙 > 0 或 甲 > 0, 甲 ÷ 乙, 0)", "", ["乙"]),
        ("若(甲 > 0 且 乙 ÷ 甲 > 1, 1, 0)", "", []),
        ("若(甲 ≤ 0 或 乙 ÷ 甲 > 1, 1, 0)", "", []),
        # treated by a condition
        ("甲 ÷ 乙", "乙 > 0", []),
        ("甲 ÷ 乙", "乙 < 0", []),
        ("甲 ÷ 乙", "乙 ≠ 0", []),
        ("甲 ÷ 乙", "乙 > 5 且 甲 > 0", []),
        ("甲 ÷ 乙", "乙 > -5", ["乙"]),
        ("甲 ÷ 乙", "乙 > 人数", []),
        ("甲 ÷ (甲 - 乙)", "甲 ≠ 乙", []),
        ("甲 ÷ (乙 - 甲)", "甲 ≠ 乙", []),
        ("甲 ÷ (乙 - 甲)", "甲 < 乙", []),
        ("甲 ÷ (乙 - 甲)", "甲 ≤ 乙", ["乙 - 甲"]),
        ("甲 ÷ (乙 - 甲)", "甲 > 乙", []),
        ("甲 ÷ (乙 - 甲)", "甲 ≥ 乙", ["乙 - 甲"]),
        ("甲 ÷ (乙 + 甲)", "甲 + 乙 > 0", []),
        ("甲 ÷ 两项", "甲 + 乙 > 0", []),
        ("比率", "乙 ≠ 0", []),
        ("比率", "比率 < 5", []),  # a condition that holds has told its figures
        ("比率", "比率 < 5 或 甲 > 0", ["乙"]),
    ],
)
def test_which_divisors_can_be_zero(text: str, when: str, found: list[str]) -> None:
    assert may_be_zero(text, when) == found


def test_what_is_always_zero_is_told_from_what_may_be() -> None:
    always = [one.always for one in divisors(written(TEMPLATE, "甲 ÷ (2 - 2) + 乙 ÷ 甲"))]
    assert always == [True, False]


def test_the_figure_in_whose_formula_the_divisor_stands_is_named() -> None:
    assert [str(one) for one in divisors(written(TEMPLATE, "比率 × 2"))] == ["“比率”的除数“乙”"]


NAMES = ["甲", "乙", "正数", "人数", "两项", "比率", "0", "1", "2.5", "-3", "上年(甲)", "年度"]


def combined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    compared = st.tuples(inner, st.sampled_from("=≠<≤>≥"), inner).map(lambda t: f"{t[0]} {t[1]} {t[2]}")
    truth = st.one_of(
        compared,
        compared.map(lambda text: f"非 {text}"),
        st.tuples(compared, st.sampled_from("且或"), compared).map(lambda t: f"({t[0]}) {t[1]} ({t[2]})"),
    )
    return st.one_of(
        st.tuples(inner, st.sampled_from("+-×÷"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        inner.map(lambda t: f"绝对值({t})"),
        inner.map(lambda t: f"四舍五入({t}, 0)"),
        st.tuples(st.sampled_from(["合计", "最大", "最小"]), inner, inner).map(
            lambda t: f"{t[0]}({t[1]}, {t[2]})"
        ),
        st.tuples(truth, inner, inner).map(lambda t: f"若({t[0]}, {t[1]}, {t[2]})"),
    )


numbers = st.recursive(st.sampled_from(NAMES), combined, max_leaves=10)
typed = st.sampled_from(["", "0", "-2", "0.5", "3", "7"])
situations = st.fixed_dictionaries(
    {"a": typed, "b": typed, "p": st.sampled_from(["", "0.01", "4"]), "n": st.sampled_from(["", "0", "5"])}
)


@settings(max_examples=400)
@given(numbers, situations)
def test_no_figures_show_another_sign_or_another_zero(text: str, given: dict[str, str]) -> None:
    try:
        formula = compile_formula(text, TEMPLATE.scope)
    except FormulaError:
        return
    value = formula(TEMPLATE.compute(facts(TEMPLATE, **given)).env)
    part = written(TEMPLATE, text)
    if isinstance(value, Decimal):
        assert (value > 0) - (value < 0) in signs(part)
    elif isinstance(value, Undefined) and (value.over_zero or value.zero_over_zero):
        assert may_be_zero(text)
