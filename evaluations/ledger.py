"""复核分, 批准 and 公开 held against the log: what was changed behind the services' back is named.

The log is append-only and says who gave which 复核分 and what was approved; rows and columns must be what
follows from it and from the newest snapshot, computed anew. Nothing is written here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch

from indicators.engine import ENGINE_VERSION
from indicators.engine.values import plain

from . import assessing, facts, rescoring
from .models import DECIDED, UNDER_REVIEW, Evaluation, Event, ReviewedScore, State
from .transitions import BY_ACTION

#: States that only a transition brings about.
MOVED = UNDER_REVIEW | DECIDED | {State.VOIDED}
#: A column is written this long before its event at most: both are of one transaction.
APART = timedelta(minutes=10)

Fault = tuple[Evaluation, str]


def faults() -> Iterator[Fault]:
    """Every report or project with what does not hold of it, as a Chinese sentence."""
    logged = Event.objects.filter(action__in=["review_score", *BY_ACTION]).order_by("id")
    events = Prefetch("events", queryset=logged, to_attr="logged")
    parts = Evaluation.objects.prefetch_related("reviewed_scores", events).order_by("id")
    rows = Evaluation.objects.whole().order_by("id")
    rows = rows.prefetch_related("reviewed_scores", events, Prefetch("projects", queryset=parts))
    for evaluation in rows.iterator(chunk_size=20):
        try:
            yield from _of_report(evaluation)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            yield evaluation, f"定稿残缺，无法核对复核分和批准记录（{error!r}）"


def _of_report(evaluation: Evaluation) -> Iterator[Fault]:
    whole = (evaluation, *evaluation.projects.all())
    for one in whole:
        yield from ((one, message) for message in _of_rows(one))
    yield from ((evaluation, message) for message in _of_state(evaluation))
    content = facts.frozen(evaluation) if evaluation.state in UNDER_REVIEW | DECIDED else None
    if content is None:
        return
    frozen = {part["evaluation"]["reference"]: part for part in (content, *content["projects"])}
    for one in whole:
        if one.reference in frozen:
            yield from ((one, message) for message in _of_columns(one, frozen[one.reference]))
    if evaluation.state in DECIDED:
        rows = {one.reference: one.reviewed_scores.all() for one in whole}
        yield from ((evaluation, message) for message in _of_approval(evaluation, content, rows))


def _of_rows(evaluation: Evaluation) -> Iterator[str]:
    """The rows are what the log of 复核评分 leaves standing."""
    said = {event.detail["code"]: event for event in evaluation.logged if event.action == "review_score"}
    rows = {row.code: row for row in evaluation.reviewed_scores.all()}
    for code, row in rows.items():
        event = said.get(code)
        points = event.detail["points"] if event else ""
        if not points:
            yield f"指标 {code} 的复核分 {plain(row.points)} 分在操作日志中没有记录"
        elif points != plain(row.points):
            yield f"指标 {code} 的复核分是 {plain(row.points)} 分，操作日志中记的是 {points} 分"
        elif (event.detail["reason"], event.actor_id) != (row.reason, row.author_id):
            yield f"指标 {code} 的复核理由或复核人与操作日志中的不同"
    for code, event in said.items():
        if event.detail["points"] and code not in rows:
            yield f"指标 {code} 的复核分已不存在，操作日志中记的是 {event.detail['points']} 分"


def _of_columns(evaluation: Evaluation, content: Mapping[str, Any]) -> Iterator[str]:
    """The rows given for this very version hold for it, and the header has the total and grade they make."""
    held = rescoring.holding(content["sheet"]["lines"], evaluation.reviewed_scores.all())
    given = {row.code for row in evaluation.reviewed_scores.all()} - set(held)
    now = {event.detail["code"] for event in evaluation.logged if _given_now(event, evaluation)}
    for code in sorted(given & now):
        yield f"指标 {code} 的复核分所依据的得分行不是第 {evaluation.version} 版定稿的那一行"
    if held and content["engine_version"] != ENGINE_VERSION:
        return  # another engine: its results are kept, not recomputed
    sheet = rescoring.sheet_of(content, rescoring.points_of(held)) if held else None
    total, grade = (assessing.fitting(sheet.total, 7), sheet.grade) if sheet else (None, "")
    if evaluation.reviewed_total != total:
        yield f"复核总分是{_points(evaluation.reviewed_total)}，按现有复核分重新计算是{_points(total)}"
    if evaluation.reviewed_grade != grade:
        yield f"复核等级是“{evaluation.reviewed_grade}”，按现有复核分重新计算是“{grade}”"


def _given_now(event: Event, evaluation: Evaluation) -> bool:
    return event.action == "review_score" and event.detail.get("version") == evaluation.version


def _of_approval(
    evaluation: Evaluation, content: Mapping[str, Any], rows: Mapping[str, Iterable[ReviewedScore]]
) -> Iterator[str]:
    """What the approval was given on is what stands now."""
    event = _last(evaluation, "approve")
    if event is None:
        yield "操作日志中没有批准的记录"
        return
    if event.actor_id != evaluation.decided_by_id:
        yield "审批人与操作日志中的不同"
    if not _near(evaluation.decided_at, event.at):
        yield "审结时间与操作日志中的不同"
    now = rescoring.summary(content, rows)
    before, after = event.detail.get("reviewed", {}), now.get("reviewed", {})
    if before != after:
        yield f"复核分与批准时记录的不一致：批准时 {_listed(before)}，现在 {_listed(after)}"
    elif content["engine_version"] == ENGINE_VERSION:
        for key, name in (("reviewed_total", "复核总分"), ("reviewed_grade", "复核等级")):
            if event.detail.get(key, "") != now.get(key, ""):
                told = f"批准时记录为“{event.detail.get(key, '')}”，重新计算为“{now.get(key, '')}”"
                yield f"{name}与批准时记录的不一致：{told}"


def _of_state(evaluation: Evaluation) -> Iterator[str]:
    """The state is where the last transition led, and its columns say who decided and who published."""
    state, label = evaluation.state, evaluation.get_state_display()
    moves = [event for event in evaluation.logged if event.action in BY_ACTION and "to" in event.detail]
    to = moves[-1].detail["to"] if moves else State.DRAFT
    if state != to and (state in MOVED or to in MOVED):
        yield f"状态是“{label}”，操作日志中最后一步到“{State(to).label}”"
    decided = state in DECIDED
    for column, name in ((evaluation.decided_at, "审结时间"), (evaluation.decided_by_id, "审批人")):
        if (column is not None) != decided:
            yield f"状态是“{label}”，{name}却{'没有' if decided else '不是空的'}"
    published = state == State.PUBLISHED
    if (evaluation.published_at is not None) != published:
        yield f"状态是“{label}”，公开时间却{'没有' if published else '不是空的'}"
    if published:
        event = _last(evaluation, "publish")
        if event is None or not _near(evaluation.published_at, event.at):
            yield "公开时间与操作日志中的不同"
    yield from _of_secrecy(evaluation)


def _of_secrecy(evaluation: Evaluation) -> Iterator[str]:
    columns = (evaluation.secrecy_statement, evaluation.secrecy_by_id, evaluation.secrecy_at)
    if not any(columns):
        if evaluation.state == State.PUBLISHED:
            yield "已公开，却没有保密审查意见"
        return
    event = _last(evaluation, "clear_secrecy")
    said = (event.detail["reason"], event.actor_id) if event else None
    if said != columns[:2] or not _near(evaluation.secrecy_at, event.at):
        yield "保密审查意见、审查人或时间与操作日志中的不同"


def _last(evaluation: Evaluation, action: str) -> Event | None:
    return next((event for event in reversed(evaluation.logged) if event.action == action), None)


def _near(column: datetime | None, logged: datetime) -> bool:
    return column is None or abs(logged - column) <= APART


def _points(total: Decimal | None) -> str:
    return "空的" if total is None else f" {total:f} 分"


def _listed(reviewed: Mapping[str, Mapping[str, str]]) -> str:
    """`2024-baojing-zgh 的 A02 为 1.5 分`, 没有复核分 for none."""
    given = (
        f"{reference} 的 {code} 为 {points} 分"
        for reference, by_code in sorted(reviewed.items())
        for code, points in sorted(by_code.items())
    )
    return "、".join(given) or "没有复核分"
