"""Every piece, key and closed value of a template has a Chinese name, and places are told in them."""

import dataclasses
import typing
from decimal import Decimal

import pytest

from indicators.engine import words
from indicators.engine.kinds import Band, Deviation
from indicators.engine.reading import read_template
from indicators.engine.spec import Field, Indicator, TemplateSpec
from tests.indicators.small import SMALL


def classes(start: type = TemplateSpec) -> dict[type, None]:
    """Every dataclass that a template may hold, found by the hints of the others."""
    found: dict[type, None] = {}
    waiting = [start]
    while waiting:
        wanted = waiting.pop()
        if dataclasses.is_dataclass(wanted) and wanted not in found:
            found[wanted] = None
            waiting += typing.get_type_hints(wanted).values()
        else:
            waiting += [inner for inner in typing.get_args(wanted) if not isinstance(inner, str)]
    return found


@pytest.mark.parametrize("cls", classes())
def test_every_key_has_a_name_and_no_name_is_left_over(cls):
    assert words.noun(cls)
    assert set(words.NAMES[cls]) == {item.name for item in dataclasses.fields(cls)}


@pytest.mark.parametrize("cls", classes())
def test_names_tell_the_keys_of_a_piece_apart(cls):
    names = list(words.NAMES[cls].values())
    assert len(set(names)) == len(names)
    assert all(name.strip() for name in names)


def test_every_word_for_a_value_says_something_of_its_own():
    for key, said in words.VALUES.items():
        assert all(word.strip() for word in said.values()), key
        assert len(set(said.values())) == len(said), key
    assert len(set(words.NOUNS.values())) == len(words.NOUNS)


@pytest.mark.parametrize("cls", classes())
def test_every_closed_value_that_is_not_chinese_has_a_word(cls):
    for key, hint in typing.get_type_hints(cls).items():
        allowed = typing.get_args(hint) if typing.get_origin(hint) is typing.Literal else ()
        if key == "kind" and len(allowed) == 1:
            continue  # a rule's kind is called by its noun
        said = words.choices(cls, key)
        foreign = {value for value in allowed if value.isascii() and value not in ("", "1.", "1.1")}
        if foreign and not {"=", "<", ">"} & set(allowed) - set(said):
            assert set(said) == set(allowed), key


def test_values_are_said_as_people_say_them():
    assert words.value_words(Deviation, "partial", "ceil") == "按一档扣"
    assert words.value_words(Band, "op", "<=") == "≤"
    assert words.value_words(Indicator, "weight", Decimal("8.00")) == "8"
    assert words.value_words(Field, "required", True) == "是"
    assert words.value_words(Field, "minimum", None) == "无"
    assert words.value_words(Field, "money_unit", "") == "同模板"
    assert words.value_words(Field, "choices", ("甲", "乙")) == "甲、乙"


@pytest.mark.parametrize(
    ("place", "told"),
    [
        ("", ""),
        ("years", "适用年度"),
        ("fields[2].unit", "数据项“编制数”的单位"),
        ("indicators[0].children[0].children[0].rule.limit", "指标“预算执行率”的界限"),
        ("outline[0].blocks[0].fields[1]", "章节“资金情况”的第 1 个内容块的数据项"),
        ("fields[99].unit", "数据项"),
        ("nowhere.at.all", ""),
    ],
)
def test_places_are_told_in_words(place, told):
    assert words.place_words(read_template(SMALL), place) == told
