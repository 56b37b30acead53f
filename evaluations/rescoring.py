"""复核分: the reviewer's points beside 计算分 and 自评分, each with its reason; nothing is overwritten.

A reviewed score belongs to the score line as it was frozen (`basis`): when the department changes what the
line rests on, it lapses in the next version and the reviewer scores anew. The engine computes the sheet.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import transaction
from django.http import HttpRequest

from indicators import loading
from indicators.engine.reading import canonical_json
from indicators.engine.scoring import score
from indicators.engine.sheet import ScoreSheet
from indicators.engine.values import clean, plain

from . import access, assessing, events, facts
from .errors import Invalid
from .locking import lock
from .models import Evaluation, ReviewedScore, User
from .writing import demanded

Content = Mapping[str, Any]


def basis_of(line: Mapping[str, Any]) -> str:
    """The sha-256 of a frozen score line (`ScoreSheet.as_json`)."""
    return hashlib.sha256(canonical_json(line).encode()).hexdigest()


def standing(evaluation: Evaluation, content: Content) -> dict[str, ReviewedScore]:
    """The reviewed scores that hold for this content, by indicator code; one query."""
    lines = {line["code"]: line for line in content["sheet"]["lines"]}
    rows = evaluation.reviewed_scores.select_related("author")
    return {one.code: one for one in rows if one.code in lines and basis_of(lines[one.code]) == one.basis}


def given(evaluations: Collection[int]) -> dict[int, dict[str, ReviewedScore]]:
    """All reviewed scores, by evaluation and indicator, whether they hold or not; one query."""
    found: dict[int, dict[str, ReviewedScore]] = {}
    for one in ReviewedScore.objects.filter(evaluation__in=evaluations):
        found.setdefault(one.evaluation_id, {})[one.code] = one
    return found


def official(line: Mapping[str, Any], reviewed: Mapping[str, ReviewedScore]) -> Decimal | None:
    """The points of a frozen score line: 复核分 where one of `reviewed` holds for it, else its score."""
    one = reviewed.get(line["code"])
    if one is not None and one.basis == basis_of(line):
        return one.points
    return None if line["score"] is None else Decimal(line["score"])


def sheet_of(content: Content, reviewed: Mapping[str, Decimal]) -> ScoreSheet:
    """The score sheet of a frozen content with 复核分 by indicator code."""
    given = facts.facts_from_content(content)
    compiled = loading.compiled_content(content["template"]["content"], content["template"]["hash"])
    return score(compiled, compiled.compute(given), reviewed)


@transaction.atomic
def review_score(
    evaluation: Evaluation,
    code: str,
    typed: str,
    reason: str,
    actor: User,
    *,
    request: HttpRequest | None = None,
) -> ScoreSheet | None:
    """Give an indicator its 复核分, or take it back (`typed` empty); returns the sheet with all of them.

    None when no reviewed score is left. Raises `Http404`, `PermissionDenied`, and `Invalid` for an indicator
    that is not scored, points that are no number with at most two decimals from 0 to the weight, or a reason
    of fewer than 5 characters.
    """
    current = lock(evaluation)
    access.require(actor, current, "review")
    content = facts.frozen(current)
    lines = {line["code"]: line for line in content["sheet"]["lines"]}
    line = lines.get(code)
    if line is None:
        raise Invalid(f"第 {current.version} 版没有指标“{code[:40]}”，请刷新页面后重新评分。")
    held = standing(current, content)
    if not clean(typed).strip():
        current.reviewed_scores.filter(code=code).delete()
        points, words = None, ""
        held.pop(code, None)
    else:
        points = _points(typed, line)
        words = demanded(f"“{line['name']}”的复核理由", reason, "写清依据")
        values = {"basis": basis_of(line), "points": points, "reason": words, "author": actor}
        held[code], _ = ReviewedScore.objects.update_or_create(evaluation=current, code=code, defaults=values)
    sheet = _store(current, content, held)
    detail = {
        "code": code,
        "title": line["name"],
        "points": "" if points is None else plain(points),
        "reason": words,
        "version": current.version,
    }
    events.record(actor, "review_score", evaluation=current, detail=detail, request=request)
    return sheet


def refresh(evaluation: Evaluation, content: Content) -> None:
    """The reviewed total of a version just frozen, from the scores that still hold (in the caller's
    transaction)."""
    _store(evaluation, content, standing(evaluation, content))


def _store(evaluation: Evaluation, content: Content, held: Mapping[str, ReviewedScore]) -> ScoreSheet | None:
    sheet = sheet_of(content, {code: one.points for code, one in held.items()}) if held else None
    evaluation.reviewed_total = assessing.fitting(sheet.total, 7) if sheet else None
    evaluation.reviewed_grade = sheet.grade if sheet else ""
    evaluation.save(update_fields=["reviewed_total", "reviewed_grade"])
    return sheet


def _points(typed: str, line: Mapping[str, Any]) -> Decimal:
    words, weight = clean(typed).strip(), Decimal(line["weight"])
    name = line["name"]
    try:
        points = Decimal(words)
    except InvalidOperation:
        raise Invalid(
            f"“{name}”的复核分“{words[:20]}”不是数字，请填 0 到 {plain(weight)} 之间的数。"
        ) from None
    if not points.is_finite() or not 0 <= points <= weight:
        raise Invalid(f"“{name}”的复核分 {words[:20]} 应在 0 到 {plain(weight)} 之间。")
    if points != points.quantize(Decimal("0.01")):
        raise Invalid(f"“{name}”的复核分 {words[:20]} 最多两位小数。")
    return points.quantize(Decimal("0.01"))


def told(evaluation: Evaluation) -> dict[str, Any]:
    """What a decision was taken on, for the log: 复核分 by reference and indicator, total and grade.

    Empty where nobody scored anything anew.
    """
    given: dict[str, dict[str, str]] = {}
    for one in (evaluation, *evaluation.projects.standing()):
        content = facts.frozen(one)
        if content and (held := standing(one, content)):
            given[one.reference] = {code: plain(row.points) for code, row in held.items()}
    if not given:
        return {}
    total = evaluation.reviewed_total
    return {
        "reviewed": given,
        "reviewed_total": "" if total is None else f"{total:f}",
        "reviewed_grade": evaluation.reviewed_grade,
    }
