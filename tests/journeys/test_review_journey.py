"""Both sides over 保靖 2017: signed, sent, commented, returned, mended, compared, re-scored, approved."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command
from playwright.sync_api import Locator, Page, expect

from evaluations import packages
from evaluations.models import Department, Evaluation, Event, Role, Snapshot, State, Thread
from indicators import loading
from tests import people

from .walking import printed, sign_in

__all__ = ["sign_in"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ROOT = Path(__file__).resolve().parent.parent.parent
REFERENCE = "2017-baojing-zgh"
AT = f"/evaluations/{REFERENCE}"
ON_QUOTA = "编制数 13 人与编办批文不一致，请核对。"
ON_RATE = "公用经费超出预算较多，请补充预算追加的文号。"


@pytest.fixture
def report() -> Evaluation:
    """The real report of 保靖县总工会, complete, as a draft; one person for each side."""
    people.template(ROOT / "indicators" / "library" / "baojing-2017.yaml")
    packages.load_package(loading.load_yaml(ROOT / "evaluations" / "demo" / f"{REFERENCE}.yaml"))
    department = Department.objects.get(code="baojing-zgh")
    for username, role in (
        ("kuaiji", Role.PREPARER),
        ("zhuxi", Role.UNIT_HEAD),
        ("shenhe", Role.REVIEWER),
        ("guzhang", Role.BUREAU_LEAD),
    ):
        people.person(username, role, department)
    return Evaluation.objects.get(reference=REFERENCE)


def press(page: Page, name: str, within: Locator | None = None) -> None:
    """Press a button and wait for the page that answers."""
    with page.expect_navigation(wait_until="load"):
        (within or page).get_by_role("button", name=name, exact=True).first.click()


def says(page: Page, text: str) -> None:
    expect(page.locator("main")).to_contain_text(text)


def comment(page: Page, label: str, text: str) -> None:
    """Raise a point at a figure, from the table of figures."""
    page.goto(f"{AT}/review/?view=figures")
    page.get_by_role("link", name=f"对“{label}”提意见", exact=True).click()
    expect(page.locator("#raise-location option:checked")).to_have_text(label)
    page.locator("#raise-text").fill(text)
    press(page, "提出意见")
    says(page, "意见已提出")


def test_from_signature_to_approval(report: Evaluation, sign_in, tmp_path: Path) -> None:
    # The accountant asks for the signature; a change of a figure takes the request back.
    mine, head = sign_in("kuaiji"), sign_in("zhuxi")
    mine.goto(f"{AT}/check/")
    press(mine, "送签")
    says(mine, "已送单位负责人签字")
    mine.goto(f"{AT}/sections/ch1-1/")
    mine.locator("#staff_quota").fill("14")
    press(mine, "保存")
    says(mine, "已保存")
    head.goto(f"{AT}/check/")
    says(head, "草稿")
    mine.locator("#staff_quota").fill("13")
    press(mine, "保存")
    says(mine, "已保存")
    mine.goto(f"{AT}/check/")
    press(mine, "送签")

    # The head reads, signs, and it is sent.
    head.goto("/notices/")
    says(head, "请审阅")
    head.goto(f"{AT}/check/")
    press(head, "签字并送审")
    says(head, "已送审")

    # The reviewer begins; from then on nobody withdraws, one asks for it.
    reviewer = sign_in("shenhe")
    reviewer.goto(f"{AT}/review/")
    press(reviewer, "开始审核")
    says(reviewer, "已开始审核")
    mine.goto(f"{AT}/review/")
    expect(mine.get_by_role("button", name="撤回", exact=True)).to_have_count(0)
    expect(mine.locator("summary", has_text="申请退回")).to_be_visible()

    # Two points at their places, one explanation rejected; the report comes back with its list.
    comment(reviewer, "编制数", ON_QUOTA)
    reviewer.goto(f"{AT}/review/")
    line = reviewer.locator("details.score-line", has_text="公用经费控制率").first
    line.evaluate("one => { one.closest('.score-group').open = true; one.open = true; }")
    line.get_by_role("link", name="提意见").click()
    reviewer.wait_for_load_state()
    expect(reviewer.locator("#raise-location option:checked")).to_have_text("公用经费控制率")
    reviewer.locator("#raise-text").fill(ON_RATE)
    press(reviewer, "提出意见")
    says(reviewer, "意见已提出")
    finding = reviewer.locator("li.finding", has=reviewer.locator("details.judge")).first
    finding.locator("summary").click()
    finding.locator("textarea").fill("说明没有附依据，请写明文号。")
    press(reviewer, "不认可", finding)
    says(reviewer, "没有认可这条说明，已列入审核意见。")
    reviewer.goto(f"{AT}/review/")
    expect(reviewer.frame_locator("iframe[name=document]").locator(".note").first).to_contain_text("意见：")
    reviewer.locator("summary", has_text="退回").click()
    reviewer.locator("#reason-return").fill("请按三条意见逐条修改后再送。")
    press(reviewer, "退回")
    says(reviewer, "已退回")
    assert Thread.objects.filter(settled_at=None).count() == 3

    # The accountant mends what is asked for, answers each point, and explains anew.
    mine.goto(f"{AT}/remarks/")
    says(mine, ON_QUOTA)
    point = mine.locator("article.point", has_text=ON_QUOTA)
    point.get_by_role("link", name="去修改").click()
    expect(mine.locator("#staff_quota")).to_be_focused()
    says(mine, "本章有 1 条审核意见")
    mine.locator("#staff_quota").fill("12")
    press(mine, "保存")
    says(mine, "已保存")
    mine.goto(f"{AT}/check/")
    says(mine, "还有 3 条审核意见没有答复")
    expect(mine.get_by_role("button", name="送签", exact=True)).to_be_disabled()
    for answer in ("已按批文改为 12 人。", "追加文号已写入说明。", "已补写文号。"):
        mine.goto(f"{AT}/remarks/")
        point = mine.locator("article.point", has_text="等单位答复").first
        point.locator("textarea").fill(answer)
        press(mine, "答复", point)
        says(mine, answer)
    mine.goto(f"{AT}/check/")
    rejected = mine.locator("article.finding", has_text="审核人没有认可原来的说明").first
    rejected.locator("textarea").fill("县财政局年中追加经费，文号保财预〔2017〕31 号。")
    press(mine, "保存说明", rejected)
    expect(mine.locator("article.finding", has_text="审核人没有认可原来的说明")).to_have_count(0)
    explain_all(mine)
    mine.goto(f"{AT}/check/")
    mine.get_by_label("修改说明").fill("编制数改为 12 人；补充追加经费的文号。")
    press(mine, "送签")
    head.goto(f"{AT}/check/")
    expect(head.get_by_label("修改说明")).to_have_value("编制数改为 12 人；补充追加经费的文号。")
    press(head, "签字并送审")
    says(head, "已送审")

    # The reviewer compares the versions, settles the points, scores one indicator anew, approves.
    reviewer.goto(f"{AT}/compare/?from=1&to=2")
    says(reviewer, "编制数")
    says(reviewer, "编制数改为 12 人；补充追加经费的文号。")
    for _ in range(3):
        reviewer.goto(f"{AT}/review/")
        waiting = reviewer.locator("article.point", has_text="单位已答复").first
        waiting.locator("summary").click()
        press(reviewer, "办结", waiting)
        says(reviewer, "这条意见已办结。")
    line = reviewer.locator("details.score-line", has_text="在职人员控制率").first
    line.evaluate("one => { one.closest('.score-group').open = true; one.open = true; }")
    line.get_by_label("复核分：在职人员控制率").fill("1.5")
    line.get_by_label("复核理由：在职人员控制率").fill("编制数填错过一次，酌情扣分。")
    press(reviewer, "保存复核分", line)
    says(reviewer, "复核分已保存")
    press(reviewer, "批准")
    says(reviewer, "已批准")

    report.refresh_from_db()
    assert (report.state, report.version) == (State.APPROVED, 2)
    assert report.reviewed_total < report.total
    done = Event.objects.filter(evaluation=report).order_by("id").values_list("action", flat=True)
    wanted = ["request_signature", "signature_lapsed", "submit", "open", "raise_point", "judge", "return"]
    assert [one for one in wanted if one not in done] == []
    assert [one.signed_by.username for one in Snapshot.objects.order_by("version")] == ["zhuxi", "zhuxi"]

    # Each version still prints, and they differ only as they should.
    first = printed(mine, REFERENCE, "?version=1", tmp_path / "1.pdf")
    second = printed(mine, REFERENCE, "", tmp_path / "2.pdf")
    assert "11÷13=84.62%" in first and "11÷13=84.62%" not in second
    assert "11÷12=91.67%" in second
    call_command("verify_integrity")


def explain_all(page: Page) -> None:
    """Explains whatever the changed figures ask for."""
    while True:
        page.goto(f"{AT}/check/")
        owed = page.locator("article.finding.explain form.explain-form")
        if not owed.count():
            return
        owed.first.locator("textarea").fill("编制数已按编办批文核对，原因属实。")
        press(page, "保存说明", owed.first)
