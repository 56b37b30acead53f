"""A tree of texts → the boxes of a piece, as a crispy layout object.

One walk over the shapes. It is done twice where something is wrong: first to learn which boxes there are,
then with every sentence at the box named like its place, or at the nearest that encloses it; what encloses no
box is told above the form (`left`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout, LayoutObject
from django import forms
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from ..engine import spec
from ..engine.mentions import CODES, FORMULAS, TEXTS
from ..engine.words import choices, name_of, noun
from . import cases, controls, dicts, rows, rules
from .around import Around
from .arrangement import DECIDING, GROUPS, LINES, LONG, MOST, UNITS, WIDE, Group, unwanted
from .controls import EMPTY, Note, identity
from .helps import HELP
from .shapes import Shape, child, shapes_of
from .trees import Tree
from .widgets import attributes

#: Faults by place, which is the name of a box.
Told = Mapping[str, list[Note]]


class Drawing:
    """Draws pieces, their keys and their rows; `names` are the boxes that it drew.

    `looks`: what is said of formulas, `beside`: what stands beside boxes, both by name.
    """

    def __init__(
        self,
        around: Around,
        told: Told | None = None,
        looks: Mapping[str, SafeString] | None = None,
        beside: Mapping[str, SafeString] | None = None,
    ):
        self.around = around
        self.told: Told = told or {}
        self.looks = looks or {}
        self.beside = beside or {}
        self.names: set[str] = set()
        self.formulas: list[tuple[str, str]] = []
        #: Title of the table in whose rows the formulas of the piece are computed.
        self.row = ""

    # ── a piece ─────────────────────────────────────────────────────────────────────────────────────────────

    def piece(self, cls: type, tree: Tree, name: str = "", outer: Tree | None = None) -> SafeString:
        """All keys of a piece in their groups."""
        shapes = shapes_of(cls)
        hide = unwanted(cls, tree, outer, *((self.around.group, self.around.top) if not name else ()))
        groups = GROUPS.get(cls, (Group("", tuple(shapes)),))
        rest = tuple(key for key in shapes if not any(key in group.keys for group in groups))
        if rest:
            groups = (*groups, Group("其他", rest, folded=True))
        drawn = []
        for group in groups:
            keys = [key for key in group.keys if key in shapes and key not in hide]
            if keys:
                drawn.append(self._group(group, cls, keys, tree, name))
        return joined(drawn)

    def _group(self, group: Group, cls: type, keys: list[str], tree: Tree, name: str) -> SafeString:
        if group.keys == cases.CASES:
            return format_html(
                '<fieldset class="piece-group"><legend>{}</legend>{}</fieldset>',
                group.legend,
                cases.block(self, tree),
            )
        boxes = joined(self.key(cls, key, tree, name) for key in keys)
        ticks = all(shapes_of(cls)[key].kind == "tick" for key in keys)
        inside = format_html('<div class="piece-boxes{}">{}</div>', " piece-ticks" if ticks else "", boxes)
        if group.folded:
            return format_html(
                '<details class="piece-group piece-folded"{}><summary>{}</summary>{}</details>',
                mark_safe(" open") if any(self._has_notes(child(name, key)) for key in keys) else EMPTY,
                group.legend,
                inside,
            )
        if not group.legend:
            return format_html('<div class="piece-group">{}</div>', inside)
        return format_html(
            '<fieldset class="piece-group"><legend>{}</legend>{}</fieldset>', group.legend, inside
        )

    # ── a key ───────────────────────────────────────────────────────────────────────────────────────────────

    def key(self, cls: type, key: str, tree: Tree, name: str) -> SafeString:
        """The boxes of one key, with its label, help and notes."""
        shape, own = shapes_of(cls)[key], child(name, key)
        value = tree.get(key)
        if key == "code" and not name and self.around.fixed_code:
            return self._fixed(cls, key, value or "", own)
        match shape.kind:
            case "tick":
                return self._tick(cls, key, value or "", own)
            case "rows":
                return rows.block(self, cls, key, shape, value or [], own, tree)
            case "piece":
                return self._piece_within(cls, key, shape, value or {}, own)
            case "rule":
                return rules.block(self, cls, key, shape, value or {"kind": ""}, own, tree)
            case "mapping":
                return dicts.block(self, cls, key, shape, value or {}, own, tree)
        return self.box(cls, key, self.control(cls, key, shape, value or "", own, tree), own, shape)

    def box(self, cls: type, key: str, control: SafeString, name: str, shape: Shape) -> SafeString:
        """A label above a box, the unit behind it, help and notes below."""
        unit = UNITS.get((cls, key), "")
        required = shape.required and shape.kind not in ("choice", "lines")
        wide = shape.kind in ("lines", "groups") or (cls, key) in LONG | FORMULAS
        span = " piece-wide" if wide else " piece-span" if (cls, key) in WIDE else ""
        span = " piece-most" if (cls, key) in MOST else span
        return format_html(
            '<div class="piece-box{}"><label class="piece-label" for="{}"{}>{}{}</label>'
            '<div class="box-line">{}{}{}</div>{}{}</div>',
            span,
            identity(name),
            attributes({"title": HELP.get((cls, key)) if "[" in name else None}),
            name_of(cls, key),
            controls.REQUIRED if required else EMPTY,
            control,
            format_html('<span class="unit">{}</span>', unit) if unit else EMPTY,
            self.beside.get(name, EMPTY),
            self.notes(name),
            self.help(cls, key, name),
        )

    def control(
        self, cls: type, key: str, shape: Shape, value: str, name: str, tree: Tree, **more: Any
    ) -> SafeString:
        """The box alone; `more`: attributes, such as the name that it has for screen readers."""
        attrs = self.attributes(cls, key, name) | more
        if shape.kind == "choice":
            options = {one: choices(cls, key).get(one, one or "无") for one in shape.values}
            return self._choice(cls, key, options, value, name, attrs)
        if shape.kind == "groups":
            return controls.area(name, value, attrs, least=2)
        if shape.kind == "lines":
            return self._lines(cls, key, value, name, attrs)
        if shape.kind in ("number", "whole"):
            attrs["class"] += " figure"
            return controls.line(name, value, attrs | {"inputmode": "decimal"})
        if (cls, key) in FORMULAS:
            return self.formula(value, name, attrs)
        if named := self.around.named(cls, key, tree.get("kind", "")):
            return self._code(cls, key, named, value, name, attrs)
        if (cls, key) in TEXTS:
            attrs["data-texts"] = True
        if (cls, key) in LONG:
            return controls.area(name, value, attrs, per=28 if cls in LINES else 70)
        return controls.line(name, value, attrs)

    def attributes(self, cls: type, key: str, name: str) -> dict[str, Any]:
        self.names.add(name)
        described = [f"n-{name}"] if self._has_notes(name) else []
        if (cls, key) in HELP:
            described.insert(0, f"h-{name}")
        return {
            "class": "control",
            "aria-describedby": " ".join(described) or None,
            "aria-invalid": "true" if self._is_wrong(name) else None,
        }

    def formula(self, value: str, name: str, attrs: dict[str, Any]) -> SafeString:
        """A formula, with what the check says of it below."""
        self.formulas.append((name, value))
        attrs = attrs | {"class": f"{attrs['class']} formula", "spellcheck": "false", "data-formula": True}
        attrs["data-row"] = self.row or None
        return format_html(
            '<div class="formula-box">{}'
            '<div class="formula-told" id="t-{}" aria-live="polite">{}</div></div>',
            controls.area(name, value, attrs, per=28 if "[" in name else 80),
            name,
            self.looks.get(name, EMPTY),
        )

    def _choice(
        self, cls: type, key: str, options: dict[str, str], value: str, name: str, attrs: dict[str, Any]
    ) -> SafeString:
        if (cls, key) not in DECIDING:
            return controls.choice(name, value, options, attrs)
        return format_html(
            "{}{}", controls.choice(name, value, options, attrs | {"data-redraw": True}), REDRAW
        )

    def _lines(self, cls: type, key: str, value: str, name: str, attrs: dict[str, Any]) -> SafeString:
        """One a line; what codes are called stands beside them."""
        named = self.around.named(cls, key)
        if not named:
            return controls.area(name, value, attrs, least=2)
        attrs = attrs | {"data-codes": " ".join(self.parts_of(cls, key)), "spellcheck": "false"}
        told = "\n".join(named.get(code.strip(), "") for code in value.split("\n"))
        return format_html(
            '<div class="codes">{}<pre class="codes-told" aria-hidden="true">{}</pre></div>',
            controls.area(name, value, attrs, least=3),
            told,
        )

    def parts_of(self, cls: type, key: str) -> tuple[str, ...]:
        return CODES.get((cls, key), ())

    def _code(
        self, cls: type, key: str, named: Mapping[str, str], value: str, name: str, attrs: dict[str, Any]
    ) -> SafeString:
        options = {"": "无", **{code: f"{label}（{code}）" for code, label in named.items()}}
        return controls.choice(name, value, options, attrs)

    def _fixed(self, cls: type, key: str, value: str, name: str) -> SafeString:
        """A code never changes: data and history are found by it."""
        self.names.add(name)
        return format_html(
            '<div class="piece-box"><span class="piece-label">{}</span><div class="box-line">'
            '<output class="piece-code" id="{}">{}</output>{}</div>{}</div>',
            name_of(cls, key),
            identity(name),
            value,
            controls.hidden(name, value),
            self.notes(name),
        )

    def _tick(self, cls: type, key: str, value: str, name: str) -> SafeString:
        attrs = self.attributes(cls, key, name) | {"class": None}
        return format_html(
            '<div class="piece-box piece-ticked">{}{}{}</div>',
            controls.tick(name, value, name_of(cls, key), attrs),
            self.help(cls, key, name),
            self.notes(name),
        )

    def _piece_within(self, cls: type, key: str, shape: Shape, tree: Tree, name: str) -> SafeString:
        self.names.add(name)
        if key == "open":
            return rules.open_group(self, cls, key, shape, tree, name)
        return format_html(
            '<section class="piece-within piece-wide" id="{}"><h3>{}</h3>{}{}{}</section>',
            identity(name),
            name_of(cls, key),
            self.help(cls, key, name),
            self.piece(shape.cls, tree, name),
            self.notes(name),
        )

    # ── around a box ────────────────────────────────────────────────────────────────────────────────────────

    def help(self, cls: type, key: str, name: str) -> SafeString:
        """Help stands below a box; in rows, where it would stand many times, only on pointing."""
        words = HELP.get((cls, key))
        if not words:
            return EMPTY
        seen = "visually-hidden" if "[" in name else "help"
        return format_html('<p class="{}" id="h-{}">{}</p>', seen, name, words)

    def notes(self, name: str) -> SafeString:
        found = self.told.get(name, ())
        return controls.notes(name, found) if found else EMPTY

    def _has_notes(self, name: str) -> bool:
        return name in self.told

    def wrong_inside(self, name: str) -> bool:
        """Whether anything at or below this name is told."""
        return any(one == name or one.startswith((f"{name}.", f"{name}[")) for one in self.told)

    def _is_wrong(self, name: str) -> bool:
        return any(note.severity == "error" for note in self.told.get(name, ()))

    def noun(self, shape: Shape) -> str:
        return noun(shape.cls) if shape.cls else "行"


REDRAW = mark_safe(
    '<button type="submit" name="do" value="redraw" class="btn btn-sm btn-plain without-script">换</button>'
)


def joined(pieces: Iterable[SafeString]) -> SafeString:
    return mark_safe("".join(pieces))  # noqa: S308  every piece is escaped where it is made


# ── the form ────────────────────────────────────────────────────────────────────────────────────────────────


class Boxes(LayoutObject):
    """The boxes as they were drawn."""

    def __init__(self, html: SafeString) -> None:
        self.html = html

    def render(self, form: Any, context: Any, template_pack: str = "", **kwargs: Any) -> SafeString:
        return self.html


class PieceForm(forms.Form):
    """A piece (or a list of pieces) as a crispy form. `left`: what is wrong and belongs to no box.

    `faults`: (place within the piece, note). `look`: asked what is to be said of the formulas, given as (name
    of the box, text). `has_formulas`: whether there are any.
    """

    def __init__(
        self,
        around: Around,
        shape: Shape,
        tree: Tree,
        faults: Iterable[tuple[str, Note]] = (),
        look: Callable[[list[tuple[str, str]]], Mapping[str, SafeString]] | None = None,
        beside: Mapping[str, SafeString] | None = None,
    ) -> None:
        super().__init__()
        first = Drawing(around)
        html = whole(first, shape, tree)
        told, self.left = _assigned(faults, first.names)
        looks = look(first.formulas) if look else {}
        if told or looks or beside:
            html = whole(Drawing(around, told, looks, beside), shape, tree)
        self.has_formulas = bool(first.formulas)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.template = "filling/form.html"
        self.helper.layout = Layout(Boxes(html))


def whole(drawing: Drawing, shape: Shape, tree: Tree) -> SafeString:
    if shape.cls is spec.Table:
        drawing.row = tree.get("title") or ""
    elif shape.cls is spec.CheckRule:
        drawing.row = drawing.around.tables.get(tree.get("each") or "", "")
    if shape.kind == "rows":
        return rows.whole(drawing, shape, tree)
    return drawing.piece(shape.cls, tree)


def _assigned(
    faults: Iterable[tuple[str, Note]], names: set[str]
) -> tuple[dict[str, list[Note]], list[Note]]:
    told: dict[str, list[Note]] = {}
    left = []
    for place, note in faults:
        while place and place not in names:
            place = place[: max(place.rfind("."), place.rfind("["), 0)]
        if place:
            told.setdefault(place, []).append(note)
        else:
            left.append(note)
    return told, left
