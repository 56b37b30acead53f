"""The engine against LibreOffice: the same figures, put into spreadsheet formulas from the printed standards.

One workbook, computed once: a sheet with every kind of rule at its boundary values, and a sheet for every
worked example of the shipped templates (`formulas`).
"""

from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from openpyxl import Workbook

from indicators.engine.examples import facts_of_example
from indicators.engine.reading import read_template
from indicators.engine.scoring import score
from indicators.engine.spec import Example
from indicators.engine.template import CompiledTemplate, compile_template
from indicators.engine.values import Undefined
from indicators.loading import LIBRARY, load_yaml, shipped

from .formulas import ROWS, SHIPPED
from .samples import deviation, line_of, one_leaf
from .spreadsheet import SOFFICE, Result, Sheet, computed, differences
from .test_rules import DEVIATIONS

pytestmark = [
    pytest.mark.spreadsheet,
    pytest.mark.xdist_group("spreadsheet"),
    pytest.mark.skipif(
        not SOFFICE,
        reason="没有 LibreOffice：apt-get install libreoffice-calc-nogui 后再与电子表格核对",
    ),
]

# ── every kind of rule ──────────────────────────────────────────────────────────────────────────────────────

EXCESS = {"over": "MAX({x}-{limit},0)", "under": "MAX({limit}-{x},0)", "both": "ABS({x}-{limit})"}
#: Part steps are dropped, rounded up, or shared. ROUND: 5.0000000001 steps are five.
STEPS = {"floor": "ROUNDDOWN(ROUND({},9),0)", "ceil": "ROUNDUP(ROUND({},9),0)", "linear": "{}"}

TIERS = {
    "kind": "bands",
    "measure": "指标值",
    "bands": [
        {"op": "<=", "bound": bound, "points": points} for bound, points in ((10, 5), (30, 4), (60, 3))
    ],
}
SURVEY = {
    "kind": "bands",
    "measure": "指标值",
    "bands": [
        {"op": ">=", "bound": bound, "points": points} for bound, points in ((90, 6), (80, 4), (70, 2))
    ],
}
VIOLATIONS = {
    "kind": "checklist",
    "mode": "deduct",
    "per_violation": 2,
    "items": [{"text": t} for t in "甲乙丙"],
}
FULFILLED = {"kind": "checklist", "mode": "add", "items": [{"text": t, "points": 2} for t in "甲乙丙"]}
LEVELS = [{"text": text, "points": points} for text, points in (("较好", 6), ("一般", 3), ("不明显", 0))]
RATIO = {"kind": "ratio", "actual": "指标值", "target": "目标值"}

Claim = tuple[str, str, dict[str, Any], Result]


