"""Last year's figures stand in this year's report: when they change, nobody signs what was shown before."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from evaluations import workflow
from evaluations.models import Evaluation, Event, Notice, Role, State
from evaluations.sections import Posted
from tests import people, reviewing
from tests.people import Cast

SUMMARY = "编制数按编办批文更正为 12 人。"


@pytest.fixture
def returned(cast: Cast) -> Evaluation:
    """The report of 2023, sent once and returned."""
    ready = people.complete(people.evaluation(cast, 2023))
    workflow.perform("submit", ready, cast.unit_head)
    return workflow.perform("return", ready, cast.reviewer, reviewing.ASKED)


@pytest.fixture
def awaiting(cast: Cast, returned: Evaluation) -> Evaluation:
    """That of 2024, which waits for the signature meanwhile."""
    return asked(cast, people.complete(people.evaluation(cast, 2024)))


def asked(cast: Cast, one: Evaluation) -> Evaluation:
    return workflow.perform("request_signature", one, cast.preparer)


@pytest.fixture
def committed(django_capture_on_commit_callbacks) -> Callable[[], object]:
    return lambda: django_capture_on_commit_callbacks(execute=True)


def test_a_changed_figure_of_last_year_takes_the_signature_back(
    cast: Cast, returned: Evaluation, awaiting: Evaluation, committed
):
    people.save(returned, "money", Posted(fields={"quota": "12"}), cast.preparer)
    with committed():
        workflow.perform("submit", reviewing.read(returned), cast.unit_head, summary=SUMMARY)
    awaiting.refresh_from_db()
    assert awaiting.state == State.DRAFT
    event = Event.objects.get(action="signature_lapsed")
    assert (event.evaluation, event.actor) == (awaiting, None)
    told = Notice.objects.filter(kind="signature_lapsed").values_list("recipient__username", flat=True)
    assert set(told) == {"preparer", "unit-head"}


def test_other_words_alone_leave_it_to_be_signed(
    cast: Cast, returned: Evaluation, awaiting: Evaluation, committed
):
    people.save(returned, "work", Posted(texts={"t-work": "# 帮扶\n慰问困难职工四十人次。"}), cast.preparer)
    with committed():
        workflow.perform("submit", reviewing.read(returned), cast.unit_head, summary="文字按意见改写。")
    awaiting.refresh_from_db()
    assert awaiting.state == State.AWAITING_SIGNATURE


def test_last_year_given_up_takes_it_back_too(
    cast: Cast, returned: Evaluation, awaiting: Evaluation, committed
):
    with committed():
        workflow.perform("void", reviewing.read(returned), cast.preparer, "填错了年度，重新建立。")
    awaiting.refresh_from_db()
    assert awaiting.state == State.DRAFT


def test_other_departments_are_left_alone(cast: Cast, returned: Evaluation, awaiting: Evaluation, committed):
    sister = people.department("baojing-jyj", "保靖县教育局")
    head = people.person("head", Role.UNIT_HEAD, sister)
    theirs = people.complete(people.evaluation(sister, 2023))
    with committed():
        workflow.perform("submit", theirs, head)
    awaiting.refresh_from_db()
    assert awaiting.state == State.AWAITING_SIGNATURE
