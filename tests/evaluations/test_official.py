"""复核分: one official figure everywhere, held against the log, and out of reach once it is decided."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.urls import reverse

from evaluations import access, assessing, drafting, judging, ledger, points, rescoring, workflow, worksheets
from evaluations.boarding.years import Comparison
from evaluations.errors import ServiceError
from evaluations.exporting import results
from evaluations.models import (
    Comment,
    Evaluation,
    Event,
    Explanation,
    FiscalYear,
    Region,
    ReviewedScore,
    Snapshot,
    State,
    Thread,
    User,
    Worksheet,
)
from evaluations.sections import Posted
from tests import projects as of_projects
from tests.evaluations.test_commands import Run, run  # noqa: F401  (fixture)
from tests.evaluations.test_snapshots import tamper
from tests.people import Cast, save
from tests.test_workflow_table import PERSONS, SERVICES, act
from tests.web.conftest import signed_in

REASON = "佐证只有一半，按一半给分。"


@pytest.fixture
def sent(cast: Cast, ready: Evaluation) -> Evaluation:
    return workflow.perform("submit", ready, cast.unit_head)


@pytest.fixture
def rescored(cast: Cast, sent: Evaluation) -> Evaluation:
    """10.00 as it was sent, 8.50 with the reviewer's 1.5 of 3 for A02."""
    rescoring.review_score(sent, "A02", "1.5", REASON, cast.reviewer)
    return again(sent)


@pytest.fixture
def approved(cast: Cast, rescored: Evaluation) -> Evaluation:
    return workflow.perform("approve", rescored, cast.reviewer)


def again(evaluation: Evaluation) -> Evaluation:
    return access.with_relations(Evaluation.objects.all()).get(pk=evaluation.pk)


def printed(run: Run, evaluation: Evaluation) -> dict[str, Any]:  # noqa: F811
    code, out, _ = run("score_evaluation", evaluation.reference, "--json")
    assert code == 0
    return json.loads(out)


# ── one figure everywhere ──


def test_the_command_prints_the_official_sheet(cast: Cast, run: Run, rescored: Evaluation):  # noqa: F811
    for _ in ("under review", "approved"):
        sheet = printed(run, rescored)
        assert (sheet["total"], sheet["grade"]) == ("8.50", "差")
        (line,) = (line for line in sheet["lines"] if line["code"] == "A02")
        assert (line["computed"], line["reviewed"], line["score"]) == ("3", "1.5", "1.5")
        assert [line["reviewed"] for line in sheet["lines"]] == [None, "1.5", None]
        _, told, _ = run("score_evaluation", rescored.reference)
        assert told.splitlines()[-2:] == ["其中 1 项用复核分，总分和等级已按复核分计算", "总分 8.50 差"]
        if rescored.state == State.SUBMITTED:
            rescored = workflow.perform("approve", rescored, cast.reviewer)


def test_of_a_draft_the_command_prints_what_stands_there(cast: Cast, run: Run, rescored: Evaluation):  # noqa: F811
    workflow.perform("return", rescored, cast.reviewer, "请补充佐证材料。")
    sheet = printed(run, rescored)
    assert (sheet["total"], [line["reviewed"] for line in sheet["lines"]]) == ("10.00", [None] * 3)
    back = again(rescored)
    assert back.reviewed_total == Decimal("8.50"), "what was given to the version that went back"
    assert (back.rescored, back.official_total, back.official_grade) == (False, Decimal("10.00"), "优")


def test_page_command_list_boards_and_exports_say_the_same(
    cast: Cast,
    run: Run,  # noqa: F811
    approved: Evaluation,
):
    client = signed_in(cast.bureau_lead)
    assert printed(run, approved)["total"] == "8.50"
    asked = {
        "review": [approved.reference],
        "home": [],
        "board_units": [],
        "department_years": [approved.department.code],
        "results": ["433125", "2024"],
    }
    for name, args in asked.items():
        shown = client.get(reverse(name, args=args)).content.decode()
        assert "8.50" in shown and "10.00" in shown, name
        assert "差" in shown, name
    for name in ("home", "board_units", "results"):
        shown = client.get(reverse(name, args=asked[name])).content.decode()
        assert '10.00 → <strong><span class="visually-hidden">复核分 </span>8.50</strong>' in shown, name
    (one,) = results.collect(Region.objects.get(code="433125"), 2024)["results"]
    assert (one["total"], one["reviewed"]["total"], one["reviewed"]["grade"]) == ("10.00", "8.50", "差")


def test_lists_say_only_one_figure_where_nobody_scored_anew(cast: Cast, sent: Evaluation):
    shown = signed_in(cast.reviewer).get(reverse("home")).content.decode()
    assert "10.00" in shown
    assert "→" not in shown


