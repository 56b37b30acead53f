"""What is called impossible is impossible, whatever is typed."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.engine.conditions import Conditions
from indicators.engine.formula import FormulaError, compile_formula
from indicators.engine.terms import written

from .samples import compiled, facts

TEMPLATE = compiled(
    years=[2023, 2024],
    fields=[
        {"code": "a", "label": "甲", "kind": "number"},
        {"code": "b", "label": "乙", "kind": "number"},
        {"code": "n", "label": "人数", "kind": "count", "maximum": 50},
        {"code": "has", "label": "有", "kind": "yes_no"},
        {"code": "kind", "label": "类别", "kind": "choice", "choices": ["一类", "二类"]},
        {"code": "word", "label": "词", "kind": "text"},
    ],
)


def is_possible(text: str) -> bool:
    conditions = Conditions()
    return conditions.is_possible(conditions.test(written(TEMPLATE, text)))


@pytest.mark.parametrize(
    "text",
    [
        "甲 > 5 且 甲 < 3",
        "甲 > 5 且 甲 ≤ 5",
        "甲 > 5 且 5 ≥ 甲",
        "甲 > 乙 且 乙 > 甲",
        "非 (甲 > 乙 或 甲 ≤ 乙)",
        "甲 + 乙 > 1 且 乙 + 甲 < 1",
        "人数 < 0",
        "人数 > 50",
        "人数 > 3 且 人数 < 4",
        "年度 = 2016",
        "年度 > 2024",
        "类别 = “三类”",
        "类别 = “一类” 且 类别 = “二类”",
        "词 = “甲” 且 词 = “乙”",
        "有 且 非 有",
        "有 = 否 且 有 = 是",
        "已填(甲) 且 非 已填(甲)",
        "若(有, 甲 > 5 且 甲 < 3, 否)",
        "有 = (甲 > 5) 且 有 且 甲 ≤ 5",
        "(甲 > 5) = (甲 ≤ 5)",
        "(甲 > 5) ≠ (甲 > 5)",
        "(甲 > 5) = 否 且 甲 = 6",
        "甲 > 5 且 非 甲 > 4",
        "1 > 2",
        "“甲” = “乙”",
        "否",
    ],
)
def test_conditions_that_never_hold(text: str) -> None:
    assert not is_possible(text)


@pytest.mark.parametrize(
    "text",
    [
        "甲 > 5 且 甲 < 6",
        "甲 ≥ 5 且 甲 ≤ 5",
        "甲 > 5 或 甲 < 3",
        "甲 > 乙 且 乙 ≥ 0",
        "人数 > 3 且 人数 < 5",
        "年度 = 2023",
        "类别 = “一类” 或 类别 = “三类”",
        "词 ≠ “甲” 且 词 ≠ “乙”",
        "词 始于 “资金” 且 词 = “资金投入”",
        "有 = 是",
        "有 = (甲 > 5) 且 有",
        "(甲 > 5) ≠ (甲 > 6)",
        "若(有, 甲 > 5, 甲 < 3)",
        "1 < 2",
        "是",
        " 且 ".join(f"甲 ≠ {number}" for number in range(60)),
    ],
)
def test_conditions_that_may_hold(text: str) -> None:
    assert is_possible(text)


def test_too_many_situations_are_not_tried() -> None:
    """What cannot be told is believed."""
    many = " 且 ".join(
        f"甲 + {number} > 乙 × {number} 且 甲 × {number} < 乙 - {number}" for number in range(2, 14)
    )
    assert is_possible(f"{many} 且 甲 > 5 且 甲 < 3")


def demanded(left: str, op: str, right: str, tolerance: str = "0"):
    """What a check demands: (the values tried, whether it holds of one)."""
    conditions = Conditions()
    term, test = conditions.comparison(
        written(TEMPLATE, left), written(TEMPLATE, right), op, Decimal(tolerance)
    )
    return conditions.terms[term].samples(), lambda value: test({term: value})


def test_a_check_is_tried_at_the_ends_of_its_tolerance() -> None:
    tried, holds = demanded("甲", "=", "5", "0.5")
    assert {Decimal("4.5"), Decimal(5), Decimal("5.5")} < set(tried)
    assert [holds(Decimal(value)) for value in ("4.4", "4.5", "5", "5.5", "5.6")] == [
        False, True, True, True, False,
    ]  # fmt: skip
    _, turned = demanded("5", "≥", "甲", "0.5")
    assert [turned(Decimal(value)) for value in ("4", "5.5", "5.6")] == [True, True, False]
    _, apart = demanded("甲", "≤", "乙")
    assert [apart(Decimal(value)) for value in ("-1", "0", "1")] == [True, True, False]


def test_a_check_of_words_and_truths_is_tried_with_them_and_with_others() -> None:
    tried, holds = demanded("词", "=", "“甲”")
    assert [holds(word) for word in tried] == [word == "甲" for word in tried] != [True]
    tried, holds = demanded("有", "≠", "是")
    assert [(truth, holds(truth)) for truth in tried] == [(True, False), (False, True)]


def test_a_situation_is_told_in_words() -> None:
    conditions = Conditions()
    conditions.test(written(TEMPLATE, "甲 + 1 > 5 且 有 且 词 = “x” 且 非 已填(乙)"))
    values = dict(zip(conditions.terms, (Decimal("5.50"), True, "x", False), strict=True))
    assert conditions.described(values) == "甲 + 1 = 5.5，有成立，词 = “x”，已填(乙)不成立"
    first = next(iter(values))
    assert conditions.described(values, without=first) == "有成立，词 = “x”，已填(乙)不成立"


NUMBERS = st.sampled_from(["甲", "乙", "人数", "0", "1", "50", "(甲 + 乙)", "(甲 - 1)"])
ATOMS = st.one_of(
    st.tuples(NUMBERS, st.sampled_from("=≠<≤>≥"), NUMBERS).map(" ".join),
    st.sampled_from(
        ["有", "非 有", "有 = 否", "类别 = “一类”", "类别 ≠ “二类”", "词 = “x”", "词 始于 “x”", "已填(甲)"]
    ),
    st.tuples(st.just("年度"), st.sampled_from("=≠<≤>≥"), st.sampled_from(["2023", "2025"])).map(" ".join),
)
CONDITIONS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("且或"), inner).map(lambda t: f"({t[0]}) {t[1]} ({t[2]})"),
        inner.map(lambda t: f"非 ({t})"),
    ),
    max_leaves=6,
)
TYPED = st.fixed_dictionaries(
    {
        "a": st.sampled_from(["", "0", "1", "-2", "3.5", "49"]),
        "b": st.sampled_from(["", "0", "1", "-2", "50"]),
        "n": st.sampled_from(["", "0", "1", "50"]),
        "has": st.sampled_from(["", "是", "否"]),
        "kind": st.sampled_from(["", "一类", "二类"]),
        "word": st.sampled_from(["", "x", "xy", "y"]),
    }
)


@settings(max_examples=400)
@given(CONDITIONS, TYPED)
def test_a_condition_that_holds_of_some_figures_is_possible(text: str, given: dict[str, str]) -> None:
    try:
        formula = compile_formula(text, TEMPLATE.scope)
    except FormulaError:
        return
    env = TEMPLATE.compute(facts(TEMPLATE, year=2024, **given)).env
    assert env["年度"] == Decimal(2024)
    if formula(env) is True:
        assert is_possible(text)
