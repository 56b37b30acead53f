"""The evaluations of projects go where their department's goes, and nowhere alone."""

import json
from collections.abc import Callable

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from evaluations import (
    access,
    assessing,
    budgeting,
    creating,
    drafting,
    facts,
    projects,
    reviewing,
    snapshots,
    workflow,
)
from evaluations.errors import Invalid, Locked, Refused
from evaluations.models import Evaluation, Event, FiscalYear, Snapshot, State
from evaluations.sections import Posted
from evaluations.workflow import SHARED
from tests import people
from tests import projects as of_projects
from tests.evaluations.test_snapshots import faults, rewrite
from tests.people import Cast, save
from tests.projects import AID, FORM, HALL
from tests.test_workflow_table import ALLOWED, PERSONS, SERVICES, bring


@pytest.fixture
def parent(cast: Cast) -> Evaluation:
    """Complete, with both projects complete."""
    one = of_projects.evaluation(cast)
    of_projects.complete(one)
    return one


@pytest.fixture
def child(parent: Evaluation) -> Evaluation:
    return parent.projects.get(project=HALL)


@pytest.fixture
def brought(cast: Cast, parent: Evaluation) -> Callable[[State], Evaluation]:
    def _bring(state: State) -> Evaluation:
        found = bring(parent, cast, state)
        if state == State.RETURNED:
            save(found.projects.first(), "form", Posted(fields={"goal": "改建服务站点"}))
        return found

    return _bring


def moved(evaluation: Evaluation) -> tuple:
    return Evaluation.objects.values_list(*SHARED).get(pk=evaluation.pk)


@pytest.mark.parametrize(("who", "state", "action"), ALLOWED)
def test_every_transition_takes_the_projects_along(cast: Cast, brought, who: str, state: State, action: str):
    parent = brought(state)
    SERVICES[action](parent, cast[who])
    assert moved(parent)[0] == ALLOWED[who, state, action]
    for child in parent.projects.all():
        assert moved(child) == moved(parent)
    assert Event.objects.first().evaluation == parent


@pytest.mark.parametrize("state", State)
def test_nobody_moves_a_project_alone(cast: Cast, brought, state: State):
    child = brought(state).projects.first()
    before = (moved(child), Snapshot.objects.count(), Event.objects.count())
    for service in SERVICES.values():
        for who in PERSONS:
            with pytest.raises((Http404, PermissionDenied, Refused)):
                service(child, cast[who])
    with pytest.raises(Refused, match="项目自评随单位自评一并办理，不能单独送审"):
        workflow.perform("submit", child, cast.unit_head)
    assert (moved(child), Snapshot.objects.count(), Event.objects.count()) == before


# ── sending ──


def test_what_stands_in_a_project_stands_in_the_way(cast: Cast, parent: Evaluation, child: Evaluation):
    save(child, "form", Posted(fields={"goal": "", "P02-level": "差"}))
    with pytest.raises(Refused, match="有 1 条必须改正，有 1 条需要说明") as refusal:
        workflow.perform("submit", parent, cast.unit_head, summary="场馆项目不再单独自评")
    assert [(one.code, one.message[:9]) for one in refusal.value.findings] == [
        ("必填-未填", "项目“阵地建设”："),
        ("计分-失分未说明", "项目“阵地建设”："),
    ]
    assert moved(parent)[0] == moved(child)[0] == State.DRAFT
    save(child, "form", Posted(fields={"goal": "建成", "P02-reason": "工期延误"}))
    workflow.perform("submit", parent, cast.unit_head)


def test_a_finding_of_a_project_is_explained_there(cast: Cast, parent: Evaluation):
    rows = (
        *of_projects.LINES,
        {"functional": "2012902", "kind": "项目支出", "project": "培训", "opening": "1"},
    )
    people.save_lines(parent, rows)
    training = projects.start_project(parent, "培训", cast.preparer)
    save(training, "form", FORM)
    people.save_lines(parent, of_projects.LINES)
    (standing,) = assessing.assess(parent).unexplained
    assert (standing.code, standing.message) == (
        "项目-无预算",
        "项目自评“培训”在预算明细中没有同名的项目支出。",
    )
    drafting.explain(parent, standing.code, standing.fingerprint, "年中收回预算，保留自评", cast.preparer)
    parent.refresh_from_db()
    assert parent.unexplained == len(assessing.assess(training).unexplained)


