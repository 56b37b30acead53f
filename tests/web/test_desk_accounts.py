"""Signing in, locks, passwords."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from evaluations.demo.loading import ACCOUNTS
from evaluations.models import Event, User
from tests.people import PASSWORD, Cast

from .conftest import signed_in

NEW = "lan-tian-bai-yun-77"


def sign_in(client: Client, username: str, password: str = PASSWORD, **more: str):
    return client.post(reverse("login"), {"username": username, "password": password, **more})


def change(client: Client, old: str, new: str = NEW):
    form = {"old_password": old, "new_password1": new, "new_password2": new}
    return client.post(reverse("password_change"), form)


def is_signed_in(client: Client) -> bool:
    return client.get(reverse("password_change")).status_code == 200


def last_actions(count: int) -> list[str]:
    return list(Event.objects.values_list("action", flat=True)[:count])


def test_signing_in_leads_to_the_page_that_was_asked_for(cast: Cast, client: Client):
    asked = client.get("/years/")
    assert asked.url == "/login/?next=/years/"
    answer = sign_in(client, "bureau-lead", next="/years/")
    assert answer.url == "/years/"
    assert last_actions(1) == ["sign_in"]


@pytest.mark.parametrize(
    "target", ["https://example.com/", "//example.com", "/login/", "javascript:alert(1)"]
)
def test_signing_in_never_leads_elsewhere(cast: Cast, client: Client, target: str):
    assert sign_in(client, "preparer", next=target).url == "/"
    assert client.get(reverse("login"), {"next": target}).url == "/"


def test_a_wrong_password_is_explained_without_telling_whether_the_name_exists(cast: Cast, client: Client):
    known = sign_in(client, "preparer", "falsch").content.decode()
    unknown = sign_in(client, "niemand", "falsch").content.decode()
    sentence = "用户名或密码不正确。请核对大小写后重试；连续错误 5 次，该账号将锁定 15 分钟。"
    assert sentence in known
    assert sentence in unknown


def test_a_name_of_any_length_is_answered_alike(cast: Cast, client: Client):
    answer = client.post(reverse("login"), {"username": "甲" * 5000, "password": PASSWORD})
    assert answer.status_code == 200
    assert "用户名或密码不正确" in answer.content.decode()


def test_five_wrong_passwords_lock_the_name_and_say_what_helps(cast: Cast, client: Client):
    answers = [sign_in(client, "preparer", "falsch") for _ in range(5)]
    right = sign_in(client, "preparer")
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 429]
    assert right.status_code == 429
    assert "该账号已锁定 15 分钟。请稍后再试，或请系统管理员重置密码。" in right.content.decode()
    assert not is_signed_in(client)
    assert "locked_out" in last_actions(2)


def test_a_lock_holds_for_the_name_at_one_address_only(cast: Cast, client: Client):
    for _ in range(5):
        sign_in(client, "preparer", "falsch")
    assert sign_in(client, "reviewer").status_code == 302
    elsewhere = Client(REMOTE_ADDR="10.1.2.3")
    assert sign_in(elsewhere, "preparer").status_code == 302


def test_a_security_administrator_sees_and_releases_a_lock(cast: Cast, client: Client):
    for _ in range(5):
        sign_in(client, "preparer", "falsch")
    desk = signed_in(cast.security_admin)
    page = desk.get(reverse("locks")).content.decode()
    assert "preparer" in page
    number = re.search(r'name="lock" value="(\d+)"', page)[1]
    assert (
        "已解除 preparer 的锁定。"
        in desk.post(reverse("locks"), {"lock": number}, follow=True).content.decode()
    )
    assert last_actions(1) == ["unlock"]
    assert "已经不存在" in desk.post(reverse("locks"), {"lock": number}, follow=True).content.decode()
    assert sign_in(client, "preparer").status_code == 302


def test_a_reset_password_is_shown_once_ends_the_lock_and_must_be_changed(cast: Cast, client: Client):
    for _ in range(5):
        sign_in(client, "preparer", "falsch")
    before = signed_in(cast.preparer)
    answer = signed_in(cast.system_admin).post(reverse("password_give", args=["preparer"]))
    given = re.search(r'id="one-time-password">([a-z0-9]{12})<', answer.content.decode())[1]
    assert answer["Cache-Control"] == "private, no-store"
    assert not is_signed_in(before), "sessions of the person end"

    assert sign_in(client, "preparer", given).status_code == 302
    assert client.get("/").url == reverse("password_change")
    assert client.get("/years/").url == reverse("password_change")
    assert "请先设置自己的密码" in client.get(reverse("password_change")).content.decode()
    assert change(client, given).url == "/"
    assert client.get("/").status_code == 200
    assert "reset_password" in last_actions(5)
    assert last_actions(1) == ["change_password"]
    assert given not in str(list(Event.objects.values()))


def test_the_one_time_password_cannot_be_kept(cast: Cast, client: Client):
    User.objects.filter(username="preparer").update(must_change_password=True)
    sign_in(client, "preparer")
    answer = change(client, PASSWORD, PASSWORD)
    assert "新密码与原密码相同，请另设一个。" in answer.content.decode()
    assert client.get("/").url == reverse("password_change")


@pytest.mark.parametrize("weak", ["kurz", "1234567890", "password123", "preparer-1", "保靖财务所王小明1"])
def test_weak_passwords_are_refused(cast: Cast, client: Client, weak: str):
    """Too short, only digits, common, like the user name, like the person's name."""
    User.objects.filter(username="preparer").update(name="保靖财务所王小明")
    sign_in(client, "preparer")
    assert change(client, PASSWORD, weak).status_code == 200
    assert User.objects.get(username="preparer").check_password(PASSWORD)


