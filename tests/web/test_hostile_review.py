"""Hostile input to the pages of review: refused or neutral, with a sentence, nothing half stored.

That a refused POST leaves every row as it was is asserted for each of them in `tests/conftest.py`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from evaluations import points, workflow
from evaluations.models import Comment, Evaluation, Event, ReviewedScore, Role, SavedFilter, State, Thread
from tests import people
from tests.people import Cast
from tests.reviewing import ASKED, sent_with_explanation

from .conftest import signed_in

REASON = "请按批文核对编制数"


@dataclass(frozen=True)
class Form:
    """One form of the review: what a friendly person sends, and the boxes that take text."""

    name: str
    data: Mapping[str, str]
    texts: tuple[str, ...]
    who: str = "reviewer"
    rest: tuple[Any, ...] = ()
    of_report: bool = True

    def url(self, reference: str, **known: object) -> str:
        rest = [known.get(part, part) for part in self.rest]
        return reverse(self.name, args=[reference, *rest] if self.of_report else rest)

    def __str__(self) -> str:
        return "-".join((self.name, *map(str, self.rest)))


def decision(action: str, who: str = "reviewer") -> Form:
    return Form("transition", {"reason": REASON, "version": "1"}, ("reason", "version"), who, (action,))


FORMS = [
    Form(
        "remarks", {"location": "money.quota", "text": ASKED, "version": "1"}, ("location", "text", "version")
    ),
    Form("remark", {"text": ASKED, "do": ""}, ("text", "do"), rest=("point",)),
    Form("remark", {"text": ASKED}, ("text",), "preparer", ("point",)),
    Form("scores", {"code": "A02", "points": "2", "reason": REASON}, ("code", "points", "reason")),
    Form(
        "judge",
        {"fingerprint": "finding", "verdict": "rejected", "remark": REASON},
        ("fingerprint", "verdict", "remark"),
    ),
    Form("worksheet", {"opinion": REASON, "revision": "0"}, ("opinion", "revision")),
    Form("assign", {"reviewer": "reviewer"}, ("reviewer",), "bureau_lead"),
    *map(decision, ("open", "pass_first", "return", "approve")),
    *(decision(action, "bureau_lead") for action in ("unapprove", "publish", "unpublish")),
    *(decision(action, "unit_head") for action in ("submit", "decline", "clear_secrecy", "ask_return")),
    *(decision(action, "preparer") for action in ("request_signature", "withdraw", "void")),
    Form("filter_keep", {"name": "县区", "query": "q=工会"}, ("name", "query"), of_report=False),
    Form("filter_drop", {"back": "q=工会"}, ("back",), rest=("0",), of_report=False),
    Form("queue_approve", {"shown": "x~y"}, ("shown", "report", "back"), of_report=False),
    Form(
        "queue_assign",
        {"reviewer": "reviewer", "report": "x"},
        ("reviewer", "report"),
        "bureau_lead",
        (),
        False,
    ),
]
forms = pytest.mark.parametrize("form", FORMS, ids=str)

#: Bytes as they may come in the body of a form; a browser would never send the last four.
NASTY = {
    "nothing": b"",
    "script": quote("<script>alert(1)</script>").encode(),
    "template": quote("{{ evaluation }}{% csrf_token %}").encode(),
    "turned around": quote("请核对\u202e数制编\u2066\u200f").encode(),
    "lines and controls": quote("请核对编制数\r\n\v\x1b[31m\u2028\ufeff").encode(),
    "huge": b"9" * 2_000_000,
    "exponent": b"1e999999",
    "location": quote("money.quota\n%2e%2e/..//lines[0].executed;DROP TABLE").encode(),
    "zero bytes": quote(ASKED).encode() + b"%00%00",
    "half a character": b"%ED%A0%80" + quote(ASKED).encode(),
    "no characters": b"%FF%FE%80" + quote(ASKED).encode(),
    "broken escapes": b"%%%zz%u0041" + quote(ASKED).encode(),
}


@dataclass
class Scene:
    """A report under review with an explanation and a point."""

    evaluation: Evaluation
    finding: str
    point: int
    clients: dict[str, Client] = field(default_factory=dict)

    @property
    def reference(self) -> str:
        return self.evaluation.reference

    def url(self, form: Form) -> str:
        return form.url(self.reference, point=self.point)

    def data(self, form: Form) -> dict[str, str]:
        return {name: self.finding if text == "finding" else text for name, text in form.data.items()}

    def send(self, form: Form, field: str, value: bytes):
        """The form with one box poisoned, as raw bytes."""
        rest = {name: text for name, text in self.data(form).items() if name != field}
        body = urlencode(rest).encode() + b"&" + field.encode() + b"=" + value
        kind = "application/x-www-form-urlencoded"
        return self.clients[form.who].post(self.url(form), body, content_type=kind)


@pytest.fixture
def scene(cast: Cast, ready: Evaluation) -> Scene:
    evaluation, finding = sent_with_explanation(cast, ready)
    point = points.raise_point(evaluation, "work", REASON, cast.reviewer).pk
    roles = ("preparer", "unit_head", "reviewer", "bureau_lead", "stranger")
    return Scene(evaluation, finding, point, {role: signed_in(cast[role]) for role in roles})


@forms
def test_whatever_stands_in_a_box_is_text_or_is_refused(scene: Scene, form: Form):
    for what, value in NASTY.items():
        for box in form.texts:
            answer = scene.send(form, box, value)
            assert answer.status_code in (200, 302, 400, 403, 404, 409), (what, box)
    stored = "".join(Comment.objects.values_list("text", flat=True))
    stored += "".join(f"{one.reason}" for one in ReviewedScore.objects.all())
    stored += "".join(SavedFilter.objects.values_list("name", flat=True))
    stored += "".join(str(event.detail) for event in Event.objects.all())
    assert not set("\x00\x1b\u202e\u2066\u200f\ufeff\u2028") & set(stored)
    assert all(len(text) <= 2000 for text in Comment.objects.values_list("text", flat=True))
    for page, who in (("review", "reviewer"), ("remarks", "preparer"), ("history", "preparer")):
        shown = scene.clients[who].get(reverse(page, args=[scene.reference]))
        assert b"<script>alert" not in shown.content


@forms
def test_a_form_sent_as_json_does_nothing(scene: Scene, form: Form):
    before = Thread.objects.count(), ReviewedScore.objects.count()
    body = {**scene.data(form), "reason": "\ud800\u0000"}
    answer = scene.clients[form.who].post(scene.url(form), body, content_type="application/json")
    assert answer.status_code < 500
    assert (Thread.objects.count(), ReviewedScore.objects.count()) == before


@forms
def test_a_form_from_another_site_does_nothing(cast: Cast, scene: Scene, form: Form):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast[form.who])
    before = Event.objects.count()
    answer = client.post(scene.url(form), scene.data(form))
    assert answer.status_code == 403
    assert "页面已过期，这次提交没有生效" in answer.content.decode()
    assert Event.objects.count() == before


@forms
def test_an_address_of_a_button_shows_a_page(scene: Scene, form: Form):
    answer = scene.clients[form.who].get(scene.url(form))
    if form.name in ("remarks", "queue_approve"):  # these have a page of their own
        assert answer.status_code in (200, 302)
    else:
        assert answer.status_code == 405
        assert "这个地址只在页面上点按钮时使用" in answer.content.decode()


def without_tokens(answer: HttpResponse) -> str:
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())


@pytest.mark.parametrize("form", [form for form in FORMS if form.of_report], ids=str)
def test_a_report_of_another_region_is_as_absent(scene: Scene, form: Form):
    elsewhere = people.department("huayuan-zgh", county="433124")
    client = signed_in(people.person("elsewhere", Role.BUREAU_LEAD, elsewhere))
    here = client.post(scene.url(form), scene.data(form))
    absent = client.post(form.url("2024-nowhere", point=scene.point), scene.data(form))
    assert here.status_code == absent.status_code == 404
    assert without_tokens(here) == without_tokens(absent)


def test_of_a_box_that_comes_twice_one_counts(scene: Scene):
    url = reverse("remarks", args=[scene.reference])
    data = {"location": ["work", "money.quota"], "text": ["第一句请核对", "第二句请核对"]}
    assert scene.clients["reviewer"].post(url, data).status_code == 302
    thread = Thread.objects.last()
    assert (thread.location, thread.comments.get().text) == ("money.quota", "第二句请核对")


@pytest.mark.parametrize(
    "typed",
    (
        *("1e999999", "1e-999999", "NaN", "sNaN", "Infinity", "-Infinity", "-1", "-0.01", "3.01", "1.005"),
        *(
            "0x1",
            "1_0",
            "0_1",
            "1e0",
            "9" * 5000,
            "1.0.0",
            "1,5",
            "２／３",
            "+1",
            "{{1}}",
            "٣",
            "1" + "0" * 20,
        ),
    ),
)
def test_what_is_no_score_is_refused(scene: Scene, typed: str):
    data = {"code": "A02", "points": typed, "reason": REASON}
    answer = scene.clients["reviewer"].post(reverse("scores", args=[scene.reference]), data)
    assert answer.status_code == 400
    assert "“工作效果”的复核分" in answer.content.decode()
    assert not ReviewedScore.objects.exists()


@pytest.mark.parametrize(
    ("typed", "points"), [("２", "2.00"), (" 2.5 ", "2.50"), ("-0", "0.00"), ("3.00", "3.00")]
)
def test_a_score_may_be_typed_as_chinese_keyboards_do(scene: Scene, typed: str, points: str):
    data = {"code": "A02", "points": typed, "reason": REASON}
    scene.clients["reviewer"].post(reverse("scores", args=[scene.reference]), data)
    assert str(ReviewedScore.objects.get().points) == points


#: Numbers in addresses that no row has: beyond what a column, and what an integer of the database, holds.
NUMBERS = ["0", str(2**15), str(2**31), str(2**63), str(10**30), "9" * 5000]


@pytest.mark.parametrize("number", NUMBERS, ids=lambda number: f"{len(number)} digits")
def test_a_number_without_a_row_is_not_found(scene: Scene, number: str):
    report = f"/evaluations/{scene.reference}"
    lead = scene.clients["bureau_lead"]
    for url in (f"{report}/evidence/{number}/", f"{report}/evidence/{number}/file/"):
        assert lead.get(url).status_code == 404, url
    for url in (
        f"{report}/remarks/{number}/",
        f"{report}/evidence/{number}/remove/",
        f"{report}/rectification/{number}/confirm/",
        f"/notices/{number}/",
    ):
        assert lead.post(url, {"text": ASKED}).status_code in (403, 404), url
    assert lead.post(f"/queue/filters/{number}/drop/").status_code in (302, 404)
    for url in (
        "/years/433125/{}/",
        "/years/433125/{}/progress/",
        "/public/433125/{}/",
    ):
        assert lead.get(url.format(number)).status_code == 404, url
    assert lead.get(f"{report}/review/", {"version": number}).status_code == 404
    assert lead.get(f"{report}/review/document/", {"since": number}).status_code == 404
    assert lead.get(f"/results/433125/{number}/").status_code in (200, 404)  # a year without results is empty
    assert lead.get(f"{report}/compare/", {"from": number, "to": "1"}).status_code < 500


@pytest.mark.parametrize("number", ["-1", "1.5", "１", "%00", "%0A", "1%0a", "..%2f..%2f", "%ff"])
def test_what_is_no_number_is_no_address(scene: Scene, number: str):
    for url in ("remarks/{}/", "evidence/{}/", "evidence/{}/file/"):
        path = f"/evaluations/{scene.reference}/{url.format(number)}"
        assert scene.clients["reviewer"].get(path).status_code == 404


QUERIES = [
    "after",
    "q",
    "state",
    "year",
    "region",
    "tab",
    "version",
    "since",
    "at",
    "view",
    "show",
    "from",
    "to",
]


@pytest.mark.parametrize("what", [name for name in NASTY if name != "huge"])
def test_whatever_stands_behind_an_address_shows_a_page(scene: Scene, what: str):
    query = b"&".join(name.encode() + b"=" + NASTY[what] for name in QUERIES).decode("latin-1")
    report = f"/evaluations/{scene.reference}"
    pages = [f"{report}/{page}/" for page in ("review", "review/document", "remarks", "compare", "history")]
    pages += [
        "/",
        "/queue/",
        "/queue/approve/",
        "/boards/",
        "/boards/units/",
        "/notices/",
        "/rectifications/",
    ]
    pages += ["/years/433125/2024/progress/", "/results/433125/2024/"]
    for page in pages:
        answer = scene.clients["bureau_lead"].get(page, QUERY_STRING=query)
        assert answer.status_code in (200, 302, 400, 404), page
        assert b"<script>alert" not in answer.content


# ── pages that are no longer true ──


def withdraw(scene: Scene, cast: Cast) -> None:
    """As before anybody had begun with the review: the scene's point was the beginning."""
    Evaluation.objects.filter(pk=scene.evaluation.pk).update(opened_at=None)
    workflow.perform("withdraw", scene.evaluation, cast.preparer)


