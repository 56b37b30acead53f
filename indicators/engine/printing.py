"""What a template prints: every reference in its texts means something, lists and forms fit together.

So does every reference in what only the wizard shows: the short name of a chapter, the prompt of a narrative.
"""

from __future__ import annotations

from collections.abc import Iterator

from . import bindings
from .chapters import INDICATOR_COLUMNS, Block, Form, FormCell, FormPart
from .compiled import CompiledTemplate
from .faults import Fault
from .names import did_you_mean
from .outline import walk, walk_indicators
from .spec import TemplateSpec

#: Names of the levels stand first and in this order, so that merged cells hang together.
LEVELS = ("first", "second", "third")
MAX_GRID = 60  # columns of a form's grid
#: Columns of an open group that are said by others: the name, and what a person gave who judged.
_ASIDE = frozenset({"name", "level", "points", "self"})


def print_faults(compiled: CompiledTemplate) -> Iterator[Fault]:
    """Everything wrong with what is printed, each at its place."""
    for place, text, table in printed_texts(compiled.spec):
        if table and table not in compiled.tables:
            continue  # said where the list is looked at
        for name in bindings.unknown(text, compiled, table):
            yield Fault(place, f"文字里引用了“{{{name}}}”，{_unknown(name, compiled)}")
    for node in walk(compiled.spec):
        for number, block in enumerate(node.section.blocks):
            yield from _block(f"{node.place}.blocks[{number}]", block, compiled)
    for number, form in enumerate(compiled.spec.forms):
        yield from _form(f"forms[{number}]", form, compiled)


def _unknown(name: str, compiled: CompiledTemplate) -> str:
    """What is wrong with a reference that means nothing."""
    asked, colon, code = name.replace("：", ":").partition(":")
    if not colon or asked not in bindings.OF_INDICATOR:
        return f"没有这个数据项{compiled.scope.hint(name)}"
    if code.strip() in compiled.indicators:
        return "只有三级指标有完成值"
    return f"没有代码为“{code.strip()}”的指标{did_you_mean(code, compiled.indicators)}"


def printed_texts(spec: TemplateSpec) -> Iterator[tuple[str, str, str]]:
    """(place, text, code of the table whose columns it may name) of what is printed with references."""
    yield "report_title", spec.report_title, ""
    for number, line in enumerate(spec.cover):
        yield f"cover[{number}].text", line.text, ""
    for number, table in enumerate(spec.tables):
        for name in ("title", "unit_line", "note"):
            yield f"tables[{number}].{name}", getattr(table, name), ""
    for node in walk(spec):
        yield f"{node.place}.heading", node.section.heading, ""
        yield f"{node.place}.short", node.section.short, ""
        for index, block in enumerate(node.section.blocks):
            place = f"{node.place}.blocks[{index}]"
            yield f"{place}.prompt", block.prompt, ""
            yield f"{place}.text", block.text, block.code if block.kind == "list" else ""
            for number, sentence in enumerate(block.sentences):
                yield f"{place}.sentences[{number}].text", sentence.text, ""
    for place, node in walk_indicators(spec):
        for name in ("interpretation", "description", "standard"):
            yield f"{place}.{name}", getattr(node, name), ""
    for number, form in enumerate(spec.forms):
        for name in ("title", "unit_line", "footer", "note"):
            yield f"forms[{number}].{name}", getattr(form, name), ""
        for place, cell in _cells(f"forms[{number}]", form):
            yield f"{place}.text", cell.text, ""
        for index, part in enumerate(form.parts):
            for at, column in enumerate(part.columns):
                yield f"forms[{number}].parts[{index}].columns[{at}].label", column.label, ""


def _cells(place: str, form: Form) -> Iterator[tuple[str, FormCell]]:
    for number, part in enumerate(form.parts):
        for index, row in enumerate(part.rows):
            for column, cell in enumerate(row):
                yield f"{place}.parts[{number}].rows[{index}][{column}]", cell


# ── blocks ──────────────────────────────────────────────────────────────────────────────────────────────────


def _block(place: str, block: Block, compiled: CompiledTemplate) -> Iterator[Fault]:
    if block.kind == "paragraph" and bool(block.text) == bool(block.sentences):
        yield Fault(place, "固定文字（paragraph）要么写 text，要么写 sentences，只写一种")
    elif block.kind == "list":
        yield from _list(place, block, compiled)
    elif block.kind == "form" and block.code not in compiled.forms:
        yield Fault(f"{place}.code", f"没有代码为“{block.code}”的表式")
    if block.sentences and block.kind not in ("paragraph", "text"):
        yield Fault(f"{place}.sentences", "只有 text 和 paragraph 有标准表述")


def _list(place: str, block: Block, compiled: CompiledTemplate) -> Iterator[Fault]:
    table = compiled.tables.get(block.code)
    if table is None:
        yield Fault(f"{place}.code", f"没有代码为“{block.code}”的表")
    elif table.source == "budget":
        yield Fault(f"{place}.code", f"“{table.title}”按预算明细的科目生成，不能逐行列出")
    if not block.text.strip():
        yield Fault(f"{place}.text", "没有写每一行怎样印，例如 “{名称}，{人次}人次。”")


# ── forms ───────────────────────────────────────────────────────────────────────────────────────────────────


