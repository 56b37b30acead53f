"""What reviewers and departments say to each other about a report, and what a reviewer decides on the way."""

from __future__ import annotations

from django.db import models

from .evaluations import Evaluation, State
from .people import User
from .records import AppendOnly


class ThreadQuerySet(models.QuerySet):
    """Narrows to the points that still stand."""

    def open(self) -> ThreadQuerySet:
        """Not settled; those of a project that was given up went with it."""
        return self.filter(settled_at=None).exclude(evaluation__state=State.VOIDED)


class Thread(models.Model):
    """意见: what a reviewer wants mended or answered at one place of a report, until it is settled.

    `location` as fields, findings and history speak it (`basic.staff_quota`, `indicator.B-01`, a step, "" for
    the report as a whole); it stays there across versions. `finding`: the fingerprint of the finding whose
    explanation was rejected, "" otherwise. `version`: the one under review when it was raised.
    """

    evaluation = models.ForeignKey(Evaluation, models.PROTECT, related_name="threads", verbose_name="自评")
    location = models.CharField("位置", max_length=160, blank=True)
    finding = models.CharField(max_length=64, blank=True)
    version = models.PositiveSmallIntegerField("提出时的版本")
    opened_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="提出人")
    opened_at = models.DateTimeField("提出时间", auto_now_add=True)
    settled_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="办结人"
    )
    settled_at = models.DateTimeField("办结时间", null=True, blank=True)

    objects = ThreadQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "审核意见"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.evaluation_id} {self.location}"


class Comment(AppendOnly):
    """One contribution to a thread; what was said is never changed. `version`: the newest at that time."""

    class Side(models.TextChoices):
        BUREAU = "bureau", "财政部门"
        DEPARTMENT = "department", "单位"

    thread = models.ForeignKey(Thread, models.PROTECT, related_name="comments")
    side = models.CharField("一方", max_length=10, choices=Side)
    text = models.TextField("内容")
    version = models.PositiveSmallIntegerField("版本")
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="发言人")
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "意见和答复"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.author}：{self.text}"


class ReviewedScore(models.Model):
    """复核分 of one indicator with its reason; counts while the score line is as `basis` says (its hash).

    When the department changes what the line rests on, it lapses and the reviewer scores anew.
    """

    evaluation = models.ForeignKey(Evaluation, models.PROTECT, related_name="reviewed_scores")
    code = models.CharField("指标", max_length=60)
    basis = models.CharField(max_length=64)
    points = models.DecimalField("复核分", max_digits=7, decimal_places=2)
    reason = models.TextField("理由")
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="复核人")
    at = models.DateTimeField("时间", auto_now=True)

    class Meta:
        verbose_name = verbose_name_plural = "复核分"
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "code"], name="reviewed_score_once_for_indicator")
        ]

    def __str__(self) -> str:
        return f"{self.code}：{self.points}"


class Worksheet(models.Model):
    """审核底稿 of one version: the bureau's checklist as ticked, and the opinion that is being drafted.

    `checks`: {item: {"verdict": "yes" | "no" | "na", "remark": text}}. Only the bureau sees it. `revision` as
    for sections: a stale page is refused.
    """

    evaluation = models.ForeignKey(Evaluation, models.PROTECT, related_name="worksheets")
    version = models.PositiveSmallIntegerField("版本")
    checks = models.JSONField("审核清单", default=dict, blank=True)
    opinion = models.TextField("拟写的意见", blank=True)
    revision = models.PositiveIntegerField("修订号", default=0)
    updated_at = models.DateTimeField("修改时间", auto_now=True)
    updated_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="修改人")

    class Meta:
        verbose_name = verbose_name_plural = "审核底稿"
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "version"], name="worksheet_once_a_version")
        ]

    def __str__(self) -> str:
        return f"{self.evaluation_id} 第 {self.version} 版"


class SavedFilter(models.Model):
    """常用条件: the query of a list that somebody gave a name."""

    owner = models.ForeignKey(User, models.CASCADE, related_name="saved_filters", verbose_name="用户")
    name = models.CharField("名称", max_length=20)
    query = models.CharField("条件", max_length=300)

    class Meta:
        verbose_name = verbose_name_plural = "常用条件"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["owner", "name"], name="saved_filter_name_once")]

    def __str__(self) -> str:
        return self.name
