"""What people are told: notices inside the application, and the mails that wait to be sent."""

from __future__ import annotations

from django.db import models
from django.urls import reverse

from .evaluations import Evaluation
from .people import User
from .records import ACTIONS


class Notice(models.Model):
    """One sentence to one person about a deed of somebody else, and the page where it is seen.

    `kind` is the action of the event (`ACTIONS`). `page` is a URL name, with the evaluation's reference as
    its argument when there is one; `anchor` a place on it. `key`: what must be told only once (a reminder).
    `awaits_digest`: to be mailed with the next daily digest.
    """

    recipient = models.ForeignKey(User, models.PROTECT, related_name="notices", verbose_name="收件人")
    kind = models.CharField("事由", max_length=40)
    sentence = models.CharField("内容", max_length=500)
    page = models.CharField("页面", max_length=40)
    anchor = models.CharField("位置", max_length=200, blank=True)
    evaluation = models.ForeignKey(
        Evaluation, models.PROTECT, null=True, blank=True, related_name="notices", verbose_name="自评"
    )
    key = models.CharField(max_length=120, null=True, blank=True, unique=True)
    awaits_digest = models.BooleanField("等待汇总", default=False)
    created_at = models.DateTimeField("时间", auto_now_add=True)
    read_at = models.DateTimeField("阅读时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "通知"
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["recipient", "-id"], name="notice_newest"),
            models.Index(fields=["recipient"], condition=models.Q(read_at=None), name="notice_unread"),
        ]

    def __str__(self) -> str:
        return self.sentence

    def get_absolute_url(self) -> str:
        """The path of the page where the matter is seen."""
        path = reverse(self.page, args=[self.evaluation.reference] if self.evaluation_id else [])
        return f"{path}#{self.anchor}" if self.anchor else path

    @property
    def label(self) -> str:
        """The kind in Chinese."""
        return ACTIONS[self.kind]


class Mail(models.Model):
    """A mail of the outbox: written with the deed that it tells of, sent after that was committed.

    `key` says what it is about; there is one mail of a key, however often it is asked for. `attempts` counts
    those begun; until `due_at` nobody begins another.
    """

    key = models.CharField(max_length=120, unique=True)
    recipient = models.ForeignKey(User, models.PROTECT, related_name="mails", verbose_name="收件人")
    to = models.EmailField("地址")
    subject = models.CharField("主题", max_length=300)
    body = models.TextField("正文")
    created_at = models.DateTimeField("写成时间", auto_now_add=True)
    due_at = models.DateTimeField("下次发送")
    sent_at = models.DateTimeField("发出时间", null=True, blank=True)
    attempts = models.PositiveSmallIntegerField("发送次数", default=0)
    last_error = models.CharField("最近的错误", max_length=500, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "邮件"
        ordering = ["-id"]
        indexes = [models.Index(fields=["due_at"], condition=models.Q(sent_at=None), name="mail_waiting")]

    def __str__(self) -> str:
        return f"{self.to}：{self.subject}"
