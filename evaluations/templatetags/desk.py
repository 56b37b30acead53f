"""Words of the log."""

from __future__ import annotations

from typing import Any

from django import template

from evaluations.models import Event, Role, State

register = template.Library()

#: Keys of `Event.detail` in the order in which they are told; other keys are not for reading.
WORDS = {
    "username": "用户",
    "from_reviewer": "原审核人",
    "role": "角色",
    "acting_for": "代",
    "region": "行政区划",
    "name": "名称",
    "version": "版次",
    "template": "模板",
    "project_template": "项目模板",
    "year": "年度",
    "opens_on": "开始填报",
    "due_on": "截止",
    "public_page": "公开页",
    "review": "审核",
    "checklist": "审核清单",
    "project": "项目",
    "number": "序号",
    "problem": "问题",
    "feedback": "反馈",
    "narrowed": "条件",
    "title": "审核事项",
    "points": "复核分",
    "reason": "原因",
    "changes": "修改说明",
    "reviewed_total": "复核总分",
    "reviewed_grade": "复核等级",
    "address": "地址",
    "by": "发布人",
    "words": "变动",
    "departments": "单独指定的单位",
    "successor": "并入",
    "on": "合并日期",
    "kind": "内容",
    "place": "位置",
    "file": "文件",
    "size": "大小",
    "summary": "结果",
    "count": "份数",
    "preference": "邮件通知",
}
CODES = dict(Role.choices) | dict(State.choices)


@register.filter
def event_detail(event: Event) -> str:
    """What the event says beside who, when and what: `用户 kuaiji2，角色 填报人`."""
    detail: dict[str, Any] = event.detail
    told = [f"{word} {CODES.get(detail[key], detail[key])}" for key, word in WORDS.items() if detail.get(key)]
    if "before" in detail:
        told.append(f"原为 {_listed(detail['before'])}，改为 {_listed(detail['after'])}")
    return "，".join(told)


def _listed(values: list[Any]) -> str:
    return "、".join({True: "在用", False: "停用"}.get(value, value) or "空" for value in values)
