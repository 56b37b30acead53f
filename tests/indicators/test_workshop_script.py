"""What script adds to the tree of indicators, in a real browser: sums, keys, the drawer, live trials."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from evaluations.models import Role
from indicators import loading
from indicators.cloning import clone
from indicators.engine.reading import read_template
from indicators.loading import spec_of
from indicators.models import IndicatorTemplate
from indicators.publishing import publish, store_draft
from tests import people

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def draft() -> IndicatorTemplate:
    """Next year's template of 保靖县."""
    path = next(path for path in loading.shipped() if path.stem == "baojing-2017")
    return clone(publish(store_draft(read_template(loading.load_yaml(path))), "某人"), 2018, "某人")


@pytest.fixture
def page(new_context, draft: IndicatorTemplate) -> Page:
    """The tree as an administrator sees it; no script may fail and nothing may break the security policy."""
    faults: list[str] = []
    admin = people.person("zhibiao", Role.TEMPLATE_ADMIN, people.department())
    one = new_context(admin).new_page()
    one.on("pageerror", lambda error: faults.append(str(error)))
    one.on("console", lambda said: faults.append(said.text) if "Content Security" in said.text else None)
    one.goto(reverse("indicators:edit", args=[draft.pk]))
    yield one
    assert faults == []


def box(page: Page, code: str):
    return page.locator(f"#weight-{code}")


def sums(page: Page):
    return page.locator(".tree-sums")


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.id")


def test_sums_follow_what_is_typed(page: Page) -> None:
    box(page, "BJ-I01").fill("2.5")
    expect(sums(page)).to_have_text("12.5 + 61 + 26 = 99.5 ✗ 差 0.5 分，应为 100 分")
    expect(page.locator("[data-sum='BJ-G11']")).to_have_text("5.5")
    box(page, "BJ-I02").fill("３.７")
    expect(sums(page)).to_contain_text("13.2 + 61 + 26 = 100.2 ✗ 多 0.2 分")
    box(page, "BJ-I02").fill("三分")
    expect(sums(page)).to_contain_text("✗ 有分值不是数字")
    box(page, "BJ-I02").fill("3.5")
    expect(sums(page)).to_have_text("13 + 61 + 26 = 100 ✓")
    page.get_by_role("button", name="保存分值").click()
    expect(page.locator("main")).to_contain_text("分值已保存")
    expect(sums(page)).to_have_text("13 + 61 + 26 = 100 ✓")


def test_keys_walk_from_weight_to_weight_as_in_a_spreadsheet(page: Page) -> None:
    box(page, "BJ-I01").focus()
    page.keyboard.press("Enter")
    assert focused(page) == "weight-BJ-I02"
    page.keyboard.type("4")  # what is there is selected and typed over
    page.keyboard.press("ArrowDown")
    assert focused(page) == "weight-BJ-I03"
    page.keyboard.press("ArrowUp")
    expect(box(page, "BJ-I02")).to_have_value("4")
    page.keyboard.press("Shift+Enter")
    page.keyboard.press("ArrowUp")  # there is none above
    assert focused(page) == "weight-BJ-I01"
    expect(page.locator("main")).not_to_contain_text("已保存")  # Enter sent nothing


def test_what_was_typed_is_not_left_by_mistake(page: Page) -> None:
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    box(page, "BJ-I01").fill("9")
    page.get_by_role("link", name="指标模板").first.click()
    expect(box(page, "BJ-I01")).to_have_value("9")
    assert asked == ["beforeunload"]


def test_the_code_of_a_new_indicator_follows_its_place(page: Page) -> None:
    code = page.get_by_label("代码")
    expect(code).to_have_value("BJ-G4")
    page.get_by_label("位置").select_option("BJ-G11")
    expect(code).to_have_value("BJ-I20")
    page.locator("#row-BJ-G2 summary").click()
    page.locator("#row-BJ-G2").get_by_role("link", name="在下面加指标").click()
    expect(code).to_have_value("BJ-G23")
    expect(page.get_by_label("名称")).to_be_focused()


def test_an_indicator_opens_beside_the_tree_and_closes_again(page: Page, draft: IndicatorTemplate) -> None:
    link = page.get_by_role("link", name="公用经费控制率", exact=True)
    link.click()
    drawer = page.locator("#drawer")
    expect(drawer.get_by_role("heading", name="指标“公用经费控制率”")).to_be_visible()
    expect(drawer.locator("[name=name]")).to_be_focused()
    drawer.get_by_role("button", name="收起").click()
    expect(drawer).to_be_empty()
    expect(link).to_be_focused()
    link.click()
    drawer.locator("[name=standard]").fill("改了")
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.keyboard.press("Escape")
    expect(drawer.locator("[name=standard]")).to_have_value("改了")
    drawer.get_by_role("button", name="保存", exact=True).click()
    expect(page.locator("main")).to_contain_text("指标“公用经费控制率”已保存")
    leaf = next(
        leaf for leaf in spec_of(IndicatorTemplate.objects.get(pk=draft.pk)).leaves() if leaf.code == "BJ-I09"
    )
    assert leaf.standard == "改了"


def test_a_trial_answers_while_it_is_typed(page: Page, draft: IndicatorTemplate) -> None:
    page.goto(reverse("indicators:part", args=[draft.pk, "indicators/BJ-I09"]))
    answer = page.locator("#trial-out")
    page.get_by_label("商品和服务支出").fill("103.5")
    page.get_by_label("公用经费预算数").fill("100")
    expect(answer).to_contain_text("5 分 103.50 ÷ 100.00 = 103.50%")
    expect(answer.locator(".curve-here")).to_have_count(1)
    page.locator("[name='rule.points_per_step']").fill("2")
    expect(answer).to_contain_text("2 分 103.50 ÷ 100.00 = 103.50%")
    # Another measure asks for other figures; the rule's own boxes keep the cursor.
    page.locator("[name='rule.measure']").fill("预算控制率")
    expect(page.get_by_label("本年追加预算数")).to_be_visible()
    expect(page.locator("[name='rule.measure']")).to_be_focused()
    # Another kind draws the form anew, and trying goes on.
    page.locator("[name='rule.kind']").select_option("judged")
    page.get_by_label("评定分值").fill("3")
    expect(answer).to_contain_text("3 分 由自评人评定")
    page.keyboard.press("Enter")  # tries again; nothing is saved
    expect(page.locator("[name='rule.kind']")).to_have_value("judged")
    assert IndicatorTemplate.objects.get(pk=draft.pk).content_hash == draft.content_hash
