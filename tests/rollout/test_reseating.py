"""What was typed under one version finds its box in another; what finds none is kept and comes back."""

from __future__ import annotations

import copy

import pytest

from evaluations.rollout.reseating import KEPT, Reseated, between
from indicators.engine.template import CompiledTemplate, compile_template
from tests import versions
from tests.versions import Edit, block, leaf, report

TYPED = {
    "data": {},
    "money": {
        "fields": {"quota": "10", "budget": "1000000", "remark": "无"},
        "raw": {"spent": "约九十万"},
        "tables": {"T1": [{"id": "0001", "use": "办公", "amount": "600000"}, {"id": "0002", "use": "帮扶"}]},
        "texts": {"t-money": "全年{全年预算数}万元。"},
        "overrides": {"rate": {"text": "90.1%", "reason": "原件如此"}},
    },
    "work": {
        "fields": {"A02-level": "好", "A03-1": "true", "A03-2": "false"},
        "texts": {"t-work": "慰问困难职工。"},
    },
}


def version(*edits: Edit) -> CompiledTemplate:
    return compile_template(versions.edited(report(), *edits))


def moved(new: CompiledTemplate, contents=TYPED, old: CompiledTemplate | None = None) -> Reseated:
    return between(old or version(), new).of(copy.deepcopy(contents))


def whole(contents: dict) -> dict:
    """Without what is empty."""
    return {step: {key: part for key, part in one.items() if part} for step, one in contents.items()}


@pytest.mark.parametrize("edit", [versions.reworded, versions.stricter])
def test_where_the_boxes_are_the_same_everything_stays(edit):
    way = between(version(), version(edit))
    assert way.trivial
    assert way.of(TYPED).contents == TYPED


def test_new_boxes_leave_the_others_alone():
    new = version(versions.with_optional, versions.asking_more)
    assert whole(moved(new).contents) == whole(TYPED)
    assert between(version(), new).changed_steps == {"money"}


def test_what_lost_its_box_is_kept_and_comes_back_with_it():
    without = moved(version(versions.without_remark))
    assert without.kept == ("remark",)
    assert "remark" not in without.contents["money"]["fields"]
    assert without.contents["money"][KEPT] == [
        {"part": "fields", "code": "remark", "meaning": "text", "value": "无"}
    ]
    back = moved(version(), without.contents, version(versions.without_remark))
    assert back.returned == ("remark",)
    assert whole(back.contents) == whole(TYPED)


def test_what_is_typed_since_goes_before_what_was_kept():
    without = moved(version(versions.without_remark))
    again = moved(version(), without.contents, version(versions.without_remark)).contents
    again["money"]["fields"]["remark"] = "新"
    twice = moved(version(versions.without_remark), again)
    assert [entry["value"] for entry in twice.contents["money"][KEPT]] == ["新"]


def test_everything_of_a_chapter_that_is_gone_is_kept_and_comes_back():
    def without_money(data):
        kept = [block(data, "money", 0), block(data, "money", 3)]
        data["outline"] = [one for one in data["outline"] if one["code"] != "money"]
        block(data, "work", 0)
        data["outline"][-1]["blocks"] += kept
        data["tables"], data["checks"] = [], data["checks"][1:]

    short = version(without_money)
    there = moved(short)
    assert there.contents["work"]["fields"]["quota"] == "10"  # its box stands in another chapter now
    assert there.contents["work"]["raw"] == {"spent": "约九十万"}
    assert sorted(there.kept) == ["T1", "t-money"]
    assert {entry["part"] for entry in there.contents["money"][KEPT]} == {"tables", "texts"}
    back = moved(version(), there.contents, short)
    assert whole(back.contents) == whole(TYPED)


def test_a_column_that_is_gone_keeps_its_cells():
    def without_amount(data):
        data["tables"][0]["columns"][1] |= {"code": "planned", "label": "计划"}
        data["checks"] = data["checks"][1:]

    there = moved(version(without_amount))
    assert there.contents["money"]["tables"]["T1"] == [
        {"id": "0001", "use": "办公"},
        {"id": "0002", "use": "帮扶"},
    ]
    there.contents["money"]["tables"]["T1"].pop()
    back = moved(version(), there.contents, version(without_amount))
    assert back.contents["money"]["tables"]["T1"] == [{"id": "0001", "use": "办公", "amount": "600000"}]


def test_a_figure_of_another_kind_does_not_take_the_place():
    def as_money(data):
        data["fields"][0] |= {"kind": "money", "unit": ""}
        data["checks"] = data["checks"][:2]

    there = moved(version(as_money))
    assert "quota" not in there.contents["money"]["fields"]
    assert there.kept == ("quota",)
    back = moved(version(), there.contents, version(as_money))
    assert back.contents["money"]["fields"]["quota"] == "10"


def test_a_level_that_is_no_longer_offered_stands_there_to_be_corrected():
    def renamed(data):
        leaf(data, "A02")["rule"]["levels"][0]["text"] = "优"
        for example in data["examples"]:
            example["figures"]["A02-level"] = "优"

    there = moved(version(renamed))
    assert there.contents["work"]["raw"] == {"A02-level": "好"}

    def punctuated(data):
        leaf(data, "A02")["rule"]["levels"][0]["text"] = "好。"
        for example in data["examples"]:
            example["figures"]["A02-level"] = "好。"

    assert moved(version(punctuated)).contents["work"]["fields"]["A02-level"] == "好。"


def test_answers_follow_the_words_of_their_items():
    """`A03-1` answers 有制度 wherever that stands; a new item is not answered by an old answer."""

    def turned(data):
        leaf(data, "A03")["rule"]["items"].reverse()

    assert moved(version(turned)).contents["work"]["fields"] == {
        "A02-level": "好",
        "A03-1": "false",
        "A03-2": "true",
    }

    def replaced(data):
        leaf(data, "A03")["rule"]["items"][0]["text"] = "有预算"

    there = moved(version(replaced))
    assert there.contents["work"]["fields"] == {"A02-level": "好", "A03-2": "false"}
    assert there.kept == ("A03#有制度",)
    back = moved(version(), there.contents, version(replaced))
    assert whole(back.contents) == whole(TYPED)


def test_rows_that_a_new_table_proposes_are_there():
    def with_table(data):
        columns = [{"code": "what", "label": "事项", "kind": "text"}]
        data["tables"].append({"code": "T2", "title": "事项表", "prefill": ["慰问"], "columns": columns})
        data["outline"][2]["blocks"].append({"kind": "table", "code": "T2"})

    assert moved(version(with_table)).contents["work"]["tables"] == {"T2": [{"id": "0001", "what": "慰问"}]}
