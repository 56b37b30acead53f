"""The arrows of the architecture: config → evaluations → indicators → indicators/engine, and never back."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
#: From left to right; code may import from its own room and from any room to its right.
ROOMS = ("config", "evaluations", "indicators", "indicators.engine")
MODULES = sorted(
    path for room in ("config", "evaluations", "indicators") for path in (ROOT / room).rglob("*.py")
)
#: What the engine may use beside itself: no Django, no I/O, no clock, no randomness.
ENGINE_MAY_USE = {
    "__future__", "bisect", "collections", "contextlib", "dataclasses", "datetime", "decimal", "difflib",
    "enum", "functools", "hashlib", "itertools", "json", "lark", "math", "operator", "re", "string",
    "types", "typing", "unicodedata",
}  # fmt: skip
#: Built-in functions that would bring a file, foreign code or a binary fraction into the engine …
ENGINE_MAY_NOT_CALL = {"float", "open", "eval", "exec", "compile", "print", "input", "globals", "__import__"}
#: … and methods that would bring a clock.
ENGINE_MAY_NOT_ASK = {"now", "today", "utcnow", "time"}


def room_of(module: str) -> str | None:
    """The most specific room that `module` (dotted) lies in; None for libraries."""
    return max((r for r in ROOMS if module == r or module.startswith(r + ".")), key=len, default=None)


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports(path: Path, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """(line, absolute name) of every import; `from package import name` gives both joined."""
    package = dotted(path).split(".")
    if path.name != "__init__.py":
        package = package[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield from ((node.lineno, f"{module}.{alias.name}") for alias in node.names)


def wrong_arrows(path: Path, source: str) -> list[str]:
    here = room_of(dotted(path))
    found = []
    for line, module in imports(path, ast.parse(source)):
        there = room_of(module)
        if here and there and ROOMS.index(there) < ROOMS.index(here):
            found.append(f"{path.relative_to(ROOT)}:{line} imports {module}")
        elif here == ROOMS[-1] and there != here and module.split(".")[0] not in ENGINE_MAY_USE:
            found.append(f"{path.relative_to(ROOT)}:{line} imports {module}")
    return found


def impurities(source: str) -> list[str]:
    nodes = list(ast.walk(ast.parse(source)))
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    fractions = [n for n in nodes if isinstance(n, ast.Constant) and isinstance(n.value, float | complex)]
    named = [(n.lineno, n.func.id) for n in calls if isinstance(n.func, ast.Name)]
    asked = [(n.lineno, n.func.attr) for n in calls if isinstance(n.func, ast.Attribute)]
    found = [(line, name) for line, name in named if name in ENGINE_MAY_NOT_CALL]
    found += [(line, name) for line, name in asked if name in ENGINE_MAY_NOT_ASK]
    return [
        *(f"line {line} calls {name}()" for line, name in found),
        *(f"line {node.lineno} writes {node.value}" for node in fractions),
    ]


#: What answers a browser; services, documents and commands know nothing of it.
PAGES = ("evaluations.views", "evaluations.forms", "evaluations.urls", "evaluations.middleware")


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_only_pages_know_of_pages(path: Path) -> None:
    here = dotted(path)
    known = [
        module
        for _, module in imports(path, ast.parse(path.read_text("utf-8")))
        if module.startswith(PAGES) and here.startswith("evaluations.") and not here.startswith(PAGES)
    ]
    assert known == []


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_a_module_imports_only_from_its_own_room_and_to_the_right(path: Path) -> None:
    assert wrong_arrows(path, path.read_text("utf-8")) == []


@pytest.mark.parametrize("path", sorted((ROOT / "indicators" / "engine").glob("*.py")), ids=dotted)
def test_the_engine_has_no_clock_no_files_and_no_binary_fractions(path: Path) -> None:
    assert impurities(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("indicators/loading.py", "from evaluations.models import Evaluation"),
        ("indicators/engine/scoring.py", "from django.db import models"),
        ("indicators/engine/scoring.py", "from ..models import IndicatorTemplate"),
        ("indicators/engine/scoring.py", "import random"),
        ("evaluations/drafting.py", "def f():\n    from config import settings"),
    ],
)
def test_the_test_itself_sees_a_wrong_arrow(module: str, source: str) -> None:
    assert wrong_arrows(ROOT / module, source) != []


@pytest.mark.parametrize("source", ["x = float('1')", "x = 0.5", "x = date.today()", "x = eval('1')"])
def test_the_test_itself_sees_an_impurity(source: str) -> None:
    assert impurities(source) != []


def test_no_view_reads_the_database_by_itself() -> None:
    """Views ask access, services and selectors; `.objects` in a view would be a second door."""
    offending = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in (ROOT / "evaluations" / "views").rglob("*.py")
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if ".objects" in line
    ]
    assert offending == []
