"""Figures inside texts."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.engine.bindings import Binding, BindingError, render, split
from indicators.engine.scoring import score

from .samples import compiled, figures

TARGET = compiled(
    fields=[
        {"code": "quota", "label": "编制数", "kind": "count", "unit": "人"},
        {"code": "three", "label": "“三公经费”预算数"},
        {"code": "abroad", "label": "因公出国（境）费"},
        {"code": "rate", "label": "完成率%", "kind": "percent"},
        {"code": "day", "label": "截止日期", "kind": "date"},
        {"code": "half", "label": "一半", "formula": "three ÷ 编制数 × 1人"},
    ],
    indicators=[{"code": "A", "name": "甲", "weight": "5", "rule": {"kind": "judged"}}],
    total=5,
)


def rendered(text: str, **typed: str) -> str:
    return render(text, figures(TARGET, **typed), year=2024)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("没有引用", ("没有引用",)),
        ("共{编制数}人", ("共", Binding("编制数"), "人")),
        ("{三公|万元}", (Binding("三公", "万元"),)),
        ("｛三公｜万元｝", (Binding("三公", "万元"),)),
        ("{{编制数}}", ("{编制数}",)),
        ("{{{编制数}}}", ("{", Binding("编制数"), "}")),
        ("{}", ("{}",)),
        ("{没有配对", ("{没有配对",)),
        ("没有配对}", ("没有配对}",)),
        ("", ()),
    ],
)
def test_a_text_is_split_at_its_references(text: str, pieces: tuple) -> None:
    assert split(text) == pieces


def test_references_show_the_figures_as_they_are_now() -> None:
    typed = {"quota": "13", "three": "3.9万元", "rate": "84.615", "day": "2024-07-01", "abroad": "不适用"}
    assert rendered("编制{编制数}人", **typed) == "编制13人"
    assert rendered("{“三公经费”预算数}元，合{three|万元}万元", **typed) == "39,000.00元，合3.90万元"
    assert rendered("{因公出国(境)费}", **typed) == "不适用"
    assert rendered("{完成率%}，截至{截止日期}", **typed) == "84.62%，截至2024年7月1日"
    assert rendered("{year}年、{last_year}年、{next_year}年") == "2024年、2023年、2025年"


def test_gaps_are_shown_as_gaps() -> None:
    assert rendered("编制{编制数}人") == "编制（未填）人"
    assert rendered("{一半}", three="5") == "（未填）"
    assert rendered("{一半}", three="5", quota="0") == "（无法计算）"


def test_money_follows_the_templates_unit() -> None:
    target = compiled(unit="万元")
    assert render("{预算数}", figures(target, budget="39000元"), year=2024) == "3.90"


@pytest.mark.parametrize("name", ["编制", "自评得份", "编制数|万元", "“三公经费”预算数|美元"])
def test_an_unknown_reference_is_an_error(name: str) -> None:
    with pytest.raises(BindingError):
        rendered(f"{{{name}}}")


def test_the_score_can_be_quoted() -> None:
    given_figures = figures(TARGET, answers={"A-points": Decimal("4.5")})
    sheet = score(TARGET, given_figures)
    assert render("得{自评得分}分", given_figures, year=2024, sheet=sheet) == "得4.50分"
    assert render("得{自评得分}分", given_figures, year=2024) == "得（未填）分"


@given(st.text())
def test_any_text_can_be_split_and_what_has_no_braces_stays_as_it_is(text: str) -> None:
    pieces = split(text)
    if not set(text) & set("{}｛｝"):
        assert "".join(pieces) == text
    assert all(isinstance(piece, (str, Binding)) for piece in pieces)
