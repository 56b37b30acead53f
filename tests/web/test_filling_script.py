"""What script adds to the wizard, in a real browser: autosave, grids, lost connections, bars."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from evaluations import budgeting, workflow
from evaluations.models import Evaluation, SectionData, User
from evaluations.sections import Posted
from tests import people

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASTE = """text => {
  const data = new DataTransfer();
  data.setData("text/plain", text);
  const paste = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
  document.activeElement.dispatchEvent(paste);
}"""

#: As if the line were cut, for this page alone and until it is gone (closing a page still tries to save).
NO_CONNECTION = "() => { window.fetch = () => Promise.reject(new TypeError('no connection')); }"


@pytest.fixture
def report() -> Evaluation:
    """The small report, complete, as a draft."""
    return people.complete(people.evaluation(people.cast()))


@pytest.fixture
def context(new_context, report: Evaluation) -> BrowserContext:
    """The browser of the accountant, signed in."""
    return new_context(User.objects.get(username="preparer"))


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """A page on which no script may fail and nothing may break the content security policy."""
    faults: list[str] = []
    one = context.new_page()
    one.on("pageerror", lambda error: faults.append(str(error)))
    one.on("console", lambda said: faults.append(said.text) if "Content Security" in said.text else None)
    yield one
    assert faults == []


def step(report: Evaluation, code: str) -> str:
    return reverse("section", args=[report.reference, code])


def content(report: Evaluation, code: str = "money") -> dict:
    return SectionData.objects.get(evaluation=report, code=code).content


def saved(page: Page) -> None:
    expect(page.locator("#save-state")).to_have_attribute("data-state", "saved")
    expect(page.locator("#save-state")).to_contain_text("已保存")


def test_a_box_is_saved_when_it_is_left_and_the_page_follows(page: Page, report: Evaluation) -> None:
    page.goto(step(report, "money"))
    page.locator("#spent").fill("103")
    page.keyboard.press("Tab")
    saved(page)
    expect(page.locator("#value-rate")).to_have_text("103.00%")
    expect(page.locator("#points-A01")).to_have_text("2 / 5 分")
    expect(page.locator("#notes-spent")).to_contain_text("需说明")
    expect(page.locator("#steps")).to_contain_text("⚠")
    assert content(report)["fields"]["spent"] == "1030000"


def test_typing_is_saved_after_a_pause_and_the_preview_follows(page: Page, report: Evaluation) -> None:
    page.goto(step(report, "money"))
    page.locator("#t-money").fill("核定编制{编制数}人。")
    expect(page.locator("#save-state")).to_have_text("尚未保存")
    saved(page)
    expect(page.locator("#preview-t-money .chip")).to_have_text("10")
    expect(page.locator("#count-t-money b")).to_have_text("11")


def test_saving_right_after_typing_is_no_conflict_with_oneself(page: Page, report: Evaluation) -> None:
    page.goto(step(report, "money"))
    for text in ("11", "12", "13"):
        page.locator("#quota").fill(text)
        page.get_by_role("button", name="保存", exact=True).last.click()
        expect(page.locator(".messages")).to_contain_text("已保存")
        expect(page.locator("#quota")).to_have_value(text)


def test_after_saving_by_button_nothing_is_offered_again(
    page: Page, context: BrowserContext, report: Evaluation
) -> None:
    page.goto(step(report, "money"))
    page.locator("#quota").fill("１１ 人")
    page.get_by_role("button", name="保存并下一章").click()
    page.wait_for_url(f"**{step(report, 'work')}")
    page.goto(step(report, "money"))
    expect(page.locator("#quota")).to_have_value("11")
    expect(page.locator("#save-notice")).to_be_hidden()


def test_without_connection_the_text_stays_and_is_saved_later(
    page: Page, context: BrowserContext, report: Evaluation
) -> None:
    page.goto(step(report, "money"))
    context.set_offline(True)
    page.locator("#quota").fill("14")
    page.keyboard.press("Tab")
    expect(page.locator("#save-state")).to_have_text("未能保存，已保留在本页")
    expect(page.locator("#save-notice")).to_contain_text("继续重试")
    context.set_offline(False)
    saved(page)
    assert content(report)["fields"]["quota"] == "14"


def test_after_a_crash_the_unsaved_text_is_offered_again(
    page: Page, context: BrowserContext, report: Evaluation
) -> None:
    page.goto(step(report, "work"))
    page.evaluate(NO_CONNECTION)
    page.locator("#t-work").fill("断线前写的一段。")
    page.keyboard.press("Tab")
    expect(page.locator("#save-state")).to_have_text("未能保存，已保留在本页")
    page.close(run_before_unload=False)
    again = context.new_page()
    again.goto(step(report, "work"))
    expect(again.locator("#t-work")).not_to_have_value("断线前写的一段。")
    again.get_by_role("button", name="恢复到页面").click()
    saved(again)
    assert content(report, "work")["texts"]["t-work"] == "断线前写的一段。"


def test_what_was_kept_does_not_overwrite_a_colleague(
    page: Page, context: BrowserContext, report: Evaluation
) -> None:
    page.goto(step(report, "money"))
    page.evaluate(NO_CONNECTION)
    page.locator("#quota").fill("14")
    page.keyboard.press("Tab")
    expect(page.locator("#save-state")).to_have_text("未能保存，已保留在本页")
    page.close(run_before_unload=False)
    people.save(report, "money", Posted(fields={"quota": "15"}))
    again = context.new_page()
    again.goto(step(report, "money"))
    again.get_by_role("button", name="恢复到页面").click()
    expect(again.locator("#save-notice")).to_contain_text("您的内容还没有保存")
    again.get_by_role("button", name="对照并合并").click()
    expect(again.get_by_role("heading", name="两人都改过的（1 处）")).to_be_visible()
    assert content(report)["fields"]["quota"] == "15"


def test_when_the_session_has_ended_it_says_so_and_keeps_the_text(
    page: Page, context: BrowserContext, report: Evaluation
) -> None:
    page.goto(step(report, "money"))
    session = context.cookies()
    context.clear_cookies(name="jixiao_session")
    page.locator("#quota").fill("14")
    page.keyboard.press("Tab")
    expect(page.locator("#save-notice")).to_contain_text("登录已过期")
    expect(page.get_by_role("link", name="在新窗口登录")).to_be_visible()
    context.add_cookies([cookie for cookie in session if cookie["name"] == "jixiao_session"])
    page.get_by_role("button", name="保存", exact=True).last.click()
    expect(page.locator(".messages")).to_contain_text("已保存")
    assert content(report)["fields"]["quota"] == "14"


def test_the_grid_is_filled_by_keyboard(page: Page, report: Evaluation) -> None:
    page.goto(step(report, "data"))
    rows = page.locator("#rows-lines tr")
    rows.nth(0).locator("input").first.click()
    page.keyboard.press("End")
    page.keyboard.press("ArrowRight")
    expect(rows.nth(0).locator("input").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(rows.nth(1).locator("input").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(rows).to_have_count(3)
    expect(rows.nth(2).locator("input").nth(1)).to_be_focused()
    rows.nth(2).locator("input").first.fill("2012902")
    rows.nth(2).get_by_label("执行数").fill("5")
    page.keyboard.press("Tab")
    saved(page)
    expect(rows.nth(2)).to_contain_text("一般行政管理事务")
    expect(page.locator("#foot-lines")).to_contain_text("95.00")
    rows.nth(2).get_by_role("button").click()
    expect(page.locator("#foot-lines")).to_contain_text("90.00")
    assert budgeting.grid_of(report.department, 2024).lines.count() == 2


def test_a_block_from_a_spreadsheet_is_pasted_where_the_cursor_stands(page: Page, report: Evaluation) -> None:
    page.goto(step(report, "data"))
    page.locator("#rows-lines input").first.click()
    page.evaluate(
        PASTE, "功能分类\t经济分类\t执行数\n行政运行\t30201\t1,234.50\n2012902\t302\t多少\n合计\t\t1"
    )
    saved(page)
    expect(page.locator("#rows-lines tr")).to_have_count(2)
    expect(page.locator("#rows-lines input").first).to_have_value("2012901")
    expect(page.locator("#notes-lines")).to_contain_text("第 2 行“执行数”：“多少”不是数字")
    expect(page.locator("#rows-lines [aria-invalid=true]")).to_have_value("多少")


def test_a_block_that_was_refused_stays_in_its_box(page: Page, report: Evaluation) -> None:
    page.goto(step(report, "money"))
    block = "\n".join(f"用途{number}\t1" for number in range(5001))
    page.locator("#paste-T1 summary").click()
    page.evaluate("block => { document.getElementById('T1.paste').value = block; }", block)
    page.get_by_role("button", name="放入表中").click()
    expect(page.locator("#save-notice")).to_contain_text("没有保存。您的内容保留在本页")
    assert page.locator("#T1\\.paste").input_value() == block
    page.locator("#T1\\.paste").fill("电费\t2\n水费\t3")
    page.get_by_role("button", name="放入表中").click()
    saved(page)
    expect(page.locator("#T1\\.paste")).to_have_value("")
    expect(page.locator("#rows-T1 input").nth(4)).to_have_value("电费")


def test_a_block_pasted_without_connection_is_kept(page: Page, report: Evaluation) -> None:
    page.goto(step(report, "money"))
    page.evaluate(NO_CONNECTION)
    page.locator("#rows-T1 input").first.click()
    page.evaluate(PASTE, "电费\t2\n水费\t3")
    expect(page.locator("#save-notice")).to_contain_text("连接不上服务器")
    expect(page.locator("#T1\\.paste")).to_have_value("电费\t2\n水费\t3")
    expect(page.get_by_role("button", name="放入表中")).to_be_visible()


def test_figures_headings_and_sentences_are_put_where_the_cursor_is(page: Page, report: Evaluation) -> None:
    page.goto(step(report, "money"))
    text = page.locator("#t-money")
    text.fill("编制人。")
    for _ in range(2):
        page.keyboard.press("ArrowLeft")
    page.get_by_role("button", name="插入数据").click()
    page.get_by_label("查找数据项").fill("编制")
    page.keyboard.press("Enter")
    expect(text).to_have_value("编制{编制数}人。")
    page.get_by_text("小标题", exact=True).click()
    page.get_by_role("button", name="二级小标题").click()
    expect(text).to_have_value("编制{编制数}人。\n## ")
    page.keyboard.type("经费")
    page.get_by_role("button", name="列表").click()
    page.keyboard.type("慰问")
    expect(text).to_have_value("编制{编制数}人。\n## 经费\n- 慰问")
    page.keyboard.press("Enter")
    page.get_by_text("小标题", exact=True).click()
    page.get_by_role("button", name="小标题后直接接正文").click()
    page.keyboard.type("效果")
    expect(text).to_have_value("编制{编制数}人。\n## 经费\n- 慰问\n# 效果：：")
    page.get_by_role("button", name="插入数据").click()
    page.keyboard.press("Escape")
    expect(text).to_be_focused()


def test_a_finding_is_explained_beside_the_chapter(page: Page, report: Evaluation) -> None:
    people.save(
        report,
        "money",
        Posted(fields={"spent": "103"}, tables={"T1": [{"id": "aaaa", "use": "办公", "amount": "103"}]}),
    )
    page.goto(step(report, "money"))
    page.locator("#notes-spent").get_by_text("填写说明").click()
    area = page.locator(".explain-form textarea:visible")
    area.fill("短")
    page.get_by_role("button", name="保存说明").first.click()
    expect(page.locator(".explain-error:visible")).to_contain_text("至少写 5 个字")
    area.fill("追加的任务在年末下达。")
    page.get_by_role("button", name="保存说明").first.click()
    expect(page.locator("#notes-spent")).to_contain_text("已说明")


def test_explaining_on_the_check_page_keeps_what_else_is_being_written(
    page: Page, report: Evaluation
) -> None:
    people.save(
        report,
        "money",
        Posted(fields={"spent": "103"}, tables={"T1": [{"id": "aaaa", "use": "办公", "amount": "103"}]}),
    )
    page.goto(reverse("check", args=[report.reference]))
    areas = page.locator(".explain-form textarea")
    expect(areas).to_have_count(2)
    areas.nth(1).fill("第二条写了一半")
    areas.nth(0).fill("追加的任务在年末下达。")
    page.get_by_role("button", name="保存说明").first.click()
    expect(areas).to_have_count(1)
    expect(areas).to_have_value("第二条写了一半")
    page.get_by_role("button", name="保存说明").click()
    expect(page.locator("#verdict")).to_have_text("可以送签")


def test_an_explanation_in_progress_survives_an_autosave(page: Page, report: Evaluation) -> None:
    people.save(
        report,
        "money",
        Posted(fields={"spent": "103"}, tables={"T1": [{"id": "aaaa", "use": "办公", "amount": "103"}]}),
    )
    page.goto(step(report, "money"))
    page.locator("#notes-spent").get_by_text("填写说明").click()
    area = page.locator(".explain-form textarea:visible").first
    area.fill("写了一半")
    page.locator("#quota").fill("11")
    page.keyboard.press("Tab")
    saved(page)
    expect(page.locator(".explain-form textarea:visible").first).to_have_value("写了一半")


def test_the_next_finding_is_one_button_away_even_in_another_chapter(page: Page, report: Evaluation) -> None:
    people.save(report, "money", Posted(fields={"quota": "许多"}))
    page.goto(step(report, "work"))
    page.get_by_role("button", name="下一条").click()
    page.wait_for_url(f"**{step(report, 'money')}#quota")
    expect(page.locator("#quota")).to_be_focused()


def test_a_narrow_window_folds_the_panel_into_a_bar(page: Page, report: Evaluation) -> None:
    page.set_viewport_size({"width": 1100, "height": 768})
    page.goto(step(report, "money"))
    expect(page.locator("#panel-score")).to_be_hidden()
    page.locator(".panel-summary").click()
    expect(page.locator("#panel-score")).to_be_visible()
    expect(page.get_by_role("button", name="保存并下一章")).to_be_in_viewport()


@pytest.mark.parametrize("width,height", [(1366, 768), (1920, 1080), (683, 384)])
def test_nothing_is_wider_than_the_window_and_the_save_bar_is_in_view(
    page: Page, report: Evaluation, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    for code in ("data", "money", "work"):
        page.goto(step(report, code))
        assert page.locator("html").evaluate("html => html.scrollWidth <= html.clientWidth")
        expect(page.get_by_role("button", name="保存", exact=True).last).to_be_in_viewport()


def test_nothing_runs_out_of_a_window_at_200_per_cent(
    page: Page, context: BrowserContext, report: Evaluation
) -> None:
    reviewer = User.objects.get(username="reviewer")
    workflow.perform("submit", report, User.objects.get(username="unit-head"))
    workflow.perform("return", report, reviewer, f"请核对{'A' * 90}")
    for size in ({"width": 683, "height": 384}, {"width": 1366, "height": 768}):
        page.set_viewport_size(size)
        page.goto(step(report, "money"))
        expect(page.locator(".notice-warning").first).to_contain_text("审核人退回")
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        reason = page.locator(".notice-warning").first
        assert reason.evaluate("notice => notice.scrollWidth <= notice.clientWidth")


def test_a_refused_return_keeps_the_box_for_the_reason_wide(new_context, report: Evaluation) -> None:
    workflow.perform("submit", report, User.objects.get(username="unit-head"))
    page = new_context(User.objects.get(username="reviewer")).new_page()
    page.goto(reverse("review", args=[report.reference]))
    page.locator("summary", has_text="退回").click()
    page.get_by_role("button", name="退回", exact=True).click()
    expect(page.locator("#return-problem")).to_contain_text("至少写 5 个字")
    box = page.locator("#reason-return").bounding_box()
    assert box and box["width"] > 600
    expect(page.get_by_role("button", name="退回", exact=True)).to_be_in_viewport()
