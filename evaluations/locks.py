"""登录锁定: names locked for an address after repeated wrong passwords, and their early release.

django-axes keeps the counts and decides; here a security administrator sees and clears them.
"""

from __future__ import annotations

import axes.utils
from axes.models import AccessAttempt
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from . import events
from .models import User


def current() -> QuerySet[AccessAttempt]:
    """The locks in force, newest first: `username`, `ip_address`, `failures_since_start`, `attempt_time`."""
    since = timezone.now() - settings.AXES_COOLOFF_TIME
    locked = AccessAttempt.objects.filter(
        failures_since_start__gte=settings.AXES_FAILURE_LIMIT, attempt_time__gte=since
    )
    return locked.order_by("-attempt_time")


@transaction.atomic
def release(actor: User, number: int, *, request: HttpRequest | None = None) -> str:
    """End a lock before its time; returns the name it held, "" when there is no such lock any more."""
    if not actor.has_perm("evaluations.unlock"):
        raise PermissionDenied("只有安全管理员可以解除登录锁定。")
    lock = current().filter(pk=number).first()
    if lock is None:
        return ""
    axes.utils.reset(ip=lock.ip_address, username=lock.username)
    detail = {"username": lock.username, "address": lock.ip_address}
    events.record(actor, "unlock", detail=detail, request=request)
    return lock.username
