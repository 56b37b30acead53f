"""A template written as YAML is read as the same template, and written again as the same bytes."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indicators.engine.reading import default_of, hints_of, names_rule, read_template, template_hash
from indicators.engine.spec import CoverLine, TemplateSpec
from indicators.loading import frameworks, load_yaml, shipped
from indicators.writing import to_yaml
from tests.engine.test_words import classes

from .made import TRICKY, any_template, full_template, texts
from .small import SMALL, small


def again(spec: TemplateSpec) -> TemplateSpec:
    return read_template(load_yaml(to_yaml(spec)))


@pytest.mark.parametrize("path", (*shipped(), *frameworks()), ids=lambda path: path.stem)
def test_a_shipped_template_comes_back_with_its_hash_and_its_bytes(path: Path):
    spec = read_template(load_yaml(path))
    assert template_hash(again(spec)) == template_hash(spec)
    assert to_yaml(again(spec)) == to_yaml(spec)


def pieces(value: object) -> list[object]:
    """A piece and every piece in it."""
    if isinstance(value, tuple):
        return [piece for item in value for piece in pieces(item)]
    if not dataclasses.is_dataclass(value):
        return []
    return [value] + [
        piece for item in dataclasses.fields(value) for piece in pieces(getattr(value, item.name))
    ]


def test_every_key_of_every_class_comes_back():
    spec = full_template()
    stated = {type(piece): set() for piece in pieces(spec)}
    for piece in pieces(spec):
        stated[type(piece)] |= {
            item.name for item in dataclasses.fields(piece) if getattr(piece, item.name) != default_of(item)
        }
    for cls in classes():
        keys = {key for key, hint in hints_of(cls).items() if not names_rule(key, hint)}
        assert stated[cls] == keys, cls
    assert again(spec) == spec


@pytest.mark.parametrize("text", TRICKY)
@pytest.mark.parametrize(
    "place", ["title", "sources__0", "examples__0__name", "fields__0__aliases__0", "checks__0__hint"]
)
def test_a_text_is_never_taken_for_something_else(text: str, place: str):
    way = place.split("__")
    raw = small(sources=[""], **{"fields__0__aliases": [""]})
    node = raw
    for key in way[:-1]:
        node = node[int(key)] if key.isdigit() else node[key]
    node[int(way[-1]) if way[-1].isdigit() else way[-1]] = text
    spec = read_template(raw)
    assert again(spec) == spec


@given(st.lists(texts, max_size=4).map(tuple), st.dictionaries(texts, texts, max_size=4), texts)
def test_texts_come_back_in_lists_mappings_and_pieces(sources, figures, text):
    spec = read_template(
        SMALL | {"sources": sources, "notes": text, "examples": [{"name": text, "figures": figures}]}
    )
    spec = dataclasses.replace(spec, cover=(CoverLine(text, text),))
    written = to_yaml(spec)
    assert read_template(load_yaml(written)) == spec
    assert to_yaml(read_template(load_yaml(written))) == written


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(any_template())
def test_whatever_a_template_says_comes_back(spec: TemplateSpec):
    assert template_hash(again(spec)) == template_hash(spec)
    assert to_yaml(again(spec)) == to_yaml(spec)


def test_a_key_too_long_for_a_line_comes_back():
    spec = read_template(small(examples=[{"name": "长", "figures": {"k" * 1500: "1", "\x07" * 300: "2"}}]))
    assert again(spec) == spec


def test_the_order_of_a_mapping_does_not_reach_the_file():
    """PostgreSQL keeps the keys of JSON in an order of its own."""
    figures = SMALL["examples"][0]["figures"]
    turned = small(examples__0__figures=dict(reversed(figures.items())))
    assert to_yaml(read_template(turned)) == to_yaml(read_template(SMALL))


def test_a_file_is_one_that_people_write():
    assert to_yaml(read_template(small(notes="第一行\n第二行"))) == EXPECTED


EXPECTED = """\
code: small-2024
title: 小样
report_title: "{year}年度绩效自评报告"
years: [2024]
region: "433125"
total: 10

notes: |-
  第一行
  第二行

fields:
  - {code: budget, label: 全年预算数, required: true}
  - {code: spent, label: 全年执行数, required: true}
  - {code: quota, label: 编制数, kind: count, unit: 人}
  - {code: rate, label: 执行率, kind: percent, formula: 全年执行数 ÷ 全年预算数 × 100}

outline:
  - code: money
    heading: 资金情况
    numbering: 一、
    step: true
    blocks:
      - {kind: inputs, fields: [budget, spent, quota]}
      - {kind: text, code: t-money, label: 资金情况}
      - {kind: analysis, code: A01}

indicators:
  - code: A
    name: 过程
    children:
      - code: AA
        name: 预算执行
        children:
          - code: A01
            name: 预算执行率
            weight: 10
            rule:
              kind: deviation
              measure: 执行率
              limit: 100
              side: over
              step: 1
              points_per_step: 1
              partial: floor
            inputs: [spent, budget]
            standard: 100%以下（含）计满分，每超出1%扣1分，扣完为止。
            zero_over_zero: cannot

checks:
  - code: 表内-01
    title: 执行数不超过预算数
    layer: 表内
    severity: explain
    left: 全年执行数
    op: ≤
    right: 全年预算数
    missing_left: skip
    missing_right: skip
    fix_at: [spent, budget]
    passing: {figures: {budget: "100", spent: "90"}}
    failing: {figures: {budget: "100", spent: "103"}}

grades:
  - {name: 优, minimum: 9}
  - {name: 差, minimum: 0}

examples:
  - {name: 不超, figures: {budget: "100", spent: "90"}, points: {A01: 10}, total: 10}
  - {name: 超一点, figures: {budget: "100", spent: "103"}, points: {A01: 7}, total: 7}
"""
