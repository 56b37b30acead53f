"""Texts that people give as reason, remark or answer: cleaned, and neither too short nor too long."""

from __future__ import annotations

from indicators.engine.values import clean

from .errors import Invalid

MIN_WORDS = 5
MAX_WORDS = 2000


def demanded(what: str, text: str, purpose: str = "", least: int = MIN_WORDS, most: int = MAX_WORDS) -> str:
    """`text` cleaned; raises `Invalid` when it has fewer than `least` or more than `most` characters.

    `what` names it (退回的原因), `purpose` says what it has to tell (说清要改什么).
    """
    words = clean(text).strip()
    if len(words) < least:
        raise Invalid(f"{what}只有 {len(words)} 字，至少写 {least} 个字{purpose and '，'}{purpose}。")
    if len(words) > most:
        raise Invalid(f"{what}有 {len(words)} 字，最多 {most} 字，请精简。")
    return words
