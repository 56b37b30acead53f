"""A county with many departments, whose small reports stand where a test wants them."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from evaluations import assessing, creating, drafting, snapshots
from evaluations.models import Evaluation, FiscalYear, State
from evaluations.sections import Posted
from tests import people

#: What makes the small report lose points: 3 of 5 at A01, all 3 at A02; and spend more than its budget.
WORSE = {
    "money": Posted(
        fields={"spent": "103", "A01-reason": "年中增加任务"},
        tables={"T1": [{"use": "办公", "amount": "63"}, {"use": "帮扶", "amount": "40"}]},
    ),
    "work": Posted(fields={"A02-level": "差", "A02-reason": "项目延期"}),
}


def due(on: date, county: str = "433125") -> FiscalYear:
    """The year 2024 of the county, due on a day."""
    found = people.fiscal_year(2024, county)
    FiscalYear.objects.filter(pk=found.pk).update(due_on=on)
    return found


def report(number: int, state: str = "", *, county: str = "433125", good: bool = True) -> Evaluation:
    """The complete report of one more department, brought to a state; one that is not good loses points."""
    department = people.department(f"danwei-{number:03}", f"第{number}局", county)
    one = people.complete(creating.start_evaluation(department, people.fiscal_year(2024, county), None))
    if not good:
        people.save_lines(one, (people.LINES[0], people.LINES[1] | {"executed": "43"}))
        for step, posted in WORSE.items():
            people.save(one, step, posted)
    return brought(one, state) if state else one


def brought(one: Evaluation, state: str) -> Evaluation:
    """In a state, with its first version frozen, without the way that leads there."""
    for finding in assessing.assess(one).unexplained:
        drafting.explain(one, finding.code, finding.fingerprint, "上级年中下达任务", None)
    assessment = assessing.rewrite(one)
    one.state, one.version, one.submitted_at = State(state), 1, timezone.now()
    one.save(update_fields=["state", "version", "submitted_at"])
    snapshots.freeze(one, snapshots.content_of(one, assessment), None)
    return one
