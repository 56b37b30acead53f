"""What never changes again: snapshots of submitted versions, changes of figures, the log of who did what."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NoReturn

from django.db import models

from .evaluations import Evaluation
from .people import Department, User


class AppendOnlyError(TypeError):
    """Raised on any attempt to change or delete a record that is kept as it was written."""


class AppendOnlyQuerySet(models.QuerySet):
    """Refuses what would change rows behind the models' back."""

    def _refuse(self, *args: object, **kwargs: object) -> NoReturn:
        raise AppendOnlyError(f"{self.model._meta.verbose_name}只增不改。")

    update = delete = bulk_update = update_or_create = _refuse

    def bulk_create(
        self, objs: Iterable[models.Model], *args: object, **kwargs: object
    ) -> list[models.Model]:
        if kwargs.get("update_conflicts"):
            self._refuse()
        return super().bulk_create(objs, *args, **kwargs)


class AppendOnly(models.Model):
    """A row that is written once."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: object, **kwargs: object) -> None:
        if not self._state.adding:
            raise AppendOnlyError(f"{self._meta.verbose_name}只增不改。")
        super().save(*args, **kwargs)

    def delete(self, *args: object, **kwargs: object) -> NoReturn:
        raise AppendOnlyError(f"{self._meta.verbose_name}只增不改。")


class Snapshot(AppendOnly):
    """定稿快照: everything one submitted version printed, with the sha-256 of its canonical JSON.

    The PDF of anything submitted reads only this (`snapshots` says what `content` holds). `created_by` sent
    it, `signed_by` signed it (None: the signature was waived), `summary` says what changed since the version
    that was returned.
    """

    evaluation = models.ForeignKey(Evaluation, models.PROTECT, related_name="snapshots")
    version = models.PositiveSmallIntegerField("版本")
    content = models.JSONField("内容")
    content_hash = models.CharField(max_length=64)
    created_at = models.DateTimeField("定稿时间", auto_now_add=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="送审人")
    signed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="签字人")
    summary = models.TextField("修改说明", blank=True, default="")

    class Meta:
        verbose_name = verbose_name_plural = "定稿快照"
        ordering = ["evaluation_id", "version"]
        constraints = [
            models.UniqueConstraint(fields=["evaluation", "version"], name="snapshot_once_a_version")
        ]

    def __str__(self) -> str:
        return f"{self.evaluation_id} 第 {self.version} 版"


class FieldChange(AppendOnly):
    """One change of one figure or text.

    A figure's values are its canonical string, or what was typed where that could not be read; "" is 未填.
    Of a text only the differing middle is kept: at `position` (0-based character) `old` became `new`.
    Storing both whole texts would cost 40,000 characters for each autosave of a narrative.
    """

    class Source(models.TextChoices):
        TYPED = "typed", "填写"
        IMPORTED = "imported", "导入"
        CARRIED = "carried", "沿用上年"

    evaluation = models.ForeignKey(Evaluation, models.PROTECT, related_name="changes")
    location = models.CharField("位置", max_length=160)
    old = models.TextField("原值", blank=True)
    new = models.TextField("新值", blank=True)
    position = models.PositiveIntegerField("自第几字", null=True)
    source = models.CharField("来源", max_length=10, choices=Source, default=Source.TYPED)
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="修改人")
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta:
        verbose_name = verbose_name_plural = "修改痕迹"
        ordering = ["-id"]
        indexes = [models.Index(fields=["evaluation", "location"], name="change_by_location")]

    def __str__(self) -> str:
        return f"{self.location}：{self.old} → {self.new}"


#: What an event may be, and how the log calls it.
ACTIONS = {
    "start": "新建自评",
    "rename_project": "项目改名",
    "load_package": "导入自评",
    "submit": "送审",
    "request_signature": "送签",
    "signature_lapsed": "送签失效（内容有改动）",
    "decline": "退签",
    "withdraw": "撤回",
    "open": "开始审核",
    "ask_return": "申请退回",
    "pass_first": "初审通过",
    "return": "退回",
    "approve": "批准",
    "unapprove": "取消审核",
    "clear_secrecy": "保密审查",
    "publish": "公开",
    "unpublish": "撤销公开",
    "assign": "分派审核人",
    "unassign": "收回分派（不再担任审核）",
    "raise_point": "提出意见",
    "reply": "答复意见",
    "settle_point": "办结意见",
    "reopen_point": "重新提出意见",
    "judge": "核定说明",
    "review_score": "复核评分",
    "save_worksheet": "保存审核底稿",
    "waive_signature": "免签",
    "demand_signature": "恢复签字",
    "save_filter": "保存常用条件",
    "drop_filter": "删除常用条件",
    "void": "作废",
    "explain": "填写说明",
    "attach_evidence": "上传佐证材料",
    "remove_evidence": "移除佐证材料",
    "sign_in": "登录",
    "sign_out": "退出",
    "locked_out": "登录锁定",
    "unlock": "解除锁定",
    "change_password": "修改密码",
    "reset_password": "重置密码",
    "add_person": "新建用户",
    "change_person": "修改用户",
    "stop_person": "停用账号",
    "restore_person": "启用账号",
    "grant_role": "授予角色",
    "end_role": "终止角色",
    "add_department": "新建单位",
    "change_department": "修改单位",
    "merge_department": "合并单位",
    "add_region": "新建行政区划",
    "set_year": "设置年度",
    "close_year": "关闭年度",
    "reopen_year": "重新开放年度",
    "assign_template": "指定单位模板",
    "issue_task": "下达任务",
    "extend": "延长期限",
    "remind": "催办",
    "change_mail_preference": "修改邮件通知",
    "resend_mail": "重发邮件",
    "import": "导入表格",
    "export_results": "导出结果",
    "export_board": "导出看板",
    "add_rectification": "列出整改事项",
    "change_rectification": "调整整改事项",
    "answer_rectification": "反馈整改",
    "redo_rectification": "退回重做",
    "confirm_rectification": "整改销号",
    "reopen_rectification": "撤销销号",
    "remind_rectification": "提醒整改",
    "export_rectifications": "导出整改",
    "template_stored": "保存指标模板",
    "template_published": "发布指标模板",
    "year_template_moved": "年度改用新版模板",
    "template_moved": "改用新版模板",
    "template_move_failed": "改用新版模板失败",
    "continue_rollout": "继续改用新版模板",
    "template_retired": "停用指标模板",
    "template_discarded": "删除指标模板草稿",
}


class Event(AppendOnly):
    """留痕: who did what, when, from where, with what result. `action` is a key of `ACTIONS`."""

    at = models.DateTimeField("时间", auto_now_add=True, db_index=True)
    actor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="操作人")
    action = models.CharField("操作", max_length=40)
    evaluation = models.ForeignKey(
        Evaluation, models.PROTECT, null=True, related_name="events", verbose_name="自评"
    )
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, related_name="+", verbose_name="单位"
    )
    address = models.GenericIPAddressField("来源地址", null=True)
    detail = models.JSONField("内容", default=dict)

    class Meta:
        verbose_name = verbose_name_plural = "留痕"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor} {self.label}"

    @property
    def label(self) -> str:
        """The action in Chinese."""
        return ACTIONS[self.action]
