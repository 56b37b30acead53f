"""The one door: who may do what with which evaluation, and what else a role permits.

Everything a page or service reads or changes of an evaluation begins with `get_evaluation` or `visible_to`.
Roles come from `Membership` alone and are read once per user object (one request). Whoever holds no role over
the department gets the same `Http404` for an existing and for an absent reference.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404

from indicators.models import IndicatorTemplate

from . import deadlines, guards
from .models import (
    DECIDED,
    OPEN_STATES,
    UNDER_REVIEW,
    Department,
    Evaluation,
    FiscalYear,
    Region,
    Role,
    State,
    User,
)
from .transitions import BY_ACTION, TRANSITIONS

ALL = frozenset(State)
#: What the bureau reads; a voided evaluation stands as it was when it was given up.
SENT = UNDER_REVIEW | DECIDED | {State.VOIDED}
#: What the superior union reads: what counts, never what was given up.
OBSERVED = SENT - {State.VOIDED}

#: What the department does: `reply` answers a reviewer's points, `rectify` says what was mended (整改).
DEPARTMENT = {"read": ALL, "read_submitted": ALL, "reply": OPEN_STATES | UNDER_REVIEW, "rectify": DECIDED}
#: What the bureau does: `review` is raising and settling points, scoring anew, judging explanations.
BUREAU = {
    "read": SENT,
    "read_submitted": SENT | {State.RETURNED},
    "review": UNDER_REVIEW,
    "confirm_rectification": DECIDED,
}

#: Actions of 整改, which stays with the department's evaluation.
RECTIFYING = frozenset({"rectify", "confirm_rectification"})

#: role → action → states. `read`: the content as it stands; `read_submitted`: only what submission froze;
#: `file_scan`: add the sealed scan of what was approved.
READING: dict[Role, dict[str, frozenset[State]]] = {
    Role.PREPARER: DEPARTMENT | {"edit": OPEN_STATES, "file_scan": DECIDED},
    Role.UNIT_HEAD: DEPARTMENT,
    Role.OBSERVER: {"read": OBSERVED, "read_submitted": OBSERVED | {State.RETURNED}},
    Role.REVIEWER: BUREAU,
    Role.BUREAU_LEAD: BUREAU | {"assign": UNDER_REVIEW},
}

#: What a role permits besides evaluations; `has_perm` answers these names.
PERMISSIONS: dict[str, frozenset[Role]] = {
    "indicators.view_templates": frozenset({Role.TEMPLATE_ADMIN, Role.BUREAU_LEAD}),
    "indicators.change_templates": frozenset({Role.TEMPLATE_ADMIN}),
    "indicators.publish_templates": frozenset({Role.TEMPLATE_ADMIN}),
    "evaluations.start": frozenset({Role.PREPARER}),
    "evaluations.issue_lines": frozenset({Role.BUREAU_LEAD}),
    "evaluations.manage_year": frozenset({Role.BUREAU_LEAD}),
    "evaluations.waive_signature": frozenset({Role.BUREAU_LEAD}),
    "evaluations.export_results": frozenset({Role.BUREAU_LEAD}),
    "evaluations.review": frozenset({Role.REVIEWER, Role.BUREAU_LEAD}),
    "evaluations.view_boards": frozenset({Role.REVIEWER, Role.BUREAU_LEAD}),
    "evaluations.manage_departments": frozenset({Role.SYSTEM_ADMIN}),
    "evaluations.manage_people": frozenset({Role.SYSTEM_ADMIN}),
    "evaluations.manage_own_people": frozenset({Role.UNIT_HEAD}),
    "evaluations.unlock": frozenset({Role.SECURITY_ADMIN}),
    "evaluations.view_log": frozenset({Role.AUDITOR, Role.SECURITY_ADMIN}),
}

VERBS = {
    "read": "查看",
    "read_submitted": "查看",
    "edit": "填写",
    "file_scan": "上传盖章扫描件",
    "reply": "答复",
    "review": "审核",
    "assign": "分派",
    "rectify": "整改",
    "confirm_rectification": "确认整改",
} | {transition.action: transition.label for transition in TRANSITIONS}

ABSENT = "没有找到这份自评。"
ABSENT_DEPARTMENT = "没有找到这个单位。"

#: Why content that once could be changed cannot be changed now, and what helps.
WHY_LOCKED = {
    State.SUBMITTED: "该自评已送审，内容不能修改。如需修改，请先撤回；审核人已开始审核的，请申请退回。",
    State.PASSED_FIRST: "该自评初审已通过，内容不能修改。如需修改，请申请退回。",
    State.APPROVED: "该自评已批准，内容不再修改。确需更正的，请联系财政局绩效股取消审核后退回。",
    State.PUBLISHED: "该自评已公开，内容不再修改。确需更正的，请联系财政局绩效股撤销公开。",
    State.VOIDED: "该自评已作废，内容不再修改；如需填报，请重新建立。",
}


def _table() -> dict[Role, dict[str, frozenset[State]]]:
    table = {role: dict(actions) for role, actions in READING.items()}
    for transition in TRANSITIONS:
        for role in transition.roles:
            table[role][transition.action] = transition.sources
    return table


#: role → action → states in which the role may act so on evaluations of its place.
TABLE = _table()


@dataclass(frozen=True, slots=True)
class Held:
    """A role in force: in one department, or in every region whose code begins with `prefix`."""

    role: Role
    department_id: int | None
    prefix: str

    def covers(self, region_code: str, department_id: int | None = None) -> bool:
        """Whether the role reaches a department (or, without one, everything of a region)."""
        if self.department_id is not None:
            return self.department_id == department_id
        return region_code.startswith(self.prefix)


def held(user: Any) -> tuple[Held, ...]:
    """The roles in force of a signed-in, active person; read once per user object."""
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return ()
    if not hasattr(user, "_held"):
        rows = user.memberships.filter(ended_at=None).values_list("role", "department_id", "region_id")
        user._held = tuple(
            Held(Role(role), department, Region(code=region).prefix if region else "")
            for role, department, region in rows
        )
    return user._held


def forget(user: User) -> None:
    """Read the roles of this user object anew next time (after granting or ending one)."""
    user.__dict__.pop("_held", None)


def roles(user: Any) -> frozenset[Role]:
    """The roles a person holds anywhere."""
    return frozenset(one.role for one in held(user))


def allowed(user: Any, evaluation: Evaluation) -> frozenset[str]:
    """The actions that the person may take on the evaluation in its present state."""
    roles = _roles_over(user, evaluation.department)
    who = guards.Actor(user.pk, roles)
    return frozenset(
        action
        for role in roles
        for action, states in TABLE.get(role, {}).items()
        if evaluation.state in states and not hindrance(evaluation, action, who)
    )


def acting(user: Any, evaluation: Evaluation) -> guards.Actor:
    """The person with the roles held over the evaluation's department."""
    return guards.Actor(user.pk, _roles_over(user, evaluation.department))


