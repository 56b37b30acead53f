"""试一试 and 算一遍: run from the form, nothing stored, nothing filled in."""

import pytest

from indicators.engine.reading import read_template
from indicators.models import IndicatorTemplate
from indicators.publishing import store_draft
from tests.web.html import Page

from .pieces import opened, send, stored, url
from .small import small

pytestmark = pytest.mark.django_db

CHECK, EXAMPLE = "checks/表内-01", "examples/2"
CASES = {
    "passing__figures__spent": "90",
    "passing__figures__budget": "100",
    "failing__figures__spent": "120",
    "failing__figures__budget": "100",
}


def test_only_the_figures_on_which_a_check_rests_are_asked_for(workshop, template):
    names = opened(workshop, template, CHECK).values()
    asked = [name for name in names if name.startswith("passing.")]
    assert asked == ["passing.figures.spent", "passing.figures.budget"]


def test_another_figure_or_table_can_be_asked_for(workshop, template):
    values = Page(send(workshop, template, CHECK, do="redraw", more="quota")).values()
    assert "passing.figures.quota" in values
    values = Page(send(workshop, template, CHECK, do="redraw", more="lines")).values()
    values = Page(workshop.post(url(template, CHECK), values | {"do": "add:failing.lines"})).values()
    assert values["failing.lines[0].executed"] == ""


def test_both_cases_are_tried_at_once_and_nothing_is_stored(workshop, template):
    before = template.content_hash
    response = send(workshop, template, CHECK, do="try", **CASES)
    page = response.content.decode()
    assert response.status_code == 200
    assert "✓ 如所写，通过" in page
    assert "全年执行数 120.00 元大于全年预算数 100.00 元，相差 20.00 元。" in page
    assert Page(response).values()["passing.figures.spent"] == "90"
    assert IndicatorTemplate.objects.get(pk=template.pk).content_hash == before


def test_a_case_that_shows_nothing_is_said_to(workshop, template):
    nothing = dict.fromkeys(CASES, "")
    lacking = nothing | {"failing__figures__budget": "1"}
    page = send(workshop, template, CHECK, do="try", **lacking).content.decode()
    assert "× 应当不通过" in page
    assert "要比较的数没有填" in page
    assert "两个例子都还没有写" in send(workshop, template, CHECK, do="try", **nothing).content.decode()


def test_what_cannot_be_tried_is_told_at_its_box(workshop, template):
    response = send(workshop, template, CHECK, do="try", **(CASES | {"passing__figures__spent": "很多"}))
    assert "很多" in Page(response).by_id("n-passing.figures.spent").text
    response = send(workshop, template, CHECK, do="try", left="全年执行", **CASES)
    assert "是否指“全年执行数”" in Page(response).by_id("n-left").text
    response = send(workshop, template, CHECK, do="try", parts="三", **CASES)
    assert "这里应是整数" in Page(response).by_id("n-parts").text


def test_cases_are_saved_with_the_check(workshop, template):
    assert send(workshop, template, CHECK, **CASES).status_code == 302
    assert stored(template, CHECK).failing.figures == {"spent": "120", "budget": "100"}


def test_an_example_is_computed_beside_what_it_promises(workshop, template):
    response = send(workshop, template, EXAMPLE, do="try", points__A01="9", total="")
    page, values = response.content.decode(), Page(response).values()
    assert "≠ 按模板 7 分" in page
    assert "按模板 7.00 分" in page
    assert (values["points.A01"], values["total"]) == ("9", "")
    assert stored(template, EXAMPLE).points["A01"] == 7


def test_an_example_whose_figures_cannot_be_read_is_told_at_its_box(workshop, template):
    response = send(workshop, template, EXAMPLE, do="try", figures__budget="一百")
    assert "一百" in Page(response).by_id("n-figures.budget").text
    assert "没有算" in response.content.decode()


def test_a_draft_that_does_not_compile_says_what_to_mend_first(workshop):
    template = store_draft(read_template(small(fields__3__formula="全年执行数 ÷")))
    page = send(workshop, template, EXAMPLE, do="try").content.decode()
    assert "数据项“执行率”的公式：" in page
    assert "改好才能算" in page


def test_other_pieces_have_nothing_to_try(workshop, template):
    assert send(workshop, template, "grades", do="try").status_code == 200
