"""The middle of a section page: the step's outline nodes and their blocks, as crispy layout."""

from __future__ import annotations

from crispy_forms.layout import Layout, LayoutObject
from django.template.loader import render_to_string
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from evaluations.assessing import Assessment
from evaluations.documents.numbering import Counter
from evaluations.forms.grids import Grid, GridPiece
from evaluations.forms.layout import Box, Piece, printed_boxes
from evaluations.forms.names import BUDGET
from evaluations.forms.section import Step
from indicators.engine.chapters import Block, Section
from indicators.engine.spec import Field, Indicator

from . import boxes, preview, tables
from .findings import notes
from .panel import Line, Panel
from .places import Places
from .stored import Texts

#: A preview this long begins folded.
LONG_TEXT = 600
#: Answers of an indicator that are the exception, by the end of their code: 不适用, 自评分, 理由.
ASIDE = frozenset({"-na", "-self", "-reason"})


class Chapter:
    """Builds the layout of one step, and the pieces of it that an autosave renews."""

    def __init__(
        self,
        step: Step,
        texts: Texts,
        assessment: Assessment,
        panel: Panel,
        places: Places,
        *,
        editable: bool,
    ) -> None:
        self.step = step
        self.texts = texts
        self.assessment = assessment
        self.compiled = assessment.compiled
        self.figures = assessment.figures
        self.panel = panel
        self.findings = panel.findings
        self.places = places
        self.editable = editable
        self.invalid = frozenset(self.findings.invalid(step.code))
        self.paragraphs = 0

    def layout(self) -> Layout:
        """The whole chapter."""
        self.paragraphs = 0
        return Layout(*self._node(self.step.section, 1, *self._numbered(self.step.section)))

    # ── outline ─────────────────────────────────────────────────────────────────────────────────────────────

    def _numbered(self, section: Section) -> tuple[str, Counter]:
        """A node's number as it prints, and the counter of what stands below it."""

        def search(nodes: tuple[Section, ...], counter: Counter) -> tuple[str, Counter] | None:
            for node in nodes:
                number, below = _next(counter, node)
                if node is section:
                    return number, below
                if found := search(node.children, below):
                    return found
            return None

        return search(self.compiled.spec.outline, Counter()) or ("", Counter())

    def _node(self, node: Section, level: int, number: str, counter: Counter) -> list[LayoutObject]:
        heading = f"{number} " if number[-1:].isdigit() else number
        heading += self.places.words(node.heading)
        data = {"heading": heading, "level": min(level, 5), "code": node.code, "help": node.help}
        pieces: list[LayoutObject] = [Piece("filling/node.html", data)]
        for block in node.blocks:
            pieces += self._block(block)
        for child in node.children:
            below = _next(counter, child)
            if child.appears != "print" and not child.step:
                pieces += self._node(child, level + 1, *below)
        return pieces

    def _block(self, block: Block) -> list[LayoutObject]:
        match block.kind:
            case "inputs":
                drawn = [Box(self._figure(self.compiled.fields[code])) for code in block.fields]
                return [Piece("filling/inputs.html", {"label": block.label}, boxes=drawn)]
            case "text":
                return [self._narrative(block)]
            case "paragraph":
                return [self._said(block)]
            case "budget":
                return [GridPiece(self.grid(BUDGET, block.label))]
            case "table":
                return [self._table(block.code)]
            case "analysis":
                return [self._analysis(self.compiled.leaf[block.code])]
            case _:  # chart, indicators, figures, signature: print only
                return []

    # ── blocks ──────────────────────────────────────────────────────────────────────────────────────────────

    def _figure(self, definition: Field) -> boxes.Figure:
        return boxes.figure(definition, self.figures, self.findings, self.step.code)

    def _narrative(self, block: Block) -> LayoutObject:
        code, text = block.code, self.texts.boxes.get(block.code, "")
        data = {
            "block": block,
            "prompt": self.places.words(block.prompt),
            "text": text,
            "rows": min(max(6, len(text) // 44 + text.count("\n") + 2), 24),
            "length": len(text),
            "preview": preview.narrative(text, block, self.assessment),
            "preview_open": 0 < len(text) <= LONG_TEXT and "{" in text,
            "notes": self.notes(code),
            "invalid": code in self.invalid,
            "step": self.step.code,
        }
        return Piece(
            "filling/narrative.html",
            data,
            {f"notes-{code}": data["notes"], f"preview-{code}": data["preview"]},
        )

    def _said(self, block: Block) -> LayoutObject:
        self.paragraphs += 1
        identity, text = f"said-{self.paragraphs}", preview.html(block.text, self.assessment)
        return Piece("filling/paragraph.html", {"id": identity, "text": text}, {identity: text})

    def _table(self, code: str) -> LayoutObject:
        table = self.compiled.tables[code]
        if table.source == "input":
            return GridPiece(self.grid(code))
        shown = render_to_string(
            "filling/shown_table.html", {"table": tables.shown_table(table, self.figures)}
        )
        data = {
            "table": table,
            "shown": shown,
            "notes": self.notes(code),
            "printed": self._total_printed(code),
        }
        return Piece("filling/table.html", data, {f"notes-{code}": data["notes"], f"table-{code}": shown})

    def grid(self, code: str, title: str = "") -> Grid:
        """A grid with what was typed, its sums and its findings."""
        rows = self.texts.rows.get(code, [])
        if code == BUDGET:
            grid = tables.budget_grid(title, rows, self.figures, self.invalid)
            if self.texts.window:
                grid.first = self.texts.window.first
                grid.extra = mark_safe(render_to_string("filling/window.html", {"window": self.texts.window}))  # noqa: S308
        else:
            grid = tables.input_grid(self.compiled.tables[code], rows, self.figures, self.invalid)
            grid.extra = self._total_printed(code)
        grid.editable = self.editable
        grid.notes = self.notes(code)
        return grid

    def _total_printed(self, code: str) -> str:
        if code not in self.step.boxes.printed:
            return ""
        label = self.step.boxes.printed[code]
        return printed_boxes(boxes.printed(code, label, self.figures.facts.overrides.get(code)))

    def _analysis(self, leaf: Indicator) -> LayoutObject:
        drawn = [
            (box.code.removeprefix(leaf.code) in ASIDE, Box(self._figure(box))) for box in leaf.answers()
        ]
        main = [box for is_aside, box in drawn if not is_aside]
        aside = [box for is_aside, box in drawn if is_aside]
        line, notes_here = self.panel.line(leaf.code), self.notes(leaf.code)
        data = {
            "leaf": leaf,
            "points": _points(line),
            "working": line.line.working,
            "interpretation": self.places.words(leaf.interpretation),
            "description": self.places.words(leaf.description),
            "standard": self.places.words(leaf.standard),
            "notes": notes_here,
            "aside_open": any(self.texts.boxes.get(box.figure.code) or box.figure.notes for box in aside),
        }
        live = {
            f"points-{leaf.code}": data["points"],
            f"working-{leaf.code}": escape(line.line.working),
            f"notes-{leaf.code}": notes_here,
        }
        return Piece("filling/analysis.html", data, live, main=main, aside=aside)

    def notes(self, box: str) -> SafeString:
        """What is to be mended at a box; for a grid also in its cells."""
        step = self.step.code
        cells = [cell for cell in self.findings.boxes(step) if cell.startswith(f"{box}[")]
        if cells:
            found = [one for place in (box, *cells) for one in self.findings.at(step, place)]
            return notes(dict.fromkeys(found))
        return notes(self.findings.at(step, box), f"{step}.{box}")


def _points(line: Line) -> SafeString:
    kind = " points-lost" if line.lost else ""
    points = format_html("<strong>{}</strong>", line.points) if line.points else line.line.status
    return format_html('<span class="points{}">{} / {} 分</span>', kind, points, line.weight)


def _next(counter: Counter, node: Section) -> tuple[str, Counter]:
    """Only what prints in the text is numbered."""
    if node.appears == "wizard" or node.appendix:
        return "", Counter()
    return counter.next(node.numbering)
