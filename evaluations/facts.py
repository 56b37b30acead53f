"""What an evaluation states, from its rows or from a snapshot, as the engine's `Facts`.

There is one way in: the stored form (strings, as `snapshots` freezes them) is read by `facts_from_content`.
Live rows are brought into the same form by `stored`, so a draft and a snapshot cannot be read differently.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from django.utils.functional import SimpleLazyObject

from indicators import loading
from indicators.engine.facts import Facts, Line, Override
from indicators.engine.spec import Field
from indicators.engine.template import CompiledTemplate
from indicators.engine.values import MISSING, Undefined, Value, ValueFault, canonical, restore

from . import access, classification
from .models import BudgetLine, Evaluation, SectionData, Snapshot
from .models.budget import AMOUNTS

MONEY = Field(code="lines", label="金额")
SECTION_KEYS = ("fields", "tables", "texts", "raw", "overrides")

Stored = Mapping[str, Any]


def compiled_of(evaluation: Evaluation) -> CompiledTemplate:
    """The evaluation's template; its content is fetched only when this process has not compiled it yet."""
    template = evaluation.template
    return loading.compiled_content(SimpleLazyObject(lambda: template.content), template.content_hash)


def facts_of(evaluation: Evaluation) -> Facts:
    """The evaluation as it stands in the database now."""
    return read(compiled_of(evaluation), stored(evaluation))


def facts_from_content(content: Stored) -> Facts:
    """What a snapshot's content (or one made of live rows) states."""
    template = content["template"]
    return read(loading.compiled_content(template["content"], template["hash"]), content)


def stored(evaluation: Evaluation, sections: Iterable[SectionData] | None = None) -> dict[str, Any]:
    """The parts of a snapshot's content that hold typed facts: evaluation year, sections, lines, previous.

    What was submitted or approved is what its newest snapshot froze, whatever happened to last year's figures
    since. `sections`: the section rows of a draft in their order, when they have been read already.
    """
    if not evaluation.editable:
        return evaluation.snapshots.order_by("-version").values_list("content", flat=True)[0]
    if sections is None:
        sections = evaluation.sections.order_by("id")
    return _stored(evaluation, sections, dict(previous(evaluation)))


def _stored(
    evaluation: Evaluation, sections: Iterable[SectionData], last_year: dict[str, str]
) -> dict[str, Any]:
    lines, raw = lines_of(evaluation.department_id, evaluation.fiscal_year.year)
    return {
        "evaluation": {"year": evaluation.fiscal_year.year},
        "sections": {row.code: {key: row.content.get(key, {}) for key in SECTION_KEYS} for row in sections},
        "lines": lines,
        "lines_raw": raw,
        "previous": last_year,
    }


def lines_of(department_id: int, year: int) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """The department's budget lines of a year in stored form, and what of them could not be read."""
    names = ("row", "functional", "economic", "kind", "fund", "project", *AMOUNTS)
    rows = BudgetLine.objects.filter(grid__department_id=department_id, grid__year=year).order_by("order")
    lines: list[dict[str, Any]] = []
    raw: dict[str, str] = {}
    for *values, grid_raw in rows.values_list(*names, "grid__raw"):
        raw = grid_raw
        row = dict(zip(names, values, strict=True))
        line = {"id": row.pop("row")} | row
        line["functional_name"] = classification.name("functional", row["functional"], year)
        line["economic_name"] = classification.name("economic", row["economic"], year)
        for amount in AMOUNTS:
            line[amount] = None if row[amount] is None else canonical(row[amount])
        lines.append(line)
    return lines, raw


def read(compiled: CompiledTemplate, content: Stored) -> Facts:
    """The engine's facts of the stored form; the template must be the one they were typed under."""
    figures: dict[str, Value] = {}
    tables: dict[str, tuple[Mapping[str, Any], ...]] = {}
    raw: dict[str, str] = dict(content.get("lines_raw", {}))
    texts: dict[str, str] = {}
    overrides: dict[str, Override] = {}
    for section in content["sections"].values():
        for code, value in section["fields"].items():
            figures[code] = restore(compiled.fields[code], value)
        for code, rows in section["tables"].items():
            tables[code] = _rows(compiled, code, rows)
        texts.update(section["texts"])
        raw.update(section["raw"])
        for code, override in section["overrides"].items():
            overrides[code] = Override(override["text"], override["reason"])
    return Facts(
        year=content["evaluation"]["year"],
        figures=figures,
        tables=tables,
        lines=tuple(_line(line) for line in content["lines"]),
        raw=raw,
        texts=texts,
        overrides=overrides,
        previous=_previous_values(compiled, content["previous"]),
    )


def previous(evaluation: Evaluation) -> Mapping[str, str]:
    """Last year's figures, typed and derived, by code in canonical form; empty when there is no last year.

    They come from the version submitted last; from the draft as it stands when nothing was submitted yet.
    """
    last_year = evaluation.fiscal_year.year - 1
    newest = (
        Evaluation.objects.filter(department=evaluation.department_id, fiscal_year__year=last_year)
        .order_by("-snapshots__version")
        .values_list("pk", "snapshots__pk", "snapshots__content_hash")
        .first()
    )
    if newest is None:
        return {}
    last_pk, snapshot_pk, content_hash = newest
    if snapshot_pk is not None:
        return _figures_of_snapshot(snapshot_pk, content_hash)
    last = access.with_relations(Evaluation.objects.filter(pk=last_pk)).get()
    return _figures(compiled_of(last), _stored(last, last.sections.order_by("id"), {}))


@lru_cache(maxsize=512)
def _figures_of_snapshot(snapshot_id: int, content_hash: str) -> Mapping[str, str]:
    """Figures of a frozen version; it never changes, so each process computes them once."""
    content = Snapshot.objects.only("content").get(pk=snapshot_id, content_hash=content_hash).content
    template = content["template"]
    compiled = loading.compiled_content(template["content"], template["hash"])
    return MappingProxyType(_figures(compiled, content))


def _figures(compiled: CompiledTemplate, content: Stored) -> dict[str, str]:
    values = compiled.compute(read(compiled, content)).values
    known = {code: canonical(value) for code, value in values.items() if not isinstance(value, Undefined)}
    return {code: text for code, text in known.items() if text is not None}


def _previous_values(compiled: CompiledTemplate, previous: Mapping[str, str]) -> dict[str, Value]:
    """Last year's figures that this year's template knows and can read (a kind may have changed since)."""
    values = {}
    for code, text in previous.items():
        if code in compiled.fields:
            try:
                values[code] = restore(compiled.fields[code], text)
            except ValueFault:
                continue
    return values


def _rows(compiled: CompiledTemplate, code: str, rows: list[dict[str, str]]) -> tuple[Mapping[str, Any], ...]:
    columns = {column.code: column for column in compiled.tables[code].columns}
    return tuple(
        {"id": row["id"]} | {key: restore(columns[key], text) for key, text in row.items() if key != "id"}
        for row in rows
    )


def _line(line: Mapping[str, Any]) -> Line:
    amounts = {name: MISSING if line[name] is None else restore(MONEY, line[name]) for name in AMOUNTS}
    texts = {name: line[name] for name in ("id", "functional", "economic", "kind", "fund", "project")}
    return Line(**texts, **amounts)
