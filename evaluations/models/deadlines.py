"""Longer deadlines of single departments (延期)."""

from __future__ import annotations

from django.db import models

from .budget import FiscalYear
from .people import Department, User
from .records import AppendOnly


class Extension(AppendOnly):
    """延期: until when one department may send its report of a year, instead of the year's deadline.

    The newest one of a department and year is in force; all are kept. `due_on` counts to the end of the day.
    """

    fiscal_year = models.ForeignKey(
        FiscalYear, models.PROTECT, related_name="extensions", verbose_name="预算年度"
    )
    department = models.ForeignKey(Department, models.PROTECT, related_name="extensions", verbose_name="单位")
    due_on = models.DateField("延期至")
    reason = models.TextField("原因")
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="批准人")
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "延期"
        ordering = ["-id"]
        indexes = [models.Index(fields=["fiscal_year", "department", "-id"], name="extension_newest")]

    def __str__(self) -> str:
        return f"{self.department} {self.fiscal_year.year} 年度延期至 {self.due_on}"
