"""What the lists show: reports, events, departments and people, as far as the reader's roles reach."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone

from . import access, creating, deadlines, projects
from .deadlines import Deadline
from .models import (
    Department,
    Evaluation,
    Event,
    Extension,
    FiscalYear,
    Membership,
    Rectification,
    Region,
    Role,
    User,
)


@dataclass(frozen=True, slots=True)
class Row:
    """One report of a list, and what its reader does with it next: 继续填报, 审核 or 查看.

    `live`: whether the reader may see the figures as they are now. What a department changes in a returned
    report is not the reviewer's business before it is sent again. `owed`: how many projects there are and how
    many of them are not evaluated yet, where the template asks for that ("3 个项目，1 个未自评"), else "".
    `deadline`: until when it is to be sent, while nothing was sent.
    `tasks`: how many 整改 of an approved report wait for the department.
    """

    evaluation: Evaluation
    live: bool
    verb: str
    page: str
    owed: str = ""
    deadline: Deadline | None = None
    tasks: int = 0


def evaluations(
    user: User, *, year: int | None = None, state: str | None = None, text: str | None = None
) -> QuerySet[Evaluation]:
    """The departments' reports visible to `user`, narrowed; the voided ones only when `state` asks for them.

    `text` is searched in the names and code of the department.
    """
    found = access.visible_to(user).whole()
    if year:
        found = found.filter(fiscal_year__year=year)
    if state:
        found = found.filter(state=state)
    else:
        found = found.standing()
    return found.filter(named(text, "department__")) if text else found


def named(text: str, path: str = "") -> Q:
    """Departments (at `path`) that bear `text` in name or code."""
    return (
        Q(**{f"{path}name__icontains": text})
        | Q(**{f"{path}short_name__icontains": text})
        | Q(**{f"{path}code__icontains": text})
    )


def rows(user: User, evaluations: Iterable[Evaluation]) -> list[Row]:
    """One row each, with what is owed and what is to be mended.

    Two queries more when a template asks for projects, and one when something is approved.
    """
    plain = [row(user, evaluation) for evaluation in evaluations]
    tallies = projects.tallies(one.evaluation for one in plain if one.live)
    decided = [one.evaluation.pk for one in plain if one.evaluation.state in access.DECIDED]
    waiting = Rectification.objects.filter(evaluation__in=decided, state__in=("open", "redo"))
    tasks = dict(waiting.order_by().values_list("evaluation").annotate(Count("pk")))
    return [
        replace(one, owed=str(tallies.get(one.evaluation.pk, "")), tasks=tasks.get(one.evaluation.pk, 0))
        for one in plain
    ]


def row(user: User, evaluation: Evaluation) -> Row:
    """Reads no database: roles are held by `user`, the department comes with the evaluation."""
    actions = access.allowed(user, evaluation)
    if "edit" in actions:
        verb, page = "继续填报", "evaluation"
    elif "approve" in actions:
        verb, page = "审核", "review"
    else:
        verb, page = "查看", "review"
    return Row(evaluation, "read" in actions, verb, page, deadline=deadlines.pending(evaluation))


def years(user: User) -> list[int]:
    """The years of which `user` sees a report, newest first."""
    found = access.visible_to(user).whole().order_by("-fiscal_year__year")
    return list(found.values_list("fiscal_year__year", flat=True).distinct())


def startable(user: User) -> list[tuple[Department, FiscalYear]]:
    """What `user` may begin today."""
    departments = list(access.departments_of(user, "evaluations.start"))
    return creating.startable(departments) if departments else []


def with_deadlines(
    startable: Iterable[tuple[Department, FiscalYear]],
) -> list[tuple[Department, FiscalYear, Deadline | None]]:
    """What may be begun, with the department's deadline. One query."""
    startable = list(startable)
    extended = deadlines.extensions(
        {year.year for _, year in startable}, {department.pk for department, _ in startable}
    )
    return [
        (department, year, _deadline(year, extended.get((year.year, department.pk))))
        for department, year in startable
    ]


@dataclass(frozen=True, slots=True)
class Task:
    """The task of a year as it was issued, with the deadlines of the reader's departments."""

    fiscal_year: FiscalYear
    departments: tuple[tuple[Department, Deadline | None], ...]


