"""The main page of a template: its whole indicator tree (指标体系) in one table."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from . import door
from .frame import frame


@require_safe
@login_required
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The tree; what it is made of is the business of the other parts."""
    template = door.get_template(request, pk)
    return render(request, "indicators/tree.html", frame(request, template, "indicators"))
