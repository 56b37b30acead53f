"""A piece of a template as boxes, and back: nothing is lost on the way, and nothing is read a second way."""

import re
from decimal import Decimal

import pytest
from django.http import HttpResponse

from indicators import loading
from indicators.engine import parts
from indicators.engine.kinds import Band, Bands, Deviation, Rule, Target
from indicators.engine.reading import read_template
from indicators.engine.spec import Adjustment, CheckRule, Field, GradeBand, Indicator, OpenGroup, TemplateSpec
from indicators.forms import addresses, arrangement, piece_from, posting, trees
from indicators.forms.controls import Note
from indicators.forms.drawing import PieceForm
from indicators.forms.helps import HELP, RULE_HELP
from indicators.forms.rules import SENTENCES
from indicators.forms.shapes import shapes_of
from indicators.views.part import around_of
from tests.web.html import Page

from .made import full_template
from .small import SMALL

DEVIATION = {
    "kind": "deviation",
    "measure": "执行率",
    "limit": "１００",
    "side": "over",
    "step": "1",
    "points_per_step": "1,000.5",
    "partial": "floor",
    "floor": "",
}


def addressed(spec: TemplateSpec) -> list[str]:
    """Every piece of a template."""
    whole = [parts.GENERAL, *parts.WHOLE, *(f"examples/{n + 1}" for n in range(len(spec.examples)))]
    return whole + [one for name in parts.LISTS for one in addresses.order(spec, f"{name}/")]


def drawn(spec: TemplateSpec, address: str, tree=None, faults=()) -> Page:
    """The form of a piece as a page; of its own content when no tree is given."""
    shape = posting.whole(addresses.hint_of(address))
    tree = trees.of_value(parts.find(spec, address), shape) if tree is None else tree
    form = PieceForm(around_of(spec, address), shape, tree, faults)
    page = Page(HttpResponse(form.helper.layout.fields[0].html))
    single = [box["value"] or "" for box in page.all("input") if box["type"] == "text"]
    assert not re.search(r"[\r\n]", "".join(single))  # a browser would drop them
    return page


@pytest.mark.parametrize("path", loading.shipped(), ids=lambda path: path.stem)
def test_every_shipped_piece_posted_back_unchanged_is_the_same_piece(path):
    spec = read_template(loading.load_yaml(path))
    for address in addressed(spec):
        page = drawn(spec, address)
        assert max(page.ids().values(), default=1) == 1, address
        labelled = {label["for"] for label in page.all("label")}
        for box in page.boxes():
            assert box["id"] in labelled or box["aria-label"] or "label" in box.inside, (address, box.attrs)
        names = [box["name"] for box in page.all("input", "select", "textarea")]
        assert len(set(names)) == len(names), address
        piece, faults = piece_from(addresses.hint_of(address), page.values())
        assert (piece, faults) == (parts.find(spec, address), ()), address


def test_every_key_of_every_piece_is_posted_back():
    """Also those that no shipped template uses: a template in which nothing is left out."""
    spec = full_template()
    for address in addressed(spec):
        found = piece_from(addresses.hint_of(address), drawn(spec, address).values())
        assert found == (parts.find(spec, address), ()), address


def test_numbers_are_read_as_people_write_them():
    piece, faults = piece_from(Rule | None, {f"rule.{key}": text for key, text in DEVIATION.items()}, "rule")
    assert faults == ()
    assert piece == Deviation(
        "执行率", Decimal(100), "over", Decimal(1), Decimal("1000.5"), "floor", floor=Decimal(0)
    )


def test_what_cannot_be_read_is_told_at_its_box_by_the_reader_of_files():
    rule = DEVIATION | {"limit": "", "step": "一"}
    sent = {"code": "A", "name": "甲", "weight": "八分"} | {f"rule.{key}": text for key, text in rule.items()}
    piece, faults = piece_from(Indicator, sent)
    assert piece is None
    assert {fault.place: fault.message for fault in faults} == {
        "weight": "这里应是数字，而不是“八分”",
        "rule.limit": "缺少这一项",
        "rule.step": "这里应是数字，而不是“一”",
    }


def test_without_a_kind_there_is_no_rule():
    assert piece_from(Rule | None, {"rule.kind": "", "rule.measure": "执行率"}, "rule") == (None, ())


