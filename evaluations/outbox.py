"""The outbox: mails are written with the deed they tell of, and sent after it was committed.

A sender takes a mail by counting the attempt and moving its next one into the future, in one short
transaction; so two senders never send the same one, no lock is held while a mail server is slow, and the mail
of a sender that died is tried again. Mails say what happened and where to look, no figures.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parseaddr
from smtplib import (
    SMTPAuthenticationError,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from . import events, listing
from .background import Background
from .models import Mail, MailPreference, Notice, User

logger = logging.getLogger(__name__)

#: How long after each attempt the next one is made. The first is longer than a mail server may take.
DELAYS = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 60, 180, 360, 720, 1440))
ATTEMPTS = len(DELAYS) + 1
#: Mails of one run; the rest waits for the next.
RUN = 500
#: Notices that one digest lists.
LISTED = 30


@dataclass(slots=True)
class Outcome:
    """How many mails one run has sent, and how many attempts failed."""

    sent: int = 0
    failed: int = 0


def enqueue(notices: Sequence[Notice]) -> None:
    """Write a mail for each of these stored notices, in the transaction that wrote them."""
    if not settings.EMAIL_CONFIGURED or not notices:
        return
    _write(
        _mail(
            f"notice-{one.pk}",
            one.recipient,
            one.sentence.rstrip("。"),
            [one.sentence, _way(one.get_absolute_url())],
        )
        for one in notices
    )
    BACKGROUND.wake()


@transaction.atomic
def digest() -> int:
    """Write today's digest of everybody who wants one and has notices waiting; returns how many were written.

    One for a person and day, however often it is called; what was read meanwhile is left out.
    """
    if not settings.EMAIL_CONFIGURED:
        return 0
    today = timezone.localdate()
    wanting = User.objects.filter(
        is_active=True, mail_preference=MailPreference.DIGEST, notices__awaits_digest=True
    ).exclude(email="")
    users = {f"digest-{user.pk}-{today}": user for user in wanting.distinct()}
    known = set(Mail.objects.filter(key__in=list(users)).values_list("key", flat=True))
    mails = []
    for key, user in users.items():
        if key in known:
            continue
        waiting = list(user.notices.filter(awaits_digest=True).order_by("id"))
        # Only these: what somebody tells meanwhile waits for the next digest.
        user.notices.filter(pk__in=[one.pk for one in waiting]).update(awaits_digest=False)
        new = [one for one in waiting if one.read_at is None]
        if new:
            listed = [f"{number}. {one.sentence}" for number, one in enumerate(new[:LISTED], 1)]
            more = [f"另有 {len(new) - LISTED} 条。"] if len(new) > LISTED else []
            parts = ["\n".join([*listed, *more]), _way(reverse("notices"))]
            mails.append(_mail(key, user, f"{len(new)} 条未读通知", parts))
    _write(mails)
    return len(mails)


def send(limit: int = RUN) -> Outcome:
    """Send what is due, at most `limit` mails; failures are kept with the mail and tried again later.

    When the mail server cannot be reached, the run ends with the first mail.
    """
    outcome = Outcome()
    server: BaseEmailBackend | None = None
    while outcome.sent + outcome.failed < limit and (mail := _claim()) is not None:
        reached = server is not None
        try:
            if server is None:
                server = get_connection()
                server.open()
                reached = True
            _message(mail, server).send()
        except Exception as error:  # whatever one mail does, the others are sent
            outcome.failed += 1
            _note(mail, error)
            _close(server)
            server = None
            if not reached:
                break
        else:
            outcome.sent += 1
            Mail.objects.filter(pk=mail.pk).update(sent_at=timezone.now(), last_error="")
    _close(server)
    return outcome


def stuck(user: User) -> QuerySet[Mail]:
    """Mails to people whom `user` manages that were tried in vain, newest first."""
    tried = Mail.objects.filter(sent_at=None).exclude(last_error="")
    return tried.filter(recipient__in=listing.people(user).values("pk")).select_related("recipient")


@transaction.atomic
def resend(actor: User, number: int, *, request: HttpRequest | None = None) -> Mail | None:
    """Let a mail that was tried in vain be sent now, to the person's present address.

    None when there is no such mail any more. Raises `PermissionDenied`.
    """
    if not actor.has_perm("evaluations.manage_people"):
        raise PermissionDenied("只有系统管理员可以重发邮件。")
    mail = stuck(actor).filter(pk=number).first()
    if mail is None:
        return None
    mail.to = mail.recipient.email or mail.to
    mail.attempts, mail.due_at, mail.last_error = 0, timezone.now(), ""
    mail.save(update_fields=["to", "attempts", "due_at", "last_error"])
    events.record(actor, "resend_mail", detail={"username": mail.recipient.username}, request=request)
    BACKGROUND.wake()
    return mail


def _claim() -> Mail | None:
    """The next mail that is due, with this attempt counted and the next one in the future."""
    with transaction.atomic():
        due = Mail.objects.filter(sent_at=None, attempts__lt=ATTEMPTS, due_at__lte=timezone.now())
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        mail = due.order_by("due_at", "id").first()
        if mail is not None:
            mail.due_at = timezone.now() + DELAYS[min(mail.attempts, len(DELAYS) - 1)]
            mail.attempts += 1
            mail.save(update_fields=["due_at", "attempts"])
    return mail


def _message(mail: Mail, server: BaseEmailBackend) -> EmailMessage:
    """The same Message-ID on every attempt, so that a mail that went out twice is shown once."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    headers = {"Message-ID": f"<{mail.key}@{domain}>", "Auto-Submitted": "auto-generated"}
    return EmailMessage(mail.subject, mail.body, to=[mail.to], connection=server, headers=headers)


