"""People, departments and roles: each change checks the actor's own role and what excludes what, and logs.

A system administrator manages everybody of the region, a unit head those who work for the own department
(`OWN_ROLES`). `actor` None is the command line, which may do everything. Errors: `Invalid` with one sentence,
`PermissionDenied`.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

import axes.utils
from django.contrib.auth.hashers import make_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from . import access, desk, events, units
from .errors import Invalid
from .models import Department, Membership, Region, Role, User
from .models.people import DEPARTMENT_ROLES, SEPARATED_ROLES

#: Who fills in or signs for a department never decides about it.
FILLING_ROLES = (Role.PREPARER, Role.UNIT_HEAD)
DECIDING_ROLES = (Role.REVIEWER, Role.BUREAU_LEAD)
#: What a unit head gives in the own department.
OWN_ROLES = (Role.PREPARER, Role.OBSERVER)

#: Without characters that look alike, so that it can be read out over the telephone.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
ONE_TIME_LENGTH = 12


def one_time_password() -> str:
    """A password of 59 bits for one sign-in."""
    return "".join(secrets.choice(ALPHABET) for _ in range(ONE_TIME_LENGTH))


@dataclass(frozen=True, slots=True)
class Secret:
    """A one-time password and what is stored of it; hashing many takes long, outside any transaction."""

    password: str
    encoded: str

    @classmethod
    def new(cls) -> Secret:
        password = one_time_password()
        return cls(password, make_password(password))


@transaction.atomic
def add_person(
    actor: User | None,
    username: str,
    name: str = "",
    email: str = "",
    *,
    secret: Secret | None = None,
    request: HttpRequest | None = None,
) -> tuple[User, str]:
    """A new person without any role, and the one-time password to hand over; it is stored nowhere."""
    _demand(actor, "evaluations.manage_people", None)
    return _new_person(actor, username, name, email, secret, request)


@transaction.atomic
def appoint(
    actor: User | None,
    username: str,
    name: str,
    email: str,
    role: Role | str,
    *,
    department: Department | None = None,
    region: Region | None = None,
    secret: Secret | None = None,
    request: HttpRequest | None = None,
) -> tuple[User, str]:
    """`add_person` and `grant` in one: either the person is there with the role, or nothing is stored."""
    _demand_role(actor, *_placed(role, department, region))
    user, password = _new_person(actor, username, name, email, secret, request)
    grant(actor, user, role, department=department, region=region, request=request)
    return user, password


@transaction.atomic
def change_person(
    actor: User | None, user: User, *, name: str, email: str, request: HttpRequest | None = None
) -> User:
    """Correct name and e-mail address."""
    _demand_over(actor, user)
    user.name, user.email = name.strip(), email.strip()
    _clean(user)
    user.save(update_fields=["name", "email"])
    events.record(actor, "change_person", detail={"username": user.username}, request=request)
    return user


@transaction.atomic
def set_active(actor: User | None, user: User, active: bool, *, request: HttpRequest | None = None) -> User:
    """Stop or restore an account; who is stopped is signed out at the next click and keeps the history."""
    _demand_over(actor, user)
    if actor is not None and actor.pk == user.pk:
        raise Invalid("不能停用自己的账号，请由另一名系统管理员办理。")
    if not active:
        return stop(actor, user, request=request)
    user.is_active = True
    user.save(update_fields=["is_active"])
    events.record(actor, "restore_person", detail={"username": user.username}, request=request)
    return user


def stop(
    actor: User | None,
    user: User,
    *,
    department: Department | None = None,
    request: HttpRequest | None = None,
) -> User:
    """As `set_active`, for services that have asked whether the actor may; inside their transaction.

    `department`: which one the person leaves.
    """
    _keep_one_administrator(user)
    user.is_active = False
    user.save(update_fields=["is_active"])
    detail = {"username": user.username}
    events.record(actor, "stop_person", department=department, detail=detail, request=request)
    desk.clear(user, actor, request=request)
    return user


@transaction.atomic
def reset_password(actor: User | None, user: User, *, request: HttpRequest | None = None) -> str:
    """Give a one-time password, which is returned once and must be changed at the next sign-in.

    Sessions of the person end, and so does a lock after wrong passwords.
    """
    _demand_over(actor, user)
    password = one_time_password()
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    axes.utils.reset(username=user.username)
    events.record(actor, "reset_password", detail={"username": user.username}, request=request)
    return password


@transaction.atomic
def change_own_password(user: User, password: str, *, request: HttpRequest | None = None) -> None:
    """Set a password that the form has validated; ends the obligation to change it."""
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    events.record(user, "change_password", request=request)


@transaction.atomic
def grant(
    actor: User | None,
    user: User,
    role: Role | str,
    *,
    department: Department | None = None,
    region: Region | None = None,
    request: HttpRequest | None = None,
) -> Membership:
    """Give a role in a department (`DEPARTMENT_ROLES`) or in a region and all below it (the others)."""
    role, place = _placed(role, department, region)
    _demand_role(actor, role, place)
    if actor is not None and actor.pk == user.pk:
        raise Invalid("不能给自己授予角色，请由其他系统管理员办理。")
    user = User.objects.select_for_update().get(pk=user.pk)
    if not user.is_active:
        raise Invalid(f"{user}的账号已停用，请先启用再授予角色。")
    held = list(user.memberships.filter(ended_at=None).select_related("department", "region"))
    _refuse_incompatible(role, department, region, held)
    membership = Membership.objects.create(user=user, role=role, department=department, region=region)
    _record(actor, "grant_role", membership, request)
    return membership


@transaction.atomic
def end(actor: User | None, membership: Membership, *, request: HttpRequest | None = None) -> Membership:
    """End a role; the row stays, with the time. Ending an ended one changes nothing."""
    _demand(actor, "evaluations.manage_people", membership.department or membership.region)
    return end_held(actor, membership, request=request)


def end_held(actor: User | None, membership: Membership, *, request: HttpRequest | None = None) -> Membership:
    """As `end`, for services that have asked whether the actor may; inside their transaction."""
    User.objects.select_for_update().get(pk=membership.user_id)  # first the person, as `grant` does
    membership = (
        Membership.objects.select_for_update(of=("self",)).select_related("user").get(pk=membership.pk)
    )
    if membership.ended_at is not None:
        return membership
    if membership.role == Role.SYSTEM_ADMIN:
        _keep_one_administrator(membership.user)
    membership.ended_at = timezone.now()
    membership.save(update_fields=["ended_at"])
    _record(actor, "end_role", membership, request)
    if membership.role in DECIDING_ROLES:
        desk.clear(membership.user, actor, request=request)
    return membership


@transaction.atomic
def add_department(
    actor: User | None,
    *,
    code: str,
    name: str,
    region: Region,
    short_name: str = "",
    parent: Department | None = None,
    request: HttpRequest | None = None,
) -> Department:
    """A new 预算单位; with `parent`, a 二级机构 of that 主管部门."""
    _demand(actor, "evaluations.manage_departments", region)
    department = Department(
        code=code.strip(), name=name.strip(), short_name=short_name.strip(), region=region
    )
    _clean(department)
    department.parent = _superior(department, parent)
    department.save()
    events.record(actor, "add_department", department=department, request=request)
    return department


@transaction.atomic
def change_department(
    actor: User | None,
    department: Department,
    *,
    name: str,
    short_name: str,
    is_active: bool,
    parent: Department | None,
    request: HttpRequest | None = None,
) -> Department:
    """Correct a department's names, move it under another 主管部门, or take it out of use.

    References rest on its code, which stays. A merged department stays out of use.
    """
    _demand(actor, "evaluations.manage_departments", department)
    department = hold(department, *([parent] if parent else []))[department.pk]
    if is_active and department.merged_into_id:
        raise Invalid(f"{department}已并入{department.merged_into}，不能再启用。")
    if not is_active and department.units.filter(is_active=True).exists():
        raise Invalid(f"{department}下面还有在用的二级机构，请先停用它们，或改换它们的主管部门。")
    before, superior, was_active = _told(department), department.parent_id, department.is_active
    department.name, department.short_name = name.strip(), short_name.strip()
    department.is_active = is_active
    _clean(department)
    if parent != department.parent:
        department.parent = _superior(department, parent)
    department.save(update_fields=["name", "short_name", "is_active", "parent"])
    if (superior, was_active) != (department.parent_id, is_active):
        units.recount((superior, department.parent_id))
    detail = {"before": before, "after": _told(department)}
    events.record(actor, "change_department", department=department, detail=detail, request=request)
    return department


@transaction.atomic
def add_region(
    actor: User | None, *, code: str, name: str, parent: Region | None, request: HttpRequest | None = None
) -> Region:
    """A new 行政区划 below `parent`, whose digits its code must continue."""
    region = Region(code=code.strip(), name=name.strip(), parent=parent)
    _demand(actor, "evaluations.manage_departments", region)
    _clean(region)
    if parent is not None and not region.code.startswith(parent.prefix):
        raise Invalid(f"{region.code} 不在上级“{parent.name}”（{parent.code}）的代码范围内，请核对。")
    region.save(force_insert=True)
    events.record(actor, "add_region", detail={"region": region.code, "name": region.name}, request=request)
    return region


def hold(*departments: Department) -> dict[int, Department]:
    """The departments as they are now, held until the transaction ends, always in the same order.

    Whoever turns one into a 二级机构 of another, or merges one, meanwhile waits.
    """
    rows = Department.objects.filter(pk__in=[one.pk for one in departments]).order_by("pk")
    held = rows.select_related("region", "parent", "merged_into").select_for_update(of=("self",))
    return {one.pk: one for one in held}


def _new_person(
    actor: User | None,
    username: str,
    name: str,
    email: str,
    secret: Secret | None,
    request: HttpRequest | None,
) -> tuple[User, str]:
    secret = secret or Secret.new()
    user = User(username=User.normalize_username(username.strip()), name=name.strip(), email=email.strip())
    user.must_change_password = True
    user.password = secret.encoded
    _clean(user)
    user.save()
    events.record(actor, "add_person", detail={"username": user.username}, request=request)
    return user, secret.password


def _placed(
    role: Role | str, department: Department | None, region: Region | None
) -> tuple[Role, Department | Region]:
    """The role and the one place where it is held; raises `Invalid` for a place of the other kind."""
    role = Role(role)
    place = department if role in DEPARTMENT_ROLES else region
    if place is None or (department is not None and region is not None):
        raise Invalid(f"{role.label}应授予{'某个单位' if role in DEPARTMENT_ROLES else '某个行政区划'}。")
    return role, place


def _superior(department: Department, parent: Department | None) -> Department | None:
    """`parent`, held until the transaction ends, if it may be the 主管部门; there is only one level.

    Raises `Invalid`.
    """
    if parent is None:
        return None
    if parent.pk == department.pk:
        raise Invalid(f"{department}不能做自己的主管部门。")
    parent = hold(parent)[parent.pk]
    if parent.parent:
        raise Invalid(f"{parent}自己是{parent.parent}的二级机构，不能再做主管部门；请选{parent.parent}。")
    if department.pk and department.units.exists():
        raise Invalid(f"{department}下面有二级机构，不能再隶属于{parent}；二级机构只有一层。")
    if not parent.is_active:
        raise Invalid(f"{parent}已停用，不能做主管部门。")
    if parent.region_id != department.region_id:
        raise Invalid(f"{parent}在{parent.region}，主管部门应和{department}在同一个行政区划。")
    return parent


def _told(department: Department) -> list[Any]:
    superior = [f"隶属{department.parent}"] if department.parent else []
    return [department.name, department.short_name, *superior, department.is_active]


def _refuse_incompatible(
    role: Role, department: Department | None, region: Region | None, held: list[Membership]
) -> None:
    """三权分立, and who fills in, who decides and who only reads kept apart; raises `Invalid`."""
    for one in held:
        other = Role(one.role)
        if other == role and (one.department, one.region) == (department, region):
            raise Invalid(f"{one.user}已经是{one.department or one.region}的{role.label}。")
        if other != role and (role in SEPARATED_ROLES or other in SEPARATED_ROLES):
            separate = role if role in SEPARATED_ROLES else other
            raise Invalid(
                f"{one.user}已担任{other.label}；{separate.label}不能兼任其他角色（三权分立）。请换一个人，或先终止原角色。"
            )
        if other != role and _meet(department, region, one) and (why := _clash(role, other)):
            raise Invalid(
                f"{one.user}已是{one.department or one.region}的{other.label}，不能再任"
                f"{department or region}的{role.label}：{why}。"
            )


def _meet(department: Department | None, region: Region | None, one: Membership) -> bool:
    """Whether a role in this place and one that is held reach the same department."""
    if department and one.department:
        return department == one.department
    if department and one.region:
        return department.region_id.startswith(one.region.prefix)
    return bool(region and one.department) and one.department.region_id.startswith(region.prefix)


def _clash(*two: Role) -> str:
    """Why nobody holds both over the same department; "" where one may."""
    if Role.OBSERVER in two:
        return "上级查阅人只查阅，不参与填报和审批"
    if any(role in FILLING_ROLES for role in two) and any(role in DECIDING_ROLES for role in two):
        return "填报的人不能审批自己的单位"
    return ""


def _keep_one_administrator(user: User) -> None:
    """Raises `Invalid` when this person is the last one who manages accounts."""
    administrators = Membership.objects.filter(role=Role.SYSTEM_ADMIN, ended_at=None, user__is_active=True)
    if administrators.filter(user=user).exists() and not administrators.exclude(user=user).exists():
        raise Invalid(f"{user}是最后一名系统管理员，请先另设一名再办理。")


def _demand(actor: User | None, permission: str, place: Department | Region | None) -> None:
    if actor is not None and not actor.has_perm(permission, place):
        raise PermissionDenied("您的角色不能办理这个地方的人员和单位事项。")


def _demand_role(actor: User | None, role: Role, place: Department | Region) -> None:
    """A unit head gives `OWN_ROLES` in the own department, a system administrator everything."""
    if role in OWN_ROLES and actor is not None and actor.has_perm("evaluations.manage_own_people", place):
        return
    _demand(actor, "evaluations.manage_people", place)


def _demand_over(actor: User | None, user: User) -> None:
    """The actor manages people in every place where the person holds a role (anywhere, when in none)."""
    _demand(actor, "evaluations.manage_people", None)
    for one in user.memberships.filter(ended_at=None).select_related("department", "region"):
        _demand(actor, "evaluations.manage_people", one.department or one.region)


def _record(actor: User | None, action: str, membership: Membership, request: HttpRequest | None) -> None:
    access.forget(membership.user)
    detail: dict[str, Any] = {"username": membership.user.username, "role": membership.role}
    if membership.region_id:
        detail["region"] = membership.region_id
    events.record(actor, action, department=membership.department, detail=detail, request=request)


def _clean(instance: User | Department | Region) -> None:
    """Raises `Invalid` with the model's own sentences."""
    try:
        instance.full_clean()
    except ValidationError as error:
        faults = tuple(
            f"{instance._meta.get_field(name).verbose_name}：{message}" if name != "__all__" else message
            for name, messages in error.message_dict.items()
            for message in messages
        )
        raise Invalid("；".join(faults), faults) from error
