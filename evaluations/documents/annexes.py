"""附件: what stands behind the text, each on a page of its own with number and title."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from . import anchors
from .layout import title_lines
from .model import Block, Form, Part, Table

_YEAR = re.compile(r"[\d年度（）()\s]")


@dataclass(frozen=True, slots=True)
class Annex:
    """`name` as the 附件说明 lists it, `title` in lines as it stands above the blocks."""

    name: str
    title: tuple[str, ...]
    blocks: tuple[Block, ...]
    anchor: str


def annex(name: str, blocks: tuple[Block, ...], anchor: str) -> Annex:
    """With the title of the table or form that it consists of, where that says the same and the year."""
    title = name
    if blocks and titled(blocks[0], name) and len(blocks[0].caption) > len(name):
        title = blocks[0].caption
    return Annex(name, title_lines("", title), uncaptioned(blocks, title), anchor)


def of_project(one: Annex, project: str, prefix: str) -> Annex:
    """The same with the project's name, and with anchors that no other report has."""
    name = re.sub(r"^\d{4}年度?", "", one.name)  # in the list behind a number: not 3.2025年度…
    name = name if project in name else f"{name}（{project}）"
    title = one.title if project in "".join(one.title) else (*one.title, *title_lines("", f"（{project}）"))
    blocks = tuple(anchors.renamed(block, lambda anchor: prefix + anchor) for block in one.blocks)
    return Annex(name, title, blocks, f"{prefix}{one.anchor or 'report'}")


def parts(listed: tuple[Annex, ...]) -> Iterator[Part]:
    """附件, or 附件1 … where there are several."""
    for number, one in enumerate(listed, 1):
        label = "附件" if len(listed) == 1 else f"附件{number}"
        yield Part(one.blocks, label, one.title, one.anchor)


def titled(block: Block | None, title: str) -> bool:
    """Whether a table or form is called `title` itself, but for the year."""
    return isinstance(block, Table | Form) and _YEAR.sub("", block.caption) == _YEAR.sub("", title)


def uncaptioned(blocks: tuple[Block, ...], title: str) -> tuple[Block, ...]:
    """A table or form under a title of the same name does not repeat it."""
    return tuple(replace(block, caption="") if titled(block, title) else block for block in blocks)
