"""留痕: the append-only log of who did what, when, from where, with what result.

Every service that changes a state or a right writes one event in its own transaction. Saving a section or a
grid writes none: its `FieldChange` rows are the log (an autosave every few seconds would bury the rest).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from axes.helpers import get_client_ip_address
from django.http import HttpRequest

from .models import Department, Evaluation, Event, User
from .models.records import ACTIONS


def record(
    actor: User | None,
    action: str,
    *,
    evaluation: Evaluation | None = None,
    department: Department | None = None,
    detail: dict[str, Any] | None = None,
    request: HttpRequest | None = None,
) -> Event:
    """Write one event; `actor` is None for the command line. The department of an evaluation is filled in."""
    event = prepared(
        actor, action, evaluation=evaluation, department=department, detail=detail, request=request
    )
    event.save(force_insert=True)
    return event


def record_by(
    by: object, action: str, *, detail: dict[str, Any], request: HttpRequest | None = None
) -> Event:
    """`record` by a user, or by the name of what acted for nobody in particular (a command, the demo)."""
    if isinstance(by, User):
        return record(by, action, detail=detail, request=request)
    told = {"by": str(by)} if by is not None else {}
    return record(None, action, detail=detail | told, request=request)


def prepared(
    actor: User | None,
    action: str,
    *,
    evaluation: Evaluation | None = None,
    department: Department | None = None,
    detail: dict[str, Any] | None = None,
    request: HttpRequest | None = None,
) -> Event:
    """What `record` writes, to be written with others by `record_all`."""
    if action not in ACTIONS:
        raise KeyError(action)
    return Event(
        actor=actor,
        action=action,
        evaluation=evaluation,
        department=department or (evaluation.department if evaluation else None),
        address=address_of(request),
        detail=detail or {},
    )


def record_all(prepared_events: Iterable[Event]) -> list[Event]:
    """Write many events in one statement."""
    return Event.objects.bulk_create(prepared_events)


def address_of(request: HttpRequest | None) -> str | None:
    """The caller's address as the log-in lock sees it (behind the proxy when one is configured)."""
    return get_client_ip_address(request) if request is not None else None
