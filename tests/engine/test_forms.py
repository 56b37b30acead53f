"""表式: official forms on a grid, refused where their cells do not fit."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.engine.reading import dump, read_template
from indicators.engine.template import TemplateFaults, compile_template

from .samples import MONEY, PROJECTS, STAFF, changed, refused, template_data

FORM = {
    "code": "base",
    "title": "{year}年基础数据表",
    "columns": 6,
    "unit_line": "单位：元",
    "footer": "填表单位：{单位名称}",
    "note": "没有的填 0。",
    "parts": [
        {
            "kind": "rows",
            "rows": [
                [
                    {"text": "单位", "label": True, "rows": 2},
                    {"text": "{单位名称}", "span": 3},
                    {"text": "共 {在职人数} 人", "span": 2, "rows": 3, "align": "center"},
                ],
                [{"of": "spent", "span": 2}, {"of": "budget"}],
                [{"of": "t", "span": 4}],
            ],
        },
        {"kind": "table", "code": "projects", "spans": [3, 1, 1, 1]},
        {"kind": "indicators", "spans": [1] * 6 + [0] * 2},
    ],
}
LEAF = {"code": "A", "name": "甲", "weight": 100, "rule": {"kind": "judged"}}


def indicators(*columns: str) -> dict[str, Any]:
    """The indicators in these columns."""
    spans = [6 - len(columns) + 1, *[1] * (len(columns) - 1)]
    return {"kind": "indicators", "columns": [{"of": of, "label": of} for of in columns], "spans": spans}


def data(**changes: Any) -> dict[str, Any]:
    form = copy.deepcopy(FORM)
    form["parts"].pop()
    given = template_data(
        fields=[*STAFF, *MONEY], tables=[PROJECTS], texts=[{"code": "t"}], indicators=[LEAF], forms=[form]
    )
    given["outline"].append(
        {"code": "p", "heading": "附件", "appears": "print", "blocks": [{"kind": "form", "code": "base"}]}
    )
    return given | changes


def faults(changes: dict[str, Any]) -> dict[str, str]:
    return refused(changed(data(), *changes.items()))


def test_the_sample_compiles_and_is_written_back() -> None:
    spec = read_template(data())
    assert compile_template(spec).forms["base"].parts[0].rows[0][1].span == 3
    assert read_template(dump(spec)) == spec


ROWS = "forms.0.parts.0.rows"
PART = "forms[0].parts[0]"


@pytest.mark.parametrize(
    ("path", "value", "place", "words"),
    [
        # the grid is filled exactly
        (f"{ROWS}.0.1.span", 2, f"{PART}.rows[0]", "这一行共占 5 格，表式有 6 格"),
        (f"{ROWS}.0.1.span", 4, f"{PART}.rows[0]", "这一行共占 7 格，表式有 6 格"),
        (f"{ROWS}.1.0.span", 1, f"{PART}.rows[1]", "共占 5 格（其中 3 格是上面伸下来的）"),
        (f"{ROWS}.2", [], f"{PART}.rows[2]", "共占 2 格（其中 2 格是上面伸下来的）"),
        (f"{ROWS}.0.2.rows", 4, f"{PART}.rows", "最后一行以下"),
        (f"{ROWS}.0.0.rows", 3, f"{PART}.rows[2]", "共占 7 格（其中 3 格是"),
        (f"{ROWS}.0.0.rows", 0, f"{PART}.rows[0][0]", "至少占 1 列 1 行"),
        (f"{ROWS}.1.1.span", -1, f"{PART}.rows[1][1]", "至少占 1 列 1 行"),
        (f"{ROWS}.0.1.span", 10**30, f"{PART}.rows[0]", "表式有 6 格"),
        (f"{ROWS}", [], f"{PART}.rows", "一行也没有"),
        (
            "forms.0.parts.0.rows",
            [[{"span": 2}, {"rows": 2}, {"span": 3}], [{"span": 3}, {"span": 2}]],
            f"{PART}.rows[1][0]",
            "被上面伸下来的格子隔断",
        ),
        ("forms.0.columns", 0, "forms[0].columns", "1 至 60 之间，而不是 0"),
        ("forms.0.columns", 10**9, "forms[0].columns", "1 至 60"),
        ("forms.0.parts", [], "forms[0].parts", "一部分也没有"),
        # cells
        (f"{ROWS}.1.0.of", "ghost", f"{PART}.rows[1][0].of", "没有代码为“ghost”的数据项或文字"),
        (f"{ROWS}.1.0.of", "projects", f"{PART}.rows[1][0].of", "没有代码为“projects”的数据项或文字"),
        (f"{ROWS}.1.0.text", "数", f"{PART}.rows[1][0]", "不能都写"),
        (f"{ROWS}.0.1.text", "{单位}", f"{PART}.rows[0][1].text", "{单位}"),
        # parts with heads of their own
        ("forms.0.parts.1.code", "ghost", "forms[0].parts[1].code", "没有代码为“ghost”的表"),
        ("forms.0.parts.1.spans", [3, 3], "forms[0].parts[1].spans", "有 4 列，这里写了 2 个宽度"),
        ("forms.0.parts.1.spans", [3, 1, 1, 2], "forms[0].parts[1].spans", "各列共占 7 格，表式有 6 格"),
        ("forms.0.parts.1.spans", [5, 1, 1, -1], "forms[0].parts[1].spans", "每列至少占 1 格"),
        ("forms.0.parts.1.rows", [[{"span": 6}]], "forms[0].parts[1].rows", "table 不写"),
        ("forms.0.parts.0.spans", [6], "forms[0].parts[0].spans", "不写 spans"),
        ("forms.0.parts.+", FORM["parts"][2], "forms[0].parts[2].spans", "每列至少占 1 格"),
        (
            "forms.0.parts.+",
            {"kind": "indicators", "spans": [1] * 6},
            "forms[0].parts[2].spans",
            "指标有 8 列，这里写了 6 个宽度",
        ),
        # which columns the indicators have
        *(
            ("forms.0.parts.+", indicators(*columns), f"forms[0].parts[2].{place}", words)
            for columns, place, words in (
                (("third", "weigth", "score"), "columns[1].of", "没有“weigth”这一列，是否指“weight”"),
                (("third", "points", "weight", "score"), "columns[1].of", "没有“points”这一列"),
                (("third", "weight", "score", "weight"), "columns[3].of", "“weight”印了两次"),
                (("third", "first", "weight", "score"), "columns", "按顺序排在最前面"),
                (("weight", "third", "score"), "columns", "按顺序排在最前面"),
                (("first", "weight"), "columns", "缺 third、score"),
                (("third", "weight", "score", "unit"), "columns[3].of", "没有“unit”这一列"),
            )
        ),
        (
            "forms.0.parts.1.columns",
            [{"of": "third", "label": "名"}],
            "forms[0].parts[1].columns",
            "table 不选",
        ),
        (
            "forms.0.parts.+",
            indicators("third", "weight", "score") | {"columns": [{"of": "third", "label": "{人}"}]},
            "forms[0].parts[2].columns[0].label",
            "{人}",
        ),
        # names
        ("forms.0.title", "{年}", "forms[0].title", "{年}"),
        ("forms.0.footer", "{人}", "forms[0].footer", "{人}"),
        ("forms.0.note", "{注}", "forms[0].note", "{注}"),
        ("forms.+", FORM, "forms[1].code", "代码“base”重复或为空"),
        ("outline.1.blocks.0.code", "ghost", "outline[1].blocks[0].code", "没有代码为“ghost”的表式"),
        ("outline.1.blocks.0.code", "projects", "outline[1].blocks[0].code", "没有代码为“projects”的表式"),
    ],
)
def test_a_fault_is_named_at_its_place(path: str, value: Any, place: str, words: str) -> None:
    found = faults({path: value})
    assert place in found
    assert words in found[place]


def test_indicators_need_a_template_that_has_some() -> None:
    part = {"kind": "indicators", "spans": [1] * 8}
    form = {"code": "f", "title": "表", "columns": 8, "parts": [part]}
    with pytest.raises(TemplateFaults, match=r"forms\[0\].parts\[0\].kind：模板没有指标"):
        compile_template(read_template(template_data(forms=[form])))


def test_the_usual_columns_of_the_indicators() -> None:
    """一级、二级、三级指标, 年度指标值, 实际完成值, 分值, 得分, 偏差原因: as the national forms have them."""
    given = changed(
        data(), ("forms.0.columns", 8), ("forms.0.parts", [{"kind": "indicators", "spans": [1] * 8}])
    )
    (part,) = compile_template(read_template(given)).forms["base"].parts
    assert part.prints() == ("first", "second", "third", "target", "actual", "weight", "score", "reason")
    assert "forms[0].parts[0].spans" in faults(
        {"forms.0.columns": 8, "forms.0.parts": [{"kind": "indicators", "spans": []}]}
    )


@pytest.mark.parametrize("aside", ["name", "level", "points", "self"])
def test_how_an_own_indicator_was_judged_is_no_column_of_the_form(aside: str) -> None:
    group = {"seconds": ["数量指标"], "rule": {"kind": "target", "levels": [{"text": "达成", "low": 80}]}}
    own = {"code": "A", "name": "产出", "weight": 100, "open": group | {"split": True}}
    place = "forms[0].parts[2].columns"
    for of, refused_at in (("sign", set()), ("second", {place}), (aside, {f"{place}[1].of"})):
        given = {"indicators": [own], "forms.0.parts.+": indicators("third", of, "weight", "score")}
        if refused_at:
            assert {at for at in faults(given) if at.startswith(place)} == refused_at
        else:
            compile_template(read_template(changed(data(), *given.items())))


def test_the_indicators_may_have_other_columns_than_the_usual_eight() -> None:
    given = changed(
        data(), ("forms.0.parts.+", indicators("third", "coefficient", "weight", "score", "reason"))
    )
    assert compile_template(read_template(given)).forms["base"].parts[2].prints()[0] == "third"


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        ("rows", "一行", "rows"),
        ("rows", [{"text": "格"}], "rows[0]"),
        ("rows", [["格"]], "rows[0][0]"),
        ("rows", [[{"span": 1.5}]], "rows[0][0].span"),
        ("rows", [[{"span": "2"}]], "rows[0][0].span"),
        ("rows", [[{"align": "top"}]], "rows[0][0].align"),
        ("rows", [[{"txt": "格"}]], "rows[0][0].txt"),
        ("kind", "cells", "kind"),
        ("spans", [[1]], "spans[0]"),
    ],
)
def test_what_is_no_form_is_refused_where_it_stands(path: str, value: Any, place: str) -> None:
    given = data()
    given["forms"][0]["parts"][0][path] = value
    with pytest.raises(TemplateFaults) as refused:
        read_template(given)
    assert [fault.place for fault in refused.value.faults] == [f"forms[0].parts[0].{place}"]


@st.composite
def tilings(draw: st.DrawFn) -> tuple[int, list[list[tuple[int, int]]]]:
    """(columns, rows of (span, rows)): a grid that is filled exactly."""
    columns, height = draw(st.integers(1, 6)), draw(st.integers(1, 4))
    below, rows = [0] * columns, []
    for line in range(height):
        row, column = [], 0
        while column < columns:
            if below[column]:
                column += 1
                continue
            free = next((n for n in range(column, columns) if below[n]), columns) - column
            span, down = draw(st.integers(1, free)), draw(st.integers(1, height - line))
            below[column : column + span] = [down] * span
            row.append((span, down))
            column += span
        rows.append(row)
        below = [left - 1 for left in below]
    return columns, rows


def accepted(columns: int, grid: list[list[tuple[int, int]]]) -> bool:
    rows = [[{"text": "格", "span": span, "rows": down} for span, down in row] for row in grid]
    form = FORM | {"columns": columns, "parts": [{"kind": "rows", "rows": rows}]}
    try:
        compile_template(read_template(data(forms=[form])))
    except TemplateFaults as refused:
        assert all(fault.place.startswith("forms[0].parts[0].rows") for fault in refused.faults)
        return False
    return True


def fills(columns: int, grid: list[list[tuple[int, int]]]) -> bool:
    """Whether the cells cover every place once, laid out one by one as a browser does it."""
    taken: set[tuple[int, int]] = set()
    for line, row in enumerate(grid):
        for span, down in row:
            start = next(column for column in range(99) if (line, column) not in taken)
            places = {(line + below, start + right) for below in range(down) for right in range(span)}
            if places & taken:
                return False
            taken |= places
    return taken == {(line, column) for line in range(len(grid)) for column in range(columns)}


@given(tilings())
def test_a_grid_that_is_filled_is_accepted(tiling: tuple) -> None:
    assert accepted(*tiling)


@given(tilings(), st.data())
def test_a_grid_with_one_cell_changed_is_accepted_only_when_it_is_still_filled(
    tiling: tuple, choice: st.DataObject
) -> None:
    columns, grid = tiling
    row = choice.draw(st.sampled_from([row for row in grid if row]))
    cell = choice.draw(st.integers(0, len(row) - 1))
    row[cell] = (choice.draw(st.integers(1, 6)), choice.draw(st.integers(1, 4)))
    assert accepted(columns, grid) == fills(columns, grid)
