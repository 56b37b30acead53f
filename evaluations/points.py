"""审核意见: what reviewers raise at a place of a report, what the department answers, and what is settled.

A point stays with its place through all versions until a reviewer settles it. Those of the projects belong to
the department's list. Both sides see a point at once; nothing that was said is changed or removed.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from . import access, events, facts, names, notices, opening
from .errors import Invalid, Refused
from .locking import demand_version, lock
from .models import Comment, Evaluation, Role, State, Thread, User
from .transitions import BUREAU
from .writing import demanded

SIDES = Comment.Side


def of(evaluation: Evaluation) -> list[Thread]:
    """All points of a department's report and its projects (of a project, its own), in order; two queries.

    Each has `.said`, its comments with their authors.
    """
    mine = Q(evaluation=evaluation) | Q(evaluation__parent=evaluation)
    said = Comment.objects.select_related("author").order_by("id")
    rows = Thread.objects.filter(mine).select_related("opened_by", "settled_by", "evaluation")
    rows = rows.defer("evaluation__sheet").order_by("id")
    return list(rows.prefetch_related(Prefetch("comments", queryset=said, to_attr="said")))


def is_open(thread: Thread) -> bool:
    """Whether the reviewer has not settled it yet; that of a project given up went with it."""
    return thread.settled_at is None and thread.evaluation.state != State.VOIDED


def awaits_answer(thread: Thread) -> bool:
    """Whether it is open and the bureau spoke last."""
    return is_open(thread) and thread.said[-1].side == SIDES.BUREAU


def unanswered(evaluation: Evaluation) -> list[Thread]:
    """The points that the department still has to answer."""
    return [one for one in of(evaluation) if awaits_answer(one)]


def open_of(evaluation: Evaluation) -> QuerySet[Thread]:
    """The points of a department's report and its projects that are not settled."""
    return Thread.objects.filter(Q(evaluation=evaluation) | Q(evaluation__parent=evaluation)).open()


@transaction.atomic
def raise_point(
    evaluation: Evaluation,
    location: str,
    text: str,
    actor: User,
    *,
    finding: str = "",
    version: int | None = None,
    request: HttpRequest | None = None,
) -> Thread:
    """A reviewer's point at a place of the version under review ("": of the whole report).

    `version`: the one before the reviewer's eyes. Raises `Http404`, `PermissionDenied`, `Refused` when
    another was sent since, and `Invalid` for a place that the report does not have or a text of fewer than 5
    or more than 2000 characters. The same words again at the same place give the same point.
    """
    current = lock(evaluation)
    access.require(actor, current, "review")
    demand_version(current, version)
    words = demanded("意见", text, "写清要改什么或要说明什么")
    if location and not _known(current, location):
        raise Invalid(f"报告中没有“{location[:60]}”这个位置，请从页面上的“提意见”进入。")
    for thread in open_of(current).filter(evaluation=current, location=location, finding=finding):
        if thread.comments.order_by("id").values_list("text", flat=True).first() == words:
            return thread
    opening.begin(current, actor, request=request)
    thread = Thread.objects.create(
        evaluation=current, location=location, finding=finding, version=current.version, opened_by=actor
    )
    _say(thread, SIDES.BUREAU, words, actor)
    _record(actor, "raise_point", current, thread, words, request)
    return thread


@transaction.atomic
def reply(
    thread: Thread,
    text: str,
    actor: User,
    *,
    version: int | None = None,
    request: HttpRequest | None = None,
) -> Comment:
    """The department answers a point, or the reviewer asks on; what a reviewer adds opens it again.

    Raises `Http404`, `PermissionDenied`, `Refused` for a settled point that the department would answer, and
    otherwise as `raise_point` does.
    """
    current, thread = _held(thread)
    bureau = bool(BUREAU & set(access.acting(actor, current).roles))
    access.require(actor, current, "review" if bureau else "reply")
    if bureau:
        demand_version(current, version)
    what, purpose = ("意见", "写清要求") if bureau else ("答复", "写清改了什么，或为什么不改")
    words = demanded(what, text, purpose)
    last = thread.comments.order_by("-id").first()
    side = SIDES.BUREAU if bureau else SIDES.DEPARTMENT
    if last is not None and (last.text, last.side) == (words, side):
        return last
    if not is_open(thread) and not bureau:
        raise Refused("这条意见审核人已经办结，不必再答复。")
    if bureau:
        opening.begin(current, actor, request=request)
    action = "reply"
    if not is_open(thread):
        thread.settled_at = thread.settled_by = None
        thread.save(update_fields=["settled_at", "settled_by"])
        action = "reopen_point"
    said = _say(thread, side, words, actor)
    _record(actor, action, current, thread, words, request)
    return said


