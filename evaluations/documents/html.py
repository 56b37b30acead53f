"""`Document` → HTML. What people typed is escaped; the only trusted markup is our own SVG and style sheet."""

from __future__ import annotations

from django.template.loader import render_to_string

from .model import Document


def render(document: Document, stylesheet: str = "") -> str:
    """A whole page. `stylesheet` goes inline in a file that must stand alone; the PDF worker has its own."""
    return render_to_string("print/report.html", {"document": document, "stylesheet": stylesheet})
