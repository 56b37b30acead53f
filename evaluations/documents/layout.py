"""What must be decided by counting characters: widths of table columns, lines of a title.

Widths are counted in half-width characters: an ideograph is two, a digit one.
"""

from __future__ import annotations

from .justify import WIDE
from .model import Row

#: Half-width characters in the 版心 at 10.5 pt and at 9 pt, and what a cell's padding and border take.
ROOM, DENSE_ROOM, PADDING = 84, 98, 2
#: Characters of the 2号 title on a line: 156 mm ÷ 22 pt.
TITLE_WIDTH = 20


def width(text: str) -> int:
    """In half-width characters."""
    return len(text) + sum(len(run) for run in WIDE.findall(text))


def fitted(
    heads: tuple[str, ...], rows: tuple[Row, ...], given: tuple[int, ...]
) -> tuple[tuple[int, ...], bool]:
    """Per cent for each column (100 together) and whether the small type is needed.

    A figure is never broken, so its column is as wide as its longest figure; texts share what is left by
    their length. `given` are the template's own relative widths; they decide when every column has one.
    """
    if all(given):
        return shares(given), len(heads) > 6
    columns = (_column(head, index, rows, len(heads)) for index, head in enumerate(heads))
    needs, wants = zip(*columns, strict=True)
    dense = len(heads) > 6 or sum(needs) > ROOM
    spare = max((DENSE_ROOM if dense else ROOM) - sum(needs), 0)
    wish = sum(wants) - sum(needs)
    scale = min(1.0, spare / wish) if wish else 0.0
    sizes = [need + (want - need) * scale for need, want in zip(needs, wants, strict=True)]
    return shares(sizes), dense


def _column(head: str, index: int, rows: tuple[Row, ...], columns: int) -> tuple[int, int]:
    """(least, wished for) width: figures whole, texts to 6 (20) ideographs, heads in 3 (1, 2) lines."""
    cells = [row.cells[index] for row in rows if index < len(row.cells)]
    figures = max((width(cell.text) for cell in cells if cell.align != "left"), default=0)
    texts = max((width(cell.text) + 2 * cell.indent for cell in cells if cell.align == "left"), default=0)
    least = max(figures, min(texts, 12), 2 * -(-width(head) // 6), 4)
    lines = 1 if columns < 6 else 2
    return least + PADDING, max(least, min(texts, 40), 2 * -(-width(head) // (2 * lines))) + PADDING


def balanced(head: str, share: int, dense: bool) -> str:
    """`head` with line breaks that make its lines equally long in a column of `share` per cent."""
    room = (DENSE_ROOM if dense else ROOM) * share / 100 - PADDING
    count = -(-width(head) // max(int(room), 2))
    if count < 2 or not head.isprintable() or any(character.isascii() for character in head):
        return head
    size = -(-len(head) // count)
    return "\n".join(head[start : start + size] for start in range(0, len(head), size))


def shares(sizes: tuple[float, ...] | list[float]) -> tuple[int, ...]:
    """Whole per cents in proportion to `sizes`, 100 together, none 0."""
    whole = sum(sizes)
    result = [max(1, int(size * 100 / whole)) for size in sizes]
    rest = sorted(range(len(sizes)), key=lambda i: sizes[i] * 100 / whole - result[i], reverse=True)
    for step in range(100 - sum(result)):
        result[rest[step % len(rest)]] += 1
    while sum(result) > 100:
        result[result.index(max(result))] -= 1
    return tuple(result)


#: Where a title may break, best first: after these words.
_JOINTS = (
    "总工会",
    "委员会",
    "人民政府",
    "局",
    "年度",
    "关于",
    "整体支出",
    "项目支出",
    "部门",
    "绩效",
    "自评",
    "评价",
)


def title_lines(department: str, title: str) -> tuple[str, ...]:
    """`title` behind the department's name, broken as 梯形 or 菱形 where the sense allows.

    Every line has at least three characters and no number is cut. A title that names the department itself is
    taken as it is.
    """
    full = title if department in title else department + title
    ideal = width(full) / -(-width(full) // (2 * TITLE_WIDTH))
    best: dict[int, tuple[float, tuple[str, ...]]] = {len(full): (0.0, ())}
    for start in range(len(full) - 1, -1, -1):
        choices = [
            (best[end][0] + _ugliness(full, start, end, department, ideal), (full[start:end], *best[end][1]))
            for end in range(start + 3, min(start + 2 * TITLE_WIDTH, len(full)) + 1)
            if end in best and width(full[start:end]) <= 2 * TITLE_WIDTH
        ]
        if choices:
            best[start] = min(choices)
    return best[0][1] if 0 in best else (full,)


def _ugliness(full: str, start: int, end: int, department: str, ideal: float) -> float:
    """Of the line `full[start:end]`: how far from equal lengths, and how bad the break behind it."""
    line = full[start:end]
    uneven = abs(width(line) - ideal) / 4
    if end == len(full) or (department and line.endswith(department)):
        return uneven
    if full[end - 1].isascii() and full[end].isascii():
        return uneven + 1000
    rank = next((rank for rank, joint in enumerate(_JOINTS) if line.endswith(joint)), 3 * len(_JOINTS))
    return uneven + 4 + rank
