"""What differs between two versions of a template, in words, each with its level (`change_levels`).

Pieces are matched by their codes, never by position; those without a code by what makes them known (a band by
its bound, an item by its words). Total: specs that do not compile are compared as well.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from . import change_levels, words
from .change_levels import LEVELS, MATCHED, PIECES, REMOVED, REQUIRED, RULE, SAME, WORDING
from .change_words import said, told
from .chapters import Block, Section
from .kinds import Checklist
from .names import gist
from .scope import LINES, PROJECTS
from .spec import Field, Indicator, Table, TemplateSpec

__all__ = ["Change", "differences", "level_of"]

Known = Callable[[Any], Hashable]
Nodes = Mapping[Hashable, tuple[Hashable, Any]]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference. `words`: the whole sentence, without full stop; `place`: the piece that it speaks of.

    `part`: the key of the template under which it stands (`fields` … `examples`; "" for the template's own
    keys). `code`: what is concerned, as locations name it: a field, table, text, indicator or section;
    `lines`, `projects`; "" where none is.
    """

    place: str
    words: str
    level: int
    code: str
    part: str


def differences(old: TemplateSpec, new: TemplateSpec) -> tuple[Change, ...]:
    """Every difference, in the order of the parts of a template; none for equal specs."""
    return tuple(_Comparison(old, new).all())


def level_of(changes: Iterable[Change]) -> int:
    """The level of two versions: that of their gravest difference."""
    return max((change.level for change in changes), default=SAME)


@dataclass(frozen=True, slots=True)
class _At:
    """Where a difference stands.

    `most`: the gravest level that it can have there; `names`: what pieces are called, by their codes.
    """

    part: str
    code: str = ""
    place: str = ""
    most: int = REQUIRED
    names: Mapping[str, str] = field(default_factory=dict)

    def says(self, sentence: str, level: int) -> Change:
        text = f"{self.place}：{sentence}" if self.place else sentence
        return Change(self.place, text, min(level, self.most), self.code, self.part)

    def under(self, piece: Any) -> _At:
        """The same place, under the code of a piece that comes, goes or moves there, if it has one."""
        return (
            replace(self, code=piece.code) if isinstance(piece, Field | Table | Indicator | Section) else self
        )

    def inside(self, piece: Any) -> _At:
        """Where the keys of a piece stand."""
        own = told(piece)
        return replace(self.under(piece), place=f"{self.place}的{own}" if self.place else own)


class _Comparison:
    def __init__(self, old: TemplateSpec, new: TemplateSpec) -> None:
        self.old, self.new = old, new
        self.names = _names(old) | _names(new)

    def all(self) -> Iterator[Change]:
        yield from _keys(self.old, self.new, self._at(""))
        for part in ("fields", "tables"):
            yield from self._part(part, _boxed)
        yield from _Outline(self.old, self.new, self._at("outline")).all()
        yield from _tree(self.old.indicators, self.new.indicators, self._at("indicators"), _indicator)
        for part in ("checks", "grades", "adjustments", "cover", "forms", "examples"):
            yield from self._part(part, _within)

    def _part(self, part: str, inside: Inside) -> Iterator[Change]:
        old, new = getattr(self.old, part), getattr(self.new, part)
        return _pieces(old, new, self._at(part), KNOWN_BY.get(part, _code), inside)

    def _at(self, part: str) -> _At:
        return _At(part, names=self.names)


def _names(spec: TemplateSpec) -> dict[str, str]:
    """What fields, tables, columns, forms and indicators are called, by their codes."""
    columns = [column for table in spec.tables for column in table.columns]
    pieces = (*columns, *spec.fields, *spec.tables, *spec.forms, *_every(spec.indicators))
    return {piece.code: words.called(piece) for piece in pieces if words.called(piece)}


# ── keys and pieces ─────────────────────────────────────────────────────────────────────────────────────────


