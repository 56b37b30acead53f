"""签字与免签: who sends without a signature, why, and how the lead of the bureau changes it."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from evaluations import workflow
from evaluations.errors import Refused
from evaluations.models import Department, Evaluation, Event
from tests import people, queues
from tests.people import Cast

from .conftest import signed_in

PAGE = reverse("signatures")
REASON = "单位只有一名在编人员"


@pytest.fixture
def lead(cast: Cast) -> Client:
    return signed_in(cast.bureau_lead)


def ask(client: Client, do: str, *departments: Department, reason: str = REASON):
    form = {"do": do, "departments": [one.code for one in departments], "reason": reason}
    return client.post(PAGE, form, follow=True)


def test_the_page_says_how_each_department_signs(cast: Cast, lead: Client):
    people.department("baojing-jyj", "保靖县教育局")
    shown = lead.get(PAGE).content.decode()
    assert shown.count("由单位负责人签字</span>") == 2
    assert "1 人" in shown
    assert "没有账号，不能送签" in shown
    assert "花垣县总工会" not in shown


def test_a_waiver_lets_the_preparer_send_and_is_told_with_its_reason(
    cast: Cast, lead: Client, ready: Evaluation
):
    with pytest.raises(Refused, match="由单位负责人签字后送审"):
        workflow.perform("submit", ready, cast.preparer)
    shown = ask(lead, "waive", cast.department).content.decode()
    assert "已对 1 个单位办理免签" in shown
    assert f"{REASON} <span" in shown
    assert "bureau-lead甲，" in shown
    event = Event.objects.get(action="waive_signature")
    assert (event.department, event.detail) == (cast.department, {"reason": REASON})
    sent = workflow.perform("submit", queues.again(ready), cast.preparer)
    assert sent.signed_by is None


def test_signing_is_asked_for_again(cast: Cast, lead: Client):
    sister = people.department("baojing-jyj", "保靖县教育局")
    ask(lead, "waive", cast.department, sister)
    shown = ask(lead, "demand", cast.department, sister, reason="已经配备负责人").content.decode()
    assert "已对 2 个单位办理恢复签字" in shown
    assert REASON not in shown
    assert not Department.objects.filter(signature_waived=True).exists()


def test_a_second_click_changes_nothing(cast: Cast, lead: Client):
    ask(lead, "waive", cast.department)
    assert "已对 0 个单位办理免签" in ask(lead, "waive", cast.department).content.decode()
    assert Event.objects.filter(action="waive_signature").count() == 1


@pytest.mark.parametrize(
    ("do", "chosen", "reason", "sentence"),
    [
        ("waive", True, "不要", "免签的原因只有 2 字，至少写 5 个字"),
        ("demand", True, "", "恢复签字的原因只有 0 字"),
        ("waive", False, REASON, "请先勾选单位。"),
        ("", True, REASON, "请点“免签”或“恢复签字”。"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(
    cast: Cast, lead: Client, do: str, chosen: bool, reason: str, sentence: str
):
    answer = ask(lead, do, *([cast.department] if chosen else []), reason=reason)
    shown = answer.content.decode()
    assert answer.status_code == 400
    assert sentence in shown
    assert f'value="{reason}"' in shown
    assert ("checked" in shown) == chosen
    assert not Event.objects.filter(action__endswith="signature").exists()


def test_departments_of_another_county_are_out_of_reach(cast: Cast, lead: Client):
    elsewhere = cast.stranger.memberships.get().department
    assert ask(lead, "waive", cast.department, elsewhere).status_code == 400
    assert not Department.objects.filter(signature_waived=True).exists(), "all or nothing"


def test_the_list_takes_the_same_queries_for_many(
    cast: Cast, lead: Client, django_assert_num_queries, django_assert_max_num_queries
):
    lead.get(PAGE)
    with django_assert_max_num_queries(10) as few:
        lead.get(PAGE)
    for number in range(30):
        people.department(f"danwei-{number:03}", f"第{number}局")
    with django_assert_num_queries(len(few)):
        lead.get(PAGE)
