"""Notices: who is told of what, written in the transaction of the deed itself.

`about` tells of an event by the one table below; `tell` says a sentence to people that the caller knows.
Nobody is told of a deed of their own. Whoever wants mail gets the same sentence by mail (`outbox`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from . import events, outbox
from .models import (
    Department,
    Evaluation,
    Event,
    MailPreference,
    Membership,
    Notice,
    Region,
    Role,
    User,
)


class Audience(Enum):
    """Who may be told of an evaluation's event."""

    PREPARERS = auto()
    UNIT_HEADS = auto()
    #: The reviewer to whom it is assigned, who may still review it; else the nearest ones around the
    #: department, else the lead.
    REVIEWERS = auto()
    #: The nearest 绩效股负责人.
    LEADS = auto()
    #: The superior union that has read access (抄送).
    OBSERVERS = auto()


ROLES = {
    Audience.PREPARERS: Role.PREPARER,
    Audience.UNIT_HEADS: Role.UNIT_HEAD,
    Audience.REVIEWERS: Role.REVIEWER,
    Audience.LEADS: Role.BUREAU_LEAD,
    Audience.OBSERVERS: Role.OBSERVER,
}
DEPARTMENT = (Audience.PREPARERS, Audience.UNIT_HEADS)
OBSERVERS, REVIEWERS, LEADS = (Audience.OBSERVERS,), (Audience.REVIEWERS,), (Audience.LEADS,)
PREPARERS, UNIT_HEADS = (Audience.PREPARERS,), (Audience.UNIT_HEADS,)
#: As many characters a sentence may have.
LONGEST = Notice._meta.get_field("sentence").max_length
#: The page of 整改.
MENDING = "rectification"


@dataclass(frozen=True, slots=True)
class Told:
    """One row: who reads which sentence and goes where.

    `{report}` is 保靖县总工会 2024 年度自评; `{number}` of the 整改事项, `{version}` of the template and
    `{words}` are in the event.
    `once`: of many such deeds on one version only the first is told.
    """

    to: tuple[Audience, ...]
    sentence: str
    page: str = "review"
    once: bool = False


#: action → who is told what; somebody in two rows reads the first.
TABLE: Mapping[str, tuple[Told, ...]] = {
    "request_signature": (Told(UNIT_HEADS, "{report}已送签，请审阅；同意的，签字送审。", "check"),),
    "signature_lapsed": (Told(DEPARTMENT, "{report}内容有改动，送签已失效，改好后要重新送签。", "check"),),
    "decline": (Told(PREPARERS, "{report}已退签，请按负责人的意见修改后再送签。", "check"),),
    "submit": (
        Told(REVIEWERS, "{report}已送审，请审核。"),
        Told(DEPARTMENT, "{report}已送审，由财政部门审核。"),
    ),
    "raise_point": (Told(DEPARTMENT, "{report}有新的审核意见，请逐条答复。", "remarks", once=True),),
    "reply": (
        Told(REVIEWERS, "{report}的审核意见有新的答复。", once=True),
        Told(DEPARTMENT, "{report}的审核意见有新的答复。", "remarks", once=True),
    ),
    "reopen_point": (Told(DEPARTMENT, "{report}有已办结的意见重新提出。", "remarks"),),
    "judge": (Told(DEPARTMENT, "{report}的说明已经核定，请看审核意见。", "remarks", once=True),),
    "withdraw": (Told(UNIT_HEADS, "{report}已由填报人撤回修改。"),),
    "ask_return": (Told(REVIEWERS, "{report}的单位申请退回修改，请办理。"),),
    "assign": (Told(REVIEWERS, "{report}已分派给您审核。"),),
    "unassign": (Told(REVIEWERS, "{report}的审核人不再担任审核，请另行分派或直接审核。"),),
    "pass_first": (
        Told(LEADS, "{report}初审已通过，请复核。"),
        Told(DEPARTMENT, "{report}初审已通过，等待复核。"),
    ),
    "return": (Told(DEPARTMENT, "{report}已退回，请按审核人的意见修改后再送审。", "evaluation"),),
    "approve": (
        Told(DEPARTMENT, "{report}已批准。"),
        Told(OBSERVERS, "抄送：{report}已批准。", "report_pdf"),
    ),
    "unapprove": (
        Told(REVIEWERS, "{report}已取消审核，回到待审核。"),
        Told(DEPARTMENT, "{report}已取消审核，财政部门重新审核。"),
    ),
    "clear_secrecy": (Told(LEADS, "{report}的保密审查意见已填写。"),),
    "publish": (
        Told(DEPARTMENT, "{report}已公开。"),
        Told(OBSERVERS, "抄送：{report}已公开。", "report_pdf"),
    ),
    "unpublish": (Told(DEPARTMENT, "{report}已撤销公开，回到已批准。"),),
    "void": (Told(DEPARTMENT, "{report}已作废，原因写在报告页上。"),),
    "add_rectification": (Told(DEPARTMENT, "{report}有新的整改事项，请按期限整改并反馈。", MENDING),),
    "change_rectification": (
        Told(DEPARTMENT, "{report}整改第 {number} 项已调整，请看现在的要求。", MENDING),
    ),
    "answer_rectification": (Told(REVIEWERS, "{report}整改第 {number} 项已反馈，请核实。", MENDING),),
    "redo_rectification": (
        Told(DEPARTMENT, "{report}整改第 {number} 项已退回重做，请按财政部门的意见整改。", MENDING),
    ),
    "reopen_rectification": (
        Told(DEPARTMENT, "{report}整改第 {number} 项的销号已撤销，请按财政部门的意见再整改。", MENDING),
    ),
    "template_moved": (Told(DEPARTMENT, "{report}已改用指标模板第 {version} 版：{words}", "check"),),
    "confirm_rectification": (Told(DEPARTMENT, "{report}整改第 {number} 项已销号。", MENDING),),
}


