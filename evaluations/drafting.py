"""Filling in: saving one section, explaining one finding. Both under the evaluation's lock.

A save names the revision it started from; when somebody else saved in between nothing is written and both
versions come back in a `Conflict`. Saving what is stored already changes nothing, so a repeated request does
no harm.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from . import access, assessing, events, facts, sections, signing
from .assessing import Assessment
from .errors import Conflict, Locked, Refused
from .locking import lock_for_editing
from .models import Evaluation, Explanation, FieldChange, SectionData, User
from .sections import Change, Posted
from .writing import demanded

__all__ = ["Posted", "Saved", "explain", "save_section"]


@dataclass(frozen=True, slots=True)
class Saved:
    """What a save did. `faults`: by box name, one sentence each. `assessment`: after the save."""

    revision: int
    section: SectionData
    changes: tuple[Change, ...]
    faults: Mapping[str, str]
    assessment: Assessment


@transaction.atomic
def save_section(
    evaluation: Evaluation,
    step: str,
    data: Posted,
    revision: int,
    actor: User | None,
    source: str = FieldChange.Source.TYPED,
    *,
    unit: str | None = None,
    lines_changed: bool = False,
) -> Saved:
    """Store what was typed in one step; score, totals and findings' counts follow in the same transaction.

    Bare amounts are in `unit`; None: in that of their field or table, else in the template's.
    `lines_changed`: the caller's transaction has changed the budget lines, which count as well. Raises
    `Http404`, `PermissionDenied`, `Locked`, `Conflict` (somebody saved since `revision`), `Invalid` (limits,
    unknown boxes); then nothing is stored.
    """
    drawn_on = evaluation.template_id
    current = lock_for_editing(evaluation, actor)
    compiled = facts.compiled_of(current)
    replaced = current.template_id != drawn_on
    if replaced and step not in compiled.steps:
        raise Locked("指标模板刚刚发布新版，新版没有这一章。")
    boxes = sections.boxes(compiled, step)
    rows = {row.code: row for row in current.sections.order_by("id")}
    row = rows[step]
    if replaced and row.revision != revision:  # its boxes are others now
        raise Conflict(row, data)
    before = sections.empty() | row.content
    after, faults = sections.read(boxes, data, before, unit or compiled.spec.unit, own_units=unit is None)
    changes = sections.changes(step, before, after)
    changed = after != before
    if changed:
        if row.revision != revision:
            raise Conflict(row, data)
        _write(row, after, actor)
        log_changes(current, changes, actor, source)
    if changed or lines_changed:
        signing.lapse(current, actor)
    stored = facts.stored(current, rows.values())
    assessment = assessing.assess(current, stored)
    if changed or lines_changed:
        assessing.write_header(current, assessment)
        follow(current)
    return Saved(row.revision, row, tuple(changes), faults, assessment)


@transaction.atomic
def explain(
    evaluation: Evaluation,
    code: str,
    fingerprint: str,
    text: str,
    actor: User | None,
    *,
    request: HttpRequest | None = None,
) -> Assessment:
    """Explain a finding that stands now; it counts for exactly these figures.

    Raises `Invalid` for a text of fewer than 5 or more than 2000 characters, `Refused` when there is no such
    finding any more, and what `save_section` raises about rights and states.
    """
    current = lock_for_editing(evaluation, actor)
    words = demanded("说明", text, "讲清原因和依据")
    assessment = assessing.assess(current)
    standing = [one for one in assessment.findings if (one.code, one.fingerprint) == (code, fingerprint)]
    if not standing:
        raise Refused("这条审核信息已经变化（有关数据改动过），请刷新后按新的内容说明。")
    if standing[0].severity != "explain":
        must = standing[0].severity == "must_fix"
        raise Refused("这条必须改正，不能用说明代替。" if must else "这条是提示，不需要说明。")
    given = assessment.explanations.get(fingerprint)
    if given is not None and given.text == words:
        return assessment
    rejected = assessment.rejected.get(fingerprint)
    if rejected is not None and rejected.text == words:
        raise Refused("这条说明审核人没有认可，请补充依据后重新说明，或修改有关数据。")
    values = {"code": code, "text": words, "author": actor, "verdict": "", "judged_by": None}
    one, _ = Explanation.objects.update_or_create(
        evaluation=current, fingerprint=fingerprint, defaults=values
    )
    signing.lapse(current, actor, request=request)
    detail = {"code": code, "title": standing[0].title, "text": words}
    events.record(actor, "explain", evaluation=current, detail=detail, request=request)
    assessment = assessment.explained(one)
    assessing.write_header(current, assessment)
    follow(current)
    return assessment


def follow(evaluation: Evaluation) -> None:
    """What the department's evaluation says of a project follows the project's (both are under one lock)."""
    if evaluation.parent_id:
        assessing.rewrite(access.with_relations(Evaluation.objects.all()).get(pk=evaluation.parent_id))


def log_changes(evaluation: Evaluation, changes: list[Change], actor: User | None, source: str) -> None:
    """One `FieldChange` for each changed figure or text, in one statement."""
    FieldChange.objects.bulk_create(
        FieldChange(
            evaluation=evaluation,
            location=change.location,
            old=change.old,
            new=change.new,
            position=change.position,
            source=source,
            actor=actor,
        )
        for change in changes
    )


def _write(row: SectionData, content: sections.Content, actor: User | None) -> None:
    """Store the content under the next revision, if the row still has the one that was read.

    The evaluation's lock already keeps others out; the condition holds even where somebody writes without it.
    """
    now = timezone.now()
    written = SectionData.objects.filter(pk=row.pk, revision=row.revision).update(
        content=content, revision=row.revision + 1, updated_at=now, updated_by=actor
    )
    if written != 1:
        raise Conflict(SectionData.objects.select_related("updated_by").get(pk=row.pk), content)
    row.content, row.revision, row.updated_at, row.updated_by = content, row.revision + 1, now, actor
