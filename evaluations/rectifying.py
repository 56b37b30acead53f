"""整改: problems of an approved report become tasks; the department reports, the bureau confirms (销号).

One service for each change, all by the table `STEPS`: each locks the evaluation, reads the task anew, checks
right and state, writes, and logs, in one transaction. Whoever comes second is told what has been done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from . import access, events, listing, notices
from .errors import Invalid, Refused
from .locking import lock
from .models import Evaluation, Rectification, RectificationState, Region, User
from .wording import day
from .writing import demanded

OPEN, ANSWERED, REDO, CONFIRMED = RectificationState
UNFINISHED = (OPEN, REDO, ANSWERED)
#: With the department: what may be overdue.
WITH_DEPARTMENT = (OPEN, REDO)

#: Rights over an evaluation (see `access.READING`): of the department, and of the bureau.
DEPARTMENT, BUREAU = "rectify", "confirm_rectification"

MOST_TASKS = 200
LONGEST_YEARS = 5
LONGEST = 1000
#: So many days before its date the department is reminded of a task.
REMINDERS = (7, 1)


@dataclass(frozen=True, slots=True)
class Step:
    """One row: whoever has the `right` over the evaluation brings a task from any of `sources` to `target`.

    `target` None: the task stays where it is. `label` is the verb of the button.
    """

    action: str
    label: str
    right: str
    sources: tuple[RectificationState, ...]
    target: RectificationState | None


STEPS: tuple[Step, ...] = (
    Step("answer", "反馈", DEPARTMENT, WITH_DEPARTMENT, ANSWERED),
    Step("redo", "退回重做", BUREAU, (ANSWERED,), REDO),
    Step("confirm", "销号", BUREAU, (ANSWERED,), CONFIRMED),
    Step("reopen", "撤销销号", BUREAU, (CONFIRMED,), REDO),
    Step("change", "调整", BUREAU, UNFINISHED, None),
)
BY_ACTION = {step.action: step for step in STEPS}


@dataclass(frozen=True, slots=True)
class Task:
    """A problem to be listed. `source` is the location that it was proposed from."""

    problem: str
    measure: str = ""
    source: str = ""


@transaction.atomic
def add(
    evaluation: Evaluation,
    actor: User,
    tasks: Sequence[Task],
    *,
    due_on: date,
    responsible: str = "",
    request: HttpRequest | None = None,
) -> list[Rectification]:
    """列出 tasks with one due date, by the bureau or the department; those already listed are left out.

    Raises `Http404` for strangers, `PermissionDenied`, `Invalid`, and `Refused` when the report is not
    approved or everything has been listed before.
    """
    current = lock(evaluation)
    _demand(actor, current, DEPARTMENT, BUREAU)
    due_on, responsible = _day(due_on), demanded("责任人", responsible, least=0, most=60)
    if not tasks:
        raise Invalid("请勾选或写出至少一个问题。")
    before = {one.problem for one in current.rectifications.all()}
    wanted: dict[str, Rectification] = {}
    number = current.rectifications.aggregate(last=Max("number"))["last"] or 0
    for task in tasks:
        problem = demanded("问题", task.problem, most=LONGEST)
        if problem in before or problem in wanted:
            continue
        wanted[problem] = Rectification(
            evaluation=current,
            number=number + len(wanted) + 1,
            problem=problem,
            measure=demanded("整改措施", task.measure, least=0, most=LONGEST),
            responsible=responsible,
            due_on=due_on,
            source=task.source,
            created_by=actor,
        )
    if not wanted:
        raise Refused("这些问题已经列为整改事项，不必重复列出。")
    if number + len(wanted) > MOST_TASKS:
        raise Invalid(f"一份自评最多列 {MOST_TASKS} 项整改，已有 {number} 项，请合并后再列。")
    added = Rectification.objects.bulk_create(wanted.values())
    for one in added:
        detail = {"number": one.number, "problem": one.problem, "due_on": one.due_on.isoformat()}
        event = events.record(actor, "add_rectification", evaluation=current, detail=detail, request=request)
    notices.about(event)  # of many listed at once, once
    return added


@transaction.atomic
def answer(
    task: Rectification, actor: User, text: str, *, request: HttpRequest | None = None
) -> Rectification:
    """反馈: the department says what was done, in 5 to 1000 characters."""
    current = _hold(task, actor, BY_ACTION["answer"])
    words = demanded("反馈", text, most=LONGEST)
    columns = {"feedback": words, "feedback_by": actor, "feedback_at": timezone.now()}
    return _move(current, actor, BY_ACTION["answer"], columns, {"feedback": words}, request)


@transaction.atomic
def redo(
    task: Rectification, actor: User, reason: str, *, seen: str = "", request: HttpRequest | None = None
) -> Rectification:
    """退回重做 with a reason of 5 to 1000 characters. `seen`: `mark` of the feedback that was read."""
    current = _hold(task, actor, BY_ACTION["redo"], seen)
    words = demanded("退回重做的原因", reason, most=LONGEST)
    return _move(current, actor, BY_ACTION["redo"], {"remark": words}, {"reason": words}, request)


@transaction.atomic
def confirm(
    task: Rectification, actor: User, remark: str = "", *, seen: str = "", request: HttpRequest | None = None
) -> Rectification:
    """销号: it is done, with a remark where there is something to say. `seen` as in `redo`."""
    current = _hold(task, actor, BY_ACTION["confirm"], seen)
    words = demanded("意见", remark, least=0, most=LONGEST)
    columns = {"remark": words, "confirmed_by": actor, "confirmed_at": timezone.now()}
    return _move(current, actor, BY_ACTION["confirm"], columns, {"reason": words}, request)


@transaction.atomic
def reopen(
    task: Rectification, actor: User, reason: str, *, seen: str = "", request: HttpRequest | None = None
) -> Rectification:
    """撤销销号 with a reason of 5 to 1000 characters: the department has the task again."""
    current = _hold(task, actor, BY_ACTION["reopen"], seen)
    words = demanded("撤销销号的原因", reason, most=LONGEST)
    columns = {"remark": words, "confirmed_by": None, "confirmed_at": None}
    return _move(current, actor, BY_ACTION["reopen"], columns, {"reason": words}, request)


@transaction.atomic
def change(
    task: Rectification,
    actor: User,
    *,
    measure: str,
    responsible: str,
    due_on: date,
    request: HttpRequest | None = None,
) -> Rectification:
    """调整 measure, responsible person or due date of what is not confirmed; the log keeps what was before.

    A due date that stays may have passed, a new one may not. Changing nothing leaves no trace.
    """
    current = _hold(task, actor, BY_ACTION["change"])
    columns = {
        "measure": demanded("整改措施", measure, least=0, most=LONGEST),
        "responsible": demanded("责任人", responsible, least=0, most=60),
        "due_on": due_on if due_on == current.due_on else _day(due_on),
    }
    before = {name: getattr(current, name) for name in columns}
    if before == columns:
        return current
    changed = [name for name in columns if before[name] != columns[name]]
    detail = {
        "before": [str(before[name]) for name in changed],
        "after": [str(columns[name]) for name in changed],
    }
    return _move(current, actor, BY_ACTION["change"], columns, detail, request)


@transaction.atomic
def remind_due() -> int:
    """Remind of what is to be mended 7 days and 1 day before its date, once each; of how many reports' dates.

    A day on which this was not called is made up for on the next.
    """
    today = timezone.localdate()
    found = Rectification.objects.filter(
        evaluation__state__in=access.DECIDED,
        state__in=WITH_DEPARTMENT,
        due_on__range=(today, today + timedelta(days=max(REMINDERS))),
    )
    related = ("evaluation__department", "evaluation__fiscal_year")
    by_date: dict[tuple[Evaluation, date], list[Rectification]] = {}
    for task in found.select_related(*related).defer("evaluation__sheet").order_by("due_on", "pk"):
        by_date.setdefault((task.evaluation, task.due_on), []).append(task)
    people = notices.members({_successor(evaluation) for evaluation, _ in by_date})
    count = 0
    for (evaluation, due_on), tasks in by_date.items():
        left = (due_on - today).days
        step = min(days for days in REMINDERS if left <= days)
        told = notices.tell(
            people.get(_successor(evaluation), ()),
            "remind_rectification",
            f"{evaluation}有 {len(tasks)} 项整改的期限是 {day(due_on)}"
            f"（{f'还剩 {left} 天' if left else '今天到期'}），请整改并反馈。",
            "rectification",
            evaluation=evaluation,
            key=f"rectify-{evaluation.pk}-{due_on}-{step}",
        )
        if told:
            count += 1
            detail = {"count": len(tasks), "due_on": due_on.isoformat()}
            events.record(None, "remind_rectification", evaluation=evaluation, detail=detail)
    return count


def _successor(evaluation: Evaluation) -> int:
    """The number of the department whose people act for the evaluation's."""
    return evaluation.department.merged_into_id or evaluation.department_id


