"""Pieces of a template by address: found, replaced, added, moved and removed, and nothing else touched."""

from dataclasses import replace
from decimal import Decimal

import pytest

from indicators.engine import parts
from indicators.engine.faults import Fault
from indicators.engine.outline import walk_indicators
from indicators.engine.parts import PartFault
from indicators.engine.reading import read_template, template_hash
from indicators.engine.spec import Field, GradeBand, Indicator
from indicators.engine.verify import verify
from indicators.loading import load_yaml, shipped
from tests.indicators.small import SMALL

BAOJING = read_template(load_yaml(next(path for path in shipped() if path.stem == "baojing-2017")))
SPEC = read_template(SMALL)


def addresses(spec):
    yield from (parts.GENERAL, *parts.WHOLE)
    yield from (
        f"{name}/{piece.code}"
        for name in ("fields", "tables", "checks", "forms")
        for piece in getattr(spec, name)
    )
    yield from (f"outline/{section.code}" for section in spec.sections())
    yield from (f"indicators/{node.code}" for _, node in walk_indicators(spec))
    yield from (f"examples/{number}" for number, _ in enumerate(spec.examples, 1))


@pytest.mark.parametrize("address", list(addresses(BAOJING)))
def test_a_piece_put_back_as_it_was_changes_nothing(address):
    piece = parts.find(BAOJING, address)
    assert template_hash(parts.replaced(BAOJING, address, piece)) == template_hash(BAOJING)
    assert parts.words(BAOJING, address)


def test_another_standard_is_the_only_thing_that_changes():
    leaf = replace(parts.find(BAOJING, "indicators/BJ-I09"), standard="每超过1%扣2分")
    changed = parts.replaced(BAOJING, "indicators/BJ-I09", leaf)
    assert parts.find(changed, "indicators/BJ-I09").standard == "每超过1%扣2分"
    back = parts.replaced(changed, "indicators/BJ-I09", parts.find(BAOJING, "indicators/BJ-I09"))
    assert template_hash(back) == template_hash(BAOJING)
    assert parts.digest(leaf) != parts.digest(parts.find(BAOJING, "indicators/BJ-I09"))


def test_a_group_is_edited_without_losing_what_is_below_it():
    group = replace(parts.find(SPEC, "indicators/A"), name="过程管理")
    changed = parts.replaced(SPEC, "indicators/A", group)
    assert changed.indicators[0].name == "过程管理"
    assert [leaf.code for leaf in changed.leaves()] == ["A01"]


def test_the_template_itself_is_edited_without_losing_its_pieces():
    changed = parts.replaced(SPEC, "general", replace(parts.find(SPEC, "general"), title="新名称"))
    assert changed.title == "新名称"
    assert changed.fields == SPEC.fields
    assert changed.outline == SPEC.outline


def test_whole_lists_are_edited_as_one():
    grades = (GradeBand("合格", Decimal(6)), GradeBand("不合格", Decimal(0)))
    assert parts.replaced(SPEC, "grades", grades).grades == grades


def test_a_code_is_for_ever():
    with pytest.raises(PartFault, match="不能改为“other”"):
        parts.replaced(SPEC, "fields/quota", replace(parts.find(SPEC, "fields/quota"), code="other"))


def test_a_figure_with_a_new_label_is_still_found_by_its_old_one():
    """`执行率 = 全年执行数 ÷ …` goes on working when 全年执行数 is called 决算数 from now on."""
    changed = parts.replaced(SPEC, "fields/spent", replace(parts.find(SPEC, "fields/spent"), label="决算数"))
    assert parts.find(changed, "fields/spent").aliases == ("全年执行数",)
    assert not [fault for fault in verify(changed) if "全年执行数" in fault.message]


def test_a_new_piece_goes_where_it_is_told():
    field = Field("cash", "现金")
    assert parts.added(SPEC, "fields", field).fields[-1] is field
    assert parts.added(SPEC, "fields", field, index=1).fields[1] is field
    leaf = Indicator("A02", "新指标")
    changed = parts.added(SPEC, "indicators", leaf, parent="AA", index=0)
    assert [node.code for node in changed.leaves()] == ["A02", "A01"]
    with pytest.raises(PartFault, match="代码“A01”已经有了"):
        parts.added(SPEC, "indicators", Indicator("A01", "同名"))
    with pytest.raises(PartFault, match="可能已被他人删除"):
        parts.added(SPEC, "indicators", leaf, parent="nowhere")


def test_a_node_goes_with_all_below_it():
    assert parts.removed(SPEC, "indicators/AA").indicators[0].children == ()
    assert parts.removed(SPEC, "fields/quota").fields == tuple(f for f in SPEC.fields if f.code != "quota")
    with pytest.raises(PartFault):
        parts.removed(SPEC, "fields/absent")
    with pytest.raises(PartFault, match="等级不能删除或移动"):
        parts.removed(SPEC, "grades")


