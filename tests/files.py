"""Files as people upload them: honest ones of each kind, and ones that pretend."""

from __future__ import annotations

import io
import zipfile

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tests.importing.books import book, changed

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
EXE = b"MZ\x90\x00" + bytes(200)
XLSX = book([["日期", "金额"], ["2024-03-05", 12.5]], title="发票")
_WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30)) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, "white").save(stream, kind)
    return stream.getvalue()


def document(*paragraphs: str, head: str = "") -> bytes:
    """A Word file of these paragraphs."""
    body = "".join(f"<w:p><w:r><w:t>{one}</w:t></w:r></w:p>" for one in paragraphs)
    xml = f"{head}<w:document {_WORD}><w:body>{body}</w:body></w:document>"
    return archive({"[Content_Types].xml": b"<Types/>", "word/document.xml": xml.encode()})


def archive(parts: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return stream.getvalue()


def bomb() -> bytes:
    """100 kB that unpack to 101 MB."""
    return changed(XLSX, lambda name, content: content, xl__media__image1=bytes(101 * 1024 * 1024))


def with_macros() -> bytes:
    return changed(XLSX, lambda name, content: content, **{"xl__vbaProject.bin": b"x"})


def sent(name: str, content: bytes = PDF) -> SimpleUploadedFile:
    """As it arrives in a form."""
    return SimpleUploadedFile(name, content)