def test_sending_computes_the_projects_anew(cast: Cast, parent: Evaluation, child: Evaluation):
    Evaluation.objects.filter(pk=child.pk).update(total="3.00", grade="差", sheet={}, must_fix=7)
    workflow.perform("submit", parent, cast.unit_head)
    child.refresh_from_db()
    assert (str(child.total), child.grade, child.must_fix) == ("10.00", "优", 0)
    content = Snapshot.objects.get().content
    assert content["projects"][0]["sheet"] == child.sheet


# ── what is frozen ──


@pytest.fixture
def frozen(cast: Cast, parent: Evaluation) -> Snapshot:
    workflow.perform("submit", parent, cast.unit_head)
    return Snapshot.objects.get()


def test_one_snapshot_holds_all(frozen: Snapshot, parent: Evaluation, child: Evaluation):
    hall, aid = frozen.content["projects"]
    assert set(hall) == set(frozen.content)
    assert (hall["evaluation"]["reference"], hall["evaluation"]["project"]) == (child.reference, HALL)
    assert (hall["evaluation"]["state"], hall["evaluation"]["version"]) == ("submitted", 1)
    assert hall["evaluation"]["submitted_on"] == frozen.content["evaluation"]["submitted_on"]
    assert hall["evaluation"]["kind"] == "project"
    assert [line["project"] for line in hall["lines"]] == [HALL]
    assert aid["sections"]["form"]["fields"]["goal"] == "按期完成"
    assert snapshots.verify(Snapshot.objects.get()) == []


def test_frozen_and_live_state_the_same(frozen: Snapshot, parent: Evaluation):
    for one in (parent, *parent.projects.all()):
        one = Evaluation.objects.get(pk=one.pk)
        content = frozen.content if one == parent else facts.part_of(frozen.content, one.reference)
        assert facts.facts_from_content(content) == facts.facts_of(one)
        assert assessing.assess(one).sheet.as_json() == content["sheet"]


def test_later_changes_do_not_reach_a_frozen_project(cast: Cast, frozen: Snapshot, child: Evaluation):
    workflow.perform("return", child.parent, cast.reviewer, "请补充项目成效")
    child.refresh_from_db()
    save(child, "form", Posted(fields={"goal": "改了的目标"}), cast.preparer)
    assert facts.facts_of(child).figures["goal"] == "改了的目标"
    sent = reviewing.choose(child, frozenset({"read_submitted"}), "")
    assert (sent.version, sent.content["sections"]["form"]["fields"]["goal"]) == (1, "按期完成")
    assert [one.version for one in reviewing.versions(child)] == [1]
    assert snapshots.verify(Snapshot.objects.get()) == []


def test_a_project_begun_later_is_in_no_earlier_version(cast: Cast, frozen: Snapshot, parent: Evaluation):
    workflow.perform("withdraw", parent, cast.preparer)
    row = {"functional": "2012902", "kind": "项目支出", "project": "培训", "opening": "1", "executed": "1"}
    people.save_lines(parent, (*of_projects.LINES, row))
    late = projects.start_project(parent, "培训", cast.preparer)
    assert reviewing.versions(late) == []
    with pytest.raises(Http404):
        reviewing.choose(late, frozenset({"read_submitted"}), "")
    with pytest.raises(Http404):
        reviewing.choose(late, frozenset({"read"}), "1")


@pytest.mark.parametrize(("action", "who"), [("withdraw", "preparer"), ("return", "reviewer")])
def test_lines_that_a_unit_saved_meanwhile_count_when_the_report_comes_back(
    cast: Cast, brought, action: str, who: str
):
    parent = brought(State.SUBMITTED)
    unit = people.department("baojing-wg", "保靖县工人文化宫")
    unit.parent = cast.department
    unit.save()
    row = {"functional": "2012902", "kind": "项目支出", "project": HALL, "executed": "300000"}
    budgeting.save_grid(unit, 2024, [row], 0, None)
    SERVICES[action](parent, cast[who])
    hall, parent = (Evaluation.objects.get(pk=one.pk) for one in (parent.projects.get(project=HALL), parent))
    assert (hall.budget_executed, parent.budget_executed) == (600_000, 1_200_000)
    for one in (hall, parent):
        assert one.sheet == assessing.assess(one).sheet.as_json()