def demand(actor: User, evaluation: Evaluation, action: str) -> None:
    """Raises `PermissionDenied` for whoever may never take this step over tasks of the evaluation."""
    step = BY_ACTION[action]
    if not access.may_ever(actor, evaluation, step.right):
        raise PermissionDenied(f"您的角色不能办理整改的{step.label}。")


def mark(task: Rectification) -> str:
    """What a page keeps of the feedback it shows, to be held against the task when a button is pressed."""
    return task.feedback_at.isoformat() if task.feedback_at else ""


def late(task: Rectification, today: date | None = None) -> int:
    """By how many days the department is overdue with the task; 0 when it is not."""
    if task.state not in WITH_DEPARTMENT:
        return 0
    return max(((today or timezone.localdate()) - task.due_on).days, 0)


def steps(actions: frozenset[str], task: Rectification) -> frozenset[str]:
    """What a person with these rights over the evaluation may do with the task now."""
    return frozenset(step.action for step in STEPS if step.right in actions and task.state in step.sources)


def across(
    user: User,
    *,
    year: int | None = None,
    region: str | None = None,
    state: str | None = None,
    late: bool = False,
    text: str | None = None,
) -> QuerySet[Rectification]:
    """The tasks of all departments where `user` opens the boards; without `state` the unfinished ones.

    `state` may be `all`; `text` is searched in the department's name and in the problem.
    """
    found = Rectification.objects.filter(
        evaluation__department__region__in=listing.regions(user, "evaluations.view_boards"),
        evaluation__state__in=access.DECIDED,
    )
    if year:
        found = found.filter(evaluation__fiscal_year__year=year)
    if region:
        found = found.filter(evaluation__department__region__code__startswith=Region(code=region).prefix)
    if late:
        found = found.filter(due_on__lt=timezone.localdate(), state__in=WITH_DEPARTMENT)
    if state and state != "all":
        found = found.filter(state=state)
    elif not state:
        found = found.filter(state__in=UNFINISHED)
    if text:
        found = found.filter(Q(evaluation__department__name__icontains=text) | Q(problem__icontains=text))
    related = ("evaluation__department__region", "evaluation__fiscal_year")
    return found.select_related(*related).defer("evaluation__sheet")


