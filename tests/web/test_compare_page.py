"""The page of the comparison and the marked document: what each reader gets, and what odd requests get."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from evaluations import workflow
from evaluations.models import Evaluation
from evaluations.sections import Posted
from tests import people
from tests.people import Cast
from tests.web import own

from .conftest import signed_in

REASON = "请补充公用经费超支的原因。"


def get(client: Client, one: Evaluation, name: str = "compare", **query: object):
    asked = {key.rstrip("_"): value for key, value in query.items()}
    return client.get(reverse(name, args=[one.reference]), asked)


def page(client: Client, one: Evaluation, name: str = "compare", **query: object) -> str:
    answer = get(client, one, name, **query)
    assert answer.status_code == 200
    return answer.content.decode()


def send(one: Evaluation, cast: Cast) -> Evaluation:
    """Signed and sent, with the summary that is owed after a return."""
    return workflow.perform("submit", one, cast.unit_head, summary="按意见逐条改了。")


def words(shown: str) -> str:
    """The page without markup and blanks."""
    return re.sub(r"<[^>]*>|\s", "", shown)


@pytest.fixture
def twice(cast: Cast, submitted: Evaluation) -> Evaluation:
    """Returned, mended and sent again: 编制数 10 → 12, a text with other words, a row gone and a row new."""
    workflow.perform("return", submitted, cast.reviewer, REASON)
    mend(submitted, cast)
    return send(submitted, cast)


def mend(one: Evaluation, cast: Cast) -> None:
    rows = [dict(row) for row in one.sections.get(code="money").content["tables"]["T1"]]
    rows[0] |= {"use": "培训", "id": "abcd", "amount": "60"}
    rows[1] |= {"amount": "30"}
    people.save(one, "money", Posted(fields={"quota": "12"}, tables={"T1": rows}), cast.preparer)
    text = "# 帮扶\n全年慰问特困职工。\n# 组建\n新建工会五家。"
    people.save(one, "work", Posted(texts={"t-work": text}), cast.preparer)
    one.refresh_from_db()


def test_the_last_two_versions_are_compared_unless_others_are_asked_for(cast: Cast, twice: Evaluation):
    shown = page(signed_in(cast.reviewer), twice)
    assert "原：第 1 版" in shown
    assert "现：第 2 版" in shown
    told = words(shown)
    assert "编制数10人12人+2人+20.00%" in told
    assert "第1行培训新增的行（无）用途培训；金额60.00万元" in told
    assert "第1行办公删去的行用途办公；金额60.00万元（无）" in told
    assert "<del>" in shown
    assert "修改说明：按意见逐条改了。" in told
    assert page(signed_in(cast.reviewer), twice, from_=1, to=2).count("编制数") == shown.count("编制数")
    backwards = words(page(signed_in(cast.reviewer), twice, from_=2, to=1))
    assert "编制数12人10人-2人-16.67%" in backwards


def test_what_did_not_change_is_not_listed(cast: Cast, twice: Evaluation):
    shown = page(signed_in(cast.reviewer), twice)
    assert "全年预算数" not in shown
    assert "预算执行率" not in shown
    same = page(signed_in(cast.reviewer), twice, from_=2, to=2)
    assert "两边选的是同一版" in same


def test_a_reviewer_is_led_to_the_place_in_the_report_and_an_editor_to_the_box(cast: Cast, twice: Evaluation):
    shown = page(signed_in(cast.reviewer), twice)
    document = reverse("review_document", args=[twice.reference])
    assert f'href="{document}?version=2&amp;since=1#t-T1"' in shown
    assert "去修改" not in shown
    workflow.perform("return", twice, cast.reviewer, REASON)
    people.save(twice, "money", Posted(fields={"quota": "13"}), cast.preparer)
    shown = page(signed_in(cast.preparer), twice)
    assert "原：第 2 版" in shown
    assert "现：草稿" in shown
    assert f'href="{reverse("section", args=[twice.reference, "money"])}#quota"' in shown


def test_a_draft_is_compared_by_whoever_may_read_it(cast: Cast, submitted: Evaluation):
    workflow.perform("return", submitted, cast.reviewer, REASON)
    mend(submitted, cast)
    assert "特困" in page(signed_in(cast.preparer), submitted, from_=1, to="draft")
    reviewer = signed_in(cast.reviewer)
    assert get(reviewer, submitted, from_=1, to="draft").status_code == 404
    shown = page(reviewer, submitted)
    assert "还没有可以比较的版本" in shown
    assert "特困" not in shown


@pytest.mark.parametrize("key", ["3", "0", "0009", "draft", "last-year"])
def test_a_version_that_is_not_there_is_not_found(cast: Cast, twice: Evaluation, key: str):
    client = signed_in(cast.reviewer)
    assert get(client, twice, from_=key, to=2).status_code == 404
    assert get(client, twice, from_=1, to=key).status_code == 404


@pytest.mark.parametrize("key", ["x", "-1", "²", "9" * 30, "<script>", "1 OR 1=1"])
def test_what_is_no_version_is_answered_with_a_sentence(cast: Cast, twice: Evaluation, key: str):
    for asked in ({"from_": key}, {"to": key}):
        answer = get(signed_in(cast.reviewer), twice, **asked)
        assert answer.status_code == 400
        shown = answer.content.decode()
        assert "这样的版本。请在下面重新选择。" in shown
        assert '<select id="from"' in shown
        assert "<script>”" not in shown


def test_last_year_is_what_was_sent(cast: Cast):
    last = people.complete(people.evaluation(cast, 2023))
    this = people.evaluation(cast)
    people.complete(this)
    people.save(this, "money", Posted(fields={"quota": "11"}), cast.preparer)
    client = signed_in(cast.preparer)
    assert get(client, this, from_="last-year").status_code == 404  # nothing was sent yet
    send(last, cast)
    workflow.perform("return", last, cast.reviewer, REASON)
    people.save(last, "money", Posted(fields={"quota": "99"}), cast.preparer)
    told = words(page(client, this, from_="last-year", to="draft"))
    assert "编制数10人11人+1人+10.00%" in told
    assert "99" not in told
    assert "2023年度送审的自评" in told


def test_projects_are_compared_within_their_departments_report_and_alone(cast: Cast):
    one = own.add_rows(own.report(cast))
    child = own.start(one)
    send(own.complete(one), cast)
    workflow.perform("return", one, cast.reviewer, REASON)
    people.save(child, "project", Posted(fields={"done": "全部完成"}), cast.preparer)
    send(one, cast)
    client = signed_in(cast.reviewer)
    shown = page(client, one)
    assert f"<summary>{child.project}</summary>" in shown
    assert "全部" in shown
    assert reverse("review_document", args=[child.reference]) in shown
    assert "全部" in page(client, child)
    assert "正文与第 1 版相同" in page(client, child, "review_document", version=2, since=1)


def test_nothing_to_compare_says_what_to_do(cast: Cast, draft: Evaluation):
    shown = page(signed_in(cast.preparer), draft)
    assert "还没有可以比较的版本" in shown
    assert "修改后再次送审" in shown


def test_a_comparison_costs_the_same_queries_however_many_versions_there_are(
    cast: Cast, twice: Evaluation, django_assert_max_num_queries, django_assert_num_queries
):
    client = signed_in(cast.reviewer)
    with django_assert_max_num_queries(12) as two:
        page(client, twice, from_=1, to=2)
    for quota in ("13", "14"):
        workflow.perform("return", twice, cast.reviewer, REASON)
        people.save(twice, "money", Posted(fields={"quota": quota}), cast.preparer)
        send(twice, cast)
    with django_assert_num_queries(len(two.captured_queries)):
        page(client, twice, from_=1, to=4)


def test_huge_texts_are_compared_in_time_and_shown_short(cast: Cast, submitted: Evaluation):
    workflow.perform("return", submitted, cast.reviewer, REASON)
    people.save(submitted, "work", Posted(texts={"t-work": "一二三四五六七八九十" * 9_999}), cast.preparer)
    send(submitted, cast)
    workflow.perform("return", submitted, cast.reviewer, REASON)
    text = "一二三四五六七八九十" * 5_000 + "改过的话" + "一二三四五六七八九十" * 4_990
    people.save(submitted, "work", Posted(texts={"t-work": text}), cast.preparer)
    shown = page(signed_in(cast.preparer), submitted)
    assert "改过的话" in shown
    assert "字相同" in shown
    assert len(shown) < 60_000


def test_what_somebody_typed_is_never_markup(cast: Cast, submitted: Evaluation):
    workflow.perform("return", submitted, cast.reviewer, REASON)
    people.save(submitted, "work", Posted(texts={"t-work": "<script>alert(1)</script>"}), cast.preparer)
    client = signed_in(cast.preparer)
    for shown in (page(client, submitted), page(client, submitted, "review_document", since=1)):
        assert "<script>alert" not in shown
        assert "&lt;script&gt;" in shown


# ── the marked document ──


def test_the_review_page_marks_what_changed_since_the_version_before(cast: Cast, twice: Evaluation):
    client = signed_in(cast.reviewer)
    document = reverse("review_document", args=[twice.reference])
    shown = page(client, twice, "review")
    assert f'src="{document}?version=2&amp;since=1"' in shown
    assert "不标出改动" in shown
    plain = page(client, twice, "review", version=2, marks="off")
    assert f'src="{document}?version=2"' in plain
    assert "标出与第 1 版的不同" in plain
    assert f"{reverse('compare', args=[twice.reference])}?to=2" in shown


def test_the_first_version_has_nothing_to_mark(cast: Cast, submitted: Evaluation):
    shown = page(signed_in(cast.reviewer), submitted, "review")
    assert "since=" not in shown
    assert "标出" not in shown


def test_the_marked_document_tells_what_its_marks_mean(cast: Cast, twice: Evaluation):
    shown = page(signed_in(cast.reviewer), twice, "review_document", version=2, since=1)
    assert "与第 1 版不同的有" in shown
    assert '<span class="said">新增：</span>' in shown
    assert 'href="#change-1"' in shown
    assert 'id="change-1"' in shown
    assert f'{reverse("compare", args=[twice.reference])}?from=1&amp;to=2"' in shown
    same = page(signed_in(cast.reviewer), twice, "review_document", version=2, since=2)
    assert "正文与第 2 版相同" in same


def test_without_marks_the_document_is_as_it_prints(cast: Cast, twice: Evaluation):
    shown = page(signed_in(cast.reviewer), twice, "review_document", version=2)
    assert "<ins" not in shown
    assert "marks.css" not in shown


@pytest.mark.parametrize("since", ["3", "0", "x", "-1", "9" * 30])
def test_marks_since_a_version_that_does_not_exist_are_not_found(cast: Cast, twice: Evaluation, since: str):
    assert get(signed_in(cast.reviewer), twice, "review_document", since=since).status_code == 404
