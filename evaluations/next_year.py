"""The report of the year after: last year's figures stand in it, so it follows when those change.

Nobody signs what has moved on: a report that awaits its signature is taken back to be looked at again.
"""

from __future__ import annotations

from django.db import transaction

from . import facts, units
from .models import Evaluation, State


def follow(evaluation: Evaluation) -> None:
    """After a version of a department's report was frozen, or the report given up, and that is committed:
    compute the open report of the year after anew, if figures that it takes over have changed."""
    transaction.on_commit(lambda: _follow(evaluation))


def _follow(evaluation: Evaluation) -> None:
    after = (
        Evaluation.objects.standing()
        .whole()
        .filter(department=evaluation.department_id, fiscal_year__year=evaluation.fiscal_year.year + 1)
    )
    if after.exists() and _moved(evaluation):
        units.compute_anew(after)


def _moved(evaluation: Evaluation) -> bool:
    """Whether the newest version has other figures than the one before; so has the first than a draft."""
    if evaluation.state == State.VOIDED:
        return True
    newest = evaluation.snapshots.order_by("-version")[:2]
    figures = [facts.figures_of(snapshot) for snapshot in newest]
    return len(figures) < 2 or figures[0] != figures[1]
