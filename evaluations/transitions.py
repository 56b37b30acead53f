"""The one transition table (送签 送审 退回 批准 公开 作废 …): who may bring a report from where to where."""

from __future__ import annotations

from dataclasses import dataclass

from .models import OPEN_STATES, UNDER_REVIEW, Role, State

DEPARTMENT = frozenset({Role.PREPARER, Role.UNIT_HEAD})
BUREAU = frozenset({Role.REVIEWER, Role.BUREAU_LEAD})


@dataclass(frozen=True, slots=True)
class Transition:
    """One row: `action` by one of `roles` brings an evaluation from any of `sources` to `target`.

    `target` None: the state stays, something is recorded. `label` is the verb on the button, `done` what is
    said afterwards. `needs_reason`: 5 to 2000 characters. `asks`: findings that must be put right or
    explained stand in the way, and after a return what `resubmission` owes. `freezes`: a snapshot is taken.
    `open_year`: not once the year is closed (年度已关闭). `guards`: conditions of the evaluation itself, by
    name in `guards`. `falls_back`: a report that was returned before comes to 已退回 again.
    """

    action: str
    label: str
    done: str
    sources: frozenset[State]
    target: State | None
    roles: frozenset[Role]
    needs_reason: bool = False
    asks: bool = False
    freezes: bool = False
    open_year: bool = False
    falls_back: bool = False
    guards: tuple[str, ...] = ()


def _states(*states: State) -> frozenset[State]:
    return frozenset(states)


TRANSITIONS: tuple[Transition, ...] = (
    Transition(
        "request_signature",
        "送签",
        "已送单位负责人签字。签字以前还可以修改；改动了内容，要重新送签。",
        _states(State.DRAFT, State.RETURNED),
        State.AWAITING_SIGNATURE,
        _states(Role.PREPARER),
        asks=True,
        open_year=True,
        guards=("timely", "signature_needed", "somebody_signs"),
    ),
    Transition(
        "submit",
        "送审",
        "已送审，审核人现在可以看到这一版。",
        OPEN_STATES,
        State.SUBMITTED,
        DEPARTMENT,
        asks=True,
        freezes=True,
        open_year=True,
        guards=("timely", "signed"),
    ),
    Transition(
        "decline",
        "退签",
        "已退给填报人修改。",
        _states(State.AWAITING_SIGNATURE),
        State.DRAFT,
        _states(Role.UNIT_HEAD),
        needs_reason=True,
        falls_back=True,
    ),
    Transition(
        "withdraw",
        "撤回",
        "已撤回，可以继续修改；改好后请重新送审。",
        _states(State.AWAITING_SIGNATURE, State.SUBMITTED),
        State.DRAFT,
        _states(Role.PREPARER),
        open_year=True,
        falls_back=True,
        guards=("not_opened",),
    ),
    Transition(
        "open",
        "开始审核",
        "已开始审核，单位不能再自行撤回。",
        _states(State.SUBMITTED),
        None,
        BUREAU,
        guards=("unopened",),
    ),
    Transition(
        "ask_return",
        "申请退回",
        "已向审核人申请退回，请等候办理。",
        UNDER_REVIEW,
        None,
        DEPARTMENT,
        needs_reason=True,
        guards=("opened",),
    ),
    Transition(
        "pass_first",
        "初审通过",
        "初审已通过，等绩效股负责人复核。",
        _states(State.SUBMITTED),
        State.PASSED_FIRST,
        BUREAU,
        guards=("two_step", "not_own", "checked", "settled"),
    ),
    Transition(
        "return",
        "退回",
        "已退回，单位会看到您写的原因和全部未办结的意见。",
        UNDER_REVIEW,
        State.RETURNED,
        BUREAU,
        needs_reason=True,
    ),
    Transition(
        "approve",
        "批准",
        "已批准。",
        UNDER_REVIEW,
        State.APPROVED,
        BUREAU,
        guards=("second_step", "not_own", "checked", "settled"),
    ),
    Transition(
        "unapprove",
        "取消审核",
        "已取消审核，报告回到待审核。",
        _states(State.APPROVED),
        State.SUBMITTED,
        _states(Role.BUREAU_LEAD),
        needs_reason=True,
    ),
    Transition(
        "clear_secrecy",
        "保密审查",
        "保密审查意见已记录。",
        UNDER_REVIEW | _states(State.APPROVED),
        None,
        _states(Role.UNIT_HEAD),
        needs_reason=True,
    ),
    Transition(
        "publish",
        "公开",
        "已公开。",
        _states(State.APPROVED),
        State.PUBLISHED,
        _states(Role.BUREAU_LEAD),
        guards=("secrecy_cleared",),
    ),
    Transition(
        "unpublish",
        "撤销公开",
        "已撤销公开，报告回到已批准。",
        _states(State.PUBLISHED),
        State.APPROVED,
        _states(Role.BUREAU_LEAD),
        needs_reason=True,
    ),
    Transition(
        "void",
        "作废",
        "已作废，内容保留备查；该年度可以重新建立自评。",
        OPEN_STATES,
        State.VOIDED,
        _states(Role.PREPARER, Role.BUREAU_LEAD),
        needs_reason=True,
        freezes=True,
    ),
)

BY_ACTION: dict[str, Transition] = {transition.action: transition for transition in TRANSITIONS}
