"""Notices, the bell, the own account, and mails that could not be sent."""

from __future__ import annotations

import pytest
from django.urls import reverse

from evaluations import notices, outbox, workflow
from evaluations.models import Evaluation, Event, Mail, MailPreference, Notice
from tests import people
from tests.people import Cast

from .conftest import signed_in


def tell(cast: Cast, count: int = 1) -> list[Notice]:
    return [
        notices.tell([cast.preparer], "remind", f"第 {number} 次催办。", "home")[0] for number in range(count)
    ]


def test_the_bell_tells_how_many_are_unread_on_every_page(cast: Cast):
    client = signed_in(cast.preparer)
    assert "条未读" not in client.get("/").content.decode()
    tell(cast, 3)
    for url in ("/", reverse("password_change"), "/nirgends/"):
        assert '<span class="bell-count">3</span>' in client.get(url).content.decode()
    Notice.objects.bulk_create(
        Notice(recipient=cast.preparer, kind="remind", sentence="请送审。", page="home") for _ in range(100)
    )
    assert '<span class="bell-count">99+</span>' in client.get("/").content.decode()


def test_opening_one_marks_it_read_and_goes_there(cast: Cast, submitted: Evaluation):
    workflow.perform("return", submitted, cast.reviewer, "请补充说明。")
    client = signed_in(cast.preparer)
    shown = client.get(reverse("notices")).content.decode()
    assert "保靖县总工会 2024 年度自评已退回" in shown and "● 未读" in shown
    one = Notice.objects.get(recipient=cast.preparer, kind="return")
    address = reverse("notice_read", args=[one.pk])
    assert address in shown
    assert client.get(address).status_code == 405
    assert Notice.objects.get(pk=one.pk).read_at is None, "looking is not reading"
    assert client.post(address).url == reverse("evaluation", args=[submitted.reference])
    assert client.get(reverse("notices")).content.decode().count("● 未读") == shown.count("● 未读") - 1
    assert client.post(address).status_code == 302, "a second click"


def test_notices_of_others_are_absent(cast: Cast):
    (one,) = tell(cast)
    client = signed_in(cast.stranger)
    assert client.post(reverse("notice_read", args=[one.pk])).status_code == 404
    assert "催办" not in client.get(reverse("notices")).content.decode().split("<main")[1].split("<h2>")[0]
    assert notices.unread(cast.preparer) == 1


def test_all_are_marked_at_once(cast: Cast):
    tell(cast, 3)
    client = signed_in(cast.preparer)
    answer = client.post(reverse("notices_read"), follow=True).content.decode()
    assert "3 条通知已标为已读。" in answer and "全部标为已读" not in answer
    assert "没有未读的通知。" in client.post(reverse("notices_read"), follow=True).content.decode()


def test_many_notices_are_paged_and_cost_the_same(cast: Cast, django_assert_max_num_queries):
    tell(cast, 1)
    client = signed_in(cast.preparer)
    with django_assert_max_num_queries(6):
        client.get(reverse("notices"))
    tell(cast, 60)
    with django_assert_max_num_queries(6):
        shown = client.get(reverse("notices")).content.decode()
    assert shown.count("notice-open") == 50
    assert "下一页" in shown


def test_who_must_change_the_password_sees_no_bell(cast: Cast):
    cast.preparer.must_change_password = True
    cast.preparer.save()
    assert 'class="bell"' not in signed_in(cast.preparer).get(reverse("password_change")).content.decode()


def test_one_chooses_when_to_be_mailed(cast: Cast):
    client = signed_in(cast.preparer)
    assert "没有配置邮件服务器" in client.get(reverse("account")).content.decode()
    for _ in range(2):
        client.post(reverse("account"), {"preference": "digest"})
    cast.preparer.refresh_from_db()
    assert cast.preparer.mail_preference == MailPreference.DIGEST
    assert Event.objects.get(action="change_mail_preference").actor == cast.preparer
    assert client.post(reverse("account"), {"preference": "hourly"}).status_code == 400


@pytest.fixture
def stuck(cast: Cast, settings, monkeypatch: pytest.MonkeyPatch) -> Mail:
    settings.EMAIL_CONFIGURED = True
    cast.preparer.email = "a@example.gov.cn"
    cast.preparer.save()
    tell(cast)

    def fail(*args: object) -> None:
        raise ConnectionRefusedError("refused")

    with monkeypatch.context() as broken:
        broken.setattr("django.core.mail.backends.locmem.EmailBackend.open", fail)
        outbox.send()
    return Mail.objects.get()


def test_the_administrator_sees_what_could_not_be_sent_and_sends_it_anew(cast: Cast, stuck: Mail):
    client = signed_in(cast.system_admin)
    shown = client.get(reverse("mails")).content.decode()
    assert "连不上邮件服务器，请检查网络和 EMAIL_URL（refused）" in shown
    assert "a@example.gov.cn" in shown
    form = {"mail": str(stuck.pk)}
    assert "正在重发" in client.post(reverse("mails"), form, follow=True).content.decode()
    again = client.post(reverse("mails"), form, follow=True).content.decode()
    assert "这封邮件已经发出或正在重发。" in again
    assert outbox.send().sent == 1
    assert "没有发不出去的邮件" in client.get(reverse("mails")).content.decode()


def test_a_department_of_two_people_reads_each_for_itself(cast: Cast):
    notices.tell([cast.preparer, cast.unit_head], "remind", "请送审。", "home")
    signed_in(cast.preparer).post(reverse("notices_read"))
    assert '<span class="bell-count">1</span>' in signed_in(cast.unit_head).get("/").content.decode()


def test_the_bell_costs_one_query(cast: Cast, draft: Evaluation, django_assert_max_num_queries):
    people.fiscal_year()
    client = signed_in(cast.preparer)
    with django_assert_max_num_queries(5) as asked:
        client.get(reverse("password_change"))
    assert sum("notice" in one["sql"] for one in asked.captured_queries) == 1
