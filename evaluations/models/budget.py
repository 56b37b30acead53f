"""Fiscal years and budget lines (预算明细). Amounts are 元."""

from __future__ import annotations

from decimal import Decimal

from django.db import models

from indicators.models import IndicatorTemplate

from .people import Department, Region, User

#: The typed amounts of a line; 全年预算数 (`final`) is derived.
AMOUNTS = ("opening", "adjustment", "executed")


class FiscalYear(models.Model):
    """预算年度 of a region: when its evaluations open, are due and close, on which template they start.

    `project_template`: on which projects are evaluated; None: the newest of the code that the department's
    template names. `two_step`: reports pass a first review (初审) before the 绩效股负责人 approves them.
    `checklist`: what the bureau checks in each report, one item a line. `task`: what it asks for this year
    (任务下达), "" before it is issued.
    `public_page`: anybody may read, without signing in, what of it is published;
    `public_body`: how the page calls whoever approved (empty: the region's 财政局).
    """

    region = models.ForeignKey(Region, models.PROTECT, related_name="fiscal_years", verbose_name="行政区划")
    year = models.PositiveSmallIntegerField("年度")
    template = models.ForeignKey(
        IndicatorTemplate, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="指标模板"
    )
    project_template = models.ForeignKey(
        IndicatorTemplate,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="项目自评模板",
    )
    opens_on = models.DateField("开始填报", null=True, blank=True)
    due_on = models.DateField("截止日期", null=True, blank=True)
    closed = models.BooleanField("已关闭", default=False)
    two_step = models.BooleanField("初审、复核两步", default=False)
    checklist = models.TextField("审核清单", blank=True)
    public_page = models.BooleanField("公开页", default=False)
    public_body = models.CharField("批准机关", max_length=40, blank=True, default="")
    task = models.TextField("任务通知", blank=True)
    issued_at = models.DateTimeField("下达时间", null=True, blank=True)
    issued_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="下达人"
    )

    class Meta:
        verbose_name = verbose_name_plural = "预算年度"
        ordering = ["-year", "region_id"]
        constraints = [models.UniqueConstraint(fields=["region", "year"], name="fiscal_year_once_in_region")]

    def __str__(self) -> str:
        return f"{self.region} {self.year} 年度"

    @property
    def approving_body(self) -> str:
        """Whoever approves the year's reports, as the public is told."""
        return self.public_body or f"{self.region}财政局"


class TemplateAssignment(models.Model):
    """The template on which one department starts in a year, instead of the year's own."""

    fiscal_year = models.ForeignKey(
        FiscalYear, models.CASCADE, related_name="assignments", verbose_name="预算年度"
    )
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="assignments", verbose_name="单位"
    )
    template = models.ForeignKey(IndicatorTemplate, models.PROTECT, related_name="+", verbose_name="指标模板")

    class Meta:
        verbose_name = verbose_name_plural = "单独指定的指标模板"
        constraints = [
            models.UniqueConstraint(fields=["fiscal_year", "department"], name="assignment_once_a_year")
        ]

    def __str__(self) -> str:
        return f"{self.department} {self.fiscal_year.year} 年度：{self.template}"


class BudgetGrid(models.Model):
    """The budget lines of one department and year, saved as a whole under one revision."""

    department = models.ForeignKey(
        Department, models.PROTECT, related_name="budget_grids", verbose_name="单位"
    )
    year = models.PositiveSmallIntegerField("年度")
    revision = models.PositiveIntegerField("修订号", default=0)
    raw = models.JSONField("未识别的输入", default=dict, blank=True)
    updated_at = models.DateTimeField("修改时间", auto_now=True)
    updated_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="修改人")

    class Meta:
        verbose_name = verbose_name_plural = "预算明细表"
        constraints = [models.UniqueConstraint(fields=["department", "year"], name="budget_grid_once_a_year")]

    def __str__(self) -> str:
        return f"{self.department} {self.year} 年度预算明细"


class BudgetLine(models.Model):
    """预算明细: 功能分类 × 经济分类 × 基本/项目 × 资金来源 (× 项目). A null amount is 未填, not 0.

    `row` is the line's lasting id within its grid (four hexadecimal digits or more), used in locations
    `lines[row].executed`. An empty economic class means that the accounts do not tell it.
    """

    class Kind(models.TextChoices):
        BASIC = "基本支出", "基本支出"
        PROJECT = "项目支出", "项目支出"

    class Fund(models.TextChoices):
        GENERAL = "一般公共预算", "一般公共预算"
        GOVERNMENT_FUND = "政府性基金", "政府性基金"
        UNION = "工会经费", "工会经费"
        OTHER = "其他资金", "其他资金"

    grid = models.ForeignKey(BudgetGrid, models.CASCADE, related_name="lines")
    row = models.CharField(max_length=12)
    order = models.PositiveIntegerField()
    functional = models.CharField("功能分类", max_length=7)
    economic = models.CharField("经济分类", max_length=5, blank=True)
    kind = models.CharField("支出类型", max_length=4, choices=Kind, default=Kind.BASIC)
    fund = models.CharField("资金来源", max_length=10, choices=Fund, default=Fund.GENERAL)
    project = models.CharField("项目名称", max_length=100, blank=True)
    opening = models.DecimalField("年初预算数（元）", max_digits=18, decimal_places=2, null=True, blank=True)
    adjustment = models.DecimalField("调整数（元）", max_digits=18, decimal_places=2, null=True, blank=True)
    executed = models.DecimalField("执行数（元）", max_digits=18, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "预算明细"
        ordering = ["grid_id", "order"]
        constraints = [models.UniqueConstraint(fields=["grid", "row"], name="budget_line_row_once_in_grid")]

    def __str__(self) -> str:
        return f"{self.functional} {self.economic} {self.kind}"

    @property
    def final(self) -> Decimal | None:
        """全年预算数 = 年初预算数 + 调整数, in 元; None while both are 未填."""
        if self.opening is None and self.adjustment is None:
            return None
        return (self.opening or Decimal(0)) + (self.adjustment or Decimal(0))
