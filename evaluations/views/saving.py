"""Saving a step: by its buttons (redirect after POST), by autosave (JSON), and after a conflict.

One way in for all: `Sent` reads the form, `_store` calls the services. A step with the budget grid stores its
boxes and its lines together or not at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote, urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from evaluations import access, budgeting, drafting, facts, names
from evaluations.assessing import Assessment
from evaluations.errors import Conflict, Invalid, Locked
from evaluations.forms import paste
from evaluations.forms.section import Row, SectionForm, Step, rows
from evaluations.models import Evaluation
from evaluations.sections import Posted

from . import conflicts, lines, steps, stored, tables
from .lines import Window
from .page import SectionPage
from .stored import Texts


@dataclass(frozen=True, slots=True)
class Sent:
    """What came with a POST: the step's boxes, its budget lines (None: the step has none), the revisions.

    `window`: where the window of a long grid begins whose lines these are; None: they are all.
    """

    posted: Posted
    lines: list[Row] | None
    revision: int
    lines_revision: int
    do: str
    table: str
    base: str
    window: int | None = None

    @property
    def lines_untouched(self) -> bool:
        """Whether the lines are exactly those that the page was drawn with."""
        drawn = stored.drawn_lines(self.base)
        return drawn is not None and stored.row_fingerprints(names.BUDGET, self.lines or []) == drawn

    def all_lines(self, whole: list[Row]) -> list[Row]:
        """The lines to store; of a page that shows a window of them, laid over the stored ones."""
        if self.window is None:
            return self.lines or []
        drawn = stored.drawn_lines(self.base) or {}
        ids = {found[1] for name in drawn if (found := names.read_row(name))}
        return lines.merge(whole, ids, self.lines or [])

    @classmethod
    def read(cls, step: Step, data: Mapping[str, Any]) -> Sent:
        """Everything as typed; a block from a spreadsheet is already laid into its grid."""
        do, _, table = data.get("do", "").partition(":")
        columns = {code: tables.typed_columns(one) for code, one in step.boxes.tables.items()}
        if step.budget:
            columns[names.BUDGET] = tables.budget_columns()
        grids = rows(data, columns)
        if do == "paste" and table in columns:
            block, at = data.get(names.paste(table), ""), data.get(names.paste_at(table), "")
            grids[table] = paste.place(grids[table], columns[table], block, at)
        if do == "remove" and (gone := names.read_row(table)) and gone[0] in grids:
            table, grids[gone[0]] = gone[0], [row for row in grids[gone[0]] if row["id"] != gone[1]]
        if step.budget:
            grids[names.BUDGET] = tables.typed_lines(grids[names.BUDGET])
        form = SectionForm(step, data)
        form.is_valid()
        return cls(
            form.posted(grids),
            grids.get(names.BUDGET),
            _number(data.get("revision")),
            _number(data.get("lines-revision")),
            do,
            table,
            data.get("base", ""),
            _number(data["lines-window"]) if "lines-window" in data else None,
        )


def save(request: HttpRequest, evaluation: Evaluation, step: Step) -> HttpResponse:
    """Store what the page sent and go where the button leads; after a conflict, what was chosen there."""
    merging = request.POST.get("do") == "merge"
    sent = _chosen(evaluation, step, request.POST) if merging else Sent.read(step, request.POST)
    try:
        try:
            outcome = _store(request, evaluation, step, sent)
        except Conflict:  # found before the limits of what was sent were: its page reads that, and may refuse
            return conflicts.page(request, evaluation, step, sent)
    except (Invalid, Locked) as refusal:
        if step.code not in facts.compiled_of(evaluation).steps:  # a newer template came in between
            messages.error(request, f"{refusal}您的内容没有保存。")
            return redirect("evaluation", evaluation.reference)
        texts = _typed(stored.read(evaluation, step, steps.unit_of(evaluation)), sent)
        return steps.show(request, evaluation, step, texts, refusal=str(refusal), status=422)
    return _after(request, evaluation, step, sent, len(outcome.faults))


def append(request: HttpRequest, evaluation: Evaluation, step: Step, text: str, words: str) -> HttpResponse:
    """Put sentences at the end of a text."""
    texts = stored.read(evaluation, step, steps.unit_of(evaluation))
    before = texts.boxes[text]
    together = f"{before}\n{words}" if before and words else before or words
    sent = Sent(
        Posted(texts={text: together}), None, _number(request.POST.get("revision")), 0, "append", text, ""
    )
    try:
        _store(request, evaluation, step, sent)
    except Conflict:
        return conflicts.page(request, evaluation, step, sent)
    except (Invalid, Locked) as refusal:
        messages.error(request, str(refusal))
    return _to("section", evaluation.reference, step.code, done=step.code, at=text)


@require_POST
def autosave(request: HttpRequest, ref: str, step: str) -> JsonResponse:
    """Store what the page sent; answer what the save changed on the page, or why nothing was stored."""
    evaluation = access.get_evaluation(request.user, ref, "read")
    try:
        wanted = steps.wanted(evaluation, step)
    except steps.Gone as gone:
        return JsonResponse({"message": f"{gone}您刚输入的内容保留在本页，没有保存。"}, status=409)
    sent = Sent.read(wanted, request.POST)
    try:
        outcome = _store(request, evaluation, wanted, sent)
    except Conflict as conflict:
        return JsonResponse({"message": conflicts.sentence(conflict)}, status=409)
    except Invalid as refusal:
        return JsonResponse({"message": f"{refusal}。您的内容保留在本页。"}, status=422)
    except (Locked, PermissionDenied) as refusal:
        return JsonResponse({"message": f"{refusal}您的内容保留在本页，没有保存。"}, status=403)
    page = SectionPage(evaluation, wanted, outcome.texts, outcome.assessment, editable=True)
    pasted = sent.table if sent.do == "paste" else ""
    if pasted == names.BUDGET and (sent.window is not None or len(outcome.texts.rows[pasted]) > lines.SIZE):
        return JsonResponse({"reload": _after(request, evaluation, wanted, sent, 0).url})
    return JsonResponse(
        {
            "revisions": outcome.texts.revisions,
            "saved_at": f"{timezone.localtime():%H:%M}",
            "faults": dict(outcome.faults),
            "invalid": page.findings.invalid(wanted.code),
            "parts": page.parts(request, with_rows=pasted),
            "replaced": bool(pasted),
            "base": outcome.texts.known(),
        }
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a save left: the texts exactly as it wrote them, under exactly its revisions."""

    texts: Texts
    assessment: Assessment
    faults: Mapping[str, str]


