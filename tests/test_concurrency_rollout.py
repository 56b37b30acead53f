"""A department types while a new version of its template is rolled out: nothing typed is lost, and nothing is
scored by rules that no longer hold. Real threads; the guard has a control beside it."""

from __future__ import annotations

import threading

import pytest

from evaluations import access, assessing, drafting, workflow
from evaluations.errors import Conflict
from evaluations.models import Evaluation, Event, SectionData, State
from evaluations.rollout import moving, running, targets
from evaluations.sections import Posted
from indicators.models import IndicatorTemplate
from tests import versions
from tests.people import Cast
from tests.threads import PATIENCE, at_once, overlapping
from tests.versions import report

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def publish(ready: Evaluation, monkeypatch: pytest.MonkeyPatch):
    """The next version of the small template; no draft follows before a test says so."""

    def _publish(*edits: versions.Edit) -> IndicatorTemplate:
        with monkeypatch.context() as patch:
            patch.setattr(running, "run", lambda code: None)
            return versions.publish(report(), *edits)

    return _publish


def as_opened(one: Evaluation) -> Evaluation:
    """The draft as a request reads it that began before the run."""
    found = access.with_relations(Evaluation.objects.filter(pk=one.pk)).get()
    assert found.template.version == 1
    return found


def agrees(one: Evaluation) -> Evaluation:
    """The draft, whose score is that of its own template for what is stored."""
    found = as_now(one)
    assert found.sheet == assessing.assess(found).sheet.as_json()
    return found


def as_now(one: Evaluation) -> Evaluation:
    return Evaluation.objects.select_related("template").get(pk=one.pk)


def budget(one: Evaluation) -> str:
    return SectionData.objects.get(evaluation=one, code="money").content["fields"]["budget"]


@pytest.mark.parametrize("round_", range(3))
def test_an_autosave_and_the_run_both_count(cast: Cast, ready: Evaluation, publish, round_: int):
    new = publish(versions.stricter)
    revision = ready.sections.get(code="money").revision
    opened = as_opened(ready)
    posted = Posted(fields={"budget": "85"})  # 90 of 85: 5 % too much
    saved, ran = at_once(
        [
            lambda: drafting.save_section(opened, "money", posted, revision, cast.preparer),
            lambda: running.run("small"),
        ]
    )
    assert (saved, ran) == ("done", "done")
    found = agrees(ready)
    assert (found.template, budget(ready)) == (new, "850000")
    assert found.sheet["lines"][0]["score"] == "0"


def test_whoever_saves_after_the_run_saves_by_the_new_version(cast: Cast, ready: Evaluation, publish):
    """The request read the draft before it was moved and waits for the lock meanwhile."""
    publish(versions.stricter)
    opened, revision = as_opened(ready), ready.sections.get(code="money").revision
    where = targets.targets("small")

    def save() -> None:
        drafting.save_section(opened, "money", Posted(fields={"budget": "88"}), revision, cast.preparer)

    assert overlapping(lambda: moving.move([ready.pk], where), save) == ["done", "done"]
    found = agrees(ready)
    assert (found.template.version, budget(ready)) == (2, "880000")
    assert found.total == assessing.assess(found).sheet.total


def test_control_without_the_lock_it_is_scored_by_rules_that_no_longer_hold(
    cast: Cast, ready: Evaluation, publish, monkeypatch: pytest.MonkeyPatch
):
    publish(versions.stricter)
    opened, revision = as_opened(ready), ready.sections.get(code="money").revision
    moved = threading.Event()

    def unlocked(evaluation: Evaluation, actor: object) -> Evaluation:
        moved.wait(PATIENCE)
        return evaluation

    monkeypatch.setattr(drafting, "lock_for_editing", unlocked)
    moving.move([ready.pk], targets.targets("small"))
    moved.set()
    drafting.save_section(opened, "money", Posted(fields={"budget": "88"}), revision, cast.preparer)
    found = as_now(ready)
    assert found.template.version == 2
    assert found.sheet != assessing.assess(found).sheet.as_json()


def test_a_page_whose_boxes_are_others_by_now_meets_a_conflict(cast: Cast, ready: Evaluation, publish):
    publish(versions.without_remark)
    opened, revision = as_opened(ready), ready.sections.get(code="money").revision
    where = targets.targets("small")
    posted = Posted(fields={"remark": "新写的备注"})

    def save() -> None:
        drafting.save_section(opened, "money", posted, revision, cast.preparer)

    outcomes = overlapping(lambda: moving.move([ready.pk], where), save)
    assert outcomes == ["done", Conflict.__name__]
    agrees(ready)


def test_what_is_sent_at_that_moment_is_sent_by_one_version(cast: Cast, ready: Evaluation, publish):
    publish(versions.stricter)
    opened = as_opened(ready)
    sent, ran = at_once(
        [lambda: workflow.perform("submit", opened, cast.unit_head), lambda: running.run("small")]
    )
    assert (sent, ran) == ("done", "done")
    found = as_now(ready)
    snapshot = found.snapshots.get()
    assert found.state == State.SUBMITTED
    assert snapshot.content["template"]["hash"] == found.template.content_hash
    assert snapshot.content["sheet"] == found.sheet


def test_two_runs_at_once_move_each_draft_once(ready: Evaluation, publish):
    publish(versions.stricter)
    assert at_once([lambda: running.run("small"), lambda: running.run("small")]) == ["done", "done"]
    assert Event.objects.filter(action="template_moved").count() == 1
    assert agrees(ready).template.version == 2


def test_publishing_ends_before_anybody_is_moved(cast: Cast, ready: Evaluation):
    """In a command the run follows the commit, so that a refused publication moves nothing."""
    new = versions.publish(report(), versions.stricter)
    assert agrees(ready).template == new
