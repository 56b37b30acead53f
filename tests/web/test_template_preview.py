"""The preview of a template: chapter and report with sample data, drawn by what draws a department's."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from evaluations import sampling
from evaluations.documents import pdf
from evaluations.models import Role
from indicators import loading
from indicators.engine.reading import read_template
from indicators.engine.values import plain
from indicators.models import IndicatorTemplate
from indicators.publishing import store_draft
from tests import logkeeping, people
from tests.documents.printed import Printed, needs_poppler
from tests.indicators.small import SMALL, small

from .conftest import signed_in, statements
from .html import Page

pytestmark = pytest.mark.django_db

SHIPPED = {path.stem: path for path in loading.shipped()}


@pytest.fixture
def admin(db: None) -> Client:
    return signed_in(people.person("zhibiao", Role.TEMPLATE_ADMIN, people.department()))


def draft(content: dict) -> IndicatorTemplate:
    return store_draft(read_template(content))


def url(template: IndicatorTemplate, page: str = "template-preview", **query: str) -> str:
    asked = "&".join(f"{name}={value}" for name, value in query.items())
    return f"{reverse(page, args=[template.pk])}?{asked}"


def opened(client: Client, template: IndicatorTemplate, page: str = "template-preview", **query: str) -> Page:
    response = client.get(url(template, page, **query))
    assert response.status_code == 200
    return Page(response)


def words(page: Page, tag: str = "main") -> str:
    return " ".join(next(iter(page.all(tag))).text.split())


# ── every shipped template with every kind of data ──────────────────────────────────────────────────────────


@pytest.mark.parametrize("code", SHIPPED)
def test_every_chapter_and_the_report_of_every_shipped_template(admin: Client, code: str) -> None:
    template = draft(loading.load_yaml(SHIPPED[code]))
    compiled = loading.compiled(template)
    for choice in sampling.choices(compiled):
        for section in compiled.steps:
            page = opened(admin, template, example=choice.key, section=section)
            (heading,) = (link.text for link in page.all("a") if link["aria-current"] == "page")
            assert heading.split()[0] in words(page)
            assert [one for one, times in page.ids().items() if times > 1] == []
        report = opened(admin, template, "template-preview-document", example=choice.key)
        assert "示例市总工会" in words(report)


@pytest.mark.parametrize(
    ("code", "number"),
    [
        (code, number)
        for code, path in SHIPPED.items()
        for number in range(len(loading.load_yaml(path)["examples"]))
    ],
)
def test_points_and_total_shown_are_those_the_example_promises(admin: Client, code: str, number: int) -> None:
    template = draft(loading.load_yaml(SHIPPED[code]))
    example = loading.spec_of(template).examples[number]
    page = opened(admin, template, example=str(number + 1))
    report = words(opened(admin, template, "template-preview-document", example=str(number + 1)), "body")
    if example.total is None:
        assert not any(one["class"] == "total" for one in page.all("p"))
        return
    assert [Decimal(one.text) for one in page.all("span") if one["class"] == "sum"] == [example.total]
    for line, points in example.points.items():
        row = re.sub(r"\[(\d+)\]", lambda found: f"[{int(found[1]):04x}]", line)
        shown = page.by_id(f"score-{row}").text.split()
        assert f"{plain(points)}/" in " ".join(shown)
    assert plain(example.total) in report or f"{example.total:.2f}" in report


# ── what the page is ────────────────────────────────────────────────────────────────────────────────────────


def test_chapter_and_report_stand_side_by_side_and_nothing_can_be_sent(admin: Client) -> None:
    template = draft(SMALL)
    page = opened(admin, template, section="money")
    assert [one["value"] for one in page.all("option")] == ["1", "2", "auto", "blank"]
    boxes = [one for one in page.all("input", "textarea") if "fieldset" in one.inside]
    assert {one["name"]: one["value"] for one in boxes}["spent"] == "90.00"
    assert [one["disabled"] for one in page.all("fieldset")] == [None]
    assert all("disabled" in one.attrs for one in page.all("fieldset"))
    (frame,) = page.all("iframe")
    assert frame["src"] == url(template, "template-preview-document", example="1", at="money")
    assert [one["action"] for one in page.all("form") if one["method"] == "post"] == [reverse("logout")]
    assert {admin.post(url(template, name)).status_code for name in PAGES} == {405}


PAGES = ("template-preview", "template-preview-document", "template-preview-pdf")


def test_links_of_the_score_lead_through_the_preview(admin: Client) -> None:
    page = opened(admin, draft(SMALL), example="2")
    links = {one["href"] for one in page.all("a") if one["href"] and one["href"].startswith("?")}
    boxes = ("spent", "budget", "A01", "A01-reason")
    chapter = "?example=2&section=money"
    assert links == {chapter, *(f"{chapter}#{box}" for box in boxes)}
    assert "7 / 10 分" in words(page)


def test_blank_shows_what_a_department_begins_with(admin: Client) -> None:
    page = opened(admin, draft(SMALL), example="blank")
    assert {one["value"] for one in page.all("input") if "fieldset" in one.inside} == {""}
    assert "未填完，暂计" in words(page)
    report = opened(admin, draft(SMALL), "template-preview-document", example="blank")
    assert "2024年度绩效自评报告" in words(report, "body").replace(" ", "")


def test_without_examples_every_box_is_filled(admin: Client) -> None:
    page = opened(admin, draft(small(examples=[])))
    boxes = {one["name"]: one["value"] for one in page.all("input") if "fieldset" in one.inside}
    assert boxes["quota"] == "20"
    assert boxes["budget"] == "1,000,000.00"
    assert "示例文字" in words(page)


def test_what_is_gone_by_now_falls_back_to_the_first(admin: Client) -> None:
    page = opened(admin, draft(SMALL), example="9", section="gone")
    assert [one["value"] for one in page.all("option") if "selected" in one.attrs] == ["1"]
    assert [one["href"] for one in page.all("a") if one["aria-current"] == "page"][-1:] == [
        "?example=1&section=money"
    ]


# ── a draft in which something is wrong ─────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (small(fields__3__formula="全年执行数 ÷ 年初"), "年初"),
        (small(outline__0__blocks__1__prompt="比{去年}怎样"), "{去年}"),
        (small(indicators__0__children__0__children__0__rule=None), "没有计分规则"),
    ],
)
def test_a_draft_that_cannot_be_drawn_says_why(admin: Client, content: dict, said: str) -> None:
    template = draft(content)
    page = opened(admin, template, example="2")
    assert "模板还有错误，现在不能预览" in words(page)
    assert said in words(page)
    assert page.all("iframe") == []
    assert said in words(opened(admin, template, "template-preview-document", example="2"), "body")
    refused = admin.get(url(template, "template-preview-pdf", example="2"))
    assert refused.status_code == 422
    assert said in refused.content.decode()


def test_an_unfinished_draft_is_drawn(admin: Client) -> None:
    assert "执行率" in words(opened(admin, draft(small(total=20, grades=[]))))
    parts = ("fields", "outline", "indicators", "checks", "grades", "examples")
    empty = draft(small(code="empty", **{part: [] for part in parts}))
    assert "还没有要填写的章节" in words(opened(admin, empty))


def test_a_figure_of_an_example_that_cannot_be_read_is_told_and_left_empty(admin: Client) -> None:
    page = opened(admin, draft(small(examples__0__figures={"budget": "很多", "spent": "90", "old": "1"})))
    assert "这个示例有 2 处读不出来" in words(page)
    assert "“很多”不是数字" in words(page)
    assert [one["value"] for one in page.all("input") if one["name"] == "budget"] == [""]


def test_a_fault_of_the_program_is_not_passed_off_as_one_of_the_template(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*arguments: object) -> None:
        raise KeyError("ours")

    monkeypatch.setattr(sampling.snapshots, "assembled", fails)
    with pytest.raises(KeyError, match="ours"):
        admin.get(url(draft(SMALL), "template-preview-document"))


# ── storing nothing, asking little ──────────────────────────────────────────────────────────────────────────


def test_nothing_is_written_and_few_statements_are_needed(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = draft(loading.load_yaml(SHIPPED["hunan-2023"]))
    monkeypatch.setattr(pdf, "render", lambda html: b"%PDF-")
    for page in PAGES:
        with logkeeping.journal() as kept, CaptureQueriesContext(connection) as captured:
            assert admin.get(url(template, page)).status_code == 200
        assert kept.tables == []
        assert statements(captured) <= 5, page


@needs_poppler
def test_the_pdf_is_marked_as_a_sample_on_every_page(admin: Client, tmp_path: Path) -> None:
    response = admin.get(url(draft(SMALL), "template-preview-pdf", example="2"))
    assert response["Content-Type"] == "application/pdf"
    assert "%E6%A0%B7%E5%BC%A0" in response["Content-Disposition"]  # 样张
    pages = Printed(response.content, tmp_path).pages()
    assert pages
    assert all("样张" in page for page in pages)


@pytest.mark.parametrize("role", [Role.TEMPLATE_ADMIN, Role.BUREAU_LEAD])
def test_who_may_see_templates_may_see_them_previewed(role: Role) -> None:
    opened(signed_in(people.person("somebody", role, people.department())), draft(SMALL))


def test_others_are_refused_and_what_is_not_there_is_not_found(admin: Client) -> None:
    preparer = signed_in(people.person("kuaiji", Role.PREPARER, people.department()))
    template = draft(SMALL)
    assert {preparer.get(url(template, page)).status_code for page in PAGES} == {403}
    assert {admin.get(reverse(page, args=[10**6])).status_code for page in PAGES} == {404}
