"""Widths of columns and lines of titles."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from evaluations.documents.layout import TITLE_WIDTH, balanced, fitted, shares, title_lines, width
from evaluations.documents.model import Cell, Row


@pytest.mark.parametrize(
    ("department", "title", "lines"),
    [
        (
            "保靖县总工会",
            "2017年度部门整体支出绩效自评报告",
            ("保靖县总工会", "2017年度部门整体支出绩效自评报告"),
        ),
        ("某县", "2024年度报告", ("某县2024年度报告",)),
        ("县总工会", "县总工会2024年度报告", ("县总工会2024年度报告",)),
        (
            "湘西土家族苗族自治州保靖县总工会职工服务中心",
            "2017年度部门整体支出绩效自评报告",
            ("湘西土家族苗族自治州保靖县总工会", "职工服务中心2017年度", "部门整体支出绩效自评报告"),
        ),
    ],
)
def test_titles_break_where_the_sense_allows(department: str, title: str, lines: tuple[str, ...]) -> None:
    assert title_lines(department, title) == lines


@given(
    some.text("甲乙县总工会年度报告2017abc", max_size=60),
    some.text("年度绩效报告20", min_size=1, max_size=40),
)
def test_no_title_line_is_too_long_or_a_stub(department: str, title: str) -> None:
    lines = title_lines(department, title)
    assert "".join(lines) in (title, department + title)
    assert all(width(line) <= 2 * TITLE_WIDTH for line in lines)
    assert len(lines) == 1 or min(map(len, lines)) >= 3


def test_a_column_is_as_wide_as_its_longest_figure() -> None:
    rows = (
        Row((Cell("机关事业单位基本养老保险缴费支出"), Cell("1,277,649.00", "right"), Cell("0.00", "right"))),
    )
    (name, long, short), dense = fitted(("科目名称", "本年支出", "节约数"), rows, (0, 0, 0))
    assert name + long + short == 100
    assert long * 84 / 100 >= 14
    assert name > long > short
    assert not dense


def test_many_columns_get_the_small_type() -> None:
    rows = (Row((Cell("科目"), *(Cell("1,277,649.00", "right") for _ in range(6)))),)
    widths, dense = fitted(("科目名称", *("本年支出",) * 6), rows, (0,) * 7)
    assert dense
    assert min(widths[1:]) * 98 / 100 >= 13


def test_a_template_may_fix_the_widths() -> None:
    assert fitted(("一", "二"), (), (3, 1)) == ((75, 25), False)


@given(some.lists(some.floats(0.01, 1000), min_size=1, max_size=40))
def test_shares_are_whole_and_add_up(sizes: list[float]) -> None:
    assert sum(shares(sizes)) == 100
    assert min(shares(sizes)) >= 1


def test_a_head_that_does_not_fit_breaks_into_equal_lines() -> None:
    assert balanced("工资福利支出", 12, True) == "工资福\n利支出"
    assert balanced("金额", 20, False) == "金额"
    assert balanced("GDP增长", 5, False) == "GDP增长"
