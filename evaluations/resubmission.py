"""What a report owes that was returned before: something changed, every point answered, the changes told.

The report is held against the version that was returned (`Evaluation.returned_version`), however often it was
withdrawn since.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from . import points, snapshots
from .assessing import Assessment
from .comparing import same
from .errors import Refused
from .models import Evaluation, Snapshot
from .writing import demanded


def demand_change(
    evaluation: Evaluation, assessment: Assessment, children: Iterable[tuple[Evaluation, Assessment]]
) -> None:
    """Raises `Refused` when the report, with those of its projects, is what was returned."""
    parts = [snapshots.content_of(child, own) for child, own in children]
    if unchanged(evaluation, assessment, parts):
        raise Refused(
            f"内容和被退回的第 {evaluation.returned_version} 版完全一样，不能再次送审。请按审核意见修改；"
            "认为不用改的，请在说明或文字中写明理由。"
        )


def unchanged(
    evaluation: Evaluation, assessment: Assessment, parts: list[dict[str, Any]] | None = None
) -> bool:
    """Whether a report that was returned is still what was returned; `parts` as for `content_of`."""
    number = evaluation.returned_version
    if not number:
        return False
    returned = Snapshot.objects.get(evaluation_id=evaluation.pk, version=number)
    return same(returned.content, snapshots.content_of(evaluation, assessment, parts))


def demand_answers(evaluation: Evaluation) -> None:
    """Raises `Refused` while a reviewer's point has no answer."""
    owed = points.unanswered(evaluation)
    if owed:
        raise Refused(f"还有 {len(owed)} 条审核意见没有答复，请在“审核意见”中逐条答复后再送审。")


def summary_of(evaluation: Evaluation, text: str) -> str:
    """The summary of changes for the version about to be sent: `text`, or what was written before.

    "" for a first submission. Raises `Invalid` when it is owed and too short, or too long.
    """
    if not evaluation.returned_version:
        return ""
    return demanded("修改说明", text or evaluation.change_summary, "逐条写明改了什么")
