"""定稿快照: what one submitted version printed, frozen with its hash, and proof that it still holds.

Content (schema `snapshot/1`, decimals as strings):

    schema, engine_version
    template       {code, version, hash, content}
    evaluation     {reference, version, state, year, project, kind, region {code, name}, submitted_on,
                    department {name, short_name, code, superior}}
    sections       {step: {fields, tables, texts, raw, overrides}}
    lines          [{id, functional, functional_name, economic, economic_name, kind, fund, project,
                     opening, adjustment, executed}]
    lines_raw      {lines[row].column: text}, always empty in what was submitted
    previous       {code: last year's figure}
    evidence       [{id, location, name, kind, size, sha256}] of 佐证材料, without the sealed scan; what was
                    frozen before there was any lacks the key
    sheet          score sheet, as `manage.py score_evaluation --json` prints it
    findings       [finding]
    explanations   {fingerprint: {code, text}}
    projects       [content of the evaluation of each project, as above]
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from indicators import loading
from indicators.engine import ENGINE_VERSION
from indicators.engine.reading import canonical_json
from indicators.models import IndicatorTemplate

from . import assessing, evidence, facts, projects
from .assessing import Assessment
from .models import DECIDED, UNDER_REVIEW, Evaluation, Snapshot, User
from .transitions import TRANSITIONS

SCHEMA = "snapshot/1"
FREEZING = [transition.action for transition in TRANSITIONS if transition.freezes]


def content_of(
    evaluation: Evaluation, assessment: Assessment, parts: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    """The content as it would be frozen now; of a draft `submitted_on` is None.

    `parts`: the contents of its projects, where they have been made already.
    """
    if parts is None:
        parts = [content_of(child, assessing.assess(child)) for child in projects.of(evaluation)]
    sent = evaluation.submitted_at if evaluation.state in UNDER_REVIEW | DECIDED else None
    submitted_on = timezone.localdate(sent).isoformat() if sent else None
    return assembled(evaluation.template, facts.heading(evaluation), submitted_on, assessment, parts)


def assembled(
    template: IndicatorTemplate,
    heading: Mapping[str, Any],
    submitted_on: str | None,
    assessment: Assessment,
    parts: list[dict[str, Any]],
) -> dict[str, Any]:
    """The content of what `heading` (as `facts.heading` gives it) and `assessment` say."""
    return {
        "schema": SCHEMA,
        "engine_version": ENGINE_VERSION,
        "template": {
            "code": template.code,
            "version": template.version,
            "hash": template.content_hash,
            "content": template.content,
        },
        "evaluation": {**heading, "kind": assessment.compiled.spec.kind, "submitted_on": submitted_on},
        "sections": assessment.stored["sections"],
        "lines": assessment.stored["lines"],
        "lines_raw": assessment.stored["lines_raw"],
        "previous": assessment.stored["previous"],
        "evidence": assessment.stored.get("evidence", []),
        "sheet": assessment.sheet.as_json(),
        "findings": [finding.as_json() for finding in assessment.findings],
        "explanations": {
            finding.fingerprint: {
                "code": finding.code,
                "text": assessment.explanations[finding.fingerprint].text,
            }
            for finding in assessment.findings
            if finding.fingerprint in assessment.explanations
        },
        "projects": parts,
    }


def content_hash(content: dict[str, Any]) -> str:
    """The sha-256 of the canonical JSON (of a snapshot's content or a template's), in hexadecimal digits."""
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()


def freeze(evaluation: Evaluation, content: dict[str, Any], actor: User | None) -> Snapshot:
    """Store the present version, as `content_of` gave it, for good (in the caller's transaction)."""
    return Snapshot.objects.create(
        evaluation=evaluation,
        version=evaluation.version,
        content=content,
        content_hash=content_hash(content),
        created_by=actor,
        signed_by=evaluation.signed_by,
        summary=evaluation.change_summary,
    )


def verify(snapshot: Snapshot) -> list[str]:
    """What of a snapshot no longer holds, as Chinese sentences; empty when everything does.

    Its hash, also as the log of its submission or voiding has it; its template's hash; its place
    (evaluation, version); and that score sheets and findings computed anew from what was typed, also for the
    projects, are those that were frozen.
    """
    content = snapshot.content
    if content_hash(content) != snapshot.content_hash:
        return ["内容与定稿时的哈希不一致，快照被改动过"]
    logged = [event.detail for event in snapshot.evaluation.events.filter(action__in=FREEZING)]
    if (snapshot.version, snapshot.content_hash) not in [
        (one.get("version"), one.get("hash")) for one in logged
    ]:
        return ["操作日志中没有这一版的定稿记录，或记录的哈希不同"]
    try:
        return _differences(snapshot, content)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return [f"内容残缺，无法重新计算（{error!r}）"]


def _differences(snapshot: Snapshot, content: dict[str, Any]) -> list[str]:
    evaluation, frozen = snapshot.evaluation, content["evaluation"]
    faults = []
    if (frozen["reference"], frozen["version"]) != (evaluation.reference, snapshot.version):
        faults.append(f"内容属于 {frozen['reference']} 第 {frozen['version']} 版，不是这份自评的这一版")
    if not _is_its_template(content, evaluation):
        faults.append("所附指标模板不是这份自评采用的模板")
    faults += [*_recomputed(content), *evidence.unlike(evaluation, content.get("evidence", ()))]
    children = {child.reference: child for child in evaluation.projects.select_related("template")}
    for part in content["projects"]:
        name = part["evaluation"]["project"]
        faults += [f"项目“{name}”：{fault}" for fault in _of_project(part, children)]
    return faults


def _of_project(part: dict[str, Any], children: Mapping[str, Evaluation]) -> list[str]:
    reference = part["evaluation"]["reference"]
    if reference not in children:
        return [f"编号 {reference} 不是这份自评的项目"]
    child = children[reference]
    if not _is_its_template(part, child):
        return ["所附指标模板不是该项目自评采用的模板"]
    return [*_recomputed(part), *evidence.unlike(child, part.get("evidence", ()))]


def _is_its_template(content: dict[str, Any], evaluation: Evaluation) -> bool:
    """Whether a version was made on the template of the evaluation, or on one that this has replaced."""
    used, now = content["template"], evaluation.template
    if used["hash"] == now.content_hash:
        return True
    newest = content["evaluation"]["version"] == evaluation.version
    if used["code"] != now.code or (newest and not evaluation.live):
        return False
    earlier = IndicatorTemplate.objects.filter(code=now.code, version__lt=now.version)
    return earlier.filter(version=used["version"], content_hash=used["hash"]).exists()


def _recomputed(content: dict[str, Any]) -> list[str]:
    """What differs when sheet and findings of a content are computed anew."""
    template = content["template"]
    if content_hash(template["content"]) != template["hash"]:
        return ["所附指标模板与其哈希不一致"]
    if content["engine_version"] != ENGINE_VERSION:
        return []  # another engine: its results are kept, not recomputed
    compiled = loading.compiled_content(template["content"], template["hash"])
    _, sheet, findings = assessing.compute(compiled, facts.facts_from_content(content))
    faults = []
    if sheet.as_json() != content["sheet"]:
        was = content["sheet"]["total"]
        faults.append(f"重新计算的总分为 {sheet.total_text}，定稿的总分为 {was}，得分表不一致")
    if [finding.as_json() for finding in findings] != content["findings"]:
        faults.append("重新计算的审核信息与定稿的不一致")
    return faults
