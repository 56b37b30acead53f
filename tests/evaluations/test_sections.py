"""Reading what was typed, whatever it is: a value, or kept and marked. Never lost, never an exception."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluations import budgeting, sections
from evaluations.errors import Invalid
from evaluations.sections import Posted
from indicators import loading
from indicators.engine.reading import read_template
from indicators.engine.template import compile_template
from indicators.engine.values import clean, restore

SMALL = compile_template(read_template(loading.load_yaml(Path(__file__).parents[1] / "small_report.yaml")))
MONEY = sections.boxes(SMALL, "money")
ANY = st.text(max_size=20) | st.sampled_from(
    ["13", "１，０００．５", "12 人", "90%", "不适用", "—", "-0", "1e9", "是", "NaN"]
)


def read(posted: Posted, before: sections.Content | None = None) -> tuple[sections.Content, dict[str, str]]:
    return sections.read(MONEY, posted, before or sections.empty(), "万元")


def test_a_step_takes_its_own_boxes_and_those_below_it():
    assert set(MONEY.fields) == {"quota", "budget", "spent", "remark", "A01-self", "A01-reason"}
    assert set(MONEY.tables) == {"T1"}
    assert set(MONEY.texts) == {"t-money"}
    assert set(MONEY.printed) == {"rate", "T1"}
    assert {"A02-level", "A03-1", "A03-2"} <= set(sections.boxes(SMALL, "work").fields)
    with pytest.raises(Invalid, match="没有“nowhere”这一章"):
        sections.boxes(SMALL, "nowhere")


@given(ANY, ANY, ANY)
def test_any_text_is_a_value_or_is_kept_and_marked(quota: str, budget: str, remark: str):
    content, faults = read(Posted(fields={"quota": quota, "budget": budget, "remark": remark}))
    for code, text in {"quota": quota, "budget": budget, "remark": remark}.items():
        stored, raw = content["fields"].get(code), content["raw"].get(code)
        assert (code in faults) == (raw is not None)
        assert stored is None or raw is None
        if raw is not None:
            assert raw == clean(text).strip()
        elif stored is not None:
            restore(MONEY.fields[code], stored)
        else:
            assert not clean(text).strip()
    assert json.loads(json.dumps(content, ensure_ascii=False).encode()) == content


@given(st.lists(st.fixed_dictionaries({"id": ANY, "use": st.text(max_size=10), "amount": ANY}), max_size=5))
def test_any_rows_are_kept_under_ids_of_their_own(rows: list[dict[str, str]]):
    content, faults = read(Posted(tables={"T1": rows}))
    kept = content["tables"].get("T1", [])
    assert len({row["id"] for row in kept}) == len(kept) <= len(rows)
    assert set(content["raw"]) == set(faults)
    again, _ = read(
        Posted(tables={"T1": [row | raw_cells(content, row["id"]) for row in as_typed(kept)]}), content
    )
    assert again["tables"] == content["tables"]
    assert again["raw"] == content["raw"]


def as_typed(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    return [
        row | {"amount": f"{row['amount']}元"} if row.get("amount", "不适用") != "不适用" else row
        for row in rows
    ]


def raw_cells(content: sections.Content, row: str) -> dict[str, str]:
    found = {name: text for name, text in content["raw"].items() if name.startswith(f"T1[{row}].")}
    return {name.rpartition(".")[2]: text for name, text in found.items()}


@given(st.text(max_size=200), st.text(max_size=200))
def test_the_trace_of_a_text_rebuilds_it(old: str, new: str):
    before, _ = read(Posted(texts={"t-money": old}))
    after, _ = read(Posted(texts={"t-money": new}), before)
    was, now = before["texts"].get("t-money", ""), after["texts"].get("t-money", "")
    changes = sections.changes("money", before, after)
    assert len(changes) == (was != now)
    for change in changes:
        end = change.position + len(change.old)
        assert was[change.position : end] == change.old
        assert was[: change.position] + change.new + was[end:] == now


@given(st.dictionaries(st.sampled_from(budgeting.COLUMNS), ANY))
def test_any_budget_line_is_stored_or_marked(row: dict[str, str]):
    reading = budgeting.read([row], 2024, "万元")
    assert set(reading.raw) == set(reading.faults)
    assert len(reading.lines) <= 1
    for line in reading.lines:
        assert len(line.functional) <= 7 and len(line.economic) <= 5 and len(line.fund) <= 10
