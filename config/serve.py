"""`python -m config.serve`, the second half of script/server: database, static files, shipped data, gunicorn.

The socket is bound here and handed on to gunicorn: nobody can take the port between finding and using it.
"""

import errno
import hashlib
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

from config import environment
from config.command_line import run

PORTS_TO_TRY = 50


def main() -> None:
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    wanted = wanted_port()
    call_command("migrate", interactive=False, verbosity=0)
    collect_static(settings.BASE_DIR, settings.STATIC_ROOT)
    load_data(demo=settings.DEMO, library=settings.BASE_DIR / "indicators" / "library")
    listener = listen(wanted)
    if listener.getsockname()[1] != wanted:
        print(f"端口 {wanted} 已被占用，改用 {listener.getsockname()[1]}。", flush=True)
    listener.set_inheritable(True)
    gunicorn = [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.conf.py"]
    os.chdir(settings.BASE_DIR)
    # Fixed arguments, no shell; the process is replaced, so that Ctrl-C and SIGTERM reach gunicorn itself.
    os.execv(sys.executable, [*gunicorn, "--bind", f"fd://{listener.fileno()}", "config.wsgi"])  # noqa: S606


def wanted_port() -> int:
    text = environment.text("PORT", "8000")
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 65536):
        raise environment.EnvironmentProblem(
            f"环境变量 PORT={text!r} 不是 1 到 65535 的整数。", "PORT must be a port number"
        )
    return int(text)


def listen(first: int) -> socket.socket:
    """A listening socket on 127.0.0.1 at the first free port from `first` on."""
    for port in range(first, min(first + PORTS_TO_TRY, 65536)):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            if hasattr(socket, "TCP_DEFER_ACCEPT"):  # Linux
                # Browsers open connections ahead of need. The kernel now keeps them until something is said:
                # an idle one would hold a thread for five seconds.
                listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, 60)
            listener.bind(("127.0.0.1", port))
            listener.listen(2048)
            return listener
        except OSError as error:
            listener.close()
            if error.errno == errno.EACCES:
                raise environment.EnvironmentProblem(
                    f"没有使用端口 {port} 的权限，请用 PORT 指定 1024 以上的端口。", "port needs root"
                ) from error
            if error.errno != errno.EADDRINUSE:
                raise
    raise environment.EnvironmentProblem(
        f"端口 {first} 起的 {PORTS_TO_TRY} 个端口都被占用，请用 PORT 另行指定。", "no free port"
    )


def collect_static(base: Path, root: Path) -> None:
    """collectstatic when a static file or the pinned packages have changed since the last time."""
    from django.core.management import call_command

    stamp = root / ".collected"
    fingerprint = hashlib.sha256("\n".join(_static_sources(base)).encode()).hexdigest()
    if stamp.is_file() and stamp.read_text() == fingerprint:
        return
    call_command("collectstatic", interactive=False, verbosity=0)
    stamp.write_text(fingerprint)


def _static_sources(base: Path) -> Iterator[str]:
    yield (base / "requirements.txt").read_text(encoding="utf-8")
    for file in sorted((base / "static").rglob("*")):
        if file.is_file():
            yield f"{file.relative_to(base)} {hashlib.sha256(file.read_bytes()).hexdigest()}"


def load_data(demo: bool, library: Path) -> None:
    """The demo with its accounts; without it only the shipped templates."""
    from django.core.management import call_command

    if demo:
        call_command("load_demo")
        return
    call_command("load_template", *map(str, sorted(library.glob("*.yaml"))), publish=True)
    print("首次使用请另开终端建立首批管理员：.venv/bin/python manage.py create_admin", flush=True)


if __name__ == "__main__":
    sys.exit(run(main))
