"""The first page: what one sees, and what one may begin."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from evaluations import access, creating, listing, paging, workflow
from evaluations.models import Evaluation, FiscalYear
from tests import people
from tests.people import Cast

from .conftest import signed_in


def page(client: Client, **query: object) -> str:
    answer = client.get("/", query)
    assert answer.status_code == 200
    return answer.content.decode()


def another(number: int) -> Evaluation:
    """A draft of one more department of the county."""
    department = people.department(f"danwei-{number:03}", f"保靖县第{number}局")
    return creating.start_evaluation(department, people.fiscal_year(), None)


def test_a_preparer_sees_the_own_report_with_what_is_still_to_be_done(cast: Cast, draft: Evaluation):
    shown = page(signed_in(cast.preparer))
    assert "保靖县总工会" in shown
    assert "草稿" in shown
    assert f"必须改正 {draft.must_fix}" in shown
    assert "继续填报" in shown
    assert reverse("evaluation", args=[draft.reference]) in shown


def test_score_grade_and_execution_rate_stand_in_the_line(cast: Cast, ready: Evaluation):
    shown = page(signed_in(cast.preparer))
    assert f">{ready.total}<" in shown
    assert ready.grade in shown
    assert f"{ready.execution_rate}%" in shown
    assert ready.execution_rate == Decimal("90.00")


def test_a_reviewer_sees_what_was_sent_and_nothing_else(cast: Cast, ready: Evaluation):
    client = signed_in(cast.reviewer)
    assert "单位送审后，报告会出现在这里。" in page(client)
    workflow.perform("submit", ready, cast.unit_head)
    shown = page(client)
    assert reverse("review", args=[ready.reference]) in shown
    assert ">审核<" in shown
    workflow.perform("withdraw", ready, cast.preparer)
    assert ready.reference not in page(client)


def test_a_reviewer_does_not_see_the_score_while_the_department_mends(cast: Cast, submitted: Evaluation):
    assert f">{submitted.total}<" in page(signed_in(cast.reviewer))
    workflow.perform("return", submitted, cast.reviewer, "请补充说明。")
    shown = page(signed_in(cast.reviewer))
    assert "单位正在修改，再次送审后显示" in shown
    assert f">{submitted.total}<" not in shown
    assert f">{submitted.total}<" in page(signed_in(cast.preparer))


def test_the_other_county_sees_nothing(cast: Cast, submitted: Evaluation):
    assert submitted.reference not in page(signed_in(cast.stranger))


def test_without_a_role_the_page_says_whom_to_ask(cast: Cast):
    assert "您的账号还没有角色" in page(signed_in(cast.newcomer))


@pytest.mark.parametrize(
    ("who", "where"),
    [
        ("system_admin", "/people/"),
        ("auditor", "/log/"),
        ("security_admin", "/locks/"),
        ("template_admin", "/indicators/"),
    ],
)
def test_administrators_begin_elsewhere(cast: Cast, who: str, where: str):
    assert signed_in(cast[who]).get("/").url == where


def test_an_open_year_can_be_started_once(cast: Cast):
    people.fiscal_year()
    client = signed_in(cast.preparer)
    assert "开始 2024 年度自评" in page(client)
    form = {"department": "baojing-zgh", "year": "2024"}
    first = client.post(reverse("start"), form)
    second = client.post(reverse("start"), form, follow=True)
    assert first.url == reverse("evaluation", args=["2024-baojing-zgh"])
    assert "这个年度的自评已经建立，直接打开。" in second.content.decode()
    assert Evaluation.objects.count() == 1
    assert "开始 2024 年度自评" not in page(client)


@pytest.mark.parametrize(
    "closed", [{"closed": True}, {"opens_on": date.today() + timedelta(days=2)}, {"template": None}]
)
def test_a_year_that_is_not_open_is_not_offered(cast: Cast, closed: dict[str, object]):
    FiscalYear.objects.filter(pk=people.fiscal_year().pk).update(**closed)
    client = signed_in(cast.preparer)
    assert "目前没有开放填报的年度" in page(client)
    assert client.post(reverse("start"), {"department": "baojing-zgh", "year": "2024"}).status_code == 404


def test_filters_narrow_the_list(cast: Cast, submitted: Evaluation):
    client = signed_in(cast.reviewer)
    assert submitted.reference in page(client, text="总工会", year=2024, state="submitted")
    assert "没有符合条件的报告" in page(client, state="approved")
    assert "没有符合条件的报告" in page(client, text="教育局")
    assert submitted.reference in page(client, year="abc"), "what cannot be read narrows nothing"


def test_the_list_takes_the_same_queries_for_one_report_and_for_fifty(
    cast: Cast, draft: Evaluation, django_assert_num_queries, django_assert_max_num_queries
):
    Evaluation.objects.update(state="submitted", submitted_at=timezone.now())
    client = signed_in(cast.reviewer)
    with django_assert_max_num_queries(10) as one:
        client.get("/")
    for number in range(49):
        another(number)
    Evaluation.objects.update(state="submitted", submitted_at=timezone.now())
    with django_assert_num_queries(len(one.captured_queries)):
        assert page(client).count('scope="row"') == 50


def test_the_next_page_begins_after_the_last_line(cast: Cast, draft: Evaluation):
    for number in range(4):
        another(number)
    Evaluation.objects.update(state="submitted", updated_at=timezone.now())  # all at the same moment
    seen, after = [], ""
    while True:
        one = paging.newest_first(access.visible_to(cast.reviewer), after, moment="updated_at", size=2)
        seen += [row.reference for row in one.rows]
        after = one.after
        if not after:
            break
    assert len(seen) == len(set(seen)) == 5


@pytest.mark.parametrize("cursor", ["x", "~", "2024~1", "2024-01-01T00:00:00~1", "9" * 40, "\x00"])
def test_an_unreadable_cursor_shows_the_first_page(cast: Cast, submitted: Evaluation, cursor: str):
    assert submitted.reference in page(signed_in(cast.reviewer), after=cursor)


def test_what_could_be_started_is_asked_with_three_queries(cast: Cast, django_assert_num_queries):
    people.fiscal_year(2023)
    people.fiscal_year(2024)
    listing.startable(cast.preparer)  # roles are read once for a person
    with django_assert_num_queries(4):
        assert [year.year for _, year in listing.startable(cast.preparer)] == [2024, 2023]
