"""The reviewer's desk: who has a report to review, and the lists that somebody keeps by name."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest

from indicators.engine.values import clean

from . import access, events, notices
from .errors import Invalid
from .locking import lock
from .models import (
    DECIDED,
    OPEN_STATES,
    UNDER_REVIEW,
    Evaluation,
    Membership,
    Region,
    SavedFilter,
    User,
)
from .transitions import BUREAU

MOST_FILTERS = 12


def reviewers_of(region: Region) -> QuerySet[User]:
    """Who may review reports of the region: reviewers and leads there or in a region above it."""
    above = [region.code[:length] for length in range(len(region.code) + 1)]
    prefixes = {one.code for one in Region.objects.filter(_around(region)) if one.prefix in above}
    held = Membership.objects.filter(role__in=BUREAU, ended_at=None, region__in=prefixes)
    return User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("username")


def reviewers_under(user: User) -> QuerySet[User]:
    """Who may review some of the reports that `user` assigns."""
    mine = [one.prefix for one in access.held(user) if "assign" in access.TABLE.get(one.role, ())]
    held = Membership.objects.filter(role__in=BUREAU, ended_at=None).select_related("region")
    found = {
        one.user_id
        for one in held
        for prefix in mine
        if one.region.prefix.startswith(prefix) or prefix.startswith(one.region.prefix)
    }
    return User.objects.filter(pk__in=found, is_active=True).order_by("username")


def assign_all(
    references: Iterable[str], reviewer: User, actor: User, *, request: HttpRequest | None = None
) -> tuple[int, list[str]]:
    """Assign each report by itself; returns how many are on that desk now, and why others are not."""
    count, refusals = 0, []
    for reference in references:
        try:
            assign(access.get_evaluation(actor, reference, "assign"), reviewer, actor, request=request)
        except (Http404, PermissionDenied, Invalid) as refusal:
            refusals.append(f"{reference}：{refusal}")
        else:
            count += 1
    return count, refusals


@transaction.atomic
def assign(
    evaluation: Evaluation, reviewer: User, actor: User, *, request: HttpRequest | None = None
) -> Evaluation:
    """分派: put a report under review on somebody's desk. The same person again changes nothing.

    Raises `Http404`, `PermissionDenied`, or `Invalid` when the person may not review this region's reports.
    """
    current = lock(evaluation)
    access.require(actor, current, "assign")
    region = current.department.region
    if not reviewers_of(region).filter(pk=reviewer.pk).exists():
        raise Invalid(f"{reviewer}不是{region}的审核人，请先请系统管理员授予角色，或另选一人。")
    if current.reviewer_id == reviewer.pk:
        return current
    before = current.reviewer
    current.reviewer = reviewer
    current.save(update_fields=["reviewer"])
    detail = {"username": reviewer.username, "from_reviewer": before.username if before else ""}
    notices.about(events.record(actor, "assign", evaluation=current, detail=detail, request=request))
    return current


def clear(reviewer: User, actor: User | None, *, request: HttpRequest | None = None) -> None:
    """Take what is not decided from the desk of somebody who may no longer review it, for others to take up.

    Once the present transaction has been committed, in transactions of its own: who acts on a report holds it
    before the person's row, who ends a role holds the row.
    """
    transaction.on_commit(lambda: _clear(reviewer, actor, request))


def _clear(reviewer: User, actor: User | None, request: HttpRequest | None) -> None:
    rows = Evaluation.objects.whole().filter(reviewer=reviewer, state__in=OPEN_STATES | UNDER_REVIEW)
    for evaluation in access.with_relations(rows).order_by("pk"):
        with transaction.atomic():
            current = lock(evaluation)
            may_review = reviewers_of(current.department.region).filter(pk=reviewer.pk).exists()
            if may_review or current.reviewer_id != reviewer.pk or current.state in DECIDED:
                continue
            current.reviewer = None
            current.save(update_fields=["reviewer"])
            detail = {"from_reviewer": reviewer.username}
            event = events.record(actor, "unassign", evaluation=current, detail=detail, request=request)
            if current.state in UNDER_REVIEW:
                notices.about(event)


@transaction.atomic
def keep_filter(owner: User, name: str, query: str, *, request: HttpRequest | None = None) -> SavedFilter:
    """Keep a list's query under a name; the same name again replaces it. Raises `Invalid`."""
    words = clean(name).strip()
    if not words or len(words) > 20:
        raise Invalid(f"常用条件的名称有 {len(words)} 字，应为 1 到 20 字。")
    if len(query) > 300:
        raise Invalid(f"筛选条件有 {len(query)} 个字符，最多 300 个，请减少条件后再保存。")
    User.objects.select_for_update().get(pk=owner.pk)
    if owner.saved_filters.exclude(name=words).count() >= MOST_FILTERS:
        raise Invalid(f"已保存 {MOST_FILTERS} 个常用条件，请先删除不用的。")
    kept, _ = SavedFilter.objects.update_or_create(owner=owner, name=words, defaults={"query": query})
    events.record(owner, "save_filter", detail={"name": words}, request=request)
    return kept


@transaction.atomic
def drop_filter(owner: User, number: int, *, request: HttpRequest | None = None) -> None:
    """Forget one of one's own queries; nothing happens when it is gone already."""
    found = owner.saved_filters.filter(pk=number).first()
    if found is not None:
        events.record(owner, "drop_filter", detail={"name": found.name}, request=request)
        found.delete()


def _around(region: Region) -> Q:
    """The region itself and those whose code begins alike."""
    return Q(code=region.code) | Q(code__startswith=region.code[:2]) | Q(code="000000")
