"""The PDF holds what the document says, in embedded subsets, with the same bytes every time."""

from __future__ import annotations

import copy
import os
from dataclasses import replace
from pathlib import Path

import pypdf
import pytest

from evaluations.documents import cache, html, pdf
from evaluations.documents.model import Chart, Heading, Paragraph, Table

from .conftest import Print
from .printed import Printed, compact, needs_fonts, needs_poppler
from .sample import TEMPLATE, document, with_text

pytestmark = needs_poppler


@pytest.mark.parametrize("state", ["submitted", "draft"])
def test_every_paragraph_heading_cell_and_chart_label_is_found(printed: Print, state: str) -> None:
    made = document(state)
    text = printed(made).text()
    for part in made.parts:
        for block in part.blocks:
            match block:
                case Paragraph():
                    wanted = [block.text]
                case Heading():
                    wanted = [block.label]
                case Table():
                    wanted = [cell.text for row in (*block.head, *block.rows) for cell in row.cells]
                case Chart():
                    wanted = [block.title, *(label for label, _ in block.points)]
                case _:
                    wanted = []
            assert [one for one in wanted if compact(one) not in text] == []


def test_fonts_are_embedded_as_subsets_and_small(printed: Print) -> None:
    found = printed(document())
    assert found.fonts()
    assert all(embedded and subset for _, embedded, subset in found.fonts())
    sizes = []
    for page in pypdf.PdfReader(found.path).pages:
        for font in page["/Resources"]["/Font"].values():
            descriptor = font["/DescendantFonts"][0]["/FontDescriptor"]
            sizes += [
                len(descriptor[key].get_data()) for key in ("/FontFile2", "/FontFile3") if key in descriptor
            ]
    assert sizes
    assert max(sizes) < 3_000_000


def test_equal_content_gives_equal_bytes_in_any_worker() -> None:
    page = html.render(document())
    first, again = pdf.render_anew(page, "ab"), pdf.render_anew(page, "ab")
    other = pdf.Worker()
    try:
        assert first == again == other.job(page, "ab", 25, 20)
    finally:
        other.end()


def test_other_content_gives_other_bytes() -> None:
    pages = html.render(document()), html.render(with_text("别的。"))
    assert len({pdf.render_anew(page, "ab") for page in pages}) == 2


def test_metadata_language_tags_and_bookmarks(printed: Print) -> None:
    reader = pypdf.PdfReader(printed(document()).path)
    assert reader.metadata.title == "保靖县总工会2024年度部门整体支出绩效自评报告"
    assert reader.metadata.subject == "编号 2024-sample-zgh，第 1 版"
    assert reader.metadata.creation_date.date().isoformat() == "2025-03-15"
    assert reader.trailer["/Root"]["/Lang"] == "zh-CN"
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    title, chapters, *rest = reader.outline
    assert title.title == "保靖县总工会2024年度部门整体支出绩效自评报告"
    assert titles(chapters) == ["一、部门概况", "二、绩效分析"]
    assert titles(rest) == ["预算执行情况表", "其他说明"]


def titles(outline: list) -> list[str]:
    """Of one level of bookmarks."""
    return [entry.title for entry in outline if not isinstance(entry, list)]


def test_a_draft_is_marked_in_the_margin_and_a_submitted_report_is_not(printed: Print) -> None:
    marks = {
        state: [word for word in printed(document(state)).words(1) if word.bottom < 105]  # above the 版心
        for state in ("draft", "voided", "submitted")
    }
    assert marks["submitted"] == []
    assert ["".join(word.text for word in marks[state]) for state in ("draft", "voided")] == [
        "草稿未定稿",
        "已作废",
    ]


def test_a_sample_is_marked_as_one_on_every_page(printed: Print) -> None:
    found = printed(replace(document("draft"), sample=True))
    assert all("样张" in page and "草稿" not in page for page in found.pages())


def test_appendices_begin_on_new_pages(printed: Print) -> None:
    pages = [compact(page) for page in printed(document()).pages()]
    assert [page[:11] for page in pages[-2:]] == ["附件1预算执行情况表项", "附件2其他说明没有其他"]


@needs_fonts
def test_rare_characters_and_emoji_are_printed_and_visible(printed: Print) -> None:
    found = printed(with_text("甲䶮乙\n丙😀丁"))
    lines = [word for word in found.words(1) if set("䶮😀") & set(word.text)]
    assert [word.text for word in lines] == ["甲䶮乙", "丙😀丁"]
    names = " ".join(name for name, *_ in found.fonts())
    assert "Noto-Serif-CJK" in names
    assert "Symbola" in names
    assert all(0.05 < found.ink(word, 1) < 0.5 for word in lines)


def test_merged_cells_repeat_their_text_and_tables_their_head_on_every_page(printed: Print) -> None:
    made = document(template=_many_indicators(40))
    pages = [compact(page) for page in printed(made).pages()]
    on = [page for page in pages if "评价标准指标说明得分" in page]
    assert len(on) > 2
    assert all(page.count("投入") == 1 and page.count("预算执行") >= 1 for page in on[:-1])
    assert "".join(pages).count("评价标准指标说明得分") == len(on)


def _many_indicators(count: int) -> dict:
    """The sample with so many 三级指标 that their table takes several pages."""
    template = copy.deepcopy(TEMPLATE)
    group = template["indicators"][0]["children"][0]
    standard = "由自评单位对照工作台账逐项核实以后评定。" * 3
    for number in range(count):
        leaf = {"code": f"X{number}", "name": f"增设第{number}项", "weight": 1, "standard": standard}
        group["children"].append(leaf | {"rule": {"kind": "judged"}, "value_unit": "分"})
        block = {"kind": "analysis", "code": f"X{number}"}
        template["outline"][2]["children"][0]["blocks"].append(block)
    return template


@pytest.fixture
def folder(settings, tmp_path: Path) -> Path:
    """A data folder of this test alone."""
    settings.DATA_DIR = tmp_path
    return tmp_path


def test_the_same_report_is_rendered_once_and_kept(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    page = html.render(document())
    first = pdf.render(page)
    monkeypatch.setattr(pdf, "render_anew", lambda *_: pytest.fail("rendered again"))
    assert pdf.render(page) == first
    assert [file.suffix for file in (folder / "cache" / "reports").iterdir()] == [".pdf"]


def test_kept_reports_are_bounded_and_the_oldest_go(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setattr(cache, "MOST_FILES", 2)
    for age, key in enumerate(("new", "old", "older")):
        cache.write(key, b"x")
        os.utime(cache.folder() / f"{key}.pdf", (1_000_000 - age, 1_000_000 - age))
    cache.write("newest", b"x")
    assert {file.stem for file in cache.folder().iterdir()} == {"newest", "new"}


def test_a_cache_that_cannot_be_written_is_done_without(folder: Path, caplog) -> None:
    (folder / "cache").write_text("in the way")
    assert pdf.render(html.render(document())).startswith(b"%PDF")
    assert "cannot be kept" in caplog.text


def test_a_report_of_pure_text_is_read_back_whole(tmp_path: Path) -> None:
    """`Printed` itself: what it cannot see the tests above cannot prove."""
    found = Printed(pdf.render_anew(html.render(with_text("甲乙丙丁。"))), tmp_path)
    assert "甲乙丙丁。" in found.text()
    assert "甲乙丁丙" not in found.text()
