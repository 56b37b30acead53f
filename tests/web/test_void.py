"""作废: where the button is, what it asks, and where a voided report is still found."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from evaluations import workflow
from evaluations.models import Evaluation, State
from tests import people
from tests.web.conftest import signed_in
from tests.web.html import Page

WHY = "单位撤并，不再单独填报。"


def void(client: Client, one: Evaluation, reason: str = WHY, **more):
    return client.post(reverse("transition", args=[one.reference, "void"]), {"reason": reason}, **more)


def content(client: Client, address: str, **query: str) -> str:
    return Page(client.get(address, query)).by_id("content").text


def test_the_button_stands_on_the_check_page_of_a_draft_and_asks_for_a_reason(
    cast: people.Cast, draft: Evaluation
) -> None:
    client, check = signed_in(cast.preparer), reverse("check", args=[draft.reference])
    assert "作废这份自评" in content(client, check)
    assert "作废这份自评" not in content(signed_in(cast.unit_head), check)
    answer = void(client, draft, "不要")
    page = Page(answer)
    assert answer.status_code == 400
    assert "至少写 5 个字，说清为什么。" in page.by_id("void-problem").text
    (form,) = (one for one in page.all("form") if (one["action"] or "").endswith("/void/#void"))
    assert form["method"] == "post"  # the fragment brings the answer to where the reason is asked
    assert page.by_id("void-reason").text.strip() == "不要"
    draft.refresh_from_db()
    assert draft.state == State.DRAFT


def test_a_voided_report_is_read_found_by_filter_and_replaced(cast: people.Cast, draft: Evaluation) -> None:
    client = signed_in(cast.preparer)
    shown = Page(void(client, draft, follow=True)).by_id("content").text
    assert "作废原因" in shown
    assert WHY in shown
    assert "已作废" in shown
    home = reverse("home")
    assert draft.reference not in client.get(home).content.decode()
    voided = client.get(home, {"state": "voided"}).content.decode()
    assert draft.reference in voided
    assert "必须改正" not in voided  # nobody has to
    assert "开始 2024 年度自评" in content(client, home)
    client.post(reverse("start"), {"department": draft.department.code, "year": "2024"})
    assert Evaluation.objects.get(state=State.DRAFT).reference == f"{draft.reference}-2"
    step = reverse("section", args=[draft.reference, "money"])
    assert "该自评已作废，内容不再修改" in content(client, step)
    assert client.post(step, {"revision": "1", "do": "save", "quota": "9"}).status_code == 422


def test_the_bureau_gives_up_a_returned_report(cast: people.Cast, submitted: Evaluation) -> None:
    lead = signed_in(cast.bureau_lead)
    review = reverse("review", args=[submitted.reference])
    assert "作废这份自评" not in content(lead, review)
    workflow.perform("return", submitted, cast.reviewer, "请补充说明。")
    assert "作废这份自评" in content(lead, review)
    assert "作废这份自评" not in content(signed_in(cast.reviewer), review)
    assert void(lead, submitted)["Location"] == review


def test_the_bureau_gives_up_a_draft_that_it_may_not_read(cast: people.Cast, draft: Evaluation) -> None:
    lead, templates = signed_in(cast.bureau_lead), reverse("year_templates", args=["433125", 2024])
    page = Page(lead.get(templates))
    (form,) = [one for one in page.all("form") if one.attrs.get("id") == f"void-{draft.reference}"]
    assert form.attrs["action"] == reverse("transition", args=[draft.reference, "void"])
    assert lead.get(reverse("review", args=[draft.reference])).status_code == 403
    assert "至少写 5 个字" in Page(void(lead, draft, "不要", follow=True)).by_id("content").text
    assert draft.reference in void(lead, draft)["Location"]
    assert f"void-{draft.reference}" not in lead.get(templates).content.decode()


def test_a_closed_year_says_why_nothing_can_be_changed(cast: people.Cast, draft: Evaluation) -> None:
    draft.fiscal_year.closed = True
    draft.fiscal_year.save()
    client = signed_in(cast.preparer)
    for name, args in (("section", [draft.reference, "money"]), ("check", [draft.reference])):
        assert "2024 年度已关闭" in content(client, reverse(name, args=args))
    assert "送审" not in [
        one.text for one in Page(client.get(reverse("check", args=[draft.reference]))).all("button")
    ]
