"""The middle of a section page: the step's outline nodes and their blocks, as crispy layout."""

from __future__ import annotations

from urllib.parse import urlencode

from crispy_forms.layout import Layout, LayoutObject
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from evaluations.assessing import Assessment
from evaluations.forms.grids import Grid, GridPiece
from evaluations.forms.layout import Box, Piece, heading_boxes, printed_boxes
from evaluations.forms.section import Step
from evaluations.models import Department
from evaluations.names import BUDGET
from indicators.engine import bindings, written
from indicators.engine.chapters import Block, Section
from indicators.engine.numbering import Counter, list_style, styles_below
from indicators.engine.spec import Field, Indicator

from . import boxes, preview, tables
from .findings import notes
from .panel import Panel
from .places import Places
from .scoring import Scoring
from .stored import Texts

#: A preview this long begins folded.
LONG_TEXT = 600


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
        self.scoring = Scoring(self.figures, self.findings, panel, places, step.code, self._figure)
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
                number, below = self._next(counter, node)
                if node is section:
                    return number, below
                if found := search(node.children, below):
                    return found
            return None

        return search(self.compiled.spec.outline, Counter()) or ("", Counter())

    def _next(self, counter: Counter, node: Section) -> tuple[str, Counter]:
        """Only what prints in the text is numbered; numbers begin anew in a document within the report."""
        if node.appendix or not written.is_printed(self.compiled, node, self.figures.facts):
            return "", Counter()
        number, below = counter.next(node.numbering)
        return number, Counter() if node.embedded else below

    def _node(self, node: Section, level: int, number: str, counter: Counter) -> list[LayoutObject]:
        pieces: list[LayoutObject] = [self._heading(node, level, number)]
        for index, block in enumerate(node.blocks):
            pieces += self._block(node, index, block, counter)
        for child in node.children:
            below = self._next(counter, child)
            if child.appears != "print" and not child.step:
                pieces += self._node(child, level + 1, *below)
        return pieces

    def _heading(self, node: Section, level: int, number: str) -> LayoutObject:
        """The heading as it prints, with the boxes that change it where the template allows it."""
        number = f"{number} " if number[-1:].isdigit() else number
        heading, rename = number + (self.places.heading(node) or node.short), ""
        live = {f"heading-{node.code}": escape(heading)}
        if node.code in self.step.boxes.printed and node.renamable:
            override = self.figures.facts.overrides.get(node.code)
            label = self.places.words(node.heading)
            rename = heading_boxes(boxes.printed(node.code, label, override), self.notes(node.code))
            live[f"notes-{node.code}"] = self.notes(node.code)
        data = {
            "heading": heading,
            "level": min(level, 5),
            "node": node,
            "rename": rename,
            "evidence": self.places.evidence(node.code) if node.step or node.evidence else None,
        }
        return Piece("filling/node.html", data, live)

    def _block(self, node: Section, index: int, block: Block, counter: Counter) -> list[LayoutObject]:
        match block.kind:
            case "inputs":
                drawn = [Box(self._figure(self.compiled.fields[code])) for code in block.fields]
                return [Piece("filling/inputs.html", {"label": block.label}, boxes=drawn)]
            case "text":
                return [self._narrative(block, counter)]
            case "paragraph":
                return [self._said(self.compiled.paragraph(node.code, index, self.figures))]
            case "list":
                return [self._listed(block, counter)]
            case "form":
                return [self._form(block.code)]
            case "projects":
                return [self._projects()]
            case "budget":
                return self._budget(block.label)
            case "table":
                return [self._table(block.code)]
            case "analysis":
                return [self._analysis(self.compiled.indicators[block.code])]
            case _:  # chart, indicators, figures, signature: print only
                return []

    # ── blocks ──────────────────────────────────────────────────────────────────────────────────────────────

    def _figure(self, definition: Field) -> boxes.Figure:
        return boxes.figure(definition, self.figures, self.findings, self.step.code)

    def _narrative(self, block: Block, counter: Counter) -> LayoutObject:
        code, text = block.code, self.texts.boxes.get(block.code, "")
        data = {
            "block": block,
            "prompt": self.places.words(block.prompt),
            "text": text,
            "rows": min(max(6, len(text) // 44 + text.count("\n") + 2), 24),
            "length": len(text),
            "preview": preview.narrative(text, block, self.assessment, counter),
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

    def _said(self, words: str) -> LayoutObject:
        self.paragraphs += 1
        identity, text = f"said-{self.paragraphs}", preview.html(words, self.assessment)
        return Piece("filling/paragraph.html", {"id": identity, "text": text}, {identity: text})

    def _listed(self, block: Block, counter: Counter) -> LayoutObject:
        """The rows of a table as the items that print here."""
        self.paragraphs += 1
        identity, figures = f"said-{self.paragraphs}", self.figures
        style = block.list_numbering or list_style(styles_below(block.sub_numbering), counter)
        numbers = Counter()
        items = [
            numbers.next(style)[0]
            + bindings.render(
                block.text, figures, year=figures.facts.year, sheet=self.assessment.sheet, row=row
            )
            for row in bindings.rows(figures, block.code)
        ]
        text = format_html_join("", "<p>{}</p>", ((item,) for item in items))
        text = text or format_html("<p>“{}”填写后，在此逐条印出。</p>", self.compiled.label(block.code))
        return Piece("filling/paragraph.html", {"id": identity, "text": text}, {identity: text})

    def _form(self, code: str) -> LayoutObject:
        return Piece(
            "filling/printed_form.html",
            {
                "title": self.places.words(self.compiled.forms[code].title),
                "preview_url": self.places.page("preview"),
            },
        )

    def _projects(self) -> LayoutObject:
        shown = render_to_string(
            "filling/projects_block.html",
            {"projects": self.figures.facts.projects, "projects_url": self.places.page("projects")},
        )
        identity = "project-list"  # a chapter may be called `projects`
        return Piece("filling/live.html", {"id": identity, "text": shown}, {identity: shown})

    def _budget(self, title: str) -> list[LayoutObject]:
        """The department's lines to fill in, and those that others fill in: only shown."""
        if not self.step.budget:
            words = "这些行取自单位的预算明细，只能在单位自评中修改。"
            return [
                GridPiece(tables.shown_lines(BUDGET, title, words, self.figures.facts.lines, self.figures))
            ]
        pieces: list[LayoutObject] = [GridPiece(self.grid(BUDGET, title))]
        if units := [line for line in self.figures.facts.lines if ":" in line.id]:
            words = "由二级机构各自填写，已计入上面的合计和本单位的自评。"
            shown = tables.shown_lines("unit-lines", "二级机构的预算明细", words, units, self.figures)
            pieces.append(GridPiece(shown))
        return pieces

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
            if self.panel.evaluation:
                grid.more_tools = self._import_link(self.panel.evaluation.department)
            if self.texts.window:
                grid.first = self.texts.window.first
                grid.extra = mark_safe(render_to_string("filling/window.html", {"window": self.texts.window}))  # noqa: S308
        else:
            grid = tables.input_grid(self.compiled.tables[code], rows, self.figures, self.invalid)
            grid.extra = self._total_printed(code)
        grid.editable = self.editable
        grid.notes = self.notes(code)
        return grid

    def _import_link(self, department: Department) -> SafeString:
        """Whoever may fill in these lines may import them."""
        asked = urlencode({"year": self.figures.facts.year, "department": department.code})
        return format_html(
            '<a class="small" href="{}?{}">从 Excel 文件导入</a>', reverse("import_lines"), asked
        )

    def _total_printed(self, code: str) -> str:
        if code not in self.step.boxes.printed:
            return ""
        label = self.step.boxes.printed[code]
        return printed_boxes(boxes.printed(code, label, self.figures.facts.overrides.get(code)))

    def _analysis(self, indicator: Indicator) -> LayoutObject:
        if indicator.open is None:
            return self.scoring.leaf(indicator, self.texts.boxes)
        rows = self.texts.rows.get(indicator.code, [])
        return self.scoring.group(indicator, rows, self.invalid, editable=self.editable)

    def notes(self, box: str) -> SafeString:
        """What is to be mended at a box; for a grid also in its cells."""
        step = self.step.code
        cells = [cell for cell in self.findings.boxes(step) if cell.startswith(f"{box}[")]
        if cells:
            found = [one for place in (box, *cells) for one in self.findings.at(step, place)]
            return notes(dict.fromkeys(found))
        return notes(self.findings.at(step, box), f"{step}.{box}")
