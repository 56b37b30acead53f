"""Reads a page the way a screen reader does: elements by id, labels, what describes what."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser

from django.http import HttpResponse

BOXES = frozenset({"input", "select", "textarea"})
VOID = frozenset({"input", "br", "col", "meta", "link", "img", "hr"})


@dataclass
class Element:
    """One element with its attributes and the text inside it."""

    tag: str
    attrs: dict[str, str | None]
    text: str = ""
    inside: list[str] = field(default_factory=list)

    def __getitem__(self, name: str) -> str | None:
        return self.attrs.get(name)


class Page(HTMLParser):
    """The elements of a response, in order; `<template>` contents are left out, as browsers do."""

    def __init__(self, response: HttpResponse) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.feed(response.content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs), inside=[one.tag for one in self._open])
        if "template" not in element.inside:
            self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        assert self._open and self._open[-1].tag == tag, f"</{tag}> closes {self._open[-1:]}"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def all(self, *tags: str) -> list[Element]:
        return [element for element in self.elements if element.tag in tags]

    def ids(self) -> Counter[str]:
        return Counter(element["id"] for element in self.elements if element["id"])

    def by_id(self, wanted: str) -> Element:
        return next(element for element in self.elements if element["id"] == wanted)

    def boxes(self) -> list[Element]:
        """Everything that a person can type into or choose."""
        return [box for box in self.all(*BOXES) if box["type"] not in ("hidden", "submit")]

    def values(self) -> dict[str, str]:
        """What a browser would send, without script and without a button."""
        sent: dict[str, str] = {}
        for box in self.all(*BOXES):
            name, kind = box["name"], box["type"]
            if not name or "disabled" in box.attrs:
                continue
            if box.tag == "textarea":
                sent[name] = box.text.removeprefix("\n")
            elif box.tag == "select":
                sent[name] = self._chosen(box)
            elif kind not in ("radio", "checkbox") or "checked" in box.attrs:
                sent[name] = box["value"] or ""
        return sent

    def _chosen(self, select: Element) -> str:
        after = self.elements[self.elements.index(select) + 1 :]
        for option in after:
            if option.tag != "option":
                return ""
            if "selected" in option.attrs:
                return option["value"] if option["value"] is not None else option.text
        return ""
