"""A template small enough to be read at a glance, and ways to spoil it."""

from __future__ import annotations

import copy
from typing import Any

SMALL: dict[str, Any] = {
    "code": "small-2024",
    "title": "小样",
    "report_title": "{year}年度绩效自评报告",
    "years": [2024],
    "region": "433125",
    "total": 10,
    "fields": [
        {"code": "budget", "label": "全年预算数", "required": True},
        {"code": "spent", "label": "全年执行数", "required": True},
        {"code": "quota", "label": "编制数", "kind": "count", "unit": "人"},
        {"code": "rate", "label": "执行率", "kind": "percent", "formula": "全年执行数 ÷ 全年预算数 × 100"},
    ],
    "outline": [
        {
            "code": "money",
            "heading": "资金情况",
            "numbering": "一、",
            "step": True,
            "blocks": [
                {"kind": "inputs", "fields": ["budget", "spent", "quota"]},
                {"kind": "text", "code": "t-money", "label": "资金情况"},
                {"kind": "analysis", "code": "A01"},
            ],
        }
    ],
    "indicators": [
        {
            "code": "A",
            "name": "过程",
            "children": [
                {
                    "code": "AA",
                    "name": "预算执行",
                    "children": [
                        {
                            "code": "A01",
                            "name": "预算执行率",
                            "weight": 10,
                            "inputs": ["spent", "budget"],
                            "standard": "100%以下（含）计满分，每超出1%扣1分，扣完为止。",
                            "zero_over_zero": "cannot",
                            "rule": {
                                "kind": "deviation",
                                "measure": "执行率",
                                "limit": 100,
                                "side": "over",
                                "step": 1,
                                "points_per_step": 1,
                                "partial": "floor",
                            },
                        }
                    ],
                }
            ],
        }
    ],
    "checks": [
        {
            "code": "表内-01",
            "title": "执行数不超过预算数",
            "layer": "表内",
            "severity": "explain",
            "left": "全年执行数",
            "op": "≤",
            "right": "全年预算数",
            "missing_left": "skip",
            "missing_right": "skip",
            "fix_at": ["spent", "budget"],
            "passing": {"figures": {"spent": "90", "budget": "100"}},
            "failing": {"figures": {"spent": "103", "budget": "100"}},
        }
    ],
    "grades": [{"name": "优", "minimum": 9}, {"name": "差", "minimum": 0}],
    "examples": [
        {"name": "不超", "figures": {"budget": "100", "spent": "90"}, "points": {"A01": 10}, "total": 10},
        {"name": "超一点", "figures": {"budget": "100", "spent": "103"}, "points": {"A01": 7}, "total": 7},
    ],
}


def small(**changes: Any) -> dict[str, Any]:
    """`SMALL` with other values at paths like `indicators__0__children__0__weight`."""
    template = copy.deepcopy(SMALL)
    for path, value in changes.items():
        *way, last = [int(key) if key.isdigit() else key for key in path.split("__")]
        node: Any = template
        for key in way:
            node = node[key]
        node[last] = value
    return template
