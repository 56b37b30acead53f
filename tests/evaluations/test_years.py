"""Years: templates of projects and of single departments, closing and opening again."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from evaluations import creating, years
from evaluations.errors import Invalid, Locked
from evaluations.models import Evaluation, Event, FiscalYear, Region, TemplateAssignment
from indicators.models import IndicatorTemplate
from tests import people
from tests.people import Cast


@pytest.fixture
def year(cast: Cast) -> FiscalYear:
    return people.fiscal_year()


@pytest.fixture
def other(year: FiscalYear) -> IndicatorTemplate:
    """A second published template for 2024."""
    template = year.template
    made = IndicatorTemplate.objects.get(pk=template.pk)
    made.pk, made._state.adding, made.code = None, True, "other"
    made.save(force_insert=True)
    return made


def test_a_department_starts_on_the_template_assigned_to_it(
    cast: Cast, year: FiscalYear, other: IndicatorTemplate
):
    sister = people.department("baojing-jyj", "保靖县教育局")
    assert years.assign_template(cast.bureau_lead, year, [cast.department], other) == 1
    assert years.assign_template(cast.bureau_lead, year, [cast.department], other) == 0, (
        "twice changes nothing"
    )
    assert creating.start_evaluation(cast.department, year, None).template == other
    assert creating.start_evaluation(sister, year, None).template == year.template
    event = Event.objects.get(action="assign_template")
    assert (event.department, event.detail["year"]) == (cast.department, 2024)


def test_an_assignment_is_taken_back(cast: Cast, year: FiscalYear, other: IndicatorTemplate):
    years.assign_template(cast.bureau_lead, year, [cast.department], other)
    assert years.assign_template(cast.bureau_lead, year, [cast.department], None) == 1
    assert not TemplateAssignment.objects.exists()


def test_what_has_begun_keeps_its_template(cast: Cast, draft: Evaluation, other: IndicatorTemplate):
    sister = people.department("baojing-jyj", "保靖县教育局")
    with pytest.raises(Invalid, match="保靖县总工会已经开始 2024 年度自评，模板不再改变"):
        years.assign_template(cast.bureau_lead, draft.fiscal_year, [sister, cast.department], other)
    assert not TemplateAssignment.objects.exists(), "all or nothing"


def test_a_template_must_fit(cast: Cast, year: FiscalYear, other: IndicatorTemplate):
    cases = {
        "不是部门整体支出自评的模板": {"kind": "project"},
        "不能用于 2024 年度": {"last_year": 2023},
        "不适用于保靖县": {"region_code": "433124"},
        "请选已发布的模板": {"state": "draft"},
    }
    for sentence, changed in cases.items():
        for name, value in changed.items():
            setattr(other, name, value)
        with pytest.raises(Invalid, match=sentence):
            years.assign_template(cast.bureau_lead, year, [cast.department], other)
        other.refresh_from_db()
    elsewhere = cast.stranger.memberships.get().department
    with pytest.raises(Invalid, match="花垣县总工会不在保靖县"):
        years.assign_template(cast.bureau_lead, year, [elsewhere], other)


def test_projects_get_a_template_of_projects(cast: Cast, year: FiscalYear, other: IndicatorTemplate):
    given = {"template": year.template, "opens_on": None, "due_on": None}
    with pytest.raises(Invalid, match="不是项目支出自评的模板"):
        years.set_year(cast.bureau_lead, year.region, 2024, project_template=other, **given)
    other.kind = "project"
    saved = years.set_year(cast.bureau_lead, year.region, 2024, project_template=other, **given)
    assert saved.project_template == other
    assert Event.objects.filter(action="set_year").latest("id").detail["project_template"] == "other 第 1 版"


def test_a_closed_year_takes_nothing_until_it_is_opened_again(cast: Cast, draft: Evaluation):
    year = years.set_closed(cast.bureau_lead, draft.fiscal_year, True)
    years.set_closed(cast.bureau_lead, draft.fiscal_year, True)
    draft = Evaluation.objects.get(pk=draft.pk)
    with pytest.raises(Locked, match="2024 年度已关闭"):
        people.save(draft, "work", people.COMPLETE["work"], cast.preparer)
    sister = people.department("baojing-jyj", "保靖县教育局")
    with pytest.raises(creating.Refused, match="已经关闭"):
        creating.start_evaluation(sister, year, None)
    years.set_closed(cast.bureau_lead, draft.fiscal_year, False)
    draft = Evaluation.objects.get(pk=draft.pk)
    people.save(draft, "work", people.COMPLETE["work"], cast.preparer)
    logged = Event.objects.filter(action__in=["close_year", "reopen_year"]).order_by("id")
    assert list(logged.values_list("action", flat=True)) == ["close_year", "reopen_year"]


@pytest.mark.parametrize("who", ["preparer", "reviewer", "system_admin", "template_admin"])
def test_only_the_lead_of_the_region_manages_years(cast: Cast, year: FiscalYear, who: str):
    for act in (
        lambda: years.set_closed(cast[who], year, True),
        lambda: years.assign_template(cast[who], year, [cast.department], None),
    ):
        with pytest.raises(PermissionDenied):
            act()
    year.refresh_from_db()
    assert not year.closed


def test_a_year_of_a_region_below_takes_its_departments(cast: Cast, year: FiscalYear):
    whole = FiscalYear.objects.create(
        region=Region.objects.get(code="433100"), year=2024, template=year.template
    )
    assert [one.code for one in years.departments(whole)] == ["huayuan-zgh"]
    assert [one.code for one in years.departments(year)] == ["baojing-zgh"]


def test_progress_counts_each_department_once(cast: Cast, draft: Evaluation):
    people.department("baojing-jyj", "保靖县教育局")
    assert years.progress(draft.fiscal_year) == [("还没有开始", 1), ("草稿", 1)]
    rows = list(years.departments(draft.fiscal_year))
    starts = years.starts(draft.fiscal_year, rows)
    assert [(one.department.code, one.evaluation) for one in starts] == [
        ("baojing-jyj", None),
        ("baojing-zgh", draft),
    ]


def test_starts_of_many_departments_cost_two_queries(cast: Cast, year: FiscalYear, django_assert_num_queries):
    rows = [people.department(f"baojing-{number}", f"{number}局") for number in range(20)]
    with django_assert_num_queries(2):
        years.starts(year, rows)


def test_how_reports_are_reviewed_is_part_of_the_year(cast: Cast, year: FiscalYear):
    given = {"template": year.template, "opens_on": None, "due_on": None, "two_step": True}
    lines = "  决算数与批复一致 \n\n附件齐全\n附件齐全\n"
    saved = years.set_year(cast.bureau_lead, year.region, 2024, **given, checklist=lines)
    assert (saved.two_step, saved.checklist) == (True, "决算数与批复一致\n附件齐全")
    detail = Event.objects.filter(action="set_year").first().detail
    assert (detail["review"], detail["checklist"]) == ("初审、复核两步", "决算数与批复一致；附件齐全")
    cases = {
        "审核清单有 21 项，最多 20 项": "\n".join(map(str, range(21))),
        "有 101 字，最多 100 字": "长" * 101,
    }
    for sentence, lines in cases.items():
        with pytest.raises(Invalid, match=sentence):
            years.set_year(cast.bureau_lead, year.region, 2024, **given, checklist=lines)
    saved.refresh_from_db()
    assert saved.checklist == "决算数与批复一致\n附件齐全"
