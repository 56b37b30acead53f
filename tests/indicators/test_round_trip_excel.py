"""A template written as a workbook is read as the same template, whatever stands in it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indicators.engine.reading import read_template, template_hash
from indicators.engine.spec import CoverLine, TemplateSpec
from indicators.loading import frameworks, load_yaml, shipped
from indicators.workbooks.drawing import to_workbook
from indicators.workbooks.filling import NotInExcel
from indicators.workbooks.layout import workbook
from indicators.workbooks.reading import read_workbook
from indicators.writing import to_yaml

from .made import TRICKY, any_template, full_template, texts, told_apart
from .small import SMALL, small


def again(spec: TemplateSpec) -> TemplateSpec:
    return read_workbook(to_workbook(spec)).spec


@pytest.mark.parametrize("path", (*shipped(), *frameworks()), ids=lambda path: path.stem)
def test_a_shipped_template_comes_back_with_its_hash(path: Path):
    spec = read_template(load_yaml(path))
    reading = read_workbook(to_workbook(spec))
    assert template_hash(reading.spec) == template_hash(spec)
    assert to_yaml(reading.spec) == to_yaml(spec)
    assert reading.notes == ()


def test_every_key_of_every_class_comes_back():
    """That nothing is left at its default in this template is shown for YAML."""
    assert again(full_template()) == full_template()


def test_the_same_template_is_the_same_file():
    assert to_workbook(read_template(SMALL)) == to_workbook(read_template(SMALL))


def test_heads_tell_the_columns_of_a_sheet_apart():
    for sheet in workbook().sheets:
        heads = [column.head for column in sheet.columns()]
        assert len(set(heads)) == len(heads), sheet.title


@settings(max_examples=15, deadline=None)
@given(st.lists(texts, max_size=8).map(tuple), st.dictionaries(texts, texts, max_size=6), texts)
def test_texts_come_back_in_lists_mappings_and_pieces(sources, figures, text):
    spec = read_template(
        SMALL | {"sources": sources, "notes": text, "examples": [{"name": text, "figures": figures}]}
    )
    spec = dataclasses.replace(spec, cover=(CoverLine(text, text),))
    assert again(spec) == spec


def test_no_text_is_taken_for_something_else():
    lines = tuple(CoverLine(text, text) for text in TRICKY)
    rows = tuple({text: text} for text in TRICKY)
    spec = dataclasses.replace(read_template(SMALL), sources=TRICKY, cover=lines)
    figures = dict.fromkeys(TRICKY, "0")
    spec = dataclasses.replace(
        spec,
        examples=(dataclasses.replace(spec.examples[0], figures=figures, lines=rows, tables={"无": rows}),),
    )
    assert again(spec) == spec


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(any_template().map(told_apart))
def test_whatever_a_template_says_comes_back(spec: TemplateSpec):
    assert template_hash(again(spec)) == template_hash(spec)


def test_what_excel_cannot_hold_is_refused_with_its_place():
    with pytest.raises(NotInExcel, match="“模板”的“管理员说明”有 33000 个字"):
        to_workbook(read_template(small(notes="长" * 33_000)))


def test_codes_that_are_not_told_apart_are_not_exported():
    twice = small(tables=[{"code": "T1", "title": "甲"}, {"code": "T1", "title": "乙"}])
    with pytest.raises(NotInExcel, match="有 2 个表格的代码都是“T1”"):
        to_workbook(read_template(twice))
