"""crispy layout objects that write a whole group in Python, without a template per field or widget.

They draw what the page model (`views.page`) prepared: nothing is looked up, parsed or decided here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from crispy_forms.layout import LayoutObject
from django.template.loader import render_to_string
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from evaluations import names

EMPTY = mark_safe("")
REQUIRED = mark_safe('<span class="required">必填</span>')


@dataclass(slots=True)
class Printed:
    """更改印刷数: a derived figure or a table's total may be printed otherwise, with a reason."""

    code: str
    label: str
    text: str = ""
    reason: str = ""


@dataclass(slots=True)
class Figure:
    """What stands around one box. `shown` is a derived figure's value; then there is no box."""

    code: str
    label: str
    unit: str = ""
    help: str = ""
    prior: str = ""
    required: bool = False
    numeric: bool = True
    wide: bool = False
    invalid: bool = False
    notes: SafeString = EMPTY
    shown: str | None = None
    printed: Printed | None = None


class Box(LayoutObject):
    """Label, box, unit, last year's figure, help, and what is wrong, tied together for screen readers."""

    def __init__(self, figure: Figure) -> None:
        self.figure = figure

    def render(self, form: Any, context: Any, template_pack: str = "", **kwargs: Any) -> SafeString:
        figure = self.figure
        form.rendered_fields.add(figure.code)
        code = figure.code
        around = EMPTY
        if figure.unit:
            around += format_html('<span class="unit" id="unit-{}">{}</span>', code, figure.unit)
        if figure.prior:
            around += format_html('<span class="prior" id="prior-{}">{}</span>', code, figure.prior)
        below = EMPTY
        if figure.help:
            below += format_html('<p class="help" id="help-{}">{}</p>', code, figure.help)
        if figure.printed:
            around += printed_boxes(figure.printed)
        return format_html(
            '<div class="box{}" id="box-{}">{}<div class="box-side"><div class="box-line">{}{}</div>{}'
            '<div class="notes" id="notes-{}">{}</div></div></div>',
            " box-wide" if figure.wide else "",
            code,
            self._label(form),
            self._control(form),
            around,
            below,
            code,
            figure.notes,
        )

    def parts(self) -> dict[str, str]:
        """What a save may have changed."""
        figure = self.figure
        found = {f"notes-{figure.code}": figure.notes}
        if figure.prior:
            found[f"prior-{figure.code}"] = escape(figure.prior)
        if figure.shown is not None:
            found[f"value-{figure.code}"] = escape(figure.shown)
        return found

    def _label(self, form: Any) -> SafeString:
        figure = self.figure
        grouped = figure.shown is None and getattr(form.fields[figure.code].widget, "groups", False)
        return format_html(
            '<span class="box-label" id="label-{}">{}{}</span>'
            if grouped or figure.shown is not None
            else '<label class="box-label" id="label-{0}" for="{0}">{1}{2}</label>',
            figure.code,
            figure.label,
            REQUIRED if figure.required else EMPTY,
        )

    def _control(self, form: Any) -> SafeString:
        figure = self.figure
        if figure.shown is not None:
            return format_html(
                '<output class="derived" id="{0}" tabindex="-1" aria-labelledby="label-{0}">'
                '<span id="value-{0}">{1}</span></output>',
                figure.code,
                figure.shown,
            )
        bound = form[figure.code]
        return bound.field.widget.render(bound.html_name, bound.value(), self._attributes(bound.field.widget))

    def _attributes(self, widget: Any) -> dict[str, Any]:
        figure = self.figure
        described = [f"{part}-{figure.code}" for part in ("unit", "prior", "help") if getattr(figure, part)]
        described.append(f"notes-{figure.code}")
        attrs: dict[str, Any] = {
            "id": figure.code,
            "class": "control figure" if figure.numeric else "control",
            "aria-describedby": " ".join(described),
            "aria-invalid": "true" if figure.invalid else None,
        }
        if getattr(widget, "groups", False):
            attrs["aria-labelledby"] = f"label-{figure.code}"
        elif figure.numeric:
            attrs["inputmode"] = "decimal"
        return attrs


def printed_boxes(printed: Printed) -> SafeString:
    """The two boxes of a printed override, folded away until one is used."""
    return format_html(
        '<details class="printed"{}><summary>更改印刷数</summary><div class="printed-boxes">'
        '<label>印为 <input type="text" name="{}" id="{}" value="{}" class="control figure" '
        'autocomplete="off" aria-label="{}的印刷数"></label>'
        "{}</div></details>",
        mark_safe(" open") if printed.text or printed.reason else EMPTY,
        names.printed(printed.code),
        names.printed(printed.code),
        printed.text,
        printed.label,
        _reason_box(printed, f"{printed.label}按此印刷的理由"),
    )


def heading_boxes(printed: Printed, notes: SafeString) -> SafeString:
    """改标题: the two boxes of another heading, folded away until one is used, and what is wrong there."""
    return format_html(
        '<details class="printed rename"{}><summary>改标题<span class="visually-hidden">：{}</span></summary>'
        '<div class="printed-boxes"><label class="grow">印为 <input type="text" name="{}" id="{}" value="{}" '
        'class="control" autocomplete="off" aria-label="“{}”印成的标题"></label>{}</div></details>'
        '<div class="notes" id="notes-{}">{}</div>',
        mark_safe(" open") if printed.text or printed.reason else EMPTY,
        printed.label,
        names.printed(printed.code),
        names.printed(printed.code),
        printed.text,
        printed.label,
        _reason_box(printed, f"更改标题“{printed.label}”的理由"),
        printed.code,
        notes,
    )


def _reason_box(printed: Printed, label: str) -> SafeString:
    """A reason is a sentence or two: the box grows with it."""
    return format_html(
        '<label class="grow">理由 <textarea name="{}" id="{}" rows="1" class="control" aria-label="{}">\n{}'
        "</textarea></label>",
        names.printed_reason(printed.code),
        names.printed_reason(printed.code),
        label,
        printed.reason,
    )


class Piece(LayoutObject):
    """A part with a template of its own; `inner` layout objects are drawn first, under their names.

    `live`: what a save may change, by id of the element that holds it; the template finds it under `live`.
    """

    def __init__(
        self, template: str, data: dict[str, Any], live: dict[str, str] | None = None, **inner: list[Any]
    ) -> None:
        self.template = template
        self.data = data
        self.live = live or {}
        self.inner = inner

    def render(self, form: Any, context: Any, template_pack: str = "", **kwargs: Any) -> SafeString:
        drawn = {
            name: mark_safe("".join(part.render(form, context, template_pack) for part in parts))  # noqa: S308
            for name, parts in self.inner.items()
        }
        shared = {"evaluation": context.get("evaluation"), "editable": context.get("editable"), "form": form}
        return mark_safe(render_to_string(self.template, shared | self.data | drawn))  # noqa: S308

    def parts(self) -> dict[str, str]:
        """What a save may have changed, here and inside."""
        found = dict(self.live)
        for parts in self.inner.values():
            for part in parts:
                found |= part.parts()
        return found
