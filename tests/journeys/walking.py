"""What all journeys do: sign in through the page, and read the downloaded report."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import people


@pytest.fixture
def sign_in(new_context) -> Callable[..., Page]:
    """Signs somebody in and gives their page; everybody has a browser context of their own."""

    def _sign_in(username: str, password: str = people.PASSWORD) -> Page:
        page = new_context().new_page()
        page.goto("/login/")
        page.get_by_label("用户名").fill(username)
        page.get_by_label("密码").fill(password)
        page.get_by_role("button", name="登录", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert "/login/" not in page.url
        return page

    return _sign_in


def printed(page: Page, reference: str, query: str, file: Path) -> str:
    """The text of the downloaded PDF without white space."""
    answer = page.request.get(f"/evaluations/{reference}/report.pdf{query}")
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/pdf"
    file.write_bytes(answer.body())
    if not shutil.which("pdftotext"):
        pytest.skip("没有 pdftotext：apt-get install poppler-utils")
    text = subprocess.run(["pdftotext", "-raw", file, "-"], capture_output=True, check=True, text=True).stdout
    return "".join(text.split())
