"""二级机构: their budget lines count in the report of their 主管部门, so moving a unit moves its figures."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.db.models import QuerySet

from . import access, assessing, signing
from .locking import lock
from .models import OPEN_STATES, Department, Evaluation


def recount(departments: Collection[int | None]) -> None:
    """Compute the open reports of these departments anew once the present transaction has been committed.

    In transactions of their own: whoever saves lines holds the report before the department's row, whoever
    moves a unit holds the row.
    """
    wanted = {pk for pk in departments if pk is not None}
    if wanted:
        transaction.on_commit(lambda: compute_anew(_reports(wanted)))


def follow(unit: Department, superior: Evaluation | None) -> None:
    """After lines of a unit were saved while `superior` was held: count them in whichever report they are in.

    The unit may have been moved meanwhile, or the report of its 主管部门 begun.
    """
    transaction.on_commit(lambda: _follow(unit.pk, superior.department_id if superior else None))


def _follow(unit: int, counted: int | None) -> None:
    now = Department.objects.values_list("parent_id", flat=True).get(pk=unit)
    if now is not None and now != counted:
        compute_anew(_reports({now}))


def _reports(departments: Collection[int]) -> QuerySet[Evaluation]:
    return Evaluation.objects.standing().whole().filter(department__in=departments)


def compute_anew(reports: QuerySet[Evaluation]) -> None:
    """The open ones of these reports, each in a transaction of its own; one awaiting its signature lapses."""
    for evaluation in access.with_relations(reports.filter(state__in=OPEN_STATES)).order_by("pk"):
        with transaction.atomic():
            if lock(evaluation).editable:
                signing.lapse(evaluation, None)
                assessing.rewrite_whole(evaluation)
