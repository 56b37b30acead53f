"""Fixtures of the pages' tests: the cast, a report in each state, and signing in."""

from __future__ import annotations

import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext

from evaluations import workflow
from evaluations.models import Evaluation, User
from tests import people


@pytest.fixture
def submitted(cast: people.Cast, ready: Evaluation) -> Evaluation:
    """Sent for review once."""
    return workflow.perform("submit", ready, cast.unit_head)


def signed_in(user: User) -> Client:
    """A browser in which this person has signed in."""
    client = Client()
    client.force_login(user)
    return client


def statements(captured: CaptureQueriesContext) -> int:
    """Without the savepoints, which are transactions outside of a test."""
    return sum("SAVEPOINT" not in query["sql"] for query in captured)
