"""A department's report with cover, form, lists and added indicators, and its projects' (county.yaml)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from evaluations.documents import building
from evaluations.documents.model import Document
from indicators import loading

from .sample import content_of

FOLDER = Path(__file__).parent
COUNTY, PROJECT = (loading.load_yaml(FOLDER / f"{name}.yaml") for name in ("county", "county_project"))
PROJECTS = ("困难职工帮扶", "职工技能竞赛")


def project(name: str, state: str = "submitted") -> dict[str, Any]:
    """The content of one project's evaluation."""
    made = content_of(PROJECT, state, project=name)
    made["evaluation"]["reference"] = f"2024-sample-zgh-{name}"
    return made


def content(state: str = "submitted", projects: tuple[str, ...] = PROJECTS, **changes: Any) -> dict[str, Any]:
    """The department's content with its projects'; `changes` as in `sample.content_of`."""
    return content_of(COUNTY, state, projects=tuple(project(name, state) for name in projects), **changes)


def county(state: str = "submitted", projects: tuple[str, ...] = PROJECTS, **changes: Any) -> Document:
    """The view model of that content."""
    return building.build(content(state, projects, **changes))
