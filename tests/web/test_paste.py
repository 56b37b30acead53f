"""A block copied from a spreadsheet, laid into a grid."""

from __future__ import annotations

from evaluations.forms import paste

COLUMNS = {"functional": "功能分类", "economic": "经济分类", "opening": "年初预算数", "executed": "执行数"}


def rows(*texts: str) -> list[dict[str, str]]:
    return [{"id": f"{number:04x}", "functional": text} for number, text in enumerate(texts)]


def placed(block: str, before: list[dict[str, str]] | None = None, at: str = "") -> list[dict[str, str]]:
    found = paste.place(before or [], COLUMNS, block, at)
    return [{code: text for code, text in row.items() if code != "id"} for row in found]


def test_columns_follow_the_grid_where_there_is_no_heading() -> None:
    assert placed("2012901\t301\t1,000.00\t900") == [
        {"functional": "2012901", "economic": "301", "opening": "1,000.00", "executed": "900"}
    ]


def test_a_heading_is_skipped_and_tells_where_each_column_goes() -> None:
    block = "序号\t执行数（元）\t功能 分类\n1\t900\t2012901\n2\t800\t2012902"
    assert placed(block) == [
        {"executed": "900", "functional": "2012901"},
        {"executed": "800", "functional": "2012902"},
    ]


def test_sums_and_empty_rows_are_left_out() -> None:
    assert placed("2012901\t301\t5\t5\r\n\t\t\t\r\n合 计\t\t5\t5\r\n") == [
        {"functional": "2012901", "economic": "301", "opening": "5", "executed": "5"}
    ]


def test_it_begins_in_the_cell_that_has_the_cursor_and_adds_the_rows_it_needs() -> None:
    before = rows("a", "b")
    found = paste.place(before, COLUMNS, "1\t2\n3\t4", "lines[0001].opening")
    assert [row.get("opening") for row in found] == [None, "1", "3"]
    assert [row.get("executed") for row in found] == [None, "2", "4"]
    assert found[1]["id"] == "0001"
    assert len({row["id"] for row in found}) == 3


def test_what_reaches_beyond_the_last_column_is_dropped_and_nothing_wraps() -> None:
    found = paste.place(rows("a"), COLUMNS, "1\t2\t3", "lines[0000].executed")
    assert found == [{"id": "0000", "functional": "a", "executed": "1"}]


def test_the_rows_before_are_not_changed_in_place() -> None:
    before = rows("a")
    paste.place(before, COLUMNS, "b", "lines[0000].functional")
    assert before == rows("a")


def test_cells_with_line_breaks_and_quotes_come_as_excel_writes_them() -> None:
    assert placed('"两行\n文字"\t"他说""好"""') == [{"functional": "两行 文字", "economic": '他说"好"'}]


def test_a_lone_quotation_mark_swallows_nothing() -> None:
    assert len(placed('5" 管\t301\n2012902\t302')) == 2


def test_an_empty_block_changes_nothing() -> None:
    assert placed("\n\t\n", rows("a")) == [{"functional": "a"}]


def test_a_large_block_is_read() -> None:
    assert len(placed("\n".join(f"2012901\t301\t{number}\t1" for number in range(5000)))) == 5000
    assert len(placed("长" * 200_000)) == 1
