"""A clock that the test sets; everything asks `django.utils.timezone`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

SHANGHAI = ZoneInfo("Asia/Shanghai")


def setter(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """A function that stops the clock at a moment in Asia/Shanghai: `at("2025-03-31 23:59")`."""

    def at(moment: str) -> None:
        stopped = datetime.fromisoformat(moment).replace(tzinfo=SHANGHAI)
        monkeypatch.setattr(timezone, "now", lambda: stopped)

    return at
