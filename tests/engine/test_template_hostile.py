"""Templates that somebody got wrong: read or refused, verified or refused, never an exception."""

from __future__ import annotations

import copy
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.engine import bindings
from indicators.engine.checks import check
from indicators.engine.facts import Facts, Project
from indicators.engine.reading import dump, read_template
from indicators.engine.scoring import score
from indicators.engine.template import TemplateFaults, compile_template
from indicators.engine.values import MISSING
from indicators.engine.verify import verify
from indicators.engine.written import is_printed
from indicators.loading import load_yaml

from .samples import template

MANUAL = (Path(__file__).parents[2] / "docs" / "template-format.md").read_text("utf-8")
#: The second example of the manual: it uses most of what a template can say.
(_, WHOLE) = map(load_yaml, re.findall(r"```yaml\n(.*?)```", MANUAL, re.S))


def places(node: Any, way: tuple = ()) -> list[tuple]:
    """The ways to every value in `node`."""
    inside = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return [way, *(place for key, value in inside for place in places(value, (*way, key)))]


PLACES = [way for way in places(WHOLE) if way]
KEYS = sorted({way[-1] for way in PLACES if isinstance(way[-1], str)})


def at(data: Any, way: tuple) -> Any:
    for key in way:
        data = data[key]
    return data


WORDS = ("", " ", "x" * 50, "ghost", "{", "{ghost}", "{得分:OUT}", "≥", "0", "-1", "１", "全年预算数", "OUT")
SHAPES: tuple[Any, ...] = ([], {}, [[]], [{}], {"ghost": 1}, None, True)
WRONG = st.one_of(
    st.sampled_from((*WORDS, *SHAPES)),
    st.integers(-(10**30), 10**30) | st.decimals(allow_nan=False, allow_infinity=False),
    st.sampled_from(PLACES).map(lambda way: copy.deepcopy(at(WHOLE, way))),
)


@st.composite
def spoiled(draw: st.DrawFn) -> dict[str, Any]:
    """`WHOLE` with one to three values put wrong, dropped, doubled or added."""
    data = copy.deepcopy(WHOLE)
    for _ in range(draw(st.integers(1, 3))):
        *way, last = draw(st.sampled_from(PLACES))
        try:
            node = at(data, tuple(way))
            match draw(st.sampled_from(["replace", "replace", "drop", "double", "add"])):
                case "replace":
                    node[last] = draw(WRONG)
                case "drop":
                    del node[last]
                case "double" if isinstance(node, list):
                    node.append(copy.deepcopy(node[last]))
                case "add" if isinstance(node, dict):
                    node[draw(st.sampled_from(KEYS))] = draw(WRONG)
        except (KeyError, IndexError, TypeError):
            continue  # an earlier change took the place away
    return data


PROJECTS = (Project("p1", "项目", Decimal(5), MISSING, MISSING, Decimal(5), Decimal(90), "优", "draft"),)


@settings(max_examples=300)
@given(spoiled())
def test_a_spoiled_template_is_refused_with_places_or_works(data: dict[str, Any]) -> None:
    try:
        spec = read_template(data)
    except TemplateFaults as refused:
        assert refused.faults
        return
    assert read_template(dump(spec)) == spec
    faults = verify(spec)
    if any(fault.severity == "error" for fault in faults):
        assert all(fault.message for fault in faults)
        return
    compiled = compile_template(spec)
    for facts in (Facts(2024), Facts(2024, projects=PROJECTS, figures={"budget": Decimal(0)})):
        figures = compiled.compute(facts)
        sheet = score(compiled, figures)
        check(compiled, figures, sheet)
        for section in spec.sections():
            is_printed(compiled, section, facts)
            bindings.render(section.heading, figures, year=2024, sheet=sheet)
            for number, block in enumerate(section.blocks):
                if block.kind == "paragraph":
                    words = compiled.paragraph(section.code, number, figures)
                    bindings.render(words, figures, year=2024, sheet=sheet)
                for row in bindings.rows(figures, block.code) if block.kind == "list" else ():
                    bindings.render(block.text, figures, year=2024, sheet=sheet, row=row)


def test_the_template_that_is_spoiled_is_sound() -> None:
    assert verify(read_template(WHOLE)) == ()


def test_long_chains_and_deep_formulas_are_verified_all_the_same() -> None:
    """Each doubles or trebles what there is to look at, were everything looked at."""
    fields = [{"code": "f0", "label": "数0", "kind": "number"}]
    for number in range(1, 400):
        before = f"数{number - 1}"
        formula = f"若({before} = 0, {before}, {before} ÷ 2 + 1)" if number < 60 else f"{before} + {before}"
        fields.append({"code": f"f{number}", "label": f"数{number}", "kind": "number", "formula": formula})
    deep = "数0"
    while len(deep) < 400:
        deep = f"若({deep} = 0, 1, 2)"
    many = " 且 ".join(f"数{number} ≠ {number}" for number in range(60))
    check = {
        "title": "核对", "layer": "表内", "severity": "hint", "op": "≥", "right": "1 ÷ 数399",
        "missing_left": "skip", "missing_right": "skip", "fix_at": ["f0"], "unit": "",
    }  # fmt: skip
    checks = [
        check | {"code": f"C{number}", "left": left, "when": when}
        for number, (left, when) in enumerate(
            [(deep, many), (" + ".join(["数0"] * 100), f"{deep} > 0"), ("数399", "")]
        )
    ]
    checks += [check | {"code": f"D{number}", "left": "数0", "right": f"{number}"} for number in range(300)]
    found = verify(template(fields=fields, checks=checks))
    assert {"checks[0].right", "checks[1].right", "checks[2].right"} <= {fault.place for fault in found}
