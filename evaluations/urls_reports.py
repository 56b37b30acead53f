"""Addresses of the printed report. Included by `evaluations.urls`, without a namespace."""

from __future__ import annotations

from django.urls import path

from .views import reports

urlpatterns = [
    path("evaluations/<slug:ref>/preview/", reports.preview, name="preview"),
    path("evaluations/<slug:ref>/report.pdf", reports.report_pdf, name="report_pdf"),
]
