"""The workshop as its tests meet it: who opens it, and what its pages say."""

from __future__ import annotations

import re

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from evaluations.models import Role
from indicators.models import IndicatorTemplate
from tests import people


def browser(role: Role = Role.TEMPLATE_ADMIN, county: str = "433125") -> Client:
    """The browser of somebody with this role in a county."""
    client = Client()
    place = people.department() if county == "433125" else people.department("b", "另一个县总工会", county)
    person = people.person(f"{role}-{county}", role, place)
    client.force_login(person, "evaluations.access.RoleBackend")
    return client


def address(name: str, template: IndicatorTemplate, *more: str) -> str:
    """Where a page of a template is."""
    return reverse(f"indicators:{name}", args=[template.pk, *more])


def words(response: HttpResponse) -> str:
    """What a page says, without marks, as one line."""
    text = re.sub(r"<(style|script).*?</\1>", "", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def now(template: IndicatorTemplate) -> IndicatorTemplate:
    """The version as it is stored now."""
    return IndicatorTemplate.objects.get(pk=template.pk)
