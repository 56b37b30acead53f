"""Fixtures of the printed report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from evaluations.documents import html, pdf
from evaluations.documents.model import Document

from .printed import Printed

Print = Callable[[Document], Printed]


@pytest.fixture
def printed(tmp_path: Path) -> Print:
    """Prints a document with the worker that the application uses."""
    return lambda document: Printed(pdf.render_anew(html.render(document)), tmp_path)
