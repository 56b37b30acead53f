"""Mutants: small changes of a module that a hurried programmer might really make, as edits of its text.

What is changed, by `kind`:

    compare     < ↔ <=, > ↔ >=, == ↔ !=, is ↔ is not, in ↔ not in
    arithmetic  + ↔ -, × ↔ ÷, % → ×, also before =
    boolean     and ↔ or; a `not` or a minus forgotten
    condition   if, while, … if … else …: asked the other way round
    guard       an if without else, a filter of a comprehension: forgotten
    constant    n → n + 1 (also "0.5" → "1.5"), True ↔ False
    word        a code word ("full", f"{table}.{column}", words that are compared or looked up): changed;
                signs that one may be `in`: the last forgotten
    call        any ↔ all, min ↔ max; a keyword argument forgotten
    return      return None
    statement   a call made for its effect, a raise, an item or a sum written: forgotten; continue ↔ break
    message     a sentence for people: empty

A sentence is drawn a quarter as often as the rest: there are as many sentences as comparisons, and how
one is worded is no behaviour, so its mutant asks only whether any test reads it. Not changed, as the
program would be the same or a test of it would repeat the code: type annotations and aliases,
docstrings, decorators, `__all__`, `__slots__`, asserts, imports, the classes of an isinstance,
`strict=`, the sizes of caches, the number of a version, regular expressions and grammars, and what
stands in the braces of an f-string.
"""

from __future__ import annotations

import ast
import difflib
import hashlib
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

WEIGHT_OF_A_MESSAGE = 0.25

_COMPARE = {
    ast.Lt: ("<", "<="), ast.LtE: ("<=", "<"), ast.Gt: (">", ">="), ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="), ast.NotEq: ("!=", "=="), ast.Is: ("is", "is not"), ast.IsNot: (r"is\s+not", "is"),
    ast.In: ("in", "not in"), ast.NotIn: (r"not\s+in", "in"),
}  # fmt: skip
_ARITHMETIC = {
    ast.Add: (r"\+", "-"), ast.Sub: ("-", "+"), ast.Mult: (r"\*", "/"), ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "*"), ast.Mod: ("%", "*"),
}  # fmt: skip
_CALLS = {"any": "all", "all": "any", "min": "max", "max": "min"}
_KEPT_KEYWORDS = {"strict", "slots", "frozen", "maxsize", "default_factory"}
_NAMES_FOR_TOOLS = {"__all__", "__slots__"}
_CHINESE = re.compile("[\u3000-\u9fff\uff00-\uffef]")
_FIGURE = re.compile(r"(-?)([0-9]+)((?:\.[0-9]+)?)")
_ALIAS = re.compile("[A-Z][a-z]")


@dataclass(frozen=True, slots=True)
class Mutant:
    """`source` of `module` with the characters from `start` to `end` replaced by `text`.

    `line` is where the change stands; `reached` are the lines one of which runs before the change can matter
    (the head of the statement); `imported`: it runs when the module is imported, not when a test calls it.
    """

    module: str
    kind: str
    line: int
    start: int
    end: int
    text: str
    reached: range
    imported: bool
    source: str
    nth: int = 0

    @property
    def mutated(self) -> str:
        return f"{self.source[: self.start]}{self.text}{self.source[self.end :]}"

    @property
    def diff(self) -> str:
        before, after = self.source.splitlines(), self.mutated.splitlines()
        lines = difflib.unified_diff(
            before, after, self.module, f"{self.module} ({self.kind})", "", "", 2, ""
        )
        return "\n".join(lines)

    @property
    def identity(self) -> str:
        """What the draw goes by: the change itself and not its place, so that it outlives other edits."""
        start = self.source.rfind("\n", 0, self.start) + 1
        end = self.source.find("\n", self.end)
        around = f"{self.source[start : self.start]}⟦{self.text}⟧{self.source[self.end : end]}".strip()
        return f"{self.module} {self.kind} {around} {self.nth}"


def sample(mutants: Iterable[Mutant], size: int, seed: int) -> list[Mutant]:
    """`size` of them, drawn by weight; of each module at least one where there is room; in order of place."""

    def rank(mutant: Mutant) -> float:
        digest = hashlib.sha256(f"{seed} {mutant.identity}".encode()).digest()
        chance = (int.from_bytes(digest[:8], "big") + 1) / 2**64
        return -math.log(chance) / (WEIGHT_OF_A_MESSAGE if mutant.kind == "message" else 1)

    ranked = sorted(mutants, key=rank)
    first = {mutant.module: mutant for mutant in reversed(ranked)}
    drawn = list(dict.fromkeys([*first.values(), *ranked]))[:size]
    return sorted(drawn, key=lambda mutant: (mutant.module, mutant.start))


