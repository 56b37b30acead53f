"""A report with own indicators and projects, as a department meets it. Made through the services."""

from __future__ import annotations

from pathlib import Path

from evaluations import creating, projects
from evaluations.models import Evaluation, FiscalYear
from evaluations.sections import Posted
from tests import people

HERE = Path(__file__).parent
PROJECTS = ("困难职工帮扶", "送温暖")

LINES = (
    {
        "functional": "2012901",
        "economic": "301",
        "kind": "基本支出",
        "opening": "600000",
        "executed": "600000",
    },
    *(
        {
            "functional": "2012902",
            "economic": "30201",
            "kind": "项目支出",
            "project": name,
            "opening": "100000",
        }
        | {"executed": "90000"}
        for name in PROJECTS
    ),
)
ROWS = (
    {
        "id": "0001",
        "second": "数量指标",
        "name": "培训场次",
        "target": "≥500人次",
        "actual": "480人次",
        "weight": "6",
    },
    {
        "id": "0002",
        "second": "质量指标",
        "name": "服务质量",
        "target": "合规",
        "actual": "合规",
        "weight": "2",
    },
)


def report(of: people.Cast) -> Evaluation:
    """A fresh draft with budget lines that name two projects."""
    people.template(HERE / "own_project.yaml")
    region = of.department.region
    year = FiscalYear.objects.filter(region=region, year=2024).first()
    if year is None:
        template = people.template(HERE / "own_report.yaml")
        year = FiscalYear.objects.create(region=region, year=2024, template=template)
    one = creating.start_evaluation(of.department, year, None)
    people.save_lines(one, LINES)
    one.refresh_from_db()
    return one


def add_rows(one: Evaluation) -> Evaluation:
    """With two indicators of its own, which have 8 of the group's 10 points."""
    people.save(one, "goals", Posted(tables={"CC": ROWS}))
    return one


def start(one: Evaluation, name: str = PROJECTS[0]) -> Evaluation:
    """The evaluation of a project, in which nothing is filled in yet."""
    return projects.start_project(one, name, None)


def complete(one: Evaluation) -> Evaluation:
    """Everything filled in, projects too, so that it can be sent."""
    people.save(one, "data", Posted(fields={"quota": "10"}))
    rows = [row | {"actual": row["target"].removeprefix("≥"), "weight": "5"} for row in ROWS]
    rows[1] |= {"points": "5"}
    people.save(
        one,
        "goals",
        Posted(fields={"T01-target": "≥500人", "T01-actual": "600人"}, tables={"CC": rows}),
    )
    for name in PROJECTS:
        child = one.projects.filter(project=name).first() or start(one, name)
        fields = {"done": "已完成", "P01-target": "10次", "P01-actual": "10次"}
        people.save(child, "project", Posted(fields=fields))
    one.refresh_from_db()
    return one
