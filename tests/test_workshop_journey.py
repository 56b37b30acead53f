"""Next year's rules, made in an afternoon: copied, changed, tried, broken and mended, confirmed, published.

An administrator of the county does all of it in a real browser; then one report is filled in under each
version. What was sent before stands as it was sent.
"""

from __future__ import annotations

import copy
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import Page, expect

from evaluations import packages, signing, workflow, years
from evaluations.models import Department, Evaluation, Region, Role, Snapshot, User
from indicators import loading
from indicators.engine import parts
from indicators.loading import spec_of
from indicators.models import IndicatorTemplate, State
from tests import people
from tests.journeys.walking import sign_in

__all__ = ["sign_in"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ROOT = Path(__file__).resolve().parent.parent
LIBRARY = ROOT / "indicators" / "library"
#: 449,646.20 of 440,000.00 is 102.19 %: two whole steps beyond 100 %.
BUDGET, RATE = "440,000.00", "102.19%"


def package(**changes: Any) -> dict[str, Any]:
    """The report of 保靖县总工会 for 2017, with other keys."""
    content = loading.load_yaml(ROOT / "evaluations" / "demo" / "2017-baojing-zgh.yaml")
    return copy.deepcopy(content) | changes


@pytest.fixture
def sent() -> Snapshot:
    """The report of 2017 as it was sent, and the people of the county."""
    people.template(LIBRARY / "baojing-2017.yaml")
    packages.load_package(package())
    department = Department.objects.get(code="baojing-zgh")
    signing.set_waived(None, department, True, "全县统一免签，由单位会计送审。")
    clerk = people.person("kuaiji", Role.PREPARER, department)
    people.person("zhibiao", Role.TEMPLATE_ADMIN, department)
    people.person("guzhang", Role.BUREAU_LEAD, department)
    workflow.perform("submit", Evaluation.objects.get(), clerk)
    return Snapshot.objects.get()


def filled(page: Page, reference: str) -> Page:
    """The accountant types another 公用经费预算数 and looks at the score."""
    one = Evaluation.objects.get(reference=reference)
    step = loading.compiled(one.template).step_of["public_budget"]
    page.goto(reverse("section", args=[reference, step]))
    box = page.locator("#public_budget")
    box.fill(BUDGET)
    box.blur()
    expect(page.locator("#save-state")).to_contain_text("已保存")
    page.locator("#panel").get_by_text("公用经费控制率").first.click()
    expect(page.locator("#panel")).to_contain_text(RATE)
    return page


def test_an_administrator_makes_next_years_rules(sent: Snapshot, sign_in) -> None:
    before = (sent.content_hash, copy.deepcopy(sent.content))
    page = sign_in("zhibiao")
    page.goto(reverse("indicators:templates"))

    # A copy for the next year: year and code are proposed.
    row = page.get_by_role("row").filter(has_text="baojing-2017")
    row.get_by_text("操作").click()
    row.get_by_role("link", name="复制到下一年").click()
    expect(page.get_by_label("年度")).to_have_value("2018")
    expect(page.get_by_label("模板代码")).to_have_value("baojing-2018")
    page.get_by_role("button", name="复制", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("（2018年度）")
    tree = page.url
    draft = IndicatorTemplate.objects.get(code="baojing-2018")

    # Three points move from one indicator to another; the sums say at once what is missing.
    expect(page.locator("#sums")).to_have_text("13 + 61 + 26 = 100")
    page.get_by_label("“三公经费”控制率的分值").fill("5")
    expect(page.locator(".tree-sums")).to_contain_text("13 + 58 + 26 = 97 ✗ 差 3 分")
    page.get_by_label("预算完成率的分值").fill("8")
    expect(page.locator(".tree-sums")).to_contain_text("13 + 61 + 26 = 100 ✓")
    page.get_by_role("button", name="保存分值").click()
    expect(page.locator("main")).to_contain_text("分值已保存")

    # Two points for each percent, tried in the drawer before it is saved.
    page.get_by_role("link", name="公用经费控制率", exact=True).click()
    drawer = page.locator("#drawer")
    drawer.locator("[name='rule.points_per_step']").fill("2")
    drawer.locator("[name=standard]").fill("100%以下（含）计满分，每超出1%扣2分，扣完为止。")
    drawer.get_by_text("试算", exact=True).first.click()
    drawer.get_by_label("指标值", exact=True).last.fill("102.19")
    expect(drawer.locator("#trial-out")).to_contain_text("4 分 102.19%，超过 100% 共 2.19 个百分点")
    drawer.get_by_role("button", name="保存", exact=True).click()
    page.wait_for_url(re.compile("#row-BJ-I09"))
    expect(page.locator("#row-BJ-I09")).to_contain_text("每超过 1 个百分点扣 2 分")
    assert parts.find(spec_of(stored(draft)), "indicators/BJ-I09").rule.points_per_step == 2

    # A band that nothing can reach any more: publishing refuses and names the place.
    page.goto(reverse("indicators:part", args=[draft.pk, "indicators/BJ-I06"]))
    bound = page.locator("[name='rule.bands[1].bound']")
    expect(bound).to_have_value("30")
    bound.fill("8")
    page.get_by_role("button", name="保存", exact=True).last.click()
    expect(page.locator("main")).to_contain_text("指标“预算控制率”已保存，发布前还有 1 处要改")
    page.get_by_role("link", name="发布", exact=True).click()
    expect(page.get_by_role("heading", name="还不能发布")).to_be_visible()
    expect(page.get_by_role("button", name="发布", exact=True)).to_have_count(0)
    page.get_by_role("link", name=re.compile("指标“预算控制率”")).first.click()
    expect(bound).to_be_visible()
    bound.fill("30")
    page.get_by_role("button", name="保存", exact=True).last.click()
    expect(page.locator("main")).to_contain_text("指标“预算控制率”已保存。")

    # The worked examples promise last year's points; the new ones are reckoned by hand.
    page.get_by_role("link", name=re.compile("核验")).click()
    expect(page.locator("main")).to_contain_text("示例“各项扣分的算例（虚构）”")
    reckoned(page, draft, 1, {"points.BJ-I05": "8", "points.BJ-I10": "5"})
    new = {"points.BJ-I05": "4", "points.BJ-I09": "2", "points.BJ-I10": "3", "total": "65.4"}
    reckoned(page, draft, 2, new)

    # What was taken over from last year is confirmed one by one.
    page.get_by_role("link", name=re.compile("核验")).click()
    expect(page.locator("main")).to_contain_text("没有须改正的地方")
    waiting = page.get_by_role("button", name=re.compile("^确认"))
    for left in range(waiting.count(), 0, -1):
        expect(waiting).to_have_count(left)
        waiting.first.click()
    expect(page.locator("main")).to_contain_text("没有须改正的地方，可以发布")

    # Published: it tells what differs, and the consequence is typed.
    page.get_by_role("link", name="发布", exact=True).click()
    expect(page.locator("main")).to_contain_text("变动等级 3（分值、计分或审核规则：重新计分）")
    page.get_by_label("知道了的，请在框里照样填写").fill("不能再改")
    page.get_by_role("button", name="发布", exact=True).click()
    expect(page.locator("main")).to_contain_text("已发布，从现在起内容不再改动")
    assert stored(draft).state == State.PUBLISHED
    page.goto(tree)
    expect(page.get_by_role("button", name="保存分值")).to_have_count(0)

    # One report under each version, the same figures: 6 of 8 points by the old rule, 4 by the new one.
    other = {"code": "baojing-fl", "name": "保靖县妇女联合会", "short_name": "县妇联", "region": "433125"}
    old = package(reference="2017-baojing-fl", department="baojing-fl", departments=[other])
    packages.load_package(old)
    years.set_year(
        User.objects.get(username="guzhang"),
        Region.objects.get(code="433125"),
        2018,
        template=stored(draft),
        opens_on=None,
        due_on=None,
    )
    packages.load_package(package(reference="2018-baojing-zgh", template="baojing-2018", year=2018))
    people.person("fulian", Role.PREPARER, Department.objects.get(code="baojing-fl"))
    mine = filled(sign_in("fulian"), "2017-baojing-fl")
    expect(mine.locator("#panel")).to_contain_text("97.00")
    expect(mine.locator("#panel")).to_contain_text("按每 1 个百分点扣 1 分")
    theirs = filled(sign_in("kuaiji"), "2018-baojing-zgh")
    expect(theirs.locator("#panel")).to_contain_text("95.00")
    expect(theirs.locator("#panel")).to_contain_text("按每 1 个百分点扣 2 分")
    totals = dict(Evaluation.objects.values_list("reference", "total"))
    assert totals == {
        "2017-baojing-zgh": Decimal(91),
        "2017-baojing-fl": Decimal(97),
        "2018-baojing-zgh": Decimal(95),
    }

    # What was sent is what it was.
    sent.refresh_from_db()
    assert (sent.content_hash, sent.content) == before
    call_command("verify_integrity")


def stored(template: IndicatorTemplate) -> IndicatorTemplate:
    return IndicatorTemplate.objects.get(pk=template.pk)


def reckoned(page: Page, draft: IndicatorTemplate, number: int, figures: dict[str, str]) -> None:
    """Write other points into a worked example and save it."""
    page.goto(reverse("indicators:part", args=[draft.pk, f"examples/{number}"]))
    for name, text in figures.items():
        box = page.locator(f"[name='{name}']")
        page.evaluate("name => window.jixiao.reveal(name)", f"b-{name}")
        box.fill(text)
    page.get_by_role("button", name="保存", exact=True).last.click()
    expect(page.locator("main")).to_contain_text("已保存")
