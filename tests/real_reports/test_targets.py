"""The twenty targets of 浏阳 2022 are read as the facts of the report classify them."""

from indicators.engine import attainment, targets

from .conftest import facts_of

#: `target_kind` of the facts → operator; everything else is words.
OPERATORS = {"number >=": "≥", "number >": ">", "percent >=": "≥", "percent =": "="}


def test_every_target_is_read_as_what_it_is() -> None:
    indicators = facts_of("004-liuyang")["indicators"]
    read = {one["code"]: targets.read(one["target"]).op for one in indicators}
    assert read == {one["code"]: OPERATORS.get(one["target_kind"], "") for one in indicators}
    assert len(read) == 20


def test_every_numeric_target_was_reached() -> None:
    for one in facts_of("004-liuyang")["indicators"]:
        goal, actual = targets.read(one["target"]), targets.read(one["actual"])
        if goal.number is not None:
            assert not attainment.incomparable(actual, goal)
            assert attainment.meets(actual, goal) is True, one["code"]
            assert one["score"] == one["weight"]
