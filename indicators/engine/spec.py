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
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

ZERO = Decimal(0)

FieldKind = Literal["money", "count", "number", "percent", "text", "long_text", "date", "choice", "yes_no"]
Severity = Literal["must_fix", "explain", "hint"]
Layer = Literal["格式", "必填", "表内", "表间", "年度间", "佐证"]
NumberingStyle = Literal[
    "", "一、", "（一）", "(一)", "1.", "1、", "1.1", "（1）", "①", "第一条", "——", "一是"
]


@dataclass(frozen=True, slots=True)
class Field:
    """数据项: one figure or short text, typed (`formula` empty) or derived (`formula` given, never typed).

    `unit`: money is always "元" (shown in the template's unit); count 人 户 次 …; percent "%", where 84.62
    means 84.62 %.
    `prior`: code of the field of this template that holds the same figure of last year (typed here because
    no evaluation of last year exists); shown beside the box when last year's evaluation is not in the system.
    `carry`: what may be taken from last year's evaluation: the value, only as a reference beside the box, or
    nothing.
    """

    code: str
    label: str
    kind: FieldKind = "money"
    unit: str = ""
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
    help: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table.

    In an input table a column is typed or has a row `formula` whose names are first this row's columns (code
    or label), then the template's figures. In a budget table (`source: budget`) it is the sum of `amount`
    over the budget lines of the row's functional class whose economic class starts with one of `economic`
    (all when empty).
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
    amount: Literal["", "opening", "adjustment", "final", "executed"] = ""
    economic: tuple[str, ...] = ()
    width: int = 0
    max_chars: int = 500


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
    one row per 功能分类 类/款/项 that occurs in the budget lines. `total_label` asks for a last row that sums
    the columns with `total`. The first column is the row's label. A printed override of the total is stored
    under the table's code.
    """

    code: str
    title: str
    source: Literal["input", "derived", "budget"] = "input"
    columns: tuple[Column, ...] = ()
    rows: tuple[TableRow, ...] = ()
    total_label: str = ""
    max_rows: int = 200
    required: bool = False
    prefill: tuple[str, ...] = ()
    unit_line: str = ""
    note: str = ""
    help: str = ""


@dataclass(frozen=True, slots=True)
class Sentence:
    """标准表述: a proposed sentence with bound figures `{label}`; offered when `when` holds or is empty."""

    text: str
    when: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of an outline node, in wizard and print order.

    kind        `code` names            wizard                       print
    text        the text itself         narrative box                paragraphs, with own sub-sections
    inputs      (`fields`)              boxes of the fields          nothing
    budget      (nothing)               the budget-line grid         nothing
    table       a table                 grid (input) or read-only    the table
    chart       a table                 nothing                      SVG of `value` over the first column
    paragraph   (`text`)                shown in grey                the text with its figures, always
    analysis    a leaf indicator        its answers and its working  working and points of the indicator
    indicators  (nothing)               nothing                      the whole indicator table with scores
    figures     (`fields`)              nothing                      a table label / unit / figure
    signature   (nothing)               nothing                      unit name and date
    """

    kind: Literal[
        "text",
        "inputs",
        "budget",
        "table",
        "chart",
        "paragraph",
        "analysis",
        "indicators",
        "figures",
        "signature",
    ]
    code: str = ""
    fields: tuple[str, ...] = ()
    label: str = ""
    prompt: str = ""
    required: bool = False
    max_chars: int = 20000
    sentences: tuple[Sentence, ...] = ()
    sub_numbering: tuple[NumberingStyle, ...] = ("（一）", "1.")
    text: str = ""
    chart: Literal["", "bar", "pie"] = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """章节: a node of the one outline that drives the wizard's steps and the printed chapters.

    `step` makes the node a page of the wizard and one stored row; everything typed below it belongs to that
    row. Every node with inputs lies in exactly one step. `appendix` prints on a new page as 附件.
    """

    code: str
    heading: str
    numbering: NumberingStyle = ""
    run_in: bool = False
    step: bool = False
    short: str = ""
    appears: Literal["both", "wizard", "print"] = "both"
    appendix: bool = False
    help: str = ""
    blocks: tuple[Block, ...] = ()
    children: tuple[Section, ...] = ()

    def walk(self) -> Iterator[Section]:
        """This node and all below it, in outline order."""
        yield self
        for child in self.children:
            yield from child.walk()


# ── scoring rules (计分规则) ────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Deviation:
    """Full points up to `limit`, then `points_per_step` off per `step` of excess, never below `floor`.

    `partial`: what a part of a step costs: nothing (`floor`), a whole step (`ceil`) or its share (`linear`).
    """

    measure: str
    limit: Decimal
    side: Literal["over", "under", "both"]
    step: Decimal
    points_per_step: Decimal
    partial: Literal["floor", "ceil", "linear"]
    kind: Literal["deviation"] = "deviation"
    floor: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Band:
    """`op` `bound` → `points`; e.g. `<=` 10 → 5."""

    op: Literal["<=", "<", ">=", ">", "=="]
    bound: Decimal
    points: Decimal


