"""Evaluation packages: loaded whole, or refused with every fault at its place."""

import copy
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from evaluations.errors import Invalid
from evaluations.models import (
    BudgetLine,
    Department,
    Evaluation,
    Event,
    FiscalYear,
    Region,
    TemplateAssignment,
)
from evaluations.packages import load_package
from tests import people, projects
from tests.people import Cast
from tests.projects import AID

PACKAGE: dict[str, Any] = {
    "format": "evaluation/1",
    "reference": "2024-baojing-jyj",
    "template": "small",
    "year": 2024,
    "department": "baojing-jyj",
    "unit": "元",
    "regions": [
        {"code": "430000", "name": "湖南省"},
        {"code": "433125", "name": "保靖县", "parent": "430000"},
    ],
    "departments": [{"code": "baojing-jyj", "name": "保靖县教育局", "region": "433125"}],
    "lines": [{"functional": "2012901", "economic": "301", "executed": "900000"}],
    "fields": {
        "quota": 10,
        "budget": "1,000,000.00",
        "spent": "103万元",
        "A02-level": "好",
        "A03-1": True,
        "A03-2": "是",
        "A01-reason": "年中增加任务",
    },
    "tables": {"T1": [{"use": "办公", "amount": 600000}, {"use": "帮扶", "amount": 430000}]},
    "texts": {"t-work": "# 帮扶\n慰问困难职工。"},
    "overrides": {"rate": {"text": "103%", "reason": "取整"}},
    "explanations": {"表间-01": "上级年中下达任务"},
}


def package(**changes: Any) -> dict[str, Any]:
    """The package with other values; None leaves a key out."""
    made = copy.deepcopy(PACKAGE) | changes
    return {key: value for key, value in made.items() if value is not None}


@pytest.fixture
def small(db: None) -> None:
    people.template()


def stored() -> tuple[int, ...]:
    return tuple(
        model.objects.count() for model in (Evaluation, BudgetLine, Region, Department, FiscalYear, Event)
    )


def test_a_package_becomes_a_draft(small: None):
    evaluation = load_package(package())
    assert (evaluation.reference, evaluation.state) == ("2024-baojing-jyj", "draft")
    assert (str(evaluation.total), evaluation.must_fix, evaluation.unexplained) == ("7.00", 0, 0)
    money = evaluation.sections.get(code="money").content
    assert money["fields"]["budget"] == "1000000"
    assert money["fields"]["spent"] == "1030000"
    assert money["tables"]["T1"][1] == {"id": "0002", "use": "帮扶", "amount": "430000"}
    assert money["overrides"] == {"rate": {"text": "103%", "reason": "取整"}}
    assert evaluation.sections.get(code="work").content["fields"]["A03-1"] == "是"
    assert set(evaluation.changes.values_list("source", flat=True)) == {"imported"}
    actions = Event.objects.filter(evaluation=evaluation).order_by("id").values_list("action", flat=True)
    assert list(actions) == ["load_package", "explain"]
    assert evaluation.fiscal_year.region_id == "433125"


def test_a_preparer_loads_for_the_own_department_only(cast: Cast):
    people.fiscal_year()
    own = package(department="baojing-zgh", reference=None, regions=None, departments=None)
    assert load_package(own, cast.preparer).reference == "2024-baojing-zgh"
    people.department("huayuan-zgh", "花垣县总工会", "433124")
    other = own | {"department": "huayuan-zgh"}
    with pytest.raises(Invalid) as refusal:
        load_package(other, cast.preparer)
    assert refusal.value.faults == ("year：只有本地区的绩效股负责人可以设置年度。",)
    people.fiscal_year(county="433124")
    with pytest.raises(Invalid, match="只有本单位的填报人"):
        load_package(other, cast.preparer)


def test_a_preparer_sets_up_no_department(cast: Cast):
    with pytest.raises(Invalid) as refusal:
        load_package(package(regions=None), cast.preparer)
    assert "departments 第 1 个：您的角色不能办理这个地方的人员和单位事项。" in refusal.value.faults
    assert not Department.objects.filter(code="baojing-jyj").exists()


