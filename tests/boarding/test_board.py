"""看板 of the bureau: what is counted, what may be seen, and that each number lists what it counts."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from decimal import Decimal

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from evaluations import merging, remedies, rescoring, tasks, workflow
from evaluations import people as service
from evaluations.boarding import rows as selection
from evaluations.boarding import tables
from evaluations.boarding.years import Comparison
from evaluations.facts import frozen
from evaluations.models import Department, Evaluation, Event, Role, State
from evaluations.templatetags.desk import event_detail
from tests import people
from tests.people import Cast
from tests.web.conftest import signed_in
from tests.web.html import Page

from . import county


@pytest.fixture
def several(cast: Cast) -> dict[str, Evaluation]:
    """Reports in many states, a department that has not begun (the cast's own), and one elsewhere."""
    county.due(timezone.localdate() - timedelta(days=3))
    found = {
        "draft": county.report(1),
        "good": county.report(2, "submitted"),
        "bad": county.report(3, "submitted", good=False),
        "returned": county.report(4, "returned", good=False),
        "approved": county.report(5, "approved", good=False),
    }
    people.fiscal_year(2024, "433124")
    return found | {"elsewhere": county.report(6, "submitted", county="433124")}


def board(cast: Cast, **wanted: str) -> dict[str, tables.Table]:
    """The tables of the reviewer's board."""
    rows = selection.narrow(selection.overview(cast.reviewer).rows, wanted)
    return {one.key: one for one in tables.board(rows, selection.details(rows))}


def values(table: tables.Table) -> list[list[object]]:
    return [[cell.value for cell in line] for line in table.rows]


def get(cast: Cast, name: str = "board", **query: str) -> str:
    answer = signed_in(cast.reviewer).get(reverse(name), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_progress_counts_every_department_once(cast: Cast, several: dict[str, Evaluation]):
    table = board(cast)["progress"]
    (line,) = values(table)
    counted = dict(zip([column.label for column in table.columns], line, strict=True))
    assert counted.pop("行政区划") == "保靖县"
    assert {label: count for label, count in counted.items() if count} == {
        "单位": 6,
        "还没有开始": 1,
        "草稿": 1,
        "已送审": 2,
        "已退回": 1,
        "已批准": 1,
        "逾期未送审": 2,
    }


def test_every_state_but_voided_has_its_column():
    assert list(selection.STATES) == ["not_begun", *(state for state in State if state != State.VOIDED)]


def test_late_is_what_is_not_with_the_bureau_after_the_day(cast: Cast, several: dict[str, Evaluation]):
    table = board(cast)["late"]
    assert [(line[0], line[2], line[4]) for line in values(table)] == [
        ("保靖县总工会", "还没有开始", 3),
        ("第1局", "草稿", 3),
    ], "what was sent once may always be sent again"
    county.due(timezone.localdate())
    assert values(board(cast)["late"]) == [], "on the day itself nothing is late"


def test_an_extension_counts(cast: Cast, several: dict[str, Evaluation]):
    draft, until = several["draft"], timezone.localdate() + timedelta(days=1)
    tasks.extend(None, draft.fiscal_year, [draft.department], until, "单位正在搬迁，账簿尚未取回。")
    rows = {row.code: row for row in selection.overview(cast.reviewer).rows}
    assert (rows["danwei-001"].due_on, rows["danwei-001"].late) == (until, 0)
    assert rows["baojing-zgh"].late == 3


def test_an_extension_of_the_successor_counts_for_what_was_merged_into_it(
    cast: Cast, several: dict[str, Evaluation]
):
    merging.merge(cast.system_admin, several["draft"].department, cast.department)
    until = timezone.localdate() + timedelta(days=1)
    year = several["draft"].fiscal_year
    tasks.extend(cast.bureau_lead, year, [cast.department], until, "机构改革，人员刚到位。")
    rows = {row.code: row for row in selection.overview(cast.reviewer).rows}
    assert (rows["danwei-001"].due_on, rows["danwei-001"].late) == (until, 0)


def test_figures_are_those_of_what_was_sent(cast: Cast, several: dict[str, Evaluation]):
    """The draft's and the returned report's figures are nowhere, whatever they are."""
    rows = {row.code: row for row in selection.overview(cast.reviewer).rows}
    for number in (1, 4):
        hidden = rows[f"danwei-{number:03}"]
        assert (hidden.score, hidden.grade, hidden.rate, hidden.final) == (None, "", None, None)
    assert rows["danwei-001"].reference == ""
    tables_ = board(cast)
    assert values(tables_["score"])[0][1] == 3
    assert values(tables_["grade"]) == [["差", 2, Decimal("66.67")], ["优", 1, Decimal("33.33")]]


def test_the_official_score_is_the_reviewed_one(cast: Cast, several: dict[str, Evaluation]):
    """Total, grade and lost points follow the 复核分, in the board and in the years of the department."""
    one = several["good"]
    rescoring.review_score(one, "A02", "1", "佐证材料不足以支持", cast.reviewer)
    row = next(row for row in selection.overview(cast.reviewer).rows if row.pk == one.pk)
    assert (row.total, row.reviewed, row.score, row.grade) == (10, 8, 8, "差")
    lines = [[line[0], line[2], line[4]] for line in values(board(cast)["deduction"])]
    assert ["工作效果", 3, Decimal(8)] in lines
    told = {line.label: line.values for line in Comparison(cast.reviewer, one.department).measures}
    assert (told["自评总分"], told["复核分"], told["等级"]) == (["10.00"], ["8.00"], ["差"])
    assert (told["过程"], told["失分合计"]) == (["8 / 10"], ["2.00"])
    lost = remedies.proposals(frozen(one), rescoring.standing(one, frozen(one))).lost
    assert [one.text for one in lost] == ["“工作效果”失 2 分（得 1 分，满分 3 分）：佐证材料不足以支持"]


def test_commonest_deductions_by_indicator(cast: Cast, several: dict[str, Evaluation]):
    names = [line[:1] + line[2:] for line in values(board(cast)["deduction"])]
    two = Decimal("66.67")
    assert names == [
        ["预算执行率", 2, two, Decimal(6), Decimal("3.00")],
        ["工作效果", 2, two, Decimal(6), Decimal("3.00")],
    ]


def test_commonest_findings_by_check(cast: Cast, several: dict[str, Evaluation]):
    lines = values(board(cast)["finding"])
    assert ["执行数不超过预算数", "表间-01", "需说明", 2, 2] in lines


def test_a_version_that_was_replaced_counts_no_more(cast: Cast, several: dict[str, Evaluation]):
    """Only the newest version of a report speaks."""
    one = several["bad"]
    Evaluation.objects.filter(pk=one.pk).update(state="draft")
    one.refresh_from_db()
    people.complete(one)
    people.save(one, "money", people.COMPLETE["money"])
    one.version = 1
    assessed = county.assessing.rewrite(one)
    Evaluation.objects.filter(pk=one.pk).update(state="submitted", version=2)
    one.refresh_from_db()
    county.snapshots.freeze(one, county.snapshots.content_of(one, assessed), None)
    assert [line[3] for line in values(board(cast)["finding"]) if line[1] == "表间-01"] == [1]


def test_the_list_and_the_workbook_have_both_scores(
    cast: Cast, several: dict[str, Evaluation], django_assert_max_num_queries
):
    """10.00 becomes 7.00: another class, another grade, one more report that lost points at the indicator."""
    rescoring.review_score(several["good"], "A02", "0", "没有佐证材料，不给分。", cast.reviewer)
    tables_ = board(cast)
    assert values(tables_["grade"]) == [["差", 3, Decimal("100.00")]]
    assert "最高 7.00 分" in tables_["score"].note
    shown = get(cast, "board_units", indicator="small:A02")
    assert "3 个单位" in shown
    assert '10.00 → <strong><span class="visually-hidden">复核分 </span>7.00</strong>' in shown
    answer = signed_in(cast.reviewer).get(reverse("board_file"), {"text": "第2局"})
    head, unit = openpyxl.load_workbook(io.BytesIO(answer.content))["单位明细"].iter_rows(values_only=True)
    told = dict(zip(head, unit, strict=True))
    assert [told[name] for name in ("自评分", "复核分", "得分", "等级")] == [10, 7, 7, "差"]
    client = signed_in(cast.reviewer)
    with django_assert_max_num_queries(15):
        client.get(reverse("board"))


def test_execution_rates_and_the_lowest(cast: Cast, several: dict[str, Evaluation]):
    tables_ = board(cast)
    counted = {line[0]: line[1] for line in values(tables_["rate"]) if line[1]}
    assert counted == {"90%—95%": 1, "超过 100%": 2}
    assert [line[0] for line in values(tables_["lowest"])] == ["第2局", "第3局", "第5局"]
    assert "全年预算数 300.00 万元" in tables_["rate"].note


@pytest.mark.parametrize(
    ("wanted", "codes"),
    [
        ({"state": "submitted"}, {"danwei-002", "danwei-003"}),
        ({"state": "not_begun"}, {"baojing-zgh"}),
        ({"late": "1"}, {"baojing-zgh", "danwei-001"}),
        ({"grade": "优"}, {"danwei-002"}),
        ({"rate": "over"}, {"danwei-003", "danwei-005"}),
        ({"text": "第3"}, {"danwei-003"}),
        ({"text": "DANWEI-002"}, {"danwei-002"}),
        ({"region": "433124"}, set()),
        ({"template": "small", "late": "1"}, {"danwei-001"}),
    ],
)
def test_filters(cast: Cast, several: dict[str, Evaluation], wanted: dict[str, str], codes: set[str]):
    rows = selection.narrow(selection.overview(cast.reviewer).rows, wanted)
    assert {row.code for row in rows} == codes


def test_every_number_lists_what_it_counts(cast: Cast, several: dict[str, Evaluation]):
    """Every link of the board leads to a list of as many departments as the link says."""
    client = signed_in(cast.reviewer)
    for query in ({}, {"state": "submitted"}, {"text": "局", "late": "1"}):
        page = Page(client.get(reverse("board"), query))
        links = [one for one in page.all("a") if (one["href"] or "").startswith(reverse("board_units") + "?")]
        counted = [one for one in links if one.text.isdigit()]
        assert counted
        for one in counted:
            listed = client.get(one["href"]).content.decode()
            assert f"· {one.text} 个单位" in listed, one["href"]


def test_the_list_says_which_indicator_or_check_it_counts(cast: Cast, several: dict[str, Evaluation]):
    shown = get(cast, "board_units", indicator="small:A02")
    assert "2 个单位，在“工作效果”上失分" in shown
    assert "第3局" in shown and "第2局" not in shown
    assert "2 个单位，有审核问题“执行数不超过预算数”" in get(cast, "board_units", check="表间-01")
    assert "0 个单位" in get(cast, "board_units", indicator="nirgends")


def test_a_drafts_figures_are_on_no_page_of_the_bureau(cast: Cast, several: dict[str, Evaluation]):
    Evaluation.objects.filter(state__in=("draft", "returned")).update(total="7.77", execution_rate="66.66")
    for name in ("board", "board_units"):
        shown = get(cast, name)
        assert "7.77" not in shown and "66.66" not in shown
    assert several["draft"].reference not in get(cast, "board_units")
    book = signed_in(cast.reviewer).get(reverse("board_file")).content
    sheets = openpyxl.load_workbook(io.BytesIO(book))
    assert "7.77" not in {str(cell.value) for sheet in sheets for line in sheet for cell in line}


def test_another_region_is_nowhere(cast: Cast, several: dict[str, Evaluation]):
    shown = get(cast) + get(cast, "board_units") + get(cast, region="433124", place="433124")
    assert "花垣县" not in shown and "第6局" not in shown
    assert "filter-error" in get(cast, region="433124"), "as if there were no such region"


def test_a_prefecture_sees_its_counties_and_a_county_alone_with_those_below(
    cast: Cast, several: dict[str, Evaluation]
):
    prefecture = Department.objects.get(code="baojing-zgh").region.parent
    user = people.User.objects.create_user("zhou", people.PASSWORD)
    service.grant(None, user, Role.BUREAU_LEAD, region=prefecture)
    rows = selection.overview(user).rows
    assert {row.region for row in rows} == {"433124", "433125"}
    table = {one.key: one for one in tables.board(rows, selection.details(rows))}["progress"]
    assert [line[0] for line in values(table)] == ["花垣县", "保靖县", "合计"]
    assert [line[1] for line in values(table)] == [2, 6, 8]


def test_what_cannot_be_read_narrows_nothing_and_is_said(cast: Cast, several: dict[str, Evaluation]):
    shown = get(cast, year="abc", state="king", region="999999", text="x" * 61, score="<script>")
    assert "共 6 个单位" in shown
    assert shown.count("filter-error") == 5
    assert "<script>alert" not in get(
        cast, text="<script>alert(1)</script>", late="<script>alert(1)</script>"
    )


def test_names_are_shown_as_names(cast: Cast, several: dict[str, Evaluation]):
    Department.objects.filter(code="danwei-003").update(name='<script>alert("1")</script>=1+1')
    shown = get(cast) + get(cast, "board_units")
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert" in shown


def test_the_workbook_holds_the_filter_and_every_table(cast: Cast, several: dict[str, Evaluation]):
    Department.objects.filter(code="danwei-003").update(name="=HYPERLINK(1)")
    answer = signed_in(cast.reviewer).get(reverse("board_file"), {"state": "submitted", "year": "2024"})
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames[0] == "筛选条件"
    told = [[cell.value for cell in line] for line in book["筛选条件"]]
    assert ["年度", "2024 年度"] in told and ["状态", "已送审"] in told
    shown = {one.title for one in tables.board([], selection.Details({}, {}, {}))}
    assert shown < set(book.sheetnames)
    names = [line[0] for line in book["单位明细"].iter_rows(min_row=2)]
    assert [cell.value for cell in names] == ["第2局", "=HYPERLINK(1)"]
    assert [cell.data_type for cell in names] == ["s", "s"], "a name is no formula"
    assert names[1].quotePrefix
    event = Event.objects.first()
    assert (event.action, event.actor, event.detail["count"]) == ("export_board", cast.reviewer, 2)
    assert event.detail["filter"] == {"state": "submitted", "year": "2024"}
    assert "条件 年度 2024 年度；状态 已送审，文件 xlsx，份数 2" in event_detail(event)


def test_a_year_that_nobody_opened(cast: Cast):
    assert "还没有开放的年度" in get(cast)
    assert signed_in(cast.reviewer).get(reverse("board_file")).status_code == 200


def test_charts_are_named_have_a_table_and_no_style(cast: Cast, several: dict[str, Evaluation]):
    shown = get(cast)
    assert "style=" not in shown
    charts = re.findall(r"<svg .*?</svg>", shown, re.S)
    assert len(charts) >= 5
    page = Page(signed_in(cast.reviewer).get(reverse("board")))
    for chart in page.all("svg"):
        assert chart["role"] == "img"
        for identity in chart["aria-labelledby"].split():
            assert page.by_id(identity).text
        assert "figure" in chart.inside
    assert max(page.ids().values()) == 1


def test_the_board_takes_the_same_queries_for_three_departments_and_for_sixty(
    cast: Cast, django_assert_max_num_queries
):
    model = county.report(0, "submitted", good=False)
    client, taken = signed_in(cast.reviewer), {}
    asked = {"board": {}, "board_units": {"indicator": "small:A02"}, "board_file": {}}
    for departments in (3, 60):
        for number in range(Evaluation.objects.count(), departments):
            copy(model, number)
        for name, query in asked.items():
            with django_assert_max_num_queries(15) as asking:
                answer = client.get(reverse(name), query)
            assert answer.status_code == 200
            assert taken.setdefault(name, len(asking)) == len(asking), name
    assert "共 61 个单位" in get(cast)


def copy(model: Evaluation, number: int) -> None:
    """The same report of one more department."""
    snapshot = model.snapshots.get()
    one = Evaluation.objects.get(pk=model.pk)
    one.pk, one.reference = None, f"2024-danwei-{number:03}"
    one.department = people.department(f"danwei-{number:03}", f"第{number}局")
    one.save()
    snapshot.pk, snapshot.evaluation, snapshot._state.adding = None, one, True
    snapshot.save()


def test_approving_moves_a_report_to_its_column(cast: Cast, ready: Evaluation):
    workflow.perform("submit", ready, cast.unit_head)
    assert [row.state for row in selection.overview(cast.reviewer).rows] == ["submitted"]
    workflow.perform("approve", ready, cast.reviewer)
    assert [row.state for row in selection.overview(cast.reviewer).rows] == ["approved"]
