"""What every page's template may use besides its own context."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from evaluations import notices


def site(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `demo`, whether the banner of the demo is shown; `unread`, how many notices."""
    return {"demo": settings.DEMO, "unread": SimpleLazyObject(lambda: notices.unread(request.user))}