def _demand(actor: User, evaluation: Evaluation, *rights: str) -> None:
    """Raises `Http404` for strangers, `PermissionDenied`, `Refused` in a state that is not decided."""
    if not any([access.may_ever(actor, evaluation, right) for right in rights]):
        raise PermissionDenied("您的角色不能办理整改。")
    if sentence := access.hindrance(evaluation, rights[0]):
        raise Refused(sentence)
    if evaluation.state not in access.DECIDED:
        raise Refused(f"该自评目前为“{evaluation.get_state_display()}”，批准以后才能办理整改。")


def _hold(task: Rectification, actor: User, step: Step, seen: str = "") -> Rectification:
    """The task as it is now, held until the transaction ends, for a step that may be taken."""
    _demand(actor, lock(task.evaluation), step.right)
    current = Rectification.objects.select_for_update(of=("self",)).get(pk=task.pk)
    current.evaluation = task.evaluation
    now = current.get_state_display()
    if step.target and current.state == step.target:
        raise Refused(f"整改第 {current.number} 项{now}，不必重复办理。")
    if current.state not in step.sources:
        wanted = "、".join(state.label for state in step.sources)
        raise Refused(f"整改第 {current.number} 项目前为“{now}”，只有“{wanted}”的才能{step.label}。")
    if seen and seen != mark(current):
        raise Refused(f"整改第 {current.number} 项在您打开本页后有了新的反馈，请看过再办理。")
    return current


def _move(
    current: Rectification,
    actor: User,
    step: Step,
    columns: dict[str, Any],
    detail: dict[str, Any],
    request: HttpRequest | None,
) -> Rectification:
    if step.target:
        columns["state"] = step.target
    for name, value in columns.items():
        setattr(current, name, value)
    current.save(update_fields=list(columns))
    event = events.record(
        actor,
        f"{step.action}_rectification",
        evaluation=current.evaluation,
        detail={"number": current.number, **detail},
        request=request,
    )
    notices.about(event)
    return current


def _day(due_on: date) -> date:
    today = timezone.localdate()
    if due_on < today:
        raise Invalid(f"整改期限 {day(due_on)} 已经过去，请填今天（{day(today)}）或以后的日期。")
    if due_on.year > today.year + LONGEST_YEARS:
        raise Invalid(f"整改期限 {day(due_on)} 太远，最多 {LONGEST_YEARS} 年，请核对年份。")
    return due_on
