"""Departments, people, years and the log, as administrators see them."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client
from django.urls import reverse

from evaluations import events
from evaluations.models import Department, Evaluation, Event, FiscalYear, Region, Role, User
from tests import people
from tests.people import Cast

from .conftest import signed_in


@pytest.fixture
def desk(cast: Cast) -> Client:
    """A system administrator at work."""
    return signed_in(cast.system_admin)


def new_person(desk: Client, **changed: str):
    here = Department.objects.get(code="baojing-zgh")
    form = {"username": "lisi", "name": "李四", "role": "preparer", "department": str(here.pk)}
    return desk.post(reverse("person_add"), form | changed)


def held(username: str) -> set[str]:
    return set(
        User.objects.get(username=username).memberships.filter(ended_at=None).values_list("role", flat=True)
    )


def test_a_new_person_gets_a_role_and_a_one_time_password(desk: Client, cast: Cast, client: Client):
    shown = new_person(desk).content.decode()
    password = re.search(r'id="one-time-password">([a-z0-9]{12})<', shown)[1]
    assert "这个密码只显示这一次" in shown
    assert held("lisi") == {"preparer"}
    answer = client.post(reverse("login"), {"username": "lisi", "password": password}, follow=True)
    assert answer.redirect_chain[-1][0] == reverse("password_change")
    assert list(Event.objects.values_list("action", flat=True)[:3]) == ["sign_in", "grant_role", "add_person"]


def test_what_was_typed_stays_when_it_is_refused(desk: Client, cast: Cast):
    answer = new_person(desk, username="preparer")
    assert answer.status_code == 400
    assert "该用户名已被使用，请换一个。" in answer.content.decode()
    assert 'value="李四"' in answer.content.decode()


def test_a_role_without_its_place_stores_nothing(desk: Client, cast: Cast):
    answer = new_person(desk, department="")
    assert "填报人应授予某个单位。" in answer.content.decode()
    assert not User.objects.filter(username="lisi").exists()


def test_incompatible_roles_are_refused_with_the_reason(desk: Client, cast: Cast):
    form = {"role": "preparer", "department": str(cast.department.pk)}
    answer = desk.post(reverse("role_grant", args=["auditor"]), form)
    assert answer.status_code == 400
    assert "审计管理员不能兼任其他角色（三权分立）" in answer.content.decode()
    assert held("auditor") == {"auditor"}


def test_a_role_is_granted_and_ended(desk: Client, cast: Cast):
    form = {"role": "reviewer", "region": "433125"}
    assert "已授予" in desk.post(reverse("role_grant", args=["newcomer"]), form, follow=True).content.decode()
    number = str(cast.newcomer.memberships.get().pk)
    assert "已终止" in desk.post(reverse("role_end", args=["newcomer", number]), follow=True).content.decode()
    assert held("newcomer") == set()
    assert "已终止的角色（1）" in desk.get(reverse("person", args=["newcomer"])).content.decode()


def test_an_administrator_gives_no_role_to_himself(desk: Client, cast: Cast):
    form = {"role": "reviewer", "region": "433125"}
    answer = desk.post(reverse("role_grant", args=["system-admin"]), form)
    assert "不能给自己授予角色" in answer.content.decode()


def test_the_last_administrator_cannot_be_stopped(desk: Client, cast: Cast):
    membership = cast.system_admin.memberships.get()
    answer = desk.post(reverse("role_end", args=["system-admin", str(membership.pk)]), follow=True)
    assert "最后一名系统管理员" in answer.content.decode()
    assert held("system-admin") == {"system_admin"}


def test_people_of_the_other_county_do_not_exist_here(desk: Client, cast: Cast):
    assert "stranger" not in desk.get(reverse("people")).content.decode()
    for name in ("person", "password_give"):
        for username in ("stranger", "niemand"):
            answer = desk.post(reverse(name, args=[username]), {"name": "x"})
            assert answer.status_code == 404


def test_an_account_is_stopped_and_restored(desk: Client, cast: Cast):
    url = reverse("account_switch", args=["preparer"])
    assert "账号已停用" in desk.post(url, {"active": "0"}, follow=True).content.decode()
    assert "账号已停用" in desk.post(url, {"active": "0"}, follow=True).content.decode()
    assert "账号已启用" in desk.post(url, {"active": "1"}, follow=True).content.decode()


def test_a_department_is_added_renamed_and_taken_out_of_use(desk: Client, cast: Cast):
    form = {"code": "baojing-jyj", "name": "保靖县教育局", "short_name": "县教育局", "region": "433125"}
    assert (
        "已新建单位“保靖县教育局”" in desk.post(reverse("department_add"), form, follow=True).content.decode()
    )
    url = reverse("department", args=["baojing-jyj"])
    desk.post(url, {"name": "保靖县教育体育局", "short_name": "", "is_active": ""})
    department = Department.objects.get(code="baojing-jyj")
    assert (department.name, department.is_active) == ("保靖县教育体育局", False)
    told = signed_in(cast.auditor).get(reverse("log")).content.decode()
    assert "原为 保靖县教育局、县教育局、在用，改为 保靖县教育体育局、空、停用" in told


def test_a_department_code_is_checked_with_an_example(desk: Client, cast: Cast):
    form = {"code": "保靖", "name": "保靖县教育局", "region": "433125"}
    answer = desk.post(reverse("department_add"), form)
    assert "例如 baojing-zgh" in answer.content.decode()


def test_a_region_is_added_below_the_own_one(desk: Client, cast: Cast):
    url = reverse("region_add")
    wrong = desk.post(url, {"code": "433124100", "name": "某镇", "parent": "433125"})
    assert wrong.status_code == 403
    assert "您的角色不能办理这个地方的人员和单位事项。" in wrong.content.decode()
    desk.post(url, {"code": "433125100", "name": "迁陵镇", "parent": "433125"})
    assert Region.objects.get(code="433125100").parent_id == "433125"


def test_system_administrators_find_no_way_to_a_report(desk: Client, cast: Cast, submitted: Evaluation):
    pages = ["departments", "department_add", "people", "person_add", "region_add", "password_change"]
    urls = [reverse(name) for name in pages] + [
        reverse("department", args=["baojing-zgh"]),
        reverse("person", args=["preparer"]),
    ]
    for url in urls:
        shown = desk.get(url).content.decode()
        assert "/evaluations/" not in shown, url
        assert submitted.reference not in shown, url


def test_the_log_tells_who_did_what_from_where(cast: Cast, submitted: Evaluation):
    Client(REMOTE_ADDR="10.1.2.3").post(
        reverse("login"), {"username": "preparer", "password": people.PASSWORD}
    )
    shown = signed_in(cast.auditor).get(reverse("log")).content.decode()
    assert "10.1.2.3" in shown
    assert submitted.reference in shown
    assert "送审" in shown
    assert "/evaluations/" not in shown, "the log leads to no content"


def test_the_log_is_filtered_by_person_action_and_day(cast: Cast, submitted: Evaluation):
    client = signed_in(cast.auditor)

    def lines(**query: str) -> int:
        return client.get(reverse("log"), query).content.decode().count("<tr>") - 1

    assert lines(action="submit") == 1
    assert lines(action="submit", person="unit-head") == 1
    assert lines(action="submit", person="reviewer") == -1, "no table"
    assert lines(action="submit", first="2000-01-01", last="2000-12-31") == -1
    assert lines(action="nichts") > 1, "what cannot be read narrows nothing"


@pytest.mark.parametrize("asked", [{"first": "0001-01-01"}, {"last": "9999-12-31"}, {"first": "昨天"}])
def test_days_that_no_log_has_narrow_nothing(cast: Cast, submitted: Evaluation, asked: dict[str, str]):
    auditor = signed_in(cast.auditor)
    page = auditor.get(reverse("log"), asked)
    assert page.status_code == 200
    assert "送审" in page.content.decode()


def test_the_log_goes_on_after_fifty_lines_with_the_same_filter(cast: Cast):
    for _ in range(51):
        events.record(cast.preparer, "sign_out")
    client = signed_in(cast.auditor)
    first = client.get(reverse("log"), {"action": "sign_out"}).content.decode()
    following = html.unescape(re.search(r'href="(\?[^"]+)">下一页', first)[1])
    assert "action=sign_out" in following
    second = client.get(reverse("log") + following).content.decode()
    assert [page.count("<tr>") - 1 for page in (first, second)] == [50, 1]
    assert "下一页" not in second


def test_the_log_of_the_other_county_stays_there(cast: Cast, submitted: Evaluation):
    other = people.person("other-auditor", Role.AUDITOR, cast.stranger.memberships.get().department)
    assert submitted.reference not in signed_in(other).get(reverse("log")).content.decode()


def test_the_lead_opens_and_closes_a_year(cast: Cast):
    template = people.template()
    client = signed_in(cast.bureau_lead)
    form = {"region": "433125", "year": "2024", "template": str(template.pk), "due_on": "2025-03-31"}
    assert "已保存 2024 年度。" in client.post(reverse("year_add"), form, follow=True).content.decode()
    shown = signed_in(cast.preparer).get("/").content.decode()
    assert "开始 2024 年度自评" in shown
    assert "2025年3月31日截止" in shown
    url = reverse("year", args=["433125", "2024"])
    client.post(url, {"template": str(template.pk), "due_on": "", "year": "2023", "region": "433124"})
    assert FiscalYear.objects.get().due_on is None, "region and year stay as they are"
    closing = reverse("year_closing", args=["433125", "2024"])
    for _ in range(2):
        assert "已关闭" in client.post(closing, {"closed": "1"}, follow=True).content.decode()
    assert "开始 2024 年度自评" not in signed_in(cast.preparer).get("/").content.decode()
    client.post(closing, {"closed": "0"})
    assert "开始 2024 年度自评" in signed_in(cast.preparer).get("/").content.decode()
    done = Event.objects.filter(actor=cast.bureau_lead).exclude(action="sign_in").order_by("id")
    assert list(done.values_list("action", flat=True)) == [
        "set_year",
        "set_year",
        "close_year",
        "reopen_year",
    ]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"year": "2019"}, "适用于 2023—2024 年度，不能用于 2019 年度。"),
        ({"opens_on": "2025-04-01"}, "早于开始填报日期"),
        ({"year": "zwanzig"}, "输入整数"),
    ],
)
def test_a_year_that_cannot_be_is_refused(cast: Cast, changed: dict[str, str], sentence: str):
    form = {"region": "433125", "year": "2024", "template": str(people.template().pk), "due_on": "2025-03-31"}
    answer = signed_in(cast.bureau_lead).post(reverse("year_add"), form | changed)
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert not FiscalYear.objects.exists()
