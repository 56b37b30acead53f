"""What a template says: frozen dataclasses, nothing computed.

One `TemplateSpec` is the whole of a published 指标模板: figures (数据项), tables, outline (章节), indicator
tree (指标体系), checks (审核公式), grade bands and worked examples. All amounts are `Decimal` in 元; all
texts are Chinese and may hold `{year}` and `{last_year}`. Codes are immutable across versions and years and
unique in the template over sections, texts, fields, tables and indicators together, so that a location
`step.code` is unambiguous.

The fields of every class are the keys of the YAML format (`docs/template-format.md`); `reading` checks them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Literal

from .chapters import CoverLine, EvidenceRule, Form, Section
from .kinds import ZERO, Bands, Checklist, Judged, Rule, Target

FieldKind = Literal["money", "count", "number", "percent", "text", "long_text", "date", "choice", "yes_no"]
Severity = Literal["must_fix", "explain", "hint"]
Layer = Literal["格式", "必填", "表内", "表间", "年度间", "佐证"]
MoneyUnit = Literal["", "元", "千元", "万元", "亿元"]


@dataclass(frozen=True, slots=True)
class Field:
    """数据项: one figure or short text, typed (`formula` empty) or derived (`formula` given, never typed).

    `unit`: money is always "元"; count 人 户 次 …; percent "%", where 84.62 means 84.62 %. `money_unit`: the
    unit in which money is typed and shown here where it is not the template's.
    `prior`: code of the field of this template that holds the same figure of last year (typed here because
    no evaluation of last year exists); shown beside the box when last year's evaluation is not in the system.
    `carry`: what may be taken from last year's evaluation: the value, only as a reference beside the box, or
    nothing. `personal`: names a clerk or says how to reach one; what the public reads leaves it out.
    """

    code: str
    label: str
    kind: FieldKind = "money"
    unit: str = ""
    money_unit: MoneyUnit = ""
    places: int | None = None
    formula: str = ""
    required: bool = False
    choices: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    basis: str = ""
    year_offset: int = 0
    prior: str = ""
    carry: Literal["value", "reference", "no"] = "reference"
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    max_chars: int = 2000
    personal: bool = False
    help: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    In an input table a column is typed or has a row `formula` whose names are first this row's columns (code
    or label), then the template's figures. In a budget table (`source: budget`) it is the sum of `amount`
    over the budget lines of the row's functional class whose economic class starts with one of `economic`
    (all when empty). In a project table (`source: projects`) it is the project's name (the first column), an
    `amount` of its budget lines, or its `score`. `personal` as in `Field`.
    """

    code: str
    label: str
    kind: FieldKind = "money"
    unit: str = ""
    places: int | None = None
    formula: str = ""
    required: bool = False
    choices: tuple[str, ...] = ()
    total: bool = False
    amount: Literal["", "opening", "adjustment", "final", "executed", "score"] = ""
    economic: tuple[str, ...] = ()
    width: int = 0
    max_chars: int = 500
    personal: bool = False