def tasks(user: User) -> list[Task]:
    """The issued tasks of open years for the departments in which `user` has a role, newest first.

    Three queries; one while nothing is issued.
    """
    ids = {one.department_id for one in access.held(user) if one.role in (Role.PREPARER, Role.UNIT_HEAD)}
    years_ = FiscalYear.objects.filter(closed=False).select_related("region", "issued_by")
    by_year: dict[int, list[FiscalYear]] = {}
    for one in years_.order_by("-year") if ids else ():
        by_year.setdefault(one.year, []).append(one)
    if not any(one.issued_at for set_up in by_year.values() for one in set_up):
        return []
    departments = list(Department.objects.filter(pk__in=ids, is_active=True).select_related("region"))
    extended = deadlines.extensions(by_year, ids)
    found: dict[FiscalYear, list[tuple[Department, Deadline | None]]] = {}
    for year, set_up in by_year.items():
        for department in departments:
            nearest = creating.nearest(department, set_up)
            if nearest and nearest.issued_at:
                due = _deadline(nearest, extended.get((year, department.pk)))
                found.setdefault(nearest, []).append((department, due))
    return [Task(year, tuple(rows)) for year, rows in found.items()]


def events(
    user: User, *, person: str | None, action: str | None, first: date | None, last: date | None
) -> QuerySet[Event]:
    """The log as far as `user` may read it: of departments in their regions, and of no department at all."""
    found = Event.objects.filter(
        Q(department=None) | _within(user, "evaluations.view_log", "department__region")
    )
    if person:
        found = found.filter(Q(actor__username__icontains=person) | Q(actor__name__icontains=person))
    if action:
        found = found.filter(action=action)
    if first:
        found = found.filter(at__gte=_midnight(first))
    if last:
        found = found.filter(at__lt=_midnight(last + timedelta(days=1)))
    return found.select_related("actor", "department", "evaluation").defer("evaluation__sheet")


def regions(user: User, permission: str) -> QuerySet[Region]:
    """The regions in which `user` has a permission."""
    return Region.objects.filter(_within(user, permission, ""))


def fiscal_years(user: User) -> QuerySet[FiscalYear]:
    """The years that `user` manages, newest first."""
    found = FiscalYear.objects.filter(_within(user, "evaluations.manage_year", "region"))
    return found.select_related("region", "template").defer("template__content")


def departments(user: User, text: str | None = None) -> QuerySet[Department]:
    """The departments that `user` manages, in use or not."""
    found = Department.objects.filter(_within(user, "evaluations.manage_departments", "region"))
    if text:
        found = found.filter(named(text))
    return found.select_related("region")


def people(user: User, text: str | None = None) -> QuerySet[User]:
    """Who holds a role where `user` manages people, and who holds none; `.in_force` lists the roles."""
    in_force = Membership.objects.filter(ended_at=None)
    here = in_force.filter(
        _within(user, "evaluations.manage_people", "region")
        | _within(user, "evaluations.manage_people", "department__region")
    )
    found = User.objects.filter(Q(pk__in=here.values("user")) | ~Q(pk__in=in_force.values("user")))
    if text:
        found = found.filter(Q(username__icontains=text) | Q(name__icontains=text))
    held = in_force.select_related("department", "region")
    return found.prefetch_related(Prefetch("memberships", queryset=held, to_attr="in_force"))


def reach(membership: Membership) -> str:
    """What a role in a region reaches, "湘西州及所辖各级，在用单位 12 个". One query."""
    region = membership.region
    count = Department.objects.filter(region__code__startswith=region.prefix, is_active=True).count()
    return f"{region}{'及所辖各级' if len(region.prefix) < 6 else ''}，在用单位 {count} 个"


def _deadline(fiscal_year: FiscalYear, extension: Extension | None) -> Deadline | None:
    return deadlines.deadline(fiscal_year, extension.due_on if extension else None)


def _within(user: User, permission: str, region: str) -> Q:
    """Rows whose region (at the path `region`) lies where `user` has the permission."""
    column = f"{region}__code" if region else "code"
    wanted = Q(pk__in=())
    for one in access.held(user):
        if one.role in access.PERMISSIONS[permission]:
            wanted |= Q(**{f"{column}__startswith": one.prefix})
    return wanted


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