def test_the_public_page_gives_the_official_grade(cast: Cast, approved: Evaluation):
    act("clear_secrecy", approved, cast.unit_head)
    act("publish", approved, cast.bureau_lead)
    FiscalYear.objects.update(public_page=True)
    shown = signed_in(cast.newcomer).get(reverse("public_year", args=["433125", "2024"])).content.decode()
    assert "10.00" in shown and "8.50" in shown
    assert "差" in shown and "优" not in shown


def test_the_years_of_a_department_go_by_official_points(
    cast: Cast, approved: Evaluation, django_assert_max_num_queries
):
    told = {one.label: one.values for one in Comparison(cast.unit_head, cast.department).measures}
    assert (told["自评总分"], told["复核分"], told["等级"]) == (["10.00"], ["8.50"], ["差"])
    assert told["过程"] == ["8.5 / 10"]
    assert told["失分合计"] == ["1.50"]
    client = signed_in(cast.unit_head)
    with django_assert_max_num_queries(12):
        client.get(reverse("department_years", args=[approved.department.code]))


def test_a_projects_reviewed_score_is_its_own(cast: Cast, run: Run):  # noqa: F811
    parent = of_projects.evaluation(cast)
    hall, _ = of_projects.complete(parent)
    workflow.perform("submit", again(parent), cast.unit_head)
    rescoring.review_score(again(hall), "P02", "1", REASON, cast.reviewer)
    before = again(parent)
    workflow.perform("approve", before, cast.reviewer)
    hall, parent = again(hall), again(parent)
    assert printed(run, hall)["total"] == f"{hall.reviewed_total:f}" != f"{hall.total:f}"
    assert printed(run, parent)["total"] == f"{parent.total:f}"
    (one,) = results.collect(Region.objects.get(code="433125"), 2024)["results"]
    assert one["reviewed"] is None
    given = {project["reference"]: project["reviewed"] for project in one["projects"]}
    assert given[hall.reference]["total"] == f"{hall.reviewed_total:f}"
    assert [given[hall.reference]["indicators"], *given.values()].count(None) == 1
    detail = Event.objects.get(action="approve").detail
    assert (detail["reviewed"], detail["reviewed_total"]) == ({hall.reference: {"P02": "1"}}, "")
    assert run("verify_integrity")[0] == 0


def test_a_decision_is_taken_on_what_stands_under_the_lock(cast: Cast, sent: Evaluation):
    """Another reviewer scores anew after the page was read: the log has the later figure."""
    stale = again(sent)
    rescoring.review_score(again(sent), "A02", "1.5", REASON, cast.bureau_lead)
    done = workflow.perform("approve", stale, cast.reviewer)
    detail = Event.objects.get(action="approve").detail
    assert (detail["reviewed_total"], detail["reviewed_grade"]) == ("8.50", "差")
    assert done.official_total == Decimal("8.50")


# ── the log holds rows and columns ──


def columns(**values: object) -> Callable[[Evaluation], object]:
    return lambda evaluation: Evaluation.objects.filter(pk=evaluation.pk).update(**values)


def rows(**values: object) -> Callable[[Evaluation], object]:
    return lambda evaluation: ReviewedScore.objects.update(**values)


def added(evaluation: Evaluation) -> None:
    line = Snapshot.objects.get().content["sheet"]["lines"][0]
    basis = rescoring.basis_of(line)
    ReviewedScore.objects.create(
        evaluation=evaluation, code=line["code"], basis=basis, points="2", reason="事后添加"
    )


def forged(evaluation: Evaluation) -> None:
    """A row and its log entry, but not what was approved."""
    author = User.objects.get(username="reviewer")
    ReviewedScore.objects.update(points="3", author=author)
    detail = {"code": "A02", "title": "x", "points": "3", "reason": REASON, "version": 1}
    Event.objects.create(action="review_score", evaluation=evaluation, actor=author, detail=detail)
    Evaluation.objects.update(reviewed_total="10.00", reviewed_grade="优")


def unlogged(evaluation: Evaluation) -> None:
    tamper("DELETE FROM evaluations_event WHERE action = %s", "approve")


