"""The outbox: written with the deed, sent after it, again when it failed, never twice."""

from __future__ import annotations

import smtplib
import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core import mail as django_mail
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from evaluations import notices, outbox, workflow
from evaluations.background import Background
from evaluations.models import Evaluation, Event, Mail, MailPreference, Notice, User
from tests import people
from tests.people import Cast
from tests.threads import PATIENCE, at_once

At = Callable[[str], None]


@pytest.fixture(autouse=True)
def configured(settings) -> None:
    settings.EMAIL_CONFIGURED = True
    settings.SITE_URL = "https://jixiao.example.gov.cn"
    settings.DEFAULT_FROM_EMAIL = "绩效系统 <jixiao@example.gov.cn>"


@pytest.fixture
def addressed(cast: Cast) -> Cast:
    """Everybody has an address."""
    for user in User.objects.all():
        user.email = f"{user.username}@example.gov.cn"
        user.save()
    for name in ("preparer", "unit_head", "reviewer", "system_admin", "stranger"):
        cast[name].refresh_from_db()
    return cast


def refuse(monkeypatch: pytest.MonkeyPatch, error: Exception, of: str = "send_messages") -> None:
    """Let the mail server fail."""

    def fail(*args: object) -> None:
        raise error

    monkeypatch.setattr(f"django.core.mail.backends.locmem.EmailBackend.{of}", fail)


def tell(*users: User, sentence: str = "请送审。") -> list[Notice]:
    return notices.tell(users, "remind", sentence, "home")


# ── written with the deed ──


def test_a_deed_writes_a_mail_that_says_what_happened_and_where_to_look(addressed: Cast, ready: Evaluation):
    workflow.perform("submit", ready, addressed.unit_head)
    mail = Mail.objects.get(recipient=addressed.reviewer)
    assert mail.subject == "［绩效自评］保靖县总工会 2024 年度自评已送审，请审核"
    assert f"https://jixiao.example.gov.cn/evaluations/{ready.reference}/review/" in mail.body
    assert str(ready.total) not in mail.body.replace(ready.reference, "")
    assert (mail.to, mail.attempts, mail.sent_at) == ("reviewer@example.gov.cn", 0, None)


def test_a_mail_goes_with_its_deed_when_that_is_undone(addressed: Cast, ready: Evaluation):
    with transaction.atomic():
        workflow.perform("submit", ready, addressed.unit_head)
        assert Mail.objects.exists()
        transaction.set_rollback(True)
    assert not Mail.objects.exists()


def test_without_address_or_mail_server_there_is_the_notice_alone(cast: Cast, settings):
    tell(cast.preparer)
    cast.preparer.email = "a@example.gov.cn"
    settings.EMAIL_CONFIGURED = False
    tell(cast.preparer)
    assert Notice.objects.count() == 2
    assert not Mail.objects.exists()


def test_without_the_address_of_the_site_a_mail_says_where_to_look(addressed: Cast, settings):
    settings.SITE_URL = ""
    tell(addressed.preparer)
    assert "请登录绩效自评系统，在“通知”中查看。" in Mail.objects.get().body


def test_whoever_wants_none_gets_none(addressed: Cast):
    notices.prefer(addressed.preparer, MailPreference.NONE)
    tell(addressed.preparer)
    assert not Mail.objects.exists()
    assert Event.objects.filter(action="change_mail_preference").count() == 1


def test_line_breaks_of_a_name_do_not_reach_the_header(addressed: Cast):
    tell(addressed.preparer, sentence="保靖县\r\nBcc: all@example.com 请送审。")
    outbox.send()
    assert django_mail.outbox[0].subject == "［绩效自评］保靖县 Bcc: all@example.com 请送审"


# ── sent after it ──


def test_sending_sends_each_once(addressed: Cast):
    tell(addressed.preparer, addressed.unit_head)
    assert outbox.send() == outbox.Outcome(sent=2)
    assert outbox.send() == outbox.Outcome()
    assert [one.to for one in django_mail.outbox] == [
        ["preparer@example.gov.cn"],
        ["unit-head@example.gov.cn"],
    ]
    assert django_mail.outbox[0].extra_headers["Message-ID"].endswith("@example.gov.cn>")
    assert Mail.objects.exclude(sent_at=None).count() == 2