def hindrance(evaluation: Evaluation, action: str, who: guards.Actor | None = None) -> str:
    """What bars the action whatever the table says, as one sentence; "" when nothing does.

    A project's evaluation goes with its department's, a closed year takes no changes; and, for `who` wants to
    act, what the guards of a transition say.
    """
    transition = BY_ACTION.get(action)
    if action == "file_scan" and evaluation.parent_id:
        return "项目自评印在单位自评的报告里，盖章扫描件请在单位自评中上传。"
    if transition and evaluation.parent_id:
        return f"项目自评随单位自评一并办理，不能单独{transition.label}；请到单位自评中{transition.label}。"
    if evaluation.parent_id and action in RECTIFYING:
        return "项目自评的整改在单位自评中一并办理。"
    if evaluation.fiscal_year.closed and (action == "edit" or (transition and transition.open_year)):
        return (
            f"{evaluation.fiscal_year.year} 年度已关闭，不能{VERBS[action]}；如需补报，请联系财政局绩效股。"
        )
    if transition and who:
        return guards.bar(evaluation, who, transition.guards)
    return ""


def may_ever(user: Any, evaluation: Evaluation, action: str) -> bool:
    """Whether a role of the person includes the action in any state; raises `Http404` for strangers."""
    insiders = _insiders(user, evaluation)
    return any(action in TABLE[role] for role in insiders)


def require(user: Any, evaluation: Evaluation, action: str) -> None:
    """Pass whoever may take this action now; raises `Http404` for strangers, else `PermissionDenied`."""
    insiders = _insiders(user, evaluation)
    if action not in allowed(user, evaluation):
        raise PermissionDenied(_why_not(insiders, evaluation, action, acting(user, evaluation)))


def require_any(user: Any, evaluation: Evaluation, *actions: str) -> None:
    """As `require`, for whoever may take one of these actions; the refusal is that of the last one."""
    if not allowed(user, evaluation) & set(actions):
        require(user, evaluation, actions[-1])


def get_evaluation(user: Any, reference: str, action: str) -> Evaluation:
    """The evaluation, for a person who may take `action` on it now; raises as `require` does.

    It comes with department, region, fiscal year and template; the template's content is loaded when needed.
    """
    if "\x00" in reference:  # PostgreSQL has no such character
        raise Http404(ABSENT)
    try:
        evaluation = with_relations(Evaluation.objects.all()).get(reference=reference)
    except Evaluation.DoesNotExist:
        raise Http404(ABSENT) from None
    require(user, evaluation, action)
    return evaluation


def get_department(user: Any, code: str) -> Department:
    """The department, for whoever reads its reports; raises `Http404` for everybody else."""
    try:
        department = Department.objects.select_related("region").get(code=code)
    except Department.DoesNotExist:
        raise Http404(ABSENT_DEPARTMENT) from None
    if not any("read_submitted" in TABLE.get(role, ()) for role in _roles_over(user, department)):
        raise Http404(ABSENT_DEPARTMENT)
    return department