def test_what_a_package_brings_along_is_in_the_log(small: None):
    load_package(package())
    logged = Event.objects.order_by("id").values_list("action", flat=True)
    assert list(logged) == [
        "template_stored",
        "template_published",
        "add_region",
        "add_region",
        "add_department",
        "set_year",
        "load_package",
        "explain",
    ]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"format": None}, "format：应为 evaluation/1，写的是“”"),
        ({"texst": {}}, "texst：没有这一项，是否指“texts”"),
        ({"year": "2024"}, "year：必须写明年度"),
        ({"year": True}, "year：必须写明年度"),
        ({"year": -5, "reference": None}, "year：必须写明年度，2000 至 2100 的数字"),
        ({"year": 10**30, "reference": None}, "year：必须写明年度，2000 至 2100 的数字"),
        ({"unit": "美元"}, "unit：金额单位应为 元、千元、万元，写的是“美元”"),
        ({"fields": []}, "fields：应为“代码: 值”的形式"),
        ({"lines": {}}, "lines：应为列表"),
        ({"template": "nowhere"}, "template：没有已发布的指标模板“nowhere”"),
        ({"template_version": "第二版"}, "template_version：应为版本的序号，例如 2，写的是“第二版”"),
        ({"template_version": 9}, "template：没有已发布的指标模板“small 第 9 版”"),
        ({"year": 2031, "reference": None}, "year：指标模板“小样”适用于 2023—2024 年度，不能用于 2031 年度"),
        ({"department": "baojing-wsj"}, "department：没有代码为“baojing-wsj”的单位"),
        ({"reference": "2024-other"}, "reference：应为 2024-baojing-jyj"),
        ({"departments": [{"code": "x", "name": "甲"}]}, "departments 第 1 个：缺少 region"),
        ({"departments": [{"code": "甲", "name": "甲", "region": "433125"}]}, "单位代码只能用小写字母"),
        ({"regions": [{"code": "4331", "name": "甲"}]}, "regions 第 1 个：行政区划代码：行政区划代码应为"),
        (
            {"regions": [{"code": "433126", "name": "甲", "parent": "439999"}]},
            "regions 第 1 个：没有代码为“439999”的行政区划",
        ),
        ({"regions": [{"code": 433125, "name": "甲"}]}, "regions 第 1 个：code 应为文字，代码请加引号"),
        ({"fields": {"qouta": 1}}, "fields.qouta：模板中没有这个代码，是否指“quota”"),
        ({"fields": {"rate": 1}}, "fields.rate：由公式得出，不能填写"),
        ({"fields": {"quota": "十个"}}, "quota：“十个”不是数字"),
        ({"fields": {"quota": "10 元"}}, "quota：“10 元”的单位“元”不对"),
        ({"fields": {"A02-level": "很好"}}, "A02-level：没有“很好”这个选项"),
        ({"fields": {"quota": [1]}}, "fields.quota：应为文字或数字"),
        ({"texts": {"t-none": "x"}}, "texts.t-none：模板中没有这个代码"),
        ({"texts": {"t-money": "字" * 201}}, "money：“资金情况”有 201 字，最多 200 字"),
        ({"tables": {"T9": []}}, "tables.T9：模板中没有这个代码"),
        ({"tables": {"T1": "x"}}, "tables.T1：应为列表"),
        ({"tables": {"T1": [{"use": "甲", "amount": "多"}]}}, "T1 第 1 行 amount：“多”不是数字"),
        ({"tables": {"T1": [{"colour": "红"}]}}, "“用途表”没有名为“colour”的列"),
        (
            {"lines": [{"functional": "2012998", "executed": 1}]},
            "lines 第 1 行 functional：“2012998”不是功能分类科目",
        ),
        ({"lines": [{"functional": "2012904", "executed": 1}]}, "在2024年的功能分类科目中不使用"),
        ({"lines": [{"functional": "2012901"}, {"executed": "x"}]}, "lines 第 2 行 executed：“x”不是数字"),
        ({"overrides": {"rate": "90%"}}, "overrides.rate：要写 text（印什么）和 reason（为什么）两项"),
        ({"overrides": {"rate": {"text": "90%", "reason": ""}}}, "rate.printed：更改印刷内容要同时写明"),
        ({"overrides": {"quota": {"text": "9", "reason": "x"}}}, "没有名为“quota”的可更改印刷数的数据项"),
        (
            {"explanations": {"表间-99": "说明说明"}},
            "explanations.表间-99：没有这条待说明的审核信息；待说明的有：表间-01",
        ),
        ({"explanations": {"表间-01": "略"}}, "explanations.表间-01：说明只有 1 字"),
    ],
)
def test_every_fault_is_named_and_nothing_is_stored(small: None, changes: dict, fault: str):
    before = stored()
    with pytest.raises(Invalid) as refusal:
        load_package(package(**changes))
    assert any(fault in found for found in refusal.value.faults), refusal.value.faults
    assert stored() == before


def test_all_faults_come_at_once(small: None):
    bad = package(
        fields={"quota": "x", "nonsense": 1},
        tables={"T1": [{"use": "甲", "amount": "y"}]},
        lines=[{"functional": "abc", "executed": "z"}],
    )
    with pytest.raises(Invalid) as refusal:
        load_package(bad)
    assert len(refusal.value.faults) == 5


def test_the_same_package_twice_is_refused(small: None):
    load_package(package())
    before = stored()
    with pytest.raises(Invalid, match="已经建立"):
        load_package(package())
    assert stored() == before


def test_lines_that_are_there_are_not_overwritten(small: None, cast: Cast):
    from evaluations import budgeting

    rows = ({"functional": "2012901", "executed": "5"},)
    budgeting.save_grid(cast.department, 2024, rows, 0, cast.preparer)
    with pytest.raises(Invalid) as refusal:
        load_package(package(department="baojing-zgh", reference=None, regions=None, departments=None))
    assert any("已有预算明细，不能覆盖" in fault for fault in refusal.value.faults)
    assert BudgetLine.objects.get().executed == 5