def test_a_double_is_not_lost_with_its_twin():
    """A code that was imported twice is one fault, not two pieces that change together."""
    double = replace(SPEC, fields=(*SPEC.fields, replace(SPEC.fields[0], label="又一个")))
    changed = parts.removed(double, f"fields/{SPEC.fields[0].code}")
    assert [item.label for item in changed.fields][-1] == "又一个"
    assert len(changed.fields) == len(SPEC.fields)


def test_a_node_moves_to_another_parent_but_never_below_itself():
    group = Indicator("B", "产出")
    spec = parts.added(SPEC, "indicators", group)
    changed = parts.moved(spec, "indicators/AA", parent="B")
    assert changed.indicators[0].children == ()
    assert [node.code for node in changed.indicators[1].walk()] == ["B", "AA", "A01"]
    with pytest.raises(PartFault, match="不能移到自己下面"):
        parts.moved(spec, "indicators/A", parent="A01")


@pytest.mark.parametrize(
    ("steps", "order"),
    [
        (1, ["spent", "budget", "quota", "rate"]),
        (-1, ["budget", "spent", "quota", "rate"]),
        (99, ["spent", "quota", "rate", "budget"]),
    ],
)
def test_a_piece_moves_among_its_neighbours_at_most_to_the_end(steps, order):
    assert [item.code for item in parts.shifted(SPEC, "fields/budget", steps).fields] == order


def test_examples_are_known_by_their_number():
    first = parts.find(SPEC, "examples/1")
    changed = parts.added(SPEC, "examples", replace(first, name="又一个"))
    assert parts.words(changed, f"examples/{len(changed.examples)}") == "示例“又一个”"
    assert parts.shifted(changed, "examples/1", 1).examples[1].name == first.name
    assert parts.removed(changed, "examples/1").examples[0].name != first.name
    for wrong in ("examples/0", "examples/99", "examples/x", "examples/"):
        with pytest.raises(PartFault):
            parts.find(SPEC, wrong)


def test_a_node_is_had_alone_or_with_all_below_it():
    assert parts.find(SPEC, "indicators/AA").children == ()
    assert [leaf.code for leaf in parts.with_below(SPEC, "indicators/AA").children] == ["A01"]
    assert parts.with_below(SPEC, "fields/quota") is parts.find(SPEC, "fields/quota")
    assert list(parts.codes_from(SPEC, "indicators/A")) == ["A", "AA", "A01"]
    assert list(parts.codes_from(SPEC, "fields/quota")) == ["quota"]


def test_what_is_there_and_what_stands_beside_it():
    assert parts.exists(SPEC, "fields/quota")
    assert not parts.exists(SPEC, "fields/absent")
    assert parts.siblings(SPEC, "fields/quota") == ("", ("budget", "spent", "quota", "rate"))
    assert parts.siblings(SPEC, "indicators/A01") == ("AA", ("A01",))
    assert parts.siblings(SPEC, "examples/2") == ("", ("1", "2"))


@pytest.mark.parametrize("code", [".", "..", "a\nb", "a\x7fb", "a\u2028b"])
def test_some_codes_can_be_no_address(code):
    assert not parts.is_addressable(code)
    assert parts.is_addressable("表内-01")
    assert parts.is_addressable("a.b")


def test_weights_of_many_leaves_change_together():
    leaves = {"BJ-I09": Decimal(5), "BJ-I10": Decimal(11)}
    changed = parts.weighted(BAOJING, leaves)
    assert {leaf.code: leaf.weight for leaf in changed.leaves() if leaf.code in leaves} == leaves
    assert not [fault for fault in verify(changed) if fault.place == "indicators"]


@pytest.mark.parametrize(
    ("place", "address"),
    [
        ("", "general"),
        ("years", "general"),
        ("fields[2].unit", "fields/quota"),
        ("indicators", "general"),
        ("indicators[0].children[0].children[0].rule.limit", "indicators/A01"),
        ("indicators[0].weight", "indicators/A"),
        ("outline[0].blocks[0].fields[1]", "outline/money"),
        ("grades[1].minimum", "grades"),
        ("examples[0].points.A01", "examples/1"),
        ("fields[99].unit", "general"),
    ],
)
def test_a_fault_leads_to_the_piece_in_which_it_lies(place, address):
    assert parts.address_of(SPEC, place) == address


def test_every_fault_of_a_spoilt_template_leads_to_a_piece_that_is_there():
    spoilt = parts.weighted(BAOJING, {leaf.code: Decimal(1) for leaf in BAOJING.leaves()})
    faults = verify(spoilt)
    assert any(fault.severity == "error" for fault in faults)
    for fault in (*faults, Fault("checks[0].left", "")):
        parts.find(spoilt, parts.address_of(spoilt, fault.place))
