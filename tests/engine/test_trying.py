"""An indicator tried by itself scores as in a report, and faults elsewhere do not stand in the way."""

from dataclasses import replace
from decimal import Decimal

import pytest

from indicators.engine import parts, trying
from indicators.engine.curve import curve
from indicators.engine.examples import facts_of_example
from indicators.engine.faults import TemplateFaults
from indicators.engine.kinds import Band, Bands, Deviation, Ratio, Scaled
from indicators.engine.reading import read_template
from indicators.engine.scoring import score
from indicators.engine.spec import Example, Field
from indicators.engine.template import compile_template
from indicators.loading import load_yaml, shipped
from tests.indicators.small import SMALL, small

D = Decimal
LIBRARY = {path.stem: read_template(load_yaml(path)) for path in shipped()}
BAOJING = LIBRARY["baojing-2017"]


def leaf_of(spec, code):
    return parts.find(spec, f"indicators/{code}")


def names(bench):
    return [box.name for box in bench.boxes]


def tried(spec, code, figures=None, value=None, **changes):
    """(points, status, working) of an indicator with changes that nobody has saved."""
    leaf = replace(leaf_of(spec, code), **changes)
    if figures is None:
        line = trying.by_value(spec, leaf).run({trying.VALUE: value}).line
    else:
        line = trying.by_figures(spec, leaf).run(figures).line
    return line.score, line.status, line.working


def test_it_asks_for_the_figures_behind_the_derived_ones():
    bench = trying.by_figures(BAOJING, leaf_of(BAOJING, "BJ-I09"))
    assert names(bench) == ["goods", "public_budget"]
    points, status, working = tried(BAOJING, "BJ-I09", {"goods": "103万元", "public_budget": "1,000,000"})
    assert (points, status) == (5, "已计分")
    assert "103.00%" in working


def test_a_rule_that_nobody_has_saved_is_tried():
    rule = replace(leaf_of(BAOJING, "BJ-I09").rule, points_per_step=D(2))
    figures = {"goods": "103", "public_budget": "100"}
    assert tried(BAOJING, "BJ-I09", figures, rule=rule)[0] == 2


def test_the_measured_value_itself_can_be_typed():
    assert tried(BAOJING, "BJ-I09", value="103.5%")[0] == 5
    assert tried(BAOJING, "BJ-I09", value="１００")[0] == 8
    assert tried(BAOJING, "BJ-I06", value="10.01")[0] == 4


def test_the_measured_value_is_told_with_the_points():
    bench = trying.by_figures(BAOJING, leaf_of(BAOJING, "BJ-I09"))
    assert bench.run({"goods": "103.5", "public_budget": "100"}).value == D("103.5")
    assert bench.run({"goods": "103.5"}).value is None
    rounded = replace(leaf_of(BAOJING, "BJ-I09"), round_value=0)
    assert trying.by_value(BAOJING, rounded).run({trying.VALUE: "103.5"}).value == 104
    assert trying.by_figures(BAOJING, leaf_of(BAOJING, "BJ-I12")).run({}).value is None


def test_of_a_ratio_the_share_of_the_target_is_typed():
    spec = LIBRARY["hunan-2023"]
    assert tried(spec, "ZX01", value="96.85")[0] == D("9.69")
    reverse = replace(leaf_of(spec, "ZX01").rule, reverse=True)
    assert tried(spec, "ZX01", value="96.85", rule=reverse)[0] == D("9.69")


def test_a_value_in_money_or_days_is_typed_in_its_unit():
    rule = Deviation("全年执行数", D(1000), "over", D(100), D(1), "floor")
    spec = read_template(SMALL)
    assert tried(spec, "A01", value="1250", rule=rule, value_unit="元")[0] == 8
    assert tried(spec, "A01", value="32", rule=replace(rule, limit=D(30), step=D(1)), value_unit="天")[0] == 8


def test_what_was_not_typed_is_missing_and_zero_over_zero_is_as_the_indicator_says():
    assert tried(BAOJING, "BJ-I09", {})[:2] == (None, "缺数据")
    assert tried(BAOJING, "BJ-I09", {"goods": "0", "public_budget": "0"})[1] == "无法计算"


