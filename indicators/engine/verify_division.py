"""Static verification of divisions: what happens where a divisor is 0 is decided, not left to chance.

An indicator decides by `na` and `zero_over_zero`, a check by its `when`, anything by 若(…) or by a figure's
`minimum`. A derived figure need not: it becomes 无法计算, and who uses it decides; where it is printed, the
author is told. A divisor that is always 0 is wrong wherever it stands.
"""

from __future__ import annotations

from collections.abc import Iterator

from .compiled import CompiledTemplate
from .faults import Fault
from .kinds import Ratio
from .outline import walk_indicators
from .signs import NOTHING, Divisor, Known, assuming, divisors, signs
from .spec import Indicator
from .template import MEASURES
from .terms import Written, written


def division_faults(compiled: CompiledTemplate) -> Iterator[Fault]:
    """Every division by zero of a template that compiles."""
    yield from _Divisions(compiled).faults()


class _Divisions:
    def __init__(self, compiled: CompiledTemplate):
        self.compiled, self.spec = compiled, compiled.spec

    def faults(self) -> Iterator[Fault]:
        yield from self._derived()
        for place, node in walk_indicators(self.spec):
            if node.code in self.compiled.rules:
                yield from self._leaf(place, node)
        yield from self._checks()
        for number, formula in self.compiled.caps.items():
            place = f"adjustments[{number}].measure"
            if divisor := next(self._found(formula.text), None):
                remedy = "请用 若(…) 写明这时怎么办，或给它规定最小值（minimum）"
                yield _fault(place, divisor, "总分就无法计算", remedy)

    def _written(self, text: str, table: str = "") -> Written:
        return written(self.compiled, text, table)

    def _found(self, text: str, known: Known = NOTHING, table: str = "") -> Iterator[Divisor]:
        """What is always 0 in the formula of a derived figure is said there and nowhere else."""
        found = divisors(self._written(text, table), known)
        return (one for one in found if not (one.always and one.of))

    def _derived(self) -> Iterator[Fault]:
        """Figures and columns: only what is always 0."""
        formulas = [(f"fields[{n}].formula", item.formula, "") for n, item in enumerate(self.spec.fields)]
        for number, table in enumerate(self.spec.tables):
            place = f"tables[{number}]"
            formulas += [
                (f"{place}.columns[{n}].formula", column.formula, table.code)
                for n, column in enumerate(table.columns)
            ]
            formulas += [
                (f"{place}.rows[{n}].cells.{code}", text, table.code)
                for n, row in enumerate(table.rows)
                for code, text in row.cells.items()
            ]
        for place, text, table in formulas:
            found = divisors(self._written(text, table), behind=False) if text else ()
            if always := next((one for one in found if one.always), None):
                yield _fault(place, always)

    def _leaf(self, place: str, leaf: Indicator) -> Iterator[Fault]:
        known = NOTHING
        if "na_when" in self.compiled.rules[leaf.code]:
            known = assuming(self._written(leaf.na_when), False)
        found: list[tuple[str, Divisor]] = []
        for name in MEASURES:
            if name in self.compiled.rules[leaf.code]:
                where = f"{place}.rule.{name}"
                found += [(where, one) for one in self._found(getattr(leaf.rule, name), known)]
        if isinstance(leaf.rule, Ratio):
            below = "actual" if leaf.rule.reverse else "target"
            part = self._written(getattr(leaf.rule, below), "")
            if 0 in (possible := signs(part, known)):
                found.append((f"{place}.rule.{below}", Divisor(part.words, "", possible == {0})))
        if always := next(((where, one) for where, one in found if one.always), None):
            yield _fault(*always)
        elif found and leaf.zero_over_zero == "na" and leaf.na == "forbidden":
            words = "0 ÷ 0 按不适用处理，而本指标不允许不适用"
            remedy = "请写不适用时怎样得分（na），或把 0 ÷ 0 定为无法计算（zero_over_zero），或用 若(…) 处理"
            yield _fault(f"{place}.zero_over_zero", found[0][1], words, remedy)

    def _checks(self) -> Iterator[Fault]:
        for number, rule in enumerate(self.spec.checks):
            known = assuming(self._written(rule.when, rule.each), True) if rule.when else NOTHING
            for side in ("left", "right"):
                found = self._found(getattr(rule, side), known, rule.each)
                if divisor := next(found, None):
                    remedy = f"请在适用条件（when）里写明“{divisor.words} > 0”，或不用除法来比较"
                    yield _fault(f"checks[{number}].{side}", divisor, "这条审核就无法计算", remedy)


def _fault(place: str, divisor: Divisor, then: str = "", remedy: str = "") -> Fault:
    if divisor.always:
        return Fault(place, f"{divisor}总是 0，除以 0 没有得数：请改正公式")
    return Fault(place, f"{divisor}可能是 0，{then}：{remedy}")
