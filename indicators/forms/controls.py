"""Single boxes as HTML: texts, formulas, choices, ticks, and what stands around them.

Written in Python, as all boxes of the program are; every value goes through `format_html` or `escape`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from .trees import YES
from .widgets import Paragraphs, Plain, attributes

EMPTY = mark_safe("")
REQUIRED = mark_safe('<span class="required">必填</span>')
_PLAIN, _AREA = Plain(), Paragraphs()


@dataclass(frozen=True, slots=True)
class Note:
    """What is wrong with what stands in a box: a sentence, `error` or `warning`."""

    words: str
    severity: str = "error"


def identity(name: str) -> str:
    """The id of a box; a link leads there with it."""
    return f"b-{name}"


def line(name: str, value: str, attrs: Mapping[str, Any]) -> SafeString:
    """A text of one line; one that has several already keeps them."""
    if "\n" in value or "\r" in value:
        return area(name, value, attrs)
    return _PLAIN.render(name, value, {"id": identity(name), **attrs})


def area(name: str, value: str, attrs: Mapping[str, Any], least: int = 1, per: int = 70) -> SafeString:
    """A text of several lines, as high as what stands in it with `per` characters in a line."""
    lines = sum(1 + len(one) // per for one in value.split("\n"))
    rows = min(max(least, lines), 16)
    return _AREA.render(name, value, {"id": identity(name), "rows": rows, **attrs})


def choice(name: str, value: str, options: Mapping[str, str], attrs: Mapping[str, Any]) -> SafeString:
    """A select; a value that is none of the options stays, as one more."""
    offered = dict(options) if value in options else {**options, value: value or "请选择"}
    drawn = format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((key, mark_safe(" selected") if key == value else EMPTY, words) for key, words in offered.items()),
    )
    return format_html(
        '<select name="{}"{}>{}</select>', name, attributes({"id": identity(name), **attrs}), drawn
    )


def tick(name: str, value: str, label: str, attrs: Mapping[str, Any]) -> SafeString:
    """A check box with its words behind it."""
    return format_html(
        '<label class="piece-tick"><input type="checkbox" name="{}" value="{}"{}{}> {}</label>',
        name,
        YES,
        mark_safe(" checked") if value == YES else EMPTY,
        attributes({"id": identity(name), **attrs}),
        label,
    )


def hidden(name: str, value: str) -> SafeString:
    return format_html('<input type="hidden" name="{}" value="{}">', name, value)


def notes(name: str, found: Iterable[Note]) -> SafeString:
    """What is wrong, tied to the box by the id."""
    drawn = format_html_join(
        "",
        '<p class="note {}"><span class="sign sign-{}" aria-hidden="true"></span>'
        '<span class="visually-hidden">{}：</span>{}</p>',
        (
            ("must_fix", "must_fix", "须改正", note.words)
            if note.severity == "error"
            else ("explain", "explain", "请留意", note.words)
            for note in found
        ),
    )
    return format_html('<div class="notes" id="n-{}">{}</div>', name, drawn)


def button(do: str, words: str, said: str = "", **attrs: Any) -> SafeString:
    """A button that sends the form and gets it back changed; `said`: what it is about."""
    return format_html(
        '<button type="submit" name="do" value="{}"{}{}>{}</button>',
        do,
        attributes({"class": "btn btn-sm btn-plain", **attrs}),
        attributes({"aria-label": said or None, "title": said or None}),
        words,
    )
