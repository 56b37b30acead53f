"""Many reports of the queue at once: approved after a shown check, and put on somebody's desk (分派)."""

from __future__ import annotations

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from evaluations import people as service
from evaluations import points, rescoring, workflow, worksheets
from evaluations.models import Evaluation, Event, FiscalYear, Role, User
from tests import people, queues
from tests.people import Cast

from .conftest import signed_in, statements

QUEUE = reverse("queue")


# ── many at once ────────────────────────────────────────────────────────────


def check(client: Client, *reports: Evaluation):
    """The page that shows what stands in the way of approving these."""
    chosen = {"report": [one.reference for one in reports], "back": "tab=late"}
    return client.post(reverse("queue_approve"), chosen, follow=True)


def marks(answer) -> list[str]:
    """What the page would send to confirm."""
    return [f"{one.evaluation.reference}~{one.mark}" for one in answer.context["fine"]]


def confirm(client: Client, shown: list[str]) -> dict[str, tuple[bool, str]]:
    answer = client.post(reverse("queue_approve"), {"shown": shown})
    assert answer.status_code == 200
    return {one.reference: (one.done, one.sentence) for one in answer.context["outcomes"]}


def test_each_report_says_what_stands_in_its_way(cast: Cast, reviewer: Client):
    fine, pointed, decided = queues.sent(1), queues.sent(2), queues.sent(3)
    points.raise_point(pointed, "", "请补充三公经费的说明", cast.reviewer)
    workflow.perform("approve", decided, cast.reviewer)
    answer = check(reviewer, fine, pointed, decided)
    assert [one.evaluation for one in answer.context["fine"]] == [fine]
    told = {one.evaluation.pk: one.obstacles for one in answer.context["barred"]}
    assert "还有 1 条意见没有办结" in told[pointed.pk][0]
    assert told[decided.pk] == ("该自评已批准，不必重复批准。",)
    FiscalYear.objects.update(checklist="口径一致\n附件齐全")
    told = {one.evaluation.pk: one.obstacles for one in check(reviewer, pointed).context["barred"]}
    assert ["审核清单还有 2 项" in told[pointed.pk][0], "1 条意见" in told[pointed.pk][1]] == [True, True]
    FiscalYear.objects.update(checklist="", two_step=True)
    told = {one.evaluation.pk: one.obstacles for one in check(reviewer, fine).context["barred"]}
    assert told[fine.pk] == ("该年度分初审、复核两步，请先办理初审。",)
    assert not Event.objects.filter(action="approve").exclude(evaluation=decided).exists()


def test_what_was_shown_as_fine_is_approved_each_by_itself(cast: Cast, reviewer: Client):
    one, two = queues.sent(1), queues.sent(2)
    answer = check(reviewer, one, two)
    for words in ("可以批准：2 份", "第 1 版", "10.00", "优", "还没有打开看过"):
        assert words in answer.content.decode()
    results = confirm(reviewer, marks(answer))
    assert results == {ref: (True, "已批准第 1 版。") for ref in (one.reference, two.reference)}
    for each in (one, two):
        each.refresh_from_db()
        assert (each.state, each.decided_by) == ("approved", cast.reviewer)
        assert Event.objects.filter(evaluation=each, action="approve").count() == 1


def test_a_second_click_is_told_that_all_is_done(reviewer: Client):
    one = queues.sent(1)
    shown = marks(check(reviewer, one))
    confirm(reviewer, shown)
    assert confirm(reviewer, shown) == {one.reference: (False, "该自评已批准，不必重复批准。")}
    assert Event.objects.filter(action="approve").count() == 1


def test_what_changed_since_it_was_shown_is_left_out(cast: Cast, reviewer: Client):
    again, scored, withdrawn, same = (queues.sent(number) for number in (1, 2, 3, 4))
    shown = marks(check(reviewer, again, scored, withdrawn, same))
    for one in (again, withdrawn):
        preparer = people.person(f"p-{one.department.code}", Role.PREPARER, one.department)
        workflow.perform("withdraw", one, preparer)
    people.save(queues.again(again), "money", people.Posted(fields={"remark": "另有安排"}))
    workflow.perform("submit", queues.again(again), queues.head(again.department))
    rescoring.review_score(scored, "A01", "2", "支出依据不足", cast.reviewer)
    results = confirm(reviewer, shown)
    assert "有了变化（现为第 2 版，已送审" in results[again.reference][1]
    assert "复核分 7.00" in results[scored.reference][1]
    assert results[same.reference] == (True, "已批准第 1 版。")
    states = dict(Evaluation.objects.values_list("reference", "state"))
    assert states == {
        again.reference: "submitted",
        scored.reference: "submitted",
        withdrawn.reference: "draft",
        same.reference: "approved",
    }


def test_a_point_raised_meanwhile_stands_in_the_way(cast: Cast, reviewer: Client):
    one = queues.sent(1)
    shown = marks(check(reviewer, one))
    points.raise_point(queues.again(one), "", "请补充三公经费的说明", cast.bureau_lead)
    assert "没有办结" in confirm(reviewer, shown)[one.reference][1]
    one.refresh_from_db()
    assert one.state == "submitted"


