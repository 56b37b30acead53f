"""对在填自评的影响: what a draft will do, report by report, and how far a published version has come."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from evaluations import creating, workflow
from evaluations.models import Department, Evaluation, Event, FiscalYear, Membership, Role, User
from evaluations.rollout import outlook, running, targets
from indicators.models import IndicatorTemplate
from tests import people, versions
from tests.people import COMPLETE, Cast, Posted
from tests.versions import report

OVER = Posted(fields={"budget": "100", "spent": "103"}, tables=COMPLETE["money"].tables)


@pytest.fixture
def admin(cast: Cast) -> User:
    """Looks after the templates of the whole prefecture."""
    user = people.person("zhibiao")
    Membership.objects.create(user=user, role=Role.TEMPLATE_ADMIN, region_id="433100")
    return user


@pytest.fixture
def client(admin: User) -> Client:
    found = Client()
    found.force_login(admin, "evaluations.access.RoleBackend")
    return found


def department(cast: Cast, number: int) -> Department:
    return Department.objects.create(
        code=f"unit-{number}", name=f"第{number}单位", region=cast.department.region
    )


def filled(place: Department) -> Evaluation:
    year = FiscalYear.objects.filter(region=place.region_id).first() or people.fiscal_year(
        2024, place.region_id
    )
    one = creating.start_evaluation(place, year, None)
    people.save(one, "money", OVER)
    people.save(one, "work", COMPLETE["work"])
    return one


def page(client: Client, template: IndicatorTemplate, **query: str) -> str:
    response = client.get(reverse("template-effect", args=[template.pk]), query)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_a_draft_shows_what_becomes_of_each_report(cast: Cast, ready: Evaluation, client: Client):
    filled(department(cast, 1))
    workflow.perform("submit", ready, cast.unit_head)
    shown = page(client, versions.draft(report(), versions.stricter, versions.asking_more))
    assert "第1单位 2024 年度自评" in shown
    assert "7.00 → <strong>5.00</strong>" in shown
    assert "重新计分；章节重新打开：资金情况" in shown
    assert "不变动</dt><dd>1 份（已送审 1）" in shown
    assert "保靖县总工会 2024 年度自评" not in shown
    assert "指标“预算执行率”：每档扣分由 1 改为 2" in shown
    assert "5 级" in shown


def test_nothing_is_written_by_looking(cast: Cast, client: Client):
    one = filled(department(cast, 1))
    before = Evaluation.objects.filter(pk=one.pk).values().get()
    events = Event.objects.count()
    page(client, versions.draft(report(), versions.stricter))
    assert Evaluation.objects.filter(pk=one.pk).values().get() == before
    assert Event.objects.count() == events + 1  # the draft that was stored


def test_a_report_that_is_not_touched_says_why(cast: Cast, client: Client):
    filled(department(cast, 1))
    shown = page(client, versions.draft(report(), lambda data: data.update(years=[2025])))
    assert "不受影响：新版不适用于 2024 年度" in shown


def test_a_draft_that_cannot_be_computed_shows_the_differences_alone(cast: Cast, client: Client):
    filled(department(cast, 1))
    draft = versions.draft(report(), versions.stricter)
    draft.content["fields"][4]["formula"] = "没有这一项 ÷ 2"
    draft.content_hash = "x" * 64
    draft.save()
    shown = page(client, draft)
    assert "草稿里还有不能计算的地方，没有试算得分" in shown
    assert "改用这一版" in shown
    assert "每档扣分由 1 改为 2" in shown


def test_reports_of_other_regions_are_only_counted(cast: Cast, client: Client, admin: User):
    filled(people.department("huayuan-zgh", "花垣县总工会", "433124"))
    admin.memberships.update(region_id="433125")
    shown = page(client, versions.draft(report(), versions.stricter))
    assert "花垣县总工会" not in shown
    assert "在填</dt><dd>1 份" in shown
    assert "没有在填的自评" in shown


def test_the_list_is_paged_and_costs_as_many_queries_for_one_as_for_many(
    cast: Cast, client: Client, monkeypatch
):
    monkeypatch.setattr(outlook, "SIZE", 4)
    people.fiscal_year()
    counted = []
    for number in range(1, 7):
        filled(department(cast, number))
        if number in (2, 4, 6):
            draft = IndicatorTemplate.objects.filter(state="draft").first()
            draft = draft or versions.draft(report(), versions.stricter)
            page(client, draft)  # compiled once
            with CaptureQueriesContext(connection) as queries:
                shown = page(client, draft)
            counted.append(len(queries))
    assert counted[0] == counted[1] == counted[2] <= 22
    assert shown.count('<th scope="row">') == 4
    assert "第6单位" in page(client, draft, after="2024-unit-4")


def test_a_published_version_shows_what_is_left_and_why_and_goes_on(
    cast: Cast, client: Client, django_capture_on_commit_callbacks
):
    one = filled(department(cast, 1))
    filled(department(cast, 2))
    broken = one.sections.get(code="money")
    whole = broken.content
    broken.content = {"tables": {"T1": [{"use": "没有行号"}]}}
    broken.save()
    new = versions.publish(report(), versions.stricter)
    assert "还没有改用这一版</dt><dd>2 份" in page(client, new)
    running.run()
    shown = page(client, new)
    assert "还没有改用这一版</dt><dd>1 份" in shown
    assert "第1单位 2024 年度自评" in shown
    assert "KeyError" in shown
    assert "第2单位" not in shown
    broken.content = whole
    broken.save()
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(reverse("template-effect", args=[new.pk]), follow=True)
    assert "已继续办理。" in answer.content.decode()
    assert not targets.targets("small")
    assert "在填的自评都已改用这一版。" in page(client, new)
    assert "continue_rollout" in Event.objects.values_list("action", flat=True)


def test_an_older_version_points_to_the_newest(cast: Cast, client: Client):
    filled(department(cast, 1))
    second = versions.publish(report(), versions.stricter)
    versions.publish(report(), versions.reworded)
    assert "第 3 版</a>，在填的自评改用那一版" in page(client, second)
    assert "没有受影响的自评" in page(client, IndicatorTemplate.objects.get(version=1))


def test_going_on_is_refused_to_others_and_for_a_draft(cast: Cast, client: Client):
    people.fiscal_year()
    draft = versions.draft(report(), versions.stricter)
    answer = client.post(reverse("template-effect", args=[draft.pk]), follow=True).content.decode()
    assert "没有要改用这一版的自评" in answer
    lead = Client()
    lead.force_login(cast.bureau_lead, "evaluations.access.RoleBackend")
    assert lead.get(reverse("template-effect", args=[draft.pk])).status_code == 200
    assert lead.post(reverse("template-effect", args=[draft.pk])).status_code == 403
