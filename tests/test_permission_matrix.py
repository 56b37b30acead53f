"""Who gets what: every address of the application × everybody × every state of a report.

A new address without a row here fails the test.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from evaluations import evidence
from evaluations.documents import pdf
from evaluations.models import Evaluation, Evidence, Role, State
from evaluations.models.evidence import SEALED
from indicators.cloning import clone
from indicators.models import IndicatorTemplate
from tests import people
from tests.files import PDF, picture, sent
from tests.test_workflow_table import bring

#: Everybody who holds a role over the report's content, in the order of the columns below.
INSIDERS = ("preparer", "unit_head", "reviewer", "bureau_lead")
#: Who reads for the superior union what was sent, and nothing else (`OBSERVED`).
OBSERVER = "observer"
#: Everybody else; `stranger` and `other_reviewer` belong to another county.
OUTSIDERS = (
    "template_admin", "system_admin", "security_admin", "auditor", "stranger", "other_reviewer", "newcomer",
)  # fmt: skip
STATES = tuple(State)

REFERENCE = "2024-baojing-zgh"


@dataclass(frozen=True)
class Ask:
    """One request."""

    name: str
    method: str = "get"
    args: tuple[str, ...] = (REFERENCE,)
    data: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def url(self) -> str:
        return reverse(self.name, args=self.args)


STEP = (REFERENCE, "money")
SAVE = {"revision": "1", "do": "save", "quota": "12"}
NO_FINDING = {"code": "x", "fingerprint": "x", "text": "x"}
FILE, NEW_FILE = (REFERENCE, "990001"), (REFERENCE, "990002")
#: A draft of the county made from the template on which the report is, and its one indicator.
DRAFT, LEAF = ("990003",), "indicators/A01"
PLACE, SCAN = {"location": "money"}, {"location": SEALED}
REASON = {"reason": "请补充公用经费超支的原因。", "summary": "编制数已按批文改正。"}

# In draft, awaiting_signature, submitted, passed_first, returned, approved, published, voided:
READS = "200 200 200 200 200 200 200 200"  # the own report, always
GOES = (  # led on to a page of the own report, with a message where nothing was to be done
    "302 302 302 302 302 302 302 302"
)
SENT = "403 403 200 200 403 200 200 200"  # the content as it stands, only while nobody changes it
SENT_GOES = "403 403 302 302 403 302 302 302"
FROZEN = "403 403 200 200 200 200 200 200"  # the sent version, also while the department mends it
REVIEWS = "403 403 302 302 403 403 403 403"
NO_SUCH = "403 403 400 400 403 403 403 403"  # allowed, but there is no such explanation
NO_POINT = "403 403 404 404 403 403 403 403"  # allowed, but there is no such point
NO_ANSWER = "404 404 404 404 404 403 403 403"
FILLS = "200 200 403 403 200 403 403 403"
VOIDS = "302 302 403 403 302 403 403 403"  # given up before or after it was sent
UNSENT = "404 404 404 404 200 404 404 404"  # a file added since the report came back, for those who mend it …
NOT_SENT = "403 403 404 404 404 404 404 404"  # … and for the bureau
MENDS = "403 403 403 403 403 400 400 403"  # 整改 of what is approved
NOWHERE = "404 404 404 404 404 404 404 404"
NEVER = "403 403 403 403 403 403 403 403"
#: A reason was typed, so a refusal shows it again on the page.
TOLD_WITH_REASON = "403 403 409 409 409 409 409 409"


def only(states: str, answer: int, otherwise: str) -> str:
    """`otherwise`, but `answer` in the given states."""
    columns = otherwise.split()
    for state in states.split():
        columns[STATES.index(state)] = str(answer)
    return " ".join(columns)


def asked(states: str) -> str:
    """An action with a reason by somebody of the department: done in these states, else refused and shown."""
    return only(states, 302, "409 409 409 409 409 409 409 409")


def decided(states: str) -> str:
    """An action with a reason by somebody of the bureau."""
    return only(states, 302, TOLD_WITH_REASON)


def transition(action: str) -> tuple[str, str, tuple[str, str], Mapping[str, str]]:
    return ("transition", "post", (REFERENCE, action), REASON)


UNSENT_FILE = Ask("evidence_view", args=NEW_FILE)

#: Pages of one report, for preparer, unit_head, reviewer, bureau_lead. Everybody else gets 404.
REPORT: dict[Ask, tuple[str, str, str, str]] = {
    Ask("evaluation"): (GOES, GOES, SENT_GOES, SENT_GOES),
    Ask("section", args=STEP): (READS, READS, SENT, SENT),
    Ask("section", "post", STEP, SAVE): ("302 302 422 422 302 422 422 422", NEVER, NEVER, NEVER),
    Ask("autosave", "post", STEP, SAVE): (FILLS, NEVER, NEVER, NEVER),
    Ask("sentences", args=(*STEP, "t-money")): (FILLS, NEVER, NEVER, NEVER),
    Ask("explain", "post", data=NO_FINDING): (
        "422 422 422 422 422 422 422 422",
        NEVER,
        NEVER,
        NEVER,
    ),
    Ask("projects"): (READS, READS, SENT, SENT),
    Ask("projects", "post", data={"name": "帮扶"}): (GOES, NEVER, NEVER, NEVER),
    Ask("check"): (READS, READS, SENT, SENT),
    Ask("preview"): (READS, READS, FROZEN, FROZEN),
    Ask("compare"): (READS, READS, FROZEN, FROZEN),
    Ask("report_pdf"): (READS, READS, FROZEN, FROZEN),
    Ask("review"): (READS, READS, FROZEN, FROZEN),
    Ask("review_document"): (READS, READS, FROZEN, FROZEN),
    Ask("evidence"): (READS, READS, FROZEN, FROZEN),
    Ask("evidence", "post", data=PLACE): ("400 400 422 422 400 422 422 422", NEVER, NEVER, NEVER),
    Ask("evidence", "post", data=SCAN): (only("approved published", 400, NEVER), NEVER, NEVER, NEVER),
    Ask("evidence_view", args=FILE): (READS, READS, FROZEN, FROZEN),
    Ask("evidence_file", args=FILE): (READS, READS, FROZEN, FROZEN),
    UNSENT_FILE: (UNSENT, UNSENT, NOT_SENT, NOT_SENT),
    Ask("evidence_remove", "post", FILE): (GOES, NEVER, NEVER, NEVER),
    Ask("remarks"): (READS, READS, FROZEN, FROZEN),
    Ask("remarks", "post", data={"location": "money.quota", "text": "请核对编制数。"}): (
        NEVER,
        NEVER,
        REVIEWS,
        REVIEWS,
    ),
    Ask("remark", "post", (REFERENCE, "0"), {"text": "已按批文改正。"}): (
        NO_ANSWER,
        NO_ANSWER,
        NO_POINT,
        NO_POINT,
    ),
    Ask("judge", "post", data={"fingerprint": "x", "verdict": "accepted"}): (NEVER, NEVER, NO_SUCH, NO_SUCH),
    Ask("scores", "post", data={"code": "A02", "points": "1", "reason": "佐证不足，酌情扣分"}): (
        NEVER,
        NEVER,
        REVIEWS,
        REVIEWS,
    ),
    Ask("worksheet", "post", data={"opinion": "拟退回补充", "revision": "0"}): (
        NEVER,
        NEVER,
        REVIEWS,
        REVIEWS,
    ),
    Ask("history"): (READS, READS, SENT, SENT),
    Ask("rectification"): (READS, READS, FROZEN, FROZEN),
    Ask("rectification", "post"): (MENDS, MENDS, MENDS, MENDS),
    # There is no task; who may do what with one: tests/rectifying/test_table.py.
    Ask("rectify", "post", (REFERENCE, "1", "answer")): (
        NOWHERE,
        NOWHERE,
        NEVER,
        NEVER,
    ),
    Ask("rectify", "post", (REFERENCE, "1", "confirm")): (
        NEVER,
        NEVER,
        only("draft awaiting_signature", 403, NOWHERE),
        only("draft awaiting_signature", 403, NOWHERE),
    ),
    Ask(*transition("request_signature")): (asked("draft returned"), NEVER, NEVER, NEVER),
    Ask(*transition("submit")): (asked(""), asked("draft awaiting_signature returned"), NEVER, NEVER),
    Ask(*transition("decline")): (NEVER, asked("awaiting_signature"), NEVER, NEVER),
    Ask(*transition("withdraw")): (asked("awaiting_signature submitted"), NEVER, NEVER, NEVER),
    Ask(*transition("ask_return")): (asked("passed_first"), asked("passed_first"), NEVER, NEVER),
    Ask(*transition("clear_secrecy")): (NEVER, asked("submitted passed_first approved"), NEVER, NEVER),
    Ask("assign", "post", data={"reviewer": "niemand"}): (
        NEVER,
        NEVER,
        NEVER,
        only("submitted passed_first", 302, NEVER),
    ),
    Ask(*transition("open")): (NEVER, NEVER, decided("submitted"), decided("submitted")),
    Ask(*transition("pass_first")): (NEVER, NEVER, decided(""), decided("")),
    Ask(*transition("return")): (
        NEVER,
        NEVER,
        decided("submitted passed_first"),
        decided("submitted passed_first"),
    ),
    Ask(*transition("approve")): (
        NEVER,
        NEVER,
        decided("submitted"),  # the first review was this reviewer's
        decided("submitted passed_first"),
    ),
    Ask(*transition("unapprove")): (NEVER, NEVER, NEVER, decided("approved")),
    Ask(*transition("publish")): (NEVER, NEVER, NEVER, decided("")),
    Ask(*transition("unpublish")): (NEVER, NEVER, NEVER, decided("published")),
    Ask(*transition("void")): (VOIDS, NEVER, NEVER, VOIDS),
}

#: The column of the superior union's reader: what is not listed is refused.
READS_SENT = "403 403 200 200 403 200 200 403"
READS_FROZEN = "403 403 200 200 200 200 200 403"
OBSERVED: dict[str | Ask, str] = {
    UNSENT_FILE: "403 403 404 404 404 404 404 403",
    "evidence": READS_FROZEN,
    "evidence_view": READS_FROZEN,
    "evidence_file": READS_FROZEN,
    "evaluation": "403 403 302 302 403 302 302 403",
    "section": READS_SENT,
    "projects": READS_SENT,
    "check": READS_SENT,
    "preview": READS_FROZEN,
    "compare": READS_FROZEN,
    "report_pdf": READS_FROZEN,
    "remarks": READS_FROZEN,
    "review": READS_FROZEN,
    "review_document": READS_FROZEN,
    "history": READS_SENT,
    "rectification": READS_FROZEN,
}

EVERYBODY = frozenset((*INSIDERS, OBSERVER, *OUTSIDERS))
BOARDS = frozenset({*INSIDERS, OBSERVER, "stranger", "other_reviewer", "newcomer"})
LEAD = frozenset({"bureau_lead"})
BUREAU = frozenset({"reviewer", "bureau_lead", "other_reviewer"})
HEAD = frozenset({"unit_head"})
ADMIN = frozenset({"system_admin"})
SECURITY = frozenset({"security_admin"})
LINES = frozenset({"preparer", "stranger", "bureau_lead"})
LOG = frozenset({"auditor", "security_admin"})
TEMPLATES = frozenset({"template_admin", "bureau_lead"})
WORKSHOP = frozenset({"template_admin"})

#: Other pages: who may open them, the answer they get, and the answer of everybody else who has signed in.
OTHER: dict[Ask, tuple[frozenset[str], int, int]] = {
    Ask("home", args=()): (BOARDS, 200, 302),
    Ask("start", "post", (), {"department": "baojing-zgh", "year": "2024"}): (
        frozenset({"preparer"}),
        302,
        404,
    ),
    Ask("start", "post", (), {"department": "baojing-zgh", "year": "zwanzig"}): (frozenset(), 302, 404),
    Ask("queue", args=()): (BUREAU, 200, 403),
    Ask("filter_keep", "post", (), {"name": "重报", "query": "tab=again"}): (BUREAU, 302, 403),
    Ask("filter_drop", "post", ("0",)): (BUREAU, 302, 403),
    Ask("queue_approve", args=()): (BUREAU, 302, 403),
    Ask("queue_approve", "post", (), {"report": REFERENCE}): (BUREAU, 302, 403),
    Ask("queue_approve", "post", (), {"shown": f"{REFERENCE}~0"}): (BUREAU, 200, 403),
    Ask("queue_assign", "post", (), {"report": REFERENCE, "reviewer": "niemand"}): (LEAD, 302, 403),
    Ask("years", args=()): (LEAD, 200, 403),
    Ask("signatures", args=()): (LEAD, 200, 403),
    Ask("signatures", "post", (), {"do": "waive"}): (LEAD, 400, 403),
    Ask("year_add", args=()): (LEAD, 200, 403),
    Ask("year_add", "post", (), {"year": "1"}): (LEAD, 400, 403),
    Ask("year", args=("433125", "2024")): (LEAD, 200, 403),
    Ask("year", "post", ("433125", "2024"), {"opens_on": "x"}): (LEAD, 400, 403),
    Ask("year_closing", "post", ("433125", "2024"), {"closed": "1"}): (LEAD, 302, 403),
    Ask("year_templates", args=("433125", "2024")): (LEAD, 200, 403),
    Ask("year_templates", "post", ("433125", "2024")): (LEAD, 400, 403),
    Ask("year_task", args=("433125", "2024")): (LEAD, 200, 403),
    Ask("year_task", "post", ("433125", "2024"), {"text": "短"}): (LEAD, 400, 403),
    Ask("year_progress", args=("433125", "2024")): (LEAD, 200, 403),
    Ask("year_progress", "post", ("433125", "2024")): (LEAD, 400, 403),
    Ask("notices", args=()): (EVERYBODY, 200, 200),
    Ask("notices_read", "post", ()): (EVERYBODY, 302, 302),
    Ask("notice_read", "post", ("0",)): (frozenset(), 302, 404),
    Ask("mails", args=()): (ADMIN, 200, 403),
    Ask("mails", "post", (), {"mail": "x"}): (ADMIN, 302, 403),
    Ask("account", args=()): (EVERYBODY, 200, 200),
    Ask("account", "post", (), {"preference": "x"}): (EVERYBODY, 400, 400),
    Ask("results", args=("433125", "2024")): (LEAD, 200, 403),
    Ask("results_file", args=("433125", "2024", "json")): (LEAD, 200, 403),
    Ask("results_schema", args=()): (EVERYBODY, 200, 200),
    Ask("results_schema_1", args=()): (EVERYBODY, 200, 200),
    Ask("import_departments", args=()): (ADMIN, 200, 403),
    Ask("import_departments", "post", ()): (ADMIN, 400, 403),
    Ask("import_people", args=()): (ADMIN, 200, 403),
    Ask("import_people", "post", ()): (ADMIN, 400, 403),
    Ask("import_lines", args=()): (LINES, 200, 403),
    Ask("import_lines", "post", ()): (LINES, 400, 403),
    Ask("import_empty", args=("lines",)): (LINES, 200, 403),
    Ask("import_empty", args=("people",)): (ADMIN, 200, 403),
    Ask("import_confirm", args=("keine",)): (frozenset(), 200, 404),
    Ask("log", args=()): (LOG, 200, 403),
    Ask("login", args=()): (frozenset(), 200, 302),
    Ask("logout", "post", ()): (EVERYBODY, 302, 302),
    Ask("logout", args=()): (EVERYBODY, 405, 405),
    Ask("password_change", args=()): (EVERYBODY, 200, 200),
    Ask("password_reset", args=()): (EVERYBODY, 200, 200),
    Ask("password_reset_done", args=()): (EVERYBODY, 200, 200),
    Ask("password_reset_confirm", args=("MQ", "x-y")): (EVERYBODY, 200, 200),
    Ask("departments", args=()): (ADMIN, 200, 403),
    Ask("department_add", args=()): (ADMIN, 200, 403),
    Ask("department_add", "post", (), {"code": "X"}): (ADMIN, 400, 403),
    Ask("department", args=("baojing-zgh",)): (ADMIN, 200, 403),
    Ask("department", "post", ("baojing-zgh",), {"name": "县总工会", "is_active": "on"}): (ADMIN, 302, 403),
    Ask("department", args=("huayuan-zgh",)): (frozenset(), 200, 403),
    Ask("department_merge", args=("baojing-zgh",)): (ADMIN, 200, 403),
    Ask("department_merge", "post", ("baojing-zgh",)): (ADMIN, 400, 403),
    Ask("region_add", args=()): (ADMIN, 200, 403),
    Ask("region_add", "post", (), {"code": "1"}): (ADMIN, 400, 403),
    Ask("people", args=()): (ADMIN, 200, 403),
    Ask("person_add", args=()): (ADMIN, 200, 403),
    Ask("person_add", "post", (), {"username": "李 四"}): (ADMIN, 400, 403),
    Ask("person", args=("preparer",)): (ADMIN, 200, 403),
    Ask("person", "post", ("preparer",), {"name": "李四"}): (ADMIN, 302, 403),
    Ask("role_grant", "post", ("preparer",), {"role": "king"}): (ADMIN, 400, 403),
    Ask("role_end", "post", ("preparer", "0")): (frozenset(), 302, 403),
    Ask("password_give", "post", ("preparer",)): (ADMIN, 200, 403),
    Ask("account_switch", "post", ("preparer",), {"active": "0"}): (ADMIN, 302, 403),
    Ask("own_people", args=()): (HEAD, 302, 403),
    Ask("staff", args=("baojing-zgh",)): (HEAD, 200, 403),
    Ask("staff", args=("huayuan-zgh",)): (frozenset(), 200, 403),
    Ask("staff", "post", ("baojing-zgh",), {"known-username": "niemand"}): (HEAD, 400, 403),
    Ask("staff_add", "post", ("baojing-zgh",), {"new-username": "李 四"}): (HEAD, 400, 403),
    Ask("staff_end", "post", ("baojing-zgh", "0")): (frozenset(), 302, 403),
    Ask("board", args=()): (BUREAU, 200, 403),
    Ask("board_units", args=()): (BUREAU, 200, 403),
    Ask("board_file", args=()): (BUREAU, 200, 403),
    Ask("rectifications", args=()): (BUREAU, 200, 403),
    Ask("rectifications_file", args=()): (BUREAU, 200, 403),
    Ask("department_years", args=("baojing-zgh",)): (frozenset({*INSIDERS, OBSERVER}), 200, 404),
    Ask("department_years", args=("huayuan-zgh",)): (frozenset({"stranger", "other_reviewer"}), 200, 404),
    Ask("department_years", args=("nirgends",)): (frozenset(), 200, 404),
    Ask("public_year", args=("433125", "2024")): (frozenset(), 200, 404),
    Ask("public_report", args=(REFERENCE,)): (frozenset(), 200, 404),
    Ask("template-preview", args=DRAFT): (TEMPLATES, 200, 403),
    Ask("template-preview-document", args=DRAFT): (TEMPLATES, 200, 403),
    Ask("template-preview-pdf", args=DRAFT): (TEMPLATES, 200, 403),
    Ask("locks", args=()): (SECURITY, 200, 403),
    Ask("locks", "post", (), {"lock": "x"}): (SECURITY, 302, 403),
    Ask("indicators:templates", args=()): (TEMPLATES, 200, 403),
    Ask("indicators:edit", args=DRAFT): (TEMPLATES, 200, 403),
    Ask("indicators:import", args=()): (WORKSHOP, 200, 403),
    Ask("indicators:import", "post", ()): (WORKSHOP, 400, 403),
    Ask("indicators:import_store", "post", ()): (WORKSHOP, 302, 403),
    Ask("indicators:export", args=DRAFT): (TEMPLATES, 200, 403),
    Ask("indicators:download", args=(*DRAFT, "yaml")): (TEMPLATES, 200, 403),
    Ask("indicators:new", args=()): (WORKSHOP, 200, 403),
    Ask("indicators:new", "post", (), {"title": "新的"}): (WORKSHOP, 400, 403),
    Ask("indicators:clone", args=DRAFT): (WORKSHOP, 200, 403),
    Ask("indicators:clone", "post", DRAFT, {"year": "1"}): (WORKSHOP, 400, 403),
    Ask("indicators:next_version", "post", DRAFT): (WORKSHOP, 302, 403),
    Ask("indicators:discard", args=DRAFT): (WORKSHOP, 200, 403),
    Ask("indicators:discard", "post", DRAFT): (WORKSHOP, 302, 403),
    Ask("indicators:trial", "post", (*DRAFT, "A01"), {"try:trial-value": "1"}): (TEMPLATES, 200, 403),
    Ask("indicators:verify", args=DRAFT): (TEMPLATES, 200, 403),
    Ask("indicators:publish", args=DRAFT): (WORKSHOP, 200, 403),
    Ask("indicators:publish", "post", DRAFT, {"sure": "不能再改"}): (WORKSHOP, 409, 403),
    Ask("indicators:retire", args=DRAFT): (WORKSHOP, 200, 403),
    Ask("indicators:retire", "post", DRAFT, {"sure": "好"}): (WORKSHOP, 400, 403),
    Ask("indicators:weights", "post", DRAFT, {"weight.A01": "9", "seen.A01": "9"}): (WORKSHOP, 302, 403),
    Ask("indicators:grow", "post", DRAFT, {"name": "新的"}): (WORKSHOP, 302, 403),
    Ask("indicators:shift", "post", DRAFT, {"down": "fields/quota"}): (WORKSHOP, 302, 403),
    Ask("indicators:move", args=DRAFT, data={"address": LEAF}): (WORKSHOP, 200, 403),
    Ask("indicators:move", "post", DRAFT, {"address": LEAF, "parent": ""}): (WORKSHOP, 302, 403),
    Ask("indicators:remove", args=DRAFT, data={"address": LEAF}): (WORKSHOP, 200, 403),
    Ask("indicators:remove", "post", DRAFT, {"address": LEAF, "seen": "x"}): (WORKSHOP, 302, 403),
    Ask("indicators:confirm", "post", DRAFT, {"address": LEAF}): (WORKSHOP, 302, 403),
    Ask("indicators:part", args=(*DRAFT, "general")): (TEMPLATES, 200, 403),
    Ask("indicators:pieces", args=(*DRAFT, "fields")): (TEMPLATES, 200, 403),
    Ask("indicators:add", "post", (*DRAFT, "fields"), {"name": "新的"}): (WORKSHOP, 302, 403),
    Ask("indicators:formula", "post", DRAFT, {"address": "general"}): (TEMPLATES, 200, 403),
    Ask("indicators:part", "post", (*DRAFT, "grades"), {"do": "add:"}): (WORKSHOP, 200, 403),
    Ask("indicators:differences", args=DRAFT): (TEMPLATES, 200, 403),
    Ask("template-effect", args=DRAFT): (TEMPLATES, 200, 403),
    Ask("template-effect", "post", DRAFT): (WORKSHOP, 302, 403),
}
#: Answers that differ for whoever passes the door but asks for what is not in the own county.
ABSENT = {
    Ask("department", args=("huayuan-zgh",)): "system_admin",
    Ask("role_end", "post", ("preparer", "0")): "system_admin",
    Ask("staff", args=("huayuan-zgh",)): "unit_head",
    Ask("staff_end", "post", ("baojing-zgh", "0")): "unit_head",
}
#: What anybody may open without signing in.
OPEN = {
    "public_year",
    "public_report",
    "results_schema",
    "results_schema_1",
    "login",
    "password_reset",
    "password_reset_done",
    "password_reset_confirm",
}


@pytest.fixture
def everybody(cast: people.Cast) -> dict[str, Client]:
    """A browser for each person."""
    elsewhere = cast.stranger.memberships.get().department
    users = {name: cast[name] for name in EVERYBODY if name != "other_reviewer"}
    users["other_reviewer"] = people.person("other-reviewer", Role.REVIEWER, elsewhere)
    clients = {name: Client() for name in users}
    for name, client in clients.items():
        client.force_login(users[name])
    return clients


def attach(one: Evaluation, by: people.Cast, ask: tuple[str, str], content: bytes) -> None:
    """Evidence under a number that is known beforehand."""
    row = evidence.attach(one, "money", "材料", sent("材料", content), by.preparer)
    Evidence.objects.filter(pk=row.pk).update(id=ask[1])


def draft(one: Evaluation) -> None:
    """A draft under a number that is known beforehand."""
    made = clone(one.template, 2025, "某人", region="433125")
    IndicatorTemplate.objects.filter(pk=made.pk).update(id=DRAFT[0])


def answer(client: Client, ask: Ask, **headers: str) -> HttpResponse:
    """The answer; what the request changed, in the database and in the browser, is undone."""
    cookies = client.cookies.copy()
    with transaction.atomic():
        response = getattr(client, ask.method)(ask.url, ask.data, headers=headers)
        transaction.set_rollback(True)
    client.cookies = cookies
    return response


def names(resolver: URLResolver, namespace: str = "") -> Iterator[str]:
    """The names of all addresses, with their namespaces."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}"
        else:
            yield from names(pattern, f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace)


