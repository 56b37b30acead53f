"""Boxes written in Python: Django's own widgets and crispy render one template each, seven times the cost.

Every value is escaped by `format_html`; attributes come as a dict in which None leaves the attribute out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.forms import Widget
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

Attributes = Mapping[str, Any] | None


def attributes(values: Mapping[str, Any]) -> SafeString:
    """` name="value"` for each; True stands alone, None and False are left out."""
    parts = []
    for name, value in values.items():
        if value is None or value is False:
            continue
        parts.append(f" {name}" if value is True else f' {name}="{conditional_escape(value)}"')
    return mark_safe("".join(parts))  # noqa: S308  every value is escaped above, names are ours


class Plain(Widget):
    """A one-line text box."""

    def render(self, name: str, value: Any, attrs: Attributes = None, renderer: Any = None) -> SafeString:
        return format_html(
            '<input type="text" name="{}" value="{}" autocomplete="off"{}>',
            name,
            "" if value is None else value,
            attributes(attrs or {}),
        )


class Paragraphs(Widget):
    """A text area. Browsers drop the first line break of its content, so one stands before the value."""

    def render(self, name: str, value: Any, attrs: Attributes = None, renderer: Any = None) -> SafeString:
        return format_html(
            '<textarea name="{}"{}>\n{}</textarea>',
            name,
            attributes(attrs or {}),
            "" if value is None else value,
        )


class Choices(Widget):
    """Base of widgets that offer `choices`; a value that is none of them is kept as one more choice."""

    def __init__(self, choices: Iterable[str], attrs: Attributes = None) -> None:
        super().__init__(attrs)
        self.choices = tuple(choices)

    def offered(self, value: str) -> tuple[str, ...]:
        return self.choices if not value or value in self.choices else (*self.choices, value)


class Dropdown(Choices):
    """A select with an empty first line."""

    def render(self, name: str, value: Any, attrs: Attributes = None, renderer: Any = None) -> SafeString:
        value = value or ""
        options = ['<option value="">请选择</option>']
        options += [
            format_html("<option{}>{}</option>", mark_safe(" selected" if choice == value else ""), choice)  # noqa: S308
            for choice in self.offered(value)
        ]
        return format_html(
            '<select name="{}"{}>{}</select>',
            name,
            attributes(attrs or {}),
            mark_safe("".join(options)),  # noqa: S308
        )


class Radios(Choices):
    """Radio buttons in one line, or one below the other; the attributes go to each of them.

    The id belongs to the whole group, which a link can reach; the first button carries it as `…-0`.
    """

    groups = True

    def __init__(self, choices: Iterable[str], *, column: bool = False) -> None:
        super().__init__(choices)
        self.column = column

    def render(self, name: str, value: Any, attrs: Attributes = None, renderer: Any = None) -> SafeString:
        attrs = dict(attrs or {})
        identity = attrs.pop("id", name)
        attrs.pop("class", None)
        group = {
            key: attrs.pop(key)
            for key in ("aria-labelledby", "aria-describedby", "aria-invalid")
            if key in attrs
        }
        value = value or ""
        buttons = [
            format_html(
                '<label class="radio"><input type="radio" name="{}" id="{}-{}" value="{}"{}{}>'
                "<span>{}</span></label>",
                name,
                identity,
                number,
                choice,
                mark_safe(" checked" if choice == value else ""),  # noqa: S308
                attributes(attrs),
                choice,
            )
            for number, choice in enumerate(self.offered(value))
        ]
        return format_html(
            '<div class="{}" id="{}" role="radiogroup" tabindex="-1"{}>{}</div>',
            "radios radios-column" if self.column else "radios",
            identity,
            attributes(group),
            mark_safe("".join(buttons)),  # noqa: S308
        )


class Tick(Widget):
    """A check box that posts 是, or nothing."""

    def render(self, name: str, value: Any, attrs: Attributes = None, renderer: Any = None) -> SafeString:
        return format_html(
            '<input type="checkbox" name="{}" value="是"{}{}>',
            name,
            mark_safe(" checked" if value == "是" else ""),  # noqa: S308
            attributes(attrs or {}),
        )
