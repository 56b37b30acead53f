"""HTML → PDF in a warm worker process, with limits.

Every web process has one worker of its own, started on first use (`warm` starts it ahead) and replaced when
it dies. It gets no secrets and no database, and ends with its web process. Finished PDFs are kept by the
hash of what they were made from.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass
from importlib.metadata import version
from multiprocessing.connection import Connection
from pathlib import Path

from django.conf import settings

from . import cache

logger = logging.getLogger(__name__)

#: How long a person and a thread of the web server wait at most, and what a job may cost meanwhile.
WALL_SECONDS = 25
CPU_SECONDS = 20
#: Address space of the worker; a plain report of 40 pages needs about a third.
MEGABYTES = 1024
IDLE_SECONDS = 900
#: More characters of HTML than this never fit into `CPU_SECONDS`: not worth the attempt.
LONGEST_HTML = 1_000_000
#: The modules that decide what the worker makes of the HTML.
RENDERING = ("worker", "justify", "pitch", "spans")
PASSED_ON = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "HOME", "XDG_CACHE_HOME", "TMPDIR")


class RenderFailed(Exception):
    """No PDF. `args[0]`: one Chinese sentence for the person who asked; the log has the rest."""


REASONS = {
    "memory": "报告内容太多，超出了一份 PDF 的内存上限。请缩短文字或减少表格行数后重试。",
    "depth": "报告内容的层次太多，无法排版。请减少层次后重试。",
    "font": "报告用到的字体无法取子集（单个字体超过 3 MB），没有生成 PDF。请联系系统管理员检查字体安装。",
    "fetch": "报告内容引用了外部文件，已拒绝生成 PDF。请联系系统管理员。",
    "fault": "生成 PDF 时出错，已记入日志。请稍后重试；仍不成功请联系系统管理员。",
    "time": f"报告内容太多，{WALL_SECONDS} 秒内没有排完。请缩短文字或减少表格行数后重试。",
    "busy": "现在生成 PDF 的人较多，请过一会儿再试。",
    "died": "生成 PDF 的进程中断，已记入日志。请重试。",
    "start": "生成 PDF 的进程无法启动，已记入日志。请联系系统管理员。",
    "long": "报告内容太多（超过 100 万个字符），无法生成 PDF。请缩短文字或减少表格行数。",
}


def render(html: str) -> bytes:
    """The PDF of a report's HTML; equal HTML gives equal bytes here. Raises `RenderFailed`."""
    key = key_of(html)
    kept = cache.read(key)
    if kept is None:
        kept = render_anew(html)
        cache.write(key, kept)
    return kept


def render_anew(html: str, identifier: str = "") -> bytes:
    """As `render`, always by the worker. `identifier` goes into the file; made from the HTML by default."""
    if len(html) > LONGEST_HTML:
        raise RenderFailed(REASONS["long"])
    identifier = identifier or hashlib.sha256(html.encode()).hexdigest()[:32]
    return _WORKER.job(html, identifier, WALL_SECONDS, CPU_SECONDS)


def key_of(html: str) -> str:
    """SHA-256 of all that decides the bytes: HTML, style sheet, our own rendering, WeasyPrint, fonts.

    The fonts are those of the last script/setup, which writes the font configuration anew.
    """
    ours = [_stylesheet(), *(Path(__file__).with_name(f"{name}.py") for name in RENDERING)]
    parts = [html, version("weasyprint"), str(settings.FONTS_MISSING)]
    parts += [path.read_text("utf-8") for path in ours]
    if settings.FONTCONFIG_FILE:
        parts.append(f"{settings.FONTCONFIG_FILE} {settings.FONTCONFIG_FILE.stat().st_mtime_ns}")
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def warm() -> None:
    """Start the worker without waiting for it: it loads while the person still reads the preview."""
    try:
        _WORKER.start()
    except RenderFailed:
        logger.exception("the PDF worker could not be started ahead")


