"""The page of a wizard step: what it shows, to whom, how it is tied together, and what it costs."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse

from evaluations import facts, packages
from evaluations.models import Department, Evaluation, Role
from evaluations.sections import Posted
from indicators import loading
from tests import people
from tests.web.conftest import signed_in
from tests.web.html import Page

ROOT = Path(__file__).resolve().parent.parent.parent
REFERENCE = "2017-baojing-zgh"
#: Steps of the shipped template, in its order.
STEPS = ("data", "ch1-1", "ch1-2", "ch1-3", "ch2", "ch3-1", "ch3-2", "ch3-3", "ch4", "ch5")


@pytest.fixture
def accountant(db: None) -> Client:
    """Who fills in the real report of 保靖县总工会."""
    people.template(ROOT / "indicators" / "library" / "baojing-2017.yaml")
    packages.load_package(loading.load_yaml(ROOT / "evaluations" / "demo" / f"{REFERENCE}.yaml"))
    return signed_in(people.person("kuaiji", Role.PREPARER, Department.objects.get(code="baojing-zgh")))


def page_of(client: Client, step: str, ref: str = REFERENCE) -> Page:
    response = client.get(reverse("section", args=[ref, step]))
    assert response.status_code == 200
    return Page(response)


@pytest.mark.parametrize("step", STEPS)
def test_every_box_of_the_real_report_is_named_and_tied_to_what_is_said_about_it(
    accountant: Client, step: str
) -> None:
    page = page_of(accountant, step)
    ids = page.ids()
    assert [name for name, times in ids.items() if times > 1] == []
    labelled = {label["for"] for label in page.all("label")}
    for box in page.boxes():
        named = box["aria-label"] or box["id"] in labelled or "label" in box.inside
        references = f"{box['aria-labelledby'] or ''} {box['aria-describedby'] or ''}".split()
        assert named or box["aria-labelledby"], box.attrs
        assert set(references) <= set(ids), box.attrs
    for group in page.elements:
        if group["role"] == "radiogroup":
            assert page.by_id(group["aria-labelledby"]).text


@pytest.mark.parametrize("step", STEPS)
def test_no_script_style_or_handler_stands_in_the_page(accountant: Client, step: str) -> None:
    for element in page_of(accountant, step).elements:
        assert not [name for name in element.attrs if name.startswith("on")], element.attrs
        assert "style" not in element.attrs
        assert element.tag != "style"
        assert element.tag != "script" or element["src"]


def test_the_chapter_shows_headings_as_they_print_with_boxes_units_and_last_year(accountant: Client) -> None:
    page = page_of(accountant, "ch1-1")
    headings = [heading.text for heading in page.all("h2", "h3")]
    assert "1.1 部门职责概述" in headings
    assert "三、人员情况" in headings
    assert page.by_id("staff_in_post")["value"] == "11"
    assert page.by_id("unit-staff_in_post").text == "人"
    assert page.by_id("prior-staff_in_post").text == "上年 13（减 2）"


def test_a_derived_percentage_is_shown_with_one_sign(accountant: Client) -> None:
    page = page_of(accountant, "data")
    assert page.by_id("value-execution_rate").text == "100.00%"
    assert "unit-execution_rate" not in page.ids()


def test_headings_carry_the_year(accountant: Client) -> None:
    assert "四、2018年工作打算" in [heading.text for heading in page_of(accountant, "ch1-3").all("h3")]


def test_the_indicator_shows_its_working_and_its_points(accountant: Client) -> None:
    page = page_of(accountant, "ch3-2")
    assert "371.61%" in page.by_id("working-BJ-I09").text
    assert page.by_id("points-BJ-I09").text == "0 / 8 分"
    assert page.by_id("score-BJ-I09").tag == "details"


def test_the_list_of_steps_tells_the_status_in_words(accountant: Client) -> None:
    page = page_of(accountant, "data")
    assert "10/10 章已完成" in page.by_id("steps").text
    assert "已完成" in page.by_id("steps").text


def test_a_prompt_is_help_and_never_the_text(accountant: Client) -> None:
    page = page_of(accountant, "ch1-1")
    assert "按“三定”方案" in page.by_id("help-t-duties").text
    assert "按“三定”方案" not in page.by_id("t-duties").text


def test_bound_figures_are_shown_as_they_will_read(accountant: Client) -> None:
    page = page_of(accountant, "ch1-1")
    assert "{编制数}" in page.by_id("t-staff").text
    assert "核定编制13人" in page.by_id("preview-t-staff").text.replace(" ", "")


def test_the_page_costs_the_same_however_much_is_in_it(
    cast: people.Cast, draft: Evaluation, django_assert_max_num_queries
) -> None:
    client = signed_in(cast.preparer)
    address = reverse("section", args=[draft.reference, "data"])
    client.get(address)
    with django_assert_max_num_queries(14) as empty:
        client.get(address)
    people.complete(draft)
    with django_assert_max_num_queries(14) as full:
        client.get(address)
    assert len(full) == len(empty)


def test_what_is_typed_is_shown_and_never_obeyed(cast: people.Cast, draft: Evaluation) -> None:
    evil = '</textarea><script>alert(1)</script>{编制数|"><b>}䶮😀'
    people.save(draft, "work", Posted(texts={"t-work": evil}))
    people.save(draft, "money", Posted(fields={"quota": "<b>很多</b>", "remark": '"><i>'}))
    people.save_lines(draft, ({"functional": "<u>", "executed": "'><u>", "project": '"><u>'},))
    client = signed_in(cast.preparer)
    assert page_of(client, "work", draft.reference).by_id("t-work").text == f"\n{evil}"
    for step in ("work", "money", "data"):
        page = page_of(client, step, draft.reference)
        assert page.all("u", "i") == []
        assert all(script["src"] for script in page.all("script"))
    check = Page(client.get(reverse("check", args=[draft.reference])))
    assert check.all("u") == []


def test_a_fresh_chapter_raises_no_alarm(cast: people.Cast, draft: Evaluation) -> None:
    page = page_of(signed_in(cast.preparer), "money", draft.reference)
    assert [box for box in page.boxes() if box["aria-invalid"]] == []
    assert page.by_id("notes-quota").text == ""
    assert "还有" in page.by_id("unfilled").text


def test_the_head_of_the_unit_reads_the_draft_and_is_told_why_it_is_locked(
    cast: people.Cast, draft: Evaluation
) -> None:
    page = page_of(signed_in(cast.unit_head), "money", draft.reference)
    assert "不能填写自评" in " ".join(notice.text for notice in page.all("p"))
    assert "disabled" in page.all("fieldset")[0].attrs
    assert [button for button in page.all("button") if button["value"] == "save"] == []


def test_a_submitted_report_is_locked_with_its_reason(cast: people.Cast, submitted: Evaluation) -> None:
    page = page_of(signed_in(cast.preparer), "money", submitted.reference)
    assert "已送审" in " ".join(notice.text for notice in page.all("p"))
    check = [
        link.text for link in page.all("a") if link["href"] == reverse("check", args=[submitted.reference])
    ]
    assert check == ["检查结果"]
    assert "disabled" in page.all("fieldset")[0].attrs


def test_strangers_learn_nothing(cast: people.Cast, draft: Evaluation) -> None:
    client = signed_in(cast.stranger)
    addresses = [
        reverse("section", args=[draft.reference, "money"]),
        reverse("autosave", args=[draft.reference, "money"]),
        reverse("check", args=[draft.reference]),
        reverse("sentences", args=[draft.reference, "money", "t-money"]),
        reverse("evaluation", args=[draft.reference]),
    ]
    assert [client.get(address).status_code for address in addresses if "autosave" not in address] == [
        404
    ] * 4
    assert client.post(addresses[1], {}).status_code == 404
    assert client.post(reverse("explain", args=[draft.reference]), {}).status_code == 404


def test_an_unknown_step_is_not_found(cast: people.Cast, draft: Evaluation) -> None:
    assert signed_in(cast.preparer).get(reverse("section", args=[draft.reference, "no"])).status_code == 404


def test_the_evaluation_opens_where_something_is_to_be_done(cast: people.Cast, draft: Evaluation) -> None:
    client = signed_in(cast.preparer)
    people.save_lines(draft)
    answer = client.get(reverse("evaluation", args=[draft.reference]))
    assert answer["Location"] == reverse("section", args=[draft.reference, "money"])
    people.complete(draft)
    answer = client.get(reverse("evaluation", args=[draft.reference]))
    assert answer["Location"] == reverse("check", args=[draft.reference])


def test_every_step_of_the_template_is_tested_here(accountant: Client) -> None:
    compiled = facts.compiled_of(Evaluation.objects.get(reference=REFERENCE))
    assert tuple(section.code for section in compiled.spec.steps()) == STEPS


def test_all_static_files_of_the_page_together_are_small(accountant: Client) -> None:
    """ui.md: less than 250 kB compressed, on a slow line."""
    import gzip

    page = page_of(accountant, "ch3-2")
    names = [script["src"] for script in page.all("script")]
    names += [link["href"] for link in page.all("link")]
    sizes = [
        len(gzip.compress(Path(finders.find(name.removeprefix("/static/"))).read_bytes())) for name in names
    ]
    assert sum(sizes) < 120_000
