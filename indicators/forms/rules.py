"""The rule of an indicator (计分规则) as it is said: a choice of the kind, then sentences with boxes in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from ..engine import kinds
from ..engine.words import name_of, noun
from . import controls, rows
from .controls import EMPTY, identity
from .helps import RULE_HELP
from .shapes import Shape, child, shapes_of
from .trees import YES, Tree

if TYPE_CHECKING:
    from .drawing import Drawing

#: kind → its lines. `{key}` is a box; a line that is only `[key]` is that key at full width. `{%}` is the
#: unit of the measured value, `{%%}` how a difference of it is called.
SENTENCES: dict[type, tuple[str, ...]] = {
    kinds.Deviation: (
        "[measure]",
        "指标值 {side} {limit} {%} 时，每 {step} {%%} 扣 {points_per_step} 分，"
        "不足一档的部分 {partial}，最低得 {floor} 分。",
    ),
    kinds.Bands: ("[measure]", "[bands]", "各档之外得 {otherwise} 分（空着：由人评定）。"),
    kinds.Checklist: (
        "方式：{mode}",
        "[items]",
        "{count}每有一处不符合扣 {per_violation} 分，最低得 {floor} 分。",
    ),
    kinds.Scaled: ("[measure]", "得数满分为 {of}，按比例折算成本指标的分值。"),
    kinds.Judged: ("由人从下面的等次中选择；一个等次也没有时直接给分。", "[levels]"),
    kinds.Ratio: (
        "[actual]",
        "[target]",
        "得分 = 实际值 ÷ 目标值 × 分值，最多得满分。{reverse}",
        "完成超过目标的 {explain_over} % 时须说明原因（空着：不要求）。",
    ),
    kinds.Expression: ("[formula]", "得数就是得分，限于 0 至分值。"),
    kinds.Target: (
        "单位填写年度指标值和实际完成值（如 ≥500人次、95%、合规）。达到的得满分，未达到的 {missed}。",
        "目标没有写符号或写 = 的：{equals}。",
        "完成超过目标的 {explain_over} % 时须说明原因（空着：不要求），并扣 {over_deduct} 分。",
        "得分系数另列，取 {coefficient_places} 位小数（空着：不列得分系数）。",
        "用文字写的目标由人从下面的等次中评定；一个等次也没有时直接给分。",
        "[levels]",
    ),
}
#: Words of choices inside a sentence, where those of the list would not read well.
WORDS: dict[tuple[type, str], dict[str, str]] = {
    (kinds.Deviation, "side"): {"over": "超过", "under": "低于", "both": "偏离"},
}
_PLACE = re.compile(r"\{([^{}]+)\}")


def block(
    drawing: Drawing, cls: type, key: str, shape: Shape, tree: Tree, name: str, outer: Tree
) -> SafeString:
    """The choice of the kind, what it does, and its parameters."""
    kind = tree.get("kind", "")
    own = child(name, "kind")
    options = {value: noun(one) for value, one in shape.rules.items()}
    if shape.optional:
        options = {"": "没有规则", **options}
    from .drawing import REDRAW

    attrs = drawing.attributes(cls, key, own) | {"data-redraw": True}
    drawing.names.add(name)
    return format_html(
        '<section class="piece-rule piece-wide" id="{}">'
        '<div class="rule-kind">'
        '<label class="piece-label" for="{}">{}</label>{}{}<span class="help">{}</span></div>'
        "{}{}{}{}</section>",
        identity(name),
        identity(own),
        name_of(cls, key),
        controls.choice(own, kind, options, attrs),
        REDRAW,
        RULE_HELP.get(kind, ""),
        drawing.notes(own),
        parameters(drawing, shape.rules[kind], tree, name, outer) if kind in shape.rules else EMPTY,
        _kept(tree, shape, name),
        drawing.notes(name),
    )


def parameters(drawing: Drawing, cls: type, tree: Tree, name: str, outer: Tree) -> SafeString:
    """The lines of a kind of rule."""
    from .arrangement import unwanted

    hide = unwanted(cls, tree, outer)
    lines = []
    for line in SENTENCES[cls]:
        keys = re.findall(r"[\[{](\w+)[\]}]", line)
        if keys and all(key in hide for key in keys):
            continue
        if line.startswith("["):
            lines.append(_whole_line(drawing, cls, line[1:-1], tree, name))
        else:
            lines.append(_sentence(drawing, cls, line, tree, name, outer))
    said = "".join(SENTENCES[cls])
    rest = [key for key in shapes_of(cls) if f"{{{key}}}" not in said and f"[{key}]" not in said]
    lines += [drawing.key(cls, key, tree, name) for key in rest]
    return mark_safe("".join(lines))  # noqa: S308  made here


def _whole_line(drawing: Drawing, cls: type, key: str, tree: Tree, name: str) -> SafeString:
    if shapes_of(cls)[key].kind == "rows":
        return rows.inline(drawing, cls, key, tree, name, tree)
    return drawing.key(cls, key, tree, name)


def _sentence(drawing: Drawing, cls: type, line: str, tree: Tree, name: str, outer: Tree) -> SafeString:
    unit = (outer.get("value_unit") or "").strip()
    pieces, told = [], []
    for number, piece in enumerate(_PLACE.split(line)):
        if not number % 2:
            pieces.append(format_html("{}", piece))
        elif piece == "%":
            pieces.append(format_html("{}", unit))
        elif piece == "%%":
            pieces.append(format_html("{}", "个百分点" if unit == "%" else unit))
        else:
            pieces.append(_inline(drawing, cls, piece, tree, child(name, piece)))
            told.append(drawing.notes(child(name, piece)))
    said = mark_safe("".join(pieces))  # noqa: S308  escaped above
    return format_html('<div class="rule-line">{}</div>{}', said, mark_safe("".join(told)))  # noqa: S308


def _inline(drawing: Drawing, cls: type, key: str, tree: Tree, name: str) -> SafeString:
    shape, value = shapes_of(cls)[key], tree.get(key) or ""
    if shape.kind == "tick":
        return controls.tick(
            name, value, name_of(cls, key), drawing.attributes(cls, key, name) | {"class": None}
        )
    named = {"aria-label": name_of(cls, key)}
    if words := WORDS.get((cls, key)):
        attrs = drawing.attributes(cls, key, name) | named
        return controls.choice(name, value, words, attrs)
    return drawing.control(cls, key, shape, value, name, tree, **named)


def _kept(tree: Tree, shape: Shape, name: str) -> SafeString:
    """What was typed for another kind stays, unseen, so that the choice can be taken back."""
    shown = shapes_of(shape.rules[tree["kind"]]) if tree.get("kind") in shape.rules else {}
    found = []
    for key, value in tree.items():
        if key != "kind" and key not in shown:
            found += _flat(value, child(name, key))
    return mark_safe("".join(controls.hidden(own, text) for own, text in found))  # noqa: S308


def _flat(tree: Tree, name: str) -> list[tuple[str, str]]:
    if isinstance(tree, str):
        return [(name, tree)]
    if isinstance(tree, list):
        found = []
        for number, row in enumerate(tree):
            found += [(f"{name}[{number}]", ""), *_flat(row, f"{name}[{number}]")]
        return found
    return [pair for key, one in tree.items() for pair in _flat(one, child(name, key))]


def open_group(drawing: Drawing, cls: type, key: str, shape: Shape, tree: Tree, name: str) -> SafeString:
    """Whether the department adds its own indicators here, and the rule of each."""
    from .drawing import REDRAW

    options = {"": "按本指标的规则计分", YES: "由单位自设"}
    attrs = drawing.attributes(cls, key, name) | {"data-redraw": True}
    inner = EMPTY
    if tree:
        shapes = shapes_of(shape.cls)
        keys = [one for one in shapes if one != "rule"]
        inner = format_html(
            '<div class="piece-boxes">{}</div>'
            '<div class="piece-rule" id="{}"><h4>每个自设指标的计分</h4>{}{}</div>',
            mark_safe("".join(drawing.key(shape.cls, one, tree, name) for one in keys)),  # noqa: S308
            identity(child(name, "rule")),
            parameters(drawing, kinds.Target, tree.get("rule") or {}, child(name, "rule"), {}),
            drawing.notes(child(name, "rule")),
        )
        drawing.names.add(child(name, "rule"))
    return format_html(
        '<div class="piece-open piece-wide"><div class="rule-kind">'
        '<label class="piece-label" for="{}">{}</label>{}{}</div>{}{}{}</div>',
        identity(name),
        "三级指标",
        controls.choice(name, YES if tree else "", options, attrs),
        REDRAW,
        drawing.help(cls, key, name),
        drawing.notes(name),
        inner,
    )