@dataclass(frozen=True, slots=True)
class TableRow:
    """A fixed row. `cells` maps column codes to formulas (derived tables only)."""

    code: str
    label: str
    cells: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the report.

    `source`: `input` rows typed and repeated by the department; `derived` fixed `rows` of formulas; `budget`
    one row per 功能分类 类/款/项 that occurs in the budget lines; `projects` one row per project of the
    department, with its own self-evaluation. `money_unit` as in `Field`. `total_label` asks for a last row
    that sums the columns with `total`. The first column is the row's label. A printed override of the total
    is stored under the table's code.
    """

    code: str
    title: str
    source: Literal["input", "derived", "budget", "projects"] = "input"
    money_unit: MoneyUnit = ""
    columns: tuple[Column, ...] = ()
    rows: tuple[TableRow, ...] = ()
    total_label: str = ""
    max_rows: int = 200
    required: bool = False
    prefill: tuple[str, ...] = ()
    unit_line: str = ""
    note: str = ""
    help: str = ""


# ── indicators ──────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class OwnColumn:
    """A column of the form that no score rests on, one box in every row of an open group: 是否核心指标."""

    code: str
    label: str
    kind: Literal["text", "choice", "yes_no"] = "text"
    choices: tuple[str, ...] = ()
    required: bool = False
    max_chars: int = 200


@dataclass(frozen=True, slots=True)
class OpenGroup:
    """自设指标: the department adds its own third-level indicators to a group, one row each.

    The rows are those of a table under the group's own code (`open_groups.columns`); their weights must add
    up to the group's `weight`. `seconds`: the 二级指标 to choose from, none where the form knows none; each
    `required_seconds` needs a row. `firsts`: where the group is no 一级指标 of the form but has several below
    it, each with its 二级指标, which stand together in `seconds`.

    `split`: 指标性质 (≥ … 定性), 指标值 and 度量单位 are boxes of their own. `adjusted`: a 调整指标值 may
    stand beside the 年度指标值, and counts instead of it. `columns`: further boxes. `labels`: what the form
    calls its columns, by their codes.
    """

    rule: Target
    seconds: tuple[str, ...]
    required_seconds: tuple[str, ...] = ()
    firsts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    max_rows: int = 40
    split: bool = False
    adjusted: bool = False
    columns: tuple[OwnColumn, ...] = ()
    labels: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Indicator:
    """指标: a node of the tree 一级/二级/三级. A leaf has `weight` and `rule`, a group has `children`.

    An open group has `weight` and `open` instead of children; for one evaluation its children are made from
    the rows (`open_groups.tree`).

    `interpretation` 指标解释, `description` 指标说明 (the printed formula), `standard` 评价标准 (printed).
    `weight_group`: leaves of one group with the same value print one merged weight (the sum of theirs).
    `na`: points when not applicable. `na_when`: formula that makes it not applicable by itself.
    `zero_over_zero`: 0 ÷ 0 of the measure; `over_zero`: x ÷ 0 with x ≠ 0.
    `round_value`: decimals to which the measured value is rounded before the rule (None: exact value).
    `evidence`: whether 佐证材料 of it must be uploaded (leaves and open groups); `evidence_hint` names what.
    """

    code: str
    name: str
    weight: Decimal | None = None
    rule: Rule | None = None
    open: OpenGroup | None = None
    children: tuple[Indicator, ...] = ()
    inputs: tuple[str, ...] = ()
    interpretation: str = ""
    description: str = ""
    standard: str = ""
    weight_group: str = ""
    na: Literal["forbidden", "full", "excluded", "zero", "judged"] = "forbidden"
    na_when: str = ""
    zero_over_zero: Literal["na", "cannot"] = "na"
    over_zero: Literal["cannot", "zero"] = "cannot"
    round_value: int | None = None
    value_unit: str = "%"
    evidence: EvidenceRule = ""
    evidence_hint: str = ""

    def walk(self) -> Iterator[Indicator]:
        """This node and all below it, in order."""
        yield self
        for child in self.children:
            yield from child.walk()

    def leaves(self) -> Iterator[Indicator]:
        """The leaves (三级指标) at or below this node, in order."""
        return (node for node in self.walk() if not node.children)

    @property
    def full_weight(self) -> Decimal:
        """Sum of the leaves' weights: upper levels are derived, never typed."""
        return sum((leaf.weight or ZERO for leaf in self.leaves()), ZERO)

    def answers(self) -> tuple[Field, ...]:
        """The boxes a person fills for this leaf, as ordinary fields; their codes begin with the indicator's.

        `…-1` … `…-n` checklist items (yes_no 符合, or the count of violating cases); `…-level` chosen
        level; `…-points` points chosen by a person; `…-na` declared 不适用; `…-self` self score where it
        differs from the computed one (手工改分); `…-reason` reason for 不适用, a self score, or lost points.
        A `Target` begins with `…-target` 年度指标值 and `…-actual` 实际完成值; its level or points, or
        `…-coefficient` 得分系数 instead of points, are asked for only when the outcome is judged.
        """
        if self.rule is None:
            return ()
        boxes: list[Field] = []
        rule = self.rule
        if isinstance(rule, Checklist):
            for number, item in enumerate(rule.items, 1):
                boxes.append(
                    Field(f"{self.code}-{number}", item.text, "count", "例", required=True)
                    if rule.mode == "deduct" and rule.count == "cases"
                    else Field(f"{self.code}-{number}", item.text, "yes_no", required=True)
                )
        if isinstance(rule, Target):
            boxes.append(Field(f"{self.code}-target", "年度指标值", "text", required=True, max_chars=500))
            boxes.append(Field(f"{self.code}-actual", "实际完成值", "text", required=True, max_chars=500))
        if isinstance(rule, Judged | Target) and rule.levels:
            levels = tuple(level.text for level in rule.levels)
            required = isinstance(rule, Judged)
            boxes.append(Field(f"{self.code}-level", "评定等次", "choice", choices=levels, required=required))
        if isinstance(rule, Target) and rule.coefficient_places is not None:
            share = Field(f"{self.code}-coefficient", "得分系数", "percent", "%")
            boxes.append(replace(share, minimum=ZERO, maximum=Decimal(100)))
        if self.wants_points:
            required = isinstance(rule, Judged) and not rule.levels
            boxes.append(
                Field(
                    f"{self.code}-points",
                    "评定分值",
                    "number",
                    "分",
                    required=required,
                    minimum=ZERO,
                    maximum=self.weight,
                )
            )
        if self.na != "forbidden":
            boxes.append(Field(f"{self.code}-na", "本指标不适用", "yes_no"))
        boxes.append(
            Field(
                f"{self.code}-self",
                "自评分（与计算分不同时填写）",
                "number",
                "分",
                minimum=ZERO,
                maximum=self.weight,
            )
        )
        reason = "理由（不适用、改分或失分的原因）"
        if isinstance(rule, Target):
            reason = "偏差原因分析及改进措施"
        boxes.append(Field(f"{self.code}-reason", reason, "long_text"))
        return tuple(boxes)

    @property
    def wants_points(self) -> bool:
        """Whether a person may have to choose points inside a range."""
        rule = self.rule
        if isinstance(rule, Target):
            return rule.coefficient_places is None
        if isinstance(rule, Judged):
            return not rule.levels or any(level.points is None for level in rule.levels)
        return (isinstance(rule, Bands) and rule.otherwise is None) or self.na == "judged"


