"""The checks that hold for every score line and open group: nothing unscored, no point lost in silence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

from . import open_groups
from .compiled import CompiledTemplate
from .completeness import BuiltIn
from .figures import Figures
from .findings import Finding, Operand
from .kinds import ZERO
from .open_groups import place_of
from .sheet import ScoreLine, ScoreSheet
from .spec import Indicator, Severity
from .values import MISSING, Value, canonical, plain


def of_scores(compiled: CompiledTemplate, figures: Figures, sheet: ScoreSheet) -> Iterator[Finding]:
    """Findings on the score sheet, line by line, then on open groups and on the total."""
    checks = _Scores(compiled, figures, sheet)
    for line in sheet.lines:
        yield from checks.scored(line)
    for group in compiled.open_groups.values():
        yield from checks.open_group(group)
    yield from checks.undecided()


#: What a person gives who judges.
JUDGED = ("points", "coefficient")


class _Scores(BuiltIn):
    def __init__(self, compiled: CompiledTemplate, figures: Figures, sheet: ScoreSheet):
        super().__init__(compiled, figures)
        self.sheet = sheet

    def scored(self, line: ScoreLine) -> Iterator[Finding]:
        typed = open_groups.answers_of(self.compiled, self.facts, line.code)
        reason_box, reason_given = place_of(line.code, "reason"), typed["reason"] is not MISSING
        yield from self._unscored(line, typed)
        yield from self._above_weight(line, typed)
        if line.self_score is not None and line.self_score != line.computed and not reason_given:
            message = f"{line.name}手工评 {plain(line.self_score)} 分，没有写理由。"
            yield self._about(line, "计分-改分无理由", "改分没有理由", message, reason_box)
        if line.status == "不适用" and self._declared_inapplicable(line, typed) and not reason_given:
            message = f"{line.name}按不适用处理，没有写理由。"
            yield self._about(line, "计分-不适用无理由", "不适用没有理由", message, reason_box)
        elif line.ask and not reason_given:
            message = f"{line.name}{line.ask}，没有说明原因。"
            hint = "请写明超过的原因；年初指标值定得偏低的，也请写明。"
            yield self._about(
                line,
                "计分-超目标未说明",
                "超过目标没有说明",
                message,
                reason_box,
                severity="explain",
                hint=hint,
            )
        elif line.score is not None and line.score < line.weight and not reason_given:
            lost = plain(line.weight - line.score)
            message = (
                f"{line.name} {plain(line.weight)} 分得 {plain(line.score)} 分，失 {lost} 分，没有说明原因。"
            )
            yield self._about(
                line, "计分-失分未说明", "失分没有说明", message, reason_box, severity="explain"
            )

    def _unscored(self, line: ScoreLine, typed: Mapping[str, Value]) -> Iterator[Finding]:
        if line.status == "缺数据":
            message = f"{line.name}不能计分：{line.reason}。"
            hint = "请补填；确实没有这项数据的，在自评分处填写并写明理由。"
            yield self.finding(
                "计分-缺数据", "必填", "指标缺数据", message, line.missing, hint=hint, mention=[line.code]
            )
        if line.status == "无法计算":
            message = f"{line.name}不能计分：{line.reason}。"
            hint = "请核对数据；数据无误的，在自评分处填写并写明理由。"
            place = self._cell_to_fix(line, typed) if line.group else line.code
            yield self._about(line, "计分-无法计算", "指标无法计算", message, place, hint=hint)

    def _cell_to_fix(self, line: ScoreLine, typed: Mapping[str, Value]) -> str:
        """Where to look first in a row that cannot be scored."""
        if open_groups.weight_fault(typed["weight"], self.compiled):
            return place_of(line.code, "weight")
        judged = [ending for ending in JUDGED if isinstance(typed.get(ending), Decimal)]
        return place_of(line.code, judged[0] if judged else "actual")

    def _above_weight(self, line: ScoreLine, typed: Mapping[str, Value]) -> Iterator[Finding]:
        for ending in ("points", "self"):
            value = typed.get(ending, MISSING)
            if isinstance(value, Decimal) and not 0 <= value <= line.weight:
                message = f"{line.name}填的 {plain(value)} 分不在 0 至分值 {plain(line.weight)} 分之间。"
                box = place_of(line.code, ending)
                yield self._about(line, "计分-超过分值", "得分超过分值", message, box)

    def open_group(self, group: Indicator) -> Iterator[Finding]:
        """The rows of an open group: some, one of each 二级指标 that must be, and their weights in sum."""
        rows = self.facts.tables.get(group.code, ())
        if not rows:
            yield self.empty(group.code, group.name, "一行也没有填")
            return
        chosen = {row.get("second", MISSING) for row in rows}
        lacking = [second for second in group.open.required_seconds if second not in chosen]
        if lacking:
            each = "每类" if len(lacking) > 1 else ""
            message = f"{group.name}里没有{'、'.join(lacking)}，{each}至少要设一项。"
            yield self.finding("计分-缺二级指标", "必填", "缺少二级指标", message, [group.code])
        yield from self._weights(group, [row.get("weight", MISSING) for row in rows])

    def _weights(self, group: Indicator, weights: list[Value]) -> Iterator[Finding]:
        """分值 of the rows against that of the group; while some are empty, only a sum that is too high."""
        known = [weight for weight in weights if isinstance(weight, Decimal)]
        whole = sum(known, ZERO)
        apart = whole - group.weight
        if not apart or (apart < 0 and len(known) < len(weights)):
            return
        difference = f"{plain(abs(apart))} 分"
        message = f"{group.name}各行分值合计 {plain(whole)} 分，应为 {plain(group.weight)} 分，"
        message += f"{'多' if apart > 0 else '少'} {difference}。"
        place = self.compiled.locate(group.code)
        operands = tuple(
            Operand(label, place, plain(value), "分", str(canonical(value)))
            for label, value in (("各行分值合计", whole), (f"{group.name}分值", group.weight))
        )
        yield self.finding(
            "计分-分值不符",
            "表内",
            "自设指标的分值不符",
            message,
            [group.code],
            hint="请调整各行的分值。",
            operands=operands,
            difference=difference,
        )

    def undecided(self) -> Iterator[Finding]:
        """Every line is scored and all weights are right, and yet an adjustment keeps the total open."""
        told = any(line.status in ("缺数据", "无法计算") for line in self.sheet.lines)
        groups = self.compiled.open_groups.values()
        told = told or not all(open_groups.is_balanced(group, self.facts) for group in groups)
        if told or not self.sheet.provisional:
            return
        missing = self.sheet.missing
        if missing:
            labels = "、".join(map(self.compiled.label, missing))
            yield self.finding(
                "计分-缺数据", "必填", "总分缺数据", f"总分还不能确定：缺少{labels}。", missing
            )
            return
        last = self.sheet.adjustments[-1]
        yield self.finding(
            "计分-无法计算", "必填", "总分无法计算", f"总分还不能确定：{last.label}{last.working}。", []
        )

    def _declared_inapplicable(self, line: ScoreLine, typed: Mapping[str, Value]) -> bool:
        """Declared by a person: by the box of the indicator, or by a figure that is 不适用."""
        return typed.get("na") is True or any(value == "不适用" for _, _, value, _ in line.inputs)

    def _about(
        self,
        line: ScoreLine,
        code: str,
        title: str,
        message: str,
        box: str,
        *,
        severity: Severity = "must_fix",
        hint: str = "",
    ) -> Finding:
        """A finding on a score line, with its figures and its points as operands."""
        points = {"计算分": line.computed, "自评分": line.self_score, "得分": line.score, "分值": line.weight}
        location = self.compiled.locate(line.code)
        operands = (
            *(Operand(*figure, exact=f"{figure[2]}{figure[3]}") for figure in line.inputs),
            *(
                Operand(label, location, plain(value), "分", str(canonical(value)))
                for label, value in points.items()
                if value is not None
            ),
        )
        return self.finding(
            code,
            "必填",
            title,
            message,
            [box],
            severity=severity,
            hint=hint,
            operands=operands,
            mention=[line.code],
        )
