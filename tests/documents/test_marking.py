"""The report with marks: everything that prints differently is marked, nothing else, and nothing is lost."""

from __future__ import annotations

import time

import pytest
from django.template.loader import render_to_string

from evaluations.documents import html
from evaluations.documents.marking import Marked, mark
from evaluations.documents.model import Cell, Document, Form, Heading, Paragraph, Remark, Run, Table
from tests.documents import county, sample

COSTS = [
    {"id": "r1", "item": "办公费", "amount": "100000"},
    {"id": "r2", "item": "差旅费", "amount": "200000"},
    {"id": "r3", "item": "会议费", "amount": "300000"},
]


def told(runs: tuple[Run, ...]) -> str:
    signs = {"": ("", ""), "gone": ("[-", "-]"), "new": ("[+", "+]")}
    return "".join(run.text.join(signs[run.change]) for run in runs)


def with_costs(rows: list[dict[str, str]], **changes: object) -> Document:
    return sample.document(tables={"T2": rows}, **changes)


def marks(marked: Marked) -> list[str]:
    """Every paragraph, heading, cell and remark in which something is marked."""
    found = []
    for part in marked.document.parts:
        for block in part.blocks:
            if isinstance(block, Paragraph | Heading | Remark):
                found.append(block.runs)
            elif isinstance(block, Table):
                found += [cell.runs for row in block.rows for cell in row.cells]
            elif isinstance(block, Form):
                rows = [row for piece in block.pieces for row in piece.rows]
                found += [cell.runs for row in rows for cell in row.cells]
    return [told(runs) for runs in found if any(run.change for run in runs)]


def current(document: Document) -> list[object]:
    """The document as it prints, remarks and what is gone left out."""

    def runs(given: tuple[Run, ...]) -> str:
        return "".join(run.text for run in given if run.change != "gone")

    def cells(row) -> list[str]:
        return [runs(cell.runs) if cell.runs else cell.text for cell in row.cells]

    def is_gone(row) -> bool:
        filled = [cell for cell in row.cells if cell.text]
        return bool(filled) and all(cell.runs and cell.runs[0].change == "gone" for cell in filled)

    def is_there(given: tuple[Run, ...]) -> bool:
        return not given or any(run.change != "gone" for run in given)

    found = []
    for part in document.parts:
        for block in part.blocks:
            if isinstance(block, Paragraph):
                found += [runs(block.runs)] * is_there(block.runs)
            elif isinstance(block, Heading):
                found += [runs(block.runs) if block.runs else block.label] * is_there(block.runs)
            elif isinstance(block, Table):
                found.append([cells(row) for row in block.rows if not is_gone(row)])
            elif isinstance(block, Form):
                rows = [row for piece in block.pieces for row in piece.rows]
                found.append([cells(row) for row in rows if not is_gone(row)])
    return found


def test_nothing_is_marked_where_nothing_changed():
    found = mark(county.county(), county.county())
    assert (marks(found), found.count) == ([], 0)


def test_changed_words_are_marked_in_their_paragraph_with_the_faces_of_its_runs():
    old = sample.document(texts={"t-duties": "全年慰问困难职工120人。\n# 维权：：调解纠纷三起。"})
    new = sample.document(texts={"t-duties": "全年慰问困难职工150人次。\n# 维权：：调解劳动纠纷三起。"})
    found = mark(old, new)
    assert marks(found) == ["全年慰问困难职工[-120人-][+150人次+]。", "（一）维权。调解[+劳动+]纠纷三起。"]
    assert found.count == 2
    assert current(found.document) == current(new)


def test_a_figure_is_marked_wherever_it_prints():
    found = mark(sample.document(), sample.document(fields={"quota": "14"}))
    assert any("[+14+]" in one and "[-" in one for one in marks(found))
    assert found.count >= 2  # the list of figures and the text that is bound to it


def test_a_renumbered_heading_is_marked_once():
    old = sample.document(texts={"t-duties": "# 帮扶\n甲。\n# 组建\n乙。"})
    new = sample.document(texts={"t-duties": "# 维权\n丙丁戊己。\n# 帮扶\n甲。\n# 组建\n乙。"})
    found = mark(old, new)
    assert "[+丙丁戊己。+]" in marks(found)
    assert not any("甲" in one or "乙" in one for one in marks(found))
    assert current(found.document) == current(new)


def test_rows_that_came_and_went_stand_in_their_table():
    new = with_costs([COSTS[0], COSTS[2], {"id": "r4", "item": "培训费", "amount": "50000"}])
    found = mark(with_costs(COSTS), new)
    table = next(
        one for one in found.document.parts[0].blocks if isinstance(one, Table) and "公用" in one.caption
    )
    firsts = [told(row.cells[0].runs) if row.cells[0].runs else row.cells[0].text for row in table.rows]
    assert firsts == ["办公费", "[-差旅费-]", "会议费", "[+培训费+]", "合　计"]
    assert current(found.document) == current(new)


def test_a_row_that_a_table_with_merged_cells_cannot_take_up_is_told_below():
    rows = county.COUNTY["sections"]["data"]["tables"]["CC"]
    new = county.county(tables={"CC": rows[:2]})
    found = mark(county.county(), new)
    told_below = [one for one in marks(found) if one.startswith("上表删去的行：")]
    assert told_below
    assert all("技能竞赛" in one for one in told_below)
    assert current(found.document) == current(new)


def test_what_came_whole_is_marked_whole_and_says_so():
    found = mark(county.county(projects=("困难职工帮扶",)), county.county())
    remarks = [told(b.runs) for part in found.document.parts for b in part.blocks if isinstance(b, Remark)]
    assert "这个附件是新增的。" in remarks


def test_anchors_stay_unique_although_older_blocks_stand_between():
    found = mark(with_costs(COSTS), with_costs(COSTS[1:], texts={"t-duties": "全部重写。"})).document
    anchors = [b.anchor for part in found.parts for b in part.blocks if getattr(b, "anchor", "")]
    assert len(anchors) == len(set(anchors))


def test_marks_are_said_in_words_and_what_was_typed_is_no_markup():
    old = sample.document(texts={"t-duties": "<b>旧</b>的一段话，没有变。"})
    new = sample.document(texts={"t-duties": "<i>新</i>的一段话，没有变。"})
    page = render_to_string("print/body.html", {"document": mark(old, new).document})
    assert '<del id="change-1"><span class="said">删去：</span>' in page
    assert '<ins><span class="said">新增：</span>' in page
    assert "<b>旧" not in page
    assert "<i>新" not in page


def test_what_prints_has_no_marks():
    document = sample.document()
    before = html.render(document)
    mark(sample.document(texts={"t-duties": "另一段。"}), document)
    assert html.render(document) == before
    assert "<ins" not in before
    assert Cell("1").runs == ()


@pytest.mark.parametrize("lines", [1, 2000])
def test_a_report_of_100_000_characters_is_marked_in_time(lines: int):
    text = "\n".join(["的一是在不了有和人这" * (10_000 // lines)] * lines)
    old, new = sample.document(texts={"t-duties": text}), sample.document(texts={"t-duties": text[::-1]})
    began = time.process_time()
    found = mark(old, new)
    assert time.process_time() - began < 10
    assert current(found.document) == current(new)
