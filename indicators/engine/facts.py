"""What one evaluation states, as the engine receives it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .values import Value, total

#: What reports print where there is no figure.
NO_FIGURE = frozenset({"不适用", "无", "零", "—", "——", "-", "/"})


@dataclass(frozen=True, slots=True)
class Override:
    """改印: text printed instead of a derived figure, with the reason for it."""

    text: str
    reason: str

    @property
    def says_figure(self) -> bool:
        """Whether a number, or a word that stands for none, is printed."""
        words = self.text.strip()
        return words in NO_FIGURE or any(character.isdigit() for character in words)


@dataclass(frozen=True, slots=True)
class Line:
    """预算明细 of one year.

    `functional` 功能分类 and `economic` 经济分类 are codes (2012901, 30201); `kind` 支出类型 is 基本支出 or
    项目支出; `fund` 资金来源 and `project` 项目 are names. Amounts in 元.
    """

    id: str
    functional: str
    economic: str
    kind: str
    fund: str
    project: str
    opening: Value
    adjustment: Value
    executed: Value

    @property
    def final(self) -> Value:
        """全年预算 = 年初预算 + 调整数."""
        return total((self.opening, self.adjustment))


#: 单位: what a report says of its department by name, usable as bindings.
SUBJECT = ("单位名称", "单位简称", "行政区划", "项目名称", "主管部门")


@dataclass(frozen=True, slots=True)
class Project:
    """项目自评: a project of the department, with what its own evaluation says. Amounts in 元.

    `reference` is the project's evaluation, or what stands for it where there is none yet; `score` is then
    未填 and `grade` empty. `state` is the state of the evaluation, "" for none.
    """

    reference: str
    name: str
    opening: Value
    adjustment: Value
    executed: Value
    final: Value
    score: Value
    grade: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything typed for one evaluation; an absent key is 未填.

    `tables`: rows `{"id": …, column code: Value}`; `raw`: text that could not be read, by `code` or
    `table[row].column`; `texts`: narratives; `overrides`: by code of a derived figure or of a table (its
    total) or of a section that may be renamed (its heading); `previous`: last year's figures, typed and
    derived; `subject`: texts by the names of `SUBJECT`; `projects`: the department's projects in their order;
    `evidence`: how many files of 佐证材料 there are, by location (`evidence.of_indicator`, a section's code).
    """

    year: int
    figures: Mapping[str, Value] = field(default_factory=dict)
    tables: Mapping[str, tuple[Mapping[str, Any], ...]] = field(default_factory=dict)
    lines: tuple[Line, ...] = ()
    raw: Mapping[str, str] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    overrides: Mapping[str, Override] = field(default_factory=dict)
    previous: Mapping[str, Value] = field(default_factory=dict)
    subject: Mapping[str, str] = field(default_factory=dict)
    projects: tuple[Project, ...] = ()
    evidence: Mapping[str, int] = field(default_factory=dict)