def mutants_of(module: str, source: str) -> list[Mutant]:
    """Every mutant of a module, in order of place; each compiles and differs from `source`."""
    seen: Counter[str] = Counter()
    found = []
    for mutant in sorted(_Walk(module, source).mutants(), key=lambda mutant: mutant.start):
        found.append(replace(mutant, nth=seen[mutant.identity]))
        seen[mutant.identity] += 1
    return found


Edit = tuple[str, int, int, str]


class _Walk:
    """One walk over a module's tree: `_edits` says what a node offers, `_parts` where to look further."""

    def __init__(self, module: str, source: str):
        self.module = module
        self.source = source
        self.tree = ast.parse(source)
        self.offsets = [0]  # of each line, in characters; Python counts columns in bytes of UTF-8
        for line in source.splitlines(keepends=True):
            self.offsets.append(self.offsets[-1] + len(line))

    def mutants(self) -> Iterator[Mutant]:
        for statement in self.tree.body:
            yield from self._mutants(statement, statement, imported=True)

    def _mutants(self, node: ast.AST, statement: ast.stmt, *, imported: bool) -> Iterator[Mutant]:
        if isinstance(node, ast.stmt):
            statement = node
        for kind, start, end, text in self._edits(node):
            yield Mutant(
                self.module, kind, self.source.count("\n", 0, start) + 1, start, end, text, _head(statement),
                imported, self.source,
            )  # fmt: skip
        inside = isinstance(node, ast.FunctionDef | ast.Lambda)
        for part in _parts(node):
            called = inside and part is not node.args
            yield from self._mutants(part, statement, imported=imported and not called)

    # ── what a node offers ──────────────────────────────────────────────────────────────────────────────────

    def _edits(self, node: ast.AST) -> Iterator[Edit]:
        match node:
            case ast.Compare():
                sides = [node.left, *node.comparators]
                for left, operator, right in zip(sides, node.ops, node.comparators, strict=False):
                    yield from self._between("compare", left, right, *_COMPARE[type(operator)])
            case ast.BinOp() if type(node.op) in _ARITHMETIC:
                yield from self._between("arithmetic", node.left, node.right, *_ARITHMETIC[type(node.op)])
            case ast.AugAssign():
                yield ("statement", *self._span(node), "pass")
                if type(node.op) in _ARITHMETIC:
                    yield from self._between(
                        "arithmetic", node.target, node.value, *_ARITHMETIC[type(node.op)]
                    )
            case ast.BoolOp():
                words = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
                for left, right in zip(node.values, node.values[1:], strict=False):
                    yield from self._between("boolean", left, right, *words)
            case ast.UnaryOp(op=ast.Not()):
                yield ("boolean", self._start(node), self._start(node) + len("not"), "")
            case ast.UnaryOp(op=ast.USub()):
                yield ("boolean", self._start(node), self._start(node) + len("-"), "")
            case ast.If() | ast.While() | ast.IfExp():
                yield from self._condition(node)
            case ast.comprehension():
                for test in node.ifs:
                    yield ("guard", *self._span(test), "True")
            case ast.Constant() | ast.JoinedStr():
                yield from self._constant(node)
            case ast.Call():
                yield from self._call(node)
            case ast.Return() if not _is_nothing(node.value):
                yield ("return", *self._span(node.value), "None")
            case ast.Expr(value=ast.Call() | ast.Yield() | ast.YieldFrom()) | ast.Raise():
                yield ("statement", *self._span(node), "pass")
            case ast.Assign(targets=[ast.Subscript()]):
                yield ("statement", *self._span(node), "pass")
            case ast.Continue():
                yield ("statement", *self._span(node), "break")
            case ast.Break():
                yield ("statement", *self._span(node), "continue")

    def _condition(self, node: ast.If | ast.While | ast.IfExp) -> Iterator[Edit]:
        start, end = self._span(node.test)
        if isinstance(node, ast.If) and not node.orelse:
            yield ("guard", start, end, "False")
        if not isinstance(
            node.test, ast.Compare | ast.BoolOp | ast.UnaryOp
        ):  # these have mutants of their own
            yield ("condition", start, end, f"not ({self.source[start:end]})")

    def _constant(self, node: ast.Constant | ast.JoinedStr) -> Iterator[Edit]:
        start, end = self._span(node)
        value = node.value if isinstance(node, ast.Constant) else self.source[start:end]
        if isinstance(value, bool):
            yield ("constant", start, end, str(not value))
        elif isinstance(value, int):
            yield ("constant", start, end, str(value + 1))
        elif not isinstance(value, str) or not value or "\n" in value:
            return
        elif _CHINESE.search(value) and not getattr(node, "is_word", False):
            yield ("message", start, end, '""')
        elif figure := _FIGURE.fullmatch(value):
            sign, whole, rest = figure.groups()
            yield ("constant", start, end, f'"{sign}{int(whole) + 1}{rest}"')
        elif getattr(node, "is_list_of_signs", False):
            yield ("word", start, end, repr(value[:-1]))
        else:
            yield ("word", start, end, '"~"' if isinstance(node, ast.JoinedStr) else repr(f"{value}~"))

    def _call(self, node: ast.Call) -> Iterator[Edit]:
        if isinstance(node.func, ast.Name) and node.func.id in _CALLS:
            yield ("call", *self._span(node.func), _CALLS[node.func.id])
        for before, keyword in zip([None, *node.keywords], node.keywords, strict=False):
            if keyword.arg in _KEPT_KEYWORDS or keyword.arg is None or _name(node.func) == "field":
                continue
            arguments = [*node.args, *([before] if before else [])]
            end = self._span(keyword)[1]
            if arguments:
                yield ("call", max(self._span(argument)[1] for argument in arguments), end, "")
            else:
                comma = re.compile(r",?\s*").match(self.source, end)
                yield ("call", self._start(keyword), comma.end() if comma else end, "")

    # ── places in the text ──────────────────────────────────────────────────────────────────────────────────

    def _between(self, kind: str, left: ast.expr, right: ast.expr, sign: str, other: str) -> Iterator[Edit]:
        """The operator stands between its sides, beside brackets that belong to them."""
        gap = self._span(left)[1]
        found = re.compile(sign).search(self.source, gap, self._start(right))
        if found:
            yield (kind, *found.span(), other)

    def _start(self, node: ast.AST) -> int:
        return self._span(node)[0]

    def _span(self, node: ast.AST) -> tuple[int, int]:
        return (
            self._offset(node.lineno, node.col_offset),
            self._offset(node.end_lineno, node.end_col_offset),
        )

    def _offset(self, line: int, column: int) -> int:
        start = self.offsets[line - 1]
        text = self.source[start : self.offsets[line]]
        return start + len(text.encode()[:column].decode())


