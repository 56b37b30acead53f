"""本单位人员: how a unit head invites people to the own department and lets them go.

Roles are given and ended by `people`; here stands what is particular to a department: whoever is invited is
named exactly, whoever leaves with the last role is stopped, and the department keeps a head.
Errors: `Invalid` with one sentence, `PermissionDenied`.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest

from . import people
from .errors import Invalid
from .models import Department, Membership, Role, User

PERMISSION = "evaluations.manage_own_people"


@dataclass(frozen=True, slots=True)
class Left:
    """An ended role; whether the account went with it, and whether nobody fills in for the department now."""

    membership: Membership
    stopped: bool
    without_preparer: bool


@transaction.atomic
def invite(
    actor: User,
    department: Department,
    username: str,
    name: str,
    role: Role | str,
    *,
    request: HttpRequest | None = None,
) -> Membership:
    """Give a role to somebody who has an account already; raises `Invalid` unless both names are exact.

    The answer to a wrong name is that to an unknown account, so that nobody learns who has one.
    """
    username = User.normalize_username(username.strip())
    person = User.objects.filter(username=username, name=name.strip()).first()
    if person is None:
        raise Invalid(
            f"没有用户名为“{username}”、姓名为“{name.strip()}”的账号，请向本人核对；没有账号的请新建。"
        )
    return people.grant(actor, person, role, department=department, request=request)


@transaction.atomic
def leave(actor: User, membership: Membership, *, request: HttpRequest | None = None) -> Left:
    """End a role in the own department; with the last role that a person holds the account is stopped.

    Ending an ended one changes nothing. Raises `Invalid` for the own role and for the last head's.
    """
    department = membership.department
    if department is None or not actor.has_perm(PERMISSION, department):
        raise PermissionDenied("只有本单位的负责人可以办理本单位的人员。")
    department = people.hold(department)[department.pk]
    membership = Membership.objects.select_related("user", "department").get(pk=membership.pk)
    person = membership.user
    if membership.ended_at is not None:
        return Left(membership, not person.is_active, not _held(department, Role.PREPARER))
    if person.pk == actor.pk:
        raise Invalid("不能终止自己的角色；更换单位负责人请由系统管理员办理。")
    if membership.role == Role.UNIT_HEAD and not _held(department, Role.UNIT_HEAD, but=person):
        raise Invalid(f"{person}是{department}唯一的单位负责人，请先由系统管理员另设一名再终止。")
    ended = people.end_held(actor, membership, request=request)
    stopped = not person.memberships.filter(ended_at=None).exists()
    if stopped:
        people.stop(actor, person, department=department, request=request)
    return Left(ended, stopped, not _held(department, Role.PREPARER))


def holders(department: Department) -> QuerySet[Membership]:
    """The roles in force in the department, heads first; `elsewhere`: whether the person has others."""
    others = Membership.objects.filter(user=OuterRef("user"), ended_at=None).exclude(pk=OuterRef("pk"))
    found = department.memberships.filter(ended_at=None).annotate(elsewhere=Exists(others))
    return found.select_related("user", "department").order_by("-role", "granted_at", "pk")


def former(department: Department) -> QuerySet[Membership]:
    """The roles in the department that were ended, the latest first."""
    return department.memberships.exclude(ended_at=None).select_related("user").order_by("-ended_at", "-pk")


def _held(department: Department, role: Role, *, but: User | None = None) -> bool:
    """Whether somebody who can sign in holds the role (somebody else than `but`)."""
    found = department.memberships.filter(role=role, ended_at=None, user__is_active=True)
    return found.exclude(user=but).exists()
