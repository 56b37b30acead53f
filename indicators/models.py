"""Versions of indicator templates (指标模板), each one JSON document (docs/decisions/0001)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q


class Frozen(Exception):
    """A published or retired template would be changed or deleted. `args[0]`: one Chinese sentence."""


class State(models.TextChoices):
    """Where a version stands; only a draft may change."""

    DRAFT = "draft", "草稿"
    PUBLISHED = "published", "已发布"
    RETIRED = "retired", "已停用"


class TemplateQuerySet(models.QuerySet):
    """Refuses bulk changes of frozen rows; `retire` is the one change that a frozen row knows."""

    def update(self, **values: Any) -> int:
        self._refuse_frozen("修改")
        return super().update(**values)

    update.alters_data = True

    def delete(self) -> tuple[int, dict[str, int]]:
        self._refuse_frozen("删除")
        return super().delete()

    delete.alters_data = True
    delete.queryset_only = True

    def retire(self) -> int:
        """Published versions become retired: no new evaluation starts on them, old ones keep them."""
        return models.QuerySet.update(self.filter(state=State.PUBLISHED), state=State.RETIRED)

    retire.alters_data = True

    def _refuse_frozen(self, what: str) -> None:
        frozen = self.exclude(state=State.DRAFT).first()
        if frozen is not None:
            raise Frozen(f"{frozen}{frozen.get_state_display()}，不能{what}。请另存为新版本的草稿。")


class IndicatorTemplate(models.Model):
    """指标模板: one version of one template.

    `content` is `reading.dump(spec)`, `content_hash` the SHA-256 of its canonical JSON. The columns between
    `code` and `content` are copies for lists, written with it. A version that is published or retired never
    changes again, except from published to retired: `save`, `update` and `delete` refuse here, and a trigger
    refuses in the database.

    `based_on`: the version from which the draft was made (last year's template, or the version before).
    `unconfirmed`: addresses (`engine/parts`) of pieces taken over from it that are bound to its year and that
    nobody has looked at yet; publishing waits for them.
    """

    State = State

    code = models.CharField("模板代码", max_length=60)
    version = models.PositiveIntegerField("版本")
    state = models.CharField("状态", max_length=10, choices=State, default=State.DRAFT)
    title = models.CharField("名称", max_length=200)
    kind = models.CharField("类型", max_length=20)
    region_code = models.CharField("行政区划代码", max_length=9)
    first_year = models.PositiveSmallIntegerField("适用年度自")
    last_year = models.PositiveSmallIntegerField("适用年度至")
    content = models.JSONField("内容")
    content_hash = models.CharField("内容哈希", max_length=64)
    engine_version = models.PositiveSmallIntegerField("计分引擎版本")
    published_at = models.DateTimeField("发布时间", null=True, blank=True)
    published_by_name = models.CharField("发布人", max_length=100, blank=True)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)
    based_on = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="+", verbose_name="由此而来"
    )
    unconfirmed = models.JSONField("待确认之处", default=list, blank=True)

    objects = TemplateQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "指标模板"
        ordering = ["code", "-version"]
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="template_version_once"),
            models.UniqueConstraint(fields=["code"], condition=Q(state="draft"), name="template_one_draft"),
        ]

    def __str__(self) -> str:
        return f"{self.title}（第 {self.version} 版）"

    def save(self, *args: Any, **options: Any) -> None:
        """Store a draft, or publish one; raises `Frozen` when the stored row is no draft any more."""
        if self.pk is not None:
            IndicatorTemplate.objects.filter(pk=self.pk)._refuse_frozen("修改")
        super().save(*args, **options)

    def delete(self, *args: Any, **options: Any) -> tuple[int, dict[str, int]]:
        """Delete a draft; raises `Frozen` otherwise."""
        IndicatorTemplate.objects.filter(pk=self.pk)._refuse_frozen("删除")
        return super().delete(*args, **options)
