"""docs/template-format.md names every key and every function, and its example may be published."""

import dataclasses
import re
from pathlib import Path

import pytest

from indicators.engine import chapters, functions, kinds, spec
from indicators.engine.reading import read_template
from indicators.engine.verify import verify
from indicators.loading import load_yaml
from indicators.workbooks.layout import GENERAL, workbook

MANUAL = (Path(__file__).parents[2] / "docs" / "template-format.md").read_text("utf-8")
CLASSES = {
    kind
    for module in (spec, chapters, kinds)
    for kind in vars(module).values()
    if dataclasses.is_dataclass(kind)
}


@pytest.mark.parametrize(
    "kind", sorted(CLASSES, key=lambda kind: kind.__name__), ids=lambda kind: kind.__name__
)
def test_every_key_is_described(kind):
    assert [key.name for key in dataclasses.fields(kind) if f"`{key.name}`" not in MANUAL] == []


def test_every_function_of_formulas_is_described():
    words = [word for word in functions.FUNCTIONS if not word.isascii()]
    assert words
    assert [word for word in words if word not in MANUAL] == []


def test_every_sheet_of_the_workbook_is_described():
    rows = re.findall(r"^\| ([^|]+) \|[^|]+\|$", MANUAL.partition("as a workbook (Excel)\n")[2], re.M)
    named = {name for row in rows for name in row.split("、" if "、" in row else ", ")}
    assert {GENERAL, *(sheet.title for sheet in workbook().sheets)} <= named


@pytest.mark.parametrize("text", re.findall(r"```yaml\n(.*?)```", MANUAL, re.S))
def test_the_examples_may_be_published(text):
    assert verify(read_template(load_yaml(text))) == ()
