"""Addresses of the printed report and of its comparison. Included by `evaluations.urls`, no namespace."""

from __future__ import annotations

from django.urls import path

from .views import compare, reports

urlpatterns = [
    path("evaluations/<slug:ref>/preview/", reports.preview, name="preview"),
    path("evaluations/<slug:ref>/compare/", compare.page, name="compare"),
    path("evaluations/<slug:ref>/report.pdf", reports.report_pdf, name="report_pdf"),
]
