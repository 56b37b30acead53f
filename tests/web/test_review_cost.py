"""What the review page and a decision cost, also on the largest real report."""

from __future__ import annotations

from pathlib import Path

from django.db import connection
from django.test.utils import CaptureQueriesContext

from evaluations import (
    access,
    packages,
    points,
    rescoring,
    workflow,
    worksheets,
)
from evaluations.models import (
    Evaluation,
    FiscalYear,
    Role,
)
from indicators import loading
from tests import people
from tests.people import Cast

from .conftest import signed_in, statements
from .desk import QUOTA, at

ROOT = Path(__file__).resolve().parent.parent.parent


def test_the_page_and_a_decision_cost_few_queries(
    cast: Cast, submitted: Evaluation, django_assert_max_num_queries
):
    for number in range(12):
        points.raise_point(submitted, QUOTA, f"第 {number} 条，请核对。", cast.reviewer)
    rescoring.review_score(submitted, "A02", "2", "佐证不足，酌情扣分", cast.reviewer)
    client = signed_in(cast.bureau_lead)
    with django_assert_max_num_queries(20):
        client.get(at("review", submitted))
    with django_assert_max_num_queries(20):
        client.get(at("review", submitted), {"view": "figures"})
    with CaptureQueriesContext(connection) as decision:
        client.post(at("transition", submitted, "return"), {"reason": "请逐条修改后再送。"})
    assert statements(decision) <= 14


def test_the_largest_real_report_costs_few_queries_too(django_assert_max_num_queries, db: None):
    people.template(ROOT / "indicators" / "library" / "baojing-2017.yaml")
    packages.load_package(loading.load_yaml(ROOT / "evaluations" / "demo" / "2017-baojing-zgh.yaml"))
    report = Evaluation.objects.get()
    head, lead = (
        people.person(name, role, report.department)
        for name, role in (("zhuxi", Role.UNIT_HEAD), ("guzhang", Role.BUREAU_LEAD))
    )
    workflow.perform("submit", report, head)
    for line in report.sheet["lines"][:6]:
        points.raise_point(report, "", f"请补充“{line['name']}”的佐证材料。", lead)
        rescoring.review_score(report, line["code"], "0.5", "佐证材料不足，酌情扣分。", lead)
    client = signed_in(lead)
    for query in ({}, {"view": "figures"}, {"view": "evidence"}, {"version": "1"}):
        with django_assert_max_num_queries(20):
            assert client.get(at("review", report), query).status_code == 200
    with django_assert_max_num_queries(20):
        client.get(at("review_document", report))


def test_an_approval_with_all_that_it_asks_costs_few_statements(cast: Cast, submitted: Evaluation):
    FiscalYear.objects.update(checklist="佐证材料齐全")
    rescoring.review_score(submitted, "A02", "2", "佐证不足，酌情扣分。", cast.reviewer)
    fresh = access.get_evaluation(cast.reviewer, submitted.reference, "review")
    worksheets.save(fresh, {"佐证材料齐全": {"verdict": "yes"}}, "", 0, cast.reviewer)
    lead = signed_in(cast.bureau_lead)
    with CaptureQueriesContext(connection) as captured:
        lead.post(at("transition", submitted, "approve"))
    submitted.refresh_from_db()
    assert submitted.state == "approved"
    assert statements(captured) <= 14
