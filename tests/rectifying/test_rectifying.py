"""整改: what is told to whom, what is refused and how, and what the report itself proposes."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from evaluations import merging, rectifying, remedies, workflow
from evaluations.errors import Invalid, Refused
from evaluations.facts import frozen
from evaluations.models import Evaluation, Event, Notice, Rectification, Role
from tests import people
from tests.boarding import county
from tests.people import Cast
from tests.web.conftest import signed_in
from tests.web.html import Page

from .conftest import soon

At = Callable[[str], None]
URL = reverse("rectification", args=["2024-baojing-zgh"])


def step(number: int, action: str) -> str:
    return reverse("rectify", args=["2024-baojing-zgh", number, action])


def overdue(task: Rectification, days: int = 3) -> Rectification:
    Rectification.objects.filter(pk=task.pk).update(due_on=timezone.localdate() - timedelta(days=days))
    task.refresh_from_db()
    return task


def test_from_listing_to_confirmation(cast: Cast, task: Rectification):
    rectifying.answer(task, cast.preparer, "已经开会研究")
    rectifying.redo(task, cast.reviewer, "请写明结果")
    rectifying.answer(task, cast.unit_head, "一季度公用经费下降一成")
    done = rectifying.confirm(task, cast.bureau_lead, "属实")
    done.refresh_from_db()
    assert (done.state, done.feedback, done.feedback_by) == (
        "confirmed",
        "一季度公用经费下降一成",
        cast.unit_head,
    )
    assert (done.remark, done.confirmed_by) == ("属实", cast.bureau_lead)
    again = rectifying.reopen(done, cast.reviewer, "抽查发现没有做完")
    assert (again.state, again.remark, again.confirmed_by) == ("redo", "抽查发现没有做完", None)
    told = Event.objects.filter(action__endswith="_rectification").order_by("id")
    actions = [one.action.partition("_")[0] for one in told]
    assert actions == ["add", "answer", "redo", "answer", "confirm", "reopen"]
    assert [one.detail.get("feedback") for one in told][1:4:2] == ["已经开会研究", "一季度公用经费下降一成"]


def test_a_second_click_finds_it_done(cast: Cast, task: Rectification):
    rectifying.answer(task, cast.preparer, "已经开会研究")
    with pytest.raises(Refused, match="整改第 1 项已反馈，不必重复办理"):
        rectifying.answer(task, cast.unit_head, "已经开会研究")
    rectifying.confirm(task, cast.reviewer)
    with pytest.raises(Refused, match="整改第 1 项已销号，不必重复办理"):
        rectifying.confirm(task, cast.bureau_lead)
    with pytest.raises(Refused, match="目前为“已销号”，只有“已反馈”的才能退回重做"):
        rectifying.redo(task, cast.bureau_lead, "请写明结果")


def test_nobody_confirms_a_feedback_that_was_not_read(cast: Cast, task: Rectification):
    seen = rectifying.mark(rectifying.answer(task, cast.preparer, "已经开会研究"))
    rectifying.redo(task, cast.bureau_lead, "请写明结果", seen=seen)
    rectifying.answer(task, cast.preparer, "正在准备材料")
    with pytest.raises(Refused, match="在您打开本页后有了新的反馈，请看过再办理"):
        rectifying.confirm(task, cast.reviewer, seen=seen)
    task.refresh_from_db()
    assert task.state == "answered"


def test_listing_the_same_again_adds_nothing(cast: Cast, approved: Evaluation, task: Rectification):
    same = rectifying.Task(task.problem)
    with pytest.raises(Refused, match="已经列为整改事项"):
        rectifying.add(approved, cast.preparer, [same], due_on=soon())
    more = rectifying.add(approved, cast.preparer, [same, rectifying.Task("资产没有盘点")] * 2, due_on=soon())
    assert [(one.number, one.problem) for one in more] == [(2, "资产没有盘点")]


@pytest.mark.parametrize(
    ("problem", "due_on", "sentence"),
    [
        ("公用经费超支", date(2020, 3, 1), "整改期限 2020年3月1日 已经过去"),
        ("公用经费超支", date(9999, 1, 1), "整改期限 9999年1月1日 太远"),
        ("超支", None, "问题只有 2 字，至少写 5 个字"),
        ("超" * 1001, None, "问题有 1001 字，最多 1000 字"),
    ],
)
def test_what_cannot_be_listed_is_said_in_a_sentence(
    cast: Cast, approved: Evaluation, problem: str, due_on: date | None, sentence: str
):
    with pytest.raises(Invalid, match=sentence):
        rectifying.add(approved, cast.reviewer, [rectifying.Task(problem)], due_on=due_on or soon())
    assert not Rectification.objects.exists()


def test_one_that_is_refused_keeps_all_from_being_listed(cast: Cast, approved: Evaluation):
    with pytest.raises(Invalid):
        rectifying.add(
            approved, cast.reviewer, [rectifying.Task("公用经费超支"), rectifying.Task("短")], due_on=soon()
        )
    assert not Rectification.objects.exists()


def test_a_date_that_has_passed_may_stay_but_not_be_set(cast: Cast, task: Rectification):
    overdue(task)
    same = {"measure": "按季分析", "responsible": ""}
    rectifying.change(task, cast.reviewer, **same, due_on=task.due_on)
    with pytest.raises(Invalid, match="已经过去"):
        rectifying.change(task, cast.reviewer, **same, due_on=task.due_on - timedelta(days=1))
    before = Event.objects.count()
    rectifying.change(task, cast.reviewer, **same, due_on=task.due_on)
    assert Event.objects.count() == before, "nothing changed, nothing logged"


def test_overdue_is_what_waits_for_the_department(cast: Cast, task: Rectification):
    assert rectifying.late(overdue(task)) == 3
    assert rectifying.late(rectifying.answer(task, cast.preparer, "已经开会研究")) == 0


# ── who is told ─────────────────────────────────────────────────────────────────────────────────────────────


def told(action: str) -> dict[str, str]:
    """user name → sentence, after the name of the report."""
    rows = Notice.objects.filter(kind=f"{action}_rectification").order_by("pk").select_related("recipient")
    assert all(one.get_absolute_url() == URL for one in rows)
    return {one.recipient.username: one.sentence.removeprefix("保靖县总工会 2024 年度自评") for one in rows}


def test_each_step_tells_the_other_side(cast: Cast, task: Rectification):
    both = ("preparer", "unit-head")
    assert told("add") == dict.fromkeys(both, "有新的整改事项，请按期限整改并反馈。")
    rectifying.change(task, cast.reviewer, measure="按季分析", responsible="", due_on=task.due_on)
    assert told("change") == dict.fromkeys(both, "整改第 1 项已调整，请看现在的要求。")
    rectifying.answer(task, cast.preparer, "已经开会研究")
    assert told("answer") == {"reviewer": "整改第 1 项已反馈，请核实。"}
    rectifying.redo(task, cast.reviewer, "请写明结果")
    assert told("redo") == dict.fromkeys(both, "整改第 1 项已退回重做，请按财政部门的意见整改。")
    rectifying.answer(task, cast.preparer, "一季度公用经费下降一成")
    rectifying.confirm(task, cast.reviewer)
    assert told("confirm") == dict.fromkeys(both, "整改第 1 项已销号。")


def test_many_listed_at_once_are_told_once(cast: Cast, approved: Evaluation):
    problems = [rectifying.Task("公用经费超支"), rectifying.Task("资产没有盘点")]
    rectifying.add(approved, cast.preparer, problems, due_on=soon())
    assert set(told("add")) == {"unit-head"}, "nobody of the own deed"
    assert Notice.objects.filter(kind="add_rectification").count() == 1


def test_reminders_come_7_days_and_1_day_before_each_once(cast: Cast, approved: Evaluation, at: At):
    at("2025-03-01 08:00")
    two = [rectifying.Task("公用经费超支"), rectifying.Task("资产没有盘点")]
    first, _ = rectifying.add(approved, cast.reviewer, two, due_on=date(2025, 3, 31))
    found = []
    for day in (23, 24, 24, 25, 29, 30, 31):
        at(f"2025-03-{day} 08:00")
        found.append(rectifying.remind_due())
    assert found == [0, 1, 0, 0, 0, 1, 0]
    sentences = list(Notice.objects.filter(kind="remind_rectification", recipient=cast.preparer))
    assert [one.sentence.removeprefix("保靖县总工会 2024 年度自评") for one in reversed(sentences)] == [
        "有 2 项整改的期限是 2025年3月31日（还剩 7 天），请整改并反馈。",
        "有 2 项整改的期限是 2025年3月31日（还剩 1 天），请整改并反馈。",
    ]
    assert Event.objects.filter(action="remind_rectification", actor=None).count() == 2
    rectifying.change(first, cast.reviewer, measure="", responsible="", due_on=date(2025, 4, 7))
    at("2025-04-01 08:00")
    assert rectifying.remind_due() == 1, "another date is reminded of in its turn"
    assert Notice.objects.first().sentence.endswith(
        "有 1 项整改的期限是 2025年4月7日（还剩 6 天），请整改并反馈。"
    )


def test_what_was_answered_is_not_reminded_of_and_a_successor_is(cast: Cast, approved: Evaluation, at: At):
    at("2025-03-01 08:00")
    two = [rectifying.Task("公用经费超支"), rectifying.Task("资产没有盘点")]
    one, other = rectifying.add(approved, cast.reviewer, two, due_on=date(2025, 3, 31))
    rectifying.answer(one, cast.preparer, "已经开会研究")
    successor = people.department("baojing-qtzx", "保靖县群团中心")
    merging.merge(cast.system_admin, cast.department, successor)
    at("2025-03-30 08:00")
    assert rectifying.remind_due() == 1
    assert set(told("remind")) == {"preparer", "unit-head"}
    assert "有 1 项整改" in told("remind")["preparer"]
    rectifying.answer(other, cast.preparer, "盘点表已补齐")
    at("2025-03-31 08:00")
    assert rectifying.remind_due() == 0


# ── what the report proposes ────────────────────────────────────────────────────────────────────────────────


def test_lost_points_are_proposed_with_their_reason(cast: Cast, approved: Evaluation):
    lost = remedies.proposals(frozen(approved)).lost
    assert [one.text for one in lost] == [
        "“预算执行率”失 3 分（得 2 分，满分 5 分）：年中增加任务",
        "“工作效果”失 3 分（得 0 分，满分 3 分）：项目延期",
    ]
    assert [one.source for one in lost] == ["indicator.A01", "indicator.A02"]


def test_chapters_on_problems_and_measures_are_proposed_sentence_by_sentence(
    cast: Cast, approved: Evaluation
):
    """In one text for both, the author's own headings part measures from problems."""
    content = frozen(approved)
    section = next(one for one in content["template"]["content"]["outline"] if one["code"] == "work")
    section["heading"] = "存在的主要问题和改进措施"
    content["template"]["hash"] = "another"
    content["sections"]["work"]["texts"]["t-work"] = (
        "# 存在的问题\n预算编制不细。全年执行{全年执行数}万元，超过预算；原因如下：\n- 资产没有盘点\n"
        "# 改进措施\n按月分析支出。短。"
    )
    found = remedies.proposals(content)
    assert [one.text for one in found.problems] == [
        "预算编制不细。",
        "全年执行103.00万元，超过预算；",
        "资产没有盘点",
    ]
    assert [one.text for one in found.measures] == ["按月分析支出。"]
    assert {one.source for one in found.problems} == {"work.t-work"}


