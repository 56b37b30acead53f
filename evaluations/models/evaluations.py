"""An evaluation (自评), its section rows, and what is said about its findings."""

from __future__ import annotations

from decimal import Decimal

from django.db import models

from indicators.models import IndicatorTemplate

from .budget import FiscalYear
from .people import Department, User


class State(models.TextChoices):
    """Where an evaluation stands (design.md §4)."""

    DRAFT = "draft", "草稿"
    AWAITING_SIGNATURE = "awaiting_signature", "待签"
    SUBMITTED = "submitted", "已送审"
    PASSED_FIRST = "passed_first", "初审通过"
    RETURNED = "returned", "已退回"
    APPROVED = "approved", "已批准"
    PUBLISHED = "published", "已公开"
    VOIDED = "voided", "已作废"


#: The department may change the content. While it awaits the signature, a change takes the request back.
OPEN_STATES = frozenset({State.DRAFT, State.AWAITING_SIGNATURE, State.RETURNED})
#: Before the bureau: sent and not decided.
UNDER_REVIEW = frozenset({State.SUBMITTED, State.PASSED_FIRST})
#: Decided in favour.
DECIDED = frozenset({State.APPROVED, State.PUBLISHED})


class EvaluationQuerySet(models.QuerySet):
    """Narrows to the evaluations that count."""

    def standing(self) -> EvaluationQuerySet:
        """Without the voided ones (作废)."""
        return self.exclude(state=State.VOIDED)

    def whole(self) -> EvaluationQuerySet:
        """Of departments, without those of their projects."""
        return self.filter(parent=None)


class Evaluation(models.Model):
    """自评 of one department and fiscal year, pinned to a template version.

    While it is open it follows the newest version that is published (`rollout`); what was sent stays.

    The self-evaluation of a project (项目支出绩效自评) is a child: `parent` is the department's evaluation,
    `project` the name that its budget lines bear. Its state is always that of the parent; it is sent, frozen
    and printed with it and has no snapshot of its own. A voided evaluation makes room for a new one; a
    project's evaluation is voided alone when the project has gone from the budget.

    `version` counts what was frozen, on each submission and on voiding: 0 before the first. `return_reason`
    is also that of voiding; `returned_version` is the version that was returned last (0: none), against which
    a resubmission is held. The columns below `sheet` are copies for lists and boards, written in the
    transaction that writes `sheet`; amounts are 元, rates percent, `must_fix` and `unexplained` the numbers
    of findings that keep it from being submitted, `to_explain` of those that ask for an explanation, given
    or not; `reviewed_total` and `reviewed_grade` what the 复核分 of the version under review make (None, "":
    none given).

    `reviewer` is who has the report on the desk; `opened_at` when a reviewer began with the version sent
    last (from then on it cannot be withdrawn); `return_asked` why the department asks to have it back;
    `change_summary` what the department says it changed since `returned_version`.
    """

    reference = models.CharField("编号", max_length=60, unique=True)
    department = models.ForeignKey(
        Department, models.PROTECT, related_name="evaluations", verbose_name="单位"
    )
    fiscal_year = models.ForeignKey(
        FiscalYear, models.PROTECT, related_name="evaluations", verbose_name="年度"
    )
    template = models.ForeignKey(
        IndicatorTemplate, models.PROTECT, related_name="evaluations", verbose_name="指标模板"
    )
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="projects", verbose_name="所属单位自评"
    )
    project = models.CharField("项目名称", max_length=100, blank=True)
    state = models.CharField("状态", max_length=20, choices=State, default=State.DRAFT, db_index=True)
    version = models.PositiveSmallIntegerField("版本", default=0)
    return_reason = models.TextField("退回或作废原因", blank=True)
    returned_version = models.PositiveSmallIntegerField("最近退回的版本", default=0)
    change_summary = models.TextField("修改说明", blank=True)
    return_asked = models.TextField("申请退回的原因", blank=True)
    reviewer = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="assigned", verbose_name="审核人"
    )
    sheet = models.JSONField("得分表", default=dict, blank=True)
    total = models.DecimalField("总分", max_digits=7, decimal_places=2, null=True, blank=True)
    grade = models.CharField("等级", max_length=10, blank=True)
    budget_final = models.DecimalField("全年预算数", max_digits=18, decimal_places=2, null=True, blank=True)
    budget_executed = models.DecimalField(
        "全年执行数", max_digits=18, decimal_places=2, null=True, blank=True
    )
    execution_rate = models.DecimalField("执行率", max_digits=12, decimal_places=2, null=True, blank=True)
    must_fix = models.PositiveIntegerField("必须改正", default=0)
    unexplained = models.PositiveIntegerField("待说明", default=0)
    to_explain = models.PositiveIntegerField("需说明", default=0)
    created_at = models.DateTimeField("建立时间", auto_now_add=True)
    updated_at = models.DateTimeField("修改时间", auto_now=True)
    submitted_at = models.DateTimeField("送审时间", null=True, blank=True)
    signed_at = models.DateTimeField("签字时间", null=True, blank=True)
    signed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="签字人"
    )
    opened_at = models.DateTimeField("开始审核", null=True, blank=True)
    passed_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="初审人"
    )
    decided_at = models.DateTimeField("审结时间", null=True, blank=True)
    decided_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="审批人"
    )
    reviewed_total = models.DecimalField("复核总分", max_digits=7, decimal_places=2, null=True, blank=True)
    reviewed_grade = models.CharField("复核等级", max_length=10, blank=True)
    secrecy_statement = models.TextField("保密审查意见", blank=True)
    secrecy_at = models.DateTimeField("保密审查时间", null=True, blank=True)
    secrecy_by = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="保密审查人"
    )
    published_at = models.DateTimeField("公开时间", null=True, blank=True)

    objects = EvaluationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "自评"
        ordering = ["-updated_at", "-id"]
        indexes = [models.Index(fields=["-updated_at", "-id"], name="evaluation_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["department", "fiscal_year", "project"],
                condition=~models.Q(state="voided"),
                name="evaluation_once_a_year",
            ),
            models.CheckConstraint(
                condition=models.Q(parent=None, project="")
                | (models.Q(parent__isnull=False) & ~models.Q(project="")),
                name="evaluation_project_has_parent",
            ),
        ]

    def __str__(self) -> str:
        year = f"{self.department} {self.fiscal_year.year} 年度"
        return f"{year}“{self.project}”项目自评" if self.project else f"{year}自评"

    @property
    def editable(self) -> bool:
        """Whether sections may be saved at all (access is another question)."""
        return self.state in OPEN_STATES

    @property
    def rescored(self) -> bool:
        """Whether 复核分 make the official score: given to the version that is before the bureau, or decided.

        What they made of a version that went back to the department is history.
        """
        return self.reviewed_total is not None and self.state in UNDER_REVIEW | DECIDED

    @property
    def official_total(self) -> Decimal | None:
        """The total that counts at this stage, for lists and boards; the sheet is `rescoring.official`."""
        return self.reviewed_total if self.rescored else self.total

    @property
    def official_grade(self) -> str:
        """The grade that goes with `official_total`."""
        return self.reviewed_grade if self.rescored else self.grade

    @property
    def given_up(self) -> bool:
        """Whether a project's evaluation was voided alone: no later version of the parent's holds it."""
        if self.state != State.VOIDED or self.parent is None:
            return False
        return self.parent.state != State.VOIDED or self.parent.version > self.version

    @property
    def live(self) -> bool:
        """Whether its rows say how it stands; of all others their newest snapshot does."""
        return self.editable or self.given_up


