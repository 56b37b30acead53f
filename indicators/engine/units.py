"""Units of measurement (计量单位) in formulas: 人 ÷ 人 is a plain ratio, 元 + 人 is refused.

A unit is a sorted tuple of (name, exponent); the empty tuple is a plain number. Percent is a plain number
(84.62 stands for 84.62 %), and so are points (分). Money is always 元.
"""

from __future__ import annotations

from collections import Counter

from .spec import Column, Field

Unit = tuple[tuple[str, int], ...]
PLAIN: Unit = ()
_PLAIN_NAMES = frozenset({"", "1", "%", "分"})
YUAN: Unit = (("元", 1),)


def unit_named(name: str) -> Unit:
    """The unit written as `人`, `元/人` or `%`."""
    above, *below = (part.strip() for part in name.split("/"))
    powers = Counter({above: 1})
    for part in below:
        powers[part] -= 1
    return _normal(powers)


def unit_of(definition: Field | Column) -> Unit:
    """The unit of a figure, from its kind and declared unit."""
    if definition.kind == "money":
        return YUAN
    return unit_named(definition.unit) if definition.kind in {"count", "number"} else PLAIN


def product(left: Unit, right: Unit) -> Unit:
    """Unit of left × right."""
    return _combined(left, right, 1)


def quotient(left: Unit, right: Unit) -> Unit:
    """Unit of left ÷ right."""
    return _combined(left, right, -1)


def unit_text(unit: Unit) -> str:
    """As in a message: 元, 元/人, or 无单位."""
    above = "·".join(name for name, power in unit for _ in range(power))
    below = "".join(f"/{name}" for name, power in unit for _ in range(-power))
    return f"{above or ('1' if below else '')}{below}" or "无单位"


def _combined(left: Unit, right: Unit, sign: int) -> Unit:
    powers = Counter(dict(left))
    for name, power in right:
        powers[name] += sign * power
    return _normal(powers)


def _normal(powers: Counter[str]) -> Unit:
    return tuple(
        sorted((name, power) for name, power in powers.items() if power and name not in _PLAIN_NAMES)
    )
