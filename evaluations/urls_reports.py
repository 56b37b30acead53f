"""Addresses of the printed report, its comparison, a template's preview. No namespace."""

from __future__ import annotations

from django.urls import path

from .views import compare, reports, template_preview

urlpatterns = [
    path("evaluations/<slug:ref>/preview/", reports.preview, name="preview"),
    path("evaluations/<slug:ref>/compare/", compare.page, name="compare"),
    path("evaluations/<slug:ref>/report.pdf", reports.report_pdf, name="report_pdf"),
    path("templates/<int:pk>/preview/", template_preview.preview, name="template-preview"),
    path("templates/<int:pk>/preview/document/", template_preview.document, name="template-preview-document"),
    path("templates/<int:pk>/preview/report.pdf", template_preview.report_pdf, name="template-preview-pdf"),
]
