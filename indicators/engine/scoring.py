"""Figures → score sheet (得分表): leaves by rules, parents as sums, adjustments as own lines, grade.

计算分 `computed`, 自评分 `self_score` and 复核分 `reviewed` stand side by side and never overwrite each
other; `score` is the last of them that exists. Points of a leaf are rounded as the template says and only
added up after that, so the printed table always adds up. The grade comes from the unrounded total.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext

from . import ENGINE_VERSION, open_groups
from .compiled import CompiledTemplate
from .figures import Figures, shown
from .formula import CONTEXT, SIGNIFICANT, Formula
from .kinds import ZERO, Ratio, Target
from .operations import DIVIDED_BY_ZERO, TOO_LARGE, ZERO_BY_ZERO, Result, absent
from .rules import HUNDRED, Inputs, Measure, Outcome, Status, amount, apply, by_person
from .sheet import AdjustmentLine, GroupScore, ScoreLine, ScoreSheet, Shown
from .spec import Adjustment, Indicator
from .values import MISSING, NOT_APPLICABLE, Undefined, plain, rounded

__all__ = ["AdjustmentLine", "GroupScore", "ScoreLine", "ScoreSheet", "Status", "score"]


def score(
    compiled: CompiledTemplate, figures: Figures, reviewed: Mapping[str, Decimal] | None = None
) -> ScoreSheet:
    """The score sheet of `figures`; `reviewed` holds 复核分 by indicator code. Total: never raises.

    A line that cannot be scored says so and makes the total provisional; it is never scored by default.
    """
    reviewed = reviewed or {}
    with localcontext(CONTEXT):
        tree = open_groups.tree(compiled, figures.facts)
        leaves = compiled.leaf.values() if tree is compiled.spec.indicators else _leaves(tree)
        lines = tuple(_scorer(compiled, figures, leaf).line(reviewed.get(leaf.code)) for leaf in leaves)
        return _Sum(compiled, figures, lines, tree).sheet()


def measured(compiled: CompiledTemplate, figures: Figures, code: str) -> Decimal | None:
    """The value on which the rule of a leaf works; None where there is none, or none yet."""
    leaf = _Leaf(compiled, figures, compiled.leaf[code])
    with localcontext(CONTEXT):
        value = leaf._measured() if leaf.measures else None
        return leaf._measure(value).value if isinstance(value, Decimal) else None


def _leaves(tree: tuple[Indicator, ...]) -> Iterator[Indicator]:
    """What is scored of a tree with open groups: the template's leaves and the rows."""
    return (leaf for top in tree for leaf in top.leaves() if leaf.rule is not None)


def _scorer(compiled: CompiledTemplate, figures: Figures, leaf: Indicator) -> _Leaf:
    return (_Leaf if leaf.code in compiled.leaf else _Row)(compiled, figures, leaf)


#: Of a leaf of a draft, or of a framework, in which the bureau has not set the weights yet.
NO_WEIGHT = "模板还没有给这个指标定分值"


