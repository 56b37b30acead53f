"""Many drafts read at once are read as each by itself."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from evaluations import access, budgeting, creating, facts, gathering, workflow
from evaluations.models import Department, Evaluation
from tests import people, projects
from tests.people import Cast


def drafts() -> list[Evaluation]:
    return list(access.with_relations(Evaluation.objects.all()).order_by("pk"))


def test_a_report_with_projects_and_a_unit_is_read_as_by_itself(cast: Cast):
    parent = projects.evaluation(cast)
    projects.complete(parent)
    unit = Department.objects.create(
        code="baojing-gr", name="工人文化宫", region=cast.department.region, parent=cast.department
    )
    creating.start_evaluation(unit, parent.fiscal_year, None)
    budgeting.save_grid(unit, 2024, projects.LINES, 0, None)
    found = gathering.stored(drafts())
    assert len(found) == 4
    for one in drafts():
        assert found[one.pk] == facts.stored(one)
    assert any(line["id"].startswith("baojing-gr:") for line in found[parent.pk]["lines"])


def test_last_year_is_what_was_sent_last_or_the_draft(cast: Cast):
    last = people.complete(people.evaluation(cast, 2023))
    other = people.department("huayuan-zgh", "花垣县总工会", "433124")
    workflow.perform("submit", last, cast.unit_head)
    people.save(people.evaluation(other, 2023), "money", people.COMPLETE["money"])
    people.evaluation(cast, 2024)
    people.evaluation(other, 2024)
    this_year = [one for one in drafts() if one.fiscal_year.year == 2024]
    found = gathering.stored(this_year)
    for one in this_year:
        assert found[one.pk]["previous"]["quota"] == "10"
        assert found[one.pk] == facts.stored(one)


def test_the_number_of_queries_does_not_grow(cast: Cast):
    year = people.fiscal_year()
    counted = []
    for number in range(6):
        place = Department.objects.create(
            code=f"unit-{number}", name=f"单位{number}", region=cast.department.region
        )
        people.complete(creating.start_evaluation(place, year, None))
        with CaptureQueriesContext(connection) as queries:
            gathering.stored(drafts())
        counted.append(len(queries) - 1)
    assert len(set(counted[1:])) == 1
    assert counted[-1] <= 6


def test_what_is_kept_from_earlier_versions_is_not_told(draft: Evaluation):
    """`kept` neither counts nor is it frozen."""
    row = draft.sections.get(code="money")
    row.content["kept"] = [{"part": "fields", "code": "old", "meaning": "text", "value": "x"}]
    row.save()
    draft.sections.create(code="gone", content={"kept": row.content["kept"]})
    assert "kept" not in str(facts.stored(draft))
    assert list(facts.stored(draft)["sections"]) == ["data", "money", "work"]