def _note(mail: Mail, error: Exception) -> None:
    logger.warning("mail %s was not sent (attempt %d): %s", mail.key, mail.attempts, error)
    Mail.objects.filter(pk=mail.pk).update(last_error=f"{_why(error)}（{error}）"[:500])


def _why(error: Exception) -> str:
    """What an administrator can do about it."""
    if isinstance(error, SMTPAuthenticationError):
        return "邮件服务器不接受用户名或口令，请检查 EMAIL_URL"
    if isinstance(error, SMTPRecipientsRefused):
        return "邮件服务器不接受这个收件地址，请核对"
    if isinstance(error, SMTPSenderRefused):
        return "邮件服务器不接受发件人，请检查 EMAIL_FROM"
    if isinstance(error, SMTPResponseException):
        return "邮件服务器没有接受这封邮件"
    if isinstance(error, OSError):
        return "连不上邮件服务器，请检查网络和 EMAIL_URL"
    return "没有发出"


def _close(server: BaseEmailBackend | None) -> None:
    if server is None:
        return
    try:
        server.close()
    except Exception as error:  # it is gone already
        logger.info("closing the connection to the mail server: %s", error)


def _write(mails: Iterable[Mail]) -> None:
    """Of a key that is known nothing is written."""
    Mail.objects.bulk_create(list(mails), ignore_conflicts=True)


def _mail(key: str, recipient: User, subject: str, parts: Sequence[str]) -> Mail:
    foot = "本邮件由绩效自评系统自动发出，请勿回复。不想收到邮件，可在系统的“我的账号”中改。"
    body = "\n\n".join([f"{recipient}，您好：", *parts, foot])
    return Mail(
        key=key,
        recipient=recipient,
        to=recipient.email,
        subject=" ".join(f"［绩效自评］{subject}".split())[:300],
        body=body + "\n",
        due_at=timezone.now(),
    )


def _way(path: str) -> str:
    """Where to look: a link where the address of this installation is known."""
    return f"查看：{settings.SITE_URL}{path}" if settings.SITE_URL else "请登录绩效自评系统，在“通知”中查看。"


#: Sends after every commit that wrote a mail, where pages are served.
BACKGROUND = Background(send)
