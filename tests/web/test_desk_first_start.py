"""The first production start, as docs/operations.md tells it: from an empty database to the first draft."""

from __future__ import annotations

import json
import re
from pathlib import Path

from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from evaluations.models import Department, Evaluation
from indicators.models import IndicatorTemplate

LIBRARY = Path(__file__).resolve().parent.parent.parent / "indicators" / "library"
OWN = "lan-tian-bai-yun-77"


def signed_in(username: str, one_time: str) -> Client:
    """Somebody signs in with the one-time password and sets the own one."""
    client = Client()
    answer = client.post(reverse("login"), {"username": username, "password": one_time}, follow=True)
    assert "请先设置自己的密码" in answer.content.decode()
    form = {"old_password": one_time, "new_password1": OWN, "new_password2": OWN}
    answer = client.post(reverse("password_change"), form, follow=True)
    assert "密码已修改" in answer.content.decode()
    return client


def appointed(desk: Client, username: str, role: str, **place: str) -> Client:
    form = {"username": username, "name": f"{username}甲", "role": role, **place}
    shown = desk.post(reverse("person_add"), form).content.decode()
    return signed_in(username, re.search(r'id="one-time-password">([a-z0-9]{12})<', shown)[1])


def test_from_an_empty_database_to_the_first_draft(db: None, capsys):
    call_command("load_template", *map(str, LIBRARY.glob("*.yaml")), publish=True)
    capsys.readouterr()
    call_command("create_admin", region="433125", region_name="保靖县", json=True)
    created = {one["username"]: one["password"] for one in json.loads(capsys.readouterr().out)["accounts"]}

    desk = signed_in("xitong", created["xitong"])
    assert "还没有单位" in desk.get(reverse("departments")).content.decode()
    form = {"code": "baojing-zgh", "name": "保靖县总工会", "short_name": "县总工会", "region": "433125"}
    desk.post(reverse("department_add"), form)
    lead = appointed(desk, "guzhang", "bureau_lead", region="433125")
    department = str(Department.objects.get(code="baojing-zgh").pk)
    accountant = appointed(desk, "kuaiji", "preparer", department=department)
    assert "目前没有开放填报的年度" in accountant.get("/").content.decode()

    template = str(IndicatorTemplate.objects.get(code="baojing-2017").pk)
    lead.post(reverse("year_add"), {"region": "433125", "year": "2017", "template": template})
    assert "开始 2017 年度自评" in accountant.get("/").content.decode()
    answer = accountant.post(reverse("start"), {"department": "baojing-zgh", "year": "2017"}, follow=True)
    assert answer.status_code == 200
    assert Evaluation.objects.get().reference == "2017-baojing-zgh"
