"""送签 and 签字: the head signs what is on the page, and nothing that has moved on."""

from __future__ import annotations

import re

import pytest

from evaluations import (
    assessing,
    drafting,
    workflow,
)
from evaluations.errors import Refused
from evaluations.models import (
    Evaluation,
    Event,
    Snapshot,
)
from evaluations.sections import Posted
from tests.people import Cast, save

from .conftest import signed_in
from .desk import at, told


def test_a_change_takes_the_request_for_the_signature_back(cast: Cast, ready: Evaluation):
    workflow.perform("request_signature", ready, cast.preparer)
    save(ready, "money", Posted(fields={"quota": "10"}), cast.preparer)  # the same figure again
    ready.refresh_from_db()
    assert ready.state == "awaiting_signature"
    save(ready, "money", Posted(fields={"quota": "12"}), cast.preparer)
    ready.refresh_from_db()
    assert ready.state == "draft"
    assert Event.objects.first().action == "signature_lapsed"


def test_a_declined_report_goes_back_with_the_reason(cast: Cast, ready: Evaluation):
    workflow.perform("request_signature", ready, cast.preparer)
    head = signed_in(cast.unit_head)
    page = told(head.get(at("check", ready)))
    assert "签字并送审" in page and "请审阅，同意的签字送审" in page
    refused = head.post(at("transition", ready, "decline"), {"reason": "改"})
    assert refused.status_code == 400
    assert "退签的原因只有 1 字" in told(refused)
    head.post(at("transition", ready, "decline"), {"reason": "帮扶人数请再核实。"})
    ready.refresh_from_db()
    assert ready.state == "draft"
    preparer = signed_in(cast.preparer)
    assert f"{cast.unit_head}退签：</strong>帮扶人数请再核实。" in told(preparer.get(at("check", ready)))
    workflow.perform("request_signature", ready, cast.preparer)
    assert "帮扶人数请再核实。" not in told(preparer.get(at("check", ready)))


def test_without_a_unit_head_nobody_can_be_asked_to_sign(cast: Cast, ready: Evaluation):
    cast.unit_head.memberships.all().delete()
    with pytest.raises(Refused, match="还没有单位负责人的账号"):
        workflow.perform("request_signature", ready, cast.preparer)


def test_nobody_signs_what_is_not_on_the_page(cast: Cast, ready: Evaluation):
    workflow.perform("request_signature", ready, cast.preparer)
    head = signed_in(cast.unit_head)
    seen = re.search(r'name="seen" value="([^"]+)"', told(head.get(at("check", ready))))[1]
    save(ready, "money", Posted(fields={"quota": "12"}), cast.preparer)
    answer = head.post(at("transition", ready, "submit"), {"seen": seen})
    assert answer.status_code == 409
    assert "您打开此页以后内容有改动" in told(answer)
    ready.refresh_from_db()
    assert ready.state == "draft"
    renewed = re.search(r'name="seen" value="([^"]+)"', told(answer))[1]
    head.post(at("transition", ready, "submit"), {"seen": renewed})
    ready.refresh_from_db()
    assert ready.state == "submitted"


def test_the_same_explanation_again_changes_nothing(cast: Cast, explained: tuple[Evaluation, str]):
    sent, fingerprint = explained
    workflow.perform("withdraw", sent, cast.preparer)
    workflow.perform("request_signature", sent, cast.preparer)
    code = assessing.assess(sent).explanations[fingerprint].code
    drafting.explain(sent, code, fingerprint, "上级年中下达任务", cast.preparer)
    sent.refresh_from_db()
    assert sent.state == "awaiting_signature"


def test_a_voided_report_bears_no_signature_of_an_older_version(cast: Cast, submitted: Evaluation):
    workflow.perform("return", submitted, cast.reviewer, "请核对编制数。")
    save(submitted, "money", Posted(fields={"quota": "12"}), cast.preparer)
    workflow.perform("void", submitted, cast.preparer, "单位撤并，不再填报。")
    first, last = Snapshot.objects.order_by("version")
    assert (first.signed_by, last.signed_by, last.summary) == (cast.unit_head, None, "")
