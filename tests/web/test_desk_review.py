"""Review and decision: what is shown, and that nothing happens twice or gets lost."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from evaluations import workflow
from evaluations.models import Evaluation, Event, Snapshot
from evaluations.sections import Posted
from tests import people
from tests.people import Cast

from .conftest import signed_in

REASON = "请补充公用经费超支的原因。"


def act(client: Client, evaluation: Evaluation, action: str, **form: str):
    return client.post(reverse("transition", args=[evaluation.reference, action]), form, follow=True)


def page(client: Client, evaluation: Evaluation, **query: object) -> str:
    return client.get(reverse("review", args=[evaluation.reference]), query).content.decode()


def document(client: Client, evaluation: Evaluation, **query: object) -> str:
    return client.get(reverse("review_document", args=[evaluation.reference]), query).content.decode()


def state(evaluation: Evaluation) -> str:
    return Evaluation.objects.get(pk=evaluation.pk).state


def test_a_second_click_on_submit_acts_once_and_says_so(cast: Cast, ready: Evaluation):
    client = signed_in(cast.unit_head)
    first = act(client, ready, "submit").content.decode()
    second = act(client, ready, "submit").content.decode()
    assert "已送审，审核人现在可以看到这一版。" in first
    assert "该自评已送审，不必重复送审。" in second
    assert Snapshot.objects.count() == 1
    assert Event.objects.filter(action="submit").count() == 1


def test_a_refused_submission_leads_to_what_stands_in_the_way(cast: Cast, draft: Evaluation):
    answer = act(signed_in(cast.preparer), draft, "request_signature")
    assert answer.status_code == 409
    assert "还不能送审" in answer.content.decode()
    assert "还没有填写" in answer.content.decode()
    assert state(draft) == "draft"


def test_the_unit_head_reads_a_draft_and_submits_it(cast: Cast, ready: Evaluation):
    client = signed_in(cast.unit_head)
    assert "当前填报内容，尚未送审" in page(client, ready)
    assert "全年慰问困难职工" in document(client, ready)
    act(client, ready, "submit")
    assert state(ready) == "submitted"


def test_a_return_without_a_reason_is_refused_and_keeps_the_text(cast: Cast, submitted: Evaluation):
    answer = act(signed_in(cast.reviewer), submitted, "return", reason="改")
    shown = answer.content.decode()
    assert answer.status_code == 400
    assert ">改</textarea>" in shown
    assert "退回的原因只有 1 字，至少写 5 个字，说清要改什么。" in shown
    assert state(submitted) == "submitted"


def test_a_return_tells_the_department_why(cast: Cast, submitted: Evaluation):
    answer = act(signed_in(cast.reviewer), submitted, "return", reason=REASON)
    assert "已退回，单位会看到您写的原因和全部未办结的意见。" in answer.content.decode()
    assert REASON in page(signed_in(cast.preparer), submitted)


def test_who_comes_too_late_reads_what_happened_and_keeps_the_reason(cast: Cast, submitted: Evaluation):
    workflow.perform("approve", submitted, cast.bureau_lead)
    answer = act(signed_in(cast.reviewer), submitted, "return", reason=REASON)
    shown = answer.content.decode()
    assert answer.status_code == 409
    assert "该自评目前为“已批准”，只有“已送审、初审通过”的自评才能退回。" in shown
    assert REASON in shown
    assert state(submitted) == "approved"


def test_approving_twice_is_told(cast: Cast, submitted: Evaluation):
    client = signed_in(cast.reviewer)
    act(client, submitted, "approve")
    assert "该自评已批准，不必重复批准。" in act(client, submitted, "approve").content.decode()


def test_the_decision_bar_offers_what_the_role_may_do_now(cast: Cast, submitted: Evaluation):
    def offered(who: str) -> set[str]:
        shown = page(signed_in(cast[who]), submitted)
        actions = ("submit", "withdraw", "return", "approve")
        return {a for a in actions if reverse("transition", args=[submitted.reference, a]) in shown}

    assert offered("preparer") == {"withdraw"}
    assert offered("unit_head") == set()
    assert offered("reviewer") == {"return", "approve"}
    assert offered("bureau_lead") == {"return", "approve"}


def test_reviewers_see_the_frozen_version_while_the_department_mends_it(cast: Cast, submitted: Evaluation):
    workflow.perform("return", submitted, cast.reviewer, REASON)
    people.save(submitted, "work", Posted(texts={"t-work": "改过的文字，写得更清楚。"}), cast.preparer)
    assert "改过的文字" in document(signed_in(cast.preparer), submitted)
    frozen = document(signed_in(cast.reviewer), submitted)
    assert "改过的文字" not in frozen
    assert "全年慰问困难职工" in frozen


def test_every_version_stays_readable(cast: Cast, submitted: Evaluation):
    workflow.perform("withdraw", submitted, cast.preparer)
    people.save(submitted, "work", Posted(texts={"t-work": "# 帮扶\n第二版的文字。"}), cast.preparer)
    workflow.perform("submit", submitted, cast.unit_head)
    client = signed_in(cast.reviewer)
    assert "第二版的文字" in document(client, submitted)
    assert "全年慰问困难职工" in document(client, submitted, version=1)
    shown = page(client, submitted, version=1)
    assert f"{reverse('report_pdf', args=[submitted.reference])}?version=2" in shown
    assert f"{reverse('review_document', args=[submitted.reference])}?version=1" in shown


@pytest.mark.parametrize("version", ["3", "0", "x", "-1", "²", "9" * 30])
def test_a_version_that_does_not_exist_is_not_found(cast: Cast, submitted: Evaluation, version: str):
    client = signed_in(cast.reviewer)
    assert client.get(reverse("review", args=[submitted.reference]), {"version": version}).status_code == 404


def test_scores_and_findings_stand_beside_the_document(cast: Cast, submitted: Evaluation):
    shown = page(signed_in(cast.reviewer), submitted)
    line = submitted.sheet["lines"][0]
    assert line["name"] in shown
    assert line["working"] in shown
    assert f"{reverse('review_document', args=[submitted.reference])}?version=1#i-{line['code']}" in shown


def test_the_document_may_be_framed_by_our_own_pages_only(cast: Cast, submitted: Evaluation):
    client = signed_in(cast.reviewer)
    framed = client.get(reverse("review_document", args=[submitted.reference]))
    around = client.get(reverse("review", args=[submitted.reference]))
    assert framed["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in framed["Content-Security-Policy"]
    assert around["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in around["Content-Security-Policy"]


def test_the_history_tells_who_did_what(cast: Cast, submitted: Evaluation):
    workflow.perform("return", submitted, cast.reviewer, REASON)
    shown = signed_in(cast.preparer).get(reverse("history", args=[submitted.reference])).content.decode()
    assert shown.index("退回") < shown.index("送审", shown.index("退回"))
    assert f"原因 {REASON}" in shown
    assert "版次 1" in shown
    assert "reviewer甲" in shown


def test_the_history_shows_old_and_new_figures_as_they_were_typed(cast: Cast, ready: Evaluation):
    people.save(ready, "money", Posted(fields={"budget": "1,200.5"}), cast.preparer)
    query = {"show": "changes"}
    shown = signed_in(cast.preparer).get(reverse("history", args=[ready.reference]), query).content.decode()
    assert "全年预算数" in shown
    assert "100.00" in shown
    assert "1,200.50" in shown
    assert "preparer甲" in shown


def test_what_somebody_typed_is_never_markup(cast: Cast, ready: Evaluation):
    people.save(ready, "work", Posted(texts={"t-work": "<script>alert(1)</script>"}), cast.preparer)
    client = signed_in(cast.preparer)
    history = client.get(reverse("history", args=[ready.reference]), {"show": "changes"}).content.decode()
    for shown in (page(client, ready), document(client, ready), history):
        assert "<script>alert" not in shown
    assert "&lt;script&gt;" in history
