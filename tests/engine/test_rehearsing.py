"""Cases of a check and worked examples, run while they are written."""

from dataclasses import replace

import pytest

from indicators import loading
from indicators.engine.faults import TemplateFaults
from indicators.engine.grounds import grounds
from indicators.engine.reading import read_template
from indicators.engine.rehearsing import Case, cases, rehearse
from indicators.engine.spec import CheckExample
from tests.indicators.small import SMALL, small


def checked(passing: dict, failing: dict, **changes):
    """Both cases of the only check of the small template, by name."""
    spec = read_template(small(**changes))
    rule = replace(
        spec.checks[0], passing=CheckExample(figures=passing), failing=CheckExample(figures=failing)
    )
    return {case.name: case for case in cases(spec, rule)}


def test_both_cases_are_run_at_once_and_say_what_the_finding_says():
    ran = checked({"spent": "90", "budget": "100"}, {"spent": "120", "budget": "100"})
    assert (ran["passing"].good, ran["passing"].ended) == (True, (("通过", "", ""),))
    assert ran["failing"].good
    assert ran["failing"].ended[0][:2] == (
        "不通过",
        "全年执行数 120.00 元大于全年预算数 100.00 元，相差 20.00 元。",
    )


def test_a_case_that_ends_otherwise_is_not_good():
    ran = checked({"spent": "120", "budget": "100"}, {"spent": "90", "budget": "100"})
    assert not ran["passing"].good
    assert not ran["failing"].good


def test_a_row_that_cannot_be_computed_spoils_a_case_even_if_another_fails():
    for ended in (["不通过", "无法计算"], ["无法计算"], ["通过"], ["不适用"]):
        assert not Case("failing", "不通过", tuple((how, "", "") for how in ended)).good
    assert Case("failing", "不通过", (("通过", "", ""), ("不通过", "", ""))).good
    assert Case("passing", "通过", (("通过", "", ""), ("不适用", "", ""))).good


def test_a_case_in_which_nothing_is_compared_shows_nothing():
    ran = checked({"budget": "100"}, {"spent": "120", "budget": "100"})
    assert ran["passing"].ended == (("不适用", "", ""),)
    assert not ran["passing"].good


def test_what_cannot_be_read_is_told_at_its_box():
    ran = checked({"spent": "九十", "budget": "100"}, {"nirgends": "1"})
    assert [fault.place for fault in ran["passing"].faults] == ["passing.figures.spent"]
    assert [fault.place for fault in ran["failing"].faults] == ["failing.figures.nirgends"]
    assert not ran["passing"].good


def test_a_case_that_is_not_written_is_not_run():
    rule = replace(read_template(SMALL).checks[0], passing=None, failing=CheckExample())
    assert cases(read_template(SMALL), rule) == ()


def test_faults_elsewhere_in_the_draft_do_not_matter():
    broken = {
        "fields__3__formula": "全年执行数 ÷",
        "outline__0__heading": "{无此数}",
        "indicators__0__children__0__children__0__weight": "9",
        "years": [],
    }
    ran = checked({"spent": "90", "budget": "100"}, {"spent": "120", "budget": "100"}, **broken)
    assert ran["passing"].good
    assert ran["failing"].good


def test_a_check_that_does_not_compile_is_told_at_its_side():
    spec = read_template(small(checks__0__left="无此数"))
    with pytest.raises(TemplateFaults) as refused:
        cases(spec, replace(spec.checks[0], passing=CheckExample(figures={"spent": "1"})))
    assert [fault.place for fault in refused.value.faults] == ["left"]


def test_an_example_is_computed_beside_what_it_promises():
    spec = read_template(SMALL)
    said = rehearse(spec, replace(spec.examples[1], points={"A01": 9}, values={"rate": "103.00%"})).said
    assert (said["points.A01"].text, said["points.A01"].agrees) == ("7 分", False)
    assert "103" in said["points.A01"].why
    assert (said["total"].text, said["total"].agrees) == ("7.00 分", True)
    assert (said["values.rate"].text, said["values.rate"].agrees) == ("103.00%", True)


def test_what_an_example_does_not_promise_is_shown_and_neither_right_nor_wrong():
    spec = read_template(SMALL)
    said = rehearse(spec, replace(spec.examples[0], points={}, total=None)).said
    assert {one.agrees for one in said.values()} == {None}
    assert said["total"].text == "10.00 分"


def test_an_example_without_figures_says_that_there_are_no_points():
    spec = read_template(SMALL)
    said = rehearse(spec, replace(spec.examples[0], figures={})).said
    assert (said["points.A01"].text, said["total"].text) == ("没有得分", "0.00 分（缺数据）")


def test_an_example_that_cannot_be_read_is_told_at_its_boxes():
    spec = read_template(SMALL)
    ran = rehearse(spec, replace(spec.examples[0], figures={"budget": "一百"}))
    assert [fault.place for fault in ran.faults] == ["figures.budget"]
    assert not ran.said


def test_an_example_of_a_template_that_does_not_compile_is_refused():
    spec = read_template(small(fields__3__formula="全年执行数 ÷"))
    with pytest.raises(TemplateFaults):
        rehearse(spec, spec.examples[0])


@pytest.mark.parametrize("path", loading.shipped(), ids=lambda path: path.stem)
def test_examples_of_the_shipped_templates_agree(path):
    spec = read_template(loading.load_yaml(path))
    for example in spec.examples:
        said = rehearse(spec, example).said
        assert all(one.agrees is not False for one in said.values())
        assert {f"points.{code}" for code in example.points} <= said.keys()


@pytest.mark.parametrize("path", loading.shipped(), ids=lambda path: path.stem)
def test_cases_of_the_shipped_templates_end_as_they_should(path):
    spec = read_template(loading.load_yaml(path))
    for rule in spec.checks:
        assert all(case.good for case in cases(spec, rule)), rule.code


# ── what a check rests on ───────────────────────────────────────────────────────────────────────────────────


def test_a_check_rests_on_what_is_typed():
    found = grounds(read_template(SMALL), ["执行率", "上年(执行率) × 2"])
    assert (list(found.typed), list(found.previous), list(found.tables)) == (
        ["spent", "budget"],
        ["rate"],
        [],
    )


def test_rows_count_by_their_table_and_by_what_their_formulas_name():
    table = {
        "code": "T1",
        "title": "明细",
        "columns": [
            {"code": "name", "label": "名称", "kind": "text"},
            {"code": "cost", "label": "金额"},
            {"code": "rest", "label": "余额", "formula": "全年预算数 - 金额"},
        ],
    }
    spec = read_template(small(tables=[table]))
    assert list(grounds(spec, ["合计(明细.余额)"]).tables) == ["T1"]
    assert list(grounds(spec, ["余额"], "T1").typed) == ["budget"]
    assert list(grounds(spec, ['合计(预算明细.执行数, 支出类型 = "基本支出")']).tables) == ["lines"]


def test_what_does_not_compile_rests_on_nothing():
    found = grounds(read_template(SMALL), ["执行率 ÷", ""])
    assert not (found.typed or found.previous or found.tables)