def test_a_stale_tab_does_not_approve_what_was_withdrawn(cast: Cast, scene: Scene):
    points.settle(Thread.objects.get(), cast.reviewer)
    withdraw(scene, cast)
    answer = scene.send(decision("approve"), "version", b"1")
    assert answer.status_code == 403
    assert Evaluation.objects.get().state == State.DRAFT


def test_a_stale_tab_does_not_approve_what_has_been_sent_anew(cast: Cast, scene: Scene):
    points.settle(Thread.objects.get(), cast.reviewer)
    tab = scene.clients["reviewer"].get(reverse("review", args=[scene.reference])).content.decode()
    assert '<input type="hidden" name="version" value="1">' in tab
    withdraw(scene, cast)
    workflow.perform("submit", scene.evaluation, cast.unit_head)
    url = reverse("transition", args=[scene.reference, "approve"])
    answer = scene.clients["reviewer"].post(url, {"version": "1"}, follow=True)
    shown = answer.content.decode()
    assert "您看的是第 1 版，单位已重新送审第 2 版，请看新版后再办理。" in shown
    assert '<input type="hidden" name="version" value="2">' in shown
    assert Evaluation.objects.get().state == State.SUBMITTED
    scene.clients["reviewer"].post(url, {"version": "2"})
    assert Evaluation.objects.get().state == State.APPROVED


