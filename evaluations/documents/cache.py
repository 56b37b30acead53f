"""Finished PDFs as files under DATA_DIR/cache/reports: named by what they were made from, so never stale.

The oldest go when there are too many. A cache that cannot be read or written is reported in the log and
done without.
"""

from __future__ import annotations

import logging
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from django.conf import settings

logger = logging.getLogger(__name__)

MOST_FILES = 300
MOST_BYTES = 300_000_000


def folder() -> Path:
    return Path(settings.DATA_DIR) / "cache" / "reports"


def read(key: str) -> bytes | None:
    """The PDF kept under `key` (hexadecimal), or None. A hit makes it young again."""
    path = folder() / f"{key}.pdf"
    try:
        data = path.read_bytes()
        os.utime(path)
    except FileNotFoundError:
        return None
    except OSError:
        logger.exception("a kept report cannot be read")
        return None
    return data


def write(key: str, data: bytes) -> None:
    """Keep `data` whole or not at all, then drop the oldest beyond the limits."""
    try:
        folder().mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=folder(), suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            os.replace(temporary, folder() / f"{key}.pdf")
        except BaseException:
            with suppress(FileNotFoundError):
                os.unlink(temporary)
            raise
        _prune()
    except OSError:
        logger.exception("a report cannot be kept")


def _prune() -> None:
    files = []
    for path in folder().iterdir():
        with suppress(FileNotFoundError):  # another process prunes too
            status = path.stat()
            files.append((status.st_mtime, status.st_size, path))
    files.sort(reverse=True)
    kept_bytes = 0
    for position, (_, size, path) in enumerate(files):
        kept_bytes += size
        if position >= MOST_FILES or kept_bytes > MOST_BYTES:
            path.unlink(missing_ok=True)
