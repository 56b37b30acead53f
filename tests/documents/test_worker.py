"""The process that renders: warm, limited, sealed, replaced when it dies, and without secrets."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator

import pytest
from django.conf import settings

from evaluations.documents import pdf
from evaluations.documents.pdf import REASONS, RenderFailed, Worker

PAGE = "<html lang=zh-CN><body><h1>标题</h1><p>正文</p></body></html>"
HEAVY = f"<html lang=zh-CN><body><p>{'绩效自评报告' * 70_000}</p></body></html>"


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    made = Worker()
    yield made
    made.end()


def job(worker: Worker, html: str = PAGE, wall: float = 25, cpu: int = 20) -> bytes:
    return worker.job(html, "ab", wall, cpu)


def gone(process: int, seconds: float = 10) -> bool:
    """Whether the process ends in time (a zombie has ended)."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            with open(f"/proc/{process}/stat") as status:
                if status.read().rpartition(")")[2].split()[0] == "Z":
                    return True
        except FileNotFoundError:
            return True
        time.sleep(0.05)
    return False


def test_a_worker_stays_warm_between_jobs(worker: Worker) -> None:
    assert job(worker).startswith(b"%PDF")
    first = worker.pid
    job(worker)
    assert worker.pid == first


@pytest.mark.parametrize(
    "hostile",
    [
        '<img src="file:///etc/passwd">',
        '<img src="http://127.0.0.1:9/x.png">',
        '<img src="data:image/svg+xml,<svg/>">',
        '<link rel=stylesheet href="file:///etc/passwd">',
        '<link rel=attachment href="file:///etc/passwd">',
        '<style>@import url("http://127.0.0.1:9/x.css")</style>',
        '<style>@font-face{font-family:x;src:url("file:///etc/passwd")}</style>',
        '<p style="background:url(file:///etc/passwd)">x',
        '<object data="file:///etc/passwd"></object>',
        '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/passwd"/></svg>',
    ],
)
def test_nothing_is_ever_fetched(worker: Worker, hostile: str) -> None:
    with pytest.raises(RenderFailed, match="引用了外部文件"):
        job(worker, f"<html lang=zh-CN><body>{hostile}</body></html>")


def test_too_much_memory_is_refused_and_the_next_job_succeeds(worker: Worker) -> None:
    with pytest.raises(RenderFailed, match="内存上限"):
        job(worker, "<html lang=zh-CN><body><table><tr><td colspan=1000000000>x</table></body></html>")
    assert job(worker).startswith(b"%PDF")


def test_too_deep_nesting_is_refused(worker: Worker) -> None:
    with pytest.raises(RenderFailed, match="层次太多"):
        job(worker, f"<html lang=zh-CN><body>{'<div>' * 600}x</body></html>")


def test_a_whole_font_is_not_let_through(worker: Worker) -> None:
    assert "3 MB" in REASONS["font"]
    code = (
        "import sys; from evaluations.documents import worker as w; w.LARGEST_FONT = 10;"
        "r = w.Renderer(sys.argv[1])\n"
        "try: r.render('<html lang=zh-CN><p>字</p>', 'ab')\n"
        "except w.TooLargeFont as e: print('refused', e)"
    )
    said = subprocess.run(
        [sys.executable, "-c", code, str(settings.BASE_DIR / "static" / "print.css")],
        capture_output=True, text=True, cwd=settings.BASE_DIR, timeout=60,
    )  # fmt: skip
    assert said.stdout.startswith("refused /")


def test_the_wall_clock_ends_a_job_and_the_next_one_succeeds(worker: Worker) -> None:
    job(worker)
    first = worker.pid
    with pytest.raises(RenderFailed, match="没有排完"):
        job(worker, HEAVY, wall=0.5)
    assert gone(first)
    assert job(worker).startswith(b"%PDF")


