"""The page of one piece: saved, refused, rows without script, two people at one piece, frozen versions."""

from dataclasses import replace

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from evaluations.models import Event, Role
from indicators.editing import Editor
from indicators.engine import parts
from indicators.engine.reading import read_template
from indicators.models import IndicatorTemplate
from indicators.publishing import publish, store_draft
from tests import people
from tests.web.html import Page

from .pieces import LEAF, opened, send, stored, url
from .small import SMALL, small

pytestmark = pytest.mark.django_db


def test_a_rule_is_changed_and_the_change_is_told(workshop, template, cast):
    response = send(workshop, template, rule__points_per_step="2", standard="每超出1%扣2分，扣完为止。")
    assert response.status_code == 302
    assert stored(template).rule.points_per_step == 2
    assert stored(template).standard == "每超出1%扣2分，扣完为止。"
    event = Event.objects.latest("pk")
    assert (event.actor, event.detail["what"]) == (cast.template_admin, "指标“预算执行率”")
    assert "指标“预算执行率”已保存" in workshop.get(response.url).content.decode()


def test_lists_of_codes_take_names_too(workshop, template):
    assert send(workshop, template, inputs="编制数\r\n全年 预算数\r\nspent\r\n无此数").status_code == 302
    assert stored(template).inputs == ("quota", "budget", "spent", "无此数")
    assert "没有代码为“无此数”的数据项或表" in opened(workshop, template).by_id("n-inputs").text


def test_saving_leads_on_to_the_next_piece(workshop, template):
    response = send(workshop, template, "fields/budget", do="next")
    assert response.url == url(template, "fields/spent")


def test_saving_from_the_drawer_leads_back_to_the_tree(workshop, template):
    page = Page(workshop.get(url(template), headers={"hx-request": "true"}))
    response = workshop.post(url(template), page.values() | {"do": "save", "name": "执行率"})
    assert response.url == reverse("indicators:edit", args=[template.pk]) + "#row-A01"


def test_what_cannot_be_read_comes_back_in_its_box_and_nothing_is_stored(workshop, template):
    before = template.content_hash
    response = send(workshop, template, rule__limit="百分之百", name="新名称")
    page = Page(response)
    assert response.status_code == 422
    box = page.by_id("b-rule.limit")
    assert (box["value"], box["aria-invalid"]) == ("百分之百", "true")
    assert page.by_id("b-name")["value"] == "新名称"
    assert "这里应是数字，而不是“百分之百”" in page.by_id("n-rule.limit").text
    assert IndicatorTemplate.objects.get(pk=template.pk).content_hash == before


def test_an_unfinished_formula_is_kept_and_told_at_its_box(workshop, template):
    assert send(workshop, template, "fields/rate", formula="全年执行数 ÷").status_code == 302
    assert stored(template, "fields/rate").formula == "全年执行数 ÷"
    assert "公式没有写完" in opened(workshop, template, "fields/rate").by_id("n-formula").text


@pytest.mark.parametrize(
    ("formula", "sentence"),
    [
        ("1+" * 50_000 + "1", "公式超过 1000 个字"),
        ("(" * 500 + "1" + ")" * 500, "公式超过 1000 个字"),
        ("__import__", "没有"),
        ("__import__('os')", "公式里不能用这个字符"),
        ("全年执行数 ÷ 全年预算", "是否指“全年预算数”"),
        ("全年执行数 ÷ 全年预算数 × 100%", "公式里不写百分号"),
    ],
)
def test_a_hostile_formula_gets_one_sentence_at_its_box(workshop, template, formula, sentence):
    assert send(workshop, template, "fields/rate", formula=formula).status_code == 302
    page = opened(workshop, template, "fields/rate")
    assert sentence in page.by_id("n-formula").text
    assert page.values()["formula"] == formula


def test_what_no_row_can_hold_is_refused_at_its_box(workshop, template):
    response = send(workshop, template, "general", title="长" * 201)
    assert response.status_code == 422
    assert "最多 200 个字" in Page(response).by_id("n-title").text
    assert stored(template, "general").title == SMALL["title"]


def test_a_row_is_added_without_script_and_nothing_typed_is_lost(workshop, template):
    response = send(workshop, template, "grades", do="add:")
    values = Page(response).values()
    assert response.status_code == 200
    assert values["[2].name"] == ""
    values |= {"[0].name": "优秀", "[2].name": "良", "[2].minimum": "8", "do": "up:[2]"}
    values = Page(workshop.post(url(template, "grades"), values)).values()
    assert [values[f"[{number}].name"] for number in range(3)] == ["优秀", "良", "差"]
    assert workshop.post(url(template, "grades"), values | {"do": "save"}).status_code == 302
    assert [band.name for band in stored(template, "grades")] == ["优秀", "良", "差"]


def test_a_row_that_is_gone_is_said_to_be_gone(workshop, template):
    response = send(workshop, template, "grades", do="remove:[7]")
    assert response.status_code == 200
    assert "这一行已经不在了" in response.content.decode()


