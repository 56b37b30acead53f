"""Whatever is written as a formula either compiles or is refused; whatever compiles can be evaluated."""

from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from indicators.engine.formula import FormulaError, Undefined, compile_formula
from indicators.engine.grammar import MAX_CHARS
from indicators.engine.values import MISSING, NOT_APPLICABLE

from .samples import PROJECTS, compiled, facts

TEMPLATE = compiled(
    fields=[
        {"code": "a", "label": "甲", "kind": "number"},
        {"code": "b", "label": "乙", "kind": "number"},
        {"code": "money", "label": "金额"},
        {"code": "has", "label": "有", "kind": "yes_no"},
        {"code": "word", "label": "词", "kind": "text"},
        {"code": "day", "label": "日", "kind": "date"},
        {"code": "used", "label": "用到明细", "formula": "合计(预算明细.执行数)"},
    ],
    tables=[PROJECTS],
)
SITUATIONS = [
    TEMPLATE.compute(facts(TEMPLATE, **given)).env
    for given in (
        {},
        {"a": "0", "b": "0", "money": "0", "has": "是", "word": "x", "day": "2024-01-01"},
        {"a": "999999999999", "b": "0.000001", "money": "9999999999999999", "has": "否"},
        {"a": "不适用", "b": "-3", "money": "不适用", "has": "不适用"},
        {
            "a": "2",
            "tables": {"projects": [{"name": "x", "planned": "0", "paid": "1"}, {}]},
            "lines": [("201", "30201", "5"), ("", "", "")],
        },
    )
]


def outcome(text: str) -> list[object] | FormulaError:
    try:
        formula = compile_formula(text, TEMPLATE.scope)
    except FormulaError as refused:
        assert 0 <= refused.position <= len(text)
        return refused
    for env in SITUATIONS:
        formula.words(env)
    return [formula(env) for env in SITUATIONS]


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('ls')",
        "().__class__.__bases__",
        "甲.__class__",
        "甲.__class__.__mro__",
        "lambda: 0",
        "[x for x in 甲]",
        "甲[0]",
        'f"{甲:999999999}"',
        "9**9**9**9",
        "9^9",
        "1e999999999",
        "exec(“1”)",
        "open(“/etc/passwd”)",
        "甲; 乙",
        "甲 = 乙 = 1",
        "甲 := 1",
        "甲 if 有 else 乙",
        "合计(合计)",
        "合计(项目表.支付, 合计(项目表.支付, 合计(项目表.支付",
        "上年(上年(甲))",
        "{" * 500,
        "(" * 1000,
        ")" * 1000,
        "-" * 999 + "甲",
        "非 " * 333 + "有",
        "若(有," * 150 + "1" + ",2)" * 150,
        "+".join(["甲"] * 400),
        "甲" * 1001,
        "合计(" + ",".join(["甲"] * 450) + ")",
        "\x00",
        "\ud800",
        "甲\u202e + 乙",
        "％s %n",
        "🙂 + 1",
        "/* */ 甲 // 乙",
    ],
    ids=ascii,
)
def test_hostile_formulas_are_refused(text: str) -> None:
    assert isinstance(outcome(text), FormulaError)


@pytest.mark.parametrize(
    "text",
    [
        " + ".join(["甲"] * 100),
        "(" * 400 + "甲" + ")" * 400,
        "合计(" + ", ".join(["甲"] * 300) + ")",
        " 且 ".join(["有"] * 100),
    ],
)
def test_long_honest_formulas_are_not(text: str) -> None:
    assert not isinstance(outcome(text), FormulaError)


def test_the_limit_of_length_is_said() -> None:
    with pytest.raises(FormulaError, match=str(MAX_CHARS)):
        compile_formula("甲 + " * 300 + "甲", TEMPLATE.scope)


@pytest.mark.parametrize(
    "text",
    [
        "甲 + " * 20_000 + "甲",
        "(" * 100_000,
        "甲" * 100_000,
        "“" + "字" * 100_000,
        "{" + "x" * 100_000 + "}",
        "-" * 100_000,
    ],
    ids=lambda text: text[:4],
)
def test_a_hundred_thousand_characters_are_refused_before_they_are_read(text: str) -> None:
    """With one sentence that does not repeat them."""
    refused = outcome(text)
    assert isinstance(refused, FormulaError)
    assert str(refused) == f"第 {MAX_CHARS + 1} 个字：公式超过 {MAX_CHARS} 个字，请拆成几个数据项"


@pytest.mark.parametrize(
    "text", ["(" * 500 + "甲" + ")" * 500, "绝对值(" * 150 + "甲" + ")" * 150, "-(" * 240 + "甲" + ")" * 240]
)
def test_brackets_too_deep_are_refused(text: str) -> None:
    assert isinstance(outcome(text), FormulaError)


@pytest.mark.parametrize("text", ["1/0", "1 ÷ 0", "０／０", "甲 ÷ (1 - 1)", "1 ÷ 若(有, 0, 0)"])
def test_a_division_by_nothing_compiles_and_has_no_result(text: str) -> None:
    """Publishing refuses it: `verify_division`."""
    results = outcome(text)
    assert not isinstance(results, FormulaError)
    assert all(result is NOT_APPLICABLE or isinstance(result, Undefined) for result in results)


@given(st.text(max_size=60))
@example("甲.")
@example("“")
@example("1.")
def test_any_text_compiles_or_is_refused(text: str) -> None:
    outcome(text)


words = st.sampled_from(
    "甲 乙 金额 有 词 日 年度 项目表 支付 名称 预算明细 执行数 功能分类 合计 计数 最大 最小 若 上年 日期 "
    "已填 适用 绝对值 四舍五入 + - × ÷ ( ) , . = ≠ < ≥ 且 或 非 始于 0 1 2.5 100 5人 10万元 “201” 是 {甲} "
    "（ ） ％".split()
)


@settings(max_examples=250)
@given(st.lists(words, max_size=14).map(" ".join))
def test_any_words_of_the_language_compile_or_are_refused(text: str) -> None:
    outcome(text)


numbers = st.recursive(
    st.sampled_from(["甲", "乙", "2", "0", "0.5", "计数(项目表)", "年度"]),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from("+-×÷"), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
        inner.map(lambda t: f"绝对值({t})"),
        inner.map(lambda t: f"-{t}"),
        inner.map(lambda t: f"四舍五入({t}, 2)"),
        st.tuples(inner, inner).map(lambda t: f"最大({t[0]}, {t[1]})"),
        st.tuples(inner, inner, inner).map(lambda t: f"若({t[0]} > {t[1]}, {t[1]}, {t[2]})"),
    ),
    max_leaves=12,
)


@settings(max_examples=150)
@given(numbers)
def test_every_well_formed_formula_has_an_outcome_in_every_situation(text: str) -> None:
    results = outcome(text)
    assert not isinstance(results, FormulaError)
    for result in results:
        assert isinstance(result, (Decimal, Undefined)) or result is NOT_APPLICABLE
        assert result is not MISSING
        assert not isinstance(result, Decimal) or result.is_finite()
