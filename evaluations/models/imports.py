"""A workbook between its check and its import."""

from __future__ import annotations

import secrets

from django.db import models

from .people import Department, User


def new_token() -> str:
    """22 characters that nobody guesses."""
    return secrets.token_urlsafe(16)


class ImportFile(models.Model):
    """What somebody uploaded and has not confirmed yet; seen by that person alone, gone after a day.

    The file itself is kept, not what was read from it: at the import everything is read and checked again.
    It lies in the database because with several web servers the next click may reach another one.
    """

    class Kind(models.TextChoices):
        DEPARTMENTS = "departments", "单位"
        PEOPLE = "people", "人员"
        LINES = "lines", "预算明细"

    token = models.CharField(max_length=32, unique=True, default=new_token)
    kind = models.CharField("内容", max_length=12, choices=Kind)
    owner = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name="上传人")
    name = models.CharField("文件名", max_length=200)
    data = models.BinaryField("文件")
    year = models.PositiveSmallIntegerField("年度", null=True)
    department = models.ForeignKey(
        Department, models.CASCADE, null=True, related_name="+", verbose_name="单位"
    )
    created_at = models.DateTimeField("上传时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "待导入的文件"

    def __str__(self) -> str:
        return f"{self.name}（{self.get_kind_display()}）"
