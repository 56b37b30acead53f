"""试一试, 算一遍: cases of a check and worked examples as they stand in the form, by the one engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from ..engine.faults import Fault, TemplateFaults
from ..engine.rehearsing import Case, Said, cases, rehearse
from ..engine.spec import CheckRule, Example, TemplateSpec
from ..engine.words import place_words
from ..forms import posting
from ..forms.controls import Note
from ..forms.trees import Tree


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What came out: `cases` of a check; `beside` the boxes of an example; `faults` at their boxes.

    `refused`: why nothing could be computed, as one sentence.
    """

    cases: tuple[Case, ...] = ()
    beside: Mapping[str, SafeString] = field(default_factory=dict)
    faults: list[tuple[str, Note]] = field(default_factory=list)
    refused: str = ""


NOTHING = Rehearsed()


def rehearsed(spec: TemplateSpec, hint: Any, tree: Tree) -> Rehearsed:
    """Run the piece that is typed; a piece that nothing runs gives nothing."""
    shape = posting.whole(hint)
    piece, faults = posting.piece_of(hint, posting.pruned(tree, shape))
    if faults:
        return _refused(faults, f"有 {len(faults)} 处读不出来，没有试。")
    try:
        if isinstance(piece, CheckRule):
            return _check(spec, piece)
        if isinstance(piece, Example):
            return _example(spec, piece)
    except TemplateFaults as refused:
        here = [fault for fault in refused.faults if isinstance(piece, CheckRule)]
        if here:
            return _refused(here, "公式还不能用，没有试。")
        first = refused.faults[0]
        place = place_words(spec, first.place)
        more = f"等 {len(refused.faults)} 处" if len(refused.faults) > 1 else ""
        return Rehearsed(refused=f"草稿还有要改的，改好才能算：{place}：{first.message}{more}")
    return NOTHING


def _refused(faults: tuple[Fault, ...] | list[Fault], words: str) -> Rehearsed:
    return Rehearsed(faults=[(fault.place, Note(fault.message)) for fault in faults], refused=words)


def _check(spec: TemplateSpec, rule: CheckRule) -> Rehearsed:
    ran = cases(spec, rule)
    faults = [(fault.place, Note(fault.message)) for case in ran for fault in case.faults]
    return Rehearsed(ran, faults=faults, refused="" if ran else "两个例子都还没有写，请先填几个数。")


def _example(spec: TemplateSpec, example: Example) -> Rehearsed:
    ran = rehearse(spec, example)
    if ran.faults:
        return _refused(ran.faults, f"有 {len(ran.faults)} 处填的数读不出来，没有算。")
    return Rehearsed(beside={name: _beside(said) for name, said in ran.said.items()})


def _beside(said: Said) -> SafeString:
    sign, words = {True: ("done", "✓"), False: ("explain", "≠"), None: ("muted", "")}[said.agrees]
    return format_html(
        '<span class="rehearsed {}" title="{}">{} 按模板 {}</span>', sign, said.why, words, said.text
    )
