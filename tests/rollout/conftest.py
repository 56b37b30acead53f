"""Publishing a version is followed by its run, as after a commit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from indicators.models import IndicatorTemplate
from tests import versions
from tests.versions import Edit


@pytest.fixture
def publish(django_capture_on_commit_callbacks: Any) -> Callable[..., IndicatorTemplate]:
    """`publish(data, *edits)`: the next version is published, and what follows from it is done."""

    def _publish(data: versions.Data, *edits: Edit) -> IndicatorTemplate:
        with django_capture_on_commit_callbacks(execute=True):
            return versions.publish(data, *edits)

    return _publish
