"""Office files (xlsx, docx) as the zip archives that they are: looked over before anything is unpacked.

What is found is a `Fault`; whoever reads the file says it in words that fit there.
"""

from __future__ import annotations

import enum
import struct
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

#: The container of the old formats (doc, xls), and of new ones with a password to open them.
OLE = bytes.fromhex("D0CF11E0A1B11AE1")
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
ZIP = b"PK\x03\x04"

CONTENT_TYPES = "[Content_Types].xml"
WORKBOOK, DOCUMENT = "xl/workbook.xml", "word/document.xml"
_BINARY = "xl/workbook.bin"

#: The record at the end of an archive, and how far from the end it may begin (a comment follows it).
_END, _END_FORMAT, _END_REACH = b"PK\x05\x06", "<4s4H2LH", 65_557
_END_64 = b"PK\x06\x07"
#: Of the directory at the end, which is read whole: 100 bytes a part are many.
_MAX_DIRECTORY = 1024 * 1024


class Fault(enum.Enum):
    """Why an archive is not opened."""

    BROKEN = enum.auto()
    ENCRYPTED = enum.auto()
    MACROS = enum.auto()
    MACRO_FORMAT = enum.auto()
    BINARY_FORMAT = enum.auto()
    FOREIGN = enum.auto()
    TOO_LARGE = enum.auto()


@dataclass(frozen=True, slots=True)
class Limits:
    """Most parts, most bytes of all parts unpacked, and most times the packed size (0: any)."""

    parts: int
    unpacked: int
    ratio: int = 0


@dataclass(frozen=True, slots=True)
class Extent:
    """How much an archive holds. Reading a part gives never more than its `file_size` says."""

    parts: int
    unpacked: int
    packed: int

    def within(self, limits: Limits) -> bool:
        if self.parts > limits.parts or self.unpacked > limits.unpacked:
            return False
        return not limits.ratio or self.unpacked <= limits.ratio * max(self.packed, 4096)


def extent(archive: zipfile.ZipFile) -> Extent:
    """The sums over the parts."""
    parts = archive.infolist()
    return Extent(
        len(parts), sum(part.file_size for part in parts), sum(part.compress_size for part in parts)
    )


def fault_of(file: IO[bytes], main: str, limits: Limits) -> Fault | None:
    """What is wrong with a file that should be an archive with the part `main`; never raises."""
    with suppress(Exception):  # bytes from outside: zipfile and zlib each fail in ways of their own
        if directory_size(file) > _MAX_DIRECTORY:
            return Fault.TOO_LARGE
        file.seek(0)
        with zipfile.ZipFile(file) as archive:
            return _fault_in(archive, main, limits)
    return Fault.BROKEN


def _fault_in(archive: zipfile.ZipFile, main: str, limits: Limits) -> Fault | None:
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if any(part.flag_bits & 0x1 for part in parts):
        return Fault.ENCRYPTED
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return Fault.MACROS
    if _BINARY in names:
        return Fault.BINARY_FORMAT
    if not {CONTENT_TYPES, main} <= names:
        return Fault.FOREIGN
    if not extent(archive).within(limits):
        return Fault.TOO_LARGE
    return Fault.MACRO_FORMAT if b"macroEnabled" in archive.read(CONTENT_TYPES) else None


def directory_size(file: IO[bytes]) -> int:
    """Bytes of the directory, as the end of the archive gives them; raises `ValueError` without such an end.

    A directory in the format for huge archives counts as too large whatever it holds.
    """
    file.seek(0, 2)
    file.seek(max(0, file.tell() - _END_REACH))
    tail = file.read(_END_REACH)
    at = tail.rfind(_END)
    if at < 0:
        raise ValueError("no archive")
    if _END_64 in tail[max(0, at - 20) : at]:
        return _MAX_DIRECTORY + 1
    return struct.unpack_from(_END_FORMAT, tail, at)[5]
