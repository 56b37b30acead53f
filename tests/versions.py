"""Further versions of the templates of the tests: the same with some changes, and examples that come out."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

from indicators import loading, publishing
from indicators.engine.examples import facts_of_example
from indicators.engine.reading import read_template
from indicators.engine.scoring import score
from indicators.engine.spec import TemplateSpec
from indicators.engine.template import compile_template
from indicators.models import IndicatorTemplate

FOLDER = Path(__file__).parent
Data = dict[str, Any]
Edit = Callable[[Data], object]


def report() -> Data:
    """The small report's template as its file has it."""
    return loading.load_yaml(FOLDER / "small_report.yaml")


def project() -> Data:
    """The small project's."""
    return loading.load_yaml(FOLDER / "small_project.yaml")


def leaf(data: Data, code: str) -> Data:
    """The indicator with this code, to be changed in place."""
    waiting = list(data["indicators"])
    while waiting:
        one = waiting.pop()
        if one["code"] == code:
            return one
        waiting += one.get("children", ())
    raise KeyError(code)


def block(data: Data, step: str, number: int) -> Data:
    """A block of a chapter, to be changed in place."""
    return next(section for section in data["outline"] if section["code"] == step)["blocks"][number]


def edited(data: Data, *edits: Edit) -> TemplateSpec:
    """The template with these changes; its examples promise what comes out."""
    data = copy.deepcopy(data)
    for edit in edits:
        edit(data)
    typed = {one["code"] for one in data["fields"]}
    for example in data["examples"]:
        example["figures"] = {k: v for k, v in example["figures"].items() if k in typed or "-" in k}
    compiled = compile_template(read_template(data))
    for example, stated in zip(data["examples"], compiled.spec.examples, strict=True):
        facts, _ = facts_of_example(compiled, stated)
        sheet = score(compiled, compiled.compute(facts))
        example["points"] = {line.code: line.score for line in sheet.lines if line.score is not None}
        example["total"] = sheet.total
    return read_template(data)


def draft(data: Data, *edits: Edit) -> IndicatorTemplate:
    """A stored draft of the template with these changes."""
    return publishing.store_draft(edited(data, *edits), by="tests")


def publish(data: Data, *edits: Edit) -> IndicatorTemplate:
    """The next published version of the template, with these changes."""
    return publishing.publish(draft(data, *edits), by="tests")


# ── changes of the small report, by level ───────────────────────────────────────────────────────────────────


def reworded(data: Data) -> None:
    """Level 1."""
    leaf(data, "A01")["standard"] = "100%以下（含）得满分，每超出1%扣1分，扣完为止。"


def with_optional(data: Data) -> None:
    """Level 2: a field that may be filled in."""
    data["fields"].append({"code": "offices", "label": "办公室", "kind": "count", "unit": "间"})
    block(data, "money", 0)["fields"].append("offices")


def stricter(data: Data) -> None:
    """Level 3: two points for each percent too much."""
    leaf(data, "A01")["rule"]["points_per_step"] = 2


def without_remark(data: Data) -> None:
    """Level 4: a field is gone."""
    data["fields"] = [one for one in data["fields"] if one["code"] != "remark"]
    block(data, "money", 0)["fields"].remove("remark")


def asking_more(data: Data) -> None:
    """Level 5: a field that must be filled in."""
    data["fields"].append(
        {"code": "staff", "label": "在职人数", "kind": "count", "unit": "人", "required": True}
    )
    block(data, "money", 0)["fields"].append("staff")
    for example in data["examples"]:
        example["figures"]["staff"] = "9"
