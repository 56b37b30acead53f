"""One step of the wizard: what it takes, reading what was typed, and what that changed. No database.

A section's content is `{fields, tables, texts, raw, overrides}` (see `SectionData`). Text that cannot be read
as the value asked for is kept in `raw` and reported as a fault, never dropped. What exceeds a limit is
refused whole.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from indicators.engine.chapters import Block, Section
from indicators.engine.facts import Override
from indicators.engine.spec import Column, Field, Table
from indicators.engine.template import CompiledTemplate
from indicators.engine.values import ValueFault, canonical, clean, parse

from .errors import Invalid

MAX_PRINTED = 100
MAX_REASON = 2000
ROW_ID = re.compile(r"[0-9a-f]{4,12}")

Content = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Posted:
    """What a person typed in one step, as typed. A key that is not there leaves what is stored.

    `fields` and `texts`: code → text; `tables`: code → all its rows `{"id": …, column: text}`;
    `overrides`: code → (text to print, reason), both empty to print the derived figure again.
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    tables: Mapping[str, Sequence[Mapping[str, str]]] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    overrides: Mapping[str, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Boxes:
    """What a step takes: typed figures with the answers of its indicators, input tables, texts, and which
    derived figures, totals or headings may be printed otherwise (code → label), `figures` being numbers."""

    fields: dict[str, Field]
    tables: dict[str, Table]
    texts: dict[str, Block]
    printed: dict[str, str]
    figures: set[str]


@dataclass(frozen=True, slots=True)
class Change:
    """One figure or text before and after; `position` as in `FieldChange`."""

    location: str
    old: str
    new: str
    position: int | None = None


@lru_cache(maxsize=1024)
def boxes(compiled: CompiledTemplate, step: str) -> Boxes:
    """The boxes of a step, found once per template; raises `Invalid` when the template has no such step."""
    section = compiled.steps.get(step)
    if section is None:
        raise Invalid(f"模板中没有“{step}”这一章。")
    leaves = {leaf.code: leaf for leaf in compiled.spec.leaves()}
    found = Boxes({}, {}, {}, {}, set())
    for node in _nodes(section):
        if node.renamable:
            found.printed[node.code] = node.heading
    for block in _blocks(section):
        if block.kind == "text":
            found.texts[block.code] = block
        elif block.kind == "analysis" and leaves[block.code].open:
            found.tables[block.code] = compiled.tables[block.code]
        elif block.kind == "analysis":
            found.fields.update((answer.code, answer) for answer in leaves[block.code].answers())
        elif block.kind == "table":
            table = compiled.tables[block.code]
            if table.source == "input":
                found.tables[table.code] = table
            if table.total_label:
                found.printed[table.code] = f"{table.title}{table.total_label}"
        elif block.kind == "inputs":
            for code in block.fields:
                one = compiled.fields[code]
                if one.formula:
                    found.printed[code] = one.label
                else:
                    found.fields[code] = one
    found.figures.update(code for code in found.printed if compiled.prints_figure(code))
    return found


def empty() -> Content:
    """The content of a step in which nothing has been typed."""
    return {"fields": {}, "tables": {}, "texts": {}, "raw": {}, "overrides": {}}


def read(
    found: Boxes, posted: Posted, before: Content, unit: str, *, own_units: bool = True
) -> tuple[Content, dict[str, str]]:
    """The content after typing `posted` over `before`, and faults by code or `table[row].column`.

    Bare amounts of money are in `unit`, and with `own_units` in that of their field or table where it has one
    (`money_unit`). Raises `Invalid` with every key that the step does not have and
    everything that exceeds its limit; then nothing may be stored.
    """
    refusals = list(_refusals(found, posted))
    if refusals:
        raise Invalid("；".join(refusals[:3]), tuple(refusals))
    content = {key: dict(before.get(key, {})) for key in empty()}
    faults: dict[str, str] = {}
    for code, text in posted.fields.items():
        definition = found.fields[code]
        own = (definition.money_unit if own_units else "") or unit
        _put(content["fields"], content["raw"], faults, definition, code, code, text, own)
    for code, rows in posted.tables.items():
        table = found.tables[code]
        own = (table.money_unit if own_units else "") or unit
        _forget_raw(content["raw"], f"{code}[")
        content["tables"][code] = _rows(table, rows, content["raw"], faults, own)
        if not content["tables"][code]:
            del content["tables"][code]
    for code, text in posted.texts.items():
        _set(content["texts"], code, clean(text).strip())
    for code, (text, reason) in posted.overrides.items():
        printed, why = " ".join(clean(text).split()), clean(reason).strip()
        _set(content["overrides"], code, {"text": printed, "reason": why} if printed or why else None)
        if bool(printed) != bool(why):
            faults[f"{code}.printed"] = "更改印刷内容要同时写明印什么和为什么，两格都要填"
        elif printed and code in found.figures and not Override(printed, why).says_figure:
            faults[f"{code}.printed"] = f"“{printed}”里没有数字：请写要印的数，没有数的写“不适用”，或删去两格"
    return content, faults


def changes(step: str, before: Content, after: Content) -> list[Change]:
    """What differs between two contents of a step, in order of location."""
    old, new = dict(_figures(step, before)), dict(_figures(step, after))
    found = [
        Change(location, old.get(location, ""), new.get(location, ""))
        for location in {**old, **new}
        if old.get(location, "") != new.get(location, "")
    ]
    for code in {**before.get("texts", {}), **after["texts"]}:
        was, now = before.get("texts", {}).get(code, ""), after["texts"].get(code, "")
        if was != now:
            found.append(Change(f"{step}.{code}", *_differing(was, now)))
    return found


def proposed(table: Table) -> dict[str, list[dict[str, str]]]:
    """The rows that the template proposes for an input table, under its code; {} when it proposes none."""
    if not table.prefill:
        return {}
    label = table.columns[0].code
    return {
        table.code: [{"id": f"{number:04x}", label: text} for number, text in enumerate(table.prefill, 1)]
    }


def new_row_id(taken: Container[str] = ()) -> str:
    """An id for a new row, long enough that two people's pages do not make the same one."""
    while (row := secrets.token_hex(4)) in taken:
        pass
    return row


def _nodes(section: Section) -> Iterator[Section]:
    """The nodes of a step: itself and those below that are neither steps nor only printed."""
    yield section
    for child in section.children:
        if not child.step and child.appears != "print":
            yield from _nodes(child)


def _blocks(section: Section) -> Iterator[Block]:
    for node in _nodes(section):
        yield from node.blocks


def _refusals(found: Boxes, posted: Posted) -> Iterator[str]:
    """Unknown keys and exceeded limits, each as one sentence."""
    for kind, given, known in (
        ("数据项", posted.fields, found.fields),
        ("表格", posted.tables, found.tables),
        ("文字", posted.texts, found.texts),
        ("可更改印刷数的数据项", posted.overrides, found.printed),
    ):
        yield from (f"本章没有名为“{code}”的{kind}，没有保存" for code in given if code not in known)
    for code, text in posted.fields.items():
        if code in found.fields:
            yield from _too_long(found.fields[code].label, text, found.fields[code].max_chars)
    for code, text in posted.texts.items():
        if code in found.texts:
            yield from _too_long(found.texts[code].label, text, found.texts[code].max_chars)
    for code, rows in posted.tables.items():
        if code in found.tables:
            yield from _table_refusals(found.tables[code], rows)
    for code, (text, reason) in posted.overrides.items():
        label = found.printed.get(code, "")
        yield from _too_long(f"{label}（印刷数）", text, MAX_PRINTED)
        yield from _too_long(f"{label}（更改理由）", reason, MAX_REASON)


def _table_refusals(table: Table, rows: Sequence[Mapping[str, str]]) -> Iterator[str]:
    if len(rows) > table.max_rows:
        yield f"“{table.title}”有 {len(rows)} 行，最多 {table.max_rows} 行，请合并或删减；没有保存"
        return
    columns = typed_columns(table)
    for number, row in enumerate(rows, 1):
        for code, text in row.items():
            if code == "id":
                continue
            if code not in columns:
                yield f"“{table.title}”没有名为“{code}”的列，没有保存"
            else:
                place = f"{table.title}第 {number} 行“{columns[code].label}”"
                yield from _too_long(place, text, columns[code].max_chars)


def _too_long(place: str, text: str, limit: int) -> Iterator[str]:
    if len(text) > limit and len(clean(text).strip()) > limit:
        yield f"“{place}”有 {len(clean(text).strip())} 字，最多 {limit} 字，请精简；没有保存"


def typed_columns(table: Table) -> dict[str, Column]:
    """The columns in which people type, by code."""
    return {column.code: column for column in table.columns if not column.formula}


def _rows(
    table: Table,
    rows: Sequence[Mapping[str, str]],
    raw: dict[str, str],
    faults: dict[str, str],
    unit: str,
) -> list[dict[str, str]]:
    """Rows in which something is typed, each with an id that stays."""
    columns = typed_columns(table)
    kept: dict[str, dict[str, str]] = {}
    for row in rows:
        if not any(clean(row.get(code, "")).strip() for code in columns):
            continue
        given = row.get("id", "")
        identity = given if ROW_ID.fullmatch(given) and given not in kept else new_row_id(kept)
        kept[identity] = cells = {"id": identity}
        for code, column in columns.items():
            location = f"{table.code}[{identity}].{code}"
            _put(cells, raw, faults, column, code, location, row.get(code, ""), unit)
    return list(kept.values())


def _put(
    values: dict[str, str],
    raw: dict[str, str],
    faults: dict[str, str],
    definition: Field | Column,
    key: str,
    location: str,
    text: str,
    unit: str,
) -> None:
    """Store one typed text as value or, where it cannot be read, as raw text with its fault."""
    storable = clean(text).strip()
    try:
        value = canonical(parse(definition, storable, unit))
    except ValueFault as fault:
        _set(values, key, None)
        raw[location] = storable
        faults[location] = str(fault)
    else:
        _set(values, key, value)
        raw.pop(location, None)


def _set(values: dict[str, Any], key: str, value: Any) -> None:
    """An absent key is 未填: nothing is stored for nothing."""
    if value:
        values[key] = value
    else:
        values.pop(key, None)


def _forget_raw(raw: dict[str, str], prefix: str) -> None:
    for location in [location for location in raw if location.startswith(prefix)]:
        del raw[location]


def _figures(step: str, content: Content) -> Iterator[tuple[str, str]]:
    for code, value in content.get("fields", {}).items():
        yield f"{step}.{code}", value
    for code, rows in content.get("tables", {}).items():
        for row in rows:
            for key, text in row.items():
                if key != "id":
                    yield f"{step}.{code}[{row['id']}].{key}", text
    for name, text in content.get("raw", {}).items():
        yield f"{step}.{name}", text
    for code, override in content.get("overrides", {}).items():
        yield f"{step}.{code}.printed", f"{override['text']}（{override['reason']}）"


def _differing(old: str, new: str) -> tuple[str, str, int]:
    """The differing middle of two texts and where it begins."""
    start = _shared(old, new)
    rest_old, rest_new = old[start:], new[start:]
    end = _shared(rest_old[::-1], rest_new[::-1])
    return rest_old[: len(rest_old) - end], rest_new[: len(rest_new) - end], start


def _shared(one: str, other: str) -> int:
    """How many characters two texts have in common at their beginning (halving: quick for long texts)."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