def test_other_chapters_propose_nothing(cast: Cast, approved: Evaluation):
    found = remedies.proposals(frozen(approved))
    assert (found.problems, found.measures) == ((), ())


# ── the page ────────────────────────────────────────────────────────────────────────────────────────────────


def test_ticked_proposals_become_tasks_and_nothing_else(cast: Cast, approved: Evaluation):
    client = signed_in(cast.reviewer)
    page = Page(client.get(URL))
    boxes = [one for one in page.boxes() if one["name"] == "new-lost"]
    assert len(boxes) == 2 and all("checked" not in one.attrs for one in boxes)
    form = {"new-lost": [boxes[0]["value"]], "new-measure": "按月分析", "new-due_on": soon().isoformat()}
    for _ in range(2):
        answer = client.post(URL, form, follow=True)
    assert "不必重复列出" in answer.content.decode()
    (task,) = Rectification.objects.all()
    assert (task.source, task.measure, task.created_by) == ("indicator.A01", "按月分析", cast.reviewer)
    assert [one["value"] for one in Page(client.get(URL)).boxes() if one["name"] == "new-lost"] == [
        boxes[1]["value"]
    ]


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({}, "请填写整改期限"),
        ({"new-due_on": "2020-03-01", "new-problem": "公用经费超支"}, "已经过去"),
        ({"new-due_on": "明天", "new-problem": "公用经费超支"}, "整改期限不是日期"),
        ({"new-due_on": "2999-01-01"}, "太远"),
        ({"new-due_on": "soon", "new-lost": ["x" * 12]}, "勾选的内容与报告不一致"),
    ],
)
def test_a_refused_form_says_why_and_keeps_the_words(
    cast: Cast, approved: Evaluation, form: dict[str, object], sentence: str
):
    answer = signed_in(cast.preparer).post(URL, form)
    assert answer.status_code == 400
    shown = answer.content.decode()
    assert sentence in shown
    if "new-problem" in form:
        assert form["new-problem"] in Page(answer).by_id("id_new-problem").text
    assert not Rectification.objects.exists()