def test_rows_are_read_in_their_order_and_empty_ones_are_none():
    sent = {
        "kind": "bands", "measure": "执行率", "otherwise": "",
        "bands[7]": "", "bands[7].op": "<=", "bands[7].bound": "10", "bands[7].points": "5",
        "bands[new]": "", "bands[new].op": "<=", "bands[new].bound": " ", "bands[new].points": "",
        "bands[2]": "", "bands[2].op": "<=", "bands[2].bound": "30", "bands[2].points": "4",
    }  # fmt: skip
    bands = (Band("<=", Decimal(10), Decimal(5)), Band("<=", Decimal(30), Decimal(4)))
    assert piece_from(Rule, sent) == (Bands("执行率", bands, otherwise=None), ())


def test_a_fault_in_a_row_is_named_by_where_the_row_stands_now():
    sent = {"[0]": "", "[0].name": " ", "[0].minimum": "", "[1]": "", "[1].name": "优", "[1].minimum": "九"}
    piece, faults = piece_from(tuple[GradeBand, ...], sent)
    assert piece is None
    assert [fault.place for fault in faults] == ["[0].minimum"]


def test_a_list_from_which_every_row_was_removed_is_empty():
    assert piece_from(tuple[GradeBand, ...], {}) == ((), ())


def test_an_adjustment_that_says_nothing_yet_is_no_row():
    sent = {"[0]": "", "[0].kind": "cap", "[0].label": "", "[0].measure": "", "[0].minimum_weight": "0"}
    assert piece_from(tuple[Adjustment, ...], sent) == ((), ())


def test_groups_of_names_are_a_line_each():
    sent = {
        "code": "G",
        "name": "产出",
        "open": "是",
        "open.firsts": "产出指标：数量指标；质量指标\r\n\r\n效益指标: 社会效益",
    }
    piece, faults = piece_from(Indicator, sent | {"open.seconds": ""})
    assert faults == ()
    assert piece.open.firsts == {"产出指标": ("数量指标", "质量指标"), "效益指标": ("社会效益",)}


def test_an_open_group_is_there_when_it_was_chosen():
    sent = {
        "code": "G",
        "name": "产出",
        "weight": "80",
        "open": "是",
        "open.seconds": "数量指标\r\n\r\n质量指标",
    }
    piece, faults = piece_from(Indicator, sent)
    assert (piece.open, faults) == (OpenGroup(Target(), ("数量指标", "质量指标")), ())
    assert piece_from(Indicator, sent | {"open": ""})[0].open is None


def test_an_example_of_a_check_is_there_when_something_was_typed():
    check = {
        "code": "C",
        "title": "甲",
        "layer": "表内",
        "severity": "hint",
        "left": "甲",
        "op": "=",
        "right": "乙",
    }
    check |= {"missing_left": "skip", "missing_right": "skip", "fix_at": "a"}
    typed = {"passing.figures.a": "1", "passing.figures.b": " ", "failing.figures.a": ""}
    piece, faults = piece_from(CheckRule, check | typed)
    assert faults == ()
    assert piece.passing.figures == {"a": "1"}
    assert piece.failing is None


def test_a_forged_post_is_no_piece_and_no_error():
    piece, faults = piece_from(
        Indicator, {"rule.kind": "eval", "a" + ".b" * 5000: "1", "[[": "", "name": "甲"}
    )
    assert piece is None
    assert {fault.place for fault in faults} == {"code", "rule.kind"}


# ── rows without script ─────────────────────────────────────────────────────────────────────────────────────


def rows(spec: TemplateSpec, address: str, deed: str):
    """The form after a button was pressed: (values of its boxes, the row to be looked at)."""
    shape = posting.whole(addresses.hint_of(address))
    tree = trees.of_post(trees.posted(drawn(spec, address).values()), shape)
    look = trees.act(tree, shape, deed)
    return drawn(spec, address, tree).values(), look


@pytest.fixture
def banded() -> TemplateSpec:
    """The small template with bands for its leaf."""
    spec = read_template(SMALL)
    bands = Bands("执行率", tuple(Band("<=", Decimal(n), Decimal(5 - n)) for n in (1, 2, 3)))
    leaf = parts.find(spec, "indicators/A01")
    return parts.replaced(spec, "indicators/A01", Indicator(leaf.code, leaf.name, leaf.weight, bands))


