"""What every piece, key and value of a template is called on screen, in workbooks and in messages.

One table for all: boxes of the workshop, columns of the workbook, differences of two versions, places of
faults. Keys are those of the YAML format; `tests/engine/test_words.py` holds the table against the
dataclasses, so that a key added to the spec without a name is noticed.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from . import chapters, kinds, spec
from .values import plain

#: class → what one of it is called.
NOUNS: dict[type, str] = {
    spec.TemplateSpec: "模板",
    spec.Field: "数据项",
    spec.Table: "表格",
    spec.Column: "列",
    spec.TableRow: "固定行",
    spec.Indicator: "指标",
    spec.OpenGroup: "自设指标",
    spec.OwnColumn: "自设指标的列",
    spec.CheckRule: "审核公式",
    spec.CheckExample: "审核示例",
    spec.GradeBand: "等级",
    spec.Adjustment: "总分调整",
    spec.CapStep: "封顶档次",
    spec.Example: "示例",
    chapters.Section: "章节",
    chapters.Block: "内容块",
    chapters.Sentence: "标准表述",
    chapters.Form: "表式",
    chapters.FormPart: "表式部分",
    chapters.IndicatorColumn: "指标表的列",
    chapters.FormCell: "单元格",
    chapters.CoverLine: "封面行",
    kinds.Band: "档",
    kinds.Item: "条目",
    kinds.Level: "等次",
    kinds.Deviation: "偏差扣分",
    kinds.Bands: "分档计分",
    kinds.Checklist: "清单计分",
    kinds.Scaled: "折算计分",
    kinds.Judged: "人工评定",
    kinds.Ratio: "比率计分",
    kinds.Expression: "公式计分",
    kinds.Target: "目标对照",
}

_TYPED = {
    "code": "代码",
    "label": "名称",
    "kind": "类型",
    "unit": "单位",
    "places": "小数位数",
    "formula": "公式",
    "required": "必填",
    "choices": "可选的值",
    "max_chars": "字数上限",
    "personal": "个人信息（公开时略去）",
}
_EVIDENCE = {"evidence": "佐证材料", "evidence_hint": "佐证材料说明"}
_MONEY_UNIT = {"money_unit": "金额单位"}

#: class → key → what it is called.
NAMES: dict[type, dict[str, str]] = {
    spec.TemplateSpec: {
        "code": "模板代码",
        "title": "名称",
        "report_title": "报告标题",
        "years": "适用年度",
        "region": "行政区划代码",
        "kind": "类型",
        "scored": "计分",
        "unit": "金额单位",
        "total": "总分",
        "score_places": "得分小数位数",
        "rounding": "得分舍入",
        "sources": "依据",
        "notes": "管理员说明",
        "fields": "数据项",
        "tables": "表格",
        "cover": "封面",
        "forms": "表式",
        "project_template": "项目自评模板",
        "outline": "章节",
        "indicators": "指标",
        "checks": "审核公式",
        "grades": "等级",
        "adjustments": "总分调整",
        "examples": "示例",
    },
    spec.Field: _TYPED
    | _MONEY_UNIT
    | {
        "aliases": "别名",
        "basis": "口径",
        "year_offset": "年度偏移",
        "prior": "上年数据项",
        "carry": "沿用上年",
        "minimum": "最小值",
        "maximum": "最大值",
        "help": "填报说明",
    },
    spec.Column: _TYPED | {"total": "合计", "amount": "取数", "economic": "经济分类", "width": "列宽（%）"},
    spec.TableRow: {"code": "代码", "label": "名称", "cells": "各列公式"},
    spec.Table: _MONEY_UNIT
    | {
        "code": "代码",
        "title": "标题",
        "source": "来源",
        "columns": "列",
        "rows": "固定行",
        "total_label": "合计行名称",
        "max_rows": "最多行数",
        "required": "必填",
        "prefill": "预填的行",
        "unit_line": "单位行",
        "note": "表注",
        "help": "填报说明",
    },
    spec.OpenGroup: {
        "rule": "计分规则",
        "seconds": "可选的二级指标",
        "required_seconds": "必须有的二级指标",
        "firsts": "二级指标归入的一级指标",
        "max_rows": "最多行数",
        "split": "指标性质、指标值、度量单位分开填写",
        "adjusted": "有调整指标值",
        "columns": "表式另有的列",
        "labels": "各列的名称",
    },
    spec.OwnColumn: {
        "code": "代码",
        "label": "名称",
        "kind": "类型",
        "choices": "可选的值",
        "required": "必填",
        "max_chars": "字数上限",
    },
    spec.Indicator: _EVIDENCE
    | {
        "code": "代码",
        "name": "名称",
        "weight": "分值",
        "rule": "计分规则",
        "open": "自设指标",
        "children": "下级指标",
        "inputs": "相关数据项",
        "interpretation": "指标解释",
        "description": "指标说明",
        "standard": "评价标准",
        "weight_group": "合并分值",
        "na": "不适用时",
        "na_when": "不适用的条件",
        "zero_over_zero": "0 ÷ 0 时",
        "over_zero": "除数为 0 时",
        "round_value": "指标值先舍入到几位小数",
        "value_unit": "指标值单位",
    },
    spec.CheckRule: {
        "code": "代码",
        "title": "名称",
        "layer": "层次",
        "severity": "要求",
        "left": "左边",
        "op": "关系",
        "right": "右边",
        "missing_left": "左边未填时",
        "missing_right": "右边未填时",
        "fix_at": "到哪里改正",
        "left_label": "左边的名称",
        "right_label": "右边的名称",
        "unit": "单位",
        "when": "适用条件",
        "each": "逐行审核的表",
        "mention": "相关处",
        "tolerance": "允许差额",
        "part_unit": "舍入单位",
        "parts": "加数个数",
        "places": "比较的小数位数",
        "message": "提示语",
        "hint": "怎样改正",
        "passing": "通过的例子",
        "failing": "不通过的例子",
    },
    spec.CheckExample: {
        "figures": "填写的数",
        "tables": "各表的行",
        "lines": "预算明细",
        "projects": "项目自评",
        "previous": "上年的数",
    },
    spec.GradeBand: {"name": "名称", "minimum": "最低分"},
    spec.CapStep: {"below": "低于", "cap": "总分不超过"},
    spec.Adjustment: {
        "kind": "类型",
        "label": "名称",
        "measure": "依据的比率",
        "steps": "档次",
        "minimum_weight": "最低适用分值",
    },
    spec.Example: {
        "name": "名称",
        "figures": "填写的数",
        "points": "各指标得分",
        "total": "总分",
        "values": "应得出的数",
        "tables": "各表的行",
        "lines": "预算明细",
    },
    chapters.Sentence: {"text": "表述", "when": "条件"},
    chapters.FormCell: {
        "text": "文字",
        "of": "取自",
        "span": "占列数",
        "rows": "占行数",
        "label": "表头",
        "align": "对齐",
    },
    chapters.FormPart: {
        "kind": "类型",
        "rows": "行",
        "code": "表格代码",
        "spans": "各列占列数",
        "columns": "指标表的列",
    },
    chapters.IndicatorColumn: {"of": "印什么", "label": "列名"},
    chapters.Form: {
        "code": "代码",
        "title": "标题",
        "columns": "列数",
        "parts": "各部分",
        "unit_line": "单位行",
        "footer": "表下文字",
        "note": "填报说明",
    },
    chapters.CoverLine: {"label": "名称", "text": "内容"},
    chapters.Block: {
        "kind": "类型",
        "code": "代码",
        "fields": "数据项",
        "label": "名称",
        "prompt": "填写提示",
        "required": "必填",
        "max_chars": "字数上限",
        "sentences": "标准表述",
        "sub_numbering": "小标题编号",
        "list_numbering": "列表编号",
        "layout": "指标表版式",
        "text": "文字",
        "chart": "图形",
        "value": "图形取数的列",
    },
    chapters.Section: _EVIDENCE
    | {
        "code": "代码",
        "heading": "标题",
        "numbering": "编号样式",
        "run_in": "标题后接排",
        "step": "向导中的一步",
        "short": "简称",
        "appears": "出现在",
        "appendix": "附件",
        "optional": "可以不写",
        "renamable": "可改标题",
        "embedded": "内嵌文件",
        "help": "填报说明",
        "blocks": "内容块",
        "children": "下级章节",
    },
    kinds.Band: {"op": "关系", "bound": "界限", "points": "得分"},
    kinds.Item: {"text": "条目", "points": "分数"},
    kinds.Level: {"text": "等次", "points": "得分", "low": "最低（分值的 %）", "high": "最高（分值的 %）"},
    kinds.Deviation: {
        "kind": "计分规则",
        "measure": "指标值",
        "limit": "界限",
        "side": "扣分的方向",
        "step": "每档",
        "points_per_step": "每档扣分",
        "partial": "不足一档的部分",
        "floor": "最低得分",
    },
    kinds.Bands: {"kind": "计分规则", "measure": "指标值", "bands": "各档", "otherwise": "各档之外得分"},
    kinds.Checklist: {
        "kind": "计分规则",
        "items": "条目",
        "mode": "方式",
        "per_violation": "每项（例）扣分",
        "count": "按什么扣",
        "floor": "最低得分",
    },
    kinds.Scaled: {"kind": "计分规则", "measure": "得数", "of": "满分为"},
    kinds.Judged: {"kind": "计分规则", "levels": "等次"},
    kinds.Ratio: {
        "kind": "计分规则",
        "actual": "实际值",
        "target": "目标值",
        "reverse": "反向（目标 ÷ 实际）",
        "explain_over": "超过目标的百分之几须说明",
    },
    kinds.Expression: {"kind": "计分规则", "formula": "得分公式"},
    kinds.Target: {
        "kind": "计分规则",
        "missed": "未达目标时",
        "equals": "等于号的意思",
        "explain_over": "超过目标的百分之几须说明",
        "over_deduct": "超过时扣分",
        "levels": "等次",
        "coefficient_places": "得分系数的小数位数",
    },
}

_KINDS = {
    "money": "金额",
    "count": "个数",
    "number": "数字",
    "percent": "百分比",
    "text": "文字",
    "long_text": "长文字",
    "date": "日期",
    "choice": "选择",
    "yes_no": "是否",
}
_MONEY_UNITS = {"": "同模板", "元": "元", "千元": "千元", "万元": "万元", "亿元": "亿元"}
_EVIDENCES = {"": "不要求", "asked": "要求（可说明）", "required": "必须上传"}
_SIGNS = {"<=": "≤", "<": "<", ">=": "≥", ">": ">", "==": "="}
_MISSING = {"skip": "不审核", "zero": "作 0", "fail": "不通过"}

#: (class, key) → value → what it is called. Values that are Chinese already name themselves.
VALUES: dict[tuple[type, str], dict[str, str]] = {
    (spec.TemplateSpec, "kind"): {"department": "部门整体支出", "project": "项目支出"},
    (spec.TemplateSpec, "rounding"): {"half_up": "四舍五入", "down": "截尾"},
    (spec.Field, "kind"): _KINDS,
    (spec.Field, "money_unit"): _MONEY_UNITS,
    (spec.Field, "carry"): {"value": "沿用为本年值", "reference": "仅供参考", "no": "不沿用"},
    (spec.Column, "kind"): _KINDS,
    (spec.OwnColumn, "kind"): {kind: _KINDS[kind] for kind in ("text", "choice", "yes_no")},
    (spec.Column, "amount"): {
        "": "不取数",
        "opening": "年初预算",
        "adjustment": "调整数",
        "final": "全年预算",
        "executed": "执行数",
        "score": "得分",
    },
    (spec.Table, "money_unit"): _MONEY_UNITS,
    (spec.Table, "source"): {
        "input": "单位填写",
        "derived": "固定行，由公式得出",
        "budget": "预算明细",
        "projects": "各项目",
    },
    (spec.Indicator, "na"): {
        "forbidden": "不允许不适用",
        "full": "得满分",
        "excluded": "不计入（折算）",
        "zero": "得 0 分",
        "judged": "由人评定",
    },
    (spec.Indicator, "zero_over_zero"): {"na": "不适用", "cannot": "无法计算"},
    (spec.Indicator, "over_zero"): {"cannot": "无法计算", "zero": "得 0 分"},
    (spec.Indicator, "evidence"): _EVIDENCES,
    (spec.CheckRule, "severity"): {"must_fix": "必须改正", "explain": "需说明", "hint": "提示"},
    (spec.CheckRule, "missing_left"): _MISSING,
    (spec.CheckRule, "missing_right"): _MISSING,
    (spec.Adjustment, "kind"): {"rescale_na": "不适用指标折算", "cap": "封顶"},
    (chapters.FormCell, "align"): {"left": "左", "center": "中", "right": "右"},
    (chapters.FormPart, "kind"): {"rows": "固定单元格", "table": "表格", "indicators": "指标表"},
    (chapters.Block, "kind"): {
        "text": "文字说明",
        "inputs": "填写数据项",
        "budget": "预算明细",
        "table": "表格",
        "chart": "图形",
        "paragraph": "固定段落",
        "analysis": "指标自评",
        "indicators": "指标得分表",
        "figures": "数据项列表",
        "list": "由表格生成的列表",
        "form": "表式",
        "projects": "项目自评",
        "signature": "落款",
    },
    (chapters.Block, "layout"): {"standards": "评价标准版", "targets": "指标值版"},
    (chapters.Block, "chart"): {"": "无", "bar": "柱形图", "pie": "饼图"},
    (chapters.Section, "appears"): {"both": "向导和报告", "wizard": "只在向导", "print": "只在报告"},
    (chapters.Section, "evidence"): _EVIDENCES,
    (kinds.Band, "op"): _SIGNS,
    (kinds.Deviation, "side"): {"over": "超过扣分", "under": "低于扣分", "both": "偏离扣分"},
    (kinds.Deviation, "partial"): {"floor": "不扣", "ceil": "按一档扣", "linear": "按比例扣"},
    (kinds.Checklist, "mode"): {"add": "符合得分", "deduct": "不符合扣分"},
    (kinds.Checklist, "count"): {"items": "按条", "cases": "按例"},
    (kinds.Target, "missed"): {"proportional": "按比例得分", "zero": "不得分", "judged": "由人评定"},
    (kinds.Target, "equals"): {"at_least": "达到即可", "exactly": "必须正好"},
}

#: The keys under which a piece says what it is called.
_CALLED = ("name", "heading", "title", "label", "text")


def noun(cls: type) -> str:
    """数据项 for `Field`."""
    return NOUNS[cls]


def name_of(cls: type, key: str) -> str:
    """编制数's `year_offset` is 年度偏移."""
    return NAMES[cls][key]


