"""整改: problems of approved reports as tasks, until the bureau has confirmed that they are done."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from .evaluations import Evaluation
from .people import User


class RectificationState(models.TextChoices):
    """Where a task stands; the table of `rectifying` says who brings it on."""

    OPEN = "open", "待整改"
    ANSWERED = "answered", "已反馈"
    REDO = "redo", "退回重做"
    CONFIRMED = "confirmed", "已销号"


class Rectification(models.Model):
    """整改事项 of a department's evaluation.

    `number` counts within the evaluation, from 1. `source`: the location that the problem was proposed from
    (`indicator.BJ-I09`, `text.t-problems`), "" when it was typed. `feedback` is the department's newest,
    `remark` what the bureau said of it; the log keeps all before.
    """

    State = RectificationState

    evaluation = models.ForeignKey(
        Evaluation, models.PROTECT, related_name="rectifications", verbose_name="自评"
    )
    number = models.PositiveSmallIntegerField("序号")
    problem = models.TextField("问题")
    measure = models.TextField("整改措施", blank=True)
    responsible = models.CharField("责任人", max_length=60, blank=True)
    due_on = models.DateField("整改期限")
    source = models.CharField("来源", max_length=160, blank=True)
    state = models.CharField(
        "状态", max_length=10, choices=RectificationState, default=RectificationState.OPEN, db_index=True
    )
    feedback = models.TextField("反馈", blank=True)
    feedback_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="反馈人")
    feedback_at = models.DateTimeField("反馈时间", null=True)
    remark = models.TextField("财政局意见", blank=True)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="销号人")
    confirmed_at = models.DateTimeField("销号时间", null=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="列出人")
    created_at = models.DateTimeField("列出时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "整改事项"
        ordering = ["evaluation_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "number"], name="rectification_once_a_number"),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="rectification_confirmed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.evaluation} 整改第 {self.number} 项"
