"""The small report with projects: what tests/people.py makes, on a template that asks for 项目自评."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from evaluations import creating, projects
from evaluations.models import Evaluation, FiscalYear
from evaluations.sections import Posted
from indicators import loading, publishing
from indicators.engine.reading import read_template
from indicators.models import IndicatorTemplate
from indicators.models import State as TemplateState

from . import people

FOLDER = Path(__file__).parent
HALL, AID = "阵地建设", "困难职工帮扶"

#: Two projects (40 and 20 万元 of the year, 30 and 20 spent) beside what is no project.
LINES = (
    {"functional": "2012901", "economic": "301", "kind": "基本支出", "opening": "40", "executed": "40"},
    {"functional": "2012902", "kind": "项目支出", "project": HALL, "opening": "40", "executed": "30"},
    {"functional": "2012902", "kind": "项目支出", "project": AID, "opening": "15", "executed": "12"},
    {"functional": "2012999", "kind": "项目支出", "project": AID, "adjustment": "5", "executed": "8"},
)
FORM = Posted(fields={"goal": "按期完成", "P02-level": "好"})


def whole() -> dict[str, Any]:
    """The small report's template, asking for its projects."""
    data = loading.load_yaml(FOLDER / "small_report.yaml")
    data["outline"][0]["blocks"].append({"kind": "projects"})
    field = {"code": "in_projects", "label": "项目执行合计", "formula": "合计(项目自评.执行数)"}
    scored = {"code": "points", "label": "项目得分合计", "kind": "number", "formula": "合计(项目自评.得分)"}
    return data | {
        "code": "small-whole",
        "title": "小样含项目",
        "project_template": "small-project",
        "fields": [*data["fields"], field, scored],
    }


def publish(data: dict[str, Any]) -> IndicatorTemplate:
    """A published template."""
    stored = publishing.store_draft(read_template(data), by="tests")
    return publishing.publish(stored, by="tests") if stored.state == TemplateState.DRAFT else stored


def fiscal_year(year: int = 2024, county: str = "433125") -> FiscalYear:
    """An open year in which projects are evaluated."""
    found = people.fiscal_year(year, county)
    people.template(FOLDER / "small_project.yaml")
    found.template = publish(whole())
    found.save()
    return found


def evaluation(cast: people.Cast, year: int = 2024) -> Evaluation:
    """A department's draft, complete but for its projects: none has an evaluation yet."""
    one = creating.start_evaluation(cast.department, fiscal_year(year), None)
    people.save_lines(one, LINES)
    for step, posted in people.COMPLETE.items():
        people.save(one, step, posted)
    one.refresh_from_db()
    return one


def complete(parent: Evaluation) -> tuple[Evaluation, Evaluation]:
    """Both projects evaluated, with nothing left to be found."""
    children = tuple(projects.start_project(parent, name, None) for name in (HALL, AID))
    for child in children:
        people.save(child, "form", FORM)
        child.refresh_from_db()
    parent.refresh_from_db()
    return children
