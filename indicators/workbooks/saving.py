"""How every workbook that we write is written: texts stay texts, heads look alike, same data, same bytes."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import PatternFill

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HEAD = PatternFill("solid", fgColor="EAF0F8")
#: What Excel takes for the beginning of a formula.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
#: A moment for every part of every workbook: the first that zip knows.
MOMENT = (1980, 1, 1, 0, 0, 0)
_STAMPS = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")


def put_text(cell: Any, text: str) -> None:
    """A text as a text: a project called =1+1 stays a name, also after Excel edits its cell."""
    cell.value = text
    cell.data_type = "s"
    cell.quotePrefix = text.startswith(FORMULA_SIGNS)


def saved(book: Workbook, *, heights_follow: bool = False) -> bytes:
    """The workbook without the moment of its making.

    `heights_follow`: the heights that rows were given are those to begin with; Excel goes on fitting them.
    """
    stream = io.BytesIO()
    book.save(stream)
    fixed_stream = io.BytesIO()
    with zipfile.ZipFile(stream) as made, zipfile.ZipFile(fixed_stream, "w") as fixed:
        for part in made.infolist():
            content = made.read(part)
            if part.filename == "docProps/core.xml":
                content = _STAMPS.sub(rb"\g<1>1980-01-01T00:00:00Z", content)
            if heights_follow and part.filename.startswith("xl/worksheets/"):
                content = content.replace(b' customHeight="1"', b"")
            info = zipfile.ZipInfo(part.filename, MOMENT)
            info.compress_type = zipfile.ZIP_DEFLATED
            fixed.writestr(info, content)
    return fixed_stream.getvalue()
