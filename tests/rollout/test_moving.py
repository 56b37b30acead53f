"""What a newly published version does to the drafts that are open, and to nothing else."""

from __future__ import annotations

from decimal import Decimal

import pytest

from evaluations import assessing, creating, facts, projects, signing, snapshots, workflow, years
from evaluations.models import Evaluation, Event, FieldChange, Notice, SectionData, State, TemplateAssignment
from evaluations.sections import Posted
from indicators.models import IndicatorTemplate
from tests import people, versions
from tests import projects as of_projects
from tests.people import COMPLETE, Cast, save
from tests.versions import block, leaf, report

OVER = Posted(fields={"spent": "103"}, tables={"T1": [{"use": "办公", "amount": "103"}]})


@pytest.fixture
def over(ready: Evaluation) -> Evaluation:
    """A draft that spent 103 %: three points are taken off."""
    save(ready, "money", OVER)
    ready.refresh_from_db()
    assert ready.total == Decimal(7)
    return ready


def again(one: Evaluation) -> Evaluation:
    return Evaluation.objects.select_related("template", "fiscal_year__template").get(pk=one.pk)


def told(one: Evaluation) -> list[str]:
    return [notice.sentence for notice in Notice.objects.filter(evaluation=one, kind="template_moved")]


def event(one: Evaluation) -> Event:
    return one.events.get(action="template_moved")


# ── by level ──


@pytest.mark.parametrize("edit", [versions.reworded, versions.with_optional])
def test_wording_and_optional_fields_move_silently(over: Evaluation, publish, edit):
    before = SectionData.objects.filter(evaluation=over).count()
    new = publish(report(), edit)
    now = again(over)
    assert (now.template, now.total, now.state) == (new, over.total, State.DRAFT)
    assert event(now).detail["version"] == 2
    assert told(now) == []
    assert SectionData.objects.filter(evaluation=over).count() == before


def test_a_changed_rule_scores_anew_and_tells_the_department(cast: Cast, over: Evaluation, publish):
    revisions = list(over.sections.values_list("code", "revision"))
    new = publish(report(), versions.stricter)
    now = again(over)
    assert (now.template, now.total, now.grade) == (new, Decimal(5), "差")
    assert now.sheet == assessing.assess(now).sheet.as_json()
    head = "保靖县总工会 2024 年度自评已改用指标模板第 2 版："
    assert told(now) == [f"{head}指标“预算执行率”每档扣分由 1 改为 2。得分由 7 变为 5。"] * 2
    readers = {notice.recipient for notice in Notice.objects.filter(kind="template_moved")}
    assert readers == {cast.preparer, cast.unit_head}
    detail = event(now).detail
    assert (detail["from_version"], detail["version"], detail["level"]) == (1, 2, 3)
    assert detail["total"] == ["7", "5"]
    # A page drawn before can still be saved.
    assert list(now.sections.values_list("code", "revision")) == revisions
    assert save(now, "money", COMPLETE["money"], cast.preparer).assessment.sheet.total == Decimal(10)


def test_what_is_removed_is_kept_not_scored_and_comes_back(over: Evaluation, publish):
    save(over, "money", Posted(fields={"remark": "见附件"}))
    traces = FieldChange.objects.count()
    publish(report(), versions.without_remark)
    row = over.sections.get(code="money")
    assert "remark" not in row.content["fields"]
    assert "见附件" not in str(facts.stored(again(over)))
    assert event(over).detail["kept"] == ["remark"]
    assert told(over)[0].endswith("已改用指标模板第 2 版：删除选填数据项“备注”。")
    publish(report(), versions.stricter)
    assert over.sections.get(code="money").content["fields"]["remark"] == "见附件"
    assert "kept" not in over.sections.get(code="money").content
    assert FieldChange.objects.count() == traces


def test_a_removed_indicator_is_scored_no_more(over: Evaluation, publish):
    def without_level(data):
        group = data["indicators"][0]["children"][0]
        group["children"] = [one for one in group["children"] if one["code"] != "A02"]
        leaf(data, "A03")["rule"] |= {
            "items": [{"text": "有制度", "points": 1}, {"text": "执行了", "points": 4}]
        }
        leaf(data, "A03")["weight"] = 5
        data["outline"][2]["children"][0]["blocks"] = [{"kind": "analysis", "code": "A03"}]
        for example in data["examples"]:
            del example["figures"]["A02-level"]

    publish(report(), without_level)
    now = again(over)
    assert [line["code"] for line in now.sheet["lines"]] == ["A01", "A03"]
    assert over.sections.get(code="work").content["kept"][0]["value"] == "好"


