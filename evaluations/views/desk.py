"""The review page: the report in the middle, what is found, said and given beside it, the decision below."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from evaluations import access, evidence_places, guards, points, rescoring, reviewing, worksheets
from evaluations import desk as assigning
from evaluations.documents import margin
from evaluations.documents.model import Document, Note
from evaluations.forms.queue import AssignForm
from evaluations.models import Evaluation, Worksheet
from evaluations.reviewing import Chosen, Remark, Review
from evaluations.transitions import BY_ACTION

from . import marks
from .deeds import deeds

#: What the check page offers, with the findings before one's eyes.
SENDING = frozenset({"request_signature", "submit", "decline"})


@dataclass(frozen=True, slots=True)
class Refusal:
    """What was not stored: the box it came from (`raise`, `score-…`, an action), why, and what was typed."""

    at: str
    message: str
    text: str = ""
    other: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A point in a list; `project`: whose it is; `url`: the page to mend it on, "" for who only reads."""

    remark: Remark
    project: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One item of the bureau's checklist as ticked."""

    number: int
    item: str
    verdict: str
    remark: str


def version_seen(request: HttpRequest) -> int | None:
    """The version that a form showed; None where it sent none, -1 for what is no number."""
    text = request.POST.get("version")
    return None if text is None else whole_number(text)


def whole_number(text: str) -> int:
    """A version or revision as it was sent; what is none is older than any."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def review_page(
    request: HttpRequest, found: Evaluation, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    """One version of a report with everything that belongs to it; `refusal` keeps what was not stored."""
    who = access.acting(request.user, found)
    actions = access.allowed(request.user, found)
    chosen = reviewing.choose(found, actions, request.GET.get("version", ""))
    newest = chosen.version == found.version
    review = Review(chosen.content, *(_given(found, chosen) if newest and chosen.version else ()))
    versions = reviewing.versions(found)
    shown = marks.of(request, found.reference, chosen.version, versions)
    bureau = points.is_bureau(who.roles)
    offered = deeds(found, actions, who.roles)
    here = [one for one in offered if one.action not in SENDING]
    offered_here = {one.action for one in here} | ({"void"} & actions)
    context = {
        "evaluation": found,
        "document_url": shown.document_url,
        "marks": shown,
        "actions": actions,
        "version": chosen.version,
        "newest": newest,
        "versions": versions,
        "review": review,
        "refusal": refusal,
        "deeds": here,
        "barred": _barred(found, actions, who),
        "sending": [one for one in offered if one.action in SENDING],
        "bureau": bureau,
        "may_review": newest and "review" in actions,
        "assign_form": _assign_form(found) if "assign" in actions else None,
        "remarks": remarks_of(found, review, chosen.content),
        **_raising(request, review, refusal),
        "refused_elsewhere": bool(refusal) and refusal.at in BY_ACTION and refusal.at not in offered_here,
        **(_worksheet(request, found) if bureau and chosen.version else {}),
        **_middle(request, found, chosen, review),
    }
    return render(request, "review/review.html", context, status=status)


def _assign_form(found: Evaluation) -> AssignForm:
    """Whose desk the report may go to; the one it is on is chosen."""
    now = {"reviewer": found.reviewer.username} if found.reviewer_id else {}
    return AssignForm(reviewers=assigning.reviewers_of(found.department.region), initial=now)


def _barred(found: Evaluation, actions: frozenset[str], who: guards.Actor) -> list[str]:
    """Why a button that one looks for is not there: what bars it, and what helps."""
    looked_for = (BY_ACTION[action] for action in ("withdraw", "approve", "publish"))
    return [
        access.hindrance(found, one.action, who)
        for one in looked_for
        if one.action not in actions and found.state in one.sources and one.roles & set(who.roles)
    ]


def _raising(request: HttpRequest, review: Review, refusal: Refusal | None) -> dict[str, str]:
    """The place that a point is about to be raised at: `?at=`, or that of a refused one; with its words."""
    at = refusal.other if refusal and refusal.at == "raise" else request.GET.get("at", "")
    listed = dict(review.places)
    return {"at": at, "at_label": listed.get(at) or review.label(at) if at else ""}


def _given(found: Evaluation, chosen: Chosen) -> tuple[Mapping[str, Any], Mapping[str, str]]:
    """复核分 and verdicts of the version that was sent last."""
    frozen = chosen.content["explanations"]
    judged = found.explanations.exclude(verdict="").values_list("fingerprint", "text", "verdict")
    verdicts = {key: verdict for key, text, verdict in judged if frozen.get(key, {}).get("text") == text}
    return rescoring.standing(found, chosen.content), verdicts


def remarks_of(found: Evaluation, review: Review, content: Mapping[str, Any]) -> list[Entry]:
    """The points of a report and its projects, open ones first, each with its place in `content`."""
    reviews = {part["evaluation"]["reference"]: Review(part) for part in content["projects"]}
    reviews[found.reference] = review
    entries = []
    for thread in points.of(found):
        one = thread.evaluation
        remark = reviews.get(one.reference, review).remark(thread)
        entries.append(Entry(remark, one.project if one.pk != found.pk else ""))
    return sorted(entries, key=lambda entry: not entry.remark.open)


def noted(found: Evaluation, content: Mapping[str, Any], document: Document) -> dict[str, Any]:
    """The document with the points in its margin, and the page to which they lead."""
    threads = [one for one in points.of(found) if one.evaluation_id == found.pk]
    if not threads:
        return {"document": document}
    review = Review(content)
    at: dict[str, tuple[Note, ...]] = {}
    for thread in threads:
        remark = review.remark(thread)
        note = Note(remark.key, thread.said[0].text, remark.open)
        at[remark.anchor] = (*at.get(remark.anchor, ()), note)
    return {
        "document": margin.with_notes(document, at),
        "notes_page": reverse("review", args=[found.reference]),
    }


def _worksheet(request: HttpRequest, found: Evaluation) -> dict[str, Any]:
    """The checklist and the drafted opinion; after a refusal as they were typed."""
    held: Worksheet = worksheets.current(found)
    typed = checks_posted(request.POST) if "opinion" in request.POST else held.checks
    checks = []
    for number, item in enumerate(worksheets.items(found.fiscal_year)):
        one = typed.get(item, {})
        checks.append(Check(number, item, one.get("verdict", ""), one.get("remark", "")))
    return {"worksheet": held, "checks": checks, "verdicts": worksheets.VERDICTS.items()}


def checks_posted(posted: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """What was ticked, by the words of the item that stood on the page: the list may have changed since."""
    found = {}
    for name, item in posted.items():
        if name.startswith("item-"):
            number = name.removeprefix("item-")
            verdict, remark = posted.get(f"verdict-{number}", ""), posted.get(f"remark-{number}", "")
            found[item] = {"verdict": verdict, "remark": remark}
    return found


def _middle(request: HttpRequest, found: Evaluation, chosen: Chosen, review: Review) -> dict[str, Any]:
    """What `?view=` shows: the document, the figures beside older ones, or the evidence."""
    view = request.GET.get("view", "")
    groups = evidence_places.groups(chosen.content, review.figures_of)
    context: dict[str, Any] = {"view": "document", "evidence_groups": groups, "keep": ""}
    if view == "figures":
        before = reviewing.version_before(found, chosen.version)
        context |= {"figures": review.figures(before), "with_before": before is not None}
    elif view == "evidence" and groups:
        first = groups[0].files[0]
        context["first_evidence"] = reverse("evidence_view", args=[found.reference, first.id])
    else:
        return context
    return context | {"view": view, "keep": f"view={view}&"}
