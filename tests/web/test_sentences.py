"""生成标准表述: sentences from the data, with figures that follow the data."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from evaluations import packages
from evaluations.models import Department, Evaluation, Role, SectionData
from evaluations.sections import Posted
from indicators import loading
from tests import people
from tests.web.conftest import signed_in
from tests.web.html import Page

ROOT = Path(__file__).resolve().parent.parent.parent
REFERENCE = "2017-baojing-zgh"


@pytest.fixture
def report(db: None) -> Evaluation:
    """The real report of 保靖县总工会."""
    people.template(ROOT / "indicators" / "library" / "baojing-2017.yaml")
    packages.load_package(loading.load_yaml(ROOT / "evaluations" / "demo" / f"{REFERENCE}.yaml"))
    return Evaluation.objects.get(reference=REFERENCE)


@pytest.fixture
def accountant(report: Evaluation) -> Client:
    """Who fills it in."""
    return signed_in(people.person("kuaiji", Role.PREPARER, report.department))


def address(text: str = "t-staff") -> str:
    return reverse("sentences", args=[REFERENCE, "ch1-1", text])


def text_of(report: Evaluation) -> str:
    return SectionData.objects.get(evaluation=report, code="ch1-1").content["texts"].get("t-staff", "")


def test_only_sentences_that_hold_are_proposed(accountant: Client) -> None:
    shown = Page(accountant.get(address())).by_id("content").text
    assert "核定编制13人" in shown.replace(" ", "")
    assert "本年减少在职人员2人" in shown.replace(" ", "")
    assert "与上年末持平" not in shown


def test_without_script_the_chosen_ones_go_to_the_end_of_the_text(
    accountant: Client, report: Evaluation
) -> None:
    before = text_of(report)
    page = Page(accountant.get(address()))
    sent = page.values() | {"take": "0"}
    answer = accountant.post(address(), sent)
    assert answer["Location"].endswith("/sections/ch1-1/?done=ch1-1#t-staff")
    added = text_of(report).removeprefix(before).strip()
    assert added.startswith("截至{评价年度}年末")
    assert "{编制数}人" in added


def test_a_script_gets_the_bound_text_to_insert(accountant: Client) -> None:
    page = Page(accountant.get(address(), headers={"HX-Request": "true"}))
    assert page.all("html") == []
    first = next(button for button in page.all("button") if button["data-sentence"])
    assert "{编制数}" in first["data-sentence"]


def test_where_nothing_is_typed_it_says_what_to_do(accountant: Client, report: Evaluation) -> None:
    empty = {code: "" for code in ("staff_joined", "staff_left")}
    people.save(report, "ch1-1", Posted(fields=empty))
    assert "本年减少" not in Page(accountant.get(address())).by_id("content").text
    shown = Page(accountant.get(address("t-duties"))).by_id("content").text
    assert "暂时没有可用的表述" in shown


def test_a_text_of_another_step_is_not_found(accountant: Client) -> None:
    assert accountant.get(address("t-spending")).status_code == 404


def test_who_does_not_fill_in_gets_none(report: Evaluation) -> None:
    head = people.person("fuzeren", Role.UNIT_HEAD, Department.objects.get(code="baojing-zgh"))
    assert signed_in(head).get(address()).status_code == 403


def test_a_stale_page_meets_the_conflict(accountant: Client, report: Evaluation) -> None:
    sent = Page(accountant.get(address())).values() | {"take": "0"}
    people.save(report, "ch1-1", Posted(texts={"t-staff": "别人写的。"}))
    assert accountant.post(address(), sent).status_code == 409
    assert text_of(report) == "别人写的。"
