"""The grid of budget lines, and the classes it is written in."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from evaluations import budgeting, classification
from evaluations.classification import UnknownCode
from evaluations.errors import Conflict, Invalid, Locked
from evaluations.models import BudgetGrid, BudgetLine, Evaluation
from tests.people import Cast, save_lines


def lines(evaluation: Evaluation) -> list[tuple]:
    rows = BudgetLine.objects.filter(grid__department=evaluation.department, grid__year=2024)
    return list(rows.values_list("functional", "economic", "kind", "fund", "executed"))


def test_a_pasted_grid_is_read(draft: Evaluation):
    saved = save_lines(
        draft,
        (
            {"functional": "2012901 行政运行", "economic": "301", "kind": "基本", "executed": "75.66118"},
            {
                "functional": "一般行政管理事务",
                "economic": "办公费",
                "kind": "项目支出",
                "executed": "１２ 万元",
            },
            {"functional": "", "economic": "", "kind": "基本支出", "executed": ""},
            {
                "functional": "2012999",
                "economic": "",
                "fund": "工会经费",
                "opening": "-3",
                "executed": "5,000元",
            },
        ),
    )
    assert not saved.faults
    assert [(*row[:4], str(row[4])) for row in lines(draft)] == [
        ("2012901", "301", "基本支出", "一般公共预算", "756611.80"),
        ("2012902", "30201", "项目支出", "一般公共预算", "120000.00"),
        ("2012999", "", "基本支出", "工会经费", "5000.00"),
    ]
    assert saved.assessment.figures.values["total_spending"] == Decimal("881611.80")


def test_unreadable_cells_are_kept_and_marked(draft: Evaluation):
    row = {
        "id": "00a1",
        "functional": "2012998",
        "economic": "工资",
        "kind": "临时",
        "fund": "彩票",
        "executed": "若干",
        "opening": "不适用",
    }
    saved = save_lines(draft, (row,))
    grid = BudgetGrid.objects.get()
    assert grid.raw == {f"lines[00a1].{name}": text for name, text in row.items() if name != "id"}
    assert set(saved.faults) == set(grid.raw)
    assert "相近的有" in saved.faults["lines[00a1].functional"]
    assert saved.faults["lines[00a1].executed"].startswith("“若干”不是数字")
    unread = [one for one in saved.assessment.must_fix if one.code == "格式-未识别"]
    assert len(unread) == 6
    assert saved.assessment.statuses["data"].name == "trouble"
    save_lines(draft, ({"id": "00a1", "functional": "2012999", "executed": "1"},))
    assert BudgetGrid.objects.get().raw == {}


def test_a_line_without_a_functional_class_is_marked(draft: Evaluation):
    saved = save_lines(draft, ({"id": "00a1", "executed": "1"},))
    assert "没有填功能分类" in saved.faults["lines[00a1].functional"]
    assert saved.assessment.must_fix


def test_rows_keep_their_ids_and_changes_are_traced(draft: Evaluation):
    first = {"id": "00a1", "functional": "2012901", "executed": "1"}
    second = {"id": "00a2", "functional": "2012902", "executed": "2"}
    save_lines(draft, (first, second))
    saved = save_lines(draft, (second | {"executed": "3"},))
    assert {(one.location, one.old, one.new) for one in saved.changes} == {
        ("data.lines[00a2].executed", "20000", "30000"),
        ("data.lines[00a1].functional", "2012901", ""),
        ("data.lines[00a1].executed", "10000", ""),
        ("data.lines[00a1].kind", "基本支出", ""),
        ("data.lines[00a1].fund", "一般公共预算", ""),
    }
    assert draft.changes.filter(location="data.lines[00a2].executed", new="30000").exists()
    assert saved.revision == 2


def test_the_order_of_lines_is_kept(draft: Evaluation):
    rows = tuple({"id": f"00a{n}", "functional": "2012901", "executed": str(n)} for n in range(3))
    save_lines(draft, rows)
    save_lines(draft, rows[::-1])
    assert list(BudgetLine.objects.values_list("row", flat=True)) == ["00a2", "00a1", "00a0"]


def test_the_same_grid_twice_changes_nothing(draft: Evaluation):
    rows = ({"id": "00a1", "functional": "2012901", "executed": "1"},)
    department = draft.department
    first = budgeting.save_grid(department, 2024, rows, 0, None)
    again = budgeting.save_grid(department, 2024, rows, 0, None)
    assert (first.revision, again.revision, again.changes) == (1, 1, ())


def test_the_second_of_two_is_told(cast: Cast, draft: Evaluation):
    budgeting.save_grid(
        draft.department, 2024, ({"functional": "2012901", "executed": "1"},), 0, cast.preparer
    )
    mine = ({"functional": "2012901", "executed": "2"},)
    with pytest.raises(Conflict, match="preparer甲") as conflict:
        budgeting.save_grid(draft.department, 2024, mine, 0, cast.preparer)
    assert conflict.value.yours == list(mine)
    assert str(lines(draft)[0][4]) == "10000.00"


def test_who_may_save_and_when(cast: Cast, draft: Evaluation):
    rows = ({"functional": "2012901", "executed": "1"},)
    with pytest.raises(PermissionDenied):
        budgeting.save_grid(draft.department, 2024, rows, 0, cast.unit_head)
    with pytest.raises(Http404):
        budgeting.save_grid(draft.department, 2024, rows, 0, cast.stranger)
    with pytest.raises(PermissionDenied):  # a year without evaluation
        budgeting.save_grid(draft.department, 2023, rows, 0, cast.stranger)
    assert budgeting.save_grid(draft.department, 2023, rows, 0, cast.preparer).assessment is None
    Evaluation.objects.update(state="submitted")
    with pytest.raises(Locked):
        budgeting.save_grid(draft.department, 2024, rows, 0, cast.preparer)
    assert not lines(draft)


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (({"functional": "2012901", "project": "字" * 101},), "第 1 行“项目名称”有 101 字，最多 100 字"),
        (({"executed": "1" * 201},), "第 1 行“执行数”有 201 字，最多 200 字"),
        (({"functional": "2012901", "colour": "红"},), "没有名为“colour”的列"),
        (({"functional": "2012901"},) * 5001, "有 5001 行，最多 5000 行"),
    ],
)
def test_limits(draft: Evaluation, rows: tuple, message: str):
    with pytest.raises(Invalid, match="没有保存") as refusal:
        save_lines(draft, rows)
    assert message in str(refusal.value)
    assert not BudgetLine.objects.exists()


def test_five_thousand_lines_are_stored_and_summed(draft: Evaluation):
    row = {"functional": "2012901", "economic": "30201", "executed": "1"}
    saved = save_lines(draft, (row,) * 5000)
    assert saved.assessment.figures.values["total_spending"] == 50_000_000
    assert BudgetLine.objects.count() == 5000


# ── classes ──


def test_names_follow_the_year():
    assert classification.name("functional", "20805", 2017) == "行政事业单位离退休"
    assert classification.name("functional", "20805", 2020) == "行政事业单位养老支出"
    assert classification.name("economic", "310", 2017) == "其他资本性支出"
    assert classification.name("economic", "310", 2018) == "资本性支出"
    assert classification.name("functional", "2012906", 2017) == ""


@pytest.mark.parametrize("kind", ["functional", "economic"])
@pytest.mark.parametrize("year", [2017, 2018, 2019, 2020, 2021, 2024])
def test_every_code_has_its_parents_and_one_name(kind: str, year: int):
    known = classification.entries(kind, year)
    assert known
    for code, entry in known.items():
        assert code.isdigit() and len(code) in classification.LEVELS and entry.name
        for length in (3, 5):
            assert len(code) <= length or code[:length] in known, code


@pytest.mark.parametrize("kind", ["functional", "economic"])
def test_no_two_names_hold_in_one_year(kind: str):
    seen = set()
    for entry in classification._all()[kind]:
        years = {(entry.code, year) for year in range(max(entry.first, 2007), min(entry.last, 2035) + 1)}
        assert not seen & years, entry
        seen |= years


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("2012901", "2012901"),
        (" ２０１２９０１ 行政运行", "2012901"),
        ("工会事务", "2012906"),
        ("政府办公厅（室）及相关机构事务", "20103"),
        ("政府办公厅(室)及相关机构事务", "20103"),
    ],
)
def test_a_class_is_found_by_code_or_name(typed: str, code: str):
    assert classification.read("functional", typed, 2024) == code


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("其他支出", "有多个科目"),
        ("2012904", "在2024年的功能分类科目中不使用（2018年及以前使用）"),
        ("2012", "不是功能分类科目，请填 3、5 或 7 位数字代码"),
        ("吃饭", "“吃饭”不是功能分类科目"),
    ],
)
def test_an_unknown_class_is_refused_with_a_remedy(typed: str, message: str):
    with pytest.raises(UnknownCode) as refusal:
        classification.read("functional", typed, 2024)
    assert message in str(refusal.value)


def test_search_offers_codes_and_names():
    assert classification.search("functional", "养老", 2024)[0].code == "20805"
    assert classification.search("economic", "30201", 2024)[0].name == "办公费"
    assert all(one.code.startswith("302") for one in classification.search("economic", "302", 2024))