def _keys(old: Any, new: Any, at: _At) -> Iterator[Change]:
    """The keys of one piece in both versions by their levels, without the pieces that it holds."""
    for key, level in LEVELS[type(new)].items():
        before, after = getattr(old, key), getattr(new, key)
        if before == after or level is PIECES:
            continue
        if level is MATCHED:  # known again though it is written otherwise
            level = WORDING
        grade = level if isinstance(level, int) else level(old, new)
        yield at.says(said(type(new), key, before, after, at.names), grade)


def _within(old: Any, new: Any, at: _At) -> Iterator[Change]:
    """A piece of both versions: its keys, then the pieces that it holds."""
    yield from _keys(old, new, at)
    for key, level in LEVELS[type(new)].items():
        if level is PIECES:
            yield from _pieces(getattr(old, key), getattr(new, key), at, KNOWN_BY.get(key, _code), _within)


Inside = Callable[[Any, Any, _At], Iterator[Change]]


def _boxed(old: Any, new: Any, at: _At) -> Iterator[Change]:
    """A field or a table; nothing is typed, and so nothing is owed, in the columns of a derived one."""
    if isinstance(new, Table) and "input" not in (old.source, new.source):
        yield from _keys(old, new, at)
        at = replace(at, most=RULE)
        for key in ("columns", "rows"):
            yield from _pieces(getattr(old, key), getattr(new, key), at, _code, _within)
    else:
        yield from _within(old, new, at)


def _pieces(
    old: Sequence[Any], new: Sequence[Any], at: _At, known: Known, inside: Inside
) -> Iterator[Change]:
    """Pieces that are gone, new, changed, or in another order."""
    before, after = _numbered(old, known), _numbered(new, known)
    for key, one in before.items():
        if key not in after:
            yield at.under(one).says(f"删除{told(one, whole=True)}", change_levels.removed(one))
    for key, one in after.items():
        if key not in before:
            yield at.under(one).says(f"新增{told(one, whole=True)}", change_levels.added(one))
        elif one != before[key]:
            yield from inside(before[key], one, at.inside(one))
    yield from _order(before, after, at)


def _order(before: Mapping[Hashable, Any], after: Mapping[Hashable, Any], at: _At) -> Iterator[Change]:
    """Pieces of both versions that stand elsewhere among those of both."""
    rank = {key: number for number, key in enumerate(before)}
    kept = [key for key in after if key in rank]
    still = _rising([rank[key] for key in kept])
    for number, key in enumerate(kept):
        if number not in still:
            one = after[key]
            where = f"{told(after[kept[number - 1]])}之后" if number else "最前"
            yield at.under(one).says(f"{told(one)}移到{where}", change_levels.moved(one))


def _rising(ranks: Sequence[int]) -> set[int]:
    """The positions of a longest rising run: what stayed in order, so that as little as can be has moved."""
    best: list[tuple[int, int]] = []  # (length, position before)
    for number, rank in enumerate(ranks):
        earlier = [(best[n][0], n) for n in range(number) if ranks[n] < rank]
        length, came = max(earlier, default=(0, -1))
        best.append((length + 1, came))
    at = max(range(len(best)), key=lambda number: best[number][0], default=-1)
    found = set()
    while at >= 0:
        found.add(at)
        at = best[at][1]
    return found


# ── the outline ─────────────────────────────────────────────────────────────────────────────────────────────