def test_a_failure_is_kept_and_tried_again_ever_later_at_most_8_times(
    addressed: Cast, at: At, monkeypatch: pytest.MonkeyPatch
):
    at("2025-03-01 08:00")
    tell(addressed.preparer)
    refuse(monkeypatch, smtplib.SMTPRecipientsRefused({"x": (550, b"no such user")}))
    waits = []
    for _ in range(20):
        if outbox.send().failed:
            mail = Mail.objects.get()
            waits.append(mail.due_at - timezone.now())
        at(datetime.isoformat(Mail.objects.get().due_at.astimezone() + timedelta(seconds=1))[:19])
    assert len(waits) == outbox.ATTEMPTS == 8
    assert waits[:-1] == sorted(set(waits[:-1]))
    assert Mail.objects.get().last_error.startswith("邮件服务器不接受这个收件地址，请核对（")


def test_one_bad_mail_does_not_hold_up_the_others(addressed: Cast, monkeypatch: pytest.MonkeyPatch):
    tell(addressed.preparer, addressed.unit_head, addressed.reviewer)
    plain = django_mail.EmailMessage.send

    def send(message: django_mail.EmailMessage) -> int:
        if message.to == ["preparer@example.gov.cn"]:
            raise UnicodeError("a broken address")
        return plain(message)

    monkeypatch.setattr(django_mail.EmailMessage, "send", send)
    assert outbox.send() == outbox.Outcome(sent=2, failed=1)


def test_an_unreachable_server_ends_the_run_with_the_first_mail(
    addressed: Cast, monkeypatch: pytest.MonkeyPatch
):
    tell(addressed.preparer, addressed.unit_head, addressed.reviewer)
    refuse(monkeypatch, ConnectionRefusedError("refused"), of="open")
    assert outbox.send() == outbox.Outcome(failed=1)
    assert sorted(Mail.objects.values_list("attempts", flat=True)) == [0, 0, 1]
    assert "连不上邮件服务器" in Mail.objects.exclude(last_error="").get().last_error


def test_what_a_dead_sender_had_taken_is_sent_later(addressed: Cast, at: At):
    at("2025-03-01 08:00")
    tell(addressed.preparer)
    assert outbox._claim() is not None  # and then the process was killed
    assert outbox.send() == outbox.Outcome()
    at("2025-03-01 08:05")
    assert outbox.send() == outbox.Outcome(sent=1)


# ── digest ──


def test_a_digest_lists_what_was_not_read_once_a_day(addressed: Cast, at: At):
    at("2025-03-01 08:00")
    notices.prefer(addressed.preparer, MailPreference.DIGEST)
    read, *_ = [tell(addressed.preparer, sentence=f"第 {number} 件事。")[0] for number in (1, 2, 3)]
    assert not Mail.objects.exists()
    notices.read(addressed.preparer, read.pk)
    assert (outbox.digest(), outbox.digest()) == (1, 0)
    mail = Mail.objects.get()
    assert mail.subject == "［绩效自评］2 条未读通知"
    assert "1. 第 2 件事。\n2. 第 3 件事。" in mail.body and "第 1 件事" not in mail.body
    tell(addressed.preparer, sentence="第 4 件事。")
    assert outbox.digest() == 0, "tomorrow"
    at("2025-03-02 08:00")
    assert outbox.digest() == 1
    assert "第 4 件事" in Mail.objects.first().body and "第 3 件事" not in Mail.objects.first().body


def test_what_is_told_while_a_digest_is_written_comes_with_the_next(addressed: Cast, at: At):
    at("2025-03-01 08:00")
    notices.prefer(addressed.preparer, MailPreference.DIGEST)
    tell(addressed.preparer, sentence="第 1 件事。")
    told_meanwhile = iter([True])

    def meanwhile(execute, sql, *rest):
        if sql.startswith('UPDATE "evaluations_notice"') and next(told_meanwhile, False):
            tell(addressed.preparer, sentence="第 2 件事。")
        return execute(sql, *rest)

    with connection.execute_wrapper(meanwhile):
        assert outbox.digest() == 1
    at("2025-03-02 08:00")
    assert outbox.digest() == 1
    first, second = Mail.objects.order_by("pk")
    assert "第 2 件事" not in first.body and "第 2 件事" in second.body


def test_who_changes_to_no_mail_gets_no_digest_any_more(addressed: Cast):
    notices.prefer(addressed.preparer, MailPreference.DIGEST)
    tell(addressed.preparer)
    notices.prefer(addressed.preparer, MailPreference.NONE)
    notices.prefer(addressed.preparer, MailPreference.DIGEST)
    assert outbox.digest() == 0


# ── what could not be sent ──


