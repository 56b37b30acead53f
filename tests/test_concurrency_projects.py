"""Two people at once in a department and its projects, with controls as in `test_concurrency`."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

import pytest

from evaluations import assessing, budgeting, drafting, facts, projects, snapshots, workflow
from evaluations.errors import Locked, Refused
from evaluations.models import Department, Evaluation, SectionData, Snapshot, State
from evaluations.sections import Posted
from tests import people
from tests import projects as of_projects
from tests.people import Cast
from tests.projects import AID, HALL
from tests.threads import PATIENCE, at_once

pytestmark = pytest.mark.django_db(transaction=True)

SAVERS = 6


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
            lambda: workflow.perform("submit", parent, cast.unit_head),
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
        workflow.perform("submit", parent, cast.unit_head)
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
