"""What script adds to own indicators: cards follow a save, rows are added, pasted and walked with keys."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from evaluations.models import Evaluation, SectionData, User
from tests import people
from tests.web import own
from tests.web.test_filling_script import PASTE, page, saved  # noqa: F401  (fixture)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def report() -> Evaluation:
    """Two indicators of its own."""
    return own.add_rows(own.report(people.cast()))


@pytest.fixture
def context(new_context, report: Evaluation):
    return new_context(User.objects.get(username="preparer"))


def open_goals(page: Page, report: Evaluation) -> None:  # noqa: F811
    page.goto(reverse("section", args=[report.reference, "goals"]))


def rows(report: Evaluation) -> list[dict[str, str]]:
    return SectionData.objects.get(evaluation=report, code="goals").content["tables"]["CC"]


def box(page: Page, name: str):  # noqa: F811
    return page.locator(f"[id='{name}']")


def test_a_card_follows_what_is_typed(page: Page, report: Evaluation) -> None:  # noqa: F811
    open_goals(page, report)
    expect(box(page, "CC[0002].points")).to_be_visible()
    expect(box(page, "CC[0001].points")).to_be_hidden()
    box(page, "CC[0001].actual").fill("520人次")
    page.keyboard.press("Tab")
    saved(page)
    expect(box(page, "points-CC[0001]")).to_have_text("6 / 6 分")
    expect(page.locator("#score-CC")).to_contain_text("6/6")
    box(page, "CC[0001].target").fill("基本满足需要")
    page.keyboard.press("Tab")
    expect(box(page, "read-CC[0001]")).to_have_text("按文字评定")
    expect(box(page, "CC[0001].points")).to_be_visible()
    box(page, "CC[0001].points").fill("5")
    box(page, "CC[0002].weight").fill("4")
    page.keyboard.press("Tab")
    expect(page.locator("#sum-CC")).to_have_text("已分配 10 / 10 分，正好")
    expect(box(page, "points-CC[0001]")).to_have_text("5 / 6 分")


def test_cards_are_added_removed_and_pasted(page: Page, report: Evaluation) -> None:  # noqa: F811
    open_goals(page, report)
    page.get_by_role("button", name="加一行").click()
    new = page.locator("#rows-CC tr").last
    expect(new.locator("select").first).to_be_focused()
    new.get_by_label("三级指标").fill("慰问户数")
    new.get_by_label("年度指标值").fill("≥300户")
    page.keyboard.press("Tab")
    saved(page)
    expect(new.locator(".read").first).to_have_text("读作：≥ 300 户")
    page.get_by_role("button", name="删除第 2 行").click()
    saved(page)
    assert [row["name"] for row in rows(report)] == ["培训场次", "慰问户数"]
    box(page, "CC[0001].target").focus()
    page.evaluate(PASTE, "≥600人次\t630人次\n≥350户\t350户")
    expect(box(page, "CC[0001].actual")).to_have_value("630人次")
    expect(page.locator("#rows-CC tr")).to_have_count(2)
    assert [row["actual"] for row in rows(report)] == ["630人次", "350户"]


def test_keys_walk_over_what_does_not_show(page: Page, report: Evaluation) -> None:  # noqa: F811
    open_goals(page, report)
    box(page, "CC[0001].name").focus()
    page.keyboard.press("Enter")
    expect(box(page, "CC[0002].name")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(box(page, "CC[0001].name")).to_be_focused()
    box(page, "aside-CC[0002]").locator("summary").click()
    box(page, "CC[0002].actual").focus()
    page.keyboard.press("ArrowRight")
    expect(box(page, "CC[0002].weight")).not_to_be_focused()


def test_a_finding_leads_into_its_card(page: Page, report: Evaluation) -> None:  # noqa: F811
    page.goto(reverse("check", args=[report.reference]))
    page.get_by_role("link", name="培训场次 6 分得 5.76 分").click()
    expect(box(page, "CC[0001].reason")).to_be_focused()
