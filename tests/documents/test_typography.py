"""GB/T 9704 on paper: 22 lines of 28 characters, full lines, one pitch, page numbers outside.

The first test fails loudly when another WeasyPrint no longer has what our three patches lean on; the reports
would still come out, with ragged lines, uneven pitch and merged cells that do not repeat their text.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from django.conf import settings

from evaluations.documents.justify import gaps
from evaluations.documents.model import Paragraph, Part, Run

from .conftest import Print
from .printed import LEFT, PITCH, RIGHT, needs_fonts, needs_poppler
from .sample import with_text

pytestmark = [needs_poppler, needs_fonts]

#: No punctuation: nothing may keep a line from being full.
PLAIN = "全面落实预算绩效管理要求推动工会经费规范使用" * 80
MIXED = (
    "2017年度，本单位整体支出1,432,300.00元，其中“三公经费”39,000.00元，控制率100.00%，罕见字䶮和表情😀都在。"
    "根据《中国工会章程》（以下简称“章程”）的规定，会员10 000人，plc platform建设完成。"
) * 12


def test_all_patches_fit_the_weasyprint_that_is_installed() -> None:
    code = (
        "import json, sys; from evaluations.documents.worker import Renderer;"
        "print(json.dumps(Renderer(sys.argv[1]).installed))"
    )
    stylesheet = Path(settings.BASE_DIR) / "static" / "print.css"
    said = subprocess.run(
        [sys.executable, "-c", code, str(stylesheet)], capture_output=True, text=True, cwd=settings.BASE_DIR
    )
    patches = ("justify", "pitch", "spans")
    assert json.loads(said.stdout) == {f"evaluations.documents.{name}": True for name in patches}
    assert said.stderr == ""  # no warning about our style sheet either


def test_a_page_of_running_text_has_22_lines_of_28_characters(printed: Print) -> None:
    lines = printed(with_text(PLAIN)).lines(2)
    assert len(lines) == 22
    assert {len(line.text) for line in lines} == {28}
    assert {round(line.left, 1) for line in lines} == {round(LEFT, 1)}
    assert all(abs(line.right - RIGHT) < 1.5 for line in lines)


def test_the_pitch_is_even_whatever_faces_meet_in_a_line(printed: Print) -> None:
    lines = printed(with_text(MIXED)).lines(2)
    middles = [(line.top + line.bottom) / 2 for line in lines]
    steps = [below - above for above, below in pairwise(middles)]
    assert len(lines) == 22
    assert max(abs(step - PITCH) for step in steps) < 2  # boxes of mixed faces differ, their baselines do not
    assert abs((middles[-1] - middles[0]) - 21 * PITCH) < 2


@pytest.mark.parametrize("mark", ["article", "label"])
def test_a_number_or_label_in_another_face_does_not_make_its_line_higher(printed: Print, mark: str) -> None:
    line = Paragraph((Run("第一条", mark), Run("　本规定依据有关法律制定。")))
    lines = printed(replace(with_text(""), parts=(Part((line,) * 50),))).lines(2)
    assert len(lines) == 22
    assert abs((lines[-1].bottom - lines[0].bottom) - 21 * PITCH) < 2


def test_lines_are_full_although_signs_may_not_stand_everywhere(printed: Print) -> None:
    *full, _ = printed(with_text(MIXED)).lines(2)
    ends = [line.right for line in full]
    assert sum(abs(end - RIGHT) < 0.7 for end in ends) >= len(ends) - 2


def test_blanks_beside_signs_do_not_push_a_line_out_of_the_type_area(printed: Print) -> None:
    """A blank may change its face, and so its width, when the sign beside it is stretched."""
    lines = printed(with_text("计算过程：39,000.00 ÷ 39,000.00 = 100.00% ≤ 100%，得满分8分。" * 20)).lines(2)
    assert len(lines) > 10
    assert max(line.right for line in lines) < RIGHT + 0.5


def test_page_numbers_stand_outside(printed: Print) -> None:
    found = printed(with_text(PLAIN))
    for page, (left, right) in {1: (450, RIGHT - 13), 2: (LEFT + 13, 150)}.items():
        foot = [word for word in found.words(page) if word.top > 745]
        assert "".join(word.text for word in foot) == f"—{page}—"
        assert left < foot[0].left
        assert foot[-1].right < right
        assert 755 < foot[0].top < 775  # 7 mm under the 版心


def test_a_long_word_breaks_instead_of_leaving_the_page(printed: Print) -> None:
    found = printed(with_text("网址" + "w" * 300 + "结束"))
    assert max(word.right for word in found.words(1)) < RIGHT + 1
    assert "w" * 300 in found.text()


@pytest.mark.parametrize(
    ("text", "shares"), [("总工会", 2), ("共13人", 1), ("13", 0), ("", 0), ("支出 100 元", 4), ("ab cd", 1)]
)
def test_width_goes_between_ideographs_and_to_blanks_never_into_numbers(text: str, shares: float) -> None:
    assert gaps(text) == shares
