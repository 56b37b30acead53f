"""The reviewer's queue: what waits, in which tab, what narrows it, and what is done to many at once."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlparse

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Page as Browser
from playwright.sync_api import expect

from evaluations import desk, points, rescoring, workflow
from evaluations.models import Evaluation, Event, FiscalYear, SavedFilter
from tests import people, queues
from tests.people import Cast

from .conftest import signed_in
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
