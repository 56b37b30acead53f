"""What was typed under one version of a template, laid into the boxes of another. No database.

A box is known by its code, an item of a checklist by its words. What finds its box stands there, in whichever
step that is now; a choice that is no longer offered stands as text that cannot be read. What finds none (the
box is gone, or holds another kind of figure) is kept with the step in which it stood, under `kept`, where
nothing counts, prints or freezes it, and comes back with its box.

    kept   [{"part": "fields" | "raw" | "texts" | "overrides" | "tables", "code", "meaning", "value"}]

`code` is that of the box (`BJ-I12#制度健全` for an item); `meaning` tells kinds of figures apart, of a table
by column.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

from evaluations import names, sections
from evaluations.sections import Content
from indicators.engine.kinds import Checklist
from indicators.engine.names import gist
from indicators.engine.spec import Column, Field
from indicators.engine.template import CompiledTemplate
from indicators.engine.values import TEXT_KINDS, ValueFault, restore

KEPT = "kept"
Contents = Mapping[str, Mapping[str, Any]]
Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Reseated:
    """The contents of all steps, old and new; `kept` and `returned`: codes that lost or got back a box."""

    contents: dict[str, dict[str, Any]]
    kept: tuple[str, ...] = ()
    returned: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reseating:
    """The way from one version to another, the same for every draft."""

    old: CompiledTemplate
    new: CompiledTemplate

    @cached_property
    def trivial(self) -> bool:
        """Whether every box is where it was, so that all contents stay as they are."""
        return _layout(self.old) == _layout(self.new)

    @cached_property
    def changed_steps(self) -> frozenset[str]:
        """The steps whose boxes are not those that they were."""
        before, after = _layout(self.old), _layout(self.new)
        return frozenset(step for step in {**before, **after} if before.get(step) != after.get(step))

    def of(self, contents: Contents) -> Reseated:
        """The contents of one draft under the new version."""
        if self.trivial:
            return Reseated({step: dict(content) for step, content in contents.items()})
        return _Draft(self.old, self.new, contents).reseated()


@lru_cache(maxsize=64)
def between(old: CompiledTemplate, new: CompiledTemplate) -> Reseating:
    """The way between two versions, worked out once."""
    return Reseating(old, new)


# ── boxes ───────────────────────────────────────────────────────────────────────────────────────────────────


def _meaning(definition: Field | Column | None) -> str:
    """What figures must have in common to stand for one another."""
    if definition is None:
        return ""
    if definition.kind in TEXT_KINDS:
        return "text"
    return f"{definition.kind} {definition.unit}".strip()


def _fits(meaning: str, definition: Field | Column) -> bool:
    return meaning == _meaning(definition) or (meaning == "choice" and definition.kind in TEXT_KINDS)


def _known(compiled: CompiledTemplate, code: str) -> str:
    """What a figure is known by: its code; of an answer to an item, the indicator and the item's words."""
    leaf = compiled.leaf.get(compiled.answers.get(code, ""))
    if leaf is None or not isinstance(leaf.rule, Checklist):
        return code
    number = code.removeprefix(f"{leaf.code}-")
    if not number.isdecimal():
        return code
    texts = [gist(item.text) for item in leaf.rule.items]
    own = texts[int(number) - 1]
    before = texts[: int(number) - 1].count(own)
    return f"{leaf.code}#{own}" + (f"#{before + 1}" if before else "")


