"""佐证材料: adding files to an evaluation, taking them away, reading them again.

Bytes lie in Django's default storage under random names that say nothing of their sender; they leave only
through a view that asks the access door. Evidence is content: it is added and taken away like figures, while
the evaluation may be filled in, frozen with each version, and owed where the template asks for it. The sealed
scan (`SEALED`) belongs to the approved report and is filed after it.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import IO, Any

from django.core.exceptions import SuspiciousOperation
from django.core.files import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Count, Sum
from django.http import Http404, HttpRequest
from django.utils import timezone

from indicators.engine.figures import Figures

from . import access, assessing, drafting, events, evidence_places, facts, signing
from .errors import Invalid, ServiceError
from .filetypes import MEGABYTE, Examined, examine, megabytes
from .locking import demand_editing, lock
from .models import Evaluation, Evidence, User
from .models.evidence import SEALED, Kind

MAX_FILES = 40
MAX_TOTAL = 200 * MEGABYTE
MAX_SCANS = 5
SCANS = frozenset({Kind.PDF, Kind.PNG, Kind.JPEG})
ABSENT = "没有找到这份佐证材料。"
_CHUNK = 256 * 1024


@dataclass(frozen=True, slots=True)
class Listing:
    """The files in the order of uploading, with the figures of the same content (they name its places)."""

    figures: Figures
    files: tuple[Evidence, ...]


class Damaged(ServiceError):
    """A stored file that is gone, or is not what was uploaded."""


def attach(
    evaluation: Evaluation,
    location: str,
    name: str,
    file: File,
    actor: User | None,
    *,
    request: HttpRequest | None = None,
) -> Evidence:
    """Add a file at a location of the evaluation's template, or at `SEALED`.

    Raises `Http404` for strangers and unknown locations, `PermissionDenied`, `Locked`, or `Invalid` for a
    file that is refused: by its content or name (`filetypes`), as a duplicate, or as one too many. Then
    nothing is stored.
    """
    demand(evaluation, location, actor)
    found = examine(name, file, file.size)
    if location == SEALED and found.kind not in SCANS:
        raise Invalid(
            f"“{found.name}”是 {found.kind.label}，扫描件只能是 PDF 或图片（PNG、JPEG），没有上传。"
        )
    key = default_storage.save(f"evidence/{_random_path()}", file)
    try:
        with transaction.atomic():
            current = lock(evaluation)
            demand(current, location, actor)
            _refuse_more(current, location, found)
            one = Evidence.objects.create(
                evaluation=current,
                location=location,
                version=current.version,
                name=found.name,
                key=key,
                kind=found.kind,
                size=found.size,
                sha256=found.sha256,
                uploaded_by=actor,
            )
            _after(one, "attach_evidence", actor, request)
    except BaseException:
        default_storage.delete(key)
        raise
    return one


@transaction.atomic
def remove(
    evaluation: Evaluation, number: int, actor: User | None, *, request: HttpRequest | None = None
) -> Evidence:
    """Take a file away; doing so twice changes nothing.

    What a frozen version lists stays in storage, and a scan; anything else is deleted there once this is
    committed. Raises `Http404` (also for another evaluation's file), `PermissionDenied` or `Locked`.
    """
    current = lock(evaluation)
    one = current.evidence.filter(pk=number).first()
    demand(current, one.location if one else None, actor)
    if one is None:
        raise Http404(ABSENT)
    one.evaluation = current
    if one.removed_at is not None:
        return one
    one.removed_by, one.removed_at = actor, timezone.now()
    if one.version == current.version and one.location != SEALED:
        key, one.key = one.key, None
        transaction.on_commit(lambda: default_storage.delete(key))
    one.save(update_fields=["removed_by", "removed_at", "key"])
    _after(one, "remove_evidence", actor, request)
    return one


def demand(evaluation: Evaluation, location: str | None, actor: User | None) -> None:
    """Pass whoever may add and take away files at this location now; raises as `attach` does.

    `location` None: anywhere in the report; `actor` None: the command line.
    """
    if location == SEALED:
        if actor is not None:
            access.require(actor, evaluation, "file_scan")
        return
    demand_editing(evaluation, actor)
    if location is not None and location not in evidence_places.locations(facts.compiled_of(evaluation)):
        raise Http404("没有这个位置。")


def listed(evaluation: Evaluation, actions: Collection[str]) -> Listing:
    """The evidence as a person with these actions may see it; raises `Http404` when nothing of it was sent.

    Whoever may only read what was sent sees what the newest frozen version lists.
    """
    content = facts.stored(evaluation) if "read" in actions else facts.frozen(evaluation)
    if content is None:
        raise Http404(ABSENT)
    compiled = facts.compiled_of(evaluation)
    rows = evaluation.evidence.filter(pk__in=[one["id"] for one in content.get("evidence", ())])
    figures = compiled.compute(facts.read(compiled, content))
    return Listing(figures, tuple(rows.select_related("uploaded_by")))


def scans(evaluation: Evaluation) -> list[Evidence]:
    """The sealed scans, newest first."""
    rows = evaluation.evidence.standing().filter(location=SEALED).order_by("-id")
    return list(rows.select_related("uploaded_by"))


def get(evaluation: Evaluation, actions: Collection[str], number: int) -> Evidence:
    """One file of the evaluation that a person with these actions may see; raises `Http404`.

    That is what is there now for whoever reads it as it stands, and what was ever sent for everybody.
    """
    rows = evaluation.evidence.select_related("uploaded_by").filter(pk=number)
    one = rows.sent().first()
    if one is None and "read" in actions:
        one = rows.standing().first()
    if one is None:
        raise Http404(ABSENT)
    return one


def open_file(one: Evidence) -> File:
    """The stored file at its beginning, after its hash was compared; raises `Damaged`."""
    try:
        file = default_storage.open(one.key or "", "rb")
    except (OSError, SuspiciousOperation) as error:
        raise Damaged(f"佐证材料“{one.name}”的文件不见了，打不开。请联系系统管理员从备份中恢复。") from error
    if _hash(file) != one.sha256:
        file.close()
        raise Damaged(f"佐证材料“{one.name}”与上传时不一致，不能打开。请联系系统管理员从备份中恢复。")
    file.seek(0)
    return file


def faults() -> Iterator[tuple[Evidence, str]]:
    """Every stored file that is gone or was changed, with a sentence."""
    rows = Evidence.objects.filter(key__isnull=False).select_related("evaluation").order_by("pk")
    for one in rows.iterator(chunk_size=200):
        try:
            open_file(one).close()
        except Damaged:
            gone = not default_storage.exists(one.key)
            yield one, f"佐证材料“{one.name}”{'的文件不见了' if gone else '与上传时的哈希不一致'}"


def unlike(evaluation: Evaluation, entries: Collection[Mapping[str, Any]]) -> list[str]:
    """What of the evidence that a frozen version lists is no longer recorded as it was then."""
    rows = {row["id"]: row for row in evaluation.evidence.values("key", *facts.EVIDENCE_KEYS)}
    wrong = []
    for entry in entries:
        row = rows.get(entry["id"])
        if row is None or row.pop("key", None) is None or row != entry:
            wrong.append(f"定稿所列的佐证材料“{entry['name']}”的登记已不存在或被改动过")
    return wrong


def _random_path() -> str:
    name = secrets.token_hex(16)
    return f"{name[:2]}/{name}"


def _hash(file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def _refuse_more(current: Evaluation, location: str, found: Examined) -> None:
    """Raises `Invalid`; under the evaluation's lock, so that of two uploads for the last place one loses."""
    rows = current.evidence.standing()
    same = rows.filter(location=location, sha256=found.sha256).first()
    if same is not None:
        raise Invalid(f"“{found.name}”与这里已有的“{same.name}”内容相同，没有重复上传。")
    if location == SEALED:
        if (count := rows.filter(location=SEALED).count()) >= MAX_SCANS:
            raise Invalid(f"已有 {count} 份扫描件，最多 {MAX_SCANS} 份，“{found.name}”没有上传。")
        return
    sums = rows.of_report().aggregate(count=Count("pk"), size=Sum("size", default=0))
    if sums["count"] >= MAX_FILES:
        raise Invalid(
            f"这份自评已有 {sums['count']} 个佐证材料，最多 {MAX_FILES} 个，“{found.name}”没有上传。"
            "请合并成一个文件，或先移除不需要的。"
        )
    if sums["size"] + found.size > MAX_TOTAL:
        raise Invalid(
            f"“{found.name}”有 {megabytes(found.size)}，这份自评的佐证材料已有 {megabytes(sums['size'])}，"
            f"合计最多 {megabytes(MAX_TOTAL)}，没有上传。请压缩后再上传，或先移除不需要的。"
        )


def _after(one: Evidence, action: str, actor: User | None, request: HttpRequest | None) -> None:
    """What follows from a change of evidence: no signature, findings and their numbers, and the log."""
    current, place = one.evaluation, "盖章扫描件"
    if one.location != SEALED:
        signing.lapse(current, actor, request=request)
        assessment = assessing.rewrite(current)
        drafting.follow(current)
        place = evidence_places.label(assessment.figures, one.location)
    detail = {"place": place, "file": one.name, "size": megabytes(one.size), "sha256": one.sha256}
    events.record(actor, action, evaluation=current, detail=detail, request=request)
