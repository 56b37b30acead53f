"""What may be uploaded is decided by the content; each refusal says which file, what and the limit."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from evaluations import filetypes
from evaluations.errors import Invalid
from evaluations.models.evidence import Kind
from indicators.workbooks import archives
from tests.files import EXE, PDF, XLSX, archive, bomb, document, picture, with_macros
from tests.importing.books import changed

DOCX = document("会议纪要")


def examine(name: str, content: bytes, size: int | None = None) -> filetypes.Examined:
    return filetypes.examine(name, io.BytesIO(content), len(content) if size is None else size)


HONEST = {
    "决算.pdf": (PDF, Kind.PDF),
    "活动照片.png": (picture("PNG"), Kind.PNG),
    "签到.JPG": (picture("JPEG"), Kind.JPEG),
    "台账.xlsx": (XLSX, Kind.XLSX),
    "纪要.docx": (DOCX, Kind.DOCX),
}


@pytest.mark.parametrize("name", HONEST)
def test_each_kind_is_known_by_its_content(name: str):
    content, kind = HONEST[name]
    found = examine(name, content)
    assert (found.kind, found.name, found.size) == (kind, name, len(content))
    assert len(found.sha256) == 64


def phone_picture() -> bytes:
    """As telephones write them: several pictures in one JPEG."""
    stream = io.BytesIO()
    Image.new("RGB", (64, 48)).save(
        stream, "MPO", save_all=True, append_images=[Image.new("RGB", (16, 12), "red")]
    )
    return stream.getvalue()


def test_a_picture_of_a_telephone_is_a_jpeg():
    assert examine("IMG_1.jpg", phone_picture()).kind == Kind.JPEG


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (r"C:\财务\2024\决算.pdf", "决算.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("  决算.pdf ", "决算.pdf"),
        ("决算.PDF", "决算.PDF"),
        ("决算", "决算.pdf"),
        ("决算.exe", "决算.exe.pdf"),
        ("照片.png", "照片.pdf"),
        (".pdf", ".pdf"),
        ("<script>alert(1)</script>.pdf", "script>.pdf"),
    ],
)
def test_a_name_loses_its_folders_and_gets_an_ending_that_is_true(sent: str, kept: str):
    assert examine(sent, PDF).name == kept


HOSTILE: dict[str, tuple[str, bytes, str]] = {
    "program called pdf": ("决算.pdf", EXE, "“决算.pdf”的内容是可执行程序"),
    "page called pdf": ("决算.pdf", b"<html><script>x</script></html>", "“决算.pdf”的内容不是这些格式"),
    "svg": ("图.png", b'<svg xmlns="http://www.w3.org/2000/svg"/>', "“图.png”的内容不是这些格式"),
    "nothing": ("决算.pdf", b"", "“决算.pdf”是空的（0 字节）"),
    "half a pdf": ("决算.pdf", PDF[:40], "“决算.pdf”不完整"),
    "half a png": ("图.png", picture()[:60], "“图.png”的图片已经损坏"),
    "half a jpeg": ("图.jpg", picture("JPEG", (400, 300))[:700], "“图.jpg”的图片已经损坏"),
    "huge when unpacked": ("图.png", picture("PNG", (9000, 5000)), "9000×5000 像素，最多 4000 万像素"),
    "bomb": ("台账.xlsx", bomb(), "“台账.xlsx”展开后太大：最多 100 MB、2000 个部件"),
    "many parts": ("台账.xlsx", archive({f"{n}": b"" for n in range(2001)}), "不是 Excel 或 Word"),
    "macros": ("台账.xlsx", with_macros(), "“台账.xlsx”里有宏"),
    "another archive": ("材料.docx", archive({"a.txt": b"x"}), "“材料.docx”是压缩包"),
    "half a workbook": ("台账.xlsx", XLSX[: len(XLSX) // 2], "“台账.xlsx”已经损坏"),
    "old or locked": ("台账.xls", archives.OLE + bytes(600), "“台账.xls”是旧格式的 Office 文件"),
    "long name": ("决" * 121 + ".pdf", PDF, "有 125 个字，最多 120 个字"),
    "turned name": ("决算\u202efdp.exe", PDF, "文件名的第 3 个字是看不见的控制字符（U+202E）"),
    "line in name": ("决\n算.pdf", PDF, "文件名的第 2 个字是看不见的控制字符（U+000A）"),
    "no name": ("..", PDF, "文件没有名字"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_pretends_is_refused_with_its_sentence(name: str):
    called, content, sentence = HOSTILE[name]
    with pytest.raises(Invalid) as refusal:
        examine(called, content)
    assert sentence in str(refusal.value)
    assert "没有上传" in str(refusal.value)
    assert str(refusal.value).endswith("。")


def test_a_large_file_is_refused_before_it_is_read():
    with pytest.raises(Invalid, match=r"“大图\.png”有 30 MB，每个文件最大 20 MB，没有上传"):
        examine("大图.png", b"", 30 * 1024 * 1024)


def test_many_parts_of_a_workbook_are_too_many():
    parts = {f"xl__x{number}": b"" for number in range(2001)}
    with pytest.raises(Invalid, match="2000 个部件"):
        examine("台账.xlsx", changed(XLSX, lambda name, content: content, **parts))


def test_a_directory_of_a_million_parts_is_not_read():
    """The end of the archive announces it; nothing of it is looked at."""
    end = bytearray(XLSX)
    at = end.rfind(b"PK\x05\x06")
    end[at + 12 : at + 16] = (50_000_000).to_bytes(4, "little")
    assert archives.fault_of(io.BytesIO(bytes(end)), archives.WORKBOOK, filetypes.OFFICE) == (
        archives.Fault.TOO_LARGE
    )
