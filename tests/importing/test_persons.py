"""People and roles from Excel."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied

from evaluations.importing import persons, service
from evaluations.models import Event, Membership, Role, User
from tests import people
from tests.people import Cast

from .books import book
from .conftest import Import, problems

HEAD = ["用户名", "姓名", "邮箱", "角色", "单位", "行政区划"]


def test_new_people_get_their_roles_and_a_one_time_password_each(cast: Cast):
    rows = [
        HEAD,
        ["lisi", "李四", "lisi@example.gov.cn", "填报人", "baojing-zgh"],
        ["lisi", "李四", None, "单位负责人", "保靖县总工会"],
        ["wangwu", "王五", None, "审核人", None, "433125"],
    ]
    actor = cast.system_admin
    file = service.receive(actor, service.KINDS["people"], "人员.xlsx", book(rows))
    assert not User.objects.filter(username="lisi").exists(), "the check stores nothing"
    job = service.run(actor, file.token, [])
    assert job.plan.summary == ["将新建 2 名用户，另授予 1 个角色，0 行没有变化。"]
    assert [(name, username) for name, username, _ in job.passwords] == [("李四", "lisi"), ("王五", "wangwu")]
    for _, username, password in job.passwords:
        user = User.objects.get(username=username)
        assert user.check_password(password)
        assert user.must_change_password
    held = Membership.objects.filter(user__username__in=["lisi", "wangwu"]).order_by("id")
    assert list(held.values_list("user__username", "role")) == [
        ("lisi", "preparer"), ("lisi", "unit_head"), ("wangwu", "reviewer"),
    ]  # fmt: skip
    assert password not in str(list(Event.objects.values_list("detail", flat=True)))


def test_known_people_only_get_what_they_lack(cast: Cast, imported: Import):
    rows = [
        HEAD,
        ["preparer", "preparer甲", "", "填报人", "县总工会"],
        ["newcomer", "newcomer甲", "", "单位负责人", "县总工会"],
    ]
    plan = imported("people", cast.system_admin, rows)
    assert plan.summary == ["将新建 0 名用户，另授予 1 个角色，1 行没有变化。"]
    assert cast.newcomer.memberships.get().role == Role.UNIT_HEAD


#: What differs from 李四, 审核人 of the county; and where and what is wrong.
CASES = {
    "no role": ({"角色": ""}, "第 2 行 D 列“角色”：没有填，每一行都要有。"),
    "unknown role": ({"角色": "局长"}, "D 列“角色”（现为“局长”）：没有这个角色：请填填报人、"),
    "no department": ({"角色": "填报人", "行政区划": ""}, "E 列“单位”：没有填，填报人要写明在哪个单位"),
    "foreign department": (
        {"角色": "填报人", "行政区划": "", "单位": "huayuan-zgh"},
        "E 列“单位”（现为“huayuan-zgh”）：没有这个单位，或已停用",
    ),
    "both places": (
        {"角色": "填报人", "单位": "县总工会"},
        "F 列“行政区划”（现为“433125”）：填报人只填单位",
    ),
    "in a department": ({"单位": "县总工会"}, "E 列“单位”（现为“县总工会”）：审核人管一个行政区划"),
    "foreign region": ({"行政区划": "433124"}, "F 列“行政区划”（现为“433124”）：没有这个区划"),
    "bad e-mail": (
        {"邮箱": "lisi"},
        "C 列“邮箱”（现为“lisi”）：不是邮箱地址：请写成 lisi@example.gov.cn 的样子，或清空",
    ),
    "telephone number as name": (
        {"姓名": "１３８0000 0000"},
        "B 列“姓名”（现为“１３８0000 0000”）：像是电话号码或编号，不是姓名：请填姓名，并核对有没有填错列",
    ),
    "bad user name": ({"用户名": "li si"}, "A 列“用户名”（现为“li si”）："),
    "other name": (
        {"用户名": "newcomer"},
        "B 列“姓名”（现为“李四”）：用户名“newcomer”已有，姓名是“newcomer甲”",
    ),
    "of the other county": ({"用户名": "stranger"}, "A 列“用户名”（现为“stranger”）：已被别处的人使用"),
    "decides about the own": (
        {"用户名": "preparer", "姓名": "preparer甲"},
        "第 2 行：preparer甲已是保靖县总工会的填报人，不能再任保靖县的审核人",
    ),
    "three powers": ({"用户名": "auditor", "姓名": "auditor甲"}, "三权分立"),
    "for himself": ({"用户名": "system-admin", "姓名": "system-admin甲"}, "不能给自己授予角色"),
}


@pytest.mark.parametrize("name", CASES)
def test_every_problem_has_its_place_and_nothing_is_stored(cast: Cast, name: str):
    changed, expected = CASES[name]
    given = {"用户名": "lisi", "姓名": "李四", "角色": "审核人", "行政区划": "433125"} | changed
    row = [given.get(title, "") for title in HEAD]
    before = set(Membership.objects.values_list("pk", flat=True))
    (found,) = problems("people", cast.system_admin, [HEAD, row])
    assert expected in found
    assert set(Membership.objects.values_list("pk", flat=True)) == before
    assert not User.objects.filter(username="lisi").exists()
    assert not Event.objects.exists()


def test_rows_that_contradict_each_other_are_found(cast: Cast):
    rows = [HEAD, ["lisi", "李四", "", "填报人", "县总工会"], ["lisi", "李四", "", "审核人", "", "433125"]]
    (found,) = problems("people", cast.system_admin, rows)
    assert found.startswith("第 3 行：李四已是保靖县总工会的填报人")


def test_too_many_newcomers_are_refused(cast: Cast, imported: Import, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(persons, "MAX_NEWCOMERS", 2)
    rows = [HEAD, *([f"p{number}", "李四", "", "审核人", "", "433125"] for number in range(3))]
    with pytest.raises(service.Invalid, match="有 3 名新用户，一次最多 2 名"):
        imported("people", cast.system_admin, rows)


@pytest.mark.parametrize("who", ["preparer", "bureau_lead", "security_admin", "auditor"])
def test_only_system_administrators_import_people(cast: Cast, imported: Import, who: str):
    with pytest.raises(PermissionDenied):
        imported("people", cast[who], [HEAD, ["lisi", "李四", "", "填报人", "县总工会"]])


def test_several_regions_must_be_named(cast: Cast):
    admin = people.person("prefecture", Role.AUDITOR, cast.department)
    Membership.objects.filter(user=admin).update(role=Role.SYSTEM_ADMIN, region="433100")
    (found,) = problems("people", admin, [HEAD, ["lisi", "李四", "", "审核人"]])
    assert "审核人要写明管哪个行政区划" in found
