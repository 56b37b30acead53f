"""The one lock under which an evaluation's content and state change.

PostgreSQL locks the evaluation's row, and that of a department's evaluation covers those of its projects;
on SQLite the transaction began with BEGIN IMMEDIATE and holds the only write lock (config/environment.py).
Either way an autosave cannot slip in behind a submission: whoever comes second reads the state that the first
one left. Where two rows are needed, that of the 主管部门 is held before that of its 二级机构.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import F

from . import access
from .errors import Locked
from .models import Evaluation, State, User

#: The columns that transitions change.
MOVING = ("state", "version", "return_reason", "submitted_at", "decided_at")

WHY_LOCKED = {
    State.SUBMITTED: "该自评已送审，内容不能修改。如需修改，请先撤回，或请审核人退回。",
    State.APPROVED: "该自评已批准，内容不再修改。",
    State.VOIDED: "该自评已作废，内容不再修改；如需填报，请重新建立。",
}


def lock(evaluation: Evaluation) -> Evaluation:
    """Hold the evaluation until the transaction ends (call inside one), and bring it to its present state.

    Of a project, the row of its department's evaluation is what is held, and the name may have changed.
    Department, year and template never change and stay as they were read, except whether the year is closed;
    so do score sheet and header columns, which every writer computes anew.
    """
    held = (
        Evaluation.objects.select_for_update(of=("self",))
        .annotate(closed=F("fiscal_year__closed"))
        .only(*MOVING)
        .get(pk=evaluation.parent_id or evaluation.pk)
    )
    evaluation.fiscal_year.closed = held.closed
    if evaluation.parent_id:
        evaluation.refresh_from_db(fields=(*MOVING, "project"))
    else:
        for name in MOVING:
            setattr(evaluation, name, getattr(held, name))
    return evaluation


def lock_for_editing(evaluation: Evaluation, actor: User | None) -> Evaluation:
    """`lock`, then `demand_editing`."""
    current = lock(evaluation)
    demand_editing(current, actor)
    return current


def demand_editing(evaluation: Evaluation, actor: User | None) -> None:
    """Pass whoever may fill in this evaluation, as long as its content may change (None: the command line).

    Raises `Http404` for strangers, `PermissionDenied`, or `Locked`.
    """
    if actor is not None and not access.may_ever(actor, evaluation, "edit"):
        raise PermissionDenied("您的角色不能填写自评。")
    if not evaluation.editable:
        raise Locked(WHY_LOCKED[State(evaluation.state)])
    if sentence := access.hindrance(evaluation, "edit"):
        raise Locked(sentence)
