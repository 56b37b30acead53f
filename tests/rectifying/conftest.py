"""Fixtures of 整改: an approved report that lost points, and one task of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from evaluations import rectifying
from evaluations.models import Evaluation, Rectification
from tests import people
from tests.boarding import county
from tests.people import Cast


def soon(days: int = 30):
    """A day that has not passed."""
    return timezone.localdate() + timedelta(days=days)


@pytest.fixture
def approved(cast: Cast, ready: Evaluation) -> Evaluation:
    for step, posted in county.WORSE.items():
        people.save(ready, step, posted)
    return county.brought(ready, "approved")


@pytest.fixture
def task(cast: Cast, approved: Evaluation) -> Rectification:
    """Listed by the reviewer, due in thirty days."""
    problem = rectifying.Task("公用经费超过预算", "按月分析支出")
    return rectifying.add(approved, cast.reviewer, [problem], due_on=soon(), responsible="办公室")[0]