TAMPERING: dict[str, tuple[Callable[[Evaluation], object], str]] = {
    "points": (rows(points="3"), "指标 A02 的复核分是 3 分，操作日志中记的是 1.5 分"),
    "reason": (rows(reason="另有原因的扣分"), "指标 A02 的复核理由或复核人与操作日志中的不同"),
    "author": (rows(author=None), "指标 A02 的复核理由或复核人与操作日志中的不同"),
    "basis": (rows(basis="0" * 64), "所依据的得分行不是第 1 版定稿的那一行"),
    "added": (added, "指标 A01 的复核分 2 分在操作日志中没有记录"),
    "removed": (
        lambda evaluation: ReviewedScore.objects.all().delete(),
        "指标 A02 的复核分已不存在，操作日志中记的是 1.5 分",
    ),
    "forged with its log": (
        forged,
        "不一致：批准时 2024-baojing-zgh 的 A02 为 1.5 分，现在 2024-baojing-zgh 的 A02 为 3 分",
    ),
    "total": (columns(reviewed_total="9.90"), "复核总分是 9.90 分，按现有复核分重新计算是 8.50 分"),
    "no total": (columns(reviewed_total=None), "复核总分是空的，按现有复核分重新计算是 8.50 分"),
    "grade": (columns(reviewed_grade="优"), "复核等级是“优”，按现有复核分重新计算是“差”"),
    "no approver": (columns(decided_by=None), "状态是“已批准”，审批人却没有"),
    "no day": (columns(decided_at=None), "状态是“已批准”，审结时间却没有"),
    "another day": (columns(decided_at="2020-01-01T00:00:00Z"), "审结时间与操作日志中的不同"),
    "published": (columns(published_at="2024-05-01T00:00:00Z"), "状态是“已批准”，公开时间却不是空的"),
    "state": (columns(state="submitted"), "状态是“已送审”，操作日志中最后一步到“已批准”"),
    "secrecy": (columns(secrecy_statement="不涉密"), "保密审查意见、审查人或时间与操作日志中的不同"),
    "no approval logged": (unlogged, "操作日志中没有批准的记录"),
}


@pytest.mark.parametrize("what", TAMPERING)
def test_what_was_changed_behind_the_services_is_named(run: Run, approved: Evaluation, what: str):  # noqa: F811
    assert run("verify_integrity")[0] == 0
    change, sentence = TAMPERING[what]
    change(approved)
    code, out, _ = run("verify_integrity", "--json")
    found = json.loads(out)["faults"]
    assert code == 1
    assert sentence in "\n".join(one["message"] for one in found)
    assert {one["place"] for one in found} == {"2024-baojing-zgh"}


def test_another_approver_than_the_log_says(cast: Cast, approved: Evaluation):
    columns(decided_by=cast.bureau_lead)(approved)
    assert [message for _, message in ledger.faults()] == ["审批人与操作日志中的不同"]


def test_publication_is_held_against_the_log(cast: Cast, approved: Evaluation):
    act("clear_secrecy", approved, cast.unit_head)
    act("publish", approved, cast.bureau_lead)
    assert list(ledger.faults()) == []
    changes = (
        ({"published_at": None}, ["状态是“已公开”，公开时间却没有"]),
        ({"published_at": "2020-01-01T00:00:00Z"}, ["公开时间与操作日志中的不同"]),
        ({"secrecy_by": cast.preparer}, ["保密审查意见、审查人或时间与操作日志中的不同"]),
        (
            {"secrecy_statement": "", "secrecy_by": None, "secrecy_at": None},
            ["已公开，却没有保密审查意见"],
        ),
    )
    for values, told in changes:
        with pytest.raises(Undo), transaction.atomic():
            columns(**values)(approved)
            assert [message for _, message in ledger.faults()][-1:] == told, values
            raise Undo


class Undo(Exception):
    """Ends a trial without leaving anything behind."""


def test_scores_that_lapsed_and_came_again_hold(cast: Cast, run: Run, rescored: Evaluation):  # noqa: F811
    """Returned, mended so that the score lapses, sent, approved, taken back, scored anew, approved."""
    workflow.perform("return", rescored, cast.reviewer, "请补充佐证材料。")
    save(rescored, "work", Posted(fields={"A02-level": "差", "A02-reason": "年底才补齐佐证"}), cast.preparer)
    workflow.perform("submit", again(rescored), cast.unit_head, summary="评定档次改为差")
    assert run("verify_integrity")[0] == 0
    workflow.perform("approve", again(rescored), cast.reviewer)
    assert "reviewed" not in Event.objects.filter(action="approve").first().detail
    workflow.perform("unapprove", again(rescored), cast.bureau_lead, "发现佐证材料有误")
    rescoring.review_score(again(rescored), "A01", "4", REASON, cast.bureau_lead)
    assert run("verify_integrity")[0] == 0
    workflow.perform("approve", again(rescored), cast.reviewer)
    assert run("verify_integrity")[0] == 0
    (one,) = results.collect(Region.objects.get(code="433125"), 2024)["results"]
    assert [line["code"] for line in one["reviewed"]["indicators"]] == ["A01"]


def test_who_approved_before_the_column_existed_is_taken_from_the_log(cast: Cast, approved: Evaluation):
    columns(decided_by=None)(approved)
    import_module("evaluations.migrations.0020_approvers").fill(apps, None)
    assert again(approved).decided_by == cast.reviewer
    assert list(ledger.faults()) == []


# ── after the decision nothing moves ──


