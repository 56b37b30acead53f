"""检查并送审, explanations, and the findings beside the boxes."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from evaluations import assessing
from evaluations.models import Evaluation, Explanation
from evaluations.sections import Posted
from tests import people
from tests.web.conftest import signed_in
from tests.web.html import Page
from tests.web.test_saving import address


@pytest.fixture
def preparer(cast: people.Cast) -> Client:
    """The accountant's browser."""
    return signed_in(cast.preparer)


@pytest.fixture
def overspent(ready: Evaluation) -> Evaluation:
    """103 of 100 万元 spent: one finding that wants an explanation, and one line that lost points."""
    people.save(
        ready,
        "money",
        Posted(fields={"spent": "103"}, tables={"T1": [{"id": "aaaa", "use": "办公", "amount": "103"}]}),
    )
    return ready


def check(client: Client, one: Evaluation) -> Page:
    return Page(client.get(reverse("check", args=[one.reference])))


def button(page: Page) -> dict[str, str | None]:
    return next(one.attrs for one in page.all("button") if one.text == "送签")


def owed(one: Evaluation) -> list[tuple[str, str]]:
    return [(finding.code, finding.fingerprint) for finding in assessing.assess(one).unexplained]


def explain(client: Client, one: Evaluation, finding: tuple[str, str], text: str, **more: str) -> object:
    sent = {"code": finding[0], "fingerprint": finding[1], "text": text} | more
    headers = {"Accept": "application/json"} if "step" in more else {}
    return client.post(reverse("explain", args=[one.reference]), sent, headers=headers)


def test_a_complete_report_can_be_submitted(preparer: Client, ready: Evaluation) -> None:
    page = check(preparer, ready)
    assert page.by_id("verdict").text == "可以送签"
    assert "disabled" not in button(page)
    form = next(one for one in page.all("form") if (one["action"] or "").endswith("/request_signature/"))
    assert form["method"] == "post"


def test_it_says_exactly_why_not(preparer: Client, draft: Evaluation) -> None:
    people.save(draft, "money", Posted(fields={"quota": "许多"}))
    page = check(preparer, draft)
    assert "有 1 项必须改正" in page.by_id("content").text
    assert "项还没有填写" in page.by_id("content").text
    assert "disabled" in button(page)


def test_every_finding_names_both_figures_and_leads_to_its_box(
    preparer: Client, overspent: Evaluation
) -> None:
    page = check(preparer, overspent)
    link = next(one for one in page.all("a") if one["class"] == "finding-link" and "100" in one.text)
    assert "103" in link.text
    step, _, box = link["href"].partition("#")
    assert box in Page(preparer.get(step)).ids()


def test_the_finding_stands_in_full_under_one_box_and_is_pointed_to_at_the_other(
    preparer: Client, overspent: Evaluation
) -> None:
    page = Page(preparer.get(address(overspent)))
    assert "103" in page.by_id("notes-spent").text
    assert "填写说明" in page.by_id("notes-spent").text
    assert page.by_id("notes-budget").text.strip() == "需说明见全年执行数处"


def test_explaining_settles_it(preparer: Client, overspent: Evaluation) -> None:
    for finding in owed(overspent):
        explain(preparer, overspent, finding, "追加的任务在年末下达，已报批。")
    page = check(preparer, overspent)
    assert page.by_id("verdict").text == "可以送签"
    assert "追加的任务在年末下达" in page.by_id("content").text
    people.save(overspent, "money", Posted(fields={"spent": "104"}))
    assert "还没有说明" in check(preparer, overspent).by_id("content").text


def test_an_explanation_that_is_too_short_is_refused_and_stays_in_its_box(
    preparer: Client, overspent: Evaluation
) -> None:
    finding = owed(overspent)[0]
    answer = explain(preparer, overspent, finding, "嗯嗯")
    page = Page(answer)
    assert answer.status_code == 422
    assert "至少写 5 个字" in page.by_id(f"why-{finding[1][:12]}").text
    assert page.by_id(f"text-{finding[1][:12]}").text == "嗯嗯"
    assert not Explanation.objects.exists()


def test_a_script_gets_the_renewed_panel_and_the_notes(preparer: Client, overspent: Evaluation) -> None:
    finding = next(one for one in owed(overspent) if one[0] == "表间-01")
    parts = explain(preparer, overspent, finding, "追加的任务在年末下达。", step="money").json()["parts"]
    assert "已说明" in parts["notes-spent"]
    assert "已说明 1 项" in parts["panel-body"]
    assert set(parts) <= set(Page(preparer.get(address(overspent))).ids())


def test_a_script_is_told_why_an_explanation_is_refused(preparer: Client, overspent: Evaluation) -> None:
    answer = explain(preparer, overspent, ("表间-01", "0" * 64), "这条已经变了。", step="money")
    assert answer.status_code == 422
    assert "已经变化" in answer.json()["message"]


def test_only_whoever_fills_in_is_asked_to_explain(
    cast: people.Cast, preparer: Client, overspent: Evaluation
) -> None:
    page = check(signed_in(cast.unit_head), overspent)
    assert [form for form in page.all("form") if form["class"] == "explain-form"] == []
    assert [form for form in check(preparer, overspent).all("form") if form["class"] == "explain-form"]


def test_the_score_table_shows_every_line_with_its_working(preparer: Client, overspent: Evaluation) -> None:
    text = check(preparer, overspent).by_id("content").text
    assert "得分 7" in text
    for name in ("预算执行率", "工作效果", "制度"):
        assert name in text
    assert "103.00%" in text


def test_after_submission_the_page_says_so(preparer: Client, submitted: Evaluation) -> None:
    page = check(preparer, submitted)
    assert "已送审" in page.by_id("verdict").text
    assert [one for one in page.all("button") if one.text == "送审"] == []


def test_the_history_names_what_was_explained_and_no_code(preparer: Client, overspent: Evaluation) -> None:
    finding = next(one for one in owed(overspent) if one[0] == "表间-01")
    explain(preparer, overspent, finding, "年中追加的工资没有下达预算。")
    shown = Page(preparer.get(reverse("history", args=[overspent.reference]))).by_id("content").text
    assert "执行数不超过预算数" in shown
    assert "表间-01" not in shown
