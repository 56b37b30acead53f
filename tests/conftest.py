"""What all tests share. A browser test is marked `browser` and uses pytest-playwright's `page`."""

import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

import hypothesis
import pytest
from django.http import HttpResponse
from django.test import Client
from playwright.sync_api import Browser, BrowserContext

from evaluations.models import Evaluation
from tests import clock, logkeeping, people

# Time limits on single examples say more about the machine than about the code.
hypothesis.settings.register_profile("jixiao", deadline=None)
hypothesis.settings.load_profile("jixiao")


@cache
def chromium() -> str:
    """A Chromium that starts (Ubuntu's may be a stub that asks for snap); empty where there is none."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        path = shutil.which(name)
        if path and subprocess.run([path, "--version"], capture_output=True).returncode == 0:
            return path
    return ""


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests share one worker, two browsers on two cores only make both slow, and need Chromium."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.xdist_group("browser"))
            if not chromium():
                item.add_marker(
                    pytest.mark.skip(reason="没有 Chromium：apt-get install chromium 后再运行浏览器测试")
                )


@pytest.fixture(autouse=True)
def files_of_its_own(settings: Any) -> None:
    """Files are not rolled back with a test's rows, so every test has a folder of its own."""
    settings.MEDIA_ROOT = Path(settings.DATA_DIR) / "media" / uuid4().hex


@pytest.fixture(scope="session", autouse=True)
def every_post_is_held_to_the_log() -> Iterator[None]:
    """Fails the test whose POST changes something without a trace, or something although it is refused."""
    ask = Client.request

    def request(client: Client, **environ: Any) -> HttpResponse:
        if environ.get("REQUEST_METHOD") != "POST":
            return ask(client, **environ)
        with logkeeping.journal() as kept:
            response = ask(client, **environ)
        fault = logkeeping.fault(environ["PATH_INFO"], response.status_code, kept)
        assert not fault, fault
        return response

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "request", request)
        yield


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    """Debian's Chromium in place of Playwright's download; no calls of its own to the network."""
    # Playwright runs an event loop in the test's thread, and Django would refuse the database there.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    switches = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
    switches += ["--disable-background-networking", "--disable-component-update"]
    if os.geteuid() == 0:
        switches.append("--no-sandbox")
    return {"executable_path": chromium(), "headless": True, "args": switches}


class Gate:
    """Stands before the live server's application and knows what it is working on.

    A page that closes still sends what was typed. Were that request served while the database is emptied
    after the test, each would wait for the other and the rows would stay for the next test.
    """

    def __init__(self, application) -> None:
        self.application = application
        self.running = 0
        self.open = True
        self.changed = threading.Condition()

    def __call__(self, environ, start_response) -> Iterator[bytes]:
        with self.changed:
            served = self.open
            self.running += served
        if not served:
            start_response("503 Service Unavailable", [("Content-Length", "0")])
            return
        try:
            response = self.application(environ, start_response)
            try:
                yield from response
            finally:
                response.close()
        finally:
            with self.changed:
                self.running -= 1
                self.changed.notify_all()

    def close(self) -> None:
        """Takes no more requests and waits until those under way have ended."""
        with self.changed:
            self.open = False
            assert self.changed.wait_for(lambda: not self.running, timeout=60), "a request does not end"


@pytest.fixture(scope="session")
def gate(live_server) -> Gate:
    server = live_server.thread.httpd
    server.set_app(Gate(server.get_app()))
    return server.get_app()


@pytest.fixture
def new_context(
    browser: Browser, live_server, gate: Gate, transactional_db: None
) -> Iterator[Callable[..., BrowserContext]]:
    """Opens a browser context on the live server: `new_context()` for nobody, `new_context(user)` signed in.

    All are closed, and every request has ended, before the database is emptied.
    """
    contexts = []
    gate.open = True

    def _new_context(user=None) -> BrowserContext:
        context = browser.new_context(
            base_url=live_server.url, viewport={"width": 1366, "height": 768}, locale="zh-CN"
        )
        contexts.append(context)
        if user is not None:
            client = Client()
            client.force_login(user)
            value = client.cookies["jixiao_session"].value
            context.add_cookies([{"name": "jixiao_session", "value": value, "url": live_server.url}])
        return context

    yield _new_context
    for context in contexts:
        context.close()
    gate.close()


@pytest.fixture
def cast(db: None) -> people.Cast:
    """Everybody."""
    return people.cast()


@pytest.fixture
def draft(cast: people.Cast) -> Evaluation:
    """A fresh draft of 2024."""
    return people.evaluation(cast)


@pytest.fixture
def ready(draft: Evaluation) -> Evaluation:
    """A draft in which nothing is missing."""
    return people.complete(draft)


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Stops the clock: `at("2025-03-31 23:59")`."""
    return clock.setter(monkeypatch)