def _parts(node: ast.AST) -> Iterator[ast.AST]:
    """The children that may be changed; marks the words among them that are looked up and not read."""
    match node:
        case ast.FunctionDef():
            yield node.args
            yield from _without_docstring(node.body)
            return
        case ast.ClassDef():
            yield from _without_docstring(node.body)
            return
        case ast.arguments():
            yield from (default for default in [*node.defaults, *node.kw_defaults] if default)
            return
        case ast.AnnAssign():
            if node.value:
                yield node.value
            return
        case ast.Assign(targets=[ast.Name(id=name)]):
            alias = _ALIAS.match(name) and isinstance(node.value, ast.BinOp | ast.Subscript)
            if name in _NAMES_FOR_TOOLS or name.endswith("VERSION") or alias:
                return
        case ast.Call(func=ast.Name(id="isinstance")):
            yield node.args[0]
            return
        case ast.Call() if _name(node.func) in ("compile", "Lark", "cast", "TypeVar"):
            return
        case ast.keyword() if node.arg in _KEPT_KEYWORDS:
            return
        case ast.Assert() | ast.Import() | ast.ImportFrom() | ast.JoinedStr():
            return
        case ast.Compare():
            _mark([node.left, *node.comparators])
            for operator, right in zip(node.ops, node.comparators, strict=True):
                right.is_list_of_signs = isinstance(operator, ast.In | ast.NotIn)
        case ast.Dict():
            _mark([key for key in node.keys if key])
        case ast.Subscript():
            _mark([node.slice])
        case ast.MatchValue():
            _mark([node.value])
        case ast.Set():
            _mark(node.elts)
        case ast.Expr(value=ast.Constant()):  # a docstring below an assignment
            return
    yield from ast.iter_child_nodes(node)


def _mark(nodes: Iterable[ast.expr]) -> None:
    for node in nodes:
        for part in [node, *getattr(node, "elts", [])]:
            if isinstance(part, ast.Constant):
                part.is_word = True


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    first = body[0]
    is_docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    return body[1:] if is_docstring else body


def _head(statement: ast.stmt) -> range:
    body = getattr(statement, "body", None) or getattr(statement, "cases", None)
    if isinstance(statement, ast.Match):
        return range(statement.lineno, statement.subject.end_lineno + 1)
    last = max(body[0].lineno - 1, statement.lineno) if body else statement.end_lineno
    return range(statement.lineno, last + 1)


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _is_nothing(value: ast.expr | None) -> bool:
    return value is None or (isinstance(value, ast.Constant) and value.value is None)