def test_the_processor_limit_ends_a_job_however_old_the_worker_is(worker: Worker) -> None:
    job(worker)
    with pytest.raises(RenderFailed, match="没有排完"):
        job(worker, HEAVY, cpu=1)
    assert job(worker).startswith(b"%PDF")


def test_a_worker_killed_while_idle_is_replaced_unnoticed(worker: Worker) -> None:
    job(worker)
    first = worker.pid
    os.kill(first, signal.SIGKILL)
    assert gone(first)
    assert job(worker).startswith(b"%PDF")
    assert worker.pid != first


def test_a_worker_killed_at_work_costs_one_job(worker: Worker) -> None:
    job(worker)
    threading.Timer(0.5, os.kill, (worker.pid, signal.SIGKILL)).start()
    with pytest.raises(RenderFailed, match="进程中断"):
        job(worker, HEAVY)
    assert job(worker).startswith(b"%PDF")


def test_who_waits_too_long_for_the_worker_is_told(worker: Worker) -> None:
    job(worker)
    failed: list[str] = []

    def other() -> None:
        try:
            job(worker, wall=0.2)
        except RenderFailed as failure:
            failed.append(str(failure))

    thread = threading.Thread(target=other)
    threading.Timer(0.2, thread.start).start()
    with pytest.raises(RenderFailed):
        job(worker, HEAVY, wall=1.5)
    thread.join()
    assert failed == [REASONS["busy"]]


def test_jobs_from_several_threads_do_not_mix(worker: Worker) -> None:
    results: dict[str, bytes] = {}

    def render(text: str) -> None:
        results[text] = job(worker, PAGE.replace("正文", text))

    threads = [threading.Thread(target=render, args=(text,)) for text in ("甲", "乙", "丙", "丁")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(results[text] == job(worker, PAGE.replace("正文", text)) for text in results)
    assert len(set(results.values())) == 4


def test_html_beyond_the_limit_is_refused_before_any_work() -> None:
    with pytest.raises(RenderFailed, match="超过 100 万个字符"):
        pdf.render_anew("x" * (pdf.LONGEST_HTML + 1))


def test_a_worker_knows_no_secrets(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://user:secret@db/name")
    worker.end()
    job(worker)
    with open(f"/proc/{worker.pid}/environ") as environment:
        names = {entry.partition("=")[0] for entry in environment.read().split("\0") if entry}
    assert names <= {*pdf.PASSED_ON, "FONTCONFIG_FILE", "PYTHONHASHSEED", "PYTHONUTF8"}


def test_a_worker_ends_with_its_web_process() -> None:
    code = (
        "import os, django; django.setup()\n"
        "from evaluations.documents.pdf import Worker\n"
        "w = Worker(); w.job('<html lang=zh-CN><p>x', 'ab', 25, 20)\n"
        "print(w.pid, flush=True); os._exit(0)"
    )
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings", "PYTEST_XDIST_WORKER": "none"}
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=settings.BASE_DIR,
        env=environment, timeout=60,
    )  # fmt: skip
    assert gone(int(said.stdout))


def test_a_forked_process_gets_a_worker_of_its_own(worker: Worker) -> None:
    job(worker)
    mine = worker.pid
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        worker.forget()
        job(worker)
        os.write(writing, str(worker.pid).encode())
        worker.end()
        os._exit(0)
    os.waitpid(child, 0)
    assert int(os.read(reading, 20)) != mine
    assert job(worker).startswith(b"%PDF")
    assert worker.pid == mine


def test_the_web_process_never_imports_weasyprint() -> None:
    code = (
        "import sys, django; django.setup()\n"
        "import config.urls, evaluations.views.reports, evaluations.management.commands.render_report\n"
        "print('weasyprint' in sys.modules)"
    )
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings", "PYTEST_XDIST_WORKER": "none"}
    said = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=settings.BASE_DIR,
        env=environment, timeout=60,
    )  # fmt: skip
    assert said.stdout.strip() == "False", said.stderr
