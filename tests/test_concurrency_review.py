"""Review with two people at once: who comes second is told, and nothing that was told to be stored is lost.

Each deed begins while the transaction of the other is still open. Beside each race stands its control: the
same services, acting on what they had read before the other acted, as they would without the lock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest
from django.db.models import F

from evaluations import (
    drafting,
    facts,
    judging,
    locking,
    points,
    rescoring,
    snapshots,
    workflow,
    worksheets,
)
from evaluations.errors import Conflict, Locked, Refused
from evaluations.models import (
    Comment,
    Evaluation,
    Event,
    Explanation,
    FiscalYear,
    ReviewedScore,
    Snapshot,
    State,
    Thread,
    User,
    Worksheet,
)
from evaluations.sections import Posted
from tests.people import Cast
from tests.reviewing import ANSWERED, ASKED, read, sent_with_explanation
from tests.test_workflow_table import act, arrange, bring
from tests.threads import overlapping

pytestmark = pytest.mark.django_db(transaction=True)

Deed = Callable[[], object]

CHECKLIST = "报告已签字盖章\n佐证材料齐全"
TICKED = {item: {"verdict": "yes", "remark": ""} for item in CHECKLIST.splitlines()}

DRAFT, AWAIT, SENT, PASSED, BACK, DONE, PUBLIC = (
    State.DRAFT,
    State.AWAITING_SIGNATURE,
    State.SUBMITTED,
    State.PASSED_FIRST,
    State.RETURNED,
    State.APPROVED,
    State.PUBLISHED,
)


@pytest.fixture
def sent(cast: Cast, ready: Evaluation) -> Evaluation:
    return workflow.perform("submit", ready, cast.unit_head)


@pytest.fixture
def explained(cast: Cast, ready: Evaluation) -> tuple[Evaluation, str]:
    return sent_with_explanation(cast, ready)


@pytest.fixture
def without_the_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every service acts on what it was given, and does not look again."""

    def as_read(evaluation: Evaluation, actor: User | None = None) -> Evaluation:
        if actor is not None:
            locking.demand_editing(evaluation, actor)
        return evaluation

    for module in (workflow, points, rescoring, judging, worksheets):
        monkeypatch.setattr(module, "lock", as_read)
    monkeypatch.setattr(drafting, "lock_for_editing", as_read)


def quota(evaluation: Evaluation) -> str:
    return evaluation.sections.get(code="money").content["fields"]["quota"]


def saying(evaluation: Evaluation, text: str, actor: User) -> Deed:
    mine = read(evaluation)
    return lambda: points.raise_point(mine, "money.quota", text, actor)


def typing(evaluation: Evaluation, number: str, actor: User) -> Deed:
    """An autosave of 编制数 from the revision it has now."""
    mine, revision = read(evaluation), evaluation.sections.get(code="money").revision
    return lambda: drafting.save_section(mine, "money", Posted({"quota": number}), revision, actor)


def deciding(evaluation: Evaluation, action: str, actor: User) -> Deed:
    mine = read(evaluation)
    return lambda: act(action, mine, actor)


def in_turn(deeds: Iterable[Deed]) -> list[str]:
    """One after the other; the name of each outcome."""
    outcomes = []
    for deed in deeds:
        try:
            deed()
            outcomes.append("done")
        except Exception as error:
            outcomes.append(type(error).__name__)
    return outcomes


def moves(evaluation: Evaluation) -> list[Event]:
    """The transitions in the log, in order."""
    return [one for one in evaluation.events.order_by("id") if "to" in one.detail]


def told_in_order(evaluation: Evaluation) -> bool:
    """Whether each transition in the log began where the one before it ended, and the last one holds."""
    log = [(one.detail["from"], one.detail["to"]) for one in moves(evaluation)]
    states = [to for _, to in log]
    return [begin for begin, _ in log] == ["draft", *states[:-1]] and read(evaluation).state == states[-1]


# ── two transitions ──