def test_two_people_at_one_piece_see_both_versions_and_lose_nothing(workshop, template, cast):
    mine = opened(workshop, template).values() | {"standard": "我写的标准", "do": "save"}
    seen = stored(template)
    Editor(cast.template_admin).save(
        template, LEAF, parts.digest(seen), replace(seen, standard="别人写的标准")
    )
    response = workshop.post(url(template), mine)
    text, page = response.content.decode(), Page(response)
    assert response.status_code == 409
    assert "已被他人修改" in text
    row = [cell.text for cell in page.all("td") if "value" in (cell["class"] or "")]
    assert row == ["我写的标准", "别人写的标准"]
    assert page.values()["standard"] == "我写的标准"
    assert stored(template).standard == "别人写的标准"
    assert workshop.post(url(template), page.values() | {"do": "save"}).status_code == 302
    assert stored(template).standard == "我写的标准"


def test_what_was_typed_for_a_deleted_piece_comes_back_to_be_copied(workshop, template, cast):
    mine = opened(workshop, template, "fields/quota").values() | {"help": "批复的编制数", "do": "save"}
    Editor(cast.template_admin).remove(
        template, "fields/quota", parts.digest(stored(template, "fields/quota"))
    )
    response = workshop.post(url(template, "fields/quota"), mine)
    assert response.status_code == 409
    assert "批复的编制数" in response.content.decode()


def test_a_code_cannot_be_changed_by_a_forged_post(workshop, template):
    values = opened(workshop, template).values() | {"code": "B01", "do": "save"}
    response = workshop.post(url(template), values)
    assert response.status_code == 409
    assert "不能改为“B01”" in response.content.decode()


def test_a_published_version_is_shown_and_takes_nothing(workshop, template):
    values = opened(workshop, template).values()
    publish(template, "某人")
    page = opened(workshop, template)
    assert all("fieldset" in box.inside for box in page.boxes() if not box["name"].startswith("try:"))
    assert any("disabled" in one.attrs for one in page.all("fieldset"))
    assert not [button for button in page.all("button") if button["value"] == "save"]
    renew = reverse("indicators:next_version", args=[template.pk])
    assert [form for form in page.all("form") if form["action"] == renew]
    response = workshop.post(url(template), values | {"name": "新名称", "do": "save"})
    assert response.status_code == 409
    assert "已发布" in response.content.decode()


def test_others_may_look_and_not_touch(template, cast):
    client = Client()
    client.force_login(cast.bureau_lead)
    assert "disabled" in next(one.attrs for one in opened(client, template).all("fieldset"))
    assert client.post(url(template), {"do": "save"}).status_code == 403
    client.force_login(people.person("somebody", Role.PREPARER, cast.department))
    assert client.get(url(template)).status_code == 403


@pytest.mark.parametrize(
    "address", ["indicators/nirgends", "examples/9", "x", "rule", "fields", "../general"]
)
def test_a_piece_that_is_none_is_not_found(workshop, template, address):
    assert workshop.get(f"/indicators/{template.pk}/part/{address}/").status_code == 404


def test_a_post_that_is_too_large_is_refused_politely(workshop, template):
    sent = {f"[{number}].name": "" for number in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)}
    response = workshop.post(url(template, "grades"), sent)
    assert response.status_code == 400
    assert "超过了一次可以提交的大小" in response.content.decode()
    long = workshop.post(url(template, "fields/quota"), {"help": "长" * 2_000_000})
    assert long.status_code == 400


def test_a_large_form_and_a_large_table_fit_into_one_post(workshop):
    """Of a printed form of 360 cells and a table of 1,200 formulas no post comes near the limit."""
    cells = [[{"text": f"{row}-{cell}"} for cell in range(12)] for row in range(30)]
    form = {"code": "F1", "title": "大表", "columns": 12, "parts": [{"kind": "rows", "rows": cells}]}
    columns = [{"code": "name", "label": "名称", "kind": "text"}]
    columns += [{"code": f"c{number}", "label": f"列{number}"} for number in range(20)]
    rows = [
        {
            "code": f"r{number}",
            "label": f"行{number}",
            "cells": dict.fromkeys((one["code"] for one in columns[1:]), "1"),
        }
        for number in range(60)
    ]
    table = {"code": "T1", "title": "明细", "source": "derived", "columns": columns, "rows": rows}
    template = store_draft(read_template(small(forms=[form], tables=[table])))
    for address in ("forms/F1", "tables/T1"):
        values = opened(workshop, template, address).values()
        assert 1_200 < len(values) < settings.DATA_UPLOAD_MAX_NUMBER_FIELDS / 20
        assert workshop.post(url(template, address), values | {"do": "save"}).status_code == 302
    assert IndicatorTemplate.objects.get(pk=template.pk).content_hash == template.content_hash


def test_a_page_asks_little_of_the_database_however_long_the_template(
    workshop, cast, django_assert_max_num_queries
):
    many = [{"code": f"f{n}", "label": f"数{n}"} for n in range(300)]
    template = store_draft(read_template(small(fields=[*SMALL["fields"], *many])))
    workshop.get(url(template))
    with django_assert_max_num_queries(6):
        workshop.get(url(template))
