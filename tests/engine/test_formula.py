"""The formula language: what it says, what it refuses and how it says so."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from indicators.engine.formula import Formula, FormulaError, Undefined, compile_formula
from indicators.engine.units import unit_text
from indicators.engine.values import MISSING, NOT_APPLICABLE

from .samples import PROJECTS, compiled, figures

TEMPLATE = compiled(
    fields=[
        {"code": "staff", "label": "在职人数", "kind": "count", "unit": "人", "aliases": ["职工数"]},
        {"code": "quota", "label": "编制数", "kind": "count", "unit": "人"},
        {"code": "spent", "label": "实际支出", "prior": "spent_prior"},
        {"code": "spent_prior", "label": "去年实际支出"},
        {"code": "budget", "label": "预算数"},
        {"code": "odd", "label": "完成率%", "kind": "percent"},
        {"code": "quoted", "label": "“三公经费”预算数"},
        {"code": "other", "label": "非税收入"},
        {"code": "count", "label": "2024年数", "kind": "count", "unit": "个"},
        {"code": "has", "label": "有项目", "kind": "yes_no"},
        {"code": "level", "label": "等次", "kind": "choice", "choices": ["较好（优）", "差"]},
        {"code": "closed", "label": "截止日期", "kind": "date"},
        {"code": "B-1", "label": "要点一", "kind": "yes_no"},
        {"code": "twin1", "label": "同名项"},
        {"code": "twin2", "label": "同名项"},
        {"code": "rate", "label": "人员比", "kind": "percent", "formula": "在职人数 ÷ 编制数 × 100"},
        {"code": "lines_sum", "label": "明细合计", "formula": "合计(预算明细.执行数)"},
        {"code": "before", "label": "去年两数", "formula": "上年(实际支出) + 上年(预算数)"},
    ],
    tables=[PROJECTS],
)
TYPED = {
    "staff": "11",
    "quota": "13",
    "spent": "449,646.20",
    "budget": "121,000.00",
    "odd": "84.62%",
    "quoted": "3.9万元",
    "other": "5",
    "count": "3",
    "has": "是",
    "level": "较好（优）",
    "closed": "2024-07-01",
    "B-1": "否",
}
ROWS = [
    {"name": "甲", "planned": "100", "paid": "80"},
    {"name": "乙", "planned": "50", "paid": "50"},
    {"name": "丙", "planned": "", "paid": "7"},
]
LINES = (
    ("2012901", "30101", "700", "基本支出", "600", "100"),
    ("2012901", "30201", "200", "基本支出", "250", "-50"),
    ("2012999", "302", "90", "项目支出", "90"),
    ("2080505", "", "10"),
)


def formula(text: str) -> Formula:
    return compile_formula(text, TEMPLATE.scope)


def value(text: str, *, rows: list | None = None, lines: tuple = LINES, **more: Any) -> Any:
    """The value of `text` over the figures above; `more` replaces some, "" leaves one out."""
    tables = {"projects": ROWS if rows is None else rows}
    return formula(text)(figures(TEMPLATE, tables=tables, lines=lines, **TYPED | more).env)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("在职人数 + 编制数", "24"),
        ("职工数 × 2", "22"),
        ("staff*2", "22"),
        ("（在职人数＋编制数）×１０", "240"),
        ("编制数 － 在职人数", "2"),
        ("-在职人数 + 20人", "9"),
        ("+在职人数", "11"),
        ("2 + 3 × 4 − 6 ÷ 2", "11"),
        ("10 − 3 − 2", "5"),
        ("24 ÷ 4 ÷ 2", "3"),
        ("2 × -3", "-6"),
        ("0.1 + 0.2", "0.3"),
        ("{完成率%} + 0", "84.62"),
        ("｛完成率％｝", "84.62"),
        ("{“三公经费”预算数} ÷ 10", "3900"),
        ("非税收入", "5"),
        ("{2024年数}", "3"),
        ("预算数 × 0.05 + 1万元", "16050"),
        ("若(有项目, 1, 2)", "1"),
        ("若(非 有项目, 1, 2)", "2"),
        ("if(has and not {B-1}, 1, 2)", "1"),
        ("合计(1, 2, 3)", "6"),
        ("最大(在职人数, 编制数, 0)", "13"),
        ("min(staff, quota)", "11"),
        ("绝对值(在职人数 − 编制数)", "2"),
        ("四舍五入(2 ÷ 3, 2)", "0.67"),
        ("四舍五入(2.5, 0)", "3"),
        ("四舍五入(-2.5, 0)", "-3"),
        ("计数(在职人数, 编制数, twin1)", "2"),
        ("合计(项目表.支付)", "137"),
        ("合计(项目表.支付, 名称 ≠ “甲”)", "57"),
        ("合计(项目表.支付, 支付 > 在职人数 × 1元 ÷ 1人)", "130"),
        ("合计(项目表.计划)", "150"),
        ("最大(项目表.支付)", "80"),
        ("最小(项目表.支付, 计划 > 60元)", "80"),
        ("计数(项目表)", "3"),
        ("计数(项目表, 支付 ≥ 50元)", "2"),
        ("计数(项目表.计划)", "2"),
        ("合计(预算明细.执行数)", "1000"),
        ("合计(预算明细.年初预算)", "940"),
        ("合计(预算明细.调整数)", "50"),
        ("合计(预算明细.全年预算)", "990"),
        ("合计(预算明细.执行数, 经济分类 始于 “302”)", "290"),
        ('合计(预算明细.执行数, 经济分类 = "302")', "90"),
        ('合计(预算明细.执行数, 经济分类 = "")', "10"),
        ("合计(预算明细.执行数, 功能分类 始于 “201” 且 支出类型 ≠ “项目支出”)", "900"),
        ("合计(lines.executed, functional begins “208” or kind = “项目支出”)", "100"),
        ("合计(预算明细.执行数, 功能分类 = “999”)", "0"),
        ("计数(预算明细, 支出类型 = “基本支出”)", "3"),
        ("年度", "2024"),
    ],
)
def test_numbers(text: str, result: str) -> None:
    assert value(text) == Decimal(result)


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("在职人数 ≤ 编制数", True),
        ("在职人数 <= 编制数", True),
        ("在职人数 ≦ 编制数", True),
        ("在职人数 >= 编制数", False),
        ("编制数 ≧ 在职人数", True),
        ("在职人数 == 11人", True),
        ("在职人数 != 11人", False),
        ("在职人数 ＞ 编制数", False),
        ("在职人数 = 11人", True),
        ("在职人数 <> 11人", False),
        ("实际支出 > 12.1万元", True),
        ("预算数 ≥ 0", True),
        ("{完成率%} < 85", True),
        ("等次 = “较好（优）”", True),
        ("等次 ≠ “差”", True),
        ("有项目 = 是", True),
        ("{要点一} = 否", True),
        ("有项目 = true", True),
        ("{要点一} = false", True),
        ("有项目 ≠ 否", True),
        ("有项目 且 非 {要点一}", True),
        ("有项目 = {要点一}", False),
        ("截止日期 > 日期(2023, 12, 31)", True),
        ("截止日期 ≤ 日期(年度, 6, 30)", False),
        ("截止日期 < 日期(年度 + 1, 1, 1)", True),
        ("在职人数 > 10人 或 编制数 > 100人 且 有项目", True),
        ("(在职人数 > 100人 或 有项目) 且 {要点一}", False),
        ("计数(项目表) = 3个", True),
        ("0.1 × 3 = 0.3", True),
    ],
)
def test_truths(text: str, result: bool) -> None:
    assert value(text) is result


def test_what_is_missing_is_named_and_never_zero() -> None:
    assert value("在职人数 + 编制数", quota="") == Undefined(missing=("quota",))
    assert value("在职人数 × 编制数 ÷ 实际支出", staff="", spent="").missing == ("staff", "spent")
    assert value("人员比 + 1", quota="").missing == ("quota",)


def test_not_applicable_makes_the_result_not_applicable() -> None:
    assert value("实际支出 ÷ 预算数", budget="不适用") is NOT_APPLICABLE
    assert value("实际支出 ÷ 预算数", budget="不适用", spent="") is NOT_APPLICABLE


def test_the_two_divisions_by_zero_are_told_apart() -> None:
    over = value("实际支出 ÷ 预算数", budget="0")
    assert over.over_zero and not over.zero_over_zero
    nothing = value("实际支出 ÷ 预算数 × 100", budget="0", spent="0")
    assert nothing.zero_over_zero and not nothing.over_zero


def test_conditions_look_only_at_what_they_need() -> None:
    assert value("若(预算数 = 0, 0, 实际支出 ÷ 预算数)", budget="0") == 0
    assert value("若(有项目, 1, 编制数 ÷ 在职人数)", quota="") == 1
    assert value("有项目 或 编制数 > 1人", quota="") is True
    assert value("编制数 > 1人 或 有项目", quota="") is True
    assert value("{要点一} 且 编制数 > 1人", quota="") is False
    assert value("编制数 > 1人 且 {要点一}", quota="") is False
    assert value("有项目 且 编制数 > 1人", quota="") == Undefined(missing=("quota",))
    assert value("若(有项目, 1, 2)", has="").missing == ("has",)
    assert value("若(有项目, 1, 2)", has="不适用") is NOT_APPLICABLE


def test_presence() -> None:
    assert value("已填(在职人数)") is True
    assert value("已填(在职人数)", staff="") is False
    assert value("已填(在职人数)", staff="0") is True
    assert value("已填(在职人数)", staff="不适用") is True
    assert value("适用(预算数)", budget="不适用") is False
    assert value("适用(预算数)") is True
    assert value("适用(预算数)", budget="").missing == ("budget",)


def test_sums_take_what_is_present() -> None:
    assert value("合计(在职人数, 编制数)", quota="") == 11
    assert value("合计(在职人数, 编制数)", quota="不适用") == 11
    assert value("合计(在职人数, 编制数)", quota="", staff="").missing == ("staff", "quota")
    assert value("合计(在职人数, 编制数)", quota="不适用", staff="不适用") is NOT_APPLICABLE
    assert value("最大(在职人数, 编制数)", quota="", staff="").missing == ("staff", "quota")
    assert value("合计(项目表.计划)", rows=[{"name": "甲"}, {"name": "乙"}]).missing == (
        "projects[r1].planned",
        "projects[r2].planned",
    )


def test_an_empty_table_has_no_sum_but_a_count() -> None:
    assert value("合计(项目表.支付)", rows=[]).missing == ("projects",)
    assert value("合计(预算明细.执行数)", lines=()).missing == ("lines",)
    assert value("计数(项目表)", rows=[]) == 0
    assert value("最大(项目表.支付, 支付 > 1亿元)").reason


def test_a_division_by_zero_in_a_row_spoils_the_sum() -> None:
    assert value("合计(项目表.进度)", rows=[{"name": "甲", "planned": "0", "paid": "5"}]).over_zero


def test_last_year_is_taken_from_last_year_or_from_the_box_for_it() -> None:
    last = {"spent": Decimal(70), "budget": Decimal(30)}
    assert value("上年(实际支出) + 上年(预算数)", previous=last) == 100
    assert value("上年(实际支出)", spent_prior="8") == 8
    assert value("上年(实际支出)", spent_prior="8", previous=last) == 70
    assert value("上年(实际支出)", spent_prior="8", previous={"spent": MISSING}) == 8
    assert value("上年(预算数)").missing == ("上年.budget",)


def test_dates_that_do_not_exist_are_undefined() -> None:
    assert value("日期(2024, 2, 29)") == date(2024, 2, 29)
    assert value("日期(2023, 2, 29)").reason
    assert value("日期(2023, 1.5, 1)").reason
    assert value("日期(0, 1, 1)").reason
    assert value("日期(编制数 ÷ 1人, 1, 1)", quota="").missing == ("quota",)


def test_results_beyond_all_bounds_are_undefined() -> None:
    huge = " × ".join(["999999999999999999999999"] * 3)
    assert value(huge) == Undefined("计算结果超出范围")


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("在职人数 ÷ 编制数", "无单位"),
        ("实际支出 ÷ 在职人数", "元/人"),
        ("实际支出 ÷ 在职人数 × 编制数", "元"),
        ("预算数 × 0.05", "元"),
        ("{完成率%} × 预算数 ÷ 100", "元"),
        ("最大(0, 实际支出 − 预算数)", "元"),
        ("若(有项目, 实际支出, 0)", "元"),
        ("合计(预算明细.执行数)", "元"),
        ("绝对值(−实际支出)", "元"),
        ("四舍五入(实际支出, 0)", "元"),
        ("绝对值(0) + 实际支出", "元"),
        ("最大(0, 0) + 实际支出", "元"),
        ("若(有项目, 0, 0) + 实际支出", "元"),
        ("计数(项目表) + 在职人数", "人"),
        ("计数(在职人数, 编制数) + 在职人数", "人"),
    ],
)
def test_units_are_inferred(text: str, unit: str) -> None:
    assert unit_text(formula(text).unit) == unit


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("在职人数 + 实际支出", 7, "人与元不能相加减"),
        ("实际支出 > 在职人数", 7, "元与人不能比较"),
        ("在职人数 > 5", 7, "请把单位写上"),
        ("5 < 在职人数", 0, "请把单位写上"),
        ("最大(实际支出, 编制数)", 9, "元与人"),
        ("若(有项目, 实际支出, 编制数)", 13, "元与人"),
        ("在职人数 + 有项目", 7, "需要数字"),
        ("有项目 且 在职人数", 6, "需要是否"),
        ("有项目 > {要点一}", 4, "只能用 = 或 ≠"),
        ("等次 < “差”", 3, "只能用 = 或 ≠"),
        ("等次 = 5", 5, "需要文字"),
        ("若(在职人数, 1, 2)", 2, "需要是否"),
        ("若(有项目, 1)", 0, "若(条件, 成立时, 不成立时)"),
        ("四舍五入(1, 在职人数)", 8, "0 至 10 的整数"),
        ("四舍五入(1, 1.5)", 8, "0 至 10 的整数"),
        ("上年(1)", 3, "只能写一个数据项"),
        ("项目表.支付 + 1", 0, "只能用在 合计"),
        ("项目表 + 1", 0, "这是表"),
        ("合计(项目表.金额)", 7, "没有“金额”这一列"),
        ("合计(项目.支付)", 3, "没有名为“项目”的表，是否指“项目表”"),
        ("合计(项目表.名称)", 3, "需要数字"),
        ("合计(项目表.支付, 有项目, 有项目)", 0, "几个条件用“且”连接"),
        ("合计()", 0, "应写成"),
        ("支付", 0, "没有名为“支付”的数据项"),
        ("或有负债", 0, "没有名为“或有负债”的数据项"),
        ("在职人数且有项目", 0, "“且”的前后请空一格"),
        ("在值人数 × 2", 0, "没有名为“在值人数”的数据项，是否指“在职人数”"),
        ("同名项", 0, "请改用代码"),
        (
            "幂(2, 3)",
            0,
            "没有函数“幂”，函数有：合计、计数、最大、最小、绝对值、四舍五入、若、上年、日期、已填、适用",
        ),
        ("最小()", 0, "应写成 最小(数, 数, …) 或 最小(表.列, 条件)"),
        ("绝对值(1, 2)", 0, "应写成 绝对值(数)"),
        ("四舍五入(1)", 0, "应写成 四舍五入(数, 小数位数)"),
        ("上年()", 0, "应写成 上年(数据项)"),
        ("日期(2017)", 0, "应写成 日期(2017, 12, 31)"),
        ("已填()", 0, "应写成 已填(数据项)"),
        ("适用(在职人数, 编制数)", 0, "应写成 适用(数据项)"),
        ("非有项目", 0, "“非”的前后请空一格"),
        ("有项目且 {要点一}", 5, "“且”的前后请空一格"),
        ("2024年数 + 1", 0, "请写在花括号里"),
        ("1 = 1且有项目", 5, "“且”的前后请空一格"),
        ("计数()", 0, "应写成 计数(表, 条件)"),
        ("一且甲(1)", 0, "没有函数“一且甲”"),
        ("且甲(1)", 0, "“且”的后面请空一格"),
        ("1 < 2 < 3", 6, "比较不能连写"),
        ("在职人数 +", 6, "没有写完"),
        ("(1 + 2", 6, "没有写完"),
        ("1 + 2)", 5, "这里不应出现"),
        ("84%", 2, "不写百分号"),
        ("2 ^ 3", 2, "没有乘方"),
        ("{在职人数", 0, "花括号没有配对"),
        ("在职人数}", 4, "花括号没有配对"),
        ("“较好", 0, "引号没有配对"),
        ("等次 = 较好”", 7, "引号没有配对"),
        ('等次 = "较好', 5, "引号没有配对"),
        ("在职人数 & 1", 5, "公式里不能用这个字符"),
        ("1e5", 1, "数字后面只能写单位"),
        ("1,000 + 1", 1, "这里不应出现"),
        ("最大(1,000)", 5, "不能以 0 开头"),
        ("1" * 25, 0, "超过 24 位"),
        ("", 0, "是空的"),
        ("   ", 0, "是空的"),
    ],
)
def test_what_is_refused_is_refused_at_its_place(text: str, position: int, words: str) -> None:
    with pytest.raises(FormulaError) as refused:
        formula(text)
    assert refused.value.position == position
    assert words in str(refused.value)
    assert f"第 {position + 1} 个字" in str(refused.value)


def test_a_refusal_quotes_the_word_it_stands_at() -> None:
    for text, message in (
        ("编制数 + 支付", "第 7 个字“支付”：没有名为“支付”的数据项"),
        ("有项目 > {要点一}", "第 5 个字“>”：是否只能用 = 或 ≠ 比较"),
        ("  ", "第 1 个字：公式是空的"),
    ):
        with pytest.raises(FormulaError) as refused:
            formula(text)
        assert str(refused.value).startswith(message)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("等次 = “较好（优）”", "较好（优）= “较好（优）”"),
        ("-在职人数 + 20人", "−11 + 20人"),
        ("−(在职人数 + 编制数)", "−（11 + 13）"),
        ("在职人数 + (编制数 − 2人)", "11 + 13 − 2人"),
        ("在职人数 × (编制数 × 2)", "11 × 13 × 2"),
        ("在职人数 ÷ (编制数 × 2)", "11 ÷（13 × 2）"),
        ("(在职人数 + 编制数) × 2", "（11 + 13）× 2"),
        ("若(有项目, 在职人数 + 编制数, 编制数) ÷ 2", "（11 + 13）÷ 2"),
        ("非 (有项目 且 {要点一})", "非（是 且 否）"),
        ("(有项目 或 {要点一}) 且 有项目", "（是 或 否）且 是"),
        ("有项目 且 {要点一} 或 有项目", "是 且 否 或 是"),
        ("有项目 = (在职人数 > 5人)", "是 =（11 > 5人）"),
        ("等次 始于 “较”", "较好（优）始于 “较”"),
        ("年度 − 1", "2024 − 1"),
    ],
)
def test_brackets_stand_where_they_are_needed(text: str, words: str) -> None:
    env = figures(TEMPLATE, tables={"projects": ROWS}, lines=LINES, **TYPED).env
    assert formula(text).words(env) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("在职人数 ÷ 编制数 × 100", "11 ÷ 13"),
        ("100 × 在职人数 ÷ 编制数", "100 × 11 ÷ 13"),
        ("(实际支出 - 预算数) / 预算数 * 100", "（449,646.20 − 121,000.00）÷ 121,000.00"),
        ("实际支出 ÷ (预算数 ÷ 在职人数)", "449,646.20 ÷（121,000.00 ÷ 11）"),
        ("编制数 − (在职人数 − 2人)", "13 −（11 − 2人）"),
        ("若(有项目, 在职人数, 编制数)", "11"),
        ("合计(在职人数, 编制数)", "11 + 13"),
        ("最大(在职人数, 编制数, 0)", "最大（11，13，0）"),
        ("最小(在职人数, 编制数)", "最小（11，13）"),
        ("绝对值(在职人数 − 编制数)", "|11 − 13|"),
        ("已填(编制数)", "已填（13）"),
        ("计数(在职人数, 编制数)", "2"),
        ("计数(项目表)", "3"),
        ("上年(实际支出)", "上年实际支出（未填）"),
        ("合计(项目表.支付)", "137.00"),
        ("预算数 × {完成率%}", "121,000.00 × 84.62%"),
        ("截止日期 > 日期(2023, 12, 31)", "2024年7月1日 > 2023年12月31日"),
        ("非 有项目 或 在职人数 > 5人", "非 是 或 11 > 5人"),
        ("twin1 + 预算数", "同名项（未填）+ 121,000.00"),
    ],
)
def test_a_formula_can_be_written_with_its_figures(text: str, words: str) -> None:
    env = figures(TEMPLATE, tables={"projects": ROWS}, lines=LINES, **TYPED).env
    assert formula(text).words(env, percent=True) == words


def test_a_formula_knows_what_it_reads() -> None:
    found = formula("合计(项目表.支付, 名称 = “甲”) ÷ 上年(实际支出) + 合计(预算明细.执行数) ÷ 预算数")
    assert found.names == {"budget"}
    assert found.previous == {"spent"}
    assert found.columns == {("projects", "paid"), ("projects", "name"), ("lines", "executed")}
    assert found.uses_lines
    assert [part.code for part in found.operands] == ["projects", "上年.spent", "lines", "budget"]