#: What somebody does, and what somebody else who saw the same page then can no longer do.
RACES = [
    (DRAFT, ("request_signature", "preparer"), ("request_signature", "preparer")),
    (DRAFT, ("submit", "unit_head"), ("submit", "unit_head")),
    (DRAFT, ("submit", "unit_head"), ("void", "bureau_lead")),
    (AWAIT, ("submit", "unit_head"), ("submit", "unit_head")),
    (AWAIT, ("submit", "unit_head"), ("decline", "unit_head")),
    (AWAIT, ("withdraw", "preparer"), ("decline", "unit_head")),
    (AWAIT, ("decline", "unit_head"), ("withdraw", "preparer")),
    (SENT, ("open", "reviewer"), ("withdraw", "preparer")),
    (SENT, ("withdraw", "preparer"), ("open", "reviewer")),
    (SENT, ("open", "reviewer"), ("open", "bureau_lead")),
    (SENT, ("withdraw", "preparer"), ("approve", "reviewer")),
    (SENT, ("approve", "reviewer"), ("withdraw", "preparer")),
    (SENT, ("withdraw", "preparer"), ("return", "reviewer")),
    (SENT, ("return", "reviewer"), ("withdraw", "preparer")),
    (SENT, ("approve", "reviewer"), ("return", "bureau_lead")),
    (SENT, ("return", "bureau_lead"), ("approve", "reviewer")),
    (SENT, ("approve", "reviewer"), ("approve", "bureau_lead")),
    (SENT, ("return", "reviewer"), ("return", "bureau_lead")),
    (PASSED, ("approve", "bureau_lead"), ("return", "reviewer")),
    (PASSED, ("return", "reviewer"), ("approve", "bureau_lead")),
    (PASSED, ("return", "reviewer"), ("ask_return", "preparer")),
    (BACK, ("submit", "unit_head"), ("submit", "unit_head")),
    (BACK, ("submit", "unit_head"), ("void", "preparer")),
    (BACK, ("void", "preparer"), ("submit", "unit_head")),
    (DONE, ("publish", "bureau_lead"), ("unapprove", "bureau_lead")),
    (DONE, ("unapprove", "bureau_lead"), ("publish", "bureau_lead")),
    (DONE, ("publish", "bureau_lead"), ("publish", "bureau_lead")),
    (PUBLIC, ("unpublish", "bureau_lead"), ("unpublish", "bureau_lead")),
]
races = pytest.mark.parametrize(
    ("state", "first", "second"), RACES, ids=[f"{state}-{one[0]}-{two[0]}" for state, one, two in RACES]
)


def both(evaluation: Evaluation, cast: Cast, *deeds: tuple[str, str]) -> list[Deed]:
    return [deciding(evaluation, action, cast[who]) for action, who in deeds]


@races
def test_whoever_comes_second_is_told_and_changes_nothing(
    cast: Cast, ready: Evaluation, state: State, first: tuple[str, str], second: tuple[str, str]
):
    bring(ready, cast, state)
    arrange("secrecy cleared", ready, cast)
    before = Event.objects.count()
    assert overlapping(*both(ready, cast, first, second)) == ["done", Refused.__name__]
    assert Event.objects.count() == before + 1
    assert moves(ready)[-1].action == first[0]
    assert told_in_order(ready)
    assert Snapshot.objects.count() == read(ready).version


@races
def test_control_without_the_lock_the_second_acts_on_what_is_no_longer_so(
    cast: Cast,
    ready: Evaluation,
    without_the_lock: None,
    state: State,
    first: tuple[str, str],
    second: tuple[str, str],
):
    bring(ready, cast, state)
    arrange("secrecy cleared", ready, cast)
    outcomes = in_turn(both(ready, cast, first, second))
    # Where both would freeze a version, its number is taken: an error of the database.
    assert outcomes[0] == "done"
    assert outcomes[1] in ("done", "IntegrityError")


def test_of_two_first_reviews_one_counts(cast: Cast, sent: Evaluation):
    FiscalYear.objects.update(two_step=True)
    outcomes = overlapping(*both(sent, cast, ("pass_first", "reviewer"), ("pass_first", "bureau_lead")))
    assert outcomes == ["done", Refused.__name__]
    assert read(sent).passed_by == cast.reviewer


@pytest.mark.parametrize("passes_first", [True, False])
def test_a_first_review_never_undoes_a_return(cast: Cast, sent: Evaluation, passes_first: bool):
    FiscalYear.objects.update(two_step=True)
    deeds = both(sent, cast, ("pass_first", "reviewer"), ("return", "bureau_lead"))
    outcomes = overlapping(*deeds) if passes_first else overlapping(*reversed(deeds))
    assert outcomes == ["done", "done" if passes_first else Refused.__name__]
    assert read(sent).state == BACK
    assert told_in_order(sent)


# ── typing while the report is signed ──


