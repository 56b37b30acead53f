"""What an uploaded file is, by its content and never by its name or what the browser says of it.

`examine` gives kind, name, size and hash, or raises `Invalid` with one sentence that says which file, what is
wrong with it, the limit, and what to do. It reads the file in pieces and leaves nothing behind.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
import warnings
from dataclasses import dataclass
from typing import IO

from PIL import Image

from indicators.workbooks import archives
from indicators.workbooks.archives import Fault, Limits

from .errors import Invalid
from .models.evidence import MAX_NAME, Kind

MEGABYTE = 1024 * 1024
MAX_BYTES = 20 * MEGABYTE
#: A sheet of A4 scanned at 600 dpi has 35 million; a picture is unpacked to four bytes a pixel.
MAX_PIXELS = 40_000_000
OFFICE = Limits(parts=2000, unpacked=100 * MEGABYTE, ratio=200)

#: The endings of names that fit a kind; the first is put where another stands.
ENDINGS: dict[Kind, tuple[str, ...]] = {
    Kind.PDF: ("pdf",),
    Kind.PNG: ("png",),
    Kind.JPEG: ("jpg", "jpeg"),
    Kind.XLSX: ("xlsx",),
    Kind.DOCX: ("docx",),
}
ACCEPTED = "PDF、图片（PNG、JPEG）、Excel（xlsx）和 Word（docx）"
#: Bytes at the end of a PDF in which its last mark stands.
_PDF_TAIL = 2048
_CHUNK = 64 * 1024
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


@dataclass(frozen=True, slots=True)
class Examined:
    """A file that may be kept. `size` in bytes, `sha256` in hexadecimal digits."""

    kind: Kind
    name: str
    size: int
    sha256: str


def examine(name: str, file: IO[bytes], size: int) -> Examined:
    """The file's kind, its name as it is kept, its size and hash. Raises `Invalid`.

    `size`: bytes, as the file system or the upload knows them. The file is left at its beginning.
    """
    name = file_name(name)
    if size == 0:
        raise Invalid(f"“{name}”是空的（0 字节），没有上传。请选择有内容的文件。")
    if size > MAX_BYTES:
        raise Invalid(
            f"“{name}”有 {megabytes(size)}，每个文件最大 {megabytes(MAX_BYTES)}，没有上传。"
            "请压缩图片，或拆成几个文件。"
        )
    kind = _kind(name, file)
    digest = hashlib.sha256()
    file.seek(0)
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    file.seek(0)
    return Examined(kind, _named(name, kind), size, digest.hexdigest())


def megabytes(size: int) -> str:
    """`30.0 MB`; whole numbers without decimals."""
    whole, rest = divmod(size, MEGABYTE)
    return f"{whole} MB" if not rest else f"{max(size / MEGABYTE, 0.1):.1f} MB"


def file_name(text: str) -> str:
    """The name alone, without folders. Raises `Invalid` when it is too long or holds what cannot be seen."""
    name = unicodedata.normalize("NFC", re.split(r"[\\/]", text)[-1].strip())
    for place, character in enumerate(name, 1):
        if unicodedata.category(character) in _HIDDEN:
            raise Invalid(
                f"文件名的第 {place} 个字是看不见的控制字符（U+{ord(character):04X}），没有上传。"
                "请改名后再上传。"
            )
    if not name.strip(". "):
        raise Invalid("文件没有名字，没有上传。请改名后再上传。")
    if len(name) > MAX_NAME:
        raise Invalid(
            f"文件名“{name[:20]}…”有 {len(name)} 个字，最多 {MAX_NAME} 个字，没有上传。请改短后再上传。"
        )
    return name


def _named(name: str, kind: Kind) -> str:
    """With an ending that says what it is: what was called 凭证.pdf and is a picture becomes 凭证.png."""
    stem, dot, ending = name.rpartition(".")
    if dot and ending.lower() in ENDINGS[kind]:
        return name
    known = {one for endings in ENDINGS.values() for one in endings}
    if not (dot and stem.strip() and ending.lower() in known):
        stem = name
    right = ENDINGS[kind][0]
    return f"{stem[: MAX_NAME - len(right) - 1]}.{right}"


def _kind(name: str, file: IO[bytes]) -> Kind:
    file.seek(0)
    head = file.read(16)
    if head.startswith(b"%PDF-"):
        return _pdf(name, file)
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return _picture(name, file, Kind.PNG)
    if head.startswith(b"\xff\xd8\xff"):
        return _picture(name, file, Kind.JPEG)
    if head.startswith(archives.ZIP):
        return _office(name, file)
    if head.startswith(archives.OLE):
        raise Invalid(
            f"“{name}”是旧格式的 Office 文件（xls、doc），或者设了打开密码，没有上传。"
            "请取消密码，另存为 xlsx 或 docx 再上传。"
        )
    what = "是可执行程序" if head.startswith(b"MZ") else "不是这些格式"
    raise Invalid(f"“{name}”的内容{what}，没有上传。可以上传{ACCEPTED}；系统看内容，不看文件名。")


def _pdf(name: str, file: IO[bytes]) -> Kind:
    file.seek(0, 2)
    file.seek(max(0, file.tell() - _PDF_TAIL))
    tail = file.read()
    if b"startxref" not in tail or b"%%EOF" not in tail:
        raise Invalid(f"“{name}”不完整：找不到 PDF 的结束标记，没有上传。请重新导出或扫描后再上传。")
    return Kind.PDF


def _picture(name: str, file: IO[bytes], kind: Kind) -> Kind:
    """Unpacked once, so that a damaged one, or one that is huge when unpacked, is told to its sender."""
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(file, formats=[kind.name]) as picture:
                width, height = picture.size
                if width * height > MAX_PIXELS:
                    raise Invalid(
                        f"“{name}”有 {width}×{height} 像素，最多 {MAX_PIXELS // 10_000} 万像素，没有上传。"
                        "请缩小后再上传。"
                    )
                if kind == Kind.JPEG:
                    picture.draft("L", (width // 8, height // 8))  # an eighth is enough to find damage
                picture.load()
    except Invalid:
        raise
    except Image.DecompressionBombError as error:
        raise Invalid(
            f"“{name}”的像素太多，最多 {MAX_PIXELS // 10_000} 万像素，没有上传。请缩小后再上传。"
        ) from error
    except Exception as error:  # a damaged picture fails anywhere inside the library
        raise Invalid(f"“{name}”的图片已经损坏，读不出来，没有上传。请重新导出或拍摄后再上传。") from error
    return kind


_OFFICE_FAULTS = {
    Fault.BROKEN: "已经损坏，读不出来，没有上传。请重新保存后再上传。",
    Fault.ENCRYPTED: "是加密的压缩包，没有上传。请取消密码、保存后再上传。",
    Fault.MACROS: "里有宏，没有上传。请另存为不带宏的 xlsx 或 docx 再上传。",
    Fault.MACRO_FORMAT: "是带宏的格式，没有上传。请另存为不带宏的 xlsx 或 docx 再上传。",
    Fault.BINARY_FORMAT: "是二进制工作簿（xlsb），没有上传。请另存为 xlsx 再上传。",
    Fault.FOREIGN: f"是压缩包，里面不是 Excel 或 Word 文件，没有上传。可以上传{ACCEPTED}。",
    Fault.TOO_LARGE: (
        f"展开后太大：最多 {OFFICE.unpacked // MEGABYTE} MB、{OFFICE.parts} 个部件、"
        f"压缩后的 {OFFICE.ratio} 倍，没有上传。请删去多余的空行空列和图片，另存后再上传。"
    ),
}


def _office(name: str, file: IO[bytes]) -> Kind:
    found = archives.fault_of(file, archives.WORKBOOK, OFFICE)
    if found is None:
        return Kind.XLSX
    if found == Fault.FOREIGN:
        found = archives.fault_of(file, archives.DOCUMENT, OFFICE)
        if found is None:
            return Kind.DOCX
    raise Invalid(f"“{name}”{_OFFICE_FAULTS[found]}")
