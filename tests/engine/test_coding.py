"""Codes proposed for new indicators follow their neighbours and are never given twice."""

from dataclasses import replace

import pytest

from indicators.engine.coding import code_below, counted_on, used
from indicators.engine.reading import read_template
from indicators.engine.spec import Indicator
from indicators.loading import load_yaml, shipped
from tests.indicators.small import SMALL

LIBRARY = {path.stem: read_template(load_yaml(path)) for path in shipped()}
BAOJING, SPEC = LIBRARY["baojing-2017"], read_template(SMALL)


@pytest.mark.parametrize(
    ("spec", "parent", "proposed"),
    [
        (BAOJING, "", "BJ-G4"),
        (BAOJING, "BJ-G1", "BJ-G13"),
        (BAOJING, "BJ-G11", "BJ-I20"),
        (SPEC, "", "ZB1"),
        (SPEC, "A", "A1"),
        (SPEC, "AA", "A02"),
        (replace(SPEC, indicators=()), "", "ZB1"),
        (replace(SPEC, indicators=(Indicator("B9", "乙"),)), "B9", "B91"),
    ],
)
def test_it_counts_on_from_the_neighbours(spec, parent, proposed):
    assert code_below(spec, parent) == proposed


def test_what_is_taken_by_any_piece_is_passed_over():
    assert counted_on("A01", frozenset({"A02", "A03"})) == "A04"
    assert {"budget", "money", "t-money", "AA", "A01-reason"} <= used(SPEC)


@pytest.mark.parametrize("spec", LIBRARY.values(), ids=LIBRARY)
def test_a_proposal_is_free_below_every_indicator(spec):
    for root in spec.indicators:
        for node in root.walk():
            assert code_below(spec, node.code) not in used(spec)