# ── checks, grades, adjustments, examples ───────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class CheckExample:
    """One case for a check (审核公式的示例): what is typed, as in `Example`, amounts in 元.

    `projects`: rows of 项目自评. `previous`: last year's figures, typed or derived, by code. Years are best
    written {year}, {last_year}, {next_year}: they stand for the template's, of its first year.
    """

    figures: dict[str, str] = field(default_factory=dict)
    tables: dict[str, tuple[dict[str, str], ...]] = field(default_factory=dict)
    lines: tuple[dict[str, str], ...] = ()
    projects: tuple[dict[str, str], ...] = ()
    previous: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CheckRule:
    """审核公式: `left` `op` `right` must hold where `when` does, for every row of table `each` if given.

    `missing_left/right`: what 未填 on that side means: skip the rule, count as 0, or fail. `parts`: number of
    rounded parts on the left; tolerance is `tolerance` + parts × ½ × `part_unit` (元 or the measure's unit).
    `places`: both sides are rounded half-up to these decimals before comparing (rates). `message` may hold
    {left} {right} {difference}; without one it is built from the labels. `fix_at`/`mention`: codes of fields
    or tables. A printed override with reason at one of `fix_at` turns a must_fix into explain. `passing` and
    `failing`: a case in which the check compares and finds nothing, and one in which it finds something.
    """

    code: str
    title: str
    layer: Layer
    severity: Severity
    left: str
    op: Literal["=", "≠", "≤", "<", "≥", ">", "同填", "不同填"]
    right: str
    missing_left: Literal["skip", "zero", "fail"]
    missing_right: Literal["skip", "zero", "fail"]
    fix_at: tuple[str, ...]
    left_label: str = ""
    right_label: str = ""
    unit: str = "元"
    when: str = ""
    each: str = ""
    mention: tuple[str, ...] = ()
    tolerance: Decimal = ZERO
    part_unit: Decimal = ZERO
    parts: int = 0
    places: int | None = None
    message: str = ""
    hint: str = ""
    passing: CheckExample | None = None
    failing: CheckExample | None = None


