"""Small reports as contents of snapshots: one of everything that prints (sample.yaml).

`content_of` makes the like from any other file, as `county` does.
"""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from evaluations.documents import building
from evaluations.documents.model import Document
from evaluations.facts import read
from indicators import loading
from indicators.engine import ENGINE_VERSION
from indicators.engine.reading import dump, read_template, template_hash
from indicators.engine.scoring import score
from indicators.engine.template import compile_template

_FILE = loading.load_yaml(Path(__file__).with_name("sample.yaml"))
TEMPLATE: dict[str, Any] = _FILE["template"]

LINES = (
    ("2012901", "30101", "756611.8"),
    ("2012901", "", "101391"),
    ("2080505", "30108", "124651"),
)
KEYS = ("fields", "tables", "texts", "raw", "overrides")


def content(
    state: str = "submitted",
    *,
    template: dict[str, Any] | None = None,
    texts: dict[str, str] | None = None,
    fields: dict[str, str | None] | None = None,
    tables: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The content, scored by the engine; `texts`, `fields` (None: 未填), `tables` replace what is typed."""
    return content_of(_FILE, state, template=template, texts=texts, fields=fields, tables=tables)


def content_of(
    file: dict[str, Any],
    state: str,
    *,
    template: dict[str, Any] | None = None,
    texts: dict[str, str] | None = None,
    fields: dict[str, str | None] | None = None,
    tables: dict[str, Any] | None = None,
    overrides: dict[str, Any] | None = None,
    project: str = "",
    projects: tuple[dict[str, Any], ...] = (),
) -> dict[str, Any]:
    """The content that `file` (`template`, what is typed in its `sections`) makes, with those changes."""
    compiled = compile_template(read_template(template or file["template"]))
    sections = {
        step.code: {key: copy.deepcopy(file["sections"].get(step.code, {}).get(key, {})) for key in KEYS}
        for step in compiled.spec.steps()
    }
    typed = {"texts": texts, "fields": fields, "tables": tables, "overrides": overrides}
    for key, changes in typed.items():
        for code, value in (changes or {}).items():
            sections[compiled.step_of[code]][key][code] = value
    spec = compiled.spec
    made: dict[str, Any] = {
        "schema": "snapshot/1",
        "engine_version": ENGINE_VERSION,
        "template": {"code": spec.code, "version": 1, "hash": template_hash(spec), "content": dump(spec)},
        "evaluation": {
            "reference": "2024-sample-zgh",
            "version": 0 if state == "draft" else 1,
            "state": state,
            "year": 2024,
            "kind": spec.kind,
            "project": project,
            "department": {
                "name": "保靖县总工会",
                "short_name": "县总工会",
                "code": "baojing-zgh",
                "superior": "",
            },
            "region": {"code": "433125", "name": "保靖县"},
            "submitted_on": None if state == "draft" else "2025-03-15",
        },
        "sections": sections,
        "lines": [_line(f"l{number}", *line) for number, line in enumerate(LINES)],
        "lines_raw": {},
        "previous": {},
        "findings": [],
        "explanations": {},
        "projects": list(projects),
    }
    made["sheet"] = score(compiled, compiled.compute(read(compiled, made))).as_json()
    return made


def _line(row: str, functional: str, economic: str, executed: str) -> dict[str, Any]:
    names = {"functional_name": "", "economic_name": "", "fund": "一般公共预算", "project": ""}
    amounts = {"opening": None, "adjustment": None, "executed": executed}
    return {"id": row, "functional": functional, "economic": economic, "kind": "基本支出"} | names | amounts


def document(state: str = "submitted", **changes: Any) -> Document:
    """The view model of that content."""
    return building.build(content(state, **changes))


def with_text(text: str, **changes: Any) -> Document:
    """The report with `text` as its first narrative."""
    return document(texts={"t-duties": text}, **changes)
