"""What must be said about the fonts of this machine before somebody prints."""

from __future__ import annotations

from django.conf import settings


def notice() -> str:
    """One sentence when a report cannot look as it should here, "" when all faces are there."""
    if settings.FONTCONFIG_FILE is None:
        return "本机还没有字体配置，报告的字体可能不对。请先运行 script/setup。"
    if settings.FONTS_MISSING:
        return "本机未装 Fandol 字体，报告以思源宋体排版。"
    return ""
