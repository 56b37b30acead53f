"""The list of templates, for those who may see it, with what verification says of each."""

import pytest
from django.test import Client
from django.urls import reverse

from evaluations.models import Role
from indicators.engine.reading import read_template
from indicators.publishing import publish, store_draft
from tests import people

from .small import SMALL, small

pytestmark = pytest.mark.django_db


def opened_by(role: Role | None) -> tuple[int, str]:
    """Status and text of the page as somebody with this role gets it."""
    client = Client()
    client.force_login(people.person("somebody", role, people.department()), "evaluations.access.RoleBackend")
    response = client.get(reverse("indicators:templates"))
    return response.status_code, response.content.decode()


@pytest.mark.parametrize("role", [Role.TEMPLATE_ADMIN, Role.BUREAU_LEAD])
def test_versions_are_listed_with_what_stands_against_publishing(role):
    publish(store_draft(read_template(SMALL)), by="某人")
    store_draft(read_template(small(title="下一版", total=100)))
    status, page = opened_by(role)
    assert status == 200
    for words in (
        "小样",
        "第 1 版",
        "已发布",
        "某人",
        "下一版",
        "第 2 版",
        "草稿",
        "过程 10 分",
        "须改正 1 处",
    ):
        assert words in page


def test_an_empty_list_says_what_to_do_next():
    assert "请系统管理员在服务器上载入" in opened_by(Role.TEMPLATE_ADMIN)[1]


def test_sources_and_notes_of_a_template_are_read_beside_it():
    publish(store_draft(read_template(small(notes="分值凭记忆录入。", sources=["共性指标体系"]))), by="某人")
    page = opened_by(Role.TEMPLATE_ADMIN)[1]
    assert "分值凭记忆录入。" in page
    assert "共性指标体系" in page


@pytest.mark.parametrize(
    "role", [Role.PREPARER, Role.UNIT_HEAD, Role.REVIEWER, Role.SYSTEM_ADMIN, Role.AUDITOR, None]
)
def test_others_are_refused(role):
    publish(store_draft(read_template(SMALL)), by="某人")
    status, page = opened_by(role)
    assert status == 403
    assert "小样" not in page


def test_strangers_are_asked_to_sign_in():
    response = Client().get(reverse("indicators:templates"))
    assert response.status_code == 302
    assert response.url.startswith(reverse("login"))