def test_every_form_of_the_reviewer_names_the_version_it_shows(scene: Scene):
    page = scene.clients["reviewer"].get(reverse("review", args=[scene.reference])).content.decode()
    actions = {}
    for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", page, re.DOTALL):
        actions[re.search(r'action="([^"]*)"', form)[1]] = 'name="version" value="1"' in form
    own = {url: named for url, named in actions.items() if f"/{scene.reference}/" in url}
    assert len(own) >= 7
    assert all(own.values()), own


def test_a_reason_typed_on_the_older_version_is_kept(cast: Cast, scene: Scene):
    withdraw(scene, cast)
    points.reply(Thread.objects.get(), ASKED, cast.preparer)
    workflow.perform("submit", scene.evaluation, cast.unit_head)
    answer = scene.send(decision("return"), "version", b"1")
    assert answer.status_code == 409
    assert f">{REASON}</textarea>" in answer.content.decode()


def test_an_older_version_shows_no_buttons_but_the_way_to_the_newest(cast: Cast, scene: Scene):
    withdraw(scene, cast)
    points.reply(Thread.objects.get(), ASKED, cast.preparer)
    workflow.perform("submit", scene.evaluation, cast.unit_head)
    page = reverse("review", args=[scene.reference])
    old = scene.clients["reviewer"].get(page, {"version": "1"}).content.decode()
    assert f'这是第 1 版；请看<a href="{page}">最新的第 2 版</a>后再办理。' in old
    assert reverse("transition", args=[scene.reference, "approve"]) not in old
    new = scene.clients["reviewer"].get(page).content.decode()
    assert reverse("transition", args=[scene.reference, "approve"]) in new


def test_a_doubled_click_decides_once(scene: Scene):
    form = decision("return")
    answers = [scene.send(form, "version", b"1") for _ in range(2)]
    assert answers[0].status_code == 302
    assert answers[1].status_code < 500
    assert Event.objects.filter(action="return").count() == 1
