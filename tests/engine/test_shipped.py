"""The worked examples of all shipped templates; baojing-2017 against the printed scores of its report."""

import dataclasses
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from indicators.engine.checks import check
from indicators.engine.examples import facts_of_example, run_example
from indicators.engine.facts import Facts
from indicators.engine.kinds import Checklist
from indicators.engine.reading import dump, read_template
from indicators.engine.scoring import ScoreSheet, score
from indicators.engine.template import CompiledTemplate, compile_template
from indicators.engine.verify import verify
from indicators.loading import LIBRARY, load_yaml
from indicators.loading import shipped as paths

D = Decimal
PRINTED = {
    "BJ-I01": 3, "BJ-I02": 3, "BJ-I03": 3, "BJ-I04": 4, "BJ-I05": 5, "BJ-I06": 4, "BJ-I07": 5, "BJ-I08": 5,
    "BJ-I09": 0, "BJ-I10": 8, "BJ-I11": 6, "BJ-I12": 8, "BJ-I13": 6, "BJ-I14": 5, "BJ-I15": 8, "BJ-I16": 3,
    "BJ-I17": 3, "BJ-I18": 6, "BJ-I19": 6,
}  # fmt: skip
#: What a person changes to move one line and no other: a figure (or an answer) and its new value.
FEEDS: dict[str, dict[str, Any]] = {
    "BJ-I03": {"staff_in_post": D(14)},
    "BJ-I04": {"tp_vehicle_budget_prior": D(0), "tp_reception_budget_prior": D(38000)},
    "BJ-I05": {"carried_out": D(80000)},
    "BJ-I07": {"has_building": True},
    "BJ-I11": {"has_procurement_budget": True},
    "BJ-I15": {"external_score": D(90), "BJ-I15-self": None},
    "BJ-I16": {"BJ-I16-points": D(2)},
    "BJ-I17": {"BJ-I17-points": D(2)},
    "BJ-I18": {"BJ-I18-level": "效果一般"},
    "BJ-I19": {"survey_score": D(85)},
    "BJ-I09": {"public_budget": D(448000)},
    "BJ-I10": {"tp_reception_actual": D(32000)},
}  # fmt: skip


@cache
def shipped() -> CompiledTemplate:
    return compile_template(read_template(load_yaml(LIBRARY / "baojing-2017.yaml")))


@cache
def report() -> Facts:
    facts, faults = facts_of_example(shipped(), shipped().spec.examples[0])
    assert faults == []
    return facts


def sheet_of(**changes: Any) -> ScoreSheet:
    figures = {code: value for code, value in (report().figures | changes).items() if value is not None}
    facts = dataclasses.replace(report(), figures=figures)
    return score(shipped(), shipped().compute(facts))


def test_the_template_may_be_published() -> None:
    assert [fault for fault in verify(shipped().spec) if fault.severity == "error"] == []


def test_the_zero_that_cannot_be_reached_is_told() -> None:
    """资金使用合规性: five items of 1 point, weight 6, although the standard says 扣完为止."""
    warnings = [str(fault) for fault in verify(shipped().spec) if fault.severity == "warning"]
    assert any("共 5 项，每项扣 1 分，最多扣 5 分，最低得 1 分" in warning for warning in warnings)


def test_every_score_is_the_printed_one() -> None:
    sheet = sheet_of()
    assert {line.code: line.score for line in sheet.lines} == PRINTED
    assert sheet.total_text == "91.00"
    assert sheet.grade == "优"
    assert {code: sheet.groups[code].weight for code in ("BJ-G1", "BJ-G2", "BJ-G3")} == {
        "BJ-G1": 13, "BJ-G2": 61, "BJ-G3": 26,
    }  # fmt: skip
    assert all(line.working for line in sheet.lines)


