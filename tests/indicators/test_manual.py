"""docs/template-format.md names every key and every function, and its example may be published."""

import dataclasses
import re
from pathlib import Path

import pytest

from indicators.engine import functions, spec
from indicators.engine.reading import read_template
from indicators.engine.verify import verify
from indicators.loading import load_yaml

MANUAL = (Path(__file__).parents[2] / "docs" / "template-format.md").read_text("utf-8")
CLASSES = [kind for kind in vars(spec).values() if dataclasses.is_dataclass(kind)]


@pytest.mark.parametrize("kind", CLASSES, ids=lambda kind: kind.__name__)
def test_every_key_is_described(kind):
    assert [key.name for key in dataclasses.fields(kind) if f"`{key.name}`" not in MANUAL] == []


def test_every_function_of_formulas_is_described():
    words = [word for word in functions._FUNCTIONS if not word.isascii()]
    assert words
    assert [word for word in words if word not in MANUAL] == []


def test_the_example_may_be_published():
    (text,) = re.findall(r"```yaml\n(.*?)```", MANUAL, re.S)
    assert verify(read_template(load_yaml(text))) == ()
