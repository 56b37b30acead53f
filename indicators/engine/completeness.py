"""The checks that hold for every template: unreadable text, empty boxes, limits, reasons, score lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from . import bindings, open_groups
from .chapters import Block
from .compiled import CompiledTemplate
from .figures import Figures, shown
from .findings import Finding, Operand, exactly, fingerprint
from .open_groups import place_of
from .scope import BUDGET_LINES, LINES
from .sheet import ScoreLine, ScoreSheet
from .spec import Column, Field, Layer, Severity
from .values import MISSING, TEXT_KINDS, Value, ValueFault, canonical, parse, plain

#: A line of a prompt that is found in a text counts as left there when it is at least so long.
PROMPT_CHARS = 10


def built_in(compiled: CompiledTemplate, figures: Figures, sheet: ScoreSheet) -> Iterator[Finding]:
    """Findings of the built-in checks."""
    checks = _BuiltIn(compiled, figures, sheet)
    yield from checks.unread()
    yield from checks.out_of_range()
    yield from checks.unfilled()
    yield from checks.texts()
    yield from checks.overrides()
    for line in sheet.lines:
        yield from checks.scored(line)
    yield from checks.undecided()


class _BuiltIn:
    def __init__(self, compiled: CompiledTemplate, figures: Figures, sheet: ScoreSheet):
        self.compiled, self.figures, self.sheet = compiled, figures, sheet
        self.facts = figures.facts
        self.answers = compiled.answers

    def finding(
        self,
        code: str,
        layer: Layer,
        title: str,
        message: str,
        fix_at: Iterable[str],
        *,
        severity: Severity = "must_fix",
        hint: str = "",
        operands: tuple[Operand, ...] = (),
        mention: Iterable[str] = (),
    ) -> Finding:
        locations = tuple(map(self.compiled.locate, fix_at))
        return Finding(
            code=code,
            severity=severity,
            layer=layer,
            title=title,
            message=message,
            hint=hint,
            fix_at=locations,
            mention=tuple(map(self.compiled.locate, mention)),
            operands=operands,
            difference="",
            tolerance="",
            fingerprint=fingerprint(code, self.compiled.spec.code, " ".join(locations), operands),
        )

    def label(self, code: str) -> str:
        """The name of a box, with its indicator where it is an answer."""
        name = self.compiled.label(code)
        return f"{self.compiled.leaf[self.answers[code]].name}的{name}" if code in self.answers else name

    def typed_operand(self, code: str, definition: Field | Column, value: Value) -> Operand:
        text, unit = shown(value, definition, self.compiled.unit_of(code))
        return Operand(definition.label, self.compiled.locate(code), text, unit, exactly(value))

    # ── boxes ───────────────────────────────────────────────────────────────────────────────────────────────

    def unread(self) -> Iterator[Finding]:
        for place, text in self.facts.raw.items():
            message = f"{self.label(place)}：{self._why_unread(place, text)}。"
            operands = (Operand(self.label(place), self.compiled.locate(place), text, "", text),)
            yield self.finding("格式-未识别", "格式", "内容不能识别", message, [place], operands=operands)

    def _why_unread(self, place: str, text: str) -> str:
        definition = self._definition(place)
        if definition is None:
            return f"“{text}”不能识别，请重新填写"
        try:
            parse(definition, text, self.compiled.unit_of(place))
        except ValueFault as fault:
            return str(fault)
        return f"“{text}”没有保存为数据，请重新填写"

    def _definition(self, place: str) -> Field | Column | None:
        if place in self.compiled.fields:
            return self.compiled.fields[place]
        found = re.fullmatch(r"(.+)\[.*\]\.(.+)", place)
        if found and found[1] == LINES:
            symbol = BUDGET_LINES.columns.get(found[2])
            return symbol.definition if symbol else None
        return self.compiled.columns.get(f"{found[1]}.{found[2]}") if found else None

    def out_of_range(self) -> Iterator[Finding]:
        for code, item in self.compiled.fields.items():
            value = self.facts.figures.get(code, MISSING)
            if code in self.answers or not isinstance(value, Decimal):
                continue
            low, high = item.minimum, item.maximum
            if (low is not None and value < low) or (high is not None and value > high):
                one = self.typed_operand(code, item, value)
                bounds = _bounds(low, high)
                message = f"{item.label} {one.value}{one.unit} {bounds}。"
                hint = "请核对数值和单位。"
                yield self.finding(
                    "格式-超出范围", "格式", "数值超出范围", message, [code], hint=hint, operands=(one,)
                )

    def unfilled(self) -> Iterator[Finding]:
        for code, item in self.compiled.fields.items():
            if item.required and not item.formula and code not in self.answers and self._is_empty(code):
                yield self.empty(code, item.label)
        for code, table in self.compiled.tables.items():
            if table.source != "input":
                continue
            rows = self.facts.tables.get(code, ())
            if table.required and not rows:
                yield self.empty(code, table.title, "一行也没有填")
            for number, row in enumerate(rows, 1):
                for column in table.columns:
                    place = f"{code}[{row['id']}].{column.code}"
                    empty = row.get(column.code, MISSING) is MISSING and place not in self.facts.raw
                    if column.required and not column.formula and empty:
                        yield self.empty(place, f"{table.title}第 {number} 行的{column.label}")
        for code, block in self.compiled.texts.items():
            if block.required and not self.facts.texts.get(code, "").strip():
                yield self.empty(code, block.label or "文字说明")

    def _is_empty(self, code: str) -> bool:
        return self.facts.figures.get(code, MISSING) is MISSING and code not in self.facts.raw

    def empty(self, place: str, label: str, what: str = "没有填") -> Finding:
        return self.finding("必填-未填", "必填", "必填项没有填", f"{label}{what}。", [place])

    # ── texts ───────────────────────────────────────────────────────────────────────────────────────────────

    def texts(self) -> Iterator[Finding]:
        for code, block in self.compiled.texts.items():
            if text := self.facts.texts.get(code, ""):
                yield from self._narrative(code, block, text)
        for code, item in self.compiled.fields.items():
            yield from self._length(code, self.facts.figures.get(code, MISSING), item)
        for code, rows in self.facts.tables.items():
            for row in rows:
                for column in self.compiled.tables[code].columns:
                    place = f"{code}[{row['id']}].{column.code}"
                    yield from self._length(place, row.get(column.code, MISSING), column)

    def _length(self, place: str, value: Value, definition: Field | Column) -> Iterator[Finding]:
        limit = definition.max_chars
        if definition.kind in TEXT_KINDS and isinstance(value, str) and len(value) > limit:
            yield self._too_long(place, self.label(place), len(value), limit)

    def _too_long(self, place: str, label: str, length: int, limit: int) -> Finding:
        message = f"{label}有 {length} 个字，最多 {limit} 个字，超出 {length - limit} 个字。"
        operands = (Operand(label, self.compiled.locate(place), str(length), "字", str(length)),)
        return self.finding(
            "文字-超长", "格式", "文字太长", message, [place], hint="请精简。", operands=operands
        )

    def _narrative(self, code: str, block: Block, text: str) -> Iterator[Finding]:
        label = block.label or "文字说明"
        if len(text) > block.max_chars:
            yield self._too_long(code, label, len(text), block.max_chars)
        if left := _left_of_prompt(block.prompt, text, self.facts.year):
            message = f"{label}里还有填写提示“{left}”，提示不能印在报告上。"
            yield self.finding(
                "文字-提示未删", "格式", "填写提示没有删", message, [code], hint="请删去提示，写上内容。"
            )
        if names := bindings.unknown(text, self.compiled):
            listed = "、".join(f"{{{name}}}" for name in dict.fromkeys(names))
            message = f"{label}里引用的 {listed} 不是这份报告的数据项。"
            hint = "请用“插入数据”重新选择；要印花括号本身，写两个：{{。"
            yield self.finding("文字-引用未知", "格式", "引用的数据不存在", message, [code], hint=hint)

    def overrides(self) -> Iterator[Finding]:
        for code, override in self.facts.overrides.items():
            label, text = self.compiled.label(code), override.text.strip()
            if not text and override.reason.strip():
                message = f"{label}写了改印的理由，没有写印什么。"
                yield self.finding(
                    "改印-无内容",
                    "必填",
                    "改印没有内容",
                    message,
                    [code],
                    hint="请写上要印的内容，或删去理由。",
                )
            elif text and self.compiled.prints_figure(code) and not override.says_figure:
                message = f"{label}改印为“{text}”，里面没有数字。"
                hint = "请写要印的数，如 84.62%；没有数的写“不适用”，或取消改印。"
                yield self.finding("改印-不是数", "格式", "改印的不是数", message, [code], hint=hint)
            if text and not override.reason.strip():
                message = f"{label}改印为“{override.text}”，没有写理由。"
                yield self.finding(
                    "改印-无理由", "必填", "改印没有理由", message, [code], hint="请写明理由，或取消改印。"
                )

    # ── score lines ─────────────────────────────────────────────────────────────────────────────────────────

    def scored(self, line: ScoreLine) -> Iterator[Finding]:
        typed = open_groups.answers_of(self.compiled, self.facts, line.code)
        reason_box, reason_given = place_of(line.code, "reason"), typed["reason"] is not MISSING
        yield from self._unscored(line)
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

    def _unscored(self, line: ScoreLine) -> Iterator[Finding]:
        if line.status == "缺数据":
            message = f"{line.name}不能计分：{line.reason}。"
            hint = "请补填；确实没有这项数据的，在自评分处填写并写明理由。"
            yield self.finding(
                "计分-缺数据", "必填", "指标缺数据", message, line.missing, hint=hint, mention=[line.code]
            )
        if line.status == "无法计算":
            message = f"{line.name}不能计分：{line.reason}。"
            hint = "请核对数据；数据无误的，在自评分处填写并写明理由。"
            yield self._about(line, "计分-无法计算", "指标无法计算", message, line.code, hint=hint)

    def _above_weight(self, line: ScoreLine, typed: Mapping[str, Value]) -> Iterator[Finding]:
        for ending in ("points", "self"):
            value = typed.get(ending, MISSING)
            if isinstance(value, Decimal) and not 0 <= value <= line.weight:
                message = f"{line.name}填的 {plain(value)} 分不在 0 至分值 {plain(line.weight)} 分之间。"
                box = place_of(line.code, ending)
                yield self._about(line, "计分-超过分值", "得分超过分值", message, box)

    def undecided(self) -> Iterator[Finding]:
        """Every line is scored, and yet an adjustment keeps the total open."""
        if not self.sheet.provisional or any(
            line.status in ("缺数据", "无法计算") for line in self.sheet.lines
        ):
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


def _bounds(low: Decimal | None, high: Decimal | None) -> str:
    if low is not None and high is not None:
        return f"应在 {plain(low)} 至 {plain(high)} 之间"
    return f"不能小于 {plain(low)}" if low is not None else f"不能大于 {plain(high)}"


def _left_of_prompt(prompt: str, text: str, year: int) -> str:
    """The first line of the prompt still standing in the text, however its blanks and years are written."""
    written = "".join(text.split())
    for line in telling_lines(prompt):
        filled = line
        for name, distance in bindings.YEARS.items():
            filled = filled.replace(f"{{{name}}}", str(year + distance))
        if any("".join(spelling.split()) in written for spelling in (line, filled)):
            return line
    return ""


def telling_lines(prompt: str) -> list[str]:
    """The lines of a prompt by which it is recognised; shorter ones occur in honest texts."""
    return [line.strip() for line in prompt.splitlines() if len(line.strip()) >= PROMPT_CHARS]
