"""Setting up a county on the pages: merging, units, templates of single departments."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from evaluations import merging
from evaluations.models import Department, Evaluation, TemplateAssignment
from indicators.models import IndicatorTemplate
from tests import people
from tests.people import Cast

from .conftest import signed_in


@pytest.fixture
def desk(cast: Cast) -> Client:
    return signed_in(cast.system_admin)


def test_merging_tells_what_becomes_of_people_and_is_confirmed(desk: Client, cast: Cast):
    people.department("baojing-qtzx", "保靖县群团中心")
    url = reverse("department_merge", args=["baojing-zgh"])
    shown = desk.get(url).content.decode()
    assert "preparer甲（填报人）" in shown
    assert "花垣县" not in shown, "only departments of the same region are offered"
    successor = str(Department.objects.get(code="baojing-qtzx").pk)
    refused = desk.post(url, {"successor": successor})
    assert refused.status_code == 400, "not without the tick"
    done = desk.post(url, {"successor": successor, "sure": "on"}, follow=True).content.decode()
    assert "保靖县总工会已并入保靖县群团中心，3 个角色随之转入。" in done
    assert "– 已并入保靖县群团中心" in done
    for again in (desk.get(url, follow=True), desk.post(url, {"successor": successor}, follow=True)):
        assert "保靖县总工会已经并入保靖县群团中心，不必重复合并。" in again.content.decode()
    assert "已于" in desk.get(reverse("department", args=["baojing-zgh"])).content.decode()
    told = signed_in(cast.auditor).get(reverse("log"), {"action": "merge_department"}).content.decode()
    assert "并入 保靖县群团中心" in told


def test_the_successor_finds_the_old_report_in_the_list(cast: Cast, draft: Evaluation):
    merging.merge(None, cast.department, people.department("baojing-qtzx", "保靖县群团中心"))
    client = signed_in(cast.preparer)
    assert "保靖县总工会" in client.get("/").content.decode()
    assert client.get(reverse("section", args=[draft.reference, "money"])).status_code == 200


def test_a_department_is_put_under_its_superior(desk: Client, cast: Cast):
    form = {
        "code": "baojing-fwzx",
        "name": "职工服务中心",
        "region": "433125",
        "parent": str(cast.department.pk),
    }
    desk.post(reverse("department_add"), form)
    unit = Department.objects.get(code="baojing-fwzx")
    assert unit.parent == cast.department
    assert "职工服务中心" in desk.get(reverse("department", args=["baojing-zgh"])).content.decode()
    circle = {"name": "县总工会", "is_active": "on", "parent": str(unit.pk)}
    refused = desk.post(reverse("department", args=["baojing-zgh"]), circle)
    assert refused.status_code == 400, "a unit is not offered as superior"
    cast.department.refresh_from_db()
    assert cast.department.parent is None


def test_the_lead_assigns_a_template_to_ticked_departments(cast: Cast, draft: Evaluation):
    people.department("baojing-jyj", "保靖县教育局")
    client, url = signed_in(cast.bureau_lead), reverse("year_templates", args=["433125", "2024"])
    shown = client.get(url).content.decode()
    assert 'value="baojing-jyj"' in shown
    assert 'value="baojing-zgh"' not in shown, "what has begun is not offered"
    assert client.post(url, {"template": ""}).status_code == 400
    given = {"template": str(draft.template.pk), "departments": ["baojing-jyj"]}
    done = client.post(url, given, follow=True).content.decode()
    assert "已改变 1 个单位的模板。" in done
    assert "● 单独指定" in done
    refused = client.post(url, given | {"departments": ["baojing-zgh"]})
    assert refused.status_code == 400
    assert "已经开始 2024 年度自评，模板不再改变" in refused.content.decode()
    assert TemplateAssignment.objects.get().department.code == "baojing-jyj"


def test_only_templates_for_the_year_and_region_are_offered(cast: Cast, draft: Evaluation):
    template = draft.template
    for code, fits in {
        "another": {},
        "older": {"last_year": 2023},
        "elsewhere": {"region_code": "433124"},
    }.items():
        values = {"code": code, "title": f"模板{code}", "first_year": 2020, "last_year": 2030} | fits
        copy = IndicatorTemplate.objects.get(pk=template.pk)
        for name, value in values.items():
            setattr(copy, name, value)
        copy.pk = None
        IndicatorTemplate.objects.bulk_create([copy])
    url = reverse("year_templates", args=["433125", "2024"])
    shown = signed_in(cast.bureau_lead).get(url).content.decode()
    assert "模板another" in shown
    assert "模板older" not in shown
    assert "模板elsewhere" not in shown


def test_lists_cost_the_same_however_long(desk: Client, cast: Cast):
    year = people.fiscal_year()
    lead = signed_in(cast.bureau_lead)

    def costs(*numbers: int) -> list[int]:
        for number in numbers:
            unit = people.department(f"baojing-{number}", f"{number}局")
            Department.objects.filter(pk=unit.pk).update(parent=cast.department)
        found = []
        for client, page in (
            (desk, reverse("departments")),
            (lead, reverse("year_templates", args=[year.region_id, year.year])),
        ):
            with CaptureQueriesContext(connection) as queries:
                client.get(page)
            found.append(len(queries))
        return found

    few = costs(1, 2)
    assert costs(*range(3, 31)) == few
    assert max(few) <= 13  # PostgreSQL opens a cursor for the choices