class SectionData(models.Model):
    """One stored row per wizard step: JSON `{fields, tables, texts, raw, overrides, kept}` under a revision.

    fields     {code: canonical string}; an absent key is 未填
    tables     {code: [{"id": …, column: canonical string}]}
    texts      {code: plain text with {bound figures} and the author's own `# ` sub-sections}
    raw        {code or table[id].column: text as typed that could not be read}
    overrides  {field or table code: {"text": as printed, "reason": why}}
    kept       what had a box in an earlier version of the template (`rollout.reseating`); counts nowhere
    """

    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="sections")
    code = models.CharField("章节", max_length=60)
    revision = models.PositiveIntegerField("修订号", default=0)
    content = models.JSONField("内容", default=dict)
    updated_at = models.DateTimeField("修改时间", auto_now=True)
    updated_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="修改人")

    class Meta:
        verbose_name = verbose_name_plural = "章节内容"
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "code"], name="section_once_in_evaluation")
        ]

    def __str__(self) -> str:
        return f"{self.evaluation_id} {self.code}"


class Explanation(models.Model):
    """说明 of one finding; counts only while a finding has exactly this fingerprint.

    `verdict` is the reviewer's on this very text: a rejected one no longer counts, so that its finding asks
    again; another text awaits a verdict of its own.
    """

    class Verdict(models.TextChoices):
        NONE = "", "未核定"
        ACCEPTED = "accepted", "认可"
        REJECTED = "rejected", "不认可"

    evaluation = models.ForeignKey(Evaluation, models.CASCADE, related_name="explanations")
    code = models.CharField("审核编号", max_length=60)
    fingerprint = models.CharField(max_length=64)
    text = models.TextField("说明")
    author = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="说明人")
    at = models.DateTimeField("时间", auto_now=True)
    verdict = models.CharField("核定", max_length=10, choices=Verdict, default=Verdict.NONE, blank=True)
    judged_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="核定人")

    class Meta:
        verbose_name = verbose_name_plural = "审核说明"
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "fingerprint"], name="explanation_once_for_finding")
        ]

    def __str__(self) -> str:
        return f"{self.code}：{self.text}"
