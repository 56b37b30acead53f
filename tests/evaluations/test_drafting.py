"""Saving a section: what was typed is kept, what changed is traced, nobody overwrites anybody."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from evaluations import assessing, drafting, workflow
from evaluations.errors import Conflict, Invalid, Locked, Refused
from evaluations.models import Evaluation, Event, Explanation, FieldChange, SectionData
from evaluations.sections import ROW_ID, Posted
from tests import people
from tests.people import COMPLETE, Cast, save


def content(evaluation: Evaluation, step: str) -> dict:
    return evaluation.sections.get(code=step).content


def traces(evaluation: Evaluation) -> dict[str, tuple[str, str]]:
    return {one.location: (one.old, one.new) for one in evaluation.changes.order_by("id")}


def test_figures_are_stored_as_values_in_yuan(cast: Cast, draft: Evaluation):
    saved = save(draft, "money", Posted(fields={"quota": "１３ 人", "budget": "1,234.56"}), cast.preparer)
    assert saved.revision == 1
    assert not saved.faults
    assert content(draft, "money")["fields"] == {"quota": "13", "budget": "12345600"}
    assert traces(draft) == {"money.quota": ("", "13"), "money.budget": ("", "12345600")}
    change = draft.changes.first()
    assert (change.actor, change.source) == (cast.preparer, "typed")


def test_text_in_a_number_box_is_kept_and_marked(cast: Cast, draft: Evaluation):
    save(draft, "money", Posted(fields={"quota": "13"}))
    saved = save(draft, "money", Posted(fields={"quota": "大约十三人"}), cast.preparer)
    assert saved.faults["quota"].startswith("“大约十三人”不是数字")
    stored = content(draft, "money")
    assert stored["raw"] == {"quota": "大约十三人"}
    assert "quota" not in stored["fields"]
    assert "格式-未识别" in {finding.code for finding in saved.assessment.must_fix}
    assert traces(draft)["money.quota"] == ("13", "大约十三人")
    save(draft, "money", Posted(fields={"quota": "12"}))
    assert content(draft, "money")["raw"] == {}


def test_emptying_a_box_makes_it_missing_again(draft: Evaluation):
    save(draft, "money", Posted(fields={"quota": "13", "remark": "无"}))
    save(draft, "money", Posted(fields={"quota": "", "remark": " "}))
    assert content(draft, "money")["fields"] == {}


def test_zero_missing_and_not_applicable_are_three_things(draft: Evaluation):
    save(draft, "money", Posted(fields={"budget": "0", "spent": "不适用"}))
    assert content(draft, "money")["fields"] == {"budget": "0", "spent": "不适用"}


def test_boxes_that_were_not_posted_stay(draft: Evaluation):
    save(draft, "money", COMPLETE["money"])
    save(draft, "money", Posted(fields={"quota": "11"}))
    stored = content(draft, "money")
    assert stored["fields"]["budget"] == "1000000"
    assert len(stored["tables"]["T1"]) == 2
    assert stored["texts"]["t-money"]


def test_score_and_header_follow_each_save(draft: Evaluation):
    people.complete(draft)
    assert (draft.total, draft.grade, draft.must_fix, draft.unexplained) == (Decimal("10.00"), "优", 0, 0)
    assert (draft.budget_final, draft.budget_executed) == (Decimal("1000000.00"), Decimal("900000.00"))
    assert draft.execution_rate == Decimal("90.00")
    save(draft, "money", Posted(fields={"spent": "103"}))
    draft.refresh_from_db()
    assert draft.total == Decimal("7.00")
    assert draft.sheet["lines"][0]["score"] == "2"
    assert draft.must_fix == 1  # the uses no longer add up
    assert draft.unexplained == 2  # more than the budget, points lost without a reason


# ── tables ──


def test_proposed_rows_are_there_from_the_start(draft: Evaluation):
    assert content(draft, "money")["tables"]["T1"] == [
        {"id": "0001", "use": "办公"},
        {"id": "0002", "use": "帮扶"},
    ]


def test_rows_keep_their_ids_and_blank_rows_go(draft: Evaluation):
    rows = [
        {"id": "0002", "use": "帮扶", "amount": "30"},
        {"id": "00ff", "use": "", "amount": " "},
        {"id": "beef", "use": "会议", "amount": "多"},
        {"use": "培训", "amount": "1"},
    ]
    saved = save(draft, "money", Posted(tables={"T1": rows}))
    stored = content(draft, "money")
    ids = [row["id"] for row in stored["tables"]["T1"]]
    assert ids[:2] == ["0002", "beef"]
    assert len(ids) == 3
    assert stored["raw"] == {"T1[beef].amount": "多"}
    assert "T1[beef].amount" in saved.faults
    assert traces(draft)["money.T1[0002].amount"] == ("", "300000")
    assert traces(draft)["money.T1[0001].use"] == ("办公", "")


def test_odd_and_repeated_row_ids_are_replaced(draft: Evaluation):
    rows = [{"id": name, "use": "甲", "amount": "1"} for name in ("0001", "0001", "../..", "")]
    save(draft, "money", Posted(tables={"T1": rows}))
    ids = [row["id"] for row in content(draft, "money")["tables"]["T1"]]
    assert len(set(ids)) == 4
    assert all(ROW_ID.fullmatch(one) for one in ids)


def test_the_order_of_rows_is_kept(draft: Evaluation):
    rows = [{"id": "0001", "use": "甲"}, {"id": "0002", "use": "乙"}]
    save(draft, "money", Posted(tables={"T1": rows}))
    save(draft, "money", Posted(tables={"T1": rows[::-1]}))
    assert [row["use"] for row in content(draft, "money")["tables"]["T1"]] == ["乙", "甲"]


# ── texts ──


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("一\r\n二", "一\n二"),
        ("慰问\x00困难\x07职工", "慰问困难职工"),
        ("䶮某某😀，<script>alert(1)</script>", "䶮某某😀，<script>alert(1)</script>"),
        ("半个字\ud800在此", "半个字在此"),
        ("  \n ", None),
    ],
    ids=["line ends", "control characters", "rare and hostile", "half a character", "nothing"],
)
def test_texts_are_kept_as_written_without_what_cannot_be_stored(
    draft: Evaluation, typed: str, kept: str | None
):
    save(draft, "work", Posted(texts={"t-work": typed}))
    assert content(draft, "work")["texts"].get("t-work") == kept


def test_of_a_text_the_trace_keeps_the_differing_middle(draft: Evaluation):
    save(draft, "work", Posted(texts={"t-work": "全年慰问困难职工三百人次。"}))
    save(draft, "work", Posted(texts={"t-work": "全年慰问困难职工四百余人次。"}))
    change = draft.changes.first()
    assert (change.location, change.position) == ("work.t-work", 8)
    assert (change.old, change.new) == ("三百", "四百余")


def test_a_hundred_thousand_characters_are_stored(draft: Evaluation):
    save(draft, "work", Posted(texts={"t-work": "字" * 100_000}))
    assert len(content(draft, "work")["texts"]["t-work"]) == 100_000


# ── limits ──


@pytest.mark.parametrize(
    ("posted", "message"),
    [
        (Posted(texts={"t-money": "字" * 201}), "“资金情况”有 201 字，最多 200 字"),
        (Posted(fields={"remark": "字" * 21}), "“备注”有 21 字，最多 20 字"),
        (Posted(fields={"quota": "1" * 2001}), "“编制数”有 2001 字，最多 2000 字"),
        (Posted(tables={"T1": [{"use": str(n)} for n in range(6)]}), "“用途表”有 6 行，最多 5 行"),
        (Posted(tables={"T1": [{"use": "字" * 11}]}), "用途表第 1 行“用途””有 11 字，最多 10 字"),
        (Posted(fields={"nonsense": "1"}), "本章没有名为“nonsense”的数据项"),
        (Posted(fields={"rate": "90"}), "本章没有名为“rate”的数据项"),
        (Posted(texts={"t-work": "别章的文字"}), "本章没有名为“t-work”的文字"),
        (Posted(tables={"T1": [{"colour": "红"}]}), "“用途表”没有名为“colour”的列"),
        (Posted(overrides={"quota": ("13", "理由")}), "本章没有名为“quota”的可更改印刷数的数据项"),
        (Posted(overrides={"rate": ("1" * 101, "理由")}), "“执行率（印刷数）”有 101 字，最多 100 字"),
    ],
)
def test_what_exceeds_a_limit_is_refused_whole(draft: Evaluation, posted: Posted, message: str):
    both = Posted({"budget": "100"} | dict(posted.fields), posted.tables, posted.texts, posted.overrides)
    with pytest.raises(Invalid, match="没有保存") as refusal:
        save(draft, "money", both)
    assert message in str(refusal.value)
    assert "budget" not in content(draft, "money")["fields"]
    assert draft.sections.get(code="money").revision == 0
    assert not draft.changes.exists()


def test_every_exceeded_limit_is_named(draft: Evaluation):
    with pytest.raises(Invalid) as refusal:
        save(
            draft,
            "money",
            Posted(fields={"remark": "字" * 21, "nonsense": ""}, texts={"t-money": "字" * 300}),
        )
    assert len(refusal.value.faults) == 3


def test_a_step_that_the_template_lacks(draft: Evaluation):
    with pytest.raises(Invalid, match="没有“nowhere”这一章"):
        drafting.save_section(draft, "nowhere", Posted(), 0, None)


# ── printed overrides ──


def test_a_printed_override_turns_must_fix_into_explain(ready: Evaluation):
    save(ready, "money", Posted(fields={"spent": "91"}))
    codes = {finding.code for finding in assessing.assess(ready).must_fix}
    assert codes == {"表内-01"}
    saved = save(ready, "money", Posted(overrides={"T1": ("91.00", "零星支出没有归入用途")}))
    assert not saved.assessment.must_fix
    assert {finding.code for finding in saved.assessment.unexplained} == {"表内-01"}
    assert traces(ready)["money.T1.printed"] == ("", "91.00（零星支出没有归入用途）")


def test_an_override_wants_text_and_reason(draft: Evaluation):
    saved = save(draft, "money", Posted(overrides={"rate": ("90%", "")}))
    assert "两格都要填" in saved.faults["rate.printed"]
    assert "改印-无理由" in {finding.code for finding in saved.assessment.must_fix}
    save(draft, "money", Posted(overrides={"rate": ("", "")}))
    assert content(draft, "money")["overrides"] == {}


# ── conflicts and locks ──


def test_the_second_of_two_sees_both_versions(cast: Cast, draft: Evaluation):
    drafting.save_section(draft, "money", Posted(fields={"quota": "13"}), 0, cast.preparer)
    mine = Posted(fields={"quota": "14"})
    with pytest.raises(Conflict) as conflict:
        drafting.save_section(draft, "money", mine, 0, cast.preparer)
    assert conflict.value.yours is mine
    assert conflict.value.theirs.content["fields"]["quota"] == "13"
    assert "preparer甲" in str(conflict.value)
    assert content(draft, "money")["fields"]["quota"] == "13"


def test_two_people_in_two_sections_do_not_meet(draft: Evaluation):
    drafting.save_section(draft, "money", Posted(fields={"quota": "13"}), 0, None)
    drafting.save_section(draft, "work", Posted(texts={"t-work": "帮扶"}), 0, None)
    assert content(draft, "money")["fields"] and content(draft, "work")["texts"]


def test_saving_twice_the_same_changes_nothing(draft: Evaluation):
    posted = Posted(fields={"quota": "13", "budget": "很多"})
    first = drafting.save_section(draft, "money", posted, 0, None)
    again = drafting.save_section(draft, "money", posted, 0, None)
    assert (again.revision, again.changes) == (first.revision, ())
    assert again.faults == first.faults
    assert draft.changes.count() == 2


@pytest.mark.parametrize("state", ["submitted", "approved"])
def test_what_was_sent_is_locked(cast: Cast, draft: Evaluation, state: str):
    Evaluation.objects.filter(pk=draft.pk).update(state=state)
    with pytest.raises(Locked, match="该自评已"):
        save(draft, "money", Posted(fields={"quota": "13"}), cast.preparer)
    with pytest.raises(Locked):
        drafting.explain(draft, "表间-01", "x", "说明说明说明", cast.preparer)
    assert content(draft, "money")["fields"] == {}


def test_only_the_departments_preparer_saves(cast: Cast, draft: Evaluation):
    for who in ("unit_head", "reviewer", "bureau_lead"):
        with pytest.raises(PermissionDenied):
            save(draft, "money", Posted(fields={"quota": "13"}), cast[who])
    for who in ("stranger", "newcomer", "system_admin", "auditor", "template_admin"):
        with pytest.raises(Http404):
            save(draft, "money", Posted(fields={"quota": "13"}), cast[who])
    assert not FieldChange.objects.filter(evaluation=draft).exists()


# ── cost ──

LIMIT = 14


@pytest.mark.parametrize("last_year", ["none", "draft", "submitted"])
def test_a_save_costs_a_constant_number_of_queries(
    cast: Cast, last_year: str, django_assert_max_num_queries, django_assert_num_queries
):
    if last_year != "none":
        before = people.complete(people.evaluation(cast, 2023))
        if last_year == "submitted":
            workflow.perform("submit", before, cast.unit_head)
    evaluation = people.complete(people.evaluation(cast))
    save(evaluation, "money", Posted(fields={"quota": "9"}), cast.preparer)  # compiled, roles read
    revision = evaluation.sections.get(code="money").revision
    with django_assert_max_num_queries(LIMIT) as one:
        drafting.save_section(evaluation, "money", Posted(fields={"quota": "12"}), revision, cast.preparer)
    many = Posted(
        fields={"quota": "11", "budget": "200", "spent": "乱", "remark": "改", "A01-reason": "因"},
        tables={"T1": [{"use": f"用途{n}", "amount": str(n)} for n in range(5)]},
        texts={"t-money": "改了"},
    )
    with django_assert_num_queries(len(one.captured_queries)):
        drafting.save_section(evaluation, "money", many, revision + 1, cast.preparer)


# ── explanations ──


@pytest.fixture
def over(ready: Evaluation) -> Evaluation:
    """More spent than budgeted, the uses adding up, the lost points explained."""
    rows = [{"use": "办公", "amount": "63"}, {"use": "帮扶", "amount": "40"}]
    fields = {"spent": "103", "A01-reason": "年中增加帮扶任务"}
    save(ready, "money", Posted(fields=fields, tables={"T1": rows}))
    return ready


def standing(evaluation: Evaluation):
    return assessing.assess(evaluation).unexplained


def test_an_explanation_counts_for_exactly_these_figures(cast: Cast, over: Evaluation):
    (finding,) = standing(over)
    after = drafting.explain(over, finding.code, finding.fingerprint, "上级年中下达任务", cast.preparer)
    assert not after.unexplained and not standing(over)
    over.refresh_from_db()
    assert over.unexplained == 0
    detail = {"code": "表间-01", "title": "执行数不超过预算数", "text": "上级年中下达任务"}
    assert Event.objects.first().detail == detail
    save(over, "money", Posted(fields={"budget": "101"}))
    assert [one.code for one in standing(over)] == ["表间-01"]
    save(over, "money", Posted(fields={"budget": "100"}))
    assert not standing(over)


@pytest.mark.parametrize(
    ("text", "message"), [("略", "只有 1 字，至少写 5 个字"), ("字" * 2001, "最多 2000 字")]
)
def test_an_explanation_says_something(over: Evaluation, text: str, message: str):
    (finding,) = standing(over)
    with pytest.raises(Invalid, match=message):
        drafting.explain(over, finding.code, finding.fingerprint, text, None)
    assert not Explanation.objects.exists()


def test_only_a_standing_finding_is_explained(over: Evaluation):
    (finding,) = standing(over)
    save(over, "money", Posted(fields={"budget": "102"}))
    with pytest.raises(Refused, match="已经变化"):
        drafting.explain(over, finding.code, finding.fingerprint, "上级年中下达任务", None)
    save(over, "money", Posted(fields={"quota": ""}))
    must = assessing.assess(over).must_fix[0]
    with pytest.raises(Refused, match="不能用说明代替"):
        drafting.explain(over, must.code, must.fingerprint, "上级年中下达任务", None)


def test_status_of_each_step(draft: Evaluation):
    names = {step: status.name for step, status in assessing.assess(draft).statuses.items()}
    assert names == {"data": "complete", "money": "started", "work": "empty"}
    saved = save(draft, "money", Posted(fields={"quota": "乱"}))
    assert saved.assessment.statuses["money"].name == "trouble"
    people.complete(draft)
    assert {status.name for status in assessing.assess(draft).statuses.values()} == {"complete"}


def test_section_rows_are_one_a_step(draft: Evaluation):
    assert list(
        SectionData.objects.filter(evaluation=draft).values_list("code", flat=True).order_by("id")
    ) == [
        "data",
        "money",
        "work",
    ]
