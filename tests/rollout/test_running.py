"""The run: it may stop anywhere and goes on, one failure stops no other, its cost for each does not grow."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from evaluations import creating, workflow
from evaluations.models import Department, Evaluation, Event, Membership, Notice, Role
from evaluations.rollout import moving, running, targets
from indicators.models import IndicatorTemplate
from tests import people, versions
from tests.people import Cast
from tests.versions import report

DRAFTS = 7


@pytest.fixture
def drafts(cast: Cast) -> list[Evaluation]:
    """Seven departments' complete drafts, of which 103 % were spent."""
    year = people.fiscal_year()
    found = []
    for number in range(DRAFTS):
        place = Department.objects.create(
            code=f"unit-{number}", name=f"单位{number}", region=cast.department.region
        )
        one = creating.start_evaluation(place, year, None)
        people.save(one, "work", people.COMPLETE["work"])
        people.save(one, "money", people.Posted(fields={"budget": "100", "spent": "103"}))
        found.append(one)
    return found


@pytest.fixture
def published(drafts: list[Evaluation]) -> IndicatorTemplate:
    """A stricter version, of which no draft knows yet."""
    return versions.publish(report(), versions.stricter)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three drafts in a transaction."""
    monkeypatch.setattr(running, "CHUNK", 3)


def left() -> int:
    return targets.waiting(targets.targets("small")).count()


def totals() -> set[str]:
    return {str(total) for total in Evaluation.objects.values_list("total", flat=True)}


def test_the_command_moves_all_and_prints_its_figures(published: IndicatorTemplate):
    out = StringIO()
    call_command("rescore_drafts", "small", stdout=out)
    assert out.getvalue() == (
        "改用新版 7 份，其中得分变化 7 份、章节重新打开 0 份；送签失效 0 份；没有办成 0 份。\n"
    )
    assert (left(), totals()) == (0, {"5.00"})
    call_command("rescore_drafts", "small", json=True, stdout=(again := StringIO()))
    assert json.loads(again.getvalue()) == {
        "moved": 0, "rescored": 0, "reopened": 0, "lapsed": 0, "failed": []
    }  # fmt: skip
    assert Event.objects.filter(action="template_moved").count() == DRAFTS


def test_an_unknown_code_is_refused(db: None, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ended:
        call_command("rescore_drafts", "smal")
    assert ended.value.code == 2
    assert "没有代码为“smal”的指标模板" in capsys.readouterr().err


def test_a_run_that_stops_in_the_middle_loses_nothing_and_goes_on(
    published: IndicatorTemplate, few: None, monkeypatch: pytest.MonkeyPatch
):
    write, chunks = moving.notices.about_all, []

    def power_cut(events: list[Event]) -> None:
        """The second transaction does not get to its end."""
        chunks.append(len(events))
        if len(chunks) == 2:
            raise KeyboardInterrupt
        write(events)

    monkeypatch.setattr(moving.notices, "about_all", power_cut)
    with pytest.raises(KeyboardInterrupt):
        running.run("small")
    assert left() == DRAFTS - 3
    assert Event.objects.filter(action="template_moved").count() == 3
    assert running.run("small").moved == DRAFTS - 3
    assert (left(), totals()) == (0, {"5.00"})
    assert Event.objects.filter(action="template_moved").count() == DRAFTS


def test_one_that_fails_is_named_and_stops_no_other(
    published: IndicatorTemplate, drafts: list[Evaluation], few: None, capsys: pytest.CaptureFixture[str]
):
    broken = drafts[2].sections.get(code="money")
    broken.content["tables"] = {"T1": [{"use": "没有行号"}]}
    broken.save()
    with pytest.raises(SystemExit) as ended:
        call_command("rescore_drafts", "small", stdout=StringIO())
    assert ended.value.code == 1
    assert capsys.readouterr().err == "2024-unit-2：没有办成，原因见操作日志。\n"
    assert left() == 1
    drafts[2].refresh_from_db()
    assert drafts[2].template.version == 1
    assert drafts[2].events.get(action="template_move_failed").detail["reason"] == "KeyError：'id'"
    running.run("small")  # the same reason is not noted again and again
    assert drafts[2].events.filter(action="template_move_failed").count() == 1
    broken.content["tables"] = {}
    broken.save()
    assert running.run("small").moved == 1


def test_what_the_database_refuses_is_tried_one_by_one(
    published: IndicatorTemplate, drafts: list[Evaluation], few: None, monkeypatch: pytest.MonkeyPatch
):
    write = moving.events.record_all

    def refuse(events: list[Event]) -> None:
        if any(event.evaluation_id == drafts[1].pk for event in events):
            raise ValueError("too long")
        write(events)

    monkeypatch.setattr(moving.events, "record_all", refuse)
    outcome = running.run("small")
    assert (outcome.moved, outcome.failed) == (DRAFTS - 1, ["2024-unit-1"])
    assert left() == 1


def test_statements_for_a_chunk_do_not_grow_with_its_drafts(
    published: IndicatorTemplate, drafts: list[Evaluation]
):
    where, counted = targets.targets("small"), []
    for pks in ([drafts[0].pk], [one.pk for one in drafts[1:3]], [one.pk for one in drafts[3:]]):
        with CaptureQueriesContext(connection) as queries:
            assert moving.move(pks, where).moved == len(pks)
        counted.append(len(queries))
    assert counted[1] == counted[2]
    assert counted[1] <= 13


def test_a_draft_that_comes_back_from_review_follows(cast: Cast, ready: Evaluation, monkeypatch):
    workflow.perform("submit", ready, cast.unit_head)
    versions.publish(report(), versions.stricter)
    woken = []
    monkeypatch.setattr(running.BACKGROUND, "wake", lambda: woken.append(True))
    workflow.perform("withdraw", ready, cast.preparer)
    assert woken == [True]
    assert running.run().moved == 1


def test_going_on_by_hand_is_for_whoever_publishes(
    cast: Cast, published: IndicatorTemplate, django_capture_on_commit_callbacks
):
    for user in (cast.bureau_lead, cast.template_admin):  # hers is a county, the template the prefecture's
        with pytest.raises(PermissionDenied):
            running.resume(user, published)
    admin = people.person("zhibiao")
    Membership.objects.create(user=admin, role=Role.TEMPLATE_ADMIN, region_id="433100")
    with django_capture_on_commit_callbacks(execute=True):
        running.resume(admin, published)
    assert left() == 0
    assert Event.objects.get(action="continue_rollout").actor == admin


def test_nobody_is_told_twice(published: IndicatorTemplate, cast: Cast, drafts: list[Evaluation]):
    people.person("kuaiji", Role.PREPARER, drafts[0].department)
    running.run()
    running.run()
    assert Notice.objects.filter(kind="template_moved").count() == 1
