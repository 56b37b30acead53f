"""Checks (审核公式): those the template declares, and those that hold for all (`completeness`)."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator
from decimal import Decimal, localcontext
from functools import cached_property
from typing import Literal

from .compiled import CompiledCheck, CompiledTemplate
from .completeness import built_in
from .completeness_scores import of_scores
from .evidence import lacking
from .figures import Figures
from .findings import LAYERS, Finding, Operand, fingerprint, operand
from .formula import CONTEXT, SIGNIFICANT, Formula
from .operations import Result
from .rules import amount, distance
from .scope import Environment
from .sheet import ScoreSheet
from .spec import ZERO, CheckRule, Field
from .values import NOT_APPLICABLE, UNITS, Undefined, canonical, rounded, show

__all__ = ["Finding", "Operand", "Outcome", "check", "outcomes"]

#: How a check ends: 不适用 where `when` does not hold or a figure that may be missing is missing.
Outcome = Literal["通过", "不通过", "不适用", "无法计算"]

#: Whether left − right satisfies the operator within a tolerance.
HOLDS: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "=": lambda difference, tolerance: abs(difference) <= tolerance,
    "≠": lambda difference, tolerance: abs(difference) > tolerance,
    "≤": lambda difference, tolerance: difference <= tolerance,
    "<": lambda difference, tolerance: difference < tolerance or difference < 0,
    "≥": lambda difference, tolerance: difference >= -tolerance,
    ">": lambda difference, tolerance: difference > -tolerance or difference > 0,
}
#: How the left side stands to the right when the operator does not hold: of figures, of dates.
BROKEN = {
    "=": ("不等于", "不同于"),
    "≠": ("等于", "就是"),
    "≤": ("大于", "晚于"),
    "<": ("不小于", "不早于"),
    "≥": ("小于", "早于"),
    ">": ("不大于", "不晚于"),
}
_PLACEHOLDER = re.compile(r"\{(left|right|difference|row|year|last_year)\}")


def check(compiled: CompiledTemplate, figures: Figures, sheet: ScoreSheet) -> tuple[Finding, ...]:
    """Every finding, in the order of the outline, then of the layers. Total and deterministic."""
    with localcontext(CONTEXT):
        found = [
            *built_in(compiled, figures),
            *of_scores(compiled, figures, sheet),
            *lacking(compiled, figures),
            *_declared(compiled, figures),
        ]
    last = len(compiled.position)

    def order(finding: Finding) -> tuple[int, int]:
        return compiled.order_of(finding.fix_at[0]) if finding.fix_at else last, LAYERS.index(finding.layer)

    return tuple(sorted(found, key=order))


def outcomes(figures: Figures, code: str) -> tuple[tuple[Outcome, Finding | None], ...]:
    """How the check of that code ends, once or for every row of its table, and what it then says."""
    item = next(item for item in figures.compiled.checks if item.rule.code == code)
    with localcontext(CONTEXT):
        return tuple(instance.outcome() for instance in _instances(figures, item))


def _declared(compiled: CompiledTemplate, figures: Figures) -> Iterator[Finding]:
    for item in compiled.checks:
        for instance in _instances(figures, item):
            _, finding = instance.outcome()
            if finding:
                yield finding


def _instances(figures: Figures, item: CompiledCheck) -> Iterator[_Instance]:
    """The check on the whole evaluation, or on every row of its table."""
    compiled, table = figures.compiled, item.rule.each
    if not table:
        yield _Instance(figures, item, figures.env, "", "")
        return
    own = table in compiled.open_groups  # an own indicator goes by its name, not by its 二级指标
    label = "name" if own else compiled.tables[table].columns[0].code
    for number, (row, env) in enumerate(zip(figures.row_ids(table), figures.env[table], strict=True), 1):
        name = env[table, label]
        named = f"“{name}”" if isinstance(name, str) else f"第 {number} 行"
        yield _Instance(figures, item, env, row, named)


def tolerance_of(rule: CheckRule) -> Decimal:
    """The difference that is let pass, in the unit of the sides."""
    return rule.tolerance + rule.parts * rule.part_unit / 2


class _Instance:
    """One check on one evaluation, or on one row of a table."""

    def __init__(self, figures: Figures, item: CompiledCheck, env: Environment, row: str, name: str):
        self.compiled, self.figures, self.rule = figures.compiled, figures, item.rule
        self.left, self.right, self.when = item.left, item.right, item.when
        self.env, self.row, self.name = env, row, name

    @cached_property
    def left_label(self) -> str:
        return _label(self.left, self.rule.left_label)

    @cached_property
    def right_label(self) -> str:
        return _label(self.right, self.rule.right_label)

    def outcome(self) -> tuple[Outcome, Finding | None]:
        if self.when and self.when.evaluate(self.env) is not True:
            return "不适用", None
        if self.rule.op in ("同填", "不同填"):
            return _ended(self._pair())
        left = self._side(self.left, self.rule.missing_left)
        right = self._side(self.right, self.rule.missing_right)
        if left is None or right is None:
            return "不适用", None
        if gaps := [side for side in (left, right) if isinstance(side, Undefined)]:
            lacking = all(gap.missing for gap in gaps)
            return "不通过" if lacking else "无法计算", self._finding(self._unfit(left, right))
        if isinstance(left, Decimal):
            return _ended(self._figures(left, right))
        if isinstance(left, datetime.date):
            return _ended(self._dates(left, right))
        if (left == right) == (self.rule.op == "="):
            return "通过", None
        return "不通过", self._finding(self._sentence(_word(left), _word(right)))

    def _side(self, formula: Formula, policy: str) -> Result | None:
        """The value to compare; None: the check does not apply; `Undefined`: that is the finding."""
        value = formula.evaluate(self.env)
        if value is NOT_APPLICABLE:
            return None
        if not isinstance(value, Undefined):
            return value
        if value.missing:
            zero = policy == "zero" and formula.type == "数字"
            return ZERO if zero else value if policy == "fail" else None
        return None if value.zero_over_zero else value

    def _unfit(self, left: Result, right: Result) -> str:
        sides = ((self.left_label, left), (self.right_label, right))
        reasons = "，".join(
            f"{label}{'没有填' if side.missing else f'无法计算（{side.reason}）'}"
            for label, side in sides
            if isinstance(side, Undefined)
        )
        return f"{reasons}，不能审核。"

    def _pair(self) -> Finding | None:
        """同填: both or neither; 不同填: not both."""
        values = (self.left.evaluate(self.env), self.right.evaluate(self.env))
        left, right = (not (isinstance(value, Undefined) and value.missing) for value in values)
        written = self._filled(self.rule.message)
        if self.rule.op == "同填" and left != right:
            done, lacking = (self.left_label, self.right_label)[:: 1 if left else -1]
            return self._finding(written or f"填了{done}，没有填{lacking}，两项要填就都填。")
        if self.rule.op == "不同填" and left and right:
            return self._finding(written or f"{self.left_label}和{self.right_label}只能填一项，现在都填了。")
        return None

    def _figures(self, left: Decimal, right: Decimal) -> Finding | None:
        places = SIGNIFICANT if self.rule.places is None else self.rule.places
        difference = rounded(left, places) - rounded(right, places)
        tolerance = tolerance_of(self.rule)
        if HOLDS[self.rule.op](difference, tolerance):
            return None
        apart = self._apart(abs(difference))
        allowed = self._apart(tolerance) if tolerance else ""
        return self._finding(self._sentence(self._amount(left), self._amount(right), apart), apart, allowed)

    def _dates(self, left: datetime.date, right: datetime.date) -> Finding | None:
        days = Decimal((left - right).days)
        if HOLDS[self.rule.op](days, ZERO):
            return None
        apart = distance(abs(days), "天")
        return self._finding(self._sentence(_word(left), _word(right), apart), apart)

    # ── words ───────────────────────────────────────────────────────────────────────────────────────────────

    def _amount(self, value: Decimal) -> str:
        """A figure with its unit; money in that of the figures, or in 元 where that would round it."""
        unit = self.compiled.unit_of(
            *(part.code for side in (self.left, self.right) for part in side.operands)
        )
        if self.rule.unit != "元" or unit == "元":
            return amount(value, self.rule.unit)
        scaled = value / UNITS[unit]
        return f"{rounded(scaled, 2):,f} {unit}" if scaled == rounded(scaled, 2) else amount(value, "元")

    def _apart(self, difference: Decimal) -> str:
        return distance(difference, "%") if self.rule.unit == "%" else self._amount(difference)

    def _sentence(self, left: str, right: str, difference: str = "") -> str:
        if written := self._filled(self.rule.message, left, right, difference):
            return written
        broken = BROKEN[self.rule.op][self.left.type == "日期"]
        # A bare number is its own name.
        bare = self.right_label == self.right.text and not self.right.operands
        named = right if bare else f"{self.right_label} {right}"
        apart = f"，相差 {difference}" if difference else ""
        return f"{self.left_label} {left}{broken}{named}{apart}。"

    def _filled(self, message: str, left: str = "", right: str = "", difference: str = "") -> str:
        year = self.figures.facts.year
        words = {
            "left": left,
            "right": right,
            "difference": difference,
            "row": self.name,
            "year": str(year),
            "last_year": str(year - 1),
        }
        return _PLACEHOLDER.sub(lambda found: words[found[1]], message)

    def _finding(self, message: str, difference: str = "", tolerance: str = "") -> Finding:
        rule = self.rule
        parts = {
            (part.label, part.code): part for formula in (self.left, self.right) for part in formula.operands
        }
        operands = tuple(operand(self.compiled, part, self.env, self.row) for part in parts.values())
        return Finding(
            code=rule.code,
            severity="explain" if rule.severity == "must_fix" and self._is_overridden() else rule.severity,
            layer=rule.layer,
            title=rule.title,
            message=f"{self.name}：{message}" if self.name and "{row}" not in rule.message else message,
            hint=self._filled(rule.hint),
            fix_at=tuple(map(self._location, rule.fix_at)),
            mention=tuple(map(self._location, rule.mention)),
            operands=operands,
            difference=difference,
            tolerance=tolerance,
            fingerprint=fingerprint(rule.code, self.compiled.spec.code, self.row, operands),
        )

    def _is_overridden(self) -> bool:
        """A figure printed otherwise, with its reason, is no error any more but wants an explanation."""
        given = {code: self.figures.facts.overrides.get(code) for code in self.rule.fix_at}
        return any(
            override is not None
            and override.text.strip()
            and override.reason.strip()
            and (override.says_figure or not self.compiled.prints_figure(code))
            for code, override in given.items()
        )

    def _location(self, code: str) -> str:
        """Inside a row a code is first a column of the table, or the table itself."""
        each = self.rule.each
        if f"{each}.{code}" in self.compiled.columns:
            code = f"{each}[{self.row}].{code}"
        elif each and code == each:
            code = f"{each}[{self.row}]"
        return self.compiled.locate(code)


def _ended(found: Finding | None) -> tuple[Outcome, Finding | None]:
    return "不通过" if found else "通过", found


def _label(formula: Formula, given: str) -> str:
    if given:
        return given
    return formula.root.symbol.label if formula.root.symbol else formula.text


def _word(value: Result) -> str:
    if isinstance(value, datetime.date):
        return show(value, Field("", "", "date"))
    return f"“{canonical(value)}”"