@dataclass(frozen=True, slots=True)
class Bands:
    """The first band that holds wins; `otherwise` (None: judged by a person) closes every gap."""

    measure: str
    bands: tuple[Band, ...]
    kind: Literal["bands"] = "bands"
    otherwise: Decimal | None = ZERO


@dataclass(frozen=True, slots=True)
class Item:
    """A checklist item; `points` counts in mode `add`."""

    text: str
    points: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Checklist:
    """`add`: points per fulfilled item; `deduct`: `per_violation` off per violated item or case."""

    items: tuple[Item, ...]
    mode: Literal["add", "deduct"]
    kind: Literal["checklist"] = "checklist"
    per_violation: Decimal = ZERO
    count: Literal["items", "cases"] = "items"
    floor: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Scaled:
    """measure ÷ `of` × weight, within 0…weight."""

    measure: str
    of: Decimal
    kind: Literal["scaled"] = "scaled"


@dataclass(frozen=True, slots=True)
class Level:
    """A judged level: fixed `points`, or a range `low`…`high` in percent of the weight, to choose inside."""

    text: str
    points: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """A person chooses a level, or points in 0…weight when there is no level."""

    kind: Literal["judged"] = "judged"
    levels: tuple[Level, ...] = ()


@dataclass(frozen=True, slots=True)
class Ratio:
    """实际 ÷ 目标 × weight (`reverse`: 目标 ÷ 实际), capped at the weight; national and Hunan forms.

    Above `explain_over` percent of the target (e.g. 130) the working asks for a reason.
    """

    actual: str
    target: str
    kind: Literal["ratio"] = "ratio"
    reverse: bool = False
    explain_over: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Expression:
    """Points by formula, clamped to 0…weight."""

    formula: str
    kind: Literal["expression"] = "expression"


Rule = Deviation | Bands | Checklist | Scaled | Judged | Ratio | Expression


@dataclass(frozen=True, slots=True)
class Indicator:
    """指标: a node of the tree 一级/二级/三级. A leaf has `weight` and `rule`, a group has `children`.

    `interpretation` 指标解释, `description` 指标说明 (the printed formula), `standard` 评价标准 (printed).
    `weight_group`: leaves of one group with the same value print one merged weight (the sum of theirs).
    `na`: points when not applicable. `na_when`: formula that makes it not applicable by itself.
    `zero_over_zero`: 0 ÷ 0 of the measure; `over_zero`: x ÷ 0 with x ≠ 0.
    `round_value`: decimals to which the measured value is rounded before the rule (None: exact value).
    """

    code: str
    name: str
    weight: Decimal | None = None
    rule: Rule | None = None
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
        if isinstance(rule, Judged) and rule.levels:
            levels = tuple(level.text for level in rule.levels)
            boxes.append(Field(f"{self.code}-level", "评定等次", "choice", choices=levels, required=True))
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
        boxes.append(Field(f"{self.code}-reason", "理由（不适用、改分或失分的原因）", "long_text"))
        return tuple(boxes)

    @property
    def wants_points(self) -> bool:
        """Whether a person may have to choose points inside a range."""
        rule = self.rule
        if isinstance(rule, Judged):
            return not rule.levels or any(level.points is None for level in rule.levels)
        return (isinstance(rule, Bands) and rule.otherwise is None) or self.na == "judged"


# ── checks, grades, adjustments, examples ───────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class CheckRule:
    """审核公式: `left` `op` `right` must hold where `when` does, for every row of table `each` if given.

    `missing_left/right`: what 未填 on that side means: skip the rule, count as 0, or fail. `parts`: number of
    rounded parts on the left; tolerance is `tolerance` + parts × ½ × `part_unit` (元 or the measure's unit).
    `places`: both sides are rounded half-up to these decimals before comparing (rates). `message` may hold
    {left} {right} {difference}; without one it is built from the labels. `fix_at`/`mention`: codes of fields
    or tables. A printed override with reason at one of `fix_at` turns a must_fix into explain.
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

    `figures` also holds answers (`BJ-I12-1: 是`). Values are written as a person types them, in 元.
    """

    name: str
    figures: dict[str, str]
    points: dict[str, Decimal]
    total: Decimal
    tables: dict[str, tuple[dict[str, str], ...]] = field(default_factory=dict)
    lines: tuple[dict[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class TemplateSpec:
    """指标模板, whole. `unit` is the money unit of the boxes and the report: 元, 千元 or 万元."""

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
