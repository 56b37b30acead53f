"""Links of a difference to its place."""

from __future__ import annotations

from typing import Protocol

from django import template

register = template.Library()


class Links(Protocol):
    """Of one report: the places of its locations, "" for none."""

    def document(self, location: str) -> str: ...

    def box(self, location: str) -> str: ...


@register.inclusion_tag("compare/links.html")
def place_links(links: Links, location: str, label: str) -> dict[str, str]:
    """看正文 and, for whoever may edit, 去修改; nothing where the place is on no page."""
    return {"document": links.document(location), "box": links.box(location), "label": label}
