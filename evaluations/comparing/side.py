"""One of the two contents: what its template calls things, and what it states."""

from __future__ import annotations

from functools import cached_property

from evaluations.documents.source import Source
from indicators.engine.facts import Line
from indicators.engine.figures import unblanked
from indicators.engine.scope import GIVEN_TABLES, LINES
from indicators.engine.values import MISSING

from .values import Seen

#: Columns of the budget lines in the order of the page; 全年预算数 is derived.
WORDS = ("functional", "economic", "kind", "fund", "project")
AMOUNTS = ("opening", "adjustment", "final", "executed")


class Side(Source):
    """A content with its figures computed (see `documents.source`)."""

    def label(self, code: str) -> str:
        """What the template calls `code`; an answer is led by its indicator."""
        label = self.compiled.label(code)
        if leaf := self.compiled.answers.get(code):
            label = f"{self.compiled.label(leaf)}：{label}"
        return self.plain(label)

    def field(self, code: str) -> Seen | None:
        """A figure of the report; None when the template has no such field."""
        definition = self.compiled.fields.get(code)
        if definition is None:
            return None
        value = unblanked(self.figures.values[code])
        raw = self.figures.facts.raw.get(code, "")
        return Seen(value, definition, self.compiled.unit_of(code), raw, derived=bool(definition.formula))

    def row(self, table: str, row: dict[str, object], identity: str) -> dict[str, Seen]:
        """The cells of one row by column; `identity` is where unreadable text of it would be found."""
        unit, raw = self.compiled.unit_of(table), self.figures.facts.raw
        return {
            column.code: Seen(
                unblanked(row[column.code]) if column.code in row else MISSING,
                column,
                unit,
                raw.get(f"{table}[{identity}].{column.code}", ""),
                derived=bool(column.formula) or self.compiled.tables[table].source != "input",
            )
            for column in self.compiled.tables[table].columns
        }

    def line(self, line: Line) -> dict[str, Seen]:
        """The cells of one budget line by column."""
        raw, unit = self.figures.facts.raw, self.compiled.unit_of(LINES)
        columns = GIVEN_TABLES[LINES].columns
        return {
            name: Seen(
                getattr(line, name) or MISSING if name in WORDS else getattr(line, name),
                columns[name].definition,
                unit,
                raw.get(f"{LINES}[{line.id}].{name}", ""),
                derived=name == "final",
            )
            for name in (*WORDS, *AMOUNTS)
        }

    @cached_property
    def line_names(self) -> dict[str, tuple[str, str]]:
        """Names of the functional and economic class of each budget line, by its id."""
        return {
            line["id"]: (line.get("functional_name", ""), line.get("economic_name", ""))
            for line in self.content["lines"]
        }
