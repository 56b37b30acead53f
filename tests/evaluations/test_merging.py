"""Merging departments: nothing of the history moves, people and open reports go on in the successor."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from evaluations import access, budgeting, deadlines, listing, merging, signing, tasks, workflow
from evaluations import people as service
from evaluations.errors import Invalid, Refused
from evaluations.models import Department, Evaluation, Event, FiscalYear, Role
from tests import people
from tests.people import Cast

At = Callable[[str], None]


@pytest.fixture
def successor(cast: Cast) -> Department:
    return people.department("baojing-qtzx", "保靖县群团中心")


def held(username: str) -> set[tuple[str, str]]:
    user = service.User.objects.get(username=username)
    return set(user.memberships.filter(ended_at=None).values_list("role", "department__code"))


def test_people_get_their_roles_in_the_successor(cast: Cast, successor: Department):
    people.person("already", Role.PREPARER, successor)
    service.grant(
        None, service.User.objects.get(username="already"), Role.PREPARER, department=cast.department
    )
    merged, moved = merging.merge(cast.system_admin, cast.department, successor)
    assert (merged.is_active, merged.merged_into, merged.merged_on) == (
        False,
        successor,
        timezone.localdate(),
    )
    assert held("preparer") == {("preparer", "baojing-qtzx")}
    assert held("unit_head".replace("_", "-")) == {("unit_head", "baojing-qtzx")}
    assert held("already") == {("preparer", "baojing-qtzx")}
    assert {one.user.username for one in moved} == {"preparer", "unit-head", "observer"}
    ended = cast.preparer.memberships.get(department=cast.department)
    assert ended.ended_at is not None, "the old role stays on record"
    event = Event.objects.get(action="merge_department")
    assert (event.department, event.actor) == (cast.department, cast.system_admin)
    assert event.detail["successor"] == "保靖县群团中心"


def test_old_reports_stay_where_they_are_and_are_read_by_the_successor(
    cast: Cast, ready: Evaluation, successor: Department
):
    workflow.perform("submit", ready, cast.unit_head)
    workflow.perform("approve", ready, cast.reviewer)
    before = ready.snapshots.get().content_hash
    newcomer = people.person("xin", Role.PREPARER, successor)
    assert not access.visible_to(newcomer).exists()
    merging.merge(cast.system_admin, cast.department, successor)
    for user in (newcomer, cast.unit_head):
        access.forget(user)
        found = access.get_evaluation(user, ready.reference, "read")
        assert found.department == cast.department
        assert list(listing.evaluations(user)) == [ready]
    assert ready.snapshots.get().content_hash == before
    stranger = people.person("fremd", Role.PREPARER, people.department("baojing-jyj", "教育局"))
    assert not access.visible_to(stranger).exists()


def test_an_open_report_is_finished_by_the_successor(cast: Cast, ready: Evaluation, successor: Department):
    merging.merge(cast.system_admin, cast.department, successor)
    newcomer = people.person("xin", Role.PREPARER, successor)
    ready = access.get_evaluation(newcomer, ready.reference, "edit")
    people.save(ready, "work", people.COMPLETE["work"], newcomer)
    grid = budgeting.grid_of(cast.department, 2024)
    budgeting.save_grid(cast.department, 2024, people.LINES, grid.revision, newcomer)
    head = people.person("zhuxi", Role.UNIT_HEAD, successor)
    assert workflow.perform("submit", ready, head).state == "submitted"


def test_an_extension_of_the_successor_holds_for_the_open_report(
    cast: Cast, ready: Evaluation, successor: Department, at: At
):
    FiscalYear.objects.update(due_on=date(2025, 3, 31))
    at("2025-04-02 09:00")
    merging.merge(cast.system_admin, cast.department, successor)
    head = people.person("zhuxi", Role.UNIT_HEAD, successor)
    with pytest.raises(Refused, match="已过 2 天"):
        workflow.perform("submit", access.get_evaluation(head, ready.reference, "read"), head)
    tasks.extend(
        cast.bureau_lead, people.fiscal_year(), [successor], date(2025, 4, 10), "机构改革，人员刚到位。"
    )
    found = access.get_evaluation(head, ready.reference, "read")
    assert deadlines.due_on(found) == date(2025, 4, 10)
    assert deadlines.due_on(Evaluation.objects.get(pk=ready.pk)) == date(2025, 4, 10)
    assert workflow.perform("submit", found, head).state == "submitted"


@pytest.mark.parametrize(("old", "new"), [(False, True), (True, False)])
def test_the_open_report_is_signed_as_the_successor_signs(
    cast: Cast, ready: Evaluation, successor: Department, old: bool, new: bool
):
    Department.objects.filter(pk=cast.department.pk).update(signature_waived=old)
    Department.objects.filter(pk=successor.pk).update(signature_waived=new)
    merging.merge(cast.system_admin, cast.department, successor)
    newcomer = people.person("xin", Role.PREPARER, successor)
    found = access.get_evaluation(newcomer, ready.reference, "edit")
    assert ("submit" in access.allowed(newcomer, found)) == new
    signing.set_waived(cast.bureau_lead, successor, not new, "单位刚换了负责人")
    if new:
        with pytest.raises(Refused, match="由单位负责人签字后送审"):
            workflow.perform("submit", found, newcomer)
    else:
        assert workflow.perform("submit", found, newcomer).signed_by is None


def test_nothing_new_begins_in_a_merged_department(cast: Cast, successor: Department):
    people.fiscal_year()
    merging.merge(cast.system_admin, cast.department, successor)
    access.forget(cast.preparer)
    assert [one.code for one, _ in listing.startable(cast.preparer)] == ["baojing-qtzx"]
    with pytest.raises(Invalid, match="已并入保靖县群团中心，不能再启用"):
        service.change_department(
            cast.system_admin, cast.department, name="县总工会", short_name="", is_active=True, parent=None
        )


def test_units_and_earlier_mergers_belong_to_the_last_successor(cast: Cast, successor: Department):
    unit = people.department("baojing-fwzx", "服务中心")
    Department.objects.filter(pk=unit.pk).update(parent=cast.department)
    old = people.department("baojing-old", "老工会")
    merging.merge(cast.system_admin, old, cast.department)
    merging.merge(cast.system_admin, cast.department, successor)
    unit.refresh_from_db()
    old.refresh_from_db()
    assert (unit.parent, old.merged_into) == (successor, successor)


def test_a_unit_merges_into_its_superior_and_a_unit_takes_in_one_without_units(
    cast: Cast, successor: Department
):
    unit = people.department("baojing-fwzx", "服务中心")
    Department.objects.filter(pk=unit.pk).update(parent=cast.department)
    merging.merge(cast.system_admin, people.department("baojing-x", "站"), Department.objects.get(pk=unit.pk))
    merged, _ = merging.merge(cast.system_admin, Department.objects.get(pk=unit.pk), cast.department)
    assert (merged.parent, merged.merged_into) == (None, cast.department)


def unit_of(superior: Department, code: str = "baojing-fwzx") -> Department:
    unit = people.department(code, "服务中心")
    Department.objects.filter(pk=unit.pk).update(parent=superior)
    return Department.objects.get(pk=unit.pk)


def into_itself(cast: Cast, other: Department) -> tuple[Department, Department]:
    return cast.department, cast.department


def into_own_unit(cast: Cast, other: Department) -> tuple[Department, Department]:
    return cast.department, unit_of(cast.department)


def units_below_a_unit(cast: Cast, other: Department) -> tuple[Department, Department]:
    unit_of(cast.department, "baojing-a")
    return cast.department, unit_of(other, "baojing-b")


def into_stopped(cast: Cast, other: Department) -> tuple[Department, Department]:
    Department.objects.filter(pk=other.pk).update(is_active=False)
    return cast.department, other


def into_merged(cast: Cast, other: Department) -> tuple[Department, Department]:
    merging.merge(None, other, people.department("baojing-x", "新局"))
    return cast.department, other


def twice(cast: Cast, other: Department) -> tuple[Department, Department]:
    merging.merge(None, cast.department, people.department("baojing-x", "新局"))
    return cast.department, other


@pytest.mark.parametrize(
    ("case", "sentence"),
    [
        (into_itself, "不能并入自己"),
        (into_own_unit, "服务中心是保靖县总工会的二级机构，请先"),
        (units_below_a_unit, "下面的二级机构不能再隶属于它"),
        (into_stopped, "已停用，请先启用"),
        (into_merged, "保靖县群团中心已并入新局，请选新局"),
        (twice, "已经并入新局，不必重复合并"),
    ],
)
def test_what_cannot_be_merged_is_refused_and_nothing_changes(
    cast: Cast, successor: Department, case, sentence: str
):
    one, other = case(cast, successor)
    before = list(Department.objects.order_by("pk").values())
    with pytest.raises(Invalid, match=sentence):
        merging.merge(cast.system_admin, one, other)
    assert list(Department.objects.order_by("pk").values()) == before


def test_the_day_may_lie_behind_but_not_ahead(cast: Cast, successor: Department):
    with pytest.raises(Invalid, match="还没有到"):
        merging.merge(None, cast.department, successor, on=timezone.localdate() + timedelta(days=1))
    merged, _ = merging.merge(None, cast.department, successor, on=date(2024, 1, 1))
    assert merged.merged_on == date(2024, 1, 1)


@pytest.mark.parametrize("who", ["preparer", "unit_head", "bureau_lead", "security_admin", "auditor"])
def test_only_a_system_administrator_of_both_merges(cast: Cast, successor: Department, who: str):
    with pytest.raises(PermissionDenied):
        merging.merge(cast[who], cast.department, successor)


def test_departments_of_another_county_are_out_of_reach(cast: Cast, successor: Department):
    elsewhere = cast.stranger.memberships.get().department
    with pytest.raises(PermissionDenied):
        merging.merge(cast.system_admin, cast.department, elsewhere)
    with pytest.raises(Invalid, match="不在同一个行政区划"):
        merging.merge(None, cast.department, elsewhere)


# ── 二级机构 ────────────────────────────────────────────────────────────────────────────────────────────────


def change(cast: Cast, department: Department, **changed) -> Department:
    given = {"name": department.name, "short_name": "", "is_active": True, "parent": None} | changed
    return service.change_department(cast.system_admin, department, **given)


def test_a_department_gets_a_superior_and_loses_it(cast: Cast, successor: Department):
    assert change(cast, successor, parent=cast.department).parent == cast.department
    event = Event.objects.get(action="change_department")
    assert event.detail["after"] == ["保靖县群团中心", "", "隶属保靖县总工会", True]
    assert change(cast, successor).parent is None


def test_there_is_one_level_of_units_and_no_circle(cast: Cast, successor: Department):
    unit = unit_of(cast.department)
    with pytest.raises(Invalid, match="服务中心自己是保靖县总工会的二级机构，不能再做主管部门"):
        change(cast, successor, parent=unit)
    with pytest.raises(Invalid, match="保靖县总工会下面有二级机构，不能再隶属于保靖县群团中心"):
        change(cast, cast.department, parent=successor)
    with pytest.raises(Invalid, match="不能做自己的主管部门"):
        change(cast, successor, parent=successor)
    with pytest.raises(Invalid, match="同一个行政区划"):
        change(cast, successor, parent=people.department("huayuan-zgh"))
    with pytest.raises(Invalid, match="下面还有在用的二级机构"):
        change(cast, cast.department, is_active=False)


def test_moving_a_unit_moves_the_figures_of_both_superiors(
    cast: Cast, draft: Evaluation, successor: Department, django_capture_on_commit_callbacks
):
    other = people.evaluation(successor)
    unit = unit_of(cast.department)
    budgeting.save_grid(unit, 2024, ({"functional": "2012901", "executed": "5"},), 0, None, unit="万元")

    def executed() -> list[str]:
        reports = Evaluation.objects.filter(pk__in=[draft.pk, other.pk]).order_by("pk")
        return [str(one.budget_executed) for one in reports]

    assert executed() == ["50000.00", "None"]
    with django_capture_on_commit_callbacks(execute=True):
        change(cast, unit, parent=successor)
    assert executed() == ["None", "50000.00"]
    with django_capture_on_commit_callbacks(execute=True):
        merging.merge(None, successor, cast.department)
    assert executed() == ["50000.00", "None"]
    with django_capture_on_commit_callbacks(execute=True):
        change(cast, Department.objects.get(pk=unit.pk), parent=cast.department, is_active=False)
    assert executed() == ["None", "None"], "one out of use does not count"
