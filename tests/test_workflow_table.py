"""Every state × action × person: allowed with the stated effect, or refused with none."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import hypothesis
import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.utils import timezone
from hypothesis import HealthCheck
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from hypothesis.strategies import booleans, sampled_from

from evaluations import access, assessing, drafting, points, snapshots, workflow
from evaluations.errors import Invalid, Refused, ServiceError
from evaluations.models import (
    Department,
    Evaluation,
    Event,
    FiscalYear,
    Role,
    Snapshot,
    State,
    Thread,
    User,
)
from evaluations.sections import Posted
from evaluations.transitions import TRANSITIONS
from tests import people
from tests.people import Cast, save

DRAFT, AWAIT, SENT, PASSED, BACK, DONE, PUBLIC, VOID = (
    State.DRAFT,
    State.AWAITING_SIGNATURE,
    State.SUBMITTED,
    State.PASSED_FIRST,
    State.RETURNED,
    State.APPROVED,
    State.PUBLISHED,
    State.VOIDED,
)
PERSONS = (*map(str, Role), "stranger", "newcomer")
Table = dict[tuple[str, State, str], State]

#: The whole table as the manual prints it, for a report that its 单位负责人 signs, that no reviewer has begun
#: with, in a year with one review: everything else is refused.
ALLOWED: Table = {
    ("preparer", DRAFT, "request_signature"): AWAIT,
    ("preparer", BACK, "request_signature"): AWAIT,
    ("preparer", AWAIT, "withdraw"): DRAFT,
    ("preparer", SENT, "withdraw"): DRAFT,
    ("preparer", PASSED, "ask_return"): PASSED,
    ("preparer", DRAFT, "void"): VOID,
    ("preparer", AWAIT, "void"): VOID,
    ("preparer", BACK, "void"): VOID,
    ("unit_head", DRAFT, "submit"): SENT,
    ("unit_head", AWAIT, "submit"): SENT,
    ("unit_head", BACK, "submit"): SENT,
    ("unit_head", AWAIT, "decline"): DRAFT,
    ("unit_head", PASSED, "ask_return"): PASSED,
    ("unit_head", SENT, "clear_secrecy"): SENT,
    ("unit_head", PASSED, "clear_secrecy"): PASSED,
    ("unit_head", DONE, "clear_secrecy"): DONE,
    ("reviewer", SENT, "open"): SENT,
    ("reviewer", SENT, "return"): BACK,
    ("reviewer", SENT, "approve"): DONE,
    ("reviewer", PASSED, "return"): BACK,
    ("bureau_lead", SENT, "open"): SENT,
    ("bureau_lead", SENT, "return"): BACK,
    ("bureau_lead", SENT, "approve"): DONE,
    ("bureau_lead", PASSED, "return"): BACK,
    ("bureau_lead", PASSED, "approve"): DONE,
    ("bureau_lead", DONE, "unapprove"): SENT,
    ("bureau_lead", PUBLIC, "unpublish"): DONE,
    ("bureau_lead", DRAFT, "void"): VOID,
    ("bureau_lead", AWAIT, "void"): VOID,
    ("bureau_lead", BACK, "void"): VOID,
}

#: What else is allowed, or no longer, in other circumstances (None: no longer).
OTHERWISE: dict[str, dict[tuple[str, State, str], State | None]] = {
    "plain": {},
    "signature waived": {
        ("preparer", DRAFT, "request_signature"): None,
        ("preparer", BACK, "request_signature"): None,
        ("preparer", DRAFT, "submit"): SENT,
        ("preparer", AWAIT, "submit"): SENT,
        ("preparer", BACK, "submit"): SENT,
    },
    "review begun": {
        ("preparer", SENT, "withdraw"): None,
        ("preparer", SENT, "ask_return"): SENT,
        ("unit_head", SENT, "ask_return"): SENT,
        ("reviewer", SENT, "open"): None,
        ("bureau_lead", SENT, "open"): None,
    },
    "two reviews": {
        ("reviewer", SENT, "pass_first"): PASSED,
        ("bureau_lead", SENT, "pass_first"): PASSED,
        ("reviewer", SENT, "approve"): None,
        ("bureau_lead", SENT, "approve"): None,
    },
    "passed by the lead": {
        ("reviewer", PASSED, "approve"): DONE,
        ("bureau_lead", PASSED, "approve"): None,
    },
    "secrecy cleared": {("bureau_lead", DONE, "publish"): PUBLIC},
}


def allowed_in(circumstances: str) -> Table:
    """The table in these circumstances."""
    table = ALLOWED | OTHERWISE[circumstances]
    return {key: target for key, target in table.items() if target is not None}


def act(action: str, evaluation: Evaluation, actor: User) -> Evaluation:
    """Take the action with everything that it asks for."""
    reason, summary = "请补充说明超支原因", "编制数已按批文改正"
    return workflow.perform(action, evaluation, actor, reason, summary=summary)


SERVICES: dict[str, Callable[[Evaluation, User], Evaluation]] = {
    one.action: partial(act, one.action) for one in TRANSITIONS
}


class Undo(Exception):
    """Ends a trial without leaving anything behind."""


def facts(evaluation: Evaluation) -> tuple:
    columns = [field.attname for field in Evaluation._meta.concrete_fields]
    row = Evaluation.objects.values(*columns).get(pk=evaluation.pk)
    return (row, Snapshot.objects.count(), Event.objects.count())


#: The way to each state.
WAYS: dict[State, tuple[tuple[str, str], ...]] = {
    DRAFT: (),
    AWAIT: (("request_signature", "preparer"),),
    SENT: (("submit", "unit_head"),),
    PASSED: (("submit", "unit_head"), ("pass_first", "reviewer")),
    BACK: (("submit", "unit_head"), ("return", "reviewer")),
    DONE: (("submit", "unit_head"), ("approve", "reviewer")),
    PUBLIC: (
        ("submit", "unit_head"),
        ("clear_secrecy", "unit_head"),
        ("approve", "reviewer"),
        ("publish", "bureau_lead"),
    ),
    VOID: (("void", "preparer"),),
}


def bring(evaluation: Evaluation, cast: Cast, state: State) -> Evaluation:
    """The evaluation in a state, reached by the way that leads there; a returned one has been mended."""
    FiscalYear.objects.update(two_step=state == PASSED)
    for action, who in WAYS[state]:
        act(action, evaluation, cast[who])
    FiscalYear.objects.update(two_step=False)
    found = access.with_relations(Evaluation.objects.all()).get(pk=evaluation.pk)
    if state == BACK and found.sections.filter(code="work").exists():
        save(found, "work", Posted(texts={"t-work": "# 帮扶\n全年慰问困难职工，新增慰问点两处。"}))
    return found


@pytest.fixture
def brought(cast: Cast, ready: Evaluation) -> Callable[[State], Evaluation]:
    return lambda state: bring(ready, cast, state)


def arrange(circumstances: str, evaluation: Evaluation, cast: Cast) -> None:
    """Bring about what the table distinguishes."""
    if circumstances == "signature waived":
        Department.objects.update(signature_waived=True)
    if circumstances == "review begun":
        Evaluation.objects.filter(pk=evaluation.pk).update(opened_at=timezone.now())
    if circumstances == "passed by the lead":
        Evaluation.objects.filter(pk=evaluation.pk, state=PASSED).update(passed_by=cast.bureau_lead)
    if circumstances == "two reviews":
        FiscalYear.objects.update(two_step=True)
    if circumstances == "secrecy cleared":
        Evaluation.objects.filter(pk=evaluation.pk).update(secrecy_at=timezone.now())


@pytest.mark.parametrize("circumstances", OTHERWISE)
@pytest.mark.parametrize("state", State)
def test_the_whole_table(cast: Cast, brought, state: State, circumstances: str):
    evaluation = brought(state)
    arrange(circumstances, evaluation, cast)
    table = allowed_in(circumstances)
    before = facts(evaluation)
    for action in SERVICES:
        for who in PERSONS:
            target = table.get((who, state, action))
            fresh = access.with_relations(Evaluation.objects.all()).get(pk=evaluation.pk)
            if target is None:
                with pytest.raises((Http404, PermissionDenied, Refused)):
                    SERVICES[action](fresh, cast[who])
                assert facts(evaluation) == before, (who, action)
                continue
            with pytest.raises(Undo), transaction.atomic():
                SERVICES[action](fresh, cast[who])
                after = facts(evaluation)
                assert after[0]["state"] == target, (who, action)
                event = Event.objects.first()
                assert (event.actor, event.action, event.evaluation) == (cast[who], action, evaluation)
                assert (event.detail["from"], event.detail["to"]) == (state, target)
                assert after[-1] == before[-1] + 1
                frozen = action in ("submit", "void")
                assert after[-2] == before[-2] + frozen
                assert after[0]["version"] == before[0]["version"] + frozen
                raise Undo


def test_the_code_has_no_transition_beyond_the_manual():
    table = {
        (str(role), source, one.action): one.target or source
        for one in TRANSITIONS
        for role in one.roles
        for source in one.sources
    }
    manual: Table = {}
    for circumstances in OTHERWISE:
        manual |= allowed_in(circumstances)
    assert table == manual


class AnyWay(RuleBasedStateMachine):
    """Anybody does anything in any order: what must hold afterwards, whatever happened."""

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.cast = people.cast()
        self.evaluation = people.complete(people.evaluation(self.cast))
        self.frozen: dict[int, str] = {}
        self.quota = 10

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    def now(self) -> Evaluation:
        return access.with_relations(Evaluation.objects.all()).get(pk=self.evaluation.pk)

    def attempt(self, deed: Callable[[], object]) -> bool:
        """Whether it was done; a refusal changes nothing."""
        before = facts(self.evaluation)
        try:
            with transaction.atomic():
                deed()
        except (Http404, PermissionDenied, ServiceError):
            assert facts(self.evaluation) == before
            return False
        return True

    @rule(action=sampled_from(sorted(SERVICES)), who=sampled_from(PERSONS))
    def somebody_acts(self, action: str, who: str) -> None:
        events = Event.objects.count()
        if self.attempt(lambda: SERVICES[action](self.now(), self.cast[who])):
            assert Event.objects.count() == events + 1

    @rule(who=sampled_from(["preparer", "unit_head", "reviewer", "stranger"]))
    def somebody_types(self, who: str) -> None:
        self.quota += 1
        was = State(self.now().state)
        posted = Posted(fields={"quota": str(self.quota)})
        if self.attempt(lambda: save(self.now(), "money", posted, self.cast[who])):
            assert was in (DRAFT, AWAIT, BACK)
            assert who == "preparer"
            assert self.now().state in (DRAFT, BACK)  # nobody signs what has moved on

    @rule(text=sampled_from(["请核对编制数", "请说明超支原因"]), who=sampled_from(["reviewer", "preparer"]))
    def somebody_comments(self, text: str, who: str) -> None:
        self.attempt(lambda: points.raise_point(self.now(), "money.quota", text, self.cast[who]))

    @rule(who=sampled_from(["reviewer", "preparer", "unit_head"]), settles=booleans())
    def somebody_answers(self, who: str, settles: bool) -> None:
        thread = Thread.objects.order_by("-id").first()
        if thread is not None:
            service = points.settle if settles else partial(points.reply, text="已按批文核对改正")
            self.attempt(lambda: service(thread, actor=self.cast[who]))

    @rule(two_step=booleans(), waived=booleans())
    def the_bureau_changes_its_mind(self, two_step: bool, waived: bool) -> None:
        FiscalYear.objects.update(two_step=two_step)
        Department.objects.update(signature_waived=waived)

    @invariant()
    def what_was_frozen_never_moves(self) -> None:
        stored = {one.version: snapshots.content_hash(one.content) for one in Snapshot.objects.all()}
        assert {version: stored.get(version) for version in self.frozen} == self.frozen
        assert sorted(stored) == list(range(1, len(stored) + 1))
        assert self.now().version == len(stored)
        self.frozen = stored

    @invariant()
    def what_is_sent_is_what_was_frozen(self) -> None:
        now = self.now()
        if not now.editable:
            newest = Snapshot.objects.get(version=now.version)
            assert (
                now.sections.get(code="money").content["fields"]
                == (newest.content["sections"]["money"]["fields"])
            )
            assert snapshots.verify(newest) == []

    @invariant()
    def dates_and_names_fit_the_state(self) -> None:
        now = self.now()
        assert (now.decided_by_id is not None) == (now.state in (DONE, PUBLIC))
        assert (now.published_at is not None) == (now.state == PUBLIC)
        assert now.state != PUBLIC or now.secrecy_by_id
        assert now.state != BACK or now.return_reason
        assert Evaluation.objects.standing().whole().count() <= 1
        open_points = points.open_of(now).count()
        assert now.state not in (DONE, PUBLIC) or open_points == 0


def test_whatever_anybody_does_the_promises_hold(db: None):
    steps = hypothesis.settings(
        max_examples=20, stateful_step_count=25, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(AnyWay, settings=steps)


def test_the_reason_of_a_refusal_helps(cast: Cast, ready: Evaluation):
    with pytest.raises(Refused, match="目前为“草稿”，只有“已送审、初审通过”的自评才能批准"):
        workflow.perform("approve", ready, cast.reviewer)
    workflow.perform("submit", ready, cast.unit_head)
    with pytest.raises(Refused, match="已送审，不必重复送审"):
        workflow.perform("submit", ready, cast.unit_head)
    with pytest.raises(PermissionDenied, match="您的角色不能批准自评"):
        workflow.perform("approve", ready, cast.preparer)


def test_a_doubled_click_acts_once(cast: Cast, ready: Evaluation):
    stale = Evaluation.objects.get(pk=ready.pk)
    workflow.perform("submit", ready, cast.unit_head)
    with pytest.raises(Refused):
        workflow.perform("submit", stale, cast.unit_head)
    assert Snapshot.objects.count() == 1
    assert Event.objects.filter(action="submit").count() == 1


def test_submitting_refuses_what_must_be_put_right(cast: Cast, ready: Evaluation):
    save(ready, "money", Posted(fields={"quota": "", "spent": "120"}))
    with pytest.raises(Refused, match="有 2 条必须改正，有 2 条需要说明") as refusal:
        workflow.perform("submit", ready, cast.unit_head)
    assert {finding.code for finding in refusal.value.findings} == {
        "必填-未填",
        "表内-01",
        "表间-01",
        "计分-失分未说明",
    }
    ready.refresh_from_db()
    assert ready.state == DRAFT
    assert not Snapshot.objects.exists()


def test_explained_findings_pass_and_go_into_the_snapshot(cast: Cast, ready: Evaluation):
    rows = [{"use": "办公", "amount": "63"}, {"use": "帮扶", "amount": "40"}]
    save(ready, "money", Posted(fields={"spent": "103", "A01-reason": "年中增加任务"}, tables={"T1": rows}))
    (finding,) = assessing.assess(ready).unexplained
    drafting.explain(ready, finding.code, finding.fingerprint, "上级年中下达任务", cast.preparer)
    workflow.perform("submit", ready, cast.unit_head)
    content = Snapshot.objects.get().content
    assert content["explanations"] == {finding.fingerprint: {"code": "表间-01", "text": "上级年中下达任务"}}


def test_submitting_computes_everything_anew(cast: Cast, ready: Evaluation):
    Evaluation.objects.filter(pk=ready.pk).update(total="3.00", grade="差", sheet={})
    workflow.perform("submit", ready, cast.unit_head)
    ready.refresh_from_db()
    assert (str(ready.total), ready.grade) == ("10.00", "优")
    assert Snapshot.objects.get().content["sheet"] == ready.sheet


def test_returned_corrected_sent_again_and_approved(cast: Cast, ready: Evaluation):
    workflow.perform("submit", ready, cast.unit_head)
    workflow.perform("return", ready, cast.reviewer, "  编制数请与编办文件核对  ")
    ready.refresh_from_db()
    assert (ready.state, ready.return_reason) == (BACK, "编制数请与编办文件核对")
    save(ready, "money", Posted(fields={"quota": "12"}), cast.preparer)
    workflow.perform("submit", ready, cast.unit_head, summary="编制数改为 12 人")
    workflow.perform("approve", ready, cast.bureau_lead)
    ready.refresh_from_db()
    assert (ready.state, ready.version, ready.return_reason) == (DONE, 2, "")
    assert ready.decided_at is not None
    first, second = Snapshot.objects.all()
    assert first.content["sections"]["money"]["fields"]["quota"] == "10"
    assert second.content["sections"]["money"]["fields"]["quota"] == "12"
    assert [snapshots.verify(one) for one in (first, second)] == [[], []]
    actions = Event.objects.filter(evaluation=ready).order_by("id").values_list("action", flat=True)
    assert list(actions) == ["start", "submit", "return", "submit", "approve"]


def test_a_withdrawn_version_stays_and_the_next_counts_on(cast: Cast, ready: Evaluation):
    workflow.perform("submit", ready, cast.unit_head)
    workflow.perform("withdraw", ready, cast.preparer)
    save(ready, "money", Posted(fields={"quota": "12"}), cast.preparer)
    workflow.perform("submit", ready, cast.unit_head)
    assert list(Snapshot.objects.values_list("version", flat=True)) == [1, 2]


@pytest.mark.parametrize(
    ("reason", "message"), [("", "只有 0 字"), (" 改 一", "至少写 5 个字"), ("字" * 2001, "最多 2000 字")]
)
def test_a_return_wants_a_reason(cast: Cast, ready: Evaluation, reason: str, message: str):
    workflow.perform("submit", ready, cast.unit_head)
    with pytest.raises(Invalid, match=message):
        workflow.perform("return", ready, cast.reviewer, reason)
    ready.refresh_from_db()
    assert ready.state == SENT


def test_the_log_keeps_where_it_came_from(cast: Cast, ready: Evaluation, rf):
    workflow.perform("submit", ready, cast.unit_head, request=rf.post("/", REMOTE_ADDR="10.1.2.3"))
    assert Event.objects.first().address == "10.1.2.3"
