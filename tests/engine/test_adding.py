"""A new piece of a template: the code that is proposed, what is wrong with another, the least it says."""

from __future__ import annotations

import pytest

from indicators.engine import parts
from indicators.engine.adding import LISTS, MAX_NAME, made, problem, proposed
from indicators.engine.reading import dump, read_template
from indicators.engine.spec import Field
from tests.indicators.small import SMALL, small

SPEC = read_template(SMALL)
EMPTY = read_template(
    small(fields=[], tables=[], outline=[], indicators=[], checks=[], grades=[], examples=[])
)


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("fields", "x1"),
        ("tables", "T1"),
        ("outline", "s1"),
        ("checks", "表内-01"),
        ("forms", "F1"),
        ("examples", ""),
    ],
)
def test_the_first_piece_of_a_list_is_number_one(name: str, first: str) -> None:
    assert proposed(EMPTY, name) == first


def test_the_next_piece_is_counted_on_from_the_last_one_that_has_a_number() -> None:
    assert proposed(SPEC, "checks") == "表内-02"
    numbered = parts.added(parts.added(SPEC, "fields", Field("m08", "甲")), "fields", Field("quota_b", "乙"))
    assert proposed(numbered, "fields") == "m09"
    # what any other piece is called is taken
    taken = parts.added(numbered, "tables", made("tables", "m09", "表"))
    assert proposed(taken, "fields") == "m10"


@pytest.mark.parametrize("name", LISTS)
def test_a_new_piece_says_the_least_there_is_to_say(name: str) -> None:
    code = "" if name == "examples" else "new1"
    piece = made(name, code, "新的")
    spec = parts.added(SPEC, name, piece)
    assert read_template(dump(spec)) == spec
    assert problem(SPEC, name, code, "新的") == ""


@pytest.mark.parametrize(
    ("name", "code", "label", "words"),
    [
        ("fields", "x1", "", "请写数据项的名称。"),
        ("fields", "x1", "名" * (MAX_NAME + 1), "数据项的名称有 201 个字，最多 200 个字。"),
        ("fields", "预算", "预算", "代码“预算”"),
        ("fields", "quota", "编制", "代码“quota”已经有了，请换一个。"),
        ("fields", "A01", "编制", "代码“A01”已经有了，请换一个。"),
        ("outline", "t-money", "资金", "代码“t-money”已经有了，请换一个。"),
        ("checks", "", "核对", "代码“”应有 1 至 40 个字，不含“/”和换行。"),
        ("checks", "表/内", "核对", "不含“/”和换行"),
        ("checks", "..", "核对", "不含“/”和换行"),
        ("checks", "表\n内", "核对", "不含“/”和换行"),
        ("checks", "表" * 41, "核对", f"代码“{'表' * 41}”应有 1 至 40 个字"),
        ("checks", "表内-01", "核对", "代码“表内-01”已用于审核公式“执行数不超过预算数”，请换一个。"),
    ],
)
def test_what_is_wrong_with_a_new_piece_is_said_in_one_sentence(
    name: str, code: str, label: str, words: str
) -> None:
    assert words in problem(SPEC, name, code, label)


@pytest.mark.parametrize(
    ("name", "code", "label"),
    [
        ("fields", "x1", "名" * MAX_NAME),
        ("checks", "表" * 40, "核对"),
        ("checks", "quota", "核对"),  # codes of checks and forms stand by themselves
        ("examples", "", "例三"),
    ],
)
def test_what_is_not(name: str, code: str, label: str) -> None:
    assert problem(SPEC, name, code, label) == ""
