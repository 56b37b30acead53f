"""The one transition table (送审 撤回 退回 批准 作废): who may bring an evaluation from where to where."""

from __future__ import annotations

from dataclasses import dataclass

from .models import Role, State


@dataclass(frozen=True, slots=True)
class Transition:
    """One row: `action` by one of `roles` brings an evaluation from any of `sources` to `target`.

    `label` is the verb on the button, `done` what the state of affairs is called afterwards (message, log).
    `asks`: findings that must be put right or explained stand in the way. `freezes`: a snapshot is taken.
    `open_year`: not once the year is closed (年度已关闭).
    """

    action: str
    label: str
    done: str
    sources: frozenset[State]
    target: State
    roles: frozenset[Role]
    needs_reason: bool = False
    asks: bool = False
    freezes: bool = False
    open_year: bool = False


TRANSITIONS: tuple[Transition, ...] = (
    Transition(
        "submit",
        "送审",
        "已送审",
        frozenset({State.DRAFT, State.RETURNED}),
        State.SUBMITTED,
        frozenset({Role.PREPARER, Role.UNIT_HEAD}),
        asks=True,
        freezes=True,
        open_year=True,
    ),
    Transition(
        "withdraw",
        "撤回",
        "已撤回",
        frozenset({State.SUBMITTED}),
        State.DRAFT,
        frozenset({Role.PREPARER}),
        open_year=True,
    ),
    Transition(
        "return",
        "退回",
        "已退回",
        frozenset({State.SUBMITTED}),
        State.RETURNED,
        frozenset({Role.REVIEWER, Role.BUREAU_LEAD}),
        needs_reason=True,
    ),
    Transition(
        "approve",
        "批准",
        "已批准",
        frozenset({State.SUBMITTED}),
        State.APPROVED,
        frozenset({Role.REVIEWER, Role.BUREAU_LEAD}),
    ),
    Transition(
        "void",
        "作废",
        "已作废",
        frozenset({State.DRAFT, State.RETURNED}),
        State.VOIDED,
        frozenset({Role.PREPARER, Role.BUREAU_LEAD}),
        needs_reason=True,
        freezes=True,
    ),
)

BY_ACTION: dict[str, Transition] = {transition.action: transition for transition in TRANSITIONS}
