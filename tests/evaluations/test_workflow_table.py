"""Every state × action × person: allowed with the stated effect, or refused with none."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404

from evaluations import assessing, drafting, snapshots, workflow
from evaluations.errors import Invalid, Refused
from evaluations.models import Evaluation, Event, Role, Snapshot, State, User
from evaluations.sections import Posted
from evaluations.transitions import TRANSITIONS
from tests.people import Cast, save

DRAFT, SENT, BACK, DONE, VOID = (
    State.DRAFT,
    State.SUBMITTED,
    State.RETURNED,
    State.APPROVED,
    State.VOIDED,
)
PERSONS = (*map(str, Role), "stranger", "newcomer")

#: The whole table as the manual prints it: everything else is refused.
ALLOWED = {
    ("preparer", DRAFT, "submit"): SENT,
    ("preparer", BACK, "submit"): SENT,
    ("preparer", SENT, "withdraw"): DRAFT,
    ("unit_head", DRAFT, "submit"): SENT,
    ("unit_head", BACK, "submit"): SENT,
    ("reviewer", SENT, "return"): BACK,
    ("reviewer", SENT, "approve"): DONE,
    ("bureau_lead", SENT, "return"): BACK,
    ("bureau_lead", SENT, "approve"): DONE,
    ("preparer", DRAFT, "void"): VOID,
    ("preparer", BACK, "void"): VOID,
    ("bureau_lead", DRAFT, "void"): VOID,
    ("bureau_lead", BACK, "void"): VOID,
}
SERVICES: dict[str, Callable[[Evaluation, User], Evaluation]] = {
    "submit": workflow.submit,
    "withdraw": workflow.withdraw,
    "return": lambda evaluation, actor: workflow.return_(evaluation, actor, "请补充说明超支原因"),
    "approve": workflow.approve,
    "void": lambda evaluation, actor: workflow.void(evaluation, actor, "年度选错，重新填报"),
}


class Undo(Exception):
    """Ends a trial without leaving anything behind."""


def facts(evaluation: Evaluation) -> tuple:
    row = Evaluation.objects.values_list(
        "state", "version", "return_reason", "submitted_at", "decided_at", "sheet"
    )
    return (*row.get(pk=evaluation.pk), Snapshot.objects.count(), Event.objects.count())


@pytest.fixture
def brought(cast: Cast, ready: Evaluation) -> Callable[[State], Evaluation]:
    """The evaluation in a state, reached by the way that leads there."""

    def bring(state: State) -> Evaluation:
        if state == VOID:
            workflow.void(ready, cast.preparer, "年度选错，重新填报")
        elif state != DRAFT:
            workflow.submit(ready, cast.preparer)
        if state == BACK:
            workflow.return_(ready, cast.reviewer, "请补充说明超支原因")
        if state == DONE:
            workflow.approve(ready, cast.reviewer)
        return Evaluation.objects.get(pk=ready.pk)

    return bring


@pytest.mark.parametrize("action", SERVICES)
@pytest.mark.parametrize("state", State)
def test_the_whole_table(cast: Cast, brought, state: State, action: str):
    evaluation = brought(state)
    before = facts(evaluation)
    for who in PERSONS:
        target = ALLOWED.get((who, state, action))
        if target is None:
            with pytest.raises((Http404, PermissionDenied, Refused)):
                SERVICES[action](evaluation, cast[who])
            assert facts(evaluation) == before, who
            continue
        with pytest.raises(Undo), transaction.atomic():
            SERVICES[action](evaluation, cast[who])
            after = facts(evaluation)
            assert after[0] == target
            event = Event.objects.first()
            assert (event.actor, event.action, event.evaluation) == (cast[who], action, evaluation)
            assert (event.detail["from"], event.detail["to"]) == (state, target)
            assert after[-1] == before[-1] + 1
            frozen = action in ("submit", "void")
            assert after[-2] == before[-2] + frozen
            assert after[1] == before[1] + frozen
            raise Undo


def test_the_code_has_no_transition_beyond_the_manual():
    table = {
        (role, source, one.action): one.target
        for one in TRANSITIONS
        for role in one.roles
        for source in one.sources
    }
    assert table == ALLOWED


def test_the_reason_of_a_refusal_helps(cast: Cast, ready: Evaluation):
    with pytest.raises(Refused, match="目前为“草稿”，只有“已送审”的自评才能批准"):
        workflow.approve(ready, cast.reviewer)
    workflow.submit(ready, cast.preparer)
    with pytest.raises(Refused, match="已送审，不必重复送审"):
        workflow.submit(ready, cast.preparer)
    with pytest.raises(PermissionDenied, match="您的角色不能批准自评"):
        workflow.approve(ready, cast.preparer)


def test_a_doubled_click_acts_once(cast: Cast, ready: Evaluation):
    stale = Evaluation.objects.get(pk=ready.pk)
    workflow.submit(ready, cast.preparer)
    with pytest.raises(Refused):
        workflow.submit(stale, cast.preparer)
    assert Snapshot.objects.count() == 1
    assert Event.objects.filter(action="submit").count() == 1


def test_submitting_refuses_what_must_be_put_right(cast: Cast, ready: Evaluation):
    save(ready, "money", Posted(fields={"quota": "", "spent": "120"}))
    with pytest.raises(Refused, match="有 2 条必须改正，有 2 条需要说明") as refusal:
        workflow.submit(ready, cast.preparer)
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
    workflow.submit(ready, cast.preparer)
    content = Snapshot.objects.get().content
    assert content["explanations"] == {finding.fingerprint: {"code": "表间-01", "text": "上级年中下达任务"}}


def test_submitting_computes_everything_anew(cast: Cast, ready: Evaluation):
    Evaluation.objects.filter(pk=ready.pk).update(total="3.00", grade="差", sheet={})
    workflow.submit(ready, cast.preparer)
    ready.refresh_from_db()
    assert (str(ready.total), ready.grade) == ("10.00", "优")
    assert Snapshot.objects.get().content["sheet"] == ready.sheet


def test_returned_corrected_sent_again_and_approved(cast: Cast, ready: Evaluation):
    workflow.submit(ready, cast.preparer)
    workflow.return_(ready, cast.reviewer, "  编制数请与编办文件核对  ")
    ready.refresh_from_db()
    assert (ready.state, ready.return_reason) == (BACK, "编制数请与编办文件核对")
    save(ready, "money", Posted(fields={"quota": "12"}), cast.preparer)
    workflow.submit(ready, cast.preparer)
    workflow.approve(ready, cast.bureau_lead)
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
    workflow.submit(ready, cast.preparer)
    workflow.withdraw(ready, cast.preparer)
    save(ready, "money", Posted(fields={"quota": "12"}), cast.preparer)
    workflow.submit(ready, cast.preparer)
    assert list(Snapshot.objects.values_list("version", flat=True)) == [1, 2]


@pytest.mark.parametrize(
    ("reason", "message"), [("", "只有 0 字"), (" 改 一", "至少写 5 个字"), ("字" * 2001, "最多 2000 字")]
)
def test_a_return_wants_a_reason(cast: Cast, ready: Evaluation, reason: str, message: str):
    workflow.submit(ready, cast.preparer)
    with pytest.raises(Invalid, match=message):
        workflow.return_(ready, cast.reviewer, reason)
    ready.refresh_from_db()
    assert ready.state == SENT


def test_the_log_keeps_where_it_came_from(cast: Cast, ready: Evaluation, rf):
    workflow.submit(ready, cast.preparer, request=rf.post("/", REMOTE_ADDR="10.1.2.3"))
    assert Event.objects.first().address == "10.1.2.3"