def _form(place: str, form: Form, compiled: CompiledTemplate) -> Iterator[Fault]:
    if not 0 < form.columns <= MAX_GRID:
        yield Fault(f"{place}.columns", f"表式的列数应在 1 至 {MAX_GRID} 之间，而不是 {form.columns}")
        return
    if not form.parts:
        yield Fault(f"{place}.parts", "表式一部分也没有")
    for number, part in enumerate(form.parts):
        where = f"{place}.parts[{number}]"
        if part.kind == "rows":
            yield from _grid(where, part, form.columns)
            if part.spans:
                yield Fault(f"{where}.spans", "格子的宽度写在格子上（span），这里不写 spans")
            continue
        if part.rows:
            yield Fault(f"{where}.rows", f"只有 kind: rows 写格子，{part.kind} 不写")
        if part.columns and part.kind != "indicators":
            yield Fault(f"{where}.columns", f"只有 kind: indicators 选各列印什么，{part.kind} 不选")
        yield from _spans(where, part, form.columns, compiled)
    for where, cell in _cells(place, form):
        yield from _cell(where, cell, compiled)


def _spans(place: str, part: FormPart, columns: int, compiled: CompiledTemplate) -> Iterator[Fault]:
    """What stands in the form under heads of its own must fill the grid's width."""
    if part.kind == "table":
        table = compiled.tables.get(part.code)
        if table is None:
            yield Fault(f"{place}.code", f"没有代码为“{part.code}”的表")
            return
        wanted, what = len(table.columns), f"表“{table.title}”"
    else:
        if not compiled.spec.indicators:
            yield Fault(f"{place}.kind", "模板没有指标，不能印指标")
        wanted, what = len(part.prints()), "指标"
        yield from _columns(place, part, compiled)
    if len(part.spans) != wanted:
        yield Fault(f"{place}.spans", f"{what}有 {wanted} 列，这里写了 {len(part.spans)} 个宽度")
    elif min(part.spans, default=1) < 1:
        yield Fault(f"{place}.spans", "每列至少占 1 格")
    elif sum(part.spans) != columns:
        yield Fault(f"{place}.spans", f"各列共占 {sum(part.spans)} 格，表式有 {columns} 格")


def _columns(place: str, part: FormPart, compiled: CompiledTemplate) -> Iterator[Fault]:
    """Which columns the indicators have: names first, every one once, and none that nothing fills."""
    printed = part.prints()
    own = {column.code for code in compiled.open_groups for column in compiled.tables[code].columns}
    known = [*INDICATOR_COLUMNS, *(code for code in ("coefficient", *sorted(own)) if code not in _ASIDE)]
    for number, column in enumerate(part.columns):
        where = f"{place}.columns[{number}].of"
        if column.of not in known:
            yield Fault(where, f"指标没有“{column.of}”这一列{did_you_mean(column.of, known)}")
        elif column.of in printed[:number]:
            yield Fault(where, f"“{column.of}”印了两次")
    names = [of for of in printed if of in LEVELS]
    if names != [of for of in LEVELS if of in names] or list(printed[: len(names)]) != names:
        yield Fault(
            f"{place}.columns", "一级、二级、三级指标的名称（first、second、third）应按顺序排在最前面"
        )
    lacking = [of for of in ("third", "weight", "score") if of not in printed]
    if lacking:
        yield Fault(f"{place}.columns", f"少不了指标的名称、分值和得分：缺 {'、'.join(lacking)}")


def _grid(place: str, part: FormPart, columns: int) -> Iterator[Fault]:
    """Every row of cells fills the grid exactly, with what hangs down from the rows above."""
    if not part.rows:
        yield Fault(f"{place}.rows", "一行也没有")
    below = [0] * columns  # rows that are still taken, by column of the grid
    for number, row in enumerate(part.rows):
        where = f"{place}.rows[{number}]"
        if wrong := next((cell for cell in row if cell.span < 1 or cell.rows < 1), None):
            yield Fault(f"{where}[{row.index(wrong)}]", "格子至少占 1 列 1 行")
            return
        hanging = sum(left > 0 for left in below)
        taken = sum(cell.span for cell in row) + hanging
        if taken != columns:
            above = f"（其中 {hanging} 格是上面伸下来的）" if hanging else ""
            yield Fault(where, f"这一行共占 {taken} 格{above}，表式有 {columns} 格")
            return
        if (split := _laid(row, below)) is not None:
            yield Fault(f"{where}[{split}]", "这一格被上面伸下来的格子隔断了，请调整 span")
            return
        below = [left - 1 for left in below]
    if any(below):
        yield Fault(f"{place}.rows", "有的格子伸到了这一部分的最后一行以下（rows 太大）")


def _laid(row: tuple[FormCell, ...], below: list[int]) -> int | None:
    """Put the cells of a row, which fill it, into the free columns; the number of one that finds no room."""
    column = 0
    for number, cell in enumerate(row):
        while column < len(below) and below[column]:
            column += 1
        wanted = slice(column, column + cell.span)
        if any(below[wanted]) or wanted.stop > len(below):
            return number
        below[wanted] = [cell.rows] * cell.span
        column = wanted.stop
    return None


def _cell(place: str, cell: FormCell, compiled: CompiledTemplate) -> Iterator[Fault]:
    if cell.of and cell.text:
        yield Fault(place, "一格要么写文字（text），要么印填写的内容（of），不能都写")
    elif cell.of and cell.of not in compiled.fields and cell.of not in compiled.texts:
        yield Fault(f"{place}.of", f"没有代码为“{cell.of}”的数据项或文字")
