"""Two people at once: exactly one effect, and the loser is told.

Real threads on a real database. Each guard has a control beside it: the same deed without the guard, in which
the race does happen. Without the control a green test would prove nothing.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection, transaction

from evaluations import budgeting, creating, drafting, facts, snapshots, units, workflow
from evaluations.errors import Conflict, Locked, Refused
from evaluations.models import (
    BudgetGrid,
    BudgetLine,
    Department,
    Evaluation,
    Event,
    FieldChange,
    SectionData,
    Snapshot,
    State,
)
from evaluations.sections import Posted
from tests import people
from tests.people import Cast
from tests.threads import PATIENCE, at_once

pytestmark = pytest.mark.django_db(transaction=True)

SAVERS = 6


def quota(evaluation: Evaluation) -> str:
    return SectionData.objects.get(evaluation=evaluation, code="money").content["fields"]["quota"]


# ── one section, many savers ──


def test_of_many_savers_one_saves_and_all_others_are_told(cast: Cast, ready: Evaluation):
    revision = ready.sections.get(code="money").revision
    traces = FieldChange.objects.count()

    def save(number: int) -> Callable[[], object]:
        posted = Posted(fields={"quota": str(20 + number)})
        return lambda: drafting.save_section(ready, "money", posted, revision, cast.preparer)

    outcomes = at_once([save(number) for number in range(SAVERS)])
    assert Counter(outcomes) == {"done": 1, Conflict.__name__: SAVERS - 1}
    winner = outcomes.index("done")
    assert quota(ready) == str(20 + winner)
    assert ready.sections.get(code="money").revision == revision + 1
    assert FieldChange.objects.count() == traces + 1


def test_control_without_lock_and_revision_savings_are_lost(ready: Evaluation):
    all_have_read = threading.Barrier(SAVERS)

    def save(number: int) -> Callable[[], object]:
        def deed() -> None:
            row = SectionData.objects.get(evaluation=ready, code="money")
            all_have_read.wait(PATIENCE)
            row.content["fields"]["quota"] = str(20 + number)
            row.revision += 1
            row.save()

        return deed

    before = ready.sections.get(code="money").revision
    outcomes = at_once([save(number) for number in range(SAVERS)])
    assert outcomes == ["done"] * SAVERS  # everybody was told "saved" …
    assert ready.sections.get(code="money").revision == before + 1  # … and one was


def test_different_sections_are_saved_side_by_side(cast: Cast, ready: Evaluation):
    money = ready.sections.get(code="money").revision
    work = ready.sections.get(code="work").revision
    outcomes = at_once(
        [
            lambda: drafting.save_section(ready, "money", Posted({"quota": "21"}), money, cast.preparer),
            lambda: drafting.save_section(ready, "work", Posted({"A03-2": "否"}), work, cast.preparer),
        ]
    )
    assert outcomes == ["done", "done"]
    ready.refresh_from_db()
    assert str(ready.total) == "9.00"  # the header knows of both


def test_of_many_grids_one_is_saved(cast: Cast, ready: Evaluation):
    revision = budgeting.grid_of(ready.department, 2024).revision

    def save(number: int) -> Callable[[], object]:
        rows = [{"functional": "2012901", "executed": str(number + 1)}]
        return lambda: budgeting.save_grid(ready.department, 2024, rows, revision, cast.preparer)

    outcomes = at_once([save(number) for number in range(SAVERS)])
    assert Counter(outcomes) == {"done": 1, Conflict.__name__: SAVERS - 1}
    assert BudgetLine.objects.get().executed == (outcomes.index("done") + 1) * 10_000


# ── submitting ──


def test_many_submit_and_one_counts(cast: Cast, ready: Evaluation):
    outcomes = at_once([lambda: workflow.perform("submit", ready, cast.unit_head)] * SAVERS)
    assert Counter(outcomes) == {"done": 1, Refused.__name__: SAVERS - 1}
    assert Snapshot.objects.count() == 1
    assert Event.objects.filter(action="submit").count() == 1
    ready.refresh_from_db()
    assert (ready.state, ready.version) == (State.SUBMITTED, 1)


def test_control_without_the_lock_two_submissions_pass_the_check(cast: Cast, ready: Evaluation):
    both_have_looked = threading.Barrier(2)
    passed = []

    def submit() -> None:
        evaluation = Evaluation.objects.get(pk=ready.pk)
        if evaluation.state == State.DRAFT:
            both_have_looked.wait(PATIENCE)
            passed.append(evaluation.state)
            Evaluation.objects.filter(pk=ready.pk).update(
                state=State.SUBMITTED, version=evaluation.version + 1
            )

    assert at_once([submit, submit]) == ["done", "done"]
    assert len(passed) == 2


@pytest.mark.parametrize("round_", range(5))
def test_an_autosave_never_slips_in_behind_a_submission(cast: Cast, ready: Evaluation, round_: int):
    revision = ready.sections.get(code="money").revision
    posted = Posted(fields={"quota": "21"})
    submitted, saved = at_once(
        [
            lambda: workflow.perform("submit", ready, cast.unit_head),
            lambda: drafting.save_section(ready, "money", posted, revision, cast.preparer),
        ]
    )
    assert submitted == "done"
    assert saved in ("done", Locked.__name__)
    snapshot = Snapshot.objects.get()
    assert snapshot.content["sections"]["money"]["fields"]["quota"] == quota(ready)
    assert quota(ready) == ("21" if saved == "done" else "10")
    ready.refresh_from_db()
    assert facts.facts_from_content(snapshot.content) == facts.facts_of(ready)
    assert snapshots.verify(snapshot) == []


def test_control_without_the_lock_an_autosave_slips_in(cast: Cast, ready: Evaluation):
    looked, sent = threading.Event(), threading.Event()

    def save() -> None:
        row = SectionData.objects.select_related("evaluation").get(evaluation=ready, code="money")
        assert row.evaluation.editable
        looked.set()
        sent.wait(PATIENCE)
        row.content["fields"]["quota"] = "21"
        row.save()

    def submit() -> None:
        looked.wait(PATIENCE)
        workflow.perform("submit", ready, cast.unit_head)
        sent.set()

    assert at_once([save, submit]) == ["done", "done"]
    assert quota(ready) == "21"
    assert Snapshot.objects.get().content["sections"]["money"]["fields"]["quota"] == "10"


# ── deciding ──


@pytest.mark.parametrize("round_", range(3))
def test_withdrawn_returned_or_approved_but_only_one(cast: Cast, ready: Evaluation, round_: int):
    workflow.perform("submit", ready, cast.unit_head)
    outcomes = at_once(
        [
            lambda: workflow.perform("withdraw", ready, cast.preparer),
            lambda: workflow.perform("approve", ready, cast.reviewer),
            lambda: workflow.perform("return", ready, cast.bureau_lead, "请核对编制数"),
        ]
    )
    assert Counter(outcomes) == {"done": 1, Refused.__name__: 2}
    ready.refresh_from_db()
    assert ready.state == [State.DRAFT, State.APPROVED, State.RETURNED][outcomes.index("done")]
    assert Event.objects.filter(action__in=("withdraw", "approve", "return")).count() == 1


def test_one_evaluation_a_year_however_many_begin_it(cast: Cast):
    year = people.fiscal_year()
    outcomes = at_once([lambda: creating.start_evaluation(cast.department, year, cast.preparer)] * 4)
    assert Counter(outcomes) == {"done": 1, Refused.__name__: 3}
    assert Evaluation.objects.count() == 1
    assert SectionData.objects.count() == 3


# ── voiding ──


@pytest.mark.parametrize("round_", range(3))
def test_voided_or_sent_but_not_both(cast: Cast, ready: Evaluation, round_: int):
    outcomes = at_once(
        [
            lambda: workflow.perform("submit", ready, cast.unit_head),
            lambda: workflow.perform("void", ready, cast.bureau_lead, "单位合并，不再单独填报"),
        ]
    )
    assert Counter(outcomes) == {"done": 1, Refused.__name__: 1}
    snapshot = Snapshot.objects.get()
    assert snapshot.content["evaluation"]["state"] == Evaluation.objects.get(pk=ready.pk).state


# ── budget lines of a year that is just being started ──


@pytest.mark.parametrize("round_", range(5))
def test_lines_saved_while_the_year_is_started_count_in_it(cast: Cast, round_: int):
    year = people.fiscal_year()
    rows = [{"functional": "2012901", "executed": "5"}]
    outcomes = at_once(
        [
            lambda: budgeting.save_grid(cast.department, 2024, rows, 0, cast.preparer),
            lambda: creating.start_evaluation(cast.department, year, cast.preparer),
        ]
    )
    assert outcomes == ["done", "done"]
    executed = BudgetLine.objects.get().executed
    assert Evaluation.objects.get().budget_executed == executed > 0


def test_control_without_the_departments_lock_the_header_does_not_know_of_the_lines(cast: Cast):
    year = people.fiscal_year()
    looked, started = threading.Event(), threading.Event()

    def save() -> None:
        assert not Evaluation.objects.exists()
        grid = BudgetGrid.objects.create(department=cast.department, year=2024)
        looked.set()
        started.wait(PATIENCE)
        BudgetLine.objects.create(grid=grid, row="00a1", order=0, functional="2012901", executed=5)

    def start() -> None:
        looked.wait(PATIENCE)
        creating.start_evaluation(cast.department, year, cast.preparer)
        started.set()

    assert at_once([save, start]) == ["done", "done"]
    assert Evaluation.objects.get().budget_executed is None


def saved_while(unit: Department, deed: Callable[[], object]) -> list[str]:
    """`unit` saves lines while the transaction of `deed` is still open."""
    done, saved = threading.Event(), threading.Event()
    rows = [{"functional": "2012901", "executed": "1"}]

    def first() -> None:
        with transaction.atomic():
            deed()
            done.set()
            saved.wait(PATIENCE)

    def second() -> None:
        done.wait(PATIENCE)
        try:
            budgeting.save_grid(unit, 2024, rows, 0, None)
        finally:
            saved.set()

    return at_once([first, second])


@pytest.mark.parametrize("guarded", [True, False])
def test_lines_of_a_unit_count_in_a_report_that_is_just_being_begun(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, guarded: bool
):
    if connection.vendor == "sqlite":
        pytest.skip("SQLite lets one transaction write at a time")
    unit = people.department("baojing-wg", "保靖县工人文化宫")
    unit.parent = cast.department
    unit.save()
    year = people.fiscal_year()
    if not guarded:
        monkeypatch.setattr(units, "compute_anew", lambda reports: None)
    begin = partial(creating.start_evaluation, cast.department, year, None)
    assert saved_while(unit, begin) == ["done", "done"]
    assert Evaluation.objects.get().budget_executed == (1 if guarded else None)
