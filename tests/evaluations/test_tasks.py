"""下达任务, 催办, and reminders before the deadline."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from evaluations import people as service
from evaluations import tasks, workflow, years
from evaluations.errors import Invalid
from evaluations.models import Department, Evaluation, Event, FiscalYear, Notice, Role
from tests import people
from tests.people import Cast

At = Callable[[str], None]
TEXT = "请于截止日期前完成 2024 年度部门整体支出绩效自评。\n附件：填报说明。\n联系人：王股长，电话 0743-123。"


@pytest.fixture
def year(cast: Cast) -> FiscalYear:
    found = people.fiscal_year()
    found.due_on = date(2025, 3, 31)
    found.save()
    return found


@pytest.fixture
def sister(cast: Cast) -> Department:
    """A second department of the county, with a preparer."""
    found = people.department("baojing-jyj", "保靖县教育局")
    people.person("jiaoyu", Role.PREPARER, found)
    return found


def told(kind: str) -> list[str]:
    rows = Notice.objects.filter(kind=kind).order_by("recipient__username")
    return list(rows.values_list("recipient__username", flat=True))


def test_issuing_tells_everybody_who_fills_in_or_signs(cast: Cast, year: FiscalYear, sister: Department):
    issued = tasks.issue(cast.bureau_lead, year, TEXT)
    assert (issued.task, issued.issued_by) == (TEXT, cast.bureau_lead)
    assert told("issue_task") == ["jiaoyu", "preparer", "unit-head"]
    assert Notice.objects.first().sentence == "保靖县 2024 年度绩效自评任务已下达，请在 2025年3月31日前送审。"
    event = Event.objects.get(action="issue_task")
    assert (event.detail["text"], event.detail["count"]) == (TEXT, 3)


def test_issuing_twice_with_the_same_text_changes_nothing(cast: Cast, year: FiscalYear):
    tasks.issue(cast.bureau_lead, year, TEXT)
    tasks.issue(cast.bureau_lead, year, f"  {TEXT}\n")
    assert Event.objects.filter(action="issue_task").count() == 1
    assert told("issue_task") == ["preparer", "unit-head"]


def test_another_text_is_issued_anew_and_both_are_in_the_log(cast: Cast, year: FiscalYear):
    tasks.issue(cast.bureau_lead, year, TEXT)
    tasks.issue(cast.bureau_lead, year, TEXT + "\n补充：另附佐证材料。")
    assert Notice.objects.filter(recipient=cast.preparer, sentence__contains="任务通知已补发").count() == 1
    texts = [one.detail["text"] for one in Event.objects.filter(action="issue_task").order_by("id")]
    assert texts == [TEXT, TEXT + "\n补充：另附佐证材料。"]


@pytest.mark.parametrize(
    ("text", "sentence"), [("请填报", "任务通知只有 3 字，至少写 10 个字"), ("请" * 5001, "最多 5000 字")]
)
def test_a_task_of_a_wrong_length_is_refused(cast: Cast, year: FiscalYear, text: str, sentence: str):
    with pytest.raises(Invalid, match=sentence):
        tasks.issue(cast.bureau_lead, year, text)
    assert not Notice.objects.exists()


def test_a_closed_year_gets_no_task(cast: Cast, year: FiscalYear):
    years.set_closed(cast.bureau_lead, year, True)
    with pytest.raises(Invalid, match="已关闭"):
        tasks.issue(cast.bureau_lead, year, TEXT)


@pytest.mark.parametrize("who", ["preparer", "reviewer", "system_admin"])
def test_only_the_lead_issues_and_reminds(cast: Cast, year: FiscalYear, who: str):
    for deed in (
        lambda: tasks.issue(cast[who], year, TEXT),
        lambda: tasks.remind(cast[who], year, [cast.department]),
    ):
        with pytest.raises(PermissionDenied):
            deed()


def test_reminding_reaches_whoever_has_not_sent_once_a_day(
    cast: Cast, year: FiscalYear, sister: Department, at: At
):
    at("2025-03-28 09:00")
    workflow.perform("submit", people.complete(people.evaluation(cast)), cast.unit_head)
    both = [cast.department, sister]
    assert tasks.remind(cast.bureau_lead, year, both) == tasks.Reminded(1, 1, ())
    assert told("remind") == ["jiaoyu"]
    assert Notice.objects.get(kind="remind").sentence == (
        "财政局催办：保靖县教育局 2024 年度自评还没有送审，截止日期是 2025年3月31日（还剩 3 天）。"
    )
    assert tasks.remind(cast.bureau_lead, year, both) == tasks.Reminded(0, 2, ())
    assert Event.objects.filter(action="remind").count() == 1
    at("2025-03-29 09:00")
    assert tasks.remind(cast.bureau_lead, year, both).told == 1


def test_a_department_without_people_is_named(cast: Cast, year: FiscalYear):
    empty = people.department("baojing-wg", "保靖县工人文化宫")
    assert tasks.remind(cast.bureau_lead, year, [empty]) == tasks.Reminded(0, 0, (empty,))


def days(at: At, *moments: str) -> list[int]:
    found = []
    for moment in moments:
        at(moment)
        found.append(tasks.remind_due())
    return found


def test_reminders_come_7_3_and_1_days_before(cast: Cast, year: FiscalYear, at: At):
    people.evaluation(cast)
    march = [f"2025-03-{day:02} 08:00" for day in range(22, 32)]
    #                          22 23 24 25 26 27 28 29 30 31
    assert days(at, *march) == [0, 0, 1, 0, 0, 0, 1, 0, 1, 0]
    assert days(at, "2025-04-01 08:00") == [0]
    assert Event.objects.filter(action="remind", actor=None).count() == 3


def test_a_missed_day_is_made_up_for_and_nothing_comes_twice(cast: Cast, year: FiscalYear, at: At):
    assert days(at, "2025-03-26 08:00", "2025-03-26 09:00", "2025-03-27 08:00") == [1, 0, 0]
    assert Notice.objects.filter(recipient=cast.preparer).get().sentence.endswith("（还剩 5 天）。")


def test_a_clock_set_back_reminds_of_nothing_twice(cast: Cast, year: FiscalYear, at: At):
    assert days(at, "2025-03-28 08:00", "2025-03-24 08:00", "2025-03-28 08:00") == [1, 1, 0]


def test_an_extension_is_reminded_of_in_its_turn(cast: Cast, year: FiscalYear, sister: Department, at: At):
    at("2025-03-20 08:00")
    tasks.extend(cast.bureau_lead, year, [cast.department], date(2025, 4, 10), "会计住院，四月初返岗。")
    assert days(at, "2025-03-24 08:00") == [1]
    assert told("remind") == ["jiaoyu"]
    assert days(at, "2025-04-03 08:00") == [1]
    assert told("remind") == ["jiaoyu", "preparer", "unit-head"]


def test_who_has_sent_or_whose_year_is_closed_is_left_alone(cast: Cast, year: FiscalYear, at: At):
    at("2025-03-24 08:00")
    workflow.perform("submit", people.complete(people.evaluation(cast)), cast.unit_head)
    assert tasks.remind_due() == 0
    FiscalYear.objects.update(closed=True)
    Evaluation.objects.update(version=0)
    assert tasks.remind_due() == 0


def test_reminders_reach_a_successor_s_people_only_for_departments_in_use(
    cast: Cast, year: FiscalYear, sister: Department, at: At
):
    at("2025-03-24 08:00")
    service.change_department(None, sister, name=sister.name, short_name="", is_active=False, parent=None)
    assert tasks.remind_due() == 1
    assert "jiaoyu" not in told("remind")


def test_standings_say_how_each_department_is(cast: Cast, year: FiscalYear, sister: Department, at: At):
    at("2025-03-28 09:00")
    draft = people.evaluation(cast)
    tasks.remind(cast.bureau_lead, year, [sister])
    tasks.extend(cast.bureau_lead, year, [sister], date(2025, 4, 10), "会计住院，四月初返岗。")
    first, second = tasks.standings(year, list(years.departments(year)))
    assert (first.department, first.evaluation, first.deadline.extended) == (sister, None, True)
    assert first.reminded_at is not None
    assert (second.department, second.evaluation, second.deadline.days_left) == (cast.department, draft, 3)


@pytest.mark.parametrize(
    ("show", "codes"),
    [
        (None, ["baojing-jyj", "baojing-kjj", "baojing-zgh"]),
        ("idle", ["baojing-jyj", "baojing-kjj"]),
        ("unsent", ["baojing-jyj", "baojing-kjj"]),
        ("late", ["baojing-kjj"]),
        ("sent", ["baojing-zgh"]),
    ],
)
def test_the_list_is_narrowed(
    cast: Cast, year: FiscalYear, sister: Department, at: At, show: str | None, codes: list[str]
):
    at("2025-03-28 09:00")
    people.department("baojing-kjj", "保靖县科技局")
    workflow.perform("submit", people.complete(people.evaluation(cast)), cast.unit_head)
    tasks.extend(cast.bureau_lead, year, [sister], date(2025, 4, 10), "会计住院，四月初返岗。")
    at("2025-04-02 09:00")
    found = tasks.narrowed(year, show, None).order_by("code")
    assert [one.code for one in found] == codes
