"""The year's task and the progress of its departments, as the bureau and the departments see them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from evaluations import creating, tasks, workflow
from evaluations.models import Evaluation, Event, Extension, FiscalYear, Notice
from tests import clock, people
from tests.people import Cast

from .conftest import signed_in

TEXT = "请于截止日期前完成自评。\n附件：填报说明。<b>联系人</b>：王股长。"
YEAR = ["433125", "2024"]
REASON = "单位正在搬迁，账簿尚未取回。"


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    return clock.setter(monkeypatch)


@pytest.fixture
def year(cast: Cast, at: Callable[[str], None]) -> FiscalYear:
    """Due on the last of March; today is three days before."""
    at("2025-03-28 09:00")
    found = people.fiscal_year()
    found.due_on = date(2025, 3, 31)
    found.save()
    return found


def page(client: Client, name: str = "year_progress", **query: str) -> str:
    answer = client.get(reverse(name, args=YEAR), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_task_is_issued_and_shown_to_the_departments(cast: Cast, year: FiscalYear):
    lead = signed_in(cast.bureau_lead)
    assert "还没有下达" in page(lead, "year")
    answer = lead.post(reverse("year_task", args=YEAR), {"text": TEXT}, follow=True).content.decode()
    assert "任务已下达，已通知各单位。" in answer and "补发" in answer
    shown = signed_in(cast.preparer).get("/").content.decode()
    assert "保靖县 2024 年度绩效自评任务" in shown and "2025年3月28日下达" in shown
    assert "2025年3月31日截止，还剩 3 天" in shown
    assert "&lt;b&gt;联系人&lt;/b&gt;：王股长。" in shown
    assert 'class="task" open' in shown, "until it is begun"
    people.evaluation(cast)
    assert 'class="task" open' not in signed_in(cast.unit_head).get("/").content.decode()
    for name in ("stranger", "reviewer", "observer"):
        assert "绩效自评任务" not in signed_in(cast[name]).get("/").content.decode()


def test_the_same_task_twice_is_no_new_task(cast: Cast, year: FiscalYear):
    lead = signed_in(cast.bureau_lead)
    for sentence in ("任务已下达", "任务通知没有变化，不必补发。"):
        assert (
            sentence
            in lead.post(reverse("year_task", args=YEAR), {"text": TEXT}, follow=True).content.decode()
        )
    assert Event.objects.filter(action="issue_task").count() == 1


def test_a_task_that_is_too_short_stays_in_the_box(cast: Cast, year: FiscalYear):
    answer = signed_in(cast.bureau_lead).post(reverse("year_task", args=YEAR), {"text": "请填报"})
    assert answer.status_code == 400
    assert "至少写 10 个字" in answer.content.decode() and "请填报</textarea>" in answer.content.decode()


def test_progress_shows_each_department(cast: Cast, year: FiscalYear):
    people.evaluation(cast)
    people.department("baojing-jyj", "保靖县教育局")
    shown = page(signed_in(cast.bureau_lead))
    for words in ("保靖县教育局", "还没有开始", "草稿", "2025年3月31日截止，还剩 3 天"):
        assert words in shown
    assert "花垣县总工会" not in shown


def test_ticked_departments_are_reminded(cast: Cast, year: FiscalYear):
    lead = signed_in(cast.bureau_lead)
    form = {"do": "remind", "departments": ["baojing-zgh"]}
    sentences = ("已催办 1 个单位。", "已催办 0 个单位；1 个单位已经送审或今天已经催过，没有重复催办。")
    for sentence in sentences:
        answer = lead.post(reverse("year_progress", args=YEAR), form, follow=True)
        assert sentence in answer.content.decode()
    assert "财政局催办" in signed_in(cast.preparer).get(reverse("notices")).content.decode()


def test_all_that_have_not_sent_are_reminded_without_ticking(cast: Cast, year: FiscalYear):
    workflow.perform("submit", people.complete(people.evaluation(cast)), cast.unit_head)
    people.department("baojing-jyj", "保靖县教育局")
    form = {"do": "remind", "everybody": "1"}
    answer = signed_in(cast.bureau_lead).post(reverse("year_progress", args=YEAR), form, follow=True)
    assert "保靖县教育局没有填报人和负责人，通知不到" in answer.content.decode()
    assert not Notice.objects.filter(kind="remind").exists()


def test_several_are_extended_at_once(cast: Cast, year: FiscalYear):
    people.department("baojing-jyj", "保靖县教育局")
    lead = signed_in(cast.bureau_lead)
    form = {"do": "extend", "departments": ["baojing-zgh", "baojing-jyj"], "due_on": "2025-04-10"}
    answer = lead.post(reverse("year_progress", args=YEAR), form | {"reason": REASON}, follow=True)
    shown = answer.content.decode()
    assert "已给 2 个单位延期。" in shown
    assert "2025年4月10日截止（已延期），还剩 13 天" in shown and REASON in shown
    assert "截止日期延至 2025年4月10日" in Notice.objects.get(recipient=cast.preparer).sentence
    assert "2025年4月10日截止（已延期）" in signed_in(cast.preparer).get("/").content.decode()


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({}, "操作："),
        ({"do": "remind"}, "请先勾选单位。"),
        ({"do": "extend", "departments": "baojing-zgh"}, "请填写延期到哪一天。"),
        ({"do": "extend", "departments": "baojing-zgh", "due_on": "2025-04-10"}, "至少写 5 个字"),
        (
            {"do": "extend", "departments": "baojing-zgh", "due_on": "2025-03-01", "reason": REASON},
            "不晚于年度的截止日期",
        ),
        ({"do": "remind", "departments": "huayuan-zgh"}, "huayuan-zgh"),
        ({"do": "fire", "departments": "baojing-zgh"}, "fire"),
    ],
)
def test_what_cannot_be_done_says_why_and_keeps_the_ticks(
    cast: Cast, year: FiscalYear, form: dict[str, str], sentence: str
):
    answer = signed_in(cast.bureau_lead).post(reverse("year_progress", args=YEAR), form)
    assert answer.status_code == 400
    shown = answer.content.decode()
    assert sentence in shown
    assert ('id="d-baojing-zgh" checked' in shown) == (form.get("departments") == "baojing-zgh")
    assert not Extension.objects.exists() and not Notice.objects.exists()


def test_the_list_is_narrowed_and_keeps_its_filter_on_the_next_page(cast: Cast, year: FiscalYear):
    workflow.perform("submit", people.complete(people.evaluation(cast)), cast.unit_head)
    for number in range(60):
        people.department(f"danwei-{number:03}", f"保靖县第{number}局")
    lead = signed_in(cast.bureau_lead)
    assert "保靖县总工会" not in page(lead, show="unsent")
    assert "show=unsent&amp;after=danwei-049" in page(lead, show="unsent")
    assert "保靖县总工会" in page(lead, show="sent")
    assert "没有符合条件的单位" in page(lead, show="late")


def test_progress_costs_the_same_however_many_departments(
    cast: Cast, year: FiscalYear, django_assert_max_num_queries, django_assert_num_queries
):
    client = signed_in(cast.bureau_lead)
    with django_assert_max_num_queries(15) as one:
        page(client)
    for number in range(49):
        place = people.department(f"danwei-{number:03}", f"保靖县第{number}局")
        creating.start_evaluation(place, year, None)
    tasks.extend(None, year, list(place.region.departments.all()), year.due_on + timedelta(days=9), REASON)
    with django_assert_num_queries(len(one.captured_queries)):
        page(client)


def test_a_closed_year_shows_its_progress_without_buttons(cast: Cast, year: FiscalYear):
    FiscalYear.objects.update(closed=True)
    shown = page(signed_in(cast.bureau_lead))
    assert "年度已关闭，不能催办和延期" in shown and 'value="remind"' not in shown


# ── the deadline where one fills in ──


def test_the_wizard_and_the_check_page_show_how_long_it_takes(cast: Cast, year: FiscalYear):
    draft = people.evaluation(cast)
    client = signed_in(cast.preparer)
    for url in (
        "/",
        reverse("section", args=[draft.reference, "money"]),
        reverse("check", args=[draft.reference]),
    ):
        assert "2025年3月31日截止，还剩 3 天" in client.get(url).content.decode()


def test_after_the_deadline_the_pages_say_what_helps_and_saving_goes_on(
    cast: Cast, year: FiscalYear, at: Callable[[str], None]
):
    ready: Evaluation = people.complete(people.evaluation(cast))
    at("2025-04-03 09:00")
    client = signed_in(cast.preparer)
    check = client.get(reverse("check", args=[ready.reference])).content.decode()
    assert "已过截止日期，不能送审" in check and "请联系财政局绩效股延期" in check
    assert reverse("transition", args=[ready.reference, "submit"]) not in check
    url = reverse("section", args=[ready.reference, "money"])
    step = client.get(url).content.decode()
    assert "已过 3 天，不能送审；内容仍可填写和保存" in step and 'value="save"' in step
    answer = client.post(reverse("transition", args=[ready.reference, "submit"]), follow=True)
    assert "已过 3 天，不能送审" in answer.content.decode()