@pytest.mark.parametrize(
    ("code", "working"),
    [
        ("BJ-I03", "11 ÷ 13 = 84.62% ≤ 100%，得满分 3 分"),
        ("BJ-I04", "（39,000.00 − 81,800.00）÷ 81,800.00 = -52.32% ≤ 0%，得满分 4 分"),
        ("BJ-I06", "171,476.00 ÷ 1,260,824.00 = 13.60% ≤ 30%，得 4 分"),
        (
            "BJ-I09",
            "449,646.20 ÷ 121,000.00 = 371.61%，超过 100% 共 271.61 个百分点，按每 1 个百分点扣 1 分，"
            "扣完为止，得 0 分",
        ),
        ("BJ-I19", "91 分 ≥ 90 分，得满分 6 分"),
    ],
)
def test_the_workings_are_those_of_the_report(code: str, working: str) -> None:
    assert {line.code: line.working for line in sheet_of().lines}[code] == working


@pytest.mark.parametrize("path", paths(), ids=lambda path: path.stem)
def test_every_worked_example_comes_out(path: Path) -> None:
    """Figures as typed → points of every line → total, or the derived figures of a report without scores."""
    target = compile_template(read_template(load_yaml(path)))
    assert len(target.spec.examples) >= 2
    for number, example in enumerate(target.spec.examples):
        assert run_example(target, example, f"examples[{number}]") == []


@pytest.mark.parametrize("path", paths(), ids=lambda path: path.stem)
def test_what_comes_from_memory_is_marked_and_every_template_has_its_sources(path: Path) -> None:
    spec = read_template(load_yaml(path))
    assert spec.sources and spec.notes
    assert "财预〔2020〕10号" not in spec.notes or "凭记忆" in spec.notes


def test_every_contradiction_of_the_report_is_found() -> None:
    figures = shipped().compute(report())
    found = {finding.code: finding for finding in check(shipped(), figures, score(shipped(), figures))}
    differences = [finding.difference for finding in found.values()]
    assert "101,391.00 元" in differences  # without an economic class
    assert "3.00 元" in differences  # 公用经费 items against their total
    assert any("371.61%" in finding.message for finding in found.values())  # 公用经费 of its budget


@pytest.mark.parametrize("code", sorted(PRINTED))
def test_every_leaf_is_fed(code: str) -> None:
    """Changing what a line rests on changes that line; changing its own answers changes that line alone."""
    rule = shipped().leaf[code].rule
    before = {line.code: line for line in sheet_of().lines}
    if isinstance(rule, Checklist):
        changes = [{f"{code}-{number}": False} for number in range(1, len(rule.items) + 1)]
    else:
        changes = [FEEDS[code]] if code in FEEDS else []
    for change in changes:
        after = {line.code: line for line in sheet_of(**change).lines}
        moved = {other for other in PRINTED if after[other].score != before[other].score}
        assert code in moved or after[code].status != before[code].status
        if isinstance(rule, Checklist) or f"{code}-points" in change or f"{code}-level" in change:
            assert moved == {code}
    assert changes or code in {"BJ-I06", "BJ-I08"}


def test_shared_figures_move_the_lines_that_share_them() -> None:
    """预算控制率 rests on figures that 预算完成率 uses too; 楼堂馆所投资 on the answer of 楼堂馆所面积."""
    assert {line.code: line.score for line in sheet_of(added_budget=D(600000)).lines}["BJ-I06"] == 3
    statuses = {line.code: line.status for line in sheet_of(has_building=True).lines}
    assert (statuses["BJ-I07"], statuses["BJ-I08"]) == ("缺数据", "缺数据")


def test_the_template_survives_its_json() -> None:
    assert read_template(dump(shipped().spec)) == shipped().spec


@pytest.mark.parametrize(
    "name", [path.stem for path in paths() if load_yaml(path).get("kind", "department") == "department"]
)
def test_a_departments_report_is_not_sent_without_budget_lines(name: str) -> None:
    """Its totals may be typed, and the sums of no lines are open, not 0: nothing else would miss them."""
    target = compile_template(read_template(load_yaml(LIBRARY / f"{name}.yaml")))
    facts, _ = facts_of_example(target, target.spec.examples[0])

    def told(given: Facts) -> list[str]:
        figures = target.compute(given)
        found = check(target, figures, score(target, figures))
        return [one.severity for one in found if one.message == "预算明细一行也没有填。"]

    assert told(facts) == []
    assert told(dataclasses.replace(facts, lines=())) == ["must_fix"]
