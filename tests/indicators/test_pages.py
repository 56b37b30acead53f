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
    for words in ("小样", "第 1 版", "已发布", "某人", "下一版", "第 2 版", "草稿", "过程 10 分"):
        assert words in page
    assert page.count("须改正：指标：") == 1
    assert "examples[" not in page


def test_an_empty_list_says_what_to_do_next():
    assert "请系统管理员在服务器上载入模板文件" in opened_by(Role.TEMPLATE_ADMIN)[1]


def test_a_fault_is_told_at_the_piece_it_concerns():
    store_draft(read_template(small(examples__0__total="9999")))
    place = f"示例“{SMALL['examples'][0]['name']}”的总分"
    assert f"须改正：{place}：示例总分写" in opened_by(Role.TEMPLATE_ADMIN)[1]


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