class _Outline:
    """Sections by code, wherever they stand; blocks with a code likewise, others within their section."""

    def __init__(self, old: TemplateSpec, new: TemplateSpec, at: _At) -> None:
        self.old, self.new, self.at = old, new, at
        self.sections = [{one.code: one for one in spec.sections()} for spec in (old, new)]
        self.news = {one.code for one in old.fields} ^ {one.code for one in new.fields}

    def all(self) -> Iterator[Change]:
        yield from _tree(self.old.outline, self.new.outline, self.at, _keys)
        before, after = self._blocks()
        for key, (section, block) in before.items():
            if key not in after:
                gone = self._at(block, section).says(
                    f"删除{self._told(block, whole=True)}", change_levels.removed(block)
                )
                yield from self._worth_saying(gone, section)
        for key, (section, block) in after.items():
            at, name = self._at(block, section), self._told(block)
            if key not in before:
                fresh = at.says(f"新增{self._told(block, whole=True)}", change_levels.added(block))
                yield from self._worth_saying(fresh, section)
                continue
            came, was = before[key]
            if came != section:
                yield at.says(f"{name}从{told(self.sections[0][came])}移到这里", WORDING)
            was, now = self._without_news(was), self._without_news(block)
            if was != now:
                yield from _within(was, now, replace(at, place=f"{at.place}的{name}"))
        for code, section in self.sections[1].items():
            was, now = (
                {key: block for key, (place, block) in blocks.items() if place == code}
                for blocks in (before, after)
            )
            yield from _order(was, now, replace(self.at, code=code, place=told(section)))

    def _without_news(self, block: Block) -> Block:
        """Without fields that only one version has: they are told themselves."""
        return replace(block, fields=tuple(code for code in block.fields if code not in self.news))

    def _worth_saying(self, change: Change, section: str) -> Iterator[Change]:
        """What only stands in a chapter that comes or goes is told with the chapter."""
        if change.level > WORDING or all(section in sections for sections in self.sections):
            yield change

    def _at(self, block: Block, section: str) -> _At:
        code = {"budget": LINES, "projects": PROJECTS}.get(block.kind, block.code) or section
        return replace(self.at, code=code, place=told((self.sections[1] | self.sections[0])[section]))

    def _told(self, block: Block, *, whole: bool = False) -> str:
        return told(block, self.at.names.get(block.code, ""), whole=whole)

    def _blocks(self) -> tuple[Nodes, Nodes]:
        """The blocks of both versions by what they are known by, each with the code of its section."""
        found: list[dict[Hashable, tuple[str, Block]]] = []
        for spec in (self.old, self.new):
            counts: Counter[Hashable] = Counter()
            found.append({})
            for section in spec.sections():
                for block in section.blocks:
                    # Those without a code are paired below.
                    key = (block.kind, block.code) if block.code else (block.kind, "", section.code)
                    counts[key] += 1
                    found[-1][*key, counts[key]] = (section.code, block)
        return found[0], _paired(found[0], found[1])


def _paired(before: Nodes, after: Nodes) -> Nodes:
    """`after` with the keys of equal blocks of `before` where no code tells one block from another."""
    spare = {}
    for key, (_, block) in before.items():
        if not block.code:
            spare.setdefault((key[:3], block), []).append(key)
    taken = {}
    for key, (_, block) in after.items():
        if not block.code and (equal := spare.get((key[:3], block))):
            taken[key] = equal.pop(0)
    free: dict[Hashable, list[Hashable]] = {}
    for key, (_, block) in before.items():
        if not block.code and key not in taken.values():
            free.setdefault(key[:3], []).append(key)
    paired = {}
    for number, (key, value) in enumerate(after.items()):
        if value[1].code:
            paired[key] = value
        elif key in taken:
            paired[taken[key]] = value
        else:
            waiting = free.get(key[:3])
            paired[waiting.pop(0) if waiting else (*key[:3], "new", number)] = value
    return paired


# ── indicators ──────────────────────────────────────────────────────────────────────────────────────────────


def _indicator(old: Indicator, new: Indicator, at: _At) -> Iterator[Change]:
    """A node of the tree without its children; the parameters of its rule are told as its own."""
    same_rule, same_open = type(old.rule) is type(new.rule), type(old.open) is type(new.open)
    rule, group = new.rule if same_rule else old.rule, new.open if same_open else old.open
    yield from _keys(replace(old, rule=rule, open=group), new, at)
    if new.rule and same_rule:
        yield from _within(old.rule, new.rule, at)
    if new.open and same_open:
        yield from _keys(old.open, new.open, at)
        yield from _pieces(old.open.columns, new.open.columns, at, _code, _within)
        yield from _within(old.open.rule, new.open.rule, at)
    if new.rule and old.rule:
        yield from _answers(old, new, at)


