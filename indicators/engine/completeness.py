"""The checks that hold for every template: unreadable text, empty boxes, limits, reasons.

What holds of every score line is in `completeness_scores`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

from . import bindings
from .chapters import Block
from .compiled import CompiledTemplate
from .figures import Figures, shown
from .findings import Finding, Operand, exactly, fingerprint
from .open_groups import SCORED
from .scope import BUDGET_LINES, LINES
from .spec import Column, Field, Layer, Severity
from .values import MISSING, TEXT_KINDS, Value, ValueFault, parse, plain

#: A line of a prompt that is found in a text counts as left there when it is at least so long.
PROMPT_CHARS = 10


def built_in(compiled: CompiledTemplate, figures: Figures) -> Iterator[Finding]:
    """Findings of the built-in checks."""
    checks = BuiltIn(compiled, figures)
    yield from checks.unread()
    yield from checks.out_of_range()
    yield from checks.unfilled()
    yield from checks.texts()
    yield from checks.overrides()


class BuiltIn:
    """What the built-in checks share: the evaluation, and how a finding is made."""

    def __init__(self, compiled: CompiledTemplate, figures: Figures):
        self.compiled, self.figures = compiled, figures
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
        difference: str = "",
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
            difference=difference,
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

    def _wants_lines(self) -> bool:
        nodes = (node for step in self.compiled.steps.values() for node in step.walk())
        return any(block.kind == "budget" and block.required for node in nodes for block in node.blocks)

    def unfilled(self) -> Iterator[Finding]:
        for code, item in self.compiled.fields.items():
            if item.required and not item.formula and code not in self.answers and self._is_empty(code):
                yield self.empty(code, item.label)
        if self._wants_lines() and not self.facts.lines:
            yield self.empty(LINES, "预算明细", "一行也没有填")
        for code, table in self.compiled.tables.items():
            if table.source != "input":
                continue
            rows = self.facts.tables.get(code, ())
            told = SCORED if code in self.compiled.open_groups else ()
            if table.required and not rows:
                yield self.empty(code, table.title, "一行也没有填")
            for number, row in enumerate(rows, 1):
                for column in table.columns:
                    place = f"{code}[{row['id']}].{column.code}"
                    empty = row.get(column.code, MISSING) is MISSING and place not in self.facts.raw
                    if column.required and not column.formula and empty and column.code not in told:
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
        if blanks := bindings.blank(text, self.figures):
            listed = "、".join(f"“{self.label(one)}”" for one in blanks)
            message = f"{label}里引用的{listed}没有数，会印成空白。"
            hint = "请填写这项数据，或从文字里删去引用。"
            yield self.finding(
                "文字-引用未填", "必填", "引用的数据没有填", message, [code], hint=hint, mention=blanks
            )

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
