"""Figures inside texts."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.engine.bindings import Binding, BindingError, blank, for_authors, render, split
from indicators.engine.facts import Override
from indicators.engine.scoring import score

from .samples import PROJECTS, compiled, figures

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


def test_what_a_report_says_of_its_department_may_be_referred_to() -> None:
    names = ("单位名称", "单位简称", "行政区划", "项目名称", "主管部门")
    text = "、".join(f"{{{name}}}" for name in names)
    known = figures(TARGET, subject={name: f"某{name}" for name in names})
    assert render(text, known, year=2024) == "某单位名称、某单位简称、某行政区划、某项目名称、某主管部门"
    assert rendered(text) == "、".join(["（未填）"] * 5)


def test_figures_that_would_print_as_a_blank_are_told_once() -> None:
    """Not so what a required or unreadable box leaves open, and what is printed otherwise."""
    target = compiled(
        fields=[
            {"code": "must", "label": "必填数", "required": True},
            {"code": "may", "label": "选填数"},
            {"code": "paid", "label": "支付合计", "formula": "合计(项目表.支付)"},
            {"code": "sum", "label": "两数", "formula": "必填数 + 选填数"},
            {"code": "share", "label": "占比", "kind": "percent", "formula": "选填数 ÷ 支付合计 × 100"},
        ],
        tables=[PROJECTS],
    )
    text = "{必填数}、{选填数}、{may|万元}、{支付合计}、{两数}、{没有的}、{year}"
    rows = {"projects": [{"name": "甲"}]}
    assert blank(text, figures(target, tables=rows)) == ("may", "paid")
    assert blank(text, figures(target, must="1", tables=rows)) == ("may", "paid", "sum")
    assert blank(text, figures(target, must="1", may="0", tables={"projects": [{"paid": "5"}]})) == ()
    assert blank("{选填数}", figures(target, raw={"may": "许多"})) == ()
    assert blank("{选填数}", figures(target, overrides={"may": Override("约 5 万", "估计数")})) == ()
    assert blank("{占比}", figures(target, may="1", tables={"projects": [{"paid": "0"}]})) == ("share",)


def test_references_show_the_figures_as_they_are_now() -> None:
    typed = {"quota": "13", "three": "3.9万元", "rate": "84.615", "day": "2024-07-01", "abroad": "不适用"}
    assert rendered("编制{编制数}人", **typed) == "编制13人"
    assert rendered("{“三公经费”预算数}元，合{three|万元}万元", **typed) == "39,000.00元，合3.90万元"
    assert rendered("{因公出国(境)费}", **typed) == "不适用"
    assert rendered("{完成率%}，截至{截止日期}", **typed) == "84.62%，截至2024年7月1日"
    assert rendered("{year}年、{last_year}年、{next_year}年") == "2024年、2023年、2025年"
    assert rendered("{评价年度}年、{上一年度}年、{下一年度}年") == "2024年、2023年、2025年"


def test_authors_get_the_years_in_their_own_words() -> None:
    given = for_authors("{year}年比{last_year}年多{编制数}人")
    assert given == "{评价年度}年比{上一年度}年多{编制数}人"


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


SCALED = {"kind": "scaled", "measure": "支出率", "of": 100}


def ratio(actual: str, target: str) -> dict[str, str]:
    return {"kind": "ratio", "actual": actual, "target": target}


SCORED = compiled(
    unit="万元",
    fields=[
        {"code": "spent", "label": "实际支出", "money_unit": "元"},
        {"code": "budget", "label": "预算数", "money_unit": "元"},
        {"code": "rate", "label": "支出率", "kind": "percent", "formula": "实际支出 ÷ 预算数 × 100"},
        {"code": "helped", "label": "慰问人次", "kind": "count", "unit": "人次"},
        {"code": "planned", "label": "计划人次", "kind": "count", "unit": "人次"},
        {"code": "region", "label": "行政区划", "kind": "text"},
    ],
    indicators=[
        {
            "code": "G",
            "name": "过程",
            "children": [
                {"code": "G1", "name": "支出率", "weight": "60", "rule": SCALED},
                {"code": "G2", "name": "评定", "weight": "10", "rule": {"kind": "judged"}},
            ],
        },
        {"code": "H", "name": "人次", "weight": "20", "rule": ratio("慰问人次", "计划人次")},
        {"code": "M", "name": "金额", "weight": "10", "rule": ratio("实际支出", "预算数")},
    ],
    total=100,
)  # fmt: skip
TYPED = {"spent": "90元", "budget": "120元", "helped": "480", "planned": "500"}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{分值:G1}、{得分:G1}、{完成值:G1}", "60、45、75.00%"),
        ("{分值：G}、{得分： G }", "70、45"),
        ("{得分:H}、{完成值:H}", "19.2、480人次"),
        ("{得分:M}、{完成值:M}", "7.5、90.00元"),
        ("{分值:G2}、{得分:G2}、{完成值:G2}", "10、（未填）、（未填）"),
        ("{自评得分}、{评价等级}", "71.70、（未填）"),
    ],
)
def test_what_an_indicator_reached_can_be_quoted(text: str, told: str) -> None:
    computed = figures(SCORED, **TYPED)
    assert render(text, computed, year=2024, sheet=score(SCORED, computed)) == told


def test_points_of_a_group_are_a_blank_while_nothing_below_it_has_any() -> None:
    computed = figures(SCORED)
    assert render("{得分:G}分", computed, year=2024, sheet=score(SCORED, computed)) == "（未填）分"


def test_points_need_a_sheet_and_weights_do_not() -> None:
    assert (
        render("{分值:G1}、{得分:G1}、{得分:G}", figures(SCORED, **TYPED), year=2024)
        == "60、（未填）、（未填）"
    )


def test_a_figure_that_is_not_there_is_no_value_reached() -> None:
    computed = figures(SCORED, helped="不适用", planned="500")
    assert render("{完成值:H}、{完成值:M}", computed, year=2024) == "不适用、（未填）"


@pytest.mark.parametrize(
    "name",
    ["得分", "得分:", "得分:Z", "完成值:G", "满分:G1", "得分:G1:G2", "得分:G1|万元", "单位名称|元", "G1"],
)
def test_what_no_indicator_can_tell_is_unknown(name: str) -> None:
    with pytest.raises(BindingError):
        render(f"{{{name}}}", figures(SCORED), year=2024)


def test_whom_the_report_is_about_can_be_named() -> None:
    subject = {"单位名称": "某县总工会", "单位简称": "县总工会", "主管部门": "", "项目名称": "送温暖"}
    computed = figures(SCORED, subject=subject, region="天心区")
    assert (
        render("{单位名称}（{单位简称}）：{项目名称}", computed, year=2024)
        == "某县总工会（县总工会）：送温暖"
    )
    assert render("{主管部门}", computed, year=2024) == "（未填）"
    assert render("{行政区划}", computed, year=2024) == "天心区"  # a figure of the template hides the word
    assert render("{单位名称}", figures(SCORED), year=2024) == "（未填）"


@given(st.text("{}｛｝:：|得分值完成G12单位名称", max_size=30))
def test_whatever_stands_in_braces_is_known_or_refused(text: str) -> None:
    computed = figures(SCORED)
    try:
        render(text, computed, year=2024)
    except BindingError as error:
        assert str(error.args[0]) in text.replace("{{", "{").replace("}}", "}")
