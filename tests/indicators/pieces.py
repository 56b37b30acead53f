"""What tests of pieces share: a page as a person gets it, and sends it back."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from indicators.engine import parts
from indicators.loading import spec_of
from indicators.models import IndicatorTemplate
from tests.web.html import Page

LEAF = "indicators/A01"


def url(template: IndicatorTemplate, address: str = LEAF) -> str:
    return reverse("indicators:part", args=[template.pk, address])


def opened(client: Client, template: IndicatorTemplate, address: str = LEAF) -> Page:
    response = client.get(url(template, address))
    assert response.status_code == 200
    return Page(response)


def send(client: Client, template: IndicatorTemplate, address: str = LEAF, do: str = "save", **typed: str):
    """As a person: what the page shows, with some boxes typed over, and a button."""
    values = opened(client, template, address).values()
    named = {name.replace("__", "."): text for name, text in typed.items()}
    assert named.keys() <= values.keys()
    return client.post(url(template, address), values | named | {"do": do})


def stored(template: IndicatorTemplate, address: str = LEAF):
    return parts.find(spec_of(IndicatorTemplate.objects.get(pk=template.pk)), address)
