"""The reviewer's desk: points, verdicts, 复核分, the worksheet, and who decides and reads what."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from evaluations import (
    access,
    assessing,
    drafting,
    judging,
    points,
    rescoring,
    workflow,
    worksheets,
)
from evaluations import people as service
from evaluations.errors import Refused
from evaluations.models import (
    Evaluation,
    Event,
    FiscalYear,
    ReviewedScore,
    Role,
    Snapshot,
    Thread,
    Worksheet,
)
from evaluations.sections import Posted
from tests.people import Cast, save

from .conftest import signed_in
from .desk import ANSWERED, ASKED, QUOTA, at, told

# ── points ──


def test_a_point_is_raised_at_a_place_answered_and_settled(
    cast: Cast, reviewer: Client, preparer: Client, submitted: Evaluation
):
    page = reviewer.get(at("review", submitted), {"at": QUOTA})
    assert '<option value="money.quota" selected>编制数</option>' in told(page)
    form = {"location": QUOTA, "text": ASKED}
    for _ in range(2):  # a doubled click
        reviewer.post(at("remarks", submitted), form)
    thread = Thread.objects.get()
    assert ASKED in told(preparer.get(at("remarks", submitted)))
    preparer.post(at("remark", submitted, thread.pk), {"text": ANSWERED})
    assert ANSWERED in told(reviewer.get(at("review", submitted)))
    reviewer.post(at("remark", submitted, thread.pk), {"do": "settle"})
    thread.refresh_from_db()
    assert thread.settled_by == cast.reviewer
    assert "已办结" in told(preparer.get(at("remarks", submitted)))
    actions = Event.objects.filter(evaluation=submitted).order_by("id").values_list("action", flat=True)
    assert list(actions)[-3:] == ["raise_point", "reply", "settle_point"]


@pytest.mark.parametrize(
    ("location", "text", "sentence"),
    [
        (QUOTA, "改", "意见只有 1 字，至少写 5 个字，写清要改什么或要说明什么。"),
        (QUOTA, "字" * 2001, "意见有 2001 字，最多 2000 字，请精简。"),
        ("money.nowhere", ASKED, "报告中没有“money.nowhere”这个位置"),
        ("../../etc", ASKED, "报告中没有“../../etc”这个位置"),
        ("money." + "x" * 500, ASKED, "报告中没有“money.xxxx"),
    ],
)
def test_a_refused_point_keeps_what_was_typed(
    reviewer: Client, submitted: Evaluation, location: str, text: str, sentence: str
):
    answer = reviewer.post(at("remarks", submitted), {"location": location, "text": text})
    assert answer.status_code == 400
    assert sentence in told(answer)
    assert f">{text}</textarea>" in told(answer)
    assert not Thread.objects.exists()


def test_script_in_a_point_is_only_text(reviewer: Client, preparer: Client, submitted: Evaluation):
    text = "<script>alert(1)</script> 请核对 <b>编制数</b>"
    reviewer.post(at("remarks", submitted), {"location": QUOTA, "text": text})
    for client, name in ((reviewer, "review"), (preparer, "remarks")):
        shown = told(client.get(at(name, submitted)))
        assert "<script>alert" not in shown
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown


def test_a_point_of_another_report_is_not_found(cast: Cast, reviewer: Client, asked: Thread):
    other = Evaluation.objects.get(pk=asked.evaluation_id)
    url = reverse("remark", args=[other.reference, asked.pk + 1])
    assert reviewer.post(url, {"text": ANSWERED}).status_code == 404


def test_the_department_cannot_settle(cast: Cast, preparer: Client, asked: Thread, submitted: Evaluation):
    assert preparer.post(at("remark", submitted, asked.pk), {"do": "settle"}).status_code == 403
    asked.refresh_from_db()
    assert points.is_open(asked)


def test_who_asks_again_opens_a_settled_point(cast: Cast, asked: Thread):
    points.settle(asked, cast.reviewer)
    with pytest.raises(Refused, match="已经办结"):
        points.reply(asked, ANSWERED, cast.preparer)
    points.reply(asked, "批文还没有附上，请补。", cast.reviewer)
    asked.refresh_from_db()
    assert points.is_open(asked)


def test_the_first_act_of_a_reviewer_begins_the_review(cast: Cast, submitted: Evaluation):
    points.raise_point(submitted, "", ASKED, cast.reviewer)
    with pytest.raises(Refused, match="不能自行撤回"):
        workflow.perform("withdraw", submitted, cast.preparer)
    submitted.refresh_from_db()
    assert submitted.reviewer == cast.reviewer


# ── explanations ──


def test_a_rejected_explanation_asks_again(
    cast: Cast, reviewer: Client, preparer: Client, explained: tuple[Evaluation, str]
):
    sent, fingerprint = explained
    refused = reviewer.post(at("judge", sent), {"fingerprint": fingerprint, "verdict": "rejected"})
    assert refused.status_code == 400
    assert "意见只有 0 字" in told(refused)
    remark = "请附上级下达任务的文号。"
    for _ in range(2):
        reviewer.post(
            at("judge", sent), {"fingerprint": fingerprint, "verdict": "rejected", "remark": remark}
        )
    thread = Thread.objects.get()
    assert (thread.finding, thread.comments.get().text) == (fingerprint, remark)
    workflow.perform("return", sent, cast.reviewer, "说明依据不足，请补充。")
    (owed,) = assessing.assess(sent).unexplained
    assert owed.fingerprint == fingerprint
    check = told(preparer.get(at("check", sent)))
    assert "审核人没有认可原来的说明" in check
    assert ">上级年中下达任务</textarea>" in check
    with pytest.raises(Refused, match="审核人没有认可"):
        drafting.explain(sent, owed.code, fingerprint, "上级年中下达任务", cast.preparer)
    drafting.explain(sent, owed.code, fingerprint, "州总工会〔2024〕7 号文年中下达任务", cast.preparer)
    points.reply(thread, "已补文号。州总工会〔2024〕7 号。", cast.preparer)
    again = workflow.perform("submit", sent, cast.unit_head, summary="补充了下达任务的文号")
    reviewer.post(at("judge", sent), {"fingerprint": fingerprint, "verdict": "accepted"})
    thread.refresh_from_db()
    assert not points.is_open(thread)
    assert workflow.perform("approve", again, cast.reviewer).state == "approved"


def test_an_explanation_that_was_not_accepted_bars_approval(cast: Cast, explained: tuple[Evaluation, str]):
    sent, fingerprint = explained
    judging.judge(sent, fingerprint, False, "请附上级下达任务的文号。", cast.reviewer)
    points.settle(Thread.objects.get(), cast.reviewer)
    with pytest.raises(Refused, match="有 1 条说明"):
        workflow.perform("approve", sent, cast.reviewer)


def test_a_verdict_stays_with_the_version_it_was_given_on(
    cast: Cast, reviewer: Client, explained: tuple[Evaluation, str]
):
    sent, fingerprint = explained
    judging.judge(sent, fingerprint, True, "", cast.reviewer)
    assert "已认可" in told(reviewer.get(at("review", sent)))
    drafting_again = "州总工会〔2024〕7 号文年中下达任务"
    workflow.perform("return", sent, cast.reviewer, "请补充文号。")
    code = assessing.assess(sent).explanations[fingerprint].code
    drafting.explain(sent, code, fingerprint, drafting_again, cast.preparer)
    shown = told(reviewer.get(at("review", sent)))
    assert "上级年中下达任务" in shown
    assert "已认可" not in shown


# ── 复核分 ──


def test_a_reviewed_score_stands_beside_the_others(cast: Cast, reviewer: Client, submitted: Evaluation):
    form = {"code": "A02", "points": "1.5", "reason": "佐证只有一半，按一半给分。"}
    answer = reviewer.post(at("scores", submitted), form, follow=True)
    assert "复核总分 8.50 分" in told(answer)
    submitted.refresh_from_db()
    assert (str(submitted.total), str(submitted.reviewed_total)) == ("10.00", "8.50")
    assert Snapshot.objects.get().content["sheet"]["total"] == "10.00"
    workflow.perform("approve", submitted, cast.reviewer)
    detail = Event.objects.first().detail
    assert detail["reviewed"] == {submitted.reference: {"A02": "1.5"}}
    assert detail["reviewed_total"] == "8.50"


@pytest.mark.parametrize(
    ("typed", "reason", "sentence"),
    [
        ("99", "佐证不足，扣分", "应在 0 到 3 之间"),
        ("-1", "佐证不足，扣分", "应在 0 到 3 之间"),
        ("1.555", "佐证不足，扣分", "最多两位小数"),
        ("三分", "佐证不足，扣分", "不是数字"),
        ("NaN", "佐证不足，扣分", "不是数字"),
        ("1e-400", "佐证不足，扣分", "不是数字"),
        ("3", "低", "复核理由只有 1 字"),
    ],
)
def test_a_refused_score_keeps_what_was_typed(
    reviewer: Client, submitted: Evaluation, typed: str, reason: str, sentence: str
):
    answer = reviewer.post(at("scores", submitted), {"code": "A02", "points": typed, "reason": reason})
    assert answer.status_code == 400
    assert sentence in told(answer)
    assert f'value="{typed}"' in told(answer)
    assert not ReviewedScore.objects.exists()


def test_a_score_lapses_when_the_department_changes_what_it_rests_on(cast: Cast, submitted: Evaluation):
    rescoring.review_score(submitted, "A02", "2", "佐证不足，酌情扣分", cast.reviewer)
    rescoring.review_score(submitted, "A01", "3", "预算编制粗放，酌情扣分", cast.reviewer)
    workflow.perform("return", submitted, cast.reviewer, "请补充佐证材料。")
    save(submitted, "work", Posted(fields={"A02-level": "差", "A02-reason": "年底才补齐佐证"}), cast.preparer)
    workflow.perform("submit", submitted, cast.unit_head, summary="评定档次改为差")
    submitted.refresh_from_db()
    content = Snapshot.objects.get(version=2).content
    assert set(rescoring.standing(submitted, content)) == {"A01"}
    sheet = rescoring.sheet_of(content, {"A01": rescoring.standing(submitted, content)["A01"].points})
    assert submitted.reviewed_total == sheet.total


# ── the worksheet ──


def test_the_checklist_bars_approval_until_it_is_ticked(cast: Cast, reviewer: Client, submitted: Evaluation):
    FiscalYear.objects.update(checklist="数据与决算报表一致\n佐证材料齐全")
    refused = reviewer.post(at("transition", submitted, "approve"), follow=True)
    assert "审核清单还有 2 项没有勾选：数据与决算报表一致、佐证材料齐全。" in told(refused)
    form = {"revision": "0", "verdict-0": "yes", "verdict-1": "no", "opinion": "拟退回补充佐证。"}
    form |= {"item-0": "数据与决算报表一致", "item-1": "佐证材料齐全"}
    without = reviewer.post(at("worksheet", submitted), form)
    assert without.status_code == 400
    assert "选了不符合，请写明哪里不符合" in told(without)
    assert ">拟退回补充佐证。</textarea>" in told(without)
    reviewer.post(at("worksheet", submitted), form | {"remark-1": "缺慰问发放表"})
    held = Worksheet.objects.get()
    assert (held.revision, held.checks["佐证材料齐全"]["remark"]) == (1, "缺慰问发放表")
    assert "拟退回补充佐证。</textarea>" in told(reviewer.get(at("review", submitted)))
    workflow.perform("approve", submitted, cast.reviewer)


def test_two_reviewers_do_not_overwrite_each_others_worksheet(
    cast: Cast, reviewer: Client, submitted: Evaluation
):
    lead = signed_in(cast.bureau_lead)
    lead.post(at("worksheet", submitted), {"revision": "0", "opinion": "股长的意见"})
    answer = reviewer.post(at("worksheet", submitted), {"revision": "0", "opinion": "审核人的意见"})
    assert answer.status_code == 409
    assert "您打开此页后" in told(answer)
    assert ">审核人的意见</textarea>" in told(answer)
    assert Worksheet.objects.get().opinion == "股长的意见"


def test_the_department_never_sees_the_worksheet(cast: Cast, preparer: Client, submitted: Evaluation):
    signed_in(cast.reviewer).post(at("worksheet", submitted), {"revision": "0", "opinion": "内部意见一则"})
    for name in ("review", "remarks"):
        assert "内部意见一则" not in told(preparer.get(at(name, submitted)))


def test_ticks_stay_with_the_words_they_were_given_to(cast: Cast, reviewer: Client, submitted: Evaluation):
    FiscalYear.objects.update(checklist="新增的一项\n佐证材料齐全")
    form = {"revision": "0", "item-0": "佐证材料齐全", "verdict-0": "yes", "opinion": ""}
    reviewer.post(at("worksheet", submitted), form)
    assert Worksheet.objects.get().checks == {"佐证材料齐全": {"verdict": "yes", "remark": ""}}


# ── who decides, who reads what ──


def test_who_filled_in_never_decides_on_it_whatever_the_role_is_now(cast: Cast, ready: Evaluation):
    save(ready, "money", Posted(fields={"quota": "12"}), cast.preparer)
    sent = workflow.perform("submit", ready, cast.unit_head)
    for person in (cast.preparer, cast.unit_head):
        person.memberships.all().delete()
        service.grant(None, person, Role.REVIEWER, region=cast.department.region)
        access.forget(person)
        with pytest.raises(Refused, match="您填写或送审过"):
            workflow.perform("approve", sent, person)
    assert workflow.perform("approve", sent, cast.reviewer).state == "approved"


def test_histories_tell_each_side_its_own(cast: Cast, ready: Evaluation):
    save(ready, "money", Posted(fields={"quota": "98765"}), cast.preparer)
    save(ready, "money", Posted(fields={"quota": "10"}), cast.preparer)
    sent = workflow.perform("submit", ready, cast.unit_head)
    worksheets.save(sent, {}, "内部意见一则", 0, cast.reviewer)
    pages = {
        who: told(signed_in(cast[who]).get(at("history", sent), {"show": "changes"}))
        for who in ("preparer", "reviewer", "observer")
    }
    assert re.search("98,?765", pages["preparer"])  # longer than what a token may hold by chance
    assert not re.search("98,?765", pages["reviewer"])
    assert "修改痕迹" not in pages["observer"]
    events = {who: told(signed_in(cast[who]).get(at("history", sent))) for who in pages}
    assert [who for who, page in events.items() if "保存审核底稿" in page] == ["reviewer"]


def test_figures_stand_beside_the_version_before(cast: Cast, reviewer: Client, submitted: Evaluation):
    workflow.perform("return", submitted, cast.reviewer, "请核对编制数。")
    save(submitted, "money", Posted(fields={"quota": "12"}), cast.preparer)
    workflow.perform("submit", submitted, cast.unit_head, summary="编制数改为 12 人")
    page = told(reviewer.get(at("review", submitted), {"view": "figures"}))
    start = page.index('<th scope="row">编制数')
    row = page[start : start + 400]
    assert "已改" in row
    assert row.index("12") < row.index("10")
