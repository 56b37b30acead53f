"""送签 送审 撤回 退回 批准 公开 作废 …: one service for all, by the one table in `transitions`.

It locks the evaluation's row, reads its state anew, checks role, state and guards, writes, and logs, in one
transaction. A repeated request finds the new state and is refused without effect. The evaluations of the
department's projects go along: they are asked for findings, frozen inside the department's snapshot, and are
always in its state.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.http import HttpRequest
from django.utils import timezone

from indicators.engine.checks import Finding

from . import (
    access,
    assessing,
    events,
    guards,
    next_year,
    notices,
    points,
    projects,
    rescoring,
    resubmission,
    signing,
    snapshots,
    worksheets,
)
from .assessing import Assessment
from .errors import Refused
from .locking import demand_version, lock
from .models import OPEN_STATES, Evaluation, FieldChange, Role, Snapshot, State, User
from .rollout import running
from .transitions import BUREAU, BY_ACTION, TRANSITIONS, Transition
from .writing import demanded

__all__ = ["TRANSITIONS", "obstacles", "perform"]

#: What stands in the way and needs a look-up, by the guard's name: of many at once, by evaluation.
LOOK_UPS: dict[str, Callable[[Collection[Evaluation], User], dict[int, str]]] = {}


def perform(
    action: str,
    evaluation: Evaluation,
    actor: User,
    reason: str = "",
    *,
    summary: str = "",
    version: int | None = None,
    unless: Callable[[Evaluation], str] | None = None,
    request: HttpRequest | None = None,
) -> Evaluation:
    """Take one action of the table: lock, check role, state and guards, write, log; all or nothing.

    `reason` where the transition needs one; `summary` (修改说明) where a returned report is sent again,
    `version` the one that the decision was taken on: refused when another has been sent since.
    `unless` is asked under the lock for a sentence that forbids it ("": nothing does).
    Raises `Http404` for strangers, `PermissionDenied`, `Refused` (with the findings that stand in the way),
    or `Invalid` for a reason that is too short or too long; then nothing changed.
    """
    with transaction.atomic():
        return _perform(BY_ACTION[action], evaluation, actor, reason, summary, version, unless, request)


def obstacles(action: str, evaluations: Collection[Evaluation], actor: User) -> dict[int, tuple[str, ...]]:
    """By evaluation, what stands in the way of an action: empty where nothing does.

    As the rows say that were read, so that `perform` may still refuse. The number of queries does not grow
    with that of the evaluations.
    """
    transition = BY_ACTION[action]
    found: dict[int, tuple[str, ...]] = {}
    for one in evaluations:
        sentence = _obstacle(transition, one, access.acting(actor, one))
        found[one.pk] = (sentence,) if sentence else ()
    free = [one for one in evaluations if not found[one.pk]]
    for name in transition.guards:
        if free and name in LOOK_UPS:
            for pk, sentence in LOOK_UPS[name](free, actor).items():
                found[pk] += (sentence,)
    return found


def _perform(
    transition: Transition,
    evaluation: Evaluation,
    actor: User,
    reason: str,
    summary: str,
    version: int | None,
    unless: Callable[[Evaluation], str] | None,
    request: HttpRequest | None,
) -> Evaluation:
    current = lock(evaluation)
    if not access.may_ever(actor, current, transition.action):
        raise PermissionDenied(f"您的角色不能{transition.label}自评。")
    if current.state in transition.sources:
        demand_version(current, version)
    if standing := obstacles(transition.action, [current], actor)[current.pk]:
        raise Refused(standing[0])
    if unless and (sentence := unless(current)):
        raise Refused(sentence)
    detail: dict[str, Any] = {"from": current.state, "to": _target(transition, current)}
    if transition.needs_reason:
        what = "意见" if transition.action == "clear_secrecy" else "的原因"
        detail["reason"] = demanded(f"{transition.label}{what}", reason, _purpose(transition))
    if transition.asks:
        resubmission.demand_answers(current)
        current.change_summary = resubmission.summary_of(current, summary)
        detail["changes"] = current.change_summary
    if transition.roles == BUREAU and current.reviewer_id not in (None, actor.pk):
        detail["acting_for"] = str(current.reviewer)
    columns = {"state": detail["to"]} | _columns(transition, current, actor, detail.get("reason", ""))
    if transition.freezes:
        columns["version"] = current.version + 1
        detail |= _freeze(transition, current, actor, columns)
    else:
        if transition.asks:
            assessment, children = _assessed(current)
            _refuse_standing(assessment, children)
            resubmission.demand_change(current, assessment, children)
        _move(current, columns)
    if transition.target == State.APPROVED and transition.action == "approve":
        detail |= rescoring.told(current)
    if transition.freezes:
        next_year.follow(current)
    event = events.record(actor, transition.action, evaluation=current, detail=detail, request=request)
    notices.about(event)
    return current


def _obstacle(transition: Transition, current: Evaluation, who: guards.Actor) -> str:
    """The first thing that stands in the way without any look-up."""
    if current.parent_id:
        return access.hindrance(current, transition.action)
    if current.state not in transition.sources:
        return _why_not(current, transition)
    return access.hindrance(current, transition.action, who)


def _target(transition: Transition, current: Evaluation) -> State:
    if transition.falls_back and current.returned_version:
        return State.RETURNED
    return transition.target or State(current.state)


#: Columns that a project's evaluation has from its department's.
SHARED = ("state", "version", "return_reason", "submitted_at", "decided_at")
UNSIGNED = {"signed_at": None, "signed_by": None}
UNDECIDED = {"decided_at": None, "decided_by": None, "passed_by": None}


def _columns(transition: Transition, current: Evaluation, actor: User, reason: str) -> dict[str, Any]:
    """What the transition writes besides state and version."""
    now = timezone.now()
    opened = {} if current.opened_at else {"opened_at": now}
    mine = {} if current.reviewer_id else {"reviewer": actor}
    match transition.action:
        case "request_signature":
            return {"change_summary": current.change_summary}
        case "submit":
            signs = Role.UNIT_HEAD in access.acting(actor, current).roles
            signed = {"signed_at": now, "signed_by": actor} if signs else UNSIGNED
            fresh = {"opened_at": None, "return_asked": "", "submitted_at": now}
            secrecy = {"secrecy_statement": "", "secrecy_at": None, "secrecy_by": None}
            return signed | fresh | secrecy | UNDECIDED | {"change_summary": current.change_summary}
        case "withdraw":
            return UNSIGNED | {"return_asked": ""}
        case "open":
            return opened | mine
        case "ask_return":
            return {"return_asked": reason}
        case "pass_first":
            return opened | mine | {"passed_by": actor}
        case "return":
            returned = {"return_reason": reason, "returned_version": current.version, "return_asked": ""}
            return opened | mine | returned | UNSIGNED | {"passed_by": None, "change_summary": ""}
        case "approve":
            decided = {"decided_at": now, "decided_by": actor}
            return opened | mine | decided | {"return_asked": "", "return_reason": ""}
        case "unapprove":
            return UNDECIDED
        case "clear_secrecy":
            return {"secrecy_statement": reason, "secrecy_at": now, "secrecy_by": actor}
        case "publish":
            return {"published_at": now}
        case "unpublish":
            return {"published_at": None}
        case "void":
            return UNSIGNED | {"return_reason": reason, "change_summary": ""}
    return {}


def _freeze(
    transition: Transition, current: Evaluation, actor: User, columns: dict[str, Any]
) -> dict[str, Any]:
    """The projects are computed first: what the department's evaluation says of them follows from theirs."""
    assessment, children = _assessed(current)
    if transition.asks:
        _refuse_standing(assessment, children)
        resubmission.demand_change(current, assessment, children)
    parts = []
    for child, own in children:
        _write(child, {name: columns[name] for name in SHARED if name in columns})
        parts.append(snapshots.content_of(child, own))
    assessing.write_header(current, assessment, **columns)
    content = snapshots.content_of(current, assessment, parts)
    snapshot = snapshots.freeze(current, content, actor)
    for child, part in zip((child for child, _ in children), parts, strict=True):
        rescoring.refresh(child, part)
    rescoring.refresh(current, content)
    return {"version": snapshot.version, "hash": snapshot.content_hash}