def test_a_new_required_field_opens_its_chapter_again(over: Evaluation, publish):
    assert assessing.assess(over).statuses["money"].name != "started"
    save(over, "money", COMPLETE["money"])
    assert assessing.assess(again(over)).statuses["money"].name == "complete"
    publish(report(), versions.asking_more)
    now = again(over)
    statuses = assessing.assess(now).statuses
    assert (statuses["money"].name, statuses["work"].name) == ("started", "complete")
    assert now.must_fix == 1
    assert event(now).detail["reopened"] == ["资金情况"]
    assert told(now)[0].endswith("已改用指标模板第 2 版：新增必填数据项“在职人数”。请补填“资金情况”。")


def test_many_long_changes_are_told_in_one_sentence_that_fits(over: Evaluation, publish):
    def renamed(data):
        for number in range(3):
            name = f"很长的名称{number}" * 12
            data["fields"].append({"code": f"f{number}", "label": name, "required": True})
            chapter = {"kind": "inputs", "fields": [f"f{number}"]}
            section = {"code": f"s{number}", "heading": name, "step": True, "blocks": [chapter]}
            data["outline"].append(section)
            for example in data["examples"]:
                example["figures"][f"f{number}"] = "1"

    over.department.name = "很长的单位名称" * 14
    over.department.save()
    publish(report(), renamed)
    assert again(over).template.version == 2
    assert {len(sentence) <= 500 for sentence in told(over)} == {True}
    assert len(event(over).detail["reopened"]) == 3


# ── which drafts ──


def test_what_was_sent_never_moves(cast: Cast, ready: Evaluation, publish):
    workflow.perform("submit", ready, cast.unit_head)
    before = Evaluation.objects.filter(pk=ready.pk).values().get()
    frozen = ready.snapshots.get().content_hash
    publish(report(), versions.stricter)
    assert Evaluation.objects.filter(pk=ready.pk).values().get() == before
    assert snapshots.verify(ready.snapshots.get()) == []
    assert ready.snapshots.get().content_hash == frozen
    assert not ready.events.filter(action="template_moved").exists()


def test_a_returned_report_moves_and_its_versions_stay_as_they_were(cast: Cast, ready: Evaluation, publish):
    workflow.perform("submit", ready, cast.unit_head)
    workflow.perform("return", ready, cast.reviewer, "请核对执行数")
    new = publish(report(), versions.stricter)
    now = again(ready)
    assert (now.template, now.state, now.returned_version) == (new, State.RETURNED, 1)
    assert snapshots.verify(ready.snapshots.get()) == []
    save(now, "money", Posted(fields={"remark": "已核对"}))
    workflow.perform("submit", again(ready), cast.unit_head, summary="执行数已经核对")
    assert [snapshots.verify(one) for one in again(ready).snapshots.all()] == [[], []]
    used = [one.content["template"]["version"] for one in ready.snapshots.order_by("version")]
    assert used == [1, 2]


def test_a_snapshot_under_a_template_that_was_never_its_own_is_noticed(
    cast: Cast, ready: Evaluation, publish
):
    workflow.perform("submit", ready, cast.unit_head)
    new = publish(report(), versions.stricter)
    Evaluation.objects.filter(pk=ready.pk).update(template=new)
    fault = "所附指标模板不是这份自评采用的模板"
    assert fault in snapshots.verify(ready.snapshots.select_related("evaluation__template").get())


def test_a_request_for_a_signature_is_taken_back(cast: Cast, ready: Evaluation, publish):
    """Nobody signs what is scored otherwise by now."""
    workflow.perform("request_signature", ready, cast.preparer)
    publish(report(), versions.reworded)
    now = again(ready)
    assert (now.state, now.template.version) == (State.DRAFT, 2)
    assert now.events.filter(action="signature_lapsed").count() == 1