def test_a_stuck_mail_is_sent_anew_to_the_present_address(addressed: Cast, monkeypatch: pytest.MonkeyPatch):
    tell(addressed.preparer)
    with monkeypatch.context() as broken:
        refuse(broken, smtplib.SMTPServerDisconnected("gone"))
        outbox.send()
    Mail.objects.update(attempts=8)
    User.objects.filter(pk=addressed.preparer.pk).update(email="new@example.gov.cn")
    mail = outbox.stuck(addressed.system_admin).get()
    assert outbox.resend(addressed.system_admin, mail.pk).to == "new@example.gov.cn"
    assert outbox.resend(addressed.system_admin, mail.pk) is None, "a second click"
    assert outbox.send().sent == 1
    assert Event.objects.get(action="resend_mail").detail == {"username": "preparer"}


def test_only_the_administrator_of_the_person_sees_the_mail(addressed: Cast, monkeypatch: pytest.MonkeyPatch):
    tell(addressed.stranger)
    refuse(monkeypatch, smtplib.SMTPServerDisconnected("gone"))
    outbox.send()
    number = Mail.objects.get().pk
    assert outbox.resend(addressed.system_admin, number) is None, "a person of another county"
    with pytest.raises(PermissionDenied):
        outbox.resend(addressed.preparer, number)


# ── commands ──


def run(name: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command(name, stdout=out, stderr=out)
    except SystemExit as stop:
        return stop.code, out.getvalue()
    return 0, out.getvalue()


def test_the_commands_say_what_they_did(addressed: Cast, at: At, settings, monkeypatch: pytest.MonkeyPatch):
    at("2025-03-24 08:00")
    year = people.fiscal_year()
    year.due_on = datetime(2025, 3, 31).date()
    year.save()
    assert run("send_reminders") == (0, "提醒 1 个单位送审、0 份自评整改，写好 0 封汇总邮件。\n")
    assert run("send_reminders") == (0, "提醒 0 个单位送审、0 份自评整改，写好 0 封汇总邮件。\n")
    with monkeypatch.context() as broken:
        refuse(broken, ConnectionRefusedError("refused"), of="open")
        assert run("send_mail") == (1, "发出 0 封，没有发出 1 封。\n")
    assert run("send_mail") == (0, "发出 1 封，没有发出 0 封。\n")
    settings.EMAIL_CONFIGURED = False
    code, sentence = run("send_mail")
    assert code == 2 and "EMAIL_URL" in sentence


# ── in the background ──


@pytest.mark.django_db(transaction=True)
def test_the_background_works_after_commits_and_never_raises(caplog: pytest.LogCaptureFixture):
    ran = threading.Event()

    def work() -> None:
        ran.set()
        raise RuntimeError("mail server on fire")

    background = Background(work)
    background.wake()
    assert not ran.wait(0.1), "only where pages are served"
    background.enable()
    with transaction.atomic():
        background.wake()
        assert not ran.wait(0.1), "not before the commit"
    assert ran.wait(PATIENCE)
    ran.clear()
    background.wake()
    assert ran.wait(PATIENCE), "one failure does not end it"


@pytest.mark.django_db(transaction=True)
def test_a_deed_is_mailed_right_after_its_commit(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    sent = threading.Event()
    background = Background(lambda: (outbox.send(), sent.set()))
    background.enable()
    monkeypatch.setattr(outbox, "BACKGROUND", background)
    cast.preparer.email = "a@example.gov.cn"
    cast.preparer.save()
    tell(cast.preparer)
    assert sent.wait(PATIENCE)
    assert Mail.objects.get().sent_at is not None


# ── two senders ──


def mails_to(cast: Cast, count: int) -> None:
    cast.preparer.email = "a@example.gov.cn"
    for number in range(count):
        tell(cast.preparer, sentence=f"第 {number} 件事。")


@pytest.mark.django_db(transaction=True)
def test_two_senders_never_send_the_same_mail(cast: Cast):
    mails_to(cast, 20)
    assert at_once([outbox.send, outbox.send, outbox.send]) == ["done"] * 3
    sent = Counter(one.extra_headers["Message-ID"] for one in django_mail.outbox)
    assert (len(sent), max(sent.values())) == (20, 1)


@pytest.mark.django_db(transaction=True)
def test_control_without_claiming_both_send_it(cast: Cast):
    mails_to(cast, 1)
    both_have_looked = threading.Barrier(2)

    def send() -> None:
        mail = Mail.objects.get(sent_at=None)
        both_have_looked.wait(PATIENCE)
        outbox._message(mail, django_mail.get_connection()).send()
        Mail.objects.filter(pk=mail.pk).update(sent_at=timezone.now())

    assert at_once([send, send]) == ["done", "done"]
    assert len(django_mail.outbox) == 2
