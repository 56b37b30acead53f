"""What a careful reviewer finds in the five real reports, and that the demos can be sent all the same."""

from __future__ import annotations

from decimal import Decimal

import pytest

from evaluations import workflow
from evaluations.models import Evaluation
from evaluations.models.evaluations import State
from tests import people

from .conftest import Report, load

#: 支出 above 收入 plus 年初结转 in 元; None: the report does not state its revenue.
OVERSPENT = {
    "000-tianxin": Decimal("22600"),
    "001-yuanjiang": Decimal("105150"),
    "002-baojing": Decimal("0"),
    "003-nanhu": None,
    "004-liuyang": None,
}
#: The checks by which 支出 above 收入 is found, with the difference that they name.
BALANCE = {"000-tianxin": ("表内-04", "2.26 万元"), "001-yuanjiang": ("表内-04", "105.15 千元")}
#: What each demo leaves behind: every finding that asks for an explanation.
ASKED = {
    "000-tianxin": ["表内-04", "表内-05", "表间-08"],
    "001-yuanjiang": ["表内-02", "表内-04", "表内-07", "表间-01", "表间-03"],
    "003-nanhu": ["表间-09"],
}


def test_every_report_tells_whether_it_spent_more_than_it_had(report: Report) -> None:
    values = report.assessment.figures.values
    spent, income = values["total_spending"], values[_income(report)]
    opening = values["carried_in"]
    if not isinstance(income, Decimal):
        assert OVERSPENT[report.name] is None
        said = {finding.message for finding in report.assessment.findings}
        assert report.name != "003-nanhu" or "本年收入合计没有填，不能审核。" in said
        return
    had = income + (opening if isinstance(opening, Decimal) else Decimal(0))
    assert max(spent - had, Decimal(0)) == OVERSPENT[report.name]
    found = [(finding.code, finding.difference) for finding in report.assessment.findings]
    wanted = BALANCE.get(report.name)
    assert bool(OVERSPENT[report.name]) == (wanted is not None) == (wanted in found)


def _income(report: Report) -> str:
    return "fiscal_revenue" if report.name == "002-baojing" else "revenue"


@pytest.mark.parametrize("name", sorted(ASKED))
def test_what_asks_for_an_explanation_has_one_and_nothing_else_is_wrong(name: str, db: None) -> None:
    assessment = load(name).assessment
    asked = sorted(finding.code for finding in assessment.findings if finding.severity == "explain")
    assert asked == ASKED[name]
    assert (assessment.must_fix, assessment.unexplained) == ((), ())


@pytest.mark.parametrize("name", sorted(ASKED))
def test_the_demo_can_be_sent(name: str, db: None) -> None:
    evaluation = load(name).evaluation
    unit_head = people.person("fuzeren", people.Role.UNIT_HEAD, evaluation.department)
    workflow.perform("submit", evaluation, unit_head)
    assert Evaluation.objects.get(pk=evaluation.pk).state == State.SUBMITTED
    assert evaluation.snapshots.count() == 1
