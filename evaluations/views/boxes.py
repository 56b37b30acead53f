"""What stands around a box: unit, help, last year's figure and the change, findings, a derived value."""

from __future__ import annotations

from decimal import Decimal

from evaluations.forms.layout import Figure, Printed
from indicators.engine.facts import Override
from indicators.engine.figures import Figures
from indicators.engine.spec import Field
from indicators.engine.values import MISSING, NUMBER_KINDS, Undefined, Value, rounded, show

from .findings import Findings, notes

#: A change beyond this many per cent says more about the base than about the year.
ODD_CHANGE = Decimal(1000)


def figure(definition: Field, figures: Figures, findings: Findings, step: str) -> Figure:
    """The box of a typed figure, or the value of a derived one with its printed override."""
    unit = figures.compiled.unit_of(definition.code)
    found = findings.at(step, definition.code)
    box = Figure(
        code=definition.code,
        label=definition.label,
        unit=unit_of(definition, unit),
        help=definition.help,
        prior=prior(definition, figures),
        required=definition.required,
        numeric=definition.kind in NUMBER_KINDS,
        wide=definition.kind == "long_text",
        invalid=any(one.finding.severity == "must_fix" for one in found),
        notes=notes(found, f"{step}.{definition.code}"),
    )
    if definition.formula:
        box.unit = box.unit.removeprefix("%")  # what is shown has its % with it
        box.shown = shown(definition, figures)
        box.printed = printed(definition.code, definition.label, figures.facts.overrides.get(definition.code))
    return box


def printed(code: str, label: str, override: Override | None) -> Printed:
    """The override of a derived figure as it is stored."""
    return Printed(code, label, override.text, override.reason) if override else Printed(code, label)


def shown(definition: Field, figures: Figures) -> str:
    """A figure as the page shows it; a derived one that cannot be had yet says so."""
    value = figures.values[definition.code]
    if isinstance(value, Undefined):
        return "待填" if value.missing else value.reason or "无法计算"
    return show(value, definition, figures.compiled.unit_of(definition.code)) or "未填"


def unit_of(definition: Field, unit: str) -> str:
    """What stands behind the box."""
    return {"money": unit, "percent": "%"}.get(definition.kind, definition.unit)


def prior(definition: Field, figures: Figures) -> str:
    """`上年 13（少 2）`: last year's figure from its own report, else the one typed in this one."""
    last = figures.facts.previous.get(definition.code, MISSING)
    if last is MISSING and definition.prior:
        last = figures.values.get(definition.prior, MISSING)
    if definition.carry == "no" or last is MISSING or isinstance(last, Undefined):
        return ""
    unit = figures.compiled.unit_of(definition.code)
    told = show(last, definition, unit)
    change = _change(definition, last, figures.values[definition.code], unit)
    return f"上年 {told}{f'（{change}）' if change else ''}" if told else ""


def _change(definition: Field, last: Value, now: Value | Undefined, unit: str) -> str:
    if not isinstance(last, Decimal) or not isinstance(now, Decimal):
        return ""
    difference = now - last
    if not difference:
        return "持平"
    word = "增" if difference > 0 else "减"
    if definition.kind == "money" and last and abs(difference / last * 100) < ODD_CHANGE:
        return f"{word} {rounded(abs(difference / last * 100), 2)}%"
    size = show(abs(difference), definition, unit).removesuffix("%")
    return f"{word} {size}{' 个百分点' if definition.kind == 'percent' else ''}"
