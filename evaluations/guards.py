"""Conditions of transitions that the evaluation itself, its year and its department tell without a look-up.

Each gives one sentence that says what stands in the way and what helps, "" when nothing does. What needs a
look-up (open points, the checklist) is asked by `workflow` under the lock.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from . import deadlines
from .models import Evaluation, Role, State
from .wording import day


@dataclass(frozen=True, slots=True)
class Actor:
    """Who wants to act: the person's number and the roles held over the department."""

    pk: int | None
    roles: Collection[Role]


Guard = Callable[[Evaluation, Actor], str]


def _timely(evaluation: Evaluation, actor: Actor) -> str:
    return deadlines.bar(evaluation)


def _signature_needed(evaluation: Evaluation, actor: Actor) -> str:
    return "本单位免签，直接送审即可。" if evaluation.department.unsigned else ""


def _signed(evaluation: Evaluation, actor: Actor) -> str:
    """The 单位负责人 signs by sending."""
    if evaluation.department.unsigned or Role.UNIT_HEAD in actor.roles:
        return ""
    if evaluation.state == State.AWAITING_SIGNATURE:
        return "已送单位负责人签字，签字后随即送审；不必重复送签。"
    return "本单位的自评由单位负责人签字后送审，请点“送签”。"


def _not_opened(evaluation: Evaluation, actor: Actor) -> str:
    if evaluation.state != State.SUBMITTED or evaluation.opened_at is None:
        return ""
    return f"审核人已于{day(evaluation.opened_at)}开始审核，不能自行撤回；请“申请退回”，写明要改什么。"


def _unopened(evaluation: Evaluation, actor: Actor) -> str:
    return "已经开始审核，不必重复。" if evaluation.opened_at else ""


def _opened(evaluation: Evaluation, actor: Actor) -> str:
    return "" if evaluation.opened_at else "审核人还没有开始审核，可以直接撤回，不必申请退回。"


def _two_step(evaluation: Evaluation, actor: Actor) -> str:
    return "" if evaluation.fiscal_year.two_step else "该年度只审核一次，不分初审和复核，请直接批准。"


def _second_step(evaluation: Evaluation, actor: Actor) -> str:
    """The second step is another person's than the first; where two are asked for, the lead's."""
    first_passed = evaluation.state == State.PASSED_FIRST
    if first_passed and actor.pk is not None and evaluation.passed_by_id == actor.pk:
        return "初审和复核应由两个人办理，您已办理初审，请由另一人复核。"
    if not evaluation.fiscal_year.two_step:
        return ""
    if not first_passed:
        return "该年度分初审、复核两步，请先办理初审。"
    return "" if Role.BUREAU_LEAD in actor.roles else "初审已通过，复核由绩效股负责人办理。"


def _secrecy_cleared(evaluation: Evaluation, actor: Actor) -> str:
    if evaluation.secrecy_at:
        return ""
    return "还没有保密审查意见，不能公开；请单位负责人先在报告页填写保密审查意见。"


GUARDS: dict[str, Guard] = {
    "timely": _timely,
    "signature_needed": _signature_needed,
    "signed": _signed,
    "not_opened": _not_opened,
    "unopened": _unopened,
    "opened": _opened,
    "two_step": _two_step,
    "second_step": _second_step,
    "secrecy_cleared": _secrecy_cleared,
}


def bar(evaluation: Evaluation, actor: Actor, names: Collection[str]) -> str:
    """The sentence of the first of these guards that bars the way; names of others are passed over."""
    sentences = (GUARDS[name](evaluation, actor) for name in names if name in GUARDS)
    return next(filter(None, sentences), "")
