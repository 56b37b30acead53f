"""A page that shows version 1 decides nothing about version 2, which has been sent meanwhile."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from evaluations import judging, points, rescoring, workflow, worksheets
from evaluations.errors import Refused
from evaluations.models import Evaluation, Event, FiscalYear, State, Thread, User
from evaluations.sections import Posted
from tests.people import Cast, save
from tests.reviewing import ANSWERED, ASKED, read, sent_with_explanation
from tests.threads import overlapping

pytestmark = pytest.mark.django_db(transaction=True)

REASON = "请按批文核对编制数"


@pytest.fixture
def sent(cast: Cast, ready: Evaluation) -> Evaluation:
    return workflow.perform("submit", ready, cast.unit_head)


def send_again(evaluation: Evaluation, cast: Cast) -> Evaluation:
    """Withdrawn, changed, and sent as the second version."""
    workflow.perform("withdraw", evaluation, cast.preparer)
    save(evaluation, "money", Posted(fields={"quota": "12"}), cast.preparer)
    return workflow.perform("submit", evaluation, cast.unit_head)


#: Everything that a reviewer does with the first version on the screen.
ON_FIRST: dict[str, Callable[[Evaluation, User, str], object]] = {
    "open": lambda one, actor, _: workflow.perform("open", one, actor, version=1),
    "return": lambda one, actor, _: workflow.perform("return", one, actor, REASON, version=1),
    "approve": lambda one, actor, _: workflow.perform("approve", one, actor, version=1),
    "raise_point": lambda one, actor, _: points.raise_point(one, "", REASON, actor, version=1),
    "reply": lambda one, actor, _: points.reply(Thread.objects.get(), REASON, actor, version=1),
    "settle_point": lambda one, actor, _: points.settle(Thread.objects.get(), actor, version=1),
    "judge": lambda one, actor, finding: judging.judge(one, finding, True, "", actor, version=1),
    "review_score": lambda one, actor, _: rescoring.review_score(one, "A02", "2", REASON, actor, version=1),
    "save_worksheet": lambda one, actor, _: worksheets.save(one, {}, "拟批准", 0, actor, version=1),
}


@pytest.mark.parametrize("deed", ON_FIRST)
def test_nothing_is_done_to_a_version_that_nobody_has_seen(cast: Cast, ready: Evaluation, deed: str):
    sent, fingerprint = sent_with_explanation(cast, ready)
    points.raise_point(sent, "money.quota", ASKED, cast.reviewer)
    stale = read(sent)
    workflow.perform("return", sent, cast.reviewer, REASON)
    points.reply(Thread.objects.get(), ANSWERED, cast.preparer)
    save(sent, "money", Posted(fields={"quota": "12"}), cast.preparer)
    workflow.perform("submit", sent, cast.unit_head, summary=ANSWERED)
    before = (Event.objects.count(), Evaluation.objects.values().get(pk=sent.pk))
    with pytest.raises(Refused, match=r"^您看的是第 1 版，单位已重新送审第 2 版，请看新版后再办理。$"):
        ON_FIRST[deed](stale, cast.reviewer, fingerprint)
    assert (Event.objects.count(), Evaluation.objects.values().get(pk=sent.pk)) == before


def test_a_first_review_is_of_the_version_that_was_seen(cast: Cast, sent: Evaluation):
    FiscalYear.objects.update(two_step=True)
    send_again(read(sent), cast)
    with pytest.raises(Refused, match="第 2 版"):
        workflow.perform("pass_first", sent, cast.reviewer, version=1)
    assert workflow.perform("pass_first", sent, cast.reviewer, version=2).state == State.PASSED_FIRST


@pytest.mark.parametrize("seen", [1, None])
def test_an_approval_never_slips_onto_a_version_that_is_just_being_sent(
    cast: Cast, sent: Evaluation, seen: int | None
):
    """The control is the same click without the number of what it was decided on."""
    unit, bureau = read(sent), read(sent)
    outcomes = overlapping(
        lambda: send_again(unit, cast),
        lambda: workflow.perform("approve", bureau, cast.reviewer, version=seen),
    )
    assert outcomes == ["done", Refused.__name__ if seen else "done"]
    assert read(sent).state == (State.SUBMITTED if seen else State.APPROVED)
    assert read(sent).version == 2


@pytest.mark.parametrize("seen", [0, -1, 3])
def test_a_version_that_there_is_not_is_refused(cast: Cast, sent: Evaluation, seen: int):
    with pytest.raises(Refused, match="请打开最新的第 1 版后再办理"):
        workflow.perform("approve", sent, cast.reviewer, version=seen)
