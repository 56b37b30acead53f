"""Scratch databases, migrated and filled with the demo; they are dropped after use."""

from __future__ import annotations

import importlib
import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from io import StringIO
from urllib.parse import urlsplit, urlunsplit

from .measure import Measurement


def databases(*, every: bool) -> Iterator[AbstractContextManager[str]]:
    """Contexts with a database URL ("": a fresh SQLite file): SQLite; PostgreSQL if `every` and named."""
    yield _sqlite()
    server = os.environ.get("POSTGRES_URL")
    if every and server:
        yield _postgres(server)


@contextmanager
def _sqlite() -> Iterator[str]:
    yield ""


@contextmanager
def _postgres(server: str) -> Iterator[str]:
    import psycopg
    from psycopg import sql

    name = f"jixiao_benchmark_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def run(group: str, rounds: int) -> list[Measurement]:
    """Prepare this process's database and measure one group in it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("load_demo", stdout=StringIO())
    call_command("collectstatic", interactive=False, verbosity=0)
    return importlib.import_module(f"benchmarks.{group}").measure(rounds)
