"""The database fits the models, and every migration has a name."""

import re
from pathlib import Path

from django.core.management import call_command

FOLDERS = [Path(__file__).parents[2] / room / "migrations" for room in ("evaluations", "indicators")]


def test_no_migration_is_missing(db: None):
    call_command("makemigrations", check=True, dry_run=True)


def test_migrations_are_named():
    for folder in FOLDERS:
        for path in folder.glob("0*.py"):
            assert re.fullmatch(r"\d{4}_(?!auto)[a-z_]+", path.stem), path
