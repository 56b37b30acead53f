"""The whole table of 整改: every state of a task × action × person, and every state of the report."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404

from evaluations import access, rectifying
from evaluations.errors import Refused
from evaluations.models import Evaluation, Event, Rectification, Role, State, User
from evaluations.models import RectificationState as Task
from tests.people import Cast

from .conftest import soon

PERSONS = (*map(str, Role), "stranger", "newcomer")
DEPARTMENT, BUREAU = ("preparer", "unit_head"), ("reviewer", "bureau_lead")

#: As the manual prints it: everything else is refused.
ALLOWED = {
    **{(who, state, "answer"): Task.ANSWERED for who in DEPARTMENT for state in (Task.OPEN, Task.REDO)},
    **{(who, Task.ANSWERED, "redo"): Task.REDO for who in BUREAU},
    **{(who, Task.CONFIRMED, "reopen"): Task.REDO for who in BUREAU},
    **{(who, Task.ANSWERED, "confirm"): Task.CONFIRMED for who in BUREAU},
    **{(who, state, "change"): state for who in BUREAU for state in (Task.OPEN, Task.ANSWERED, Task.REDO)},
}
SERVICES: dict[str, Callable[[Rectification, User], Rectification]] = {
    "answer": lambda task, actor: rectifying.answer(task, actor, "已经按月分析支出"),
    "redo": lambda task, actor: rectifying.redo(task, actor, "请附上分析材料"),
    "confirm": lambda task, actor: rectifying.confirm(task, actor, "材料齐全"),
    "reopen": lambda task, actor: rectifying.reopen(task, actor, "抽查发现没有做完"),
    "change": lambda task, actor: rectifying.change(
        task, actor, measure="按季分析", responsible="财务室", due_on=soon(60)
    ),
}


class Undo(Exception):
    """Ends a trial without leaving anything behind."""


def bring(task: Rectification, state: str, cast: Cast) -> Rectification:
    """The task in a state, reached by the way that leads there."""
    if state != Task.OPEN:
        task = rectifying.answer(task, cast.preparer, "已经开会研究")
    if state == Task.REDO:
        task = rectifying.redo(task, cast.reviewer, "请写明结果")
    if state == Task.CONFIRMED:
        task = rectifying.confirm(task, cast.reviewer)
    return Rectification.objects.select_related("evaluation__department__region").get(pk=task.pk)


def facts(task: Rectification) -> tuple:
    return (*Rectification.objects.values_list().get(pk=task.pk), Event.objects.count())


@pytest.mark.parametrize("action", SERVICES)
@pytest.mark.parametrize("state", Task)
def test_the_whole_table(cast: Cast, task: Rectification, state: Task, action: str):
    task = bring(task, state, cast)
    before = facts(task)
    for who in PERSONS:
        target = ALLOWED.get((who, state, action))
        if target is None:
            with pytest.raises((Http404, PermissionDenied, Refused)):
                SERVICES[action](task, cast[who])
            assert facts(task) == before, who
            continue
        with pytest.raises(Undo), transaction.atomic():
            SERVICES[action](task, cast[who])
            assert Rectification.objects.get(pk=task.pk).state == target
            event = Event.objects.first()
            assert (event.actor, event.action) == (cast[who], f"{action}_rectification")
            assert event.evaluation == task.evaluation
            assert event.detail["number"] == task.number
            assert facts(task)[-1] == before[-1] + 1
            raise Undo


def test_the_code_has_no_step_beyond_the_manual():
    people = {rectifying.DEPARTMENT: DEPARTMENT, rectifying.BUREAU: BUREAU}
    table = {
        (who, source, step.action): step.target or source
        for step in rectifying.STEPS
        for who in people[step.right]
        for source in step.sources
    }
    assert table == ALLOWED


@pytest.mark.parametrize("state", [state for state in State if state not in access.DECIDED])
def test_nothing_moves_while_the_report_is_not_approved(cast: Cast, task: Rectification, state: State):
    """Taken back, a report's tasks stay as they are until it is approved again."""
    Evaluation.objects.filter(pk=task.evaluation_id).update(state=state)
    before = facts(task)
    for action, who in (("answer", "preparer"), ("change", "reviewer")):
        with pytest.raises(Refused, match="批准以后才能办理整改"):
            SERVICES[action](task, cast[who])
    with pytest.raises(Refused):
        rectifying.add(task.evaluation, cast.reviewer, [rectifying.Task("又一个问题")], due_on=soon())
    assert facts(task) == before


@pytest.mark.parametrize("who", PERSONS)
def test_department_and_bureau_list_tasks_and_nobody_else(cast: Cast, approved: Evaluation, who: str):
    def add() -> list[Rectification]:
        return rectifying.add(approved, cast[who], [rectifying.Task("公用经费超支")], due_on=soon())

    if who in (*DEPARTMENT, *BUREAU):
        assert [one.number for one in add()] == [1]
        assert Event.objects.first().action == "add_rectification"
        return
    with pytest.raises((Http404, PermissionDenied)):
        add()
    assert not Rectification.objects.exists()
