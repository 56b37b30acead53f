"""Forms of the workshop: a piece of a template as boxes, and what was typed into them back as the piece.

    piece ──trees──► texts by name ──drawing──► boxes      (names are places: `rule.bands[2].bound`)
    post  ──trees──► texts by name ──posting──► data of the YAML format ──engine/reading──► piece, faults

Everything follows the dataclasses of the spec by their type hints (`shapes`); names, words and help stand in
`engine/words` and `helps`. A fault's place is the name of the box at which it is shown.
"""

from .posting import piece_from

__all__ = ["piece_from"]
