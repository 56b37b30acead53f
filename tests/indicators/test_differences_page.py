"""The page of differences: of two versions or two templates, in words, whichever is opened."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from evaluations.models import Role
from indicators.engine.reading import read_template
from indicators.models import IndicatorTemplate
from indicators.publishing import publish, store_draft
from tests import people

from .small import SMALL, small

pytestmark = pytest.mark.django_db


@pytest.fixture
def client() -> Client:
    found = Client()
    user = people.person("zhibiao", Role.TEMPLATE_ADMIN, people.department())
    found.force_login(user, "evaluations.access.RoleBackend")
    return found


@pytest.fixture
def versions() -> tuple[IndicatorTemplate, IndicatorTemplate]:
    """A published version, and the draft of the next."""
    first = publish(store_draft(read_template(SMALL)), by="某人")
    return first, store_draft(read_template(small(grades__0__minimum=8, title="新小样")))


def page(client: Client, template: IndicatorTemplate, other: IndicatorTemplate | None = None) -> str:
    query = {"with": other.pk} if other else {}
    response = client.get(reverse("indicators:differences", args=[template.pk]), query)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_a_draft_is_held_against_what_it_was_made_from(client: Client, versions):
    shown = page(client, versions[1])
    assert "第 1 版 → 第 2 版" in shown
    assert '共 2 处，最高 <span class="level level-3">3 级</span>（分值、计分或审核规则：重新计分）' in shown
    for part, sentence in (("基本信息", "名称由“小样”改为“新小样”"), ("等级", "等级“优”：最低分由 9 改为 8")):
        assert shown.index(f"<h3>{part} ") < shown.index(sentence)


def test_the_older_of_two_versions_comes_first_whichever_is_opened(client: Client, versions):
    first, second = versions
    assert page(client, first, second).count("最低分由 9 改为 8") == 1
    assert page(client, second, first).count("最低分由 9 改为 8") == 1


def test_another_template_can_be_chosen(client: Client, versions):
    other = store_draft(read_template(small(code="other-2024", title="别的")))
    shown = page(client, versions[0], other)
    assert "别的（第 1 版） → 小样（第 1 版）" in shown
    assert "模板代码由“other-2024”改为“small-2024”" in shown
    assert shown.index("这个模板的其他版本") < shown.index("其他模板")


def test_equal_contents_and_a_first_version_say_so(client: Client, versions):
    alone = store_draft(read_template(small(code="alone-2024")))
    assert "还没有可以比较的版本" in page(client, alone)
    same = IndicatorTemplate.objects.get(pk=alone.pk)
    same.pk, same.code = None, "twin-2024"
    same.save()
    assert "两者的内容完全相同" in page(client, alone, same)


def test_what_cannot_be_chosen_is_passed_over(client: Client, versions):
    for wanted in ("0", "x", "99999999999999999999", "\x00"):
        answer = client.get(reverse("indicators:differences", args=[versions[1].pk]), {"with": wanted})
        assert "第 1 版 → 第 2 版" in answer.content.decode()


def test_queries_do_not_grow_with_the_versions(client: Client, versions):
    counted = []
    for number in range(3):
        store_draft(read_template(small(code=f"more-{number}")))
        with CaptureQueriesContext(connection) as queries:
            page(client, versions[1])
        counted.append(len(queries))
    assert len(set(counted)) == 1
    assert counted[0] <= 8
