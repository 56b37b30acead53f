"""A workbook that somebody edited → the template that it says, or every problem with its place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..engine.faults import TemplateFaults
from ..engine.reading import MISSING, hints_of, read_template
from ..engine.spec import TemplateSpec
from ..engine.words import name_of, noun
from . import cells
from .columns import DOT, FOR_READING, beginnings, classes_in, is_many
from .grid import Cell, Heads, Line, Log, Spot, lines, read_sheets
from .groups import Pieces
from .layout import GENERAL, GUIDE, LEVELS, Sheet, Workbook, workbook

ITEM, CONTENT = "项目", "内容"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a workbook says. `notes`: sentences worth knowing; `log` finds the places of later faults."""

    spec: TemplateSpec
    notes: tuple[str, ...]
    log: Log


def read_workbook(data: bytes) -> Reading:
    """The template in an .xlsx; the places of faults are in words: 工作表“指标”第 7 行“分值”列.

    Raises `FileFault` when the file is no workbook, `TemplateFaults` with every problem.
    """
    book, log = workbook(), Log()
    names = (GENERAL, *(sheet.title for sheet in book.sheets))
    sheets = read_sheets(data, names, GUIDE, log)
    found: dict[str, Any] = {}
    if GENERAL in sheets:
        found = _general(lines(sheets[GENERAL], Heads((ITEM, CONTENT), (ITEM, CONTENT)), log), book, log)
    reader, lacking = _Reader(book, found, log), GENERAL not in sheets
    for sheet in book.sheets:
        if sheet.title in sheets:
            found_in = sheets[sheet.title]
            log.places |= {key: found_in.spot for (key, *_) in sheet.paths if sheet.owner is None}
            reader.read(sheet, lines(found_in, sheet.wanted(), log))
        else:
            lacking = True
            log.wrong |= {path[0] for path in sheet.paths if sheet.owner is None}
    spec = None
    try:
        spec = read_template(found)
    except TemplateFaults as error:
        for fault in error.faults:
            if not log.is_wrong(fault.place) and not (lacking and fault.place not in log.places):
                log.problem(log.spot(fault.place) or Spot(0, GENERAL), _said(fault.place, fault.message, log))
    if spec is None or log.problems:
        raise TemplateFaults(log.faults())
    return Reading(spec, tuple(log.notes), log)


def _said(place: str, message: str, log: Log) -> str:
    """The message, as it is said of a cell, or with the name of a key for which there is no cell."""
    if place in log.places:
        return "空着：这里必须填写" if message == MISSING else message
    classes: tuple[type, ...] = (TemplateSpec,)
    name = ""
    for key in re.findall(r"[^.\[\]]+", re.sub(r"\[\d+\]", "", place)):
        owner = next((cls for cls in classes if key in hints_of(cls)), None)
        if owner is None:
            break
        name, classes = name_of(owner, key), classes_in(hints_of(owner)[key])
    return f"“{name}”{message}" if name else message


def _general(rows: Sequence[Line], book: Workbook, log: Log) -> dict[str, Any]:
    """The sheet of names and values, read as if it were one line."""
    heads = [column.head for column in book.general.heads()]
    one = Line(Spot(0, GENERAL), {}, dict.fromkeys(heads, -1))
    one.blanks |= {head: Spot(0, GENERAL, head=head, upright=True) for head in heads}
    for line in rows:
        name = cells.bare(line.cells[ITEM].value) if ITEM in line.cells else ""
        spot = Spot(0, GENERAL, line.spot.row, 1, name, upright=True)
        if not name:
            log.problem(line.at(ITEM), f"空着，旁边却有“{CONTENT}”：请补上{ITEM}的名称")
        elif name not in heads:
            log.problem(line.at(ITEM), f"没有“{cells.short(name)}”这一项{log.hint(name, heads)}")
        elif name in one.cells:
            log.problem(line.at(ITEM), f"“{name}”已经写过：请删去其中一行")
        elif CONTENT in line.cells:
            one.cells[name] = Cell(spot, line.cells[CONTENT].value, line.cells[CONTENT].fault)
        else:
            one.blanks[name] = spot
    return book.general.take_one([one], "", log)