def with_relations(evaluations: QuerySet[Evaluation]) -> QuerySet[Evaluation]:
    """Join what every use of an evaluation needs.

    Not the template's content (100 kB, compiled once) and not the score sheet (computed anew). `extended_to`:
    until when its department's deadline was extended.
    """
    joined = evaluations.select_related(
        "department__region",
        "department__parent",
        "department__merged_into",
        "fiscal_year",
        "template",
        "parent",
        "reviewer",
    )
    return joined.defer("template__content", "sheet", "parent__sheet").annotate(
        extended_to=deadlines.EXTENDED_TO
    )


def visible_to(user: Any) -> QuerySet[Evaluation]:
    """All evaluations of which the person may read something, newest change first."""
    wanted = Q(pk__in=())
    for one in held(user):
        states = TABLE.get(one.role, {}).get("read_submitted")
        if states:
            wanted |= _place(one) & Q(state__in=states)
    return with_relations(Evaluation.objects.filter(wanted))


def public_years() -> QuerySet[FiscalYear]:
    """The years whose page anybody may read without signing in."""
    return FiscalYear.objects.filter(public_page=True).select_related("region")


def published() -> QuerySet[Evaluation]:
    """What anybody may read without signing in: published reports of years with a public page."""
    wanted = Evaluation.objects.whole().filter(state=State.PUBLISHED, fiscal_year__public_page=True)
    return with_relations(wanted)


def departments_of(user: Any, permission: str) -> QuerySet[Department]:
    """The departments in use for which the person has a permission of `PERMISSIONS`."""
    wanted = Q(pk__in=())
    for one in held(user):
        if one.role in PERMISSIONS[permission]:
            wanted |= (
                Q(pk=one.department_id)
                if one.department_id is not None
                else Q(region__code__startswith=one.prefix)
            )
    return Department.objects.filter(wanted, is_active=True).select_related("region")


class RoleBackend(ModelBackend):
    """Passwords as Django checks them; permissions from roles, never from groups or flags."""

    def user_can_authenticate(self, user: Any) -> bool:
        """Active people; demo accounts only in a demo (an installation may have begun as one)."""
        return super().user_can_authenticate(user) and (settings.DEMO or not user.is_demo)

    def has_perm(self, user: Any, permission: str, obj: object = None) -> bool:
        """Whether a role gives `permission` (of `obj`: a department, region, evaluation or template)."""
        place = _place_of(obj)
        return any(
            one.role in PERMISSIONS.get(permission, ()) and (place is None or one.covers(*place))
            for one in held(user)
        )

    def get_all_permissions(self, user: Any, obj: object = None) -> set[str]:
        return {permission for permission in PERMISSIONS if self.has_perm(user, permission, obj)}

    def has_module_perms(self, user: Any, app_label: str) -> bool:
        return any(name.startswith(f"{app_label}.") for name in self.get_all_permissions(user))


def _insiders(user: Any, evaluation: Evaluation) -> list[Role]:
    roles = [role for role in _roles_over(user, evaluation.department) if role in TABLE]
    if not roles:
        raise Http404(ABSENT)
    return roles


def _roles_over(user: Any, department: Department) -> list[Role]:
    """Roles in the department, in the one it was merged into, or in a region around it."""
    places = (department.pk, department.merged_into_id or department.pk)
    return [one.role for one in held(user) if any(one.covers(department.region_id, pk) for pk in places)]


def _place(one: Held) -> Q:
    if one.department_id is not None:
        return Q(department_id=one.department_id) | Q(department__merged_into_id=one.department_id)
    return Q(department__region__code__startswith=one.prefix)


def _place_of(obj: object) -> tuple[str, int | None] | None:
    if obj is None:
        return None
    if isinstance(obj, Evaluation):
        obj = obj.department
    if isinstance(obj, Department):
        return obj.region_id, obj.pk
    if isinstance(obj, Region):
        return obj.code, None
    if isinstance(obj, IndicatorTemplate):
        return obj.region_code, None
    raise TypeError(f"no place: {obj!r}")


def _why_not(roles: list[Role], evaluation: Evaluation, action: str, who: guards.Actor) -> str:
    """One sentence: whether the role or the state is in the way, and what helps."""
    states: dict[str, set[State]] = defaultdict(set)
    for role in roles:
        for name, where in TABLE[role].items():
            states[name] |= where
    verb, now = VERBS[action], evaluation.get_state_display()
    if not states[action]:
        names = "、".join(dict.fromkeys(role.label for role in roles))
        return f"您的角色（{names}）不能{verb}自评。"
    if action in ("read", "read_submitted"):
        return f"该自评目前为“{now}”，单位送审后才能查看。"
    if evaluation.state in states[action] and (sentence := hindrance(evaluation, action, who)):
        return sentence
    if action == "edit":
        if sentence := hindrance(evaluation, action):
            return sentence
        return WHY_LOCKED[State(evaluation.state)]
    wanted = "、".join(state.label for state in State if state in states[action])
    return f"该自评目前为“{now}”，只有“{wanted}”的自评才能{verb}。"
