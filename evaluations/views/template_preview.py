"""A template with sample data, before anybody fills it in: the chapter of the wizard beside the report.

Both are drawn by what draws them for a department; nothing is stored, nothing can be typed.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from urllib.parse import urlencode

from csp.constants import SELF
from csp.decorators import csp_replace
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from evaluations import names, sampling
from evaluations.documents import building, html, pdf
from evaluations.documents.model import Document
from evaluations.forms.section import Step, step_of
from evaluations.models import BudgetLine
from evaluations.models.budget import AMOUNTS
from evaluations.sampling import Sample
from indicators import loading
from indicators.engine.faults import Fault, TemplateFaults
from indicators.engine.figures import Figures
from indicators.models import IndicatorTemplate
from indicators.views import door
from indicators.views.listing import told

from . import stored
from .answers import download
from .chapter import Chapter
from .errors import problem
from .page import SectionPage
from .places import Places
from .reports import file_name
from .stored import Texts

MOST_FAULTS = 50
#: What comes of a template that is not right yet (`TemplateFaults` is a ValueError).
UNUSABLE = (ArithmeticError, LookupError, TypeError, ValueError)


class SamplePlaces(Places):
    """Where locations lie on the preview page itself; pages of a real report there are none."""

    def __init__(self, figures: Figures, query: dict[str, str]) -> None:
        self.query = query
        super().__init__("", figures)
        self._long = False  # all budget lines are shown

    def page(self, name: str, *arguments: str) -> str:
        if name != "section":
            return ""
        return "?" + urlencode(self.query | {"section": arguments[0]})


class SamplePage(SectionPage):
    """A step as whoever fills it in sees it: with the boxes, rows and buttons that a locked page lacks."""

    def __init__(self, step: Step, sample: Sample) -> None:
        assessment = sample.assessment
        places = SamplePlaces(assessment.figures, {"example": sample.choice.key})
        super().__init__(None, step, _texts(step, sample), assessment, editable=False, places=places)
        self.chapter = Chapter(step, self.texts, assessment, self.panel, places, editable=True)


@require_safe
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """`?example=` chooses the data (a number, `auto`, `blank`), `section=` the chapter."""
    template = door.get_template(request, pk)
    try:
        sample = sampling.take(template, request.GET.get("example", ""))
        response = _page(request, sample, request.GET.get("section", ""))
    except UNUSABLE as error:
        words = _words(template, _reasons(template, error))
        context = {"template": template, "faults": words[:MOST_FAULTS], "further": len(words) - MOST_FAULTS}
        return render(request, "template_preview/faults.html", context)
    pdf.warm()
    return response


@require_safe
@never_cache  # the same address shows the draft as it is now
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": [SELF]})
def document(request: HttpRequest, pk: int) -> HttpResponse:
    """The report alone, for the frame beside the chapter."""
    template = door.get_template(request, pk)
    try:
        context = {"document": _document(template, request.GET.get("example", ""))}
    except building.TooLong as limit:
        context = {"problem": str(limit)}
    except UNUSABLE as error:
        context = {"problem": _words(template, _reasons(template, error))[0]}
    return render(request, "template_preview/document.html", context)


@require_safe
@never_cache
def report_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """The same as a PDF, marked 样张 on every page."""
    template = door.get_template(request, pk)
    try:
        made = _document(template, request.GET.get("example", ""))
        data = pdf.render(html.render(made))
    except building.TooLong as limit:
        return problem(request, 422, "样张太长，无法排版", str(limit), "请换一组样例数据。")
    except pdf.RenderFailed as failure:
        return problem(request, 503, "PDF 没有生成", str(failure), "模板没有受到影响。")
    except UNUSABLE as error:
        first = _words(template, _reasons(template, error))[0]
        return problem(
            request, 422, "模板还有错误，排不出报告", first, "预览页列出了每一处错误，改正后再打印。"
        )
    return download(data, "application/pdf", file_name(made))


def _reasons(template: IndicatorTemplate, error: Exception) -> tuple[Fault, ...]:
    """The faults for which the template cannot be drawn; raises what no fault explains once more.

    Only of what verification finds right the engine holds what it promises: a draft may lack a weight, or
    count by steps of 0.
    """
    if isinstance(error, TemplateFaults):
        return error.faults
    wrong = tuple(fault for fault in loading.verified(template) if fault.severity == "error")
    if not wrong:
        raise error
    return wrong


def _document(template: IndicatorTemplate, key: str) -> Document:
    return replace(building.build(sampling.take(template, key).content), version="样张", sample=True)


def _page(request: HttpRequest, sample: Sample, section: str) -> HttpResponse:
    """The chapter asked for, else the first, beside the place of the report where it prints."""
    template, steps = sample.template, sample.compiled.steps
    data, chapter = f"?example={sample.choice.key}", f"&at={section}" if section in steps else ""
    step = step_of(sample.compiled, section if section in steps else next(iter(steps), ""))
    context = {
        "template": template,
        "sample": sample,
        "choices": sampling.choices(sample.compiled),
        "faults": _words(template, sample.faults),
        "page": SamplePage(step, sample) if step else None,
        "document_url": reverse("template-preview-document", args=[template.pk]) + data + chapter,
        "pdf_url": reverse("template-preview-pdf", args=[template.pk]) + data,
    }
    return render(request, "template_preview/preview.html", context)


def _texts(step: Step, sample: Sample) -> Texts:
    """What stands in the boxes of a step."""
    content, unit = sample.assessment.stored, sample.compiled.spec.unit
    boxes, rows = stored.of_content(step, content["sections"][step.code], unit)
    if step.budget:
        rows[names.BUDGET] = stored.of_lines(map(_budget_line, content["lines"]), {}, unit)
    return Texts(boxes, rows, {})


def _budget_line(line: dict[str, str | None]) -> BudgetLine:
    """A line that is never saved."""
    texts = {name: line[name] for name in ("functional", "economic", "kind", "fund", "project")}
    amounts = {name: None if line[name] is None else Decimal(line[name]) for name in AMOUNTS}
    return BudgetLine(row=line["id"], **texts, **amounts)


def _words(template: IndicatorTemplate, faults: tuple[Fault, ...]) -> list[str]:
    """Faults with their places in words, each once."""
    spec = loading.spec_of(template)
    return list(dict.fromkeys(told(fault, spec) for fault in faults))
