"""Fixtures of the pages' tests: the cast, a report in each state, and signing in."""

from __future__ import annotations

import pytest
from django.test import Client
from django.test.utils import CaptureQueriesContext

from evaluations import assessing, drafting, points, workflow
from evaluations.models import Evaluation, Thread, User
from evaluations.sections import Posted
from tests.people import Cast, save

from .desk import ASKED, QUOTA


@pytest.fixture
def submitted(cast: Cast, ready: Evaluation) -> Evaluation:
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


@pytest.fixture
def reviewer(cast: Cast) -> Client:
    return signed_in(cast.reviewer)


@pytest.fixture
def preparer(cast: Cast) -> Client:
    return signed_in(cast.preparer)


@pytest.fixture
def asked(cast: Cast, submitted: Evaluation) -> Thread:
    """A point on 编制数, raised on the first version."""
    return points.raise_point(submitted, QUOTA, ASKED, cast.reviewer)


@pytest.fixture
def explained(cast: Cast, ready: Evaluation) -> tuple[Evaluation, str]:
    """Sent with one explanation; the finding's fingerprint."""
    rows = [{"use": "办公", "amount": "63"}, {"use": "帮扶", "amount": "40"}]
    save(ready, "money", Posted(fields={"spent": "103", "A01-reason": "年中增加任务"}, tables={"T1": rows}))
    (finding,) = assessing.assess(ready).unexplained
    drafting.explain(ready, finding.code, finding.fingerprint, "上级年中下达任务", cast.preparer)
    return workflow.perform("submit", ready, cast.unit_head), finding.fingerprint


@pytest.fixture
def lead(cast: Cast) -> Client:
    return signed_in(cast.bureau_lead)
