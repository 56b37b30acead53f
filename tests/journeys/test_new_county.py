"""A department new to the system, from the Excel files that set it up to the approved report with annexes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import Locator, Page, expect

from evaluations.models import Evaluation, Role, Snapshot, State
from indicators import loading
from tests import people
from tests.importing.books import book

from .walking import printed, sign_in

__all__ = ["sign_in"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LIBRARY = Path(loading.LIBRARY)
TYPED = loading.load_yaml(Path(__file__).parent / "county.yaml")
REFERENCE = "2025-xinxian-zgh"
PROJECTS = ("困难职工帮扶", "职工技能竞赛", "职工服务中心维修")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

DEPARTMENTS = [["单位代码", "单位名称", "行政区划"], ["xinxian-zgh", "新县总工会", "433125"]]
PEOPLE = [["用户名", "姓名", "角色", "单位"], ["zhouming", "周明", "填报人", "xinxian-zgh"]]
LINES = [
    ["单位：万元"],
    ["功能分类", "经济分类", "支出类型", "资金来源", "项目名称", "年初预算数", "调整数", "执行数"],
    *TYPED["lines"],
]


@pytest.fixture
def bureau() -> None:
    """The county's offices and the templates; no department yet."""
    for name in ("project-2020", "hunan-2023"):
        people.template(LIBRARY / f"{name}.yaml")
    county = people.department()  # another department, so that the county exists
    for username, role in (
        ("xitong", Role.SYSTEM_ADMIN),
        ("guzhang", Role.BUREAU_LEAD),
        ("shenhe", Role.REVIEWER),
    ):
        people.person(username, role, county)


def test_from_excel_to_the_approved_report(bureau: None, sign_in, tmp_path: Path) -> None:
    # The system administrator brings in the department and its accountant.
    admin = sign_in("xitong")
    import_file(admin, "departments", DEPARTMENTS, "将新增 1 个单位")
    import_file(admin, "people", PEOPLE, "将新建 1 名用户")
    password = admin.locator("table.passwords tbody tr td code").last.inner_text()

    # The bureau opens the year; the province's current form is what it proposes.
    lead = sign_in("guzhang")
    lead.goto("/years/new/")
    lead.locator("[name=year]").fill("2025")
    proposed = lead.locator("[name=template] option", has_text="湖南省部门整体支出绩效自评模板")
    lead.locator("[name=template]").select_option(proposed.get_attribute("value"))
    lead.get_by_role("button", name="保存").click()
    expect(lead.locator("main")).to_contain_text("2025")

    # The union has nobody but its accountant: its signature is waived, so that the accountant sends.
    lead.goto("/years/signatures/")
    lead.get_by_label("新县总工会").check()
    lead.get_by_label("勾选的单位，原因").fill("单位只有会计一人在编")
    lead.get_by_role("button", name="免签").click()
    expect(lead.locator("main")).to_contain_text("已对 1 个单位办理免签")

    # The accountant sets a password, begins, and imports the budget lines.
    mine = sign_in("zhouming", password)
    begin(mine, password)
    import_file(mine, "lines", LINES, "将写入 1 个单位 2025 年度的预算明细", year="2025")
    for step, typed in TYPED["steps"].items():
        fill(mine, f"/evaluations/{REFERENCE}/sections/{step}/", typed)

    # Three projects are owed; each gets its own self-evaluation, and nothing is sent without them.
    mine.goto(f"/evaluations/{REFERENCE}/check/")
    for name in PROJECTS:
        expect(mine.locator("main")).to_contain_text(f"项目“{name}”")
    expect(mine.get_by_role("button", name="送审", exact=True)).to_be_disabled()
    for name in PROJECTS:
        mine.goto(f"/evaluations/{REFERENCE}/projects/")
        mine.locator(f"button[value='{name}']", has_text="开始自评").click()
        mine.wait_for_url("**/evaluations/*-p*/**")
        child = re.search(r"/evaluations/([^/]+)/", mine.url)[1]
        for step, typed in TYPED["project"].items():
            fill(mine, f"/evaluations/{child}/sections/{step}/", typed)

    mine.goto(f"/evaluations/{REFERENCE}/check/")
    mine.get_by_role("button", name="送审", exact=True).click()
    expect(mine.locator("main")).to_contain_text("已送审")

    # The reviewer sees one report with its projects, and approves it.
    reviewer = sign_in("shenhe")
    reviewer.goto(f"/evaluations/{REFERENCE}/review/")
    for name in PROJECTS:
        expect(reviewer.locator("main")).to_contain_text(name)
    reviewer.get_by_role("button", name="批准", exact=True).click()
    expect(reviewer.locator("main")).to_contain_text("已批准")

    # 388 ÷ 394 = 98.48 % → 9.85; 28 of 30 unions → 14 of 15; the rest in full.
    report = Evaluation.objects.get(reference=REFERENCE)
    assert (report.state, str(report.total), report.grade) == (State.APPROVED, "98.85", "优")
    assert {child.state for child in report.projects.all()} == {State.APPROVED}
    text = printed(mine, REFERENCE, "", tmp_path / "report.pdf")
    assert "自评得98.85分" in text
    assert "部门整体支出绩效评价基础数据表" in text
    for number, name in enumerate(PROJECTS, 3):
        assert f"{number}.项目支出绩效自评表（{name}）" in text
        assert f"附件{number}" in text
    assert Snapshot.objects.filter(evaluation=report).count() == 1
    call_command("verify_integrity")


