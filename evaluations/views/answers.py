"""What every page with a form does alike: say a service's refusal above it, answer 400, go on when done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header

from evaluations.errors import Invalid
from evaluations.models import User


def demand(request: HttpRequest, permission: str) -> None:
    """Raises `PermissionDenied` for whoever has the permission nowhere."""
    if not request.user.has_perm(permission):
        raise PermissionDenied


@contextmanager
def refused(form: forms.Form) -> Iterator[None]:
    """Put the sentences of a refusal above the form, which keeps what was typed."""
    try:
        yield
    except Invalid as error:
        for fault in error.faults:
            form.add_error(None, fault)


@contextmanager
def told(request: HttpRequest) -> Iterator[None]:
    """Say a refusal on the next page, for buttons without a form."""
    try:
        yield
    except Invalid as error:
        messages.error(request, str(error))


def done(request: HttpRequest, sentence: str, page: str, *args: Any) -> HttpResponse:
    """Say what was done and go on to a page."""
    messages.success(request, sentence)
    return redirect(page, *args)


def show(request: HttpRequest, template: str, form: forms.Form, **context: Any) -> HttpResponse:
    """A page with its form; 400 when the form has errors."""
    return render(request, template, {"form": form, **context}, status=status_of(form))


def status_of(*filled: forms.Form | None) -> int:
    """400 when something typed was refused, else 200."""
    return 400 if any(form is not None and form.is_bound and form.errors for form in filled) else 200


def download(content: bytes | str, kind: str, name: str, *, shown: bool = False) -> HttpResponse:
    """A file of the MIME type `kind` under its name: to keep, or `shown` by the browser itself."""
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = content_disposition_header(not shown, name)
    return response


def told_once(
    request: HttpRequest, person: User, password: str, title: str, *, again: str, back: str
) -> HttpResponse:
    """The page with a one-time password, which nothing keeps.

    `again`: what helps whoever did not write it down; `back`: the address to go on to.
    """
    shown = {"person": person, "password": password, "title": title, "again": again, "back": back}
    return render(request, "people/password.html", shown)


def posted(request: HttpRequest) -> Any:
    """What a form is bound to: nothing unless something was sent, be it empty."""
    return request.POST if request.method == "POST" else None
