"""The report as a page and as a PDF: the live rows of a draft, the frozen version of anything submitted."""

from __future__ import annotations

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from evaluations import access, reviewing
from evaluations.documents import building, fonts, html, pdf
from evaluations.documents.model import Document

from .answers import download
from .errors import problem


@require_safe
def preview(request: HttpRequest, ref: str) -> HttpResponse:
    """The report as it will print, on a page of its own; `?version=N` shows a frozen one."""
    evaluation = access.get_evaluation(request.user, ref, "read_submitted")
    actions = access.allowed(request.user, evaluation)
    chosen = reviewing.choose(evaluation, actions, request.GET.get("version", ""))
    try:
        document = building.build(chosen.content)
    except building.TooLong as limit:
        return _too_long(request, limit)
    pdf.warm()
    context = {
        "document": document,
        "evaluation": evaluation,
        "version": chosen.version,
        "fills_in": "edit" in actions,
        "notice": fonts.notice(),
    }
    response = render(request, "print/preview.html", context)
    patch_cache_control(response, private=True, no_cache=True)
    return response


@require_safe
def report_pdf(request: HttpRequest, ref: str) -> HttpResponse:
    """The report as a PDF to keep; `?version=N` gives a frozen one."""
    evaluation = access.get_evaluation(request.user, ref, "read_submitted")
    actions = access.allowed(request.user, evaluation)
    chosen = reviewing.choose(evaluation, actions, request.GET.get("version", ""))
    try:
        document = building.build(chosen.content)
        data = pdf.render(html.render(document))
    except building.TooLong as limit:
        return _too_long(request, limit)
    except pdf.RenderFailed as failure:
        return problem(request, 503, "PDF 没有生成", str(failure), "填写的内容都在，没有受到影响。")
    response = download(data, "application/pdf", file_name(document))
    patch_cache_control(response, private=True, no_cache=True)
    return response


def file_name(document: Document) -> str:
    """The title, with what no file system takes left out, and 草稿, 样张 or 已作废 where it is one."""
    name = re.sub(r'[\\/:*?"<>|\x00-\x1f]', "", document.name)[:80]
    state = {"voided": "（已作废）", "sample": "（样张）", "draft": "（草稿）"}.get(document.css, "")
    return f"{name}{state}.pdf"


def _too_long(request: HttpRequest, limit: building.TooLong) -> HttpResponse:
    return problem(request, 422, "报告太长，无法排版", str(limit), "请在填报页修改后重试，填写的内容都在。")
