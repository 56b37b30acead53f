"""Error pages: Chinese, with a remedy, without a traceback, and 500 without a database."""

from __future__ import annotations

import pytest
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse

from evaluations import listing
from evaluations.views import errors
from tests.people import PASSWORD, Cast

from .conftest import signed_in


def test_an_absent_page_says_where_to_go(cast: Cast):
    answer = signed_in(cast.preparer).get("/nirgends/")
    assert answer.status_code == 404
    assert "没有找到这个页面" in answer.content.decode()
    assert "请从首页的列表中打开报告。" in answer.content.decode()


def test_an_address_of_a_button_says_that_nothing_was_done(cast: Cast):
    client = Client()
    client.force_login(cast.preparer)
    asked = Client().post(reverse("start"))
    answer = client.get(asked["Location"].partition("next=")[2])
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"
    assert "那一次操作没有生效" in answer.content.decode()


def test_a_forbidden_page_says_why(cast: Cast):
    answer = signed_in(cast.preparer).get(reverse("log"))
    assert answer.status_code == 403
    assert "您的角色不能打开这个页面或办理这项操作。" in answer.content.decode()


def test_a_page_that_was_open_too_long_says_what_to_do(cast: Cast):
    client = Client(enforce_csrf_checks=True)
    answer = client.post(reverse("login"), {"username": "preparer", "password": PASSWORD})
    assert answer.status_code == 403
    assert "页面已过期，这次提交没有生效" in answer.content.decode()


def test_every_form_of_the_desk_is_protected_against_forged_requests(cast: Cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.system_admin)
    for url in (
        reverse("start"),
        reverse("logout"),
        reverse("password_change"),
        reverse("person_add"),
        reverse("password_give", args=["preparer"]),
        reverse("account_switch", args=["preparer"]),
        reverse("transition", args=["2024-baojing-zgh", "approve"]),
    ):
        assert client.post(url).status_code == 403, url


def test_too_much_at_once_is_refused_in_chinese(cast: Cast):
    answer = signed_in(cast.preparer).post(reverse("start"), {"department": "x" * (6 * 1024 * 1024)})
    assert answer.status_code == 400
    assert "这次提交无法读取" in answer.content.decode()


def test_an_unforeseen_fault_shows_no_traceback(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    def fail(*args: object) -> None:
        raise RuntimeError("geheim")

    monkeypatch.setattr(listing, "years", fail)
    client = signed_in(cast.preparer)
    client.raise_request_exception = False
    answer = client.get("/")
    assert answer.status_code == 500
    assert "这次操作没有办成" in answer.content.decode()
    assert "geheim" not in answer.content.decode()


def test_the_page_of_an_unforeseen_fault_needs_no_database():
    # without the db fixture any query raises
    answer = errors.server_error(HttpRequest())
    assert answer.status_code == 500
    assert "已经保存的内容不受影响" in answer.content.decode()
