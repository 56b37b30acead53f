"""What script adds to the forms of the workshop, in a real browser: names completed, formulas told, rows."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from indicators.engine import parts
from indicators.engine.reading import read_template
from indicators.loading import spec_of
from indicators.models import IndicatorTemplate
from indicators.publishing import store_draft
from tests import people

from .small import SMALL

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def draft() -> IndicatorTemplate:
    return store_draft(read_template(SMALL))


@pytest.fixture
def page(new_context, draft) -> Page:
    """The page of the administrator; no script may fail and nothing may break the security policy."""
    faults: list[str] = []
    one = new_context(people.cast().template_admin).new_page()
    one.on("pageerror", lambda error: faults.append(str(error)))
    one.on("console", lambda said: faults.append(said.text) if "Content Security" in said.text else None)
    yield one
    assert faults == []


def open_(page: Page, draft: IndicatorTemplate, address: str) -> None:
    page.goto(reverse("indicators:part", args=[draft.pk, address]))


def box(page: Page, name: str):
    return page.locator(f'[id="b-{name}"]')


def stored(draft: IndicatorTemplate, address: str):
    return parts.find(spec_of(IndicatorTemplate.objects.get(pk=draft.pk)), address)


def test_names_are_completed_by_keyboard_and_the_formula_is_told(page, draft):
    open_(page, draft, "fields/rate")
    formula, names = box(page, "formula"), page.get_by_role("listbox", name="可用的名称")
    formula.fill("")
    formula.press_sequentially("全年")
    expect(names.get_by_role("option")).to_have_count(2)
    expect(names.get_by_role("option").first).to_contain_text("全年预算数")
    expect(names.get_by_role("option").first).to_contain_text("金额 元")
    formula.press("ArrowDown")
    expect(names.get_by_role("option").nth(1)).to_have_attribute("aria-selected", "true")
    expect(formula).to_have_attribute("aria-activedescendant", "names-1")
    formula.press("Enter")
    expect(formula).to_have_value("全年执行数")
    expect(names).to_be_hidden()
    formula.press_sequentially(" ÷ budg")
    expect(names.get_by_role("option")).to_contain_text(["全年预算数"])
    formula.press("Escape")
    expect(names).to_be_hidden()
    expect(page.locator('[id="t-formula"]')).to_contain_text("是否指")
    expect(page.locator('[id="t-formula"] mark')).to_have_text("b")
    formula.press_sequentially("et × 100")
    expect(page.locator('[id="t-formula"]')).to_contain_text("按示例“不超”：90.00 ÷ 100.00 × 100 = 90.00")
    page.get_by_role("button", name="保存", exact=True).last.click()
    expect(page.get_by_text("数据项“执行率”已保存")).to_be_visible()
    assert stored(draft, "fields/rate").formula == "全年执行数 ÷ budget × 100"


def test_functions_put_the_cursor_between_their_brackets(page, draft):
    open_(page, draft, "fields/rate")
    formula = box(page, "formula")
    formula.fill("")
    formula.press_sequentially("四舍")
    formula.press("Enter")
    formula.press_sequentially("1, 2")
    expect(formula).to_have_value("四舍五入(1, 2)")


def test_columns_are_offered_behind_their_table(page, draft):
    open_(page, draft, "fields/rate")
    formula = box(page, "formula")
    formula.fill("合计(")
    formula.press("End")
    formula.press_sequentially("预算明细.执")
    expect(page.get_by_role("option")).to_contain_text(["执行数"])
    formula.press("Tab")
    expect(formula).to_have_value("合计(预算明细.执行数")


def test_codes_are_found_by_their_names_which_stand_beside_them(page, draft):
    open_(page, draft, "indicators/A01")
    codes = box(page, "inputs")
    codes.press("Control+End")
    codes.press_sequentially("\n编制")
    codes.press("Enter")
    expect(codes).to_have_value("spent\nbudget\nquota")
    expect(page.locator(".codes-told")).to_have_text("全年执行数\n全年预算数\n编制数")


def test_texts_complete_figures_behind_a_brace(page, draft):
    open_(page, draft, "indicators/A01")
    standard = box(page, "standard")
    standard.fill("")
    standard.press_sequentially("预算{全年预")
    standard.press("Enter")
    standard.press_sequentially("元")
    expect(standard).to_have_value("预算{全年预算数}元")


def test_another_kind_and_rows_come_without_leaving_the_page(page, draft):
    open_(page, draft, "indicators/A01")
    box(page, "name").fill("改过的名称")
    page.evaluate("window.stays = true")
    box(page, "rule.kind").select_option("bands")
    expect(page.get_by_text("各档之外得")).to_be_visible()
    expect(box(page, "rule.measure")).to_have_value("执行率")
    add = page.get_by_role("button", name="各档：加一行")
    add.click()
    expect(box(page, "rule.bands[0].op")).to_be_focused()
    box(page, "rule.bands[0].bound").fill("10")
    add.click()
    box(page, "rule.bands[1].bound").fill("30")
    page.get_by_role("button", name="上移第 2 行").click()
    expect(box(page, "rule.bands[0].bound")).to_have_value("30")
    expect(box(page, "rule.bands[1].bound")).to_have_value("10")
    box(page, "rule.kind").select_option("deviation")
    expect(box(page, "rule.limit")).to_have_value("100")
    expect(box(page, "name")).to_have_value("改过的名称")
    assert page.evaluate("window.stays")
    assert stored(draft, "indicators/A01").name == "预算执行率"


def test_cases_are_tried_without_leaving_the_page(page, draft):
    open_(page, draft, "checks/表内-01")
    page.evaluate("window.stays = true")
    box(page, "failing.figures.spent").fill("150")
    page.get_by_role("button", name="试一试两个例子").click()
    expect(page.get_by_text("全年执行数 150.00 元大于全年预算数")).to_be_visible()
    assert page.evaluate("window.stays")


@pytest.mark.parametrize("address", ["fields/rate", "indicators/A01", "checks/表内-01", "grades"])
def test_without_script_every_button_is_there(new_context, draft, address):
    """The same pages without script: choices have their button, formulas theirs."""
    context = new_context(people.cast().template_admin)
    one = context.new_page()
    one.route("**/*.js", lambda route: route.abort())
    open_(one, draft, address)
    buttons = {"grades": ("等级：加一行",), "checks/表内-01": ("检查公式", "加上", "试一试两个例子")}
    for name in buttons.get(address, ("检查公式", "换")):
        expect(one.get_by_role("button", name=name, exact=True).first).to_be_visible()


def test_what_was_typed_survives_a_log_in_that_has_ended(page, draft):
    open_(page, draft, "fields/quota")
    box(page, "help").fill("批复的编制数")
    page.context.clear_cookies()
    page.get_by_role("button", name="保存", exact=True).last.click()
    expect(page.get_by_role("alert")).to_contain_text("您填的都还在框里")
    expect(box(page, "help")).to_have_value("批复的编制数")
    box(page, "kind").select_option("money")
    expect(page.get_by_role("alert")).to_contain_text("登录已经过期")
    expect(box(page, "help")).to_have_value("批复的编制数")


def test_leaving_with_something_unsaved_is_asked_about(page, draft):
    open_(page, draft, "fields/quota")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    box(page, "help").click()
    box(page, "help").press_sequentially("批复")
    page.get_by_role("link", name="上一个").click()
    expect(box(page, "help")).to_have_value("批复")
    assert asked == ["beforeunload"]
    page.get_by_role("button", name="保存", exact=True).last.click()
    expect(page.get_by_text("数据项“编制数”已保存")).to_be_visible()
