"""How the keys of a piece are laid out: in which groups, which as long texts, which only when they matter."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from ..engine import chapters, kinds, spec
from ..engine.reading import default_of
from ..engine.values import NUMBER_KINDS
from .shapes import shapes_of
from .trees import Tree, of_value


@dataclass(frozen=True, slots=True)
class Group:
    """Boxes that belong together; `folded`: those that are seldom needed."""

    legend: str
    keys: tuple[str, ...]
    folded: bool = False


#: Classes whose forms are pages of their own. Keys that are named nowhere come last, in a folded group.
GROUPS: dict[type, tuple[Group, ...]] = {
    spec.TemplateSpec: (
        Group("", ("code", "title", "report_title", "years", "region", "kind", "unit")),
        Group("计分", ("scored", "total", "score_places", "rounding")),
        Group("依据与说明", ("sources", "notes", "project_template")),
    ),
    spec.Field: (
        Group("", ("code", "label", "kind", "unit", "money_unit", "places", "required")),
        Group("怎样得出", ("formula",)),
        Group("填写", ("help", "choices", "minimum", "maximum", "max_chars", "personal")),
        Group("口径与上年", ("basis", "year_offset", "prior", "carry")),
        Group("别名", ("aliases",), folded=True),
    ),
    spec.Table: (
        Group("", ("code", "title", "source", "money_unit", "max_rows", "required", "total_label")),
        Group("列", ("columns",)),
        Group("固定行", ("rows",)),
        Group("文字", ("unit_line", "note", "help", "prefill")),
    ),
    spec.Indicator: (
        Group("", ("code", "name", "weight", "value_unit")),
        Group("怎样计分", ("open", "rule")),
        Group("说明与标准", ("interpretation", "description", "standard")),
        Group("取数与不适用", ("inputs", "na", "na_when", "round_value", "zero_over_zero", "over_zero")),
        Group("佐证与印刷", ("evidence", "evidence_hint", "weight_group")),
    ),
    spec.CheckRule: (
        Group("", ("code", "title", "layer", "severity")),
        Group("比较", ("left", "missing_left", "op", "right", "missing_right", "when", "each")),
        Group("允许的差额", ("unit", "tolerance", "parts", "part_unit", "places")),
        Group("提示", ("left_label", "right_label", "message", "hint", "fix_at", "mention")),
        Group("试一试", ("passing", "failing")),
    ),
    spec.Example: (
        Group("", ("name", "total")),
        Group("填写的数", ("figures",)),
        Group("各表的行", ("tables",)),
        Group("预算明细", ("lines",)),
        Group("应得", ("points", "values")),
    ),
    chapters.Section: (
        Group("", ("code", "heading", "numbering", "short", "appears")),
        Group("向导与印刷", ("step", "appendix", "optional", "renamable", "embedded", "run_in")),
        Group("填报说明与佐证", ("help", "evidence", "evidence_hint")),
        Group("内容块", ("blocks",)),
    ),
    chapters.Form: (
        Group("", ("code", "title", "columns", "unit_line")),
        Group("各部分", ("parts",)),
        Group("表下", ("footer", "note")),
    ),
}

#: Rows that are drawn as a table, one line each; of all others this says what stands in the first line.
LINES = frozenset(
    {
        spec.TableRow,
        spec.GradeBand,
        spec.CapStep,
        chapters.Sentence,
        chapters.FormCell,
        chapters.CoverLine,
        kinds.Band,
        kinds.Item,
        kinds.Level,
    }
)
FIRST: dict[type, tuple[str, ...]] = {
    spec.Column: ("code", "label", "kind", "unit", "total", "required", "amount", "formula"),
    spec.Adjustment: ("kind", "label", "minimum_weight", "measure", "steps"),
    chapters.Block: ("kind", "code", "label", "required", "fields", "text", "prompt", "sentences"),
    chapters.FormPart: ("kind", "code", "spans", "rows"),
}

#: Texts of several lines; formulas are so, too.
LONG = frozenset(
    {
        (spec.TemplateSpec, "notes"),
        (spec.Field, "help"),
        (spec.Table, "note"),
        (spec.Table, "help"),
        *((spec.Indicator, key) for key in ("interpretation", "description", "standard")),
        (spec.CheckRule, "message"),
        (spec.CheckRule, "hint"),
        (chapters.Section, "help"),
        (chapters.Block, "prompt"),
        (chapters.Block, "text"),
        (chapters.Sentence, "text"),
        (chapters.Form, "footer"),
        (chapters.Form, "note"),
        (chapters.CoverLine, "text"),
        (chapters.FormCell, "text"),
        (kinds.Item, "text"),
        (kinds.Level, "text"),
    }
)
#: Texts of one line that take twice the width of others.
WIDE = frozenset(
    {
        (spec.TemplateSpec, "title"),
        (spec.TemplateSpec, "report_title"),
        (spec.TemplateSpec, "sources"),
        (spec.Indicator, "name"),
        (spec.Indicator, "evidence_hint"),
        (spec.Field, "label"),
        (spec.Table, "title"),
        (spec.CheckRule, "title"),
        (chapters.Section, "heading"),
        (chapters.Section, "evidence_hint"),
        (chapters.Form, "title"),
        (chapters.Block, "label"),
        (spec.Example, "name"),
    }
)

#: Formulas that leave the last column to what belongs to them.
MOST = frozenset({(spec.CheckRule, "left"), (spec.CheckRule, "right")})

#: What stands behind a box.
UNITS: dict[tuple[type, str], str] = {
    (spec.Indicator, "weight"): "分",
    (spec.Indicator, "round_value"): "位小数",
    (spec.TemplateSpec, "total"): "分",
    (spec.TemplateSpec, "score_places"): "位小数",
    (spec.Field, "places"): "位小数",
    (spec.Field, "max_chars"): "字",
    (spec.Field, "year_offset"): "年",
    (spec.Column, "places"): "位小数",
    (spec.Column, "max_chars"): "字",
    (spec.Column, "width"): "%",
    (spec.Table, "max_rows"): "行",
    (spec.OpenGroup, "max_rows"): "行",
    (spec.CheckRule, "places"): "位小数",
    (spec.CheckRule, "parts"): "个",
    (spec.Adjustment, "minimum_weight"): "分",
    (spec.GradeBand, "minimum"): "分起",
    (spec.CapStep, "below"): "时",
    (spec.CapStep, "cap"): "分",
    (spec.Example, "total"): "分",
    (chapters.Block, "max_chars"): "字",
    (chapters.Form, "columns"): "列",
}

#: Keys whose choice decides which others matter: the form is drawn anew when they change.
DECIDING = frozenset(
    {
        (spec.Field, "kind"),
        (spec.Column, "kind"),
        (spec.Table, "source"),
        (spec.Indicator, "na"),
        (spec.Adjustment, "kind"),
        (chapters.Block, "kind"),
        (chapters.FormPart, "kind"),
        (kinds.Checklist, "mode"),
    }
)

_TEXTS = ("text", "long_text")
_MEASURED = ("deviation", "bands", "scaled", "ratio", "expression")
_OF_BLOCK: dict[str, tuple[str, ...]] = {
    "text": (
        "code", "label", "required", "prompt", "sentences", "max_chars", "sub_numbering", "list_numbering",
    ),
    "inputs": ("label", "fields"),
    "figures": ("label", "fields"),
    "budget": ("label", "required"),
    "table": ("code", "label"),
    "chart": ("code", "label", "chart", "value"),
    "paragraph": ("text", "sentences"),
    "analysis": ("code",),
    "indicators": ("layout",),
    "list": ("code", "text", "list_numbering"),
    "form": ("code",),
}  # fmt: skip


def unwanted(
    cls: type, tree: Tree, outer: Tree | None = None, group: bool = False, top: bool = True
) -> frozenset[str]:
    """Keys that mean nothing for such a piece and say nothing either, so that no box is shown for them.

    `outer`: the tree in which a row stands. `group`: an indicator with others below it, `top`: one
    of the first level.
    """
    idle = _idle(cls, tree, outer or {}, group, top)
    return frozenset(key for key in idle if _says_default(cls, key, tree))


def _says_default(cls: type, key: str, tree: Tree) -> bool:
    default = next(default_of(item) for item in dataclasses.fields(cls) if item.name == key)
    return tree.get(key) in (None, "", of_value(default, shapes_of(cls)[key]))


def _idle(cls: type, tree: Tree, outer: Tree, group: bool, top: bool) -> set[str]:
    if cls is spec.Field:
        return _idle_figure(tree)
    if cls is spec.Column:
        idle = _idle_figure(tree) - {"minimum", "maximum", "money_unit"}
        taken = outer.get("source") in ("budget", "projects")
        return idle | (set() if taken else {"amount", "economic"}) | ({"required"} if taken else set())
    if cls is spec.Table:
        idle = {"input": {"rows"}, "derived": {"max_rows", "required", "prefill"}}
        return idle.get(tree.get("source"), {"rows", "max_rows", "required", "prefill"})
    if cls is spec.Indicator:
        return _idle_indicator(tree, group) | (set() if top else {"open"})
    if cls is spec.Adjustment:
        return {"measure", "steps"} if tree.get("kind") == "rescale_na" else {"minimum_weight"}
    if cls is chapters.Block:
        return set(shapes_of(cls)) - {"kind", *_OF_BLOCK.get(tree.get("kind"), ())}
    if cls is chapters.FormPart:
        return {"rows": {"code", "spans"}, "table": {"rows"}}.get(tree.get("kind"), {"code", "rows"})
    if cls is kinds.Checklist:
        return {"per_violation", "count", "floor"} if tree.get("mode") == "add" else set()
    if cls is kinds.Item:
        return {"points"} if outer.get("mode") == "deduct" else set()
    return set()


def _idle_figure(tree: Tree) -> set[str]:
    """Of a field or a column."""
    kind, derived = tree.get("kind"), bool((tree.get("formula") or "").strip())
    idle = set()
    if kind not in ("count", "number"):
        idle.add("unit")
    if kind != "money":
        idle.add("money_unit")
    if kind not in NUMBER_KINDS:
        idle.add("places")
    if kind not in NUMBER_KINDS or derived:
        idle |= {"minimum", "maximum"}
    if kind != "choice":
        idle.add("choices")
    if kind not in _TEXTS or derived:
        idle |= {"max_chars", "personal"}
    return idle | ({"required"} if derived else set())


def _idle_indicator(tree: Tree, group: bool) -> set[str]:
    scored = {"rule", "value_unit", "inputs", "na", "na_when", "round_value", "zero_over_zero", "over_zero"}
    if group:
        return scored | {"open", "weight", "evidence", "evidence_hint", "weight_group", "interpretation",
                         "description", "standard"}  # fmt: skip
    if tree.get("open"):
        return scored
    idle = {"na_when"} if tree.get("na") == "forbidden" else set()
    if tree.get("rule", {}).get("kind") not in _MEASURED:
        idle |= {"value_unit", "round_value", "zero_over_zero", "over_zero"}
    return idle
