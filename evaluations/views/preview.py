"""A narrative as it will read: bound figures filled in and marked, headings and lists numbered."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from evaluations.assessing import Assessment
from evaluations.documents import texts
from evaluations.documents.model import Heading, Paragraph, Run
from indicators.engine.bindings import Binding, BindingError, render, split
from indicators.engine.chapters import Block
from indicators.engine.numbering import Counter

#: What `render` writes for a figure that nobody typed, or that cannot be computed.
OPEN = frozenset({"（未填）", "（无法计算）"})


class Unfilled:
    """Stands where the report fills in the figures: here they become chips afterwards."""

    def runs(self, words: str) -> tuple[Run, ...]:
        return (Run(words),)

    def plain(self, words: str) -> str:
        return words


def narrative(text: str, block: Block, assessment: Assessment, counter: Counter | None = None) -> SafeString:
    """A text with its headings and lists as they print; every bound figure is a chip with its name.

    `counter`: of the chapter in which the text stands.
    """
    drawn = []
    for piece in texts.narrative(text, block, Unfilled(), 1, counter):
        if isinstance(piece, Heading):
            drawn.append(f"<h4>{escape(piece.number)}{_runs(piece.text, assessment)}</h4>")
        else:
            drawn.append(f"<p>{''.join(_paragraph(piece, assessment))}</p>")
    return mark_safe("".join(drawn))  # noqa: S308  escaped in _runs


def _paragraph(piece: Paragraph, assessment: Assessment) -> Iterator[str]:
    """A run-in heading, or the number of an article, stands out from what follows it."""
    for run in piece.runs:
        words = _runs(run.text, assessment)
        yield f"<strong>{words}</strong>" if run.mark in ("label", "article") else words


def html(text: str, assessment: Assessment) -> SafeString:
    """The template's own words, one paragraph a line."""
    lines = (line.strip() for line in text.split("\n"))
    return mark_safe("".join(f"<p>{_runs(line, assessment)}</p>" for line in lines if line))  # noqa: S308


def shown(binding: Binding, assessment: Assessment) -> str:
    """What a bound figure shows now; raises `BindingError` for a name that the template does not know."""
    figures = assessment.figures
    code = figures.compiled.resolve(binding.name)
    override = figures.facts.overrides.get(code) if code else None
    if override and override.text and binding.unit in ("", figures.compiled.unit_of(code)):
        return override.text
    return render(_written(binding), figures, year=figures.facts.year, sheet=assessment.sheet)


def _runs(text: str, assessment: Assessment) -> str:
    return "".join(
        escape(piece) if isinstance(piece, str) else _chip(piece, assessment) for piece in split(text)
    )


def _chip(binding: Binding, assessment: Assessment) -> str:
    try:
        value = shown(binding, assessment)
    except BindingError:
        return f'<span class="chip chip-unknown" title="没有这个数据项">{escape(_written(binding))}</span>'
    kind = " chip-missing" if value in OPEN else ""
    return f'<span class="chip{kind}" title="{escape(binding.name)}">{escape(value)}</span>'


def _written(binding: Binding) -> str:
    return f"{{{binding.name}|{binding.unit}}}" if binding.unit else f"{{{binding.name}}}"
