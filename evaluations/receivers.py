"""Events for what happens outside our services (signing in and out, locks, template versions), and answers to
what the workshop asks about its templates."""

from __future__ import annotations

from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from indicators.models import IndicatorTemplate
from indicators.signals import region_names as names_asked
from indicators.signals import template_discarded, template_published, template_retired, template_stored
from indicators.signals import template_uses as uses_asked
from indicators.using import Use

from . import events, template_uses
from .models import Region, User
from .rollout import running


@receiver(user_logged_in)
def signed_in(sender: object, request: HttpRequest, user: User, **kwargs: Any) -> None:
    events.record(user, "sign_in", request=request)


@receiver(user_logged_out)
def signed_out(sender: object, request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    """Somebody whose session had ended already leaves no trace."""
    if user is not None:
        events.record(user, "sign_out", request=request)


@receiver(user_locked_out)
def locked_out(sender: object, request: HttpRequest, username: str, **kwargs: Any) -> None:
    events.record(None, "locked_out", detail={"username": username[:150]}, request=request)


@receiver(template_stored)
def stored(sender: object, what: str = "", **told: Any) -> None:
    _template_event("template_stored", {"what": what} if what else {}, **told)


@receiver(template_published)
def published(sender: object, **told: Any) -> None:
    _template_event("template_published", {}, **told)
    running.begin(told["template"], told["by"])


@receiver(template_retired)
def retired(sender: object, **told: Any) -> None:
    _template_event("template_retired", {}, **told)


@receiver(template_discarded)
def discarded(sender: object, **told: Any) -> None:
    _template_event("template_discarded", {}, **told)


def _template_event(
    action: str,
    more: dict[str, str],
    *,
    template: IndicatorTemplate,
    by: object,
    request: HttpRequest | None = None,
    **kwargs: Any,
) -> None:
    detail = {"template": template.code, "version": template.version, "hash": template.content_hash, **more}
    events.record_by(by, action, detail=detail, request=request)


@receiver(uses_asked)
def uses(sender: object, pks: list[int], **kwargs: Any) -> dict[int, Use]:
    """Three queries, whatever the number of templates."""
    return template_uses.uses_of(pks)


@receiver(names_asked)
def regions(sender: object, **kwargs: Any) -> dict[str, str]:
    """One query."""
    return dict(Region.objects.values_list("code", "name"))
