"""Where script/setup left the fonts, and what is missing of them.

The Fandol faces are GPL with a font exception and no part of this repository: script/setup takes them out of
Debian's texlive-lang-chinese into a cache folder and writes a private fontconfig file beside them.
"""

from pathlib import Path

from config import environment

FANDOL_FACES = ("FandolFang-Regular", "FandolKai-Regular", "FandolHei-Regular", "FandolHei-Bold",
                "FandolSong-Regular", "FandolSong-Bold")  # fmt: skip


def folder() -> Path:
    """`FONTS_DIR`, or jixiao-fonts in the user's cache folder."""
    cache = environment.path("XDG_CACHE_HOME", Path("~/.cache"))
    return environment.path("FONTS_DIR", cache / "jixiao-fonts")


def fontconfig_file(fonts: Path) -> Path | None:
    """The file that FONTCONFIG_FILE must name while a document is rendered; None before script/setup ran."""
    file = fonts / "fonts.conf"
    return file if file.is_file() else None


def missing(fonts: Path) -> tuple[str, ...]:
    """The Fandol faces that could not be had; their places are then taken by Noto CJK."""
    return tuple(face for face in FANDOL_FACES if not (fonts / "fandol" / f"{face}.otf").is_file())