def test_what_was_saved_before_the_signature_is_in_what_was_signed(cast: Cast, ready: Evaluation):
    awaiting = bring(ready, cast, AWAIT)
    deeds = [typing(awaiting, "21", cast.preparer), deciding(awaiting, "submit", cast.unit_head)]
    assert overlapping(*deeds) == ["done", "done"]
    snapshot = Snapshot.objects.get()
    assert snapshot.content["sections"]["money"]["fields"]["quota"] == quota(ready) == "21"
    assert snapshots.verify(snapshot) == []
    # The change took the request for the signature back; the signature is on the changed draft.
    assert [one.action for one in moves(ready)] == ["request_signature", "signature_lapsed", "submit"]
    assert told_in_order(ready)


def test_what_is_typed_behind_the_signature_is_refused(cast: Cast, ready: Evaluation):
    awaiting = bring(ready, cast, AWAIT)
    deeds = [deciding(awaiting, "submit", cast.unit_head), typing(awaiting, "21", cast.preparer)]
    assert overlapping(*deeds) == ["done", Locked.__name__]
    snapshot = Snapshot.objects.get()
    assert snapshot.content["sections"]["money"]["fields"]["quota"] == quota(ready) == "10"
    assert facts.facts_from_content(snapshot.content) == facts.facts_of(read(ready))


def test_control_without_the_lock_what_was_signed_lacks_what_was_saved(
    cast: Cast, ready: Evaluation, without_the_lock: None
):
    awaiting = bring(ready, cast, AWAIT)
    deeds = [deciding(awaiting, "submit", cast.unit_head), typing(awaiting, "21", cast.preparer)]
    assert in_turn(deeds) == ["done", "done"]
    assert quota(ready) == "21"
    assert Snapshot.objects.get().content["sections"]["money"]["fields"]["quota"] == "10"


# ── points while the report is decided ──


def test_nothing_is_approved_over_a_point_that_was_stored(cast: Cast, sent: Evaluation):
    deeds = [saying(sent, ASKED, cast.reviewer), deciding(sent, "approve", cast.bureau_lead)]
    assert overlapping(*deeds) == ["done", Refused.__name__]
    assert (read(sent).state, points.open_of(sent).count()) == (SENT, 1)


def test_no_point_is_stored_on_what_has_been_approved(cast: Cast, sent: Evaluation):
    deeds = [deciding(sent, "approve", cast.bureau_lead), saying(sent, ASKED, cast.reviewer)]
    assert overlapping(*deeds) == ["done", "PermissionDenied"]
    assert not Thread.objects.exists()
    assert Event.objects.first().action == "approve"


def test_control_without_the_lock_an_approved_report_has_an_open_point(
    cast: Cast, sent: Evaluation, without_the_lock: None
):
    deeds = [deciding(sent, "approve", cast.bureau_lead), saying(sent, ASKED, cast.reviewer)]
    assert in_turn(deeds) == ["done", "done"]
    assert (read(sent).state, points.open_of(sent).count()) == (DONE, 1)


def test_a_doubled_point_is_one(cast: Cast, sent: Evaluation):
    deeds = [saying(sent, ASKED, cast.reviewer), saying(sent, ASKED, cast.reviewer)]
    assert overlapping(*deeds) == ["done", "done"]
    assert (Thread.objects.count(), Comment.objects.count()) == (1, 1)
    assert Event.objects.filter(action="raise_point").count() == 1


@pytest.mark.parametrize("answers_first", [True, False])
def test_an_answer_comes_before_the_settling_or_is_refused(cast: Cast, sent: Evaluation, answers_first: bool):
    thread = points.raise_point(sent, "money.quota", ASKED, cast.reviewer)
    deeds = [
        lambda: points.reply(Thread.objects.get(), ANSWERED, cast.preparer),
        lambda: points.settle(thread, cast.reviewer),
    ]
    outcomes = overlapping(*deeds) if answers_first else overlapping(*reversed(deeds))
    assert outcomes == ["done", "done" if answers_first else Refused.__name__]
    assert thread.comments.count() == 1 + answers_first
    thread.refresh_from_db()
    assert not points.is_open(thread)


def test_control_without_looking_again_an_answer_follows_what_was_settled(
    cast: Cast, sent: Evaluation, monkeypatch: pytest.MonkeyPatch
):
    thread = points.raise_point(sent, "money.quota", ASKED, cast.reviewer)
    seen = read(sent), Thread.objects.get()
    points.settle(thread, cast.reviewer)
    monkeypatch.setattr(points, "_held", lambda thread: seen)
    points.reply(thread, ANSWERED, cast.preparer)
    assert thread.comments.count() == 2