@pytest.mark.parametrize(
    ("deed", "bounds", "look"),
    [
        ("add:rule.bands", ["1", "2", "3", ""], "rule.bands[3]"),
        ("add:rule.bands[0]", ["1", "", "2", "3"], "rule.bands[1]"),
        ("remove:rule.bands[1]", ["1", "3"], "rule.bands[1]"),
        ("remove:rule.bands[2]", ["1", "2"], "rule.bands[1]"),
        ("up:rule.bands[2]", ["1", "3", "2"], "rule.bands[1]"),
        ("up:rule.bands[0]", ["1", "2", "3"], "rule.bands[0]"),
        ("down:rule.bands[0]", ["2", "1", "3"], "rule.bands[1]"),
        ("redraw", ["1", "2", "3"], ""),
    ],
)
def test_rows_come_go_and_move_and_nothing_is_lost(banded, deed, bounds, look):
    values, where = rows(banded, "indicators/A01", deed)
    assert [text for name, text in values.items() if name.endswith("].bound")] == bounds
    assert where == look
    assert values["rule.measure"] == "执行率"


@pytest.mark.parametrize(
    "deed", ["remove:rule.bands[9]", "up:rule", "add:name", "remove:rule.bands[x]", "up:"]
)
def test_a_button_for_a_row_that_is_none_is_refused(banded, deed):
    with pytest.raises(LookupError):
        rows(banded, "indicators/A01", deed)


def test_another_kind_of_rule_can_be_tried_and_taken_back(banded):
    spec, address, shape = banded, "indicators/A01", posting.whole(Indicator)
    values = drawn(spec, address).values() | {"rule.kind": "deviation"}
    tried = drawn(spec, address, trees.of_post(trees.posted(values), shape))
    assert tried.by_id("b-rule.limit")["value"] == ""
    back = drawn(spec, address, trees.of_post(trees.posted(tried.values() | {"rule.kind": "bands"}), shape))
    assert piece_from(Indicator, back.values()) == (parts.find(spec, address), ())


def test_what_is_wrong_stands_at_its_box_or_at_the_nearest_around_it(banded):
    faults = [
        ("rule.bands[1].bound", Note("界限写错了")),
        ("rule.bands[2]", Note("永远轮不到", "warning")),
        ("inputs[4]", Note("没有这个数据项")),
    ]
    page = drawn(banded, "indicators/A01", faults=faults)
    box = page.by_id("b-rule.bands[1].bound")
    assert box["aria-invalid"] == "true"
    assert page.by_id(box["aria-describedby"]).text == "须改正：界限写错了"
    assert page.by_id("n-rule.bands[2]").text == "请留意：永远轮不到"
    assert "没有这个数据项" in page.by_id("n-inputs").text


def test_what_belongs_to_no_box_is_told_above_the_form(banded):
    shape = posting.whole(Field)
    form = PieceForm(
        around_of(banded, "fields/rate"), shape, trees.fresh(shape), [("", Note("没有放在任何一步里"))]
    )
    assert form.left == [Note("没有放在任何一步里")]


def test_a_value_that_is_no_choice_any_more_stays_chosen(banded):
    page = drawn(banded, "fields/rate", trees.of_piece(Field("rate", "执行率", "percent", prior="gone")))
    assert page.values()["prior"] == "gone"


def test_texts_of_the_admin_are_never_markup(banded):
    evil = '"><script>alert(1)</script>'
    leaf = Indicator("A01", evil, Decimal(1), inputs=(evil,), standard=f"\n{evil}")
    page = drawn(banded, "indicators/A01", trees.of_piece(leaf))
    assert not page.all("script")
    assert page.values()["name"] == evil
    assert page.values()["standard"] == f"\n{evil}"


def test_tables_of_layout_and_help_name_keys_that_there_are():
    named = {*HELP, *arrangement.UNITS, *arrangement.LONG, *arrangement.WIDE, *arrangement.MOST}
    named |= arrangement.DECIDING
    named |= {(cls, key) for cls, keys in arrangement.FIRST.items() for key in keys}
    named |= {(cls, key) for cls, groups in arrangement.GROUPS.items() for one in groups for key in one.keys}
    assert [(cls, key) for cls, key in named if key not in shapes_of(cls)] == []


def test_every_kind_of_rule_is_said_in_sentences_and_explained():
    kinds = posting.whole(Rule | None).rules
    assert set(SENTENCES) == set(kinds.values())
    assert set(RULE_HELP) == {"", *kinds}
