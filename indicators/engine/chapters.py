"""What a template says of its outline: chapters (章节), their blocks, printed forms (表式), the cover."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

#: Whether evidence (佐证材料) is owed at a place: never, unless it is explained why there is none, always.
EvidenceRule = Literal["", "asked", "required"]
NumberingStyle = Literal[
    "", "一、", "（一）", "(一)", "1.", "1．", "1、", "1.1", "（1）", "①", "第一条", "——", "一是"
]


@dataclass(frozen=True, slots=True)
class Sentence:
    """标准表述: a proposed sentence with bound figures `{label}`; offered when `when` holds or is empty."""

    text: str
    when: str = ""


@dataclass(frozen=True, slots=True)
class FormCell:
    """A cell of a printed form: `text` with bound figures, or what was typed in the text or field `of`.

    `span` and `rows`: columns and rows of the form's grid that it takes. `label` cells are heads.
    """

    text: str = ""
    of: str = ""
    span: int = 1
    rows: int = 1
    label: bool = False
    align: Literal["left", "center", "right"] = "left"


#: What a column of the indicators may print, in the order in which they stand when a form says nothing.
INDICATOR_COLUMNS = ("first", "second", "third", "target", "actual", "weight", "score", "reason")


@dataclass(frozen=True, slots=True)
class IndicatorColumn:
    """A column of the indicators in a form: what `of` each it prints, under which head.

    `of`: `first` `second` `third` (names by level), `target` `actual` `weight` `score` `reason`, 得分系数
    `coefficient`, or a column of an open group (`sign` `unit` `adjusted`, or one of its own).
    """

    of: str
    label: str


@dataclass(frozen=True, slots=True)
class FormPart:
    """A piece of a form, top to bottom: `rows` of cells, a table with its heads, or the indicators.

    kind        prints                                                                     `spans`
    rows        `rows` as they are                                                         none
    table       heads and rows of the table `code`                                         of its columns
    indicators  `columns` of all; none: 一级 二级 三级指标, 年度指标值, 实际完成值,          of these columns
                分值, 得分, 偏差原因
    """

    kind: Literal["rows", "table", "indicators"]
    rows: tuple[tuple[FormCell, ...], ...] = ()
    code: str = ""
    spans: tuple[int, ...] = ()
    columns: tuple[IndicatorColumn, ...] = ()

    def prints(self) -> tuple[str, ...]:
        """What the columns of the indicators print, from left to right."""
        return tuple(column.of for column in self.columns) or INDICATOR_COLUMNS


@dataclass(frozen=True, slots=True)
class Form:
    """表式: an official form printed as one bordered table on a grid of `columns` equal columns.

    `footer` stands below it without border (填表人, 联系电话, 单位负责人签字), `note` is 填报说明.
    """

    code: str
    title: str
    columns: int
    parts: tuple[FormPart, ...]
    unit_line: str = ""
    footer: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class CoverLine:
    """A line of the cover page: 单位名称：浏阳市总工会. `text` may hold bound figures and names."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Block:
    """One piece of an outline node, in wizard and print order.

    kind        `code` names            wizard                       print
    text        the text itself         narrative box                paragraphs, with own sub-sections
    inputs      (`fields`)              boxes of the fields          nothing
    budget      (nothing)               the budget-line grid         nothing
    table       a table                 grid (input) or read-only    the table
    chart       a table                 nothing                      SVG of `value` over the first column
    paragraph   (`text`, `sentences`)   shown in grey                `text`, else the sentences that hold
    analysis    a leaf or open group    its answers and its working  working and points of the indicator
    indicators  (nothing)               nothing                      the whole indicator table with scores
    figures     (`fields`)              nothing                      a table label / unit / figure
    list        a table (`text`)        nothing                      each row as a list item
    form        a form                  nothing                      the form
    projects    (nothing)               the department's projects    nothing
    signature   (nothing)               nothing                      unit name and date

    A `paragraph` of sentences joins those whose `when` holds, so that its wording follows sign and zero. In a
    `list`, `text` is the pattern of a row, with the table's columns bound by label or code; its items are
    numbered by `list_numbering`, as are the `- ` lines of a narrative (empty: a style not used above).
    `layout` of the indicator table: with 评价标准 and 指标说明, or with 年度指标值, 实际完成值 and 偏差原因.
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
        "list",
        "form",
        "projects",
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
    list_numbering: NumberingStyle = ""
    layout: Literal["standards", "targets"] = "standards"
    text: str = ""
    chart: Literal["", "bar", "pie"] = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """章节: a node of the one outline that drives the wizard's steps and the printed chapters.

    `step` makes the node a page of the wizard and one stored row; everything typed below it belongs to that
    row. Every node with inputs lies in exactly one step. `appendix` prints on a new page as 附件. `optional`:
    prints, and takes a number, only when something was written in it. `renamable`: the author may print
    another heading (an override under the section's code). `embedded`: a document within the report; its
    heading is a centred title and the numbers inside begin anew. `evidence`: whether 佐证材料 of it must be
    uploaded; `evidence_hint` names what.
    """

    code: str
    heading: str
    numbering: NumberingStyle = ""
    run_in: bool = False
    step: bool = False
    short: str = ""
    appears: Literal["both", "wizard", "print"] = "both"
    appendix: bool = False
    optional: bool = False
    renamable: bool = False
    embedded: bool = False
    evidence: EvidenceRule = ""
    evidence_hint: str = ""
    help: str = ""
    blocks: tuple[Block, ...] = ()
    children: tuple[Section, ...] = ()

    def walk(self) -> Iterator[Section]:
        """This node and all below it, in outline order."""
        yield self
        for child in self.children:
            yield from child.walk()
