"""Departments from Excel."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied

from evaluations.errors import Invalid
from evaluations.models import Department, Event, ImportFile
from tests import people
from tests.people import Cast

from .conftest import Import, problems

HEAD = ["单位代码", "单位名称", "简称", "行政区划", "主管部门"]


def test_new_departments_are_added_with_their_superiors_in_any_order(cast: Cast, imported: Import):
    plan = imported(
        "departments",
        cast.system_admin,
        [
            HEAD,
            ["baojing-fwzx", "保靖县职工服务中心", "", "433125", "baojing-jyj"],
            ["baojing-jyj", "保靖县教育局", "县教育局", "保靖县", None],
            [300001, "保靖县民政局"],
        ],
    )
    assert plan.summary == ["将新增 3 个单位，修改 0 个，0 个没有变化。"]
    made = Department.objects.exclude(pk__in=[cast.department.pk]).filter(region="433125").order_by("code")
    assert list(made.values_list("code", "name", "short_name", "parent__code")) == [
        ("300001", "保靖县民政局", "", None),
        ("baojing-fwzx", "保靖县职工服务中心", "", "baojing-jyj"),
        ("baojing-jyj", "保靖县教育局", "县教育局", None),
    ]
    assert list(Event.objects.order_by("id").values_list("action", flat=True)) == ["add_department"] * 3 + [
        "import"
    ]
    assert not ImportFile.objects.exists()


def test_codes_may_be_typed_full_width(cast: Cast, imported: Import):
    imported(
        "departments", cast.system_admin, [HEAD, ["１０１００２", "保靖县卫健局（本级）", "", "４３３１２５"]]
    )
    made = Department.objects.get(code="101002")
    assert (made.region_id, made.name) == ("433125", "保靖县卫健局（本级）")


def test_known_departments_are_changed_and_empty_cells_leave_what_is_stored(cast: Cast, imported: Import):
    people.department("baojing-fwzx", "服务中心")
    rows = [
        HEAD,
        ["baojing-zgh", "保靖县总工会", "", "", ""],
        ["baojing-fwzx", "职工服务中心", "", "", "保靖县总工会"],
    ]
    plan = imported("departments", cast.system_admin, rows)
    assert plan.summary == ["将新增 0 个单位，修改 1 个，1 个没有变化。"]
    changed = Department.objects.get(code="baojing-fwzx")
    assert (changed.name, changed.short_name, changed.parent) == ("职工服务中心", "县总工会", cast.department)
    again = imported("departments", cast.system_admin, rows)
    assert again.changes == 0


AT = "第 2 行 "
CASES = {
    "no code": ([["", "保靖县教育局"]], [f"{AT}A 列“单位代码”：没有填，每一行都要有。"]),
    "no ascii": (
        [["保靖", "保靖县教育局"]],
        [f"{AT}A 列“单位代码”（现为“保靖”）：单位代码只能用小写字母、数字和连字符，例如 baojing-zgh。"],
    ),
    "twice": (
        [["a-1", "甲局"], ["a-2", "乙局"], ["a-1", "丙局"], ["a-3", "乙局"]],
        [
            "第 4 行 A 列“单位代码”（现为“a-1”）：和第 2 行的单位代码相同：请核对，每个单位只写一行。",
            "第 5 行 B 列“单位名称”（现为“乙局”）：和第 3 行的单位名称相同：请核对，每个单位只写一行。",
        ],
    ),
    "other county": (
        [["a-1", "甲局", "", "433124"]],
        [
            f"{AT}D 列“行政区划”（现为“433124”）：没有这个区划，或不归您管理："
            "请填行政区划代码，没有的先“新建行政区划”。"
        ],
    ),
    "code of the other county": (
        [["huayuan-zgh", "甲局"]],
        [
            f"{AT}A 列“单位代码”（现为“huayuan-zgh”）：已用于别处的单位，单位的区划不能改："
            "请换一个代码，或核对行政区划。"
        ],
    ),
    "absent superior": (
        [["a-1", "甲局", "", "", "乙局"]],
        [
            f"{AT}E 列“主管部门”（现为“乙局”）：保靖县没有这个单位："
            "请填它的单位代码，新单位请在本表中一并列出。"
        ],
    ),
    "several in one row": (
        [["", "", "", "433124"], ["a-1", "", "", "", "乙局"]],
        [
            f"{AT}A 列“单位代码”：没有填，每一行都要有。",
            f"{AT}B 列“单位名称”：没有填，每一行都要有。",
            f"{AT}D 列“行政区划”（现为“433124”）：没有这个区划，或不归您管理："
            "请填行政区划代码，没有的先“新建行政区划”。",
            "第 3 行 B 列“单位名称”：没有填，每一行都要有。",
            "第 3 行 E 列“主管部门”（现为“乙局”）：保靖县没有这个单位："
            "请填它的单位代码，新单位请在本表中一并列出。",
        ],
    ),
    "a superior that is wrong itself": (
        [["甲", "甲局"], ["a-1", "乙中心", "", "", "甲局"]],
        [
            f"{AT}A 列“单位代码”（现为“甲”）：单位代码只能用小写字母、数字和连字符，例如 baojing-zgh。",
            "第 3 行 E 列“主管部门”（现为“甲局”）：主管部门写在第 2 行，那一行还有问题：请先改正。",
        ],
    ),
    "two levels": (
        [["a-1", "甲局"], ["a-2", "乙中心", "", "", "a-1"], ["a-3", "丙站", "", "", "a-2"]],
        ["第 4 行：乙中心自己是甲局的二级机构，不能再做主管部门；请选甲局。"],
    ),
    "two levels, from below": (
        [["a-3", "丙站", "", "", "a-2"], ["a-2", "乙中心", "", "", "a-1"], ["a-1", "甲局"]],
        [
            f"{AT}E 列“主管部门”（现为“a-2”）：也是二级机构（第 3 行）；二级机构只有一层："
            "请填最上一级的主管部门。"
        ],
    ),
    "a new one its own superior": (
        [["a-1", "甲局", "", "", "甲局"]],
        [f"{AT}E 列“主管部门”（现为“甲局”）：是这个单位自己：主管部门自己的这一格请清空。"],
    ),
    "a number as name": (
        [["a-1", 8223344]],
        [
            f"{AT}B 列“单位名称”（现为“8223344”）：像是电话号码或编号，不是单位名称："
            "请填单位名称，并核对有没有填错列。"
        ],
    ),
    "its own superior": (
        [["baojing-zgh", "保靖县总工会", "", "", "baojing-zgh"]],
        ["第 2 行：保靖县总工会不能做自己的主管部门。"],
    ),
    "date": (
        [[date(2024, 3, 1), "甲局"]],
        [
            f"{AT}A 列“单位代码”（现为“2024-03-01 00:00:00”）：被 Excel 当成了日期或时间："
            "请把单元格格式设为“文本”或“数值”，再重新填写。"
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_every_problem_has_its_place_and_nothing_is_stored(cast: Cast, name: str):
    rows, expected = CASES[name]
    before = set(Department.objects.values_list("code", "name"))
    assert problems("departments", cast.system_admin, [HEAD, *rows]) == expected
    assert set(Department.objects.values_list("code", "name")) == before
    assert not Event.objects.exists()
    assert not ImportFile.objects.exists()


def test_all_problems_are_told_at_once(cast: Cast):
    rows = [HEAD, *([f"X{number}", f"单位{number}"] for number in range(30))]
    assert len(problems("departments", cast.system_admin, rows)) == 30


def test_more_rows_than_a_province_has_are_refused(cast: Cast, imported: Import):
    rows = [HEAD, *([f"x-{number}", f"单位{number}"] for number in range(2001))]
    with pytest.raises(Invalid, match="文件有 2001 行，这里一次最多 2000 行"):
        imported("departments", cast.system_admin, rows)


@pytest.mark.parametrize("who", ["preparer", "bureau_lead", "security_admin", "auditor", "newcomer"])
def test_only_system_administrators_import_departments(cast: Cast, imported: Import, who: str):
    with pytest.raises(PermissionDenied):
        imported("departments", cast[who], [HEAD, ["a-1", "甲局"]])
