"""Who is told of what, and never of a deed of their own."""

from __future__ import annotations

import pytest
from django.db import transaction

from evaluations import access, desk, events, notices, people, points, workflow
from evaluations.models import Evaluation, Event, FiscalYear, Notice, Region, Role, User
from evaluations.models.records import ACTIONS
from evaluations.sections import Posted
from tests import people as cast_of
from tests import projects as with_projects
from tests.people import Cast


def told(action: str) -> dict[str, str]:
    """user name → where the notice leads."""
    rows = Notice.objects.filter(kind=action).select_related("recipient")
    return {one.recipient.username: one.page for one in rows}


def test_the_table_knows_only_real_events_and_pages(cast: Cast, draft: Evaluation):
    assert set(notices.TABLE) <= set(ACTIONS)
    for rows in notices.TABLE.values():
        for row in rows:
            assert draft.reference in Notice(page=row.page, evaluation=draft).get_absolute_url()


def test_asking_for_the_signature_tells_the_head(cast: Cast, ready: Evaluation):
    workflow.perform("request_signature", ready, cast.preparer)
    assert told("request_signature") == {"unit-head": "check"}
    workflow.perform("decline", ready, cast.unit_head, "培训费请再核对。")
    assert told("decline") == {"preparer": "check"}


def test_a_change_tells_that_the_signature_has_lapsed(cast: Cast, ready: Evaluation):
    workflow.perform("request_signature", ready, cast.preparer)
    cast_of.save(ready, "money", Posted(fields={"quota": "11"}), cast.preparer)
    assert told("signature_lapsed") == {"unit-head": "check"}


def test_sending_tells_the_reviewer_and_the_department(cast: Cast, ready: Evaluation):
    workflow.perform("submit", ready, cast.unit_head)
    assert told("submit") == {"reviewer": "review", "preparer": "review"}
    notice = Notice.objects.get(recipient=cast.reviewer)
    assert notice.sentence == "保靖县总工会 2024 年度自评已送审，请审核。"
    assert notice.get_absolute_url() == f"/evaluations/{ready.reference}/review/"


def test_returning_tells_the_department_where_to_mend(cast: Cast, ready: Evaluation):
    workflow.perform("submit", ready, cast.unit_head)
    workflow.perform("return", ready, cast.reviewer, "公用经费超支 1,234.00 元，请说明。")
    assert told("return") == {"preparer": "evaluation", "unit-head": "evaluation"}
    assert not Notice.objects.filter(sentence__contains="1,234").exists(), "no figures: it may go out by mail"


def test_decisions_are_copied_to_the_superior_with_the_document(cast: Cast, ready: Evaluation):
    both = {"preparer": "review", "unit-head": "review"}
    workflow.perform("submit", ready, cast.unit_head)
    workflow.perform("approve", ready, cast.reviewer)
    assert told("approve") == both | {"observer": "report_pdf"}
    workflow.perform("clear_secrecy", ready, cast.unit_head, "经审查，不涉及国家秘密。")
    assert told("clear_secrecy") == {"bureau-lead": "review"}
    workflow.perform("publish", ready, cast.bureau_lead)
    assert told("publish") == both | {"observer": "report_pdf"}
    workflow.perform("unpublish", ready, cast.bureau_lead, "附件有误，先撤下。")
    assert told("unpublish") == both
    workflow.perform("unapprove", ready, cast.bureau_lead, "附件有误，重新审核。")
    assert told("unapprove") == both | {"reviewer": "review"}


def test_of_two_steps_the_first_calls_the_lead(cast: Cast, ready: Evaluation):
    FiscalYear.objects.update(two_step=True)
    workflow.perform("submit", ready, cast.unit_head)
    workflow.perform("pass_first", ready, cast.reviewer)
    assert told("pass_first") == {
        "bureau-lead": "review",
        "preparer": "review",
        "unit-head": "review",
    }


