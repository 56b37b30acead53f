"""Static verification (发布前校验): everything that refuses the publishing of a template, and warnings.

Names, units, cycles and places are `template`'s; here weights, rules, grades and the worked examples, with
what the other `verify_…` modules find. Nothing is tolerated: weights add up exactly or the template is
refused. What a sensible 指标管理员 may have a reason for is a warning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise

from .examples import run_example
from .faults import Fault, TemplateFaults
from .outline import walk_indicators
from .reading import canonical_json, dump
from .spec import ZERO, Column, Field, Indicator, Table, TemplateSpec
from .template import compile_template
from .values import NUMBER_KINDS, plain, reads_as_absent, rounded
from .verify_chapters import chapter_faults
from .verify_checks import check_faults, compiled_check_faults
from .verify_conditions import condition_faults
from .verify_division import division_faults
from .verify_names import name_faults
from .verify_rules import open_faults, rule_faults
from .verify_texts import text_faults

MIN_EXAMPLES = 2
#: Where a fault leaves nothing to be said about what is computed: of figures, and of scores.
_FIGURES = ("years", "fields", "tables")
_SCORES = ("total", "score_places", "indicators", "grades", "adjustments")
#: What the columns of the list of reports hold.
MAX_TOTAL = 100_000
MAX_GRADE = 10
_LEVELS = ("一级", "二级", "三级")


def verify(spec: TemplateSpec) -> tuple[Fault, ...]:
    """Every fault of `spec`, errors and warnings; a template without errors may be published."""
    faults = [*_general(spec), *_fields(spec), *_tables(spec), *chapter_faults(spec), *_indicators(spec)]
    faults += [*_grades(spec), *_adjustments(spec), *check_faults(spec), *_examples(spec)]
    faults += [*name_faults(spec), *text_faults(spec)]
    try:
        compiled = compile_template(spec)
    except TemplateFaults as refused:
        return (*refused.faults, *faults)
    impossible = tuple(condition_faults(compiled))
    faults += [*division_faults(compiled), *impossible]
    wrong = tuple(fault.place for fault in faults if fault.severity == "error")
    if not any(place.startswith(_FIGURES) for place in wrong):
        faults += compiled_check_faults(compiled, {fault.place for fault in impossible})
        for number, example in enumerate(spec.examples):
            place = f"examples[{number}]"
            if not any(one.startswith((*_SCORES, place)) for one in wrong):
                faults += run_example(compiled, example, place)
    return tuple(faults)


def _general(spec: TemplateSpec) -> Iterator[Fault]:
    if not spec.years:
        yield Fault("years", "没有写适用的年度，请写，例如 [2024]")
    elif sorted(spec.years) != list(range(min(spec.years), min(spec.years) + len(spec.years))):
        yield Fault("years", "适用的年度要连续，不能重复：中间隔开的年度请另建模板")
    if not spec.report_title.strip():
        yield Fault("report_title", "没有写报告的标题")
    if not re.fullmatch(r"[0-9]{6}([0-9]{3})?", spec.region):
        yield Fault("region", f"“{spec.region}”不是行政区划代码，请写 6 位（乡镇 9 位）数字")
    if not 0 < spec.total < MAX_TOTAL:
        yield Fault("total", f"总分是 {plain(spec.total)}，应大于 0、小于 {MAX_TOTAL}")
    if spec.score_places not in range(5):
        yield Fault("score_places", "得分的小数位数应在 0 至 4 之间")
    if spec.scored and not spec.indicators:
        yield Fault("indicators", "计分的模板没有指标；不计分的请写 scored: false")
    if not spec.scored and (spec.indicators or spec.grades or spec.adjustments):
        yield Fault("scored", "不计分的模板不能有指标、等级和总分调整")
    if not spec.steps():
        yield Fault("outline", "没有一步可以填写（step）")
    if spec.project_template and spec.kind != "department":
        yield Fault("project_template", "只有部门整体支出的模板（kind: department）下面有项目自评")


def _fields(spec: TemplateSpec) -> Iterator[Fault]:
    kinds = {item.code: item.kind for item in spec.fields}
    for number, item in enumerate(spec.fields):
        place = f"fields[{number}]"
        yield from _definition(place, item)
        if item.formula and item.required:
            yield Fault(f"{place}.required", "由公式得出的数据项不用填写，不能是必填项")
        if item.minimum is not None and item.maximum is not None and item.minimum > item.maximum:
            yield Fault(f"{place}.minimum", "最小值大于最大值")
        if item.money_unit and item.kind != "money":
            yield Fault(f"{place}.money_unit", "只有金额（money）才写金额单位")
        if item.prior in kinds and kinds[item.prior] != item.kind:
            yield Fault(f"{place}.prior", "上年的数据项与本项类型不同")


def _definition(place: str, item: Field | Column) -> Iterator[Fault]:
    if not item.label.strip():
        yield Fault(f"{place}.label", "没有名称，请写上")
    if (item.kind == "choice") != bool(item.choices):
        yield Fault(f"{place}.choices", "选择项（choice）要写可选的值，其他类型不写")
    if len(set(item.choices)) < len(item.choices) or not all(one.strip() for one in item.choices):
        yield Fault(f"{place}.choices", "可选的值不能空着，也不能重复")
    if absent := next((one for one in item.choices if reads_as_absent(one)), None):
        yield Fault(f"{place}.choices", f"“{absent}”会被当作“不适用”，选不到，请换一个说法")
    units = {"money": ("", "元"), "percent": ("", "%")}.get(item.kind)
    if units and item.unit not in units:
        yield Fault(f"{place}.unit", f"单位只能是{units[1]}（换算由模板的 unit 统一决定）")
    if item.places is not None and item.places not in range(7):
        yield Fault(f"{place}.places", "小数位数应在 0 至 6 之间")
    if item.personal and (item.kind not in ("text", "long_text") or item.formula):
        yield Fault(f"{place}.personal", "只有填写的文字可以注明为个人信息（personal）")


def _tables(spec: TemplateSpec) -> Iterator[Fault]:
    for number, table in enumerate(spec.tables):
        place = f"tables[{number}]"
        if not table.columns:  # compiling says so
            continue
        yield from _columns(place, table)
        if table.money_unit and not any(column.kind == "money" for column in table.columns):
            yield Fault(f"{place}.money_unit", "表里没有金额的列，不写金额单位")
        if table.source == "derived" and not table.rows:
            yield Fault(f"{place}.rows", "固定行的表一行也没有，请加上行")
        if table.source != "derived" and table.rows:
            yield Fault(f"{place}.rows", "只有 source: derived 的表有固定行")
        if len(table.prefill) > table.max_rows or (table.prefill and table.source != "input"):
            yield Fault(f"{place}.prefill", "预填的行只用于填写的表，不能多于 max_rows")
        if table.total_label and not any(column.total for column in table.columns):
            yield Fault(f"{place}.total_label", "有合计行，但没有要合计的列（total）", "warning")


def _columns(place: str, table: Table) -> Iterator[Fault]:
    first = table.columns[0]
    if first.formula or first.amount or first.kind in NUMBER_KINDS:
        yield Fault(f"{place}.columns[0]", "第一列是行的名称，应是文字")
    for number, column in enumerate(table.columns):
        where = f"{place}.columns[{number}]"
        yield from _definition(where, column)
        if column.total and column.kind not in NUMBER_KINDS:
            yield Fault(f"{where}.total", "只有数字可以合计")
        yield from _taken(where, table, column, first=not number)
        if column.required and (column.formula or table.source != "input"):
            yield Fault(f"{where}.required", "不是填写的列，不能必填")


def _taken(place: str, table: Table, column: Column, *, first: bool) -> Iterator[Fault]:
    """What a column takes from the budget lines or from the projects."""
    source, amount = table.source, column.amount
    if source == "budget" and not first and not (amount or column.formula):
        yield Fault(place, "预算明细的表每列要写 amount 或公式")
    if source == "projects" and not first and not (amount or column.formula):
        yield Fault(place, "项目的表每列要写 amount 或公式")
    if amount and source not in ("budget", "projects"):
        yield Fault(f"{place}.amount", "只有 source: budget 和 projects 的表从预算明细和项目取数")
    if column.economic and source != "budget":
        yield Fault(f"{place}.economic", "只有 source: budget 的表按经济分类取数")
    if amount == "score" and source == "budget":
        yield Fault(f"{place}.amount", "预算明细没有得分，只有 source: projects 的表可以写 score")
    elif amount and column.formula:
        yield Fault(f"{place}.formula", "从预算明细或项目取数的列不写公式")
    elif amount and (column.kind == "money") != (amount != "score"):
        wanted = "数字（number）" if amount == "score" else "金额（money）"
        yield Fault(f"{place}.kind", f"{amount} 这一列应是{wanted}")


def _indicators(spec: TemplateSpec) -> Iterator[Fault]:
    for place, node in walk_indicators(spec):
        level = place.count("children")
        if not node.name.strip():
            yield Fault(f"{place}.name", "没有名称")
        if level >= len(_LEVELS):
            yield Fault(place, "指标最多三级")
        if node.children:
            yield from _group(place, node, _LEVELS[min(level, 2)])
        elif node.open:
            yield from _weight(place, node, spec)
            yield from open_faults(place, node, level)
        else:
            yield from _leaf(place, node, spec)
    if spec.indicators:
        weights = sum((node.full_weight for node in spec.indicators), ZERO)
        if weights != spec.total:
            apart = f"{'还差' if weights < spec.total else '多出'} {plain(abs(weights - spec.total))} 分"
            words = f"各项指标的分值之和是 {plain(weights)}，应等于总分 {plain(spec.total)}，{apart}"
            yield Fault("indicators", words)
    yield from _weight_groups(spec)


def _group(place: str, node: Indicator, level: str) -> Iterator[Fault]:
    if node.rule is not None or node.open:
        key = "rule" if node.rule is not None else "open"
        yield Fault(f"{place}.{key}", "有下级的指标不写计分规则，也不自设下级")
    if node.evidence or node.evidence_hint:
        words = "佐证材料（evidence）写在三级指标或自设指标的组上，不写在有下级的指标上"
        yield Fault(f"{place}.evidence", words)
    if node.weight is not None and node.weight != node.full_weight:
        whole = plain(node.full_weight)
        yield Fault(f"{place}.weight", f"{level}指标写 {plain(node.weight)} 分，下级之和是 {whole} 分")


def _weight(place: str, node: Indicator, spec: TemplateSpec) -> Iterator[Fault]:
    if node.weight is None or node.weight <= 0:
        yield Fault(f"{place}.weight", "没有分值，请写大于 0 的分值")
    elif rounded(node.weight, spec.score_places) != node.weight:
        yield Fault(f"{place}.weight", f"分值 {plain(node.weight)} 的小数多于得分的位数（score_places）")


def _leaf(place: str, node: Indicator, spec: TemplateSpec) -> Iterator[Fault]:
    yield from _weight(place, node, spec)
    if node.rule is None:
        yield Fault(f"{place}.rule", "没有计分规则，请选一种并写明怎样得分")
    elif node.weight is not None and node.weight > 0:
        yield from rule_faults(place, node)
    if node.na_when and node.na == "forbidden":
        yield Fault(f"{place}.na", "写了不适用的条件（na_when），却不允许不适用")
    if node.na == "excluded" and not any(item.kind == "rescale_na" for item in spec.adjustments):
        yield Fault(f"{place}.na", "不适用时剔除，但没有折算（adjustments: rescale_na），总分会偏低")


def _weight_groups(spec: TemplateSpec) -> Iterator[Fault]:
    """Leaves that print one merged weight stand side by side under one parent."""
    for place, node in walk_indicators(spec):
        names = [child.weight_group for child in node.children]
        runs = [name for name, before in zip(names, [None, *names], strict=False) if name and name != before]
        for name in sorted({name for name in runs if runs.count(name) > 1}):
            yield Fault(place, f"合并分值“{name}”的指标没有排在一起")
    parents: dict[str, str] = {}
    for place, node in walk_indicators(spec):
        parent = place.rpartition(".")[0]
        if node.weight_group and parents.setdefault(node.weight_group, parent) != parent:
            yield Fault(place, f"合并分值“{node.weight_group}”的指标不在同一个上级之下")


def _grades(spec: TemplateSpec) -> Iterator[Fault]:
    minimums = [band.minimum for band in spec.grades]
    for number, band in enumerate(spec.grades):
        if not band.name.strip():
            yield Fault(f"grades[{number}].name", "没有名称")
        if len(band.name) > MAX_GRADE:
            yield Fault(f"grades[{number}].name", f"“{band.name}”太长，等级名称最多 {MAX_GRADE} 个字")
        if not 0 <= band.minimum < spec.total:
            yield Fault(f"grades[{number}].minimum", f"应在 0 至 {plain(spec.total)} 之间")
        if minimums.count(band.minimum) > 1:
            yield Fault(f"grades[{number}].minimum", f"{plain(band.minimum)} 分对应几个等级")
    if minimums and min(minimums) > 0:
        yield Fault("grades", f"{plain(min(minimums))} 分以下没有等级")
    if len({band.name for band in spec.grades}) < len(spec.grades):
        yield Fault("grades", "等级的名称重复")


def _adjustments(spec: TemplateSpec) -> Iterator[Fault]:
    if sum(item.kind == "rescale_na" for item in spec.adjustments) > 1:
        yield Fault("adjustments", "折算只能有一次")
    for number, item in enumerate(spec.adjustments):
        place = f"adjustments[{number}]"
        if item.kind == "rescale_na" and not 0 <= item.minimum_weight <= spec.total:
            yield Fault(f"{place}.minimum_weight", f"应在 0 至总分 {plain(spec.total)} 之间")
        if item.kind == "cap":
            if not item.steps:
                yield Fault(f"{place}.steps", "封顶没有写档次，请写低于百分之几时最多得几分")
            yield from _ascending(f"{place}.steps", "below", [step.below for step in item.steps])
            yield from _ascending(f"{place}.steps", "cap", [step.cap for step in item.steps])


def _ascending(place: str, name: str, values: list[Decimal]) -> Iterator[Fault]:
    for number, (before, after) in enumerate(pairwise(values), 1):
        if before >= after:
            yield Fault(f"{place}[{number}].{name}", "应从小到大排列，否则这一档永远轮不到")


def _examples(spec: TemplateSpec) -> Iterator[Fault]:
    different = {canonical_json(dump(replace(example, name=""))) for example in spec.examples}
    if len(different) < MIN_EXAMPLES:
        number = f"只有 {len(different)} 个不同的示例" if different else "没有示例"
        yield Fault("examples", f"{number}：请写 {MIN_EXAMPLES} 个以上由财政部门手工算过的例子")
    for number, example in enumerate(spec.examples):
        place = f"examples[{number}]"
        if spec.scored and example.total is None:
            yield Fault(f"{place}.total", "没有写总分")
        if not spec.scored and (example.points or example.total is not None):
            yield Fault(place, "不计分的模板没有得分和总分，示例只写应得出的数（values）")
        elif not spec.scored and not example.values:
            yield Fault(f"{place}.values", "没有写应得出的数，这个示例什么也核对不了")
