"""Templates as files in the workshop: taken away, sent in, looked at, stored on confirmation."""

from __future__ import annotations

import html
import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from evaluations.models import Event, Role
from indicators import exchange
from indicators.engine.reading import read_template, template_hash
from indicators.loading import spec_of
from indicators.models import IndicatorTemplate, State
from indicators.publishing import Stale, publish, store_draft
from indicators.workbooks import archives
from indicators.workbooks.drawing import to_workbook
from indicators.workbooks.reading import read_workbook
from indicators.workbooks.saving import TYPE
from indicators.writing import to_yaml

from .small import SMALL, small
from .test_workbook_input import edited, put
from .workshop import address, browser, now, words

pytestmark = pytest.mark.django_db

PAGE, STORE = "indicators:import", "indicators:import_store"
SMALL_SPEC = read_template(SMALL)


def yaml(**changes) -> bytes:
    return to_yaml(read_template(small(**changes))).encode()


def long_workbook() -> bytes:
    """Less than a megabyte that says more than a file of text may."""
    notes = small(checks__0__hint="长" * 30_000)["checks"][0]
    return to_workbook(read_template(small(checks=[notes | {"code": f"C{number}"} for number in range(25)])))


def send(client: Client, data: bytes, name: str = "模板.yaml") -> HttpResponse:
    return client.post(reverse(PAGE), {"file": SimpleUploadedFile(name, data)})


def offered(page: HttpResponse) -> dict[str, str]:
    """What the confirmation sends, as it stands in the page."""
    return {
        name: html.unescape(value)
        for name, value in re.findall(r'name="(seen|content)" value="([^"]*)"', page.content.decode())
    }


def confirm(client: Client, page: HttpResponse) -> HttpResponse:
    return client.post(reverse(STORE), offered(page))


# ── out ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_version_is_taken_away_as_yaml_and_as_excel():
    template, client = store_draft(SMALL_SPEC), browser(Role.BUREAU_LEAD)
    page = words(client.get(address("export", template)))
    assert "下载 Excel" in page and "下载 YAML" in page
    text = client.get(address("download", template, "yaml"))
    assert text.content.decode() == to_yaml(SMALL_SPEC)
    assert "small-2024-%E7%AC%AC1%E7%89%88.yaml" in text["Content-Disposition"]
    book = client.get(address("download", template, "xlsx"))
    assert book["Content-Type"] == TYPE
    assert read_workbook(book.content).spec == SMALL_SPEC


def test_what_excel_cannot_hold_is_said_and_yaml_remains():
    template, client = store_draft(read_template(small(notes="长" * 33_000))), browser()
    answer = client.get(address("download", template, "xlsx"))
    assert answer.url == address("export", template)
    assert "Excel 一格最多 32767 个字" in words(client.get(answer.url))


def test_there_are_no_other_forms_and_nothing_for_others():
    template = store_draft(SMALL_SPEC)
    assert browser().get(address("download", template, "docx")).status_code == 404
    assert browser(Role.PREPARER).get(address("download", template, "yaml")).status_code == 403


# ── in ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "data"),
    [("模板.yaml", yaml()), ("模板.xlsx", to_workbook(SMALL_SPEC)), ("模板", yaml())],
    ids=["yaml", "excel", "without ending"],
)
def test_a_file_is_looked_at_and_becomes_a_draft_only_when_confirmed(name, data):
    client = browser()
    page = send(client, data, name)
    assert page.status_code == 200
    assert "将新建模板“小样”的草稿" in words(page)
    assert "数据项 4 个" in words(page)
    assert not IndicatorTemplate.objects.exists()
    answer = confirm(client, page)
    template = IndicatorTemplate.objects.get()
    assert answer.url == address("edit", template)
    assert (template.state, template.content_hash) == (State.DRAFT, template_hash(SMALL_SPEC))
    assert Event.objects.get(action="template_stored").actor.username == "template_admin-433125"


def test_a_draft_is_replaced_after_its_differences_were_shown():
    draft, client = store_draft(SMALL_SPEC), browser()
    page = send(client, yaml(title="小样二", fields__2__label="编制人数"))
    said = words(page)
    assert "将替换“小样（第 1 版）”的草稿" in said
    assert "名称由“小样”改为“小样二”" in said
    confirm(client, page)
    assert spec_of(now(draft)).title == "小样二"
    assert IndicatorTemplate.objects.count() == 1


def test_a_published_version_stays_and_the_next_one_begins():
    first, client = publish(store_draft(SMALL_SPEC), by="某人"), browser()
    page = send(client, yaml(title="小样二"))
    assert "将新建第 2 版的草稿；已发布的版本不动" in words(page)
    confirm(client, page)
    assert now(first).content_hash == template_hash(SMALL_SPEC)
    second = IndicatorTemplate.objects.get(version=2)
    assert (second.state, second.based_on) == (State.DRAFT, first)


def test_the_same_content_is_not_stored_again():
    publish(store_draft(SMALL_SPEC), by="某人")
    page = send(browser(), yaml())
    assert "和“小样（第 1 版）”（已发布）完全相同，不必导入" in words(page)
    assert "导入为草稿" not in words(page)


def test_what_stands_against_publishing_is_said_at_its_place_and_refuses_no_draft():
    client = browser()
    page = send(client, edited(put("指标", 4, 分值=9)), "模板.xlsx")
    assert "发布前须改正" in words(page)
    confirm(client, page)
    assert IndicatorTemplate.objects.get().state == State.DRAFT