def import_file(page: Page, kind: str, rows: list, promised: str, **asked: str) -> None:
    """Upload a workbook, read what it would do, and confirm."""
    page.goto(f"/import/{kind}/")
    for name, value in asked.items():
        box = page.locator(f"[name={name}]")
        box.select_option(value) if box.evaluate("one => one.tagName") == "SELECT" else box.fill(value)
    file = {"name": f"{kind}.xlsx", "mimeType": XLSX, "buffer": book(rows)}
    page.locator("input[type=file]").set_input_files(files=[file])
    page.get_by_role("button", name="检查文件").click()
    expect(page.locator("main")).to_contain_text(promised)
    page.get_by_role("button", name="导入", exact=True).click()
    expect(page.locator("body")).to_contain_text("已导入")


def begin(page: Page, password: str) -> None:
    """Sets an own password, as a one-time password demands, and begins the year's report."""
    page.locator("[name=old_password]").fill(password)
    page.locator("[name=new_password1]").fill(people.PASSWORD)
    page.locator("[name=new_password2]").fill(people.PASSWORD)
    page.locator("form:has([name=new_password1]) button[type=submit]").click()
    page.goto("/")
    page.get_by_role("button", name="开始 2025 年度自评").click()
    page.wait_for_url(f"**/evaluations/{REFERENCE}/**")


def fill(page: Page, address: str, typed: Mapping[str, Mapping]) -> None:
    """Types what belongs on one step and saves it with the button."""
    page.goto(address)
    for code, value in (typed.get("fields", {}) | typed.get("texts", {})).items():
        put(page.locator(f"[id='{code}']"), str(value))
    for table, rows in typed.get("rows", {}).items():
        grid = page.locator(f"[data-grid='{table}']")
        for number, row in enumerate(rows):
            if number:
                grid.get_by_role("button", name="加一行").click()
            card = grid.locator("tbody tr").nth(number)
            for column, value in row.items():
                put(card.locator(f"[id$='].{column}']"), str(value))
    page.get_by_role("button", name="保存", exact=True).last.click()
    expect(page.locator("#save-state")).to_contain_text("已保存")


def put(box: Locator, value: str) -> None:
    """Types or chooses, opening the fold that the box may be in."""
    box.evaluate("one => { const fold = one.closest('details'); if (fold) fold.open = true; }")
    if box.evaluate("one => one.tagName") == "SELECT":
        box.select_option(value)
    else:
        box.fill(value)
