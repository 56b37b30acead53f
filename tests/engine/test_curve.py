"""The curve of points over the measured value: every break where the rule has it, and nothing in between."""

from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.engine.curve import MAX_BREAKS, curve
from indicators.engine.formula import CONTEXT
from indicators.engine.kinds import (
    Band,
    Bands,
    Checklist,
    Deviation,
    Expression,
    Item,
    Judged,
    Ratio,
    Scaled,
    Target,
)
from indicators.engine.reading import read_template
from indicators.engine.rules import Inputs, Measure, apply
from indicators.engine.spec import Indicator
from indicators.loading import load_yaml, shipped

D = Decimal


def leaf(rule, weight=3, **more):
    return Indicator("A", "甲", D(weight), rule, **more)


def deviation(side="over", partial="floor", step=1, points="1", floor=0, limit=100):
    return Deviation("率", D(limit), side, D(step), D(points), partial, floor=D(floor))


def told(found):
    """(value, before, at, after) of each break."""
    return [tuple(map(float, (b.value, b.before, b.at, b.after))) for b in found.breaks]


def test_part_steps_that_cost_nothing_break_where_a_step_is_full():
    assert told(curve(leaf(deviation()))) == [
        (100, 3, 3, 3),
        (101, 3, 2, 2),
        (102, 2, 1, 1),
        (103, 1, 0, 0),
    ]


def test_part_steps_that_cost_a_whole_one_break_just_above():
    assert told(curve(leaf(deviation(partial="ceil")))) == [
        (100, 3, 3, 2),
        (101, 2, 2, 1),
        (102, 1, 1, 0),
    ]


def test_part_steps_that_cost_their_share_have_two_bends():
    found = curve(leaf(deviation(partial="linear", points="0.5")))
    assert told(found) == [(100, 3, 3, 3), (106, 0, 0, 0)]
    assert [(s.points_left, s.points_right) for s in found.segments] == [(3, 3), (3, 0), (0, 0)]


def test_the_end_of_a_slope_is_exact_as_far_as_decimals_go():
    value = curve(leaf(deviation(partial="linear", points="0.7"))).breaks[-1].value
    assert abs(Fraction(value) - (100 + Fraction(30, 7))) < Fraction(1, 10**30)


def test_both_sides_and_a_floor():
    found = curve(leaf(deviation("both", step=5, points="2", floor=1), weight=4))
    assert told(found) == [
        (90, 1, 1, 2),
        (95, 2, 2, 4),
        (100, 4, 4, 4),
        (105, 4, 2, 2),
        (110, 2, 1, 1),
    ]
    assert [b.note for b in found.breaks] == ["最低分", "", "界限", "", "最低分"]


def test_ends_of_pieces_are_closed_on_one_side():
    found = curve(leaf(deviation()))
    assert [(s.has_left, s.has_right) for s in found.segments][1:] == [
        (True, False),
        (True, False),
        (True, False),
        (True, True),
    ]


def test_a_step_that_costs_nothing_leaves_only_the_limit():
    assert [b.value for b in curve(leaf(deviation(points="0"))).breaks] == [100]
    assert [b.value for b in curve(leaf(deviation(floor=3))).breaks] == [100]


def test_the_curve_is_drawn_in_the_unit_of_its_measure():
    assert curve(leaf(deviation(), value_unit="天")).unit == "天"
    assert curve(leaf(Ratio("实际数", "目标数"), value_unit="人")).unit == "%"


def test_bands_break_at_their_bounds_and_leave_what_a_person_decides():
    bands = (Band("<=", D(10), D(5)), Band("==", D(20), D(4)), Band("<", D(30), D(3)))
    found = curve(leaf(Bands("率", bands, otherwise=None), weight=5))
    assert [(b.value, b.before, b.at, b.after) for b in found.breaks] == [
        (10, 5, 5, 3),
        (20, 3, 4, 3),
        (30, 3, None, None),
    ]
    assert found.high > 30
    assert found.segments[-1].right == 30


def test_a_share_of_the_weight_rises_to_its_target():
    assert told(curve(leaf(Scaled("得分", D(80)), weight=10))) == [(0, 0, 0, 0), (80, 10, 10, 10)]
    found = curve(leaf(Ratio("甲", "乙", explain_over=D(130)), weight=10))
    assert told(found) == [(0, 0, 0, 0), (100, 10, 10, 10), (130, 10, 10, 10)]
    assert found.breaks[2].note == "超过须说明"
    assert found.unit == "%"


@pytest.mark.parametrize(
    "one",
    [
        leaf(Judged()),
        leaf(Target()),
        leaf(Expression("1")),
        leaf(Checklist((Item("甲"),), "deduct")),
        leaf(None),
        leaf(deviation(), weight=0),
        leaf(deviation(step=0)),
        leaf(Scaled("得分", D(0))),
        leaf(Bands("率", ())),
        leaf(deviation(step="0.001", points="0.001")),
    ],
)
def test_what_has_no_curve_has_none(one):
    assert curve(one) is None


def test_just_not_too_many_breaks_are_all_drawn():
    found = curve(leaf(deviation(points="0.1"), weight=(MAX_BREAKS - 1) // 10))
    assert len(found.breaks) == (MAX_BREAKS - 1) // 10 * 10 + 1
    assert curve(leaf(deviation(points="0.1"), weight=MAX_BREAKS // 10)) is None


small = st.decimals("0.1", "20", places=1)
values = st.decimals("-50", "250", places=3)
RULES = st.one_of(
    st.builds(
        lambda limit, side, step, points, partial, floor: Deviation(
            "率", limit, side, step, points, partial, floor=floor
        ),
        values,
        st.sampled_from(["over", "under", "both"]),
        small,
        small,
        st.sampled_from(["floor", "ceil", "linear"]),
        st.decimals("0", "2", places=1),
    ),
    st.builds(
        lambda bands, otherwise: Bands("率", tuple(bands), otherwise=otherwise),
        st.lists(
            st.builds(
                Band, st.sampled_from(["<=", "<", ">=", ">", "=="]), values, st.decimals("0", "10", places=1)
            ),
            min_size=1,
            max_size=5,
        ),
        st.one_of(st.none(), st.decimals("0", "3", places=1)),
    ),
    st.builds(lambda of: Scaled("率", of), small),
    st.builds(lambda: Ratio("甲", "乙")),
)


@given(RULES, small, values)
def test_the_curve_is_what_the_rule_gives_everywhere(rule, weight, value):
    one = leaf(rule, weight)
    found = curve(one)
    if found is None or not found.low < value < found.high:
        return
    with localcontext(CONTEXT):
        inputs = Inputs(weight, Measure(value, "", "%"), {}, 12, cut_off=False)
        given_points = apply(rule, inputs).points
        exactly = [b.at for b in found.breaks if b.value == value]
        inside = [s for s in found.segments if s.left < value < s.right]
        if exactly:
            assert exactly == [given_points]
        elif not inside:
            assert given_points is None
        else:
            (s,) = inside
            share = (value - s.left) / (s.right - s.left)
            drawn = s.points_left + share * (s.points_right - s.points_left)
            assert abs(drawn - given_points) < D("1e-9")


SHIPPED = [
    pytest.param(one, id=f"{path.stem}-{one.code}")
    for path in shipped()
    for one in read_template(load_yaml(path)).leaves()
    if one.rule and one.rule.kind in ("deviation", "bands", "scaled", "ratio")
]


@pytest.mark.parametrize("one", SHIPPED)
def test_every_shipped_rule_with_a_measure_is_drawn(one):
    assert max(found.at for found in curve(one).breaks) == one.weight