def about(event: Event) -> list[Notice]:
    """Tell everybody whom the event of an evaluation concerns, except its actor; call after `events.record`.

    One query for the people and one for the notices (and one for their mails).
    """
    return about_all([event])


def about_all(events: Iterable[Event]) -> list[Notice]:
    """`about` many events; of those that only the departments are told, one query finds all the people."""
    concerned = [event for event in events if event.action in TABLE and event.evaluation is not None]
    within = [event for event in concerned if _audiences(event) <= set(DEPARTMENT)]
    members = _members_told(within)
    written = []
    for event in concerned:
        found = members.get(event) or _people(event.evaluation, _audiences(event))
        told = {event.actor_id}
        for row in TABLE[event.action]:
            for user in (user for audience in row.to for user in found[audience]):
                if user.pk not in told:
                    told.add(user.pk)
                    written.append(_notice(event, row, user))
    return deliver(written)


def _audiences(event: Event) -> set[Audience]:
    return {audience for row in TABLE[event.action] for audience in row.to}


def _notice(event: Event, row: Told, user: User) -> Notice:
    filled = {name: event.detail.get(name, "") for name in ("number", "version", "words")}
    sentence = row.sentence.format(report=event.evaluation, **filled)
    return Notice(
        recipient=user,
        kind=event.action,
        sentence=sentence if len(sentence) <= LONGEST else f"{sentence[: LONGEST - 1]}…",
        page=row.page,
        evaluation=event.evaluation,
        key=_once(event, user) if row.once else None,
    )


def _once(event: Event, user: User) -> str:
    """The key of what is told once a version, for each side that speaks."""
    one = event.evaluation
    return f"{event.action}-{event.detail.get('side', '')}-{one.reference}-{one.version}-{user.pk}"


def tell(
    recipients: Iterable[User],
    kind: str,
    sentence: str,
    page: str,
    *,
    evaluation: Evaluation | None = None,
    anchor: str = "",
    key: str = "",
    actor: User | None = None,
) -> list[Notice]:
    """Say one sentence to these people, except the actor; with `key` to each of them only once, ever.

    `kind` is an action of `ACTIONS`; `page` a URL name that takes the evaluation's reference, if any.
    """
    people = {user.pk: user for user in recipients if actor is None or user.pk != actor.pk}
    return deliver(
        [
            Notice(
                recipient=user,
                kind=kind,
                sentence=sentence,
                page=page,
                evaluation=evaluation,
                anchor=anchor,
                key=f"{key}-{user.pk}" if key else None,
            )
            for user in people.values()
        ]
    )


def deliver(notices: Iterable[Notice]) -> list[Notice]:
    """Store new notices, but none with a key that is known, and their mails; returns those stored."""
    notices = list(notices)
    keys = [one.key for one in notices if one.key]
    known = set(Notice.objects.filter(key__in=keys).values_list("key", flat=True)) if keys else set()
    fresh = [one for one in notices if one.key not in known]
    for one in fresh:
        one.awaits_digest = wants(one.recipient, MailPreference.DIGEST)
    Notice.objects.bulk_create(fresh)
    outbox.enqueue([one for one in fresh if wants(one.recipient, MailPreference.AT_ONCE)])
    return fresh


