"""Fixtures of the boards' tests."""

from tests.evaluations.conftest import cast, draft, ready  # noqa: F401  (fixtures)
