"""Starting an evaluation."""

import datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from evaluations import creating, workflow
from evaluations.errors import Refused
from evaluations.models import Evaluation, Event, FiscalYear, TemplateAssignment
from tests import people, projects
from tests.people import Cast


def test_a_preparer_starts_the_year(cast: Cast):
    year = people.fiscal_year()
    assert creating.why_not(cast.department, year) == ""
    evaluation = creating.start_evaluation(cast.department, year, cast.preparer)
    assert (evaluation.reference, evaluation.state, evaluation.version) == ("2024-baojing-zgh", "draft", 0)
    assert evaluation.template.code == "small"
    assert evaluation.must_fix > 0
    event = Event.objects.first()
    assert (event.action, event.actor, event.department) == ("start", cast.preparer, cast.department)
    assert "已经建立" in creating.why_not(cast.department, year)


def test_nobody_else_does(cast: Cast):
    year = people.fiscal_year()
    for who in ("unit_head", "reviewer", "stranger", "system_admin", "newcomer"):
        with pytest.raises(PermissionDenied):
            creating.start_evaluation(cast.department, year, cast[who])
    assert not Evaluation.objects.exists()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"closed": True}, "已经关闭"),
        ({"opens_on": timezone.localdate() + datetime.timedelta(days=1)}, "开始填报"),
        ({"template": None}, "还没有指定指标模板"),
        ({"year": 2031}, "不适用于 2031 年度"),
    ],
)
def test_a_year_that_is_not_open(cast: Cast, changes: dict, message: str):
    year = people.fiscal_year()
    FiscalYear.objects.filter(pk=year.pk).update(**changes)
    with pytest.raises(Refused, match=message):
        creating.start_evaluation(cast.department, year, cast.preparer)


def test_once_a_year(cast: Cast, draft: Evaluation):
    with pytest.raises(Refused, match="已经建立，请在列表中打开"):
        creating.start_evaluation(cast.department, draft.fiscal_year, cast.preparer)


def test_a_year_of_the_prefecture_serves_its_counties_and_no_other(cast: Cast):
    year = people.fiscal_year(county="433100")
    assert creating.why_not(cast.department, year) == ""
    other = people.fiscal_year(2023, "433124")
    assert "不适用于" in creating.why_not(cast.department, other)


def test_the_county_goes_before_its_prefecture(cast: Cast):
    prefecture, county = people.fiscal_year(county="433100"), people.fiscal_year()
    assert creating.startable([cast.department]) == [(cast.department, county)]
    county.closed = True
    county.save()
    assert creating.startable([cast.department]) == []
    county.delete()
    assert creating.startable([cast.department]) == [(cast.department, prefecture)]


def test_the_template_assigned_to_the_department_goes_before_the_years(cast: Cast):
    year, own = people.fiscal_year(), projects.publish(projects.whole())
    TemplateAssignment.objects.create(fiscal_year=year, department=cast.department, template=own)
    other = people.department("baojing-jyj", "保靖县教育局")
    assert creating.start_evaluation(cast.department, year, None).template == own
    assert creating.start_evaluation(other, year, None).template == year.template


def test_an_assigned_template_makes_a_year_startable_or_not(cast: Cast):
    year = people.fiscal_year()
    FiscalYear.objects.update(template=None)
    assert creating.startable([cast.department]) == []
    one = TemplateAssignment.objects.create(
        fiscal_year=year, department=cast.department, template=people.template()
    )
    assert creating.startable([cast.department]) == [(cast.department, year)]
    one.template = people.template(projects.FOLDER / "small_project.yaml")
    one.save()
    assert creating.startable([cast.department]) == []
    with pytest.raises(Refused, match="“小样项目”用于项目自评，不能用来新建单位自评"):
        creating.start_evaluation(cast.department, year, cast.preparer)


def test_a_voided_year_can_be_started_again(cast: Cast, draft: Evaluation):
    assert creating.startable([cast.department]) == []
    workflow.perform("void", draft, cast.preparer, "模板选错，重新填报")
    assert creating.startable([cast.department]) == [(cast.department, draft.fiscal_year)]


def test_a_reference_that_another_department_has_is_passed_over(cast: Cast, draft: Evaluation):
    people.evaluation(people.department("baojing-zgh-2", "保靖县某局"))
    for reference in ("2024-baojing-zgh-3", "2024-baojing-zgh-4"):
        workflow.perform("void", draft, cast.bureau_lead, "指标模板选错了")
        draft = people.evaluation(cast)
        assert draft.reference == reference
    late = people.department("baojing-zgh-3", "保靖县另一局")
    assert people.evaluation(late).reference == "2024-baojing-zgh-3-2"


def test_a_department_out_of_use(cast: Cast):
    cast.department.is_active = False
    cast.department.save()
    with pytest.raises(Refused, match="已停用"):
        creating.start_evaluation(cast.department, people.fiscal_year(), None)