class _Leaf:
    """The scoring of one 三级指标. Without a usable weight nothing can be given, by nobody."""

    group = ""
    #: Answers that say why, not what the line rests on.
    aside = frozenset({"na", "self", "reason"})

    def __init__(self, compiled: CompiledTemplate, figures: Figures, leaf: Indicator):
        self.compiled, self.figures, self.leaf = compiled, figures, leaf
        self.is_weighed = leaf.weight is not None
        self.env, self.weight = figures.env, leaf.weight if self.is_weighed else ZERO
        formulas = compiled.rules.get(leaf.code, {})
        self.na_when = formulas.get("na_when")
        self.measures = tuple(formula for name, formula in formulas.items() if name != "na_when")
        self.boxes = open_groups.boxes_of(compiled, leaf.code)
        self.answers = open_groups.answers_of(compiled, figures.facts, leaf.code)
        self.reason = str(self.answers["reason"]) if self.answers["reason"] is not MISSING else ""

    def _place(self, ending: str) -> str:
        """The code of a box."""
        return self.boxes[ending].code

    def line(self, reviewed: Decimal | None) -> ScoreLine:
        leaf, outcome = self.leaf, self._outcome()
        own = self.answers["self"] if isinstance(self.answers["self"], Decimal) else None
        reasoned = own if self.reason and self.is_weighed else None  # 手工改分 counts only with its reason
        reviewed = reviewed if self.is_weighed else None
        given = next((points for points in (reviewed, reasoned, outcome.points) if points is not None), None)
        settled = reviewed is not None or reasoned is not None
        unscored = outcome.status in ("缺数据", "无法计算") and not settled
        return ScoreLine(
            code=leaf.code,
            name=leaf.name,
            weight=self.weight,
            computed=outcome.points,
            self_score=own,
            reviewed=reviewed,
            score=None if given is None else min(max(given, ZERO), self.weight),
            status="已计分" if settled else outcome.status,
            reason=outcome.reason if unscored else self.reason or outcome.reason,
            working=outcome.working + self._by_hand(None if own == outcome.points else own, reviewed),
            measured=outcome.measured,
            inputs=self._inputs(),
            missing=outcome.missing if unscored else (),
            group=self.group,
            ask=outcome.ask,
            coefficient=self._coefficient(given, outcome),
        )

    def _coefficient(self, given: Decimal | None, outcome: Outcome) -> Decimal | None:
        """得分系数 in percent, of a rule that has one; of points given by hand their share of the weight."""
        rule, spec = self.leaf.rule, self.compiled.spec
        if (
            not isinstance(rule, Target)
            or rule.coefficient_places is None
            or given is None
            or not self.weight
        ):
            return None
        if given == outcome.points:
            return outcome.coefficient
        share = min(max(given, ZERO), self.weight) * HUNDRED / self.weight
        return rounded(share, rule.coefficient_places, down=spec.rounding == "down")

    def _by_hand(self, own: Decimal | None, reviewed: Decimal | None) -> str:
        reason = f"理由：{self.reason}" if self.reason else "未写理由，不计入得分"
        words = "" if own is None else f"；自评分 {plain(own)} 分，{reason}"
        return words if reviewed is None else f"{words}；复核分 {plain(reviewed)} 分"

    def _outcome(self) -> Outcome:
        if not self.is_weighed:
            return Outcome("无法计算", None, NO_WEIGHT, NO_WEIGHT)
        if self.answers.get("na") is True:
            return self._not_applicable(self.reason or "自评单位填报")
        exempt = self.na_when.evaluate(self.env) if self.na_when else False
        if exempt is True:
            return self._not_applicable(self._circumstances(self.na_when))
        if isinstance(exempt, Undefined) and exempt.missing:
            return self._unmeasured(exempt)  # whether it applies at all comes before what it is measured by
        if not self.measures:
            return self._named(self._applied())
        value = self._measured()
        if isinstance(value, Decimal):
            return self._named(self._applied(self._measure(value)))
        return self._unmeasured(value)

    def _applied(self, measure: Measure | None = None) -> Outcome:
        """The rule's outcome; a step so small that the numbers run out of bounds is a fault, not a crash."""
        try:
            return apply(self.leaf.rule, self._rule_inputs(measure))
        except ArithmeticError:
            reason = f"{TOO_LARGE.reason}，无法计算"
            return Outcome("无法计算", None, reason, reason)

    def _named(self, outcome: Outcome) -> Outcome:
        """`outcome` with the answers it lacks by their full codes, and in words."""
        if not outcome.missing:
            return outcome
        items = [ending for ending in outcome.missing if ending.isdecimal()]
        others = [self.boxes[ending].label for ending in outcome.missing if not ending.isdecimal()]
        if items:
            others.append(f"第 {'、'.join(items)} 项评价要点")
        return lacking(tuple(map(self._place, outcome.missing)), others)

    def _rule_inputs(self, measure: Measure | None = None) -> Inputs:
        spec = self.compiled.spec
        return Inputs(self.weight, measure, self.answers, spec.score_places, spec.rounding == "down")

    def _measured(self) -> Result:
        """The value the rule works on; of a ratio the share of the target that was reached, in percent."""
        values = [formula.evaluate(self.env) for formula in self.measures]
        if not isinstance(self.leaf.rule, Ratio):
            return values[0]
        above, below = values[::-1] if self.leaf.rule.reverse else values
        if not (isinstance(above, Decimal) and isinstance(below, Decimal)):
            return absent(above, below)
        if not below:
            return DIVIDED_BY_ZERO if above else ZERO_BY_ZERO
        return above / below * HUNDRED

    def _measure(self, value: Decimal) -> Measure:
        places = SIGNIFICANT if self.leaf.round_value is None else self.leaf.round_value
        unit = "%" if isinstance(self.leaf.rule, Ratio) else self.leaf.value_unit
        return Measure(rounded(value, places), self._words(), unit)

    def _words(self) -> str:
        """The formula of the measure with its figures; "" where the measure itself is typed."""
        formulas = [self._expanded(formula) for formula in self.measures]
        unit = self.compiled.unit_of(*(part.code for formula in formulas for part in formula.operands))
        if isinstance(self.leaf.rule, Ratio):
            above, below = formulas[::-1] if self.leaf.rule.reverse else formulas
            return f"{_factor(above, self.env, unit)} ÷ {_factor(below, self.env, unit)}"
        if formulas[0].root.symbol:
            return ""
        return formulas[0].words(self.env, unit, percent=self.leaf.value_unit == "%")

    def _expanded(self, formula: Formula) -> Formula:
        """The formula behind a measure that is just the name of a derived figure."""
        while formula.root.symbol and formula.root.symbol.code in self.compiled.derived:
            formula = self.compiled.derived[formula.root.symbol.code]
        return formula

    def _unmeasured(self, value: Result) -> Outcome:
        if value is NOT_APPLICABLE:
            return self._not_applicable(self._inapplicable())
        if value.missing:
            return lacking(value.missing, map(self.compiled.label, value.missing))
        if value.zero_over_zero and self.leaf.zero_over_zero == "na":
            return self._not_applicable(f"{self._words()}，分子分母都是 0")
        if value.over_zero and self.leaf.over_zero == "zero":
            return self._rule_inputs().scored(ZERO, f"{self._words()}，除数为 0")
        reason = f"{self._words()}，{value.reason}，无法计算".removeprefix("，")
        return Outcome("无法计算", None, reason, reason)

    def _inapplicable(self) -> str:
        """Which figures were declared 不适用."""
        names = [
            part.label
            for formula in self.measures
            for part in self._expanded(formula).operands
            if part.run(self.env) is NOT_APPLICABLE
        ]
        return f"{'、'.join(dict.fromkeys(names))}不适用"

    def _circumstances(self, condition: Formula) -> str:
        """The figures that a condition looked at: `有项目：否`."""
        unit_of = self.compiled.unit_of
        return "，".join(
            "{}：{}{}".format(part.label, *shown(part.run(self.env), part.definition, unit_of(part.code)))
            for part in condition.operands
        )

    def _not_applicable(self, reason: str) -> Outcome:
        """不适用, by the indicator's policy."""
        inputs, weight = self._rule_inputs(), self.weight
        match self.leaf.na:
            case "forbidden":
                words = f"{reason}，而本指标不允许不适用"
                return Outcome("无法计算", None, words, words)
            case "full":
                return Outcome(
                    "不适用",
                    inputs.points(weight),
                    f"不适用（{reason}），按满分计 {plain(weight)} 分",
                    reason,
                )
            case "zero":
                return Outcome("不适用", ZERO, f"不适用（{reason}），记 0 分", reason)
            case "excluded":
                return Outcome("不适用", None, f"不适用（{reason}），不计入总分", reason)
        outcome = self._named(by_person(inputs, f"不适用（{reason}）"))
        return replace(outcome, status="不适用", reason=reason) if outcome.points is not None else outcome

    def _inputs(self) -> tuple[Shown, ...]:
        """The figures and answers the line rests on."""
        unit_of, locate = self.compiled.unit_of, self.compiled.locate
        formulas = [*map(self._expanded, self.measures), *([self.na_when] if self.na_when else [])]
        parts = {(part.label, part.code): part for formula in formulas for part in formula.operands}
        figures = (
            (part.label, locate(part.code), *shown(part.run(self.env), part.definition, unit_of(part.code)))
            for part in parts.values()
        )
        answers = (
            (
                box.label,
                locate(self._place(ending)),
                *shown(self.answers[ending], box, self.compiled.spec.unit),
            )
            for ending, box in self.boxes.items()
            if ending not in self.aside and (box.required or self.answers[ending] is not MISSING)
        )
        return (*figures, *answers)


