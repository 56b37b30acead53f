"""试算 on the page of an indicator: the rule as its form says it, unsaved; nothing is stored."""

from dataclasses import replace
from decimal import Decimal

import pytest

from evaluations.models import Role
from indicators.engine import parts
from indicators.engine.kinds import Band, Bands, Checklist, Deviation, Item, Judged, Ratio, Target
from indicators.engine.reading import read_template
from indicators.engine.spec import Indicator, OpenGroup
from indicators.loading import spec_of
from indicators.publishing import publish, store_draft
from indicators.views.panel import panel
from tests.web.html import Page

from .small import SMALL
from .workshop import address, browser, now, words

pytestmark = pytest.mark.django_db

LEAF = "indicators/A01"
D = Decimal


@pytest.fixture
def draft():
    return store_draft(read_template(SMALL))


def tried(client, template, htmx=True, **typed):
    """The answer to the button, `rule__limit` standing for the box `rule.limit`."""
    typed = {name.replace("__", "."): text for name, text in typed.items()}
    data = Page(client.get(address("part", template, LEAF))).values() | typed
    headers = {"HX-Request": "true"} if htmx else {}
    return client.post(address("trial", template, "A01"), data, headers=headers)


def test_the_rule_in_the_boxes_counts_not_the_stored_one(draft):
    client = browser()
    value = {"try:trial-value": "103.5"}
    assert "按指标值： 7 分" in words(tried(client, draft, **value))
    assert "按指标值： 4 分" in words(tried(client, draft, rule__points_per_step="2", **value))
    assert spec_of(now(draft)) == read_template(SMALL)


def test_figures_are_typed_as_people_type_them(draft):
    page = words(tried(browser(), draft, **{"try:spent": "1.04万元", "try:budget": "１０，０００"}))
    assert "按各项数： 6 分 10,400.00 ÷ 10,000.00 = 104.00%" in page


def test_without_script_the_whole_page_comes_back_with_what_was_typed(draft):
    typed = {"rule__points_per_step": "2", "name": "另一个名称", "try:trial-value": "102"}
    answer = tried(browser(), draft, htmx=False, **typed)
    page = answer.content.decode()
    assert "按指标值： 6 分" in words(answer)
    assert 'value="另一个名称"' in page
    assert 'name="try:trial-value"' in page
    assert 'value="102"' in page
    assert parts.find(spec_of(now(draft)), LEAF).name == "预算执行率"


def test_what_cannot_be_read_is_told_with_its_box(draft):
    page = words(tried(browser(), draft, **{"try:spent": "三千", "try:budget": "100"}))
    assert "全年执行数：" in page
    assert "三千" in page
    assert "按各项数" not in page


def test_a_rule_that_cannot_be_read_says_so_instead_of_points(draft):
    page = words(tried(browser(), draft, rule__limit="一百", **{"try:trial-value": "100"}))
    assert "界限：" in page
    assert "分 100" not in page


def test_a_formula_that_nobody_knows_says_so(draft):
    page = words(tried(browser(), draft, rule__measure="不存在 ÷ 2"))
    assert "指标值：" in page
    assert "不存在" in page


def test_boxes_follow_the_measure_and_only_then(draft):
    client = browser()
    same = tried(client, draft, **{"try:budget": "1"}).content.decode()
    assert 'id="trial-boxes"' not in same
    other = tried(client, draft, rule__measure="编制数 ÷ 编制数 × 100").content.decode()
    assert 'id="trial-boxes" hx-swap-oob="true"' in other
    assert 'name="try:quota"' in other


def test_a_published_rule_is_tried_as_it_is(draft):
    template = publish(draft, "某人")
    for role in (Role.TEMPLATE_ADMIN, Role.BUREAU_LEAD):
        page = words(tried(browser(role), template, rule__points_per_step="2", **{"try:trial-value": "102"}))
        assert "按指标值： 8 分" in page


def test_an_indicator_that_is_gone_is_not_found(draft):
    assert browser().post(address("trial", draft, "ZZ"), {}).status_code == 404


def test_groups_have_no_trial(draft):
    assert 'id="trial"' not in browser().get(address("part", draft, "indicators/AA")).content.decode()


def shown(rule, post=None, weight=10, **more):
    """The panel of an indicator of the small template with another rule."""
    spec = read_template(SMALL)
    leaf = replace(parts.find(spec, LEAF), rule=rule, weight=D(weight), **more)
    return panel(spec, leaf, post or {})


def test_the_curve_marks_what_was_tried():
    rule = Deviation("执行率", D(100), "over", D(1), D(1), "floor")
    picture = shown(rule, {"try:trial-value": "104"}).picture
    assert picture.here is not None
    assert [(row.value, row.before, row.at, row.after) for row in picture.breaks][:2] == [
        ("100%", "10", "10", "10"),
        ("101%", "10", "9", "9"),
    ]
    assert shown(rule, {"try:trial-value": "99999"}).picture.here is None  # outside of the drawing
    assert shown(rule).picture.here is None


def test_breaks_are_told_exactly_or_said_to_be_about():
    rule = Deviation("执行率", D(100), "over", D("0.3"), D("0.7"), "linear")
    assert [row.value for row in shown(rule).picture.breaks] == ["100%", "约 104.285714%"]


def test_open_and_closed_ends_and_single_values_are_drawn_apart():
    rule = Bands(
        "执行率", (Band("<", D(50), D(0)), Band("==", D(80), D(4)), Band("<=", D(100), D(8))), otherwise=None
    )
    picture = shown(rule).picture
    assert [dot.is_closed for dot in picture.dots] == [False, True, False, True, True]
    assert picture.breaks[-1].after == "由人评定"


def test_rounding_before_the_rule_is_told():
    rule = Deviation("执行率", D(100), "over", D(1), D(1), "floor")
    assert (shown(rule).rounding, shown(rule, round_value=0).rounding) == (None, 0)


@pytest.mark.parametrize(
    "rule",
    [
        Judged(),
        Checklist((Item("甲", D(5)), Item("乙", D(5))), "add"),
        Target(),
    ],
)
def test_rules_without_a_measured_value_are_tried_by_their_answers(rule):
    found = shown(rule)
    assert (found.by_value, found.picture) == (None, None)
    assert found.by_figures.boxes


def test_own_indicators_of_an_open_group_are_tried_by_its_rule():
    spec = read_template(SMALL)
    group = Indicator("CC", "产出", D(50), open=OpenGroup(Target(), ("数量指标",)))
    post = {"try:CC-target": "≥500人次", "try:CC-actual": "480人次"}
    assert panel(spec, group, post).by_figures.line.computed == 48


def test_what_is_not_there_yet_is_said():
    assert shown(None).by_figures.why_not == ("计分规则：还没有计分规则",)
    assert shown(Ratio("全年执行数", "全年预算数"), weight=0).by_value.why_not == ("分值：还没有分值",)
