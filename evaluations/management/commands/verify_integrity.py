"""`verify_integrity [--json]`: does everything frozen still hold, recomputed from the ground up?"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from evaluations import evidence, ledger, snapshots
from evaluations.management.output import JsonCommand
from evaluations.models import DECIDED, UNDER_REVIEW, Evaluation, Evidence, Snapshot, State
from indicators.models import IndicatorTemplate
from indicators.models import State as TemplateState

Fault = dict[str, str]
#: States in which the evaluation is what its newest snapshot says.
FROZEN = UNDER_REVIEW | DECIDED | {State.VOIDED}


class Command(JsonCommand):
    """Exit 0 when all holds; exit 1 with every difference. Read only."""

    help = (
        "重新计算全部定稿快照、指标模板和佐证材料的哈希、得分和审核信息，"
        "核对复核分、批准和公开的记录；有不一致的，退出码为 1。"
    )

    def handle(self, *, json: bool, **options: Any) -> None:
        faults = [*of_templates(), *of_snapshots(), *of_evaluations(), *of_reviews(), *of_evidence()]
        counts = {
            "snapshots": Snapshot.objects.count(),
            "templates": IndicatorTemplate.objects.exclude(state=TemplateState.DRAFT).count(),
            "evidence": Evidence.objects.filter(key__isnull=False).count(),
        }
        if json:
            self.write_json(counts | {"faults": faults})
        else:
            for fault in faults:
                self.stdout.write(f"{fault['place']}：{fault['message']}")
            self.stdout.write(
                f"{counts['snapshots']} 份定稿快照、{counts['templates']} 个指标模板、"
                f"{counts['evidence']} 个佐证材料，{len(faults)} 处不一致"
            )
        if faults:
            sys.exit(1)


def of_templates() -> Iterator[Fault]:
    """Published and retired templates whose content is no longer what was published."""
    for template in IndicatorTemplate.objects.exclude(state=TemplateState.DRAFT).iterator(chunk_size=20):
        if snapshots.content_hash(template.content) != template.content_hash:
            yield {"place": str(template), "message": "内容与发布时的哈希不一致"}


def of_snapshots() -> Iterator[Fault]:
    """Snapshots that no longer hold (`snapshots.verify`)."""
    rows = Snapshot.objects.select_related("evaluation__template").order_by("pk")
    for snapshot in rows.iterator(chunk_size=20):
        place = f"{snapshot.evaluation.reference} 第 {snapshot.version} 版"
        for message in snapshots.verify(snapshot):
            yield {"place": place, "message": message}


def of_reviews() -> Iterator[Fault]:
    """Reviewed scores, decisions and publications that are not what the log says (`ledger`)."""
    for evaluation, message in ledger.faults():
        yield {"place": evaluation.reference, "message": message}


def of_evidence() -> Iterator[Fault]:
    """Files that are gone from storage or were changed there."""
    for one, message in evidence.faults():
        yield {"place": one.evaluation.reference, "message": message}


def of_evaluations() -> Iterator[Fault]:
    """Evaluations that lack a version which they count, or whose header is not what was frozen.

    A project's was frozen with its department's.
    """
    rows = Evaluation.objects.whole().filter(version__gt=0).prefetch_related("snapshots", "projects")
    for evaluation in rows.iterator(chunk_size=20):
        frozen = {snapshot.version: snapshot for snapshot in evaluation.snapshots.all()}
        missing = [str(version) for version in range(1, evaluation.version + 1) if version not in frozen]
        if missing:
            yield {"place": evaluation.reference, "message": f"缺少第 {'、'.join(missing)} 版的定稿快照"}
        elif evaluation.state in FROZEN:
            yield from _unlike(evaluation, frozen[evaluation.version].content)


def _unlike(evaluation: Evaluation, content: dict[str, Any]) -> Iterator[Fault]:
    sheets = {part["evaluation"]["reference"]: part["sheet"] for part in content["projects"]}
    # One that was given up before is not in the last version.
    projects = [one for one in evaluation.projects.all() if one.state == evaluation.state]
    for one in projects:
        if one.reference in sheets or one.state != State.VOIDED:
            yield from _unlike_sheet(one, sheets.get(one.reference))
    yield from _unlike_sheet(evaluation, content["sheet"])
    if lost := sorted(set(sheets) - {one.reference for one in projects}):
        yield {"place": evaluation.reference, "message": f"定稿中的项目自评 {'、'.join(lost)} 已不存在"}


def _unlike_sheet(evaluation: Evaluation, sheet: dict[str, Any] | None) -> Iterator[Fault]:
    if sheet is None:
        yield {"place": evaluation.reference, "message": "所属单位最近一次定稿中没有这份项目自评"}
    elif evaluation.sheet != sheet:
        yield {"place": evaluation.reference, "message": "得分表与最近一次定稿不一致"}
