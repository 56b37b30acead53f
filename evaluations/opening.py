"""开始审核: the first thing that a reviewer does with a sent report begins its review.

From then on the department cannot withdraw what a reviewer works on; it asks to have it back.
"""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone

from . import events
from .models import Evaluation, State, User


def begin(evaluation: Evaluation, actor: User, *, request: HttpRequest | None = None) -> None:
    """Note that a reviewer has begun, unless that is noted already (under the evaluation's lock).

    Of a project, its department's report is what is begun with. Whoever begins has the report on the desk,
    unless it was assigned to somebody.
    """
    number = evaluation.parent_id or evaluation.pk
    rows = Evaluation.objects.filter(pk=number, state=State.SUBMITTED)
    if not rows.filter(opened_at=None).update(opened_at=timezone.now()):
        return
    rows.filter(reviewer=None).update(reviewer=actor)
    whole = evaluation.parent or evaluation
    detail = {"from": State.SUBMITTED, "to": State.SUBMITTED}
    events.record(actor, "open", evaluation=whole, detail=detail, request=request)
