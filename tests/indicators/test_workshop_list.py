"""The list of templates: which there are, what is on them, and how a new one begins."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from evaluations.models import Role
from indicators.engine.reading import read_template
from indicators.loading import spec_of
from indicators.models import IndicatorTemplate, State
from indicators.publishing import publish, retire, store_draft
from tests import people

from .small import SMALL, small
from .workshop import address, browser, now, words

pytestmark = pytest.mark.django_db

LIST = "/indicators/"


@pytest.fixture
def published():
    return publish(store_draft(read_template(SMALL)), by="某人")


def titles(client, query=""):
    """Titles and states in the order of the list."""
    rows = client.get(f"{LIST}{query}").context["rows"]
    return [(row.template.title, row.template.version) for row in rows]


def test_drafts_come_first_and_the_list_is_narrowed_by_state_year_and_region(published):
    store_draft(read_template(small(code="a-2023", title="甲", years=[2022, 2023], region="430000")))
    store_draft(read_template(small(title="小样二", total=100)))
    old = publish(store_draft(read_template(small(code="b-2020", title="旧", years=[2020]))), by="某人")
    retire(old, by="某人")
    client = browser()
    assert titles(client) == [("甲", 1), ("小样二", 2), ("小样", 1), ("旧", 1)]
    assert titles(client, "?state=published") == [("小样", 1)]
    assert titles(client, "?year=2022") == [("甲", 1)]
    assert titles(client, "?region=433125&state=draft") == [("小样二", 2)]
    assert titles(client, "?year=abc&state=nichts") == []
    assert "没有符合条件的模板" in words(client.get(f"{LIST}?state=nichts"))


def test_it_says_what_is_on_a_template():
    one = people.evaluation(people.cast())
    people.evaluation(people.department("b", "乙单位"))
    text = words(browser().get(LIST))
    assert one.template.code in text
    assert "2 份自评：草稿 2" in text
    assert "保靖县 2024 年度" in text


def test_one_that_nobody_uses_says_so(published):
    assert "没有使用" in words(browser().get(LIST))


def test_the_number_of_queries_does_not_grow_with_the_list(published):
    client = browser()
    client.get(LIST)
    with CaptureQueriesContext(connection) as few:
        client.get(LIST)
    for number in range(5):
        publish(store_draft(read_template(small(code=f"m-{number}"))), by="某人")
    with CaptureQueriesContext(connection) as many:
        client.get(LIST)
    assert len(many) == len(few)


def fill(**typed):
    return {
        "title": "新模板", "kind": "department", "year": "2025", "region": "433125", "code": "neu-2025"
    } | typed  # fmt: skip


def test_an_empty_template_begins_with_one_page_and_says_what_is_missing():
    client = browser()
    answer = client.post(reverse("indicators:new"), fill())
    draft = IndicatorTemplate.objects.get(code="neu-2025")
    assert answer.url == address("edit", draft)
    spec = spec_of(draft)
    assert (draft.state, draft.version, draft.first_year, draft.region_code) == ("draft", 1, 2025, "433125")
    assert (spec.title, spec.report_title, len(spec.steps())) == (
        "新模板", "{year}年度部门整体支出绩效自评报告", 1
    )  # fmt: skip
    assert "计分的模板没有指标" in words(client.get(address("verify", draft)))


def test_a_template_begins_with_a_framework():
    client = browser()
    page = words(client.get(reverse("indicators:new")))
    assert "财预〔2013〕53号" in page
    client.post(reverse("indicators:new"), fill(framework="mof-2013-53"))
    draft = IndicatorTemplate.objects.get(code="neu-2025")
    spec = spec_of(draft)
    assert (spec.title, spec.years, spec.region) == ("新模板", (2025,), "433125")
    assert len(list(spec.leaves())) == 28
    assert client.post(reverse("indicators:new"), fill(framework="x", code="b-1")).status_code == 400


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"code": "small-2024"}, "“small-2024”已经有模板了"),
        ({"code": "新-1"}, "不能作代码"),
        ({"code": "a" * 61}, "60"),
        ({"code": ""}, "必填"),
        ({"year": "1999"}, "2000"),
        ({"year": "明年"}, "整数"),
        ({"region": "110000"}, "110000"),
        ({"title": ""}, "必填"),
        ({"title": "名" * 201}, "200"),
    ],
)
def test_what_cannot_begin_is_told_and_kept(published, typed, said):
    client = browser()
    before = IndicatorTemplate.objects.count()
    answer = client.post(reverse("indicators:new"), fill(**typed))
    assert answer.status_code == 400
    assert said in words(answer)
    assert IndicatorTemplate.objects.count() == before


def test_a_county_begins_templates_of_its_own_only():
    people.department("b", "花垣县总工会", "433124")
    form = browser().get(reverse("indicators:new")).context["form"]
    assert [code for code, _ in form.fields["region"].choices] == ["433125"]
    assert browser(Role.BUREAU_LEAD).get(reverse("indicators:new")).status_code == 403


def test_next_year_is_proposed_and_may_be_changed(published):
    client = browser()
    form = client.get(address("clone", published)).context["form"]
    assert form.initial == {"year": 2025, "code": "small-2025", "region": "433125"}
    client.post(address("clone", published), {"year": "2026", "code": "klein", "region": "433125"})
    draft = IndicatorTemplate.objects.get(code="klein")
    assert (draft.first_year, draft.based_on, draft.unconfirmed) == (
        2026, published, ["indicators/A01", "grades"]
    )  # fmt: skip
    assert "待确认 2 处" in words(client.get(LIST))


def test_a_county_copies_what_belongs_to_its_province():
    province = publish(store_draft(read_template(small(region="430000"))), by="某人")
    client = browser()
    assert client.post(address("next_version", province)).status_code == 403
    client.post(address("clone", province), {"year": "2025", "code": "ours-2025", "region": "433125"})
    assert IndicatorTemplate.objects.get(code="ours-2025").region_code == "433125"
    refused = client.post(address("clone", province), {"year": "2025", "code": "b-2025", "region": "430000"})
    assert refused.status_code == 400


def test_a_copy_under_a_code_that_is_taken_is_refused(published):
    answer = browser().post(
        address("clone", published), {"year": "2025", "code": "small-2024", "region": "433125"}
    )
    assert answer.status_code == 400
    assert "“small-2024”已经有模板了" in words(answer)


def test_a_correction_within_the_year_is_the_next_version(published):
    client = browser()
    answer = client.post(address("next_version", published))
    draft = IndicatorTemplate.objects.get(state=State.DRAFT)
    assert answer.url == address("edit", draft)
    assert (draft.code, draft.version, draft.content) == ("small-2024", 2, published.content)
    again = client.post(address("next_version", published), follow=True)
    assert again.redirect_chain[0][0] == address("edit", draft)
    assert "已经有一份草稿" in words(again)


def test_a_draft_is_deleted_once_the_consequence_was_named(published):
    client = browser()
    draft = store_draft(read_template(small(title="草稿", total=100)))
    assert "不能找回" in words(client.get(address("discard", draft)))
    assert now(draft).title == "草稿"
    client.post(address("discard", draft))
    assert list(IndicatorTemplate.objects.all()) == [published]
    assert "不能删除" in words(client.post(address("discard", published), follow=True))
    assert now(published) == published
