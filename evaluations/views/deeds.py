"""The buttons of the transition table: what a person may do with a report now, and what a button asks."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from evaluations.models import Evaluation, Role, State
from evaluations.transitions import BY_ACTION, Transition

#: What a reason has to tell, in the empty box.
ASKS = {
    "return": "写清要改什么，至少 5 个字；单位会看到这段话和未办结的意见",
    "decline": "写清要改什么，填报人会看到",
    "ask_return": "写清要改什么，审核人会看到",
    "unapprove": "写清为什么取消，单位会看到",
    "unpublish": "写清为什么撤下",
    "clear_secrecy": "写清由谁审查、是否含有不宜公开的内容",
}
#: What the button does, where its word does not say it.
TELLS = {
    "open": "开始审核以后，单位不能再自行撤回。",
    "withdraw": "撤回后回到草稿，审核人在您再次送审之前看不到这份报告；已定稿的版本仍然保留。",
    "ask_return": "审核人已经开始审核，不能自行撤回；申请后由审核人退回。",
    "unapprove": "取消后报告回到待审核，可以退回或重新批准。",
    "publish": "公开后任何人都能在公开页看到这份报告（不含经办人姓名和电话）。",
    "unpublish": "撤销后公开页上不再有这份报告。",
    "clear_secrecy": "公开以前须有保密审查意见；可以修改，以最后一次为准。",
}
FIRST = ("approve", "pass_first", "open", "submit", "publish")


@dataclass(frozen=True, slots=True)
class Deed:
    """One button; `asks`: the empty box of its reason ("" where none is needed)."""

    action: str
    label: str
    asks: str
    tells: str
    primary: bool


def deeds(evaluation: Evaluation, actions: Collection[str], roles: Collection[Role]) -> list[Deed]:
    """What may be done with the report now, in the order of the table; voiding has a place of its own."""
    return [
        _deed(one, evaluation, roles)
        for action, one in BY_ACTION.items()
        if action in actions and action != "void"
    ]


def _deed(transition: Transition, evaluation: Evaluation, roles: Collection[Role]) -> Deed:
    action, label = transition.action, transition.label
    if action == "submit" and Role.UNIT_HEAD in roles:
        label = "签字并送审"
    if action == "approve" and evaluation.state == State.PASSED_FIRST:
        label = "复核通过，批准"
    asks = ASKS.get(action, "写清为什么") if transition.needs_reason else ""
    unbegun = action in ("approve", "pass_first") and evaluation.opened_at is None
    return Deed(action, label, asks, TELLS.get(action, ""), action in FIRST and not unbegun)