# ── 复核分 ──


def scoring(evaluation: Evaluation, actor: User) -> Deed:
    mine = read(evaluation)
    return lambda: rescoring.review_score(mine, "A02", "2", "工作效果佐证不足，扣 1 分。", actor)


def test_an_approval_tells_the_score_that_was_stored_before_it(cast: Cast, sent: Evaluation):
    deeds = [scoring(sent, cast.reviewer), deciding(sent, "approve", cast.bureau_lead)]
    assert overlapping(*deeds) == ["done", "done"]
    event = Event.objects.get(action="approve")
    assert event.detail["reviewed"] == {sent.reference: {"A02": "2"}}
    assert event.detail["reviewed_total"] == f"{read(sent).reviewed_total:f}" == "9.00"


def test_no_score_is_stored_behind_an_approval(cast: Cast, sent: Evaluation):
    deeds = [deciding(sent, "approve", cast.bureau_lead), scoring(sent, cast.reviewer)]
    assert overlapping(*deeds) == ["done", "PermissionDenied"]
    assert not ReviewedScore.objects.exists()
    assert read(sent).reviewed_total is None


def test_control_without_the_lock_the_approval_does_not_know_of_the_score(
    cast: Cast, sent: Evaluation, without_the_lock: None
):
    deeds = [deciding(sent, "approve", cast.bureau_lead), scoring(sent, cast.reviewer)]
    assert in_turn(deeds) == ["done", "done"]
    assert str(read(sent).reviewed_total) == "9.00"
    assert "reviewed" not in Event.objects.get(action="approve").detail


def test_two_scores_at_once_both_count_in_the_total(cast: Cast, sent: Evaluation):
    other = read(sent)
    deeds = [
        scoring(sent, cast.reviewer),
        lambda: rescoring.review_score(other, "A03", "1", "没有看到制度文本，扣 1 分。", cast.bureau_lead),
    ]
    assert overlapping(*deeds) == ["done", "done"]
    assert str(read(sent).reviewed_total) == "8.00"


# ── verdicts on explanations ──


def test_an_explanation_rejected_twice_at_once_is_rejected_once(
    cast: Cast, explained: tuple[Evaluation, str]
):
    sent, fingerprint = explained

    def rejecting(actor: User) -> Deed:
        mine = read(sent)
        return lambda: judging.judge(mine, fingerprint, False, "没有上级文件，请补充。", actor)

    assert overlapping(rejecting(cast.reviewer), rejecting(cast.bureau_lead)) == ["done", "done"]
    assert Event.objects.filter(action="judge").count() == 1
    assert Thread.objects.count() == 1
    assert read(sent).unexplained == 1


def test_control_without_the_lock_a_verdict_counts_twice(cast: Cast, explained: tuple[Evaluation, str]):
    sent, fingerprint = explained
    looked = [Explanation.objects.get(fingerprint=fingerprint) for _ in range(2)]
    for explanation in looked:
        if explanation.verdict != judging.REJECTED:
            explanation.verdict = judging.REJECTED
            explanation.save()
            Evaluation.objects.filter(pk=sent.pk).update(unexplained=F("unexplained") + 1)
    assert read(sent).unexplained == 2


# ── worksheets ──


def test_of_two_worksheets_one_is_saved_and_the_other_reviewer_is_told(cast: Cast, sent: Evaluation):
    FiscalYear.objects.update(checklist=CHECKLIST)

    def noting(opinion: str, actor: User) -> Deed:
        mine = read(sent)
        return lambda: worksheets.save(mine, TICKED, opinion, 0, actor)

    deeds = [noting("公用经费偏高", cast.reviewer), noting("拟批准", cast.bureau_lead)]
    assert overlapping(*deeds) == ["done", Conflict.__name__]
    assert (Worksheet.objects.get().opinion, Worksheet.objects.get().revision) == ("公用经费偏高", 1)


def test_control_without_the_revision_the_first_opinion_is_lost(cast: Cast, sent: Evaluation):
    looked = [worksheets.current(sent) for _ in range(2)]
    for held, opinion in zip(looked, ("公用经费偏高", "拟批准"), strict=True):
        Worksheet.objects.update_or_create(
            evaluation=sent,
            version=held.version,
            defaults={"opinion": opinion, "revision": held.revision + 1},
        )
    assert (Worksheet.objects.get().opinion, Worksheet.objects.get().revision) == ("拟批准", 1)