def choices(cls: type, key: str) -> dict[str, str]:
    """value → word of a key with a closed set of values that are not Chinese; {} for any other."""
    return VALUES.get((cls, key), {})


def value_words(cls: type, key: str, value: Any) -> str:
    """A single value as it is said: `ceil` 按一档扣, True 是, None 无, 8.0 8. Lists and pieces have none."""
    if value is None or value == "":
        return choices(cls, key).get("", "无") if value == "" else "无"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, tuple):
        return "、".join(map(str, value)) or "无"
    return choices(cls, key).get(value, str(value))


def called(piece: Any) -> str:
    """What a piece is called by its own words: 公用经费控制率; "" when it has none."""
    for key in _CALLED:
        own = getattr(piece, key, "")
        if isinstance(own, str) and own.strip():
            return own.strip()
    return ""


def quoted(piece: Any) -> str:
    """指标“公用经费控制率”; only the noun for a piece without a name."""
    own = called(piece)
    return f"{noun(type(piece))}“{own}”" if own else noun(type(piece))


def place_words(whole: spec.TemplateSpec, place: str) -> str:
    """A fault's place in words: `indicators[1].children[0].rule.limit` → 指标“公用经费控制率”的界限.

    What cannot be found any more ends the walk; "" for a place in the template as a whole.
    """
    node: Any = whole
    head = last = ""
    for name, index in re.findall(r"([^.\[\]]+)(?:\[(\d+)\])?", place):
        names = NAMES.get(type(node))
        if names is None or name not in names:
            break
        last = names[name]
        node = getattr(node, name)
        if index and isinstance(node, tuple) and int(index) < len(node):
            node = node[int(index)]
            if type(node) in NOUNS:
                own = called(node)
                if own or not head:
                    head = quoted(node) if own else f"第 {int(index) + 1} 个{noun(type(node))}"
                else:
                    head = f"{head}的第 {int(index) + 1} 个{noun(type(node))}"
                last = ""
    return f"{head}的{last}" if head and last else head or last
