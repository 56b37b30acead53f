"""Deadlines: to the end of the day in Asia/Shanghai, longer for single departments, only the first time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from evaluations import access, creating, deadlines, tasks, workflow, years
from evaluations.access import WHY_LOCKED
from evaluations.errors import Invalid, Locked, Refused
from evaluations.models import AppendOnlyError, Evaluation, Event, Extension, FiscalYear, Notice, State
from evaluations.sections import Posted
from tests import people
from tests.people import Cast

At = Callable[[str], None]
DUE = date(2025, 3, 31)
REASON = "单位正在搬迁，账簿尚未取回。"


@pytest.fixture
def due(ready: Evaluation) -> Evaluation:
    """A complete draft of a year that is due on the last of March."""
    FiscalYear.objects.update(due_on=DUE)
    return fresh(ready)


def fresh(one: Evaluation) -> Evaluation:
    return access.with_relations(Evaluation.objects.all()).get(pk=one.pk)


def extend(cast: Cast, one: Evaluation, until: date, reason: str = REASON) -> int:
    return tasks.extend(cast.bureau_lead, one.fiscal_year, [one.department], until, reason)


def test_the_last_minute_of_the_day_still_counts(cast: Cast, due: Evaluation, at: At):
    at("2025-03-31 23:59")
    assert deadlines.bar(due) == ""
    assert workflow.perform("submit", due, cast.unit_head).state == State.SUBMITTED


def test_a_minute_later_nothing_is_sent_for_the_first_time(cast: Cast, due: Evaluation, at: At):
    at("2025-04-01 00:00")
    assert not {"submit", "request_signature"} & access.allowed(cast.preparer, due)
    with pytest.raises(Refused) as refusal:
        workflow.perform("submit", due, cast.unit_head)
    assert str(refusal.value) == (
        "2024 年度的填报截止日期是 2025年3月31日，已过 1 天，不能送审；内容仍可填写和保存。"
        "如需补报，请联系财政局绩效股延期。"
    )
    with pytest.raises(Refused, match="已过 1 天，不能送审"):
        workflow.perform("request_signature", due, cast.preparer)
    assert Evaluation.objects.get().state == State.DRAFT
    assert not Notice.objects.exists()


def test_midnight_is_that_of_shanghai(due: Evaluation, at: At):
    at("2025-04-01 07:59")  # still the 31st of March in UTC
    assert deadlines.days_left(due) == -1


def test_filling_in_and_beginning_go_on_after_the_deadline(cast: Cast, due: Evaluation, at: At):
    at("2025-05-01 09:00")
    people.save(due, "money", people.COMPLETE["money"], cast.preparer)
    sister = people.department("baojing-jyj", "保靖县教育局")
    assert creating.start_evaluation(sister, due.fiscal_year, None).state == State.DRAFT


def test_what_was_returned_may_be_sent_again_at_any_time(cast: Cast, due: Evaluation, at: At):
    at("2025-03-30 09:00")
    workflow.perform("submit", due, cast.unit_head)
    at("2025-05-01 09:00")
    workflow.perform("return", due, cast.reviewer, "请补充说明。")
    assert deadlines.bar(fresh(due)) == "" and deadlines.pending(fresh(due)) is None
    people.save(due, "money", Posted(fields={"quota": "11"}), cast.preparer)
    summary = "编制数按批复改为 11 人。"
    sent = workflow.perform("submit", fresh(due), cast.unit_head, summary=summary)
    assert sent.state == State.SUBMITTED


def test_an_extension_opens_the_way_to_its_last_day(cast: Cast, due: Evaluation, at: At):
    at("2025-04-02 09:00")
    assert extend(cast, due, date(2025, 4, 10)) == 1
    assert deadlines.due_on(fresh(due)) == date(2025, 4, 10)
    at("2025-04-11 00:00")
    with pytest.raises(Refused, match=r"截止日期（已延期）是 2025年4月10日，已过 1 天"):
        workflow.perform("submit", due, cast.unit_head)
    at("2025-04-10 23:59")
    assert workflow.perform("submit", due, cast.unit_head).state == State.SUBMITTED


def test_a_page_read_before_the_extension_does_not_bar_the_sending(cast: Cast, due: Evaluation, at: At):
    at("2025-04-02 09:00")
    assert deadlines.bar(due)
    extend(cast, due, date(2025, 4, 10))
    assert workflow.perform("submit", due, cast.unit_head).state == State.SUBMITTED


def test_the_newest_extension_holds_and_all_are_kept(cast: Cast, due: Evaluation, at: At):
    at("2025-04-02 09:00")
    for until in (date(2025, 4, 20), date(2025, 4, 10)):
        assert extend(cast, due, until) == 1
    assert extend(cast, due, date(2025, 4, 10)) == 0, "a second click changes nothing"
    assert deadlines.due_on(fresh(due)) == date(2025, 4, 10)
    assert Extension.objects.count() == Event.objects.filter(action="extend").count() == 2
    with pytest.raises(AppendOnlyError):
        Extension.objects.update(due_on=date(2026, 1, 1))


def test_an_extension_never_shortens(cast: Cast, due: Evaluation, at: At):
    at("2025-03-01 09:00")
    extend(cast, due, date(2025, 4, 10))
    FiscalYear.objects.update(due_on=date(2025, 4, 30))
    assert deadlines.of(fresh(due)) == deadlines.Deadline(date(2025, 4, 30), False, 60)


def test_another_department_keeps_its_deadline(cast: Cast, due: Evaluation, at: At):
    at("2025-04-02 09:00")
    sister = creating.start_evaluation(
        people.department("baojing-jyj", "保靖县教育局"), due.fiscal_year, None
    )
    extend(cast, due, date(2025, 4, 10))
    assert deadlines.bar(fresh(sister)) != ""


def test_a_clock_set_back_sends_again_and_breaks_nothing(cast: Cast, due: Evaluation, at: At):
    at("2025-04-05 09:00")
    assert deadlines.bar(due)
    at("2025-03-20 09:00")
    assert deadlines.bar(due) == ""
    assert workflow.perform("submit", due, cast.unit_head).state == State.SUBMITTED


def test_a_year_without_deadline_bars_nothing(ready: Evaluation, at: At):
    at("2099-01-01 00:00")
    assert deadlines.of(ready) is None
    assert deadlines.bar(ready) == ""


@pytest.mark.parametrize(
    ("now", "words", "soon"),
    [
        ("2025-03-20 12:00", "还剩 11 天", False),
        ("2025-03-27 23:59", "还剩 4 天", False),
        ("2025-03-28 00:00", "还剩 3 天", True),
        ("2025-03-31 12:00", "今天截止", True),
        ("2025-04-03 12:00", "已过 3 天", True),
    ],
)
def test_days_left_in_words(due: Evaluation, at: At, now: str, words: str, soon: bool):
    at(now)
    found = deadlines.pending(due)
    assert (found.words, found.soon) == (words, soon)


@pytest.mark.parametrize(
    ("until", "reason", "sentence"),
    [
        (date(2025, 3, 31), REASON, "不晚于年度的截止日期 2025年3月31日"),
        (date(2025, 4, 1), REASON, "这一天已经过去"),
        (date(2025, 4, 10), "忙", "延期原因只有 1 字，至少写 5 个字"),
        (date(2025, 4, 10), "忙" * 501, "延期原因有 501 字，最多 500 字"),
    ],
)
def test_what_is_no_extension(cast: Cast, due: Evaluation, at: At, until: date, reason: str, sentence: str):
    at("2025-04-02 09:00")
    with pytest.raises(Invalid, match=sentence):
        extend(cast, due, until, reason)
    assert not Extension.objects.exists()


def test_years_closed_or_without_deadline_are_not_extended(cast: Cast, due: Evaluation):
    FiscalYear.objects.update(due_on=None)
    with pytest.raises(Invalid, match="没有设截止日期，不必延期"):
        extend(cast, due, date(2099, 1, 1))
    years.set_closed(cast.bureau_lead, due.fiscal_year, True)
    with pytest.raises(Invalid, match="已关闭；请先重新开放"):
        extend(cast, due, date(2099, 1, 1))


def test_a_department_of_another_county_is_not_extended(cast: Cast, due: Evaluation):
    elsewhere = cast.stranger.memberships.get().department
    with pytest.raises(Invalid, match="花垣县总工会不按保靖县 2024 年度填报"):
        tasks.extend(cast.bureau_lead, due.fiscal_year, [due.department, elsewhere], date(2099, 1, 1), REASON)
    assert not Extension.objects.exists(), "all or nothing"


@pytest.mark.parametrize("who", ["preparer", "unit_head", "reviewer", "system_admin", "stranger"])
def test_only_the_lead_of_the_region_extends(cast: Cast, due: Evaluation, who: str):
    with pytest.raises(PermissionDenied):
        tasks.extend(cast[who], due.fiscal_year, [due.department], date(2099, 1, 1), REASON)


def test_extensions_of_a_list_cost_no_query_each(
    cast: Cast, due: Evaluation, at: At, django_assert_num_queries
):
    at("2025-04-02 09:00")
    extend(cast, due, date(2025, 4, 10))
    rows = list(access.visible_to(cast.preparer))
    with django_assert_num_queries(0):
        assert [deadlines.due_on(one) for one in rows] == [date(2025, 4, 10)]
    one = Evaluation.objects.select_related("fiscal_year").get()
    with django_assert_num_queries(1):
        assert deadlines.due_on(one) == deadlines.due_on(one) == date(2025, 4, 10)


def test_each_lock_says_what_it_is_and_what_helps(cast: Cast, due: Evaluation, at: At):
    """过期 已送审 已批准 已作废 年度已关闭 are told apart."""
    at("2025-04-05 09:00")
    sentences = {"过期": deadlines.bar(due), **{state.label: text for state, text in WHY_LOCKED.items()}}
    years.set_closed(cast.bureau_lead, due.fiscal_year, True)
    with pytest.raises(Locked) as refusal:
        people.save(fresh(due), "money", people.COMPLETE["money"], cast.preparer)
    sentences["已关闭"] = str(refusal.value)
    assert len(set(sentences.values())) == len(sentences)
    words = {"过期": "已过", "初审通过": "初审已通过"}
    for name, sentence in sentences.items():
        assert words.get(name, name) in sentence
        assert sentence.endswith("。")