@dataclass(frozen=True, slots=True)
class GradeBand:
    """等级: totals ≥ `minimum` (and below the next band's) are `name`."""

    name: str
    minimum: Decimal


@dataclass(frozen=True, slots=True)
class CapStep:
    """Where the measured rate is below `below`, the total is at most `cap`."""

    below: Decimal
    cap: Decimal


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A line of its own between the sum and the total.

    `rescale_na`: sum × total ÷ applicable weights (n/a policy `excluded`). `cap`: first matching step by
    `measure`.
    """

    kind: Literal["rescale_na", "cap"]
    label: str
    measure: str = ""
    steps: tuple[CapStep, ...] = ()
    minimum_weight: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Example:
    """Worked example (示例): typed figures → points per line → total; runs at publishing and in the tests.

    `figures` also holds answers (`BJ-I12-1: 是`). Values are written as a person types them, in 元. `values`:
    derived figures that must come out, by code, as they are shown in the template's unit. Points of an added
    indicator go by `group[number of the row]`. An unscored template has no points and no total.
    """

    name: str
    figures: dict[str, str]
    points: dict[str, Decimal] = field(default_factory=dict)
    total: Decimal | None = None
    values: dict[str, str] = field(default_factory=dict)
    tables: dict[str, tuple[dict[str, str], ...]] = field(default_factory=dict)
    lines: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class TemplateSpec:
    """指标模板, whole. `unit` is the money unit of the boxes and the report: 元, 千元 or 万元.

    `cover`: lines of a cover page; none, no cover. `project_template`: code of the template on which the
    department evaluates each of its projects (`kind: project`), as children of this evaluation.
    """

    code: str
    title: str
    report_title: str
    years: tuple[int, ...]
    region: str
    kind: Literal["department", "project"] = "department"
    scored: bool = True
    unit: Literal["元", "千元", "万元"] = "元"
    total: Decimal = Decimal(100)
    score_places: int = 2
    rounding: Literal["half_up", "down"] = "half_up"
    sources: tuple[str, ...] = ()
    notes: str = ""
    fields: tuple[Field, ...] = ()
    tables: tuple[Table, ...] = ()
    cover: tuple[CoverLine, ...] = ()
    forms: tuple[Form, ...] = ()
    project_template: str = ""
    outline: tuple[Section, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    checks: tuple[CheckRule, ...] = ()
    grades: tuple[GradeBand, ...] = ()
    adjustments: tuple[Adjustment, ...] = ()
    examples: tuple[Example, ...] = ()

    def sections(self) -> Iterator[Section]:
        """Every node of the outline, in order."""
        for section in self.outline:
            yield from section.walk()

    def leaves(self) -> Iterator[Indicator]:
        """Every 三级指标, in order."""
        for indicator in self.indicators:
            yield from indicator.leaves()

    def steps(self) -> tuple[Section, ...]:
        """The pages of the wizard, in order."""
        return tuple(section for section in self.sections() if section.step)
