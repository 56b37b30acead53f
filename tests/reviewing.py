"""What tests of the review share: a report as a page reads it, and one that was sent with an explanation."""

from __future__ import annotations

from evaluations import access, assessing, drafting, workflow
from evaluations.models import Evaluation
from evaluations.sections import Posted
from tests.people import Cast, save

ASKED = "编制数与编办批文不一致，请核对。"
ANSWERED = "已按编办批文改为 12 人。"


def read(evaluation: Evaluation) -> Evaluation:
    """The evaluation as a page reads it: a copy of its own for each of two people."""
    return access.with_relations(Evaluation.objects.all()).get(pk=evaluation.pk)


def sent_with_explanation(cast: Cast, ready: Evaluation) -> tuple[Evaluation, str]:
    """A complete draft sent with one explanation, of 执行数 above 预算数; the finding's fingerprint."""
    rows = [{"use": "办公", "amount": "63"}, {"use": "帮扶", "amount": "40"}]
    save(ready, "money", Posted(fields={"spent": "103", "A01-reason": "年中增加任务"}, tables={"T1": rows}))
    (finding,) = assessing.assess(ready).unexplained
    drafting.explain(ready, finding.code, finding.fingerprint, "上级年中下达任务", cast.preparer)
    return workflow.perform("submit", ready, cast.unit_head), finding.fingerprint
