"""One real report beside its demo package."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pytest
import yaml

from evaluations import assessing, packages, snapshots
from evaluations.assessing import Assessment
from evaluations.documents import building
from evaluations.documents.model import Document
from evaluations.models import Evaluation
from indicators import loading
from tests import people

ROOT = Path(__file__).resolve().parent.parent.parent
SEEDS = ROOT.parent / "shared" / "seeds"

#: The facts of a real report and the demo that reproduces it.
REPORTS = {
    "000-tianxin": "2019-tianxin-zgh",
    "001-yuanjiang": "2019-yuanjiang-zgh",
    "002-baojing": "2017-baojing-zgh",
    "003-nanhu": "2022-nanhu-zgh",
    "004-liuyang": "2022-liuyang-zgh",
}


@dataclass(frozen=True)
class Report:
    """A loaded demo evaluation, its package, and the facts of the real report (`seed`)."""

    name: str
    seed: dict[str, Any]
    package: dict[str, Any]
    evaluation: Evaluation

    @cached_property
    def assessment(self) -> Assessment:
        return assessing.assess(self.evaluation)

    @cached_property
    def document(self) -> Document:
        return building.build(snapshots.content_of(self.evaluation, self.assessment))


@cache
def facts_of(name: str) -> dict[str, Any]:
    """The facts of a real report; skips where they are not at hand."""
    path = SEEDS / f"{name}.yaml"
    if not path.exists():
        pytest.skip("the real reports are not beside this checkout")
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.fixture(params=REPORTS)
def report(request: pytest.FixtureRequest, db: None) -> Report:
    """Each of the five."""
    return load(request.param)


def load(name: str) -> Report:
    """The demo of the real report `name` as a draft."""
    seed = facts_of(name)
    package = loading.load_yaml(ROOT / "evaluations" / "demo" / f"{REPORTS[name]}.yaml")
    people.template(ROOT / "indicators" / "library" / f"{package['template']}.yaml")
    return Report(name, seed, package, packages.load_package(package))
