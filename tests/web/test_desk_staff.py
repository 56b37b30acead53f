"""本单位人员: a unit head invites people, ends roles, and reaches nobody else's people."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from evaluations import people as service
from evaluations import staff
from evaluations.errors import Invalid
from evaluations.models import Event, Membership, Role, User
from tests import people
from tests.people import Cast

from .conftest import signed_in

CODE = "baojing-zgh"


@pytest.fixture
def desk(cast: Cast) -> Client:
    """A unit head at work."""
    return signed_in(cast.unit_head)


def add(desk: Client, **changed: str):
    form = {"username": "lisi", "name": "李四", "role": "preparer"} | changed
    return desk.post(reverse("staff_add", args=[CODE]), {f"new-{name}": text for name, text in form.items()})


def invite(desk: Client, username: str, name: str, role: str = "observer", code: str = CODE):
    form = {"known-username": username, "known-name": name, "known-role": role}
    return desk.post(reverse("staff", args=[code]), form, follow=True)


def end(desk: Client, membership: Membership, code: str = CODE) -> str:
    answer = desk.post(reverse("staff_end", args=[code, membership.pk]), follow=True)
    return answer.content.decode()


def held(username: str) -> set[str]:
    return set(
        Membership.objects.filter(user__username=username, ended_at=None).values_list("role", flat=True)
    )


def test_the_navigation_leads_to_the_own_people(desk: Client, cast: Cast):
    assert "本单位人员" in desk.get("/").content.decode()
    page = desk.get(reverse("own_people"), follow=True).content.decode()
    for name in ("preparer甲", "unit-head甲", "observer甲"):
        assert name in page
    assert "reviewer甲" not in page, "whoever decides is not the department's"
    assert "本人" in page
    assert "/evaluations/" not in page


def test_a_head_of_two_departments_goes_from_one_to_the_other(desk: Client, cast: Cast):
    service.grant(
        None, cast.unit_head, Role.UNIT_HEAD, department=people.department("baojing-jyj", "保靖县教育局")
    )
    page = desk.get(reverse("own_people"), follow=True).content.decode()
    assert reverse("staff", args=[CODE]) in page
    assert reverse("staff", args=["baojing-jyj"]) in page


def test_the_page_asks_the_database_no_more_for_many_people(
    desk: Client, cast: Cast, django_assert_max_num_queries
):
    for number in range(12):
        people.person(f"kuaiji{number}", Role.PREPARER, cast.department)
    with django_assert_max_num_queries(9):
        desk.get(reverse("staff", args=[CODE]))


def test_a_new_person_gets_a_role_and_a_one_time_password(desk: Client, cast: Cast, client: Client):
    shown = add(desk).content.decode()
    password = re.search(r'id="one-time-password">([a-z0-9]{12})<', shown)[1]
    assert held("lisi") == {"preparer"}
    answer = client.post(reverse("login"), {"username": "lisi", "password": password}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("password_change")
    granted, added = Event.objects.filter(actor=cast.unit_head).order_by("-id")[:2]
    assert (granted.action, added.action) == ("grant_role", "add_person")
    assert granted.department == cast.department


def test_an_account_is_invited_by_both_names(desk: Client, cast: Cast):
    page = invite(desk, "stranger", "stranger甲").content.decode()
    assert "已授予：stranger甲：保靖县总工会上级查阅人。" in page
    assert held("stranger") == {"preparer", "observer"}


@pytest.mark.parametrize(("username", "name"), [("stranger", "别人"), ("niemand", "别人")])
def test_a_wrong_name_and_an_unknown_account_get_one_answer(
    desk: Client, cast: Cast, username: str, name: str
):
    answer = invite(desk, username, name)
    assert answer.status_code == 400
    assert f"没有用户名为“{username}”、姓名为“{name}”的账号" in answer.content.decode()
    assert "observer" not in held(username)


@pytest.mark.parametrize(
    ("who", "sentence"),
    [
        (
            "reviewer",
            "reviewer甲已是保靖县的审核人，不能再任保靖县总工会的填报人：填报的人不能审批自己的单位。",
        ),
        ("auditor", "审计管理员不能兼任其他角色（三权分立）"),
        ("observer", "上级查阅人只查阅，不参与填报和审批。"),
        ("preparer", "preparer甲已经是保靖县总工会的填报人。"),
        ("unit-head", "不能给自己授予角色"),
    ],
)
def test_conflicting_roles_are_refused_with_the_reason(desk: Client, cast: Cast, who: str, sentence: str):
    before = held(who)
    answer = invite(desk, who, f"{who}甲", "preparer")
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert held(who) == before


@pytest.mark.parametrize("role", ["unit_head", "reviewer", "bureau_lead", "system_admin", "king", ""])
def test_a_head_gives_no_other_roles(desk: Client, cast: Cast, role: str):
    assert add(desk, role=role).status_code == 400
    assert invite(desk, "newcomer", "newcomer甲", role).status_code == 400
    assert not User.objects.filter(username="lisi").exists()
    assert held("newcomer") == set()


def test_the_service_gives_no_other_roles_either(cast: Cast):
    places = {"department": cast.department}, {"region": cast.department.region}
    for role, where in zip((Role.UNIT_HEAD, Role.REVIEWER), places, strict=True):
        with pytest.raises(service.PermissionDenied):
            service.grant(cast.unit_head, cast.newcomer, role, **where)
        with pytest.raises(service.PermissionDenied):
            service.appoint(cast.unit_head, "lisi", "李四", "", role, **where)
    for forbidden in (service.reset_password, lambda *who: service.set_active(*who, False)):
        with pytest.raises(service.PermissionDenied):
            forbidden(cast.unit_head, cast.preparer)
    assert not User.objects.filter(username="lisi").exists()


def test_whoever_leaves_with_the_last_role_is_stopped(desk: Client, cast: Cast):
    theirs = signed_in(cast.preparer)
    page = end(desk, cast.preparer.memberships.get())
    assert "已终止：preparer甲：保靖县总工会填报人。" in page
    assert "preparer甲没有其他角色，账号已停用" in page
    assert "本单位没有填报人了" in page
    assert "已终止的角色" in page, "the history stays"
    cast.preparer.refresh_from_db()
    assert not cast.preparer.is_active
    assert theirs.get("/").status_code == 302, "signed out at the next click"
    assert list(Event.objects.values_list("action", "department__code")[:2]) == [
        ("stop_person", CODE),
        ("end_role", CODE),
    ]
    answer = invite(desk, "preparer", "preparer甲", "preparer")
    assert "账号已停用，请先启用再授予角色" in answer.content.decode()
    url = reverse("account_switch", args=["preparer"])
    signed_in(cast.system_admin).post(url, {"active": "1"})
    cast.preparer.refresh_from_db()
    assert cast.preparer.is_active


def test_whoever_has_another_role_keeps_the_account(desk: Client, cast: Cast):
    people.person("second", Role.PREPARER, cast.department)
    elsewhere = cast.stranger.memberships.get().department
    service.grant(None, cast.preparer, Role.PREPARER, department=elsewhere)
    page = end(desk, cast.preparer.memberships.get(department=cast.department))
    assert "账号已停用" not in page
    assert "本单位没有填报人了" not in page
    cast.preparer.refresh_from_db()
    assert cast.preparer.is_active


def test_a_second_click_changes_nothing(desk: Client, cast: Cast):
    membership = cast.observer.memberships.get()
    assert end(desk, membership).count("已终止：observer甲") == 1
    count = Event.objects.count()
    assert "已终止：observer甲" in end(desk, membership)
    assert Event.objects.count() == count


def test_nobody_ends_the_own_role_nor_the_last_heads(desk: Client, cast: Cast):
    assert "不能终止自己的角色" in end(desk, cast.unit_head.memberships.get())
    second = people.person("second", Role.UNIT_HEAD, cast.department)
    stale = second.memberships.get()
    assert "已终止" in end(desk, stale)
    assert held("unit-head") == {"unit_head"}


def test_two_heads_who_end_each_other_leave_one(cast: Cast):
    second = people.person("second", Role.UNIT_HEAD, cast.department)
    mine, theirs = cast.unit_head.memberships.get(), second.memberships.get()
    assert second.has_perm(staff.PERMISSION, cast.department)
    staff.leave(cast.unit_head, theirs)
    with pytest.raises(Invalid, match="唯一的单位负责人"):
        staff.leave(second, mine)  # whose roles were read before they ended


def test_a_head_of_another_department_reaches_nobody_here(cast: Cast):
    elsewhere = cast.stranger.memberships.get().department
    other = signed_in(people.person("other-head", Role.UNIT_HEAD, elsewhere))
    membership = cast.preparer.memberships.get()
    assert invite(other, "newcomer", "newcomer甲").status_code == 404
    assert add(other).status_code == 404
    for code in (CODE, elsewhere.code, "nirgends"):
        assert other.post(reverse("staff_end", args=[code, membership.pk])).status_code == 404
    with pytest.raises(service.PermissionDenied):
        staff.leave(User.objects.get(username="other-head"), membership)
    assert held("preparer") == {"preparer"}


def test_the_area_of_a_reviewer_may_be_a_county_or_a_prefecture(cast: Cast):
    desk = signed_in(cast.system_admin)
    page = desk.get(reverse("person", args=["reviewer"])).content.decode()
    assert "审核人管辖：保靖县，在用单位 1 个" in page
    wide = people.person("wide")
    service.grant(None, wide, Role.REVIEWER, region=cast.department.region.parent)
    admin = people.person("prefecture-admin")
    service.grant(None, admin, Role.SYSTEM_ADMIN, region=cast.department.region.parent)
    page = signed_in(admin).get(reverse("person", args=["wide"])).content.decode()
    assert "审核人管辖：湘西州及所辖各级，在用单位 2 个" in page


def test_the_superior_union_reads_what_was_sent(cast: Cast, submitted):
    reader = signed_in(cast.observer)
    home = reader.get("/").content.decode()
    assert "保靖县总工会" in home
    assert "查看" in home
    page = reader.get(reverse("review", args=[submitted.reference])).content.decode()
    for verb in (">批准<", ">退回<", ">撤回<", ">送审<", ">作废<"):
        assert verb not in page
    assert "本单位人员" not in page