def _assessed(current: Evaluation) -> tuple[Assessment, list[tuple[Evaluation, Assessment]]]:
    """The department's evaluation and its projects', computed anew; the projects first."""
    children = [(child, assessing.rewrite(child)) for child in projects.of(current)]
    return assessing.assess(current), children


def _refuse_standing(assessment: Assessment, children: list[tuple[Evaluation, Assessment]]) -> None:
    """Raises `Refused` with all findings that must be put right or explained."""
    standing = list(_standing(assessment))
    for child, own in children:
        standing += [_named(finding, child) for finding in _standing(own)]
    if standing:
        raise Refused(_what_stands(standing), tuple(standing))


def _standing(assessment: Assessment) -> tuple[Finding, ...]:
    return (*assessment.must_fix, *assessment.unexplained)


def _named(finding: Finding, child: Evaluation) -> Finding:
    """A finding of a project's evaluation as the department's names it."""
    return replace(finding, message=f"项目“{child.project}”：{finding.message}")


def _move(current: Evaluation, columns: dict[str, Any]) -> None:
    """Write what a transition changes that freezes nothing, also to the projects.

    A report that opens again is computed anew: lines of its 二级机构 may have changed since it was frozen.
    """
    opens = columns["state"] in OPEN_STATES and not current.editable
    with_projects = projects.wanted(current)
    if with_projects:
        current.projects.standing().update(**{name: columns[name] for name in SHARED if name in columns})
    for name, value in columns.items():
        setattr(current, name, value)
    if opens:
        assessing.rewrite_whole(current, with_projects=with_projects, **columns)
        running.wake()  # a newer version of the template may have been published since it was sent
    else:
        _write(current, columns | {"updated_at": timezone.now()})


