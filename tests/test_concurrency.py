"""Two people at once: exactly one effect, and the loser is told.

Real threads on a real database. Each guard has a control beside it: the same deed without the guard, in which
the race does happen. Without the control a green test would prove nothing.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial

import pytest
from django.db import connection, transaction

from evaluations import assessing, budgeting, creating, drafting, facts, projects, snapshots, units, workflow
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
from tests import projects as of_projects
from tests.people import Cast
from tests.projects import AID, HALL

pytestmark = pytest.mark.django_db(transaction=True)

SAVERS = 6
PATIENCE = 60  # seconds; a thread that waits longer has hung


def at_once(deeds: Sequence[Callable[[], object]]) -> list[str]:
    """Run all deeds at the same time, each in a thread with its own connection; the name of each outcome."""
    start = threading.Barrier(len(deeds))
    outcomes = ["hung"] * len(deeds)

    def run(number: int, deed: Callable[[], object]) -> None:
        try:
            start.wait(PATIENCE)
            deed()
            outcomes[number] = "done"
        except Exception as error:
            outcomes[number] = type(error).__name__
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair, daemon=True) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    return outcomes


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    return people.cast()


@pytest.fixture
def ready(cast: Cast) -> Evaluation:
    return people.complete(people.evaluation(cast))


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
    outcomes = at_once([lambda: workflow.submit(ready, cast.preparer)] * SAVERS)
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
            lambda: workflow.submit(ready, cast.preparer),
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
        workflow.submit(ready, cast.preparer)
        sent.set()

    assert at_once([save, submit]) == ["done", "done"]
    assert quota(ready) == "21"
    assert Snapshot.objects.get().content["sections"]["money"]["fields"]["quota"] == "10"


# ── deciding ──


@pytest.mark.parametrize("round_", range(3))
def test_withdrawn_returned_or_approved_but_only_one(cast: Cast, ready: Evaluation, round_: int):
    workflow.submit(ready, cast.preparer)
    outcomes = at_once(
        [
            lambda: workflow.withdraw(ready, cast.preparer),
            lambda: workflow.approve(ready, cast.reviewer),
            lambda: workflow.return_(ready, cast.bureau_lead, "请核对编制数"),
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


# ── projects ──


@pytest.fixture
def parent(cast: Cast) -> Evaluation:
    return of_projects.evaluation(cast)


def test_a_project_is_begun_once_however_many_begin_it(cast: Cast, parent: Evaluation):
    outcomes = at_once([lambda: projects.start_project(parent, HALL, cast.preparer)] * SAVERS)
    assert Counter(outcomes) == {"done": 1, Refused.__name__: SAVERS - 1}
    child = parent.projects.get()
    assert (child.reference, child.sections.count()) == (f"{parent.reference}-p1", 1)


def test_two_projects_begun_at_once_have_numbers_of_their_own(cast: Cast, parent: Evaluation):
    outcomes = at_once([lambda name=name: projects.start_project(parent, name, None) for name in (HALL, AID)])
    assert outcomes == ["done", "done"]
    references = parent.projects.order_by("reference").values_list("reference", flat=True)
    assert list(references) == [f"{parent.reference}-p1", f"{parent.reference}-p2"]
    parent.refresh_from_db()
    assert parent.must_fix == sum(parent.projects.values_list("must_fix", flat=True))


def test_control_without_the_lock_both_pass_the_check(parent: Evaluation):
    both_have_looked = threading.Barrier(2)

    def begin() -> None:
        number = parent.projects.count() + 1
        assert not parent.projects.filter(project=HALL).exists()
        both_have_looked.wait(PATIENCE)
        Evaluation.objects.create(
            reference=f"{parent.reference}-p{number}",
            department=parent.department,
            fiscal_year=parent.fiscal_year,
            template=parent.template,
            parent=parent,
            project=HALL,
        )

    # Only the database's own constraint is left to notice; the person would see an error page.
    assert sorted(at_once([begin, begin])) == ["IntegrityError", "done"]


def goal(evaluation: Evaluation) -> str:
    return SectionData.objects.get(evaluation=evaluation, code="form").content["fields"]["goal"]


@pytest.mark.parametrize("round_", range(5))
def test_a_save_of_a_project_never_slips_in_behind_its_departments_submission(
    cast: Cast, parent: Evaluation, round_: int
):
    child, _ = of_projects.complete(parent)
    revision = child.sections.get(code="form").revision
    posted = Posted(fields={"goal": "改了"})
    submitted, saved = at_once(
        [
            lambda: workflow.submit(parent, cast.preparer),
            lambda: drafting.save_section(child, "form", posted, revision, cast.preparer),
        ]
    )
    assert submitted == "done"
    assert saved in ("done", Locked.__name__)
    snapshot = Snapshot.objects.get()
    frozen = facts.part_of(snapshot.content, child.reference)
    assert frozen["sections"]["form"]["fields"]["goal"] == goal(child)
    assert goal(child) == ("改了" if saved == "done" else "按期完成")
    child.refresh_from_db()
    assert child.state == State.SUBMITTED
    assert snapshots.verify(snapshot) == []


def test_control_without_the_departments_lock_a_project_changes_behind_it(cast: Cast, parent: Evaluation):
    child, _ = of_projects.complete(parent)
    looked, sent = threading.Event(), threading.Event()

    def save() -> None:
        row = SectionData.objects.select_related("evaluation").get(evaluation=child, code="form")
        assert row.evaluation.editable
        looked.set()
        sent.wait(PATIENCE)
        row.content["fields"]["goal"] = "改了"
        row.save()

    def submit() -> None:
        looked.wait(PATIENCE)
        workflow.submit(parent, cast.preparer)
        sent.set()

    assert at_once([save, submit]) == ["done", "done"]
    frozen = facts.part_of(Snapshot.objects.get().content, child.reference)
    assert (goal(child), frozen["sections"]["form"]["fields"]["goal"]) == ("改了", "按期完成")


@pytest.mark.parametrize("round_", range(3))
def test_two_projects_and_their_department_are_saved_side_by_side(
    cast: Cast, parent: Evaluation, round_: int
):
    one, other = of_projects.complete(parent)
    revisions = {
        evaluation.pk: evaluation.sections.get(code=step).revision
        for evaluation, step in ((one, "form"), (other, "form"), (parent, "money"))
    }

    def save(evaluation: Evaluation, step: str, posted: Posted) -> Callable[[], object]:
        return lambda: drafting.save_section(evaluation, step, posted, revisions[evaluation.pk], None)

    outcomes = at_once(
        [
            save(one, "form", Posted(fields={"P02-level": "差", "P02-reason": "延期"})),
            save(other, "form", Posted(fields={"goal": ""})),
            save(parent, "money", Posted(fields={"quota": ""})),
        ]
    )
    assert outcomes == ["done"] * 3
    parent.refresh_from_db()
    assert parent.must_fix == 2  # no quota, no goal: the header knows of all three
    figures = assessing.assess(parent).figures.values
    assert figures["points"] == 15


# ── voiding ──


@pytest.mark.parametrize("round_", range(3))
def test_voided_or_sent_but_not_both(cast: Cast, ready: Evaluation, round_: int):
    outcomes = at_once(
        [
            lambda: workflow.submit(ready, cast.preparer),
            lambda: workflow.void(ready, cast.bureau_lead, "单位合并，不再单独填报"),
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


@pytest.mark.parametrize("round_", range(3))
def test_lines_of_a_unit_and_of_its_superior_are_saved_side_by_side(
    cast: Cast, parent: Evaluation, round_: int
):
    unit = people.department("baojing-wg", "保靖县工人文化宫")
    unit.parent = cast.department
    unit.save()
    people.evaluation(unit)
    revision = budgeting.grid_of(cast.department, 2024).revision

    def save(department: Department, revision: int, executed: str) -> Callable[[], object]:
        rows = [{"functional": "2012901", "executed": executed}]
        return lambda: budgeting.save_grid(department, 2024, rows, revision, None)

    outcomes = at_once([save(unit, 0, "1"), save(cast.department, revision, "2")])
    assert outcomes == ["done", "done"]
    parent.refresh_from_db()
    assert parent.budget_executed == 30_000


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
        monkeypatch.setattr(units, "_recount", lambda departments: None)
    begin = partial(creating.start_evaluation, cast.department, year, None)
    assert saved_while(unit, begin) == ["done", "done"]
    assert Evaluation.objects.get().budget_executed == (1 if guarded else None)