def test_nothing_ticked_is_said(cast: Cast, approved: Evaluation):
    answer = signed_in(cast.preparer).post(URL, {"new-due_on": soon().isoformat()})
    assert "请勾选或写出至少一个问题" in answer.content.decode()


def test_feedback_and_decision_on_the_page(cast: Cast, task: Rectification):
    department, bureau = signed_in(cast.preparer), signed_in(cast.reviewer)
    short = department.post(step(1, "answer"), {"text": "好"})
    assert short.status_code == 400
    assert "反馈只有 1 字" in short.content.decode()
    assert Page(short).by_id("answer-1").text == "好"
    department.post(step(1, "answer"), {"text": "已经开会研究"})
    seen = Page(bureau.get(URL)).values()["seen"]
    back = bureau.post(step(1, "redo"), {"text": "请写明结果", "seen": seen}, follow=True)
    assert "已退回重做" in back.content.decode()
    again = bureau.post(step(1, "redo"), {"text": "请写明数字", "seen": seen})
    assert again.status_code == 409
    assert "不必重复办理" in again.content.decode() and "请写明数字" in again.content.decode()
    assert Rectification.objects.get().remark == "请写明结果"


def test_script_is_shown_as_text(cast: Cast, task: Rectification):
    rectifying.answer(task, cast.preparer, '<script>alert("1")</script>')
    for url in (URL, reverse("rectifications")):
        shown = signed_in(cast.reviewer).get(url).content.decode()
        assert "<script>alert" not in shown and "&lt;script&gt;alert" in shown


