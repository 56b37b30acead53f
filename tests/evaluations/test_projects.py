"""Evaluations of projects: begun, filled in, and what the department's evaluation says of them."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from evaluations import access, assessing, budgeting, drafting, facts, listing, projects, workflow
from evaluations.errors import Conflict, Invalid, Locked, Refused
from evaluations.models import BudgetLine, Department, Evaluation, Event, FiscalYear, State
from evaluations.sections import Posted
from tests import people as of_people
from tests import projects as of_projects
from tests.people import Cast, save, save_lines
from tests.projects import AID, FORM, HALL, LINES


@pytest.fixture
def parent(cast: Cast) -> Evaluation:
    return of_projects.evaluation(cast)


@pytest.fixture
def children(parent: Evaluation) -> tuple[Evaluation, Evaluation]:
    return of_projects.complete(parent)


def codes(evaluation: Evaluation) -> list[str]:
    return [finding.code for finding in assessing.assess(evaluation).findings]


# ── what is owed ──


def test_projects_are_those_that_the_lines_name(parent: Evaluation):
    hall, aid = projects.names_of(parent)
    assert (hall.name, hall.opening, hall.adjustment, hall.final, hall.executed) == (
        HALL, Decimal(400000), None, Decimal(400000), Decimal(300000)
    )  # fmt: skip
    assert (aid.name, aid.opening, aid.adjustment, aid.final, aid.executed) == (
        AID, Decimal(150000), Decimal(50000), Decimal(200000), Decimal(200000)
    )  # fmt: skip
    assert [(one.budget.name, one.child) for one in projects.owed(parent)] == [(HALL, None), (AID, None)]


def test_what_is_owed_must_be_evaluated(parent: Evaluation, cast: Cast):
    missing = [one for one in assessing.assess(parent).must_fix if one.code == "项目-未自评"]
    assert [one.message for one in missing] == [
        "项目“阵地建设”（全年预算数 40.00 万元，执行数 30.00 万元）还没有项目自评。",
        "项目“困难职工帮扶”（全年预算数 20.00 万元，执行数 20.00 万元）还没有项目自评。",
    ]
    assert len({one.fingerprint for one in missing}) == 2
    assert assessing.assess(parent).statuses["data"].must_fix == 2
    assert parent.must_fix == 2
    with pytest.raises(Refused, match="有 2 条必须改正"):
        workflow.perform("submit", parent, cast.unit_head)
    projects.start_project(parent, HALL, cast.preparer)
    assert codes(parent).count("项目-未自评") == 1


def test_spending_without_a_projects_name_is_a_hint_and_no_project(parent: Evaluation, cast: Cast):
    save_lines(parent, ({"functional": "2012902", "kind": "项目支出", "executed": "1"},))
    assert [one.name for one in projects.names_of(parent)] == [""]
    (hint,) = [one for one in assessing.assess(parent).findings if one.code.startswith("项目-")]
    assert (hint.code, hint.severity) == ("项目-无名称", "hint")
    with pytest.raises(Invalid, match="没有选项目"):
        projects.start_project(parent, "", cast.preparer)


def test_a_template_that_asks_for_no_projects_owes_none(draft: Evaluation, cast: Cast):
    save_lines(draft, LINES)
    assert projects.owed(draft) == ()
    assert not [code for code in codes(draft) if code.startswith("项目-")]
    with pytest.raises(Refused, match="不要求项目自评"):
        projects.start_project(draft, HALL, cast.preparer)


# ── beginning ──


def test_a_project_is_begun_once_by_its_name(parent: Evaluation, cast: Cast):
    child = projects.start_project(parent, f" {AID}", cast.preparer)
    assert (child.reference, child.project, child.state) == ("2024-baojing-zgh-p1", AID, "draft")
    assert (child.parent, child.template.code) == (parent, "small-project")
    assert list(child.sections.values_list("code", flat=True)) == ["form"]
    event = Event.objects.first()
    assert (event.action, event.evaluation, event.detail) == ("start", child, {"project": AID})
    with pytest.raises(Refused, match="“困难职工帮扶”的自评已经建立"):
        projects.start_project(parent, AID, cast.preparer)
    with pytest.raises(Refused, match="没有名为“体育馆”的项目支出"):
        projects.start_project(parent, "体育馆", cast.preparer)
    with pytest.raises(Refused, match="项目自评下面不能再建"):
        projects.start_project(child, HALL, cast.preparer)
    assert projects.start_project(parent, HALL, cast.preparer).reference == "2024-baojing-zgh-p2"


def test_only_who_fills_in_begins_a_project(parent: Evaluation, cast: Cast):
    for who in ("unit_head", "reviewer", "bureau_lead"):
        with pytest.raises(PermissionDenied):
            projects.start_project(parent, HALL, cast[who])
    for who in ("stranger", "system_admin", "newcomer"):
        with pytest.raises(Http404):
            projects.start_project(parent, HALL, cast[who])
    Evaluation.objects.update(state="submitted")
    with pytest.raises(Locked):
        projects.start_project(parent, HALL, cast.preparer)
    assert not parent.projects.exists()


def test_the_years_template_for_projects_goes_before_the_newest(parent: Evaluation, cast: Cast):
    newest = of_projects.publish(project_data() | {"title": "小样项目（新）"})
    assert projects.start_project(parent, HALL, cast.preparer).template == newest
    assigned = newest.__class__.objects.get(code="small-project", version=1)
    FiscalYear.objects.update(project_template=assigned)
    parent = Evaluation.objects.get(pk=parent.pk)
    assert projects.start_project(parent, AID, cast.preparer).template == assigned


def test_a_template_that_does_not_fit_is_refused(parent: Evaluation, cast: Cast):
    for template, message in (
        (parent.template, "不是项目自评的模板"),
        (of_projects.publish(project_data() | {"years": [2023]}), "不适用于 2024 年度"),
    ):
        FiscalYear.objects.update(project_template=template)
        with pytest.raises(Refused, match=message):
            projects.start_project(Evaluation.objects.get(pk=parent.pk), HALL, cast.preparer)


def project_data() -> dict:
    from indicators import loading

    return loading.load_yaml(of_projects.FOLDER / "small_project.yaml")


def test_a_project_may_be_evaluated_without_a_score(parent: Evaluation, cast: Cast):
    plain = project_data() | {"scored": False, "indicators": [], "grades": []}
    plain["outline"][0]["blocks"] = plain["outline"][0]["blocks"][:1]
    del plain["total"]
    plain["examples"] = [
        {
            "name": name,
            "figures": {"goal": "建成"},
            "lines": [LINES[1] | {"opening": f"{name}0000"}],
            "values": {"budget": f"{name}.00"},
        }
        for name in ("1", "2")
    ]
    FiscalYear.objects.update(project_template=of_projects.publish(plain))
    parent = Evaluation.objects.get(pk=parent.pk)
    for name in (HALL, AID):
        child = projects.start_project(parent, name, cast.preparer)
        save(child, "form", Posted(fields={"goal": "建成"}))
        assert child.sheet["total"] is None
    points = assessing.assess(parent).figures.values["points"]
    assert points.missing == tuple(
        f"evaluated-projects[{parent.reference}-{one}].score" for one in ("p1", "p2")
    )
    workflow.perform("submit", parent, cast.unit_head)


def test_a_reference_that_another_department_has_is_passed_over(parent: Evaluation, cast: Cast):
    of_people.evaluation(of_people.department("baojing-zgh-p1", "保靖县某局"))
    assert projects.start_project(parent, HALL, cast.preparer).reference == "2024-baojing-zgh-p2"


# ── filling in ──


def test_a_project_sees_its_own_lines_only(children: tuple[Evaluation, Evaluation]):
    hall, aid = (assessing.assess(child) for child in children)
    assert hall.figures.values["executed"] == 300000
    assert aid.figures.values["executed"] == 200000
    assert {line.project for line in hall.figures.facts.lines} == {HALL}
    assert [str(child.total) for child in children] == ["10.00", "10.00"]
    assert (children[0].budget_final, children[0].budget_executed) == (400000, 300000)


def test_whose_evaluation_it_is(parent: Evaluation, children: tuple[Evaluation, Evaluation]):
    assert facts.facts_of(parent).subject == {
        "单位名称": "保靖县总工会",
        "单位简称": "县总工会",
        "行政区划": "保靖县",
        "项目名称": "",
        "主管部门": "保靖县总工会",
    }
    assert facts.facts_of(children[1]).subject["项目名称"] == AID


def test_the_departments_evaluation_knows_its_projects(
    parent: Evaluation, children: tuple[Evaluation, Evaluation]
):
    hall, aid = facts.facts_of(parent).projects
    assert (hall.reference, hall.name, hall.final, hall.score, hall.grade, hall.state) == (
        "2024-baojing-zgh-p1", HALL, 400000, Decimal("10.00"), "优", "draft"
    )  # fmt: skip
    values = assessing.assess(parent).figures.values
    assert (values["in_projects"], values["points"]) == (500000, 20)
    assert aid.adjustment == 50000


def test_saving_a_project_moves_the_departments_figures(
    parent: Evaluation, children: tuple[Evaluation, Evaluation], cast: Cast
):
    assert (parent.must_fix, parent.unexplained) == (0, 0)
    save(children[0], "form", Posted(fields={"goal": "", "P02-level": "差"}), cast.preparer)
    parent.refresh_from_db()
    assert (parent.must_fix, parent.unexplained) == (1, 1)  # no goal, points lost without reason
    assert assessing.assess(parent).figures.values["points"] == 15


def test_saving_the_lines_moves_the_projects(
    parent: Evaluation, children: tuple[Evaluation, Evaluation], django_assert_max_num_queries
):
    with django_assert_max_num_queries(40):
        save_lines(parent, (*LINES[:1], LINES[1] | {"executed": "41"}, *LINES[2:]))
    hall, aid = Evaluation.objects.filter(parent=parent).order_by("id")
    assert (str(hall.total), hall.budget_executed, hall.unexplained) == ("8.00", 410000, 1)
    assert (str(aid.total), aid.updated_at) == ("10.00", children[1].updated_at)
    parent.refresh_from_db()
    assert parent.unexplained == 1


def test_a_project_is_edited_by_the_same_rules(
    cast: Cast, parent: Evaluation, children: tuple[Evaluation, Evaluation]
):
    child = children[0]
    with pytest.raises(PermissionDenied):
        save(child, "form", Posted(fields={"goal": "改"}), cast.unit_head)
    with pytest.raises(Http404):
        save(child, "form", Posted(fields={"goal": "改"}), cast.stranger)
    revision = child.sections.get(code="form").revision
    save(child, "form", Posted(fields={"goal": "改"}), cast.preparer)
    with pytest.raises(Conflict):
        drafting.save_section(child, "form", Posted(fields={"goal": "再改"}), revision, cast.preparer)


# ── a project that is renamed or given up ──


def test_an_evaluation_follows_its_project_to_another_name(
    cast: Cast, parent: Evaluation, children: tuple[Evaluation, Evaluation]
):
    save_lines(parent, (LINES[0], LINES[1] | {"project": "阵地改造"}, *LINES[2:]))
    assert [(one.budget.name, one.gone) for one in projects.owed(parent)] == [
        ("阵地改造", False), (AID, False), (HALL, True)
    ]  # fmt: skip
    assert {"项目-未自评", "项目-无预算"} <= set(codes(parent))
    with pytest.raises(Refused, match="已经建立"):
        projects.rename(children[0], AID, cast.preparer)
    renamed = projects.rename(children[0], "阵地改造", cast.preparer)
    assert str(renamed.total) == "10.00"
    assert [one.child and one.child.reference for one in projects.owed(parent)] == [
        "2024-baojing-zgh-p1", "2024-baojing-zgh-p2"
    ]  # fmt: skip
    assert not [code for code in codes(parent) if code.startswith("项目-")]
    assert Event.objects.first().detail == {"from": HALL, "to": "阵地改造"}


def test_a_project_whose_amounts_are_not_filled_in_yet_has_not_gone(
    parent: Evaluation, children: tuple[Evaluation, Evaluation]
):
    save_lines(parent, (*LINES[:1], LINES[1] | {"opening": "", "executed": ""}, *LINES[2:]))
    assert [one.gone for one in projects.owed(parent)] == [False, False]
    assert "项目-无预算" not in codes(parent)


def test_a_page_read_before_the_renaming_computes_with_the_new_name(
    cast: Cast, parent: Evaluation, children: tuple[Evaluation, Evaluation]
):
    old = Evaluation.objects.get(pk=children[0].pk)
    save_lines(parent, (LINES[0], LINES[1] | {"project": "阵地改造"}, *LINES[2:]))
    projects.rename(children[0], "阵地改造", cast.preparer)
    save(old, "form", Posted(fields={"goal": "按期改造"}), cast.preparer)
    saved = Evaluation.objects.get(pk=old.pk)
    assert (str(saved.total), saved.budget_executed) == ("10.00", 300_000)


def test_a_project_that_has_gone_is_given_up_and_its_number_with_it(
    cast: Cast, parent: Evaluation, children: tuple[Evaluation, Evaluation]
):
    with pytest.raises(Refused, match="预算明细中有项目“困难职工帮扶”"):
        projects.give_up(children[1], cast.preparer)
    save_lines(parent, LINES[:2])
    projects.give_up(children[1], cast.preparer)
    assert [one.budget.name for one in projects.owed(parent)] == [HALL]
    assert Evaluation.objects.get(pk=children[1].pk).state == State.VOIDED
    with pytest.raises(Locked, match="已作废"):
        save(children[1], "form", FORM, cast.preparer)
    assert access.get_evaluation(cast.preparer, children[1].reference, "read")
    save_lines(parent, LINES)
    assert projects.start_project(parent, AID, cast.preparer).reference == "2024-baojing-zgh-p3"


# ── sub-units ──


@pytest.fixture
def unit(cast: Cast) -> Department:
    found = of_people.department("baojing-wg", "保靖县工人文化宫")
    found.parent = cast.department
    found.save()
    return found


def lines_of_unit(unit: Department, cast: Cast, *rows: dict[str, str]) -> None:
    grid = budgeting.grid_of(unit, 2024)
    budgeting.save_grid(unit, 2024, rows, grid.revision, None, unit="万元")


def test_the_lines_of_a_unit_count_in_its_superiors_evaluation(
    cast: Cast, parent: Evaluation, children: tuple[Evaluation, Evaluation], unit: Department
):
    lines_of_unit(
        unit,
        cast,
        {"id": "00a1", "functional": "2012902", "kind": "项目支出", "project": AID, "executed": "3"},
        {"id": "00a2", "functional": "2012901", "executed": "若干"},
    )
    given = facts.facts_of(parent)
    assert [line.id for line in given.lines[-2:]] == ["baojing-wg:00a1", "baojing-wg:00a2"]
    assert given.raw == {"lines[baojing-wg:00a2].executed": "若干"}
    parent.refresh_from_db()
    assert (parent.budget_executed, parent.must_fix) == (930000, 1)
    aid = Evaluation.objects.get(pk=children[1].pk)
    assert aid.budget_executed == 230000
    assert facts.facts_of(aid).raw == {}
    unit.is_active = False
    unit.save()
    assert len(facts.facts_of(parent).lines) == len(LINES)


def test_the_superior_does_not_write_a_units_lines(cast: Cast, parent: Evaluation, unit: Department):
    lines_of_unit(unit, cast, {"id": "00a1", "functional": "2012901", "executed": "3"})
    save_lines(parent, LINES[:1])
    assert BudgetLine.objects.filter(grid__department=unit).count() == 1
    assert len(facts.facts_of(parent).lines) == 2


def test_the_subject_of_a_unit_names_its_superior(cast: Cast, unit: Department):
    of_projects.fiscal_year()
    own = of_people.creating.start_evaluation(unit, FiscalYear.objects.get(), None)
    assert facts.facts_of(own).subject["主管部门"] == "保靖县总工会"


# ── lists ──


def test_lists_show_departments_and_say_what_they_owe(
    cast: Cast, parent: Evaluation, django_assert_num_queries
):
    projects.start_project(parent, HALL, cast.preparer)
    shown = list(listing.evaluations(cast.preparer))
    assert shown == [parent]
    (row,) = listing.rows(cast.preparer, shown)
    assert row.owed == "2 个项目，1 个未自评"
    projects.start_project(parent, AID, cast.preparer)
    with django_assert_num_queries(2):
        (row,) = listing.rows(cast.preparer, shown)
    assert row.owed == "2 个项目，都已建立自评"


def test_what_has_been_sent_owes_nothing_whatever_its_units_write(
    cast: Cast, parent: Evaluation, children: tuple[Evaluation, Evaluation], unit: Department
):
    workflow.perform("submit", parent, cast.unit_head)
    budgeting.save_grid(unit, 2024, [LINES[1] | {"project": "新项目"}], 0, None)
    (row,) = listing.rows(cast.preparer, listing.evaluations(cast.preparer))
    assert row.owed == ""


def test_a_plain_report_owes_nothing_and_costs_nothing(
    cast: Cast, draft: Evaluation, django_assert_num_queries
):
    listing.rows(cast.preparer, [draft])  # roles are read once
    with django_assert_num_queries(0):
        (row,) = listing.rows(cast.preparer, [draft])
    assert row.owed == ""


def test_what_a_reviewer_sees_of_a_returned_report_does_not_tell_what_it_owes(cast: Cast, parent: Evaluation):
    Evaluation.objects.update(state="returned")
    (row,) = listing.rows(cast.reviewer, listing.evaluations(cast.reviewer))
    assert (row.live, row.owed) == (False, "")
