"""A county with many departments: reports sent with the small template, some late, one returned."""

from __future__ import annotations

from datetime import date

from evaluations import budgeting, creating, drafting, workflow
from evaluations.models import Evaluation, FiscalYear
from evaluations.sections import Posted
from tests import people
from tests.people import Cast

#: What makes the small report lose points: 3 at A01 (八成 of 5 is not: over by three points), all at A02.
WORSE = {
    "money": Posted(
        fields={"spent": "103", "A01-reason": "年中增加任务"},
        tables={"T1": [{"use": "办公", "amount": "63"}, {"use": "帮扶", "amount": "40"}]},
    ),
    "work": Posted(fields={"A02-level": "差", "A02-reason": "项目延期"}),
}


def year(due_on: date | None = None) -> FiscalYear:
    """The open year 2024 of 保靖县."""
    found = people.fiscal_year()
    FiscalYear.objects.filter(pk=found.pk).update(due_on=due_on)
    found.refresh_from_db()
    return found


def report(number: int, county: str = "433125") -> Evaluation:
    """The complete draft of one more department."""
    department = people.department(f"danwei-{number:03}", f"第{number}局", county)
    return people.complete(creating.start_evaluation(department, people.fiscal_year(2024, county), None))


def worse(one: Evaluation) -> Evaluation:
    """The same with points lost and one finding explained."""
    for step, posted in WORSE.items():
        people.save(one, step, posted)
    for finding in _assess(one).unexplained:
        drafting.explain(one, finding.code, finding.fingerprint, "上级年中下达任务", None)
    one.refresh_from_db()
    return one


def _assess(one: Evaluation):
    from evaluations import assessing

    return assessing.assess(one)


def sent(one: Evaluation, by: Cast) -> Evaluation:
    """送审 by somebody of the department."""
    return workflow.submit(one, people.person(f"p-{one.department.code}", people.Role.PREPARER, one.department))


__all__ = ["budgeting", "report", "sent", "worse", "year"]
