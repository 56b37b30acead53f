"""佐证材料 that a template asks for: owed until something is uploaded at its place."""

from __future__ import annotations

from typing import Any

import pytest

from indicators.engine.checks import Finding, check
from indicators.engine.reading import dump, template_hash
from indicators.engine.scoring import score
from indicators.engine.template import CompiledTemplate
from indicators.engine.verify import verify

from .samples import changed, compiled, facts, refused, template, template_data

LEAF = {"code": "A", "name": "执行率", "weight": "5", "rule": {"kind": "judged"}}


def asking(**more: Any) -> CompiledTemplate:
    return compiled(indicators=[LEAF | more])


def owed(target: CompiledTemplate, **evidence: int) -> list[Finding]:
    counts = {key.replace("__", "."): count for key, count in evidence.items()}
    figures = target.compute(facts(target, evidence=counts))
    found = check(target, figures, score(target, figures))
    return [one for one in found if one.layer == "佐证"]


def test_nothing_is_owed_where_the_template_does_not_ask():
    assert owed(asking()) == []
    assert owed(asking(evidence_hint="决算报表")) == []


@pytest.mark.parametrize(("rule", "severity"), [("required", "must_fix"), ("asked", "explain")])
def test_what_is_asked_for_an_indicator_is_owed_until_a_file_is_there(rule: str, severity: str):
    target = asking(evidence=rule, evidence_hint="预算批复、决算报表")
    (one,) = owed(target)
    assert (one.code, one.severity) == ("佐证-缺少", severity)
    assert one.message == "指标“执行率”要有佐证材料（预算批复、决算报表），还没有上传。"
    assert one.fix_at == (target.locate("A"),)
    assert owed(target, indicator__A=1) == []
    assert owed(target, indicator__B=1) == [one]


def test_a_section_asks_by_its_heading_in_its_step():
    data = template_data(indicators=[LEAF])
    asked = ("outline.0.evidence", "required"), ("outline.0.heading", "{year}年收支")
    target = compiled(**changed(data, *asked))
    (one,) = owed(target)
    assert one.message == "“2024年收支”要有佐证材料，还没有上传。"
    assert one.fix_at == ("s.s",)
    assert owed(target, s=2) == []


def test_evidence_is_asked_only_where_it_can_be_uploaded():
    printed = {"code": "p", "heading": "附件", "appears": "print", "evidence": "asked"}
    assert list(refused(changed(template_data(indicators=[LEAF]), ("outline.+", printed)))) == [
        "outline[1].evidence"
    ]
    group = {"code": "G", "name": "过程", "evidence": "asked", "children": [LEAF]}
    assert [fault.place for fault in verify(template(indicators=[group])) if "佐证" in fault.message] == [
        "indicators[0].evidence"
    ]


def test_a_template_that_says_nothing_of_evidence_keeps_its_hash():
    spec = template(indicators=[LEAF])
    assert "evidence" not in str(dump(spec))
    assert template_hash(spec) != template_hash(template(indicators=[LEAF | {"evidence": "asked"}]))
