"""Fixtures of the services' tests."""

from collections.abc import Callable

import pytest

from evaluations.models import Evaluation
from tests import clock, people


@pytest.fixture
def cast(db: None) -> people.Cast:
    """Everybody."""
    return people.cast()


@pytest.fixture
def draft(cast: people.Cast) -> Evaluation:
    """A fresh draft of 2024."""
    return people.evaluation(cast)


@pytest.fixture
def ready(draft: Evaluation) -> Evaluation:
    """A draft in which nothing is missing."""
    return people.complete(draft)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Stops the clock: `at("2025-03-31 23:59")`."""
    return clock.setter(monkeypatch)
