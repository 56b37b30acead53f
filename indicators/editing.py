"""Changing a draft piece by piece: locked, held against what the person saw, written and told.

Two administrators may work on one draft. An edit names the piece and the digest it started from; what
somebody changed meanwhile in the same piece is never overwritten (`Conflict`), and edits of different pieces
do not disturb each other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.http import HttpRequest

from .engine import parts
from .engine.parts import PartFault
from .engine.spec import TemplateSpec
from .engine.words import value_words
from .loading import spec_of
from .models import Frozen, IndicatorTemplate, State
from .publishing import held, write

MAX_PIECES = 2000


class Conflict(Exception):
    """Somebody changed the same piece meanwhile. `args[0]`: one Chinese sentence; `theirs`: as it is now."""

    def __init__(self, sentence: str, theirs: Any):
        super().__init__(sentence)
        self.theirs = theirs


@dataclass(frozen=True, slots=True)
class Editor:
    """Who edits, and over which request (None: no request)."""

    by: object
    request: HttpRequest | None = None

    def save(self, template: IndicatorTemplate, address: str, seen: str, piece: Any) -> IndicatorTemplate:
        """Put `piece` at `address`. `seen`: `parts.digest` of the piece from which the edit started.

        Raises `Conflict` when the piece is another by now, `parts.PartFault` when it is gone or would get
        another code, `Frozen` when the version is no draft any more. Saving confirms a piece taken over from
        last year.
        """

        def change(spec: TemplateSpec) -> TemplateSpec:
            now = parts.find(spec, address)
            if parts.digest(now) != seen:
                words = parts.words(spec, address)
                raise Conflict(f"您打开后，{words}已被他人修改，您的内容没有保存。请对照后再保存。", now)
            return parts.replaced(spec, address, piece)

        return self._change(template, change, lambda spec: parts.words(spec, address), confirmed=address)

    def weigh(
        self, template: IndicatorTemplate, weights: Mapping[str, tuple[Decimal | None, Decimal | None]]
    ) -> IndicatorTemplate:
        """Set weights of leaves and open groups: code → (as seen, as typed); those left as seen stay alone.

        Raises `Conflict` when one that was typed is another by now, and as `save`.
        """
        typed = {code: new for code, (old, new) in weights.items() if old != new}

        def change(spec: TemplateSpec) -> TemplateSpec:
            leaves = {leaf.code for leaf in spec.leaves()}
            for code in typed:
                if code not in leaves and parts.exists(spec, f"indicators/{code}"):
                    raise PartFault("有下级的指标不填分值，它的分值是下级之和。")
                node, seen = parts.find(spec, f"indicators/{code}"), weights[code][0]
                if node.weight not in (seen, typed[code]):
                    now, before = (value_words(type(node), "weight", one) for one in (node.weight, seen))
                    raise Conflict(
                        f"指标“{node.name}”的分值已被他人由 {before} 改为 {now}，您的分值没有保存。"
                        "请核对后再保存。",
                        node,
                    )
            return parts.weighted(spec, typed)

        return self._change(template, change, lambda spec: "指标分值")

    def add(
        self,
        template: IndicatorTemplate,
        name: str,
        piece: Any,
        *,
        parent: str = "",
        index: int | None = None,
    ) -> IndicatorTemplate:
        """Add a piece to list `name`; as `parts.added`."""

        def change(spec: TemplateSpec) -> TemplateSpec:
            if len(getattr(spec, name)) >= MAX_PIECES:
                raise PartFault(f"已经有 {MAX_PIECES} 个，不能再加。")
            return parts.added(spec, name, piece, parent=parent, index=index)

        return self._change(template, change, lambda spec: f"新增{parts.quoted(piece)}")

    def remove(self, template: IndicatorTemplate, address: str, seen: str) -> IndicatorTemplate:
        """Take a piece away, with what is below it. Raises as `save`.

        `seen`: `parts.digest` of the piece `with_below`: what somebody added or changed there is not lost.
        """
        words = ""

        def change(spec: TemplateSpec) -> TemplateSpec:
            nonlocal words
            now, words = parts.with_below(spec, address), f"删除{parts.words(spec, address)}"
            if parts.digest(now) != seen:
                below = "或它的下级" if getattr(now, "children", ()) else ""
                raise Conflict(
                    f"您打开后，{words.removeprefix('删除')}{below}已被他人修改，没有删除。请看过再定。", now
                )
            return parts.removed(spec, address)

        return self._change(template, change, lambda spec: words)

    def shift(self, template: IndicatorTemplate, address: str, steps: int) -> IndicatorTemplate:
        """Move a piece `steps` down among its neighbours (negative: up)."""
        return self._change(
            template,
            lambda spec: parts.shifted(spec, address, steps),
            lambda spec: f"移动{_still(spec, address)}",
        )

    def move(
        self, template: IndicatorTemplate, address: str, *, parent: str = "", index: int | None = None
    ) -> IndicatorTemplate:
        """Move a node of a tree with all below it to another parent; as `parts.moved`."""
        return self._change(
            template,
            lambda spec: parts.moved(spec, address, parent=parent, index=index),
            lambda spec: f"移动{_still(spec, address)}",
        )

    def confirm(self, template: IndicatorTemplate, address: str) -> IndicatorTemplate:
        """A piece that was taken over from last year holds for this year as it is."""
        return self._change(
            template, lambda spec: spec, lambda spec: f"确认{_still(spec, address)}", confirmed=address
        )

    @transaction.atomic
    def _change(
        self,
        template: IndicatorTemplate,
        change: Callable[[TemplateSpec], TemplateSpec],
        what: Callable[[TemplateSpec], str],
        confirmed: str = "",
    ) -> IndicatorTemplate:
        draft = held(template)
        if draft.state != State.DRAFT:
            raise Frozen(f"{draft}{draft.get_state_display()}，不能修改。请新建下一版的草稿。")
        before = spec_of(draft)
        after = change(before)
        left = [address for address in draft.unconfirmed if address != confirmed]
        if after == before and left == draft.unconfirmed:
            return draft
        draft.unconfirmed = left
        return write(draft, after, self.by, what(after), request=self.request)


def _still(spec: TemplateSpec, address: str) -> str:
    """The piece as it is called; an example that moved has another number by now."""
    return "示例" if address.startswith(parts.NUMBERED) else parts.words(spec, address)
