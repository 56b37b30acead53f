"""历年对比 of one department: what each reader sees of each year."""

from __future__ import annotations

import pytest
from django.urls import reverse

from evaluations import workflow
from evaluations.boarding.years import Comparison
from evaluations.models import Evaluation
from tests import people
from tests.people import Cast
from tests.web.conftest import signed_in
from tests.web.html import Page

from . import county


@pytest.fixture
def two(cast: Cast) -> tuple[Evaluation, Evaluation]:
    """2023 approved with points lost, 2024 a complete draft."""
    first = people.complete(people.evaluation(cast, 2023))
    for step, posted in county.WORSE.items():
        people.save(first, step, posted)
    return county.brought(first, "approved"), people.complete(people.evaluation(cast))


def compared(cast: Cast, who: str) -> dict[str, list[str]]:
    comparison = Comparison(cast[who], cast.department)
    return {one.label: list(one.values) for one in comparison.measures}


def test_years_stand_side_by_side(cast: Cast, two: tuple[Evaluation, Evaluation]):
    told = compared(cast, "preparer")
    assert told["自评总分"] == ["4.00", "10.00"]
    assert told["等级"] == ["差", "优"]
    assert told["全年预算数（万元）"] == ["100.00", "100.00"]
    assert told["执行率"] == ["90.00%", "90.00%"]


def test_indicators_and_lost_points_only_of_what_was_sent(cast: Cast, two: tuple[Evaluation, Evaluation]):
    told = compared(cast, "unit_head")
    assert told["过程"] == ["4 / 10", "—"]
    assert told["失分合计"] == ["6.00", "—"]


def test_the_bureau_sees_no_draft_and_no_figures_of_what_is_mended(
    cast: Cast, two: tuple[Evaluation, Evaluation]
):
    assert compared(cast, "reviewer")["自评总分"] == ["4.00"]
    sent = workflow.perform("submit", two[1], cast.unit_head)
    assert compared(cast, "reviewer")["自评总分"] == ["4.00", "10.00"]
    workflow.perform("return", sent, cast.reviewer, "请补充说明。")
    for who in ("reviewer", "observer", "bureau_lead"):
        assert compared(cast, who)["自评总分"] == ["4.00", "—"]
        assert compared(cast, who)["执行率"] == ["90.00%", "—"]
    assert compared(cast, "preparer")["自评总分"] == ["4.00", "10.00"]


def test_a_voided_report_is_no_year(cast: Cast, two: tuple[Evaluation, Evaluation]):
    workflow.perform("void", two[1], cast.preparer, "年度选错，重新填报")
    assert compared(cast, "preparer")["自评总分"] == ["4.00"]


def test_the_page_draws_the_trend_with_its_table(cast: Cast, two: tuple[Evaluation, Evaluation]):
    page = Page(signed_in(cast.preparer).get(reverse("department_years", args=["baojing-zgh"])))
    charts = page.all("svg")
    assert len(charts) == 2
    assert "2023 年度：4.00" in charts[0].text
    assert [one["role"] for one in charts] == ["img", "img"]
    assert "历年总分" in charts[0].text


def test_without_reports_the_page_says_so(cast: Cast):
    answer = signed_in(cast.reviewer).get(reverse("department_years", args=["baojing-zgh"]))
    assert "还没有可以对比的报告" in answer.content.decode()


def test_strangers_cannot_tell_an_existing_department_from_an_absent_one(cast: Cast):
    for who in ("stranger", "system_admin", "auditor", "newcomer"):
        client = signed_in(cast[who])
        here, nowhere = (
            client.get(reverse("department_years", args=[code])) for code in ("baojing-zgh", "nirgends")
        )
        assert here.status_code == nowhere.status_code == 404
        assert len(here.content) == len(nowhere.content)


def test_the_years_cost_the_same_however_many(
    cast: Cast, django_assert_max_num_queries, django_assert_num_queries
):
    county.brought(people.complete(people.evaluation(cast, 2023)), "approved")
    client, url = signed_in(cast.preparer), reverse("department_years", args=["baojing-zgh"])
    with django_assert_max_num_queries(10) as one:
        client.get(url)
    county.brought(people.complete(people.evaluation(cast)), "submitted")
    with django_assert_num_queries(len(one.captured_queries)):
        client.get(url)
