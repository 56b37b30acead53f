"""复核分: the reviewer's points beside 计算分 and 自评分, each with its reason; nothing is overwritten.

A reviewed score belongs to the score line as it was frozen (`basis`): when the department changes what the
line rests on, it lapses in the next version and the reviewer scores anew. The engine computes the sheet.
`official` is the sheet that counts: page, command, lists, boards and exports show what it gives. 复核分 of a
project stand in its own sheet; what the department's sheet says of the project stays as it was sent.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.http import HttpRequest

from indicators import loading
from indicators.engine.reading import canonical_json
from indicators.engine.scoring import score
from indicators.engine.sheet import ScoreSheet
from indicators.engine.values import clean, plain

from . import access, assessing, events, facts, opening
from .errors import Invalid
from .locking import demand_version, lock
from .models import DECIDED, UNDER_REVIEW, Evaluation, ReviewedScore, User
from .writing import demanded

Content = Mapping[str, Any]

_NUMBER = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?")


def basis_of(line: Mapping[str, Any]) -> str:
    """The sha-256 of a frozen score line (`ScoreSheet.as_json`)."""
    return hashlib.sha256(canonical_json(line).encode()).hexdigest()


def holding(lines: Iterable[Mapping[str, Any]], rows: Iterable[ReviewedScore]) -> dict[str, ReviewedScore]:
    """Those of an evaluation's reviewed scores that hold for these frozen score lines, by indicator code."""
    given = {one.code: one for one in rows}
    codes = ((line["code"], line) for line in lines if line["code"] in given)
    return {code: given[code] for code, line in codes if basis_of(line) == given[code].basis}


def standing(evaluation: Evaluation, content: Content) -> dict[str, ReviewedScore]:
    """The reviewed scores that hold for this content, by indicator code; one query."""
    return holding(content["sheet"]["lines"], evaluation.reviewed_scores.select_related("author"))


def points_of(given: Mapping[str, ReviewedScore]) -> dict[str, Decimal]:
    """复核分 by indicator code."""
    return {code: one.points for code, one in given.items()}


def official(evaluation: Evaluation) -> ScoreSheet:
    """The official score sheet of a report or a project, computed anew.

    Of what is under review or decided, the version frozen last with the 复核分 that hold for it; of anything
    else, the sheet as it stands, in which nothing is `reviewed`.
    """
    if evaluation.state in UNDER_REVIEW | DECIDED and (content := facts.frozen(evaluation)) is not None:
        return sheet_of(content, points_of(standing(evaluation, content)))
    return assessing.assess(evaluation).sheet


def given(evaluations: Collection[int]) -> dict[int, dict[str, ReviewedScore]]:
    """All reviewed scores, by evaluation and indicator, whether they hold or not; one query."""
    found: dict[int, dict[str, ReviewedScore]] = {}
    for one in ReviewedScore.objects.filter(evaluation__in=evaluations):
        found.setdefault(one.evaluation_id, {})[one.code] = one
    return found


def official_points(line: Mapping[str, Any], reviewed: Mapping[str, ReviewedScore]) -> Decimal | None:
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
    version: int | None = None,
    request: HttpRequest | None = None,
) -> ScoreSheet | None:
    """Give an indicator its 复核分, or take it back (`typed` empty); returns the sheet with all of them.

    None when no reviewed score is left. Raises `Http404`, `PermissionDenied`, `Refused` when another version
    than `version` (the one before the reviewer's eyes) is under review, and `Invalid` for an indicator that
    is not scored, points that are no number with at most two decimals from 0 to the weight, or a reason of
    fewer than 5 characters.
    """
    current = lock(evaluation)
    access.require(actor, current, "review")
    demand_version(current, version)
    opening.begin(current, actor, request=request)
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
    sheet = sheet_of(content, points_of(held)) if held else None
    evaluation.reviewed_total = assessing.fitting(sheet.total, 7) if sheet else None
    evaluation.reviewed_grade = sheet.grade if sheet else ""
    evaluation.save(update_fields=["reviewed_total", "reviewed_grade"])
    return sheet


def _points(typed: str, line: Mapping[str, Any]) -> Decimal:
    words, weight = unicodedata.normalize("NFKC", clean(typed)).strip(), Decimal(line["weight"])
    name = line["name"]
    if not _NUMBER.fullmatch(words):
        raise Invalid(f"“{name}”的复核分“{words[:20]}”不是数字，请填 0 到 {plain(weight)} 之间的数。")
    points = Decimal(words)
    if not 0 <= points <= weight:
        raise Invalid(f"“{name}”的复核分 {words[:20]} 应在 0 到 {plain(weight)} 之间。")
    if points != points.quantize(Decimal("0.01")):
        raise Invalid(f"“{name}”的复核分 {words[:20]} 最多两位小数。")
    return abs(points.quantize(Decimal("0.01")))  # -0 is 0


def told(evaluation: Evaluation) -> dict[str, Any]:
    """What a decision on a department's report is taken on, for the log (`summary`). At most two queries."""
    mine = Q(evaluation=evaluation) | Q(evaluation__parent=evaluation)
    rows: dict[str, list[ReviewedScore]] = defaultdict(list)
    for row in ReviewedScore.objects.filter(mine).annotate(reference=F("evaluation__reference")):
        rows[row.reference].append(row)
    content = facts.frozen(evaluation) if rows else None
    return summary(content, rows) if content else {}


def summary(content: Content, rows: Mapping[str, Iterable[ReviewedScore]]) -> dict[str, Any]:
    """复核分 that hold for a report and its projects, of `rows` by reference.

    reviewed                         {reference: {indicator: points}}
    reviewed_total, reviewed_grade   of the department's report; "" where only its projects were scored anew

    Empty where nobody scored anything anew.
    """
    given: dict[str, dict[str, Decimal]] = {}
    for part in (content, *content["projects"]):
        reference = part["evaluation"]["reference"]
        if held := holding(part["sheet"]["lines"], rows.get(reference, ())):
            given[reference] = points_of(held)
    if not given:
        return {}
    own = given.get(content["evaluation"]["reference"])
    sheet = sheet_of(content, own) if own else None
    return {
        "reviewed": {
            reference: {code: plain(points) for code, points in by_code.items()}
            for reference, by_code in given.items()
        },
        "reviewed_total": sheet.total_text if sheet else "",
        "reviewed_grade": sheet.grade if sheet else "",
    }
