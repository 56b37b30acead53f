"""Scoring: 30 formulas over 40 figures by the engine against simpleeval with pre-parsed expressions.

Both work on the same `Decimal` figures and must give the same values; rounding them costs both the same.
The whole work of a save on 保靖 2017 (figures, score sheet with its sentences, findings) is timed beside it,
without a goal.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, localcontext

from simpleeval import SimpleEval

from evaluations import assessing, facts
from evaluations.models import Evaluation
from indicators.engine.formula import CONTEXT, compile_formula
from indicators.engine.scope import Environment, Scope, Symbol
from indicators.engine.spec import Field
from indicators.engine.values import rounded

from .measure import REFERENCE, Measurement, interleaved

FIELDS = [Field(f"figure{number}", f"数{number}", "number") for number in range(40)]
VALUES = {field.code: Decimal(1000 + 37 * number) for number, field in enumerate(FIELDS)}


def _patterns(a: str, b: str, c: str) -> list[tuple[str, str]]:
    """The shapes that the rules of the real templates have: (ours, Python)."""
    return [
        (f"{a} ÷ {b} × 100", f"{a} / {b} * 100"),
        (f"({a} + {b} - {c}) ÷ ({a} + {b}) × 100", f"({a} + {b} - {c}) / ({a} + {b}) * 100"),
        (
            f"若({a} ≤ {b}, 5, 最大(5 - ({a} - {b}) × 2 ÷ {c}, 0))",
            f"5 if {a} <= {b} else max(5 - ({a} - {b}) * 2 / {c}, 0)",
        ),
        (f"最小({a} ÷ {b} × 10, 10)", f"min({a} / {b} * 10, 10)"),
        (
            f"若({a} > 0 且 {b} > {c}, {a} - {b}, {b} - {c})",
            f"{a} - {b} if {a} > 0 and {b} > {c} else {b} - {c}",
        ),
    ]


def _rounding(compute: Callable[[], list[Decimal]]) -> Callable[[], list[Decimal]]:
    return lambda: [rounded(value, 2) for value in compute()]


def measure(rounds: int) -> list[Measurement]:
    scope = Scope({field.code: Symbol(field.code, field.code, field) for field in FIELDS})
    codes = [field.code for field in FIELDS]
    texts = [
        pair for n in range(6) for pair in _patterns(*(codes[(5 * n + shift) % 40] for shift in (0, 7, 19)))
    ]
    compiled = [compile_formula(ours, scope) for ours, _ in texts]
    environment = Environment(VALUES)
    evaluator = SimpleEval(names=VALUES, functions={"min": min, "max": max})
    parsed = [(text, evaluator.parse(text)) for _, text in texts]

    def ours() -> list[Decimal]:
        with localcontext(CONTEXT):
            return [formula.evaluate(environment) for formula in compiled]

    def floor() -> list[Decimal]:
        with localcontext(CONTEXT):
            return [Decimal(evaluator.eval(text, previously_parsed=tree)) for text, tree in parsed]

    if ours() != floor():
        raise AssertionError("both must give the same figures")
    rows = []
    for name, candidate, against in (
        ("30 formulas", ours, floor),
        ("30 formulas, each result rounded", _rounding(ours), _rounding(floor)),
    ):
        rows += interleaved(
            f"{name}, times as fast as pre-parsed simpleeval", candidate, against, goal=7, rounds=rounds,
            repeat=20, more_is_better=True,
        )  # fmt: skip
    evaluation = Evaluation.objects.select_related("template", "fiscal_year", "department").get(
        reference=REFERENCE
    )
    template, given = facts.compiled_of(evaluation), facts.facts_of(evaluation)
    rows += interleaved(
        "figures, score sheet and findings of 保靖 2017 / its figures alone",
        lambda: assessing.compute(template, given),
        lambda: template.compute(given),
        goal=None,
        rounds=rounds,
        repeat=3,
    )
    return rows
