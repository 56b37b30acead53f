"""Our own charts: real text, every point in the picture, whatever its value."""

from __future__ import annotations

import re
from decimal import Decimal
from xml.etree import ElementTree as Xml

import pytest
from hypothesis import given
from hypothesis import strategies as some

from evaluations.documents.charts import HIGHEST, WIDTH, Point, percent, pictures

SVG = "{http://www.w3.org/2000/svg}"
read = Xml.fromstring


def point(label: str, value: str | None, shown: str = "") -> Point:
    return Point(label, None if value is None else Decimal(value), shown or value or "（未填）")


def parts(kind: str, *points: Point) -> list[Xml.Element]:
    return [read(picture.svg) for picture in pictures(kind, "各项支出", points, "c1")]


def texts(element: Xml.Element) -> list[str]:
    return [text.text for text in element.iter(f"{SVG}text")]


def widths(element: Xml.Element) -> list[float]:
    return [float(bar.get("width")) for bar in element.iter(f"{SVG}rect")]


def test_a_picture_has_a_title_for_whoever_cannot_see_it_and_no_style() -> None:
    picture = pictures("pie", "各项支出", (point("办公费", "1"), point("差旅费", "2")), "c1")[0].svg
    element = read(picture)
    assert element.get("role") == "img"
    assert element.find(f"{SVG}title").text == "各项支出"
    assert "style" not in picture
    assert "script" not in picture


def test_bars_are_in_proportion_and_negative_ones_go_left() -> None:
    (element,) = parts("bar", point("甲", "100"), point("乙", "50"), point("丙", "-50"), point("丁", "0"))
    full, half, negative, nothing = widths(element)
    assert full == pytest.approx(2 * half, abs=0.1)
    assert negative == pytest.approx(half, abs=0.1)
    assert nothing == 0
    left = [float(bar.get("x")) for bar in element.iter(f"{SVG}rect")]
    assert left[2] < left[0] == left[1]


def test_what_cannot_be_drawn_is_named() -> None:
    for kind in ("bar", "pie"):
        (element,) = parts(kind, point("甲", "5"), point("乙", None), point("丙", None, "不适用"))
        assert {"甲", "乙", "丙", "（未填）", "不适用"} <= set(texts(element))
    (pie,) = parts("pie", point("甲", "5", "5.00"), point("乙", "0", "0.00"), point("丙", "-3", "-3.00"))
    assert {"100.00%", "0.00", "-3.00"} <= set(texts(pie))


def test_a_pie_of_nothing_still_names_its_points() -> None:
    (element,) = parts("pie", point("甲", "0"), point("乙", None))
    assert {"甲", "乙"} <= set(texts(element))


def test_slices_differ_without_colour() -> None:
    picture = pictures("pie", "各项支出", tuple(point(f"第{n}项", "1") for n in range(9)), "c1")[0].svg
    slices = re.findall(r'<path d="M140[^>]*fill="([^"]+)"', picture)
    assert len(set(slices)) == 9
    colours = set(re.findall(r"#([0-9a-f]{3,6})\b", picture))
    assert all(len(set(colour)) <= 2 for colour in colours)  # greys only


def test_long_labels_break_and_very_long_ones_end_in_dots() -> None:
    (element,) = parts("bar", point("机关事业单位基本养老保险缴费支出", "1"), point("长" * 200, "2"))
    assert "机关事业单位基本养老" in texts(element)
    assert "保险缴费支出" in texts(element)
    assert "…" in texts(element)


def test_markup_in_labels_is_text() -> None:
    (element,) = parts("bar", point("<b>&amp;", "1"))
    assert "<b>&amp;" in texts(element)


def test_too_many_bars_for_a_page_make_several_pictures_of_one_scale() -> None:
    made = parts("bar", *(point(f"第{n}项", str(n)) for n in range(1, 81)))
    assert len(made) == 3
    assert [label for one in made for label in texts(one) if label.startswith("第")] == [
        f"第{n}项" for n in range(1, 81)
    ]
    assert max(widths(made[0])) < max(widths(made[1])) < max(widths(made[2]))


def test_too_many_slices_become_bars() -> None:
    (element,) = parts("pie", *(point(f"第{n}项", "1") for n in range(21)))
    assert len(widths(element)) == 21
    assert not list(element.iter(f"{SVG}path"))


@given(
    some.lists(
        some.tuples(
            some.text(some.characters(exclude_categories=("Cc", "Cs")), max_size=60),
            some.none() | some.decimals(-(10**12), 10**12, places=2),
        ),
        min_size=1,
        max_size=60,
    ),
    some.sampled_from(["bar", "pie"]),
)
def test_any_rows_give_pictures_that_fit_the_page(rows: list, kind: str) -> None:
    made = pictures(kind, "图", tuple(Point(label, value, str(value)) for label, value in rows), "c1")
    assert [(one.label, one.value) for picture in made for one in picture.points] == rows
    for picture in made:
        element = read(picture.svg)
        assert float(element.get("height")) <= HIGHEST + 130
        for bar in element.iter(f"{SVG}rect"):
            assert -0.01 <= float(bar.get("x", "0")) <= WIDTH


@pytest.mark.parametrize(("share", "words"), [("0.45122", "45.12%"), ("1", "100.00%"), ("0.00005", "0.01%")])
def test_shares_are_rounded_half_up(share: str, words: str) -> None:
    assert percent(Decimal(share)) == words
