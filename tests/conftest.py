"""What all tests share. A browser test is marked `browser` and uses pytest-playwright's `page`."""

import os
import shutil
import subprocess
from functools import cache

import hypothesis
import pytest

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