def test_who_has_it_on_the_desk_is_told_alone(cast: Cast, ready: Evaluation):
    colleague = cast_of.person("colleague", Role.REVIEWER, cast.department)
    workflow.perform("submit", ready, cast.unit_head)
    assert set(told("submit")) == {"reviewer", "colleague", "preparer"}
    desk.assign(ready, colleague, cast.bureau_lead)
    assert told("assign") == {"colleague": "review"}
    workflow.perform("open", ready, colleague)
    workflow.perform("ask_return", ready, cast.preparer, "漏填了一个项目，请退回。")
    assert told("ask_return") == {"colleague": "review"}


def test_a_reviewer_who_no_longer_reviews_there_is_not_told_and_others_are(cast: Cast, ready: Evaluation):
    leaver = cast_of.person("leaver", Role.REVIEWER, cast.department)
    workflow.perform("submit", ready, cast.unit_head)
    desk.assign(ready, leaver, cast.bureau_lead)
    elsewhere = cast_of.region("433124", "花垣县")
    people.end(None, leaver.memberships.get())
    people.grant(None, leaver, Role.REVIEWER, region=elsewhere)
    Notice.objects.all().delete()
    notices.about(events.record(cast.unit_head, "ask_return", evaluation=ready))
    assert told("ask_return") == {"reviewer": "review"}


def test_whoever_stops_reviewing_leaves_the_desk_to_others(
    cast: Cast, ready: Evaluation, django_capture_on_commit_callbacks
):
    leaver = cast_of.person("leaver", Role.REVIEWER, cast.department)
    people.grant(None, leaver, Role.REVIEWER, region=Region.objects.get(code="433100"))
    workflow.perform("submit", ready, cast.unit_head)
    desk.assign(ready, leaver, cast.bureau_lead)
    county, prefecture = leaver.memberships.order_by("pk")
    with django_capture_on_commit_callbacks(execute=True):
        people.end(cast.system_admin, county)
    ready.refresh_from_db()
    assert ready.reviewer == leaver, "still a reviewer, of the whole prefecture"
    with django_capture_on_commit_callbacks(execute=True):
        people.end(None, prefecture)
    ready.refresh_from_db()
    assert ready.reviewer is None
    event = Event.objects.get(action="unassign")
    assert (event.evaluation, event.detail) == (ready, {"from_reviewer": "leaver"})
    assert told("unassign") == {"reviewer": "review"}


def test_who_decided_stays_on_record_when_the_account_is_stopped(
    cast: Cast, ready: Evaluation, django_capture_on_commit_callbacks
):
    sister = cast_of.complete(cast_of.evaluation(cast_of.department("baojing-jyj", "保靖县教育局")))
    for one, head in (
        (ready, cast.unit_head),
        (sister, cast_of.person("head", Role.UNIT_HEAD, sister.department)),
    ):
        workflow.perform("submit", one, head)
        workflow.perform("open", one, cast.reviewer)
    workflow.perform("approve", ready, cast.reviewer)
    workflow.perform("return", sister, cast.reviewer, "公用经费请再核对。")
    with django_capture_on_commit_callbacks(execute=True):
        people.set_active(cast.system_admin, cast.reviewer, False)
    ready.refresh_from_db()
    sister.refresh_from_db()
    assert (ready.reviewer, sister.reviewer) == (cast.reviewer, None)


def test_points_on_a_project_go_to_the_desk_of_its_department_s_report(cast: Cast):
    whole = with_projects.evaluation(cast)
    hall, _ = with_projects.complete(whole)
    colleague = cast_of.person("colleague", Role.REVIEWER, cast.department)
    workflow.perform("submit", whole, cast.unit_head)
    desk.assign(whole, colleague, cast.bureau_lead)
    hall = access.get_evaluation(cast.reviewer, hall.reference, "review")
    point = points.raise_point(hall, "", "绩效目标不够具体，请补充。", cast.bureau_lead)
    points.reply(point, "已补充数量指标两项。", cast.preparer)
    assert told("reply") == {"colleague": "review", "unit-head": "remarks"}