def test_answers_are_boxes_too():
    bench = trying.by_figures(BAOJING, leaf_of(BAOJING, "BJ-I12"))
    assert names(bench) == ["BJ-I12-1", "BJ-I12-2", "BJ-I12-3", "BJ-I12-4"]
    line = bench.run(dict.fromkeys(names(bench), "是") | {"BJ-I12-2": "否"}).line
    assert line.score == 6


def test_a_condition_of_not_being_applicable_asks_for_its_figures():
    bench = trying.by_figures(BAOJING, leaf_of(BAOJING, "BJ-I11"))
    assert "BJ-I11-na" in names(bench)
    figures = {"BJ-I11-na": "是"}
    assert bench.run(figures).line.status == "不适用"
    assert trying.by_value(BAOJING, leaf_of(BAOJING, "BJ-I11")).run({trying.VALUE: "111"}).line.score == 2


def test_what_cannot_be_read_is_told_at_its_box():
    bench = trying.by_figures(BAOJING, leaf_of(BAOJING, "BJ-I09"))
    result = bench.run({"goods": "三万", "public_budget": "100"})
    assert result.line is None
    assert list(result.faults) == ["goods"]


def test_last_year_is_typed_apart_from_this_year():
    fields = [{"code": "now", "label": "三公经费"}, {"code": "before", "label": "上年三公经费"}]
    fields[0]["prior"] = "before"
    change = {"code": "change", "label": "变动率", "kind": "percent"}
    change["formula"] = "(三公经费 - 上年(三公经费)) ÷ 上年(三公经费) × 100"
    spec = read_template(small(fields=[*SMALL["fields"], *fields, change]))
    rule = Deviation("变动率", D(0), "over", D(1), D(1), "floor")
    bench = trying.by_figures(spec, replace(leaf_of(spec, "A01"), rule=rule))
    assert [(box.name, box.label) for box in bench.boxes] == [
        ("now", "三公经费"),
        ("上年.now", "上年三公经费"),
    ]
    assert bench.run({"now": "103", "上年.now": "100"}).line.score == 7


def test_a_figure_that_is_summed_from_rows_is_typed_as_the_sum():
    spent = {"code": "used", "label": "支出合计", "formula": "合计(预算明细.执行数)"}
    spec = read_template(small(fields=[*SMALL["fields"], spent]))
    rule = Deviation("支出合计 ÷ 全年预算数 × 100", D(100), "over", D(1), D(1), "floor")
    bench = trying.by_figures(spec, replace(leaf_of(spec, "A01"), rule=rule))
    assert names(bench) == ["used", "budget"]
    assert bench.run({"used": "104", "budget": "100"}).line.score == 6


def test_a_rule_that_sums_rows_itself_is_tried_by_its_value():
    rule = Deviation("合计(预算明细.执行数) ÷ 全年预算数 × 100", D(100), "over", D(1), D(1), "floor")
    spec = read_template(SMALL)
    with pytest.raises(TemplateFaults, match="请直接填指标值"):
        trying.by_figures(spec, replace(leaf_of(spec, "A01"), rule=rule))
    assert tried(spec, "A01", value="102", rule=rule)[0] == 8


def test_faults_elsewhere_in_the_draft_do_not_stand_in_the_way():
    broken = [*SMALL["fields"], {"code": "wrong", "label": "坏的", "formula": "没有 ÷"}]
    spec = read_template(small(fields=broken, outline=[], checks__0__left="不知道"))
    with pytest.raises(TemplateFaults):
        compile_template(spec)
    assert tried(spec, "A01", {"budget": "100", "spent": "103"})[0] == 7


