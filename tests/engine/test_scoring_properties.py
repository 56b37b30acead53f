"""What holds for every rule and every value."""

from decimal import Decimal
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.engine.scoring import score

from .samples import compiled, deviation, facts, line_of, one_leaf, scored

D = Decimal
PARTIAL = ("floor", "ceil", "linear")
values = st.decimals(min_value=-500, max_value=500, places=3)
positive = st.decimals(min_value="0.1", max_value=20, places=1)

WEIGHT = "8"
MEASURED: list[dict[str, Any]] = [
    *(deviation(side, "100", "5", "2", partial) for side in ("over", "under", "both") for partial in PARTIAL),
    {
        "kind": "bands",
        "measure": "指标值",
        "bands": [{"op": "<=", "bound": 10, "points": 8}, {"op": "<=", "bound": 30, "points": 4}],
    },
    {"kind": "scaled", "measure": "指标值", "of": 100},
    {"kind": "ratio", "actual": "指标值", "target": "目标值"},
    {"kind": "ratio", "actual": "指标值", "target": "目标值", "reverse": True},
    {"kind": "expression", "formula": "指标值 ÷ 3"},
]
LEAVES = [one_leaf(rule, WEIGHT) for rule in MEASURED]


@given(st.sampled_from(LEAVES), values, values)
def test_points_lie_between_nothing_and_the_weight(leaf: Any, x: Decimal, y: Decimal) -> None:
    line = line_of(leaf, x=str(x), y=str(y))
    if line.status == "已计分":
        assert 0 <= line.computed <= 8
        assert line.computed == round(line.computed, 2)
        assert line.working.endswith(" 分")
    else:
        assert line.computed is None
        assert line.reason


@given(st.sampled_from(PARTIAL), st.sampled_from(["over", "under"]), positive, positive, values, values)
def test_a_deviation_is_monotone(
    partial: str, side: str, step: Decimal, off: Decimal, one: Decimal, other: Decimal
) -> None:
    leaf = one_leaf(deviation(side, "100", str(step), str(off), partial), WEIGHT)
    better, worse = sorted((one, other), reverse=side == "under")
    assert line_of(leaf, x=str(better)).computed >= line_of(leaf, x=str(worse)).computed


@given(positive, positive, values)
def test_the_three_readings_are_ordered(step: Decimal, off: Decimal, value: Decimal) -> None:
    dropped, shared, rounded_up = (
        line_of(
            one_leaf(deviation("both", "100", str(step), str(off), partial), WEIGHT), x=str(value)
        ).computed
        for partial in ("floor", "linear", "ceil")
    )
    assert dropped >= shared >= rounded_up


@given(values, values, st.sampled_from([LEAVES[10], LEAVES[11], LEAVES[13]]))
def test_more_of_the_good_never_costs_points(one: Decimal, other: Decimal, leaf: Any) -> None:
    low, high = sorted((one, other))
    assert line_of(leaf, x=str(low), y="50").computed <= line_of(leaf, x=str(high), y="50").computed


def tree(order: list[int]) -> Any:
    leaves = [
        {"code": f"L{n}", "name": f"指标{n}", "weight": str(n), "rule": {"kind": "judged"}} for n in order
    ]
    return compiled(indicators=[{"code": "G", "name": "组", "children": leaves}], total=sum(order))


@settings(max_examples=50)
@given(st.permutations([1, 2, 3, 4]), st.lists(st.decimals(0, 1, places=2), min_size=4, max_size=4))
def test_parents_are_sums_and_the_order_of_siblings_does_not_matter(
    order: list[int], shares: list[Decimal]
) -> None:
    answers = {f"L{n}-points": n * share for n, share in enumerate(shares, 1)}
    sheet = scored(tree(order), answers=answers)
    straight = scored(tree([1, 2, 3, 4]), answers=answers)
    assert sheet.groups["G"].score == sum(line.score for line in sheet.lines) == sheet.total
    assert sheet.total == straight.total
    assert {line.code: line for line in sheet.lines} == {line.code: line for line in straight.lines}


@given(st.sampled_from(LEAVES), values)
def test_missing_is_never_scored_as_zero(leaf: Any, y: Decimal) -> None:
    line = line_of(leaf, y=str(y))
    assert (line.status, line.computed, line.missing) == ("缺数据", None, ("x",))


@given(st.lists(st.tuples(st.sampled_from(["x", "y"]), values), max_size=2))
def test_the_same_facts_give_the_same_sheet(given_values: list[tuple[str, Decimal]]) -> None:
    leaf = LEAVES[-2]
    known = facts(leaf, **{code: str(value) for code, value in given_values})
    assert score(leaf, leaf.compute(known)) == score(leaf, leaf.compute(known))
