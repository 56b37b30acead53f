"""Whether anything that a person filled in differs between two contents: no template is compiled for that.

Ids of rows do not count (a row typed anew says the same), their order does: it is printed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Content = Mapping[str, Any]


def same(before: Content, after: Content) -> bool:
    """Figures, tables, texts, overrides, budget lines, explanations, evidence; those of projects too."""
    return _filled(before) == _filled(after)


def _filled(content: Content) -> dict[str, Any]:
    """What a person filled in, in one form; what is empty is the same as what is not there."""
    numbers = {f"lines[{line['id']}]": f"lines {number}" for number, line in enumerate(content["lines"])}
    return {
        "sections": _present({code: _section(one) for code, one in content["sections"].items()}),
        "lines": [_line(line) for line in content["lines"]],
        "lines_raw": _by_number(content.get("lines_raw", {}), numbers),
        "explanations": {key: one["text"] for key, one in content["explanations"].items() if one["text"]},
        "evidence": sorted(evidence_of(content)),
        "projects": {part["evaluation"]["project"]: _filled(part) for part in content["projects"]},
    }


def evidence_of(content: Content) -> list[tuple[str, str, str]]:
    """(location, name, sha-256) of each file; what was frozen before there was any has none."""
    listed = content.get("evidence") or ()
    return [(one.get("location", ""), one.get("name", ""), one.get("sha256", "")) for one in listed]


def _section(section: Mapping[str, Any]) -> dict[str, Any]:
    tables = section.get("tables", {})
    numbers = {
        f"{code}[{row['id']}]": f"{code} {number}"
        for code, rows in tables.items()
        for number, row in enumerate(rows)
    }
    return _present(
        {
            "fields": _present(section.get("fields", {})),
            "tables": _present({code: _rows(rows) for code, rows in tables.items()}),
            "texts": _present(section.get("texts", {})),
            "overrides": _present(section.get("overrides", {})),
            "raw": _by_number(section.get("raw", {}), numbers),
        }
    )


def _rows(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [_present({key: value for key, value in row.items() if key != "id"}) for row in rows]


def _line(line: Mapping[str, Any]) -> dict[str, Any]:
    """Names of classes are ours, whatever list of them was in force."""
    kept = ("functional", "economic", "kind", "fund", "project", "opening", "adjustment", "executed")
    return {name: line[name] for name in kept}


def _by_number(raw: Mapping[str, str], numbers: Mapping[str, str]) -> dict[str, str]:
    """Unreadable text by the number of its row instead of the row's id."""
    found = {}
    for box, text in raw.items():
        row, _, column = box.rpartition("].")
        found[f"{numbers[f'{row}]']}.{column}" if f"{row}]" in numbers else box] = text
    return found


def _present(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value not in ("", None, {}, [])}
