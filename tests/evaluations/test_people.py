"""Granting and ending roles, one-time passwords, and what the log keeps of it."""

import pytest
from django.core.exceptions import PermissionDenied

from evaluations import people
from evaluations.errors import Invalid
from evaluations.models import Event, Membership, Role, User
from evaluations.models.people import DEPARTMENT_ROLES
from tests import people as cast_of
from tests.people import Cast


def held(user: User) -> set[str]:
    return set(user.memberships.filter(ended_at=None).values_list("role", flat=True))


def test_a_system_administrator_adds_a_person_with_a_role(cast: Cast):
    user, password = people.add_person(cast.system_admin, "lisi", "李四", "lisi@example.gov.cn")
    people.grant(cast.system_admin, user, Role.PREPARER, department=cast.department)
    assert user.must_change_password
    assert user.check_password(password)
    assert held(user) == {"preparer"}
    assert list(Event.objects.values_list("action", "actor__username")[:2]) == [
        ("grant_role", "system-admin"),
        ("add_person", "system-admin"),
    ]


def test_a_reset_password_must_be_changed(cast: Cast):
    password = people.reset_password(cast.system_admin, cast.preparer)
    cast.preparer.refresh_from_db()
    assert cast.preparer.check_password(password)
    assert cast.preparer.must_change_password
    people.change_own_password(cast.preparer, "wode-xin-mima-8")
    assert not cast.preparer.must_change_password


@pytest.mark.parametrize(
    "who", ["preparer", "observer", "reviewer", "bureau_lead", "auditor", "security_admin"]
)
def test_nobody_else_manages_people(cast: Cast, who: str):
    with pytest.raises(PermissionDenied):
        people.add_person(cast[who], "lisi")
    with pytest.raises(PermissionDenied):
        people.grant(cast[who], cast.newcomer, Role.PREPARER, department=cast.department)
    with pytest.raises(PermissionDenied):
        people.reset_password(cast[who], cast.newcomer)
    assert not held(cast.newcomer)


def test_an_administrator_stays_in_the_own_county(cast: Cast):
    elsewhere = cast.stranger.memberships.get().department
    with pytest.raises(PermissionDenied):
        people.grant(cast.system_admin, cast.newcomer, Role.PREPARER, department=elsewhere)
    with pytest.raises(PermissionDenied):
        people.reset_password(cast.system_admin, cast.stranger)
    with pytest.raises(PermissionDenied):
        people.set_active(cast.system_admin, cast.stranger, False)
    with pytest.raises(PermissionDenied):
        people.add_region(cast.system_admin, code="433123", name="凤凰县", parent=None)


def test_nobody_gives_himself_a_role(cast: Cast):
    with pytest.raises(Invalid, match="不能给自己授予角色"):
        people.grant(cast.system_admin, cast.system_admin, Role.REVIEWER, region=cast.department.region)


@pytest.mark.parametrize("filling", [Role.PREPARER, Role.UNIT_HEAD])
@pytest.mark.parametrize("deciding", [Role.REVIEWER, Role.BUREAU_LEAD])
def test_who_fills_in_never_decides(cast: Cast, filling: Role, deciding: Role):
    county, prefecture = cast.department.region, cast.department.region.parent
    people.grant(None, cast.newcomer, filling, department=cast.department)
    for region in (county, prefecture):
        with pytest.raises(Invalid, match="填报的人不能审批自己的单位"):
            people.grant(None, cast.newcomer, deciding, region=region)
    reviewer = cast_of.person("zhang")
    people.grant(None, reviewer, deciding, region=prefecture)
    with pytest.raises(Invalid, match="填报的人不能审批自己的单位"):
        people.grant(None, reviewer, filling, department=cast.department)


def test_filling_in_here_and_reviewing_elsewhere_is_possible(cast: Cast):
    elsewhere = cast.stranger.memberships.get().department
    people.grant(None, cast.preparer, Role.REVIEWER, region=elsewhere.region)
    assert held(cast.preparer) == {"preparer", "reviewer"}


