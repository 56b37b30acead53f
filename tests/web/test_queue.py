"""The reviewer's queue: what waits, in which tab, what narrows it, and what is done to many at once."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlparse

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page as Browser
from playwright.sync_api import expect

from evaluations import desk, points, rescoring, workflow, worksheets
from evaluations import people as service
from evaluations.models import Evaluation, Event, FiscalYear, Role, SavedFilter, User
from tests import people, queues
from tests.people import Cast

from .conftest import signed_in, statements
from .html import Page

QUEUE = reverse("queue")


def shown(client: Client, **query: object) -> Page:
    answer = client.get(QUEUE, query)
    assert answer.status_code == 200
    return Page(answer)


def departments(client: Client, **query: object) -> list[str]:
    """The departments of the lines, in their order."""
    answer = client.get(QUEUE, query)
    return [line.evaluation.department.code for line in answer.context["lines"]]


def tabs(client: Client, **query: object) -> dict[str, int]:
    return {label: count for label, _, count, _ in client.get(QUEUE, query).context["tabs"]}


@pytest.fixture
def reviewer(cast: Cast) -> Client:
    return signed_in(cast.reviewer)


@pytest.fixture
def lead(cast: Cast) -> Client:
    return signed_in(cast.bureau_lead)


def test_a_line_says_what_a_reviewer_decides_by(cast: Cast, reviewer: Client):
    one = queues.sent(1, days=3)
    points.raise_point(one, "", "请补充三公经费的说明", cast.reviewer)
    rescoring.review_score(one, "A01", "2", "支出依据不足", cast.reviewer)
    row = shown(reviewer).all("tr")[1].text
    for words in ("第1局", "2024", "已送审", "10.00 → 复核分 7.00", "90.00%", "1 条未办结", "3 天", "我的"):
        assert words in row


def test_the_longest_waiting_comes_first(reviewer: Client):
    for number, days in ((1, 2), (2, 9), (3, 0)):
        queues.sent(number, days)
    assert departments(reviewer) == ["danwei-002", "danwei-001", "danwei-003"]
    assert "今天" in shown(reviewer).all("tr")[3].text


def test_nothing_of_another_county_and_nothing_that_was_not_sent(
    cast: Cast, ready: Evaluation, reviewer: Client
):
    people.fiscal_year(2024, "433124")
    queues.sent(7, county="433124")
    page = shown(reviewer)
    assert "没有待审核的报告" in page.by_id("content").text
    assert page.all("tr") == []


def test_the_tabs(cast: Cast, reviewer: Client, lead: Client):
    fresh, old, returned = queues.sent(1), queues.sent(2, days=16), queues.sent(3, days=15)
    workflow.perform("return", returned, cast.reviewer, "请补充说明超支原因")
    people.save(queues.again(returned), "money", people.Posted(fields={"remark": "已补充"}))
    workflow.perform(
        "submit", queues.again(returned), queues.head(returned.department), summary="已补充超支原因"
    )
    Evaluation.objects.filter(pk=returned.pk).update(submitted_at=fresh.submitted_at)
    desk.assign(queues.again(old), cast.bureau_lead, cast.bureau_lead)
    assert tabs(reviewer) == {"待审核": 3, "重报": 1, "逾期": 1, "我的": 1}
    assert tabs(lead) == {"待审核": 3, "重报": 1, "逾期": 1, "我的": 1, "待复核": 0}
    assert departments(reviewer, tab="late") == ["danwei-002"]
    assert departments(reviewer, tab="again") == ["danwei-003"]
    assert departments(reviewer, tab="mine") == ["danwei-003"], "who returned it has it on the desk"
    assert departments(lead, tab="mine") == ["danwei-002"]
    assert "重报" in shown(reviewer, tab="again").all("tr")[1].text
    FiscalYear.objects.update(two_step=True)
    workflow.perform("pass_first", queues.again(fresh), cast.reviewer)
    assert departments(lead, tab="second") == ["danwei-001"]
    assert tabs(reviewer)["待复核"] == 1


def test_filters_narrow_lines_and_counts(cast: Cast, reviewer: Client):
    one, two = queues.sent(1), queues.sent(2)
    Evaluation.objects.filter(pk=two.pk).update(to_explain=11, grade="中", reviewed_grade="差")
    points.raise_point(one, "", "请补充三公经费的说明", cast.reviewer)
    cases = [
        ({"text": "第1局"}, [1]),
        ({"text": "danwei-002"}, [2]),
        ({"year": 2024}, [1, 2]),
        ({"region": "433125"}, [1, 2]),
        ({"findings": "none"}, [1]),
        ({"findings": "many"}, [2]),
        ({"findings": "some"}, []),
        ({"findings": "points"}, [1]),
        ({"grade": "差"}, [2]),
        ({"state": "unopened"}, [2]),
        ({"state": "asked"}, []),
        ({"template": one.template.code}, [1, 2]),
    ]
    for query, numbers in cases:
        assert departments(reviewer, **query) == [f"danwei-{number:03}" for number in numbers], query
        assert tabs(reviewer, **query)["待审核"] == len(numbers)
    assert departments(reviewer, state="opened") == ["danwei-001"]


def test_what_cannot_be_read_narrows_nothing_and_is_said(reviewer: Client):
    queues.sent(1)
    hostile = {"year": "x", "region": "<script>", "grade": "' OR 1=1", "tab": "king", "after": "\x00~9"}
    answer = reviewer.get(QUEUE, hostile)
    assert len(answer.context["lines"]) == 1
    assert "<script>alert" not in answer.content.decode()
    assert "选择一个有效的选项" in answer.content.decode()


def test_the_queue_goes_on_page_by_page(reviewer: Client):
    queues.copies(queues.sent(1), 120)
    seen, query = [], ""
    for _ in range(3):
        answer = reviewer.get(QUEUE + query)
        seen += [line.evaluation.pk for line in answer.context["lines"]]
        query = answer.context["next_page"]
    assert (len(seen), len(set(seen)), query) == (121, 121, "")


def test_the_queue_takes_as_many_queries_for_sixty_departments(
    cast: Cast, lead: Client, django_assert_max_num_queries, django_assert_num_queries
):
    for number in (1, 2, 3):
        desk.keep_filter(cast.bureau_lead, f"条件{number}", "tab=late")
        queues.sent(number)
    lead.get(QUEUE)
    with django_assert_max_num_queries(15) as few:
        lead.get(QUEUE)
    queues.copies(queues.again(Evaluation.objects.first()), 57)
    with django_assert_num_queries(len(few)):
        assert len(lead.get(QUEUE).context["lines"]) == 50


def test_who_reviews_begins_in_the_queue(cast: Cast):
    for who in ("reviewer", "bureau_lead", "preparer"):
        answer = Client().post(
            reverse("login"), {"username": cast[who].username, "password": people.PASSWORD}
        )
        assert answer.url == ("/" if who == "preparer" else QUEUE)
    page = shown(signed_in(cast.reviewer))
    assert [link.text.strip() for link in page.all("a") if link["href"] in (QUEUE, "/")][:3] == [
        "绩效自评",
        "审核",
        "全部自评",
    ]


def test_beginning_with_a_report_is_a_deed_and_looking_again_is_a_link(cast: Cast, reviewer: Client):
    one = queues.sent(1)
    begin, review = (
        reverse("transition", args=[one.reference, "open"]),
        reverse("review", args=[one.reference]),
    )
    assert begin in [form["action"] for form in shown(reviewer).all("form")]
    assert reviewer.post(begin).url == review
    one.refresh_from_db()
    assert (one.opened_at is not None, one.reviewer) == (True, cast.reviewer)
    page = shown(reviewer)
    assert begin not in [form["action"] for form in page.all("form")]
    assert review in [link["href"] for link in page.all("a")]
    assert "我的" in page.all("tr")[1].text


# ── filters kept by name ────────────────────────────────────────────────────────────


def keep(client: Client, name: str, query: str) -> str:
    answer = client.post(reverse("filter_keep"), {"name": name, "query": query}, follow=True)
    return answer.content.decode()


def test_a_filter_is_kept_used_and_dropped(cast: Cast, reviewer: Client):
    queues.sent(1)
    assert "已保存常用条件“县里重报”" in keep(reviewer, "县里重报", "tab=again&region=433125&after=9~9")
    kept = SavedFilter.objects.get()
    assert (kept.owner, kept.query) == (cast.reviewer, "tab=again&region=433125")
    link = next(link for link in shown(reviewer).all("a") if link.text == "县里重报")
    assert dict(parse_qsl(urlparse(link["href"]).query)) == {"tab": "again", "region": "433125"}
    answer = reviewer.post(reverse("filter_drop", args=[kept.pk]), {"back": kept.query})
    assert answer.url == f"{QUEUE}?tab=again&region=433125"
    assert not SavedFilter.objects.exists()
    assert list(Event.objects.filter(action__endswith="filter").values_list("action", flat=True)) == [
        "drop_filter",
        "save_filter",
    ]


def test_hostile_names_and_queries_are_text(reviewer: Client):
    queues.sent(1)
    page = keep(reviewer, "<script>x</script>", "text=<script>alert(1)</script>&region=1&next=//evil")
    assert "&lt;script&gt;x&lt;/script&gt;" in page
    assert "<script>x" not in page
    assert "<script>alert" not in page
    assert SavedFilter.objects.get().query == "text=%3Cscript%3Ealert%281%29%3C%2Fscript%3E"
    keep(reviewer, "a\x00b", "text=%00x&tab=%00")
    assert list(SavedFilter.objects.values_list("name", "query"))[1:] == [("ab", "")]
    assert "应为 1 到 20 字" in keep(reviewer, "　", "tab=late")
    assert "应为 1 到 20 字" in keep(reviewer, "长" * 21, "tab=late")
    assert SavedFilter.objects.count() == 2
    elsewhere = reviewer.post(reverse("filter_drop", args=[0]), {"back": "//evil.example/&tab=late"})
    assert elsewhere.url.startswith(f"{QUEUE}?")


def test_filters_of_others_are_out_of_reach(cast: Cast, lead: Client):
    theirs = desk.keep_filter(cast.reviewer, "县里重报", "tab=again")
    assert "县里重报" not in shown(lead).by_id("content").text
    assert lead.post(reverse("filter_drop", args=[theirs.pk])).status_code == 302
    assert SavedFilter.objects.filter(pk=theirs.pk).exists()
    assert not Event.objects.filter(action="drop_filter").exists()


def test_filters_are_kept_and_dropped_by_post_alone(reviewer: Client):
    assert reviewer.get(reverse("filter_keep")).status_code == 405
    assert reviewer.get(reverse("filter_drop", args=[1])).status_code == 405


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


# ── in a browser ────────────────────────────────────────────────────────────


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_j_and_k_walk_through_the_lines_and_enter_opens_one(new_context) -> None:
    cast = people.cast()
    reports = [queues.sent(number, days) for number, days in ((1, 3), (2, 2), (3, 1))]
    page: Browser = new_context(cast.reviewer).new_page()
    page.goto(QUEUE)
    go = page.locator(".queue-go")
    page.keyboard.press("j")
    expect(go.nth(0)).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(go.nth(2)).to_be_focused()
    page.keyboard.press("k")
    expect(go.nth(1)).to_be_focused()
    page.get_by_label("单位", exact=True).fill("")
    page.get_by_label("单位", exact=True).press_sequentially("jk")
    expect(page.get_by_label("单位", exact=True)).to_have_value("jk")
    page.get_by_label("全选本页").check()
    expect(page.locator(".queue-line input:checked")).to_have_count(3)
    page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith(reverse("review", args=[reports[0].reference]))
    opened = Evaluation.objects.get(pk=reports[0].pk)
    assert opened.opened_at is not None and opened.opened_at <= timezone.now()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_many_are_ticked_checked_approved_and_assigned_in_a_browser(new_context) -> None:
    cast = people.cast()
    one, two = queues.sent(1), queues.sent(2)
    points.raise_point(two, "", "请补充三公经费的说明", cast.reviewer)
    page: Browser = new_context(cast.bureau_lead).new_page()
    page.goto(QUEUE)
    page.get_by_label("全选本页").check()
    page.get_by_role("button", name="批准所选").click()
    expect(page.get_by_role("heading", name="可以批准：1 份")).to_be_visible()
    expect(page.get_by_role("region", name="还不能批准的报告")).to_contain_text("1 条意见没有办结")
    page.get_by_role("button", name="批准这 1 份").click()
    expect(page.get_by_role("region", name="批准结果")).to_contain_text("✓ 已批准")
    page.get_by_role("link", name="返回列表").click()
    page.get_by_label("选择第2局").check()
    page.get_by_label("分派给").select_option("reviewer")
    page.get_by_role("button", name="分派", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("已分派给reviewer甲：1 份")
    states = dict(Evaluation.objects.values_list("reference", "state"))
    assert states == {one.reference: "approved", two.reference: "submitted"}