def _stylesheet() -> Path:
    return Path(settings.BASE_DIR) / "static" / "print.css"


@dataclass
class Running:
    process: subprocess.Popen[bytes]
    connection: Connection

    def end(self) -> int:
        """Kill and collect; the exit code."""
        self.connection.close()
        self.process.kill()
        return self.process.wait()


class Worker:
    """One worker process and the lock that gives it one job at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: Running | None = None

    def forget(self) -> None:
        """After a fork: the process belongs to the parent, which alone keeps its end of the socket open."""
        self._lock = threading.Lock()
        if self._running is not None:
            self._running.connection.close()
            self._running = None

    @property
    def pid(self) -> int | None:
        """Of the process now running; None before the first job and after a failure."""
        return self._running.process.pid if self._running else None

    def start(self) -> None:
        """Have a process, without waiting until it is warm. Raises `RenderFailed`."""
        with self._lock:
            self._alive()

    def end(self) -> None:
        """End the process, if there is one; the next job starts another."""
        if self._running is not None:
            self._running.end()
            self._running = None

    def job(self, html: str, identifier: str, wall_seconds: float, cpu_seconds: int) -> bytes:
        """One PDF. Raises `RenderFailed`; the next job then gets a new process."""
        message = json.dumps({"html": html, "identifier": identifier, "seconds": cpu_seconds}).encode()
        if not self._lock.acquire(timeout=wall_seconds):
            raise RenderFailed(REASONS["busy"])
        try:
            return self._answer(self._send(message), wall_seconds)
        finally:
            self._lock.release()

    def _answer(self, running: Running, wall_seconds: float) -> bytes:
        try:
            if not running.connection.poll(wall_seconds):
                raise self._failure("time")
            answer = running.connection.recv_bytes()
        except (EOFError, OSError) as error:
            raise self._failure("died") from error
        if answer[:1] == b"F":
            raise self._failure(answer[1:].decode())
        return answer[1:]

    def _send(self, message: bytes) -> Running:
        """Hand the job over; a worker that ended while idle is replaced once."""
        running = self._alive()
        try:
            running.connection.send_bytes(message)
        except OSError:
            running.end()
            self._running = None
            running = self._alive()
            try:
                running.connection.send_bytes(message)
            except OSError as error:
                raise self._failure("start") from error
        return running

    def _alive(self) -> Running:
        if self._running is not None and self._running.process.poll() is not None:
            self._running.end()
            self._running = None
        if self._running is None:
            self._running = _start()
        return self._running

    def _failure(self, reason: str) -> RenderFailed:
        code = self._running.end() if self._running else None
        self._running = None
        if code == -signal.SIGXCPU:
            reason = "time"
        logger.error("PDF worker: %s (exit code %s)", reason, code)
        return RenderFailed(REASONS[reason])


def _start() -> Running:
    ours, theirs = socket.socketpair()
    command = [sys.executable, "-m", "evaluations.documents.worker", str(theirs.fileno()), str(_stylesheet()),
               str(MEGABYTES), str(IDLE_SECONDS)]  # fmt: skip
    try:
        process = subprocess.Popen(  # noqa: S603 (our own module, nothing from outside)
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
            cwd=settings.BASE_DIR,
            env=_environment(),
        )
    except OSError as error:
        ours.close()
        logger.exception("the PDF worker cannot be started")
        raise RenderFailed(REASONS["start"]) from error
    finally:
        theirs.close()
    return Running(process, Connection(ours.detach()))


def _environment() -> dict[str, str]:
    """What the worker may know: where the fonts are. A fixed hash seed keeps the bytes equal."""
    passed = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    fonts = {"FONTCONFIG_FILE": str(settings.FONTCONFIG_FILE)} if settings.FONTCONFIG_FILE else {}
    return passed | fonts | {"PYTHONHASHSEED": "0", "PYTHONUTF8": "1"}


_WORKER = Worker()
os.register_at_fork(after_in_child=_WORKER.forget)
