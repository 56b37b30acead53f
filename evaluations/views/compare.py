"""Two versions of a report beside each other: what differs, with links to its place."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from evaluations import access
from evaluations.comparable import LAST_YEAR, Comparable, Side
from evaluations.comparing import Comparison, compare
from evaluations.comparing.comparison import Project
from evaluations.comparing.sameness import Content
from evaluations.documents import anchors
from evaluations.documents.source import Source
from evaluations.errors import Invalid

from .places import Places


@dataclass(frozen=True)
class Links:
    """Where the differences of one report lie: in the document of the newer side, and in its boxes."""

    content: Content
    reference: str
    version: int
    since: int
    editable: bool

    def document(self, location: str) -> str:
        """The place in the printed report with its marks; "" where it has none."""
        anchor = anchors.place(self._source.compiled, self._places.split(location)[1]) if location else ""
        asked = {"version": self.version, "since": self.since}
        told = "&".join(f"{name}={number}" for name, number in asked.items() if number)
        page = reverse("review_document", args=[self.reference])
        return f"{page}{told and '?'}{told}#{anchor}" if anchor else ""

    def box(self, location: str) -> str:
        """The box that is filled in there, for whoever may; "" for anybody else."""
        return self._places.url(location) if self.editable and location else ""

    def of_project(self, content: Content) -> Links:
        """Those of one of its projects."""
        reference = content["evaluation"]["reference"]
        return Links(content, reference, self.version, self.since, self.editable)

    @cached_property
    def _source(self) -> Source:
        return Source(self.content)

    @cached_property
    def _places(self) -> Places:
        return Places(self.reference, self._source.figures)


@dataclass(frozen=True, slots=True)
class Shown:
    """A comparison with the links of its newer side, and those of its projects in the same way."""

    comparison: Comparison
    links: Links
    projects: tuple[tuple[Project, Shown | None], ...]


@require_safe
def page(request: HttpRequest, ref: str) -> HttpResponse:
    """`?from=1&to=2`: what differs; without them the newest version and the one before."""
    found = access.get_evaluation(request.user, ref, "read_submitted")
    comparable = Comparable(request.user, found)
    context = {"evaluation": found, "versions": comparable.versions, "last_year": LAST_YEAR}
    try:
        keys = comparable.pair(request.GET.get("from", ""), request.GET.get("to", ""))
    except Invalid as problem:
        return render(request, "compare/compare.html", context | {"problem": str(problem)}, status=400)
    if keys is None:
        return render(request, "compare/compare.html", context)
    old, new = map(comparable.side, keys)
    context |= {"old": old, "new": new, "shown": _shown(old, new, "edit" in comparable.actions)}
    return render(request, "compare/compare.html", context)


def _shown(old: Side, new: Side, editor: bool) -> Shown:
    same = old.evaluation == new.evaluation
    links = Links(
        new.content,
        new.evaluation.reference,
        new.number,
        since=old.number if same and old.number != new.number else 0,
        editable=editor and same and not new.number,
    )
    return _with_links(compare(old.content, new.content), links)


def _with_links(comparison: Comparison, links: Links) -> Shown:
    parts = {part["evaluation"]["reference"]: part for part in links.content["projects"]}
    projects = tuple(
        (one, _with_links(one.comparison, links.of_project(parts[one.reference])) if one.comparison else None)
        for one in comparison.projects
    )
    return Shown(comparison, links, projects)
