"""A formula looked at while it is written."""

import pytest

from indicators.engine import parts
from indicators.engine.looking import look
from indicators.engine.reading import read_template
from tests.indicators.small import SMALL, small

TABLE = {
    "code": "T1",
    "title": "明细",
    "columns": [{"code": "name", "label": "名称", "kind": "text"}, {"code": "cost", "label": "金额"}],
}


def looked(text: str, address: str = "fields/rate", name: str = "formula", table: str = "", **changes):
    """Look at `text` as it would stand at a place of the small template."""
    spec = read_template(
        small(**({"fields__3__formula": text} if address == "fields/rate" else {}), **changes)
    )
    return look(spec, text, address, name, table)


def test_a_good_formula_tells_its_kind_what_it_rests_on_and_what_it_gives():
    told = looked("全年执行数 ÷ 全年预算数 × 100")
    assert (told.error, told.type, told.unit) == ("", "数字", "无单位")
    assert [(rest.label, rest.address, rest.said) for rest in told.rests] == [
        ("全年执行数", "fields/spent", "金额"),
        ("全年预算数", "fields/budget", "金额"),
    ]
    assert (told.sample, told.example) == ("90.00 ÷ 100.00 × 100 = 90.00", "不超")


def test_it_goes_down_to_what_is_typed():
    told = looked("若(上年(编制数) > 0人, 执行率, 0)", "indicators/A01", "rule.measure")
    rate, quota = told.rests
    assert (rate.label, rate.said, rate.formula) == ("执行率", "由公式得出", "全年执行数 ÷ 全年预算数 × 100")
    assert [rest.label for rest in rate.below] == ["全年执行数", "全年预算数"]
    assert (quota.label, quota.said) == ("上年编制数", "上年报告")


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("全年执行数 ÷", 7, "公式没有写完"),
        ("全年执行数 ÷ 全年预算", 8, "是否指“全年预算数”"),
        ("全年执行数 + 编制数", 8, "元与人不能相加减"),
        ("1%", 1, "不写百分号"),
        ("__import__('os')", 11, "不能用这个字符"),
        ("(" * 500 + "1" + ")" * 500, 1000, "超过 1000 个字"),
        ("1+" * 50_000 + "1", 1000, "超过 1000 个字"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text, position, words):
    told = looked(text)
    assert words in told.error
    assert told.position == position
    assert not told.sample


def test_look_alike_names_are_the_same_name():
    assert looked("全年执行数　÷ 全年预算数 × １００").error == ""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("全年执行数 > 全年预算数", "公式的结果是是否，这里需要数字"),
        ("编制数", "公式的单位是人，这里需要无单位"),
        ("执行率 + 1", "公式循环引用"),
    ],
)
def test_what_the_place_asks_for_is_judged_by_the_compiler_of_templates(text, words):
    told = looked(text)
    assert words in told.error
    assert told.position is None


def test_the_unit_of_a_measured_value_is_told_at_its_formula():
    path = "indicators__0__children__0__children__0"
    changes = {f"{path}__rule__measure": "编制数"}
    assert "指标值的单位是人" in looked("编制数", "indicators/A01", "rule.measure", **changes).error


def test_a_target_in_another_unit_is_told_at_its_formula():
    path = "indicators__0__children__0__children__0__rule"
    ratio = {"kind": "ratio", "actual": "全年执行数", "target": "编制数"}
    told = looked("编制数", "indicators/A01", "rule.target", **{path: ratio})
    assert "实际值和目标值的单位不同" in told.error
    assert (
        "实际值和目标值的单位不同"
        in looked("全年执行数", "indicators/A01", "rule.actual", **{path: ratio}).error
    )


def test_division_by_zero_is_said_and_no_error():
    assert looked("1 ÷ 0").sample == "1 ÷ 0 = 无法计算（除数为 0）"


def test_faults_elsewhere_do_not_stand_at_this_formula():
    told = looked("全年执行数 ÷ 全年预算数 × 100", checks__0__left="无此数")
    assert (told.error, told.sample, told.hindered) == ("", "", True)


def test_a_row_formula_knows_the_columns_of_its_row():
    placed = [*SMALL["outline"][0]["blocks"], {"kind": "table", "code": "T1"}]
    rows = {"tables": {"T1": [{"name": "甲", "cost": "30"}]}}
    changes = {
        "tables": [
            TABLE
            | {"columns": [*TABLE["columns"], {"code": "double", "label": "两倍", "formula": "金额 × 2"}]}
        ],
        "outline__0__blocks": placed,
        "examples": [SMALL["examples"][0] | rows, SMALL["examples"][1]],
    }
    told = looked("金额 × 2", "tables/T1", "columns[2].formula", "T1", **changes)
    assert (told.error, told.unit, told.sample) == ("", "元", "30.00 × 2 = 60.00 元")
    assert [rest.label for rest in told.rests] == ["明细.金额"]
    assert "没有" in looked("金额 × 2", "fields/rate", "formula").error


def test_a_sum_over_budget_lines_rests_on_their_columns():
    told = looked('合计(预算明细.执行数, 支出类型 = "基本支出")', "checks/表内-01", "left")
    assert [(rest.label, rest.address) for rest in told.rests] == [
        ("预算明细.执行数", ""),
        ("预算明细.支出类型", ""),
    ]


def test_the_place_of_a_piece_and_its_address_lead_to_each_other():
    spec = read_template(SMALL)
    for address in (
        "fields/rate",
        "indicators/A",
        "indicators/A01",
        "outline/money",
        "checks/表内-01",
        "examples/2",
        "grades",
    ):
        assert parts.address_of(spec, parts.join(parts.place_of(spec, address), "x")) == address