def _write(current: Evaluation, columns: dict[str, Any]) -> None:
    Evaluation.objects.filter(pk=current.pk).update(**columns)
    for name, value in columns.items():
        setattr(current, name, value)


def _purpose(transition: Transition) -> str:
    """What a reason has to tell."""
    if transition.action == "clear_secrecy":
        return "写清由谁审查、结论如何"
    return "说清要改什么" if transition.action in ("return", "ask_return", "decline") else "说清为什么"


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


def _somebody_signs(evaluations: Collection[Evaluation], actor: User) -> dict[int, str]:
    sentence = (
        "本单位还没有单位负责人的账号，不能送签；请系统管理员授予单位负责人角色，或请财政局绩效股办理免签。"
    )
    return {one.pk: sentence for one in evaluations if not signing.signers(one.department).exists()}


def _checked(evaluations: Collection[Evaluation], actor: User) -> dict[int, str]:
    found = {}
    for pk, owed in worksheets.unchecked(evaluations).items():
        if owed:
            listed = "、".join(owed[:3]) + ("等" if len(owed) > 3 else "")
            found[pk] = f"审核清单还有 {len(owed)} 项没有勾选：{listed}。请先勾选并保存。"
    return found


def _settled(evaluations: Collection[Evaluation], actor: User) -> dict[int, str]:
    """Open points, and explanations that were not accepted."""
    counts = points.counts(one.pk for one in evaluations)
    found = {
        one.pk: f"有 {one.unexplained} 条说明您或同事没有认可。请退回单位重新说明，或改为认可。"
        for one in evaluations
        if one.unexplained
    }
    return found | {
        pk: f"还有 {count} 条意见没有办结。已经改好的请点“办结”；没有改好的请退回单位。"
        for pk, count in counts.items()
        if count
    }


def _not_own(evaluations: Collection[Evaluation], actor: User) -> dict[int, str]:
    """Nobody decides on what they filled in, sent or signed, whatever their roles are by now."""
    of_project = FieldChange.objects.filter(evaluation__parent=OuterRef("pk"), actor=actor)
    written = FieldChange.objects.filter(evaluation=OuterRef("pk"), actor=actor)
    sent = Snapshot.objects.filter(Q(created_by=actor) | Q(signed_by=actor), evaluation=OuterRef("pk"))
    mine = Evaluation.objects.filter(pk__in=[one.pk for one in evaluations])
    mine = mine.filter(Exists(written) | Exists(of_project) | Exists(sent)).values_list("pk", flat=True)
    return dict.fromkeys(mine, "这份自评您填写或送审过，不能由您审批，请由其他人办理。")


LOOK_UPS |= {
    "somebody_signs": _somebody_signs,
    "not_own": _not_own,
    "checked": _checked,
    "settled": _settled,
}
