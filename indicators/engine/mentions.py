"""Which keys of a template name figures and other pieces: in formulas, in texts with braces, by code.

One table, for boxes that complete names and for telling where a piece is used.
"""

from __future__ import annotations

from . import chapters, kinds, spec

#: Formulas (公式); of `cells` each value is one.
FORMULAS = frozenset(
    {
        (spec.Field, "formula"),
        (spec.Column, "formula"),
        (spec.TableRow, "cells"),
        (spec.Indicator, "na_when"),
        (kinds.Deviation, "measure"),
        (kinds.Bands, "measure"),
        (kinds.Scaled, "measure"),
        (kinds.Ratio, "actual"),
        (kinds.Ratio, "target"),
        (kinds.Expression, "formula"),
        (spec.CheckRule, "left"),
        (spec.CheckRule, "right"),
        (spec.CheckRule, "when"),
        (spec.Adjustment, "measure"),
        (chapters.Sentence, "when"),
    }
)

#: Texts with bound figures (引用), as `{编制数}`.
TEXTS = frozenset(
    {
        (spec.TemplateSpec, "report_title"),
        (chapters.CoverLine, "text"),
        *((spec.Table, key) for key in ("title", "unit_line", "note")),
        (chapters.Section, "heading"),
        (chapters.Block, "text"),
        (chapters.Sentence, "text"),
        *((spec.Indicator, key) for key in ("interpretation", "description", "standard")),
        *((chapters.Form, key) for key in ("title", "unit_line", "footer", "note")),
        (chapters.FormCell, "text"),
    }
)

#: Codes: of figures, tables, columns of a table, texts, leaves and open groups, forms.
CODES: dict[tuple[type, str], tuple[str, ...]] = {
    (spec.Field, "prior"): ("fields",),
    (spec.Indicator, "inputs"): ("fields", "tables"),
    (spec.CheckRule, "fix_at"): ("fields", "tables", "given", "columns"),
    (spec.CheckRule, "mention"): ("fields", "tables", "given", "columns"),
    (spec.CheckRule, "each"): ("tables",),
    (chapters.Block, "fields"): ("fields",),
    (chapters.Block, "code"): ("tables", "indicators", "forms"),
    (chapters.Block, "value"): ("columns",),
    (chapters.FormCell, "of"): ("fields", "texts"),
    (chapters.FormPart, "code"): ("tables",),
}
