"""The reports that come with the program, really printed: nothing is lost on paper."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import pytest

from evaluations import assessing, snapshots
from evaluations.demo import loading
from evaluations.documents import building
from evaluations.documents.model import (
    AppendixList,
    Block,
    Document,
    Form,
    Heading,
    Paragraph,
    Row,
    Signature,
    Table,
)
from evaluations.models import Evaluation

from .conftest import Print
from .printed import PITCH, compact, needs_poppler

BAOJING = "2017-baojing-zgh"
REFERENCES = (
    BAOJING,
    "2019-tianxin-zgh",
    "2019-yuanjiang-zgh",
    "2022-nanhu-zgh",
    "2022-liuyang-zgh",
    "2025-yanshi-zgh",
)


@pytest.fixture
def demo(db: None) -> dict[str, Document]:
    """The view model of every report of the demo."""
    return _documents()


@cache
def _documents() -> dict[str, Document]:
    """Made once for all tests: strings only, they outlive the database they were made from."""
    loading.load()
    return {
        one.reference: building.build(snapshots.content_of(one, assessing.assess(one)))
        for one in Evaluation.objects.filter(parent=None)
    }


def words(blocks: tuple[Block, ...]) -> Iterator[str]:
    """Everything that `blocks` print, piece by piece."""
    for block in blocks:
        match block:
            case Paragraph():
                yield block.text
            case Heading():
                yield block.label
            case Table():
                yield block.caption
                yield from cells((*block.head, *block.rows))
            case Form():
                yield block.caption
                for piece in block.pieces:
                    yield from cells((*piece.head, *piece.rows))
                yield from (run.text for line in block.footer for run in line)
            case AppendixList():
                yield from block.titles
            case Signature():
                yield block.name


def cells(rows: tuple[Row, ...]) -> Iterator[str]:
    return (cell.text for row in rows for cell in row.cells)


def test_the_demo_is_what_is_looked_at_here(demo: dict[str, Document]) -> None:
    assert sorted(demo) == sorted(REFERENCES)


@needs_poppler
@pytest.mark.parametrize("reference", REFERENCES)
def test_every_paragraph_and_cell_is_on_paper(
    demo: dict[str, Document], reference: str, printed: Print
) -> None:
    made = demo[reference]
    found = printed(made)
    text = found.text()
    wanted = [one for part in made.parts for one in (*part.title, *words(part.blocks))]
    assert len(wanted) > 50
    assert [one for one in wanted if len(one) < 1000 and compact(one) not in text] == []
    assert ("（未填）" in text) == (reference == "2025-yanshi-zgh")  # a draft for visitors to go on with
    assert all(embedded and subset for _, embedded, subset in found.fonts())


@needs_poppler
def test_a_page_of_running_text_is_full(demo: dict[str, Document], printed: Print) -> None:
    found = printed(demo[BAOJING])
    full = [found.lines(page) for page in range(5, 10)]
    assert {len(lines) for lines in full} <= {20, 21, 22}  # 20 and 21: a heading keeps with its text
    for lines in full:
        assert lines[-1].top - lines[0].top <= 21 * PITCH + 3


def test_the_indicator_table_of_a_real_report_adds_up(demo: dict[str, Document]) -> None:
    blocks = [block for part in demo[BAOJING].parts for block in part.blocks]
    table = next(block for block in blocks if isinstance(block, Table) and block.anchor == "indicators")
    assert len(table.head[0].cells) == 9
    assert len(table.rows) == 19 + 1
    assert [cell.text for cell in table.rows[-1].cells] == ["合　计", "91.00"]
    scores = [row.cells[-1].text for row in table.rows[:-1]]
    assert sum(map(int, scores)) == 91
    shared = next(row for row in table.rows if any(cell.text == "经济效益" for cell in row.cells))
    assert [(cell.text, cell.rowspan) for cell in shared.cells if cell.rowspan == 2][:2] == [
        ("履职效益", 2),
        ("6", 2),
    ]


def test_a_form_of_a_real_report_adds_up(demo: dict[str, Document]) -> None:
    made = demo["2022-liuyang-zgh"]
    assert made.cover is not None
    (form,) = made.parts[1].blocks
    rows = form.pieces[-1].rows
    assert [cell.text for cell in rows[-1].cells] == ["总　分", "100", "98.00", ""]
    weights, scores = zip(
        *(tuple(int(cell.text) for cell in row.cells[-3:-1]) for row in rows[:-1]), strict=True
    )
    assert (len(scores), sum(weights), sum(scores)) == (20, 100, 98)


def test_projects_of_a_department_are_annexed_to_its_report(demo: dict[str, Document]) -> None:
    titles = ["".join(part.title) for part in demo["2025-yanshi-zgh"].parts[1:]]
    assert titles[:2] == ["2025年度部门整体支出绩效评价基础数据表", "2025年度部门整体支出绩效自评表"]
    assert all(title.startswith("项目支出绩效自评表（2025年度）（") for title in titles[2:])
    assert len(titles) > 3