def test_projects_move_with_their_report_and_it_follows_them(cast: Cast, publish):
    parent = of_projects.evaluation(cast)
    children = of_projects.complete(parent)
    before = again(parent).sheet

    def worth_less(data):
        leaf(data, "P01")["weight"], leaf(data, "P02")["weight"] = 8, 2
        leaf(data, "P02")["rule"]["levels"][0]["points"] = 2
        leaf(data, "P02")["rule"]["levels"].append({"text": "一般", "points": 1})

    def asking(data):
        worth_less(data)
        data["fields"].append({"code": "why", "label": "立项依据", "kind": "text", "required": True})
        data["outline"][0]["blocks"][0]["fields"].append("why")
        for example in data["examples"]:
            example["figures"]["why"] = "规划"

    new = publish(versions.project(), asking)
    assert {again(child).template for child in children} == {new}
    now = again(parent)
    assert now.template == parent.template
    assert now.must_fix == 2  # what its projects owe keeps it from being sent
    assert now.sheet == assessing.assess(now).sheet.as_json() != before or now.sheet == before
    assert not parent.events.filter(action="template_moved").exists()
    sentences = [
        one.sentence for one in Notice.objects.filter(recipient=cast.preparer, kind="template_moved")
    ]
    assert len(sentences) == 1
    assert "项目自评已改用指标模板第 2 版：新增必填数据项“立项依据”；" in sentences[0]
    assert sentences[0].endswith("另有 1 份项目自评一并更新。")


def test_projects_given_up_stay(cast: Cast, publish):
    parent = of_projects.evaluation(cast)
    hall, aid = of_projects.complete(parent)
    people.save_lines(parent, of_projects.LINES[:2])
    projects.give_up(aid, None)
    new = publish(
        versions.project(), versions.leaf and (lambda data: leaf(data, "P01").update(name="执行率"))
    )
    assert (again(hall).template, again(aid).template) == (new, aid.template)


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        (lambda data: data.update(years=[2025]), "another year"),
        (lambda data: data.update(region="433124"), "another county"),
    ],
)
def test_a_version_that_is_not_meant_for_them_leaves_drafts_alone(over: Evaluation, publish, edit, why: str):
    old = over.template
    publish(report(), edit, versions.stricter)
    assert again(over).template == old, why
    over.fiscal_year.refresh_from_db()
    assert over.fiscal_year.template == old


def test_drafts_of_a_closed_year_move_when_it_is_opened_again(
    cast: Cast, over: Evaluation, publish, django_capture_on_commit_callbacks
):
    years.set_closed(None, over.fiscal_year, True)
    new = publish(report(), versions.stricter)
    now = again(over)
    assert now.template != new
    assert now.fiscal_year.template != new
    years.set_closed(None, over.fiscal_year, False)
    assert again(over).fiscal_year.template == new


# ── years ──


def test_open_years_start_on_the_new_version(cast: Cast, publish):
    year = people.fiscal_year()
    own = TemplateAssignment.objects.create(
        fiscal_year=year, department=cast.department, template=year.template
    )
    new = publish(report(), versions.stricter)
    year.refresh_from_db()
    own.refresh_from_db()
    assert (year.template, own.template) == (new, new)
    moved = Event.objects.get(action="year_template_moved")
    assert moved.detail == {
        "region": "433125", "year": 2024, "template": "small 第 2 版", "departments": 1, "by": "tests"
    }  # fmt: skip
    assert creating.start_evaluation(cast.department, year, None).template == new


def test_an_older_version_cannot_be_chosen_any_more(cast: Cast, publish):
    year = people.fiscal_year()
    old = IndicatorTemplate.objects.get(code="small")
    new = publish(report(), versions.stricter)
    assert list(years.published("department")) == [new]
    with pytest.raises(years.Invalid, match="已有第 2 版"):
        years.set_year(None, year.region, 2024, template=old, opens_on=None, due_on=None)


def test_a_signature_that_is_given_again_counts_for_the_new_version(cast: Cast, ready: Evaluation, publish):
    workflow.perform("request_signature", ready, cast.preparer)
    publish(report(), versions.stricter)
    workflow.perform("request_signature", again(ready), cast.preparer)
    sent = workflow.perform("submit", again(ready), cast.unit_head)
    assert sent.snapshots.get().content["template"]["version"] == 2
    assert signing.declined(sent) is None
    assert block(report(), "money", 0)["kind"] == "inputs"
