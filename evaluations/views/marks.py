"""The report with what changed since an older version marked in it, and the switch for that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from evaluations.comparable import DRAFT
from evaluations.documents import building, marking
from evaluations.models import Snapshot
from evaluations.reviewing import Chosen


@dataclass(frozen=True, slots=True)
class Marks:
    """What the review page shows: a version (0: the live rows) and the one before it, 0 for none.

    `on`: whether what changed since `since` is marked.
    """

    reference: str
    version: int
    since: int
    on: bool

    @property
    def document_url(self) -> str:
        """The document as it is shown now."""
        asked = {"version": self.version, "since": self.since if self.on else 0}
        return reverse("review_document", args=[self.reference]) + _query(asked)

    @property
    def other_url(self) -> str:
        """The review page with the marks switched."""
        asked = {"version": self.version, "marks": "off" if self.on else ""}
        return reverse("review", args=[self.reference]) + _query(asked)


def of(request: HttpRequest, reference: str, version: int, versions: Sequence[Snapshot]) -> Marks:
    """On where an older version was sent, unless the reader said otherwise."""
    older = [one.version for one in versions if not version or one.version < version]
    return Marks(reference, version, max(older, default=0), bool(older) and request.GET.get("marks") != "off")


def marked(before: Chosen, after: Chosen) -> dict[str, Any]:
    """What the page of the document needs. Raises `building.TooLong` when `after` cannot be printed."""
    document, since = building.build(after.content), before.version
    listed = _query({"from": since, "to": after.version or DRAFT})
    context = {"since": since, "compare_url": reverse("compare", args=[document.reference]) + listed}
    try:
        found = marking.mark(building.build(before.content), document)
    except building.TooLong:
        told = f"第 {since} 版太长，无法排版，所以没有标出不同；请看版本比较。"
        return context | {"document": document, "unmarked": told}
    return context | {"document": found.document, "marks": range(1, found.count + 1)}


def _query(asked: dict[str, Any]) -> str:
    told = "&".join(f"{name}={value}" for name, value in asked.items() if value)
    return f"?{told}" if told else ""
