"""Which pieces of a template stand on which sheet of the workbook.

Only the plan below is written by hand; keys, heads and closed values follow the classes. A class that is not
planned lies beside its owner, and one that the template itself holds gets a sheet of its own.
"""

from __future__ import annotations

import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from ..engine import chapters, kinds, spec
from ..engine.reading import hints_of
from ..engine.scope import BUDGET_LINES, PROJECT_ROWS
from ..engine.spec import TemplateSpec
from ..engine.words import name_of, noun
from ..ordering import SortKey, key_order, keys_of_rows, labels
from .cells import is_cell
from .columns import DOT, FOR_READING, Column, classes_in
from .grid import Heads
from .groups import Pieces

GUIDE, GENERAL = "说明", "模板"
#: Sheets in their order, each with the classes whose pieces are its rows.
PLAN: dict[str, tuple[type, ...]] = {
    "指标": (spec.Indicator,),
    "计分规则": typing.get_args(kinds.Rule),
    "档次与条目": (kinds.Band, kinds.Item, kinds.Level),
    "数据项": (spec.Field,),
    "表格": (spec.Table,),
    "表格的列": (spec.Column,),
    "固定行": (spec.TableRow,),
    "章节": (chapters.Section,),
    "内容块": (chapters.Block,),
    "审核公式": (spec.CheckRule,),
    "审核示例": (spec.CheckExample,),
    "等级": (spec.GradeBand,),
    "总分调整": (spec.Adjustment,),
    "示例": (spec.Example,),
    "封面": (chapters.CoverLine,),
    "表式": (chapters.Form,),
    "表式内容": (chapters.FormPart,),
}
LEVELS = "一二三四五六七八九十"
BELONGS = "属于"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. `owner`: the class to whose code its rows refer, None for pieces of the template itself.

    `paths`: keys that lead from the owner (or the template) to the pieces. `key` of a tree is the one that
    names a node; it stands in the column of its level.
    """

    title: str
    pieces: Pieces
    owner: type | None
    paths: tuple[tuple[str, ...], ...]
    tree_key: str = ""

    @property
    def code(self) -> Column:
        """The code of the owner."""
        return Column(f"{noun(self.owner)}代码", required=True)

    @property
    def belongs(self) -> Column | None:
        """To what of the owner a row belongs, where that is not clear; a value is a whole path."""
        if len(self.paths) < 2:
            return None
        words = {path: words_of(self.owner, path) for path in self.paths}
        return Column(BELONGS, typing.Literal[tuple(words.values())], words, required=True)

    @property
    def called(self) -> str:
        """Head of the column that repeats what the owner is called."""
        return f"{noun(self.owner)}{FOR_READING}"

    def level(self, depth: int) -> str:
        """Head of the column for nodes of a level from 1."""
        return f"{LEVELS[depth - 1]}级{noun(self.pieces.classes[0])}"

    @property
    def name(self) -> Column:
        """The column in which a node of a tree would be named, were there no levels."""
        return self.pieces.columns[self.pieces.classes[0]][self.tree_key,]

    def columns(self, depth: int = len(LEVELS)) -> list[Column]:
        """All columns in their order; a tree has `depth` of levels after its code."""
        columns = self.pieces.heads()
        if self.tree_key:
            levels = [Column(self.level(number), required=number == 1) for number in range(1, depth + 1)]
            code, *rest = (column for column in columns if column != self.name)
            columns = [code, *levels, *rest]
        if self.owner is not None:
            belongs = [self.belongs] if self.belongs else []
            columns = [self.code, Column(self.called), *belongs, *columns]
        return columns

    def wanted(self) -> Heads:
        """What a reader of the sheet expects in its first row."""
        columns = self.columns()
        return Heads(
            tuple(column.head for column in columns),
            tuple(column.head for column in columns if column.required),
            self.pieces.free(),
            tuple(column.head for column in columns if self.is_quiet(column.head)),
        )

    def is_quiet(self, head: str) -> bool:
        """Whether a column is there only when it is needed."""
        levels = (self.level(number) for number in range(2, len(LEVELS) + 1)) if self.tree_key else ()
        return head.endswith(FOR_READING) or head in levels or head.startswith(self.pieces.free())


class Workbook:
    """The sheets for the classes of templates.

    `order`: how keys of mappings are sorted on the way out; `labels`: what they are called there.
    """

    def __init__(self, order: SortKey, labels: Mapping[str, str]) -> None:
        self.order, self.labels = order, labels
        own = {cls: name_of(TemplateSpec, key) for key, cls in _lists()}
        planned = {cls for classes in PLAN.values() for cls in classes}
        self.plan = PLAN | {title: (cls,) for cls, title in own.items() if cls not in planned}
        self.sheet_of = {cls: title for title, classes in self.plan.items() for cls in classes}
        ways: dict[str, dict[tuple[type | None, tuple[str, ...]], None]] = {title: {} for title in self.plan}
        for key, cls in _lists():
            ways[self.sheet_of[cls]][None, (key,)] = None
            for path, inner in self._ways(cls, ()):
                ways[self.sheet_of[inner]][cls, path] = None
        self.general = Pieces((TemplateSpec,), "", self)
        self.sheets = [self._sheet(title, tuple(ways[title])) for title in self.plan]

    def elsewhere(self, hint: Any) -> bool:
        """Whether pieces of this type have a sheet of their own."""
        return any(cls in self.sheet_of for cls in classes_in(hint))

    def row_names(self, head: str) -> Mapping[str, str]:
        """Names of the keys of rows that are the same in every template."""
        for scope in (BUDGET_LINES, PROJECT_ROWS):
            if head.rpartition(DOT)[2] == scope.label:
                return keys_of_rows(scope)
        return {}

    def _ways(self, cls: type, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], type]]:
        """The keys that lead from a class to pieces on other sheets."""
        for key, hint in hints_of(cls).items():
            for inner in classes_in(hint):
                if inner is cls:
                    continue  # a tree
                if inner in self.sheet_of:
                    yield (*path, key), inner
                if typing.get_origin(hint) is not tuple:
                    yield from self._ways(inner, (*path, key))

    def _sheet(self, title: str, ways: tuple[tuple[type | None, tuple[str, ...]], ...]) -> Sheet:
        classes = self.plan[title]
        (owner,) = {owner for owner, _ in ways}
        tree_key = ""
        if any(cls in classes_in(hint) for cls in classes for hint in hints_of(cls).values()):
            tree_key = next(key for key in ("name", "heading") if key in hints_of(classes[0]))
        paths = tuple(dict.fromkeys(path for _, path in ways))
        return Sheet(title, Pieces(classes, "", self), owner, paths, tree_key)


def _lists() -> Iterator[tuple[str, type]]:
    """The lists of pieces that a template holds: key and class."""
    for key, hint in hints_of(TemplateSpec).items():
        if not is_cell(hint):
            (cls,) = classes_in(hint)
            yield key, cls


def words_of(cls: type, path: tuple[str, ...]) -> str:
    """Keys in words: 自设指标·计分规则."""
    said, classes = [], (cls,)
    for key in path:
        owner = next(one for one in classes if key in hints_of(one))
        said.append(name_of(owner, key))
        classes = classes_in(hints_of(owner)[key])
    return DOT.join(said)


def workbook_for(template: TemplateSpec) -> Workbook:
    """The sheets for writing a template, with keys in its order."""
    return Workbook(key_order(template), labels(template))


@cache
def workbook() -> Workbook:
    """The sheets for reading, the same for every template."""
    return Workbook(lambda code: (0, code), {})
