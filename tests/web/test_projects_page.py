"""项目自评: what is owed, beginning one, the way there and back, and what keeps the whole from being sent."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from evaluations import budgeting, workflow
from evaluations.models import Evaluation, FiscalYear, State
from evaluations.sections import Posted
from evaluations.views.projects import MOST_PROJECTS
from tests import people
from tests.web import own
from tests.web.conftest import signed_in
from tests.web.html import Page


@pytest.fixture
def preparer(cast: people.Cast) -> Client:
    return signed_in(cast.preparer)


@pytest.fixture
def report(cast: people.Cast) -> Evaluation:
    return own.report(cast)


def text(client: Client, name: str, one: Evaluation, *args: str) -> str:
    answer = client.get(reverse(name, args=[one.reference, *args]))
    assert answer.status_code == 200
    return Page(answer).by_id("content").text


def post(client: Client, one: Evaluation, **data: str):
    return client.post(reverse("projects", args=[one.reference]), data)


def test_every_project_of_the_budget_lines_is_listed_with_its_state(
    preparer: Client, report: Evaluation
) -> None:
    child = own.start(report)
    shown = text(preparer, "projects", report)
    for words in (*own.PROJECTS, "100,000.00", "90.00%", "填写中", "未建", "还有 1 个没有建立"):
        assert words in shown
    people.save(child, "project", Posted(fields={"done": "好", "P01-target": "10次", "P01-actual": "10次"}))
    shown = text(preparer, "projects", report)
    assert "✓ 完成" in shown
    assert "10.00" in shown


def test_starting_one_leads_into_it_and_back(preparer: Client, report: Evaluation) -> None:
    answer = post(preparer, report, name=own.PROJECTS[0])
    child = report.projects.get()
    assert answer["Location"] == reverse("evaluation", args=[child.reference])
    page = Page(preparer.get(reverse("section", args=[child.reference, "project"])))
    assert reverse("projects", args=[report.reference]) in {link["href"] for link in page.all("a")}
    assert own.PROJECTS[0] in page.by_id("content").text
    # A second click finds it begun, an invented name nothing.
    for name in (own.PROJECTS[0], "没有的项目", ""):
        assert post(preparer, report, name=name)["Location"] == reverse("projects", args=[report.reference])
    assert report.projects.count() == 1
    # The projects of a project are those of its department.
    assert preparer.get(reverse("projects", args=[child.reference]))["Location"] == reverse(
        "projects", args=[report.reference]
    )


def test_a_project_shows_its_own_budget_lines_and_takes_none(preparer: Client, report: Evaluation) -> None:
    child = own.start(report)
    address = reverse("section", args=[child.reference, "project"])
    page = Page(preparer.get(address))
    assert "90,000.00" in page.by_id("rows-lines").text
    assert "600,000.00" not in page.by_id("rows-lines").text
    assert not [box for box in page.boxes() if (box["name"] or "").startswith("lines[")]
    before = budgeting.grid_of(report.department, 2024).revision
    preparer.post(address, page.values() | {"lines[abcd].executed": "1", "done": "好", "do": "save"})
    shown = Page(preparer.get(address))
    assert shown.by_id("value-executed").text == "90,000.00"
    assert shown.by_id("done")["value"] == "好"
    assert budgeting.grid_of(report.department, 2024).revision == before


def test_the_steps_and_the_first_page_tell_what_is_owed(preparer: Client, report: Evaluation) -> None:
    own.start(report)
    steps = Page(preparer.get(reverse("section", args=[report.reference, "data"]))).by_id("steps").text
    assert "2 个项目，1 个未自评，还有 2 项要处理" in steps
    assert "2 个项目，1 个未自评" in Page(preparer.get("/")).by_id("content").text


def test_the_check_page_lists_what_the_projects_still_want(preparer: Client, report: Evaluation) -> None:
    child = own.complete(report).projects.first()
    fields = {"P01-actual": "5次", "done": ""}
    people.save(child, "project", Posted(fields=fields))
    page = Page(preparer.get(reverse("check", args=[report.reference])))
    section = page.by_id("content").text
    assert "1 份项目自评里还有 2 项要处理" in section
    assert "完成数量 10 分得 5 分" in section
    links = [link["href"] for link in page.all("a") if child.reference in (link["href"] or "")]
    assert any(link.startswith(reverse("section", args=[child.reference, "project"])) for link in links)
    answer = preparer.post(reverse("transition", args=[report.reference, "submit"]), follow=True)
    assert "还不能送审" in answer.content.decode()
    report.refresh_from_db()
    assert report.state == State.DRAFT


def test_a_project_is_not_sent_alone(preparer: Client, report: Evaluation) -> None:
    child = own.complete(report).projects.first()
    page = Page(preparer.get(reverse("check", args=[child.reference])))
    assert "随单位自评一并送审" in page.by_id("content").text
    assert "送审" not in [button.text for button in page.all("button")]
    answer = preparer.post(reverse("transition", args=[child.reference, "submit"]), follow=True)
    assert "不能单独送审" in answer.content.decode()


def test_what_was_sent_is_read_with_its_projects(cast: people.Cast, report: Evaluation) -> None:
    workflow.perform("submit", own.complete(report), cast.unit_head)
    reviewer = signed_in(cast.reviewer)
    page = Page(reviewer.get(reverse("review", args=[report.reference])))
    assert "项目自评（2 份）" in page.by_id("content").text
    assert "培训场次" in page.by_id("content").text
    child = report.projects.first()
    link = f"{reverse('review', args=[child.reference])}?version=1"
    assert link in {one["href"] for one in page.all("a")}
    shown = Page(reviewer.get(link)).by_id("content").text
    assert child.project in shown
    assert "退回" not in [one.text for one in Page(reviewer.get(link)).all("button")]


def test_why_it_was_returned_stands_wherever_it_is_mended(cast: people.Cast, report: Evaluation) -> None:
    reason = "请写明培训没有完成的原因。"
    sent = workflow.perform("submit", own.complete(report), cast.unit_head)
    preparer = signed_in(cast.preparer)
    assert "审核人退回：" not in text(preparer, "check", sent)
    workflow.perform("return", sent, cast.reviewer, reason)
    child = report.projects.first()
    for name, one in (("check", report), ("projects", report), ("check", child)):
        assert f"审核人退回：{reason}" in text(preparer, name, one)
    assert f"审核人退回：{reason}" in text(preparer, "section", child, "project")


def test_a_project_that_has_gone_is_renamed_or_given_up(preparer: Client, report: Evaluation) -> None:
    first, second = (own.start(report, name) for name in own.PROJECTS)
    lines = [dict(line) for line in own.LINES]
    lines[1]["project"], lines[2]["project"] = "困难职工救助", ""
    people.save_lines(report, tuple(lines))
    shown = text(preparer, "projects", report)
    assert "预算明细里已经没有这个名称的项目支出" in shown
    assert "没有写项目名称" in shown
    post(preparer, report, do="rename", child=first.reference, name="困难职工救助")
    post(preparer, report, do="give-up", child=second.reference)
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.project, first.state, second.state) == ("困难职工救助", State.DRAFT, State.VOIDED)
    other = people.evaluation(people.department("huayuan-zgh", "花垣县总工会", "433125"), 2024)
    answer = post(preparer, report, do="give-up", child=other.reference)
    assert answer.status_code == 302
    other.refresh_from_db()
    assert other.state == State.DRAFT


def test_a_template_without_projects_says_so(cast: people.Cast, draft: Evaluation) -> None:
    client = signed_in(cast.preparer)
    assert "不要求项目自评" in text(client, "projects", draft)
    assert "个项目" not in Page(client.get("/")).by_id("content").text


def test_lists_cost_the_same_however_many_projects_there_are(preparer: Client, report: Evaluation) -> None:
    def queries() -> list[int]:
        counted = []
        for address in (reverse("projects", args=[report.reference]), reverse("home")):
            preparer.get(address)
            with CaptureQueriesContext(connection) as captured:
                preparer.get(address)
            counted.append(len(captured))
        return counted

    own.start(report)
    few = queries()
    more = [f"第{number}项目" for number in range(1, 9)]
    people.save_lines(report, tuple(dict(own.LINES[1], project=name) for name in (*own.PROJECTS, *more)))
    for name in more:
        own.start(report, name)
    assert queries() == few
    assert max(few) <= 16


def test_the_check_page_costs_the_same_beyond_a_few_projects(preparer: Client, report: Evaluation) -> None:
    names = [f"第{number}项目" for number in range(1, 10)]
    people.save_lines(report, tuple(dict(own.LINES[1], project=name) for name in names))
    check = reverse("check", args=[report.reference])

    def queries(begun: list[str]) -> int:
        for name in begun:
            own.start(report, name)
        preparer.get(check)
        with CaptureQueriesContext(connection) as captured:
            assert f"{report.projects.count()} 份项目自评里还有" in preparer.get(check).content.decode()
        return len(captured)

    few = queries(names[:MOST_PROJECTS])
    assert queries(names[MOST_PROJECTS:]) == few
    page = Page(preparer.get(check))
    assert "第9项目（2 项）" in page.by_id("content").text
    listed = [one for one in page.all("p") if "项未填" in one.text]
    assert len(listed) == MOST_PROJECTS


def test_a_department_without_projects_is_told_so(preparer: Client, report: Evaluation) -> None:
    people.save_lines(report, own.LINES[:1])
    page = Page(preparer.get(reverse("section", args=[report.reference, "data"])))
    assert "预算明细里没有项目" in page.by_id("steps").text
    assert "都已建立自评" not in page.by_id("steps").text


def test_a_chapter_may_be_called_projects(cast: people.Cast, preparer: Client, tmp_path: Path) -> None:
    """As in the province's form: then heading and list of projects are two things on the page."""
    path = tmp_path / "report.yaml"
    source = (own.HERE / "own_report.yaml").read_text(encoding="utf-8")
    path.write_text(source.replace("code: data\n", "code: projects\n", 1), encoding="utf-8")
    FiscalYear.objects.create(region=cast.department.region, year=2024, template=people.template(path))
    page = Page(preparer.get(reverse("section", args=[own.report(cast).reference, "projects"])))
    assert "送温暖" in page.by_id("project-list").text
    assert [name for name, times in page.ids().items() if times > 1] == []
