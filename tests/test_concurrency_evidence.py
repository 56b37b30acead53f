"""Two uploads for the last place: one is stored, the other told. Beside it the same without the guard."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.core.files.storage import default_storage
from django.db import connection

from evaluations import evidence, workflow
from evaluations.models import Evaluation, Evidence, Snapshot
from tests.evaluations.test_evidence import stored
from tests.files import picture, sent
from tests.people import Cast
from tests.threads import PATIENCE, at_once

pytestmark = pytest.mark.django_db(transaction=True)

SENDERS = 4


def senders(one: Evaluation, by: Cast) -> list[Callable[[], object]]:
    """Each sends another picture."""

    def deed(number: int) -> Callable[[], object]:
        content = picture(size=(10 + number, 10))
        mine = Evaluation.objects.select_related("department__region", "fiscal_year", "template").get(
            pk=one.pk
        )
        return lambda: evidence.attach(mine, "money", f"照片{number}.png", sent("x", content), by.preparer)

    return [deed(number) for number in range(SENDERS)]


def test_of_several_uploads_for_the_last_place_one_is_stored(
    cast: Cast, ready: Evaluation, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(evidence, "MAX_FILES", 1)
    outcomes = at_once(senders(ready, cast))
    assert sorted(outcomes) == ["Invalid"] * (SENDERS - 1) + ["done"]
    assert stored() == {Evidence.objects.get().key}


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time anyway")
def test_control_without_the_lock_more_are_stored_than_there_are_places(
    cast: Cast, ready: Evaluation, monkeypatch: pytest.MonkeyPatch
):
    """All have counted before one writes."""
    counted = threading.Barrier(SENDERS)
    refuse_more = evidence._refuse_more

    def refuse_and_wait(*given: object) -> None:
        refuse_more(*given)
        counted.wait(PATIENCE)

    monkeypatch.setattr(evidence, "MAX_FILES", 1)
    monkeypatch.setattr(evidence, "lock", lambda one: one)
    monkeypatch.setattr(evidence, "_refuse_more", refuse_and_wait)
    assert at_once(senders(ready, cast)) == ["done"] * SENDERS
    assert Evidence.objects.count() == SENDERS > evidence.MAX_FILES


def test_what_arrives_while_the_report_is_sent_is_in_the_version_or_refused(cast: Cast, ready: Evaluation):
    deeds = [
        *senders(ready, cast)[:2],
        lambda: workflow.perform("submit", ready, cast.unit_head, summary="换了佐证材料。"),
    ]
    outcomes = at_once(deeds)
    assert outcomes[2] == "done"
    assert set(outcomes) <= {"done", "Locked"}
    listed = {one["id"] for one in Snapshot.objects.get().content["evidence"]}
    assert listed == set(Evidence.objects.values_list("pk", flat=True))
    assert len(stored()) == len(listed) == outcomes[:2].count("done")
    for key in stored():
        assert default_storage.size(key)
