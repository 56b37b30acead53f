"""The one lock under which an evaluation's content and state change.

PostgreSQL locks the evaluation's row, and that of a department's evaluation covers those of its projects;
on SQLite the transaction began with BEGIN IMMEDIATE and holds the only write lock (config/environment.py).
Either way an autosave cannot slip in behind a submission: whoever comes second reads the state that the first
one left. Where two rows are needed, that of the 主管部门 is held before that of its 二级机构.
"""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.db.models.functions import Coalesce

from . import access, deadlines
from .errors import Locked, Refused
from .models import Evaluation, State, User

#: The columns that transitions change, and the version of the template.
MOVING = (
    "template_id",
    "state",
    "version",
    "return_reason",
    "returned_version",
    "change_summary",
    "return_asked",
    "reviewer_id",
    "submitted_at",
    "signed_at",
    "signed_by_id",
    "opened_at",
    "passed_by_id",
    "decided_at",
    "decided_by_id",
    "secrecy_at",
    "published_at",
    "unexplained",
    "reviewed_total",
    "reviewed_grade",
    "updated_at",
)


def lock(evaluation: Evaluation) -> Evaluation:
    """Hold the evaluation until the transaction ends (call inside one), and bring it to its present state.

    Of a project, the row of its department's evaluation is what is held, and the name may have changed.
    It may be on a newer version of its template by now (`rollout`). Department and year never change and stay
    as they were read, except whether the year is closed and reviewed in two steps, until when one may send,
    and whether the signature is waived; so do score sheet and header columns, which every writer computes
    anew.
    """
    held = (
        Evaluation.objects.select_for_update(of=("self",))
        .annotate(
            closed=F("fiscal_year__closed"),
            two_step=F("fiscal_year__two_step"),
            due_on=F("fiscal_year__due_on"),
            extended_to=deadlines.EXTENDED_TO,
            waived=Coalesce("department__merged_into__signature_waived", "department__signature_waived"),
        )
        .only(*MOVING)
        .get(pk=evaluation.parent_id or evaluation.pk)
    )
    evaluation.fiscal_year.closed, evaluation.fiscal_year.two_step = held.closed, held.two_step
    evaluation.fiscal_year.due_on, evaluation.extended_to = held.due_on, held.extended_to
    signs = evaluation.department.merged_into or evaluation.department
    signs.signature_waived = held.waived
    if evaluation.parent_id:
        template = evaluation.template
        evaluation.refresh_from_db(fields=(*MOVING, "project"))
        if evaluation.template_id == template.pk:
            evaluation.template = template  # what was read of it stays read
    else:
        for name in MOVING:
            setattr(evaluation, name, getattr(held, name))
    return evaluation


def stamp(evaluation: Evaluation) -> str:
    """What a page says of the content that it shows: the moment in which it was last changed."""
    return evaluation.updated_at.isoformat()


def demand_version(evaluation: Evaluation, seen: int | None) -> None:
    """Pass whoever has the newest version before their eyes; `seen`: its number (None: nobody looked at one).

    Between opening the page and deciding, the department may have withdrawn the report and sent another.
    Raises `Refused`.
    """
    if seen is None or seen == evaluation.version:
        return
    if 0 < seen < evaluation.version:
        raise Refused(f"您看的是第 {seen} 版，单位已重新送审第 {evaluation.version} 版，请看新版后再办理。")
    raise Refused(f"页面没有说明看的是哪一版，请打开最新的第 {evaluation.version} 版后再办理。")


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
        raise Locked(access.WHY_LOCKED[State(evaluation.state)])
    if sentence := access.hindrance(evaluation, "edit"):
        raise Locked(sentence)
