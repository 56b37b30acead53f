"""A formula is looked at while it is written: by the script, and by a button without it."""

import pytest
from django.test import Client
from django.urls import reverse

from indicators.models import IndicatorTemplate
from tests.web.html import Page

from .pieces import opened, send, stored, url

pytestmark = pytest.mark.django_db


def look(client: Client, template: IndicatorTemplate, address: str, box: str, **typed: str) -> str:
    """What the page says of the formula in a box, as the script asks."""
    named = {name.replace("__", "."): text for name, text in typed.items()}
    values = opened(client, template, address).values() | named
    where = reverse("indicators:formula", args=[template.pk])
    response = client.post(where, values | {"address": address, "box": box})
    assert response.status_code == 200
    return response.content.decode()


def test_a_formula_is_looked_at_with_the_form_as_it_is_typed(workshop, template):
    assert "按示例“不超”" in look(workshop, template, "fields/rate", "formula")
    money = {"formula": "全年执行数", "kind": "money", "unit": ""}
    assert "这里需要人" in look(workshop, template, "fields/quota", "formula", formula="全年执行数")
    assert "结果是数字，单位：元" in look(workshop, template, "fields/quota", "formula", **money)
    assert stored(template, "fields/quota").formula == ""


def test_what_is_wrong_is_marked_in_the_text(workshop, template):
    told = look(workshop, template, "fields/rate", "formula", formula="全年执行数 ÷ 全年预算")
    assert "全年执行数 ÷ <mark>全</mark>年预算</code>" in told


def test_names_lead_to_their_pieces(workshop, template):
    told = look(workshop, template, "indicators/A01", "rule.measure")
    assert f'href="{url(template, "fields/rate")}"' in told
    assert "由公式得出：全年执行数 ÷ 全年预算数 × 100" in told


def test_a_formula_is_looked_at_though_another_box_cannot_be_read(workshop, template):
    assert "执行率" in look(workshop, template, "indicators/A01", "rule.measure", weight="很多")


def test_without_script_a_button_tells_the_same(workshop, template):
    response = send(workshop, template, "fields/rate", do="check", formula="全年执行数 ÷ 全年预算")
    assert response.status_code == 200
    assert "<mark>全</mark>年预算" in response.content.decode()
    assert Page(response).values()["formula"] == "全年执行数 ÷ 全年预算"


def test_an_empty_box_is_told_nothing(workshop, template):
    assert look(workshop, template, "fields/budget", "formula") == ""


@pytest.mark.parametrize("address", ["", "x", "rule/1", "fields"])
def test_a_formula_of_no_piece_is_refused(workshop, template, address):
    where = reverse("indicators:formula", args=[template.pk])
    response = workshop.post(where, {"address": address, "box": "formula", "formula": "1"})
    assert response.status_code == 404