@transaction.atomic
def settle(
    thread: Thread, actor: User, *, version: int | None = None, request: HttpRequest | None = None
) -> Thread:
    """办结: the reviewer is content. Settling a settled point changes nothing. Raises as `reply` does."""
    current, thread = _held(thread)
    access.require(actor, current, "review")
    demand_version(current, version)
    if not is_open(thread):
        return thread
    opening.begin(current, actor, request=request)
    thread.settled_at, thread.settled_by = timezone.now(), actor
    thread.save(update_fields=["settled_at", "settled_by"])
    _record(actor, "settle_point", current, thread, "", request)
    return thread


def settle_of_finding(evaluation: Evaluation, fingerprint: str, actor: User) -> None:
    """Settle what was raised about the explanation of a finding (under the evaluation's lock)."""
    open_ = Thread.objects.filter(evaluation=evaluation, finding=fingerprint, settled_at=None)
    open_.update(settled_at=timezone.now(), settled_by=actor)


def get(evaluation: Evaluation, number: int) -> Thread | None:
    """The point of this number among those of the report and its projects."""
    mine = Q(evaluation=evaluation) | Q(evaluation__parent=evaluation)
    return Thread.objects.filter(mine, pk=number).first()


def counts(evaluations: Iterable[int]) -> dict[int, int]:
    """How many open points each department's report has, with those of its projects; one query."""
    found: dict[int, int] = dict.fromkeys(evaluations, 0)
    wanted = Q(evaluation__in=list(found)) | Q(evaluation__parent__in=list(found))
    rows = Thread.objects.filter(wanted).open()
    for own, parent in rows.values_list("evaluation_id", "evaluation__parent_id"):
        found[parent or own] += 1
    return found


def _held(thread: Thread) -> tuple[Evaluation, Thread]:
    """The report (locked, in its present state) and the point as it is now."""
    evaluation = access.with_relations(Evaluation.objects.all()).get(pk=thread.evaluation_id)
    current = lock(evaluation)
    return current, Thread.objects.select_for_update(of=("self",)).get(pk=thread.pk)


def _say(thread: Thread, side: str, words: str, actor: User) -> Comment:
    version = thread.evaluation.version
    return Comment.objects.create(thread=thread, side=side, text=words, version=version, author=actor)


def _record(
    actor: User, action: str, evaluation: Evaluation, thread: Thread, words: str, request: HttpRequest | None
) -> None:
    side = str(SIDES.BUREAU if is_bureau(access.acting(actor, evaluation).roles) else SIDES.DEPARTMENT)
    detail = {"location": thread.location, "text": words, "thread": thread.pk, "side": side}
    notices.about(events.record(actor, action, evaluation=evaluation, detail=detail, request=request))


def _known(evaluation: Evaluation, location: str) -> bool:
    """Whether the report's template has such a place; rows of tables come and go."""
    compiled = facts.compiled_of(evaluation)
    step, dot, box = location.partition(".")
    if not dot:
        return location in compiled.steps
    if step not in compiled.steps:
        return False
    cell = names.read_cell(box)
    code = cell.table if cell else (names.read_row(box) or (box,))[0]
    return code in compiled.step_of and len(location) <= Thread._meta.get_field("location").max_length


def is_bureau(roles: Iterable[Role]) -> bool:
    """Whether somebody with these roles speaks for the bureau."""
    return bool(BUREAU & set(roles))
