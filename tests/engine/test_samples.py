"""Sample data: something plausible in every box of every shipped template, always the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from indicators.engine import samples
from indicators.engine.compiled import CompiledTemplate
from indicators.engine.examples import facts_of_example
from indicators.engine.open_groups import is_balanced
from indicators.engine.reading import read_template
from indicators.engine.samples import sample
from indicators.engine.scoring import score
from indicators.engine.template import compile_template
from indicators.engine.values import MISSING
from indicators.loading import LIBRARY, load_yaml, shipped


def compiled(path: Path) -> CompiledTemplate:
    return compile_template(read_template(load_yaml(path)))


@pytest.mark.parametrize("path", shipped(), ids=lambda path: path.stem)
def test_every_box_is_filled_with_what_it_can_hold(path: Path) -> None:
    template = compiled(path)
    facts, faults = facts_of_example(template, sample(template))
    assert faults == []
    empty = {
        code
        for code, box in template.fields.items()
        if box.required and not box.formula and facts.figures.get(code, MISSING) is MISSING
    }
    assert empty == set()
    tables = {code for code, table in template.tables.items() if table.source == "input"}
    assert {code for code in tables if facts.tables.get(code)} == tables
    assert all(is_balanced(group, facts) for group in template.open_groups.values())
    assert not score(template, template.compute(facts)).provisional


def test_own_indicators_have_every_box_that_their_form_demands() -> None:
    template = compiled(LIBRARY / "chongqing-2021.yaml")
    (row,) = sample(template).tables["JX"]
    wanted = {column.code for column in template.tables["JX"].columns if column.required}
    assert wanted <= row.keys()
    assert (row["sign"], row["weight"]) == ("≥", "90")


def test_the_same_template_gives_the_same_sample_within_the_limits_of_its_boxes() -> None:
    template = compiled(shipped()[0])
    assert sample(template) == sample(template)
    assert samples.texts(template).keys() == template.texts.keys()
    assert all(len(text) <= template.texts[code].max_chars for code, text in samples.texts(template).items())
