"""The tree of indicators in one screen: weights, new indicators, places, removal with its consequences."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from evaluations.models import Role
from indicators.editing import Editor
from indicators.engine import parts
from indicators.engine.reading import read_template
from indicators.loading import spec_of
from indicators.models import IndicatorTemplate
from indicators.publishing import store_draft
from tests import people

from .small import SMALL, small

pytestmark = pytest.mark.django_db

GROUP, LEAF = "indicators/AA", "indicators/A01"


@pytest.fixture
def draft():
    """Two leaves of 6 and 4 points below one group."""
    template = store_draft(read_template(SMALL))
    leaf = parts.find(spec_of(template), LEAF)
    editor = Editor("甲")
    editor.add(template, "indicators", replace(leaf, code="A02", name="执行进度"), parent="AA")
    editor.weigh(template, {"A01": (Decimal(10), Decimal(6)), "A02": (Decimal(10), Decimal(4))})
    return IndicatorTemplate.objects.get(pk=template.pk)


@pytest.fixture
def admin():
    client = Client()
    person = people.person("zhibiao", Role.TEMPLATE_ADMIN, people.department())
    client.force_login(person, "evaluations.access.RoleBackend")
    return client


def address(name, template):
    return reverse(f"indicators:{name}", args=[template.pk])


def text_of(client, template):
    return client.get(address("edit", template)).content.decode()


def weights_of(template):
    return [leaf.weight for leaf in spec_of(IndicatorTemplate.objects.get(pk=template.pk)).leaves()]


def form(**typed):
    """The form as the page made it from 6 and 4, with other weights typed."""
    seen = {"seen.A01": "6", "seen.A02": "4", "weight.A01": "6", "weight.A02": "4"}
    return seen | {f"weight.{code}": text for code, text in typed.items()}


def box(page, code):
    return re.search(rf'name="weight\.{code}"[^>]*value="([^"]*)"', page)[1]


def test_the_whole_tree_stands_in_one_table(admin, draft):
    page = text_of(admin, draft)
    for words in (
        "过程",
        "预算执行",
        "预算执行率",
        "执行进度",
        "执行率 ≤ 100% 得满分，每超过 1 个百分点扣 1 分",
    ):
        assert words in page
    assert [box(page, code) for code in ("A01", "A02")] == ["6", "4"]
    assert "10 = 10</output>" in page


def test_weights_are_saved_together(admin, draft):
    assert admin.post(address("weights", draft), form(A01="2.5", A02="７.5")).status_code == 302
    assert weights_of(draft) == [Decimal("2.5"), Decimal("7.5")]


def test_weights_that_do_not_add_up_are_kept_and_told(admin, draft):
    admin.post(address("weights", draft), form(A01="3"))
    assert weights_of(draft) == [3, 4]
    assert "差 3 分，应为 10 分" in text_of(admin, draft)


def test_an_empty_box_is_a_weight_that_nobody_has_given_yet(admin, draft):
    admin.post(address("weights", draft), form(A01=""))
    assert weights_of(draft) == [None, 4]
    assert "没有分值" in text_of(admin, draft)


@pytest.mark.parametrize("text", ["三分", "不适用", "-3", "1e3", "9" * 200, "3 分 4"])
def test_what_is_no_weight_is_told_at_its_box_and_nothing_is_lost(admin, draft, text):
    answer = admin.post(address("weights", draft), form(A01=text, A02="5"))
    page = answer.content.decode()
    assert answer.status_code == 400
    assert (box(page, "A01"), box(page, "A02")) == (text, "5")
    assert 'aria-describedby="problem-A01"' in page
    assert weights_of(draft) == [6, 4]


def test_a_weight_that_another_changed_meanwhile_is_shown_beside_what_was_typed(admin, draft):
    Editor("乙").weigh(draft, {"A01": (Decimal(6), Decimal(5))})
    answer = admin.post(address("weights", draft), form(A01="3", A02="7"))
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "已被他人由 6 改为 5" in page
    assert (box(page, "A01"), box(page, "A02")) == ("3", "7")
    assert weights_of(draft) == [5, 4]
    assert (
        admin.post(
            address("weights", draft), form(A02="7") | {"seen.A01": "5", "weight.A01": "3"}
        ).status_code
        == 302
    )
    assert weights_of(draft) == [3, 7]


def test_a_leaf_that_another_deleted_meanwhile_is_told(admin, draft):
    editor = Editor("乙")
    editor.remove(draft, "indicators/A02", parts.digest(parts.find(spec_of(draft), "indicators/A02")))
    page = admin.post(address("weights", draft), form(A02="7"), follow=True).content.decode()
    assert "可能已被他人删除" in page
    assert weights_of(draft) == [6]


def test_a_new_indicator_gets_the_next_code_of_its_neighbours(admin, draft):
    assert 'value="AA" data-proposed="A03"' in text_of(admin, draft)
    admin.post(address("grow", draft), {"below": "AA", "name": "结转率", "code": ""})
    leaf = parts.find(spec_of(IndicatorTemplate.objects.get(pk=draft.pk)), "indicators/A03")
    assert (leaf.name, leaf.weight, leaf.rule) == ("结转率", None, None)
    assert "没有计分规则" in text_of(admin, draft)


def test_an_open_group_is_a_first_level_indicator(admin, draft):
    admin.post(address("grow", draft), {"name": "产出指标", "code": "CC", "is_open": "on"})
    assert parts.find(spec_of(IndicatorTemplate.objects.get(pk=draft.pk)), "indicators/CC").open.seconds
    answer = admin.post(address("grow", draft), {"name": "效益", "code": "XY", "is_open": "on", "below": "A"})
    assert answer.status_code == 400
    assert "只能作为一级指标" in answer.content.decode()


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": "", "code": "B1"}, "请写指标的名称"),
        ({"name": "名" * 201, "code": "B1"}, "最多 200 个字"),
        ({"name": "甲", "code": "一"}, "只能由英文字母开头"),
        ({"name": "甲", "code": "A01"}, "“A01”已经有了"),
        ({"name": "甲", "code": "budget"}, "“budget”已经有了"),
        ({"name": "甲", "code": "A01-reason"}, "已经有了"),
        ({"name": "甲", "code": "B1", "below": "nirgends"}, "可能已被他人删除"),
    ],
)
def test_a_new_indicator_that_cannot_be_is_told_and_kept(admin, draft, typed, said):
    answer = admin.post(address("grow", draft), typed)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert said in page
    assert f'name="name" value="{typed["name"]}"' in page


def codes(draft):
    template = IndicatorTemplate.objects.get(pk=draft.pk)
    return [node.code for root in spec_of(template).indicators for node in root.walk()]


def test_indicators_move_up_and_down_and_elsewhere(admin, draft):
    admin.post(address("shift", draft), {"up": "indicators/A02"})
    assert codes(draft) == ["A", "AA", "A02", "A01"]
    admin.post(address("shift", draft), {"down": "indicators/A02"})
    assert codes(draft) == ["A", "AA", "A01", "A02"]
    choice = admin.get(f"{address('move', draft)}?address=indicators/A01").content.decode()
    assert re.findall(r'name="parent" value="(\w*)"', choice) == ["", "A"]
    admin.post(address("move", draft), {"address": "indicators/A01", "parent": "A"})
    assert codes(draft) == ["A", "AA", "A02", "A01"]


def test_what_cannot_be_moved_is_told(admin, draft):
    for data, said in (
        ({"address": "indicators/A", "parent": "AA"}, "不能移到自己下面"),
        ({"address": "indicators/ZZ", "parent": ""}, "可能已被他人删除"),
    ):
        page = admin.post(address("move", draft), data, follow=True).content.decode()
        assert said in page
    assert codes(draft) == ["A", "AA", "A01", "A02"]


def test_a_deletion_names_what_it_breaks_before_it_is_done(admin, draft):
    page = admin.get(f"{address('remove', draft)}?address={LEAF}").content.decode()
    assert "章节“资金情况”的第 3 个内容块" in page
    assert "示例“不超”里写有“A01”，要一并删去" in page
    assert "各项指标的分值之和是 4，应等于总分 10" in page
    assert codes(draft) == ["A", "AA", "A01", "A02"]
    seen = re.search(r'name="seen" value="(\w+)"', page)[1]
    admin.post(address("remove", draft), {"address": LEAF, "seen": seen})
    assert codes(draft) == ["A", "AA", "A02"]


def test_a_group_goes_with_all_below_it(admin, draft):
    page = admin.get(f"{address('remove', draft)}?address=indicators/A").content.decode()
    assert "连同下面的 3 个一起删除：指标“预算执行”、指标“预算执行率”、指标“执行进度”" in page


def test_what_another_changed_meanwhile_is_not_deleted(admin, draft):
    page = admin.get(f"{address('remove', draft)}?address={LEAF}").content.decode()
    seen = re.search(r'name="seen" value="(\w+)"', page)[1]
    Editor("乙").weigh(draft, {"A01": (Decimal(6), Decimal(5))})
    page = admin.post(address("remove", draft), {"address": LEAF, "seen": seen}, follow=True).content.decode()
    assert "已被他人修改，没有删除" in page
    assert LEAF.partition("/")[2] in codes(draft)


def test_deeds_lead_back_to_the_page_of_this_house_that_they_came_from(admin, draft):
    there = address("edit", draft)
    for back, leads in (
        ("/indicators/", "/indicators/"),
        ("https://example.com/", there),
        ("//x.cn/", there),
    ):
        answer = admin.post(address("shift", draft), {"down": LEAF, "back": back})
        assert answer.url.partition("#")[0] == leads


def test_what_waits_is_confirmed_where_it_stands(admin, draft):
    IndicatorTemplate.objects.filter(pk=draft.pk).update(unconfirmed=[LEAF])
    assert "⚠ 待确认" in text_of(admin, draft)
    admin.post(address("confirm", draft), {"address": LEAF})
    assert "⚠ 待确认" not in text_of(admin, draft)


def sixty():
    """60 third-level indicators in 12 groups below 3, each with its own figures and analysis."""
    leaves = [f"L{number:02d}" for number in range(60)]

    def leaf(code):
        rule = {"kind": "deviation", "measure": f"率{code}", "limit": 100, "side": "over", "step": 1}
        rule |= {"points_per_step": 1, "partial": "floor"}
        return {"code": code, "name": f"指标{code}", "weight": 5, "rule": rule}

    seconds = [
        {"code": f"G{n}", "name": f"二级{n}", "children": [leaf(code) for code in leaves[n * 5 : n * 5 + 5]]}
        for n in range(12)
    ]
    fields = [{"code": f"f-{code}", "label": f"率{code}", "kind": "percent"} for code in leaves]
    blocks = [{"kind": "inputs", "fields": [item["code"] for item in fields]}]
    blocks += [{"kind": "analysis", "code": code} for code in leaves]
    return small(
        code="sixty-2024",
        total=300,
        fields=fields,
        outline=[{"code": "all", "heading": "指标", "step": True, "blocks": blocks}],
        indicators=[
            {"code": f"T{n}", "name": f"一级{n}", "children": seconds[n * 4 : n * 4 + 4]} for n in range(3)
        ],
        checks=[],
        examples=[],
    )


def test_opening_a_template_of_sixty_indicators_costs_few_queries(admin, django_assert_max_num_queries):
    template = store_draft(read_template(sixty()))
    with django_assert_max_num_queries(12):
        page = text_of(admin, template)
    assert page.count('class="tree-weight"') == 60
    assert '100 + 100 + 100 = 300</output> <span id="sums-verdict"><span class="done">✓' in page


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("shift", {}),
        ("shift", {"up": "general"}),
        ("shift", {"down": "examples/99999999999999999999"}),
        ("move", {"address": "fields/quota", "parent": "A"}),
        ("move", {"address": LEAF, "parent": "\x00"}),
        ("move", {"address": "grades", "parent": ""}),
        ("remove", {"address": "grades", "seen": parts.digest(parts.find(read_template(SMALL), "grades"))}),
        ("remove", {"address": "general", "seen": parts.digest(parts.find(read_template(SMALL), "general"))}),
        ("remove", {"address": "../../etc", "seen": "x"}),
        ("confirm", {"address": "indicators/ZZ"}),
        ("weights", {"weight.ZZ": "5", "seen.ZZ": "4"}),
        ("weights", {"weight.": "5"}),
    ],
)
def test_a_forged_form_changes_nothing_and_breaks_nothing(admin, draft, name, data):
    answer = admin.post(address(name, draft), data, follow=True)
    assert answer.status_code in (200, 400, 404, 409)
    assert spec_of(IndicatorTemplate.objects.get(pk=draft.pk)) == spec_of(draft)
