"""审核底稿: the bureau's checklist as a reviewer ticks it, and the opinion drafted before the decision.

One for each version under review; only the bureau sees it. Two reviewers who work on it at once do not
overwrite each other.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from indicators.engine.values import clean

from . import access, events, opening
from .errors import Conflict, Invalid
from .locking import demand_version, lock
from .models import Evaluation, FiscalYear, User, Worksheet
from .writing import MAX_WORDS

VERDICTS = {"yes": "符合", "no": "不符合", "na": "不适用"}
MAX_REMARK = 200

Checks = Mapping[str, Mapping[str, str]]


def items(fiscal_year: FiscalYear) -> list[str]:
    """What the bureau checks in each report of the year, in order."""
    lines = (line.strip() for line in fiscal_year.checklist.splitlines())
    return list(dict.fromkeys(line for line in lines if line))


def current(evaluation: Evaluation) -> Worksheet:
    """The worksheet of the version under review; an unsaved empty one of revision 0 before the first save."""
    found = evaluation.worksheets.filter(version=evaluation.version).select_related("updated_by").first()
    return found or Worksheet(evaluation=evaluation, version=evaluation.version)


def unchecked(evaluations: Collection[Evaluation]) -> dict[int, list[str]]:
    """By evaluation, the items of the checklist without a verdict; one query, none without checklists."""
    listed = {one.pk: items(one.fiscal_year) for one in evaluations}
    versions = {one.pk: one.version for one in evaluations if listed[one.pk]}
    checks: dict[int, Checks] = {}
    if versions:
        rows = Worksheet.objects.filter(evaluation__in=list(versions), version__in=set(versions.values()))
        for pk, version, ticked in rows.values_list("evaluation_id", "version", "checks"):
            if versions[pk] == version:
                checks[pk] = ticked
    return {
        pk: [one for one in wanted if checks.get(pk, {}).get(one, {}).get("verdict") not in VERDICTS]
        for pk, wanted in listed.items()
    }


@transaction.atomic
def save(
    evaluation: Evaluation,
    checks: Checks,
    opinion: str,
    revision: int,
    actor: User,
    *,
    version: int | None = None,
    request: HttpRequest | None = None,
) -> Worksheet:
    """Store verdicts `{item: {"verdict", "remark"}}` and the drafted opinion; other items are left out.

    Raises `Http404`, `PermissionDenied`, `Refused` when another version than `version` (the one before the
    reviewer's eyes) is under review, `Conflict` when somebody saved since `revision`, and `Invalid` for an
    item that is 不符合 without a remark, or texts that are too long.
    """
    held = lock(evaluation)
    access.require(actor, held, "review")
    demand_version(held, version)
    kept = {item: _check(item, checks[item]) for item in items(held.fiscal_year) if item in checks}
    words = clean(opinion).strip()
    if len(words) > MAX_WORDS:
        raise Invalid(f"拟写的意见有 {len(words)} 字，最多 {MAX_WORDS} 字，请精简。")
    found = current(held)
    if (found.checks, found.opinion) == (kept, words):
        return found
    if found.revision != revision:
        raise Conflict(found, (kept, words))
    opening.begin(held, actor, request=request)
    found.checks, found.opinion, found.revision = kept, words, found.revision + 1
    found.updated_by, found.updated_at = actor, timezone.now()
    found.save()
    detail = {"version": held.version, "count": len(kept)}
    events.record(actor, "save_worksheet", evaluation=held, detail=detail, request=request)
    return found


def _check(item: str, given: Mapping[str, str]) -> dict[str, str]:
    verdict, remark = given.get("verdict", ""), clean(given.get("remark", "")).strip()
    if verdict not in VERDICTS:
        verdict = ""
    if len(remark) > MAX_REMARK:
        raise Invalid(f"审核清单“{item[:20]}”的备注有 {len(remark)} 字，最多 {MAX_REMARK} 字。")
    if verdict == "no" and not remark:
        raise Invalid(f"审核清单“{item[:20]}”选了不符合，请写明哪里不符合。")
    return {"verdict": verdict, "remark": remark}
