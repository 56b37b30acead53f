"""核定说明: the reviewer accepts or rejects what the department gave as explanation of a finding."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F
from django.http import HttpRequest

from . import access, events, facts, notices, opening, points
from .errors import Refused
from .locking import demand_version, lock
from .models import Evaluation, Explanation, User

REJECTED = Explanation.Verdict.REJECTED


@transaction.atomic
def judge(
    evaluation: Evaluation,
    fingerprint: str,
    accepted: bool,
    remark: str,
    actor: User,
    *,
    version: int | None = None,
    request: HttpRequest | None = None,
) -> Explanation:
    """Accept an explanation, or reject it with a remark, which becomes a point to mend.

    A rejected explanation no longer counts: the department explains anew or changes the figures. The same
    verdict again changes nothing. Raises `Http404`, `PermissionDenied`, `Refused` when the version under
    review is not `version` (the one before the reviewer's eyes) or holds no such explanation, and `Invalid`
    for a remark of fewer than 5 characters.
    """
    current = lock(evaluation)
    access.require(actor, current, "review")
    demand_version(current, version)
    content = facts.frozen(current)
    finding = next((one for one in content["findings"] if one["fingerprint"] == fingerprint), None)
    explained = finding is not None and fingerprint in content["explanations"]
    explanation = current.explanations.filter(fingerprint=fingerprint).first() if explained else None
    if finding is None or explanation is None:
        raise Refused("这一版没有这条说明，请刷新页面后再核定。")
    verdict = Explanation.Verdict.ACCEPTED if accepted else REJECTED
    if explanation.verdict == verdict:
        return explanation
    if accepted:
        points.settle_of_finding(current, fingerprint, actor)
    else:
        location = next(iter(finding["locations"]), "")
        points.raise_point(current, location, remark, actor, finding=fingerprint, request=request)
    opening.begin(current, actor, request=request)
    owed = (verdict == REJECTED) - (explanation.verdict == REJECTED)
    explanation.verdict, explanation.judged_by = verdict, actor
    explanation.save(update_fields=["verdict", "judged_by"])
    counted = Evaluation.objects.filter(pk__in=[current.pk, current.parent_id])
    counted.update(unexplained=F("unexplained") + owed)
    detail = {"code": finding["code"], "title": finding["title"], "verdict": str(verdict)}
    notices.about(events.record(actor, "judge", evaluation=current, detail=detail, request=request))
    return explanation