def test_every_address_has_a_row() -> None:
    assert set(names(get_resolver())) == {ask.name for ask in (*REPORT, *OTHER)}


@pytest.mark.parametrize("state", STATES)
def test_a_report_answers_each_by_role_and_state(
    state: str,
    cast: people.Cast,
    ready: Evaluation,
    everybody: dict[str, Client],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pdf, "render", lambda html: b"%PDF-")
    attach(ready, cast, FILE, PDF)
    bring(ready, cast, state)
    if state == State.RETURNED:
        attach(ready, cast, NEW_FILE, picture())
    wrong = {}
    for ask, row in REPORT.items():
        expected = dict.fromkeys(OUTSIDERS, 404)
        expected |= {
            name: int(column.split()[STATES.index(state)]) for name, column in zip(INSIDERS, row, strict=True)
        }
        read = OBSERVED.get(ask, OBSERVED.get(ask.name, NEVER)) if ask.method == "get" else NEVER
        expected[OBSERVER] = int(read.split()[STATES.index(state)])
        for name, status in expected.items():
            found = answer(everybody[name], ask).status_code
            if found != status:
                wrong[f"{name} {ask.method} {ask.url}"] = f"{found}, expected {status}"
    assert wrong == {}


def test_other_pages_answer_each_by_role(
    ready: Evaluation,
    everybody: dict[str, Client],
) -> None:
    draft(ready)
    wrong = {}
    for ask, (who, allowed, refused) in OTHER.items():
        for name, client in everybody.items():
            status = allowed if name in who else 404 if ABSENT.get(ask) == name else refused
            found = answer(client, ask).status_code
            if found != status:
                wrong[f"{name} {ask.method} {ask.url}"] = f"{found}, expected {status}"
    assert wrong == {}


def test_nobody_gets_in_without_signing_in(ready: Evaluation) -> None:
    wrong = {}
    for ask in (*REPORT, *OTHER):
        response = answer(Client(), ask)
        leads_to_login = response.status_code == 302 and response["Location"].startswith("/login/")
        if leads_to_login == (ask.name in OPEN):
            wrong[f"{ask.method} {ask.url}"] = response.status_code
    assert wrong == {}


def test_scripts_are_told_that_the_session_has_ended(ready: Evaluation) -> None:
    response = answer(Client(), Ask("autosave", "post", STEP, SAVE), accept="application/json")
    assert response.status_code == 401
    assert "登录已过期" in response.json()["message"]


def test_strangers_cannot_tell_an_existing_report_from_an_absent_one(
    ready: Evaluation,
    everybody: dict[str, Client],
) -> None:
    def page(name: str, ask: Ask) -> tuple[int, str, list[tuple[str, str]]]:
        response = answer(everybody[name], ask)
        text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())
        return response.status_code, text, sorted(response.items())

    for ask in REPORT:
        absent = Ask(ask.name, ask.method, ("2024-nirgends", *ask.args[1:]), ask.data)
        for name in OUTSIDERS:
            assert page(name, ask) == page(name, absent)