def test_nobody_is_told_of_the_own_deed(cast: Cast, ready: Evaluation):
    people.grant(None, cast.unit_head, Role.PREPARER, department=cast.department)
    workflow.perform("submit", ready, cast.unit_head)
    assert "unit-head" not in told("submit")


def test_the_nearest_reviewers_are_told_else_the_lead(cast: Cast, ready: Evaluation):
    prefecture = cast_of.person("zhou")
    people.grant(None, prefecture, Role.REVIEWER, region=Region.objects.get(code="433100"))
    event = events.record(cast.unit_head, "submit", evaluation=ready)
    notices.about(event)
    assert set(told("submit")) == {"reviewer", "preparer"}
    people.end(None, cast.reviewer.memberships.get())
    notices.about(event)
    assert "zhou" in told("submit") and "bureau-lead" not in told("submit")
    people.end(None, prefecture.memberships.get())
    notices.about(event)
    assert "bureau-lead" in told("submit")


def test_who_left_or_was_stopped_is_not_told(cast: Cast, ready: Evaluation):
    cast_of.person("leaver", Role.PREPARER, cast.department)
    people.end(None, User.objects.get(username="leaver").memberships.get())
    people.set_active(None, cast.reviewer, False)
    workflow.perform("submit", ready, cast.unit_head)
    assert told("submit") == {"preparer": "review", "bureau-lead": "review"}


def test_a_refused_deed_tells_nobody(cast: Cast, draft: Evaluation):
    with pytest.raises(workflow.Refused):
        workflow.perform("submit", draft, cast.unit_head)
    assert not Notice.objects.exists()


def test_what_is_rolled_back_was_not_told(cast: Cast, ready: Evaluation):
    with transaction.atomic():
        workflow.perform("submit", ready, cast.unit_head)
        transaction.set_rollback(True)
    assert not Notice.objects.exists()


def test_an_event_costs_two_queries_however_many_are_told(
    cast: Cast, draft: Evaluation, django_assert_num_queries
):
    for number in range(5):
        cast_of.person(f"tianbao-{number}", Role.PREPARER, cast.department)
    event = events.record(cast.reviewer, "return", evaluation=draft)
    with django_assert_num_queries(2):
        assert len(notices.about(event)) == 7


def test_events_of_no_report_tell_nobody(cast: Cast):
    assert notices.about(Event.objects.create(action="sign_in")) == []


def test_a_key_is_told_once_to_each(cast: Cast, draft: Evaluation):
    def tell(*users: User) -> int:
        return len(notices.tell(users, "remind", "请送审。", "home", key="due-1", actor=cast.bureau_lead))

    assert tell(cast.preparer, cast.preparer, cast.bureau_lead) == 1
    assert tell(cast.preparer) == 0
    assert tell(cast.preparer, cast.unit_head) == 1


def test_an_anchor_leads_to_the_place(cast: Cast, draft: Evaluation):
    (one,) = notices.tell(
        [cast.preparer], "return", "有新的意见。", "review", evaluation=draft, anchor="thread-3"
    )
    assert one.get_absolute_url().endswith("/review/#thread-3")


def test_reading_is_one_s_own_and_keeps_its_first_time(cast: Cast):
    (one,) = notices.tell([cast.preparer], "remind", "请送审。", "home")
    assert notices.read(cast.stranger, one.pk) is None
    assert notices.unread(cast.preparer) == 1
    notices.read(cast.preparer, one.pk)
    first = Notice.objects.get().read_at
    notices.read(cast.preparer, one.pk)
    assert Notice.objects.get().read_at == first is not None
    assert notices.unread(cast.preparer) == 0


def test_all_are_read_at_once(cast: Cast):
    for number in range(3):
        notices.tell([cast.preparer, cast.unit_head], "remind", f"第 {number} 次。", "home")
    assert notices.read_all(cast.preparer) == 3
    assert notices.read_all(cast.preparer) == 0
    assert notices.unread(cast.unit_head) == 3
