"""What every page's template may use besides its own context."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def site(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `demo`, whether the banner of the demo is shown."""
    return {"demo": settings.DEMO}
