"""Filling in: the way to the next step, the page of a step, its proposed sentences."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from evaluations import access, assessing
from indicators.engine import bindings

from . import preview, saving, steps, stored


@require_safe
def evaluation(request: HttpRequest, ref: str) -> HttpResponse:
    """To the first step in which something is still to be done, else to the check page."""
    found = access.get_evaluation(request.user, ref, "read")
    assessment = assessing.assess(found)
    for section in assessment.compiled.spec.steps():
        if assessment.statuses[section.code].name != "complete":
            return redirect("section", ref, section.code)
    return redirect("check", ref)


@require_http_methods(["GET", "HEAD", "POST"])
def section(request: HttpRequest, ref: str, step: str) -> HttpResponse:
    """The page of a step; a POST saves it."""
    found = access.get_evaluation(request.user, ref, "read")
    try:
        wanted = steps.wanted(found, step)
    except steps.Gone as gone:
        messages.warning(request, str(gone))
        return redirect("evaluation", ref)
    if request.method == "POST":
        return saving.save(request, found, wanted)
    texts = stored.read(found, wanted, steps.unit_of(found))
    return steps.show(request, found, wanted, steps.window(texts, request))


@require_http_methods(["GET", "HEAD", "POST"])
def sentences(request: HttpRequest, ref: str, step: str, text: str) -> HttpResponse:
    """标准表述: sentences that the data allow, to take into the text; without script a page of its own."""
    found = access.get_evaluation(request.user, ref, "edit")
    wanted = steps.wanted(found, step)
    if text not in wanted.boxes.texts:
        raise Http404("没有这段文字。")
    assessment = assessing.assess(found)
    proposed = [bindings.for_authors(one) for one in assessment.compiled.sentences(text, assessment.figures)]
    if request.method == "POST":
        taken = [
            sentence
            for number, sentence in enumerate(proposed)
            if str(number) in request.POST.getlist("take")
        ]
        return saving.append(request, found, wanted, text, "".join(taken))
    shown = [(sentence, preview.html(sentence, assessment)) for sentence in proposed]
    block = wanted.boxes.texts[text]
    context = {
        "evaluation": found,
        "step": wanted,
        "text": block,
        "sentences": shown,
        "texts": stored.read(found, wanted, steps.unit_of(found)),
    }
    template = "filling/sentences_part.html" if request.htmx else "filling/sentences.html"
    return render(request, template, context)
