"""The public PDF of a frozen version, made once: strangers must not keep the machine busy.

What was made is found by the snapshot's hash without reading the snapshot. In each web process one public
report at a time is made; whoever asks meanwhile waits a few seconds and is then told to come back, and one
that could not be made is not tried again for a minute.
"""

from __future__ import annotations

import threading
import time

from evaluations.models import Snapshot

from . import building, cache, html, pdf, public

WAIT_SECONDS = 3
REST_SECONDS = 60

_LOCK = threading.Lock()
#: Of this process: hash of a snapshot → key of its PDF in the cache, and → when making it failed.
_KEYS: dict[str, str] = {}
_FAILED: dict[str, float] = {}


def pdf_of(snapshot: Snapshot) -> bytes:
    """The PDF of `public.redacted` content. Raises `building.TooLong` or `pdf.RenderFailed`."""
    found = _kept(snapshot)
    if found is None:
        if not _LOCK.acquire(timeout=WAIT_SECONDS):
            raise pdf.RenderFailed(pdf.REASONS["busy"])
        try:
            found = _kept(snapshot) or _make(snapshot)
        finally:
            _LOCK.release()
    return found


def _kept(snapshot: Snapshot) -> bytes | None:
    key = _KEYS.get(snapshot.content_hash)
    return cache.read(key) if key else None


def _make(snapshot: Snapshot) -> bytes:
    digest = snapshot.content_hash
    if time.monotonic() - _FAILED.get(digest, -REST_SECONDS) < REST_SECONDS:
        raise pdf.RenderFailed(pdf.REASONS["fault"])
    try:
        page = html.render(building.build(public.redacted(snapshot.content)))
        made = pdf.render(page)
    except Exception:
        _FAILED[digest] = time.monotonic()
        raise
    _FAILED.pop(digest, None)
    _KEYS[digest] = pdf.key_of(page)
    return made