def test_a_fault_of_verification_stands_where_the_workbook_has_it():
    page = send(browser(), edited(put("数据项", 5, 公式="全年执行数 ÷ ÷ 2")), "模板.xlsx")
    assert "工作表“数据项”第 5 行“公式”列：" in words(page)
    page = send(browser(county="433124"), yaml(fields__3__formula="全年执行数 ÷ ÷ 2", region="433124"))
    assert "数据项“执行率”的公式（fields[3].formula）：" in words(page)


# ── what is refused ─────────────────────────────────────────────────────────────────────────────────────────


BAD_FILES = {
    "no yaml": ("a.yaml", b"a: [", ["不是正确的 YAML"]),
    "unknown key": (
        "a.yaml",
        yaml().replace(b"title", b"tilte", 1),
        ["有 2 处问题", "没有“tilte”这一项", "缺少这一项"],
    ),
    "no workbook": ("a.xlsx", yaml(), ["文件不是 Excel 工作簿（xlsx）"]),
    "old workbook": ("a.xls", archives.OLE + bytes(600), ["这是旧格式的工作簿"]),
    "cells": (
        "a.xlsx",
        edited(lambda book: (put("指标", 4, 分值="十分")(book), put("数据项", 2, 必填="对")(book))),
        ["有 2 处问题", "工作表“指标”第 4 行“分值”列", "工作表“数据项”第 2 行“必填”列"],
    ),
    "another county": ("a.yaml", yaml(region="430000"), ["您的权限不包括行政区划 430000，请改为 433125"]),
    "another county in a workbook": (
        "a.xlsx",
        edited(lambda book: setattr(book["模板"]["B6"], "value", "430000")),
        ["工作表“模板”第 6 行“行政区划代码”", "您的权限不包括行政区划 430000"],
    ),
    "no code": ("a.yaml", yaml(code="小样"), ["“小样”不能作代码"]),
    "no title": ("a.yaml", yaml(title=" "), ["title", "不能空着"]),
    "long yaml": ("a.yaml", b"a: 1\n" * 500_000, ["文件超过 2 MB"]),
    "long in a workbook": ("a.xlsx", long_workbook(), ["模板的内容超过 2 MB"]),
    "huge": ("a.yaml", bytes(6 * 1024 * 1024), ["文件超过 5 MB"]),
    "empty": ("a.yaml", b"", ["文件是空的"]),
}


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_file_with_problems_is_answered_with_all_of_them_and_forgotten(case: str):
    name, data, sentences = BAD_FILES[case]
    page = send(browser(), data, name)
    assert page.status_code == 400
    for sentence in sentences:
        assert sentence in words(page)
    assert not IndicatorTemplate.objects.exists()


def test_without_a_file_it_is_asked_for():
    answer = browser().post(reverse(PAGE), {})
    assert answer.status_code == 400
    assert "请选择文件" in words(answer)


def test_a_code_of_another_county_is_not_taken():
    store_draft(SMALL_SPEC)
    page = send(browser(county="433124"), yaml(region="433124"))
    assert page.status_code == 400
    assert "代码“small-2024”已是行政区划 433125 的模板，不在您的权限内" in words(page)


def test_a_draft_that_somebody_changed_meanwhile_is_not_replaced():
    draft, client = store_draft(SMALL_SPEC), browser()
    page = send(client, yaml(title="小样二"))
    store_draft(read_template(small(title="小样三")), by="他人")
    answer = confirm(client, page)
    assert answer.status_code == 409
    assert "检查文件以后，这个模板又有改动，没有导入" in words(answer)
    assert "名称由“小样三”改为“小样二”" in words(answer)
    assert now(draft).title == "小样三"
    assert confirm(client, answer).status_code == 302  # having seen it
    assert now(draft).title == "小样二"


def test_a_draft_that_somebody_began_or_discarded_meanwhile_counts_as_changed():
    seen = exchange.standing(SMALL_SPEC).seen
    draft = store_draft(SMALL_SPEC)
    with pytest.raises(Stale):
        exchange.store(read_template(small(title="二")), seen, "某人")
    seen = exchange.standing(SMALL_SPEC).seen
    draft.delete()
    with pytest.raises(Stale):
        exchange.store(read_template(small(title="二")), seen, "某人")


@pytest.mark.parametrize("content", ["", "x", "[]", "{}", "[" * 100_000, '{"code": 1.5}'], ids=range(6))
def test_a_confirmation_without_a_template_leads_back(content):
    answer = browser().post(reverse(STORE), {"content": content, "seen": ""})
    assert answer.url == reverse(PAGE)
    assert not IndicatorTemplate.objects.exists()


def test_a_confirmation_is_asked_for_permission_as_the_file_was():
    content = json.dumps(small(region="430000"))
    assert browser().post(reverse(STORE), {"content": content, "seen": ""}).status_code == 400
    assert browser(Role.BUREAU_LEAD).post(reverse(STORE), {"content": content, "seen": ""}).status_code == 403
    assert not IndicatorTemplate.objects.exists()


@pytest.mark.parametrize("role", [Role.BUREAU_LEAD, Role.PREPARER])
def test_who_may_change_no_template_imports_none(role):
    assert browser(role).get(reverse(PAGE)).status_code == 403


def test_looking_at_a_large_file_costs_few_queries(django_assert_max_num_queries):
    client, data = browser(), yaml(title="小样二")
    store_draft(SMALL_SPEC)
    with django_assert_max_num_queries(12):
        send(client, data)
