"""One figure, 编制数, from the keystroke to the printed report, through a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from evaluations import packages, signing
from evaluations.models import Department, Evaluation, Event, FieldChange, Role, Snapshot, State
from indicators import loading
from tests import people

from .walking import printed, sign_in

__all__ = ["sign_in"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ROOT = Path(__file__).resolve().parent.parent.parent
REFERENCE = "2017-baojing-zgh"
STEP = f"/evaluations/{REFERENCE}/sections/ch1-1/"


@pytest.fixture
def report() -> Evaluation:
    """The real report of 保靖县总工会, complete, as a draft; an accountant and a reviewer who can sign in."""
    people.template(ROOT / "indicators" / "library" / "baojing-2017.yaml")
    packages.load_package(loading.load_yaml(ROOT / "evaluations" / "demo" / f"{REFERENCE}.yaml"))
    department = Department.objects.get(code="baojing-zgh")
    signing.set_waived(None, department, True, "全县统一免签，由单位会计送审。")
    people.person("kuaiji", Role.PREPARER, department)
    people.person("shenhe", Role.REVIEWER, department)
    return Evaluation.objects.get(reference=REFERENCE)


def quota(page: Page):
    return page.locator("#staff_quota")


def test_one_figure_from_keystroke_to_pdf(report: Evaluation, sign_in, tmp_path: Path) -> None:
    # The accountant types it as it stands in the papers; it is saved without a button and scored at once.
    mine = sign_in("kuaiji")
    mine.goto(STEP)
    quota(mine).fill("１４ 人")
    quota(mine).blur()
    expect(mine.locator("#save-state")).to_contain_text("已保存")
    mine.goto(f"/evaluations/{REFERENCE}/sections/ch3-1/")
    expect(mine.locator("#panel")).to_contain_text("91.00")
    mine.locator("#panel").get_by_text("在职人员控制率").first.click()
    expect(mine.locator("#panel")).to_contain_text("11 ÷ 14 = 78.57%")
    change = FieldChange.objects.filter(location="ch1-1.staff_quota").latest("id")
    assert (change.old, change.new, change.actor.username, change.source) == ("13", "14", "kuaiji", "typed")

    # Text in a number box is kept as typed and marked, and nothing can be sent with it.
    mine.goto(STEP)
    quota(mine).fill("十四个左右")
    quota(mine).blur()
    expect(quota(mine)).to_have_attribute("aria-invalid", "true")
    mine.reload()
    expect(quota(mine)).to_have_value("十四个左右")
    mine.goto(f"/evaluations/{REFERENCE}/check/")
    expect(mine.locator("main")).to_contain_text("编制数")
    expect(mine.get_by_role("button", name="送审", exact=True)).to_be_disabled()

    # Two tabs start from the same page; the second one sees both versions and decides.
    mine.goto(STEP)
    other = mine.context.new_page()
    other.goto(STEP)
    quota(mine).fill("15")
    mine.get_by_role("button", name="保存", exact=True).last.click()
    expect(mine.locator("main")).to_contain_text("已保存")
    quota(other).fill("16")
    quota(other).blur()
    expect(other.locator("#save-notice")).to_be_visible()
    other.get_by_role("button", name="保存", exact=True).last.click()
    expect(other.get_by_role("heading", name="两人都改过的（1 处）")).to_be_visible()
    expect(other.locator("main")).to_contain_text("15")
    expect(other.locator("main")).to_contain_text("16")
    other.get_by_role("radio", checked=False).first.check()
    other.get_by_role("button", name="按选择保存").click()
    other.wait_for_url(f"**{STEP}**")
    chosen = quota(other).input_value()
    assert chosen in ("15", "16")
    report.refresh_from_db()
    assert report.sections.get(code="ch1-1").content["fields"]["staff_quota"] == chosen
    other.close()

    # Sent, returned with a reason, mended, sent again.
    mine.goto(STEP)
    quota(mine).fill("14")
    mine.get_by_role("button", name="保存", exact=True).last.click()
    expect(mine.locator("main")).to_contain_text("已保存")
    mine.goto(f"/evaluations/{REFERENCE}/check/")
    mine.get_by_role("button", name="送审", exact=True).click()
    expect(mine.locator("main")).to_contain_text("已送审")
    mine.goto(STEP)
    expect(quota(mine)).to_be_disabled()

    reviewer = sign_in("shenhe")
    reviewer.goto(f"/evaluations/{REFERENCE}/review/")
    reviewer.locator("summary", has_text="退回").click()
    reviewer.locator("#reason-return").fill("编制数与编办批文不一致，请核对。")
    reviewer.get_by_role("button", name="退回", exact=True).click()
    expect(reviewer.locator("main")).to_contain_text("已退回")

    mine.goto(STEP)
    expect(mine.locator("main")).to_contain_text("编制数与编办批文不一致，请核对。")
    quota(mine).fill("13")
    mine.get_by_role("button", name="保存", exact=True).last.click()
    expect(mine.locator("main")).to_contain_text("已保存")
    mine.goto(f"/evaluations/{REFERENCE}/check/")
    mine.get_by_label("修改说明").fill("编制数按编办批文改为 13 人。")
    mine.get_by_role("button", name="送审", exact=True).click()
    expect(mine.locator("main")).to_contain_text("已送审")

    # Approved; the printed report holds what was typed, and the first version still prints as it was sent.
    reviewer.goto(f"/evaluations/{REFERENCE}/review/")
    reviewer.get_by_role("button", name="批准", exact=True).click()
    expect(reviewer.locator("main")).to_contain_text("已批准")
    report.refresh_from_db()
    assert (report.state, report.version) == (State.APPROVED, 2)
    steps = Event.objects.filter(evaluation=report, action__in=("submit", "return", "approve"))
    assert [event.action for event in steps.order_by("id")] == ["submit", "return", "submit", "approve"]
    assert Snapshot.objects.filter(evaluation=report).count() == 2
    assert "11÷13=84.62%" in printed(mine, REFERENCE, "", tmp_path / "2.pdf")
    assert "11÷14=78.57%" in printed(mine, REFERENCE, "?version=1", tmp_path / "1.pdf")

    # Nothing that was frozen has moved.
    call_command("verify_integrity")
