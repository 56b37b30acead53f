"""Drafts brought to a newer version of their template: laid into its boxes, scored anew, logged and told.

A department's evaluation goes with those of its projects, as one lock covers them. `move` takes many, each
whole or not at all, in one transaction; what it reads and writes for them is a fixed number of statements.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, Value
from django.utils import timezone

from evaluations import access, assessing, events, facts, gathering, notices, signing
from evaluations.models import OPEN_STATES, Evaluation, Event, Explanation, SectionData, State
from indicators import loading
from indicators.engine.change_levels import RULE
from indicators.engine.values import plain
from indicators.models import IndicatorTemplate

from . import effects
from .effects import Effect, Tried
from .reseating import Contents
from .targets import Targets

logger = logging.getLogger(__name__)

MOVED, FAILED = "template_moved", "template_move_failed"
#: The longest reason of a failure that the log keeps.
REASON = 300


@dataclass(slots=True)
class Outcome:
    """What was done: drafts moved, of these with other points, with chapters opened again; signature requests
    taken back; references of what failed; pks of what somebody else held."""

    moved: int = 0
    rescored: int = 0
    reopened: int = 0
    lapsed: int = 0
    failed: list[str] = field(default_factory=list)
    held: list[int] = field(default_factory=list)

    def add(self, other: Outcome) -> None:
        """Count what another transaction did."""
        self.moved += other.moved
        self.rescored += other.rescored
        self.reopened += other.reopened
        self.lapsed += other.lapsed
        self.failed += other.failed
        self.held += other.held


@dataclass(frozen=True, slots=True)
class Move:
    """One draft on its way to `template`."""

    evaluation: Evaluation
    template: IndicatorTemplate
    effect: Effect
    tried: Tried


@dataclass(slots=True)
class Family:
    """A department's evaluation with those of its projects; what moves, and what is written of each."""

    whole: Evaluation
    children: list[Evaluation] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    headers: dict[Evaluation, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of all drafts of a chunk, by pk."""

    contents: Mapping[int, Contents]
    stored: Mapping[int, dict[str, Any]]
    explanations: Mapping[int, list[Explanation]]

    @classmethod
    def of(cls, evaluations: Sequence[Evaluation]) -> Read:
        pks = [one.pk for one in evaluations]
        contents = gathering.sections(pks)
        explanations: dict[int, list[Explanation]] = defaultdict(list)
        for one in Explanation.objects.filter(evaluation__in=pks):
            explanations[one.evaluation_id].append(one)
        return cls(contents, gathering.stored(evaluations, contents), explanations)

    def tried(self, one: Evaluation, effect: Effect) -> Tried:
        """A draft under another version."""
        return effect.tried(self.contents[one.pk], self.stored[one.pk], self.explanations.get(one.pk, ()))


@transaction.atomic
def move(pks: Collection[int], where: Targets, *, wait: bool = False) -> Outcome:
    """Move these departments' evaluations and their projects', as far as they are still open and pinned so.

    What somebody else holds is passed over, or with `wait` waited for.
    """
    outcome = Outcome()
    held, families = _locked(pks, where, wait=wait)
    outcome.held = sorted(set(pks) - held)
    read = Read.of([one for family in families for one in (*family.children, family.whole)])
    done = []
    for family in families:
        try:
            compute(family, read, where)
        except Exception as error:  # one that cannot be computed keeps no other from being moved
            logger.exception("%s stays on its version of the template", family.whole.reference)
            outcome.failed.append(family.whole.reference)
            note_failure(family.whole, error)
        else:
            done.append(family)
    _store(done, read, outcome)
    return outcome


def compute(family: Family, read: Read, where: Targets) -> None:
    """Fill in `moves` and `headers`: the projects first, as the department's figures follow from theirs."""
    told = {}
    for child in family.children:
        if move := _moved(child, read, where):
            family.moves.append(move)
            family.headers[child] = header = assessing.header(move.tried.assessment)
            told[child.reference] = facts.child(
                child.reference,
                child.project,
                child.state,
                header["sheet"]["total"],
                header["grade"],
                *(header[name] for name in ("must_fix", "unexplained", "to_explain")),
            )
    whole, stored = family.whole, read.stored[family.whole.pk]
    stored["projects"] = [told.get(part["evaluation"]["reference"], part) for part in stored["projects"]]
    if move := _moved(whole, read, where):
        family.moves.append(move)
        assessment = move.tried.assessment
    else:
        explanations = read.explanations.get(whole.pk, ())
        assessment = assessing.of_stored(facts.compiled_of(whole), stored, explanations)
    family.headers[whole] = assessing.header(assessment)


def note_failure(whole: Evaluation, error: Exception) -> None:
    """Note why a department's evaluation stays where it is; the same reason only once."""
    reason = f"{type(error).__name__}：{error}"[:REASON]
    last = Event.objects.filter(evaluation=whole, action=FAILED).order_by("-id").first()
    if last is None or last.detail.get("reason") != reason:
        events.record(None, FAILED, evaluation=whole, detail={"reason": reason})


def _locked(pks: Collection[int], where: Targets, *, wait: bool) -> tuple[set[int], list[Family]]:
    """(held, those of them that are to be moved), as they stand under the lock."""
    skips = connection.features.has_select_for_update_skip_locked and not wait
    rows = Evaluation.objects.filter(pk__in=pks).select_for_update(of=("self",), skip_locked=skips)
    held = set(rows.order_by("pk").values_list("pk", flat=True))
    families: dict[int, Family] = {}
    related = Evaluation.objects.standing().filter(Q(pk__in=held) | Q(parent__in=held))
    # The department's comes before its projects': it was begun before them.
    for one in access.with_relations(related).order_by("pk"):
        if one.parent_id:
            families[one.parent_id].children.append(one)
        else:
            families[one.pk] = Family(one)
    return held, [family for family in families.values() if _moves_at_all(family, where)]


def _moves_at_all(family: Family, where: Targets) -> bool:
    open_ = family.whole.state in OPEN_STATES and not family.whole.fiscal_year.closed
    return open_ and any(target(one, where) for one in (family.whole, *family.children))


def target(one: Evaluation, where: Targets) -> IndicatorTemplate | None:
    """The version to which a draft moves; None: it stays."""
    return where.get((one.fiscal_year_id, one.template_id))


def _moved(one: Evaluation, read: Read, where: Targets) -> Move | None:
    template = target(one, where)
    if template is None:
        return None
    effect = effects.between(facts.compiled_of(one), loading.compiled(template))
    return Move(one, template, effect, read.tried(one, effect))


# ── writing ─────────────────────────────────────────────────────────────────────────────────────────────────


def _store(families: Sequence[Family], read: Read, outcome: Outcome) -> None:
    written, told, headers = [], [], {}
    for family in families:
        first = next((move for move in family.moves[::-1] if move.effect.level >= RULE), None)
        for move in family.moves:
            event = _event(move, others=len(family.moves) - 1 if move is first else 0)
            written.append(event)
            if move is first:
                told.append(event)
            outcome.moved += 1
            outcome.rescored += move.evaluation.total != family.headers[move.evaluation]["total"]
            outcome.reopened += bool(move.tried.reopened)
        if family.whole.state == State.AWAITING_SIGNATURE and any(move.effect.level for move in family.moves):
            signing.lapse(family.whole, None)
            outcome.lapsed += 1
        headers |= family.headers
    moves = [move for family in families for move in family.moves]
    _store_headers(headers, moves)
    _store_sections(moves, read)
    events.record_all(written)
    notices.about_all(told)


def _store_headers(headers: Mapping[Evaluation, Mapping[str, Any]], moves: Sequence[Move]) -> None:
    for move in moves:
        move.evaluation.template = move.template
    for one, columns in headers.items():
        for name, value in columns.items():
            setattr(one, name, value)
    if headers:
        _write(headers, ["template", *next(iter(headers.values()))], "must_fix")


def _store_sections(moves: Sequence[Move], read: Read) -> None:
    """Contents that are laid out otherwise; where the boxes changed a page drawn before meets a conflict."""
    changing = {move.evaluation.pk: move for move in moves if not move.effect.reseating.trivial}
    if not changing:
        return
    now, rows = timezone.now(), []
    for row in SectionData.objects.filter(evaluation__in=changing):
        move = changing[row.evaluation_id]
        content = move.tried.reseated.contents[row.code]
        if content != row.content or row.code in move.effect.reseating.changed_steps:
            row.content, row.revision, row.updated_at, row.updated_by = content, row.revision + 1, now, None
            rows.append(row)
    _write(rows, ["content", "revision", "updated_at", "updated_by"], "revision")
    SectionData.objects.bulk_create(
        SectionData(evaluation=move.evaluation, code=code, content=content)
        for pk, move in changing.items()
        for code, content in move.tried.reseated.contents.items()
        if code not in read.contents[pk]
    )


def _write(rows: Collection[Evaluation] | Collection[SectionData], names: Sequence[str], number: str) -> None:
    """Columns of rows that are there and locked; as an upsert, for `bulk_update` takes five times as long.

    The column `number` goes as an expression, which keeps Django from handing whole columns to PostgreSQL as
    arrays: psycopg quotes the texts in those one character at a time, which takes five times as long again.
    """
    if not rows:
        return
    known = [(one, getattr(one, number)) for one in rows]
    for one, value in known:
        setattr(one, number, Value(value))
    manager = type(known[0][0]).objects
    manager.bulk_create(rows, update_conflicts=True, unique_fields=["id"], update_fields=names)
    for one, value in known:
        setattr(one, number, value)


def _event(move: Move, others: int) -> Event:
    one, new, tried = move.evaluation, move.template, move.tried
    after = assessing.fitting(tried.assessment.sheet.total, 7)
    detail: dict[str, Any] = {
        "template": new.code,
        "from_version": one.template.version,
        "version": new.version,
        "level": move.effect.level,
        "total": [_points(one.total), _points(after)],
        "reopened": list(tried.reopened),
        "kept": list(tried.reseated.kept),
        "returned": list(tried.reseated.returned),
        "words": "".join(_sentences(move, one.total, after, others)),
    }
    return events.prepared(None, MOVED, evaluation=one, detail=detail)


def _sentences(move: Move, before: Decimal | None, after: Decimal | None, others: int) -> Iterator[str]:
    """What the department reads: what changed, what its report comes to now, what is to be done."""
    yield f"{move.effect.words or '内容没有变动'}。"
    if before != after:
        yield f"得分由 {_points(before) or '无'} 变为 {_points(after) or '无'}。"
    if move.tried.reopened:
        yield f"请补填{'、'.join(f'“{title}”' for title in move.tried.reopened[:3])}"
        yield f"等 {len(move.tried.reopened)} 章。" if len(move.tried.reopened) > 3 else "。"
    if others > 0:
        yield f"另有 {others} 份项目自评一并更新。"


def _points(total: Decimal | None) -> str:
    return "" if total is None else plain(total)