def _answers(old: Indicator, new: Indicator, at: _At) -> Iterator[Change]:
    """Boxes that another rule or another way of counting brings or takes away."""
    before, after = _boxes(old), _boxes(new)
    if fresh := [label for label in after if label not in before]:
        yield at.says(f"要填写{'、'.join(fresh)}", REQUIRED)
    if gone := [label for label in before if label not in after]:
        yield at.says(f"不再填写{'、'.join(gone)}", REMOVED)


def _boxes(node: Indicator) -> tuple[str, ...]:
    """What must be answered for a leaf; the items of a checklist, which are told themselves, only by kind."""
    found = []
    for box in node.answers():
        if isinstance(node.rule, Checklist) and box.code.removeprefix(f"{node.code}-").isdecimal():
            found.append("各条目的例数" if box.kind == "count" else "各条目是否符合")
        elif box.required:
            found.append(f"“{box.label}”")
    return tuple(dict.fromkeys(found))


# ── trees ───────────────────────────────────────────────────────────────────────────────────────────────────


def _tree(old: Sequence[Any], new: Sequence[Any], at: _At, inside: Inside) -> Iterator[Change]:
    """Nodes by code, wherever they stand: what is gone, new, changed, moved."""
    before, after = _nodes(old), _nodes(new)
    for key, (_, node) in before.items():
        if key not in after:
            yield at.under(node).says(f"删除{told(node, whole=True)}", change_levels.removed(node))
    for key, (parent, node) in after.items():
        if key not in before:
            yield at.under(node).says(f"新增{told(node, whole=True)}", change_levels.added(node))
            continue
        came, was = before[key]
        if came != parent:
            where = f"{told(after[parent][1])}之下" if parent else "最上层"
            level = RULE if isinstance(node, Indicator) else WORDING
            yield at.under(node).says(f"{told(node)}移到{where}", level)
        if was != node:
            yield from inside(was, node, at.inside(node))
    for parent in dict.fromkeys(parent for parent, _ in after.values()):
        was, now = ({k: node for k, (up, node) in nodes.items() if up == parent} for nodes in (before, after))
        yield from _order(was, now, at)


def _nodes(roots: Sequence[Any]) -> Nodes:
    """Every node by its code, with the key of the one above (None: none), in order."""
    counts: Counter[str] = Counter()
    found: dict[Hashable, tuple[Hashable, Any]] = {}
    waiting = [(None, node) for node in reversed(roots)]
    while waiting:
        parent, node = waiting.pop()
        counts[node.code] += 1
        key = (node.code, counts[node.code])
        found[key] = (parent, node)
        waiting += [(key, child) for child in reversed(node.children)]
    return found


def _every(roots: Iterable[Indicator]) -> Iterator[Indicator]:
    return (node for root in roots for node in root.walk())


# ── how pieces are known again ──────────────────────────────────────────────────────────────────────────────


def _code(piece: Any) -> Hashable:
    return piece.code


#: key that holds pieces → what makes one of them known again, where that is not its code.
KNOWN_BY: dict[str, Known] = {
    "grades": lambda grade: grade.name,
    "adjustments": lambda one: (one.kind, one.label),
    "steps": lambda step: step.below,
    "cover": lambda line: line.label,
    "examples": lambda example: example.name,
    "sentences": lambda sentence: gist(sentence.text),
    "bands": lambda band: (band.op, band.bound),
    "items": lambda item: gist(item.text),
    "levels": lambda level: gist(level.text),
}


def _numbered(pieces: Iterable[Any], known: Known) -> dict[Hashable, Any]:
    """Pieces by what they are known by; a draft may hold equal ones, which are numbered."""
    counts: Counter[Hashable] = Counter()
    found = {}
    for piece in pieces:
        key = known(piece)
        counts[key] += 1
        found[key, counts[key]] = piece
    return found