def claims() -> Iterator[Claim]:
    """(name, formula, its operands, what the engine says)."""
    for (weight, side, limit, step, off), table in DEVIATIONS.items():
        for x in table:
            for reading, steps in STEPS.items():
                rule = deviation(side, limit, step, off, reading)
                operands = {"x": D(x), "limit": D(limit), "step": D(step), "off": D(off), "weight": D(weight)}
                counted = steps.format(f"{EXCESS[side]}/{{step}}")
                yield (
                    f"{x} against {limit}, {side}, {off} off per {step} of {weight}, {reading}",
                    f"=ROUND(MAX(0,{{weight}}-{{off}}*{counted}),2)",
                    operands,
                    points(rule, weight, x=x),
                )
    for x in ("-3", "0", "10", "10.01", "30", "30.5", "60", "60.4", "100"):
        formula = "=IF({x}<=10,5,IF({x}<=30,4,IF({x}<=60,3,0)))"
        yield f"tiers, {x}", formula, {"x": D(x)}, points(TIERS, "5", x=x)
        whole = one_leaf(TIERS, "5", leaf={"round_value": 0})
        yield (
            f"tiers of whole percents, {x}", formula.replace("{x}", "ROUND({x},0)"), {"x": D(x)},
            line_of(whole, x=x).score,
        )  # fmt: skip
    for x in ("100", "90", "89.99", "80", "79.99", "70", "69.99"):
        formula = "=IF({x}>=90,6,IF({x}>=80,4,IF({x}>=70,2,0)))"
        yield f"survey, {x}", formula, {"x": D(x)}, points(SURVEY, "6", x=x)
    for number in range(8):
        answers = {f"A-{n}": bool(number >> n - 1 & 1) for n in (1, 2, 3)}
        operands = {f"a{n}": answers[f"A-{n}"] for n in (1, 2, 3)}
        off = '=MAX(0,5-2*(({a1}="否")+({a2}="否")+({a3}="否")))'
        yield f"violations, {number:03b}", off, operands, points(VIOLATIONS, "5", answers=answers)
        met = '=2*(({a1}="是")+({a2}="是")+({a3}="是"))'
        yield f"fulfilled, {number:03b}", met, operands, points(FULFILLED, "6", answers=answers)
    for cases in ((0, 0, 0), (1, 0, 0), (2, 0, 1), (0, 9, 0)):
        answers = {f"A-{n}": D(count) for n, count in enumerate(cases, 1)}
        operands = {f"a{n}": D(count) for n, count in enumerate(cases, 1)}
        rule = VIOLATIONS | {"count": "cases"}
        formula = "=MAX(0,7-2*SUM({a1},{a2},{a3}))"
        yield f"cases, {cases}", formula, operands, points(rule, "7", answers=answers)
    for x in ("0", "91", "96.5", "100", "104", "90.0625"):
        for places, cut in ((2, False), (1, False), (1, True), (0, True)):
            template = one_leaf(
                {"kind": "scaled", "measure": "指标值", "of": 100}, "8", score_places=places,
                rounding="down" if cut else "half_up",
            )  # fmt: skip
            formula = f"={'ROUNDDOWN' if cut else 'ROUND'}(MIN(8,{{x}}/100*8),{places})"
            name = f"converted, {x}, to {places}{', cut off' if cut else ''}"
            yield name, formula, {"x": D(x)}, line_of(template, x=x).score
    for level in ("较好", "一般", "不明显"):
        formula = '=IF({level}="较好",6,IF({level}="一般",3,0))'
        answers = {"A-level": level}
        rule = {"kind": "judged", "levels": LEVELS}
        yield f"level, {level}", formula, {"level": level}, points(rule, "6", answers=answers)
    for x, y in (("96.85", "100"), ("120", "100"), ("1", "3"), ("0", "7"), ("2", "3")):
        operands = {"x": D(x), "y": D(y)}
        yield f"{x} of {y}", "=ROUND(MIN({x}/{y},1)*10,2)", operands, points(RATIO, "10", x=x, y=y)
        turned = RATIO | {"reverse": True}
        # 0: a division by zero on either side
        ours = points(turned, "10", x=x, y=y)
        formula = "=ROUND(MIN({y}/{x},1)*10,2)"
        yield f"{y} by {x}", formula, operands, "#DIV/0!" if ours is None else ours
    for x in ("50", "60", "75.5", "100", "120"):
        rule = {"kind": "expression", "formula": "若(指标值 < 60, 0, 最小(10, (指标值 - 60) ÷ 4))"}
        formula = "=ROUND(IF({x}<60,0,MIN(10,({x}-60)/4)),2)"
        yield f"by formula, {x}", formula, {"x": D(x)}, points(rule, "10", x=x)


def D(text: Any) -> Decimal:
    return Decimal(str(text))


def points(rule: dict[str, Any], weight: str, **given: Any) -> Decimal | None:
    return line_of(one_leaf(rule, weight), **given).score


@cache
def claimed() -> dict[str, tuple[str, dict[str, Any], Result]]:
    return {name: rest for name, *rest in claims()}


# ── the shipped templates ───────────────────────────────────────────────────────────────────────────────────


@cache
def template_of(name: str) -> CompiledTemplate:
    return compile_template(read_template(load_yaml(LIBRARY / f"{name}.yaml")))


EXAMPLES = [(name, number) for name in SHIPPED for number in (0, 1)]
LINE = ("functional", "economic", "kind", "fund", "project", "opening", "adjustment", "executed")


