"""Every POST of the whole suite is held to the log (docs/decisions/0003-traces-and-events.md).

What changes something leaves an `Event` or, where figures and texts are saved, a `FieldChange`; what is
refused (4xx) or fails leaves nothing. The statements of the request are read as they go by: no query is
added, and what was rolled back does not count.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.urls import Resolver404, resolve

LOG = frozenset({"evaluations_event", "evaluations_fieldchange"})
#: Sessions and counts of failed log-ins are no deed of anybody's; a file that waits to be confirmed is not
#: yet imported.
BOOKKEEPING = frozenset({"django_session", "evaluations_importfile"}) | {
    f"axes_{name}" for name in ("accessattempt", "accessfailurelog", "accesslog")
}
#: What leaves no event, and why.
WITHOUT_EVENT = {
    "notice_read": "that somebody has read a notice is nobody else's business",
    "notices_read": "as above",
}
#: What is logged although it was refused, and why.
REFUSED_AND_LOGGED = {"login": "that a name was locked after wrong passwords is what the log is for"}

_WRITE = re.compile(r'\s*(?:INSERT(?: OR IGNORE)? INTO|(UPDATE|DELETE FROM)) "(\w+)"')
_SAVEPOINT = re.compile(r'\s*(SAVEPOINT|ROLLBACK TO SAVEPOINT) "?(\w+)"?')


class Journal:
    """The tables written, in order, without what was rolled back; an `execute_wrapper`."""

    def __init__(self) -> None:
        self.tables: list[str] = []
        self.marks: dict[str, int] = {}

    def __call__(
        self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
    ) -> Any:
        result = execute(sql, params, many, context)
        if written := _WRITE.match(sql):
            if not written[1] or context["cursor"].rowcount:  # an UPDATE of no row changes nothing
                self.tables.append(written[2])
        elif point := _SAVEPOINT.match(sql):
            if point[1] == "SAVEPOINT":
                self.marks[point[2]] = len(self.tables)
            else:
                del self.tables[self.marks[point[2]] :]
        return result

    def forget(self) -> None:
        """The whole transaction was rolled back."""
        self.tables.clear()


@contextmanager
def journal() -> Iterator[Journal]:
    """Reads what this thread's connection writes."""
    kept = Journal()
    rollback = connection.rollback

    def _rollback() -> None:
        kept.forget()
        rollback()

    connection.rollback = _rollback
    try:
        with connection.execute_wrapper(kept):
            yield kept
    finally:
        del connection.rollback


def fault(path: str, status: int, kept: Journal) -> str:
    """What a POST that was answered with `status` did against the rule, "" when nothing."""
    written = set(kept.tables) - BOOKKEEPING
    try:
        name = resolve(path).url_name
    except Resolver404:
        name = ""
    if status >= 400:
        if not written or (name in REFUSED_AND_LOGGED and written <= LOG):
            return ""
        return f"POST {path} was refused ({status}) and wrote {sorted(written)}"
    if not written or written & LOG or name in WITHOUT_EVENT:
        return ""
    return f"POST {path} ({status}) wrote {sorted(written)} and left no Event"
