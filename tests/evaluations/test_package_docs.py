"""What docs/evaluation-package.md says is so."""

import re
from pathlib import Path

import pytest

from evaluations import budgeting, packages
from evaluations.models import BudgetLine
from indicators import loading

TEXT = (Path(__file__).parents[2] / "docs" / "evaluation-package.md").read_text(encoding="utf-8")


def test_every_key_and_column_is_documented():
    named = set(re.findall(r"`([a-z_]+)`", TEXT))
    assert packages.KEYS <= named
    assert set(budgeting.COLUMNS) <= named


@pytest.mark.parametrize("words", [*BudgetLine.Kind.values, *BudgetLine.Fund.values, *packages.UNITS])
def test_every_choice_is_documented(words: str):
    assert f"`{words}`" in TEXT


def test_the_small_package_can_be_read():
    (example,) = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    data = loading.load_yaml(example)
    assert set(data) <= packages.KEYS
    faults = packages.Faults()
    packages._check_structure(data, faults)
    assert faults.found == []
    assert (
        budgeting.read([{k: str(v) for k, v in row.items()} for row in data["lines"]], 2024, "万元").raw == {}
    )
