"""Long lists by keyset: the next page starts after the last row shown, however many rows come before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import DateTimeField, Model, Q, QuerySet

SIZE = 50


@dataclass(frozen=True, slots=True)
class Page:
    """`rows`; `after`: the cursor of the next page ("" on the last); `first`: whether this is the first."""

    rows: Sequence[Any]
    after: str
    first: bool


def newest_first(queryset: QuerySet, cursor: str, *, moment: str = "", size: int = SIZE) -> Page:
    """Up to `size` rows by falling id, or by falling (`moment`, id) where a date-time column is named.

    A cursor that cannot be read is taken as none: it came from an address that somebody shortened.
    """
    columns = [moment, "id"] if moment else ["id"]
    queryset = queryset.order_by(*(f"-{column}" for column in columns))
    start = _read(queryset, cursor, moment)
    if start is not None:
        queryset = queryset.filter(start)
    rows, more = _cut(queryset, size)
    return Page(rows, _write(rows[-1], moment) if more else "", first=start is None)


def longest_first(queryset: QuerySet, cursor: str, *, moment: str, size: int = SIZE) -> Page:
    """Up to `size` rows by rising (`moment`, id), a date or date-time: what waits longest comes first.

    Cursors as above.
    """
    queryset = queryset.order_by(moment, "id")
    start = _read(queryset, cursor, moment, "gt")
    if start is not None:
        queryset = queryset.filter(start)
    rows, more = _cut(queryset, size)
    return Page(rows, _write(rows[-1], moment) if more else "", first=start is None)


def alphabetical(queryset: QuerySet, cursor: str, column: str, size: int = SIZE) -> Page:
    """Up to `size` rows by rising `column`, which must be unique; the cursor is its value in the last row."""
    queryset = queryset.order_by(column)
    if "\x00" in cursor:  # PostgreSQL has no such character
        cursor = ""
    if cursor:
        queryset = queryset.filter(**{f"{column}__gt": cursor})
    rows, more = _cut(queryset, size)
    return Page(rows, getattr(rows[-1], column) if more else "", first=not cursor)


def of_list(rows: Sequence[Any], cursor: str, key: Callable[[Any], str], size: int = SIZE) -> Page:
    """Up to `size` rows of a list at hand, after the one whose unique `key` is the cursor (unknown: from
    the beginning)."""
    start = next((place + 1 for place, row in enumerate(rows) if cursor and key(row) == cursor), 0)
    shown = rows[start : start + size]
    return Page(shown, key(shown[-1]) if start + size < len(rows) else "", first=start == 0)


def _cut(queryset: QuerySet, size: int) -> tuple[list[Any], bool]:
    rows = list(queryset[: size + 1])
    return rows[:size], len(rows) > size


def _write(row: Model, moment: str) -> str:
    return f"{getattr(row, moment).isoformat()}~{row.pk}" if moment else str(row.pk)


def _read(queryset: QuerySet, cursor: str, moment: str, beyond: str = "lt") -> Q | None:
    """The rows after the cursor: `beyond` is how moment and id compare with it (lt: falling, gt: rising)."""
    at, _, number = cursor.rpartition("~")
    if not (number.isascii() and number.isdigit() and len(number) <= 18):
        return None
    if not moment:
        return Q(**{f"id__{beyond}": int(number)})
    timed = isinstance(queryset.model._meta.get_field(moment), DateTimeField)
    try:
        when = datetime.fromisoformat(at) if timed else date.fromisoformat(at)
    except ValueError:
        return None
    if timed and when.tzinfo is None:
        return None
    return Q(**{f"{moment}__{beyond}": when}) | Q(**{moment: when, f"id__{beyond}": int(number)})
