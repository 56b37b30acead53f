"""What every start from a command line has in common.

It speaks UTF-8 whatever the terminal's language, failures that are no fault of the program end in one Chinese
line and exit code 2, and an empty database gets its tables.
"""

import io
import os
import sys
from collections.abc import Callable


def run(action: Callable[[], None]) -> int:
    """Runs `action` with the settings chosen; its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        from django.core.management import CommandError
        from django.db import OperationalError

        from config.environment import EnvironmentProblem
    except ImportError:
        print("找不到 Django。请先运行 script/setup，再用 .venv/bin/python 启动。", file=sys.stderr)
        return 2
    try:
        action()
    except EnvironmentProblem as problem:
        print(problem, file=sys.stderr)
        return 2
    except CommandError as error:  # manage.py handles its own; this is for commands called from the program
        print(error, file=sys.stderr)
        return error.returncode
    except OperationalError:
        reason = _why_unreachable()
        if not reason:
            raise
        print(f"无法打开数据库，请检查 DATABASE_URL 和数据库服务：{reason}", file=sys.stderr)
        return 2
    return 0


def create_tables_if_empty() -> None:
    """`manage.py …` works right after script/setup. A database that has tables is left to `migrate`: its
    operator decides when."""
    from django.core.management import call_command
    from django.db import connection

    if "django_migrations" not in connection.introspection.table_names():
        call_command("migrate", interactive=False, verbosity=0)


def _why_unreachable() -> str:
    """The database's own words, empty when a connection can be made."""
    from django.db import OperationalError, connection

    connection.close()
    try:
        connection.ensure_connection()
    except OperationalError as error:
        return " ".join(str(error).split())
    return ""