def test_changing_the_password_signs_out_elsewhere(cast: Cast, client: Client):
    other = Client()
    sign_in(client, "preparer")
    sign_in(other, "preparer")
    assert change(client, PASSWORD).status_code == 302
    assert is_signed_in(client)
    assert not is_signed_in(other)


def test_a_stopped_account_is_out_at_the_next_click(cast: Cast, client: Client):
    sign_in(client, "preparer")
    signed_in(cast.system_admin).post(reverse("account_switch", args=["preparer"]), {"active": "0"})
    assert not is_signed_in(client)
    assert "用户名或密码不正确" in sign_in(client, "preparer").content.decode()


def test_signing_out_needs_a_post(cast: Cast, client: Client):
    sign_in(client, "preparer")
    assert client.get(reverse("logout")).status_code == 405
    assert is_signed_in(client)
    assert client.post(reverse("logout")).url == reverse("login")
    assert not is_signed_in(client)
    assert last_actions(1) == ["sign_out"]


def test_pages_with_data_are_not_kept_by_the_browser(cast: Cast, client: Client):
    sign_in(client, "preparer")
    assert client.get("/")["Cache-Control"] == "private, no-store"


def test_session_cookies_are_out_of_reach_for_scripts_and_other_sites(cast: Cast, client: Client):
    cookie = sign_in(client, "preparer").cookies["jixiao_session"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_without_mail_the_page_says_whom_to_ask(cast: Cast, client: Client):
    assert "请联系本地区的系统管理员" in client.get(reverse("password_reset")).content.decode()
    User.objects.filter(username="preparer").update(email="kj@example.gov.cn")
    client.post(reverse("password_reset"), {"email": "kj@example.gov.cn"})
    assert mail.outbox == []


def test_with_mail_a_link_sets_a_new_password(cast: Cast, client: Client, settings: Settings):
    settings.EMAIL_CONFIGURED = True
    User.objects.filter(username="preparer").update(email="kj@example.gov.cn", must_change_password=True)
    answer = client.post(reverse("password_reset"), {"email": "kj@example.gov.cn"}, follow=True)
    assert "请查收邮件" in answer.content.decode()
    [letter] = mail.outbox
    assert letter.subject == "绩效自评系统：设置新密码"
    path = re.search(r"https?://[^/]+(/\S+)", letter.body)[1]
    form = client.get(path, follow=True)
    page = form.redirect_chain[-1][0]
    done = client.post(page, {"new_password1": NEW, "new_password2": NEW}, follow=True)
    assert "新密码已设置，请用它登录。" in done.content.decode()
    assert sign_in(client, "preparer", NEW).url == "/"
    assert client.get("/").status_code == 200, "the own password need not be changed again"
    assert "已经用过或已经过期" in Client().get(path, follow=True).content.decode()


def test_an_unknown_address_gets_the_same_answer_and_no_letter(
    cast: Cast, client: Client, settings: Settings
):
    settings.EMAIL_CONFIGURED = True
    answer = client.post(reverse("password_reset"), {"email": "niemand@example.gov.cn"}, follow=True)
    assert "请查收邮件" in answer.content.decode()
    assert mail.outbox == []


def test_demo_accounts_are_offered_in_a_demo_only(db: None, client: Client, settings: Settings):
    settings.DEMO = True
    page = client.get(reverse("login")).content.decode()
    assert page.count("以此登录") == 1 + len(ACCOUNTS)  # the sentence and the buttons
    assert "jixiao-yanshi" in page
    settings.DEMO = False
    assert "jixiao-yanshi" not in client.get(reverse("login")).content.decode()
