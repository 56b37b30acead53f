"""What of a report's history somebody reads: each side its own work, and what was sent.

The bureau learns nothing of what was typed, attached or explained before the first version was sent, or since
the newest; a department nothing of the bureau's worksheets. The superior union reads the transitions alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from . import access, facts
from .models import Evaluation, Event, FieldChange, User
from .transitions import BUREAU, BY_ACTION, DEPARTMENT

#: Deeds of the bureau among itself.
INTERNAL = ("save_worksheet", "assign")
#: What is between a preparer and the head.
WITHIN = ("request_signature", "decline", "signature_lapsed")
REVIEW = ("raise_point", "reply", "settle_point", "reopen_point", "judge", "review_score")
SENT = tuple(action for action in BY_ACTION if action not in WITHIN)


@dataclass(frozen=True, slots=True)
class Told:
    """The events and the changes of figures that the reader may see; `with_changes`: whether any at all."""

    events: QuerySet[Event]
    changes: QuerySet[FieldChange]
    with_changes: bool


def told(user: User, evaluation: Evaluation) -> Told:
    """The history of the evaluation as far as it is the reader's."""
    roles = set(access.acting(user, evaluation).roles)
    events, changes = evaluation.events.all(), evaluation.changes.all()
    if roles & DEPARTMENT:
        return Told(events.exclude(action__in=INTERNAL), changes, True)
    if roles & BUREAU:
        frozen = facts.snapshots_of(evaluation).order_by("version").values_list("created_at", flat=True)
        moments = list(frozen)
        between = changes.filter(at__gt=moments[0], at__lte=moments[-1]) if moments else changes.none()
        return Told(events.filter(action__in=(*SENT, *REVIEW, *INTERNAL)), between, True)
    return Told(events.filter(action__in=SENT), changes.none(), False)
