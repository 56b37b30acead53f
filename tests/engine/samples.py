"""Small templates for the engine's tests: say what matters, the rest is filled in."""

from __future__ import annotations

import copy
from decimal import Decimal
from typing import Any

import pytest

from indicators.engine.facts import Facts, Line
from indicators.engine.reading import read_template
from indicators.engine.scoring import ScoreLine, ScoreSheet, score
from indicators.engine.spec import Column, Field, TemplateSpec
from indicators.engine.template import CompiledTemplate, Figures, TemplateFaults, compile_template
from indicators.engine.values import MISSING, NOT_APPLICABLE, parse

AMOUNT = Field("amount", "金额")

STAFF = [
    {"code": "staff", "label": "在职人数", "kind": "count", "unit": "人"},
    {"code": "quota", "label": "编制数", "kind": "count", "unit": "人"},
]
MONEY = [
    {"code": "spent", "label": "实际支出", "aliases": ["支出数"]},
    {"code": "budget", "label": "预算数"},
    {"code": "added", "label": "追加预算"},
]
PROJECTS = {
    "code": "projects",
    "title": "项目表",
    "columns": [
        {"code": "name", "label": "名称", "kind": "text", "required": True},
        {"code": "planned", "label": "计划", "total": True},
        {"code": "paid", "label": "支付", "total": True},
        {"code": "rate", "label": "进度", "kind": "percent", "formula": "支付 ÷ 计划 × 100", "total": True},
    ],
    "total_label": "合计",
}


def template_data(**parts: Any) -> dict[str, Any]:
    """Data of a template with these parts; an outline of one step `s` is made that places everything."""
    parts = {"fields": [*STAFF, *MONEY], "indicators": [], "tables": [], **parts}
    texts = parts.pop("texts", [])
    if "outline" not in parts:
        typed = [field["code"] for field in parts["fields"] if not field.get("formula")]
        blocks: list[dict[str, Any]] = [{"kind": "budget"}, {"kind": "inputs", "fields": typed}]
        blocks += [{"kind": "table", "code": table["code"]} for table in parts["tables"]]
        blocks += [{"kind": "text", **text} for text in texts]
        blocks += [{"kind": "analysis", "code": code} for code in _leaf_codes(parts["indicators"])]
        parts["outline"] = [{"code": "s", "heading": "数据", "step": True, "blocks": blocks}]
    return {
        "code": "sample-2024",
        "title": "样本",
        "report_title": "{year}年度绩效自评报告",
        "years": [2024],
        "region": "430000",
        "scored": bool(parts["indicators"]),
        **parts,
    }


def _leaf_codes(indicators: list[dict[str, Any]]) -> list[str]:
    return [
        code
        for node in indicators
        for code in (_leaf_codes(node["children"]) if node.get("children") else [node["code"]])
    ]


def template(**parts: Any) -> TemplateSpec:
    return read_template(template_data(**parts))


def compiled(**parts: Any) -> CompiledTemplate:
    return compile_template(template(**parts))


def facts(target: CompiledTemplate, *, tables: dict | None = None, lines: tuple = (), **more: Any) -> Facts:
    """Facts of typed texts: `facts(target, staff="11", lines=[("2012901", "30101", "5")])`.

    Words that are no field's code are passed on: raw, texts, overrides, previous, year.
    """
    options = {key: value for key, value in more.items() if key not in target.fields}
    figures = {code: parse(target.fields[code], text) for code, text in more.items() if code in target.fields}
    return Facts(
        year=options.pop("year", 2024),
        figures=figures | options.pop("answers", {}),
        tables={code: rows_of(target, code, rows) for code, rows in (tables or {}).items()},
        lines=tuple(line(str(number), *parts) for number, parts in enumerate(lines, 1)),
        **options,
    )


def rows_of(target: CompiledTemplate, table: str, rows: list[dict[str, str]]) -> tuple[dict[str, Any], ...]:
    return tuple(
        {"id": f"r{number}"}
        | {code: parse(target.columns[f"{table}.{code}"], text) for code, text in row.items()}
        for number, row in enumerate(rows, 1)
    )


def line(identity: str, functional: str, economic: str, executed: str, *more: str) -> Line:
    """A budget line; `more`: 支出类型, 年初预算, 调整数."""
    kind, opening, adjustment = (*more, *("基本支出", "", "")[len(more) :])
    return Line(
        identity,
        functional,
        economic,
        kind,
        "",
        "",
        parse(AMOUNT, opening),
        parse(AMOUNT, adjustment),
        parse(AMOUNT, executed),
    )


def figures(target: CompiledTemplate, **given: Any) -> Figures:
    return target.compute(facts(target, **given))


def one_leaf(rule: dict[str, Any], weight: str = "5", **more: Any) -> CompiledTemplate:
    """A template with the one leaf `A` whose measure is the typed percent `x`; `y` is a second one."""
    fields = [
        {"code": "x", "label": "指标值", "kind": "percent"},
        {"code": "y", "label": "目标值", "kind": "percent"},
    ]
    leaf = {"code": "A", "name": "指标甲", "weight": weight, "rule": rule, **more.pop("leaf", {})}
    return compiled(fields=more.pop("fields", fields), indicators=[leaf], total=weight, **more)


def scored(target: CompiledTemplate, **given: Any) -> ScoreSheet:
    return score(target, figures(target, **given))


def line_of(target: CompiledTemplate, **given: Any) -> ScoreLine:
    """The line of the only leaf. Answers: `answers={"A-1": True}`."""
    return scored(target, **given).lines[0]


def points(rule: dict[str, Any], weight: str, x: str, **more: Any) -> Decimal | None:
    return line_of(one_leaf(rule, weight, **more), x=x).computed


def deviation(side: str, limit: str, step: str, off: str, partial: str, **more: Any) -> dict[str, Any]:
    return {
        "kind": "deviation", "measure": "指标值", "side": side, "limit": limit, "step": step,
        "points_per_step": off, "partial": partial, **more,
    }  # fmt: skip


__all__ = ["MISSING", "NOT_APPLICABLE", "Column", "Field"]


def changed(data: dict[str, Any], *changes: tuple[str, Any]) -> dict[str, Any]:
    """A copy of a template's data with values put at paths (`fields.0.label`); `+` appends to a list."""
    data = copy.deepcopy(data)
    for path, value in changes:
        node: Any = data
        *way, last = path.split(".")
        for key in way:
            node = node[int(key) if key.isdigit() else key]
        if last == "+":
            node.append(value)
        else:
            node[int(last) if last.isdigit() else last] = value
    return data


def refused(data: dict[str, Any]) -> dict[str, str]:
    """The faults with which a template is refused, by their places."""
    with pytest.raises(TemplateFaults) as refusal:
        compile_template(read_template(data))
    return {fault.place: fault.message for fault in refusal.value.faults}
