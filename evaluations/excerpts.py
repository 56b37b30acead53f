"""What a stored Excel or Word file says, as plain rows and paragraphs to look at; nothing is evaluated."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from typing import IO
from xml.parsers import expat

from indicators.workbooks import archives

from .errors import Invalid
from .filetypes import MEGABYTE
from .importing import workbook

MAX_ROWS, MAX_COLUMNS = 200, 30
MAX_PARAGRAPHS = 1000
MAX_TEXT = 12 * MEGABYTE
CANNOT = "这个文件不能在这里展开，请下载后查看。"
#: As Word writes it by default, and as ISO 29500 (“strict”) has it.
_WORD = frozenset(
    {
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "http://purl.oclc.org/ooxml/wordprocessingml/main",
    }
)


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet: its rows from the top left, all of one width; `whole`: nothing was left out."""

    name: str
    rows: tuple[tuple[str, ...], ...]
    whole: bool


@dataclass(frozen=True, slots=True)
class Text:
    """The paragraphs of a document, without pictures and layout; `whole`: nothing was left out."""

    paragraphs: tuple[str, ...]
    whole: bool


def tables(file: IO[bytes]) -> list[Table]:
    """The visible sheets that hold anything. Raises `Invalid` where that cannot be shown safely."""
    try:
        found = workbook.read(file.read(workbook.MAX_BYTES + 1), cut=(MAX_ROWS, MAX_COLUMNS))
    except Invalid as refusal:  # its words are for those who import
        raise Invalid(CANNOT) from refusal
    return [Table(sheet.name, _rows(sheet), sheet.whole) for sheet in found.sheets]


def _rows(sheet: workbook.Sheet) -> tuple[tuple[str, ...], ...]:
    """With the blank rows between, so that a row's number is the one that Excel shows."""
    width = max((len(row) for row in sheet.rows.values()), default=0)
    blank = ("",) * width
    last = max(sheet.rows, default=0)
    return tuple(
        tuple(text.removesuffix(" 00:00:00") for text in sheet.rows.get(number, blank))
        for number in range(1, last + 1)
    )


def text(file: IO[bytes]) -> Text:
    """The document's paragraphs, those in tables too. Raises `Invalid` where that cannot be shown safely."""
    try:
        with zipfile.ZipFile(file) as archive:
            if archive.getinfo(archives.DOCUMENT).file_size > MAX_TEXT:
                raise Invalid(CANNOT)
            return _paragraphs(archive.read(archives.DOCUMENT))
    except Invalid:
        raise
    except Exception as error:  # bytes from outside: zipfile, zlib and expat each fail in ways of their own
        raise Invalid(CANNOT) from error


def _paragraphs(xml: bytes) -> Text:
    found: list[str] = []
    pieces: list[str] = []
    inside = False

    def start(name: str, _: dict[str, str]) -> None:
        nonlocal inside
        inside = _word(name) == "t"
        if _word(name) == "tab":
            pieces.append("\t")

    def end(name: str) -> None:
        nonlocal inside
        inside = False
        if _word(name) == "p":
            if words := "".join(pieces).strip():
                found.append(words)
            pieces.clear()

    def characters(data: str) -> None:
        if inside:
            pieces.append(data)

    def refuse(*_: object) -> None:
        raise Invalid(CANNOT)

    parser = expat.ParserCreate(namespace_separator=":")
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    parser.Parse(xml, True)
    return Text(tuple(found[:MAX_PARAGRAPHS]), len(found) <= MAX_PARAGRAPHS)


def _word(name: str) -> str:
    """The element's own name where it is one of Word's, else ""."""
    space, _, local = name.rpartition(":")
    return local if space in _WORD else ""
