"""Verifying, publishing and retiring in the workshop: what stands against it, and what it means."""

import re
from dataclasses import replace
from decimal import Decimal

import pytest
from django.urls import reverse

from evaluations.models import Event, FiscalYear, Membership, Role
from indicators.cloning import clone, next_version
from indicators.editing import Editor
from indicators.engine import parts
from indicators.engine.faults import Fault
from indicators.engine.reading import read_template
from indicators.loading import spec_of
from indicators.models import State
from indicators.publishing import publish, store_draft
from tests import people

from .small import SMALL, small
from .workshop import address, browser, now, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    return store_draft(read_template(SMALL))


def confirmed(template, **typed):
    """What the page of publishing sends."""
    return {"seen": template.content_hash, "sure": "不能再改"} | typed


def test_every_fault_stands_in_order_with_its_place():
    wrong = {"indicators__0__children__0__children__0__weight": 9, "fields__3__formula": "全年执行数 ÷"}
    template = store_draft(read_template(small(**wrong)))
    page = words(browser().get(address("verify", template)))
    places = ["数据项“执行率”的公式", "指标 ：各项指标的分值之和是 9"]
    assert [words for words in places if words in page] == places
    assert page.index(places[0]) > page.index(places[1])  # indicators come before figures


def test_what_is_right_says_so(draft):
    assert "没有须改正的地方，可以发布" in words(browser().get(address("verify", draft)))


def test_what_waits_is_confirmed_on_the_page_of_verification(draft):
    template = clone(publish(draft, "某人"), 2025, "某人")
    client, page = browser(), address("verify", template)
    assert "待确认 2 处" in words(client.get(page))
    answer = client.post(address("confirm", template), {"address": "grades", "back": page})
    assert answer.url == page
    assert now(template).unconfirmed == ["indicators/A01"]


def test_publishing_freezes_and_says_what_follows(draft):
    client = browser()
    page = words(client.get(address("publish", draft)))
    assert "内容不能再改" in page
    assert "2024 年度可以指定它" in page
    answer = client.post(address("publish", draft), confirmed(draft), follow=True)
    assert now(draft).state == State.PUBLISHED
    assert "已发布，从现在起内容不再改动" in words(answer)
    assert Event.objects.filter(action="template_published").count() == 1


def test_a_correction_leads_on_to_the_drafts_that_follow_it(draft):
    template = next_version(publish(draft, "某人"), "某人")
    leaf = parts.find(spec_of(template), "indicators/A01")
    template = Editor("甲").save(
        template, "indicators/A01", parts.digest(leaf), replace(leaf, standard="新的")
    )
    client = browser()
    assert "改用这一版并重新计分" in words(client.get(address("publish", template)))
    answer = client.post(address("publish", template), confirmed(template))
    assert answer.url == reverse("template-effect", args=[template.pk])
    assert "在填的自评都已改用这一版" in words(client.get(answer.url))


@pytest.mark.parametrize("sure", ["", "好的", "不能"])
def test_the_consequence_has_to_be_typed(draft, sure):
    answer = browser().post(address("publish", draft), confirmed(draft, sure=sure))
    assert answer.status_code == 400
    assert "照样填写“不能再改”" in words(answer)
    assert now(draft).state == State.DRAFT


def test_a_draft_that_another_changed_meanwhile_is_shown_again(draft):
    seen = confirmed(draft)
    Editor("乙").shift(draft, "fields/quota", -1)
    answer = browser().post(address("publish", draft), seen)
    assert answer.status_code == 409
    assert "打开页面后草稿又有改动" in words(answer)
    assert f'value="{now(draft).content_hash}"' in answer.content.decode()
    assert now(draft).state == State.DRAFT


def test_what_stands_against_it_is_told_in_place_of_the_button():
    template = store_draft(read_template(small(grades=[{"name": "优", "minimum": 9}])))
    client = browser()
    page = client.get(address("publish", template))
    assert "等级：9 分以下没有等级" in re.sub(" ：", "：", words(page))
    assert 'name="sure"' not in page.content.decode()
    answer = client.post(address("publish", template), confirmed(template))
    assert answer.status_code == 409
    assert "9 分以下没有等级" in words(answer)


def test_what_nobody_has_confirmed_stands_against_it(draft):
    template = clone(publish(draft, "某人"), 2025, "某人")
    client = browser()
    assert "有 2 处没有确认" in words(client.get(address("publish", template)))
    assert client.post(address("publish", template), confirmed(template)).status_code == 409


def test_it_tells_what_differs_from_the_version_before(draft):
    published = publish(draft, "某人")
    template = clone(published, 2025, "某人")
    leaf = parts.find(spec_of(template), "indicators/A01")
    rule = replace(leaf.rule, points_per_step=Decimal(2))
    Editor("甲").save(template, "indicators/A01", parts.digest(leaf), replace(leaf, rule=rule))
    page = words(browser().get(address("publish", template)))
    assert "与“小样（第 1 版）”相比，变动等级 3" in page
    assert "每档扣分" in page


def test_an_old_version_taken_up_again_differs_from_the_one_that_it_replaces(draft):
    first = publish(draft, "某人")
    second = next_version(first, "某人")
    piece = parts.find(spec_of(second), parts.GENERAL)
    Editor("某人").save(second, parts.GENERAL, parts.digest(piece), replace(piece, title="改过的小样"))
    publish(second, "某人")
    again = next_version(first, "某人")
    assert "改过的小样" in words(browser().get(address("publish", again)))


def test_it_is_published_once(draft):
    publish(draft, "某人")
    answer = browser().post(address("publish", draft), confirmed(draft))
    assert answer.status_code == 409
    assert "不能再次发布" in words(answer)


def test_retiring_names_the_open_years_that_assign_it():
    people.evaluation(people.cast())
    template = FiscalYear.objects.get().template
    client = browser(county="433125")
    assert client.get(address("retire", template)).status_code == 403  # it is the prefecture's
    Membership.objects.filter(role=Role.TEMPLATE_ADMIN).update(region="433100")
    page = words(client.get(address("retire", template)))
    assert "保靖县 2024 年度" in page
    assert "已经开始的 1 份自评留在这一版上" in page
    assert client.post(address("retire", template), {"sure": "好"}).status_code == 400
    assert now(template).state == State.PUBLISHED
    client.post(address("retire", template), {"sure": "不再使用"})
    assert now(template).state == State.RETIRED


def test_a_draft_cannot_be_retired(draft):
    answer = browser().post(address("retire", draft), {"sure": "不再使用"}, follow=True)
    assert "不能停用" in words(answer)
    assert now(draft).state == State.DRAFT


def test_rules_of_verification_that_came_later_do_not_blame_a_published_version(draft, monkeypatch):
    template = publish(draft, "某人")
    monkeypatch.setattr("indicators.views.releasing.verified", lambda one: (Fault("grades", "新的要求"),))
    monkeypatch.setattr("indicators.views.frame.verified", lambda one: (Fault("grades", "新的要求"),))
    page = words(browser().get(address("verify", template)))
    assert "按现在的核验规则，不合要求 1 处" in page
    assert "不受影响" in page
    assert "处须改正" not in page