@pytest.mark.parametrize("afterwards", ["sent", "voided", "named again"])
@pytest.mark.parametrize("sent_before", [False, True])
def test_a_project_given_up_stays_as_it_was(cast: Cast, brought, sent_before: bool, afterwards: str):
    parent = brought(State.RETURNED if sent_before else State.DRAFT)
    people.save_lines(parent, tuple(line for line in of_projects.LINES if line.get("project") != HALL))
    hall = parent.projects.get(project=HALL)
    save(hall, "form", Posted(fields={"goal": "改了又作废"}))
    projects.give_up(hall, cast.preparer)
    if afterwards == "sent":
        workflow.perform("submit", parent, cast.unit_head, summary="场馆项目不再单独自评")
    elif afterwards == "voided":
        workflow.perform("void", parent, cast.preparer, "指标模板选错了")
    else:
        people.save_lines(parent, of_projects.LINES)
        projects.start_project(parent, HALL, cast.preparer)
    hall = Evaluation.objects.get(pk=hall.pk)
    for who in ("preparer", "reviewer"):
        chosen = reviewing.choose(hall, access.allowed(cast[who], hall), "")
        assert (chosen.version, chosen.content["evaluation"]["state"]) == (0, "voided")
        assert chosen.content["sections"]["form"]["fields"]["goal"] == "改了又作废"
        assert chosen.content["lines"] == []
    assert [one.version for one in reviewing.versions(hall)] == [1] * sent_before
    assert assessing.assess(hall).sheet.as_json() == hall.sheet
    for snapshot in Snapshot.objects.all():
        assert snapshots.verify(snapshot) == []


def of(content: dict) -> dict:
    return content["projects"][0]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (
            lambda content: of(content)["sections"]["form"]["fields"].update({"P02-level": "差"}),
            [
                "项目“阵地建设”：重新计算的总分为 5.00，定稿的总分为 10.00，得分表不一致",
                "项目“阵地建设”：重新计算的审核信息与定稿的不一致",
            ],
        ),
        (
            lambda content: of(content)["template"]["content"].update({"title": "别的模板"}),
            ["项目“阵地建设”：所附指标模板与其哈希不一致"],
        ),
        (
            lambda content: of(content)["evaluation"].update({"reference": "2024-baojing-zgh-p9"}),
            ["项目“阵地建设”：编号 2024-baojing-zgh-p9 不是这份自评的项目"],
        ),
        (
            lambda content: of(content).update({"template": content["template"]}),
            ["项目“阵地建设”：所附指标模板不是该项目自评采用的模板"],
        ),
    ],
)
def test_a_changed_project_is_noticed_even_when_all_hashes_are_rewritten(
    frozen: Snapshot, change: Callable[[dict], None], found: list[str]
):
    rewrite(frozen, change)
    assert faults(frozen) == found


def test_a_removed_project_is_noticed(frozen: Snapshot):
    rewrite(frozen, lambda content: content["projects"].pop())
    assert faults(frozen) == ["重新计算的审核信息与定稿的不一致"]


# ── voiding ──


def test_a_voided_year_is_begun_anew(cast: Cast, parent: Evaluation, child: Evaluation):
    assert creating.why_not(cast.department, parent.fiscal_year)
    workflow.perform("void", parent, cast.preparer, "模板选错，重新填报")
    assert Snapshot.objects.get().content["evaluation"]["state"] == "voided"
    assert snapshots.verify(Snapshot.objects.get()) == []
    again = creating.start_evaluation(cast.department, parent.fiscal_year, cast.preparer)
    assert (again.reference, again.state) == ("2024-baojing-zgh-2", "draft")
    assert projects.start_project(again, HALL, cast.preparer).reference == "2024-baojing-zgh-2-p1"
    workflow.perform("void", again, cast.preparer, "模板又选错了一次")
    third = creating.start_evaluation(cast.department, parent.fiscal_year, cast.preparer)
    assert third.reference == "2024-baojing-zgh-3"