class _Reader:
    """Puts the pieces of each sheet where they belong; owners are found by their codes."""

    def __init__(self, book: Workbook, found: dict[str, Any], log: Log) -> None:
        self.book, self.found, self.log = book, found, log
        #: (class, code) → the piece's plain data and its place.
        self.owners: dict[tuple[type, str], tuple[dict[str, Any], str]] = {}

    def read(self, sheet: Sheet, rows: Sequence[Line]) -> None:
        if sheet.owner is not None:
            self._read_owned(sheet, rows)
        elif sheet.tree_key:
            self._read_tree(sheet, rows)
        else:
            self._read_list(sheet, rows)

    def _read_list(self, sheet: Sheet, rows: Sequence[Line]) -> None:
        ((key,),) = sheet.paths
        for chunk in beginnings(rows, sheet.pieces.own(), is_read, self.log):
            self._add(self.found, key, sheet.pieces, chunk, "", TemplateSpec)

    def _read_tree(self, sheet: Sheet, rows: Sequence[Line]) -> None:
        ((key,),) = sheet.paths
        levels = [sheet.level(depth) for depth in range(1, len(LEVELS) + 1)]
        own = sheet.pieces.own()
        above: list[tuple[dict[str, Any], str]] = []
        for chunk in beginnings(rows, [*levels[:1], *own, *levels[1:]], is_read, self.log):
            depth = self._depth(sheet, chunk[0], levels, above)
            if depth == 1:
                holder, place, name, owner = self.found, "", key, TemplateSpec
            else:
                (holder, place), name, owner = above[depth - 2], "children", sheet.pieces.classes[0]
            above[depth - 1 :] = [self._add(holder, name, sheet.pieces, chunk, place, owner)]

    def _depth(
        self, sheet: Sheet, line: Line, levels: list[str], above: list[tuple[dict[str, Any], str]]
    ) -> int:
        """The level of a node, named in the last of the level columns that are filled."""
        deepest = [number for number, head in enumerate(levels, 1) if head in line.cells]
        if not deepest:
            self.log.problem(line.at(levels[0]), f"没有写名称：请在“{levels[0]}”等列中它那一级的一列填写")
            return 1
        *higher, depth = deepest
        line.cells[sheet.name.head] = line.cells[levels[depth - 1]]
        names = [cells.bare(line.cells[levels[number - 1]].value) for number in higher]
        known = [node.get(sheet.tree_key) for node, _ in above]
        if names and names != [known[number - 1] for number in higher if number <= len(known)]:
            self.log.problem(
                line.at(levels[higher[0] - 1]), "和上面的名称不一样：一行只填一级，上级写在上面自己的一行里"
            )
        if depth > len(above) + 1:
            self.log.problem(
                line.at(levels[depth - 1]), f"上面没有“{levels[len(above)]}”：请先加一行写它的上级"
            )
            return len(above) + 1
        return depth

    def _read_owned(self, sheet: Sheet, rows: Sequence[Line]) -> None:
        belongs = [sheet.belongs.head] if sheet.belongs else []
        heads = [sheet.code.head, *belongs, *sheet.pieces.own()]
        for chunk in beginnings(rows, heads, is_read, self.log):
            code, path = self._code(sheet, chunk[0]), self._path(sheet, chunk[0])
            holder = self._holder(sheet, code, path, chunk[0]) if code and path else None
            if holder is not None:
                data, place, cls = holder
                self._add(data, path[-1], sheet.pieces, chunk, place, cls)
            elif len(sheet.pieces.classes) == 1 or sheet.pieces.kinds:
                sheet.pieces.take_one(chunk, "?", self.log)  # for what else is wrong in it

    def _code(self, sheet: Sheet, line: Line) -> str | None:
        """The code of the owner of a line; None for one that there is not."""
        spot, code = line.at(sheet.code.head), sheet.code.taken(line, self.log)
        if (sheet.owner, code) in self.owners:
            return code
        if code is not None:
            hint = self.log.hint(code, [code for cls, code in self.owners if cls is sheet.owner])
            self.log.problem(spot, f"没有代码为“{cells.short(code)}”的{noun(sheet.owner)}{hint}")
        elif sheet.code.head in line.heads and sheet.code.head not in line.cells:
            self.log.problem(spot, f"空着：请填它所属的{noun(sheet.owner)}的代码")
        return None

    def _path(self, sheet: Sheet, line: Line) -> tuple[str, ...] | None:
        """To what of its owner a line belongs; None where it does not say."""
        if sheet.belongs is None:
            return sheet.paths[0]
        said, spot = sheet.belongs.taken(line, self.log), line.at(sheet.belongs.head)
        if said is None and sheet.belongs.head in line.heads and sheet.belongs.head not in line.cells:
            self.log.problem(spot, f"空着，请从下拉列表中选：{'、'.join(sheet.belongs.words.values())}")
        return next((path for path, words in sheet.belongs.words.items() if words == said), None)

    def _holder(
        self, sheet: Sheet, code: str, path: tuple[str, ...], line: Line
    ) -> tuple[dict[str, Any], str, type] | None:
        """The piece to which the last key of a path belongs, its place and class; None where it is not."""
        (data, place), cls = self.owners[sheet.owner, code], sheet.owner
        for key in path[:-1]:
            hint, name = hints_of(cls)[key], name_of(cls, key)
            if self.book.elsewhere(hint) and key not in data:
                spot = line.at(sheet.code.head)
                self.log.problem(spot, f"“{code}”还没有{name}：请先在它的工作表里填写")
                return None
            data, place, cls = (
                data.setdefault(key, {}),
                f"{place}.{key}",
                self._class(hint, data.get(key, {})),
            )
            if cls is None:
                return None
        if path[-1] not in hints_of(cls):
            spot, name = line.at(sheet.belongs.head), sheet.belongs.words[path].rpartition(DOT)[2]
            self.log.problem(spot, f"“{code}”是{noun(cls)}，没有“{name}”：请删去这一行，或改它的计分规则")
            return None
        return data, place, cls

    def _class(self, hint: Any, data: dict[str, Any]) -> type | None:
        """Which of the classes a piece is; None when its kind was not readable."""
        classes = classes_in(hint)
        if len(classes) == 1:
            return classes[0]
        pieces = next(sheet.pieces for sheet in self.book.sheets if classes[0] in sheet.pieces.classes)
        return pieces.kinds.get(data.get("kind"))

    def _add(
        self, holder: dict[str, Any], key: str, pieces: Pieces, chunk: Sequence[Line], place: str, owner: type
    ) -> tuple[dict[str, Any], str]:
        """Read a piece and put it under `key` of its holder, an `owner`; returns it with its place."""
        hint, first = hints_of(owner)[key], chunk[0]
        place = f"{place}.{key}" if place else key
        classes = classes_in(hint)
        cls = classes[0] if len(classes) == 1 else None
        if is_many(hint):
            listed = holder.setdefault(key, [])
            place = f"{place}[{len(listed)}]"
            piece = pieces.take_one(chunk, place, self.log, cls)
            listed.append(piece)
        elif key in holder:
            self.log.problem(
                first.spot,
                f"“{name_of(owner, key)}”在第 {self.log.places[place].row} 行已经写过：请删去其中一行",
            )
            return {}, place
        else:
            piece = holder[key] = pieces.take_one(chunk, place, self.log, cls)
        self._remember(piece, place, cls, first)
        return piece, place

    def _remember(self, piece: dict[str, Any], place: str, cls: type | None, line: Line) -> None:
        """Pieces that other sheets refer to are known by their codes, which only one may have."""
        code = piece.get("code")
        if (
            cls is None
            or not isinstance(code, str)
            or not any(sheet.owner is cls for sheet in self.book.sheets)
        ):
            return
        if (cls, code) in self.owners:
            row = self.log.places[self.owners[cls, code][1]].row
            spot = self.log.places[f"{place}.code"]
            self.log.problem(spot, f"代码“{cells.short(code)}”和第 {row} 行重复：每个代码只能用一次，请改正")
        else:
            self.owners[cls, code] = piece, place


def is_read(head: str) -> bool:
    """Whether what stands below a head counts."""
    return not head.endswith(FOR_READING)