# ── projects ──


def with_projects(**changes: Any) -> dict[str, Any]:
    """The package on a template that asks for projects, with one of them."""
    project = {
        "name": AID,
        "fields": {"goal": "帮扶到位", "P02-level": "差", "P02-reason": "工期延误"},
        "overrides": {"rate": {"text": "103%", "reason": "取整"}},
        "explanations": {"计分-失分未说明": "年中增加任务"},
    }
    lines = [
        {"functional": "2012901", "economic": "301", "executed": "900000"},
        {"functional": "2012902", "kind": "项目支出", "project": AID, "opening": 100, "executed": 103},
    ]
    return package(template="small-whole", lines=lines, projects=[project | changes])


@pytest.fixture
def whole(db: None) -> None:
    people.template(projects.FOLDER / "small_project.yaml")
    projects.publish(projects.whole())


def test_a_package_brings_its_projects(whole: None):
    evaluation = load_package(with_projects())
    child = evaluation.projects.get()
    assert (child.reference, child.project) == ("2024-baojing-jyj-p1", AID)
    assert (str(child.total), child.must_fix, child.unexplained) == ("2.00", 0, 0)
    content = child.sections.get(code="form").content
    assert content["fields"]["goal"] == "帮扶到位"
    assert content["overrides"]["rate"]["text"] == "103%"
    assert (evaluation.must_fix, evaluation.unexplained) == (0, 0)
    events = Event.objects.filter(evaluation=child).order_by("id").values_list("action", flat=True)
    assert list(events) == ["start", "explain"]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"name": ""}, "projects 第 1 个 name：必须写明项目名称"),
        ({"fieds": {}}, "projects 第 1 个 fieds：没有这一项，是否指“fields”"),
        ({"unit": "美元"}, "projects 第 1 个 unit：金额单位应为"),
        ({"texts": []}, "projects 第 1 个 texts：应为“代码: 值”的形式"),
        ({"name": "体育馆"}, "projects “体育馆”：预算明细中没有名为“体育馆”的项目支出"),
        ({"fields": {"quota": 1}}, f"projects “{AID}” fields.quota：模板中没有这个代码"),
        ({"fields": {"P02-level": "很好"}}, f"projects “{AID}” P02-level：没有“很好”这个选项"),
        ({"explanations": {"表间-01": "说明说明"}}, f"projects “{AID}” explanations.表间-01：没有这条"),
    ],
)
def test_faults_of_projects_have_their_place(whole: None, changes: dict, fault: str):
    before = stored()
    with pytest.raises(Invalid) as refusal:
        load_package(with_projects(**changes))
    assert any(found.startswith(fault) for found in refusal.value.faults), refusal.value.faults
    assert stored() == before


def test_a_project_of_a_package_need_not_be_complete(whole: None):
    assert load_package(with_projects(fields={}, explanations={})).must_fix > 0


def test_a_package_may_use_the_template_assigned_to_the_department(whole: None, cast: Cast):
    year = people.fiscal_year()
    own = package(department="baojing-zgh", reference=None, regions=None, departments=None)
    TemplateAssignment.objects.create(
        fiscal_year=year, department=cast.department, template=projects.publish(projects.whole())
    )
    with pytest.raises(Invalid) as refusal:
        load_package(own)
    assert refusal.value.faults == (
        "template：保靖县总工会 2024 年度采用的是“小样含项目（第 1 版）”，不是“小样（第 1 版）”",
    )
    assert load_package(own | {"template": "small-whole"}).template.code == "small-whole"


# ── the command ──


def run(*paths: Path, **options: Any) -> tuple[int, str, str]:
    out, err = StringIO(), StringIO()
    try:
        call_command("load_evaluation", *map(str, paths), stdout=out, stderr=err, **options)
    except SystemExit as end:
        return end.code, out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_the_command_prints_the_reference(small: None, tmp_path: Path):
    path = tmp_path / "one.json"
    path.write_text(json.dumps(PACKAGE, ensure_ascii=False), encoding="utf-8")
    assert run(path) == (0, "2024-baojing-jyj\n", "")


def test_of_several_files_all_or_none(small: None, tmp_path: Path):
    good, bad, garbage = tmp_path / "good.json", tmp_path / "bad.json", tmp_path / "garbage.yaml"
    good.write_text(json.dumps(PACKAGE), encoding="utf-8")
    bad.write_text(json.dumps(package(year=2023, reference=None, fields={"quota": "x"})), encoding="utf-8")
    garbage.write_text("a: [1", encoding="utf-8")
    before = stored()
    code, out, err = run(good, bad, garbage, tmp_path / "absent.yaml")
    assert (code, out) == (2, "")
    assert f"{bad}：quota：“x”不是数字" in err
    assert f"{garbage}：" in err
    assert "absent.yaml：文件无法读取" in err
    assert err.rstrip().endswith("没有导入任何自评。")
    assert "Traceback" not in err
    assert stored() == before
