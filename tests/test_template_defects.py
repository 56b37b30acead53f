"""Templates with one defect each are refused at its place, with a sentence that tells what to do.

Every defect is one small change of a template that may be published, and has a healthy twin: a change at the
same place that may. Places are written with codes instead of numbers: `checks.表内-04.when`.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from indicators.engine.faults import Fault, TemplateFaults
from indicators.engine.reading import read_template
from indicators.engine.verify import verify
from indicators.loading import LIBRARY, load_yaml, shipped

from .indicators.small import SMALL

Change = tuple[str, Any]  # where, and the value that is put there; ADD appends it, DROP takes the key away
ADD, DROP = "+", object()
NEW_CHECK = {
    "code": "表内-99", "title": "再核对", "layer": "表内", "severity": "explain",
    "left": "全年执行数", "op": "≤", "right": "全年预算数",
    "missing_left": "skip", "missing_right": "skip", "fix_at": ["spent"],
    "passing": {"figures": {"spent": "90", "budget": "100"}},
    "failing": {"figures": {"spent": "103", "budget": "100"}},
}  # fmt: skip
#: It contradicts 执行数不超过预算数.
BELOW = {**NEW_CHECK, "op": ">", "passing": NEW_CHECK["failing"], "failing": NEW_CHECK["passing"]}
#: The same, each for its own departments; those with exactly 85 posts belong to both.
MANY, FEW = {"quota": "90"}, {"quota": "20"}
AT_MOST_85 = tuple(
    one
    | {"when": when}
    | {case: {"figures": one[case]["figures"] | quota} for case in ("passing", "failing")}
    for one, when, quota in (
        (NEW_CHECK | {"code": "表内-01", "title": "执行数不超过预算数"}, "编制数 ≤ 85人", FEW),
        (BELOW, "编制数 ≥ 85人", MANY),
    )
)
CAP = {"kind": "cap", "label": "封顶", "measure": "执行率", "steps": [{"below": 50, "cap": 5}]}
GUARDED = CAP | {"measure": "若(全年预算数 = 0, 100, 执行率)"}
THREE = {
    "kind": "judged",
    "levels": [{"text": "好", "low": 80, "high": 100}, {"text": "差", "low": 0, "high": 80}],
}
LEVELS = {"kind": "judged", "levels": [
    {"text": "效果较好", "points": 6}, {"text": "效果一般", "points": 3}, {"text": "无效果", "points": 0},
]}  # fmt: skip
PARAGRAPH = {"kind": "paragraph", "text": "资金按规定使用。"}
OWN_WORDS = {"kind": "text", "code": "t-own"}


@cache
def base(name: str) -> dict[str, Any]:
    return SMALL if name == "small" else load_yaml(LIBRARY / f"{name}.yaml")


@dataclass(frozen=True)
class Defect:
    """`path` takes `broken` and is refused at `place` (or at `path` itself); with `sound` it is healthy."""

    path: str
    broken: Any
    sound: Any
    words: str
    place: str = ""
    of: str = "small"
    #: What else must change so that nothing but the defect is wrong.
    also: tuple[Change, ...] = ()

    def __str__(self) -> str:
        return f"{self.path}: {self.words}"


def written(text: str) -> list[dict[str, Any]]:
    """The fixed text of a chapter."""
    return [{"code": "end", "heading": "结语", "blocks": [{"kind": "paragraph", "text": text}]}]


def band(op: str, bound: str, points: str) -> dict[str, Any]:
    return {"op": op, "bound": bound, "points": points}


def bands(*found: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"kind": "bands", "measure": "执行率", "bands": list(found), **more}


UP_TO = band("<=", "100", "10")
BANDED: tuple[Change, ...] = (
    ("examples.0.figures.spent", "95"), ("examples.1.points", {"A01": 3}), ("examples.1.total", 3),
)  # fmt: skip
FIRST = ("indicators.A01.rule", bands(UP_TO, band("<=", "110", "3")))

END = "outline.money.children.0"

DEFECTS = [
    # ── weights, at every level ─────────────────────────────────────────────────────────────────────────────
    Defect("indicators.A01.weight", 9, 10, "各项指标的分值之和是 9，应等于总分 10", "indicators"),
    Defect("indicators.A.weight", 9, 10, "一级指标写 9 分，下级之和是 10 分"),
    Defect("indicators.BJ-G22.weight", 40, 41, "二级指标写 40 分，下级之和是 41 分", of="baojing-2017"),
    Defect("indicators.BJ-I12.rule.items.0.points", 3, 2, "各项分数之和 9 不等于分值 8",
           "indicators.BJ-I12.rule.items", of="baojing-2017"),
    # ── every leaf has a rule ───────────────────────────────────────────────────────────────────────────────
    Defect("indicators.BJ-I18.rule", None, LEVELS, "没有计分规则", of="baojing-2017"),
    # ── names and units ─────────────────────────────────────────────────────────────────────────────────────
    Defect("fields.rate.formula", "全年执行 ÷ 全年预算数 × 100", "spent ÷ budget × 100",
           "没有名为“全年执行”的数据项，是否指“全年执行数”"),
    Defect("fields.rate.formula", "全年执行数 + 编制数", "(全年执行数 + 0) ÷ 全年预算数 × 100",
           "元与人不能相加减"),
    Defect("fields.rate.formula", "__import__('os')", "100 × 全年执行数 ÷ 全年预算数",
           "公式里不能用这个字符"),
    Defect("fields.rate.formula", "(" * 500 + "全年执行数" + ")" * 500 + " ÷ 全年预算数 × 100",
           "(" * 50 + "全年执行数" + ")" * 50 + " ÷ 全年预算数 × 100", "公式超过 1000 个字"),
    Defect("indicators.A01.value_unit", "人", "%", "指标值的单位是无单位，这里写的是“人”"),
    Defect("checks.表内-01.right", "编制数", "budget", "左边的单位是元，右边是人，不能比较",
           "checks.表内-01"),
    Defect("checks.表内-01.fix_at", ["spend"], ["spent"], "没有代码为“spend”的数据项或表",
           "checks.表内-01.fix_at.0"),
    Defect("checks.表内-01.missing_left", DROP, "zero", "缺少这一项"),
    Defect("fields.final_budget.formula", "年初预算数 + 预算执行率 × 1元 - 预算执行率 × 1元",
           "年初预算数 + 年初结转和结余 + 本年追加预算数", "公式循环引用", of="baojing-2017"),
    # ── codes and names that are taken for another ──────────────────────────────────────────────────────────
    Defect("outline.money.code", "budget", "funds", "代码“budget”重复"),
    Defect("checks.+", NEW_CHECK | {"code": "表内-01"}, NEW_CHECK, "代码“表内-01”重复", "checks.1.code"),
    Defect("fields.quota.aliases", ["支 出 额"], ["编制"], "与“支出额”看起来一样", "fields.quota.aliases.0",
           also=(("fields.spent.aliases", ["支出额"]),)),
    Defect("fields.rate.label", "执行率（％）", "执行率（百分数）", "与“执行率(%)”看起来一样",
           also=(("fields.spent.aliases", ["执行率(%)"]), ("indicators.A01.rule.measure", "rate"))),
    Defect("fields.quota.aliases", ["budget"], ["编制"], "与“全年预算数”的代码“budget”相同",
           "fields.quota.aliases.0"),
    Defect("fields.quota.aliases", ["年度"], ["年度编制"], "与公式里的“年度”相同", "fields.quota.aliases.0"),
    Defect("fields.quota.label", "编制\u200b数", "编制 数", "看不见的字符"),
    Defect("tables.T-building.columns.area_actual.label", "批复规模(㎡)", "实际规模（㎡）", "看起来一样",
           of="hunan-2023",
           also=(("tables.T-building.columns.area_rate.formula", "area_actual ÷ area_approved × 100"),
                 ("checks.表内-01.left", "area_actual"))),
    # ── bands, limits, levels, grades ───────────────────────────────────────────────────────────────────────
    Defect("indicators.BJ-I06.rule.bands.1.bound", 8, 25, "这一档（<= 8）永远轮不到",
           "indicators.BJ-I06.rule.bands.1", of="baojing-2017"),
    Defect("indicators.A01.rule", bands(UP_TO, band(">", "110", "3")), bands(UP_TO, band("<=", "110", "3")),
           "各档之间有空档：105 不在任何一档，只得 0 分", "indicators.A01.rule.bands", also=BANDED),
    Defect("indicators.A01.rule", bands(band("<", "100", "10"), band(">", "100", "3")),
           bands(band("<=", "100", "10"), band(">", "100", "3")), "各档之间有空档：100 不在任何一档",
           "indicators.A01.rule.bands", also=BANDED),
    Defect("indicators.A01.rule.bands.0.points", 11, 10, "11 分不在 0 至分值 10 之间",
           also=(FIRST, *BANDED)),
    Defect("indicators.A01.rule.step", 0, "0.5", "应大于 0",
           also=(("indicators.A01.rule.points_per_step", "0.5"),)),
    Defect("indicators.A01.rule.floor", 10, 2, "最低分 10 应不小于 0、小于分值 10"),
    Defect("indicators.CC.open.rule.levels.1.high", 70, 80, "之间有空档", "indicators.CC.open.rule.levels",
           of="hunan-2023"),
    Defect("indicators.A01.na_when", "全年预算数 = 0", "", "却不允许不适用", "indicators.A01.na"),
    Defect("grades.1.minimum", 1, 0, "1 分以下没有等级", "grades"),
    Defect("adjustments", [GUARDED | {"steps": [{"below": 60, "cap": 5}, {"below": 50, "cap": 6}]}],
           [GUARDED | {"steps": [{"below": 50, "cap": 5}, {"below": 60, "cap": 6}]}], "从小到大排列",
           "adjustments.0.steps.1.below", also=(("adjustments", []),)),
    # ── division by zero ────────────────────────────────────────────────────────────────────────────────────
    Defect("fields.rate.formula", "1 ÷ 0", "全年执行数 ÷ 1 ÷ 全年预算数 × 100", "除数“0”总是 0"),
    Defect("indicators.A01.zero_over_zero", "na", "cannot", "“执行率”的除数“全年预算数”可能是 0"),
    Defect("indicators.BJ-I04.na", "forbidden", "full", "“上年三公经费预算数”可能是 0，0 ÷ 0 按不适用处理",
           "indicators.BJ-I04.zero_over_zero", of="baojing-2017"),
    Defect("checks.年度间-04.when", "", "上年(本年支出合计) ≠ 0",
           "请在适用条件（when）里写明“上年(本年支出合计) > 0”", "checks.年度间-04.left", of="baojing-2017"),
    Defect("adjustments", [CAP], [GUARDED], "可能是 0，总分就无法计算", "adjustments.0.measure"),
    # ── checks and their cases ──────────────────────────────────────────────────────────────────────────────
    Defect("checks.表内-01.passing", DROP, {"figures": {"spent": "1", "budget": "1"}}, "没有通过的例子"),
    Defect("checks.表内-01.failing", None, {"figures": {"spent": "2", "budget": "1"}}, "没有不通过的例子"),
    Defect("checks.表内-01.passing.figures.spent", "101", "100",
           "应当通过，却审核出：全年执行数 101.00 元大于", "checks.表内-01.passing"),
    Defect("checks.表内-01.failing.figures.spent", "100", "100.01", "应当不通过，却通过了",
           "checks.表内-01.failing"),
    Defect("checks.表内-01.failing.figures.spent", "", "1万元", "要比较的数没有填",
           "checks.表内-01.failing"),
    Defect("checks.表内-01.failing.figures.spend", "5", DROP, "没有代码为“spend”的数据项"),
    Defect("checks.年度间-01.failing.previous", {"carried_out": "20,000.00"}, {"carried_out": "1.00"},
           "却通过了", "checks.年度间-01.failing", of="baojing-2017"),
    Defect("checks.表内-01.when", "年度 < 2024", "年度 > 2023", "永远不成立，这条审核从不起作用",
           also=(("checks.表内-01.passing", NEW_CHECK["passing"]),)),
    Defect("checks.表内-01.when", "编制数 > 5人 且 编制数 < 5人", "", "永远不成立"),
    Defect("checks.+", BELOW, BELOW | {"op": "≥", "passing": {"figures": {"spent": "100", "budget": "100"}}},
           "与“执行数不超过预算数”（表内-01）矛盾", "checks.1"),
    Defect("checks.+", AT_MOST_85[1], AT_MOST_85[1] | {"when": "编制数 > 85人 且 编制数 < 99人"},
           "编制数 = 85时，左边小于、等于、大于右边都不能使两条都通过", "checks.1",
           also=(("checks.0", AT_MOST_85[0]),)),
    Defect("checks.表内-01.message", "{left} 大于 {rigth}。", "{left} 大于 {right}。", "不能用 {rigth}"),
    Defect("checks.表内-01.fix_at", [], ["budget"], "没有写到哪里改正"),
    # ── worked examples ─────────────────────────────────────────────────────────────────────────────────────
    Defect("examples", SMALL["examples"][:1], SMALL["examples"][::-1], "只有 1 个不同的示例"),
    Defect("examples.1.points.A01", 8, 7, "示例写 8 分，按模板得 7 分"),
    Defect("examples.1.total", 6, 7, "示例总分写 6，按模板是 7.00"),
    # ── texts ───────────────────────────────────────────────────────────────────────────────────────────────
    Defect("outline.money.children", written("本单位是××部门。"), written("面积按长×宽计。"),
           "“××”还没有写好", f"{END}.blocks.0.text"),
    Defect("outline.money.children", written("联系人XX。"), written("X 光片已归档。"), "“XX”还没有写好",
           f"{END}.blocks.0.text"),
    Defect("outline.money.children", written("金额____元。"), written("金额{spent}元。"), "“____”还没有写好",
           f"{END}.blocks.0.text"),
    Defect("outline.money.children", written("（此处填写支出的用途）"), written("（支出的用途见附件）"),
           "还没有写好", f"{END}.blocks.0.text"),
    Defect("outline.money.children", written("用于{支出}。"), written("用于{全年执行数}元。"),
           "引用了“{支出}”", f"{END}.blocks.0.text"),
    Defect("indicators.A01.standard", "评价标准待定。", "100%以下（含）计满分。", "“待定”还没有写好"),
    Defect("indicators.A01.standard", "写资金的来源、用途和没有用完的原因。", "写明原因的不扣分。",
           "含有填写提示的原文",
           also=(("outline.money.blocks.1.prompt", "写资金的来源、用途和没有用完的原因。"),)),
    Defect("indicators.BJ-I07.description", "该指标以2016年完工的新建楼堂馆所为评价内容。",
           "该指标以{last_year}年完工的新建楼堂馆所为评价内容。",
           "请写成 {last_year}年；确指那一年的，请写“二〇一六年”", of="baojing-2017"),
    Defect("outline.money.children", written("2024年度共支出{spent}元。"),
           written("二〇二四年起，{year}年度共支出{spent}元。"),
           "“2024年”到下一年度就不对了：请写成 {year}年", f"{END}.blocks.0.text"),
    Defect("report_title", "2025年绩效自评报告", "《2025年规划》〔2025〕1号绩效自评报告",
           "请写成 {next_year}年"),
    Defect("fields.quota.label", "2023年末编制数", "上年末编制数", "不随年度变化的说法"),
    # ── where things stand ──────────────────────────────────────────────────────────────────────────────────
    Defect("outline.money.blocks.0.fields", ["budget", "spent"], ["budget", "spent", "quota"],
           "数据项“编制数”没有放在向导的任何一步里", "fields.quota"),
    Defect("outline.money.children",
           [{"code": "end", "heading": "其他", "optional": True, "blocks": [PARAGRAPH]}],
           [{"code": "end", "heading": "其他", "optional": True, "blocks": [OWN_WORDS]}],
           "永远不会印出", f"{END}.optional"),
]  # fmt: skip


def changed(data: dict[str, Any], changes: tuple[Change, ...]) -> dict[str, Any]:
    data = copy.deepcopy(data)
    for path, value in changes:
        *way, last = path.split(".")
        node = data
        for key in way:
            node = step(node, key)[1]
        if last == ADD:
            node.append(copy.deepcopy(value))
        elif value is DROP:
            node.pop(last, None)
        else:
            node[int(last) if isinstance(node, list) and last.isdigit() else last] = copy.deepcopy(value)
    return data


def step(node: Any, key: str) -> tuple[str, Any]:
    """(the way from `node`, what is there): a key, a number, or the code of something in or below a list."""
    if isinstance(node, dict):
        return f".{key}", node[key]
    if key.isdigit() or isinstance(node, tuple):
        return f"[{key}]", node[int(key)]
    return next(found for found in below(node, key))


def below(nodes: list[Any], code: str) -> Iterator[tuple[str, Any]]:
    for number, node in enumerate(nodes):
        if node.get("code") == code:
            yield f"[{number}]", node
        for way, found in below(node.get("children", []), code):
            yield f"[{number}].children{way}", found


def place_of(data: dict[str, Any], path: str) -> str:
    """The place as verification writes it. What is not there any more is named by its key."""
    place, node = "", data
    for key in path.split("."):
        try:
            way, node = step(node, key)
        except (KeyError, IndexError, StopIteration):
            way = f"[{key}]" if key.isdigit() else f".{key}"
            node = {}
        place += way
    return place.removeprefix(".")


def errors(data: dict[str, Any]) -> list[Fault]:
    try:
        return [fault for fault in verify(read_template(data)) if fault.severity == "error"]
    except TemplateFaults as refused:
        return list(refused.faults)


def test_there_are_thirty_and_more() -> None:
    assert len({str(defect) for defect in DEFECTS}) == len(DEFECTS) >= 30


@pytest.mark.parametrize("defect", DEFECTS, ids=str)
def test_a_defective_template_is_refused_at_its_place(defect: Defect) -> None:
    data = changed(base(defect.of), defect.also)
    found = errors(changed(data, ((defect.path, defect.broken),)))
    place = place_of(data, defect.place or defect.path)
    assert {fault.place for fault in found} == {place}, found
    assert defect.words in found[0].message
    assert len(found[0].message) <= 120
    assert not re.search(r"Traceback|Decimal\(|None|\{\}|\[\]", found[0].message)


@pytest.mark.parametrize("defect", DEFECTS, ids=str)
def test_its_healthy_twin_may_be_published(defect: Defect) -> None:
    data = changed(base(defect.of), (*defect.also, (defect.path, defect.sound)))
    assert [str(fault) for fault in errors(data)] == []


@pytest.mark.parametrize("path", shipped(), ids=lambda path: path.stem)
def test_the_shipped_templates_have_no_defect(path: Path) -> None:
    assert [str(fault) for fault in errors(load_yaml(path))] == []