@pytest.mark.parametrize("other", [Role.PREPARER, Role.UNIT_HEAD, Role.REVIEWER, Role.BUREAU_LEAD])
def test_who_reads_as_the_superior_neither_fills_in_nor_decides_there(cast: Cast, other: Role):
    here, elsewhere = cast.department, cast.stranger.memberships.get().department
    place = {"department": here} if other in DEPARTMENT_ROLES else {"region": here.region.parent}
    people.grant(None, cast.newcomer, Role.OBSERVER, department=here)
    with pytest.raises(Invalid, match="上级查阅人只查阅，不参与填报和审批"):
        people.grant(None, cast.newcomer, other, **place)
    first = cast_of.person("first")
    people.grant(None, first, other, **place)
    with pytest.raises(Invalid, match="上级查阅人只查阅，不参与填报和审批"):
        people.grant(None, first, Role.OBSERVER, department=here)
    if other in DEPARTMENT_ROLES:
        people.grant(None, first, Role.OBSERVER, department=elsewhere)
        assert held(first) == {other, "observer"}


@pytest.mark.parametrize("separate", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR])
@pytest.mark.parametrize("other", Role)
def test_the_three_administrators_hold_nothing_else(cast: Cast, separate: Role, other: Role):
    if separate == other:
        return
    for first, second in ((separate, other), (other, separate)):
        user = cast_of.person(f"{first}-{second}", first, cast.department)
        place = {"department": cast.department} if second in DEPARTMENT_ROLES else {}
        with pytest.raises(Invalid, match="三权分立"):
            people.grant(None, user, second, **place or {"region": cast.department.region})
        assert held(user) == {first}


def test_the_last_system_administrator_stays(cast: Cast):
    membership = cast.system_admin.memberships.get()
    with pytest.raises(Invalid, match="最后一名系统管理员"):
        people.end(None, membership)
    with pytest.raises(Invalid, match="最后一名系统管理员"):
        people.set_active(None, cast.system_admin, False)
    cast_of.person("second", Role.SYSTEM_ADMIN, cast.department)
    assert people.end(None, membership).ended_at is not None


def test_an_ended_role_is_kept_and_can_be_given_again(cast: Cast):
    membership = cast.preparer.memberships.get()
    ended = people.end(cast.system_admin, membership)
    assert people.end(cast.system_admin, membership).ended_at == ended.ended_at
    people.grant(cast.system_admin, cast.preparer, Role.PREPARER, department=cast.department)
    assert cast.preparer.memberships.count() == 2
    with pytest.raises(Invalid, match="已经是"):
        people.grant(cast.system_admin, cast.preparer, Role.PREPARER, department=cast.department)


def test_a_role_wants_its_kind_of_place(cast: Cast):
    with pytest.raises(Invalid, match="应授予某个单位"):
        people.grant(None, cast.newcomer, Role.PREPARER, region=cast.department.region)
    with pytest.raises(Invalid, match="应授予某个行政区划"):
        people.grant(None, cast.newcomer, Role.REVIEWER, department=cast.department)
    assert not Membership.objects.filter(user=cast.newcomer).exists()


def test_a_stopped_account_gets_no_role(cast: Cast):
    people.set_active(cast.system_admin, cast.newcomer, False)
    with pytest.raises(Invalid, match="已停用"):
        people.grant(None, cast.newcomer, Role.PREPARER, department=cast.department)


def test_departments_and_regions_say_what_is_wrong_with_them(cast: Cast):
    county = cast.department.region
    with pytest.raises(Invalid, match="单位代码只能用小写字母"):
        people.add_department(None, code="保靖", name="保靖县教育局", region=county)
    with pytest.raises(Invalid, match="已存在"):
        people.add_department(None, code="baojing-zgh", name="又一个", region=county)
    with pytest.raises(Invalid, match="不在上级"):
        people.add_region(None, code="430100", name="长沙市", parent=county.parent)
    with pytest.raises(Invalid, match="行政区划代码应为"):
        people.add_region(None, code="4331", name="湘西", parent=None)
    made = people.add_department(cast.system_admin, code="baojing-jyj", name="保靖县教育局", region=county)
    people.change_department(
        cast.system_admin, made, name="教育局", short_name="", is_active=False, parent=None
    )
    assert Event.objects.first().detail["after"] == ["教育局", "", False]


def test_a_taken_user_name_is_refused(cast: Cast):
    with pytest.raises(Invalid, match="该用户名已被使用"):
        people.add_person(None, "preparer")
    with pytest.raises(Invalid, match="用户名"):
        people.add_person(None, "not a name")
