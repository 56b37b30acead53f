"""送审 撤回 退回 批准 作废: one service for each, all by the one table in `transitions`.

Each locks the evaluation's row, reads its state anew, checks role, state and guard, writes, and logs, in one
transaction. A repeated request finds the new state and is refused without effect. The evaluations of the
department's projects go along: they are asked for findings, frozen inside the department's snapshot, and are
always in its state.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from indicators.engine.checks import Finding
from indicators.engine.values import clean

from . import access, assessing, events, projects, snapshots
from .assessing import Assessment
from .errors import Invalid, Refused
from .locking import lock
from .models import Evaluation, State, User
from .transitions import BY_ACTION, TRANSITIONS, Transition

__all__ = ["TRANSITIONS", "approve", "return_", "submit", "void", "withdraw"]

MIN_REASON = 5
MAX_REASON = 2000


def submit(evaluation: Evaluation, actor: User, *, request: HttpRequest | None = None) -> Evaluation:
    """送审: compute everything anew and freeze the next version.

    Raises `Refused` with the findings that must be put right or still want an explanation.
    """
    return _perform(BY_ACTION["submit"], evaluation, actor, "", request)


def withdraw(evaluation: Evaluation, actor: User, *, request: HttpRequest | None = None) -> Evaluation:
    """撤回: back to a draft as long as nobody has decided; the frozen version stays."""
    return _perform(BY_ACTION["withdraw"], evaluation, actor, "", request)


def return_(
    evaluation: Evaluation, actor: User, reason: str, *, request: HttpRequest | None = None
) -> Evaluation:
    """退回: back to the department, with a reason of 5 to 2000 characters."""
    return _perform(BY_ACTION["return"], evaluation, actor, reason, request)


def approve(evaluation: Evaluation, actor: User, *, request: HttpRequest | None = None) -> Evaluation:
    """批准: the submitted version stands."""
    return _perform(BY_ACTION["approve"], evaluation, actor, "", request)


def void(
    evaluation: Evaluation, actor: User, reason: str, *, request: HttpRequest | None = None
) -> Evaluation:
    """作废: given up, with a reason of 5 to 2000 characters, and frozen as it stands, finished or not.

    The budget lines stay with the department, and a new evaluation of the year may be started.
    """
    return _perform(BY_ACTION["void"], evaluation, actor, reason, request)


@transaction.atomic
def _perform(
    transition: Transition, evaluation: Evaluation, actor: User, reason: str, request: HttpRequest | None
) -> Evaluation:
    """Raises `Http404` for strangers, `PermissionDenied`, `Refused`, `Invalid`; then nothing changed."""
    current = lock(evaluation)
    if not access.may_ever(actor, current, transition.action):
        raise PermissionDenied(f"您的角色不能{transition.label}自评。")
    if current.parent_id:
        raise Refused(access.hindrance(current, transition.action))
    if current.state not in transition.sources:
        raise Refused(_why_not(current, transition))
    if sentence := access.hindrance(current, transition.action):
        raise Refused(sentence)
    columns: dict[str, Any] = {"state": transition.target}
    detail: dict[str, Any] = {"from": current.state, "to": transition.target}
    if transition.needs_reason:
        columns["return_reason"] = detail["reason"] = _reason(transition, reason)
    if transition.target == State.APPROVED:
        columns["decided_at"] = timezone.now()
    if transition.target == State.SUBMITTED:
        columns |= {"submitted_at": timezone.now(), "return_reason": ""}
    if transition.freezes:
        columns["version"] = current.version + 1
        detail |= _freeze(transition, current, actor, columns)
    else:
        _write(current, columns | {"updated_at": timezone.now()})
        current.projects.standing().update(**columns)
        if current.editable:
            assessing.rewrite_whole(current)  # lines of its 二级机构 may have changed since it was frozen
    events.record(actor, transition.action, evaluation=current, detail=detail, request=request)
    return current


def _freeze(
    transition: Transition, current: Evaluation, actor: User, columns: dict[str, Any]
) -> dict[str, Any]:
    """The projects are computed first: what the department's evaluation says of them follows from theirs."""
    children = [(child, assessing.rewrite(child)) for child in projects.of(current)]
    assessment = assessing.assess(current)
    standing = list(_standing(assessment))
    for child, own in children:
        standing += [_named(finding, child) for finding in _standing(own)]
    if transition.asks and standing:
        raise Refused(_what_stands(standing), tuple(standing))
    parts = []
    for child, own in children:
        _write(child, columns)
        parts.append(snapshots.content_of(child, own))
    assessing.write_header(current, assessment, **columns)
    snapshot = snapshots.freeze(current, assessment, parts, actor)
    return {"version": snapshot.version, "hash": snapshot.content_hash}


def _standing(assessment: Assessment) -> tuple[Finding, ...]:
    return (*assessment.must_fix, *assessment.unexplained)


def _named(finding: Finding, child: Evaluation) -> Finding:
    """A finding of a project's evaluation as the department's names it."""
    return replace(finding, message=f"项目“{child.project}”：{finding.message}")


def _write(current: Evaluation, columns: dict[str, Any]) -> None:
    Evaluation.objects.filter(pk=current.pk).update(**columns)
    for name, value in columns.items():
        setattr(current, name, value)


def _reason(transition: Transition, text: str) -> str:
    words = clean(text).strip()
    if len(words) < MIN_REASON:
        purpose = "要改什么" if transition.target == State.RETURNED else "为什么"
        raise Invalid(
            f"{transition.label}的原因只有 {len(words)} 字，至少写 {MIN_REASON} 个字，说清{purpose}。"
        )
    if len(words) > MAX_REASON:
        raise Invalid(f"{transition.label}的原因有 {len(words)} 字，最多 {MAX_REASON} 字，请精简。")
    return words


def _why_not(current: Evaluation, transition: Transition) -> str:
    now = current.get_state_display()
    if current.state == transition.target:
        return f"该自评{now}，不必重复{transition.label}。"
    wanted = "、".join(state.label for state in State if state in transition.sources)
    return f"该自评目前为“{now}”，只有“{wanted}”的自评才能{transition.label}。"


def _what_stands(findings: list[Finding]) -> str:
    must_fix = sum(finding.severity == "must_fix" for finding in findings)
    unexplained = len(findings) - must_fix
    parts = []
    if must_fix:
        parts.append(f"有 {must_fix} 条必须改正")
    if unexplained:
        parts.append(f"有 {unexplained} 条需要说明")
    return f"还不能送审：{'，'.join(parts)}。请逐条处理后再送审。"