def wants(user: User, preference: MailPreference) -> bool:
    """Whether the person is to be mailed in this way, and can be."""
    return bool(settings.EMAIL_CONFIGURED and user.email and user.mail_preference == preference)


def members(departments: Collection[Department | int] | QuerySet[Department]) -> dict[int, list[User]]:
    """The preparers and heads of these departments (or their ids), by the department's id. One query."""
    rows = _in_force().filter(department__in=departments, role__in=(Role.PREPARER, Role.UNIT_HEAD))
    found: dict[int, dict[int, User]] = defaultdict(dict)
    for one in rows:
        found[one.department_id][one.user_id] = one.user
    return {department: list(users.values()) for department, users in found.items()}


def unread(user: User) -> int:
    """How many notices the person has not read."""
    return user.notices.filter(read_at=None).count()


def newest(user: User) -> QuerySet[Notice]:
    """The person's notices, with the evaluations they speak of."""
    return user.notices.select_related("evaluation").defer("evaluation__sheet")


def read(user: User, number: int) -> Notice | None:
    """Mark a notice of the person as read; None when there is none of this number. Its time is the trace."""
    found = newest(user).filter(pk=number).first()
    if found is not None and found.read_at is None:
        user.notices.filter(pk=number, read_at=None).update(read_at=timezone.now())
    return found


def read_all(user: User) -> int:
    """Mark all notices of the person as read; returns how many were not."""
    return user.notices.filter(read_at=None).update(read_at=timezone.now())


@transaction.atomic
def prefer(user: User, preference: MailPreference | str, *, request: HttpRequest | None = None) -> None:
    """Set when the person is mailed; what waits for a digest goes no more once none is wanted."""
    preference = MailPreference(preference)
    if not user.is_active:
        raise PermissionDenied("账号已停用。")
    if user.mail_preference == preference:
        return
    user.mail_preference = preference
    user.save(update_fields=["mail_preference"])
    if preference != MailPreference.DIGEST:
        user.notices.filter(awaits_digest=True).update(awaits_digest=False)
    detail = {"username": user.username, "preference": preference.label}
    events.record(user, "change_mail_preference", detail=detail, request=request)


def _in_force() -> QuerySet[Membership]:
    return (
        Membership.objects.filter(ended_at=None, user__is_active=True).select_related("user").order_by("id")
    )


def _people(evaluation: Evaluation, audiences: set[Audience]) -> dict[Audience, list[User]]:
    """Whom each audience means for this evaluation. One query."""
    department = evaluation.department
    rows = _in_force().filter(
        Q(department__in=_places(department)) | Q(region__in=Region.codes_around(department.region_id)),
        role__in=[*(ROLES[audience] for audience in audiences), Role.BUREAU_LEAD],
    )
    by_role: dict[str, list[Membership]] = defaultdict(list)
    for one in rows:
        by_role[one.role].append(one)
    found = {audience: _nearest(by_role[ROLES[audience]]) for audience in audiences}
    if Audience.REVIEWERS in audiences:
        desk = (evaluation.parent or evaluation).reviewer_id
        bureau = [*by_role[Role.REVIEWER], *by_role[Role.BUREAU_LEAD]]
        found[Audience.REVIEWERS] = (
            [one.user for one in bureau if one.user_id == desk]
            or found[Audience.REVIEWERS]
            or _nearest(by_role[Role.BUREAU_LEAD])
        )
    return found


def _members_told(told: Collection[Event]) -> dict[Event, dict[Audience, list[User]]]:
    """Whom each audience within a department means for these events. One query."""
    places = {event: _places(event.evaluation.department) for event in told}
    by_place: dict[tuple[int, str], dict[int, User]] = defaultdict(dict)
    if places:
        wanted = {place for of_one in places.values() for place in of_one}
        roles = [ROLES[audience] for audience in DEPARTMENT]
        for one in _in_force().filter(department__in=wanted, role__in=roles):
            by_place[one.department_id, one.role][one.user_id] = one.user
    return {
        event: {
            audience: [user for place in of_one for user in by_place[place, ROLES[audience]].values()]
            for audience in DEPARTMENT
        }
        for event, of_one in places.items()
    }


def _places(department: Department) -> set[int]:
    """Where the people of a department are: there, or in the one that it was merged into."""
    return {department.merged_into_id or department.pk, department.pk}


def _nearest(rows: list[Membership]) -> list[User]:
    """Who holds a role in the department, or in the smallest region around it that has anybody."""
    size = {one.pk: len(Region(code=one.region_id).prefix) if one.region_id else 0 for one in rows}
    return [one.user for one in rows if size[one.pk] == max(size.values())]