def test_reports_of_elsewhere_and_made_up_ones_are_not_told_of(cast: Cast, reviewer: Client):
    people.fiscal_year(2024, "433124")
    theirs = queues.sent(7, county="433124")
    answer = check(reviewer, theirs)
    assert "有 1 份不在您的审核范围内" in answer.content.decode()
    assert theirs.department.name not in answer.content.decode()
    for hostile in (f"{theirs.reference}~{'0' * 16}", "nirgends~x", "<script>", "~", "\x00~1"):
        (done, sentence) = next(iter(confirm(reviewer, [hostile]).values()))
        assert (done, sentence) == (False, "没有找到这份自评。")
        reference = hostile.rpartition("~")[0]
        answer = reviewer.get(reverse("queue_approve"), {"report": [reference or "x"]})
        assert "没有可以办理的报告" in answer.content.decode()
    theirs.refresh_from_db()
    assert theirs.state == "submitted"


def test_what_one_fills_in_elsewhere_is_not_offered_for_approval(cast: Cast):
    """A preparer of one county and reviewer of another reads both, and approves those of the other."""
    people.fiscal_year(2024, "433124")
    both = people.person("both", Role.REVIEWER, people.department("huayuan-zgh", "花垣县总工会", "433124"))
    mine, theirs = queues.sent(1), queues.sent(7, county="433124")
    service.grant(None, both, Role.PREPARER, department=mine.department)
    answer = check(signed_in(both), mine, theirs)
    assert [one.evaluation for one in answer.context["fine"]] == [theirs]
    assert "有 1 份不在您的审核范围内" in answer.content.decode()


def test_nothing_ticked_is_said(reviewer: Client, lead: Client):
    answer = reviewer.post(reverse("queue_approve"), {"back": "tab=late"}, follow=True)
    assert "请先勾选要批准的报告" in answer.content.decode()
    assert answer.redirect_chain[-1][0] == f"{QUEUE}?tab=late"
    assert "请先勾选要分派的报告" in lead.post(reverse("queue_assign"), follow=True).content.decode()


def test_queries_of_checking_and_of_each_decision(
    cast: Cast, reviewer: Client, django_assert_max_num_queries, django_assert_num_queries
):
    one = queues.sent(1)
    with django_assert_max_num_queries(15) as single:
        reviewer.get(reverse("queue_approve"), {"report": [one.reference]})
    queues.copies(one, 12)
    Evaluation.objects.update(reviewer=cast.bureau_lead)
    references = list(Evaluation.objects.values_list("reference", flat=True))
    with django_assert_num_queries(len(single)):
        assert len(reviewer.get(reverse("queue_approve"), {"report": references}).context["fine"]) == 13
    others = [queues.sent(number) for number in (2, 3)]
    FiscalYear.objects.update(checklist="口径一致")
    for each in (one, *others):
        worksheets.save(queues.again(each), {"口径一致": {"verdict": "yes"}}, "", 0, cast.reviewer)
    shown = marks(check(reviewer, one, *others))
    with CaptureQueriesContext(connection) as first:
        confirm(reviewer, shown[:1])
    with CaptureQueriesContext(connection) as second:
        confirm(reviewer, shown[1:])
    assert statements(second) - statements(first) <= 14


# ── 分派 ────────────────────────────────────────────────────────────


def assign(client: Client, reviewer: str, *reports: Evaluation) -> str:
    chosen = {"report": [one.reference for one in reports], "reviewer": reviewer}
    return client.post(reverse("queue_assign"), chosen, follow=True).content.decode()


def test_the_lead_assigns_many_and_one(cast: Cast, lead: Client):
    one, two = queues.sent(1), queues.sent(2)
    assert "已分派给reviewer甲：2 份" in assign(lead, "reviewer", one, two)
    assert set(Evaluation.objects.values_list("reviewer", flat=True)) == {cast.reviewer.pk}
    form = {"reviewer": "bureau-lead"}
    answer = lead.post(reverse("assign", args=[one.reference]), form, follow=True)
    assert "已分派给bureau-lead甲。" in answer.content.decode()
    assert Event.objects.filter(action="assign").count() == 3
    lead.post(reverse("assign", args=[one.reference]), form)
    assert Event.objects.filter(action="assign").count() == 3, "the same person again changes nothing"


def test_only_people_of_the_bureau_are_assigned_to(cast: Cast, lead: Client):
    one = queues.sent(1)
    assert "字符" in assign(lead, "\x00", one)
    for username in ("preparer", "nobody", "<script>"):
        assert "选的人不是这里的审核人" in assign(lead, username, one)
        answer = lead.post(reverse("assign", args=[one.reference]), {"reviewer": username}, follow=True)
        assert "选的人不是这里的审核人" in answer.content.decode()
    assert "请先选审核人" in assign(lead, "", one)
    assert Evaluation.objects.get(pk=one.pk).reviewer is None


def test_a_reviewer_of_one_county_gets_none_of_another(cast: Cast):
    people.fiscal_year(2024, "433124")
    here, there = queues.sent(1), queues.sent(2, county="433124")
    above = User.objects.create_user("zhou", name="州股长")
    service.grant(None, above, Role.BUREAU_LEAD, region=here.department.region.parent)
    page = assign(signed_in(above), "reviewer", here, there)
    assert "已分派给reviewer甲：1 份" in page
    assert f"{there.reference}：reviewer甲不是花垣县的审核人" in page
    assert Evaluation.objects.get(pk=there.pk).reviewer is None


def test_the_lead_assigns_on_the_page_of_the_report(reviewer: Client, lead: Client):
    review = reverse("review", args=[queues.sent(1).reference])
    assert "还没有分派" in lead.get(review).content.decode()
    assert "还没有分派" not in reviewer.get(review).content.decode()


def test_a_reviewer_does_not_assign(reviewer: Client):
    one = queues.sent(1)
    assert 'formaction="/queue/assign/"' not in reviewer.get(QUEUE).content.decode()
    assert reviewer.post(reverse("assign", args=[one.reference])).status_code == 403
