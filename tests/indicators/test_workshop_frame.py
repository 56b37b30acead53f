"""The frame of the workshop: which template, its parts, and what is wrong in each of them."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from evaluations.models import Role
from indicators.engine.reading import read_template
from indicators.models import IndicatorTemplate
from indicators.publishing import publish, store_draft
from tests import people

from .small import SMALL, small

pytestmark = pytest.mark.django_db


def page(template: IndicatorTemplate, role: Role = Role.TEMPLATE_ADMIN, county: str = "433125") -> str:
    client = Client()
    person = people.person("somebody", role, people.department(county=county))
    client.force_login(person, "evaluations.access.RoleBackend")
    response = client.get(reverse("indicators:edit", args=[template.pk]))
    assert response.status_code == 200
    return response.content.decode()


def test_it_says_which_version_of_what_is_open():
    text = page(store_draft(read_template(SMALL)))
    for words in ("小样", "small-2024", "第 1 版", "草稿", "2024 年度", "保靖县 433125"):
        assert words in text


def test_each_part_says_how_much_is_wrong_in_it():
    text = page(store_draft(read_template(small(indicators__0__children__0__children__0__weight=9))))
    entries = re.findall(r"<li>(<a href.*?</a>)</li>", text, re.DOTALL)
    said = [entry for entry in entries if "处须改正" in entry]
    assert len(said) == 1
    assert "指标" in said[0]


@pytest.mark.parametrize(
    ("published", "county", "said"),
    [(False, "433125", ""), (False, "433124", "您只能查看"), (True, "433125", "请新建下一版")],
)
def test_who_cannot_change_it_is_told_why(published, county, said):
    template = store_draft(read_template(SMALL))
    if published:
        template = publish(template, by="某人")
    text = page(template, county=county)
    assert ("您只能查看" in text, "请新建下一版" in text) == (said == "您只能查看", said == "请新建下一版")
