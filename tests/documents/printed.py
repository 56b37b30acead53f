"""Looking into a PDF with poppler's tools, as anybody who received it could."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings

needs_poppler = pytest.mark.skipif(
    not all(map(shutil.which, ("pdftotext", "pdffonts", "pdftoppm"))), reason="没有 poppler-utils"
)
needs_fonts = pytest.mark.skipif(
    settings.FONTCONFIG_FILE is None or bool(settings.FONTS_MISSING),
    reason="没有 Fandol 字体：先运行 script/setup",
)

LEFT, RIGHT = 79.37, 521.57  # 28 mm and 210 − 26 mm, in points
PITCH = 28.99
HEAD, FOOT = 104.8, 745  # the 版心: between the draft mark and the page number


@dataclass(frozen=True)
class Word:
    """What poppler takes for a word (a line without blanks is one); points from the top left corner."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


class Printed:
    """One PDF."""

    def __init__(self, data: bytes, folder: Path) -> None:
        self.data = data
        self.path = folder / "report.pdf"
        self.path.write_bytes(data)

    def run(self, tool: str, *arguments: str) -> str:
        command = [tool, *arguments]
        return subprocess.run(command, capture_output=True, check=True, text=True, timeout=60).stdout

    def pages(self) -> list[str]:
        """The text of every page in the order of drawing, without page number and draft mark."""
        text = self.run("pdftotext", "-raw", str(self.path), "-")
        return [re.sub(r"— \d+ —|草稿\s未定稿", "", page) for page in text.split("\f")[:-1]]

    def text(self) -> str:
        """The text of all pages without any blanks."""
        return compact("".join(self.pages()))

    def words(self, page: int) -> list[Word]:
        """The words of one page (from 1)."""
        number = str(page)
        found = self.run("pdftotext", "-bbox", "-f", number, "-l", number, str(self.path), "-")
        pattern = r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>'
        return [
            Word(text, float(left), float(top), float(right), float(bottom))
            for left, top, right, bottom, text in re.findall(pattern, found)
        ]

    def lines(self, page: int) -> list[Word]:
        """The text lines within the 版心 of one page: words of about one height, joined."""
        lines: list[Word] = []
        for word in sorted(self.words(page), key=lambda word: (word.top + word.bottom, word.left)):
            old = lines[-1] if lines else None
            if not HEAD < word.bottom < FOOT:
                continue
            if old and abs(word.top + word.bottom - old.top - old.bottom) < PITCH:
                joined = sorted((old, word), key=lambda part: part.left)
                text = "".join(part.text for part in joined)
                lines[-1] = Word(text, joined[0].left, old.top, max(old.right, word.right), old.bottom)
            else:
                lines.append(word)
        return lines

    def fonts(self) -> list[tuple[str, bool, bool]]:
        """(name, embedded, subset) of every font."""
        rows = self.run("pdffonts", str(self.path)).splitlines()[2:]
        return [(row.split()[0], row.split()[-5] == "yes", row.split()[-4] == "yes") for row in rows]

    def ink(self, word: Word, page: int) -> float:
        """The share of dark pixels in a word's box."""
        size = word.right - word.left, word.bottom - word.top
        x, y, width, height = (str(round(2 * value)) for value in (word.left, word.top, *size))
        picture = subprocess.run(
            ["pdftoppm", "-gray", "-r", "144", "-f", str(page), "-l", str(page),
             "-x", x, "-y", y, "-W", width, "-H", height, str(self.path)],
            capture_output=True, check=True, timeout=60,
        ).stdout  # fmt: skip
        pixels = picture.split(b"\n", 3)[3]
        return sum(pixel < 128 for pixel in pixels) / len(pixels)


def compact(text: str) -> str:
    """Without blanks of any kind."""
    return re.sub(r"\s", "", text)