def test_a_voided_evaluation_stays_as_it_was(cast: Cast, parent: Evaluation, child: Evaluation):
    workflow.perform("void", parent, cast.bureau_lead, "单位合并，不再单独填报")
    with pytest.raises(Locked, match="已作废"):
        save(parent, "money", Posted(fields={"quota": "99"}))
    with pytest.raises(Locked, match="已作废"):
        save(child, "form", Posted(fields={"goal": "改"}))
    again = creating.start_evaluation(cast.department, parent.fiscal_year, cast.preparer)
    people.save_lines(again, ())
    old = Evaluation.objects.get(pk=parent.pk)
    assert len(facts.facts_of(old).lines) == len(of_projects.LINES)
    assert [one.child.project for one in projects.owed(old)] == [HALL, AID]
    assert facts.facts_of(Evaluation.objects.get(pk=child.pk)).lines
    assert not facts.facts_of(again).lines


def test_last_year_is_what_was_not_voided(cast: Cast):
    last = people.complete(people.evaluation(cast, 2023))
    workflow.perform("void", last, cast.preparer, "模板选错，重新填报")
    again = creating.start_evaluation(cast.department, last.fiscal_year, cast.preparer)
    save(again, "money", Posted(fields={"quota": "7"}))
    assert facts.previous(people.evaluation(cast))["quota"] == "7"


def test_an_unfinished_draft_can_be_voided_but_not_without_a_reason(cast: Cast, draft: Evaluation):
    for reason, message in (("", "作废的原因只有 0 字"), ("字" * 2001, "最多 2000 字")):
        with pytest.raises(Invalid, match=message):
            workflow.perform("void", draft, cast.preparer, reason)
    workflow.perform("void", draft, cast.preparer, "  年度选错了  ")
    draft.refresh_from_db()
    assert (draft.state, draft.return_reason, draft.version) == ("voided", "年度选错了", 1)
    assert draft.must_fix > 0


# ── last year's projects ──


def test_a_project_remembers_itself_of_last_year(cast: Cast):
    last = of_projects.evaluation(cast, 2023)
    of_projects.complete(last)
    this = of_projects.evaluation(cast)
    hall = projects.start_project(this, HALL, cast.preparer)
    assert facts.previous(hall)["executed"] == "300000"  # a draft, as long as there is nothing better
    workflow.perform("submit", last, cast.unit_head)
    workflow.perform("withdraw", last, cast.preparer)
    people.save_lines(last, ())
    assert facts.previous(hall)["executed"] == "300000"
    assert facts.previous(projects.start_project(this, AID, cast.preparer))["executed"] == "200000"


# ── closed years ──


def test_a_closed_year_takes_no_changes_and_is_decided_nevertheless(
    cast: Cast, parent: Evaluation, child: Evaluation
):
    closing = lambda closed: FiscalYear.objects.update(closed=closed)  # noqa: E731
    closing(True)
    revision = parent.sections.get(code="money").revision
    for deed in (
        lambda: drafting.save_section(parent, "money", Posted({"quota": "9"}), revision, cast.preparer),
        lambda: save(child, "form", Posted({"goal": "改"}), cast.preparer),
        lambda: people.save_lines(parent, ()),
        lambda: projects.rename(child, "培训", cast.preparer),
    ):
        with pytest.raises(Locked, match="2024 年度已关闭，不能填写"):
            deed()
    with pytest.raises(Refused, match="2024 年度已关闭，不能送审"):
        workflow.perform("submit", parent, cast.unit_head, summary="场馆项目不再单独自评")
    closing(False)
    workflow.perform("submit", parent, cast.unit_head)
    closing(True)
    with pytest.raises(Refused, match="2024 年度已关闭，不能撤回"):
        workflow.perform("withdraw", parent, cast.preparer)
    workflow.perform("approve", parent, cast.reviewer)
    assert moved(child)[0] == State.APPROVED


def test_the_content_is_plain(frozen: Snapshot):
    assert json.loads(json.dumps(frozen.content)) == frozen.content