def test_what_is_absent_or_elsewhere_is_not_found(cast: Cast, task: Rectification):
    assert signed_in(cast.reviewer).post(step(2, "confirm")).status_code == 404
    assert signed_in(cast.reviewer).post(step(1, "answer")).status_code == 403
    elsewhere = people.person("fremd", Role.REVIEWER, cast.stranger.memberships.get().department)
    assert signed_in(elsewhere).post(step(1, "confirm")).status_code == 404
    assert task.problem not in signed_in(elsewhere).get(reverse("rectifications")).content.decode()


def test_tasks_of_a_report_that_is_mended_again_are_only_read(cast: Cast, task: Rectification):
    Evaluation.objects.update(state="returned")
    shown = signed_in(cast.preparer).get(URL).content.decode()
    assert task.problem in shown
    assert "批准以后才能列出和办理" in shown
    assert "<textarea" not in shown
    answer = signed_in(cast.preparer).post(step(1, "answer"), {"text": "已经开会研究"})
    assert answer.status_code == 409 and "已经开会研究" in answer.content.decode()


def test_the_departments_list_says_what_is_to_be_mended(cast: Cast, task: Rectification):
    assert "待整改 1 项" in signed_in(cast.preparer).get("/").content.decode()
    rectifying.answer(task, cast.preparer, "已经开会研究")
    assert "待整改" not in signed_in(cast.preparer).get("/").content.decode()


# ── across departments ──────────────────────────────────────────────────────────────────────────────────────