def _store(request: HttpRequest, evaluation: Evaluation, step: Step, sent: Sent) -> Outcome:
    """Boxes and lines, both or neither; raises what the services raise.

    Lines that are as the page received them are not sent on: nobody changed them here.
    """
    unit = steps.unit_of(evaluation)
    if sent.lines is None:
        return _outcome(step, _save_section(request, evaluation, step, sent), unit)
    if sent.lines_untouched:
        outcome = _outcome(step, _save_section(request, evaluation, step, sent), unit)
        return _with_lines(outcome, sent.lines, sent.lines_revision, {})
    whole = stored.read_lines(evaluation, unit) if sent.window is not None else []
    with transaction.atomic():
        grid = budgeting.save_grid(
            evaluation.department,
            evaluation.fiscal_year.year,
            sent.all_lines(whole),
            sent.lines_revision,
            request.user,
            unit=unit,
            section_follows=True,
        )
        saved = _save_section(request, evaluation, step, sent, lines_changed=grid.changed)
        outcome = _outcome(step, saved, unit)
        rows = stored.of_lines(grid.grid.lines.order_by("order"), grid.grid.raw, unit)
        if sent.window is not None:
            ids = {row["id"] for row in sent.lines}
            rows = [row for row in rows if row["id"] in ids]
        return _with_lines(outcome, rows, grid.revision, grid.faults)


def _save_section(
    request: HttpRequest, evaluation: Evaluation, step: Step, sent: Sent, *, lines_changed: bool = False
) -> drafting.Saved:
    return drafting.save_section(
        evaluation, step.code, sent.posted, sent.revision, request.user, lines_changed=lines_changed
    )


def _outcome(step: Step, saved: drafting.Saved, unit: str) -> Outcome:
    boxes, rows = stored.of_content(step, saved.section.content, unit)
    texts = Texts(boxes, rows, {"revision": saved.revision}, saved.section)
    return Outcome(texts, saved.assessment, saved.faults)


def _with_lines(outcome: Outcome, lines: list[Row], revision: int, faults: Mapping[str, str]) -> Outcome:
    texts = replace(
        outcome.texts,
        rows=outcome.texts.rows | {names.BUDGET: lines},
        revisions=outcome.texts.revisions | {"lines-revision": revision},
    )
    return Outcome(texts, outcome.assessment, {**faults, **outcome.faults})


def _chosen(evaluation: Evaluation, step: Step, data: Mapping[str, Any]) -> Sent:
    posted, lines = conflicts.merged(evaluation, step, data)
    return Sent(
        posted, lines, _number(data.get("revision")), _number(data.get("lines-revision")), "merge", "", ""
    )


def _typed(texts: Texts, sent: Sent) -> Texts:
    """The page's texts with what was sent instead of what is stored, at the revisions that were sent."""
    posted = sent.posted
    boxes = texts.boxes | dict(posted.fields) | dict(posted.texts)
    for code, (text, reason) in posted.overrides.items():
        boxes |= {names.printed(code): text, names.printed_reason(code): reason}
    rows = texts.rows | {code: [dict(row) for row in given] for code, given in posted.tables.items()}
    revisions, window = {"revision": sent.revision}, None
    if sent.lines is not None:
        if sent.window is not None:
            window = Window(sent.window, len(sent.lines), len(texts.rows[names.BUDGET]))
        rows[names.BUDGET] = sent.lines
        revisions["lines-revision"] = sent.lines_revision
    return replace(texts, boxes=boxes, rows=rows, revisions=revisions, window=window, base=sent.base)


def _after(request: HttpRequest, evaluation: Evaluation, step: Step, sent: Sent, faults: int) -> HttpResponse:
    """Where the button leads. `?done=` tells the browser that its own copy of this step is stored."""
    ref = evaluation.reference
    if sent.do == "sentences":
        return _to("sentences", ref, step.code, sent.table, done=step.code)
    if sent.do in ("add", "paste", "remove"):
        more = {"more": sent.table} if sent.do == "add" else {}
        if sent.table == names.BUDGET and sent.lines:
            more["row"] = sent.lines[-1]["id"]
        return _to("section", ref, step.code, done=step.code, at=sent.table, **more)
    if faults:
        messages.warning(request, f"已保存。有 {faults} 处看不懂，原样保留并标出，请改正。")
        return _to("section", ref, step.code, done=step.code)
    messages.success(request, f"已保存 {timezone.localtime():%H:%M}。")
    if sent.do != "next":
        return _to("section", ref, step.code, done=step.code)
    codes = [section.code for section in facts.compiled_of(evaluation).spec.steps()]
    after = codes[codes.index(step.code) + 1 :]
    return _to("section", ref, after[0], done=step.code) if after else _to("check", ref, done=step.code)


def _to(name: str, *args: str, at: str = "", **query: str) -> HttpResponse:
    address = f"{reverse(name, args=args)}?{urlencode(query)}"
    return redirect(f"{address}#{quote(at)}" if at else address)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0
