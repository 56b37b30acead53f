"""Signatures (签字): who signs, where that is waived, and that a change of content takes the request back.

Nobody signs what has moved on: whatever changes a report that awaits its signature brings it back to a draft.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from . import events, notices
from .models import Department, Evaluation, Event, Membership, Role, State, User
from .writing import demanded


def lapse(evaluation: Evaluation, actor: User | None, *, request: HttpRequest | None = None) -> None:
    """Bring a report that awaits its signature back to 草稿 (已退回, where it had been returned).

    Called under the evaluation's lock by whoever has just changed content of it or of one of its projects;
    does nothing in any other state.
    """
    if evaluation.state != State.AWAITING_SIGNATURE:
        return
    whole = evaluation.parent or evaluation
    state = State.RETURNED if evaluation.returned_version else State.DRAFT
    Evaluation.objects.filter(pk=whole.pk).update(state=state)
    whole.projects.standing().update(state=state)
    evaluation.state = whole.state = state
    detail = {"from": State.AWAITING_SIGNATURE, "to": state}
    event = events.record(actor, "signature_lapsed", evaluation=whole, detail=detail, request=request)
    notices.about(event)


@transaction.atomic
def set_waived(
    actor: User | None,
    department: Department,
    waived: bool,
    reason: str,
    *,
    request: HttpRequest | None = None,
) -> Department:
    """免签: let a department send without the signature of its 单位负责人, or ask for it again.

    Doing so twice changes nothing. Raises `PermissionDenied`, or `Invalid` for a reason of fewer than 5
    characters.
    """
    if actor is not None and not actor.has_perm("evaluations.waive_signature", department):
        raise PermissionDenied("只有本地区的绩效股负责人可以办理免签。")
    words = demanded("免签的原因" if waived else "恢复签字的原因", reason, "写清依据")
    current = Department.objects.select_for_update(of=("self",)).get(pk=department.pk)
    if current.signature_waived == waived:
        return current
    current.signature_waived = waived
    current.save(update_fields=["signature_waived"])
    action = "waive_signature" if waived else "demand_signature"
    events.record(actor, action, department=current, detail={"reason": words}, request=request)
    return current


def set_waived_for(
    actor: User,
    departments: Collection[Department],
    waived: bool,
    reason: str,
    *,
    request: HttpRequest | None = None,
) -> int:
    """`set_waived` for several departments, for one reason, all or none; returns for how many it changed."""
    with transaction.atomic():
        before = [one.signature_waived for one in departments]
        after = [set_waived(actor, one, waived, reason, request=request) for one in departments]
        return sum(old != one.signature_waived for old, one in zip(before, after, strict=True))


@dataclass(frozen=True, slots=True)
class Signing:
    """How a department signs: how many can sign there, and the event that waived it (None: it is not)."""

    department: Department
    heads: int
    waiver: Event | None


def standing(departments: Collection[Department]) -> list[Signing]:
    """How each of these departments signs. Two queries."""
    held = Membership.objects.filter(role=Role.UNIT_HEAD, ended_at=None, department__in=departments)
    heads = Counter(held.filter(user__is_active=True).values_list("department_id", flat=True))
    told = Event.objects.filter(action="waive_signature", department__in=departments).order_by("id")
    waivers = {event.department_id: event for event in told.select_related("actor")}
    return [
        Signing(one, heads[one.pk], waivers.get(one.pk) if one.signature_waived else None)
        for one in departments
    ]


def declined(evaluation: Evaluation) -> Event | None:
    """退签: the event by which the 单位负责人 gave the draft back, until it is sent to be signed again."""
    last = evaluation.events.filter(action__in=("request_signature", "decline", "submit"))
    event = last.select_related("actor").order_by("-id").first() if evaluation.editable else None
    return event if event is not None and event.action == "decline" else None


def signers(department: Department) -> QuerySet[User]:
    """The active 单位负责人 of a department, or of the one it was merged into."""
    places = {department.pk, department.merged_into_id or department.pk}
    held = Membership.objects.filter(role=Role.UNIT_HEAD, ended_at=None, department__in=places)
    return User.objects.filter(pk__in=held.values("user"), is_active=True)