def put(sheet: Sheet, name: str, number: int) -> None:
    """A worked example into a sheet: what is typed, the budget lines and tables, and the formulas."""
    template = template_of(name)
    facts, _ = facts_of_example(template, template.spec.examples[number])
    for code, value in facts.figures.items():
        sheet.write(code, value)
    lines = [{column: getattr(line, column) for column in LINE} for line in facts.lines]
    sheet.table("lines", LINE, lines)
    for table in template.spec.tables:
        columns = [column.code for column in table.columns]
        sheet.table(table.code, columns, facts.tables.get(table.code, ()))
    formulas = SHIPPED[name] | {"total": ""} | ROWS.get(name, [{}, {}])[number]
    figures = {code for code in formulas if code in template.fields}
    for code in [code for code in formulas if code in figures]:
        sheet.formula(code, formulas[code])
    first = sheet.page.max_row + 1
    for code in [code for code in formulas if code not in figures and code != "total"]:
        sheet.formula(code, formulas[code])
    if "total" in SHIPPED[name]:
        sheet.places["points"] = f"$B${first}:$B${sheet.page.max_row}"
        sheet.formula("total", SHIPPED[name]["total"])


def said_by_the_engine(name: str, number: int) -> dict[str, Result]:
    template = template_of(name)
    facts, _ = facts_of_example(template, template.spec.examples[number])
    figures = template.compute(facts)
    sheet = score(template, figures)
    values = {
        code: "#DIV/0!" if isinstance(value, Undefined) and not value.missing else value
        for code, value in figures.values.items()
    }
    return values | {line.code: line.score for line in sheet.lines} | {"total": sheet.total}


# ── one workbook ────────────────────────────────────────────────────────────────────────────────────────────

#: Each wrong in the way a person may be wrong; the comparison has to see it.
WRONG = {
    "part steps rounded up": ("=MAX(0,3-0.5*ROUNDUP(0.4/1,0))", "3"),
    "the limit excluded": ("=IF(90>90,6,4)", "6"),
    "a cent off": ("=2.34+0.01", "2.34"),
    "nothing where there is a score": ('=""', "0"),
    "a division by zero where there is a score": ("=1/0", "3"),
}


@pytest.fixture(scope="module")
def workbook(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[dict[str, Sheet], dict[str, dict[str, Result]]]:
    """The sheets as written, and what LibreOffice computes in them."""
    book = Workbook()
    sheets = {"rules": Sheet(book, "rules"), "wrong": Sheet(book, "wrong")}
    for name, (formula, operands, _) in claimed().items():
        sheets["rules"].formula(name, formula, **operands)
    for name, (formula, _) in WRONG.items():
        sheets["wrong"].formula(name, formula)
    for name, number in EXAMPLES:
        title = f"{name} {number + 1}"
        sheets[title] = Sheet(book, title)
        put(sheets[title], name, number)
    return sheets, computed(book, tmp_path_factory.mktemp("workbook"))


def test_every_kind_of_rule_gives_what_the_spreadsheet_gives(workbook) -> None:
    sheets, found = workbook
    ours = {name: said for name, (_, _, said) in claimed().items()}
    assert len(ours) > 150
    assert differences(sheets["rules"].formulas, found["rules"], ours) == []


@pytest.mark.parametrize(
    ("name", "number"), EXAMPLES, ids=[f"{name}-{number + 1}" for name, number in EXAMPLES]
)
def test_a_worked_example_comes_out_in_the_spreadsheet_too(workbook, name: str, number: int) -> None:
    sheets, found = workbook
    title = f"{name} {number + 1}"
    assert differences(sheets[title].formulas, found[title], said_by_the_engine(name, number)) == []


@pytest.mark.parametrize(
    ("name", "number"), EXAMPLES, ids=[f"{name}-{number + 1}" for name, number in EXAMPLES]
)
def test_every_line_of_the_example_is_in_the_workbook(workbook, name: str, number: int) -> None:
    sheets, _ = workbook
    example: Example = template_of(name).spec.examples[number]
    assert {*example.points} <= {*sheets[f"{name} {number + 1}"].formulas}


def test_no_shipped_template_is_left_out() -> None:
    assert {path.stem for path in shipped()} == {*SHIPPED}


def test_a_wrong_formula_is_seen(workbook) -> None:
    sheets, found = workbook
    ours = {name: D(right) for name, (_, right) in WRONG.items()}
    assert len(differences(sheets["wrong"].formulas, found["wrong"], ours)) == len(WRONG)
