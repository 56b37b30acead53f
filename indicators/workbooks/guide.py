"""The first sheet of the workbook: how to read and edit it. Nothing of it is read back."""

from __future__ import annotations

from collections.abc import Iterator

from ..engine.spec import TemplateSpec
from ..engine.words import noun
from . import cells
from .layout import PLAN, workbook

_HOW = (
    "橙色表头的列必须填写；灰色的格子和这一行的类型无关，不要填；“（供对照）”的列只供阅读，导入时不读。",
    "这个模板没有用到的列收在表格上方的“+”里，点开就能填。",
    "空着的格子按默认处理（选中格子时有提示）；本来有默认、要写明“没有”的，填“无”。",
    "有下拉列表的格子请从列表里选；“是”“否”照写。",
    "一格里有几项的（适用年度、相关数据项、可选的值等），一行一项，在格内按 Alt+回车 换行。",
    "代码是各表之间相连的名字：指标、数据项、表格、章节、审核公式、表式的代码不要改，也不要重复。",
    "“指标”“章节”是一棵树：一行一个，名称写在它那一级的列里，下级紧接在上级的下面。",
    "表头带“·”的列是一行下面的多项内容（如示例填写的数）：从这一行起往下写，左边的列空着，到下一项为止。",
    "可以插入、删除行，中间可以有空行；不要合并单元格，不要隐藏行或工作表，不要写公式，不要删工作表和表头。",
    "分值、比率等数字照写，不带单位；单元格格式不要用百分比和日期。公式的写法和网页上相同，开头不写等号。",
    "文字开头或末尾有空格、正好是“无”的，写在英文双引号里，如 \"无\"。",
    "自己的说明可以写在表头以“备注”开头的列里，导入时不读。",
    "导入时先检查，有问题会逐条指出工作表、行和列，什么都不保存；没有问题的，看过变化再保存为草稿。",
)  # fmt: skip


def guide(spec: TemplateSpec) -> Iterator[tuple[str, bool]]:
    """Lines of text, and whether each is a title."""
    yield f"{cells.written(spec.title)}（{cells.written(spec.code)}）", True
    yield "怎样修改", True
    for number, line in enumerate(_HOW, 1):
        yield f"{number}. {line}", False
    yield "各工作表", True
    book = workbook()
    for sheet in book.sheets:
        owner = f"，按“{sheet.code.head}”归入各{noun(sheet.owner)}" if sheet.owner else ""
        yield f"{sheet.title}：每行一个{'、'.join(map(noun, sheet.pieces.classes[:3]))}{owner}。", False
    yield "计分规则各用哪些列", True
    rules = next(sheet for sheet in book.sheets if sheet.title == "计分规则")
    for cls in PLAN["计分规则"]:
        heads = [column.head for column in rules.pieces.columns[cls].values()][1:]
        yield f"{noun(cls)}：{'、'.join(heads) or '只有“档次与条目”'}。", False