@dataclass(frozen=True, slots=True)
class _Seats:
    """Where the boxes of a version are, by what they are known by: (step, code) and definition."""

    fields: dict[str, tuple[str, str, Field]] = field(default_factory=dict)
    tables: dict[str, tuple[str, dict[str, Column]]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    printed: dict[str, str] = field(default_factory=dict)


@lru_cache(maxsize=64)
def _seats(compiled: CompiledTemplate) -> _Seats:
    found = _Seats()
    for step in compiled.steps:
        boxes = sections.boxes(compiled, step)
        for code, definition in boxes.fields.items():
            found.fields[_known(compiled, code)] = (step, code, definition)
        for code, table in boxes.tables.items():
            found.tables[code] = (step, sections.typed_columns(table))
        found.texts.update(dict.fromkeys(boxes.texts, step))
        found.printed.update(dict.fromkeys(boxes.printed, step))
    return found


@lru_cache(maxsize=64)
def _layout(compiled: CompiledTemplate) -> dict[str, tuple[Any, ...]]:
    """Of every step what decides whether contents can stay as they are."""
    found = {}
    for step in compiled.steps:
        boxes = sections.boxes(compiled, step)
        found[step] = (
            {code: (_known(compiled, code), *_shape(one)) for code, one in boxes.fields.items()},
            {
                code: {key: _shape(column) for key, column in sections.typed_columns(table).items()}
                for code, table in boxes.tables.items()
            },
            set(boxes.texts),
            set(boxes.printed),
        )
    return found


def _shape(definition: Field | Column) -> tuple[str, tuple[str, ...]]:
    return _meaning(definition), definition.choices


# ── one draft ───────────────────────────────────────────────────────────────────────────────────────────────


class _Draft:
    def __init__(self, old: CompiledTemplate, new: CompiledTemplate, contents: Contents) -> None:
        self.old, self.new, self.before = old, new, contents
        self.seats = _seats(new)
        self.after: dict[str, Content] = {step: sections.empty() for step in new.steps}
        self.left: dict[str, list[Entry]] = defaultdict(list)
        self.kept: list[str] = []
        self.returned: list[str] = []

    def reseated(self) -> Reseated:
        """What stands in a box first, then what was kept from earlier versions where a box is still empty."""
        for step, content in self.before.items():
            for entry in self._standing(content):
                if rest := self._seat(entry):
                    self._keep(step, rest)
                    self.kept.append(entry["code"])
        for step, content in self.before.items():
            for entry in content.get(KEPT, ()):
                rest = self._seat(entry, back=True)
                if rest != entry:
                    self.returned.append(entry["code"])
                if rest:
                    self._keep(step, rest)
        self._propose()
        contents: dict[str, dict[str, Any]] = {**self.after}
        for step in self.before:
            contents.setdefault(step, sections.empty())
        for step, entries in self.left.items():
            contents[step] = {**contents[step], KEPT: entries}
        return Reseated(contents, tuple(self.kept), tuple(self.returned))

    def _standing(self, content: Mapping[str, Any]) -> Iterator[Entry]:
        """Everything in a step as entries; of a table one, with the raw texts of its cells."""
        for code, value in content.get("fields", {}).items():
            yield self._entry("fields", code, value)
        cells: dict[str, dict[str, str]] = defaultdict(dict)
        for name, text in content.get("raw", {}).items():
            if cell := names.read_cell(name):
                cells[cell.table][name] = text
            else:
                yield self._entry("raw", name, text)
        for code, rows in content.get("tables", {}).items():
            columns = self.old.tables[code].columns if code in self.old.tables else ()
            meaning = {column.code: _meaning(column) for column in columns}
            value = {"rows": rows, "raw": cells.get(code, {})}
            yield {"part": "tables", "code": code, "meaning": meaning, "value": value}
        for part in ("texts", "overrides"):
            for code, value in content.get(part, {}).items():
                yield {"part": part, "code": code, "meaning": "", "value": value}

    def _entry(self, part: str, code: str, value: Any) -> Entry:
        meaning = _meaning(self.old.fields.get(code))
        return {"part": part, "code": _known(self.old, code), "meaning": meaning, "value": value}

    def _keep(self, step: str, entry: Entry) -> None:
        """What is kept already of the same box and meaning is older and makes way."""
        same = ("part", "code", "meaning")
        entries = self.left[step]
        if not any(all(one[key] == entry[key] for key in same) for one in entries):
            entries.append(entry)

    def _seat(self, entry: Entry, *, back: bool = False) -> Entry | None:
        """Lay an entry into its box; returns what found none (None: all did)."""
        part, code, value = entry["part"], entry["code"], entry["value"]
        if part == "tables":
            return self._seat_table(entry, back=back)
        if part in ("texts", "overrides"):
            step = (self.seats.texts if part == "texts" else self.seats.printed).get(code)
            if step is None or code in self.after[step][part]:
                return entry
            self.after[step][part][code] = value
            return None
        if code not in self.seats.fields:
            return entry
        step, box, definition = self.seats.fields[code]
        content = self.after[step]
        if not _fits(entry["meaning"], definition) or box in content["fields"] or box in content["raw"]:
            return entry
        if part == "raw" and definition.kind not in TEXT_KINDS:
            content["raw"][box] = value
        else:
            _put(content, content["fields"], box, box, definition, value)
        return None

    def _seat_table(self, entry: Entry, *, back: bool) -> Entry | None:
        code, meaning = entry["code"], entry["meaning"]
        rows, raw = entry["value"]["rows"], entry["value"]["raw"]
        if code not in self.seats.tables:
            return entry
        step, columns = self.seats.tables[code]
        content = self.after[step]
        seated = [key for key, kind in meaning.items() if key in columns and _fits(kind, columns[key])]
        if back and not seated:
            return entry
        placed = content["tables"].get(code)
        if placed is None and back and code in self.old.tables:
            return entry  # its rows were deleted since
        if placed is None:
            placed = content["tables"][code] = [{"id": row["id"]} for row in rows]
        by_id = {row["id"]: row for row in placed}
        for row in rows:
            for key in seated:
                if row["id"] in by_id and key in row and key not in by_id[row["id"]]:
                    name = names.cell(code, row["id"], key)
                    _put(content, by_id[row["id"]], key, name, columns[key], row[key])
        gone = [key for key in meaning if key not in seated]
        rest_raw = {}
        for name, text in raw.items():
            cell = names.read_cell(name)
            if cell and cell.column in seated and cell.row in by_id:
                content["raw"].setdefault(name, text)
            elif cell and cell.column in gone:
                rest_raw[name] = text
        rest = [{key: row[key] for key in ("id", *gone) if key in row} for row in rows]
        rest = [row for row in rest if len(row) > 1]
        if not rest and not rest_raw:
            return None
        left = {key: meaning[key] for key in gone}
        return entry | {"meaning": left, "value": {"rows": rest, "raw": rest_raw}}

    def _propose(self) -> None:
        """Rows that the template proposes in tables that are new."""
        for code, (step, _) in self.seats.tables.items():
            if code not in self.old.tables and code not in self.after[step]["tables"]:
                self.after[step]["tables"].update(sections.proposed(self.new.tables[code]))


def _put(
    content: Content,
    values: dict[str, Any],
    key: str,
    name: str,
    definition: Field | Column,
    value: str,
) -> None:
    """A value where it can be read as one of this box, otherwise as text in need of correction."""
    if definition.choices and value not in definition.choices:
        value = next((one for one in definition.choices if gist(one) == gist(value)), value)
    try:
        restore(definition, value)
    except ValueFault:
        content["raw"][name] = value
    else:
        values[key] = value