def test_the_list_across_departments_with_its_filters(cast: Cast, task: Rectification):
    other = county.report(7, "approved", good=False)
    (second,) = rectifying.add(other, cast.reviewer, [rectifying.Task("资产没有盘点")], due_on=soon(5))
    overdue(second)

    def listed(**query: str) -> set[str]:
        page = signed_in(cast.reviewer).get(reverse("rectifications"), query).content.decode()
        return {one.problem for one in (task, second) if one.problem in page}

    assert listed() == {task.problem, second.problem}
    assert listed(late="1") == {second.problem}
    assert listed(text="第7局") == listed(text="盘点") == {second.problem}
    assert listed(region="433125", year="2024") == {task.problem, second.problem}
    assert listed(state="confirmed") == set()
    rectifying.answer(task, cast.preparer, "已经开会研究")
    rectifying.confirm(task, cast.reviewer)
    assert listed() == {second.problem}
    assert listed(state="all") == {task.problem, second.problem}
    assert listed(state="king", region="999999") == {second.problem}, "what cannot be read narrows nothing"


def test_a_long_list_is_read_page_by_page_in_the_database(
    cast: Cast, approved: Evaluation, django_assert_max_num_queries
):
    Rectification.objects.bulk_create(
        Rectification(
            evaluation=approved, number=number, problem=f"问题之{number:03}", due_on=soon(number // 40)
        )
        for number in range(1, 121)
    )
    client = signed_in(cast.reviewer)
    seen, query = [], ""
    while True:
        with django_assert_max_num_queries(12), CaptureQueriesContext(connection) as asked:
            answer = client.get(reverse("rectifications") + query)
        seen.append([one.task.number for one in answer.context["tasks"]])
        assert any("LIMIT 51" in one["sql"] and "due_on" in one["sql"] for one in asked), "a page, not all"
        query = answer.context["next_page"]
        if not query:
            break
    assert seen == [list(range(1, 51)), list(range(51, 101)), list(range(101, 121))]
    for odd in ("7", "2025-13-01~7", "2025-01-01", "~", "2025-01-01~x"):
        assert len(client.get(reverse("rectifications"), {"after": odd}).context["tasks"]) == 50


def test_the_workbook_holds_the_list_as_filtered(cast: Cast, approved: Evaluation):
    rectifying.add(approved, cast.reviewer, [rectifying.Task("=1+1 超过预算")], due_on=soon())
    answer = signed_in(cast.bureau_lead).get(reverse("rectifications_file"), {"year": "2024"})
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert ["年度", "2024 年度"] in [[cell.value for cell in line] for line in book["筛选条件"]]
    cell = book["整改事项"]["F2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=1+1 超过预算", "s", True)
    event = Event.objects.first()
    assert (event.action, event.detail["count"]) == ("export_rectifications", 1)


def test_the_board_counts_them_and_each_number_lists_as_many(cast: Cast, task: Rectification):
    (second,) = rectifying.add(
        task.evaluation, cast.reviewer, [rectifying.Task("资产没有盘点")], due_on=soon()
    )
    overdue(second)
    rectifying.answer(task, cast.preparer, "已经开会研究")
    client = signed_in(cast.reviewer)
    page = Page(client.get(reverse("board")))
    links = {
        one["href"]: int(one.text)
        for one in page.all("a")
        if (one["href"] or "").startswith(reverse("rectifications") + "?")
    }
    assert len(links) == 3  # 待整改, 已反馈, 其中逾期
    for href, count in links.items():
        assert client.get(href).content.decode().count('<th scope="row">') == count


def test_the_list_costs_the_same_however_long(
    cast: Cast, task: Rectification, django_assert_max_num_queries, django_assert_num_queries
):
    client, url = signed_in(cast.reviewer), reverse("rectifications")
    with django_assert_max_num_queries(12) as one:
        client.get(url)
    many = [rectifying.Task(f"第 {number} 个问题") for number in range(40)]
    rectifying.add(task.evaluation, cast.reviewer, many, due_on=soon())
    with django_assert_num_queries(len(one.captured_queries)):
        client.get(url)


def test_voiding_and_approving_go_on_as_before(cast: Cast, ready: Evaluation):
    """整改 asks for an approved report: before that the page offers nothing."""
    shown = signed_in(cast.preparer).get(URL).content.decode()
    assert "批准以后才能列出" in shown and "列为整改事项</button>" not in shown
    workflow.perform("void", ready, cast.preparer, "年度选错，重新填报")
    assert signed_in(cast.preparer).get(URL).status_code == 200
