"""Merging one department into another (机构改革), with the history of both kept.

The merged department stays, out of use, with its evaluations, budget lines and log. Whoever holds a role in
the successor holds it over the evaluations of what was merged into it (`access`), so a report that was open
is finished there.
"""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from . import events, people, units
from .errors import Invalid
from .models import Department, Membership, User


@transaction.atomic
def merge(
    actor: User | None,
    department: Department,
    successor: Department,
    *,
    on: date | None = None,
    request: HttpRequest | None = None,
) -> tuple[Department, list[Membership]]:
    """Merge `department` into `successor` from the day `on` (None: today); returns it and the roles moved.

    Its people get their roles in the successor, its 二级机构 the successor as 主管部门, and what had been
    merged into it belongs to the successor. Raises `PermissionDenied` or `Invalid`; then nothing changed.
    """
    for one in (department, successor):
        if actor is not None and not actor.has_perm("evaluations.manage_departments", one):
            raise PermissionDenied("您的角色不能办理这些单位的合并。")
    if department.pk == successor.pk:
        raise Invalid(f"{department}不能并入自己，请选另一个单位。")
    held = people.hold(department, successor)
    department, successor = held[department.pk], held[successor.pk]
    _refuse(department, successor, on)
    units.recount((department.pk, department.parent_id, successor.pk))
    moved = _move_roles(actor, department, successor, request)
    department.units.exclude(pk=successor.pk).update(parent=successor)
    department.merged.update(merged_into=successor)
    department.merged_into, department.merged_on = successor, on or timezone.localdate()
    department.is_active, department.parent = False, None
    department.save(update_fields=["merged_into", "merged_on", "is_active", "parent"])
    detail = {
        "successor": successor.name,
        "on": department.merged_on.isoformat(),
        "people": [membership.user.username for membership in moved],
    }
    events.record(actor, "merge_department", department=department, detail=detail, request=request)
    return department, moved


def _refuse(department: Department, successor: Department, on: date | None) -> None:
    if department.merged_into:
        raise Invalid(f"{department}已经并入{department.merged_into}，不必重复合并。")
    if successor.merged_into:
        raise Invalid(f"{successor}已并入{successor.merged_into}，请选{successor.merged_into}。")
    if not successor.is_active:
        raise Invalid(f"{successor}已停用，请先启用，或选另一个单位。")
    if department.region_id != successor.region_id:
        raise Invalid(
            f"{department}在{department.region}，{successor}在{successor.region}，不在同一个行政区划，不能合并。"
        )
    if successor.parent_id == department.pk:
        raise Invalid(f"{successor}是{department}的二级机构，请先在“修改单位”中去掉它的主管部门，再合并。")
    if successor.parent and department.units.exists():
        raise Invalid(
            f"{successor}自己是{successor.parent}的二级机构，{department}下面的二级机构不能再隶属于它；"
            f"请先改换它们的主管部门。"
        )
    if on and on > timezone.localdate():
        raise Invalid(f"合并日期 {on} 还没有到，请在合并当天或以后办理。")


def _move_roles(
    actor: User | None, department: Department, successor: Department, request: HttpRequest | None
) -> list[Membership]:
    """Ended in the one, given in the other; who holds the role there already just loses the old one."""
    moved = []
    there = set(successor.memberships.filter(ended_at=None).values_list("user_id", "role"))
    for membership in department.memberships.filter(ended_at=None).select_related("user"):
        user, role = membership.user, membership.role
        people.end(actor, membership, request=request)
        if user.is_active and (user.pk, role) not in there:
            moved.append(people.grant(actor, user, role, department=successor, request=request))
    return moved
