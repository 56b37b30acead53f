"""Workbooks as offices send them, made with openpyxl or taken apart and put together again."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence

from openpyxl import Workbook

Rows = Sequence[Sequence[object]]


def saved(made: Workbook) -> bytes:
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def book(rows: Rows, *merged: str, title: str = "Sheet1") -> bytes:
    """One sheet with these rows from A1 on, and merged ranges."""
    return sheets({title: rows}, merged={title: merged})


def sheets(content: dict[str, Rows], merged: dict[str, Sequence[str]] | None = None, **state: str) -> bytes:
    """Several sheets; `state` makes one hidden: `sheets({…}, Alt="hidden")`."""
    made = Workbook()
    made.remove(made.active)
    for title, rows in content.items():
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
        for area in (merged or {}).get(title, ()):
            sheet.merge_cells(area)
        sheet.sheet_state = state.get(title, "visible")
    return saved(made)


def changed(data: bytes, change: Callable[[str, bytes], bytes | None], **extra: bytes) -> bytes:
    """The workbook with every part put through `change` (None leaves it out), and `extra` parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            content = change(part.filename, old.read(part))
            if content is not None:
                new.writestr(part.filename, content)
        for name, content in extra.items():
            new.writestr(name.replace("__", "/"), content)
    return stream.getvalue()


def in_sheet(data: bytes, old: bytes, new: bytes) -> bytes:
    """The workbook with a piece of its first sheet's XML replaced."""

    def change(name: str, content: bytes) -> bytes:
        if name != "xl/worksheets/sheet1.xml":
            return content
        assert old in content, content[:600]
        return content.replace(old, new, 1)

    return changed(data, change)
