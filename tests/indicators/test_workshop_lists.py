"""The lists of a template: what they tell, finding, adding, moving chapters."""

import pytest
from django.test import Client
from django.urls import reverse

from indicators.engine.adding import LISTS, problem, proposed
from indicators.engine.reading import read_template
from indicators.loading import load_yaml, shipped, spec_of
from indicators.models import IndicatorTemplate
from indicators.publishing import publish, store_draft
from indicators.views import told
from tests.web.html import Page

from .pieces import send
from .small import SMALL, small

pytestmark = pytest.mark.django_db


def url(name: str, template: IndicatorTemplate, *args: str) -> str:
    return reverse(f"indicators:{name}", args=[template.pk, *args])


def text(client: Client, template: IndicatorTemplate, name: str, query: str = "") -> str:
    response = client.get(url("pieces", template, name), {"q": query} if query else {})
    assert response.status_code == 200
    return response.content.decode()


def test_figures_are_told_with_formula_unit_last_year_and_uses(workshop):
    changes = {
        "fields__2__basis": "批复文件",
        "fields__1__year_offset": -1,
        "fields__2__carry": "value",
        "fields__0__prior": "spent",
    }
    page = text(workshop, store_draft(read_template(small(**changes))), "fields")
    for words in (
        "金额 元，必填",
        "个数 人",
        "百分比 %",
        "批复文件",
        "上年",
        "沿用为本年值",
        "同“全年执行数”",
    ):
        assert words in page
    assert "全年执行数 ÷ 全年预算数 × 100" in page
    assert page.count("审核公式“执行数不超过预算数”") == 2  # once each for the two figures that it names


def test_faults_stand_at_their_piece(workshop, template):
    send(workshop, template, "fields/rate", formula="全年执行数 ÷")
    assert "公式没有写完" in text(workshop, template, "fields")
    assert "没有用到" not in text(workshop, template, "checks")


def test_chapters_are_a_tree_with_their_numbers():
    rows = told.rows(read_template(SMALL), "outline")
    assert [(row.level, row.number, row.name) for row in rows] == [(0, "一、", "资金情况")]
    assert rows[0].cells == ("一步", "填写数据项、文字说明、指标自评", "")


@pytest.mark.parametrize("path", shipped(), ids=lambda path: path.stem)
def test_every_list_of_the_shipped_templates_is_told(path):
    spec = read_template(load_yaml(path))
    for name in LISTS:
        for row in told.rows(spec, name):
            assert len(row.cells) == len(told.HEADS[name])
            assert row.name


def test_a_list_is_searched_by_name_code_and_formula(workshop, template):
    assert "编制数" in text(workshop, template, "fields", "QUOTA")
    found = text(workshop, template, "fields", "÷")
    assert "执行率" in found
    assert "编制数" not in found
    assert "没有找到“无此数”" in text(workshop, template, "fields", "无此数")


@pytest.mark.parametrize("name", LISTS)
def test_an_empty_list_says_what_to_do_next(workshop, name):
    template = store_draft(read_template(small(**{name: []})))
    assert told.EMPTY[name][0] in text(workshop, template, name)


@pytest.mark.parametrize(
    ("name", "code", "address"),
    [
        ("fields", "", "fields/x1"),
        ("fields", "staff", "fields/staff"),
        ("tables", "", "tables/T1"),
        ("outline", "", "outline/s1"),
        ("checks", "", "checks/表内-02"),
        ("forms", "", "forms/F1"),
        ("examples", "", "examples/3"),
    ],
)
def test_a_piece_is_added_and_its_page_opens(workshop, template, name, code, address):
    response = workshop.post(url("add", template, name), {"name": "新的一项", "code": code})
    assert response.url == url("part", template, address)
    assert "新的一项" in Page(workshop.get(response.url)).values().values()


def test_a_chapter_is_added_below_another_and_moved_out(workshop, template):
    workshop.post(url("add", template, "outline"), {"name": "分项", "code": "sub", "below": "money"})
    spec = spec_of(IndicatorTemplate.objects.get(pk=template.pk))
    assert [section.code for section in spec.outline[0].children] == ["sub"]
    where = workshop.get(url("move", template), {"address": "outline/sub"}).content.decode()
    assert "作为一章" in where
    response = workshop.post(url("move", template), {"address": "outline/sub", "parent": ""})
    assert response.url == url("pieces", template, "outline")
    spec = spec_of(IndicatorTemplate.objects.get(pk=template.pk))
    assert [section.code for section in spec.outline] == ["money", "sub"]


@pytest.mark.parametrize(
    ("name", "typed", "words"),
    [
        ("fields", {"name": " ", "code": "x"}, "请写数据项的名称"),
        ("fields", {"name": "长" * 201, "code": "x"}, "有 201 个字"),
        ("fields", {"name": "新", "code": "编制"}, "只能由英文字母开头"),
        ("fields", {"name": "新", "code": "A01"}, "代码“A01”已经有了"),
        ("outline", {"name": "新", "code": "t-money"}, "代码“t-money”已经有了"),
        ("checks", {"name": "新", "code": "表内-01"}, "已用于审核公式“执行数不超过预算数”"),
        ("checks", {"name": "新", "code": "表内/02"}, "不含“/”"),
    ],
)
def test_what_cannot_be_added_is_refused_with_one_sentence(workshop, template, name, typed, words):
    response = workshop.post(url("add", template, name), typed)
    assert response.status_code == 400
    assert words in response.content.decode()
    assert Page(response).values()["code"] == typed["code"]
    assert IndicatorTemplate.objects.get(pk=template.pk).content_hash == template.content_hash


def test_proposed_codes_are_free():
    spec = read_template(SMALL)
    for name in LISTS:
        assert problem(spec, name, proposed(spec, name), "新") == ""


def test_a_published_version_is_listed_and_takes_nothing(workshop, template):
    publish(template, "某人")
    page = Page(workshop.get(url("pieces", template, "fields")))
    assert not [form for form in page.all("form") if form["id"] == "add"]
    response = workshop.post(url("add", template, "fields"), {"name": "新", "code": "x"})
    assert response.status_code == 400
    assert "已发布" in response.content.decode()


@pytest.mark.parametrize("name", ["indicators", "grades", "x"])
def test_a_list_that_is_none_is_not_found(workshop, template, name):
    assert workshop.get(url("pieces", template, name)).status_code == 404
    assert workshop.post(url("add", template, name), {"name": "新"}).status_code == 404


def test_a_long_list_asks_little_of_the_database(workshop, django_assert_max_num_queries):
    many = [{"code": f"f{n}", "label": f"数{n}"} for n in range(300)]
    template = store_draft(read_template(small(fields=[*SMALL["fields"], *many])))
    workshop.get(url("pieces", template, "fields"))
    with django_assert_max_num_queries(6):
        workshop.get(url("pieces", template, "fields"))
