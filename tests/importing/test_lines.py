"""Budget lines from Excel: one department by its preparer, many by the bureau that issued the budgets."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from evaluations import budgeting, workflow, years
from evaluations.importing import service
from evaluations.models import BudgetGrid, BudgetLine, Department, Evaluation, Event, FieldChange, Role
from tests import people
from tests.people import Cast

from .books import book
from .conftest import Import, problems

HEAD = [
    "单位代码",
    "功能分类",
    "经济分类",
    "支出类型",
    "资金来源",
    "项目名称",
    "年初预算数",
    "调整数",
    "执行数",
]
ROWS = [
    ["单位：万元"],
    HEAD,
    ["baojing-zgh", 2012901, 30101, "基本支出", "一般公共预算", "", 60, -1.5, "58.5"],
    ["baojing-zgh", 2012902, 30201, "项目", "", "困难职工帮扶", 40, "", 30],
]


def stored(department: Department, year: int = 2024) -> list[tuple[str, ...]]:
    rows = BudgetLine.objects.filter(grid__department=department, grid__year=year).order_by("order")
    columns = ("functional", "economic", "kind", "project", "opening", "adjustment", "executed")
    return [tuple("" if value is None else str(value) for value in row) for row in rows.values_list(*columns)]


def test_a_preparer_imports_the_lines_of_the_own_department(cast: Cast, draft: Evaluation, imported: Import):
    plan = imported("lines", cast.preparer, ROWS, year=2024)
    assert stored(cast.department) == [
        ("2012901", "30101", "基本支出", "", "600000.00", "-15000.00", "585000.00"),
        ("2012902", "30201", "项目支出", "困难职工帮扶", "400000.00", "", "300000.00"),
    ]
    assert plan.summary == ["将写入 1 个单位 2024 年度的预算明细，0 个单位没有变化。"]
    assert plan.rows == [("保靖县总工会", "2", "1,000,000.00", "-15,000.00", "885,000.00", "新增")]
    assert plan.notes == ["工作表“Sheet1”的金额按万元读入。"]
    changes = draft.changes.filter(location__startswith="data.lines[")
    assert set(changes.values_list("source", "actor__username")) == {("imported", "preparer")}
    draft.refresh_from_db()
    assert draft.budget_executed == Decimal("885000.00")
    assert Event.objects.filter(action="import", actor=cast.preparer).count() == 1


def test_one_department_needs_no_column_for_it(cast: Cast, imported: Import):
    rows = [["功能分类", "执行数"], ["行政运行（工会）", 585000], ["2012901", 585000]]
    rows[1][0] = "2012901 行政运行"
    imported("lines", cast.preparer, rows, year=2023, department=cast.department)
    assert len(stored(cast.department, 2023)) == 2


@pytest.mark.parametrize(
    "code",
    ["2012901", 2012901, "2012901 行政运行", "2012901-行政运行", "[2012901]行政运行", "2012901|行政运行"],
)
def test_a_code_may_stand_beside_its_name(cast: Cast, imported: Import, code: object):
    rows = [["功能分类", "经济分类", "项目名称", "执行数"], [code, "[30201]办公费", "", 20000]]
    imported("lines", cast.preparer, rows, year=2024, department=cast.department)
    assert stored(cast.department)[0][:2] == ("2012901", "30201")


def test_a_line_with_a_project_and_no_kind_is_of_that_project(cast: Cast, imported: Import):
    rows = [["功能分类", "项目名称", "执行数"], ["2012902", "帮扶", 20000], ["2012901", "", 20000]]
    imported("lines", cast.preparer, rows, year=2024, department=cast.department)
    assert [line[2:4] for line in stored(cast.department)] == [("项目支出", "帮扶"), ("基本支出", "")]


def test_lines_of_the_same_classification_keep_their_ids(cast: Cast, draft: Evaluation, imported: Import):
    imported("lines", cast.preparer, ROWS, year=2024)
    ids = list(BudgetLine.objects.values_list("row", flat=True))
    count = draft.changes.count()
    rows = [*ROWS[:3], [*ROWS[3][:8], 31]]
    imported("lines", cast.preparer, rows, year=2024)
    assert list(BudgetLine.objects.values_list("row", flat=True)) == ids
    change = draft.changes.order_by("-id").first()
    assert (change.old, change.new) == ("300000", "310000")
    assert draft.changes.count() == count + 1


def test_the_same_file_again_changes_nothing(cast: Cast, draft: Evaluation, imported: Import):
    imported("lines", cast.preparer, ROWS, year=2024)
    revision = BudgetGrid.objects.get().revision
    again = imported("lines", cast.preparer, ROWS, year=2024)
    assert (again.changes, again.questions, BudgetGrid.objects.get().revision) == (0, [], revision)


def test_existing_lines_are_replaced_only_after_asking(cast: Cast, draft: Evaluation, imported: Import):
    people.save_lines(draft)
    before = stored(cast.department)
    with pytest.raises(service.Unanswered) as refusal:
        imported("lines", cast.preparer, ROWS, year=2024, answers=[])
    (question,) = refusal.value.questions
    assert question.text == "保靖县总工会 2024 年度已有 2 行预算明细，导入后全部换成文件里的 2 行。"
    assert stored(cast.department) == before
    imported("lines", cast.preparer, ROWS, year=2024, answers=[question.key])
    assert stored(cast.department) != before


def test_an_answer_is_void_when_somebody_saved_meanwhile(cast: Cast, draft: Evaluation):
    people.save_lines(draft)
    file = service.receive(cast.preparer, service.KINDS["lines"], "a.xlsx", book(ROWS), year=2024)
    answers = [question.key for question in service.check(file).questions]
    people.save_lines(draft, ({"functional": "2012901", "executed": "77"},))
    with pytest.raises(service.Unanswered):
        service.run(cast.preparer, file.token, answers)
    assert stored(cast.department) == [("2012901", "", "基本支出", "", "", "", "770000.00")]


def test_wan_yuan_read_as_yuan_must_be_confirmed(cast: Cast, imported: Import):
    rows = [HEAD, *ROWS[2:]]
    with pytest.raises(service.Unanswered) as refusal:
        imported("lines", cast.preparer, rows, year=2024, answers=[])
    (question,) = refusal.value.questions
    assert "全年合计只有 98.5 元，不像一个单位一年的收支" in question.text
    assert "请在表头上方写“单位：万元”" in question.text
    assert not BudgetLine.objects.exists()


def test_last_year_tells_the_wrong_unit(cast: Cast, imported: Import):
    imported(
        "lines",
        cast.preparer,
        [["单位：万元"], HEAD, ["baojing-zgh", "2012901", "", "", "", "", 6000, "", 6000]],
        year=2023,
    )
    with pytest.raises(service.Unanswered) as refusal:
        imported(
            "lines",
            cast.preparer,
            [HEAD, ["baojing-zgh", "2012901", "", "", "", "", 12000, "", 12000]],
            year=2024,
            answers=[],
        )
    assert "2023 年度是 60,000,000 元，相差约 5,000 倍" in refusal.value.questions[0].text


def test_the_title_of_another_year_and_a_wrong_sum_are_asked_about(cast: Cast, imported: Import):
    rows = [["2023年度预算执行表"], *ROWS, ["合计", "", "", "", "", "", 100, -1.5, 89]]
    with pytest.raises(service.Unanswered) as refusal:
        imported("lines", cast.preparer, rows, year=2024, answers=[])
    assert [question.text for question in refusal.value.questions] == [
        "工作表“Sheet1”的标题写着 2023 年，您要导入的是 2024 年度。",
        "工作表“Sheet1”第 6 行合计的“执行数”是 890,000 元，各行之和是 885,000 元，相差 5,000 元。"
        "请核对有没有漏行或重复。",
    ]


@pytest.mark.parametrize(
    ("opening", "adjustment", "final", "stored_adjustment"),
    [(60, "", 58, "-20000.00"), (60, -2, 58, "-20000.00"), (60, "", 60, "0.00"), ("", "", "", "")],
)
def test_the_final_budget_gives_the_adjustment(
    cast: Cast, imported: Import, opening, adjustment, final, stored_adjustment
):
    rows = [
        ["单位：万元"],
        ["功能分类", "年初预算数", "调整数", "调整后预算数", "执行数"],
        ["2012901", opening, adjustment, final, 57],
    ]
    imported("lines", cast.preparer, rows, year=2024, department=cast.department)
    assert stored(cast.department)[0][5] == stored_adjustment


CASES = {
    "functional": ({"功能分类": "20129999"}, "B 列“功能分类”（现为“20129999”）：“20129999”不是功能分类科目"),
    "no functional": ({"功能分类": ""}, "B 列“功能分类”：没有填功能分类"),
    "economic": ({"经济分类": "工资"}, "C 列“经济分类”（现为“工资”）："),
    "kind": ({"支出类型": "临时"}, "D 列“支出类型”（现为“临时”）：没有“临时”这种支出类型"),
    "fund": ({"资金来源": "彩票"}, "E 列“资金来源”（现为“彩票”）：没有“彩票”这种资金来源"),
    "words": ({"执行数": "若干"}, "I 列“执行数”（现为“若干”）：“若干”不是数字"),
    "none": ({"执行数": "无"}, "I 列“执行数”（现为“无”）：不是金额：没有发生请填 0，不知道请留空"),
    "dash": ({"执行数": "——"}, "I 列“执行数”（现为“——”）：不是金额：没有发生请填 0，不知道请留空"),
    "fractions of a cent": ({"执行数": 0.0000001}, "折合 0.001 元，金额最多精确到分"),
    "foreign department": ({"单位代码": "huayuan-zgh"}, "A 列“单位代码”（现为“huayuan-zgh”）：没有这个单位"),
    "no department": ({"单位代码": ""}, "第 3 行：没有填单位"),
    "long project": ({"项目名称": "长" * 101}, "：有 101 字，最多 100 字：请缩短"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_every_problem_has_its_place_and_nothing_is_stored(cast: Cast, name: str):
    changed, expected = CASES[name]
    row = [changed.get(title, value) for title, value in zip(HEAD, ROWS[2], strict=True)]
    (found,) = problems("lines", cast.preparer, [["单位：万元"], HEAD, row], year=2024)
    assert expected in found
    assert not BudgetLine.objects.exists()
    assert not BudgetGrid.objects.exists()


def test_all_problems_of_a_row_are_told_at_once(cast: Cast):
    row = ["baojing-zgh", "工会", "工资", "临时", "彩票", "", "许多", "不多", "若干"]
    assert len(problems("lines", cast.preparer, [HEAD, row], year=2024)) == 7


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (
            [60, -2, 57],
            "D 列“全年预算数”（现为“57”）：合 570,000 元，不等于年初预算数 600,000 加调整数 -20,000 元",
        ),
        (["", "", 57], "D 列“全年预算数”（现为“57”）：有全年预算数而没有年初预算数"),
    ],
)
def test_a_final_budget_that_does_not_add_up(cast: Cast, row: list[object], expected: str):
    rows = [["单位：万元"], ["功能分类", "年初预算数", "调整数", "全年预算数"], ["2012901", *row]]
    (found,) = problems("lines", cast.preparer, rows, year=2024, department=cast.department)
    assert expected in found


def test_amounts_under_one_heading_are_read(cast: Cast, imported: Import):
    rows = [
        ["单位：万元"],
        ["功能科目", "预算", "", "决算"],
        ["编码", "年初", "调整", "执行数"],
        ["2012901", 60, -1, 59],
    ]
    imported("lines", cast.preparer, rows, "B2:C2", year=2024, department=cast.department)
    assert stored(cast.department)[0][4:] == ("600000.00", "-10000.00", "590000.00")


@pytest.mark.parametrize(("column", "absent"), [("年初预算数", "执行数"), ("执行数", "年初预算数")])
def test_amounts_that_a_sheet_has_not_are_told(cast: Cast, column: str, absent: str):
    data = book([["功能分类", column], ["2012901", 0]])
    file = service.receive(
        cast.preparer, service.KINDS["lines"], "a.xlsx", data, year=2024, department=cast.department
    )
    told = [note for note in service.check(file).notes if "没有找到" in note]
    assert told == [f"工作表“Sheet1”里没有找到“{absent}”列，导入后{absent}是空的。"]


def test_nobody_is_told_to_state_the_unit_that_the_file_states(cast: Cast, imported: Import):
    head = ["功能分类", "年初预算数", "执行数"]
    imported(
        "lines", cast.preparer, [head, ["2012901", 60000000, 50000000]], year=2024, department=cast.department
    )
    data = book([["单位：万元"], head, ["2012901", 2, 2]])
    file = service.receive(
        cast.preparer, service.KINDS["lines"], "a.xlsx", data, year=2024, department=cast.department
    )
    asked = service.check(file).questions[0].text
    assert asked.endswith("金额已按万元读入，请核对有没有漏掉的行或列。")


def test_a_sheet_without_amounts_is_refused(cast: Cast):
    with pytest.raises(service.Invalid, match="没有金额列"):
        service.receive(
            cast.preparer,
            service.KINDS["lines"],
            "a.xlsx",
            book([["功能分类", "项目名称"], ["2012901", "x"]]),
            year=2024,
        )


def test_what_was_sent_is_not_changed_by_an_import(cast: Cast, ready: Evaluation):
    workflow.perform("submit", ready, cast.unit_head)
    (found,) = problems("lines", cast.preparer, ROWS, year=2024)
    assert "该自评已送审，内容不能修改" in found


# ── the bureau ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def county(cast: Cast) -> list[list[object]]:
    """The budgets of three departments, one of them a 二级机构 of another, in one file."""
    superior = people.department("baojing-jyj", "保靖县教育局")
    people.department("baojing-fwzx", "服务中心")
    Department.objects.filter(code="baojing-fwzx").update(parent=superior)
    amounts = ["", "", "", "", 60, "", 58]
    return [
        ["单位：万元"],
        HEAD,
        *([code, "2012901", *amounts] for code in ("baojing-fwzx", "baojing-zgh", "baojing-jyj")),
    ]


def test_the_bureau_imports_the_budgets_it_issued(cast: Cast, draft: Evaluation, county, imported: Import):
    plan = imported("lines", cast.bureau_lead, county, year=2024)
    assert plan.summary == ["将写入 3 个单位 2024 年度的预算明细，0 个单位没有变化。"]
    assert BudgetLine.objects.count() == 3
    assert set(draft.changes.values_list("actor__username", "source")) == {("bureau-lead", "imported")}
    county[3][8] = 59
    assert imported("lines", cast.bureau_lead, county, year=2024).changes == 1, "its own it may correct"


def test_the_bureau_never_replaces_what_a_department_typed(cast: Cast, draft: Evaluation, county):
    budgeting.save_grid(cast.department, 2024, people.LINES, 0, cast.preparer)
    found = problems("lines", cast.bureau_lead, county, year=2024)
    assert found == ["第 4 行：保靖县总工会 2024 年度的预算明细单位已经填写，请单位自己修改或导入。"]
    assert BudgetLine.objects.count() == 2, "nothing of the others either"


def test_nor_lines_of_what_was_sent_once(cast: Cast, ready: Evaluation, county):
    workflow.perform("submit", ready, cast.unit_head)
    workflow.perform("withdraw", ready, cast.preparer)
    (found,) = problems("lines", cast.bureau_lead, county, year=2024)
    assert "已经送审过，预算明细请单位自己修改" in found


def test_the_bureau_types_nothing(cast: Cast, draft: Evaluation):
    for source in (FieldChange.Source.TYPED, FieldChange.Source.CARRIED):
        with pytest.raises(PermissionDenied):
            budgeting.save_grid(cast.department, 2024, people.LINES, 0, cast.bureau_lead, source)


def test_the_bureau_of_the_other_county_finds_no_department(cast: Cast, county):
    other = people.person("other-lead", Role.BUREAU_LEAD, cast.stranger.memberships.get().department)
    assert all("没有这个单位" in one for one in problems("lines", other, county, year=2024))


@pytest.mark.parametrize("who", ["unit_head", "reviewer", "system_admin", "auditor"])
def test_nobody_else_imports_lines(cast: Cast, who: str):
    with pytest.raises(PermissionDenied):
        service.receive(cast[who], service.KINDS["lines"], "a.xlsx", book(ROWS), year=2024)


def test_lines_of_a_unit_move_the_report_of_its_superior(cast: Cast, draft: Evaluation, imported: Import):
    unit = people.department("baojing-fwzx", "服务中心")
    Department.objects.filter(pk=unit.pk).update(parent=cast.department)
    fills_in = people.person("unit", Role.PREPARER, unit)
    rows = [["单位：万元"], HEAD, ["baojing-fwzx", "2012901", "", "", "", "", 60, "", 58]]
    imported("lines", fills_in, rows, year=2024)
    draft.refresh_from_db()
    assert draft.budget_executed == Decimal(580000)
    years.set_closed(None, draft.fiscal_year, True)
    rows[2][6] = 61
    for actor in (fills_in, cast.bureau_lead):
        assert problems("lines", actor, rows, year=2024) == [
            "第 3 行：2024 年度已关闭，不能再改服务中心的预算明细；如需补报，请联系财政局绩效股重新开放年度。"
        ]
