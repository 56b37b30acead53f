"""Addresses that anybody may open without signing in. Included by `evaluations.urls`, without a namespace."""

from __future__ import annotations

from django.urls import path

from .views import public

urlpatterns = [
    path("<slug:region>/<int:number>/", public.year, name="public_year"),
    path("<slug:ref>/report.pdf", public.report, name="public_report"),
]
