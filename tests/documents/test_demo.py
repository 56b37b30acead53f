"""The report that comes with the program (保靖县总工会 2017), really printed: nothing is lost on paper."""

from __future__ import annotations

from pathlib import Path

import pytest

from evaluations import assessing, packages, snapshots
from evaluations.documents import building
from evaluations.documents.model import Document, Heading, Paragraph, Table
from evaluations.models import Evaluation
from indicators import loading
from tests import people

from .conftest import Print
from .printed import PITCH, compact, needs_poppler

ROOT = Path(__file__).resolve().parent.parent.parent
REFERENCE = "2017-baojing-zgh"


@pytest.fixture
def demo(db: None) -> Document:
    """The view model of the demo's draft."""
    people.template(ROOT / "indicators" / "library" / "baojing-2017.yaml")
    packages.load_package(loading.load_yaml(ROOT / "evaluations" / "demo" / f"{REFERENCE}.yaml"))
    one = Evaluation.objects.get(reference=REFERENCE)
    return building.build(snapshots.content_of(one, assessing.assess(one)))


@needs_poppler
def test_every_paragraph_and_cell_of_the_real_report_is_on_paper(demo: Document, printed: Print) -> None:
    found = printed(demo)
    text = found.text()
    wanted = []
    for block in (block for part in demo.parts for block in part.blocks):
        match block:
            case Paragraph():
                wanted.append(block.text)
            case Heading():
                wanted.append(block.label)
            case Table():
                wanted += [cell.text for row in (*block.head, *block.rows) for cell in row.cells]
    assert len(wanted) > 500
    assert [one for one in wanted if compact(one) not in text] == []
    assert "（未填）" not in text
    assert all(embedded and subset for _, embedded, subset in found.fonts())
    full = [found.lines(page) for page in range(5, 10)]  # pages of running text
    assert {len(lines) for lines in full} <= {20, 21, 22}  # 20 and 21: a heading keeps with its text
    for lines in full:
        assert lines[-1].top - lines[0].top <= 21 * PITCH + 3


def test_the_indicator_table_of_the_real_report_adds_up(demo: Document) -> None:
    blocks = [block for part in demo.parts for block in part.blocks]
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