class _Row(_Leaf):
    """The scoring of a row of an open group."""

    aside = frozenset({"self", "reason", "second", "name", "weight"})

    def __init__(self, compiled: CompiledTemplate, figures: Figures, leaf: Indicator):
        super().__init__(compiled, figures, leaf)
        self.group = open_groups.group_of(leaf.code)

    def _place(self, ending: str) -> str:
        return open_groups.place_of(self.leaf.code, ending)

    def _outcome(self) -> Outcome:
        outcome = self._applied()
        if self.is_weighed:
            return self._named(outcome)
        if self.answers["weight"] is MISSING:
            return self._named(Outcome("缺数据", None, "", missing=(*outcome.missing, "weight")))
        reason = open_groups.weight_fault(self.answers["weight"], self.compiled)
        return Outcome("无法计算", None, reason, reason)


def lacking(codes: tuple[str, ...], labels: Iterable[str]) -> Outcome:
    """缺数据, with what is missing by code and in words."""
    words = f"缺少{'、'.join(dict.fromkeys(labels))}"
    return Outcome("缺数据", None, words, words, missing=codes)


def _factor(formula: Formula, env: object, unit: str) -> str:
    words = formula.words(env, unit)
    return words if formula.root.rank >= 6 else f"（{words}）"


@dataclass(slots=True)
class _Sum:
    """From lines to total: `exact` goes on unrounded (for the grade), `printed` is what the column shows."""

    compiled: CompiledTemplate
    figures: Figures
    lines: tuple[ScoreLine, ...]
    tree: tuple[Indicator, ...]

    def sheet(self) -> ScoreSheet:
        spec = self.compiled.spec
        provisional = any(line.status in ("缺数据", "无法计算") for line in self.lines) or not all(
            open_groups.is_balanced(group, self.figures.facts) for group in self.compiled.open_groups.values()
        )
        missing = [code for line in self.lines for code in line.missing]
        exact: Decimal | None = sum((line.score for line in self.lines if line.score is not None), ZERO)
        printed, adjustments = self._rounded(exact), []
        for number, item in enumerate(spec.adjustments):
            adjusted, working, lacks = self._adjusted(number, item, exact)
            if working:
                exact = adjusted
                after = printed if exact is None else self._rounded(exact)
                adjustments.append(AdjustmentLine(item.label, after - printed, working))
                printed = after
            if lacks is not None:
                provisional, missing = True, [*missing, *lacks]
            if exact is None:
                break
        total = printed if exact is not None and self.lines else None
        return ScoreSheet(
            ENGINE_VERSION,
            total,
            provisional,
            "" if provisional or total is None else self._grade(exact),
            tuple(adjustments),
            self.lines,
            self._groups(),
            tuple(dict.fromkeys(missing)),
        )

    def _rounded(self, value: Decimal) -> Decimal:
        return rounded(value, self.compiled.spec.score_places, down=self.compiled.spec.rounding == "down")

    def _adjusted(
        self, number: int, item: Adjustment, exact: Decimal
    ) -> tuple[Decimal | None, str, tuple[str, ...] | None]:
        """The total after `item`, the words of its line ("": no line), what is missing (None: nothing)."""
        if item.kind == "rescale_na":
            return (*self._rescaled(item, exact), None)
        rate = self.compiled.caps[number].evaluate(self.figures.env)
        if isinstance(rate, Undefined):
            return exact, "" if rate.missing else f"无法计算（{rate.reason}）", rate.missing
        if rate is NOT_APPLICABLE:
            return exact, "", None
        step = next((step for step in item.steps if rounded(rate, SIGNIFICANT) < step.below), None)
        if step is None:
            return exact, "", None
        working = (
            f"{amount(rate, '%', step.below)} 低于 {plain(step.below)}%，总分不超过 {plain(step.cap)} 分"
        )
        return min(exact, step.cap), working, None

    def _rescaled(self, item: Adjustment, exact: Decimal) -> tuple[Decimal | None, str]:
        """不适用剔除后折算: sum × total ÷ applicable weights; no total where too little applies."""
        whole = self.compiled.spec.total
        excluded = sum(
            (line.weight for line in self.lines if line.status == "不适用" and line.score is None), ZERO
        )
        if not excluded:
            return exact, ""
        applicable = sum((line.weight for line in self.lines), ZERO) - excluded
        if applicable <= 0 or applicable < item.minimum_weight:
            return (
                None,
                f"适用的指标只有 {plain(applicable)} 分，不足 {plain(item.minimum_weight)} 分，不能得出总分",
            )
        result = exact * whole / applicable
        working = f"适用的指标 {plain(applicable)} 分，{plain(exact)} × {plain(whole)} ÷ {plain(applicable)}"
        return result, f"{working} = {plain(self._rounded(result))}"

    def _grade(self, exact: Decimal) -> str:
        reached = [band for band in self.compiled.spec.grades if exact >= band.minimum]
        return max(reached, key=lambda band: band.minimum).name if reached else ""

    def _groups(self) -> dict[str, GroupScore]:
        scores = {line.code: line.score or ZERO for line in self.lines}
        return {
            code: GroupScore(weight, sum((scores[leaf] for leaf in leaves), ZERO))
            for code, (weight, leaves) in self._leaves_below().items()
        }

    def _leaves_below(self) -> Mapping[str, tuple[Decimal, Iterable[str]]]:
        """(weight, codes of the leaves) by group. A group of the template weighs what the template says."""
        if self.tree is self.compiled.spec.indicators:
            return self.compiled.leaves_below
        return {
            node.code: (
                self.compiled.indicators.get(node.code, node).full_weight,
                [leaf.code for leaf in node.leaves() if leaf.rule is not None],
            )
            for top in self.tree
            for node in top.walk()
            if node.children or node.open
        }