@pytest.mark.parametrize(
    ("changes", "place", "said"),
    [
        ({"rule": None}, "rule", "还没有计分规则"),
        ({"weight": None}, "weight", "还没有分值"),
        ({"rule": Deviation("执行率", D(1), "over", D(0), D(1), "floor")}, "rule.step", "每档应大于 0"),
        ({"rule": Scaled("执行率", D(0))}, "rule.of", "满分应大于 0"),
        ({"rule": Deviation("执行率 ÷", D(1), "over", D(1), D(1), "floor")}, "rule.measure", ""),
        ({"rule": Deviation("没有的数", D(1), "over", D(1), D(1), "floor")}, "rule.measure", "没有的数"),
        ({"rule": Ratio("全年执行数", "编制数")}, "rule.target", "单位不同"),
        ({"rule": Bands("全年执行数", (Band("<", D(1), D(1)),))}, "value_unit", "元"),
        ({"na_when": "编制数"}, "na_when", "需要是否"),
    ],
)
def test_why_it_cannot_be_tried_is_told_at_its_place(changes, place, said):
    spec = read_template(SMALL)
    with pytest.raises(TemplateFaults) as refused:
        trying.by_figures(spec, replace(leaf_of(spec, "A01"), **changes))
    assert place in [fault.place for fault in refused.value.faults]
    assert said in str(refused.value)


def test_a_broken_figure_behind_it_is_named():
    spec = read_template(small(fields__3__formula="全年执行数 ÷"))
    with pytest.raises(TemplateFaults, match="数据项“执行率”"):
        trying.by_figures(spec, leaf_of(spec, "A01"))


def test_figures_in_a_circle_are_told_and_do_not_hang():
    spec = read_template(small(fields__3__formula="执行率 + 1"))
    with pytest.raises(TemplateFaults, match="循环引用"):
        trying.by_figures(spec, leaf_of(spec, "A01"))


def test_a_kind_without_a_measured_value_has_none_to_type():
    with pytest.raises(TemplateFaults, match="不按指标值计分"):
        trying.by_value(BAOJING, leaf_of(BAOJING, "BJ-I12"))


def examples():
    """Every leaf of every worked example of the shipped templates, with the points that it promises."""
    for name, spec in LIBRARY.items():
        for example in spec.examples:
            for code in example.points:
                if "[" not in code:
                    yield pytest.param(spec, example, code, id=f"{name}-{example.name}-{code}")


@pytest.mark.parametrize(("spec", "example", "code"), list(examples()))
def test_each_indicator_alone_gets_what_it_gets_in_the_worked_examples(
    spec, example: Example, code: str
) -> None:
    bench = trying.by_figures(spec, leaf_of(spec, code))
    compiled = compile_template(spec)
    facts, _ = facts_of_example(compiled, example)
    whole = next(line for line in score(compiled, compiled.compute(facts)).lines if line.code == code)
    figures = compiled.compute(facts).values
    texts = {
        box.name: example.figures.get(box.name) or str(figures[box.name])
        for box in bench.boxes
        if box.name in example.figures or isinstance(figures.get(box.name), Decimal)
    }
    line = bench.run({name: in_unit(text, bench, name) for name, text in texts.items()}).line
    if whole.self_score is None:
        assert (line.score, line.status) == (whole.score, whole.status)
    assert line.computed == whole.computed


def in_unit(text: str, bench: trying.Bench, name: str) -> str:
    """Examples are written in 元, boxes are typed in the template's unit."""
    item: Field = next(box.definition for box in bench.boxes if box.name == name)
    return f"{text}元" if item.kind == "money" and text[-1:].isdecimal() else text


TINY, HUGE = D("0." + "0" * 29 + "1"), D("9" * 30)


@pytest.mark.parametrize(
    "rule",
    [
        Deviation("执行率", D(100), "over", TINY, D(1), "floor"),
        Deviation("执行率", -HUGE, "both", TINY, HUGE, "ceil"),
        Deviation("执行率", D(100), "over", HUGE, TINY, "linear"),
        Bands("执行率", (Band("<=", HUGE, HUGE), Band("<", -HUGE, D(1)), Band("<", TINY, D(1)))),
        Scaled("执行率", TINY),
        Scaled("执行率", HUGE),
    ],
)
def test_numbers_without_measure_are_told_and_never_a_crash(rule):
    spec = read_template(SMALL)
    leaf = replace(leaf_of(spec, "A01"), rule=rule)
    for line in (
        trying.by_value(spec, leaf).run({trying.VALUE: "999999999999"}).line,
        trying.by_figures(spec, leaf).run({"spent": "999999999999", "budget": "0.01"}).line,
    ):
        assert line.status == "已计分" or line.reason.endswith("无法计算")
    assert curve(leaf) is None or curve(leaf).breaks