def said(evaluation: Evaluation) -> list[Any]:
    """Everything that review has said and given."""
    models = (ReviewedScore, Thread, Comment, Explanation, Worksheet, Snapshot)
    header = Evaluation.objects.filter(pk=evaluation.pk).values("sheet", "reviewed_total", "reviewed_grade")
    return [list(model.objects.order_by("pk").values()) for model in models] + [list(header)]


def review_services(thread: Thread, fingerprint: str) -> dict[str, Callable[[Evaluation, User], object]]:
    """Every service of review, with what would change something."""
    return {
        "rescoring.review_score": lambda one, actor: rescoring.review_score(one, "A02", "3", REASON, actor),
        "points.raise_point": lambda one, actor: points.raise_point(one, "", "请核对编制数。", actor),
        "points.reply": lambda one, actor: points.reply(thread, "请再补充说明。", actor),
        "points.settle": lambda one, actor: points.settle(thread, actor),
        "judging.judge": lambda one, actor: judging.judge(one, fingerprint, False, "说明不充分。", actor),
        "worksheets.save": lambda one, actor: worksheets.save(one, {}, "改了的意见", 1, actor),
    }


def test_the_list_of_review_services_is_whole():
    found = {
        f"{module.__name__.rpartition('.')[2]}.{name}"
        for module in (rescoring, points, judging, worksheets)
        for name, service in inspect.getmembers(module, inspect.isfunction)
        if service.__module__ == module.__name__
        and {"actor", "request"} <= set(inspect.signature(service).parameters)
        and not name.startswith("_")
    }
    assert found == set(review_services(None, ""))


@pytest.fixture
def explained(cast: Cast, ready: Evaluation) -> Evaluation:
    """Sent with an explained finding, a settled point and a worksheet."""
    rows = [{"use": "办公", "amount": "63"}, {"use": "帮扶", "amount": "40"}]
    fields = {"spent": "103", "A01-reason": "年中增加任务"}
    save(ready, "money", Posted(fields=fields, tables={"T1": rows}), cast.preparer)
    for finding in assessing.assess(again(ready)).unexplained:
        drafting.explain(again(ready), finding.code, finding.fingerprint, "上级年中下达任务", cast.preparer)
    sent = workflow.perform("submit", again(ready), cast.unit_head)
    points.settle(points.raise_point(sent, "money.quota", "请核对编制数。", cast.reviewer), cast.reviewer)
    worksheets.save(sent, {}, "拟批准。", 0, cast.reviewer)
    act("clear_secrecy", again(sent), cast.unit_head)
    return again(sent)


def services_of(evaluation: Evaluation) -> dict[str, Callable[[Evaluation, User], object]]:
    return review_services(Thread.objects.get(), evaluation.explanations.first().fingerprint)


@pytest.mark.parametrize("name", review_services(None, ""))
def test_under_review_each_service_of_review_changes_something(cast: Cast, explained: Evaluation, name: str):
    """The control of the next test."""
    if name == "points.settle":
        points.reply(Thread.objects.get(), "还要补充一件。", cast.reviewer)
    before = said(explained)
    services_of(explained)[name](again(explained), cast.reviewer)
    assert said(explained) != before


@pytest.mark.parametrize("state", [State.APPROVED, State.PUBLISHED])
def test_nothing_of_a_decided_report_moves(cast: Cast, explained: Evaluation, state: State):
    services = services_of(explained)
    act("approve", explained, cast.reviewer)
    if state == State.PUBLISHED:
        act("publish", again(explained), cast.bureau_lead)
    before, events = said(explained), Event.objects.count()
    for who in PERSONS:
        for name, service in services.items():
            with pytest.raises((Http404, PermissionDenied, ServiceError)), transaction.atomic():
                service(again(explained), cast[who])
            assert said(explained) == before, (who, name)
    assert Event.objects.count() == events
    for who in PERSONS:
        for action in SERVICES:
            with pytest.raises(Undo), transaction.atomic():
                with suppress(Http404, PermissionDenied, ServiceError), transaction.atomic():
                    SERVICES[action](again(explained), cast[who])
                assert said(explained) == before, (who, action)
                raise Undo


def test_what_is_taken_back_can_be_scored_anew(cast: Cast, approved: Evaluation, run: Run):  # noqa: F811
    with pytest.raises(PermissionDenied):
        rescoring.review_score(approved, "A02", "3", REASON, cast.bureau_lead)
    workflow.perform("unapprove", approved, cast.bureau_lead, "佐证材料已经补齐")
    rescoring.review_score(again(approved), "A02", "2", REASON, cast.reviewer)
    workflow.perform("approve", again(approved), cast.bureau_lead)
    assert printed(run, approved)["total"] == "9.00"
    assert run("verify_integrity")[0] == 0
