"""Fixtures of the tests of the workshop."""

import pytest
from django.test import Client

from indicators.engine.reading import read_template
from indicators.models import IndicatorTemplate
from indicators.publishing import store_draft

from .small import SMALL


@pytest.fixture
def workshop(cast) -> Client:
    """Somebody who may change templates, signed in."""
    client = Client()
    client.force_login(cast.template_admin)
    return client


@pytest.fixture
def template(cast) -> IndicatorTemplate:
    """The small template as a draft."""
    return store_draft(read_template(SMALL))
