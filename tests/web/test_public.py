"""What the public sees: nothing by default, then what is published, without clerks and without cookies."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from evaluations import workflow, years
from evaluations.documents import cache, pdf, public_pdf
from evaluations.models import Event, FiscalYear, State
from tests import people
from tests.people import Cast
from tests.test_workflow_table import bring

from .conftest import signed_in

REFERENCE = "2024-baojing-zgh"
PAGE = "/public/433125/2024/"
REPORT = f"/public/{REFERENCE}/report.pdf"


@pytest.fixture(autouse=True)
def forgetful(settings, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing made or failed before."""
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(public_pdf, "_KEYS", {})
    monkeypatch.setattr(public_pdf, "_FAILED", {})


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The HTML of every PDF that had to be made."""
    pages: list[str] = []

    def render(page: str) -> bytes:
        pages.append(page)
        data = f"%PDF-{len(pages)}".encode()
        cache.write(pdf.key_of(page), data)
        return data

    monkeypatch.setattr(pdf, "render", render)
    return pages


@pytest.fixture
def published(cast: Cast, ready) -> None:
    """The report is published and the page is on."""
    bring(ready, cast, State.PUBLISHED)
    FiscalYear.objects.update(public_page=True)


def test_nothing_is_public_by_default(cast: Cast, ready, client: Client):
    bring(ready, cast, State.PUBLISHED)
    assert client.get(PAGE).status_code == 404
    assert client.get(REPORT).status_code == 404


def test_the_page_lists_what_is_published(published: None, client: Client):
    page = client.get(PAGE).content.decode()
    assert "保靖县 2024 年度部门整体支出绩效自评公开" in page
    assert "保靖县总工会" in page
    assert "保靖县财政局" in page
    assert re.search(r"批准日期\D+\d{4}年\d+月\d+日", page[page.index("<tbody>") :])
    assert REPORT in page
    for name in ("reviewer甲", "bureau-lead甲", "preparer甲", "unit-head甲", "退出登录"):
        assert name not in page


def test_the_body_of_approval_can_be_named(published: None, cast: Cast, client: Client):
    FiscalYear.objects.update(public_body="保靖县财政局绩效评价中心")
    assert "保靖县财政局绩效评价中心" in client.get(PAGE).content.decode()


def test_the_lead_switches_the_page_on_and_off(cast: Cast, ready, client: Client):
    bring(ready, cast, State.PUBLISHED)
    lead, url = signed_in(cast.bureau_lead), reverse("year", args=["433125", "2024"])
    form = {"template": str(people.template().pk), "public_page": "on"}
    assert lead.post(url, form).status_code == 302
    assert PAGE in lead.get(url).content.decode()
    assert client.get(PAGE).status_code == 200
    told = signed_in(cast.auditor).get(reverse("log"), {"action": "set_year"}).content.decode()
    assert "公开页 打开" in told
    assert lead.post(url, form | {"public_page": ""}).status_code == 302
    assert client.get(PAGE).status_code == 404


@pytest.mark.parametrize("state", [state for state in State if state != State.PUBLISHED])
def test_what_is_not_published_is_not_there(cast: Cast, ready, client: Client, made: list[str], state: State):
    bring(ready, cast, state)
    FiscalYear.objects.update(public_page=True)
    page = client.get(PAGE)
    assert page.status_code == 200
    assert "目前没有公开的报告" in page.content.decode()
    assert REFERENCE not in page.content.decode()
    assert client.get(REPORT).status_code == 404
    assert made == []


def test_off_absent_and_unpublished_get_one_answer(cast: Cast, ready, client: Client):
    def answer(url: str) -> tuple[int, str, list[tuple[str, str]]]:
        response = client.get(url)
        return response.status_code, response.content.decode(), sorted(response.items())

    bring(ready, cast, State.APPROVED)
    off = answer(PAGE), answer(REPORT)
    FiscalYear.objects.update(public_page=True)
    urls = [REPORT, "/public/433125/2023/", "/public/999999/2024/", "/public/x/99999999999999999999/"]
    urls += ["/public/2024-nirgends/report.pdf", "/public/433124/2024/"]
    assert {str(one) for one in (*off, *map(answer, urls))} == {str(off[0])}
    assert off[0][0] == 404


def test_withdrawn_publication_is_gone(published: None, cast: Cast, ready, client: Client, made: list[str]):
    assert client.get(REPORT).status_code == 200
    workflow.perform("unpublish", ready, cast.bureau_lead, "发现数字有误，先撤下更正。")
    assert client.get(REPORT).status_code == 404
    assert REFERENCE not in client.get(PAGE).content.decode()


def test_caches_may_keep_it_and_no_cookie_is_set(published: None, client: Client, made: list[str]):
    for url in (PAGE, REPORT):
        response = client.get(url)
        assert response["Cache-Control"] == "public, max-age=0, s-maxage=300"
        assert "Cookie" not in response.get("Vary", "")
        assert not response.cookies
        assert client.head(url).status_code == 200
        assert client.post(url).status_code in (403, 405)
        assert client.get(url, headers={"If-None-Match": response["ETag"]}).status_code == 304


def test_whoever_is_signed_in_sees_the_same_page(published: None, cast: Cast, client: Client):
    cast.preparer.must_change_password = True
    cast.preparer.save()
    assert signed_in(cast.preparer).get(PAGE).content == client.get(PAGE).content


def test_a_report_is_made_once(
    published: None, client: Client, made: list[str], django_assert_max_num_queries
):
    first = client.get(REPORT)
    assert first["Content-Type"] == "application/pdf"
    with django_assert_max_num_queries(2):
        assert client.get(REPORT).content == first.content
    assert len(made) == 1


def test_the_list_costs_the_same_however_long(published: None, client: Client, django_assert_num_queries):
    with django_assert_num_queries(2):
        client.get(PAGE)


def test_a_report_that_cannot_be_made_is_not_tried_again_at_once(
    published: None, client: Client, monkeypatch: pytest.MonkeyPatch
):
    attempts = []

    def fail(page: str) -> bytes:
        attempts.append(page)
        raise pdf.RenderFailed(pdf.REASONS["time"])

    monkeypatch.setattr(pdf, "render", fail)
    for _ in range(3):
        answer = client.get(REPORT)
        assert (answer.status_code, answer["Retry-After"]) == (503, "60")
        assert "报告暂时不能下载" in answer.content.decode()
    assert len(attempts) == 1


def test_one_at_a_time(published: None, client: Client, made: list[str], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(public_pdf, "WAIT_SECONDS", 0.01)
    with public_pdf._LOCK:
        assert client.get(REPORT).status_code == 503
    assert client.get(REPORT).status_code == 200


def test_the_public_report_leaves_clerks_out_and_the_departments_own_does_not(
    cast: Cast, ready, client: Client, made: list[str]
):
    people.save(
        ready,
        "work",
        people.Posted(texts={"t-work": "# 帮扶\n联系人：张三，电话13812345678。\n# 组建\n新建三家。"}),
    )
    bring(ready, cast, State.PUBLISHED)
    FiscalYear.objects.update(public_page=True)
    own = signed_in(cast.preparer).get(reverse("preview", args=[REFERENCE])).content.decode()
    assert "13812345678" in own
    assert client.get(REPORT).status_code == 200
    assert "张三" not in made[0]
    assert "13812345678" not in made[0]
    assert "新建三家" in made[0]


def test_the_event_names_who_published_and_the_page_does_not(published: None, cast: Cast, client: Client):
    assert Event.objects.get(action="publish").actor == cast.bureau_lead
    assert "bureau" not in client.get(PAGE).content.decode()


def test_set_year_keeps_its_rules(cast: Cast):
    people.fiscal_year()
    year = years.set_year(
        cast.bureau_lead,
        cast.department.region,
        2024,
        template=people.template(),
        opens_on=None,
        due_on=None,
        public_page=True,
        public_body=" 县财政局 ",
    )
    assert (year.public_page, year.approving_body) == (True, "县财政局")
    with pytest.raises(years.PermissionDenied):
        years.set_year(
            cast.reviewer,
            cast.department.region,
            2024,
            template=people.template(),
            opens_on=None,
            due_on=None,
            public_page=True,
        )
