"""Two people at once over the same task, with a control that shows the race without the lock."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any

import pytest
from django.db.models import QuerySet

from evaluations import rectifying
from evaluations.errors import Refused
from evaluations.models import Evaluation, Event, Rectification
from tests import people
from tests.boarding import county
from tests.people import Cast
from tests.threads import PATIENCE, at_once

from .conftest import soon

pytestmark = pytest.mark.django_db(transaction=True)

MANY = 5


@pytest.fixture
def approved(cast: Cast) -> Evaluation:
    return county.brought(people.complete(people.evaluation(cast)), "approved")


@pytest.fixture
def task(cast: Cast, approved: Evaluation) -> Rectification:
    (one,) = rectifying.add(approved, cast.reviewer, [rectifying.Task("公用经费超支")], due_on=soon())
    return rectifying.answer(one, cast.preparer, "已经开会研究")


def fresh(task: Rectification) -> Rectification:
    """As a request of its own reads it."""
    rows = Rectification.objects.select_related("evaluation__department", "evaluation__fiscal_year")
    return rows.get(pk=task.pk)


@pytest.mark.parametrize("round_", range(3))
def test_confirmed_or_sent_back_never_both(cast: Cast, task: Rectification, round_: int):
    outcomes = at_once(
        [
            lambda: rectifying.confirm(fresh(task), cast.reviewer),
            lambda: rectifying.redo(fresh(task), cast.bureau_lead, "请写明结果"),
        ]
    )
    assert sorted(outcomes) == [Refused.__name__, "done"]
    task.refresh_from_db()
    assert task.state == ("confirmed" if outcomes[0] == "done" else "redo")
    decided = Event.objects.filter(action__in=("confirm_rectification", "redo_rectification"))
    assert decided.count() == 1


def test_the_same_is_listed_once_however_many_list_it(cast: Cast, approved: Evaluation):
    def add() -> None:
        one = Evaluation.objects.select_related("department", "fiscal_year").get(pk=approved.pk)
        rectifying.add(one, cast.preparer, [rectifying.Task("资产没有盘点")], due_on=soon())

    assert Counter(at_once([add] * MANY)) == {"done": 1, Refused.__name__: MANY - 1}
    assert [one.number for one in approved.rectifications.all()] == [1]


def test_control_without_the_lock_both_decide(
    cast: Cast, task: Rectification, monkeypatch: pytest.MonkeyPatch
):
    """Each looks, finds the feedback undecided, and writes: the second undoes the first without a word.

    Without transactions: on SQLite one that writes is itself the lock.
    """
    both_have_looked = threading.Barrier(2)
    write = rectifying._move

    def move(*args: Any) -> Rectification:
        both_have_looked.wait(PATIENCE)
        return write(*args)

    monkeypatch.setattr(rectifying, "lock", lambda evaluation: evaluation)
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **options: rows.all())
    monkeypatch.setattr(rectifying, "_move", move)
    confirm, redo = rectifying.confirm.__wrapped__, rectifying.redo.__wrapped__
    outcomes = at_once(
        [
            lambda: confirm(fresh(task), cast.reviewer),
            lambda: redo(fresh(task), cast.bureau_lead, "请写明结果"),
        ]
    )
    assert outcomes == ["done", "done"]
    decided = Event.objects.filter(action__in=("confirm_rectification", "redo_rectification"))
    assert decided.count() == 2, "销号 and 退回重做 of the same feedback"
